/* Client certificates of resumed sessions (judge/resumed.c). */
#include "judge/scene.h"

static struct scene s;

/* A handshake over one session: a full one, or with HIDDEN_RESUMED one that resumes it. */
static unsigned handshake(const char *from, const char *to, enum client_auth auth, uint64_t session)
{
	struct talk t;

	talk_tcp(&s, &t, from, to);
	talk_data_both(&t);
	talk_tls(&t, auth);
	if (auth == CLIENT_AUTH_HIDDEN_RESUMED)
		t.ident.tls.used = session;
	else
		t.ident.tls.given = session;
	return scene_judge(&s, &t);
}

static void a_session_keeps_its_certificate(void)
{
	static const enum client_auth shown[] = { CLIENT_AUTH_PROVEN, CLIENT_AUTH_CLAIMED };
	const struct evidence *e;
	unsigned flow;

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		scene_open(&s, NULL, NULL);
		handshake(PARTNER ":40001", EDGE ":5061", shown[i], 7);
		flow = handshake(PARTNER ":40002", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
		scene_settle(&s);
		SAID(&s, flow, "expected established", "mtls-in", "mtls_hidden mtls_inherited");
		e = scene_evidence(&s, flow, EVIDENCE_MTLS_INHERITED);
		CU_ASSERT_EQUAL(e->value, shown[i]);
		CU_ASSERT_EQUAL(e->frames[0], 12);
		CU_ASSERT_EQUAL(e->elsewhere, 0);
		scene_close(&s);
	}
}

/* What began without a client certificate does not become mutual by resumption. */
static void a_session_without_certificate_stays_a_mismatch(void)
{
	static const enum client_auth shown[] = { CLIENT_AUTH_NOT_REQUESTED, CLIENT_AUTH_DECLINED };
	unsigned flow;

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		scene_open(&s, NULL, NULL);
		handshake(PARTNER ":40001", EDGE ":5061", shown[i], 7);
		flow = handshake(PARTNER ":40002", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
		scene_settle(&s);
		SAID(&s, flow, "mismatch established", "mtls-in", "mtls_hidden mtls_inherited");
		CU_ASSERT_EQUAL(scene_evidence(&s, flow, EVIDENCE_MTLS_INHERITED)->value, shown[i]);
		scene_close(&s);
	}
}

static void a_session_that_was_not_seen_to_begin_stays_hidden(void)
{
	unsigned unseen, requested, early, other_client, other_server, other_port, other_session;

	scene_open(&s, NULL,
		   "site: s\nroles: {client: [10.0.0.5, 10.0.0.6], server: [10.1.0.1], "
		   "edge: [192.0.2.10, 192.0.2.11], dhcp: [10.1.0.99], partner: [any]}\n");
	early = handshake(PARTNER ":40000", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	handshake(PARTNER ":40001", EDGE ":5061", CLIENT_AUTH_DECLINED, 7);
	handshake(PARTNER ":40001", EDGE ":5062", CLIENT_AUTH_DECLINED, 9);
	handshake(PARTNER ":40008", EDGE ":5061", CLIENT_AUTH_UNSEEN, 11);
	handshake(PARTNER ":40009", EDGE ":5061", CLIENT_AUTH_REQUESTED, 12);
	other_client = handshake("198.51.100.8:40002", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	other_server =
		handshake(PARTNER ":40003", "192.0.2.11:5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	other_port = handshake(PARTNER ":40004", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 9);
	other_session = handshake(PARTNER ":40005", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 8);
	unseen = handshake(PARTNER ":40006", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 11);
	requested = handshake(PARTNER ":40007", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 12);
	scene_settle(&s);
	SAID(&s, early, "expected established", "mtls-in", "mtls_hidden");
	SAID(&s, other_client, "expected established", "mtls-in", "mtls_hidden");
	SAID(&s, other_server, "expected established", "mtls-in", "mtls_hidden");
	SAID(&s, other_port, "expected established", "mtls-in", "mtls_hidden");
	SAID(&s, other_session, "expected established", "mtls-in", "mtls_hidden");
	SAID(&s, unseen, "expected established", "mtls-in", "mtls_hidden");
	SAID(&s, requested, "expected established", "mtls-in", "mtls_hidden");
	scene_close(&s);
}

/* The same id begun again: what counts is the last session before. */
static void the_last_beginning_counts(void)
{
	unsigned first, second;

	scene_open(&s, NULL, NULL);
	handshake(PARTNER ":40001", EDGE ":5061", CLIENT_AUTH_PROVEN, 7);
	first = handshake(PARTNER ":40002", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	handshake(PARTNER ":40003", EDGE ":5061", CLIENT_AUTH_DECLINED, 7);
	second = handshake(PARTNER ":40004", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	scene_settle(&s);
	SAME(scene_said(&s, first), "expected established");
	SAME(scene_said(&s, second), "mismatch established");
	scene_close(&s);
}

static void it_may_have_begun_in_another_capture(void)
{
	unsigned flow;

	scene_open(&s, NULL, NULL);
	handshake(PARTNER ":40001", EDGE ":5061", CLIENT_AUTH_DECLINED, 7);
	scene_capture(&s, 1, 100, 160);
	flow = handshake(PARTNER ":40002", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	scene_settle(&s);
	SAME(scene_said(&s, flow), "mismatch established");
	CU_ASSERT_EQUAL(scene_evidence(&s, flow, EVIDENCE_MTLS_INHERITED)->elsewhere, 1);
	scene_close(&s);
}

/* Files may be given in any order: what counts is when it happened. */
static void earlier_is_earlier_in_time(void)
{
	unsigned flow;

	scene_open(&s, NULL, NULL);
	s.now_ns = SCENE_T0 + 1000 * NS_PER_S;
	flow = handshake(PARTNER ":40002", EDGE ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	scene_capture(&s, 1, 0, 60);
	s.now_ns = SCENE_T0;
	handshake(PARTNER ":40001", EDGE ":5061", CLIENT_AUTH_DECLINED, 7);
	s.now_ns = SCENE_T0 + 2000 * NS_PER_S;
	handshake(PARTNER ":40003", EDGE ":5061", CLIENT_AUTH_PROVEN, 7);
	scene_settle(&s);
	SAID(&s, flow, "mismatch established", "mtls-in", "mtls_hidden mtls_inherited");
	CU_ASSERT_EQUAL(scene_evidence(&s, flow, EVIDENCE_MTLS_INHERITED)->elsewhere, 2);
	scene_close(&s);
}

/* Only rows that ask for a certificate lose by it. */
static void a_row_of_plain_tls_is_left(void)
{
	static const char rows[] =
		"- {id: d/t/mutual, l4: tcp, proto: sip/mtls, from: client, to: server, dport: "
		"5061, need: required}\n"
		"- {id: d/t/plain, l4: tcp, proto: sip/tls, from: client, to: server, dport: "
		"5061, need: required}\n";
	unsigned flow, plain;

	scene_open(&s, rows, NULL);
	handshake(CLIENT ":40001", SERVER ":5061", CLIENT_AUTH_NOT_REQUESTED, 7);
	flow = handshake(CLIENT ":40002", SERVER ":5061", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	scene_settle(&s);
	SAID(&s, flow, "expected established", "plain", "mtls_hidden mtls_inherited");
	scene_close(&s);
	/* Where no row asks for one it is not worth a word. */
	scene_open(&s, NULL, NULL);
	handshake(CLIENT ":40001", SERVER ":5067", CLIENT_AUTH_NOT_REQUESTED, 7);
	plain = handshake(CLIENT ":40002", SERVER ":5067", CLIENT_AUTH_HIDDEN_RESUMED, 7);
	scene_settle(&s);
	SAID(&s, plain, "expected established", "tls", "");
	scene_close(&s);
}

extern CU_TestInfo tests_resumed[];
CU_TestInfo tests_resumed[] = {
	{ "a session keeps its certificate", a_session_keeps_its_certificate },
	{ "a session without certificate stays a mismatch",
	  a_session_without_certificate_stays_a_mismatch },
	{ "a session that was not seen to begin stays hidden",
	  a_session_that_was_not_seen_to_begin_stays_hidden },
	{ "the last beginning counts", the_last_beginning_counts },
	{ "it may have begun in another capture", it_may_have_begun_in_another_capture },
	{ "earlier is earlier in time", earlier_is_earlier_in_time },
	{ "a row of plain TLS is left", a_row_of_plain_tls_is_left },
	CU_TEST_INFO_NULL,
};
