/* Options by table (cmd/options.c). */
#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "cmd/complaints.h"

enum { RULES, SITE, STRICT, SEED, HELP };

static const struct option_row rows[] = {
	[RULES] = { 'R', "rules", "PACK", true, "packs" },
	[SITE] = { 'S', "site", "FILE", false, "a site" },
	[STRICT] = { 0, "strict", NULL, false, "be strict" },
	[SEED] = { 0, "seed", "N", false, "a seed" },
	[HELP] = { 'h', "help", NULL, false, "this text" },
	{ 0 },
};

#define WORDS 12

/* A command line: its words, and where options_next() stands in it. */
struct line {
	char text[200];
	char *argv[WORDS + 1];
	int argc;
	struct options_state state;
};

/* Words are separated by blanks; the first is the command's name. */
static void begin(struct line *l, const char *text)
{
	char *rest = l->text;

	memset(l, 0, sizeof(*l));
	strcpy(l->text, text);
	for (char *word; (word = strsep(&rest, " ")) != NULL;)
		l->argv[l->argc++] = word;
}

static int next(struct line *l)
{
	return options_next(l->argc, l->argv, rows, &l->state);
}

static bool next_is(struct line *l, int row, const char *value)
{
	int got = next(l);

	if (got != row)
		return false;
	return value == NULL ? l->state.value == NULL
			     : l->state.value != NULL && strcmp(l->state.value, value) == 0;
}

static void letters_and_long_forms(void)
{
	struct line l;

	begin(&l, "audit -R one --rules two --rules=three -Rfour --strict -S five --seed 6");
	CU_ASSERT_TRUE(next_is(&l, RULES, "one"));
	CU_ASSERT_TRUE(next_is(&l, RULES, "two"));
	CU_ASSERT_TRUE(next_is(&l, RULES, "three"));
	CU_ASSERT_TRUE(next_is(&l, RULES, "four"));
	CU_ASSERT_TRUE(next_is(&l, STRICT, NULL));
	CU_ASSERT_TRUE(next_is(&l, SITE, "five"));
	CU_ASSERT_TRUE(next_is(&l, SEED, "6"));
	CU_ASSERT_EQUAL(next(&l), -1);
	CU_ASSERT_EQUAL(l.state.operand, l.argc);
}

static void operands_anywhere(void)
{
	struct line l;

	begin(&l, "audit a.pcap -S site b.pcap --strict");
	CU_ASSERT_TRUE(next_is(&l, SITE, "site"));
	CU_ASSERT_TRUE(next_is(&l, STRICT, NULL));
	CU_ASSERT_EQUAL(next(&l), -1);
	CU_ASSERT_EQUAL(l.argc - l.state.operand, 2);
	CU_ASSERT_STRING_EQUAL(l.argv[l.state.operand], "a.pcap");
	CU_ASSERT_STRING_EQUAL(l.argv[l.state.operand + 1], "b.pcap");
	/* Behind "--" nothing is an option; "-" is none. */
	begin(&l, "audit - -- --strict -x");
	CU_ASSERT_EQUAL(next(&l), -1);
	CU_ASSERT_EQUAL(l.argc - l.state.operand, 3);
	CU_ASSERT_STRING_EQUAL(l.argv[l.state.operand], "-");
	CU_ASSERT_STRING_EQUAL(l.argv[l.state.operand + 1], "--strict");
}

static void nothing_given(void)
{
	struct line l;

	begin(&l, "audit");
	CU_ASSERT_EQUAL(next(&l), -1);
	CU_ASSERT_EQUAL(l.state.operand, 1);
}

static void unique_abbreviations(void)
{
	struct line l;

	begin(&l, "audit --st --ru x");
	CU_ASSERT_TRUE(next_is(&l, STRICT, NULL));
	CU_ASSERT_TRUE(next_is(&l, RULES, "x"));
	/* site, strict and seed begin with s */
	begin(&l, "audit --s x");
	SAYS(next(&l), -2,
	     "flowaudit: audit: unknown, ambiguous or misused option --s; see flowaudit audit "
	     "--help\n");
}

static void mistakes(void)
{
	struct line l;

	begin(&l, "audit -x");
	SAYS(next(&l), -2, "flowaudit: audit: unknown option -x; see flowaudit audit --help\n");
	begin(&l, "audit -hx");
	CU_ASSERT_TRUE(next_is(&l, HELP, NULL));
	SAYS(next(&l), -2, "flowaudit: audit: unknown option -x; see flowaudit audit --help\n");
	begin(&l, "audit --nonsense");
	SAYS(next(&l), -2,
	     "flowaudit: audit: unknown, ambiguous or misused option --nonsense; see flowaudit "
	     "audit --help\n");
	begin(&l, "audit --strict=yes");
	SAYS(next(&l), -2,
	     "flowaudit: audit: unknown, ambiguous or misused option --strict=yes; see flowaudit "
	     "audit --help\n");
	begin(&l, "audit -S");
	SAYS(next(&l), -2,
	     "flowaudit: audit: option -S needs a value; see flowaudit audit --help\n");
	begin(&l, "audit --seed");
	SAYS(next(&l), -2,
	     "flowaudit: audit: option --seed needs a value; see flowaudit audit --help\n");
}

static void given_twice(void)
{
	struct line l;

	begin(&l, "audit -S a --strict --site b");
	CU_ASSERT_TRUE(next_is(&l, SITE, "a"));
	CU_ASSERT_TRUE(next_is(&l, STRICT, NULL));
	SAYS(next(&l), -2, "flowaudit: audit: option --site was given twice; once says it all\n");
	/* A flag twice says no more than once, and some options repeat. */
	begin(&l, "audit --strict --strict -R a -R a");
	CU_ASSERT_TRUE(next_is(&l, STRICT, NULL));
	CU_ASSERT_TRUE(next_is(&l, STRICT, NULL));
	CU_ASSERT_TRUE(next_is(&l, RULES, "a"));
	CU_ASSERT_TRUE(next_is(&l, RULES, "a"));
	CU_ASSERT_EQUAL(next(&l), -1);
}

static void another_line_starts_over(void)
{
	struct line l;

	begin(&l, "audit -S a x y z");
	CU_ASSERT_TRUE(next_is(&l, SITE, "a"));
	begin(&l, "rules --site b -R c");
	CU_ASSERT_TRUE(next_is(&l, SITE, "b"));
	CU_ASSERT_TRUE(next_is(&l, RULES, "c"));
	CU_ASSERT_EQUAL(next(&l), -1);
}

static void usage_text(void)
{
	static const struct option_row wide[] = {
		{ 'x', "attempt-timeout", "SECO", false, "beside" },
		{ 0, "attempt-timeout", "SECON", false, "below" },
		{ 0 },
	};
	struct complaints said;

	complaints_begin(&said, 1);
	options_print(stdout, rows);
	options_print(stdout, wide);
	complaints_end(&said);
	CU_ASSERT(complaints_same(said.text, "  -R, --rules PACK            packs\n"
					     "  -S, --site FILE             a site\n"
					     "      --strict                be strict\n"
					     "      --seed N                a seed\n"
					     "  -h, --help                  this text\n"
					     "  -x, --attempt-timeout SECO  beside\n"
					     "      --attempt-timeout SECON\n"
					     "                              below\n"));
}

static void numbers(void)
{
	uint64_t n = 99;

	CU_ASSERT_TRUE(options_number("batch", "1", 1, 64, &n));
	CU_ASSERT_EQUAL(n, 1);
	CU_ASSERT_TRUE(options_number("batch", "010", 1, 64, &n)); /* ten: decimal, as it reads */
	CU_ASSERT_EQUAL(n, 10);
	CU_ASSERT_TRUE(options_number("batch", "64", 1, 64, &n));
	CU_ASSERT_EQUAL(n, 64);
	CU_ASSERT_TRUE(options_number("seed", "0", 0, UINT64_MAX, &n));
	CU_ASSERT_EQUAL(n, 0);
	CU_ASSERT_TRUE(options_number("seed", "18446744073709551615", 0, UINT64_MAX, &n));
	CU_ASSERT_EQUAL(n, UINT64_MAX);
}

static void numbers_that_are_none(void)
{
	static const char *const wrong[] = {
		"0",  "65",  "",    "-1", "+1",  " 1",
		"1 ", "1.0", "1e1", "x1", "64x", "18446744073709551617"
	};
	char want[120];
	uint64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(want, sizeof(want),
			 "flowaudit: --batch: \"%s\" is not a number from 1 to 64\n", wrong[i]);
		SAYS(options_number("batch", wrong[i], 1, 64, &n), false, want);
	}
	SAYS(options_number("seed", "18446744073709551616", 0, UINT64_MAX, &n), false,
	     "flowaudit: --seed: \"18446744073709551616\" is not a number from 0 to "
	     "18446744073709551615\n");
}

extern CU_TestInfo tests_options[];
CU_TestInfo tests_options[] = {
	{ "options come by letter and by long form, with their values", letters_and_long_forms },
	{ "operands may stand between options, and behind --", operands_anywhere },
	{ "a line without options ends at once", nothing_given },
	{ "long forms may be cut short while they are unique", unique_abbreviations },
	{ "unknown options, missing values and values too many are said", mistakes },
	{ "an option with a value is refused a second time, unless it repeats", given_twice },
	{ "another command line starts over", another_line_starts_over },
	{ "the usage text comes from the table", usage_text },
	{ "numbers keep within their bounds", numbers },
	{ "what is no whole number within bounds is refused", numbers_that_are_none },
	CU_TEST_INFO_NULL
};
