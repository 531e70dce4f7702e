/* Traps: unusual but legal traffic. */
#include "audit/trap.h"
#include "packet/facts.h"

/* RFC 9293 3.5: both ends open at once; ICE-TCP does it on purpose (RFC 6544). */
static void a_simultaneous_open_is_one_connection(void)
{
	for (unsigned talks = 0; talks < 2; talks++) {
		struct trap t;
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, PROVIDER ":5061", ACCESS ":5061");
		call_flags(&c, 0, TCP_SYN);
		call_flags(&c, 1, TCP_SYN);
		call_rewind(&c, 0, 1);
		call_flags(&c, 0, TCP_SYN | TCP_ACK);
		call_rewind(&c, 1, 1);
		call_flags(&c, 1, TCP_SYN | TCP_ACK);
		if (talks)
			call_tls(&c, CALL_MUTUAL, CALL_WHOLE);
		trap_run(&t);
		CU_ASSERT_EQUAL(t.ledger->flow_count, 1);
		SAYS(&t, PROVIDER ":5061", ACCESS ":5061",
		     talks ? "expected established; firewall-summary/1; mtls_proven"
			   : "expected established; firewall-summary/1; protocol_unverified");
		trap_close(&t);
	}
}

/* The hello of identify/tls_dialogues.h's "optional", which offers no ALPN. */
static const char hello[] =
	"1603010055010000510303ffa91beccda29e58a7f962c3e77ce059b977d48f3f044fc4e3378f9c174ffe"
	"20000004c02b00ff01000024000b000403000102000a000400020017002300000016000000170000000d"
	"000400020403";

/* RFC 7413: the hello is in the SYN, and the answer comes before the handshake is over. */
static void a_hello_in_the_syn_is_a_hello(void)
{
	uint8_t bytes[128];
	size_t n = feed_unhex(hello, bytes, sizeof(bytes));

	for (unsigned reset = 0; reset < 2; reset++) {
		struct trap t;
		struct call c;

		trap_open(&t);
		tape_tcp_bytes(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057", TCP_SYN, 999, 0,
			       bytes, n);
		call_begin(&c, &t.tape, TAPE_T0 + TAPE_MS, USER ":50000", FRONT ":8057");
		c.seq[0] = 1000 + (uint32_t)n;
		call_flags(&c, 1, TCP_SYN | TCP_ACK);
		if (!reset)
			call_hex(&c, 1, "15030300020228");
		call_flags(&c, 0, TCP_ACK);
		if (reset)
			call_flags(&c, 1, TCP_RST | TCP_ACK);
		trap_run(&t);
		SAYS(&t, USER ":50000", FRONT ":8057",
		     reset ? "blocked aborted unknown likely; server-ports/7; "
			     "rst_after_client_hello"
			   : "blocked aborted application proven; server-ports/7; tls_alert");
		trap_close(&t);
	}
}

/* RFC 7413 4.2.2: payload of a SYN that nobody took is no data; unanswered it is an attempt. */
static void payload_of_an_unanswered_syn_is_an_attempt(void)
{
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 3; i++)
		tape_tcp(&t.tape, TAPE_T0 + 3 * i * TAPE_S, USER ":50000", FRONT ":8057", TCP_SYN,
			 1000, 0, "never taken");
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50001", FRONT ":5061");
	trap_run(&t);
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->outcome, OUTCOME_NO_REPLY);
	trap_close(&t);
}

/* A port is used again: what the first connection did says nothing of the second. */
static void a_port_used_again_is_another_connection(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	for (unsigned i = 0; i < 3; i++)
		tape_tcp(&t.tape, TAPE_T0 + (10 + 3 * i) * TAPE_S, USER ":50000", FRONT ":8057",
			 TCP_SYN, 900000, 0, "");
	call_begin(&c, &t.tape, TAPE_T0 + 200 * TAPE_S, USER ":50000", FRONT ":8057");
	c.seq[0] = 7777777;
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 3);
	CU_ASSERT(scene_same(trap_said_at(&t, 0), "expected established; server-ports/7"));
	CU_ASSERT(scene_same(trap_said_at(&t, 1),
			     "blocked no_reply unknown likely; server-ports/7; syn_unanswered "
			     "protocol_unverified"));
	CU_ASSERT(scene_same(trap_said_at(&t, 2), "expected established; server-ports/7"));
	trap_close(&t);
}

/* A reset captured before the SYN-ACK that it answers. */
static void a_reset_captured_before_the_syn_ack_refuses_nothing(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	call_flags(&c, 0, TCP_RST);
	tape_swap(&t.tape);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50001", FRONT ":5061");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive unknown; server-ports/7; synack_unheard protocol_unverified");
	trap_close(&t);
}

/* RFC 9293 3.8.4: a keep-alive may be the first that the capture has. */
static void a_keep_alive_first_is_midstream(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_data(&c, 0, "\0", 1);
	call_flags(&c, 1, TCP_ACK);
	/* SIP's own, as the first bytes of a connection whose handshake was seen. */
	call_begin(&c, &t.tape, TAPE_T0, "10.20.0.91:50000", FRONT ":5060");
	call_open(&c);
	call_text(&c, 0, "\r\n\r\n");
	call_text(&c, 1, "\r\n");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "expected established; server-ports/7; midstream protocol_unverified");
	SAYS(&t, "10.20.0.91:50000", FRONT ":5060",
	     "expected established; server-ports/2; protocol_unverified");
	trap_close(&t);
}

/* RFC 8200 4: extension headers in every packet of a connection. */
static void extension_headers_change_nothing(void)
{
	struct trap t;

	trap_open(&t);
	t.tape.options = true;
	call_works(&t.tape, TAPE_T0, "[" USER_V6 "]:50000", "[" FRONT_V6 "]:8057");
	call_stun(&t.tape, TAPE_T0, "[" USER_V6 "]:40000", "[2001:db8:ffff::1]:3478",
		  MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + 1, "[2001:db8:ffff::1]:3478", "[" USER_V6 "]:40000",
		  MSTURN_ALLOCATED, 1);
	trap_run(&t);
	SAYS(&t, "[" USER_V6 "]:50000", "[" FRONT_V6 "]:8057",
	     "expected established; server-ports/7");
	SAYS(&t, "[" USER_V6 "]:40000", "[2001:db8:ffff::1]:3478",
	     "expected established; client-ports/5; peer_unverified");
	trap_close(&t);
}

/* An address behind NAT64 (RFC 6052) or written as IPv4 in IPv6 is what the site binds, or nobody. */
static void translated_addresses_hold_no_role_by_themselves(void)
{
	struct trap t;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, "[" USER_V6 "]:50000", "[64:ff9b::a0a:b]:8057");
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_UNEXPECTED], 1);
	trap_close(&t);
}

/* RFC 2131 4.1: a relay agent speaks for clients from the server's own port. */
static void a_dhcp_relay_is_not_called_blocked(void)
{
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 3; i++)
		call_datagram(&t.tape, TAPE_T0 + i * TAPE_S, ROUTER ":67", DHCP ":67",
			      "01 010601 a1b2c3d4");
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50000", FRONT ":8057");
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_BLOCKED], 0);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_UNEXPECTED], 0);
	trap_close(&t);
}

/* Windows closes the slower of two connections that it tried at once; so do happy eyeballs. */
static void the_initiators_own_reset_blocks_nobody(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, "10.10.0.12:50000", FRONT ":445");
	call_open(&c);
	call_flags(&c, 0, TCP_RST | TCP_ACK);
	trap_run(&t);
	SAYS(&t, "10.10.0.12:50000", FRONT ":445",
	     "expected established; server-ports/37; initiator_reset protocol_unverified");
	trap_close(&t);
}

extern CU_TestInfo tests_traps_odd[];
CU_TestInfo tests_traps_odd[] = {
	{ "a simultaneous open is one connection", a_simultaneous_open_is_one_connection },
	{ "a hello in the SYN is a hello", a_hello_in_the_syn_is_a_hello },
	{ "payload of an unanswered SYN is an attempt",
	  payload_of_an_unanswered_syn_is_an_attempt },
	{ "a port used again is another connection", a_port_used_again_is_another_connection },
	{ "a reset captured before the SYN-ACK refuses nothing",
	  a_reset_captured_before_the_syn_ack_refuses_nothing },
	{ "a keep-alive first is midstream", a_keep_alive_first_is_midstream },
	{ "extension headers change nothing", extension_headers_change_nothing },
	{ "translated addresses hold no role by themselves",
	  translated_addresses_hold_no_role_by_themselves },
	{ "a DHCP relay is not called blocked", a_dhcp_relay_is_not_called_blocked },
	{ "the initiator's own reset blocks nobody", the_initiators_own_reset_blocks_nobody },
	CU_TEST_INFO_NULL
};
