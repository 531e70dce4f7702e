/* Traps: what an ICMP error says, and of which flow (facts/protocols.md 16.4, 16.5). */
#include <stdio.h>

#include "audit/trap.h"
#include "packet/facts.h"

/* A SYN over IPv4 or IPv6, the error it gets, and half a minute in which others work. */
static const char *syn_and_error(struct trap *t, bool v6, const char *sender, unsigned type,
				 unsigned code)
{
	const char *from = v6 ? "[" USER_V6 "]:50000" : USER ":50000";
	const char *to = v6 ? "[" FRONT_V6 "]:8057" : FRONT ":8057";

	trap_open(t);
	tape_tcp(&t->tape, TAPE_T0, from, to, TCP_SYN, 1000, 0, "");
	tape_icmp(&t->tape, TAPE_T0 + TAPE_MS, sender, type, code);
	call_works(&t->tape, TAPE_T0 + 40 * TAPE_S, v6 ? "[" USER_V6 "]:50001" : USER ":50001",
		   v6 ? "[" FRONT_V6 "]:5061" : FRONT ":5061");
	trap_run(t);
	return trap_said(t, from, to);
}

#define PROHIBITED                                                                  \
	"blocked prohibited network proven; server-ports/7; icmp_admin_prohibited " \
	"protocol_unverified"

static void prohibited_codes_are_proof(void)
{
	static const uint8_t v4[] = { 9, 10, 13 }, v6[] = { 1, 5, 6 };
	struct trap t;

	for (size_t i = 0; i < ARRAY_SIZE(v4); i++) {
		CU_ASSERT(scene_same(syn_and_error(&t, false, ROUTER, 3, v4[i]), PROHIBITED));
		trap_close(&t);
		CU_ASSERT(scene_same(syn_and_error(&t, true, "2001:db8:20::1", 1, v6[i]),
				     PROHIBITED));
		trap_close(&t);
	}
}

/* From the host itself the port is closed; from anybody else somebody closed it. */
static void port_unreachable_depends_on_who_says_it(void)
{
	static const char host[] = "blocked refused host proven; server-ports/7; "
				   "icmp_port_unreachable protocol_unverified";
	static const char box[] = "blocked prohibited network proven; server-ports/7; "
				  "icmp_port_unreachable protocol_unverified";
	struct trap t;

	CU_ASSERT(scene_same(syn_and_error(&t, false, FRONT, 3, 3), host));
	trap_close(&t);
	CU_ASSERT(scene_same(syn_and_error(&t, false, ROUTER, 3, 3), box));
	trap_close(&t);
	CU_ASSERT(scene_same(syn_and_error(&t, true, FRONT_V6, 1, 4), host));
	trap_close(&t);
	CU_ASSERT(scene_same(syn_and_error(&t, true, "2001:db8:20::1", 1, 4), box));
	trap_close(&t);
}

/* Routing, a host that is down, or a firewall that chose the code: never proven, never its word alone. */
static void unreachable_is_not_prohibited(void)
{
	static const uint8_t v4[] = { 0, 1, 2, 6, 7, 11, 12, 14, 15 }, v6[] = { 0, 2, 3 };
	static const char weak[] = "blocked no_reply network likely; server-ports/7; "
				   "icmp_unreachable protocol_unverified";
	struct trap t;

	for (size_t i = 0; i < ARRAY_SIZE(v4); i++) {
		CU_ASSERT(scene_same(syn_and_error(&t, false, ROUTER, 3, v4[i]), weak));
		trap_close(&t);
	}
	for (size_t i = 0; i < ARRAY_SIZE(v6); i++) {
		CU_ASSERT(scene_same(syn_and_error(&t, true, "2001:db8:20::1", 1, v6[i]), weak));
		trap_close(&t);
	}
}

/* Path MTU at work. */
static void too_big_is_no_block(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		const char *from = v6 ? "[" USER_V6 "]:50000" : USER ":50000";
		const char *to = v6 ? "[" FRONT_V6 "]:8057" : FRONT ":8057";
		struct trap t;
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, from, to);
		call_open(&c);
		call_hex(&c, 0, "16030100050100000100");
		tape_icmp(&t.tape, c.ns, v6 ? "2001:db8:20::1" : ROUTER, v6 ? 2 : 3, v6 ? 0 : 4);
		call_flags(&c, 1, TCP_ACK);
		trap_run(&t);
		SAYS(&t, from, to, "expected established; server-ports/7; icmp_other");
		trap_close(&t);
	}
}

/* The quote names the flow: ports of another one are not its business. */
static void an_error_about_another_flow_decides_nothing(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_open(&c);
	tape_tcp(&t.tape, c.ns, USER ":50001", FRONT ":8057", TCP_SYN, 1000, 0, "");
	tape_icmp(&t.tape, c.ns, ROUTER, 3, 13);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "expected established; server-ports/7; protocol_unverified");
	SAYS(&t, USER ":50001", FRONT ":8057", PROHIBITED);
	trap_close(&t);
}

/* A client that closed its socket refuses answers that come late, or is gone when they come. */
static void an_error_about_the_answer_blocks_nobody(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", MSTURN_ALLOCATED, 1);
	tape_icmp(&t.tape, TAPE_T0 + 2, USER, 3, 3);
	call_begin(&c, &t.tape, TAPE_T0 + TAPE_S, USER ":50000", FRONT ":8057");
	call_open(&c);
	call_flags(&c, 1, TCP_ACK);
	tape_icmp(&t.tape, c.ns, ROUTER, 3, 1);
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "expected established; server-ports/7; icmp_unreachable protocol_unverified");
	trap_close(&t);
}

/* The first request is prohibited, the second is answered: the path is open. */
static void an_error_before_the_answer_blocks_nobody(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	tape_icmp(&t.tape, TAPE_T0 + 1, ROUTER, 3, 13);
	call_stun(&t.tape, TAPE_T0 + TAPE_S, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + TAPE_S + 1, RELAY ":3478", USER ":40000", MSTURN_ALLOCATED, 1);
	call_begin(&c, &t.tape, TAPE_T0 + 2 * TAPE_S, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	tape_icmp(&t.tape, c.ns, ROUTER, 3, 1);
	call_rewind(&c, 0, 1);
	c.ns += TAPE_S;
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	trap_close(&t);
}

/* As captures over several queues deliver it: the error first, then the packet that it quotes. */
static void an_error_captured_before_its_packet_is_kept(void)
{
	struct trap t;

	trap_open(&t);
	tape_tcp(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057", TCP_SYN, 1000, 0, "");
	tape_icmp(&t.tape, TAPE_T0 + TAPE_MS, ROUTER, 3, 13);
	tape_swap(&t.tape);
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	tape_icmp(&t.tape, TAPE_T0 + TAPE_MS, ROUTER, 3, 13);
	tape_swap(&t.tape);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", PROHIBITED);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "blocked prohibited network proven; client-ports/5; icmp_admin_prohibited "
	     "peer_unverified");
	trap_close(&t);
}

/* 16.4: for TCP the quote is bound by its sequence number too. */
static void a_quote_of_an_older_connection_decides_nothing(void)
{
	struct trap t;

	trap_open(&t);
	tape_tcp(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057", TCP_FIN | TCP_ACK, 90000, 1, "");
	tape_icmp(&t.tape, TAPE_T0 + 2, ROUTER, 3, 13);
	tape_tcp(&t.tape, TAPE_T0 + 1, USER ":50000", FRONT ":8057", TCP_SYN, 7000000, 0, "");
	tape_swap(&t.tape);
	/* The newer one has an error of its own, captured before its SYN. */
	tape_tcp(&t.tape, TAPE_T0 + 3, USER ":50001", FRONT ":8057", TCP_FIN | TCP_ACK, 90000, 1,
		 "");
	tape_tcp(&t.tape, TAPE_T0 + 4, USER ":50001", FRONT ":8057", TCP_SYN, 7000000, 0, "");
	tape_icmp(&t.tape, TAPE_T0 + 5, ROUTER, 3, 13);
	tape_swap(&t.tape);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51000", FRONT ":8057");
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 5);
	for (size_t i = 0; i < t.ledger->flow_count; i++)
		CU_ASSERT_EQUAL(t.ledger->flows[i].outcome == OUTCOME_PROHIBITED, i == 3);
	trap_close(&t);
}

/* From a router, or from the filter of the client itself: the answers came this far. */
static void an_answer_that_is_prohibited_is_no_answer(void)
{
	for (unsigned own = 0; own < 2; own++) {
		const char *sender = own ? USER : ROUTER;
		struct trap t;
		struct call c;

		trap_open(&t);
		for (unsigned i = 0; i < 3; i++) {
			int64_t ns = TAPE_T0 + i * TAPE_S;

			call_stun(&t.tape, ns, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
			call_stun(&t.tape, ns + 1, RELAY ":3478", USER ":40000", MSTURN_ALLOCATED,
				  1);
			tape_icmp(&t.tape, ns + 2, sender, 3, 13);
		}
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
		call_flags(&c, 0, TCP_SYN);
		call_flags(&c, 1, TCP_SYN | TCP_ACK);
		tape_icmp(&t.tape, c.ns, sender, 3, 13);
		trap_run(&t);
		SAYS(&t, USER ":40000", RELAY ":3478",
		     own ? "blocked prohibited host proven; client-ports/5; icmp_admin_prohibited "
			   "peer_unverified"
			 : "blocked prohibited network proven; client-ports/5; "
			   "icmp_admin_prohibited peer_unverified");
		SAYS(&t, USER ":50000", FRONT ":8057",
		     own ? "blocked prohibited host proven; server-ports/7; icmp_admin_prohibited "
			   "protocol_unverified"
			 : PROHIBITED);
		trap_close(&t);
	}
}

/* The last of many answers came when a filter had forgotten the flow. */
static void one_prohibited_answer_of_many_blocks_nobody(void)
{
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 3; i++) {
		call_stun(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", RELAY ":3478",
			  MSTURN_ALLOCATE, 1 + i);
		call_stun(&t.tape, TAPE_T0 + i * TAPE_S + 1, RELAY ":3478", USER ":40000",
			  MSTURN_ALLOCATED, 1 + i);
	}
	tape_icmp(&t.tape, TAPE_T0 + 3 * TAPE_S, ROUTER, 3, 13);
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	trap_close(&t);
}

/* A host's own packet filter (firewalld answers 3/10, 3/13) is not the network. */
static void a_host_that_prohibits_is_the_cause(void)
{
	static const char host[] = "blocked prohibited host proven; server-ports/7; "
				   "icmp_admin_prohibited protocol_unverified";
	struct trap t;

	CU_ASSERT(scene_same(syn_and_error(&t, false, FRONT, 3, 10), host));
	trap_close(&t);
	CU_ASSERT(scene_same(syn_and_error(&t, true, FRONT_V6, 1, 1), host));
	trap_close(&t);
}

/* Extension headers in the packet, and so in the quote (RFC 8200 4). */
static void extension_headers_hide_no_flow(void)
{
	struct trap t;

	trap_open(&t);
	t.tape.options = true;
	tape_tcp(&t.tape, TAPE_T0, "[" USER_V6 "]:50000", "[" FRONT_V6 "]:8057", TCP_SYN, 1000, 0,
		 "");
	tape_icmp(&t.tape, TAPE_T0 + TAPE_MS, "2001:db8:20::1", 1, 1);
	call_works(&t.tape, TAPE_T0 + TAPE_S, "[" USER_V6 "]:50001", "[" FRONT_V6 "]:8057");
	trap_run(&t);
	SAYS(&t, "[" USER_V6 "]:50000", "[" FRONT_V6 "]:8057", PROHIBITED);
	SAYS(&t, "[" USER_V6 "]:50001", "[" FRONT_V6 "]:8057",
	     "expected established; server-ports/7");
	trap_close(&t);
}

extern CU_TestInfo tests_traps_icmp[];
CU_TestInfo tests_traps_icmp[] = {
	{ "administratively prohibited is proof, in both versions", prohibited_codes_are_proof },
	{ "port unreachable is the host's or a filter's, by who says it",
	  port_unreachable_depends_on_who_says_it },
	{ "every other unreachable is weak", unreachable_is_not_prohibited },
	{ "too big is no block", too_big_is_no_block },
	{ "an error about another flow decides nothing",
	  an_error_about_another_flow_decides_nothing },
	{ "an error about the answer blocks nobody", an_error_about_the_answer_blocks_nobody },
	{ "an error before the answer blocks nobody", an_error_before_the_answer_blocks_nobody },
	{ "an error captured before its packet is kept",
	  an_error_captured_before_its_packet_is_kept },
	{ "a quote of an older connection decides nothing",
	  a_quote_of_an_older_connection_decides_nothing },
	{ "an answer that is prohibited is no answer", an_answer_that_is_prohibited_is_no_answer },
	{ "one prohibited answer of many blocks nobody",
	  one_prohibited_answer_of_many_blocks_nobody },
	{ "a host that prohibits is the cause", a_host_that_prohibits_is_the_cause },
	{ "extension headers hide no flow and no quote", extension_headers_hide_no_flow },
	CU_TEST_INFO_NULL
};
