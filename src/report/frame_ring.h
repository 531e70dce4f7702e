/*
 * Recent frames in a fixed memory, the oldest overwritten by the newest.
 *
 * A frame has a position that only grows, so that one that was overwritten is known by its
 * position alone.  Frames can be due: a bit for each place of the memory finds them, in order,
 * without a look at the others.  One thread at a time.
 */
#ifndef FA_REPORT_FRAME_RING_H
#define FA_REPORT_FRAME_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "capture/frame.h"

/* Records begin on cache lines.  What is left at the end of the memory then has room for a head. */
#define FRAME_RING_ALIGN 64u
#define FRAME_RING_NONE  UINT64_C(0) /* no position of a frame */

/**
 * struct frame_record - A frame in the ring; its bytes follow
 * @chain:	For the user: position of another frame, or FRAME_RING_NONE
 * @size:	Bytes from here to the next record
 * @note:	For the user
 * @due:	Its bit is set
 * @kept:	For the user
 * @filler:	No frame: this only fills the end of the memory
 */
struct frame_record {
	uint64_t chain;
	int64_t ts_ns;
	uint32_t size;
	uint32_t caplen;
	uint32_t wirelen;
	uint16_t linktype;
	uint16_t iface;
	uint16_t note;
	bool due;
	bool kept;
	bool filler;
};

struct frame_ring {
	uint8_t *memory;
	uint64_t size;
	uint64_t head, tail; /* positions: behind the newest, of the oldest */
	uint64_t *due;
};

/* Return: 0 or FA_ENOMEM.  @bytes: at least that of two frames of FRAME_MAX and a page */
int frame_ring_init(struct frame_ring *ring, size_t bytes);
void frame_ring_free(struct frame_ring *ring);

static inline struct frame_record *frame_ring_at(const struct frame_ring *ring, uint64_t position)
{
	return (struct frame_record *)(void *)(ring->memory + position % ring->size);
}

/* The frame at @position was not overwritten; false for FRAME_RING_NONE. */
static inline bool frame_ring_holds(const struct frame_ring *ring, uint64_t position)
{
	return position >= ring->tail && position != FRAME_RING_NONE;
}

/* Bytes of the ring that a frame takes with what it must leave unused. */
uint64_t frame_ring_need(const struct frame_ring *ring, uint32_t caplen);

/* Whether the frame at @position, which the ring holds, is due. */
void frame_ring_set_due(struct frame_ring *ring, uint64_t position, bool due);
/* The first frame that is due, at @from or behind it; the head when there is none. */
uint64_t frame_ring_next_due(const struct frame_ring *ring, uint64_t from);

/* Give up the oldest record, which is not due. */
static inline void frame_ring_drop(struct frame_ring *ring)
{
	ring->tail += frame_ring_at(ring, ring->tail)->size;
}

static inline uint64_t frame_ring_room(const struct frame_ring *ring)
{
	return ring->size - (ring->head - ring->tail);
}

/**
 * frame_ring_put() - Copy a frame to the head
 * @caplen:	Bytes of it to keep; the ring has room for frame_ring_need()
 *
 * Return: its record, with nothing in what is for the user
 */
struct frame_record *frame_ring_put(struct frame_ring *ring, const struct frame *frame,
				    uint32_t caplen, uint64_t *position);

/* The frame of a record; its bytes live in the ring. */
struct frame frame_ring_frame(const struct frame_record *record);

#endif
