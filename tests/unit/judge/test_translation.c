/* One connection on both sides of an address translation (judge/translation.c). */
#include "judge/settle.h"

#include <stdio.h>

#include "judge/scene.h"

#define PUBLIC "203.0.113.77"

/* A connection with this initial sequence number, @after_ns into the capture. */
static void talk_isn(struct scene *s, const char *from, const char *to, uint32_t isn,
		     int64_t after_ns, enum app app)
{
	struct talk t;

	s->now_ns = SCENE_T0 + after_ns;
	talk_tcp(s, &t, from, to);
	t.notes.syn.isn = isn;
	talk_data_both(&t);
	if (app != APP_NONE)
		talk_app(&t, app);
	scene_judge(s, &t);
}

static uint64_t translated(struct scene *s)
{
	scene_settle(s);
	return s->ledger.captures[0].translated;
}

/* The client behind one address: documented inside, a stranger outside. */
static void a_translated_client_is_one_connection(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	talk_isn(&s, CLIENT ":50000", SERVER ":80", 77, 0, APP_HTTP);
	talk_isn(&s, PUBLIC ":1024", SERVER ":80", 77, NS_PER_MS, APP_HTTP);
	CU_ASSERT_EQUAL(translated(&s), 1);
	SAME(scene_said(&s, 0), "expected established");
	SAME(scene_said(&s, 1), "inconclusive established");
	CU_ASSERT_EQUAL(scene_evidence(&s, 1, EVIDENCE_FITNESS)->value, FITNESS_NAT_BOTH_SIDES);
	CU_ASSERT_EQUAL(scene_evidence(&s, 1, EVIDENCE_FITNESS)->frames[0],
			scene_flow(&s, 0)->first_frame);
	CU_ASSERT(fitness_has(&s.ledger.captures[0].fitness, FITNESS_NAT_BOTH_SIDES));
	scene_close(&s);
}

/* A published server, seen from within first. */
static void a_translated_server_is_one_connection(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	talk_isn(&s, CLIENT ":50000", PUBLIC ":80", 77, 0, APP_HTTP);
	talk_isn(&s, CLIENT ":50000", SERVER ":80", 77, NS_PER_MS, APP_HTTP);
	CU_ASSERT_EQUAL(translated(&s), 1);
	SAME(scene_said(&s, 0), "inconclusive established");
	SAME(scene_said(&s, 1), "expected established");
	scene_close(&s);
}

/* Undocumented under both names it is undocumented. */
static void what_no_side_documents_stays_unexpected(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	talk_isn(&s, CLIENT ":50000", SERVER ":999", 77, 0, APP_HTTP);
	talk_isn(&s, PUBLIC ":1024", SERVER ":999", 77, NS_PER_MS, APP_HTTP);
	CU_ASSERT_EQUAL(translated(&s), 1);
	SAME(scene_said(&s, 0), "unexpected established");
	SAME(scene_said(&s, 1), "unexpected established");
	scene_close(&s);
}

static void chance_is_no_translation(void)
{
	static const struct {
		const char *from, *to;
		uint32_t isn;
		int64_t after_ns;
		enum app app;
	} others[] = {
		{ PUBLIC ":1024", SERVER ":80", 78, 0, APP_HTTP },            /* another number */
		{ PUBLIC ":1024", SERVER ":80", 77, NS_PER_S + 1, APP_HTTP }, /* too late */
		{ PUBLIC ":1024", SERVER_2 ":80", 77, 0, APP_HTTP },          /* no end in common */
		{ CLIENT ":50001", SERVER ":80", 77, 0, APP_HTTP }, /* only the port differs */
		{ CLIENT ":50000", SERVER ":8080", 77, 0, APP_HTTP },
		{ PUBLIC ":1024", SERVER ":80", 77, 0, APP_SIP }, /* another protocol */
		{ PUBLIC ":1024", SERVER ":80", 77, 0, APP_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct scene s;

		scene_open(&s, NULL, NULL);
		talk_isn(&s, CLIENT ":50000", SERVER ":80", 77, 0, APP_HTTP);
		talk_isn(&s, others[i].from, others[i].to, others[i].isn, others[i].after_ns,
			 others[i].app);
		CU_ASSERT_EQUAL(translated(&s), 0);
		scene_close(&s);
	}
}

static void what_speaks_no_protocol_is_not_compared(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	talk_isn(&s, CLIENT ":50000", SERVER ":80", 77, 0, APP_NONE);
	talk_isn(&s, PUBLIC ":1024", SERVER ":80", 77, 0, APP_NONE);
	CU_ASSERT_EQUAL(translated(&s), 0);
	scene_close(&s);
}

/* A number of 0 is that of a flow whose SYN was not seen. */
static void flows_without_a_syn_are_not_compared(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	talk_isn(&s, CLIENT ":50000", SERVER ":80", 0, 0, APP_HTTP);
	talk_isn(&s, PUBLIC ":1024", SERVER ":80", 0, 0, APP_HTTP);
	CU_ASSERT_EQUAL(translated(&s), 0);
	scene_close(&s);
}

/* Tools that send every SYN with one number. */
static void a_scan_is_no_translation(void)
{
	struct scene s;
	char from[32];

	scene_open(&s, NULL, NULL);
	for (unsigned i = 1; i < 200; i++) {
		snprintf(from, sizeof(from), "203.0.113.%u:40000", i);
		talk_isn(&s, from, SERVER ":80", 77, i, APP_HTTP);
	}
	CU_ASSERT_EQUAL(translated(&s), 0);
	scene_close(&s);
}

/* Each capture by itself, and each pair once, in whatever order they ended. */
static void pairs_are_found_in_their_capture(void)
{
	struct scene s;
	char from[32], outside[32];

	scene_open(&s, NULL, NULL);
	for (unsigned i = 1; i <= 12; i++) {
		snprintf(from, sizeof(from), "10.0.0.%u:50000", i);
		snprintf(outside, sizeof(outside), PUBLIC ":%u", 1024 + i);
		talk_isn(&s, from, SERVER ":80", 1000 - i, 0, APP_HTTP);
		talk_isn(&s, outside, SERVER ":80", 1000 - i, i, APP_HTTP);
	}
	scene_capture(&s, 1, 1000, 1060);
	talk_isn(&s, PUBLIC ":9", SERVER ":80", 999, 0, APP_HTTP);
	CU_ASSERT_EQUAL(translated(&s), 12);
	CU_ASSERT_EQUAL(s.ledger.captures[1].translated, 0);
	for (unsigned i = 0; i < 24; i++)
		CU_ASSERT_EQUAL(scene_flow(&s, i)->verdict,
				i % 2 == 0 ? VERDICT_EXPECTED : VERDICT_INCONCLUSIVE);
	scene_close(&s);
}

extern CU_TestInfo tests_translation[];
CU_TestInfo tests_translation[] = {
	{ "complaint 38: a translated client is one connection, documented once",
	  a_translated_client_is_one_connection },
	{ "... and a translated server", a_translated_server_is_one_connection },
	{ "what no side documents stays unexpected", what_no_side_documents_stays_unexpected },
	{ "chance is no translation", chance_is_no_translation },
	{ "what speaks no protocol is not compared", what_speaks_no_protocol_is_not_compared },
	{ "flows without a SYN are not compared", flows_without_a_syn_are_not_compared },
	{ "a scan with one sequence number is no translation", a_scan_is_no_translation },
	{ "pairs are found in their capture", pairs_are_found_in_their_capture },
	CU_TEST_INFO_NULL
};
