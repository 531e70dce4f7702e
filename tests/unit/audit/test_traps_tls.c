/* Traps: TLS, mutual TLS, pseudo-TLS, PSOM (facts/protocols.md 0.1, 0.7-0.9, 0.13, 2, 8). */
#include "audit/trap.h"
#include "packet/facts.h"

/* A handshake between two ends, whole. */
static void shake(struct trap *t, const char *from, const char *to, enum call_tls kind)
{
	struct call c;

	call_begin(&c, &t->tape, TAPE_T0, from, to);
	call_open(&c);
	call_tls(&c, kind, CALL_WHOLE);
	call_close(&c);
}

#define PSEUDO_HELLO                                             \
	"160301002d 01000029 0301 52439ae1 00010203040506070809" \
	"0a0b0c0d0e0f101112131415161718191a1b 00 0002 0018 0100"
#define PSEUDO_ANSWER                                            \
	"160301004e 02000046 0301 52439ae2 f0f1f2f3f4f5f6f7f8f9" \
	"fafbfcfdfeff000102030405060708090a0b 20 10111213141516" \
	"1718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f 0018 00 0e000000"
#define FRAMED_ALLOCATE  "0200001c 0003 0008 2112a442 0102030405060708090a0b0c 000f000472c64bc6"
#define FRAMED_ALLOCATED "0200001c 0103 0008 2112a442 0102030405060708090a0b0c 000f000472c64bc6"

/* 0.1: the hello is one, but what it opens is a relay's, and where TLS is documented not that. */
static void pseudo_tls_is_a_relay_not_tls(void)
{
	static const struct {
		const char *from, *to, *said;
	} cases[] = {
		{ USER ":50000", RELAY ":443",
		  "expected established; client-ports/4; peer_unverified" },
		{ PROVIDER ":50000", ACCESS ":5061",
		  "mismatch established; firewall-summary/1; protocol_contradicted" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct trap t;
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, cases[i].from, cases[i].to);
		call_open(&c);
		call_hex(&c, 0, PSEUDO_HELLO);
		call_hex(&c, 1, PSEUDO_ANSWER);
		call_hex(&c, 0, FRAMED_ALLOCATE);
		call_hex(&c, 1, FRAMED_ALLOCATED);
		call_close(&c);
		trap_run(&t);
		SAYS(&t, cases[i].from, cases[i].to, cases[i].said);
		CU_ASSERT_EQUAL(t.ledger->flows[0].app, APP_MSTURN);
		CU_ASSERT_EQUAL(t.ledger->flows[0].tls_version, 0);
		trap_close(&t);
	}
}

/* 0.7: asked is not proven. */
static void a_certificate_request_is_not_mutual_tls(void)
{
	static const struct {
		enum call_tls kind;
		const char *said;
	} steps[] = {
		{ CALL_PLAIN, "mismatch established; firewall-summary/1; alpn_foreign" },
		{ CALL_OPTIONAL, "mismatch established; firewall-summary/1; mtls_declined" },
		{ CALL_DECLINED, "blocked aborted application proven; firewall-summary/1; "
				 "tls_alert mtls_declined" },
		{ CALL_MUTUAL, "expected established; firewall-summary/1; mtls_proven" },
		{ CALL_TLS13, "expected established; firewall-summary/1; mtls_hidden" },
		{ CALL_RESUMED, "expected established; firewall-summary/1; mtls_hidden" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct trap t;

		trap_open(&t);
		shake(&t, PROVIDER ":50000", ACCESS ":5061", steps[i].kind);
		trap_run(&t);
		SAYS(&t, PROVIDER ":50000", ACCESS ":5061", steps[i].said);
		trap_close(&t);
	}
}

/* 0.7: never asked, on a port of which nothing but mutual TLS is documented. */
static void a_server_that_never_asks_has_no_mutual_tls(void)
{
	struct trap t;

	trap_open(&t);
	shake(&t, MEDIATION ":50000", FRONT ":8060", CALL_PLAIN);
	shake(&t, MEDIATION ":50001", FRONT ":8060", CALL_MUTUAL);
	trap_run(&t);
	SAYS(&t, MEDIATION ":50000", FRONT ":8060",
	     "mismatch established; server-ports/15; peer_unverified mtls_not_requested");
	SAYS(&t, MEDIATION ":50001", FRONT ":8060",
	     "expected established; server-ports/15; peer_unverified mtls_proven");
	trap_close(&t);
}

/* 0.7: the server has not said yes yet. */
static void a_certificate_without_the_servers_finish_is_a_claim(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, PROVIDER ":50000", ACCESS ":5061");
	call_open(&c);
	call_tls(&c, CALL_MUTUAL, 3);
	trap_run(&t);
	SAYS(&t, PROVIDER ":50000", ACCESS ":5061",
	     "expected established; firewall-summary/1; mtls_claimed");
	trap_close(&t);
}

/* 2c: a gap in the server's flight makes "not asked" undecidable. */
static void a_gap_in_the_servers_flight_is_no_mismatch(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, PROVIDER ":50000", ACCESS ":5061");
	call_open(&c);
	call_tls(&c, CALL_MUTUAL, 1);
	c.seq[1] += 900;
	call_flags(&c, 0, TCP_ACK);
	call_hex(&c, 1, "1403030001 01");
	trap_run(&t);
	SAYS(&t, PROVIDER ":50000", ACCESS ":5061",
	     "expected established; firewall-summary/1; gap mtls_unseen");
	trap_close(&t);
}

/* 0.9: servers and clients of this generation send neither. */
static void neither_sni_nor_alpn_is_required(void)
{
	struct trap t;

	trap_open(&t);
	shake(&t, USER ":50000", FRONT ":8057", CALL_OPTIONAL);
	shake(&t, USER ":50001", FRONT ":443", CALL_OPTIONAL);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->sni, 0);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_EXPECTED], 2);
	trap_close(&t);
}

/* 0.13: what is inside cannot be seen, so it is consistent and no more; what contradicts it is said. */
static void psom_is_consistent_at_most(void)
{
	static const struct {
		const char *text;
		const char *said;
	} clear[] = {
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		  "mismatch established; server-ports/7; protocol_contradicted" },
		{ "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
		  "mismatch established; server-ports/7; protocol_contradicted" },
		{ "\x01\x02\x03\x04 any binary protocol at all",
		  "mismatch established; server-ports/7; protocol_contradicted" },
	};
	struct trap t;

	trap_open(&t);
	shake(&t, USER ":50000", FRONT ":8057", CALL_OPTIONAL);
	shake(&t, USER ":50001", FRONT ":8057", CALL_PLAIN);
	trap_run(&t);
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->fit, FIT_CONSISTENT);
	SAYS(&t, USER ":50001", FRONT ":8057",
	     "mismatch established; server-ports/7; alpn_foreign");
	trap_close(&t);
	for (size_t i = 0; i < ARRAY_SIZE(clear); i++) {
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
		call_open(&c);
		call_text(&c, 0, clear[i].text);
		call_text(&c, 1, "\x01 never mind what");
		trap_run(&t);
		SAYS(&t, USER ":50000", FRONT ":8057", clear[i].said);
		trap_close(&t);
	}
}

/* 16.5, 2e: whoever sends the alert, a fatal one is an application's word. */
static void a_clear_alert_is_the_applications_answer(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	/* handshake_failure by the server; unknown_ca by the client. */
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, 1);
	call_hex(&c, 1, "15030300020228");
	call_close(&c);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50001", FRONT ":8057");
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, 2);
	call_hex(&c, 0, "15030300020230");
	call_close(&c);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "blocked aborted application proven; server-ports/7; tls_alert");
	SAYS(&t, USER ":50001", FRONT ":8057",
	     "blocked aborted application proven; server-ports/7; tls_alert");
	trap_close(&t);
}

/* C33: SIP inside TLS cannot be read; the handshake is what 5061 is held to. */
static void sip_in_tls_is_held_to_the_handshake(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	shake(&t, MEDIATION ":50000", FRONT ":5061", CALL_MUTUAL);
	call_begin(&c, &t.tape, TAPE_T0, MEDIATION ":50001", FRONT ":5061");
	call_open(&c);
	call_text(&c, 0,
		  "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
		  "Content-Length: 0\r\n\r\n");
	call_text(&c, 1,
		  "SIP/2.0 200 OK\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
		  "Content-Length: 0\r\n\r\n");
	trap_run(&t);
	SAYS(&t, MEDIATION ":50000", FRONT ":5061",
	     "expected established; server-ports/3; mtls_proven");
	SAYS(&t, MEDIATION ":50001", FRONT ":5061",
	     "mismatch established; server-ports/3; protocol_contradicted");
	trap_close(&t);
}

/* C33: several messages a segment, a message over several, keep-alives first. */
static void sip_messages_and_segments_do_not_align(void)
{
	static const char two[] = "\r\n\r\nOPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n"
				  "CSeq: 1 OPTIONS\r\nContent-Length: 4\r\n\r\nabcd"
				  "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 2\r\nCSeq: 2 OPTI";
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, "10.20.0.90:50000", MEDIATION ":5068");
	call_open(&c);
	call_text(&c, 0, two);
	call_text(&c, 0, "ONS\r\nContent-Length: 0\r\n\r\n");
	call_text(&c, 1, "SIP/2.0 4");
	call_text(&c, 1,
		  "01 Unauthorized\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
		  "Content-Length: 0\r\n\r\nSIP/2.0 200 OK\r\nCall-ID: 2\r\n"
		  "CSeq: 2 OPTIONS\r\nContent-Length: 0\r\n\r\n");
	trap_run(&t);
	SAYS(&t, "10.20.0.90:50000", MEDIATION ":5068", "expected established; server-ports/48");
	CU_ASSERT_EQUAL(t.ledger->flows[0].fit, FIT_STRONG);
	trap_close(&t);
}

extern CU_TestInfo tests_traps_tls[];
CU_TestInfo tests_traps_tls[] = {
	{ "pseudo-TLS is a relay's and not TLS", pseudo_tls_is_a_relay_not_tls },
	{ "a CertificateRequest is not mutual TLS", a_certificate_request_is_not_mutual_tls },
	{ "a server that never asks has no mutual TLS",
	  a_server_that_never_asks_has_no_mutual_tls },
	{ "a certificate without the server's finish is a claim",
	  a_certificate_without_the_servers_finish_is_a_claim },
	{ "a gap in the server's flight is no mismatch",
	  a_gap_in_the_servers_flight_is_no_mismatch },
	{ "neither SNI nor ALPN is required", neither_sni_nor_alpn_is_required },
	{ "PSOM is consistent at most, and what contradicts it is said",
	  psom_is_consistent_at_most },
	{ "a clear alert is the application's answer", a_clear_alert_is_the_applications_answer },
	{ "SIP in TLS is held to the handshake", sip_in_tls_is_held_to_the_handshake },
	{ "SIP messages and segments do not align", sip_messages_and_segments_do_not_align },
	CU_TEST_INFO_NULL
};
