/* The same flow in captures of two points (judge/twin.c). */
#include "judge/scene.h"

#include <string.h>

#define FROM CLIENT ":50001"
#define TO   SERVER ":5060"

enum { NEAR, FAR };

/* Two captures of a minute: at the client, and one router further on. */
static void open_both(struct scene *s)
{
	scene_open(s, NULL, NULL);
	s->ledger.captures[0].last_ns = SCENE_T0 + 120 * NS_PER_S;
	scene_capture(s, 1, 0, 120);
}

static void captured_at(struct talk *t, unsigned point)
{
	t->flow.input = (uint16_t)point;
	t->flow.ttl[t->end[0]] = point == NEAR ? 128 : 127;
}

/* Another flow of two hosts that works, captured at @point. */
static void works(struct scene *s, unsigned point, const char *from, const char *to)
{
	struct talk t;

	talk_tcp(s, &t, from, to);
	talk_data_both(&t);
	captured_at(&t, point);
	t.flow.last_ns += 60 * NS_PER_S;
	scene_judge(s, &t);
}

/* SYNs without an answer, as the client's side shows them. */
static void silent(struct scene *s, struct talk *t, unsigned syns)
{
	talk_syn(s, t, FROM, TO, syns);
	t->notes.syn.isn = 7;
	captured_at(t, NEAR);
}

/* The same SYNs further on, where a SYN-ACK answered that nobody acknowledged. */
static void answered(struct scene *s, struct talk *t)
{
	talk_tcp(s, t, FROM, TO);
	t->flow.state = FLOW_SYN_ACKED;
	t->flow.packets[t->end[0]] = 1;
	t->notes.syn.isn = 7;
	captured_at(t, FAR);
}

/*
 * Judge what the two points hold; the near flow is the first one after another that
 * works, which is @seen to be of the same hosts.
 */
static void settle_both(struct scene *s, struct talk *near, struct talk *far, bool seen)
{
	works(s, NEAR, seen ? CLIENT ":50000" : CLIENT_2 ":50000",
	      seen ? SERVER ":80" : EDGE ":80");
	scene_judge(s, near);
	if (far != NULL)
		scene_judge(s, far);
	scene_settle(s);
}

static void an_answer_on_one_side_only(void)
{
	struct scene s;
	struct talk near, far;
	const struct evidence *e;

	open_both(&s);
	silent(&s, &near, 3);
	answered(&s, &far);
	near.flow.first_frame += 1000; /* behind its control */
	settle_both(&s, &near, &far, true);
	SAID(&s, 1, "blocked no_reply network proven", "sip",
	     "syn_unanswered protocol_unverified twin_answered");
	e = scene_evidence(&s, 1, EVIDENCE_TWIN_ANSWERED);
	CU_ASSERT_EQUAL(e->elsewhere, 1 + FAR);
	CU_ASSERT_EQUAL(e->frames[0], far.notes.synack_frame);
	CU_ASSERT_EQUAL(scene_evidence(&s, 1, EVIDENCE_SYN_UNANSWERED)->elsewhere, 0);
	scene_close(&s);
}

/* Each one thing that leaves it open where, or whether, the answer was lost. */
static void an_answer_that_may_have_been_lost_otherwise(void)
{
	for (unsigned how = 0; how < 5; how++) {
		struct scene s;
		struct talk near, far;

		open_both(&s);
		silent(&s, &near, how == 0 ? 1 : 3);
		answered(&s, &far);
		near.flow.first_frame += 1000;
		if (how == 1) /* the box that answers stands nearer the client */
			far.flow.ttl[far.end[0]] = 129;
		if (how == 2) /* another connection */
			far.notes.syn.isn = 8;
		if (how == 3) /* the far side is the same capture: files of one set */
			s.ledger.captures[FAR].group = 0;
		/* Nothing shows that the near point sees answers at all. */
		settle_both(&s, &near, &far, how != 4);
		SAME(scene_said(&s, 1), how < 2 || how == 4 ? "inconclusive unknown"
							    : "blocked no_reply network likely");
		scene_close(&s);
	}
}

static void an_answer_that_was_heard(void)
{
	struct scene s;
	struct talk near, far;

	/* The far side shows that the connection opened: the near one lacks the answers. */
	open_both(&s);
	silent(&s, &near, 3);
	near.flow.first_frame += 1000;
	talk_tcp(&s, &far, FROM, TO);
	talk_data_both(&far);
	far.notes.syn.isn = 7;
	captured_at(&far, FAR);
	settle_both(&s, &near, &far, true);
	SAID(&s, 1, "inconclusive one_sided", "sip",
	     "syn_unanswered protocol_unverified answer_not_captured");
	CU_ASSERT_EQUAL(scene_evidence(&s, 1, EVIDENCE_ANSWER_NOT_CAPTURED)->elsewhere, 1 + FAR);
	scene_close(&s);
}

/* Three STUN requests at one point, and at @point [1] their answers, after @later_s seconds. */
static void stun(struct scene *s, unsigned near, unsigned far, unsigned requests, int64_t later_s)
{
	struct talk t;

	open_both(s);
	works(s, (unsigned)near, CLIENT ":50000", EDGE ":443");
	talk_udp(s, &t, CLIENT ":50001", EDGE ":3478", requests);
	talk_app(&t, APP_STUN);
	captured_at(&t, near);
	scene_judge(s, &t);
	talk_udp(s, &t, CLIENT ":50001", EDGE ":3478", requests);
	talk_data(&t, 1);
	talk_app(&t, APP_STUN);
	captured_at(&t, far);
	t.flow.first_ns += later_s * NS_PER_S;
	t.flow.last_ns += later_s * NS_PER_S;
	scene_judge(s, &t);
	scene_settle(s);
}

static void datagrams(void)
{
	struct scene s;

	stun(&s, NEAR, FAR, 4, 0);
	SAME(scene_said(&s, 1), "blocked no_reply network proven");
	CU_ASSERT_EQUAL(scene_evidence(&s, 1, EVIDENCE_TWIN_ANSWERED)->frames[0],
			s.ledger.flows[2].answer_frame);
	CU_ASSERT_NOT_EQUAL(s.ledger.flows[2].answer_frame, 0);
	SAME(scene_said(&s, 2), "expected established");
	scene_close(&s);
	/* Two may have been lost by the capture. */
	stun(&s, NEAR, FAR, 2, 0);
	SAME(scene_said(&s, 1), "inconclusive unknown");
	scene_close(&s);
	/* Answered nearer the client than it was silent: this one lacks the answers. */
	stun(&s, FAR, NEAR, 4, 0);
	for (unsigned i = 0; i < 3; i++)
		if (scene_flow(&s, i)->packets[0] == 0 || scene_flow(&s, i)->packets[1] == 0)
			SAME(scene_said(&s, i), "inconclusive one_sided");
	scene_close(&s);
	/* Not at the same time: another conversation on the same ports. */
	stun(&s, NEAR, FAR, 4, 30);
	SAME(scene_said(&s, 1), "blocked no_reply network likely");
	scene_close(&s);
}

static void an_attempt_that_never_arrived(void)
{
	struct scene s;
	struct talk near;
	const struct evidence *e;

	open_both(&s);
	works(&s, FAR, CLIENT ":50009", SERVER ":80");
	s.ledger.flows[0].first_frame = 5;
	s.now_ns += 10 * NS_PER_S;
	silent(&s, &near, 3);
	scene_judge(&s, &near);
	works(&s, NEAR, CLIENT_2 ":50000", SERVER ":80"); /* answers could be seen */
	scene_settle(&s);
	SAID(&s, 0, "blocked no_reply network likely", "sip",
	     "syn_unanswered protocol_unverified twin_missing");
	e = scene_evidence(&s, 0, EVIDENCE_TWIN_MISSING);
	CU_ASSERT_EQUAL(e->elsewhere, 1 + FAR);
	CU_ASSERT_EQUAL(e->frames[0], 5);
	scene_close(&s);
}

/* Lost between the captures is lost in the network, whatever came of other attempts. */
static void what_never_arrived_is_the_networks_loss(void)
{
	struct scene s;
	struct talk near;

	open_both(&s);
	works(&s, FAR, CLIENT ":50009", SERVER ":80");
	s.now_ns += 10 * NS_PER_S;
	silent(&s, &near, 3);
	scene_judge(&s, &near);
	works(&s, NEAR, CLIENT ":50010", SERVER ":5060"); /* the very service */
	scene_settle(&s);
	SAID(&s, 0, "blocked no_reply network likely", "sip",
	     "syn_unanswered protocol_unverified twin_missing");
	scene_close(&s);
}

/* What the other capture held may be among the flows that were only counted. */
static void an_attempt_may_have_been_evicted_there(void)
{
	struct scene s;
	struct talk near, other;

	open_both(&s);
	s.ledger.evicted_room = 0;
	works(&s, FAR, CLIENT ":50009", SERVER ":80");
	talk_udp(&s, &other, CLIENT_2 ":9", EDGE ":9", 1);
	captured_at(&other, FAR);
	other.flow.end = FLOW_END_EVICTED;
	scene_judge(&s, &other);
	s.now_ns += 10 * NS_PER_S;
	silent(&s, &near, 3);
	scene_judge(&s, &near);
	works(&s, NEAR, CLIENT_2 ":50000", SERVER ":80");
	scene_settle(&s);
	CU_ASSERT_EQUAL(s.ledger.unlisted, 1);
	SAID(&s, 0, "blocked no_reply network likely", "sip", "syn_unanswered protocol_unverified");
	scene_close(&s);
}

/* Each one thing for which the other capture need not hold the attempt. */
static void an_attempt_that_need_not_be_there(void)
{
	for (unsigned how = 0; how < 11; how++) {
		struct scene s;
		struct talk near, other;

		open_both(&s);
		works(&s, FAR, CLIENT ":50009", how == 0 ? SERVER_2 ":80" : SERVER ":80");
		if (how == 1) /* their packets came before */
			s.ledger.flows[0].last_ns = s.now_ns + 5 * NS_PER_S;
		s.now_ns += 10 * NS_PER_S;
		if (how == 2) /* it began later */
			s.ledger.captures[FAR].first_ns = s.now_ns + 1;
		if (how == 3)
			strcpy(s.ledger.captures[FAR].capture_filter, "tcp port 80");
		if (how == 4) /* it is nearer the client */
			s.ledger.flows[0].ttl[s.ledger.flows[0].initiator] = 129;
		if (how == 7) /* it ended in the middle of the attempt */
			s.ledger.captures[FAR].last_ns = s.now_ns + NS_PER_S;
		if (how == 8) /* it saw the server's packets only */
			s.ledger.flows[0].packets[s.ledger.flows[0].initiator] = 0;
		if (how == 9) /* their packets came after */
			s.ledger.flows[0].first_ns = s.now_ns + 10 * NS_PER_S;
		if (how == 10)
			s.ledger.captures[FAR].filtered = 1;
		silent(&s, &near, how == 5 ? 1 : 3);
		scene_judge(&s, &near);
		if (how == 6) { /* a firewall that gives it another sequence number */
			silent(&s, &other, 3);
			other.notes.syn.isn = 99;
			captured_at(&other, FAR);
			scene_judge(&s, &other);
		}
		works(&s, NEAR, CLIENT_2 ":50000", SERVER ":80");
		scene_settle(&s);
		for (unsigned i = 0; i < scene_flow(&s, 0)->evidence_count; i++)
			CU_ASSERT_NOT_EQUAL(s.ledger.evidence[scene_flow(&s, 0)->evidence + i].code,
					    EVIDENCE_TWIN_MISSING);
		SAME(scene_said(&s, 0),
		     how == 5 ? "inconclusive unknown" : "blocked no_reply network likely");
		scene_close(&s);
	}
}

/* The absence is a control of its own: what else there is of the pair got there. */
static void absence_is_a_control_for_datagrams(void)
{
	for (unsigned there = 0; there < 2; there++) {
		struct scene s;
		struct talk t;

		open_both(&s);
		/* Half of a conversation: it vouches for nobody. */
		talk_udp(&s, &t, CLIENT ":50009", EDGE ":50009", 60);
		talk_app(&t, APP_RTP);
		captured_at(&t, there ? FAR : NEAR);
		scene_judge(&s, &t);
		/* The relay's other packets show that its answers would be seen. */
		talk_udp(&s, &t, EDGE ":50010", CLIENT_2 ":50010", 60);
		talk_app(&t, APP_RTP);
		captured_at(&t, NEAR);
		scene_judge(&s, &t);
		works(&s, NEAR, PARTNER ":50000", SERVER_2 ":81");
		talk_udp(&s, &t, CLIENT ":50001", EDGE ":3478", 4);
		talk_app(&t, APP_STUN);
		captured_at(&t, NEAR);
		t.flow.first_frame += 1000;
		scene_judge(&s, &t);
		scene_settle(&s);
		for (unsigned i = 0; i < s.ledger.flow_count; i++)
			if (s.ledger.flows[i].app == APP_STUN)
				SAME(scene_said(&s, i), there ? "blocked no_reply network likely"
							      : "inconclusive unknown");
		scene_close(&s);
	}
}

static void captures_that_follow_one_another(void)
{
	struct scene s;
	struct talk near, far;

	open_both(&s);
	s.ledger.captures[NEAR].last_ns = SCENE_T0 + 60 * NS_PER_S;
	s.ledger.captures[FAR].first_ns = SCENE_T0 + 60 * NS_PER_S + 1;
	silent(&s, &near, 3);
	answered(&s, &far);
	near.flow.first_frame += 1000;
	settle_both(&s, &near, &far, true);
	SAME(scene_said(&s, 1), "blocked no_reply network likely");
	scene_close(&s);
}

extern CU_TestInfo tests_twin[];
CU_TestInfo tests_twin[] = {
	{ "an answer that another point holds and this one does not is a proven block",
	  an_answer_on_one_side_only },
	{ "an answer that may be lost otherwise proves nothing",
	  an_answer_that_may_have_been_lost_otherwise },
	{ "an answer that was heard, as the other point shows, is no block",
	  an_answer_that_was_heard },
	{ "datagrams are twins at the same time only", datagrams },
	{ "an attempt that never arrived where it should is the network's",
	  an_attempt_that_never_arrived },
	{ "what never arrived is the network's loss, whatever came of other attempts",
	  what_never_arrived_is_the_networks_loss },
	{ "an attempt that need not be there is not missed", an_attempt_that_need_not_be_there },
	{ "nor where flows of the other capture were only counted",
	  an_attempt_may_have_been_evicted_there },
	{ "an attempt missed elsewhere has its control", absence_is_a_control_for_datagrams },
	{ "captures that follow one another are no twins", captures_that_follow_one_another },
	CU_TEST_INFO_NULL
};
