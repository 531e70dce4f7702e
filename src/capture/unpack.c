/*
 * Compressed inputs by libarchive.
 *
 * libarchive finds the filters (several, for a file packed twice) and its
 * "raw" format hands the bytes through.  A cut input is told from a damaged one
 * by what it asked for last: a decoder that failed after it was told of the
 * end of its input lacked bytes; one that failed before met wrong ones.
 *
 * libarchive fills a buffer before it hands it on and drops it on an error, so
 * the last piece before a cut is lost: up to 64 KiB unpacked for gzip and xz,
 * 128 KiB for zstd, one block for bzip2 (900 kB) and lz4 (4 MiB).
 */
#include "capture/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/memory.h"

/* libarchive's. */
#define ARCHIVE_CALLS(X)                     \
	X(archive_error_string)              \
	X(archive_filter_bytes)              \
	X(archive_filter_count)              \
	X(archive_filter_name)               \
	X(archive_read_data)                 \
	X(archive_read_free)                 \
	X(archive_read_new)                  \
	X(archive_read_next_header)          \
	X(archive_read_open)                 \
	X(archive_read_support_filter_bzip2) \
	X(archive_read_support_filter_gzip)  \
	X(archive_read_support_filter_lz4)   \
	X(archive_read_support_filter_xz)    \
	X(archive_read_support_filter_zstd)  \
	X(archive_read_support_format_empty) \
	X(archive_read_support_format_raw)   \
	X(archive_set_error)

struct archive_calls {
	ARCHIVE_CALLS(LIBRARY_MEMBER)
};

/**
 * struct unpack - One compressed input
 * @library:	libarchive
 * @la:		Its functions
 * @packed:	Where the packed bytes come from
 * @out:	Unpacked bytes so far
 * @asked_past:	libarchive has been told of the end of @packed
 * @cut:	The packed input stopped before it was complete
 * @empty:	It holds no bytes at all
 * @failed:	What went wrong below libarchive
 */
struct unpack {
	void *library;
	struct archive_calls la;
	struct archive *archive;
	struct block_reader packed;
	struct unpack_limits limits;
	uint64_t out;
	bool asked_past;
	bool cut;
	bool empty;
	struct fa_error failed;
};

static const struct {
	const char *name;
	const char *magic;
	size_t len;
} packings[] = {
	{ "gzip", "\x1f\x8b", 2 },
	{ "zstd", "\x28\xb5\x2f\xfd", 4 },
	{ "xz",
	  "\xfd"
	  "7zXZ\0",
	  6 },
	{ "lz4", "\x04\x22\x4d\x18", 4 },
	{ "lz4", "\x02\x21\x4c\x18", 4 }, /* the legacy frame of `lz4 -l` */
	{ "bzip2", "BZh", 3 },
};

const char *unpack_knows(const uint8_t *head, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(packings); i++)
		if (len >= packings[i].len && memcmp(head, packings[i].magic, packings[i].len) == 0)
			return packings[i].name;
	return NULL;
}

/* libarchive's read callback: the window as it is, then the next one. */
static la_ssize_t give_packed(struct archive *a, void *data, const void **bytes)
{
	struct unpack *u = data;
	la_ssize_t n;
	int rc = block_need(&u->packed, 1, &u->failed);

	if (rc < 0) {
		u->la.archive_set_error(a, EIO, "%s", u->failed.text);
		return ARCHIVE_FATAL;
	}
	u->asked_past = rc == 0;
	*bytes = u->packed.pos;
	n = (la_ssize_t)block_left(&u->packed);
	u->packed.pos = u->packed.end;
	return n;
}

static int archive_failed(struct unpack *u, struct fa_error *err)
{
	const char *why = u->la.archive_error_string(u->archive);

	if (u->failed.code != FA_OK)
		return error_set(err, u->failed.code, "%s", u->failed.text);
	return error_set(err, FA_EFORMAT,
			 "cannot unpack past byte %llu: %s; the compressed file is damaged",
			 (unsigned long long)u->out, why == NULL ? "no reason given" : why);
}

/* Refuses what grows as no capture does. */
static int check_bomb(const struct unpack *u, struct fa_error *err)
{
	uint64_t packed;

	if (u->out <= u->limits.floor)
		return 0;
	packed = (uint64_t)MAX(u->la.archive_filter_bytes(u->archive, -1), 1);
	if (u->out / packed < u->limits.max_ratio)
		return 0;
	return error_set(err, FA_EFORMAT,
			 "%llu packed bytes unpacked to %llu, more than %u times as many: refused "
			 "as a decompression bomb; unpack it by hand if it is a capture",
			 (unsigned long long)packed, (unsigned long long)u->out,
			 u->limits.max_ratio);
}

static ssize_t unpack_read(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	struct unpack *u = from;
	la_ssize_t n;
	int rc;

	if (u->cut || u->empty)
		return 0;
	do
		n = u->la.archive_read_data(u->archive, to, room);
	while (n == ARCHIVE_RETRY);
	if (n < 0) {
		if (u->failed.code != FA_OK || !u->asked_past)
			return archive_failed(u, err);
		u->cut = true;
		return 0;
	}
	u->out += (uint64_t)n;
	rc = check_bomb(u, err);
	return rc != 0 ? rc : (ssize_t)n;
}

static bool unpack_cut(const void *from)
{
	const struct unpack *u = from;

	return u->cut;
}

static void unpack_close(void *from)
{
	struct unpack *u = from;

	u->la.archive_read_free(u->archive);
	library_close(u->library);
	block_close(&u->packed);
	free(u);
}

static const struct block_ops unpack_ops = {
	.read = unpack_read,
	.cut = unpack_cut,
	.close = unpack_close,
};

static void support_all(const struct unpack *u)
{
	struct archive *a = u->archive;

	/* A filter this libarchive was built without is found missing when it is needed. */
	(void)u->la.archive_read_support_filter_gzip(a);
	(void)u->la.archive_read_support_filter_zstd(a);
	(void)u->la.archive_read_support_filter_xz(a);
	(void)u->la.archive_read_support_filter_lz4(a);
	(void)u->la.archive_read_support_filter_bzip2(a);
	(void)u->la.archive_read_support_format_raw(a);
	/* Raw does not claim an input of no bytes. */
	(void)u->la.archive_read_support_format_empty(a);
}

/* Names of the filters, innermost first; the last one is the file itself. */
static void filter_names(const struct unpack *u, char *names, size_t size)
{
	struct archive *a = u->archive;
	int i, count = u->la.archive_filter_count(a) - 1;
	size_t at = 0;

	names[0] = '\0';
	for (i = 0; i < count; i++) {
		const char *name = u->la.archive_filter_name(a, i);
		size_t len = strlen(name), mark = i > 0 ? 2 : 0;

		if (len + mark >= size - at)
			return;
		memcpy(names + at, ", ", mark);
		memcpy(names + at + mark, name, len + 1);
		at += mark + len;
	}
}

static int load(struct unpack *u, struct fa_error *err)
{
#define LIBRARY_STRUCT struct archive_calls
	static const struct library_call list[] = { ARCHIVE_CALLS(LIBRARY_CALL) };
	static const char *const sonames[] = { "libarchive.so.13", NULL };
	int status = library_open(&u->library, sonames, list, ARRAY_SIZE(list), &u->la, err);

	if (status != 0)
		return error_prefix(err, "this capture is compressed, and ");
	u->archive = u->la.archive_read_new();
	return u->archive != NULL ? 0 : error_set(err, FA_ENOMEM, "out of memory for unpacking");
}

int unpack_open(struct block_reader *in, struct block_reader *packed, size_t cap,
		const struct unpack_limits *limits, char *names, size_t size, struct fa_error *err)
{
	struct unpack *u = memory_array(1, sizeof(*u));
	struct archive_entry *entry;
	int rc;

	if (u == NULL) {
		block_close(packed);
		return error_set(err, FA_ENOMEM, "out of memory for unpacking");
	}
	rc = load(u, err);
	if (rc != 0) {
		library_close(u->library);
		free(u);
		block_close(packed);
		return rc;
	}
	u->packed = *packed;
	*packed = (struct block_reader){ 0 };
	u->limits = *limits;
	support_all(u);
	rc = u->la.archive_read_open(u->archive, u, NULL, give_packed, NULL);
	if (rc == ARCHIVE_OK)
		rc = u->la.archive_read_next_header(u->archive, &entry);
	if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN || rc == ARCHIVE_EOF) {
		if (u->la.archive_filter_count(u->archive) < 2) {
			/* The magic is there, but the header behind it is not. */
			rc = error_set(err, FA_EFORMAT,
				       "the compressed file is cut short or damaged in its header");
		} else {
			u->empty = rc == ARCHIVE_EOF;
			filter_names(u, names, size);
			return block_open(in, &unpack_ops, u, cap, err);
		}
	} else if (u->failed.code == FA_OK && u->asked_past) {
		rc = error_set(err, FA_EFORMAT,
			       "the compressed file is cut short before anything can be unpacked");
	} else {
		rc = archive_failed(u, err);
	}
	unpack_close(u);
	return rc;
}
