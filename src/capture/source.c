/*
 * Sources: what an input is, and its frames through a filter.
 *
 * An input is a block reader, with an unpacking one over it when its first
 * bytes say so, and one row of the reader table on top.  Everything above the
 * block readers is the same for files, pipes and memory.
 */
#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "capture/ahead.h"
#include "capture/filter.h"
#include "capture/reader.h"
#include "capture/source_priv.h"

/*
 * Bytes looked at to tell what an input is: a pcap file header, and no more,
 * because a live pipe may bring nothing else for a long time.
 */
#define SOURCE_HEAD 24u

/**
 * struct source - One open input
 * @in:		Its bytes, unpacked
 * @reader:	Its format; @state is the format's
 * @filter:	NULL: every frame passes
 * @broken:	Nothing follows but @error
 */
struct source {
	struct block_reader in;
	const struct reader_ops *reader;
	void *state;
	struct filter *filter;
	char *name;
	struct source_info info;
	bool broken;
	struct fa_error error;
};

const struct source_limits source_limits_default = {
	.block = BLOCK_BYTES,
	.unpack = { .max_ratio = SOURCE_MAX_RATIO, .floor = SOURCE_BOMB_FLOOR },
};

static const struct reader_ops *const readers[] = {
	&pcap_file_reader,
	&pcapng_file_reader,
};

/* Things people take for captures of ours, and what to do with them. */
static const struct {
	const char *magic;
	size_t len;
	const char *advice;
} strangers[] = {
	{ "GMBU", 4, "a Network Monitor capture; convert it: editcap -F pcapng IN OUT" },
	{ "RTSS", 4, "a Network Monitor capture; convert it: editcap -F pcapng IN OUT" },
	{ "snoop\0\0\0", 8, "a Solaris snoop capture; convert it: editcap -F pcapng IN OUT" },
	{ "TRSNIFF data    \x1a", 17, "a Sniffer capture; convert it: editcap -F pcapng IN OUT" },
	{ "PK\x03\x04", 4, "a zip archive; unpack it first" },
	{ "7z\xbc\xaf\x27\x1c", 6, "a 7z archive; unpack it first" },
	{ "Rar!", 4, "a rar archive; unpack it first" },
	{ "MDMP", 4, "a memory dump" },
};

static const char *shown_name(const char *name)
{
	return strcmp(name, "-") == 0 ? "standard input" : name;
}

static int not_a_capture(const struct block_reader *in, struct fa_error *err)
{
	const uint8_t *p = in->pos;
	size_t i, left = block_left(in);

	for (i = 0; i < ARRAY_SIZE(strangers); i++)
		if (left >= strangers[i].len &&
		    memcmp(p, strangers[i].magic, strangers[i].len) == 0)
			return error_set(err, FA_EFORMAT, "not a pcap or pcapng file but %s",
					 strangers[i].advice);
	if (left < SOURCE_HEAD)
		return error_set(err, FA_EFORMAT, "not a capture (only %zu bytes)", left);
	return error_set(err, FA_EFORMAT,
			 "not a capture: begins with %02x%02x%02x%02x, which is neither pcap nor "
			 "pcapng nor a compression known here (gzip, zstd, xz, lz4, bzip2)",
			 p[0], p[1], p[2], p[3]);
}

/* If the input is packed put an unpacking reader over it; @packing tells how. */
static int open_packing(struct source *s, const struct source_limits *limits,
			char packing[static 24], struct fa_error *err)
{
	struct block_reader packed;
	bool waits = s->in.waits;
	int rc;

	packing[0] = '\0';
	if (unpack_knows(s->in.pos, block_left(&s->in)) == NULL)
		return 0;
	packed = s->in;
	s->in = (struct block_reader){ 0 };
	rc = unpack_open(&s->in, &packed, limits->block, &limits->unpack, packing, 24, err);
	if (rc != 0)
		return rc;
	s->in.waits = waits;
	rc = block_need(&s->in, SOURCE_HEAD, err);
	if (rc < 0 || block_left(&s->in) > 0)
		return MIN(rc, 0);
	if (block_cut(&s->in))
		return error_set(
			err, FA_EFORMAT,
			"the compressed file is cut short before anything can be unpacked");
	return error_set(err, FA_EEMPTY, "the compressed file holds nothing: not a capture");
}

/* Unpack on another thread, where one was allowed and nobody may make us wait for ever. */
static void read_ahead(struct source *s, const struct source_options *options)
{
	/* Without a thread it is only slower. */
	if (options != NULL && options->threads > 1 && !s->in.ended && !s->in.waits)
		s->info.ahead = ahead_start(&s->in, NULL) == 0;
}

static int open_reader(struct source *s, const struct source_options *options,
		       const struct source_limits *limits, struct fa_error *err)
{
	char packing[24];
	size_t i;
	int rc = block_need(&s->in, SOURCE_HEAD, err);

	if (rc < 0)
		return rc;
	if (block_left(&s->in) == 0)
		return error_set(err, FA_EEMPTY, "the file is empty (0 bytes): not a capture");
	rc = open_packing(s, limits, packing, err);
	if (rc != 0)
		return rc;
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		if (readers[i]->knows(s->in.pos, block_left(&s->in)))
			break;
	if (i == ARRAY_SIZE(readers))
		return not_a_capture(&s->in, err);
	s->reader = readers[i];
	snprintf(s->info.format, sizeof(s->info.format), "%s%s%s", s->reader->name,
		 packing[0] == '\0' ? "" : ", ", packing);
	rc = s->reader->open(&s->state, &s->in, &s->info, err);
	s->info.bytes = block_offset(&s->in);
	if (rc == 0 && options != NULL && options->turns != 0)
		rc = block_keep(&s->in, options->turns, err);
	if (rc == 0 && packing[0] != '\0')
		read_ahead(s, options);
	return rc;
}

int source_open_block(struct source **src, const char *name, struct block_reader *in,
		      const struct source_options *options, const struct source_limits *limits,
		      struct fa_error *err)
{
	struct source *s = memory_array(1, sizeof(*s));
	int rc;

	if (s != NULL)
		s->name = strdup(name);
	if (s == NULL || s->name == NULL) {
		free(s);
		block_close(in);
		return error_set(err, FA_ENOMEM, "%s: out of memory", shown_name(name));
	}
	s->in = *in;
	*in = (struct block_reader){ 0 };
	s->info.name = s->name;
	s->info.waits = s->in.waits;
	/* The filter first: it is wrong for every file alike, and has no place in one. */
	rc = 0;
	if (options != NULL && options->filter != NULL)
		rc = filter_open(&s->filter, options->filter, err);
	if (rc == 0) {
		rc = open_reader(s, options, limits, &s->error);
		if (rc != 0)
			error_set(err, rc, "%s: %s", shown_name(name), s->error.text);
	}
	if (rc != 0) {
		source_close(s);
		return rc;
	}
	*src = s;
	return 0;
}

int source_open_memory(struct source **src, const char *name, const void *bytes, size_t len,
		       const struct source_options *options, struct fa_error *err)
{
	struct block_reader in;

	block_open_bytes(&in, bytes, len);
	return source_open_block(src, name, &in, options, &source_limits_default, err);
}

/* A descriptor to read @path from, or an enum fa_code. */
static int open_path(const char *path, struct fa_error *err)
{
	struct stat st;
	int fd = STDIN_FILENO;

	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_set(err, FA_EIO, "%s: cannot open: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (fd != STDIN_FILENO)
			close(fd);
		return error_set(err, FA_EIO, "%s: is a directory, not a capture; name its files",
				 shown_name(path));
	}
	return fd;
}

int source_open(struct source **src, const char *path, const struct source_options *options,
		struct fa_error *err)
{
	struct block_reader in;
	int rc, fd = open_path(path, err);

	if (fd < 0)
		return fd;
	rc = block_open_fd(&in, fd, fd != STDIN_FILENO, BLOCK_BYTES, err);
	if (rc != 0)
		return rc;
	return source_open_block(src, path, &in, options, &source_limits_default, err);
}

/* Remember what ends this source, with its name in front. */
static void source_break(struct source *s, int code, const char *text)
{
	struct fa_error why;

	error_set(&why, code, "%s: %s", shown_name(s->name), text);
	s->error = why;
	s->broken = true;
}

static int source_broken(const struct source *s, struct fa_error *err)
{
	return error_set(err, s->error.code, "%s", s->error.text);
}

/* Move the frames that pass to the front.  Return: how many. */
static int keep_matching(struct source *s, struct frame *frames, int count)
{
	struct fa_error why;
	int i, kept = 0;

	for (i = 0; i < count; i++) {
		int rc = filter_match(s->filter, &frames[i], &why);

		if (rc < 0) {
			source_break(s, rc, why.text);
			break;
		}
		if (rc == 0) {
			s->info.filtered++;
			continue;
		}
		if (kept != i)
			frames[kept] = frames[i];
		kept++;
	}
	return kept;
}

int source_next(struct source *s, struct frame frames[static FRAME_BATCH], struct fa_error *err)
{
	while (!s->broken) {
		struct fa_error why;
		int n = s->reader->next(s->state, &s->in, &s->info, frames, &why);

		s->info.bytes = block_offset(&s->in);
		if (n < 0) {
			source_break(s, n, why.text);
			break;
		}
		if (n == 0) {
			if (block_cut(&s->in) && !s->info.truncated)
				reader_truncated(&s->in, &s->info);
			return 0;
		}
		if (s->filter != NULL)
			n = keep_matching(s, frames, n);
		if (n > 0) {
			s->in.lent = true;
			return n;
		}
	}
	return source_broken(s, err);
}

uint64_t source_turn(const struct source *src)
{
	return src->in.turn;
}

const struct source_info *source_info(const struct source *src)
{
	return &src->info;
}

void source_close(struct source *src)
{
	if (src == NULL)
		return;
	if (src->reader != NULL)
		src->reader->close(src->state);
	filter_close(src->filter);
	block_close(&src->in);
	free(src->name);
	free(src);
}
