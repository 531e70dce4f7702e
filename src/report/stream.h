/*
 * Whole lines to a file, to standard output or to a rotating set of files, for weeks.
 *
 * Lines wait in memory until stream_flush() writes them, normally with one write(2).  A line,
 * and lines that were given together, are never split over two files and never cut: what a full
 * disk cut off is taken back and written again.  (Only a kill in the midst of a write(2) can leave
 * a cut line: the last one.)
 *
 * Disks fill, directories vanish, logrotate renames.  None of it ends a stream: each flush tries
 * again, a file that is gone is opened anew at its path, and what could not wait is counted.
 *
 * The time zone is read by stream_open().  System calls after it: openat, write, close,
 * newfstatat, lseek, ftruncate, ioctl (stream_width()).  SIGPIPE and SIGXFSZ must be ignored.
 */
#ifndef FA_REPORT_STREAM_H
#define FA_REPORT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define STREAM_PENDING ((size_t)1 << 20) /* bytes that can wait */
#define STREAM_UNITS   16384u            /* calls of stream_lines() that can wait */

struct stream;

/**
 * struct stream_options - Where to, see rotation.h for the names of files
 * @path:	"-": standard output, which does not rotate
 * @max_bytes:	Begin a new file rather than pass this many bytes; 0: never.  Lines longer
 *		than that have a file of their own
 * @seconds:	Begin a new file so often; 0: never.  @path is then a template of strftime(3)
 * @files:	With @max_bytes: a ring of so many files; with @seconds alone: the stream is
 *		over after so many; 0: no limit
 */
struct stream_options {
	const char *path;
	uint64_t max_bytes;
	unsigned seconds;
	unsigned files;
};

/**
 * stream_open() - Open the first file, which is emptied as tcpdump -w does
 * @s:		Owned by the caller on success: stream_close()
 * @o:		Copied
 * @now_ns:	The wall clock, nanoseconds since 1970
 *
 * Return: 0; FA_EUSAGE: rotation of standard output, @files without the others, or a template
 *	   that makes no name; FA_EIO; FA_ENOMEM
 */
int stream_open(struct stream **s, const struct stream_options *o, int64_t now_ns,
		struct fa_error *err);

/**
 * stream_lines() - One whole line with its newline, or several that belong together
 *
 * Writes only when no more can wait.  During an outage, lines for which there is no room are
 * lost; so are lines after stream_is_over(), and more than STREAM_PENDING bytes at a time.
 */
void stream_lines(struct stream *s, const void *bytes, size_t len);

/**
 * stream_flush() - Write what waits, rotate when it is time; about once a second
 *
 * Waiting lines still go to the old file.  A file is looked after, and opened again, at most
 * once a second of @now_ns.
 *
 * Return: 0; FA_EIO, only the first time of an outage; 1 when it is over: @err has code FA_OK
 *	   and a text that says so, and how many lines were lost
 */
int stream_flush(struct stream *s, int64_t now_ns, struct fa_error *err);

/* Lines that could not be written, since the start. */
uint64_t stream_lost(const struct stream *s);

/* The last file of stream_options.files periods was closed, or nobody reads standard output now. */
bool stream_is_over(const struct stream *s);

/* True when lines go to a terminal; its width in columns now, 80 when unknown. */
bool stream_is_terminal(const struct stream *s);
unsigned stream_width(const struct stream *s);

/**
 * stream_close() - Write what waits, close, free.  NULL is fine
 *
 * Return: 0, or FA_EIO: what was lost at the end or since the last outage began
 */
int stream_close(struct stream *s, struct fa_error *err);

#endif
