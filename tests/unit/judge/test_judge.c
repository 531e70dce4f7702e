/* One flow into the ledger (judge/judge.c). */
#include "judge/scene.h"

#include <stdio.h>
#include <string.h>

static void everything_is_taken_over(void)
{
	struct scene s;
	struct talk t;
	const struct clue *clue;
	struct judged *j;

	scene_open(&s, NULL, NULL);
	scene_capture(&s, 0, 60, 120);
	talk_tcp(&s, &t, CLIENT ":50000", SERVER ":5067");
	talk_data_both(&t);
	talk_tls(&t, CLIENT_AUTH_HIDDEN_RESUMED);
	t.flow.vlan = 42;
	t.flow.end = FLOW_END_IDLE;
	t.flow.last_ns = t.flow.first_ns + 5;
	t.flow.bytes[0] = 1000;
	t.flow.bytes[1] = 2000;
	t.ident.transaction = UINT64_C(0x1122334455667788);
	t.ident.answers = true;
	scene_judge(&s, &t);
	j = scene_flow(&s, 0);
	CU_ASSERT_EQUAL(memcmp(&j->key, &t.flow.key, sizeof(j->key)), 0);
	CU_ASSERT_EQUAL(j->first_ns, t.flow.first_ns);
	CU_ASSERT_EQUAL(j->last_ns, t.flow.last_ns);
	CU_ASSERT_EQUAL(j->first_frame, t.flow.first_frame);
	CU_ASSERT_EQUAL(j->input, 1);
	CU_ASSERT_EQUAL(j->vlan, 42);
	CU_ASSERT_EQUAL(j->state, FLOW_OPEN);
	CU_ASSERT_EQUAL(j->end, FLOW_END_IDLE);
	for (unsigned e = 0; e < 2; e++) {
		CU_ASSERT_EQUAL(j->bytes[e], t.flow.bytes[e]);
		CU_ASSERT_EQUAL(j->packets[e], t.flow.packets[e]);
		CU_ASSERT_EQUAL(j->ttl[e], t.flow.ttl[e]);
		CU_ASSERT_EQUAL(j->ident_frame[e], t.ident.frame[e]);
	}
	CU_ASSERT_EQUAL(j->app, APP_TLS);
	CU_ASSERT_EQUAL(j->confidence, CONFIDENCE_STRONG);
	CU_ASSERT_EQUAL(j->client_auth, CLIENT_AUTH_HIDDEN_RESUMED);
	CU_ASSERT_EQUAL(j->tls_version, 0x0303);
	CU_ASSERT_TRUE(j->examined);
	clue = settle_clue(&s.ledger, j, CLUE_TRANSACTION);
	CU_ASSERT_PTR_NOT_NULL_FATAL(clue);
	CU_ASSERT_EQUAL(clue->value, UINT64_C(0x1122334455667788));
	CU_ASSERT_TRUE(j->answers);
	CU_ASSERT_EQUAL(j->initiator, t.end[0]);
	CU_ASSERT_EQUAL(j->initiator_by, INITIATOR_SYN);
	CU_ASSERT_EQUAL(j->nearest, -1);
	CU_ASSERT_EQUAL(j->control, LEDGER_NONE);
	CU_ASSERT_EQUAL(j->outcome, OUTCOME_ESTABLISHED);
	CU_ASSERT_EQUAL(j->standing, STANDING_DOCUMENTED);
	scene_close(&s);
}

static void nothing_noted_nothing_looked_at(void)
{
	struct scene s;
	struct talk t;
	struct judged *j;

	scene_open(&s, NULL, NULL);
	talk_midstream(&s, &t, CLIENT ":50000", SERVER ":5060");
	t.noted = false;
	scene_judge(&s, &t);
	j = scene_flow(&s, 0);
	CU_ASSERT_EQUAL(j->app, APP_NONE);
	CU_ASSERT_FALSE(j->examined);
	CU_ASSERT_EQUAL(j->ident_frame[0], 0);
	CU_ASSERT_EQUAL(j->sni, 0);
	scene_close(&s);
}

static void looked_at_or_not(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	talk_tcp(&s, &t, CLIENT ":50000", SERVER ":5060");
	talk_unknown(&t, APP_ANY);
	t.ident.examined[0] = t.ident.examined[1] = 0;
	CU_ASSERT_FALSE(scene_flow(&s, scene_judge(&s, &t))->examined);
	t.ident.examined[0] = 1;
	CU_ASSERT_TRUE(scene_flow(&s, scene_judge(&s, &t))->examined);
	t.ident.examined[0] = 0;
	t.ident.examined[1] = 1;
	CU_ASSERT_TRUE(scene_flow(&s, scene_judge(&s, &t))->examined);
	scene_close(&s);
}

static void names_from_the_capture(void)
{
	struct scene s;
	struct talk t;
	char name[IDENT_NAME];

	scene_open(&s, NULL, NULL);
	/* More of them than the first store holds. */
	for (unsigned i = 0; i < 200; i++) {
		talk_tcp(&s, &t, CLIENT ":50000", SERVER ":443");
		talk_tls(&t, CLIENT_AUTH_UNSEEN);
		if (i % 3 != 0)
			snprintf(t.ident.tls.sni, sizeof(t.ident.tls.sni),
				 "a-rather-long-name-of-a-server-%u.example.com", i);
		scene_judge(&s, &t);
	}
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "a-rather-long-name-of-a-server-%u.example.com", i);
		SAME(s.ledger.text + scene_flow(&s, i)->sni, i % 3 == 0 ? "" : name);
	}
	CU_ASSERT_EQUAL(scene_flow(&s, 0)->sni, 0);
	scene_close(&s);
}

static void each_flow_has_its_own_evidence_and_rows(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	talk_syn(&s, &t, CLIENT ":50000", SERVER ":8057", 1);
	talk_rst(&t, 1, 60);
	scene_judge(&s, &t);
	talk_tcp(&s, &t, PARTNER ":50000", EDGE ":22");
	talk_data_both(&t);
	scene_judge(&s, &t);
	talk_tcp(&s, &t, PARTNER ":50000", EDGE ":81");
	talk_data_both(&t);
	scene_judge(&s, &t);
	SAME(scene_codes(&s, 0), "tcp_rst_syn protocol_unverified");
	SAME(scene_codes(&s, 1), "");
	SAME(scene_codes(&s, 2), "peer_unverified protocol_unverified");
	SAME(scene_rows(&s, 0), "psom=twin");
	SAME(scene_rows(&s, 1), "");
	SAME(scene_rows(&s, 2), "anyone");
	CU_ASSERT_EQUAL(s.ledger.evidence_count, 4);
	CU_ASSERT_EQUAL(s.ledger.rows_count, 3);
	scene_close(&s);
}

extern CU_TestInfo tests_judge[];
CU_TestInfo tests_judge[] = {
	{ "what flow and identification say is taken over", everything_is_taken_over },
	{ "a flow without notes and identification is judged too",
	  nothing_noted_nothing_looked_at },
	{ "a byte of either end is a look at payload", looked_at_or_not },
	{ "server names are kept, empty ones cost nothing", names_from_the_capture },
	{ "each flow has its own evidence and rows", each_flow_has_its_own_evidence_and_rows },
	CU_TEST_INFO_NULL
};
