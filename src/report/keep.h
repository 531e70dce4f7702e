/*
 * The packets of offending flows, in a bounded ring of capture files.
 *
 * That a flow offends is known seconds after its first packets.  So all recent frames wait in a
 * fixed memory; when a flow is marked, those of its frames that still wait and those that come
 * are written.  Nothing that happens to the files ends it: frames wait while there is room for
 * newer ones.
 *
 * One thread at a time.  System calls after keep_new(), all in keep_write() and keep_free():
 * openat, getdents64, newfstatat, unlinkat, unlink, write, lseek, ftruncate, close (and malloc's).
 * SIGXFSZ must be ignored.
 */
#ifndef FA_REPORT_KEEP_H
#define FA_REPORT_KEEP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/frame.h"

#define KEEP_MEMORY       ((size_t)64 << 20) /* for keep_options.memory */
#define KEEP_MEMORY_LEAST ((size_t)1 << 20)

struct keep;

/**
 * struct keep_options - What to keep where
 * @directory:	Of the files, see keep_files.h; it must be there
 * @max_bytes:	Of all files together; each has an eighth of it, which must have room for a frame
 * @memory:	Bytes for frames that wait; 0: KEEP_MEMORY.  At least KEEP_MEMORY_LEAST
 * @flows:	Flows are 0 to @flows, which is below UINT32_MAX
 * @snaplen:	Bytes of a frame to keep at most; 0: FRAME_MAX
 */
struct keep_options {
	const char *directory;
	uint64_t max_bytes;
	size_t memory;
	uint32_t flows;
	uint32_t snaplen;
};

/**
 * struct keep_stats - What became of frames
 * @kept:	Written
 * @overwritten:	Gone from memory without being written, all flows
 * @lost:	Of these, frames of marked flows: files could not be written, or not fast enough
 * @file:	Path of the last file; "" when there was none.  Lives as long as struct keep
 */
struct keep_stats {
	uint64_t kept;
	uint64_t overwritten;
	uint64_t lost;
	const char *file;
};

/**
 * keep_new() - Take the memory
 * @k:	Owned by the caller on success: keep_free()
 *
 * No file is made before there is a frame to keep.
 *
 * Return: 0; FA_EUSAGE: too little memory or too few bytes; FA_EIO: the directory cannot be read;
 *	   FA_ENOMEM
 */
int keep_new(struct keep **k, const struct keep_options *o, struct fa_error *err);

/* A frame, in the order of time.  Its bytes are copied; no allocation, no system call. */
void keep_frame(struct keep *k, const struct frame *frame, uint32_t flow);

/**
 * keep_mark() - The flow offends
 * @why:	One short line of UTF-8, copied (and cut), which becomes the comment of the first
 *		frame kept of it.  4096 can wait for their frames; without room it is left out
 *
 * A flow that is marked already stays as it is.
 */
void keep_mark(struct keep *k, uint32_t flow, const char *why);

/* The flow ended, and its number may become another's.  What is to be written of it still is. */
void keep_forget(struct keep *k, uint32_t flow);

/**
 * keep_write() - Write what is to be written; about once a second
 *
 * In the order of keep_frame(), each frame once.  Call it more often where the memory is
 * overwritten within a second.
 *
 * Return: 0; FA_EIO, only the first time of an outage; 1 when it is over: @err has code FA_OK
 *	   and a text that says so, and how many packets were lost
 */
int keep_write(struct keep *k, int64_t now_ns, struct fa_error *err);

void keep_stats(const struct keep *k, struct keep_stats *stats);

/* Close the file and free; what was not written is not kept.  NULL is fine. */
void keep_free(struct keep *k);

#endif
