/* What the suites of the flow room share: a seeded generator, and packets said in few words. */
#ifndef FA_TEST_FLOW_FIXTURE_H
#define FA_TEST_FLOW_FIXTURE_H

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "flow/table.h"

/* splitmix64: the same numbers from the same seed, everywhere. */
static inline uint64_t fix_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 10.0.0.0/8 by number. */
static inline struct address fix_address(uint32_t host)
{
	const uint8_t v4[4] = { 10, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host };

	return address_from_v4(v4);
}

#define FIX_T0 (INT64_C(1363328021) * NS_PER_S)

/* A packet between hosts @from and @to; frame number and time are the caller's to set. */
static inline struct facts fix_packet(uint8_t l4, uint32_t from, uint16_t sport, uint32_t to,
				      uint16_t dport)
{
	return (struct facts){
		.class = l4 == IPPROTO_TCP   ? CLASS_TCP
			 : l4 == IPPROTO_UDP ? CLASS_UDP
					     : CLASS_SCTP,
		.l4 = l4,
		.ip_version = 4,
		.src = fix_address(from),
		.dst = fix_address(to),
		.sport = sport,
		.dport = dport,
		.ttl = 64,
		.wirelen = 60,
		.number = 1,
		.ts_ns = FIX_T0,
	};
}

/* Give a packet @len bytes of payload at @bytes. */
static inline void fix_payload(struct facts *f, const void *bytes, uint32_t len)
{
	f->payload = bytes;
	f->payload_len = f->payload_wire = len;
	f->wirelen += len;
}

/* Short times, so that tests may count in seconds. */
static inline struct flow_table_options fix_small(uint32_t flows)
{
	struct flow_table_options o = FLOW_TABLE_DEFAULTS;

	o.max_flows = flows;
	o.stream_bytes = (size_t)1 << 20;
	o.syn_ns = 20 * NS_PER_S;
	o.open_ns = 100 * NS_PER_S;
	o.closed_ns = 5 * NS_PER_S;
	o.datagram_ns = 10 * NS_PER_S;
	return o;
}

static inline struct flow_table_stats fix_stats(const struct flow_table *t)
{
	struct flow_table_stats s;

	flow_table_stats(t, &s);
	return s;
}

/* Flow number @n of its own; ports tell direction apart. */
static inline struct facts fix_udp(uint32_t n, int64_t ts_ns)
{
	struct facts f = fix_packet(IPPROTO_UDP, 1 + n, 5000, 0x10000 + n, 3478);

	f.ts_ns = ts_ns;
	return f;
}

static inline struct facts fix_syn(uint32_t n, int64_t ts_ns)
{
	struct facts f = fix_packet(IPPROTO_TCP, 1 + n, 40000, 0x10000 + n, 5061);

	f.ts_ns = ts_ns;
	f.tcp_flags = TCP_SYN;
	f.seq = 1000 + n;
	return f;
}

static inline uint32_t fix_number(const struct flow *flow)
{
	return (uint32_t)(flow->key.addr[0].b[13] << 16 | flow->key.addr[0].b[14] << 8 |
			  flow->key.addr[0].b[15]) -
	       1;
}

static inline struct flow_table *fix_table(const struct flow_table_options *options)
{
	struct fa_error err;
	struct flow_table *table;

	if (flow_table_new(&table, options, &err) != 0)
		CU_FAIL_FATAL("no table");
	return table;
}

/* Both steps before flow_table_packet(). */
static inline void fix_prepare(struct flow_table *table, const struct facts *facts, size_t n,
			       struct flow_slot *slots)
{
	flow_slots_make(flow_table_hashing(table), facts, n, slots);
	flow_table_prefetch(table, facts, n, slots);
}

/* One packet as a batch of its own. */
static inline uint32_t fix_take(struct flow_table *table, const struct facts *f)
{
	struct flow_slot slot;

	fix_prepare(table, f, 1, &slot);
	return flow_table_packet(table, f, &slot, 0);
}

/* Next retired flow: how it ended goes to @end; released. */
static inline uint32_t fix_retired(struct flow_table *table, enum flow_end *end)
{
	uint32_t id = flow_table_retired(table);

	if (id == FLOW_NONE)
		return FLOW_NONE;
	*end = flow_table_flow(table, id)->end;
	flow_table_release(table, id);
	return id;
}

/* Release all that is queued; return their number. */
static inline unsigned fix_drain(struct flow_table *table)
{
	enum flow_end end;
	unsigned n = 0;

	while (fix_retired(table, &end) != FLOW_NONE)
		n++;
	return n;
}

/* flow_table_notes(), which stay until the next call. */
static inline const struct flow_notes *fix_notes(const struct flow_table *table, uint32_t id)
{
	static struct flow_notes room;

	return flow_table_notes(table, id, &room);
}

#endif
