/* Traps: what the capture did to the traffic (facts/peers.md 2, complaints 12-24, 34). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/trap.h"
#include "packet/facts.h"

/* C12: only the responders' packets, of several conversations. */
static void a_capture_of_one_direction_says_so(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	for (unsigned i = 0; i < 4; i++) {
		static const char *const from[] = { USER ":50000", USER ":50001", USER ":50002",
						    USER ":50003" };

		call_begin(&c, &t.tape, TAPE_T0 + i * TAPE_S, from[i], FRONT ":8057");
		c.seq[0]++;
		call_flags(&c, 1, TCP_SYN | TCP_ACK);
		call_flags(&c, 1, TCP_ACK);
	}
	tape_tcp(&t.tape, TAPE_T0 + 40 * TAPE_S, MEDIATION ":50000", FRONT ":5061", TCP_SYN, 1, 0,
		 "");
	tape_tcp(&t.tape, TAPE_T0 + 80 * TAPE_S, MEDIATION ":50000", FRONT ":5061", TCP_SYN, 1, 0,
		 "");
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_INCONCLUSIVE], 5);
	CU_ASSERT_EQUAL_FATAL(t.ledger->captures[0].fitness.count, 2);
	CU_ASSERT_EQUAL(t.ledger->captures[0].fitness.entries[0].code, FITNESS_ONE_DIRECTION);
	trap_close(&t);
}

/* C13: the SYN-ACK was lost by the capture, and half of the data comes first. */
static void what_the_capture_lost_or_shuffled_is_one_flow(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	c.seq[1]++;
	call_flags(&c, 0, TCP_ACK);
	call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
	/* And a SYN behind the first data of its connection. */
	call_begin(&c, &t.tape, TAPE_T0 + TAPE_S, USER ":50001", FRONT ":8057");
	c.seq[0]++;
	c.seq[1]++;
	call_hex(&c, 0, "1703030001 00");
	c.seq[0] = 1000;
	c.seq[1] = 5000;
	call_flags(&c, 0, TCP_SYN);
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 2);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	CU_ASSERT_PTR_NOT_NULL(trap_flow(&t, USER ":50001", FRONT ":8057"));
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50001", FRONT ":8057")->initiator_by, INITIATOR_SYN);
	trap_close(&t);
}

/* C14: signalling is quiet for minutes. */
static void quiet_minutes_do_not_split_a_conversation(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, MEDIATION ":50000", FRONT ":5061");
	call_open(&c);
	call_tls(&c, CALL_MUTUAL, 4);
	for (unsigned i = 0; i < 4; i++) {
		c.ns += 20 * 60 * TAPE_S;
		call_hex(&c, i % 2, "1703030001 00");
		call_stun(&t.tape, c.ns - 10 * 60 * TAPE_S, USER ":40000", RELAY ":3478",
			  MSTURN_SEND, i);
		call_stun(&t.tape, c.ns, RELAY ":3478", USER ":40000", MSTURN_INDICATION, i);
	}
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 2);
	SAYS(&t, MEDIATION ":50000", FRONT ":5061",
	     "expected established; server-ports/3; mtls_proven");
	trap_close(&t);
}

/* C15: offload leaves checksums unfilled. */
static void wrong_checksums_are_no_reason_to_drop(void)
{
	struct trap t;

	trap_open(&t);
	t.tape.spoil = 1;
	call_works(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", MSTURN_ALLOCATED, 1);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	trap_close(&t);
}

/* C16: counted by the lengths that the packets say, and nothing contradicted by what is cut. */
static void a_short_snap_length_costs_evidence_only(void)
{
	const struct judged *f;
	struct trap t;

	trap_open(&t);
	t.tape.snaplen = 54;
	call_works(&t.tape, TAPE_T0, PROVIDER ":50000", ACCESS ":5061");
	trap_run(&t);
	SAYS(&t, PROVIDER ":50000", ACCESS ":5061",
	     "expected established; firewall-summary/1; snaplen mtls_unseen");
	f = &t.ledger->flows[0];
	CU_ASSERT_EQUAL(f->packets[0] + f->packets[1], t.ledger->captures[0].frames);
	CU_ASSERT_EQUAL(f->bytes[0] + f->bytes[1], t.ledger->captures[0].wire_bytes);
	CU_ASSERT(f->bytes[0] + f->bytes[1] > 1000);
	CU_ASSERT_EQUAL(t.ledger->captures[0].fitness.entries[0].code, FITNESS_SNAPLEN);
	trap_close(&t);
}

static void put32(uint8_t **at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		*(*at)++ = (uint8_t)(v >> (8 * i));
}

/* The records of a tape of raw IP as pcapng, and behind them that the kernel dropped @drops. */
static void become_pcapng(struct tape *t, uint32_t drops)
{
	uint8_t *bytes = malloc(t->len * 2 + 256), *at = bytes;

	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	for (size_t i = 0; i < 7; i++) /* section header */
		put32(&at, (const uint32_t[]){ 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX,
					       UINT32_MAX, 28 }[i]);
	for (size_t i = 0; i < 8; i++) /* interface, if_tsresol 9: nanoseconds */
		put32(&at, (const uint32_t[]){ 1, 32, 101, 0, 1 << 16 | 9, 9, 0, 32 }[i]);
	for (size_t in = 24; in < t->len;) {
		const uint8_t *r = t->bytes + in;
		uint32_t word[4], len, padded;
		uint64_t ns;

		for (unsigned i = 0; i < 4; i++)
			word[i] = r[4 * i] | (uint32_t)r[4 * i + 1] << 8 |
				  (uint32_t)r[4 * i + 2] << 16 | (uint32_t)r[4 * i + 3] << 24;
		len = word[2];
		padded = (len + 3) / 4 * 4;
		ns = word[0] * (uint64_t)TAPE_S + word[1];
		for (size_t i = 0; i < 7; i++)
			put32(&at, (const uint32_t[]){ 6, 32 + padded, 0, (uint32_t)(ns >> 32),
						       (uint32_t)ns, len, word[3] }[i]);
		memset(at, 0, padded);
		memcpy(at, r + 16, len);
		at += padded;
		put32(&at, 32 + padded);
		in += 16 + len;
	}
	for (size_t i = 0; i < 10; i++) /* statistics: isb_osdrop */
		put32(&at, (const uint32_t[]){ 5, 40, 0, 0, 0, 8 << 16 | 7, drops, 0, 0, 40 }[i]);
	free(t->bytes);
	t->bytes = bytes;
	t->len = (size_t)(at - bytes);
}

/* C20, C21: what the kernel dropped may have been the answer; what was proven stays so. */
static void drops_take_silence_away_and_nothing_else(void)
{
	for (unsigned dropped = 0; dropped < 2; dropped++) {
		struct trap t;

		trap_open(&t);
		tape_tcp(&t.tape, TAPE_T0, USER ":50001", FRONT ":8057", TCP_SYN, 1000, 0, "");
		tape_icmp(&t.tape, TAPE_T0 + 1, ROUTER, 3, 13);
		for (unsigned i = 0; i < 3; i++)
			tape_tcp(&t.tape, TAPE_T0 + 3 * i * TAPE_S, USER ":50000", FRONT ":8057",
				 TCP_SYN, 1000, 0, "");
		call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50002", FRONT ":5061");
		become_pcapng(&t.tape, dropped ? 100 : 0);
		trap_run(&t);
		CU_ASSERT_EQUAL(t.ledger->captures[0].kernel_drops, dropped ? 100 : 0);
		SAYS(&t, USER ":50000", FRONT ":8057",
		     dropped ? "inconclusive no_reply; server-ports/7; syn_unanswered "
			       "protocol_unverified fitness"
			     : "blocked no_reply network likely; server-ports/7; "
			       "syn_unanswered protocol_unverified");
		SAYS(&t, USER ":50001", FRONT ":8057",
		     "blocked prohibited network proven; server-ports/7; "
		     "icmp_admin_prohibited protocol_unverified");
		SAYS(&t, USER ":50002", FRONT ":5061", "expected established; server-ports/3");
		trap_close(&t);
	}
}

/* C22: a table that is too small forgets; then nobody knows. */
static void what_was_evicted_is_inconclusive(void)
{
	struct trap t;
	struct fa_error err;
	char from[32];

	trap_open(&t);
	pipeline_free(t.pipe);
	t.options.table.max_flows = 2;
	CU_ASSERT_EQUAL_FATAL(pipeline_new(&t.pipe, t.policy, &t.options, &err), 0);
	call_works(&t.tape, TAPE_T0 - TAPE_S, USER ":49999", FRONT ":5061");
	for (unsigned i = 0; i < 20; i++) {
		snprintf(from, sizeof(from), USER ":%u", 50000 + i);
		tape_tcp(&t.tape, TAPE_T0 + i * TAPE_MS, from, FRONT ":8057", TCP_SYN, 1000, 0, "");
	}
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51000", FRONT ":5061");
	trap_run(&t);
	CU_ASSERT(t.ledger->captures[0].evicted >= 18);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive no_reply; server-ports/7; syn_unanswered evicted protocol_unverified");
	trap_close(&t);
}

/* C24: what is tagged on its way there and otherwise on its way back is one conversation. */
static void vlan_tags_do_not_split_a_conversation(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	tape_free(&t.tape);
	tape_ethernet(&t.tape);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	t.tape.vlan = 20;
	call_flags(&c, 0, TCP_SYN);
	t.tape.vlan = 10;
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	t.tape.vlan = 0;
	call_flags(&c, 0, TCP_ACK);
	call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
	tape_tcp(&t.tape, TAPE_T0 + TAPE_S, USER ":50001", FRONT ":8057", TCP_SYN, 1, 0, "");
	t.tape.vlan = 30;
	tape_icmp(&t.tape, TAPE_T0 + TAPE_S + 1, ROUTER, 3, 13);
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 2);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->vlan, 20);
	SAYS(&t, USER ":50001", FRONT ":8057",
	     "blocked prohibited network proven; server-ports/7; icmp_admin_prohibited "
	     "protocol_unverified");
	trap_close(&t);
}

/* A UDP datagram of 32 bytes behind an IPv4 header in two fragments (RFC 791 3.1). */
static void fragments(struct tape *t, int64_t ns, bool last_first)
{
	/* An Allocate: header and transaction in the first 24 bytes, its constant behind. */
	static const uint8_t udp[40] = { 0x9c, 0x40, 0x0d, 0x96, 0,    40,   0,    0,    0, 3,
					 0,    12,   0x21, 0x12, 0xa4, 0x42, 1,    2,    3, 4,
					 5,    6,    7,    8,    9,    10,   11,   12,   0, 0x0f,
					 0,    4,    0x72, 0xc6, 0x4b, 0xc6, 0x80, 0x08, 0, 0 };

	for (unsigned i = 0; i < 2; i++) {
		unsigned part = i ^ (last_first ? 1u : 0u), at = part * 24;
		uint8_t p[20 + 24] = { 0x45, 0, 0,  44, 0, 7, 0x20, 0, 64, 17,
				       0,    0, 10, 20, 0, 5, 192,  0, 2,  12 };

		if (part == 1) {
			p[3] = 20 + 16;
			p[6] = 0;
			p[7] = 3;
		}
		memcpy(p + 20, udp + at, part == 0 ? 24 : 16);
		tape_packet(t, ns + i, p, part == 0 ? 44 : 36);
	}
}

/* C34: what comes in pieces is still what it is. */
static void fragments_are_identified_as_their_whole(void)
{
	for (unsigned order = 0; order < 2; order++) {
		struct trap t;

		trap_open(&t);
		fragments(&t.tape, TAPE_T0, order != 0);
		call_stun(&t.tape, TAPE_T0 + TAPE_MS, RELAY ":3478", USER ":40000",
			  MSTURN_ALLOCATED, 1);
		trap_run(&t);
		CU_ASSERT_EQUAL(t.ledger->flow_count, 1);
		SAYS(&t, USER ":40000", RELAY ":3478",
		     "expected established; client-ports/5; peer_unverified");
		CU_ASSERT_EQUAL(t.ledger->flows[0].app, APP_MSTURN);
		trap_close(&t);
	}
}

/* A file of a rotated set is missing: what is on both sides of the hole. */
static void half_of_a_rotated_set_missing_blocks_nobody(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	call_works(&t.tape, TAPE_T0, USER ":50001", FRONT ":5061");
	trap_input(&t);
	c.seq[1]++;
	c.ns += 600 * TAPE_S;
	call_hex(&c, 0, "1703030001 00");
	call_hex(&c, 1, "1703030001 00");
	call_works(&t.tape, c.ns + 40 * TAPE_S, USER ":50002", FRONT ":5061");
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->captures[1].group, 1);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_BLOCKED], 0);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_UNEXPECTED], 0);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive unknown; server-ports/7; syn_unanswered protocol_unverified "
	     "capture_ends_soon");
	trap_close(&t);
}

/* Hosts deliver a few packets out of order; the handshake may come in any of them. */
static void a_shuffled_handshake_is_a_handshake(void)
{
	for (unsigned swap = 0; swap < 3; swap++) {
		struct trap t;
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
		call_flags(&c, 0, TCP_SYN);
		call_flags(&c, 1, TCP_SYN | TCP_ACK);
		if (swap == 0)
			tape_swap(&t.tape);
		call_flags(&c, 0, TCP_ACK);
		if (swap == 1)
			tape_swap(&t.tape);
		call_tls(&c, CALL_OPTIONAL, 1);
		if (swap == 2)
			tape_swap(&t.tape);
		call_hex(&c, 1, "1703030001 00");
		trap_run(&t);
		CU_ASSERT_EQUAL(t.ledger->flow_count, 1);
		CU_ASSERT_PTR_NOT_NULL(trap_flow(&t, USER ":50000", FRONT ":8057"));
		CU_ASSERT_EQUAL(t.ledger->flows[0].outcome, OUTCOME_ESTABLISHED);
		trap_close(&t);
	}
}

extern CU_TestInfo tests_traps_capture[];
CU_TestInfo tests_traps_capture[] = {
	{ "a capture of one direction says so", a_capture_of_one_direction_says_so },
	{ "what the capture lost or shuffled is one flow",
	  what_the_capture_lost_or_shuffled_is_one_flow },
	{ "quiet minutes do not split a conversation", quiet_minutes_do_not_split_a_conversation },
	{ "wrong checksums are no reason to drop", wrong_checksums_are_no_reason_to_drop },
	{ "a short snap length costs evidence only", a_short_snap_length_costs_evidence_only },
	{ "drops take silence away and nothing else", drops_take_silence_away_and_nothing_else },
	{ "what was evicted is inconclusive", what_was_evicted_is_inconclusive },
	{ "VLAN tags do not split a conversation", vlan_tags_do_not_split_a_conversation },
	{ "fragments are identified as their whole", fragments_are_identified_as_their_whole },
	{ "half of a rotated set missing blocks nobody",
	  half_of_a_rotated_set_missing_blocks_nobody },
	{ "a shuffled handshake is a handshake", a_shuffled_handshake_is_a_handshake },
	CU_TEST_INFO_NULL
};
