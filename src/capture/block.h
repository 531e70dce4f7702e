/*
 * Bytes of an input in large contiguous pieces; private to the capture room.
 *
 * The format readers parse records where the bytes lie, [pos, end), and move
 * @pos past what they used.  When a record is not wholly there they ask
 * block_need(), which may move and overwrite everything: whatever points into
 * the old bytes dies then, unless block_keep() was asked for.
 */
#ifndef FA_CAPTURE_BLOCK_H
#define FA_CAPTURE_BLOCK_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "base/error.h"

/* Bytes asked of an input at a time; block.c has the measurement. */
#define BLOCK_BYTES ((size_t)256 * 1024)

/*
 * Longest contiguous piece anyone may ask for.  libpcap's bound for a pcapng
 * block is the same 16 MiB; a classic record is far below it.
 */
#define BLOCK_MAX ((size_t)16 * 1024 * 1024)

/**
 * struct block_ops - Where the bytes come from
 * @read:	Up to @room (> 0) bytes; their number, 0 at the end, or an enum
 *		fa_code with @err filled.  May give fewer than there are.
 * @cut:	After the end: whether the input stopped before it was complete
 *		(a packed file that was cut).  May be NULL: never.
 * @close:	Release @from; may be NULL
 */
struct block_ops {
	ssize_t (*read)(void *from, uint8_t *to, size_t room, struct fa_error *err);
	bool (*cut)(const void *from);
	void (*close)(void *from);
};

/* Memory of a window. */
struct block_window {
	uint8_t *buf; /* NULL: none yet */
	size_t cap;
};

/**
 * struct block_reader - A window that slides over an input
 * @pos:	First byte not used yet; the owner of the reader moves it
 * @end:	End of the bytes at hand
 * @received:	Bytes of the input up to @end
 * @ended:	Nothing comes after @end
 * @waits:	Reading may wait for ever: no regular file
 * @lent:	Somebody points into the window's bytes, see block_keep()
 * @window:	The one in use; without memory when the bytes are borrowed
 * @others:	[@other_count] windows that take turns with it; NULL: none
 * @turn:	Times that the window was changed for another
 */
struct block_reader {
	const uint8_t *pos, *end;
	uint64_t received;
	bool ended, waits, lent;
	struct block_window window;
	struct block_window *others;
	unsigned other_count;
	uint64_t turn;
	const struct block_ops *ops;
	void *from;
};

/**
 * block_open() - Read from @ops
 * @from:	Passed to @ops; closed by block_close(), also when this fails
 * @cap:	Bytes to ask for at a time, usually BLOCK_BYTES
 *
 * Return: 0 or FA_ENOMEM
 */
int block_open(struct block_reader *in, const struct block_ops *ops, void *from, size_t cap,
	       struct fa_error *err);

/* Read from a descriptor, which is closed by block_close() if @owned.  Return: as block_open(). */
int block_open_fd(struct block_reader *in, int fd, bool owned, size_t cap, struct fa_error *err);

/* Bytes that are all there already: borrowed, never copied. */
void block_open_bytes(struct block_reader *in, const void *bytes, size_t len);

void block_close(struct block_reader *in);

/**
 * block_keep() - Let lent bytes live longer
 * @turns:	At least 1
 *
 * From here on a window whose bytes were lent (@in->lent, which the owner sets) is
 * not overwritten at the next refill but left for another one, @in->turn counts
 * that, and its bytes live until @turn has grown by more than @turns.
 *
 * Return: 0 or FA_ENOMEM
 */
int block_keep(struct block_reader *in, unsigned turns, struct fa_error *err);

/* Bytes at hand. */
static inline size_t block_left(const struct block_reader *in)
{
	return (size_t)(in->end - in->pos);
}

/* Where @pos is in the input, from 0. */
static inline uint64_t block_offset(const struct block_reader *in)
{
	return in->received - block_left(in);
}

/**
 * block_need() - Have at least @n contiguous bytes at hand
 * @n:	At most BLOCK_MAX
 *
 * Return: 1 when they are there; 0 when the input ends before (what is left is
 *	   at hand); FA_EIO, FA_EFORMAT or FA_ENOMEM
 */
int block_need(struct block_reader *in, size_t n, struct fa_error *err);

/* At the end of the input: whether it was cut short in its packing. */
bool block_cut(const struct block_reader *in);

/* Loads in a file's own byte order.  The caller has seen that the bytes are there. */
static inline uint16_t block_u16(const uint8_t *p, bool big)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return big ? be16toh(v) : le16toh(v);
}

static inline uint32_t block_u32(const uint8_t *p, bool big)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return big ? be32toh(v) : le32toh(v);
}

#endif
