/*
 * The flow table: what happens to every packet.
 *
 * The cost of a large table is waiting for memory, so a batch walks it in steps
 * that each touch only what the step before has asked for: index chunk, record,
 * notes.  By the time flow_table_packet() runs, all of it is near.
 */
#include "flow/table.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/memory.h"
#include "flow/quote.h"
#include "flow/region.h"
#include "flow/reset.h"
#include "flow/table_priv.h"
#include "flow/tcp.h"

/* A packet this much behind the latest is a clock step, not a capture that reorders. */
#define CLOCK_STEP_NS NS_PER_S
/* A capture that reorders holds an error and the packet it quotes no further apart. */
#define EARLY_NS CLOCK_STEP_NS
/* Longest idle time: 36 years. */
#define IDLE_MAX (INT64_C(1) << 60)
/* Packets between the steps of flow_table_prefetch(). */
#define PREFETCH_LAG 12

/* Flows that the index holds at first, in 256 KiB. */
#define INDEX_FIRST 32768u
/* The chunk that ends an association (RFC 9260 3.3.7). */
#define SCTP_ABORT 6

static int check_options(const struct flow_table_options *o, struct fa_error *err)
{
	const int64_t idle[] = { o->syn_ns, o->open_ns, o->closed_ns, o->datagram_ns };

	if (o->max_flows < 1 || o->max_flows > FLOW_INDEX_MAX)
		return error_set(err, FA_EUSAGE, "a flow table holds 1 to %u flows, not %u",
				 (unsigned)FLOW_INDEX_MAX, (unsigned)o->max_flows);
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		if (idle[i] <= 0)
			return error_set(err, FA_EUSAGE, "idle times of flows must be above 0");
	return 0;
}

static void set_options(struct flow_table *t, const struct flow_table_options *o)
{
	t->max_flows = o->max_flows;
	t->idle_ns[FLOW_DATAGRAM] = MIN(o->datagram_ns, IDLE_MAX);
	t->idle_ns[FLOW_SYN_SENT] = MIN(o->syn_ns, IDLE_MAX);
	t->idle_ns[FLOW_SYN_ACKED] = MIN(o->syn_ns, IDLE_MAX);
	t->idle_ns[FLOW_OPEN] = MIN(o->open_ns, IDLE_MAX);
	t->idle_ns[FLOW_MIDSTREAM] = MIN(o->open_ns, IDLE_MAX);
	t->idle_ns[FLOW_CLOSED] = MIN(o->closed_ns, IDLE_MAX);
	t->idle_ns[FLOW_RESET] = MIN(o->closed_ns, IDLE_MAX);
	flow_hashing_init(&t->hashing, o->seed, o->vlan_in_key);
}

static size_t links_bytes(uint32_t records)
{
	return ((size_t)FLOW_LINK_HEADS + records + 1) * sizeof(struct flow_link);
}

int flow_table_new(struct flow_table **table, const struct flow_table_options *options,
		   struct fa_error *err)
{
	uint32_t records;
	struct flow_table *t;

	*table = NULL;
	if (check_options(options, err) != 0)
		return FA_EUSAGE;
	t = memory_array(1, sizeof(*t));
	if (t == NULL)
		goto fail;
	set_options(t, options);
	records = options->max_flows + FLOW_TABLE_SLACK;
	if (flow_index_init(&t->index, options->max_flows, INDEX_FIRST) != 0 ||
	    flow_pool_init(&t->records, records, sizeof(struct flow)) != 0 ||
	    flow_notebook_init(&t->notes, records) != 0 ||
	    flow_streams_init(&t->streams, options->stream_bytes) != 0)
		goto fail;
	t->links = flow_region(links_bytes(records));
	if (t->links == NULL)
		goto fail;
	flow_timer_init(&t->timer, t->links);
	*table = t;
	return 0;
fail:
	flow_table_free(t);
	return error_set(err, FA_ENOMEM, "cannot reserve memory for a table of %u flows",
			 (unsigned)options->max_flows);
}

void flow_table_free(struct flow_table *table)
{
	if (table == NULL)
		return;
	memory_region_free(table->links, links_bytes(table->max_flows + FLOW_TABLE_SLACK));
	flow_streams_free(&table->streams);
	flow_notebook_free(&table->notes);
	flow_pool_free(&table->records);
	flow_index_free(&table->index);
	free(table);
}

/* The chunk is near: ask for both lines of the record it proposes. */
FA_INLINE void prefetch_record(const struct flow_table *table, struct flow_slot *slot)
{
	const struct flow *flow;

	slot->hint = FLOW_NONE;
	if (slot->kind == FLOW_SLOT_NONE)
		return;
	slot->hint = flow_index_candidate(&table->index, (uint32_t)slot->hash);
	flow = flow_table_record(table, slot->hint);
	__builtin_prefetch(flow, 1);
	__builtin_prefetch(&flow->first_frame, 1);
}

/* The record is near: ask for the lines of its notes that this packet writes. */
FA_INLINE void prefetch_notes(const struct flow_table *table, struct flow_slot *slot,
			      const struct facts *f)
{
	const struct flow *flow;

	slot->user = 0;
	if (slot->hint == FLOW_NONE)
		return;
	flow = flow_table_record(table, slot->hint);
	if ((flow->flags & FLOW_WANTS_PAYLOAD) != 0)
		slot->user = flow->user;
	if (f->payload_wire != 0)
		__builtin_prefetch(flow_notebook_data(&table->notes, flow->notes), 1);
	if (f->l4 == IPPROTO_TCP)
		__builtin_prefetch(&flow_notebook_cold(&table->notes, flow->notes)->notes.stream,
				   1);
}

/*
 * Each step trails the one before by PREFETCH_LAG packets: only so many lines are
 * asked for at a time as a core can wait for.
 */
void flow_table_prefetch(const struct flow_table *table, const struct facts *facts, size_t n,
			 struct flow_slot *slots)
{
	FA_ASSERT(n <= FRAME_BATCH);
	for (size_t i = 0; i < n + 2 * PREFETCH_LAG; i++) {
		size_t second = i - PREFETCH_LAG, third = i - 2 * PREFETCH_LAG;

		if (i < n && slots[i].kind != FLOW_SLOT_NONE)
			flow_index_prefetch(&table->index, (uint32_t)slots[i].hash);
		if (second < n)
			prefetch_record(table, &slots[second]);
		if (third < n)
			prefetch_notes(table, &slots[third], &facts[third]);
	}
}

const struct flow_hashing *flow_table_hashing(const struct flow_table *table)
{
	return &table->hashing;
}

static void drop_stream(struct flow_table *table, struct flow_cold *cold, unsigned dir)
{
	uint32_t stream = cold->notes.stream[dir];

	if (stream != FLOW_STREAM_NONE && stream != FLOW_STREAM_REFUSED)
		flow_stream_release(&table->streams, stream);
	cold->notes.stream[dir] = FLOW_STREAM_NONE;
}

static void keep_payload(struct flow_table *table, struct flow_cold *cold, const struct facts *f,
			 unsigned dir)
{
	uint32_t *stream = &cold->notes.stream[dir];
	uint32_t seq = f->seq + ((f->tcp_flags & TCP_SYN) != 0);

	if (*stream == FLOW_STREAM_NONE) {
		bool anchored = flow_cold_has(cold->anchored, dir);

		if (f->payload_len != 0)
			*stream = flow_stream_open(&table->streams,
						   anchored ? cold->first_seq[dir] : seq);
		if (*stream == FLOW_STREAM_NONE)
			*stream = FLOW_STREAM_REFUSED;
	}
	if (*stream == FLOW_STREAM_REFUSED)
		return;
	if (flow_stream_add(&table->streams, *stream, seq, f->payload, f->payload_len,
			    f->payload_len < f->payload_wire))
		cold->grown |= (uint8_t)(1u << dir);
}

static void keep_streams(struct flow_table *table, struct flow_cold *cold, const struct facts *f,
			 unsigned dir, unsigned todo)
{
	uint32_t other = cold->notes.stream[dir ^ 1u];

	if ((todo & FLOW_TCP_RESTART) != 0)
		drop_stream(table, cold, dir);
	if ((todo & FLOW_TCP_PAYLOAD) != 0)
		keep_payload(table, cold, f, dir);
	if ((f->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK && other != FLOW_STREAM_NONE &&
	    other != FLOW_STREAM_REFUSED)
		flow_stream_acked(&table->streams, other, f->ack);
}

static void account_tcp(struct flow_table *table, struct flow *flow, const struct facts *f,
			unsigned dir, int64_t ts_ns)
{
	struct flow_cold *cold = flow_notebook_add_cold(&table->notes, flow);
	unsigned todo = flow_tcp_packet(flow, cold, f, dir, ts_ns);

	flow->tcp_flags[dir] |= f->tcp_flags;
	cold->grown = 0;
	if ((flow->flags & FLOW_WANTS_PAYLOAD) != 0)
		keep_streams(table, cold, f, dir, todo);
}

static void account(struct flow_table *table, struct flow *flow, const struct facts *f,
		    unsigned dir, int64_t ts_ns)
{
	flow->packets[dir]++;
	flow->bytes[dir] += f->wirelen;
	if (ts_ns > flow->last_ns)
		flow->last_ns = ts_ns;
	if (FA_UNLIKELY(table->now_ns - ts_ns > CLOCK_STEP_NS))
		flow->flags |= FLOW_LATE;
	if (f->payload_len < f->payload_wire)
		flow->flags |= FLOW_CUT;
	if (f->l4 == IPPROTO_TCP) {
		account_tcp(table, flow, f, dir, ts_ns);
		return;
	}
	if (FA_UNLIKELY(f->l4 == IPPROTO_SCTP) && f->payload_len != 0 &&
	    f->payload[0] == SCTP_ABORT) {
		flow_reset_abort(flow_notebook_add_cold(&table->notes, flow), f, dir, ts_ns);
		return;
	}
	flow->ttl[dir] = f->ttl;
	if (f->payload_wire != 0)
		flow_data_add(flow_notebook_add_data(&table->notes, flow), dir, f->number, ts_ns,
			      f->payload_wire);
}

static bool quote_fits(const struct flow_table *table, const struct flow *flow,
		       const struct facts *f, unsigned victim)
{
	return flow_quote_fits(flow, flow_notebook_find(&table->notes, flow->notes), &f->quoted,
			       victim);
}

/* An error that fits no flow: the packet that it quotes may be captured yet. */
static void keep_early(struct flow_table *table, const struct facts *f,
		       const struct flow_slot *slot, int64_t ts_ns)
{
	struct flow_early *e = &table->early[table->early_next];

	*e = (struct flow_early){ .facts = *f, .slot = *slot, .ts_ns = ts_ns };
	e->facts.payload = NULL;
	table->early_next = (table->early_next + 1) % FLOW_EARLY;
	table->early_count = MIN(table->early_count + 1, FLOW_EARLY);
}

/* Give a flow that opens now the errors that were captured before its first packet. */
static void take_early(struct flow_table *table, struct flow *flow, const struct flow_slot *slot,
		       int64_t ts_ns)
{
	unsigned left = table->early_count, kept = 0;

	for (unsigned i = 0; i < left; i++) {
		struct flow_early *e =
			&table->early[(table->early_next + FLOW_EARLY - left + i) % FLOW_EARLY];
		int64_t apart = ts_ns - e->ts_ns;

		if (apart > EARLY_NS || apart < -EARLY_NS)
			continue;
		kept = kept == 0 ? left - i : kept;
		if (e->slot.kind == FLOW_SLOT_NONE || e->slot.hash != slot->hash ||
		    !flow_key_equal(&e->slot.key, &slot->key) ||
		    !quote_fits(table, flow, &e->facts, e->slot.dir))
			continue;
		flow->flags |= FLOW_QUOTED;
		flow_quote_note(&flow_notebook_add_cold(&table->notes, flow)->notes.icmp,
				&flow->key, &e->facts, e->slot.dir, e->ts_ns);
		e->slot.kind = FLOW_SLOT_NONE;
		table->stats.orphan_errors--;
	}
	/* Those before the first that is near in time are never looked at again. */
	table->early_count = kept;
}

/* Records ahead of the one that is entered. */
#define WIDEN_AHEAD 16u

/* Enter all live flows again: the records lie in a row, the chunks anywhere. */
static void widen_index(struct flow_table *table)
{
	flow_index_widen(&table->index);
	for (uint32_t id = 1; id <= table->records.high; id++) {
		const struct flow *flow = flow_table_record(table, id);

		if (id + WIDEN_AHEAD <= table->records.high)
			flow_index_prefetch(&table->index,
					    flow_table_record(table, id + WIDEN_AHEAD)->hash);
		/* Of those that were released the flags stay. */
		if ((flow->flags & FLOW_ENDED) == 0)
			flow_index_insert(&table->index, flow->hash, id);
	}
}

static uint32_t open_flow(struct flow_table *table, const struct facts *f,
			  const struct flow_slot *slot, uint16_t input, int64_t ts_ns)
{
	const unsigned link_layers = TUNNEL_VLAN | TUNNEL_MPLS | TUNNEL_PPPOE;
	struct flow *flow;
	uint32_t id;

	flow_retire_make_room(table);
	if (FA_UNLIKELY(flow_index_is_narrow(&table->index, table->stats.live)))
		widen_index(table);
	id = flow_pool_take(&table->records);
	FA_ASSERT(id != 0); /* or the caller did not empty the queue */
	flow = flow_table_record(table, id);
	flow->key = slot->key;
	flow->hash = (uint32_t)slot->hash;
	flow->first_ns = flow->last_ns = ts_ns;
	flow->first_frame = f->number;
	flow->input = input;
	flow->opener = 2;
	flow->flags = FLOW_WANTS_PAYLOAD;
	if (f->vlans != 0) {
		flow->flags |= FLOW_VLAN_TAGGED;
		flow->vlan = f->vlan[0];
	}
	if ((f->tunnels & ~link_layers) != 0)
		flow->flags |= FLOW_TUNNELLED;
	flow_index_insert(&table->index, flow->hash, id);
	table->stats.opened++;
	table->stats.live++;
	account(table, flow, f, slot->dir, ts_ns);
	if (FA_UNLIKELY(table->early_count != 0))
		take_early(table, flow, slot, ts_ns);
	flow_retire_arm(table, id);
	return id;
}

/* Does this packet find the flow that has its tuple ended?  Then it is retired. */
static bool ends_before(struct flow_table *table, uint32_t id, const struct facts *f, unsigned dir,
			int64_t ts_ns)
{
	const struct flow *flow = flow_table_record(table, id);

	if (FA_UNLIKELY(flow_table_is_idle(table, flow, ts_ns))) {
		flow_retire(table, id, FLOW_END_IDLE);
		return true;
	}
	if (f->l4 != IPPROTO_TCP || FA_LIKELY((f->tcp_flags & TCP_SYN) == 0))
		return false;
	if (!flow_tcp_reuses(flow, flow_notebook_cold(&table->notes, flow->notes), f, dir, ts_ns))
		return false;
	flow_retire(table, id, FLOW_END_REUSED);
	return true;
}

/*
 * A translator between may rewrite the address an error comes from and leave
 * the quote inside as it was (RFC 5508 4.2 asks for both).  The sender of the
 * error is then the destination as the capture knows it, and the sequence
 * number of the SYN proves that it is about this very attempt.
 */
static uint32_t find_rewritten(struct flow_table *table, const struct facts *f,
			       struct flow_slot *slot)
{
	const struct flow_cold *cold;
	struct facts guess = *f;
	uint32_t id;

	if (f->quoted.l4 != IPPROTO_TCP)
		return FLOW_NONE;
	guess.quoted.dst = f->src;
	flow_slots_make(&table->hashing, &guess, 1, slot);
	id = flow_index_find(&table->index, (uint32_t)slot->hash, &slot->key,
			     flow_table_record(table, 0));
	if (id == FLOW_NONE)
		return FLOW_NONE;
	cold = flow_notebook_cold(&table->notes, flow_table_record(table, id)->notes);
	return cold->notes.syn.count != 0 && cold->notes.syn.isn == f->quoted.tcp_seq ? id
										      : FLOW_NONE;
}

static uint32_t take_quote(struct flow_table *table, const struct facts *f,
			   const struct flow_slot *slot, uint32_t id, int64_t ts_ns)
{
	struct flow_slot found = *slot;
	struct flow *flow;

	if (id == FLOW_NONE)
		id = find_rewritten(table, f, &found);
	if (id != FLOW_NONE) {
		flow = flow_table_record(table, id);
		if (!flow_table_is_idle(table, flow, ts_ns) &&
		    quote_fits(table, flow, f, found.dir)) {
			flow->flags |= FLOW_QUOTED;
			flow_quote_note(&flow_notebook_add_cold(&table->notes, flow)->notes.icmp,
					&flow->key, f, found.dir, ts_ns);
			return id;
		}
	}
	keep_early(table, f, slot, ts_ns);
	table->stats.orphan_errors++;
	return FLOW_NONE;
}

/* The flow of a packet or quote; FLOW_NONE when there is none. */
FA_INLINE uint32_t find(const struct flow_table *table, const struct flow_slot *slot)
{
	/* Record 0 is never written: no hint, no such key. */
	const struct flow *flow = flow_table_record(table, slot->hint);

	/* A record that ended since, or was given to another flow, is found out here. */
	if (FA_LIKELY(flow_key_equal(&flow->key, &slot->key) && (flow->flags & FLOW_ENDED) == 0))
		return slot->hint;
	return flow_index_find(&table->index, (uint32_t)slot->hash, &slot->key,
			       flow_table_record(table, 0));
}

uint32_t flow_table_packet(struct flow_table *table, const struct facts *facts,
			   const struct flow_slot *slot, uint16_t input)
{
	int64_t ts_ns = flow_table_time(facts->ts_ns);
	struct flow *flow;
	enum flow_state old;
	uint32_t id;

	/* Every packet has its part in the time, or steps would depend on batches. */
	flow_table_clock(table, ts_ns);
	if (FA_UNLIKELY(table->now_ns - ts_ns > CLOCK_STEP_NS))
		table->stats.clock_steps++;
	if (slot->kind == FLOW_SLOT_NONE)
		return FLOW_NONE;
	id = find(table, slot);
	if (slot->kind == FLOW_SLOT_QUOTE)
		return take_quote(table, facts, slot, id, ts_ns);
	if (id == FLOW_NONE || ends_before(table, id, facts, slot->dir, ts_ns))
		return open_flow(table, facts, slot, input, ts_ns);
	flow = flow_table_record(table, id);
	old = flow->state;
	account(table, flow, facts, slot->dir, ts_ns);
	if (flow->state != old)
		flow_retire_restate(table, id, old);
	return id;
}

uint32_t flow_table_next_live(const struct flow_table *table, uint32_t id)
{
	while (++id <= table->records.high)
		/* Of records that were released the flags stay. */
		if ((flow_table_record(table, id)->flags & FLOW_ENDED) == 0)
			return id;
	return FLOW_NONE;
}

struct flow *flow_table_flow(struct flow_table *table, uint32_t id)
{
	return flow_table_record(table, id);
}

const struct flow_notes *flow_table_notes(const struct flow_table *table, uint32_t id,
					  struct flow_notes *room)
{
	return flow_notebook_read(&table->notes, flow_table_record(table, id)->notes, room);
}

const uint8_t *flow_table_stream(struct flow_table *table, uint32_t id, unsigned dir, size_t *len,
				 bool *last, bool *grown)
{
	const struct flow *flow = flow_table_record(table, id);
	const struct flow_cold *cold;
	const uint8_t *bytes = NULL;
	uint32_t end, stream;
	bool fin, reset;

	*len = 0;
	*last = true;
	*grown = false;
	if (flow->key.l4 != IPPROTO_TCP || (flow->flags & FLOW_WANTS_PAYLOAD) == 0)
		return NULL;
	cold = flow_notebook_cold(&table->notes, flow->notes);
	stream = cold->notes.stream[dir];
	fin = cold->notes.fin_frame[dir] != 0;
	reset = flow->state == FLOW_RESET && cold->notes.rst_count[dir] != 0;
	if (stream == FLOW_STREAM_REFUSED)
		return NULL;
	*last = reset || (flow->flags & FLOW_ENDED) != 0;
	end = cold->first_seq[dir];
	if (stream != FLOW_STREAM_NONE) {
		bool closed;

		bytes = flow_stream_bytes(&table->streams, stream, len, &end, &closed);
		*last |= closed;
		*grown = flow_cold_has(cold->grown, dir);
	}
	*last |= fin && cold->fin_seq[dir] == end;
	return bytes;
}

void flow_table_payload_done(struct flow_table *table, uint32_t id)
{
	struct flow *flow = flow_table_record(table, id);
	struct flow_cold *cold = flow_notebook_find(&table->notes, flow->notes);

	flow->flags &= (uint8_t)~FLOW_WANTS_PAYLOAD;
	if (cold == NULL)
		return;
	for (unsigned dir = 0; dir < 2; dir++)
		drop_stream(table, cold, dir);
}

void flow_table_stats(const struct flow_table *table, struct flow_table_stats *stats)
{
	*stats = table->stats;
	stats->refused_streams = table->streams.refused;
}
