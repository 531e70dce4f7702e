/* Findings of a live run: which flows are one, which are new, which are forgotten. */
#include "report/seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"

static void likes_are_one_finding(void)
{
	struct seen *seen = seen_new();
	struct seen_finding *a, *b;
	struct fixture f;
	unsigned pos = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	fixture_open(&f, true);
	fixture_capture(&f, "wire", 10);
	for (unsigned i = 0; i < 2; i++) {
		fixture_flow(&f, VERDICT_BLOCKED, 6, i == 0 ? "10.20.0.5:50000" : "10.20.0.6:50001",
			     "10.10.0.11:5061", 1 + i);
		fixture_row(&f, "internal/server-ports/7");
	}
	fixture_flow(&f, VERDICT_BLOCKED, 6, "10.20.0.5:50000", "10.10.0.12:5061", 3);
	fixture_row(&f, "internal/server-ports/7");
	a = seen_finding(seen, &f.ledger, &f.ledger.flows[0], 1);
	CU_ASSERT_EQUAL(a->flows, 0);
	a->flows = a->untold = 1;
	CU_ASSERT_PTR_EQUAL(seen_finding(seen, &f.ledger, &f.ledger.flows[1], 2), a);
	b = seen_finding(seen, &f.ledger, &f.ledger.flows[2], 3);
	CU_ASSERT(b != a);
	CU_ASSERT_EQUAL(seen_count(seen), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(a->where, "internal/server-ports/7"));
	CU_ASSERT_PTR_NOT_NULL(strstr(a->where, "10.10.0.11"));
	/* Only what no line spoke of since is found. */
	CU_ASSERT_PTR_EQUAL(seen_next_untold(seen, 10, &pos), a);
	CU_ASSERT_PTR_NULL(seen_next_untold(seen, 10, &pos));
	seen_told(a, 5);
	pos = 0;
	CU_ASSERT_PTR_NULL(seen_next_untold(seen, 10, &pos));
	/* A clock that was set back holds no line back. */
	a->untold = 1;
	seen_shift(seen, -100);
	pos = 0;
	CU_ASSERT_PTR_EQUAL(seen_next_untold(seen, -90, &pos), a);
	seen_clear(seen);
	CU_ASSERT_EQUAL(seen_count(seen), 0);
	fixture_close(&f);
	seen_free(seen);
}

static void the_latest_come_first(void)
{
	const struct seen_finding *latest[3];
	struct seen *seen = seen_new();
	struct fixture f;
	char to[32];

	fixture_open(&f, true);
	fixture_capture(&f, "wire", 10);
	for (unsigned i = 0; i < 5; i++) {
		snprintf(to, sizeof(to), "10.10.0.%u:5061", 11 + i);
		fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:50000", to, 1 + i);
	}
	for (unsigned i = 0; i < 5; i++)
		seen_finding(seen, &f.ledger, &f.ledger.flows[i], i == 2 ? 100 : 10 + i);
	CU_ASSERT_EQUAL(seen_latest(seen, latest, 3), 3);
	CU_ASSERT_EQUAL(latest[0]->last_ns, 100);
	CU_ASSERT_EQUAL(latest[1]->last_ns, 14);
	CU_ASSERT_EQUAL(latest[2]->last_ns, 13);
	fixture_close(&f);
	seen_free(seen);
}

static void the_quietest_give_way(void)
{
	struct seen *seen = seen_new();
	struct judged *flow;
	struct fixture f;

	fixture_open(&f, true);
	fixture_capture(&f, "wire", 10);
	flow = fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:50000", "10.10.0.11:5061", 1);
	for (uint32_t i = 0; i < 3 * SEEN_FINDINGS; i++) {
		flow->key.addr[flow->initiator ^ 1u].b[12] = (uint8_t)(i >> 16);
		flow->key.addr[flow->initiator ^ 1u].b[13] = (uint8_t)(i >> 8);
		flow->key.addr[flow->initiator ^ 1u].b[14] = (uint8_t)i;
		seen_finding(seen, &f.ledger, flow, i)->flows++;
	}
	CU_ASSERT(seen_count(seen) <= SEEN_FINDINGS);
	CU_ASSERT(seen_count(seen) > SEEN_FINDINGS / 2);
	/* The last one is still known. */
	CU_ASSERT_EQUAL(seen_finding(seen, &f.ledger, flow, 3 * SEEN_FINDINGS)->flows, 1);
	fixture_close(&f);
	seen_free(seen);
}

extern CU_TestInfo tests_seen[];
CU_TestInfo tests_seen[] = {
	{ "flows that are alike are one finding, told or untold", likes_are_one_finding },
	{ "the latest findings come first", the_latest_come_first },
	{ "where there is no room the quietest finding is forgotten", the_quietest_give_way },
	CU_TEST_INFO_NULL
};
