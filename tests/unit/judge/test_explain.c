/* Evidence in plain sentences (judge/explain.c). */
#include "judge/scene.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const struct evidence *e)
{
	static char text[400];

	evidence_text(e, text, sizeof(text));
	return text;
}

static const char *text(enum evidence_code code, uint32_t count, uint32_t value, uint32_t value2)
{
	struct evidence e = {
		.code = (uint8_t)code, .count = count, .value = value, .value2 = value2
	};

	return text_of(&e);
}

static void codes_with_one_sentence(void)
{
	static const struct {
		enum evidence_code code;
		const char *text;
	} fixed[] = {
		{ EVIDENCE_PROTOCOL_UNVERIFIED, "no payload showed the protocol" },
		{ EVIDENCE_PEER_UNVERIFIED, "the table names no peer for this row" },
		{ EVIDENCE_MTLS_PROVEN,
		  "the client sent a certificate and proof of its key, and the server went on" },
		{ EVIDENCE_MTLS_CLAIMED,
		  "the client sent a certificate; the server's answer was not captured" },
		{ EVIDENCE_MTLS_UNSEEN,
		  "the handshake was not captured far enough to see client certificates" },
		{ EVIDENCE_MTLS_NOT_REQUESTED,
		  "the server never asked for a client certificate: TLS, not mutual TLS" },
		{ EVIDENCE_MTLS_DECLINED, "the server asked for a client certificate and got an "
					  "empty one: TLS, not mutual TLS" },
		{ EVIDENCE_ALPN_FOREIGN,
		  "the TLS handshake negotiates HTTP (ALPN), which this row does not carry" },
		{ EVIDENCE_RST_AFTER_HANDSHAKE,
		  "the responder reset the connection before any data" },
		{ EVIDENCE_RST_AFTER_CLIENT_HELLO,
		  "the connection was reset after the TLS ClientHello" },
		{ EVIDENCE_RST_AFTER_REQUEST, "the connection was reset after the first request" },
		{ EVIDENCE_INITIATOR_RESET, "the initiator itself reset the connection" },
		{ EVIDENCE_SINGLE_DIRECTION,
		  "only one end's packets are in the capture; an answer could not have been seen" },
		{ EVIDENCE_ANSWER_NOT_CAPTURED,
		  "the initiator went on as if answered: the capture holds one direction only" },
		{ EVIDENCE_GROUP_DESTINATION,
		  "sent to a multicast or broadcast address: nobody in particular had to answer" },
		{ EVIDENCE_SILENCE_IS_NORMAL,
		  "no answer is normal for this protocol and proves nothing" },
		{ EVIDENCE_MIDSTREAM, "the connection was already open when the capture began" },
		{ EVIDENCE_GAP, "bytes of this flow are missing from the capture" },
		{ EVIDENCE_SNAPLEN, "its packets were cut when captured" },
		{ EVIDENCE_EVICTED,
		  "the flow table was full; what came later is not in this record" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		SAME(text(fixed[i].code, 1, 0, 0), fixed[i].text);
}

static void every_code_has_a_sentence(void)
{
	for (unsigned c = 0; c < EVIDENCE_COUNT; c++) {
		const char *got = text((enum evidence_code)c, 1, 0, 0);

		CU_ASSERT_PTR_NOT_NULL(strchr(got, ' '));
		CU_ASSERT_STRING_NOT_EQUAL(got, evidence_name((enum evidence_code)c));
	}
}

static void silence(void)
{
	SAME(text(EVIDENCE_SYN_UNANSWERED, 1, 0, 0), "one SYN, never answered");
	SAME(text(EVIDENCE_SYN_UNANSWERED, 2, 999, 0), "2 SYNs over 999 ms, none answered");
	SAME(text(EVIDENCE_SYN_UNANSWERED, 3, 1000, 0), "3 SYNs over 1.0 s, none answered");
	SAME(text(EVIDENCE_SYN_UNANSWERED, 3, 9050, 0), "3 SYNs over 9.1 s, none answered");
	SAME(text(EVIDENCE_UDP_UNANSWERED, 1, 0, 0), "1 datagram, none answered");
	SAME(text(EVIDENCE_UDP_UNANSWERED, 2, 0, 0), "2 datagrams, none answered");
	SAME(text(EVIDENCE_UDP_UNANSWERED, 2, 1, 0), "2 empty datagrams, none answered");
	SAME(text(EVIDENCE_STUN_UNANSWERED, 1, 1, 0), "1 STUN request, none answered");
	SAME(text(EVIDENCE_STUN_UNANSWERED, 7, 1, 0),
	     "a STUN request sent 7 times, never answered");
	SAME(text(EVIDENCE_STUN_UNANSWERED, 7, 2, 0), "7 STUN requests, none answered");
	SAME(text(EVIDENCE_CAPTURE_ENDS_SOON, 1, 320, 0),
	     "the capture ends 320 ms after the first try: too soon to judge silence");
	SAME(text(EVIDENCE_CAPTURE_ENDS_SOON, 1, 3000, 0),
	     "the capture ends 3.0 s after the first try: too soon to judge silence");
}

static void resets(void)
{
	SAME(text(EVIDENCE_TCP_RST_SYN, 1, 57, 0), "the SYN was answered by a reset (TTL 57)");
	SAME(text(EVIDENCE_RST_FOREIGN_TTL, 1, 250, 60),
	     "the reset came with TTL 250, other packets of that host with 60: a box between sent "
	     "it");
	SAME(text(EVIDENCE_DATA_UNACKNOWLEDGED, 3, 0, 0),
	     "the connection opened, then its first data was sent 3 times and never acknowledged");
}

/* The phrase of an ICMP error, between "answered: " and " (ICMP". */
static const char *phrase(unsigned version, unsigned type, unsigned code)
{
	static char found[120];
	const char *got = text(EVIDENCE_ICMP_OTHER, 1, type << 8 | code, version);
	const char *from = strstr(got, " answered: "), *to = strstr(got, " (ICMP");

	CU_ASSERT_FATAL(from != NULL && to != NULL);
	snprintf(found, sizeof(found), "%.*s", (int)(to - from - 11), from + 11);
	return found;
}

static void icmp_sentences(void)
{
	static const uint8_t v4[4] = { 203, 0, 113, 1 }, v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	struct evidence e = { .code = EVIDENCE_ICMP_ADMIN_PROHIBITED,
			      .from = address_from_v4(v4),
			      .count = 9,
			      .value = 3 << 8 | 13,
			      .value2 = 4 };

	SAME(text_of(&e),
	     "203.0.113.1 answered 9 times: communication administratively prohibited (ICMP 3/13)");
	e.count = 2;
	SAME(text_of(&e),
	     "203.0.113.1 answered 2 times: communication administratively prohibited (ICMP 3/13)");
	e.count = 1;
	e.value = 3 << 8 | 3;
	e.code = EVIDENCE_ICMP_PORT_UNREACHABLE;
	SAME(text_of(&e), "203.0.113.1 answered: port unreachable (ICMP 3/3)");
	e.from = address_from_v6(v6);
	e.value = 1 << 8 | 1;
	e.value2 = 6;
	e.code = EVIDENCE_ICMP_UNREACHABLE;
	SAME(text_of(&e), "2001:db8::1 answered: communication administratively prohibited "
			  "(ICMPv6 1/1)");
}

static void icmp_phrases(void)
{
	static const char *const v4[] = {
		"network unreachable",
		"host unreachable",
		"protocol unreachable",
		"port unreachable",
		"fragmentation needed",
		"source route failed",
		"network unknown",
		"host unknown",
		"source host isolated",
		"network administratively prohibited",
		"host administratively prohibited",
		"network unreachable for this service type",
		"host unreachable for this service type",
		"communication administratively prohibited",
		"host precedence violation",
		"precedence cutoff",
		"undeliverable",
	};
	static const char *const v6[] = {
		"no route",
		"communication administratively prohibited",
		"beyond scope of the source address",
		"address unreachable",
		"port unreachable",
		"source address failed policy",
		"route rejected",
		"error in source routing header",
		"undeliverable",
	};

	for (unsigned c = 0; c < ARRAY_SIZE(v4); c++)
		SAME(phrase(4, 3, c), v4[c]);
	for (unsigned c = 0; c < ARRAY_SIZE(v6); c++)
		SAME(phrase(6, 1, c), v6[c]);
	SAME(phrase(4, 11, 0), "time exceeded");
	SAME(phrase(6, 3, 0), "time exceeded");
	SAME(phrase(6, 2, 0), "packet too big");
	SAME(phrase(4, 12, 0), "undeliverable");
	SAME(phrase(6, 11, 0), "undeliverable");
	SAME(phrase(4, 2, 0), "undeliverable");
}

static void refusals(void)
{
	SAME(text(EVIDENCE_TLS_ALERT, 1, 40, 0),
	     "the server ended the handshake: TLS alert handshake_failure (40)");
	SAME(text(EVIDENCE_TLS_ALERT, 1, 48, 1),
	     "the client ended the handshake: TLS alert unknown_ca (48)");
	SAME(text(EVIDENCE_STUN_ERROR, 1, 486, 0), "the server refused: STUN error 486 (capacity)");
	SAME(text(EVIDENCE_STUN_ERROR, 1, 599, 0), "the server refused: STUN error 599");
	SAME(text(EVIDENCE_SIP_STATUS, 1, 403, 0), "the server refused: SIP status 403");
	SAME(text(EVIDENCE_SIP_STATUS, 1, 504, 0),
	     "the server refused: SIP status 504, its next hop did not answer: a fault of another "
	     "leg");
	SAME(text(EVIDENCE_HTTP_STATUS, 1, 503, 0), "the server refused: HTTP status 503");
	SAME(text(EVIDENCE_PROXY_ANSWER, 1, 403, 0),
	     "a proxy answered in the server's place: HTTP status 403");
	SAME(text(EVIDENCE_HTTP_TO_TLS, 1, 400, 0), "the TLS hello was answered in clear HTTP");
	SAME(text(EVIDENCE_HTTP_TO_TLS, 1, 302, 1),
	     "the TLS hello was answered in clear HTTP: a proxy or portal stands between");
	SAME(text(EVIDENCE_RPC_REFUSED, 1, 5, 0),
	     "the server refused: DCE/RPC status 0x5 (access denied)");
	SAME(text(EVIDENCE_RPC_REFUSED, 1, 0x6d8, 0), "the server refused: DCE/RPC status 0x6d8");
	SAME(text(EVIDENCE_SMB_STATUS, 1, 0xc0000022, 0),
	     "the server refused: NT status 0xc0000022 (access denied)");
	SAME(text(EVIDENCE_SMB_STATUS, 1, 0xc000006d, 0),
	     "the server refused: NT status 0xc000006d (logon failure)");
}

/* Facts 5e: what a relay's error is about. */
static void stun_errors(void)
{
	static const struct {
		unsigned code;
		const char *kind;
	} errors[] = {
		{ 274, "bandwidth policy" },
		{ 275, "bandwidth policy" },
		{ 403, "policy: forbidden" },
		{ 420, "protocol: not supported" },
		{ 440, "protocol: not supported" },
		{ 442, "protocol: not supported" },
		{ 443, "protocol: not supported" },
		{ 430, "credentials" },
		{ 431, "credentials" },
		{ 432, "credentials" },
		{ 434, "credentials" },
		{ 435, "credentials" },
		{ 436, "credentials" },
		{ 441, "credentials" },
		{ 437, "allocation mismatch" },
		{ 486, "capacity" },
		{ 500, "server error" },
		{ 507, "capacity" },
		{ 508, "capacity" },
	};
	char want[80];

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		snprintf(want, sizeof(want), "the server refused: STUN error %u (%s)",
			 errors[i].code, errors[i].kind);
		SAME(text(EVIDENCE_STUN_ERROR, 1, errors[i].code, 0), want);
	}
}

static void media(void)
{
	SAME(text(EVIDENCE_STUN_UNANSWERED, 1, 0, 1), "the pseudo-TLS hello was never answered");
	SAME(text(EVIDENCE_ICE_SESSION_WORKS, 1, 1, 0),
	     "1 other candidate pair of this media session worked: that this one did not is "
	     "normal");
	SAME(text(EVIDENCE_ICE_SESSION_FAILED, 1, 2, 9),
	     "none of the 2 candidate pairs of this media session that were tried answered (9 "
	     "requests)");
	SAME(text(EVIDENCE_ICE_SESSION_FAILED, 1, 1, 5),
	     "the only candidate pair of this media session that was tried did not answer (5 "
	     "requests)");
	SAME(text(EVIDENCE_PSEUDO_TLS_INTERCEPTED, 1, APP_TLS, 0),
	     "the pseudo-TLS hello was answered with tls, which no relay does: something else "
	     "stands in its place, as a proxy that inspects TLS would");
	SAME(text(EVIDENCE_PSEUDO_TLS_INTERCEPTED, 1, APP_NONE, 1),
	     "the pseudo-TLS hello was answered with a reset, which no relay does: something else "
	     "stands in its place, as a proxy that inspects TLS would");
	SAME(text(EVIDENCE_PSEUDO_TLS_INTERCEPTED, 1, APP_NONE, 0),
	     "the pseudo-TLS hello was answered with other bytes, which no relay does: something "
	     "else stands in its place, as a proxy that inspects TLS would");
}

static void protocols(void)
{
	static const uint8_t v4[4] = { 192, 0, 2, 14 };
	struct evidence e = { .code = EVIDENCE_ANSWERED_ELSEWHERE, .from = address_from_v4(v4) };

	SAME(text(EVIDENCE_PROTOCOL_CONTRADICTED, 1, APP_HTTP, 0),
	     "it speaks http, not the documented protocol");
	SAME(text(EVIDENCE_PROTOCOL_CONTRADICTED, 1, APP_NONE, 0),
	     "its first bytes are not of the documented protocol");
	SAME(text(EVIDENCE_MTLS_HIDDEN, 1, CLIENT_AUTH_HIDDEN_TLS13, 0),
	     "client certificates are hidden here (TLS 1.3)");
	SAME(text(EVIDENCE_MTLS_HIDDEN, 1, CLIENT_AUTH_HIDDEN_RENEGOTIATED, 0),
	     "client certificates are hidden here (renegotiation)");
	SAME(text(EVIDENCE_MTLS_HIDDEN, 1, CLIENT_AUTH_HIDDEN_RESUMED, 0),
	     "client certificates are hidden here (resumed session)");
	SAME(text_of(&e), "the answer came from 192.0.2.14");
	e.value = 1;
	SAME(text_of(&e), "it answers what 192.0.2.14 was asked");
	SAME(text(EVIDENCE_FITNESS, 1, FITNESS_DROPS, 0),
	     "the capture cannot carry this verdict: the capturing host lost packets (drops)");
}

static void small_buffers(void)
{
	struct evidence e = { .code = EVIDENCE_SYN_UNANSWERED, .count = 3, .value = 3000 };
	char buf[8];

	memset(buf, 'x', sizeof(buf));
	evidence_text(&e, buf, sizeof(buf) - 1);
	CU_ASSERT_STRING_EQUAL(buf, "3 SYNs");
	CU_ASSERT_EQUAL(buf[7], 'x');
}

static const char *protocol(struct judged j)
{
	static char found[80];

	ledger_protocol_text(&j, found, sizeof(found));
	return found;
}

static void what_was_identified(void)
{
	static const char *const titles[] = {
		[APP_TLS] = "TLS",          [APP_PSEUDO_TLS] = "pseudo-TLS",
		[APP_DTLS] = "DTLS",        [APP_STUN] = "STUN",
		[APP_TURN] = "TURN",        [APP_MSTURN] = "MSTURN",
		[APP_RTP] = "RTP",          [APP_RTCP] = "RTCP",
		[APP_SIP] = "SIP",          [APP_HTTP] = "HTTP",
		[APP_DCERPC] = "DCE/RPC",   [APP_SMB] = "SMB",
		[APP_SQLR] = "SQL Browser", [APP_DHCP] = "DHCP",
		[APP_NMF] = ".NET framing", [APP_MSNFTP] = "MSN file transfer",
		[APP_TDS] = "TDS",
	};
	char weak[80];

	for (unsigned a = APP_NONE + 1; a < APP_COUNT; a++) {
		struct judged j = { .app = (uint8_t)a, .confidence = CONFIDENCE_STRONG };

		SAME(protocol(j), titles[a]);
		j.confidence = CONFIDENCE_WEAK;
		snprintf(weak, sizeof(weak), "%s (weak)", titles[a]);
		SAME(protocol(j), weak);
	}
	SAME(protocol((struct judged){ .app = APP_NONE }), "no payload");
	SAME(protocol((struct judged){ .examined = true }), "unknown protocol");
}

static void tls_versions(void)
{
	struct judged j = { .app = APP_TLS,
			    .confidence = CONFIDENCE_STRONG,
			    .tls_version = 0x0301 };

	SAME(protocol(j), "TLS 1.0");
	j.tls_version = 0x0303;
	SAME(protocol(j), "TLS 1.2");
	j.tls_version = 0x0304;
	SAME(protocol(j), "TLS 1.3");
	j.tls_version = 0x7f1c; /* a draft: no version people know */
	SAME(protocol(j), "TLS");
	j.tls_version = 0x0304;
	j.tls_version = 0x0300;
	SAME(protocol(j), "TLS");
	j.tls_version = 0x0303;
	j.client_auth = CLIENT_AUTH_PROVEN;
	SAME(protocol(j), "mutual TLS 1.2");
	j.client_auth = CLIENT_AUTH_CLAIMED;
	j.confidence = CONFIDENCE_WEAK;
	SAME(protocol(j), "TLS 1.2 (weak)");
	/* The version of another protocol is not TLS's. */
	j.app = APP_DTLS;
	j.confidence = CONFIDENCE_STRONG;
	SAME(protocol(j), "DTLS");
}

static void nearest(void)
{
	struct scene s;
	struct talk t;
	char got[300];
	unsigned i, j, k;

	scene_open(&s, NULL, NULL);
	talk_tcp(&s, &t, PARTNER ":40000", EDGE ":5062");
	talk_data_both(&t);
	i = scene_judge(&s, &t);
	talk_tcp(&s, &t, CLIENT ":50000", SERVER ":9999");
	talk_data_both(&t);
	talk_app(&t, APP_HTTP);
	j = scene_judge(&s, &t);
	k = scene_control(&s, CLIENT ":50000", SERVER ":80");
	scene_settle(&s);
	ledger_nearest_text(&s.ledger, scene_flow(&s, i), got, sizeof(got));
	SAME(got, "row d/t/mtls-in differs only in dport: 5062, documented 5061");
	/* The protocol that was found is named. */
	ledger_nearest_text(&s.ledger, scene_flow(&s, j), got, sizeof(got));
	SAME(got, "row d/t/wide differs only in proto: HTTP, documented media-audio");
	ledger_nearest_text(&s.ledger, scene_flow(&s, k), got, sizeof(got));
	SAME(got, "");
	scene_close(&s);
}

extern CU_TestInfo tests_explain[];
CU_TestInfo tests_explain[] = {
	{ "codes without numbers have one sentence each", codes_with_one_sentence },
	{ "no code is left to its name", every_code_has_a_sentence },
	{ "silence is counted in singular and plural", silence },
	{ "resets name their TTLs", resets },
	{ "ICMP names its sender, how often, and type and code", icmp_sentences },
	{ "every ICMP code has its phrase", icmp_phrases },
	{ "refusals name who refused, and the code", refusals },
	{ "errors of a relay say what they are about", stun_errors },
	{ "media sessions and pseudo-TLS", media },
	{ "protocols, hidden certificates, answers from elsewhere, fitness", protocols },
	{ "a short buffer cuts the sentence", small_buffers },
	{ "every protocol has a title", what_was_identified },
	{ "TLS names its version, and mutual where it was proven", tls_versions },
	{ "the nearest row is told in a sentence, or not at all", nearest },
	CU_TEST_INFO_NULL
};
