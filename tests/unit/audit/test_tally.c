/* The sum of a live run: counts of all, flows of the first. */
#include "audit/tally.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"

#define MANY (TALLY_OF_FINDING + 44)

/* A view of @count flows that ended blocked on one row, each with a control before it. */
static void refused(struct fixture *f, unsigned count)
{
	fixture_open(f, true);
	fixture_capture(f, "wire", 10);
	for (unsigned i = 0; i < count; i++) {
		fixture_flow(f, VERDICT_EXPECTED, 6, "10.20.0.5:50001", "10.10.0.11:443",
			     2 * i + 1);
		fixture_row(f, "internal/client-ports/1");
		fixture_flow(f, VERDICT_BLOCKED, 6, "10.20.0.5:50000", "10.10.0.11:8057", 2 * i + 2)
			->fresh = true;
		fixture_row(f, "internal/server-ports/7");
		fixture_control(f, CONTROL_SAME_CLIENT, 2 * i);
	}
	fixture_settle(f);
}

static unsigned row_of(const struct policy *policy, const char *id)
{
	unsigned r = 0;

	while (strcmp(policy_row(policy, r)->id, id) != 0)
		r++;
	return r;
}

static uint32_t findings(void)
{
	return VERDICT_BIT(VERDICT_BLOCKED) | VERDICT_BIT(VERDICT_UNEXPECTED);
}

static void all_count_and_the_first_are_kept(void)
{
	struct capture_facts cap = { .frames = 100 };
	const struct ledger *sum;
	struct fixture f;
	struct tally t;
	struct fa_error err;
	unsigned kept = 0, controls = 0;

	refused(&f, MANY);
	CU_ASSERT_EQUAL_FATAL(tally_init(&t, f.policy, "wire", findings(), &err), 0);
	CU_ASSERT_EQUAL(tally_add(&t, &f.ledger, 1), 0);
	sum = tally_sum(&t, &cap, false);
	CU_ASSERT_EQUAL(sum->verdicts[VERDICT_BLOCKED], MANY);
	CU_ASSERT_EQUAL(sum->verdicts[VERDICT_EXPECTED], 0); /* none of them was fresh */
	CU_ASSERT_EQUAL(
		sum->coverage[row_of(f.policy, "internal/server-ports/7")].flows[VERDICT_BLOCKED],
		MANY);
	CU_ASSERT_EQUAL(sum->coverage[row_of(f.policy, "internal/server-ports/7")].state,
			ROW_BLOCKED);
	for (size_t i = 0; i < sum->flow_count; i++) {
		kept += sum->flows[i].verdict == VERDICT_BLOCKED;
		controls += sum->flows[i].verdict == VERDICT_COUNT;
		if (sum->flows[i].control != LEDGER_NONE)
			CU_ASSERT_EQUAL(sum->flows[sum->flows[i].control].verdict, VERDICT_COUNT);
	}
	CU_ASSERT_EQUAL(kept, TALLY_OF_FINDING);
	CU_ASSERT_EQUAL(controls, TALLY_CONTROLS);
	CU_ASSERT_EQUAL(sum->counted, 44);
	CU_ASSERT_EQUAL(sum->captures[0].frames, 100);
	tally_free(&t);
	fixture_close(&f);
}

static void what_lives_counts_only_while_it_does(void)
{
	struct capture_facts cap = { 0 };
	struct fixture f;
	struct tally t;
	struct fa_error err;

	refused(&f, 1);
	f.ledger.flows[0].alive = true;
	CU_ASSERT_EQUAL_FATAL(tally_init(&t, f.policy, "wire", findings(), &err), 0);
	CU_ASSERT_EQUAL(tally_add(&t, &f.ledger, 1), 0);
	CU_ASSERT_EQUAL(tally_sum(&t, &cap, true)->verdicts[VERDICT_EXPECTED], 1);
	CU_ASSERT_EQUAL(tally_sum(&t, &cap, true)->verdicts[VERDICT_BLOCKED], 1);
	CU_ASSERT_EQUAL(tally_sum(&t, &cap, false)->verdicts[VERDICT_EXPECTED], 0);
	/* The next look finds it gone, and the blocked one told. */
	f.ledger.flows[0].alive = f.ledger.flows[1].fresh = false;
	CU_ASSERT_EQUAL(tally_add(&t, &f.ledger, 2), 0);
	CU_ASSERT_EQUAL(tally_sum(&t, &cap, true)->verdicts[VERDICT_EXPECTED], 0);
	CU_ASSERT_EQUAL(tally_sum(&t, &cap, true)->verdicts[VERDICT_BLOCKED], 1);
	tally_free(&t);
	fixture_close(&f);
}

static void findings_that_live_are_listed_with_those_that_ended(void)
{
	struct capture_facts cap = { 0 };
	const struct ledger *sum;
	struct fixture f;
	struct tally t;
	struct fa_error err;
	unsigned blocked = 0;

	refused(&f, 2);
	f.ledger.flows[3].fresh = false;
	f.ledger.flows[0].alive = f.ledger.flows[3].alive = true; /* expected, blocked */
	CU_ASSERT_EQUAL_FATAL(tally_init(&t, f.policy, "wire", findings(), &err), 0);
	CU_ASSERT_EQUAL(tally_add(&t, &f.ledger, 1), 0);
	for (unsigned twice = 0; twice < 2; twice++)
		CU_ASSERT_PTR_NOT_NULL_FATAL(tally_list(&t, &cap));
	sum = tally_list(&t, &cap);
	CU_ASSERT_EQUAL(sum->verdicts[VERDICT_BLOCKED], 2);
	for (size_t i = 0; i < sum->flow_count; i++) {
		blocked += sum->flows[i].verdict == VERDICT_BLOCKED;
		if (sum->flows[i].control_kind != CONTROL_NONE)
			CU_ASSERT_EQUAL(sum->flows[sum->flows[i].control].verdict, VERDICT_COUNT);
	}
	CU_ASSERT_EQUAL(blocked, 2);
	CU_ASSERT_EQUAL(sum->flow_count, 3); /* and a control */
	tally_free(&t);
	fixture_close(&f);
}

static void counts_of_rows_survive_other_packs(void)
{
	struct capture_facts cap = { 0 };
	struct fixture f, other;
	const struct ledger *sum;
	struct tally t;
	struct fa_error err;

	refused(&f, 3);
	fixture_open_with(&other, false, fixture_wide_pack);
	CU_ASSERT_EQUAL_FATAL(tally_init(&t, f.policy, "wire", findings(), &err), 0);
	CU_ASSERT_EQUAL(tally_add(&t, &f.ledger, 1), 0);
	CU_ASSERT_EQUAL_FATAL(tally_set_policy(&t, other.policy, &err), 0);
	sum = tally_sum(&t, &cap, false);
	CU_ASSERT_PTR_EQUAL(sum->policy, other.policy);
	CU_ASSERT_EQUAL(sum->verdicts[VERDICT_BLOCKED], 3);
	CU_ASSERT_EQUAL(sum->coverage[row_of(other.policy, "internal/server-ports/7")]
				.flows[VERDICT_BLOCKED],
			3);
	CU_ASSERT_EQUAL(sum->flow_count, 0);
	CU_ASSERT_EQUAL(sum->counted, 3);
	CU_ASSERT_EQUAL(seen_count(t.seen), 0);
	tally_free(&t);
	fixture_close(&other);
	fixture_close(&f);
}

static void evicted_flows_that_were_not_listed_count(void)
{
	struct capture_facts cap = { 0 };
	struct fixture f, ended;
	struct tally t;
	struct fa_error err;

	refused(&f, 1);
	fixture_open(&ended, true);
	fixture_capture(&ended, "wire", 1);
	ended.ledger.unlisted = 5;
	ended.ledger.verdicts[VERDICT_INCONCLUSIVE] = 5;
	ended.ledger.captures[0].evicted_unlisted = 5;
	CU_ASSERT_EQUAL_FATAL(tally_init(&t, f.policy, "wire", findings(), &err), 0);
	tally_take_unlisted(&t, &ended.ledger);
	tally_take_unlisted(&t, &ended.ledger); /* they are counted once */
	CU_ASSERT_EQUAL(tally_sum(&t, &cap, false)->verdicts[VERDICT_INCONCLUSIVE], 5);
	CU_ASSERT(fitness_has(&tally_sum(&t, &cap, false)->captures[0].fitness, FITNESS_EVICTED));
	tally_free(&t);
	fixture_close(&ended);
	fixture_close(&f);
}

extern CU_TestInfo tests_tally[];
CU_TestInfo tests_tally[] = {
	{ "all flows count, and the first of a finding are kept with some controls",
	  all_count_and_the_first_are_kept },
	{ "what lives counts as long as it does", what_lives_counts_only_while_it_does },
	{ "findings that live are listed with those that ended",
	  findings_that_live_are_listed_with_those_that_ended },
	{ "counts of rows go on under other packs", counts_of_rows_survive_other_packs },
	{ "evicted flows that were not listed count once",
	  evicted_flows_that_were_not_listed_count },
	CU_TEST_INFO_NULL
};
