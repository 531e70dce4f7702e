/* The flow table as its callers see it. */
#include "fixture.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern CU_TestInfo tests_table[];

static const uint8_t bytes[512];

static void options_are_checked(void)
{
	struct flow_table_options o = fix_small(1);
	struct flow_table *t;
	struct fa_error err;

	o.max_flows = 0;
	CU_ASSERT_EQUAL(flow_table_new(&t, &o, &err), FA_EUSAGE);
	CU_ASSERT_PTR_NULL(t);
	o.max_flows = UINT32_MAX;
	CU_ASSERT_EQUAL(flow_table_new(&t, &o, &err), FA_EUSAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "4294967295"));
	o = fix_small(1);
	o.closed_ns = 0;
	CU_ASSERT_EQUAL(flow_table_new(&t, &o, &err), FA_EUSAGE);
	flow_table_free(NULL);
}

static void one_flow_both_ways(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts there = fix_packet(IPPROTO_UDP, 2, 5000, 1, 3478);
	struct facts back = fix_packet(IPPROTO_UDP, 1, 3478, 2, 5000);
	const struct flow *flow;
	uint32_t id;

	there.vlan[0] = 7;
	there.vlans = 1;
	there.tunnels = TUNNEL_VLAN;
	back.ts_ns += 5;
	back.number = 2;
	back.ttl = 50;
	id = fix_take(t, &there);
	CU_ASSERT_EQUAL(fix_take(t, &back), id);
	CU_ASSERT_EQUAL(fix_take(t, &back), id);
	flow = flow_table_flow(t, id);
	CU_ASSERT(flow->packets[1] == 1 && flow->packets[0] == 2);
	CU_ASSERT(flow->bytes[1] == 60 && flow->bytes[0] == 120);
	CU_ASSERT(flow->first_ns == FIX_T0 && flow->last_ns == FIX_T0 + 5);
	CU_ASSERT(flow->first_frame == 1 && flow->opener == 2 && flow->state == FLOW_DATAGRAM);
	CU_ASSERT(flow->ttl[0] == 50 && flow->ttl[1] == 64 && flow->user == 0);
	CU_ASSERT(flow->flags == (FLOW_WANTS_PAYLOAD | FLOW_VLAN_TAGGED) && flow->vlan == 7);
	/* Without payload nothing is noted. */
	CU_ASSERT_PTR_NULL(fix_notes(t, id));
	fix_payload(&back, bytes, 33);
	back.number = 9;
	(void)fix_take(t, &back);
	CU_ASSERT_PTR_NOT_NULL_FATAL(fix_notes(t, id));
	CU_ASSERT_EQUAL(fix_notes(t, id)->data.frame[0], 9);
	CU_ASSERT_EQUAL(fix_notes(t, id)->data.bytes[0], 33);
	CU_ASSERT_EQUAL(fix_notes(t, id)->data.packets[1], 0);
	flow_table_free(t);
}

static void marks(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts f = fix_udp(1, FIX_T0);
	uint32_t id;

	f.tunnels = TUNNEL_MPLS | TUNNEL_PPPOE;
	id = fix_take(t, &f);
	CU_ASSERT_EQUAL(flow_table_flow(t, id)->flags, FLOW_WANTS_PAYLOAD);
	f = fix_udp(2, FIX_T0);
	f.tunnels = TUNNEL_VXLAN;
	id = fix_take(t, &f);
	CU_ASSERT_EQUAL(flow_table_flow(t, id)->flags, FLOW_WANTS_PAYLOAD | FLOW_TUNNELLED);
	fix_payload(&f, bytes, 10);
	f.payload_len = 9;
	(void)fix_take(t, &f);
	CU_ASSERT(flow_table_flow(t, id)->flags & FLOW_CUT);
	f.class = CLASS_ARP;
	CU_ASSERT_EQUAL(fix_take(t, &f), FLOW_NONE);
	CU_ASSERT_EQUAL(fix_stats(t).opened, 2);
	flow_table_free(t);
}

static void vlan_in_key(void)
{
	struct facts a = fix_udp(1, FIX_T0), b = a, none = a;

	a.vlans = b.vlans = 1;
	a.vlan[0] = 10;
	b.vlan[0] = 11;
	for (unsigned wanted = 0; wanted < 2; wanted++) {
		struct flow_table_options o = fix_small(8);
		struct flow_table *t;

		o.vlan_in_key = wanted != 0;
		t = fix_table(&o);
		(void)fix_take(t, &a);
		(void)fix_take(t, &b);
		(void)fix_take(t, &none);
		CU_ASSERT_EQUAL(fix_stats(t).opened, wanted ? 3 : 1);
		flow_table_free(t);
	}
}

/* A batch that holds one new flow several times, and one that ends within it. */
static void duplicates_in_a_batch(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts f[6];
	struct flow_slot slots[6];
	uint32_t id[6];

	for (unsigned i = 0; i < 6; i++)
		f[i] = fix_syn(1, FIX_T0);
	f[2].src = f[0].dst;
	f[2].dst = f[0].src;
	f[2].sport = f[0].dport;
	f[2].dport = f[0].sport;
	f[2].tcp_flags = TCP_SYN | TCP_ACK;
	f[2].ack = f[0].seq + 1;
	f[3].tcp_flags = TCP_ACK;
	f[3].seq = f[0].seq + 1;
	f[3].ack = f[2].seq + 1;
	f[4].seq = f[5].seq = 7777;
	fix_prepare(t, f, 6, slots);
	for (unsigned i = 0; i < 6; i++)
		id[i] = flow_table_packet(t, &f[i], &slots[i], 3);
	CU_ASSERT(id[0] != FLOW_NONE && id[1] == id[0] && id[2] == id[0] && id[3] == id[0]);
	CU_ASSERT(id[4] != id[0] && id[5] == id[4]);
	CU_ASSERT(flow_table_flow(t, id[4])->input == 3);
	CU_ASSERT(fix_stats(t).opened == 2 && fix_stats(t).reused == 1);
	/* The next batch's hints name the flow that lives. */
	fix_prepare(t, f + 5, 1, slots);
	CU_ASSERT_EQUAL(slots[0].hint, id[4]);
	CU_ASSERT_EQUAL(flow_table_retired(t), id[0]);
	CU_ASSERT_EQUAL(flow_table_flow(t, id[0])->packets[0], 3);
	flow_table_release(t, id[0]);
	flow_table_free(t);
}

/* A slot prepared before its record went to another flow still finds the truth. */
static void stale_hints(void)
{
	struct flow_table_options o = fix_small(1);
	struct flow_table *t = fix_table(&o);
	struct facts a = fix_udp(1, FIX_T0), b = fix_udp(2, FIX_T0);
	struct flow_slot sa, sb;
	enum flow_end end;
	uint32_t first = fix_take(t, &a), id;

	fix_prepare(t, &a, 1, &sa);
	CU_ASSERT_EQUAL(sa.hint, first);
	fix_prepare(t, &b, 1, &sb);
	(void)flow_table_packet(t, &b, &sb, 0); /* evicts a */
	id = flow_table_packet(t, &a, &sa, 0);  /* a anew, while the old one is queued */
	CU_ASSERT(id != first && id != FLOW_NONE);
	CU_ASSERT_EQUAL(flow_table_flow(t, id)->packets[0], 1);
	CU_ASSERT_EQUAL(fix_retired(t, &end), first);
	fix_prepare(t, &a, 1, &sa);
	CU_ASSERT_EQUAL(flow_table_packet(t, &a, &sa, 0), id);
	(void)fix_drain(t);
	flow_table_free(t);
}

/* What one flow of the model must look like. */
struct expected {
	int64_t last_ns;
	uint64_t packets;
	uint32_t id; /* 0: not live */
};

#define MODEL_FLOWS 60u

/*
 * Random packets against a plain array.  Eviction may take any flow; everything
 * else must be as the array says, and every flow must leave exactly once.
 */
static void model(uint64_t seed, uint32_t capacity)
{
	static struct expected flows[MODEL_FLOWS];
	struct flow_table_options o = fix_small(capacity);
	struct flow_table *t;
	int64_t now = FIX_T0;
	uint64_t r = seed, opened = 0, gone = 0;
	unsigned wrong = 0;
	bool more;

	memset(flows, 0, sizeof(flows));
	o.seed = seed;
	t = fix_table(&o);
	for (unsigned step = 0; step < 1500; step++) {
		struct facts f[FRAME_BATCH];
		struct flow_slot slots[FRAME_BATCH];
		size_t n = fix_random(&r) % (FRAME_BATCH + 1);
		uint32_t id;

		for (size_t i = 0; i < n; i++) {
			uint32_t k = (uint32_t)(fix_random(&r) % MODEL_FLOWS);

			now += (int64_t)(fix_random(&r) % (i == 0 && step % 9 == 0
								   ? 15 * (uint64_t)NS_PER_S
								   : 50 * (uint64_t)NS_PER_MS));
			f[i] = fix_udp(k, now);
		}
		fix_prepare(t, f, n, slots);
		for (size_t i = 0; i < n; i++) {
			struct expected *e;

			id = flow_table_packet(t, &f[i], &slots[i], 0);
			e = &flows[fix_number(flow_table_flow(t, id))];
			wrong += fix_number(flow_table_flow(t, id)) !=
				 (uint32_t)(f[i].src.b[13] << 16 | f[i].src.b[14] << 8 |
					    f[i].src.b[15]) -
					 1;
			if (id == e->id) {
				wrong += f[i].ts_ns - e->last_ns > o.datagram_ns;
				e->packets++;
			} else {
				/* Ended before, by time or for room. */
				wrong += e->id != 0 && f[i].ts_ns - e->last_ns <= o.datagram_ns &&
					 fix_stats(t).evicted == 0;
				e->packets = 1;
				e->id = id;
				opened++;
			}
			e->last_ns = f[i].ts_ns;
			wrong += flow_table_flow(t, id)->packets[0] != e->packets;
			wrong += flow_table_flow(t, id)->last_ns != e->last_ns;
		}
		flow_table_advance(t, now);
		while ((id = flow_table_retired(t)) != FLOW_NONE) {
			struct expected *e = &flows[fix_number(flow_table_flow(t, id))];

			if (e->id == id)
				e->id = 0;
			gone++;
			flow_table_release(t, id);
		}
		wrong += fix_stats(t).live != opened - gone || fix_stats(t).live > capacity;
		wrong += fix_stats(t).opened != opened;
	}
	do {
		more = flow_table_finish(t);
		gone += fix_drain(t);
	} while (more);
	wrong += gone != opened;
	wrong += capacity >= MODEL_FLOWS && fix_stats(t).evicted != 0;
	CU_ASSERT_EQUAL(wrong, 0);
	flow_table_free(t);
}

static void against_an_array(void)
{
	static const uint32_t capacities[] = { 1, 2, 7, 59, 60, 1000 };

	for (size_t c = 0; c < ARRAY_SIZE(capacities); c++)
		for (uint64_t seed = 1; seed <= 5; seed++)
			model(seed, capacities[c]);
}

/* A digest of all flows that does not depend on their order. */
static uint64_t digest_run(uint64_t seed, size_t batch)
{
	struct flow_table_options o = fix_small(4096);
	struct flow_table *t;
	struct hash_key key;
	uint64_t sum = 0, r = 1234;
	int64_t now = FIX_T0;
	bool more = true;
	uint32_t id;

	hash_key_init(&key, 1);
	o.seed = seed;
	t = fix_table(&o);
	for (unsigned done = 0; done < 30000 && more;) {
		struct facts f[FRAME_BATCH];
		struct flow_slot slots[FRAME_BATCH];

		for (size_t i = 0; i < batch; i++, done++) {
			uint32_t k = (uint32_t)(fix_random(&r) % 300);
			unsigned what = (unsigned)(fix_random(&r) % 6);

			now += (int64_t)(fix_random(&r) % (done % 1000 == 0 ? 30 : 1) *
						 (uint64_t)NS_PER_S +
					 fix_random(&r) % (uint64_t)NS_PER_MS);
			f[i] = k % 2 ? fix_udp(k, now) : fix_syn(k, now);
			f[i].number = done + 1;
			if (k % 2 == 0 && what > 2) {
				f[i].tcp_flags = what == 3   ? TCP_ACK | TCP_FIN
						 : what == 4 ? TCP_RST
							     : TCP_ACK;
				f[i].ack = 5;
				f[i].seq++;
			}
			if (what == 5)
				fix_payload(&f[i], bytes, k);
		}
		fix_prepare(t, f, batch, slots);
		for (size_t i = 0; i < batch; i++)
			(void)flow_table_packet(t, &f[i], &slots[i], 0);
		flow_table_advance(t, now);
		for (;;) {
			struct flow flow;

			id = flow_table_retired(t);
			while (id == FLOW_NONE && done >= 30000 && more) {
				more = flow_table_finish(t);
				id = flow_table_retired(t);
			}
			if (id == FLOW_NONE)
				break;
			flow = *flow_table_flow(t, id);
			if (fix_notes(t, id) != NULL) {
				struct flow_notes notes = *fix_notes(t, id);

				notes.stream[0] = notes.stream[1] = 0;
				sum += hash_bytes(&key, &notes, sizeof(notes));
			}
			flow.hash = 0; /* depends on the seed */
			flow.notes = 0;
			sum += hash_bytes(&key, &flow, sizeof(flow));
			flow_table_release(t, id);
		}
	}
	flow_table_free(t);
	return sum;
}

static void seeds_and_batches(void)
{
	uint64_t want = digest_run(1, 1);

	for (uint64_t seed = 2; seed <= 8; seed++)
		CU_ASSERT_EQUAL(digest_run(seed, 1), want);
	CU_ASSERT_EQUAL(digest_run(0, 8), want);
	CU_ASSERT_EQUAL(digest_run(9, 40), want);
	CU_ASSERT_EQUAL(digest_run(9, 60), want);
}

static struct facts segment(unsigned from, unsigned flags, uint32_t seq, uint32_t ack,
			    const char *text)
{
	struct facts f = from == 0 ? fix_packet(IPPROTO_TCP, 1, 40000, 2, 443)
				   : fix_packet(IPPROTO_TCP, 2, 443, 1, 40000);

	f.tcp_flags = (uint8_t)flags;
	f.seq = seq;
	f.ack = ack;
	if (text != NULL)
		fix_payload(&f, text, (uint32_t)strlen(text));
	return f;
}

static uint32_t take_segment(struct flow_table *t, unsigned from, unsigned flags, uint32_t seq,
			     uint32_t ack, const char *text)
{
	struct facts f = segment(from, flags, seq, ack, text);

	return fix_take(t, &f);
}

/* The stream of @dir is @want, and @last and @grown are as given. */
static bool stream_is(struct flow_table *t, uint32_t id, unsigned dir, const char *want, bool last,
		      bool grown)
{
	size_t len;
	bool is_last, has_grown;
	const uint8_t *p = flow_table_stream(t, id, dir, &len, &is_last, &has_grown);

	return len == strlen(want) && (len == 0 ? p == NULL : memcmp(p, want, len) == 0) &&
	       is_last == last && has_grown == grown;
}

static void streams_of_a_flow(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	uint32_t id = take_segment(t, 0, TCP_SYN, 100, 0, "ab");

	CU_ASSERT(stream_is(t, id, 0, "ab", false, true));
	(void)take_segment(t, 1, TCP_SYN | TCP_ACK, 500, 103, NULL);
	CU_ASSERT(stream_is(t, id, 0, "ab", false, false));
	CU_ASSERT(stream_is(t, id, 1, "", false, false));
	(void)take_segment(t, 0, TCP_ACK, 105, 501, "ef");
	CU_ASSERT(stream_is(t, id, 0, "ab", false, false));
	(void)take_segment(t, 0, TCP_ACK, 103, 501, "cd");
	CU_ASSERT(stream_is(t, id, 0, "abcdef", false, true));
	(void)take_segment(t, 1, TCP_ACK, 501, 107, "answer");
	CU_ASSERT(stream_is(t, id, 1, "answer", false, true));
	CU_ASSERT(stream_is(t, id, 0, "abcdef", false, false));
	(void)take_segment(t, 1, TCP_ACK | TCP_FIN, 507, 107, "!");
	CU_ASSERT(stream_is(t, id, 1, "answer!", true, true));
	(void)take_segment(t, 0, TCP_RST, 107, 0, NULL);
	CU_ASSERT(stream_is(t, id, 0, "abcdef", true, false));
	flow_table_payload_done(t, id);
	CU_ASSERT(stream_is(t, id, 0, "", true, false));
	CU_ASSERT(!(flow_table_flow(t, id)->flags & FLOW_WANTS_PAYLOAD));
	(void)take_segment(t, 1, TCP_ACK, 508, 107, "more");
	CU_ASSERT(stream_is(t, id, 1, "", true, false));
	flow_table_free(t);
}

static void streams_midstream_and_without_data(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts u = fix_udp(1, FIX_T0);
	uint32_t id = take_segment(t, 1, TCP_ACK, 700, 900, NULL);

	/* From the first payload on, wherever that is. */
	(void)take_segment(t, 1, TCP_ACK, 750, 900, "xyz");
	CU_ASSERT(stream_is(t, id, 1, "xyz", false, true));
	(void)take_segment(t, 1, TCP_ACK, 748, 900, "..xyz+");
	CU_ASSERT(stream_is(t, id, 1, "xyz+", false, true));
	/* A direction that ends without a byte. */
	(void)take_segment(t, 0, TCP_ACK | TCP_FIN, 900, 754, NULL);
	CU_ASSERT(stream_is(t, id, 0, "", true, false));
	id = fix_take(t, &u);
	CU_ASSERT(stream_is(t, id, 0, "", true, false));
	flow_table_free(t);
}

/* While the queue holds it, a flow keeps its streams. */
static void streams_of_retired_flows(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	uint32_t id = take_segment(t, 0, TCP_SYN, 100, 0, NULL);

	(void)take_segment(t, 0, TCP_ACK, 101, 1, "hello");
	(void)take_segment(t, 0, TCP_SYN, 5000, 0, NULL);
	CU_ASSERT_EQUAL(flow_table_retired(t), id);
	CU_ASSERT(stream_is(t, id, 0, "hello", true, true));
	CU_ASSERT_EQUAL(fix_notes(t, id)->data.packets[0], 1);
	flow_table_release(t, id);
	flow_table_free(t);
}

static void streams_come_back(void)
{
	struct flow_table_options o = fix_small(4);
	struct flow_table *t;

	o.stream_bytes = 32768;
	t = fix_table(&o);
	for (uint32_t i = 0; i < 500; i++) {
		struct facts f = fix_syn(i, FIX_T0);

		fix_payload(&f, bytes, 10);
		(void)fix_take(t, &f);
		(void)fix_drain(t);
	}
	CU_ASSERT_EQUAL(fix_stats(t).evicted, 496);
	CU_ASSERT_EQUAL(fix_stats(t).refused_streams, 0);
	flow_table_free(t);
}

/* A SYN with another number, still unanswered: what the first one carried is void. */
static void streams_start_again(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	uint32_t id = take_segment(t, 0, TCP_SYN, 100, 0, "first");

	CU_ASSERT_EQUAL(take_segment(t, 0, TCP_SYN, 9000, 0, "second"), id);
	CU_ASSERT(stream_is(t, id, 0, "second", false, true));
	(void)take_segment(t, 1, TCP_SYN | TCP_ACK, 7, 9001, NULL);
	(void)take_segment(t, 0, TCP_ACK, 9001, 8, "secondly");
	CU_ASSERT(stream_is(t, id, 0, "secondly", false, true));
	flow_table_free(t);
}

static void streams_lost(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	uint32_t id = take_segment(t, 0, TCP_SYN, 100, 0, NULL);

	(void)take_segment(t, 0, TCP_ACK, 101, 1, "one");
	(void)take_segment(t, 0, TCP_ACK, 200, 1, "three");
	CU_ASSERT(stream_is(t, id, 0, "one", false, false));
	for (unsigned i = 0; i < 8; i++)
		(void)take_segment(t, 1, TCP_ACK, 50, 205, NULL);
	CU_ASSERT(stream_is(t, id, 0, "one", true, false));
	flow_table_free(t);
}

static void streams_refused(void)
{
	struct flow_table_options o = fix_small(300);
	struct flow_table *t;
	unsigned refused = 0;

	o.stream_bytes = 32768; /* 64 of the smallest */
	t = fix_table(&o);
	for (uint32_t i = 0; i < 200; i++) {
		struct facts f = fix_syn(i, FIX_T0);
		uint32_t id;

		fix_payload(&f, bytes, 10);
		id = fix_take(t, &f);
		CU_ASSERT_EQUAL(fix_take(t, &f), id);
		refused += fix_notes(t, id)->stream[0] == UINT32_MAX;
		CU_ASSERT(stream_is(t, id, 0, "", true, false) == (i >= 64));
		if (i == 150)
			flow_table_payload_done(t, id);
	}
	CU_ASSERT_EQUAL(refused, 136);
	CU_ASSERT_EQUAL(fix_stats(t).refused_streams, 136);
	CU_ASSERT_EQUAL(fix_stats(t).opened, 200);
	while (flow_table_finish(t))
		(void)fix_drain(t);
	(void)fix_drain(t);
	flow_table_free(t);
}

static void cut_to_nothing(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts f = segment(0, TCP_ACK, 100, 1, "headers only");
	uint32_t id;

	f.payload_len = 0;
	id = fix_take(t, &f);
	CU_ASSERT(stream_is(t, id, 0, "", true, false));
	CU_ASSERT(flow_table_flow(t, id)->flags & FLOW_CUT);
	CU_ASSERT_EQUAL(fix_notes(t, id)->data.bytes[0], 12);
	CU_ASSERT_EQUAL(fix_stats(t).refused_streams, 0);
	flow_table_free(t);
}

/* In a child of little address space: every region in turn cannot be had. */
static void no_memory(void)
{
	for (unsigned mib = 1; mib <= 256; mib *= 4) {
		int status = 0;
		pid_t child = fork();

		CU_ASSERT_FATAL(child >= 0);
		if (child == 0) {
			struct flow_table_options o = FLOW_TABLE_DEFAULTS;
			struct rlimit limit;
			struct flow_table *t;
			struct fa_error err;
			unsigned long pages = 0;
			FILE *f = fopen("/proc/self/statm", "r");

			if (f == NULL || fscanf(f, "%lu", &pages) != 1)
				_exit(2);
			(void)fclose(f);
			limit.rlim_cur = limit.rlim_max =
				pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)mib << 20);
			if (setrlimit(RLIMIT_AS, &limit) != 0)
				_exit(3);
			_exit(flow_table_new(&t, &o, &err) == FA_ENOMEM && t == NULL &&
					      strstr(err.text, "4194304") != NULL
				      ? 0
				      : 1);
		}
		CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
		CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

/* The index is widened several times; some flows have ended by then, some records are free. */
static void many_flows_are_found_again(void)
{
	enum { FLOWS = 300000 };
	struct flow_table_options o = fix_small(FLOWS);
	struct flow_table *t = fix_table(&o);
	unsigned found = 0, opened = 0, ended = 0, n;

	for (uint32_t i = 0; i < FLOWS; i++) {
		/* Every third is silent for long enough when the others come again. */
		struct facts f = i % 3 == 0 ? fix_udp(i, FIX_T0) : fix_syn(i, FIX_T0);

		opened += fix_take(t, &f) != FLOW_NONE;
		if (i == FLOWS / 2) {
			do {
				flow_table_advance(t, FIX_T0 + 13 * NS_PER_S);
				ended += n = fix_drain(t);
			} while (n != 0);
		}
	}
	CU_ASSERT_EQUAL(opened, FLOWS);
	CU_ASSERT_EQUAL(ended, FLOWS / 6 + 1);
	CU_ASSERT_EQUAL(fix_stats(t).evicted, 0);
	for (uint32_t i = 0; i < FLOWS; i++) {
		struct facts f = i % 3 == 0 ? fix_udp(i, FIX_T0) : fix_syn(i, FIX_T0);
		const struct flow *flow = flow_table_flow(t, fix_take(t, &f));

		found += flow->packets[0] + flow->packets[1] == 2;
	}
	CU_ASSERT_EQUAL(found, FLOWS - ended);
	flow_table_free(t);
}

CU_TestInfo tests_table[] = {
	{ "options that cannot be are refused", options_are_checked },
	{ "both directions are one flow with its counts apart", one_flow_both_ways },
	{ "tunnels and cut payloads are marked", marks },
	{ "VLANs part flows only where asked for", vlan_in_key },
	{ "packets of one new flow in a batch open it once", duplicates_in_a_batch },
	{ "a record given to another flow within a batch is noticed", stale_hints },
	{ "random packets agree with an array", against_an_array },
	{ "no hash seed or batch size changes a result", seeds_and_batches },
	{ "both directions give their first bytes", streams_of_a_flow },
	{ "a midstream flow's bytes begin where its payload does",
	  streams_midstream_and_without_data },
	{ "a retired flow keeps its bytes until released", streams_of_retired_flows },
	{ "releasing a flow gives its stream memory back", streams_come_back },
	{ "another SYN voids the bytes of the one before", streams_start_again },
	{ "bytes that the capture lacks end a stream", streams_lost },
	{ "streams refused for memory are counted once", streams_refused },
	{ "a payload cut to nothing keeps no stream", cut_to_nothing },
	{ "memory that cannot be had is an error", no_memory },
	{ "any number of flows is found again, while the index is widened",
	  many_flows_are_found_again },
	CU_TEST_INFO_NULL,
};
