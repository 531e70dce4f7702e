/* Buffered writer: one buffer, one descriptor or none, the first error kept. */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/utf8.h"

/* One write(2) a buffer; larger gains nothing measurable on a pipe or a file. */
#define OUTPUT_BUFFER ((size_t)64 * 1024)

/**
 * struct output - A writer
 * @fd:		-1: collects in @buf, which then grows
 * @owns_fd:	Standard output is not ours to close
 * @len:	Bytes in @buf not yet written
 * @failed:	What went wrong first; code FA_OK while all is well
 */
struct output {
	int fd;
	bool owns_fd;
	bool terminal;
	char *buf;
	size_t len, cap;
	char *name;
	struct fa_error failed;
};

static int output_new(struct output **out, int fd, const char *name, struct fa_error *err)
{
	struct output *o = memory_array(1, sizeof(*o));

	if (o != NULL) {
		o->fd = fd;
		o->cap = OUTPUT_BUFFER;
		o->buf = memory_array(o->cap, 1);
		o->name = strdup(name);
	}
	if (o == NULL || o->buf == NULL || o->name == NULL) {
		if (o != NULL) {
			free(o->buf);
			free(o->name);
		}
		free(o);
		return error_set(err, FA_ENOMEM, "%s: out of memory for an output buffer", name);
	}
	*out = o;
	return 0;
}

int output_open_file(struct output **out, const char *path, struct fa_error *err)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = STDOUT_FILENO, rc;

	if (!standard) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (fd < 0)
			return error_set(err, FA_EIO, "%s: cannot open for writing: %s", path,
					 strerror(errno));
	}
	rc = output_new(out, fd, standard ? "standard output" : path, err);
	if (rc != 0) {
		if (!standard)
			close(fd);
		return rc;
	}
	(*out)->owns_fd = !standard;
	(*out)->terminal = isatty(fd) == 1;
	return 0;
}

int output_open_fd(struct output **out, int fd, const char *name, struct fa_error *err)
{
	return output_new(out, fd, name, err);
}

int output_open_memory(struct output **out, struct fa_error *err)
{
	return output_new(out, -1, "memory", err);
}

const char *output_text(struct output *out, size_t *len)
{
	FA_ASSERT(out->fd < 0);
	out->buf[out->len] = '\0';
	if (len != NULL)
		*len = out->len;
	return out->buf;
}

bool output_is_terminal(const struct output *out)
{
	return out->terminal;
}

unsigned output_width(const struct output *out)
{
	struct winsize size;

	if (!out->terminal || ioctl(out->fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

static void write_failed(struct output *out, int error)
{
	error_set(&out->failed, FA_EIO, "%s: cannot write: %s", out->name, strerror(error));
	out->len = 0;
}

static void write_all(struct output *out, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(out->fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			/* Someone else made the descriptor non-blocking; it is shared. */
			struct pollfd ready = { .fd = out->fd, .events = POLLOUT };

			(void)poll(&ready, 1, -1);
			continue;
		}
		if (n < 0) {
			write_failed(out, errno);
			return;
		}
		bytes += n;
		len -= (size_t)n;
	}
}

static void drain(struct output *out)
{
	size_t len = out->len;

	out->len = 0;
	write_all(out, out->buf, len);
}

/* Room for @len more bytes and a NUL in the buffer, if that can be had. */
static bool make_room(struct output *out, size_t len)
{
	if (out->failed.code != FA_OK)
		return false;
	if (len < out->cap - out->len)
		return true;
	if (out->fd >= 0) {
		drain(out);
		return out->failed.code == FA_OK && len < out->cap;
	}
	if (len > SIZE_MAX - 1 - out->len ||
	    memory_grow(&out->buf, &out->cap, out->len + len + 1, 1) != 0) {
		error_set(&out->failed, FA_ENOMEM, "%s: out of memory after %zu bytes", out->name,
			  out->len);
		return false;
	}
	return true;
}

void output_bytes(struct output *out, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	if (make_room(out, len)) {
		memcpy(out->buf + out->len, bytes, len);
		out->len += len;
	} else if (out->failed.code == FA_OK) {
		write_all(out, bytes, len); /* longer than the buffer, which is empty now */
	}
}

void output_string(struct output *out, const char *s)
{
	output_bytes(out, s, strlen(s));
}

void output_printf(struct output *out, const char *fmt, ...)
{
	va_list args;
	char *longer;
	int n;

	if (out->failed.code != FA_OK)
		return;
	va_start(args, fmt);
	n = vsnprintf(out->buf + out->len, out->cap - out->len, fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < out->cap - out->len) {
		out->len += (size_t)n;
		return;
	}
	if (n >= 0 && make_room(out, (size_t)n)) {
		va_start(args, fmt);
		n = vsnprintf(out->buf + out->len, out->cap - out->len, fmt, args);
		va_end(args);
		if (n > 0)
			out->len += (size_t)n;
		return;
	}
	if (out->failed.code != FA_OK)
		return;
	/* Longer than the whole buffer: the one place that must allocate. */
	va_start(args, fmt);
	n = vasprintf(&longer, fmt, args);
	va_end(args);
	if (n < 0) {
		write_failed(out, errno);
		return;
	}
	output_bytes(out, longer, (size_t)n);
	free(longer);
}

void output_u64(struct output *out, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	output_bytes(out, digits + at, sizeof(digits) - at);
}

/* The bytes from @from up to @to; @s may be NULL when there are none. */
static void output_span(struct output *out, const char *s, size_t from, size_t to)
{
	if (to > from)
		output_bytes(out, s + from, to - from);
}

static void json_special(struct output *out, uint32_t value)
{
	switch (value) {
	case '"':
		output_string(out, "\\\"");
		break;
	case '\\':
		output_string(out, "\\\\");
		break;
	case '\b':
		output_string(out, "\\b");
		break;
	case '\f':
		output_string(out, "\\f");
		break;
	case '\n':
		output_string(out, "\\n");
		break;
	case '\r':
		output_string(out, "\\r");
		break;
	case '\t':
		output_string(out, "\\t");
		break;
	default:
		output_printf(out, "\\u%04" PRIx32, value);
		break;
	}
}

void output_json_string(struct output *out, const char *s, size_t len)
{
	size_t at = 0, plain = 0;

	output_bytes(out, "\"", 1);
	while (at < len) {
		uint32_t value = 0;
		size_t n = utf8_take(s + at, len - at, &value);

		/* Controls past U+001F and layout marks are legal, but not safe to look at. */
		if (n != 0 && value != '"' && value != '\\' && !utf8_is_control(value) &&
		    !utf8_is_layout(value)) {
			at += n;
			continue;
		}
		output_span(out, s, plain, at);
		if (n == 0)
			output_string(out, "\xef\xbf\xbd");
		else
			json_special(out, value);
		at += MAX(n, 1u);
		plain = at;
	}
	output_span(out, s, plain, at);
	output_bytes(out, "\"", 1);
}

void output_escaped(struct output *out, const char *s, size_t len)
{
	size_t at = 0, plain = 0;

	while (at < len) {
		uint32_t value = 0;
		size_t n = utf8_take(s + at, len - at, &value), i;

		if (n != 0 && !utf8_is_control(value) && !utf8_is_layout(value)) {
			at += n;
			continue;
		}
		output_span(out, s, plain, at);
		for (i = 0; i < MAX(n, 1u); i++)
			output_printf(out, "\\x%02X", (unsigned)(unsigned char)s[at + i]);
		at += i;
		plain = at;
	}
	output_span(out, s, plain, at);
}

int output_flush(struct output *out, struct fa_error *err)
{
	if (out->fd >= 0 && out->failed.code == FA_OK)
		drain(out);
	if (out->failed.code != FA_OK)
		return error_set(err, out->failed.code, "%s", out->failed.text);
	return 0;
}

int output_close(struct output *out, struct fa_error *err)
{
	int rc;

	if (out == NULL)
		return 0;
	rc = output_flush(out, err);
	/* Only close() tells of a write that a network file system put off. */
	if (out->owns_fd && close(out->fd) != 0 && rc == 0)
		rc = error_set(err, FA_EIO, "%s: cannot write: %s", out->name, strerror(errno));
	free(out->buf);
	free(out->name);
	free(out);
	return rc;
}
