/* Which rows were seen, blocked, or never (judge/coverage.c). */
#include "judge/coverage.h"

#include "judge/scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Put a settled flow of these rows, the first @best of them of equal rank, into the ledger. */
static void put(struct scene *s, enum verdict verdict, unsigned best, const char *const *ids)
{
	struct ledger *l = &s->ledger;
	struct judged *f;

	CU_ASSERT_EQUAL_FATAL(
		memory_region_grow(&l->flows, &l->flow_cap, l->flow_count + 1, sizeof(*l->flows)),
		0);
	f = &l->flows[l->flow_count++];
	*f = (struct judged){ .verdict = (uint8_t)verdict,
			      .rows = (uint32_t)l->rows_count,
			      .best_rows = (uint16_t)best };
	for (; *ids != NULL; ids++, f->row_count++) {
		int row = policy_find_row(s->policy, *ids);

		CU_ASSERT_FATAL(row >= 0);
		CU_ASSERT_EQUAL_FATAL(memory_region_grow(&l->rows, &l->rows_cap, l->rows_count + 1,
							 sizeof(*l->rows)),
				      0);
		l->rows[l->rows_count++] = (uint32_t)row;
	}
}

#define PUT(s, verdict, best, ...) put(s, verdict, best, (const char *const[]){ __VA_ARGS__, NULL })

static const struct row_coverage *of(struct scene *s, const char *id)
{
	int row = policy_find_row(s->policy, id);

	CU_ASSERT_FATAL(row >= 0);
	return &s->ledger.coverage[row];
}

static const char *state(struct scene *s, const char *id)
{
	return row_state_name((enum row_state)of(s, id)->state);
}

static void counts_again(struct scene *s)
{
	memset(s->ledger.coverage, 0, policy_row_count(s->policy) * sizeof(*s->ledger.coverage));
	coverage_count(&s->ledger);
}

static void flows_count_for_equal_rank(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	PUT(&s, VERDICT_EXPECTED, 2, "d/t/psom", "d/t/twin", "d/t/wide");
	PUT(&s, VERDICT_EXPECTED, 1, "d/t/psom", "d/t/twin");
	PUT(&s, VERDICT_BLOCKED, 1, "d/t/psom");
	coverage_count(&s.ledger);
	CU_ASSERT_EQUAL(of(&s, "d/t/psom")->flows[VERDICT_EXPECTED], 2);
	CU_ASSERT_EQUAL(of(&s, "d/t/psom")->flows[VERDICT_BLOCKED], 1);
	CU_ASSERT_EQUAL(of(&s, "d/t/twin")->flows[VERDICT_EXPECTED], 1);
	CU_ASSERT_EQUAL(of(&s, "d/t/twin")->flows[VERDICT_BLOCKED], 0);
	CU_ASSERT_EQUAL(of(&s, "d/t/wide")->flows[VERDICT_EXPECTED], 0);
	SAME(state(&s, "d/t/psom"), "seen");
	SAME(state(&s, "d/t/twin"), "seen");
	SAME(state(&s, "d/t/wide"), "not_seen");
	scene_close(&s);
}

static void the_best_state_wins(void)
{
	static const struct {
		enum verdict verdict;
		const char *state;
	} order[] = {
		{ VERDICT_REJECTED, "not_seen" },         { VERDICT_UNEXPECTED, "not_seen" },
		{ VERDICT_INCONCLUSIVE, "inconclusive" }, { VERDICT_MISMATCH, "mismatch" },
		{ VERDICT_BLOCKED, "blocked" },           { VERDICT_EXPECTED, "seen" },
	};
	struct scene s;

	scene_open(&s, NULL, NULL);
	coverage_count(&s.ledger);
	SAME(state(&s, "d/t/web"), "not_seen");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		PUT(&s, order[i].verdict, 1, "d/t/web");
		counts_again(&s);
		SAME(state(&s, "d/t/web"), order[i].state);
		CU_ASSERT_EQUAL(of(&s, "d/t/web")->flows[order[i].verdict], 1);
	}
	scene_close(&s);
}

#define ENDED INT64_C(1363392000) /* 2013-03-16 00:00 UTC, in seconds */

static void expired_rows(void)
{
	static const char excepted[] = "site: s\nroles:\n  client: [10.0.0.0/24]\n"
				       "exceptions: [holiday]\n";
	struct scene s;

	scene_open(&s, NULL, NULL);
	coverage_count(&s.ledger);
	SAME(state(&s, "d/t/old"), "expired");
	CU_ASSERT_FALSE(of(&s, "d/t/old")->required);
	/* The end of the last capture decides, to the instant. */
	s.ledger.captures[0].last_ns = ENDED * NS_PER_S;
	counts_again(&s);
	SAME(state(&s, "d/t/old"), "expired");
	s.ledger.captures[0].last_ns = ENDED * NS_PER_S - 1;
	counts_again(&s);
	SAME(state(&s, "d/t/old"), "not_seen");
	CU_ASSERT_TRUE(of(&s, "d/t/old")->required);
	scene_capture(&s, 1, 0, 1);
	scene_capture(&s, 2, -1795252442, -1795252441); /* the first second of 1970 */
	counts_again(&s);
	SAME(state(&s, "d/t/old"), "expired");
	/* What was seen was seen. */
	PUT(&s, VERDICT_INCONCLUSIVE, 1, "d/t/old");
	counts_again(&s);
	SAME(state(&s, "d/t/old"), "inconclusive");
	scene_close(&s);
	scene_open(&s, NULL, excepted);
	coverage_count(&s.ledger);
	SAME(state(&s, "d/t/old"), "not_seen");
	scene_close(&s);
}

static void required_rows(void)
{
	static const char *const conditions[] = { "", "conditions: {sunny: false}\n",
						  "conditions: {sunny: true}\n" };
	struct scene s;
	char site[200];

	scene_open(&s, NULL, NULL);
	coverage_count(&s.ledger);
	CU_ASSERT_TRUE(of(&s, "d/t/web")->required);
	CU_ASSERT_FALSE(of(&s, "d/t/tls")->required); /* optional */
	CU_ASSERT_FALSE(of(&s, "d/t/blank")->required);
	SAME(state(&s, "d/t/blank"), "not_seen");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		bool unseen = v == VERDICT_REJECTED || v == VERDICT_UNEXPECTED;

		s.ledger.flow_count = 0;
		PUT(&s, (enum verdict)v, 1, "d/t/web");
		counts_again(&s);
		CU_ASSERT_EQUAL(of(&s, "d/t/web")->required, unseen);
	}
	scene_close(&s);
	/* With a condition only where the site asserts it. */
	for (unsigned i = 0; i < ARRAY_SIZE(conditions); i++) {
		strcpy(site, "site: s\nroles:\n  client: [10.0.0.0/24]\n");
		strcat(site, conditions[i]);
		scene_open(&s, NULL, site);
		coverage_count(&s.ledger);
		CU_ASSERT_EQUAL(of(&s, "d/t/sunny")->required, i == 2);
		scene_close(&s);
	}
}

extern CU_TestInfo tests_coverage[];
CU_TestInfo tests_coverage[] = {
	{ "a flow counts for its best row and every row of equal rank",
	  flows_count_for_equal_rank },
	{ "a row is seen, else blocked, else mismatch, else inconclusive, else not seen",
	  the_best_state_wins },
	{ "a row past its end when the captures end is expired", expired_rows },
	{ "required and not seen, without a condition or with one the site asserts",
	  required_rows },
	CU_TEST_INFO_NULL
};
