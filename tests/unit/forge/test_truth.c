/* The expectation file beside a capture says what the plan says (forge/truth.c). */
#include "forge/truth.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "check/expect.h"

extern CU_TestInfo tests_truth[];

static const char *const no_rules[] = { NULL };
static const char *const two_rules[] = { "lync2013-pic", "/a \"b\".yaml", NULL };

static struct plan a_plan(void)
{
	static const uint8_t a[4] = { 10, 0, 0, 1 }, b[16] = { 0x20, 1, 0xd, 0xb8, [15] = 9 };

	return (struct plan){ .addr = { address_from_v4(a), address_from_v6(b) },
			      .port = { 40000, 5061 },
			      .verdict = "expected",
			      .outcome = "established",
			      .row = "d/t/1" };
}

/* Write and load it again; expect_free() when done. */
static void load(struct expectation *e, const struct plan *plan, const char *const *rules)
{
	const struct forge_options options = { .rules = rules, .site = "s.yaml", .repeat = 3 };
	struct problems problems = { 0 };
	char path[] = "/tmp/truthXXXXXX";
	int fd = mkstemp(path);
	struct fa_error err;

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	CU_ASSERT_EQUAL(truth_write(plan, CASE_OK, &options, path, "x.pcap", &err), 0);
	CU_ASSERT_EQUAL_FATAL(expect_load(e, path, &problems), 0);
	CU_ASSERT_EQUAL(problems.count, 0);
	problems_free(&problems);
	unlink(path);
}

/* The value that a flow must have in a field; NULL: any. */
static const char *field(const struct expectation *e, const char *name)
{
	const struct match_field *f = e->flows->match.fields;

	for (; f != NULL; f = f->next)
		if (strcmp(f->path, name) == 0)
			return f->values[0];
	return NULL;
}

static bool same(const char *got, const char *want)
{
	return got != NULL && strcmp(got, want) == 0;
}

static void what_is_expected_is_written_whole(void)
{
	struct plan plan = a_plan();
	struct expectation e;

	load(&e, &plan, no_rules);
	CU_ASSERT_TRUE(same(e.captures->text, "x.pcap"));
	CU_ASSERT_PTR_NULL(e.rules);
	CU_ASSERT_TRUE(same(e.site->text, "s.yaml"));
	CU_ASSERT_TRUE(same(e.rows[ROWS_SEEN]->text, "d/t/1"));
	CU_ASSERT_TRUE(same(e.rows[ROWS_NOT_BLOCKED]->text, "d/t/1"));
	CU_ASSERT_TRUE(same(e.flows->name, "ok"));
	CU_ASSERT_TRUE(same(field(&e, "src_ip"), "10.0.0.1"));
	CU_ASSERT_TRUE(same(field(&e, "dest_ip"), "2001:db8::9"));
	CU_ASSERT_TRUE(same(field(&e, "dest_port"), "5061"));
	CU_ASSERT_TRUE(same(field(&e, "proto"), "TCP"));
	CU_ASSERT_TRUE(same(field(&e, "verdict"), "expected"));
	CU_ASSERT_TRUE(same(field(&e, "outcome"), "established"));
	CU_ASSERT_TRUE(same(field(&e, "documented"), "d/t/1"));
	CU_ASSERT_EQUAL(e.flows->count.op, COUNT_EQUAL);
	CU_ASSERT_EQUAL(e.flows->count.value, 3);
	CU_ASSERT_PTR_NULL(e.flows->next);
	expect_free(&e);
}

static void what_the_plan_leaves_open_is_not_demanded(void)
{
	struct plan plan = a_plan();
	struct expectation e;

	plan.udp = true;
	plan.verdict = "unexpected";
	plan.outcome = plan.row = NULL;
	load(&e, &plan, no_rules);
	CU_ASSERT_PTR_NULL(e.rows[ROWS_SEEN]);
	CU_ASSERT_TRUE(same(field(&e, "proto"), "UDP"));
	CU_ASSERT_PTR_NULL(field(&e, "outcome"));
	CU_ASSERT_PTR_NULL(field(&e, "documented"));
	expect_free(&e);
	/* A row that is blocked is not seen. */
	plan = a_plan();
	plan.verdict = "blocked";
	load(&e, &plan, no_rules);
	CU_ASSERT_PTR_NULL(e.rows[ROWS_SEEN]);
	CU_ASSERT_PTR_NULL(e.rows[ROWS_NOT_BLOCKED]);
	CU_ASSERT_TRUE(same(field(&e, "documented"), "d/t/1"));
	expect_free(&e);
}

static void packs_are_named_as_they_were_given(void)
{
	struct plan plan = a_plan();
	struct expectation e;

	load(&e, &plan, two_rules);
	CU_ASSERT_TRUE(same(e.rules->text, "lync2013-pic"));
	CU_ASSERT_TRUE(same(e.rules->next->text, "/a \"b\".yaml"));
	expect_free(&e);
}

static void a_truth_that_cannot_be_written_is_an_error(void)
{
	const struct forge_options options = { .rules = no_rules, .site = "s", .repeat = 1 };
	struct plan plan = a_plan();
	struct fa_error err;

	CU_ASSERT_EQUAL(truth_write(&plan, CASE_OK, &options, "/proc/none/x", "x.pcap", &err),
			FA_EIO);
	CU_ASSERT_EQUAL(truth_write(&plan, CASE_OK, &options, "/dev/full", "x.pcap", &err), FA_EIO);
}

CU_TestInfo tests_truth[] = {
	{ "what is expected is written whole", what_is_expected_is_written_whole },
	{ "what the plan leaves open is not demanded", what_the_plan_leaves_open_is_not_demanded },
	{ "packs are named as they were given", packs_are_named_as_they_were_given },
	{ "a truth that cannot be written is an error",
	  a_truth_that_cannot_be_written_is_an_error },
	CU_TEST_INFO_NULL,
};
