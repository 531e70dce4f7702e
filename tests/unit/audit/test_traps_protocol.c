/* Traps: what the bytes say, and what they do not (facts/protocols.md 1.4, 2, 5e, 7e, 10). */
#include <stdio.h>

#include "audit/trap.h"
#include "packet/facts.h"

#define GATEWAY "10.20.0.90"
#define GAME    "198.18.0.1"

static const char options[] = "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 2\r\nCSeq: 2 OPTIONS\r\n"
			      "Content-Length: 0\r\n\r\n";
static const char unavailable[] = "SIP/2.0 503 Service Unavailable\r\nCall-ID: 2\r\n"
				  "CSeq: 2 OPTIONS\r\nContent-Length: 0\r\n\r\n";

static struct trap t;
static struct call c;

static void begin(const char *from, const char *to)
{
	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, from, to);
	call_open(&c);
}

static void says(const char *from, const char *to, const char *want)
{
	trap_run(&t);
	SAYS(&t, from, to, want);
	trap_close(&t);
}

/* 1.4: four datagrams in step are a look-alike as long as no narrow port and no ICE supports them. */
static void a_look_alike_of_media_is_too_little_for_a_wide_row(void)
{
	trap_open(&t);
	call_rtp(&t.tape, TAPE_T0, USER ":40000", GAME ":27015", 96, 8);
	call_rtp(&t.tape, TAPE_T0 + 1, GAME ":27015", USER ":40000", 96, 8);
	says(USER ":40000", GAME ":27015",
	     "inconclusive established; client-ports/8=client-ports/9; peer_unverified "
	     "protocol_weak");
	/* A row of few ports bears it. */
	trap_open(&t);
	call_rtp(&t.tape, TAPE_T0, USER ":40000", MEDIATION ":49200", 96, 8);
	call_rtp(&t.tape, TAPE_T0 + 1, MEDIATION ":49200", USER ":40000", 96, 8);
	says(USER ":40000", MEDIATION ":49200",
	     "expected established; server-ports/39; peer_unverified");
}

/* The same on TCP, with two bytes of length in front. */
static void a_framed_look_alike_is_too_little_for_a_wide_row(void)
{
	char hex[80];

	begin(USER ":50000", GAME ":7000");
	for (unsigned i = 0; i < 6; i++) {
		snprintf(hex, sizeof(hex), "000e 8060 %04x 0000%04x 01020304 aabb", 10 + i,
			 1000 + i * 160);
		call_hex(&c, 0, hex);
		call_hex(&c, 1, hex);
	}
	says(USER ":50000", GAME ":7000",
	     "inconclusive established; client-ports/8=client-ports/9=client-ports/11; "
	     "peer_unverified protocol_weak");
}

/* The client speaks as documented, the server does not. */
static void a_request_answered_in_another_protocol_is_a_mismatch(void)
{
	static const char *const answers[] = {
		"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
	};

	begin(USER ":50000", FRONT ":8057");
	call_tls(&c, CALL_OPTIONAL, 1);
	call_text(&c, 1, answers[0]);
	call_close(&c);
	says(USER ":50000", FRONT ":8057", "mismatch established; server-ports/7; answer_foreign");
	for (unsigned i = 0; i < 2; i++) {
		begin(GATEWAY ":50000", MEDIATION ":5068");
		call_text(&c, 0, options);
		call_text(&c, 1, answers[i]);
		call_close(&c);
		says(GATEWAY ":50000", MEDIATION ":5068",
		     "mismatch established; server-ports/48; answer_foreign");
	}
	/* Without the SYN-ACK nobody knows where the answer began. */
	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, GATEWAY ":50000", MEDIATION ":5068");
	call_flags(&c, 0, TCP_SYN);
	c.seq[1] += 101;
	call_text(&c, 0, options);
	call_text(&c, 1, answers[0]);
	says(GATEWAY ":50000", MEDIATION ":5068",
	     "expected established; server-ports/48; protocol_unverified");
	/* What may yet become an answer is none in another protocol. */
	begin(GATEWAY ":50000", MEDIATION ":5068");
	call_text(&c, 0, options);
	call_text(&c, 1, "\r\n\r\nSIP");
	says(GATEWAY ":50000", MEDIATION ":5068", "expected established; server-ports/48");
}

/* 10: the port is one of those that the mapper gives out, not a media port. */
static void rpc_on_a_dynamic_port_is_no_broken_media(void)
{
	begin(MEDIATION ":50000", FRONT ":49160");
	call_hex(&c, 0,
		 "05000b03 10000000 4800 0000 01000000 d016d016 00000000 01000000 00000100"
		 "00112233445566778899aabbccddeeff 01000000 045d888aeb1cc9119fe808002b104860"
		 "02000000");
	call_hex(&c, 1,
		 "05000c03 10000000 4400 0000 01000000 d016d016 00000000 0600 3439313630 00"
		 "0000 0000 01000000 0000 0000 045d888aeb1cc9119fe808002b104860 02000000");
	says(MEDIATION ":50000", FRONT ":49160",
	     "unexpected established; near server-ports/5 dport");
}

/* C1: on a SIP connection both ends ask; only the documented port tells who opened this one. */
static void a_sip_request_of_the_server_does_not_turn_the_flow(void)
{
	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, GATEWAY ":50000", MEDIATION ":5068");
	c.seq[0]++;
	c.seq[1]++;
	call_text(&c, 1, options);
	call_text(&c, 0,
		  "SIP/2.0 200 OK\r\nCall-ID: 2\r\nCSeq: 2 OPTIONS\r\n"
		  "Content-Length: 0\r\n\r\n");
	trap_run(&t);
	SAYS(&t, GATEWAY ":50000", MEDIATION ":5068",
	     "expected established; server-ports/48; midstream");
	CU_ASSERT_EQUAL(t.ledger->flows[0].initiator_by, INITIATOR_PORT);
	trap_close(&t);
}

/* 7e: the gateway that opened the connection declines a call that came to it. */
static void a_refusal_by_the_initiator_is_not_the_rows(void)
{
	begin(GATEWAY ":50000", MEDIATION ":5068");
	call_text(&c, 1, options);
	call_text(&c, 0, unavailable);
	call_close(&c);
	says(GATEWAY ":50000", MEDIATION ":5068", "expected established; server-ports/48");
	/* What the other end then refuses is. */
	begin(GATEWAY ":50000", MEDIATION ":5068");
	call_text(&c, 1, options);
	call_text(&c, 0, unavailable);
	call_text(&c, 0, options);
	call_text(&c, 1, unavailable);
	call_close(&c);
	says(GATEWAY ":50000", MEDIATION ":5068",
	     "blocked aborted application proven; server-ports/48; sip_status");
}

#define MSTURN_MET "0003 0019 2112a442 %s " MSTURN_COOKIE " 0006 0004 61616161 0014 0005 6162636465"

/* 5e: the first 401 is a challenge; one to a request that met it is a refusal. */
static void a_challenge_to_a_request_that_met_one_is_a_refusal(void)
{
	for (unsigned heals = 0; heals < 2; heals++) {
		trap_open(&t);
		call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
		call_stun(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", MSTURN_CHALLENGE, 1);
		for (unsigned i = 2; i < 6; i++) {
			call_stun(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", RELAY ":3478",
				  MSTURN_MET, i);
			call_stun(&t.tape, TAPE_T0 + i * TAPE_S + 1, RELAY ":3478", USER ":40000",
				  heals == 1 && i == 5 ? MSTURN_ALLOCATED : MSTURN_CHALLENGE, i);
		}
		says(USER ":40000", RELAY ":3478",
		     heals == 1 ? "expected established; client-ports/5; peer_unverified"
				: "blocked aborted application proven; client-ports/5; stun_error "
				  "peer_unverified");
	}
}

/* 2: IIS asks for the certificate once it knows the URL; RFC 5246 6.2.1: type 22 in the open. */
static void a_renegotiation_may_hold_the_certificate(void)
{
	static const char again[] =
		"1603030028 00112233445566778899aabbccddeeff00112233445566778899"
		"aabbccddeeff0011223344556677";
	static const char data[] = "1703030028 00112233445566778899aabbccddeeff00112233445566778899"
				   "aabbccddeeff0011223344556677";

	for (unsigned renegotiates = 0; renegotiates < 2; renegotiates++) {
		begin(MEDIATION ":50000", FRONT ":8060");
		call_tls(&c, CALL_PLAIN, 4);
		call_hex(&c, 0, data);
		if (renegotiates == 1) {
			call_hex(&c, 1, again);
			call_hex(&c, 0, again);
		}
		call_hex(&c, 1, data);
		says(MEDIATION ":50000", FRONT ":8060",
		     renegotiates == 1
			     ? "expected established; server-ports/15; peer_unverified mtls_hidden"
			     : "mismatch established; server-ports/15; peer_unverified "
			       "mtls_not_requested");
	}
}

extern CU_TestInfo tests_traps_protocol[];
CU_TestInfo tests_traps_protocol[] = {
	{ "a look-alike of media is too little for a wide row",
	  a_look_alike_of_media_is_too_little_for_a_wide_row },
	{ "a framed look-alike is too little for a wide row",
	  a_framed_look_alike_is_too_little_for_a_wide_row },
	{ "a request answered in another protocol is a mismatch",
	  a_request_answered_in_another_protocol_is_a_mismatch },
	{ "RPC on a dynamic port is no broken media", rpc_on_a_dynamic_port_is_no_broken_media },
	{ "a SIP request of the server does not turn the flow",
	  a_sip_request_of_the_server_does_not_turn_the_flow },
	{ "a refusal by the initiator is not the row's",
	  a_refusal_by_the_initiator_is_not_the_rows },
	{ "a challenge to a request that met one is a refusal",
	  a_challenge_to_a_request_that_met_one_is_a_refusal },
	{ "a renegotiation may hold the certificate", a_renegotiation_may_hold_the_certificate },
	CU_TEST_INFO_NULL
};
