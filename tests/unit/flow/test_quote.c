/* ICMP errors and the flows they quote. */
#include "fixture.h"

#include "flow/quote.h"

extern CU_TestInfo tests_quote[];

static void v4_strengths(void)
{
	for (unsigned code = 0; code < 256; code++) {
		enum flow_quote_strength want = FLOW_QUOTE_UNREACHABLE;

		if (code == 3)
			want = FLOW_QUOTE_PORT;
		else if (code == 4)
			want = FLOW_QUOTE_DELIVERABLE;
		else if (code == 9 || code == 10 || code == 13)
			want = FLOW_QUOTE_PROHIBITED;
		CU_ASSERT_EQUAL(flow_quote_strength(4, 3, (uint8_t)code), want);
		CU_ASSERT_EQUAL(flow_quote_strength(4, 11, (uint8_t)code), FLOW_QUOTE_OTHER);
		CU_ASSERT_EQUAL(flow_quote_strength(4, 12, (uint8_t)code), FLOW_QUOTE_OTHER);
		CU_ASSERT_EQUAL(flow_quote_strength(4, 5, (uint8_t)code), FLOW_QUOTE_DELIVERABLE);
	}
}

static void v6_strengths(void)
{
	for (unsigned code = 0; code < 256; code++) {
		enum flow_quote_strength want = FLOW_QUOTE_UNREACHABLE;

		if (code == 4)
			want = FLOW_QUOTE_PORT;
		else if (code == 1 || code == 5 || code == 6)
			want = FLOW_QUOTE_PROHIBITED;
		CU_ASSERT_EQUAL(flow_quote_strength(6, 1, (uint8_t)code), want);
		CU_ASSERT_EQUAL(flow_quote_strength(6, 2, (uint8_t)code), FLOW_QUOTE_DELIVERABLE);
		CU_ASSERT_EQUAL(flow_quote_strength(6, 3, (uint8_t)code), FLOW_QUOTE_OTHER);
		CU_ASSERT_EQUAL(flow_quote_strength(6, 4, (uint8_t)code), FLOW_QUOTE_OTHER);
	}
}

/* An error by @from about a packet of host 1 (endpoint 0) to host 2. */
static struct facts error(uint8_t type, uint8_t code, uint32_t from, uint64_t number)
{
	struct facts f = { .class = CLASS_ICMP,
			   .l4 = IPPROTO_ICMP,
			   .ip_version = 4,
			   .icmp_error = true,
			   .ttl = 61,
			   .number = number,
			   .ts_ns = FIX_T0,
			   .src = fix_address(from),
			   .dst = fix_address(1) };

	f.icmp_type = type;
	f.icmp_code = code;
	f.quoted = (struct quoted){ .src = fix_address(1),
				    .dst = fix_address(2),
				    .sport = 5000,
				    .dport = 3478,
				    .l4 = IPPROTO_UDP,
				    .present = true };
	return f;
}

static void strongest_wins(void)
{
	struct flow_key key = { .addr = { fix_address(1), fix_address(2) } };
	struct flow_icmp icmp = { 0 };
	struct facts f = error(3, 4, 7, 1);

	flow_quote_note(&icmp, &key, &f, 0, FIX_T0);
	CU_ASSERT(icmp.code == 4 && icmp.count == 1);
	f = error(11, 0, 7, 2);
	flow_quote_note(&icmp, &key, &f, 0, FIX_T0 + 2);
	CU_ASSERT(icmp.type == 11 && icmp.count == 1 && icmp.frames[0] == 2);
	f = error(3, 1, 7, 3);
	flow_quote_note(&icmp, &key, &f, 0, FIX_T0 + 3);
	f = error(3, 4, 7, 4);
	flow_quote_note(&icmp, &key, &f, 0, FIX_T0 + 4);
	CU_ASSERT(icmp.type == 3 && icmp.code == 1 && icmp.count == 1);
	f = error(3, 3, 2, 5);
	flow_quote_note(&icmp, &key, &f, 0, FIX_T0 + 5);
	CU_ASSERT(icmp.code == 3 && icmp.from_peer && icmp.ttl == 61);
	f = error(3, 13, 7, 6);
	flow_quote_note(&icmp, &key, &f, 0, FIX_T0 + 6);
	CU_ASSERT(icmp.code == 13 && !icmp.from_peer && icmp.first_ns == FIX_T0 + 6);
	for (uint64_t n = 7; n < 12; n++) {
		f = error(3, n % 2 == 0 ? 9 : 3, 2, n);
		flow_quote_note(&icmp, &key, &f, 0, FIX_T0 + 7);
	}
	/* 8 and 10 are as strong; the weaker ones between do not count. */
	CU_ASSERT_EQUAL(icmp.count, 3);
	CU_ASSERT(icmp.frames[0] == 6 && icmp.frames[1] == 8 && icmp.frames[2] == 10);
	CU_ASSERT_EQUAL(icmp.code, 13);
	CU_ASSERT_EQUAL(icmp.first_ns, FIX_T0 + 6);
	f = error(3, 10, 2, 13);
	flow_quote_note(&icmp, &key, &f, 0, FIX_T0 + 8);
	CU_ASSERT_EQUAL(icmp.count, 4);
	CU_ASSERT_EQUAL(icmp.frames[2], 10);
}

static void attached_by_the_table(void)
{
	struct flow_table_options o = FLOW_TABLE_DEFAULTS;
	struct flow_table *t;
	struct flow_table_stats stats;
	struct facts p = fix_packet(IPPROTO_UDP, 1, 5000, 2, 3478), e = error(3, 3, 2, 2);
	const struct flow_notes *notes;
	uint32_t id;

	o.max_flows = 16;
	t = fix_table(&o);
	e.ts_ns -= NS_PER_S + 1; /* too early for the packet */
	CU_ASSERT_EQUAL(fix_take(t, &e), FLOW_NONE);
	e.ts_ns = p.ts_ns;
	flow_table_stats(t, &stats);
	CU_ASSERT(stats.orphan_errors == 1 && stats.opened == 0);
	id = fix_take(t, &p);
	CU_ASSERT_PTR_NULL(fix_notes(t, id));
	CU_ASSERT_EQUAL(fix_take(t, &e), id);
	notes = fix_notes(t, id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(notes);
	CU_ASSERT(notes->icmp.count == 1 && notes->icmp.victim == 0 && notes->icmp.from_peer);
	CU_ASSERT_FALSE(notes->icmp.translated);
	CU_ASSERT_EQUAL(notes->icmp.first_ns, FIX_T0);
	CU_ASSERT_EQUAL(address_compare(&notes->icmp.from, &e.src), 0);
	/* An error is no packet of the flow. */
	CU_ASSERT_EQUAL(flow_table_flow(t, id)->packets[0] + flow_table_flow(t, id)->packets[1], 1);
	/* Nor does one find a flow that had ended by then. */
	e.ts_ns = p.ts_ns + o.datagram_ns + 1;
	CU_ASSERT_EQUAL(fix_take(t, &e), FLOW_NONE);
	flow_table_stats(t, &stats);
	CU_ASSERT_EQUAL(stats.orphan_errors, 2);
	flow_table_free(t);
}

/* The answer's direction: the victim is the other endpoint, the peer the first. */
static void victim_is_the_sender(void)
{
	struct flow_table_options o = FLOW_TABLE_DEFAULTS;
	struct flow_table *t;
	struct facts p = fix_packet(IPPROTO_UDP, 1, 5000, 2, 3478), e = error(3, 3, 1, 2);
	const struct flow_notes *notes;
	uint32_t id;

	o.max_flows = 16;
	t = fix_table(&o);
	id = fix_take(t, &p);
	e.quoted.src = p.dst;
	e.quoted.dst = p.src;
	e.quoted.sport = p.dport;
	e.quoted.dport = p.sport;
	CU_ASSERT_EQUAL(fix_take(t, &e), id);
	notes = fix_notes(t, id);
	CU_ASSERT(notes->icmp.victim == 1 && notes->icmp.from_peer);
	flow_table_free(t);
}

/* A translator rewrote who sends the error, not what it quotes: 10.x for 192.0.2.x. */
static void rewritten_on_the_way(void)
{
	struct flow_table_options o = fix_small(16);
	struct flow_table *t = fix_table(&o);
	struct facts syn = fix_syn(1, FIX_T0), e = error(3, 10, 9, 2);
	const struct flow_notes *notes;
	uint32_t id = fix_take(t, &syn);

	e.src = syn.dst;
	e.dst = syn.src;
	e.quoted = (struct quoted){ .src = syn.src,
				    .dst = fix_address(77),
				    .sport = syn.sport,
				    .dport = syn.dport,
				    .tcp_seq = syn.seq,
				    .l4 = IPPROTO_TCP,
				    .present = true };
	CU_ASSERT_EQUAL(fix_take(t, &e), id);
	notes = fix_notes(t, id);
	CU_ASSERT(notes->icmp.count == 1 && notes->icmp.code == 10 && notes->icmp.from_peer);
	CU_ASSERT_TRUE(notes->icmp.translated);
	CU_ASSERT_EQUAL(
		address_compare(&flow_table_flow(t, id)->key.addr[notes->icmp.victim], &syn.src),
		0);
	/* Another sequence number is another attempt, and without one nothing proves it. */
	e.quoted.tcp_seq++;
	CU_ASSERT_EQUAL(fix_take(t, &e), FLOW_NONE);
	e.quoted.tcp_seq--;
	e.quoted.l4 = IPPROTO_UDP;
	CU_ASSERT_EQUAL(fix_take(t, &e), FLOW_NONE);
	CU_ASSERT_EQUAL(notes->icmp.count, 1);
	flow_table_free(t);
}

/* A capture over several queues: the error first, then the packet that it quotes. */
static void captured_before_its_packet(void)
{
	static const int64_t apart[] = { -NS_PER_S - 1, -NS_PER_S, 0, NS_PER_S, NS_PER_S + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(apart); i++) {
		bool near = apart[i] >= -NS_PER_S && apart[i] <= NS_PER_S;
		struct flow_table_options o = fix_small(16);
		struct flow_table *t = fix_table(&o);
		struct facts p = fix_packet(IPPROTO_UDP, 1, 5000, 2, 3478), e = error(3, 13, 7, 2);
		struct facts other = fix_packet(IPPROTO_UDP, 1, 5001, 2, 3478);
		const struct flow_notes *notes;
		struct flow_table_stats stats;

		e.ts_ns = p.ts_ns + apart[i];
		CU_ASSERT_EQUAL(fix_take(t, &e), FLOW_NONE);
		CU_ASSERT_PTR_NULL(fix_notes(t, fix_take(t, &other)));
		notes = fix_notes(t, fix_take(t, &p));
		flow_table_stats(t, &stats);
		CU_ASSERT_EQUAL(stats.orphan_errors, !near);
		CU_ASSERT_EQUAL(notes != NULL, near);
		if (notes != NULL) {
			CU_ASSERT(notes->icmp.count == 1 && notes->icmp.code == 13);
			CU_ASSERT_EQUAL(notes->icmp.first_ns, e.ts_ns);
			CU_ASSERT_EQUAL(notes->icmp.victim, 0);
		}
		flow_table_free(t);
	}
}

/* Of many the latest are kept, each for one flow, and none for another input. */
static void the_latest_early_errors_are_kept(void)
{
	for (unsigned finish = 0; finish < 2; finish++) {
		struct flow_table_options o = fix_small(32);
		struct flow_table *t = fix_table(&o);
		struct flow_table_stats stats;

		for (uint16_t i = 0; i < 20; i++) {
			struct facts e = error(3, 13, 7, 1 + i);

			e.quoted.sport = (uint16_t)(5000 + i);
			fix_take(t, &e);
		}
		if (finish)
			CU_ASSERT_FALSE(flow_table_finish(t));
		for (uint16_t i = 0; i < 20; i++) {
			struct facts p = fix_packet(IPPROTO_UDP, 1, (uint16_t)(5000 + i), 2, 3478);
			const struct flow_notes *notes = fix_notes(t, fix_take(t, &p));

			CU_ASSERT_EQUAL(notes != NULL, i >= 12 && !finish);
			if (notes != NULL)
				CU_ASSERT(notes->icmp.count == 1 &&
					  notes->icmp.frames[0] == 1u + i);
		}
		flow_table_stats(t, &stats);
		CU_ASSERT_EQUAL(stats.orphan_errors, finish ? 20 : 12);
		flow_table_free(t);
	}
}

/* Another connection between the same ports: its numbers are far away. */
static void a_quote_is_bound_by_its_sequence_number(void)
{
	static const struct {
		uint32_t ahead;
		bool fits;
	} quotes[] = {
		{ 0, true },
		{ 1u << 20, true },
		{ (1u << 20) + 2, false },
		{ 0u - (1u << 20) + 1, true },
		{ 0u - (1u << 20) - 1, false },
		{ 1u << 31, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
		struct flow_table_options o = fix_small(16);
		struct flow_table *t = fix_table(&o);
		struct facts syn = fix_syn(1, FIX_T0), e = error(3, 13, 7, 2);
		uint32_t id = fix_take(t, &syn);

		e.quoted = (struct quoted){ .src = syn.src,
					    .dst = syn.dst,
					    .sport = syn.sport,
					    .dport = syn.dport,
					    .tcp_seq = syn.seq + quotes[i].ahead,
					    .l4 = IPPROTO_TCP,
					    .present = true };
		CU_ASSERT_EQUAL(fix_take(t, &e), quotes[i].fits ? id : FLOW_NONE);
		CU_ASSERT_EQUAL(fix_notes(t, id)->icmp.count, quotes[i].fits);
		/* Of the other end, which was not seen, nothing is known. */
		e.quoted.src = syn.dst;
		e.quoted.dst = syn.src;
		e.quoted.sport = syn.dport;
		e.quoted.dport = syn.sport;
		CU_ASSERT_EQUAL(fix_take(t, &e), id);
		flow_table_free(t);
		/* As well where it was captured before the SYN. */
		t = fix_table(&o);
		e.quoted.src = syn.src;
		e.quoted.dst = syn.dst;
		e.quoted.sport = syn.sport;
		e.quoted.dport = syn.dport;
		CU_ASSERT_EQUAL(fix_take(t, &e), FLOW_NONE);
		id = fix_take(t, &syn);
		CU_ASSERT_EQUAL(fix_notes(t, id)->icmp.count, quotes[i].fits);
		flow_table_free(t);
	}
}

CU_TestInfo tests_quote[] = {
	{ "every ICMPv4 error has its strength", v4_strengths },
	{ "every ICMPv6 error has its strength", v6_strengths },
	{ "the strongest error is kept and its like counted", strongest_wins },
	{ "an error goes to the flow it quotes, and opens none", attached_by_the_table },
	{ "the victim is the endpoint whose packet failed", victim_is_the_sender },
	{ "a quote that a translator left untouched is bound by the SYN's number",
	  rewritten_on_the_way },
	{ "an error captured up to a second before its packet is kept",
	  captured_before_its_packet },
	{ "the latest eight errors wait for their packets, in one input",
	  the_latest_early_errors_are_kept },
	{ "a quote is bound by its sequence number", a_quote_is_bound_by_its_sequence_number },
	CU_TEST_INFO_NULL,
};
