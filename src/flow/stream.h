/*
 * The first bytes of TCP directions, put in order.
 *
 * Segments may be split anywhere, come in any order, overlap and repeat; the
 * first bytes captured for a place win.  What lies beyond a hole waits in place,
 * as a short list of ranges.  A stream keeps at most FLOW_STREAM_MAX bytes and
 * all together no more than the memory they were given.
 *
 * A stream is closed, and takes no more, when it is full, when memory for it
 * ran out, or when it has a hole that the capture will not fill: the receiver
 * acknowledged more than is here, or the sender went on past it, for long
 * enough that a segment captured out of order would have come.
 */
#ifndef FA_FLOW_STREAM_H
#define FA_FLOW_STREAM_H

#include <stdbool.h>

#include "flow/arena.h"
#include "flow/pool.h"

#define FLOW_STREAM_MAX    32768u /* bytes kept of a direction: the largest block */
#define FLOW_STREAM_RANGES 6      /* ranges waiting beyond a hole */
/* Signs of a hole that stays: segments beyond it count one, acknowledgements of it eight. */
#define FLOW_STREAM_PATIENCE 64u
#define FLOW_STREAM_ACKED    8u

#define FLOW_STREAM_NONE    0u
#define FLOW_STREAM_REFUSED UINT32_MAX /* for the caller to remember a refusal by */

struct flow_streams {
	struct flow_arena arena;
	struct flow_pool pool;
	uint64_t refused; /* streams not begun, or closed early, for want of memory */
};

/* At most @bytes for what streams hold.  Return: 0 or FA_ENOMEM */
int flow_streams_init(struct flow_streams *streams, size_t bytes);
void flow_streams_free(struct flow_streams *streams);

/**
 * flow_stream_open() - Begin a stream
 * @base:	Sequence number of its first byte
 *
 * Return: its id, or FLOW_STREAM_NONE when memory is out (counted)
 */
uint32_t flow_stream_open(struct flow_streams *streams, uint32_t base);
void flow_stream_release(struct flow_streams *streams, uint32_t id);

/**
 * flow_stream_add() - Take one segment
 * @seq:	Sequence number of its first byte
 * @len:	Bytes captured
 * @cut:	The snap length cut it: bytes after these existed and were lost
 *
 * Return: true when the contiguous part grew
 */
bool flow_stream_add(struct flow_streams *streams, uint32_t id, uint32_t seq, const uint8_t *bytes,
		     uint32_t len, bool cut);

/* The receiver acknowledged everything below @ack. */
void flow_stream_acked(struct flow_streams *streams, uint32_t id, uint32_t ack);

/**
 * flow_stream_bytes() - The contiguous part
 * @end:	Sequence number after it
 * @closed:	No more will be taken
 */
const uint8_t *flow_stream_bytes(const struct flow_streams *streams, uint32_t id, size_t *len,
				 uint32_t *end, bool *closed);

#endif
