/*
 * Packets of a few flows through a small flow table.
 *
 * An input is a run of packets of eight bytes: flow and kind (low three bits one
 * of eight tuples; 8 the other direction; 16 UDP; 32 an ICMP error about it; 64
 * the table's time moves on too), TCP flags, sequence number (two bytes, within
 * a window), length (two bytes, of it 512 at most), acknowledgement (a byte, in
 * steps of 64), seconds since the packet before (signed).  What a byte is follows
 * from the direction and its sequence number, so that what the table puts
 * together must be found in what the endpoint sent.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "flow/stream.h"
#include "flow/table.h"
#include "fuzz.h"

#define MAX_FLOWS 4 /* of the eight tuples: some are evicted */
#define WINDOW    65536u
#define SEGMENT   512u

struct run {
	struct flow_table *table;
	uint8_t sent[2][WINDOW + SEGMENT + 1];
	int64_t now_ns;
	uint64_t packets;  /* taken by a flow */
	uint64_t retired;  /* flows */
	uint64_t recorded; /* packets of retired flows */
};

static void fill(struct run *r)
{
	for (uint32_t i = 0; i < sizeof(r->sent[0]); i++) {
		r->sent[0][i] = (uint8_t)(i * 0x9e3779b1u >> 24);
		r->sent[1][i] = (uint8_t)(i * 0x85ebca6bu >> 24);
	}
}

static struct address host(unsigned n)
{
	return (struct address){ .b = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = (uint8_t)n } };
}

/* One packet; its payload is a heap block of exactly its size. */
static struct facts make_packet(struct cursor *c, struct run *r)
{
	unsigned kind = cursor_u8(c), flags = cursor_u8(c), dir = kind >> 3 & 1, tuple = kind & 7;
	uint32_t seq = cursor_be16(c), len = cursor_be16(c) % (SEGMENT + 1);
	uint32_t ack = cursor_u8(c) * 64u;
	bool udp = (kind & 16) != 0;
	struct facts f = {
		.class = udp ? CLASS_UDP : CLASS_TCP,
		.l4 = udp ? IPPROTO_UDP : IPPROTO_TCP,
		.ip_version = 4,
		.src = host(dir),
		.dst = host(1 - dir),
		.sport = (uint16_t)(dir == 0 ? 1000 + tuple : 5061),
		.dport = (uint16_t)(dir == 0 ? 5061 : 1000 + tuple),
		.ttl = 64,
		.number = r->packets + 1,
		.wirelen = 60 + len,
		.seq = seq,
		.ack = ack,
		.tcp_flags = (uint8_t)(flags & 0x3f),
		.payload_len = len,
		.payload_wire = len + ((flags & 0x40) != 0 ? 100 : 0),
	};

	r->now_ns += (int8_t)cursor_u8(c) * NS_PER_S;
	f.ts_ns = r->now_ns;
	/* A SYN takes a sequence number before its payload (RFC 9293 3.4). */
	f.payload = fuzz_exact(r->sent[dir] + seq + (f.tcp_flags & TCP_SYN ? 1 : 0), len);
	if (kind & 32) {
		f.class = CLASS_ICMP;
		f.l4 = IPPROTO_ICMP;
		f.icmp_error = true;
		f.icmp_type = 3;
		f.icmp_code = 13;
		f.quoted = (struct quoted){ .src = f.src,
					    .dst = f.dst,
					    .tcp_seq = seq,
					    .sport = f.sport,
					    .dport = f.dport,
					    .l4 = IPPROTO_TCP,
					    .present = true };
	}
	return f;
}

/* What is put together of endpoint @dir lies as it is in what it sent. */
static void check_stream(struct run *r, uint32_t id, unsigned dir)
{
	size_t len;
	bool last, grown;
	const uint8_t *bytes = flow_table_stream(r->table, id, dir, &len, &last, &grown);
	const struct flow *flow = flow_table_flow(r->table, id);
	unsigned sender;

	if (bytes == NULL || len == 0)
		return;
	/* Endpoints of a key are ordered; ours are told by their address. */
	sender = flow->key.addr[dir].b[15];
	FA_ASSERT(len <= FLOW_STREAM_MAX);
	FA_ASSERT(memmem(r->sent[sender], sizeof(r->sent[0]), bytes, len) != NULL);
}

static void drain(struct run *r)
{
	uint32_t id;

	while ((id = flow_table_retired(r->table)) != FLOW_NONE) {
		const struct flow *flow = flow_table_flow(r->table, id);

		FA_ASSERT(flow->flags & FLOW_ENDED && flow->last_ns >= flow->first_ns);
		if (flow->key.l4 == IPPROTO_TCP)
			for (unsigned dir = 0; dir < 2; dir++)
				check_stream(r, id, dir);
		r->recorded += flow->packets[0] + flow->packets[1];
		r->retired++;
		flow_table_release(r->table, id);
	}
}

static void take(struct run *r, struct cursor *c)
{
	bool moves = (*c->pos & 64) != 0;
	struct facts f = make_packet(c, r);
	struct flow_slot slot;
	uint32_t id;

	flow_slots_make(flow_table_hashing(r->table), &f, 1, &slot);
	flow_table_prefetch(r->table, &f, 1, &slot);
	id = flow_table_packet(r->table, &f, &slot, 0);
	FA_ASSERT(f.icmp_error ? slot.kind == FLOW_SLOT_QUOTE : id != FLOW_NONE);
	if (!f.icmp_error) {
		r->packets++;
		if (f.l4 == IPPROTO_TCP)
			check_stream(r, id, slot.dir);
		if ((f.tcp_flags & 0x3f) == 0x3f)
			flow_table_payload_done(r->table, id);
	}
	free((void *)(uintptr_t)f.payload);
	if (moves)
		flow_table_advance(r->table, r->now_ns);
	drain(r);
}

void fuzz_table(const void *subject, const uint8_t *bytes, size_t len)
{
	struct flow_table_options options = FLOW_TABLE_DEFAULTS;
	struct cursor c = cursor_over(bytes, len);
	static struct run r; /* large; begun anew each time */
	struct flow_table_stats stats;
	struct fa_error err;
	bool more;

	(void)subject;
	r.now_ns = 0;
	r.packets = r.retired = r.recorded = 0;
	fill(&r);
	options.max_flows = MAX_FLOWS;
	options.seed = 1;
	options.stream_bytes = (size_t)2 << 15;
	FA_ASSERT(flow_table_new(&r.table, &options, &err) == 0);
	while (cursor_left(&c) >= 8)
		take(&r, &c);
	do {
		more = flow_table_finish(r.table);
		drain(&r);
	} while (more);
	flow_table_stats(r.table, &stats);
	FA_ASSERT(stats.opened == r.retired && stats.live == 0);
	FA_ASSERT(r.recorded == r.packets);
	flow_table_free(r.table);
}
