/* Requests that were answered from another address (judge/elsewhere.c). */
#include "judge/scene.h"

#define RELAY_2 "192.0.2.14"
#define RELAY_3 "192.0.2.15"

/* Nine datagrams to a relay that never answers there. */
static unsigned asked(struct scene *s, const char *from, const char *to, uint64_t transaction)
{
	struct talk t;

	talk_udp(s, &t, from, to, 9);
	talk_app(&t, APP_MSTURN);
	t.ident.client = t.end[0];
	t.ident.transaction = transaction;
	return scene_judge(s, &t);
}

/* An answer, and nothing else, from a relay. */
static void begin_answer(struct scene *s, struct talk *t, const char *from, const char *to,
			 uint64_t transaction)
{
	talk_udp(s, t, from, to, 1);
	talk_app(t, APP_MSTURN);
	t->ident.client = t->end[1];
	t->ident.transaction = t->ident.stray = transaction;
	t->ident.stray_frame = t->flow.first_frame + 3;
	t->ident.answers = true;
}

static unsigned answered(struct scene *s, const char *from, const char *to, uint64_t transaction)
{
	struct talk t;

	begin_answer(s, &t, from, to, transaction);
	return scene_judge(s, &t);
}

/* A relay that was asked, answered, and sent one answer more than it was asked for. */
static void begin_spare(struct scene *s, struct talk *t, const char *from, const char *to,
			uint64_t stray)
{
	talk_udp(s, t, from, to, 1);
	talk_data(t, 1);
	talk_app(t, APP_MSTURN);
	t->ident.client = t->end[0];
	t->ident.transaction = 1001;
	t->ident.stray = stray;
	t->ident.stray_frame = t->flow.first_frame + 5;
}

static void open_scene(struct scene *s)
{
	scene_open(s, NULL, NULL);
	scene_control(s, CLIENT ":50000", EDGE ":80");
}

/* Facts 0.5. */
static void alternate_server_answers(void)
{
	struct scene s;
	const struct evidence *e;
	char text[ADDRESS_TEXT];
	unsigned q, a;

	open_scene(&s);
	q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
	a = answered(&s, RELAY_2 ":3478", CLIENT ":50001", 77);
	scene_settle(&s);
	SAID(&s, q, "expected established", "stun>wide", "stun_unanswered answered_elsewhere");
	e = scene_evidence(&s, q, EVIDENCE_ANSWERED_ELSEWHERE);
	SAME(address_text(&e->from, text), RELAY_2);
	CU_ASSERT_EQUAL(e->frames[0], scene_flow(&s, a)->first_frame + 3);
	CU_ASSERT_EQUAL(e->value, 0);
	/* And the answer is one. */
	CU_ASSERT_EQUAL(scene_flow(&s, a)->outcome, OUTCOME_ESTABLISHED);
	e = scene_evidence(&s, a, EVIDENCE_ANSWERED_ELSEWHERE);
	SAME(address_text(&e->from, text), EDGE);
	CU_ASSERT_EQUAL(e->frames[0], scene_flow(&s, q)->first_frame);
	CU_ASSERT_EQUAL(e->value, 1);
	scene_close(&s);
}

/* DHCP: asked of everybody, answered to everybody; neither end of the answer initiates. */
static void answer_to_everybody_comes_from_its_sender(void)
{
	struct scene s;
	struct talk t;
	char text[ADDRESS_TEXT];
	unsigned q, a;

	scene_open(&s, NULL, NULL);
	talk_udp(&s, &t, "0.0.0.0:68", "255.255.255.255:67", 1);
	talk_app(&t, APP_DHCP);
	t.ident.transaction = 77;
	q = scene_judge(&s, &t);
	talk_udp(&s, &t, "10.1.0.99:67", "255.255.255.255:68", 1);
	talk_app(&t, APP_DHCP);
	t.ident.transaction = t.ident.stray = 77;
	t.ident.answers = true;
	a = scene_judge(&s, &t);
	scene_settle(&s);
	CU_ASSERT_EQUAL(scene_flow(&s, q)->outcome, OUTCOME_ESTABLISHED);
	SAME(address_text(&scene_evidence(&s, q, EVIDENCE_ANSWERED_ELSEWHERE)->from, text),
	     "10.1.0.99");
	SAME(address_text(&scene_evidence(&s, a, EVIDENCE_ANSWERED_ELSEWHERE)->from, text),
	     "255.255.255.255");
	scene_close(&s);
}

static void other_transactions_answer_nothing(void)
{
	struct scene s;
	unsigned q, other;

	open_scene(&s);
	/* From another client port, so that nothing but the transaction could join them. */
	q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
	other = answered(&s, RELAY_2 ":3478", CLIENT ":50002", 78);
	answered(&s, RELAY_3 ":3478", CLIENT ":50003", 0);
	asked(&s, CLIENT ":50004", RELAY_3 ":3478", 77); /* the same question again */
	scene_settle(&s);
	CU_ASSERT_EQUAL(scene_flow(&s, q)->verdict, VERDICT_BLOCKED);
	CU_ASSERT_EQUAL(scene_flow(&s, other)->outcome, OUTCOME_ONE_SIDED);
	CU_ASSERT_EQUAL(scene_flow(&s, 4)->outcome, OUTCOME_NO_REPLY);
	scene_close(&s);
}

static void answers_keep_to_their_capture_and_transport(void)
{
	for (unsigned what = 0; what < 3; what++) {
		struct scene s;
		unsigned q, a;

		open_scene(&s);
		q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
		if (what == 1)
			scene_capture(&s, 1, 0, 60);
		a = answered(&s, RELAY_2 ":3478", CLIENT ":50001", 77);
		if (what == 2)
			scene_flow(&s, a)->key.l4 = 6;
		scene_settle(&s);
		CU_ASSERT_EQUAL(scene_flow(&s, q)->outcome == OUTCOME_ESTABLISHED, what == 0);
		scene_close(&s);
	}
}

static void answer_in_another_file_names_it(void)
{
	struct scene s;
	const struct evidence *e;
	unsigned q, a;

	open_scene(&s);
	q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
	scene_capture(&s, 0, 60, 120);
	a = answered(&s, RELAY_2 ":3478", CLIENT ":50001", 77);
	scene_settle(&s);
	e = scene_evidence(&s, q, EVIDENCE_ANSWERED_ELSEWHERE);
	CU_ASSERT_EQUAL(e->elsewhere, 2);
	CU_ASSERT_EQUAL(e->frames[0], settle_clue(&s.ledger, scene_flow(&s, a), CLUE_STRAY)->frame);
	scene_close(&s);
}

static void what_is_refused_stays_refused(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	talk_udp(&s, &t, CLIENT ":50001", EDGE ":3478", 9);
	talk_icmp(&t, 3, 13, FIREWALL, 0);
	t.looked = true;
	t.ident.transaction = 77;
	scene_judge(&s, &t);
	answered(&s, RELAY_2 ":3478", CLIENT ":50001", 77);
	scene_settle(&s);
	SAID(&s, 0, "blocked prohibited network proven", "stun",
	     "icmp_admin_prohibited protocol_unverified");
	scene_close(&s);
}

/* The first request of a flow was lost, its second answered: other ids, the same ports. */
static void answer_to_a_later_request_is_found_by_the_ports(void)
{
	struct scene s;
	unsigned q, a;

	open_scene(&s);
	q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
	a = answered(&s, RELAY_2 ":3478", CLIENT ":50001", 78);
	scene_settle(&s);
	SAID(&s, q, "expected established", "stun>wide", "stun_unanswered answered_elsewhere");
	CU_ASSERT_EQUAL(scene_flow(&s, a)->outcome, OUTCOME_ESTABLISHED);
	CU_ASSERT_EQUAL(scene_evidence(&s, a, EVIDENCE_ANSWERED_ELSEWHERE)->value, 1);
	scene_close(&s);
}

static void ports_that_differ_join_nothing(void)
{
	static const struct {
		const char *from, *to;
	} answers[] = {
		{ RELAY_2 ":3478", CLIENT ":50002" },   /* another client port */
		{ RELAY_2 ":3478", CLIENT_2 ":50001" }, /* another client */
		{ RELAY_2 ":3479", CLIENT ":50001" },   /* another server port */
	};

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct scene s;
		unsigned q;

		open_scene(&s);
		q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
		answered(&s, answers[i].from, answers[i].to, 78);
		scene_settle(&s);
		SAID(&s, q, "blocked no_reply network likely", "stun>wide", "stun_unanswered");
		scene_close(&s);
	}
}

/*
 * The relay named 192.0.2.10 for the next request and its own address answers it:
 * the answer is told from those it owed, and the server by its name.
 */
static void relay_that_named_the_server_answers(void)
{
	for (unsigned named = 0; named < 2; named++) {
		struct scene s;
		struct talk t;
		unsigned q;

		open_scene(&s);
		q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
		begin_spare(&s, &t, CLIENT ":50001", RELAY_2 ":3479", 78);
		if (named) {
			t.ident.stun.alternate = scene_flow(&s, q)->key.addr[1];
			t.ident.stun.alternate_port = 3478;
			t.ident.stun.alternate_frame = t.flow.first_frame + 4;
			CU_ASSERT_EQUAL(scene_flow(&s, q)->initiator, 0);
		}
		scene_judge(&s, &t);
		scene_settle(&s);
		CU_ASSERT_EQUAL(scene_flow(&s, q)->outcome == OUTCOME_ESTABLISHED, named == 1);
		scene_close(&s);
	}
}

/*
 * A firewall that lets the relay's first address pass and not the one it names: the
 * challenge was answered, the next request never.  No answer is left over for it.
 */
static void silent_alternate_server_is_blocked(void)
{
	struct scene s;
	struct talk t;
	unsigned q;

	open_scene(&s);
	begin_spare(&s, &t, CLIENT ":50001", RELAY_2 ":3478", 0);
	t.ident.stun.alternate_port = 3478;
	t.ident.stun.alternate_frame = t.flow.first_frame + 4;
	scene_judge(&s, &t);
	q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
	scene_settle(&s);
	SAID(&s, q, "blocked no_reply network likely", "stun>wide", "stun_unanswered");
	scene_close(&s);
}

/* An answer whose request is known vouches for no other request of that port. */
static void answer_that_is_accounted_for_is_no_spare(void)
{
	struct scene s;
	unsigned q, other;

	open_scene(&s);
	q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
	other = asked(&s, CLIENT ":50001", RELAY_3 ":3478", 78);
	answered(&s, RELAY_2 ":3478", CLIENT ":50001", 78);
	scene_settle(&s);
	CU_ASSERT_EQUAL(scene_flow(&s, other)->outcome, OUTCOME_ESTABLISHED);
	CU_ASSERT_EQUAL(scene_flow(&s, q)->outcome, OUTCOME_NO_REPLY);
	scene_close(&s);
}

static void answer_before_the_request_is_no_answer(void)
{
	struct scene s;
	unsigned q;

	open_scene(&s);
	answered(&s, RELAY_2 ":3478", CLIENT ":50001", 78);
	s.now_ns += 10 * NS_PER_S;
	q = asked(&s, CLIENT ":50001", EDGE ":3478", 77);
	scene_settle(&s);
	CU_ASSERT_EQUAL(scene_flow(&s, q)->outcome, OUTCOME_NO_REPLY);
	scene_close(&s);
}

extern CU_TestInfo tests_elsewhere[];
CU_TestInfo tests_elsewhere[] = {
	{ "an alternate server answers, and both flows are established", alternate_server_answers },
	{ "an answer to everybody comes from its sender",
	  answer_to_everybody_comes_from_its_sender },
	{ "other transactions answer nothing", other_transactions_answer_nothing },
	{ "an answer belongs to its capture and transport",
	  answers_keep_to_their_capture_and_transport },
	{ "an answer in another file names that file", answer_in_another_file_names_it },
	{ "what was refused stays refused", what_is_refused_stays_refused },
	{ "an answer to a later request is found by the ports",
	  answer_to_a_later_request_is_found_by_the_ports },
	{ "ports that differ join nothing", ports_that_differ_join_nothing },
	{ "the relay that named the server may answer for it",
	  relay_that_named_the_server_answers },
	{ "an alternate server that stays silent is blocked", silent_alternate_server_is_blocked },
	{ "an answer that is accounted for is no spare", answer_that_is_accounted_for_is_no_spare },
	{ "an answer before the request is no answer", answer_before_the_request_is_no_answer },
	CU_TEST_INFO_NULL
};
