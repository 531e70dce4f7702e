/* Whole units at the end of a file, whatever happens in the middle of one. */
#ifndef FA_REPORT_APPEND_H
#define FA_REPORT_APPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * append_open() - Open for appending, made with mode 0644 if it is not there
 * @anew:	What it holds is thrown away
 *
 * Return: a descriptor for close(), or -1 with errno
 */
int append_open(const char *path, bool anew);

/**
 * append_write() - Write all of @bytes
 * @error:	errno of the write that failed (EAGAIN for a full non-blocking pipe), else 0
 *
 * SIGPIPE and SIGXFSZ must be ignored.
 *
 * Return: bytes written
 */
size_t append_write(int fd, const void *bytes, size_t len, int *error);

/**
 * append_cut() - Take back the last @len bytes of what append_write() wrote
 *
 * Return: false when that cannot be: a pipe, a device, others wrote behind us
 */
bool append_cut(int fd, size_t len);

/* Bytes of the file; 0 for a pipe or a device. */
uint64_t append_size(int fd);

/* The file that is open is not the one @path names any more: renamed, deleted, or @path is gone. */
bool append_moved(int fd, const char *path);

#endif
