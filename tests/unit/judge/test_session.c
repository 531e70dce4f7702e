/* ICE checks by media session (judge/session.c). */
#include "judge/scene.h"

#include <stdio.h>

#define PEER   SERVER ":50002"
#define PEER_2 SERVER ":50004"
#define PEER_3 SERVER_2 ":50006"

/* A pair that carries this session's user names; 0: none. */
static void begin_check(struct scene *s, struct talk *t, const char *from, const char *to,
			uint64_t session, unsigned sent)
{
	talk_udp(s, t, from, to, sent);
	talk_app(t, APP_STUN);
	t->ident.client = t->end[0];
	t->ident.stun.session = session;
	t->ident.stun_sent = (uint8_t)sent;
}

/* Unanswered, @sent times. */
static unsigned silent(struct scene *s, const char *from, const char *to, uint64_t session,
		       unsigned sent)
{
	struct talk t;

	begin_check(s, &t, from, to, session, sent);
	return scene_judge(s, &t);
}

static unsigned worked(struct scene *s, const char *from, const char *to, uint64_t session)
{
	struct talk t;

	begin_check(s, &t, from, to, session, 1);
	talk_data(&t, 1);
	t.ident.stun_answers = 1;
	t.ident.accepted_frame = t.flow.first_frame + 11;
	t.ident.stun.checked = true;
	return scene_judge(s, &t);
}

/* With a control for each client. */
static void open_scene(struct scene *s)
{
	scene_open(s, NULL, NULL);
	scene_control(s, CLIENT ":40000", SERVER ":80");
	scene_control(s, CLIENT_2 ":40000", SERVER ":80");
}

/* Facts 0.6: five unanswered checks of a call that works. */
static void one_pair_that_works_makes_the_others_normal(void)
{
	struct scene s;
	const struct evidence *e;
	unsigned a, b, c;

	open_scene(&s);
	a = silent(&s, CLIENT ":50001", PEER, 7, 5);
	b = worked(&s, CLIENT ":50001", PEER_2, 7);
	c = worked(&s, CLIENT ":50003", PEER_3, 7);
	scene_settle(&s);
	SAID(&s, a, "inconclusive unknown", "media>wide",
	     "stun_unanswered peer_unverified ice_session_works");
	e = scene_evidence(&s, a, EVIDENCE_ICE_SESSION_WORKS);
	CU_ASSERT_EQUAL(e->value, 2);
	CU_ASSERT_EQUAL(e->frames[0], scene_flow(&s, b)->first_frame);
	CU_ASSERT_EQUAL(e->frames[1], scene_flow(&s, c)->first_frame);
	CU_ASSERT_EQUAL(e->frames[2], 0);
	CU_ASSERT_EQUAL(e->elsewhere, 1); /* other flows' frames */
	CU_ASSERT_EQUAL(scene_flow(&s, b)->verdict, VERDICT_EXPECTED);
	scene_close(&s);
}

/* A row must not become seen by a check that nobody answered. */
static void silent_pair_never_shows_its_row(void)
{
	struct scene s;
	const struct row_coverage *row;

	open_scene(&s);
	silent(&s, CLIENT ":50001", PEER, 7, 5);
	worked(&s, CLIENT ":50001", "198.51.100.7:50004", 7);
	scene_settle(&s);
	row = &s.ledger.coverage[policy_find_row(s.policy, "d/t/media")];
	CU_ASSERT_EQUAL(row->state, ROW_INCONCLUSIVE);
	scene_close(&s);
}

static void no_pair_of_a_session_is_blocked(void)
{
	struct scene s;
	const struct evidence *e;
	unsigned a, b;

	open_scene(&s);
	a = silent(&s, CLIENT ":50001", PEER, 7, 2);
	b = silent(&s, CLIENT ":50003", PEER_2, 7, 1);
	scene_settle(&s);
	SAID(&s, a, "blocked no_reply network likely", "media>wide",
	     "stun_unanswered peer_unverified ice_session_failed");
	SAME(scene_said(&s, b), "blocked no_reply network likely");
	CU_ASSERT_NOT_EQUAL(scene_flow(&s, a)->control_kind, CONTROL_NONE);
	e = scene_evidence(&s, b, EVIDENCE_ICE_SESSION_FAILED);
	CU_ASSERT_EQUAL(e->value, 2);
	CU_ASSERT_EQUAL(e->value2, 3);
	CU_ASSERT_EQUAL(e->elsewhere, 0);
	CU_ASSERT_EQUAL(e->frames[0], scene_flow(&s, a)->first_frame);
	CU_ASSERT_EQUAL(e->frames[1], scene_flow(&s, b)->first_frame);
	scene_close(&s);
}

static void two_requests_are_too_few(void)
{
	struct scene s;
	unsigned a;

	open_scene(&s);
	a = silent(&s, CLIENT ":50001", PEER, 7, 1);
	silent(&s, CLIENT ":50003", PEER_2, 7, 1);
	scene_settle(&s);
	SAID(&s, a, "inconclusive unknown", "media>wide",
	     "stun_unanswered peer_unverified silence_is_normal");
	scene_close(&s);
}

static void sessions_are_kept_apart(void)
{
	struct scene s;
	unsigned a, b, c;

	open_scene(&s);
	a = silent(&s, CLIENT ":50001", PEER, 7, 5);
	worked(&s, CLIENT ":50001", PEER_2, 8); /* the same port, another session */
	b = silent(&s, CLIENT ":50005", PEER, 8, 5);
	scene_capture(&s, 1, 0, 60);
	scene_control(&s, CLIENT ":40000", SERVER ":80");
	c = silent(&s, CLIENT ":50005", PEER, 8, 5);
	scene_settle(&s);
	SAME(scene_said(&s, a), "blocked no_reply network likely");
	SAME(scene_said(&s, b), "inconclusive unknown");
	SAME(scene_said(&s, c), "blocked no_reply network likely");
	scene_close(&s);
}

static void checks_without_names_go_by_their_port(void)
{
	struct scene s;
	struct talk t;
	unsigned a, b, c;

	open_scene(&s);
	a = silent(&s, CLIENT ":50001", PEER, 0, 5);
	b = silent(&s, CLIENT ":50003", PEER, 0, 5);
	c = silent(&s, CLIENT_2 ":50001", PEER, 0, 5);
	/* The peer asked first, and it went both ways. */
	begin_check(&s, &t, PEER_2, CLIENT ":50001", 0, 1);
	talk_data(&t, 1);
	t.ident.stun_answers = 1;
	t.ident.stun.checked = true;
	scene_judge(&s, &t);
	scene_settle(&s);
	SAME(scene_said(&s, a), "inconclusive unknown");
	CU_ASSERT_EQUAL(scene_evidence(&s, a, EVIDENCE_ICE_SESSION_WORKS)->value, 1);
	SAME(scene_said(&s, b), "blocked no_reply network likely");
	SAME(scene_said(&s, c), "blocked no_reply network likely");
	scene_close(&s);
}

/* A STUN server that tells the client its address is no candidate pair. */
static void a_stun_server_is_no_pair(void)
{
	struct scene s;
	unsigned a;

	open_scene(&s);
	a = silent(&s, CLIENT ":50001", PEER, 0, 5);
	worked(&s, CLIENT ":50001", EDGE ":3478", 0);
	scene_settle(&s);
	SAME(scene_said(&s, a), "blocked no_reply network likely");
	scene_close(&s);
}

/* Media through the relay is media: the direct pairs may fail. */
static void a_relayed_pair_counts_when_its_check_was_answered(void)
{
	for (unsigned names = 0; names < 2; names++) {
		for (unsigned checked = 0; checked < 2; checked++) {
			struct scene s;
			struct talk t;
			unsigned a;

			open_scene(&s);
			a = silent(&s, CLIENT ":50001", PEER, names ? 7 : 0, 5);
			talk_udp(&s, &t, CLIENT ":50001", EDGE ":3478", 1);
			talk_data(&t, 1);
			talk_app(&t, APP_MSTURN);
			t.ident.client = t.end[0];
			t.ident.stun_answers = 1;
			t.ident.stun.session = names ? 7 : 0;
			t.ident.stun.checked = checked;
			scene_judge(&s, &t);
			scene_settle(&s);
			SAME(scene_said(&s, a),
			     checked ? "inconclusive unknown" : "blocked no_reply network likely");
			scene_close(&s);
		}
	}
}

/* The capture begins within a call: what opened its path came before. */
static void media_takes_silence_its_meaning(void)
{
	/* On the same port; on a pair of the same name, whose answers were lost; over TCP. */
	static const struct {
		const char *from;
		uint64_t session;
		uint8_t l4;
		bool tells;
	} flows[] = {
		{ CLIENT ":50001", 0, 17, true },
		{ CLIENT ":50009", 7, 17, true },
		{ CLIENT ":50009", 0, 17, false },
		{ CLIENT ":50001", 0, 6, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flows); i++) {
		struct scene s;
		struct talk t;
		unsigned a;

		open_scene(&s);
		a = silent(&s, CLIENT ":50001", PEER, 7, 5);
		talk_udp(&s, &t, flows[i].from, PEER_2, 9);
		talk_data(&t, 1);
		talk_app(&t, APP_RTP);
		t.ident.stun.session = flows[i].session;
		scene_flow(&s, scene_judge(&s, &t))->key.l4 = flows[i].l4;
		scene_settle(&s);
		SAID(&s, a,
		     flows[i].tells ? "inconclusive unknown" : "blocked no_reply network likely",
		     "media>wide",
		     flows[i].tells ? "stun_unanswered peer_unverified silence_is_normal"
				    : "stun_unanswered peer_unverified ice_session_failed");
		scene_close(&s);
	}
}

/* An error is an answer: the path is open, whatever the check is worth. */
static void an_error_is_an_answer(void)
{
	struct scene s;
	struct talk t;
	unsigned a, b;

	open_scene(&s);
	a = silent(&s, CLIENT ":50001", PEER, 7, 5);
	begin_check(&s, &t, CLIENT ":50001", PEER_2, 7, 1);
	talk_data(&t, 1);
	t.ident.stun_answers = 1;
	talk_answer(&t, APP_STUN, 400);
	b = scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, a, "inconclusive unknown", "media>wide",
	     "stun_unanswered peer_unverified silence_is_normal");
	SAME(scene_said(&s, b), "blocked aborted application proven");
	scene_close(&s);
}

/* Both ends ask and neither is answered: the capture holds both, the pair has failed. */
static void requests_both_ways_are_no_answer(void)
{
	struct scene s;
	struct talk t;
	unsigned a;

	open_scene(&s);
	begin_check(&s, &t, CLIENT ":50001", PEER, 7, 4);
	talk_data(&t, 1);
	t.ident.stun_sent = 5;
	t.ident.datagrams[0] = 4;
	t.ident.datagrams[1] = 1;
	a = scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, a, "blocked no_reply network likely", "media>wide",
	     "stun_unanswered peer_unverified ice_session_failed");
	scene_close(&s);
}

static void icmp_decides_its_own_flow_only(void)
{
	struct scene s;
	struct talk t;
	unsigned a, b, c;

	open_scene(&s);
	begin_check(&s, &t, CLIENT ":50001", PEER, 7, 5);
	talk_icmp(&t, 3, 13, FIREWALL, 0);
	a = scene_judge(&s, &t);
	begin_check(&s, &t, CLIENT ":50001", PEER_2, 7, 5);
	talk_icmp(&t, 3, 3, SERVER, 0);
	b = scene_judge(&s, &t);
	c = silent(&s, CLIENT ":50001", PEER_3, 7, 5);
	worked(&s, CLIENT ":50003", PEER, 7);
	scene_settle(&s);
	SAID(&s, a, "blocked prohibited network proven", "media>wide",
	     "icmp_admin_prohibited peer_unverified");
	SAID(&s, b, "inconclusive unknown", "media>wide",
	     "icmp_port_unreachable peer_unverified ice_session_works");
	SAME(scene_said(&s, c), "inconclusive unknown");
	scene_close(&s);
}

static void refused_by_every_host(void)
{
	struct scene s;
	struct talk t;
	unsigned a;

	open_scene(&s);
	begin_check(&s, &t, CLIENT ":50001", PEER, 7, 5);
	talk_icmp(&t, 3, 3, SERVER, 0);
	a = scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, a, "blocked refused host likely", "media>wide",
	     "icmp_port_unreachable peer_unverified ice_session_failed");
	scene_close(&s);
}

static void without_a_control_nothing_is_blocked(void)
{
	struct scene s;
	unsigned a;

	scene_open(&s, NULL, NULL);
	scene_control(&s, CLIENT_2 ":40000", CLIENT ":80"); /* the client can be reached */
	a = silent(&s, CLIENT ":50001", PEER, 7, 9);
	scene_settle(&s);
	SAID(&s, a, "inconclusive unknown", "media>wide",
	     "stun_unanswered peer_unverified silence_is_normal");
	scene_close(&s);
	/* Nor where the capture holds one direction only. */
	scene_open(&s, NULL, NULL);
	a = silent(&s, CLIENT ":50001", PEER, 7, 9);
	scene_settle(&s);
	SAID(&s, a, "inconclusive one_sided", "media>wide",
	     "stun_unanswered peer_unverified single_direction");
	scene_close(&s);
}

static void a_capture_that_ends_soon_needs_retransmissions(void)
{
	for (unsigned sent = 2; sent <= 3; sent++) {
		struct scene s;
		unsigned a;

		open_scene(&s);
		s.ledger.captures[0].last_ns = SCENE_T0 + 5 * NS_PER_S;
		a = silent(&s, CLIENT ":50001", PEER, 7, sent);
		silent(&s, CLIENT ":50003", PEER_2, 7, 2);
		scene_settle(&s);
		SAID(&s, a, sent == 3 ? "blocked no_reply network likely" : "inconclusive unknown",
		     "media>wide",
		     sent == 3 ? "stun_unanswered peer_unverified ice_session_failed"
			       : "stun_unanswered peer_unverified capture_ends_soon");
		scene_close(&s);
	}
}

static void checks_that_no_row_documents_stay_rejected(void)
{
	struct scene s;
	unsigned a;

	open_scene(&s);
	a = silent(&s, CLIENT ":900", "198.51.100.9:900", 7, 5);
	worked(&s, CLIENT ":50001", PEER, 7);
	scene_settle(&s);
	SAME(scene_said(&s, a), "rejected no_reply");
	scene_close(&s);
}

/* A thousand pairs of one session, ten thousand of others: one look each. */
static void many_sessions(void)
{
	struct scene s;
	struct talk t;
	char from[32];

	open_scene(&s);
	for (unsigned i = 0; i < 11000; i++) {
		snprintf(from, sizeof(from), "10.0.0.5:%u", 20000 + i);
		begin_check(&s, &t, from, PEER, i < 1000 ? 1 : i, 1);
		scene_judge(&s, &t);
	}
	worked(&s, CLIENT ":50001", PEER_2, 1);
	scene_settle(&s);
	SAME(scene_said(&s, 2), "inconclusive unknown");
	CU_ASSERT_EQUAL(scene_evidence(&s, 1001, EVIDENCE_ICE_SESSION_WORKS)->value, 1);
	SAME(scene_codes(&s, 5000), "stun_unanswered peer_unverified silence_is_normal");
	scene_close(&s);
}

extern CU_TestInfo tests_session[];
CU_TestInfo tests_session[] = {
	{ "one pair that works makes the others normal",
	  one_pair_that_works_makes_the_others_normal },
	{ "a silent pair never shows its row", silent_pair_never_shows_its_row },
	{ "a session of which no pair was answered is blocked", no_pair_of_a_session_is_blocked },
	{ "two requests are too few", two_requests_are_too_few },
	{ "sessions and captures are kept apart", sessions_are_kept_apart },
	{ "checks without user names go by their port", checks_without_names_go_by_their_port },
	{ "a STUN server is no pair", a_stun_server_is_no_pair },
	{ "a relayed pair counts when its check was answered",
	  a_relayed_pair_counts_when_its_check_was_answered },
	{ "media takes silence its meaning", media_takes_silence_its_meaning },
	{ "an error is an answer", an_error_is_an_answer },
	{ "requests both ways are no answer", requests_both_ways_are_no_answer },
	{ "an ICMP error decides its own flow only", icmp_decides_its_own_flow_only },
	{ "a session that every host refuses is blocked by the host", refused_by_every_host },
	{ "without a control nothing is blocked", without_a_control_nothing_is_blocked },
	{ "a capture that ends soon needs retransmissions",
	  a_capture_that_ends_soon_needs_retransmissions },
	{ "checks that no row documents stay rejected",
	  checks_that_no_row_documents_stay_rejected },
	{ "many sessions are kept apart", many_sessions },
	CU_TEST_INFO_NULL
};
