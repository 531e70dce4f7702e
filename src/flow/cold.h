/* The cold record as the flow room keeps it: the notes and what TCP must remember beside them. */
#ifndef FA_FLOW_COLD_H
#define FA_FLOW_COLD_H

#include <stdalign.h>

#include "flow/flow.h"

/**
 * struct flow_cold - Five cache lines; a data packet writes the first and the last
 * @first_seq:	Sequence number of each endpoint's first payload byte; of its first
 *		packet where no SYN told
 * @hole:	Bytes each endpoint sent that the capture does not hold, one range:
 *		the first that is open, else the latest that was acknowledged
 * @fin_seq:	Sequence number of each endpoint's FIN
 * @known:	Endpoints (bit 0, bit 1) whose sequence numbers are known
 * @anchored:	... whose @first_seq comes from a SYN or what acknowledged it
 * @synacked:	... that sent a SYN-ACK
 * @hole_acked:	... whose hole was acknowledged and counted as a gap
 * @grown:	... whose stream grew with the last packet of the flow
 * @opened:	The flow was open, or midstream, at some time
 * @id_run:	Packets in a row with which each endpoint counted its IP identification
 *		up in small steps, the latest one included
 * @id_ms:	Time of the latest one, the low half of milliseconds
 */
struct flow_cold {
	alignas(64) struct flow_notes notes;
	uint32_t first_seq[2];
	struct {
		uint32_t begin, end;
	} hole[2];
	uint32_t fin_seq[2];
	uint8_t known, anchored, synacked, hole_acked, grown;
	bool opened;
	uint8_t id_run[2];
	uint32_t id_ms[2];
};
static_assert(sizeof(struct flow_cold) == 320, "five cache lines");
static_assert(offsetof(struct flow_notes, syn) == 64, "data packets write the first line");
static_assert(offsetof(struct flow_notes, stream) == 256, "... and the last");

/* Is endpoint @dir in a set of endpoints? */
static inline bool flow_cold_has(uint8_t set, unsigned dir)
{
	return ((unsigned)set >> dir & 1u) != 0;
}

/* Distance from sequence number @b to @a; wraps (RFC 9293 3.4). */
static inline int32_t flow_seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* A packet of endpoint @dir had @bytes of payload. */
static inline void flow_data_add(struct flow_data *data, unsigned dir, uint64_t frame,
				 int64_t ts_ns, uint32_t bytes)
{
	if (data->packets[dir]++ == 0) {
		data->frame[dir] = frame;
		data->ns[dir] = ts_ns;
	}
	data->bytes[dir] += bytes;
}

#endif
