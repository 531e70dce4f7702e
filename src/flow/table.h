/*
 * The flow table: find or open the flow of every packet, keep its record,
 * retire it when it ends.  One writer; one table a shard.
 *
 * A batch is handled in steps so that memory latency overlaps: flow_slots_make()
 * hashes all keys, flow_table_prefetch() asks for their index chunks and records,
 * then flow_table_packet() is called for each packet in order.
 *
 * Flows leave by idling, by re-use of their tuple, by eviction when the table
 * is full, and at the end.  Each is queued once and stays readable until the
 * caller takes it with flow_table_retired() and gives it back with
 * flow_table_release().  The queue must be emptied after every batch, and no more
 * than FLOW_TABLE_QUEUE flows may be held that were taken and not given back.
 */
#ifndef FA_FLOW_TABLE_H
#define FA_FLOW_TABLE_H

#include "base/error.h"
#include "capture/frame.h"
#include "flow/flow.h"
#include "flow/slot.h"

struct flow_table;

/**
 * struct flow_table_options - Fixed at start
 * @max_flows:		Live flows at most
 * @seed:		0: a random hash key
 * @stream_bytes:	Memory for the first bytes of TCP directions, in all
 * @syn_ns:		Idle time of an attempt without an answer (Linux gives up after 131 s)
 * @open_ns:		... of an open TCP flow (signalling idles for minutes)
 * @closed_ns:		... of a closed or reset one
 * @datagram_ns:	... of UDP and SCTP
 * @vlan_in_key:	Flows of different VLANs are different flows
 */
struct flow_table_options {
	uint32_t max_flows;
	uint64_t seed;
	size_t stream_bytes;
	int64_t syn_ns, open_ns, closed_ns, datagram_ns;
	bool vlan_in_key;
};

/*
 * A packet later than its flow's idle time after the packet before it opens a
 * new flow, exactly.  A flow that goes quiet is retired this much later, so that
 * a packet captured out of order by less than this finds its flow whatever the
 * size of batches.
 */
#define FLOW_TABLE_GRACE_NS (2 * NS_PER_S)

#define FLOW_TABLE_DEFAULTS                                                                       \
	{                                                                                         \
		.max_flows = 4u << 20, .seed = 0, .stream_bytes = (size_t)64 << 20,               \
		.syn_ns = 140 * NS_PER_S, .open_ns = 3600 * NS_PER_S, .closed_ns = 60 * NS_PER_S, \
		.datagram_ns = 900 * NS_PER_S, .vlan_in_key = false                               \
	}

/**
 * flow_table_new() - Take all memory that the table will ever use
 *
 * Memory is reserved, and paid for as flows need it.
 *
 * Return: 0; FA_EUSAGE for options that cannot be; FA_ENOMEM
 */
int flow_table_new(struct flow_table **table, const struct flow_table_options *options,
		   struct fa_error *err);
void flow_table_free(struct flow_table *table);

/* How slots for this table are made; as good as the table. */
const struct flow_hashing *flow_table_hashing(const struct flow_table *table);

/* Have what @n <= FRAME_BATCH packets need near by the time they are accounted. */
void flow_table_prefetch(const struct flow_table *table, const struct facts *facts, size_t n,
			 struct flow_slot *slots);

/**
 * flow_table_packet() - Account one packet to its flow, opening it if need be
 * @input:	Index of the input the packet came from
 *
 * For a quote the flow is never opened; an error that fits no flow is counted
 * in flow_table_stats.orphan_errors.  The last few of them are kept for a second: a
 * capture that reorders may hold them before the packet they quote.
 *
 * Return: its flow's id, or FLOW_NONE
 */
uint32_t flow_table_packet(struct flow_table *table, const struct facts *facts,
			   const struct flow_slot *slot, uint16_t input);

/**
 * flow_table_next_live() - Walk the live flows, in the order of their ids
 * @id:		FLOW_NONE for the first
 *
 * Costs a look at every record that was ever in use.  Not once flow_table_finish() was called.
 *
 * Return: the next live flow's id, or FLOW_NONE
 */
uint32_t flow_table_next_live(const struct flow_table *table, uint32_t id);

/* Valid until the flow is released.  @id must be live or retired. */
struct flow *flow_table_flow(struct flow_table *table, uint32_t id);
/**
 * flow_table_notes() - What was noted of a flow
 * @room:	May be filled, and pointed into
 *
 * Return: the notes, valid until the flow's next packet; NULL when nothing was noted
 */
const struct flow_notes *flow_table_notes(const struct flow_table *table, uint32_t id,
					  struct flow_notes *room);

/**
 * flow_table_stream() - Contiguous first bytes of one direction of a TCP flow
 * @dir:	Endpoint that sent them
 * @len:	Their number; 0 when none are kept
 * @last:	No more will be added: limit of the direction, memory, or a gap that
 *		the capture never filled, or the FIN or RST of this endpoint; also for a
 *		flow without streams: UDP, retired, or after flow_table_payload_done()
 * @grown:	They grew with the last packet of this flow
 *
 * For a flow picked up midstream they begin at the first payload captured.
 *
 * Return: the bytes, valid until the next packet of the flow; NULL when none
 */
const uint8_t *flow_table_stream(struct flow_table *table, uint32_t id, unsigned dir, size_t *len,
				 bool *last, bool *grown);

/* Identification is done with a live or retired flow: release the stream memory, keep no more. */
void flow_table_payload_done(struct flow_table *table, uint32_t id);

#define FLOW_TABLE_QUEUE 1024u
/*
 * Records beyond max_flows: what is retired holds its record until it is
 * released, and one batch retires a flow a packet at most.
 */
#define FLOW_TABLE_SLACK (FLOW_TABLE_QUEUE + 4u * FRAME_BATCH)

/**
 * flow_table_advance() - Packet time moved to @now_ns: retire what idled out
 *
 * Time never runs backwards inside: earlier values are ignored.  Work in one
 * call is bounded; what is left over is done by later calls.  At most
 * FLOW_TABLE_QUEUE flows wait in the queue because of it.
 */
void flow_table_advance(struct flow_table *table, int64_t now_ns);

/* The same, looking at @looks flows at most: where a flood that idles out must not keep packets
 * waiting. */
void flow_table_advance_some(struct flow_table *table, int64_t now_ns, unsigned looks);

/**
 * flow_table_finish() - Queue up to FLOW_TABLE_QUEUE live flows as ended, at the end of an input
 *
 * From the first call on the queue may be emptied, and nothing else done until one
 * has returned false and all flows are released.  Then the table forgets the time: the
 * next input may be older.  Memory goes back to the kernel as flows are released.
 *
 * Return: true while any are left: drain the queue and call again
 */
bool flow_table_finish(struct flow_table *table);

/* Next retired flow, or FLOW_NONE.  Its record stays readable until released. */
uint32_t flow_table_retired(struct flow_table *table);
void flow_table_release(struct flow_table *table, uint32_t id);

/**
 * struct flow_table_stats - Counters since the table was made
 * @refused_streams: Directions whose first bytes were not kept for want of memory
 */
struct flow_table_stats {
	uint64_t opened, idle, reused, evicted, orphan_errors, refused_streams;
	uint64_t live;
	uint64_t clock_steps; /* packets more than a second before the latest seen */
};
void flow_table_stats(const struct flow_table *table, struct flow_table_stats *stats);

#endif
