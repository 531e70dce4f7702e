/*
 * A bounded set of capture files in a directory, the oldest removed for the newest.
 *
 * Files are flowaudit-YYYYmmddTHHMMSS-NNNN.pcapng by the time (UTC) they were begun.  All files
 * of such names count, those of earlier runs too; no other file is touched.  Two programs need
 * two directories.
 */
#ifndef FA_REPORT_KEEP_FILES_H
#define FA_REPORT_KEEP_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "report/outage.h"

#define KEEP_FILES 8u /* a file has this part of all bytes */

/**
 * struct keep_files - Use the functions
 * @fd:		-1: no file is begun
 * @size:	Bytes of the file
 * @limit:	Bytes that a file may have
 * @path:	Of the file, once one was begun
 */
struct keep_files {
	char *directory;
	uint64_t max_bytes;
	uint64_t limit;
	int fd;
	uint64_t size;
	unsigned number;
	int64_t looked_ns;
	char path[PATH_MAX];
};

/* Return: 0; FA_EIO: the directory cannot be read; FA_ENOMEM.  keep_files_free() in any case */
int keep_files_init(struct keep_files *f, const char *directory, uint64_t max_bytes,
		    struct fa_error *err);
void keep_files_free(struct keep_files *f);

/**
 * keep_files_begin() - Remove the oldest files until a whole new one may be written, and begin it
 * @outage:	Begun when that cannot be
 * @lost:	For it
 *
 * Return: true when a file is begun (it may have been already)
 */
bool keep_files_begin(struct keep_files *f, int64_t now_ns, struct outage *outage, uint64_t lost);

/* All of @bytes or nothing.  Return: whether they are in the file; otherwise as above */
bool keep_files_write(struct keep_files *f, const void *bytes, size_t len, struct outage *outage,
		      uint64_t lost);

/* Close the file. */
void keep_files_end(struct keep_files *f);

/* Once a second of @now_ns: close a file that was deleted or renamed. */
void keep_files_look_after(struct keep_files *f, int64_t now_ns);

#endif
