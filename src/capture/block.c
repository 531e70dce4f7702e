/*
 * The sliding window over an input.
 *
 * A refill moves the unread tail, less than one record, to the front of the
 * buffer and reads behind it; every other byte is touched by read(2) alone.
 *
 * Measured (best of 3, 2 cores, page cache warm, every frame's first 64 bytes
 * read; examples' gen-voice): 926 MB of voice at 24.5 Mpps with blocks of 64 to
 * 512 KiB, 16.9 with 4 MiB, which no longer stay in the cache, and 15.8 with
 * mmap(2), whose page faults cost more than the copy; 456 MB of 60-byte packets
 * at 69 Mpps, 60 and 66.  So: read(2), 256 KiB, and pipes are no special case.
 */
#include "capture/block.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

struct descriptor {
	int fd;
	bool owned;
};

static ssize_t descriptor_read(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	const struct descriptor *d = from;

	for (;;) {
		ssize_t n = read(d->fd, to, room);

		if (n >= 0)
			return n;
		if (errno == EAGAIN) {
			/* A shared standard input may have been made non-blocking. */
			struct pollfd ready = { .fd = d->fd, .events = POLLIN };

			(void)poll(&ready, 1, -1);
		} else if (errno != EINTR) {
			return error_set(err, FA_EIO, "cannot read: %s", strerror(errno));
		}
	}
}

static void descriptor_close(void *from)
{
	struct descriptor *d = from;

	if (d->owned)
		close(d->fd);
	free(d);
}

static const struct block_ops descriptor_ops = {
	.read = descriptor_read,
	.close = descriptor_close,
};

int block_open(struct block_reader *in, const struct block_ops *ops, void *from, size_t cap,
	       struct fa_error *err)
{
	uint8_t *buf = memory_array(cap, 1);

	if (buf == NULL) {
		if (ops->close != NULL)
			ops->close(from);
		return error_set(err, FA_ENOMEM, "out of memory for a read buffer");
	}
	*in = (struct block_reader){
		.pos = buf, .end = buf, .window = { buf, cap }, .ops = ops, .from = from
	};
	return 0;
}

int block_open_fd(struct block_reader *in, int fd, bool owned, size_t cap, struct fa_error *err)
{
	struct descriptor *d = memory_array(1, sizeof(*d));
	struct stat st;
	int rc;

	if (d == NULL) {
		if (owned)
			close(fd);
		return error_set(err, FA_ENOMEM, "out of memory for a read buffer");
	}
	*d = (struct descriptor){ .fd = fd, .owned = owned };
	/* Advice: pipes and sockets refuse it. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	rc = block_open(in, &descriptor_ops, d, cap, err);
	in->waits = fstat(fd, &st) != 0 || !S_ISREG(st.st_mode);
	return rc;
}

void block_open_bytes(struct block_reader *in, const void *bytes, size_t len)
{
	const uint8_t *p = len == 0 ? (const uint8_t *)"" : bytes;

	*in = (struct block_reader){ .pos = p, .end = p + len, .received = len, .ended = true };
}

void block_close(struct block_reader *in)
{
	if (in->ops != NULL && in->ops->close != NULL)
		in->ops->close(in->from);
	free(in->window.buf);
	for (unsigned i = 0; i < in->other_count; i++)
		free(in->others[i].buf);
	free(in->others);
	*in = (struct block_reader){ 0 };
}

int block_keep(struct block_reader *in, unsigned turns, struct fa_error *err)
{
	FA_ASSERT(turns >= 1 && in->others == NULL);
	if (in->window.buf == NULL) /* borrowed bytes stay anyway */
		return 0;
	in->others = memory_array(turns, sizeof(*in->others));
	if (in->others == NULL)
		return error_set(err, FA_ENOMEM, "out of memory for read buffers");
	in->other_count = turns;
	return 0;
}

/* Put the unread bytes at the front of @to, a window that holds @n. */
static int move_to(struct block_reader *in, struct block_window *to, size_t n, struct fa_error *err)
{
	size_t left = block_left(in);

	if (memory_grow(&to->buf, &to->cap, MAX(n, in->window.cap), 1) != 0)
		return error_set(err, FA_ENOMEM, "out of memory for a record of %zu bytes", n);
	memcpy(to->buf, in->pos, left);
	in->pos = to->buf;
	in->end = to->buf + left;
	return 0;
}

/* Leave a window that is lent for the one that was left longest ago. */
static int change_window(struct block_reader *in, size_t n, struct fa_error *err)
{
	struct block_window *next = &in->others[in->turn % in->other_count], old = in->window;
	int rc = move_to(in, next, n, err);

	if (rc != 0)
		return rc;
	in->window = *next;
	*next = old;
	in->turn++;
	in->lent = false;
	return 0;
}

/* Move the unread bytes to the front of a buffer that holds @n. */
static int make_room(struct block_reader *in, size_t n, struct fa_error *err)
{
	struct block_window *w = &in->window;
	size_t left = block_left(in);

	if (in->others != NULL && in->lent)
		return change_window(in, n, err);
	if (left > 0)
		memmove(w->buf, in->pos, left);
	in->pos = w->buf;
	in->end = w->buf + left;
	if (n <= w->cap)
		return 0;
	if (memory_grow(&w->buf, &w->cap, n, 1) != 0)
		return error_set(err, FA_ENOMEM, "out of memory for a record of %zu bytes", n);
	in->pos = w->buf;
	in->end = w->buf + left;
	return 0;
}

int block_need(struct block_reader *in, size_t n, struct fa_error *err)
{
	int rc;

	FA_ASSERT(n <= BLOCK_MAX);
	if (n <= block_left(in))
		return 1;
	if (in->ended)
		return 0;
	rc = make_room(in, n, err);
	if (rc != 0)
		return rc;
	while (block_left(in) < n) {
		size_t have = block_left(in);
		ssize_t got =
			in->ops->read(in->from, in->window.buf + have, in->window.cap - have, err);

		if (got < 0)
			return (int)got;
		if (got == 0) {
			in->ended = true;
			return 0;
		}
		in->end += got;
		in->received += (uint64_t)got;
	}
	return 1;
}

bool block_cut(const struct block_reader *in)
{
	return in->ops != NULL && in->ops->cut != NULL && in->ops->cut(in->from);
}
