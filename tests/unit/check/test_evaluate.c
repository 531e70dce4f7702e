/* Records held against expectations (check/evaluate.c, rows.c). */
#include "check/stage.h"

extern CU_TestInfo tests_evaluate[];

static void rows_must_be_in_their_state(void)
{
	static const struct {
		const char *demand, *state, *want;
	} cases[] = {
		{ "seen", "seen", "pass" },
		{ "seen", "not_seen", "fail" },
		{ "seen", "blocked", "fail" },
		{ "seen", "inconclusive", "fail" },
		{ "seen", "mismatch", "fail" },
		{ "seen", "expired", "fail" },
		{ "not_blocked", "seen", "pass" },
		{ "not_blocked", "not_seen", "pass" },
		{ "not_blocked", "mismatch", "pass" },
		{ "not_blocked", "blocked", "fail" },
		{ "may_be_absent", "not_seen", "pass" },
		{ "may_be_absent", "expired", "pass" },
		{ "may_be_absent", "seen", "pass" },
		{ "may_be_absent", "blocked", "fail" },
		{ "may_be_absent", "mismatch", "fail" },
		{ "may_be_absent", "inconclusive", "fail" },
	};
	struct stage s;
	char yaml[128], want[128];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(yaml, sizeof(yaml), "rows: {%s: d/t/1}\n", cases[i].demand);
		stage_open(&s, yaml);
		stage_flow(&s, "expected", 443, NULL);
		stage_row(&s, "d/t/1", cases[i].state);
		stage_row(&s, "d/t/2", "blocked");
		stage_finish(&s);
		snprintf(want, sizeof(want), "%s rows %s d/t/1", cases[i].want, cases[i].demand);
		SAME(stage_said(&s, NULL), want);
		SAME(stage_item(&s, want + 5)->found, cases[i].state);
		stage_close(&s);
	}
}

static void a_pattern_is_an_item_for_each_row_it_names(void)
{
	struct stage s;

	stage_open(&s, "rows: {seen: [\"d/*\", d/t/1], may_be_absent: [d/t/2, d/t/3]}\n");
	stage_flow(&s, "expected", 443, NULL);
	stage_row(&s, "d/t/1", "seen");
	stage_row(&s, "d/t/2", "not_seen");
	stage_row(&s, "d/t/3", "blocked");
	stage_row(&s, "e/t/1", "not_seen");
	stage_finish(&s);
	/* What may be absent is asked of once, and still may not be blocked. */
	SAME(stage_said(&s, "rows"),
	     "pass rows seen d/t/1; pass rows seen d/t/2; fail rows seen d/t/3");
	CU_ASSERT_EQUAL(stage_item(&s, "rows seen d/t/1")->line, 2);
	stage_close(&s);
}

static void a_row_that_no_pack_has_is_an_error(void)
{
	struct stage s;

	stage_open(&s, "rows: {seen: pic/firewal/1, not_blocked: \"x/*\"}\n");
	stage_flow(&s, "expected", 443, NULL);
	stage_row(&s, "pic/firewall/1", "seen");
	stage_finish(&s);
	SAME(stage_said(&s, NULL), "error rows seen pic/firewal/1; error rows not_blocked x/*");
	SAME(stage_item(&s, "rows seen pic/firewal/1")->found,
	     "no row is called that; did you mean \"pic/firewall/1\"?");
	CU_ASSERT_EQUAL(results_status(&s.results), 2);
	stage_close(&s);
}

static void a_failing_row_shows_its_flows(void)
{
	const struct result *r;
	struct stage s;

	stage_open(&s, "rows: {not_blocked: d/t/1}\n");
	stage_flow(&s, "expected", 443, "d/t/1");
	for (unsigned i = 0; i < 7; i++)
		stage_flow(&s, "blocked", 5061 + i, "d/t/1");
	stage_row(&s, "d/t/1", "blocked");
	stage_finish(&s);
	r = stage_item(&s, "rows not_blocked d/t/1");
	CU_ASSERT_EQUAL(r->example_count, 5);
	CU_ASSERT_EQUAL(r->example_total, 7);
	SAME(r->examples[0].text, "TCP 10.0.0.5:50000 -> 10.1.0.1:5061: blocked, established");
	SAME(r->examples[0].capture, "x.pcap");
	CU_ASSERT_EQUAL(r->examples[0].frame, 7);
	stage_close(&s);
}

static void a_flow_is_an_example_for_rows_of_equal_rank_only(void)
{
	struct stage s;

	stage_open(&s, "rows: {not_blocked: \"*\"}\n");
	stage_record(&s, "{'event_type':'flow','verdict':'blocked','documented':['a','b','c'],"
			 "'equal_rank':2}");
	stage_row(&s, "a", "blocked");
	stage_row(&s, "b", "blocked");
	stage_row(&s, "c", "blocked");
	stage_finish(&s);
	CU_ASSERT_EQUAL(stage_item(&s, "rows not_blocked a")->example_count, 1);
	CU_ASSERT_EQUAL(stage_item(&s, "rows not_blocked b")->example_count, 1);
	CU_ASSERT_EQUAL(stage_item(&s, "rows not_blocked c")->example_count, 0);
	stage_close(&s);
}

static void verdicts_are_counted(void)
{
	struct stage s;

	stage_open(&s, "verdicts: {unexpected: 0, blocked: \"<= 1\", expected: \">= 2\", "
		       "mismatch: 0}\n");
	stage_flow(&s, "expected", 443, NULL);
	stage_flow(&s, "expected", 443, NULL);
	stage_flow(&s, "blocked", 5061, NULL);
	stage_flow(&s, "unexpected", 8443, NULL);
	stage_finish(&s);
	SAME(stage_said(&s, "verdicts"), "pass verdicts expected; fail verdicts unexpected; "
					 "pass verdicts blocked; pass verdicts mismatch");
	SAME(stage_item(&s, "verdicts unexpected")->expected, "exactly 0 unexpected");
	SAME(stage_item(&s, "verdicts unexpected")->found, "1");
	CU_ASSERT_EQUAL(stage_item(&s, "verdicts unexpected")->example_count, 1);
	CU_ASSERT_EQUAL(stage_item(&s, "verdicts blocked")->example_count, 0);
	CU_ASSERT_EQUAL(results_status(&s.results), 1);
	stage_close(&s);
}

static void flows_that_must_or_must_not_exist(void)
{
	struct stage s;

	stage_open(&s, "flows:\n"
		       "  - {name: there, match: {dest_port: 443}}\n"
		       "  - {name: not there, match: {dest_port: 80}, count: 0}\n"
		       "  - {name: missing, match: {dest_port: 444}}\n"
		       "  - {name: too many, match: {verdict: expected}, count: \"<= 1\"}\n");
	stage_flow(&s, "expected", 443, NULL);
	stage_flow(&s, "expected", 80, NULL);
	stage_finish(&s);
	SAME(stage_said(&s, "flows"), "pass flows there; fail flows not there; fail flows missing; "
				      "fail flows too many");
	SAME(stage_item(&s, "flows not there")->found, "1 flow");
	SAME(stage_item(&s, "flows missing")->found, "0 flows");
	SAME(stage_item(&s, "flows missing")->expected, "at least 1 with dest_port: 444");
	CU_ASSERT_EQUAL(stage_item(&s, "flows too many")->example_total, 2);
	stage_close(&s);
}

static void a_flow_that_misses_by_one_field_is_shown(void)
{
	const struct result *r;
	struct stage s;

	stage_open(&s, "flows: [{name: x, match: {verdict: expected, dest_port: 5061, "
		       "src_ip: 10.0.0.5}}]\n");
	stage_flow(&s, "blocked", 443, NULL); /* two fields */
	stage_flow(&s, "blocked", 5061, NULL);
	stage_flow(&s, "blocked", 5061, NULL);
	stage_finish(&s);
	r = stage_item(&s, "flows x");
	CU_ASSERT_EQUAL(r->state, RESULT_FAIL);
	SAME(r->found, "none; 2 fail in one field only, verdict: blocked");
	CU_ASSERT_EQUAL(r->example_total, 2);
	stage_close(&s);
}

static void known_flows_do_not_count_until_their_day(void)
{
	static const char *const days[] = { "2026-11-26", "2026-11-25" };
	struct stage s;
	char yaml[256];

	for (unsigned over = 0; over < 2; over++) {
		snprintf(yaml, sizeof(yaml),
			 "verdicts: {unexpected: 0}\n"
			 "exceptions: [{match: {dest_port: 8443}, reason: agent, until: %s}]\n",
			 days[over]);
		stage_open(&s, yaml);
		stage_flow(&s, "unexpected", 8443, NULL);
		stage_flow(&s, "blocked", 8443, NULL); /* only unexpected flows are excepted */
		stage_finish(&s);
		SAME(stage_said(&s, NULL),
		     over ? "fail verdicts unexpected; fail exceptions agent"
			  : "pass verdicts unexpected; pass exceptions agent");
		SAME(stage_item(&s, "exceptions agent")->found,
		     over ? "over; 1 flow" : "in force; 1 flow");
		stage_close(&s);
	}
}

static void an_exception_without_flows_passes_and_says_so(void)
{
	struct stage s;

	stage_open(&s, "exceptions: [{match: {dest_port: 1}, reason: old, until: 2020-01-01}]\n");
	stage_flow(&s, "unexpected", 8443, NULL);
	stage_finish(&s);
	SAME(stage_said(&s, NULL), "pass exceptions old");
	SAME(stage_item(&s, "exceptions old")->found,
	     "matches no unexpected flow: it may be removed");
	stage_close(&s);
}

static void the_audits_own_status_is_checked(void)
{
	struct stage s;

	stage_open(&s, "exit: 1\n");
	stage_flow(&s, "expected", 443, NULL);
	stage_finish(&s);
	SAME(stage_said(&s, NULL), "pass exit 1");
	stage_close(&s);
	stage_open(&s, "exit: 0\n");
	stage_flow(&s, "expected", 443, NULL);
	stage_finish(&s);
	SAME(stage_said(&s, NULL), "fail exit 0");
	stage_close(&s);
}

static void nothing_seen_never_passes(void)
{
	struct stage s;

	/* Packets, but no flow. */
	stage_open(&s, "verdicts: {unexpected: 0}\n");
	stage_finish(&s);
	SAME(stage_said(&s, NULL), "error captures; pass verdicts unexpected");
	CU_ASSERT_EQUAL(results_status(&s.results), 2);
	stage_close(&s);
	/* No packet. */
	stage_open(&s, "verdicts: {unexpected: 0}\n");
	stage_record(&s, "{'event_type':'capture','frames':0}");
	stage_record(&s, "{'event_type':'summary','exit_status':3}");
	evaluation_finish(s.evaluation);
	SAME(stage_item(&s, "captures")->found, "captures without a packet: nothing was checked");
	stage_close(&s);
	/* The audit broke off: no summary. */
	stage_open(&s, "verdicts: {unexpected: 0}\n");
	stage_record(&s, "{'event_type':'capture','frames':3}");
	stage_flow(&s, "expected", 443, NULL);
	evaluation_finish(s.evaluation);
	SAME(stage_item(&s, "captures")->found, "the audit did not come to its end");
	stage_close(&s);
}

/* Evicted flows without a record are inconclusive: "none" is not passed by leaving them out. */
static void flows_without_a_record_count(void)
{
	struct stage s;

	stage_open(&s, "verdicts: {inconclusive: 0, unexpected: 0}\n");
	stage_record(&s, "{'event_type':'capture','frames':9}");
	stage_flow(&s, "expected", 443, NULL);
	stage_record(&s, "{'event_type':'summary','evicted_unlisted':2,'exit_status':0}");
	evaluation_finish(s.evaluation);
	SAME(stage_said(&s, NULL), "pass verdicts unexpected; fail verdicts inconclusive");
	SAME(stage_item(&s, "verdicts inconclusive")->found, "2");
	stage_close(&s);
}

static void an_expectation_that_checks_nothing_is_no_pass(void)
{
	struct stage s;

	stage_open(&s, "");
	stage_flow(&s, "expected", 443, NULL);
	stage_finish(&s);
	SAME(stage_said(&s, NULL), "");
	CU_ASSERT_EQUAL(results_status(&s.results), 2);
	stage_close(&s);
}

CU_TestInfo tests_evaluate[] = {
	{ "rows must be in their state", rows_must_be_in_their_state },
	{ "a pattern is an item for each row it names",
	  a_pattern_is_an_item_for_each_row_it_names },
	{ "a row that no pack has is an error", a_row_that_no_pack_has_is_an_error },
	{ "a failing row shows its flows", a_failing_row_shows_its_flows },
	{ "a flow is an example for rows of equal rank only",
	  a_flow_is_an_example_for_rows_of_equal_rank_only },
	{ "verdicts are counted", verdicts_are_counted },
	{ "flows that must or must not exist", flows_that_must_or_must_not_exist },
	{ "a flow that misses by one field is shown", a_flow_that_misses_by_one_field_is_shown },
	{ "known flows do not count until their day", known_flows_do_not_count_until_their_day },
	{ "an exception without flows passes and says so",
	  an_exception_without_flows_passes_and_says_so },
	{ "the audit's own status is checked", the_audits_own_status_is_checked },
	{ "nothing seen never passes", nothing_seen_never_passes },
	{ "an expectation that checks nothing is no pass",
	  an_expectation_that_checks_nothing_is_no_pass },
	{ "flows that the audit only counted are inconclusive", flows_without_a_record_count },
	CU_TEST_INFO_NULL,
};
