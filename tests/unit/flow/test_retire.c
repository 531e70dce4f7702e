/* How flows leave the table: idle, evicted, at the end. */
#include "fixture.h"

extern CU_TestInfo tests_retire[];

static void idle_to_the_nanosecond(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts f = fix_udp(1, FIX_T0);
	enum flow_end end = FLOW_END_CAPTURE;
	uint32_t id = fix_take(t, &f);

	f.ts_ns = FIX_T0 + o.datagram_ns;
	CU_ASSERT_EQUAL(fix_take(t, &f), id);
	f.ts_ns += o.datagram_ns + 1;
	CU_ASSERT_NOT_EQUAL(fix_take(t, &f), id);
	CU_ASSERT_EQUAL(fix_retired(t, &end), id);
	CU_ASSERT_EQUAL(end, FLOW_END_IDLE);
	CU_ASSERT(fix_stats(t).idle == 1 && fix_stats(t).live == 1);
	flow_table_free(t);
}

/* The wheel retires after the idle time and the grace, in that second and not before. */
static void idle_by_advance(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts f = fix_udp(1, FIX_T0);
	int64_t due = FIX_T0 + o.datagram_ns + FLOW_TABLE_GRACE_NS;
	uint32_t id = fix_take(t, &f);

	f.ts_ns = FIX_T0 + 3 * NS_PER_S + 1; /* moves it on, lazily */
	(void)fix_take(t, &f);
	flow_table_advance(t, due - 1);
	CU_ASSERT_EQUAL(flow_table_retired(t), FLOW_NONE);
	flow_table_advance(t, due);
	flow_table_advance(t, 0);
	flow_table_advance(t, due + 3 * NS_PER_S);
	CU_ASSERT_EQUAL(flow_table_retired(t), FLOW_NONE);
	flow_table_advance(t, due + 4 * NS_PER_S);
	CU_ASSERT_EQUAL(flow_table_retired(t), id);
	flow_table_release(t, id);
	CU_ASSERT_EQUAL(flow_table_retired(t), FLOW_NONE);
	flow_table_free(t);
}

/* A state that allows less silence takes effect at once. */
static void closed_flows_go_sooner(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts f = fix_syn(1, FIX_T0);
	enum flow_end end;

	(void)fix_take(t, &f);
	f.tcp_flags = TCP_ACK;
	f.seq++;
	f.ack = 1;
	(void)fix_take(t, &f); /* open: 100 s */
	flow_table_advance(t, FIX_T0 + 50 * NS_PER_S);
	CU_ASSERT_EQUAL(flow_table_retired(t), FLOW_NONE);
	f.ts_ns = FIX_T0 + 50 * NS_PER_S;
	f.tcp_flags = TCP_RST;
	(void)fix_take(t, &f); /* reset: 5 s */
	flow_table_advance(t, FIX_T0 + 56 * NS_PER_S);
	CU_ASSERT_EQUAL(flow_table_retired(t), FLOW_NONE);
	flow_table_advance(t, FIX_T0 + 57 * NS_PER_S);
	CU_ASSERT_NOT_EQUAL(fix_retired(t, &end), FLOW_NONE);
	flow_table_free(t);
}

static void clock_jumps(void)
{
	struct flow_table_options o = fix_small(4000);
	struct flow_table *t = fix_table(&o);
	unsigned total = 0, calls = 0, n;

	for (uint32_t i = 0; i < 4000; i++) {
		struct facts f = fix_udp(i, FIX_T0 + i * NS_PER_MS);

		(void)fix_take(t, &f);
	}
	/* Years ahead: all go, a bounded number a call. */
	flow_table_advance(t, FIX_T0 + INT64_C(20) * 365 * 86400 * NS_PER_S);
	do {
		flow_table_advance(t, FIX_T0 + INT64_C(20) * 365 * 86400 * NS_PER_S);
		n = fix_drain(t);
		CU_ASSERT(n <= FLOW_TABLE_QUEUE);
		total += n;
		calls++;
	} while (n > 0 && calls < 100);
	CU_ASSERT(total == 4000 && calls <= 5);
	CU_ASSERT_EQUAL(fix_stats(t).idle, 4000);
	flow_table_free(t);
}

static void absurd_times(void)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, INT64_MAX, FIX_T0, INT64_MAX - 1, 1 };
	struct flow_table_options o = FLOW_TABLE_DEFAULTS;
	struct flow_table *t;

	o.max_flows = 4;
	o.open_ns = o.datagram_ns = INT64_MAX;
	t = fix_table(&o);
	for (uint32_t i = 0; i < 50; i++) {
		struct facts u = fix_udp(i % 6, times[i % ARRAY_SIZE(times)]);
		struct facts s = fix_syn(i % 5, times[i % 3]);

		CU_ASSERT_NOT_EQUAL(fix_take(t, &u), FLOW_NONE);
		CU_ASSERT_NOT_EQUAL(fix_take(t, &s), FLOW_NONE);
		flow_table_advance(t, times[(i + 1) % ARRAY_SIZE(times)]);
		(void)fix_drain(t);
	}
	flow_table_free(t);
}

/* An interface whose clock is an hour behind: its flows are not cut into slices. */
static void clock_that_lags(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts ahead = fix_udp(1, FIX_T0), behind = fix_udp(2, FIX_T0);
	uint32_t first = FLOW_NONE;

	for (unsigned s = 0; s < 100; s++) {
		uint32_t id;

		ahead.ts_ns = FIX_T0 + s * NS_PER_S;
		behind.ts_ns = ahead.ts_ns - 3600 * NS_PER_S;
		(void)fix_take(t, &ahead);
		id = fix_take(t, &behind);
		if (s == 0)
			first = id;
		CU_ASSERT_EQUAL(id, first);
		flow_table_advance(t, ahead.ts_ns);
		CU_ASSERT_EQUAL(fix_drain(t), 0);
	}
	CU_ASSERT_EQUAL(fix_stats(t).clock_steps, 100);
	/* And they do end. */
	flow_table_advance(t, FIX_T0 + 200 * NS_PER_S);
	CU_ASSERT_EQUAL(fix_drain(t), 1);
	flow_table_advance(t, FIX_T0 + 300 * NS_PER_S);
	CU_ASSERT_EQUAL(fix_drain(t), 1);
	flow_table_free(t);
}

static void small_disorder_is_no_step(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts f = fix_udp(1, FIX_T0);
	uint32_t id = fix_take(t, &f);

	f.ts_ns -= NS_PER_S;
	CU_ASSERT_EQUAL(fix_take(t, &f), id);
	CU_ASSERT_EQUAL(fix_stats(t).clock_steps, 0);
	f.ts_ns -= 1;
	CU_ASSERT_EQUAL(fix_take(t, &f), id);
	CU_ASSERT_EQUAL(fix_stats(t).clock_steps, 1);
	CU_ASSERT(flow_table_flow(t, id)->first_ns == FIX_T0);
	CU_ASSERT(flow_table_flow(t, id)->last_ns == FIX_T0);
	flow_table_free(t);
}

static void capacity_and_one_more(void)
{
	struct flow_table_options o = fix_small(5);
	struct flow_table *t = fix_table(&o);
	enum flow_end end;
	uint32_t id;

	for (uint32_t i = 0; i < 5; i++) {
		struct facts f = fix_udp(i, FIX_T0 + i * 2 * NS_PER_S);

		(void)fix_take(t, &f);
	}
	CU_ASSERT_EQUAL(flow_table_retired(t), FLOW_NONE);
	{
		/* Flow 0 was heard again: flow 1 is the oldest now. */
		struct facts again = fix_udp(0, FIX_T0 + 8 * NS_PER_S);
		struct facts more = fix_udp(9, FIX_T0 + 9 * NS_PER_S);

		(void)fix_take(t, &again);
		CU_ASSERT_NOT_EQUAL(fix_take(t, &more), FLOW_NONE);
	}
	id = flow_table_retired(t);
	CU_ASSERT_FATAL(id != FLOW_NONE);
	CU_ASSERT_EQUAL(flow_table_flow(t, id)->end, FLOW_END_EVICTED);
	CU_ASSERT_EQUAL(fix_number(flow_table_flow(t, id)), 1);
	flow_table_release(t, id);
	CU_ASSERT_EQUAL(fix_retired(t, &end), FLOW_NONE);
	CU_ASSERT(fix_stats(t).evicted == 1 && fix_stats(t).live == 5);
	flow_table_free(t);
}

/* All in one slot, and all heard again since: of those looked at the least lately heard goes. */
static void oldest_of_those_that_moved_on(void)
{
	struct flow_table_options o = fix_small(40);
	struct flow_table *t = fix_table(&o);
	struct facts f;
	uint32_t id;

	for (uint32_t i = 0; i < 40; i++) {
		f = fix_udp(i, FIX_T0);
		(void)fix_take(t, &f);
	}
	f = fix_udp(7, FIX_T0 + 2 * NS_PER_S);
	(void)fix_take(t, &f);
	for (uint32_t i = 0; i < 40; i++) {
		f = fix_udp(i, FIX_T0 + (i % 2 == 0 ? 3 : 5) * NS_PER_S);
		if (i != 7)
			(void)fix_take(t, &f);
	}
	f = fix_udp(99, FIX_T0 + 6 * NS_PER_S);
	(void)fix_take(t, &f);
	id = flow_table_retired(t);
	CU_ASSERT_FATAL(id != FLOW_NONE);
	CU_ASSERT_EQUAL(fix_number(flow_table_flow(t, id)), 7);
	flow_table_free(t);
}

/* A flood of SYNs costs no flow that was answered, and the oldest attempt first. */
static void half_open_go_first(void)
{
	struct flow_table_options o = fix_small(10);
	struct flow_table *t = fix_table(&o);
	struct facts f;
	uint32_t next = 100;

	for (uint32_t i = 0; i < 6; i++) {
		if (i % 2 == 0) {
			f = fix_udp(i, FIX_T0); /* these may be silent for less time than a SYN */
			(void)fix_take(t, &f);
			continue;
		}
		f = fix_syn(i, FIX_T0);
		(void)fix_take(t, &f);
		f.tcp_flags = TCP_ACK;
		f.seq++;
		f.ack = 1;
		(void)fix_take(t, &f);
	}
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t id;

		f = fix_syn(100 + i, FIX_T0 + (i + 1) * NS_PER_S / 4);
		(void)fix_take(t, &f);
		while ((id = flow_table_retired(t)) != FLOW_NONE) {
			CU_ASSERT_EQUAL(flow_table_flow(t, id)->state, FLOW_SYN_SENT);
			CU_ASSERT_EQUAL(fix_number(flow_table_flow(t, id)), next);
			next++;
			flow_table_release(t, id);
		}
	}
	CU_ASSERT_EQUAL(next, 196);
	CU_ASSERT_EQUAL(fix_stats(t).evicted, 96);
	/* Only open flows left to go: then one of those. */
	for (uint32_t i = 0; i < 5; i++) {
		f = fix_syn(196 + i, FIX_T0 + 26 * NS_PER_S);
		f.tcp_flags = TCP_ACK;
		f.ack = 1;
		CU_ASSERT_NOT_EQUAL(fix_take(t, &f), FLOW_NONE);
		(void)fix_drain(t);
	}
	CU_ASSERT_EQUAL(fix_stats(t).live, 10);
	flow_table_free(t);
}

/* A whole batch of new flows in a full table whose queue was emptied before. */
static void batch_into_a_full_table(void)
{
	struct flow_table_options o = fix_small(3);
	struct flow_table *t = fix_table(&o);
	struct facts f[FRAME_BATCH];
	struct flow_slot slots[FRAME_BATCH];

	for (unsigned round = 0; round < 20; round++) {
		for (uint32_t i = 0; i < FRAME_BATCH; i++)
			f[i] = fix_udp(round * FRAME_BATCH + i, FIX_T0);
		fix_prepare(t, f, FRAME_BATCH, slots);
		for (uint32_t i = 0; i < FRAME_BATCH; i++)
			CU_ASSERT_NOT_EQUAL(flow_table_packet(t, &f[i], &slots[i], 0), FLOW_NONE);
		CU_ASSERT_EQUAL(fix_drain(t), round == 0 ? FRAME_BATCH - 3 : FRAME_BATCH);
	}
	flow_table_free(t);
}

static void finishing(void)
{
	struct flow_table_options o = fix_small(3000);
	struct flow_table *t = fix_table(&o);
	static bool seen[3000];
	unsigned idle = 0, total = 0;
	bool more;

	memset(seen, 0, sizeof(seen));
	for (uint32_t i = 0; i < 3000; i++) {
		struct facts f = i < 1500 ? fix_udp(i, FIX_T0) : fix_syn(i, FIX_T0 + 15 * NS_PER_S);

		(void)fix_take(t, &f);
	}
	CU_ASSERT(flow_table_finish(t));
	do {
		uint32_t id;
		unsigned n = 0;

		more = flow_table_finish(t);
		while ((id = flow_table_retired(t)) != FLOW_NONE) {
			const struct flow *flow = flow_table_flow(t, id);

			CU_ASSERT(!seen[fix_number(flow)]);
			seen[fix_number(flow)] = true;
			idle += flow->end == FLOW_END_IDLE;
			total++;
			n++;
			flow_table_release(t, id);
		}
		CU_ASSERT(n <= FLOW_TABLE_QUEUE);
	} while (more);
	CU_ASSERT_EQUAL(total, 3000);
	/* What had been silent for long enough by the last packet idled out. */
	CU_ASSERT_EQUAL(idle, 1500);
	CU_ASSERT_EQUAL(fix_stats(t).live, 0);
	/* The next input may be older than this one. */
	{
		struct facts f = fix_udp(1, FIX_T0 - 86400 * NS_PER_S);

		CU_ASSERT_NOT_EQUAL(fix_take(t, &f), FLOW_NONE);
		CU_ASSERT_EQUAL(fix_stats(t).clock_steps, 0);
		f.ts_ns += 11 * NS_PER_S;
		flow_table_advance(t, f.ts_ns);
		CU_ASSERT_EQUAL(flow_table_retired(t), FLOW_NONE);
	}
	flow_table_free(t);
}

/* Nothing of the flows before is found, and there is room for as many again. */
static void finished_table_begins_anew(void)
{
	struct flow_table_options o = fix_small(200);
	struct flow_table *t = fix_table(&o);

	for (unsigned round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 200; i++) {
			struct facts f = i % 2 != 0 ? fix_udp(i, FIX_T0) : fix_syn(i, FIX_T0);
			uint32_t id = fix_take(t, &f);
			const struct flow *flow = flow_table_flow(t, id);

			CU_ASSERT_EQUAL(flow->packets[0] + flow->packets[1], 1);
		}
		CU_ASSERT_EQUAL(fix_stats(t).evicted, 0);
		while (flow_table_finish(t))
			(void)fix_drain(t);
		CU_ASSERT_EQUAL(fix_drain(t), 200);
		CU_ASSERT_FALSE(flow_table_finish(t));
	}
	flow_table_free(t);
}

/* What left on the way to the end is not taken again, and its record may be in use again. */
static void finishing_passes_over_what_has_gone(void)
{
	struct flow_table_options o = fix_small(64);
	struct flow_table *t = fix_table(&o);
	struct facts f;

	for (uint32_t i = 0; i < 10; i++) {
		f = fix_udp(i, FIX_T0);
		(void)fix_take(t, &f);
	}
	flow_table_advance(t, FIX_T0 + 13 * NS_PER_S);
	CU_ASSERT_EQUAL(fix_drain(t), 10);
	for (uint32_t i = 20; i < 25; i++) {
		f = fix_udp(i, FIX_T0 + 14 * NS_PER_S);
		(void)fix_take(t, &f);
	}
	CU_ASSERT_FALSE(flow_table_finish(t));
	CU_ASSERT_EQUAL(fix_drain(t), 5);
	flow_table_free(t);
}

/* Release what is queued.  Return: flows that were opened by a SYN */
static unsigned drain_connections(struct flow_table *t)
{
	unsigned n = 0;
	uint32_t id;

	while ((id = flow_table_retired(t)) != FLOW_NONE) {
		n += flow_table_flow(t, id)->state == FLOW_SYN_SENT;
		flow_table_release(t, id);
	}
	return n;
}

/* Whole blocks of records are free, or become so, while the others are swept. */
static void finishing_a_large_table(void)
{
	struct flow_table_options o = fix_small(100000);
	struct flow_table *t = fix_table(&o);

	for (unsigned round = 0; round < 2; round++) {
		int64_t now = FIX_T0 + 13 * NS_PER_S;
		unsigned left = 0, ended = 0, n;
		bool more;

		for (uint32_t i = 0; i < 100000; i++) {
			struct facts f = i < 70000 ? fix_udp(i, FIX_T0) : fix_syn(i, FIX_T0);

			(void)fix_take(t, &f);
		}
		CU_ASSERT_EQUAL(fix_stats(t).evicted, 0);
		do {
			flow_table_advance(t, now);
			ended += n = fix_drain(t);
		} while (n != 0);
		CU_ASSERT_EQUAL(ended, 70000);
		do {
			more = flow_table_finish(t);
			left += drain_connections(t);
		} while (more);
		CU_ASSERT_EQUAL(left, 30000);
	}
	flow_table_free(t);
}

/* Or it would depend on batches how many steps there were. */
static void packets_of_no_flow_move_the_clock(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts arp = { .class = CLASS_ARP, .number = 1, .ts_ns = FIX_T0 + 9 * NS_PER_S };
	struct facts f = fix_udp(1, FIX_T0);

	CU_ASSERT_EQUAL(fix_take(t, &arp), FLOW_NONE);
	CU_ASSERT_EQUAL(fix_stats(t).clock_steps, 0);
	(void)fix_take(t, &f);
	CU_ASSERT_EQUAL(fix_stats(t).clock_steps, 1);
	arp.ts_ns = FIX_T0;
	(void)fix_take(t, &arp);
	CU_ASSERT_EQUAL(fix_stats(t).clock_steps, 2);
	flow_table_free(t);
}

CU_TestInfo tests_retire[] = {
	{ "a packet after the idle time opens a new flow", idle_to_the_nanosecond },
	{ "time retires a silent flow in its second", idle_by_advance },
	{ "a flow that closes is retired sooner", closed_flows_go_sooner },
	{ "a clock that jumps by years retires all, in bounded steps", clock_jumps },
	{ "absurd times do no harm", absurd_times },
	{ "a clock that lags does not slice flows", clock_that_lags },
	{ "disorder within a second is no clock step", small_disorder_is_no_step },
	{ "one flow too many evicts the oldest", capacity_and_one_more },
	{ "among flows heard again the least lately heard is evicted",
	  oldest_of_those_that_moved_on },
	{ "attempts without an answer are evicted first", half_open_go_first },
	{ "a batch of new flows fits a full table", batch_into_a_full_table },
	{ "finishing retires each flow once and forgets the time", finishing },
	{ "a finished table begins anew", finished_table_begins_anew },
	{ "finishing passes over what has gone", finishing_passes_over_what_has_gone },
	{ "finishing a large table, of which blocks are free, takes what is left once",
	  finishing_a_large_table },
	{ "packets of no flow move the clock", packets_of_no_flow_move_the_clock },
	CU_TEST_INFO_NULL,
};
