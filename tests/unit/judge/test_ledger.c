/* The store of conclusions (judge/ledger.c). */
#include "judge/scene.h"

#include <stdlib.h>
#include <string.h>

static void begins_empty(void)
{
	struct scene s;
	struct ledger l;
	struct fa_error err;

	scene_open(&s, NULL, NULL);
	memset(&l, 0xff, sizeof(l));
	CU_ASSERT_EQUAL_FATAL(ledger_init(&l, s.policy, &err), 0);
	CU_ASSERT_PTR_EQUAL(l.policy, s.policy);
	CU_ASSERT_EQUAL(l.flow_count, 0);
	CU_ASSERT_EQUAL(l.capture_count, 0);
	CU_ASSERT_EQUAL(l.evidence_count, 0);
	CU_ASSERT_EQUAL(l.rows_count, 0);
	/* Offset 0 is the empty text. */
	CU_ASSERT_EQUAL(l.text_len, 1);
	CU_ASSERT_STRING_EQUAL(l.text, "");
	for (unsigned i = 0; i < policy_row_count(s.policy); i++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			CU_ASSERT_EQUAL(l.coverage[i].flows[v], 0);
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		CU_ASSERT_EQUAL(l.verdicts[v], 0);
	ledger_free(&l);
	/* Freed, and may be again. */
	CU_ASSERT_PTR_NULL(l.text);
	CU_ASSERT_PTR_NULL(l.policy);
	ledger_free(&l);
	scene_close(&s);
}

static const char *id_of(const struct row *row)
{
	return row == NULL ? "none" : row->id;
}

static void rows_of_a_flow(void)
{
	struct scene s;
	unsigned i, j;

	scene_open(&s, NULL, NULL);
	i = scene_control(&s, CLIENT ":50000", SERVER ":8057");
	j = scene_control(&s, PARTNER ":40000", EDGE ":5062");
	scene_settle(&s);
	SAME(id_of(ledger_best_row(&s.ledger, scene_flow(&s, i))), "d/t/psom");
	CU_ASSERT_PTR_NULL(ledger_nearest_row(&s.ledger, scene_flow(&s, i)));
	CU_ASSERT_PTR_NULL(ledger_best_row(&s.ledger, scene_flow(&s, j)));
	SAME(id_of(ledger_nearest_row(&s.ledger, scene_flow(&s, j))), "d/t/mtls-in");
	/* The first row of all is a row. */
	scene_flow(&s, j)->nearest = 0;
	CU_ASSERT_PTR_EQUAL(ledger_nearest_row(&s.ledger, scene_flow(&s, j)),
			    policy_row(s.policy, 0));
	scene_close(&s);
}

static void tuple_of_a_flow(void)
{
	struct scene s;
	struct talk t;
	struct tuple tuple;
	char text[ADDRESS_TEXT];
	unsigned i;

	scene_open(&s, NULL, NULL);
	for (unsigned way = 0; way < 2; way++) {
		const char *from = way == 0 ? CLIENT ":50000" : SERVER ":443";
		const char *to = way == 0 ? SERVER ":443" : CLIENT ":50000";

		talk_syn(&s, &t, from, to, 1);
		i = scene_judge(&s, &t);
		ledger_tuple(scene_flow(&s, i), &tuple);
		SAME(address_text(&tuple.addr[0], text), way == 0 ? CLIENT : SERVER);
		SAME(address_text(&tuple.addr[1], text), way == 0 ? SERVER : CLIENT);
		CU_ASSERT_EQUAL(tuple.port[0], way == 0 ? 50000 : 443);
		CU_ASSERT_EQUAL(tuple.port[1], way == 0 ? 443 : 50000);
		CU_ASSERT_EQUAL(tuple.l4, 6);
		CU_ASSERT_EQUAL(tuple.ts_ns, t.flow.first_ns);
		for (unsigned by = 0; by < INITIATOR_COUNT; by++) {
			scene_flow(&s, i)->initiator_by = (uint8_t)by;
			ledger_tuple(scene_flow(&s, i), &tuple);
			CU_ASSERT_EQUAL(tuple.initiator_known, by != INITIATOR_UNKNOWN);
		}
	}
	scene_close(&s);
}

extern CU_TestInfo tests_ledger[];
CU_TestInfo tests_ledger[] = { { "a ledger begins empty and may be freed twice", begins_empty },
			       { "a flow has a best row or a nearest one", rows_of_a_flow },
			       { "the tuple of a flow is seen from its initiator",
				 tuple_of_a_flow },
			       CU_TEST_INFO_NULL };
