/* Expectation files and their mistakes (check/expect.c, match.c). */
#include "check/stage.h"

extern CU_TestInfo tests_expect[];

static void a_whole_file_is_read(void)
{
	struct stage s;
	const struct expect_flow *f;
	const struct expect_exception *x;

	stage_open(&s, "rules: [p, q.yaml]\nsite: s.yaml\nexit: 3\n"
		       "rows: {seen: d/t/1, not_blocked: [\"d/*\", e/t/2], may_be_absent: d/t/3}\n"
		       "verdicts: {unexpected: 0, expected: \">= 2\"}\n"
		       "flows:\n"
		       "  - {name: one, match: {dest_port: [443, 444], verdict: expected}}\n"
		       "  - {name: two, match: {src_ip: 10.0.0.0/8}, count: \"<= 7\"}\n"
		       "exceptions:\n"
		       "  - {match: {proto: TCP}, reason: agent, until: 2027-01-31}\n");
	SAME(s.expect.directory, "dir/");
	SAME(s.expect.captures->text, "x");
	SAME(s.expect.rules->next->text, "q.yaml");
	SAME(s.expect.site->text, "s.yaml");
	CU_ASSERT_EQUAL(s.expect.exit, 3);
	CU_ASSERT_EQUAL(s.expect.exit_line, 4);
	SAME(s.expect.rows[ROWS_SEEN]->text, "d/t/1");
	SAME(s.expect.rows[ROWS_NOT_BLOCKED]->next->text, "e/t/2");
	SAME(s.expect.rows[ROWS_MAY_BE_ABSENT]->text, "d/t/3");
	CU_ASSERT_EQUAL(s.expect.verdicts[0].count.op, COUNT_AT_LEAST);
	CU_ASSERT_EQUAL(s.expect.verdicts[1].line, 6);
	CU_ASSERT_EQUAL(s.expect.verdicts[2].line, 0);
	f = s.expect.flows;
	SAME(f->name, "one");
	CU_ASSERT_EQUAL(f->match.field_count, 2);
	SAME(f->match.fields->values[1], "444");
	/* Left out, a count means at least one. */
	CU_ASSERT_EQUAL(f->count.op, COUNT_AT_LEAST);
	CU_ASSERT_EQUAL(f->count.value, 1);
	CU_ASSERT_EQUAL(f->next->count.value, 7);
	CU_ASSERT_EQUAL(f->next->line, 9);
	x = s.expect.exceptions;
	SAME(x->reason, "agent");
	CU_ASSERT_EQUAL(x->until, 20849);
	stage_close(&s);
}

static void every_mistake_is_named_with_its_place(void)
{
	static const struct {
		const char *yaml, *want;
	} cases[] = {
		{ "rows: {}\n", "e.yaml:1:1: the expectation has no \"captures\"" },
		{ "captures: []\n", "e.yaml:1:11: captures: none is given" },
		{ "captures: x\nexit: 4\n",
		  "e.yaml:2:7: exit: expected a number of 0 to 3, found \"4\"" },
		{ "captures: x\nsite: [a, b]\n", "e.yaml:2:7: site: an audit has one" },
		{ "captures: x\nrow: {}\n",
		  "e.yaml:2:1: unknown key \"row\" in the expectation; did you mean \"rows\"?" },
		{ "captures: x\nverdicts: {unexpcted: 0}\n",
		  "e.yaml:2:12: unknown key \"unexpcted\" in verdicts; did you mean "
		  "\"unexpected\"?" },
		{ "captures: x\nverdicts: {blocked: few}\n",
		  "e.yaml:2:21: a count is a number, or \"== N\", \"<= N\" or \">= N\"" },
		{ "captures: x\nflows: [{name: a, match: {dest_prot: 1}}]\n",
		  "e.yaml:2:27: records of flows have no field \"dest_prot\"; did you mean "
		  "\"dest_port\" or \"dest_role\"?" },
		{ "captures: x\nflows: [{name: a, match: {dest_port: []}}]\n",
		  "e.yaml:2:38: dest_port: an empty list matches nothing" },
		{ "captures: x\nflows: [{name: a, match: {}}]\n",
		  "e.yaml:2:26: match: no field is given; every flow would match" },
		{ "captures: x\nflows: [{match: {proto: TCP}}]\n",
		  "e.yaml:2:9: the flow has no \"name\"" },
		{ "captures: x\nflows: [{name: a, match: {proto: TCP}}, {name: a, match: {proto: "
		  "UDP}}]\n",
		  "e.yaml:2:8: two flows are called \"a\" (lines 2 and 2)" },
		{ "captures: x\nflows: {}\n", "e.yaml:2:8: flows: expected a list, found a map" },
		{ "captures: x\nexceptions: [{match: {proto: TCP}, until: 2027-01-31}]\n",
		  "e.yaml:2:14: the exception has no \"reason\"" },
		{ "captures: x\nexceptions: [{match: {proto: TCP}, reason: a}]\n",
		  "e.yaml:2:14: the exception has no \"until\"" },
		{ "captures: x\nrows: {seen: [\"\"]}\nverdicts: {blocked: x}\n",
		  "e.yaml:2:15: the row is empty\n"
		  "e.yaml:3:21: a count is a number, or \"== N\", \"<= N\" or \">= N\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		SAME(stage_mistakes(cases[i].yaml), cases[i].want);
}

static void an_address_that_is_none_is_a_mistake(void)
{
	const char *said =
		stage_mistakes("captures: x\nflows: [{name: a, match: {src_ip: 10.0.0.300}}]\n");

	CU_ASSERT_EQUAL(strncmp(said, "e.yaml:2:35: \"10.0.0.300\"", 25), 0);
	said = stage_mistakes(
		"captures: x\nexceptions: [{match: {proto: T}, reason: a, until: soon}]\n");
	CU_ASSERT_EQUAL(strncmp(said, "e.yaml:2:52: until", 18), 0);
}

CU_TestInfo tests_expect[] = {
	{ "a whole file is read", a_whole_file_is_read },
	{ "every mistake is named with its place", every_mistake_is_named_with_its_place },
	{ "an address or a day that is none is a mistake", an_address_that_is_none_is_a_mistake },
	CU_TEST_INFO_NULL,
};
