/* Traps: what a verdict says and on what it rests (facts/peers.md 2, complaints 25-32, 38). */
#include <stdio.h>

#include "audit/trap.h"
#include "packet/facts.h"

/* C25: four combinations of documented and let through have four words. */
static void documented_and_let_through_are_two_facts(void)
{
	static const char *const to[] = { FRONT ":8057", FRONT ":8059" };
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 2; i++) {
		call_works(&t.tape, TAPE_T0, USER ":50000", to[i]);
		tape_tcp(&t.tape, TAPE_T0, USER ":50001", to[i], TCP_SYN, 1000, 0, "");
		tape_icmp(&t.tape, TAPE_T0 + 1, ROUTER, 3, 13);
	}
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	SAYS(&t, USER ":50001", FRONT ":8057",
	     "blocked prohibited network proven; server-ports/7; icmp_admin_prohibited "
	     "protocol_unverified");
	SAYS(&t, USER ":50000", FRONT ":8059", "unexpected established; near server-ports/7 dport");
	SAYS(&t, USER ":50001", FRONT ":8059",
	     "rejected prohibited; near client-ports/8 proto; icmp_admin_prohibited "
	     "peer_unverified protocol_unverified");
	trap_close(&t);
}

/* C26: one key off at a time: the row and the key are named. */
static void every_verdict_names_a_row(void)
{
	static const struct {
		const char *from, *to, *said;
	} cases[] = {
		{ MEDIATION ":40000", FRONT ":5060",
		  "unexpected established; near server-ports/2 from" },
		{ PROVIDER ":40000", ACCESS ":5062",
		  "unexpected established; near firewall-summary/1 dport" },
		{ STRANGER ":40000", ACCESS ":5061",
		  "unexpected established; near firewall-summary/1 from" },
	};
	struct trap t;

	trap_open(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		call_works(&t.tape, TAPE_T0, cases[i].from, cases[i].to);
	trap_run(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		SAYS(&t, cases[i].from, cases[i].to, cases[i].said);
	trap_close(&t);
}

/* C27: frames are numbered as Wireshark does, and are those that decide. */
static void evidence_names_the_deciding_frames(void)
{
	const struct evidence *e;
	struct trap t;
	struct call c;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_begin(&c, &t.tape, TAPE_T0 + TAPE_S, USER ":50001", FRONT ":8057");
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, 1);
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	trap_run(&t);
	e = &t.ledger->evidence[trap_flow(&t, USER ":50001", FRONT ":8057")->evidence];
	CU_ASSERT_EQUAL(e->code, EVIDENCE_RST_AFTER_CLIENT_HELLO);
	CU_ASSERT_EQUAL(e->frames[0], t.ledger->captures[0].frames);
	trap_close(&t);
}

/* C28: how sure is part of the answer. */
static void confidence_is_part_of_the_answer(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_begin(&c, &t.tape, TAPE_T0, USER ":50001", FRONT ":8057");
	call_open(&c);
	call_close(&c);
	tape_sip(&t.tape, TAPE_T0, "10.20.0.91:50002", FRONT ":5060");
	call_rtp(&t.tape, TAPE_T0, USER ":50020", MEDIATION ":49200", 0, 10);
	call_rtp(&t.tape, TAPE_T0, MEDIATION ":49200", USER ":50020", 0, 10);
	trap_run(&t);
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->fit, FIT_CONSISTENT);
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50001", FRONT ":8057")->fit, FIT_NONE);
	CU_ASSERT_EQUAL(trap_flow(&t, "10.20.0.91:50002", FRONT ":5060")->fit, FIT_STRONG);
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50020", MEDIATION ":49200")->fit, FIT_WEAK);
	trap_close(&t);
}

/* C30: probes from outside are neither findings nor ours. */
static void probes_from_outside_are_rejected_not_findings(void)
{
	struct trap t;
	struct call c;
	char to[32];

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, PROVIDER ":50000", ACCESS ":5061");
	for (unsigned i = 0; i < 50; i++) {
		snprintf(to, sizeof(to), ACCESS ":%u", 1 + i * 20);
		call_begin(&c, &t.tape, TAPE_T0 + i * TAPE_MS, STRANGER ":40000", to);
		call_flags(&c, 0, TCP_SYN);
		c.seq[1] = 0;
		if (i % 2 == 0)
			call_flags(&c, 1, TCP_RST | TCP_ACK);
	}
	tape_udp(&t.tape, TAPE_T0 + 2 * TAPE_S, STRANGER ":40000", RELAY ":3478", "x", 1);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, PROVIDER ":50001", ACCESS ":5061");
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_BLOCKED], 0);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_UNEXPECTED], 0);
	CU_ASSERT(t.ledger->verdicts[VERDICT_REJECTED] >= 50);
	trap_close(&t);
}

/* C31: addresses and ports of a relay with something else on them, and the other way round. */
static void ports_and_addresses_are_no_protocol(void)
{
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 4; i++) {
		tape_udp(&t.tape, TAPE_T0 + i * TAPE_S, PROVIDER ":3478", ACCESS ":3478",
			 "what a camera says to its maker", 31);
		tape_udp(&t.tape, TAPE_T0 + i * TAPE_S + 1, ACCESS ":3478", PROVIDER ":3478",
			 "what a camera says to its maker", 31);
		tape_udp(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", RELAY ":3478",
			 "what a camera says to its maker", 31);
		tape_udp(&t.tape, TAPE_T0 + i * TAPE_S + 1, RELAY ":3478", USER ":40000",
			 "what a camera says to its maker", 31);
	}
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "mismatch established; client-ports/5; peer_unverified protocol_contradicted");
	for (size_t i = 0; i < t.ledger->flow_count; i++) {
		CU_ASSERT_EQUAL(t.ledger->flows[i].app, APP_NONE);
		CU_ASSERT(t.ledger->flows[i].verdict != VERDICT_EXPECTED);
	}
	trap_close(&t);
}

/* C31: G.711 of an IP camera: it is RTP, whoever sends it, and no more than that. */
static void media_of_strangers_is_not_documented_by_being_media(void)
{
	struct trap t;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057"); /* the capture is of the site */
	call_rtp(&t.tape, TAPE_T0, STRANGER ":50020", "198.51.100.99:50020", 0, 10);
	call_rtp(&t.tape, TAPE_T0 + 1, "198.51.100.99:50020", STRANGER ":50020", 0, 10);
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_UNEXPECTED], 1);
	CU_ASSERT_EQUAL(trap_flow(&t, STRANGER ":50020", "198.51.100.99:50020")->app, APP_RTP);
	trap_close(&t);
}

/* C32: a protocol is found on any port, and is no less undocumented there. */
static void protocols_are_found_on_any_port(void)
{
	struct trap t;

	trap_open(&t);
	tape_sip(&t.tape, TAPE_T0, PROVIDER ":40000", ACCESS ":12345");
	call_works(&t.tape, TAPE_T0, PROVIDER ":40001", ACCESS ":12346");
	call_stun(&t.tape, TAPE_T0, PROVIDER ":40002", ACCESS ":12347", MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + 1, ACCESS ":12347", PROVIDER ":40002", MSTURN_ALLOCATED, 1);
	trap_run(&t);
	CU_ASSERT_EQUAL(trap_flow(&t, PROVIDER ":40000", ACCESS ":12345")->app, APP_SIP);
	CU_ASSERT_EQUAL(trap_flow(&t, PROVIDER ":40001", ACCESS ":12346")->app, APP_TLS);
	CU_ASSERT_EQUAL(trap_flow(&t, PROVIDER ":40002", ACCESS ":12347")->app, APP_MSTURN);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_UNEXPECTED], 3);
	trap_close(&t);
}

/* The positive control's own limits: it vouches within its capture only. */
static void a_control_of_another_time_vouches_for_nothing(void)
{
	struct trap t;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, USER ":50000", FRONT ":5061");
	trap_input(&t);
	for (unsigned i = 0; i < 3; i++)
		tape_tcp(&t.tape, TAPE_T0 + (3600 + 3 * i) * TAPE_S, USER ":50001", FRONT ":8057",
			 TCP_SYN, 1000, 0, "");
	call_works(&t.tape, TAPE_T0 + 3640 * TAPE_S, ROUTER ":50002", USER ":7777");
	trap_run(&t);
	SAYS(&t, USER ":50001", FRONT ":8057",
	     "blocked no_reply unknown likely; server-ports/7; syn_unanswered "
	     "protocol_unverified");
	trap_close(&t);
}

extern CU_TestInfo tests_traps_wording[];
CU_TestInfo tests_traps_wording[] = {
	{ "documented and let through are two facts", documented_and_let_through_are_two_facts },
	{ "every verdict names a row, or the nearest and what fails", every_verdict_names_a_row },
	{ "evidence names the deciding frames", evidence_names_the_deciding_frames },
	{ "confidence is part of the answer", confidence_is_part_of_the_answer },
	{ "probes from outside are rejected, not findings",
	  probes_from_outside_are_rejected_not_findings },
	{ "ports and addresses are no protocol", ports_and_addresses_are_no_protocol },
	{ "media of strangers is not documented by being media",
	  media_of_strangers_is_not_documented_by_being_media },
	{ "protocols are found on any port", protocols_are_found_on_any_port },
	{ "a control of another time vouches for nothing",
	  a_control_of_another_time_vouches_for_nothing },
	CU_TEST_INFO_NULL
};
