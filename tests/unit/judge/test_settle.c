/* The second half of judgement, when everything has been seen (judge/settle.c). */
#include "judge/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the verdict from two facts ---------------------------------------------------------- */

/* The first letter of each verdict, outcome by outcome. */
static void verdicts_of(enum standing standing, enum app app, bool opened, const char *want)
{
	for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		struct scene s;
		struct judged *j;

		scene_open(&s, NULL, NULL);
		scene_control(&s, CLIENT ":50000", SERVER ":80");
		j = scene_flow(&s, 0);
		j->standing = (uint8_t)standing;
		j->outcome = (uint8_t)outcome;
		j->app = (uint8_t)app;
		j->opened = opened;
		j->grade = GRADE_LIKELY; /* silence is judged already */
		scene_settle(&s);
		CU_ASSERT_EQUAL(verdict_name((enum verdict)j->verdict)[0], want[outcome]);
		CU_ASSERT_EQUAL(s.ledger.verdicts[j->verdict], 1);
		scene_close(&s);
	}
}

static void verdict_of_every_pair(void)
{
	/* established refused prohibited no_reply aborted one_sided unknown */
	verdicts_of(STANDING_UNDOCUMENTED, APP_TLS, false, "urrruii");
	verdicts_of(STANDING_DOCUMENTED, APP_NONE, false, "ebbbbii");
	verdicts_of(STANDING_UNPROVEN, APP_NONE, false, "irrriii");
	/* What speaks another protocol is no documented flow that was blocked ... */
	verdicts_of(STANDING_CONTRADICTED, APP_HTTP, false, "mrrrmii");
	/* ... but a handshake may end because of the certificate it did not show. */
	verdicts_of(STANDING_CONTRADICTED, APP_TLS, false, "mrrrbii");
	/* A connection that opened, though nobody knows what became of it. */
	verdicts_of(STANDING_UNDOCUMENTED, APP_TLS, true, "urrruiu");
	verdicts_of(STANDING_DOCUMENTED, APP_NONE, true, "ebbbbii");
	verdicts_of(STANDING_UNPROVEN, APP_NONE, true, "irrriii");
	verdicts_of(STANDING_CONTRADICTED, APP_HTTP, true, "mrrrmim");
}

static void refused_and_of_another_protocol(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	talk_udp(&s, &t, CLIENT ":900", EDGE ":3478", 3);
	talk_app(&t, APP_DHCP);
	talk_icmp(&t, 3, 13, FIREWALL, 0);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 0, "rejected prohibited", "stun proto",
	     "icmp_admin_prohibited protocol_contradicted");
	CU_ASSERT_EQUAL(scene_flow(&s, 0)->best_rows, 0);
	CU_ASSERT_EQUAL(s.ledger.coverage[policy_find_row(s.policy, "d/t/stun")].state,
			ROW_NOT_SEEN);
	scene_close(&s);
}

static void only_blocked_states_a_cause(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	scene_control(&s, PARTNER ":40000", EDGE ":80");
	talk_syn(&s, &t, PARTNER ":40001", EDGE ":5061", 1);
	talk_rst(&t, 1, 60);
	scene_judge(&s, &t);
	talk_syn(&s, &t, PARTNER ":40002", EDGE ":22", 1);
	talk_rst(&t, 1, 60);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 1, "blocked refused host proven", "mtls-in", "tcp_rst_syn protocol_unverified");
	CU_ASSERT_EQUAL(scene_flow(&s, 1)->control, 0);
	CU_ASSERT_EQUAL(scene_flow(&s, 1)->control_kind, CONTROL_SAME_PAIR);
	SAID(&s, 2, "rejected refused", "any dport", "tcp_rst_syn");
	CU_ASSERT_EQUAL(scene_flow(&s, 2)->control, LEDGER_NONE);
	CU_ASSERT_EQUAL(scene_flow(&s, 2)->control_kind, CONTROL_NONE);
	scene_close(&s);
}

/* ---- silence ------------------------------------------------------------------------------ */

/* A SYN to a documented port, @count times, in a capture that ends @end_ns after the first. */
static unsigned silent(struct scene *s, unsigned count, int64_t end_ns, bool control)
{
	struct talk t;

	scene_open(s, NULL, NULL);
	s->ledger.captures[0].last_ns = SCENE_T0 + end_ns;
	if (control)
		scene_control(s, CLIENT ":50000", SERVER ":80");
	else
		scene_control(s, CLIENT_2 ":50000", CLIENT ":80"); /* the client can be reached */
	talk_syn(s, &t, CLIENT ":50001", SERVER ":5060", count);
	scene_judge(s, &t);
	scene_settle(s);
	return 1;
}

static void silence_seen_long_enough(void)
{
	struct scene s;
	unsigned i = silent(&s, 2, 25 * NS_PER_S, true);

	SAID(&s, i, "blocked no_reply network likely", "sip", "syn_unanswered protocol_unverified");
	CU_ASSERT_EQUAL(scene_flow(&s, i)->control, 0);
	CU_ASSERT_EQUAL(scene_flow(&s, i)->control_kind, CONTROL_SAME_PAIR);
	scene_close(&s);
	i = silent(&s, 2, 25 * NS_PER_S, false);
	SAID(&s, i, "blocked no_reply unknown likely", "sip", "syn_unanswered protocol_unverified");
	CU_ASSERT_EQUAL(scene_flow(&s, i)->control, LEDGER_NONE);
	scene_close(&s);
}

static void capture_that_ends_sooner(void)
{
	struct scene s;
	unsigned i = silent(&s, 3, 25 * NS_PER_S - 1, true);

	/* Two retransmissions and a control. */
	SAID(&s, i, "blocked no_reply network likely", "sip", "syn_unanswered protocol_unverified");
	scene_close(&s);
	i = silent(&s, 2, 25 * NS_PER_S - 1, true);
	SAID(&s, i, "inconclusive unknown", "sip",
	     "syn_unanswered protocol_unverified capture_ends_soon");
	CU_ASSERT_EQUAL(scene_evidence(&s, i, EVIDENCE_CAPTURE_ENDS_SOON)->value, 24999);
	scene_close(&s);
	i = silent(&s, 3, 25 * NS_PER_S - 1, false);
	SAID(&s, i, "inconclusive unknown", "sip",
	     "syn_unanswered protocol_unverified capture_ends_soon");
	scene_close(&s);
	/* The last packet of the capture may be older than this one. */
	i = silent(&s, 1, -NS_PER_S, true);
	SAID(&s, i, "inconclusive unknown", "sip",
	     "syn_unanswered protocol_unverified capture_ends_soon");
	CU_ASSERT_EQUAL(scene_evidence(&s, i, EVIDENCE_CAPTURE_ENDS_SOON)->value, 0);
	scene_close(&s);
}

static void timeout_is_an_option(void)
{
	static const struct judge_options options = { .attempt_timeout_ns = 3 * NS_PER_S };
	static const int64_t ends[] = { 3 * NS_PER_S, 3 * NS_PER_S - 1 };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct scene s;
		struct talk t;

		scene_open(&s, NULL, NULL);
		s.ledger.captures[0].last_ns = SCENE_T0 + ends[i];
		scene_control(&s, CLIENT ":50000", SERVER ":80");
		talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 2);
		scene_judge(&s, &t);
		CU_ASSERT_EQUAL(ledger_settle(&s.ledger, &options), 0);
		CU_ASSERT_EQUAL(scene_flow(&s, 1)->verdict,
				i == 0 ? VERDICT_BLOCKED : VERDICT_INCONCLUSIVE);
		scene_close(&s);
	}
}

static void rotated_files_last_as_long_as_their_group(void)
{
	for (unsigned group = 0; group < 2; group++) {
		struct scene s;
		struct talk t;

		scene_open(&s, NULL, NULL);
		s.ledger.captures[0].last_ns = SCENE_T0 + NS_PER_S;
		scene_control(&s, CLIENT ":50000", SERVER ":80");
		talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 2);
		scene_judge(&s, &t);
		scene_capture(&s, group, 1, 60);
		/* One more of the group that ends before. */
		scene_capture(&s, 0, 0, 1);
		scene_settle(&s);
		CU_ASSERT_EQUAL(scene_flow(&s, 1)->verdict,
				group == 0 ? VERDICT_BLOCKED : VERDICT_INCONCLUSIVE);
		scene_close(&s);
	}
}

static void answer_that_could_not_be_seen(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 3);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 0, "inconclusive one_sided", "sip",
	     "syn_unanswered protocol_unverified single_direction");
	CU_ASSERT_EQUAL(scene_evidence(&s, 0, EVIDENCE_SINGLE_DIRECTION)->frames[0],
			scene_flow(&s, 0)->first_frame);
	scene_close(&s);
}

static void datagrams_need_a_control(void)
{
	for (unsigned control = 0; control < 2; control++) {
		struct scene s;
		struct talk t;

		scene_open(&s, NULL, NULL);
		scene_control(&s, control ? CLIENT ":50000" : CLIENT_2 ":50000",
			      control ? EDGE ":443" : CLIENT ":443");
		talk_udp(&s, &t, CLIENT ":50001", EDGE ":3478", 9);
		talk_app(&t, APP_MSTURN);
		scene_judge(&s, &t);
		scene_settle(&s);
		SAID(&s, 1, control ? "blocked no_reply network likely" : "inconclusive unknown",
		     "stun>wide", "stun_unanswered");
		scene_close(&s);
	}
}

static void datagrams_count_their_tries(void)
{
	for (unsigned tries = 2; tries <= 3; tries++) {
		for (unsigned stun = 0; stun < 2; stun++) {
			struct scene s;
			struct talk t;

			scene_open(&s, NULL, NULL);
			s.ledger.captures[0].last_ns = SCENE_T0 + 5 * NS_PER_S;
			scene_control(&s, CLIENT ":50000", EDGE ":443");
			talk_udp(&s, &t, CLIENT ":50001", EDGE ":3478", tries);
			if (stun)
				talk_app(&t, APP_MSTURN);
			scene_judge(&s, &t);
			scene_settle(&s);
			CU_ASSERT_EQUAL(scene_flow(&s, 1)->verdict,
					tries == 3 ? VERDICT_BLOCKED : VERDICT_INCONCLUSIVE);
			scene_close(&s);
		}
	}
}

static void unreachable_needs_no_waiting(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	s.ledger.captures[0].last_ns = SCENE_T0 + NS_PER_S;
	talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 1);
	talk_icmp(&t, 3, 1, FIREWALL, 0);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 0, "blocked no_reply unknown likely", "sip",
	     "icmp_unreachable protocol_unverified");
	scene_close(&s);
}

/* ---- silence that is normal ---------------------------------------------------------------- */

/* Nine unanswered datagrams beside a control. */
static void asked(struct scene *s, const char *from, const char *to, enum app app)
{
	struct talk t;

	scene_control(s, CLIENT ":40000", SERVER ":80");
	scene_control(s, CLIENT ":40001", EDGE ":443");
	talk_udp(s, &t, from, to, 9);
	if (app != APP_NONE)
		talk_app(&t, app);
	scene_judge(s, &t);
	scene_settle(s);
}

static void sql_browser_may_be_silent(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	asked(&s, CLIENT ":50001", SERVER ":1434", APP_NONE);
	SAID(&s, 2, "inconclusive unknown", "sql",
	     "udp_unanswered peer_unverified protocol_unverified silence_is_normal");
	scene_close(&s);
	/* By its bytes also where no row knows it. */
	scene_open(&s, NULL, NULL);
	asked(&s, CLIENT ":900", EDGE ":1435", APP_SQLR);
	SAME(scene_said(&s, 2), "inconclusive unknown");
	SAME(scene_codes(&s, 2), "udp_unanswered silence_is_normal");
	scene_close(&s);
}

/* ICE checks between media ends are the session's (test_session.c); a relay's silence is not. */
static void relays_may_not_be_silent(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	asked(&s, CLIENT ":50001", EDGE ":3478", APP_STUN);
	SAID(&s, 2, "blocked no_reply network likely", "stun>wide", "stun_unanswered");
	scene_close(&s);
	scene_open(&s, NULL, NULL);
	asked(&s, CLIENT ":50001", SERVER ":50002", APP_MSTURN);
	SAID(&s, 2, "blocked no_reply network likely", "media>wide",
	     "stun_unanswered peer_unverified");
	scene_close(&s);
}

static void tcp_is_never_silent_by_right(void)
{
	static const char rows[] = "- {id: d/t/tcp, l4: tcp, proto: sql-browser, from: client, to: "
				   "server, dport: 1434, need: required}\n";
	struct scene s;
	struct talk t;

	scene_open(&s, rows, NULL);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_syn(&s, &t, CLIENT ":50001", SERVER ":1434", 3);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 1, "blocked no_reply network likely", "tcp", "syn_unanswered protocol_unverified");
	scene_close(&s);
}

/* ---- resets --------------------------------------------------------------------------------- */

/* A reset with this TTL, of a SYN or behind a handshake; the server's own is @own, 0: not known. */
static void reset(struct scene *s, bool opened, uint8_t ttl, uint8_t own)
{
	struct talk t;

	scene_open(s, NULL, NULL);
	talk_tcp(s, &t, CLIENT ":50000", SERVER ":80");
	t.flow.ttl[t.end[1]] = own;
	scene_judge(s, &t);
	if (opened)
		talk_tcp(s, &t, CLIENT ":50001", SERVER ":5060");
	else
		talk_syn(s, &t, CLIENT ":50001", SERVER ":5060", 1);
	t.flow.ttl[t.end[1]] = 0;
	talk_rst(&t, 1, ttl);
	scene_judge(s, &t);
	scene_settle(s);
}

static void reset_with_its_own_ttl(void)
{
	struct scene s;

	reset(&s, false, 60, 60);
	SAID(&s, 1, "blocked refused host proven", "sip", "tcp_rst_syn protocol_unverified");
	scene_close(&s);
	reset(&s, false, 60, 0);
	SAID(&s, 1, "blocked refused host likely", "sip", "tcp_rst_syn protocol_unverified");
	scene_close(&s);
	/* Schannel resets a handshake without an alert: whose fault is not known. */
	reset(&s, true, 60, 60);
	SAID(&s, 1, "blocked aborted unknown likely", "sip",
	     "rst_after_handshake protocol_unverified");
	scene_close(&s);
}

static void reset_with_a_foreign_ttl(void)
{
	struct scene s;
	const struct evidence *e;

	for (unsigned opened = 0; opened < 2; opened++) {
		reset(&s, opened != 0, 250, 60);
		SAID(&s, 1,
		     opened ? "blocked aborted network likely" : "blocked refused network likely",
		     "sip",
		     opened ? "rst_after_handshake protocol_unverified rst_foreign_ttl"
			    : "tcp_rst_syn protocol_unverified rst_foreign_ttl");
		e = scene_evidence(&s, 1, EVIDENCE_RST_FOREIGN_TTL);
		CU_ASSERT_EQUAL(e->value, 250);
		CU_ASSERT_EQUAL(e->value2, 60);
		scene_close(&s);
	}
}

static void reset_after_the_fact_is_not_looked_at(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_tcp(&s, &t, CLIENT ":50001", SERVER ":5060");
	talk_data_both(&t);
	talk_app(&t, APP_SIP);
	talk_answer(&t, APP_SIP, 403);
	talk_rst(&t, 1, 250);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 1, "blocked aborted application proven", "sip", "sip_status");
	scene_close(&s);
}

static void data_into_a_black_hole(void)
{
	for (unsigned control = 0; control < 2; control++) {
		struct scene s;
		struct talk t;

		scene_open(&s, NULL, NULL);
		scene_control(&s, control ? CLIENT ":50000" : CLIENT_2 ":50000",
			      control ? EDGE ":80" : EDGE ":81");
		talk_tcp(&s, &t, CLIENT ":50001", SERVER ":5060");
		talk_data(&t, 0);
		t.notes.acked[t.end[1]] = false;
		t.notes.data.retransmitted[t.end[0]] = 4;
		t.flow.last_ns += 10 * NS_PER_S;
		scene_judge(&s, &t);
		scene_settle(&s);
		SAID(&s, 1,
		     control ? "blocked aborted network likely" : "blocked aborted unknown likely",
		     "sip", "data_unacknowledged protocol_unverified");
		scene_close(&s);
	}
}

/* ---- fitness --------------------------------------------------------------------------------- */

/* A capture that lost two frames in a hundred, and three flows of it. */
static void deficiency_takes_silence_away(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	s.ledger.captures[0].frames = 100;
	s.ledger.captures[0].kernel_drops = 2;
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 9);
	scene_judge(&s, &t);
	talk_syn(&s, &t, CLIENT ":50002", SERVER ":5060", 1);
	talk_rst(&t, 1, 60);
	scene_judge(&s, &t);
	talk_syn(&s, &t, CLIENT ":50003", SERVER ":5060", 1);
	talk_icmp(&t, 3, 13, FIREWALL, 0);
	scene_judge(&s, &t);
	talk_syn(&s, &t, CLIENT ":50004", SERVER ":5060", 1);
	talk_icmp(&t, 3, 1, FIREWALL, 0);
	scene_judge(&s, &t);
	talk_syn(&s, &t, CLIENT ":900", SERVER ":22", 9);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 0, "expected established", "web", "protocol_unverified");
	SAID(&s, 1, "inconclusive no_reply", "sip", "syn_unanswered protocol_unverified fitness");
	CU_ASSERT_EQUAL(scene_evidence(&s, 1, EVIDENCE_FITNESS)->value, FITNESS_DROPS);
	CU_ASSERT_EQUAL(scene_flow(&s, 1)->control, LEDGER_NONE);
	/* What was proven was proven. */
	SAID(&s, 2, "blocked refused host proven", "sip", "tcp_rst_syn protocol_unverified");
	SAID(&s, 3, "blocked prohibited network proven", "sip",
	     "icmp_admin_prohibited protocol_unverified");
	CU_ASSERT_EQUAL(scene_flow(&s, 4)->verdict, VERDICT_BLOCKED);
	CU_ASSERT_EQUAL(scene_flow(&s, 5)->verdict, VERDICT_INCONCLUSIVE);
	CU_ASSERT_EQUAL(s.ledger.verdicts[VERDICT_INCONCLUSIVE], 2);
	scene_close(&s);
}

static void other_deficiencies_are_only_said(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	s.ledger.captures[0].frames = 100;
	s.ledger.captures[0].kernel_drops = 1;
	s.ledger.captures[0].truncated = true;
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 9);
	scene_judge(&s, &t);
	/* The deficiency of another capture is none of this one. */
	scene_capture(&s, 1, 0, 60)->clock_steps = 9;
	scene_settle(&s);
	SAME(scene_said(&s, 1), "blocked no_reply network likely");
	CU_ASSERT_EQUAL(s.ledger.captures[0].fitness.count, 2);
	CU_ASSERT_EQUAL(s.ledger.captures[1].fitness.count, 1);
	scene_close(&s);
}

static void deficiency_of_a_file_is_that_of_its_group(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 9);
	scene_judge(&s, &t);
	scene_capture(&s, 0, 0, 60)->clock_steps = 9;
	scene_settle(&s);
	SAME(scene_said(&s, 1), "inconclusive no_reply");
	CU_ASSERT_EQUAL(scene_evidence(&s, 1, EVIDENCE_FITNESS)->value, FITNESS_CLOCK);
	scene_close(&s);
}

/* A flow that opened and got no answer is no expected one, and no less undocumented. */
static void opened_without_an_answer(void)
{
	static const struct {
		const char *to, *said;
	} flows[] = {
		{ SERVER ":5067", "inconclusive unknown" }, /* documented as TLS */
		{ SERVER ":5060", "mismatch unknown" },     /* documented in clear */
		{ SERVER ":22", "unexpected unknown" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flows); i++) {
		struct scene s;
		struct talk t;

		scene_open(&s, NULL, NULL);
		talk_tcp(&s, &t, CLIENT ":900", flows[i].to);
		talk_data(&t, 0);
		talk_app(&t, APP_TLS);
		t.ident.tls.client_hello = true;
		t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(t.end[0]);
		scene_judge(&s, &t);
		/* And it vouches for nobody. */
		talk_syn(&s, &t, CLIENT ":901", flows[i].to, 9);
		scene_judge(&s, &t);
		scene_settle(&s);
		SAME(scene_said(&s, 0), flows[i].said);
		CU_ASSERT_EQUAL(scene_flow(&s, 1)->control, LEDGER_NONE);
		scene_close(&s);
	}
}

/* Probes that die on the way are no block of a row, and no more than probes elsewhere. */
static void time_exceeded(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct scene s;
		struct talk t;

		scene_open(&s, NULL, "");
		scene_control(&s, v6 ? "[2001:db8::1]:50000" : CLIENT ":50000",
			      v6 ? "[2001:db8::2]:80" : SERVER ":80");
		talk_syn(&s, &t, v6 ? "[2001:db8::1]:50001" : CLIENT ":50001",
			 v6 ? "[2001:db8::2]:5060" : SERVER ":5060", 9);
		talk_icmp(&t, v6 ? 3 : 11, 0, v6 ? "2001:db8::ff" : FIREWALL, 0);
		scene_judge(&s, &t);
		talk_syn(&s, &t, v6 ? "[2001:db8::1]:902" : CLIENT ":902",
			 v6 ? "[2001:db8::2]:22" : SERVER ":22", 9);
		talk_icmp(&t, v6 ? 3 : 11, 0, v6 ? "2001:db8::ff" : FIREWALL, 0);
		scene_judge(&s, &t);
		scene_settle(&s);
		SAME(scene_said(&s, 1), "inconclusive unknown");
		SAME(scene_said(&s, 2), "rejected no_reply");
		scene_close(&s);
	}
}

/* What never came may be what the capture lost, behind a handshake as before one. */
static void black_hole_in_a_capture_that_loses(void)
{
	for (unsigned how = 0; how < 4; how++) {
		struct scene s;
		struct talk t;

		scene_open(&s, NULL, NULL);
		s.ledger.captures[0].frames = 100;
		s.ledger.captures[0].kernel_drops = how == 1 ? 2 : 0;
		scene_control(&s, CLIENT ":50000", SERVER ":80");
		talk_tcp(&s, &t, CLIENT ":901", how == 3 ? SERVER ":22" : SERVER ":5060");
		talk_data(&t, 0);
		t.notes.acked[t.end[1]] = false;
		t.notes.data.retransmitted[t.end[0]] = 4;
		t.flow.last_ns += 10 * NS_PER_S;
		if (how >= 2)
			t.flow.end = FLOW_END_EVICTED;
		scene_judge(&s, &t);
		scene_settle(&s);
		/* What no row documents is that, whatever became of it. */
		SAME(scene_said(&s, 1), how == 0   ? "blocked aborted network likely"
					: how == 3 ? "unexpected aborted"
						   : "inconclusive aborted");
		scene_close(&s);
	}
}

static void evicted_attempt_is_inconclusive(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 9);
	t.flow.end = FLOW_END_EVICTED;
	scene_judge(&s, &t);
	talk_syn(&s, &t, CLIENT ":50002", SERVER ":5060", 9);
	talk_rst(&t, 1, 60);
	t.flow.end = FLOW_END_EVICTED;
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 1, "inconclusive no_reply", "sip", "syn_unanswered evicted protocol_unverified");
	SAID(&s, 2, "blocked refused host proven", "sip",
	     "tcp_rst_syn evicted protocol_unverified");
	CU_ASSERT_EQUAL(s.ledger.captures[0].evicted, 2);
	scene_close(&s);
}

/* Beyond the room for them evicted flows are numbers; what ended otherwise is always listed. */
static void evicted_flows_beyond_the_room_are_counted(void)
{
	struct scene s;
	struct talk t;
	const struct row_coverage *c;

	scene_open(&s, NULL, NULL);
	scene_capture(&s, 0, 60, 120);
	s.ledger.evicted_room = 1;
	for (unsigned n = 0; n < 4; n++) {
		talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 9);
		talk_rst(&t, 1, 60);
		t.flow.end = n == 1 ? FLOW_END_IDLE : FLOW_END_EVICTED;
		t.flow.input = n == 3;
		scene_judge(&s, &t);
	}
	/* Its bytes would make it expected. */
	talk_tcp(&s, &t, PARTNER ":50000", EDGE ":81");
	talk_data_both(&t);
	t.flow.end = FLOW_END_EVICTED;
	scene_judge(&s, &t);
	scene_settle(&s);
	CU_ASSERT_EQUAL(s.ledger.flow_count, 2);
	CU_ASSERT_EQUAL(s.ledger.unlisted, 3);
	CU_ASSERT_EQUAL(s.ledger.verdicts[VERDICT_BLOCKED], 2);
	CU_ASSERT_EQUAL(s.ledger.verdicts[VERDICT_INCONCLUSIVE], 3);
	/* Of their group, at its first input. */
	CU_ASSERT_EQUAL(s.ledger.captures[0].evicted, 4);
	CU_ASSERT_EQUAL(s.ledger.captures[0].evicted_unlisted, 3);
	CU_ASSERT_EQUAL(s.ledger.captures[1].evicted_unlisted, 0);
	CU_ASSERT_FALSE(fitness_has(&s.ledger.captures[1].fitness, FITNESS_EVICTED));
	c = &s.ledger.coverage[policy_find_row(s.policy, "d/t/sip")];
	CU_ASSERT_EQUAL(c->flows[VERDICT_BLOCKED], 2);
	CU_ASSERT_EQUAL(c->flows[VERDICT_INCONCLUSIVE], 2);
	/* A row that only a counted flow was of is not "not seen". */
	c = &s.ledger.coverage[policy_find_row(s.policy, "d/t/anyone")];
	CU_ASSERT_EQUAL(c->flows[VERDICT_EXPECTED], 0);
	CU_ASSERT_EQUAL(c->state, ROW_INCONCLUSIVE);
	CU_ASSERT_FALSE(c->required);
	scene_close(&s);
}

static void flows_are_counted_by_group(void)
{
	struct scene s;
	struct talk t;
	const struct capture_facts *c;

	scene_open(&s, NULL, NULL);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_midstream(&s, &t, CLIENT ":50001", SERVER ":80");
	t.flow.flags = FLOW_GAP;
	scene_judge(&s, &t);
	talk_udp(&s, &t, CLIENT ":50002", SERVER ":1434", 1); /* no reply */
	scene_judge(&s, &t);
	talk_udp(&s, &t, CLIENT ":50003", "239.1.2.3:5000", 1); /* a group counts for neither */
	scene_judge(&s, &t);
	talk_udp(&s, &t, CLIENT ":50004", SERVER ":1434", 1); /* prohibited: not silence */
	talk_icmp(&t, 3, 13, FIREWALL, 0);
	scene_judge(&s, &t);
	talk_midstream(&s, &t, CLIENT ":50005", SERVER ":80");
	t.flow.packets[t.end[1]] = 0; /* one-sided */
	scene_judge(&s, &t);
	talk_udp(&s, &t, CLIENT ":50003", "239.1.2.3:5000", 1);
	talk_icmp(&t, 3, 1, FIREWALL, 0);
	t.flow.flags = FLOW_GAP; /* TCP flows alone have gaps */
	scene_judge(&s, &t);
	scene_capture(&s, 0, 60, 120);
	scene_control(&s, CLIENT ":50006", SERVER ":80");
	scene_capture(&s, 1, 1000, 1060);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	scene_settle(&s);
	c = &s.ledger.captures[0];
	CU_ASSERT_EQUAL(c->tcp_flows, 4);
	CU_ASSERT_EQUAL(c->tcp_midstream, 2);
	CU_ASSERT_EQUAL(c->tcp_gaps, 1);
	CU_ASSERT_EQUAL(c->paired_flows, 3);
	CU_ASSERT_EQUAL(c->single_flows, 1);
	CU_ASSERT_EQUAL(c->silent_flows, 1);
	CU_ASSERT_EQUAL(c->evicted, 0);
	CU_ASSERT_EQUAL(s.ledger.captures[1].tcp_flows, 0);
	c = &s.ledger.captures[2];
	CU_ASSERT_EQUAL(c->tcp_flows, 1);
	CU_ASSERT_EQUAL(c->paired_flows, 1);
	CU_ASSERT_EQUAL(c->single_flows, 0);
	scene_close(&s);
}

/* ---- nearest, order ----------------------------------------------------------------------------
 */

static void nearest_of_what_is_not_documented(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	scene_control(&s, PARTNER ":40000", EDGE ":5062");
	talk_syn(&s, &t, PARTNER ":40001", EDGE ":5062", 1);
	talk_rst(&t, 1, 60);
	scene_judge(&s, &t);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_midstream(&s, &t, EDGE ":22", PARTNER ":900"); /* as if the edge had opened it */
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 0, "unexpected established", "mtls-in dport", "");
	SAID(&s, 1, "rejected refused", "mtls-in dport", "tcp_rst_syn");
	SAME(scene_near(&s, 2), "");
	SAID(&s, 3, "unexpected established", "any dport reversed", "midstream");
	scene_close(&s);
}

static void swapped_roles_are_nearest(void)
{
	struct scene s;
	struct judged *j;

	scene_open(&s, NULL, NULL);
	scene_control(&s, SERVER ":800", CLIENT ":80");
	scene_settle(&s);
	j = scene_flow(&s, 0);
	SAME(scene_near(&s, 0), "web from to");
	CU_ASSERT_EQUAL(j->nearest_differs, KEY_FROM | KEY_TO);
	scene_close(&s);
}

static void flows_are_sorted(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	scene_capture(&s, 0, 60, 120);
	/* Judged in the order in which they ended. */
	static const struct {
		uint16_t input;
		uint64_t frame;
		const char *from;
	} ended[] = {
		{ 1, 1, CLIENT ":50001" }, { 0, 7, CLIENT ":50002" }, { 0, 3, CLIENT ":50004" },
		{ 1, 1, CLIENT ":50000" }, { 0, 3, CLIENT ":50003" }, { 0, 3, CLIENT ":600" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(ended); i++) {
		talk_tcp(&s, &t, ended[i].from, SERVER ":80");
		t.flow.first_frame = ended[i].frame;
		t.flow.input = ended[i].input;
		scene_judge(&s, &t);
	}
	scene_settle(&s);
	for (unsigned i = 1; i < s.ledger.flow_count; i++) {
		const struct judged *a = scene_flow(&s, i - 1), *b = scene_flow(&s, i);

		CU_ASSERT(a->input < b->input ||
			  (a->input == b->input && a->first_frame < b->first_frame) ||
			  (a->input == b->input && a->first_frame == b->first_frame &&
			   memcmp(&a->key, &b->key, sizeof(a->key)) < 0));
	}
	CU_ASSERT_EQUAL(scene_flow(&s, 3)->first_frame, 7);
	CU_ASSERT_EQUAL(scene_flow(&s, 4)->input, 1);
	scene_close(&s);
}

static void evidence_added_late_leaves_the_others_alone(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	s.ledger.captures[0].last_ns = SCENE_T0;
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	for (unsigned i = 0; i < 100; i++) {
		talk_syn(&s, &t, CLIENT ":50001", SERVER ":5060", 2);
		if (i % 2 != 0)
			talk_rst(&t, 1, 250);
		scene_judge(&s, &t);
	}
	scene_settle(&s);
	for (unsigned i = 1; i <= 100; i++)
		SAME(scene_codes(&s, i),
		     i % 2 != 0 ? "syn_unanswered protocol_unverified capture_ends_soon"
				: "tcp_rst_syn protocol_unverified rst_foreign_ttl");
	SAME(scene_codes(&s, 0), "protocol_unverified");
	CU_ASSERT_EQUAL(scene_evidence(&s, 99, EVIDENCE_SYN_UNANSWERED)->frames[0],
			scene_flow(&s, 99)->first_frame);
	scene_close(&s);
}

static void nothing_to_settle(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	scene_settle(&s);
	SAME(row_state_name((enum row_state)s.ledger.coverage[0].state), "not_seen");
	scene_close(&s);
}

extern CU_TestInfo tests_settle[];
CU_TestInfo tests_settle[] = {
	{ "every standing and every outcome give the documented verdict", verdict_of_every_pair },
	{ "what is refused and speaks another protocol is rejected, that row nearest",
	  refused_and_of_another_protocol },
	{ "only what is blocked states a cause, a grade and a control",
	  only_blocked_states_a_cause },
	{ "silence of 25 seconds is likely a block, by the network where a control vouches",
	  silence_seen_long_enough },
	{ "where the capture ends sooner, two retransmissions and a control do",
	  capture_that_ends_sooner },
	{ "the time to wait is an option", timeout_is_an_option },
	{ "the files of a group last as long as the last of them",
	  rotated_files_last_as_long_as_their_group },
	{ "silence means nothing where no answer could be seen", answer_that_could_not_be_seen },
	{ "unanswered datagrams need a control", datagrams_need_a_control },
	{ "unanswered datagrams count their tries", datagrams_count_their_tries },
	{ "a host or network unreachable needs no waiting", unreachable_needs_no_waiting },
	{ "SQL Browser may be silent", sql_browser_may_be_silent },
	{ "relays may not be silent", relays_may_not_be_silent },
	{ "over TCP no protocol is silent by right", tcp_is_never_silent_by_right },
	{ "a reset with the host's TTL is its own", reset_with_its_own_ttl },
	{ "a reset with a foreign TTL is the network's", reset_with_a_foreign_ttl },
	{ "a reset behind a refusal decides nothing", reset_after_the_fact_is_not_looked_at },
	{ "data into a black hole is the network's where a control vouches",
	  data_into_a_black_hole },
	{ "hubble#131: a deficiency takes silence away, once said, not what was proven",
	  deficiency_takes_silence_away },
	{ "other deficiencies are only said", other_deficiencies_are_only_said },
	{ "a deficiency of one file is that of its group",
	  deficiency_of_a_file_is_that_of_its_group },
	{ "a flow that opened without an answer is not expected, and as undocumented as any",
	  opened_without_an_answer },
	{ "time exceeded is no block", time_exceeded },
	{ "a black hole in a capture that loses frames, or flows, is inconclusive",
	  black_hole_in_a_capture_that_loses },
	{ "silence of an evicted flow is inconclusive", evicted_attempt_is_inconclusive },
	{ "evicted flows beyond the room for them are counted, and inconclusive",
	  evicted_flows_beyond_the_room_are_counted },
	{ "flows are counted at the first input of their group, multicast for no direction",
	  flows_are_counted_by_group },
	{ "what is not documented has a nearest row", nearest_of_what_is_not_documented },
	{ "swapped roles are near", swapped_roles_are_nearest },
	{ "flows are sorted by input, frame and key", flows_are_sorted },
	{ "evidence added late leaves the others alone",
	  evidence_added_late_leaves_the_others_alone },
	{ "an empty ledger settles", nothing_to_settle },
	CU_TEST_INFO_NULL
};
