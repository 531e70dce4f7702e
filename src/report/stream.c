/* Lines on their way to a file that may fail, rotate or be renamed at any time. */
#include "report/stream.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "report/append.h"
#include "report/outage.h"
#include "report/rotation.h"

/**
 * struct stream - What waits, and the file it waits for
 * @fd:		-1: to be opened
 * @standard:	It is standard output, which is not ours to close or to look after
 * @anew:	The file is emptied when it is opened
 * @reader_gone:	Standard output is a pipe that nobody reads, for good
 * @may_open:	During an outage a file is not opened at every attempt
 * @looked_ns:	When the file was last looked after
 * @size:	Bytes of the file, as far as we know
 * @path:	Copy that rotation borrows
 * @name:	Of the file of now
 * @len:	Bytes that wait
 * @sent:	Of the first unit that waits, when a pipe took it in part
 * @ends:	Where units end in @bytes, @units of them
 */
struct stream {
	int fd;
	bool standard, terminal, reader_gone, anew, may_open;
	int64_t looked_ns;
	uint64_t size, lost;
	struct outage outage;
	struct rotation rotation;
	char *path;
	char name[PATH_MAX];
	size_t len, sent, units;
	uint32_t ends[STREAM_UNITS];
	char bytes[STREAM_PENDING];
};

static const char *name_of(const struct stream *s)
{
	return s->standard ? "standard output" : s->name;
}

static uint64_t lines_in(const char *bytes, size_t len)
{
	const char *end = bytes + len;
	uint64_t lines = 0;

	for (; bytes < end && (bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL; bytes++)
		lines++;
	return lines;
}

static void failed(struct stream *s, const char *what, int error)
{
	outage_begin(&s->outage, s->lost, name_of(s), what, error);
}

static void leave_file(struct stream *s)
{
	/* Only close() tells of a write that a network file system put off. */
	if (s->fd >= 0 && close(s->fd) != 0 && errno != EINTR)
		failed(s, "cannot write", errno);
	s->fd = -1;
	s->sent = 0; /* a unit is whole in the next file */
}

/* The file of now is there.  Return: false in an outage, or when the stream is over */
static bool have_file(struct stream *s)
{
	if (s->fd >= 0)
		return true;
	if (s->rotation.over || (s->outage.on && !s->may_open))
		return false;
	s->may_open = false;
	s->fd = append_open(s->name, s->anew);
	if (s->fd < 0) {
		failed(s, "cannot open for writing", errno);
		return false;
	}
	s->anew = false;
	s->size = append_size(s->fd);
	return true;
}

static void next_file(struct stream *s)
{
	leave_file(s);
	s->may_open = true;
	s->anew = true;
	/* The path made a name before, and numbers that are too long for it are far off. */
	if (!s->rotation.over && rotation_name(&s->rotation, s->name, sizeof(s->name), NULL) != 0)
		failed(s, "cannot name the next file", ENAMETOOLONG);
}

/* How many units that wait go to the file of now; 0: the next file is due. */
static size_t units_that_fit(const struct stream *s)
{
	uint64_t max = s->rotation.max_bytes;
	size_t n = s->units;

	if (max == 0)
		return n;
	while (n > 0 && s->size + (s->ends[n - 1] - s->sent) > max)
		n--;
	return n == 0 && (s->size == 0 || s->sent != 0) ? 1 : n;
}

/* The first @n units, and @sent bytes of the one after them, are written. */
static void forget_units(struct stream *s, size_t n, size_t sent)
{
	uint32_t gone = n == 0 ? 0 : s->ends[n - 1];

	for (size_t i = n; i < s->units; i++)
		s->ends[i - n] = s->ends[i] - gone;
	s->units -= n;
	s->len -= gone;
	s->sent = sent;
	memmove(s->bytes, s->bytes + gone, s->len);
}

/* Return: false when not all of @n units went */
static bool write_units(struct stream *s, size_t n)
{
	size_t end = s->ends[n - 1], done, whole = n, rest;
	int error;

	done = s->sent + append_write(s->fd, s->bytes + s->sent, end - s->sent, &error);
	s->size += done - s->sent;
	while (whole > 0 && s->ends[whole - 1] > done)
		whole--;
	rest = done - (whole == 0 ? 0 : s->ends[whole - 1]);
	if (rest > 0 && append_cut(s->fd, rest)) {
		s->size -= rest;
		rest = 0;
	}
	/* Whoever reads a pipe after one that went away begins with a whole line. */
	forget_units(s, whole, error == EPIPE ? 0 : rest);
	if (error != 0 && error != EAGAIN)
		failed(s, "cannot write", error);
	if (error == EPIPE && s->standard)
		s->reader_gone = true;
	return error == 0;
}

static void drain(struct stream *s)
{
	while (s->units > 0 && have_file(s)) {
		size_t n = units_that_fit(s);

		if (n == 0) {
			rotation_next(&s->rotation);
			next_file(s);
		} else if (!write_units(s, n)) {
			return;
		}
	}
}

static void lose_waiting(struct stream *s)
{
	s->lost += lines_in(s->bytes, s->len);
	s->units = s->len = s->sent = 0;
}

/* Find out that the file was renamed, deleted or emptied, once a second. */
static void look_after(struct stream *s, int64_t now_ns)
{
	/* A clock may be set back. */
	if (now_ns >= s->looked_ns && now_ns - s->looked_ns < NS_PER_S)
		return;
	s->looked_ns = now_ns;
	s->may_open = true;
	if (s->standard || s->fd < 0)
		return;
	if (append_moved(s->fd, s->name))
		leave_file(s);
	else
		s->size = append_size(s->fd);
}

int stream_flush(struct stream *s, int64_t now_ns, struct fa_error *err)
{
	bool well;
	int rc;

	look_after(s, now_ns);
	drain(s);
	if (rotation_turn(&s->rotation, now_ns))
		next_file(s);
	if (stream_is_over(s))
		lose_waiting(s);
	well = s->units == 0 && !s->reader_gone && (s->rotation.over || have_file(s));
	rc = outage_tell(&s->outage, well, name_of(s), "lines", s->lost, err);
	/* Nothing is tried again. */
	if (rc < 0 && s->reader_gone)
		rc = error_set(err, FA_EIO, "%s", s->outage.why.text);
	return rc;
}

void stream_lines(struct stream *s, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	if ((len > STREAM_PENDING - s->len || s->units == STREAM_UNITS) && !s->outage.on)
		drain(s);
	if (len > STREAM_PENDING - s->len || s->units == STREAM_UNITS || stream_is_over(s)) {
		s->lost += lines_in(bytes, len);
		return;
	}
	memcpy(s->bytes + s->len, bytes, len);
	s->len += len;
	s->ends[s->units++] = (uint32_t)s->len;
}

static int check_options(const struct stream_options *o, bool standard, struct fa_error *err)
{
	if (standard && (o->max_bytes != 0 || o->seconds != 0))
		return error_set(err, FA_EUSAGE,
				 "standard output cannot be split into files; give a path");
	if (o->files != 0 && o->max_bytes == 0 && o->seconds == 0)
		return error_set(err, FA_EUSAGE,
				 "%s: a number of files needs a size or a time after which a new "
				 "one begins",
				 o->path);
	return 0;
}

static int open_first(struct stream *s, const struct stream_options *o, int64_t now_ns,
		      struct fa_error *err)
{
	int rc;

	s->rotation = (struct rotation){
		.path = s->path, .max_bytes = o->max_bytes, .seconds = o->seconds, .files = o->files
	};
	s->looked_ns = now_ns;
	if (s->standard) {
		s->fd = STDOUT_FILENO;
	} else {
		rotation_begin(&s->rotation, now_ns);
		rc = rotation_name(&s->rotation, s->name, sizeof(s->name), err);
		if (rc != 0)
			return rc;
		s->anew = true;
		if (!have_file(s))
			return error_set(err, FA_EIO, "%s", s->outage.why.text);
	}
	s->terminal = isatty(s->fd) == 1;
	return 0;
}

int stream_open(struct stream **out, const struct stream_options *o, int64_t now_ns,
		struct fa_error *err)
{
	bool standard = strcmp(o->path, "-") == 0;
	int rc = check_options(o, standard, err);
	struct stream *s;

	if (rc != 0)
		return rc;
	s = memory_array(1, sizeof(*s));
	if (s != NULL)
		s->path = strdup(o->path);
	if (s == NULL || s->path == NULL) {
		free(s);
		return error_set(err, FA_ENOMEM, "%s: out of memory for lines that wait", o->path);
	}
	s->fd = -1;
	s->standard = standard;
	rc = open_first(s, o, now_ns, err);
	if (rc != 0) {
		free(s->path);
		free(s);
		return rc;
	}
	*out = s;
	return 0;
}

uint64_t stream_lost(const struct stream *s)
{
	return s->lost;
}

bool stream_is_over(const struct stream *s)
{
	return s->rotation.over || s->reader_gone;
}

bool stream_is_terminal(const struct stream *s)
{
	return s->terminal;
}

unsigned stream_width(const struct stream *s)
{
	struct winsize size;

	if (!s->terminal || s->fd < 0 || ioctl(s->fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

int stream_close(struct stream *s, struct fa_error *err)
{
	int rc = 0;

	if (s == NULL)
		return 0;
	s->may_open = true;
	if (!s->standard && s->fd >= 0 && append_moved(s->fd, s->name))
		leave_file(s);
	drain(s);
	if (s->units > 0)
		failed(s, "cannot write", EAGAIN);
	else if (s->lost == s->outage.lost && !s->reader_gone)
		s->outage.on = false;
	lose_waiting(s);
	if (!s->standard)
		leave_file(s);
	if (s->outage.on)
		rc = error_set(err, FA_EIO, "%s; %llu lines were lost", s->outage.why.text,
			       (unsigned long long)(s->lost - s->outage.lost));
	free(s->path);
	free(s);
	return rc;
}
