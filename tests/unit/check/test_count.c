/* Counts of expectation files (check/count.c). */
#include <string.h>

#include <CUnit/CUnit.h>

#include "check/count.h"

extern CU_TestInfo tests_count[];

static int holds(const char *text, uint64_t found)
{
	struct count count;

	CU_ASSERT_TRUE_FATAL(count_parse(text, strlen(text), &count));
	return count_holds(&count, found);
}

static void a_count_holds_up_to_its_edge(void)
{
	CU_ASSERT_TRUE(holds("3", 3));
	CU_ASSERT_FALSE(holds("3", 2));
	CU_ASSERT_FALSE(holds("3", 4));
	CU_ASSERT_TRUE(holds("== 3", 3));
	CU_ASSERT_FALSE(holds("==3", 4));
	CU_ASSERT_TRUE(holds("<= 3", 3));
	CU_ASSERT_TRUE(holds("<= 3", 0));
	CU_ASSERT_FALSE(holds("<= 3", 4));
	CU_ASSERT_TRUE(holds(">= 3", 3));
	CU_ASSERT_FALSE(holds(">=3", 2));
	CU_ASSERT_TRUE(holds("0", 0));
}

static void what_is_no_count_is_refused(void)
{
	static const char *const wrong[] = { "",
					     "x",
					     "-1",
					     "3 ",
					     "< 3",
					     "> 3",
					     "3x",
					     "= 3",
					     ">= ",
					     "3.0",
					     "=> 3",
					     "<=",
					     "1234567890123456789",
					     "0x3",
					     " 3",
					     ">= -1" };
	struct count count;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (count_parse(wrong[i], strlen(wrong[i]), &count))
			CU_FAIL("a count that is none was taken");
	/* The bytes given, and no others. */
	CU_ASSERT_TRUE(count_parse("12", 1, &count));
	CU_ASSERT_EQUAL(count.value, 1);
}

static void a_count_reads_as_it_was_written(void)
{
	static const char *const texts[] = { "3", "<= 3", ">= 3" };
	static const char *const words[] = { "exactly 3", "at most 3", "at least 3" };
	char buf[COUNT_TEXT];
	struct count count;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CU_ASSERT_TRUE(count_parse(texts[i], strlen(texts[i]), &count));
		CU_ASSERT_STRING_EQUAL(count_notation(&count, buf), texts[i]);
		CU_ASSERT_STRING_EQUAL(count_text(&count, buf), words[i]);
	}
}

CU_TestInfo tests_count[] = {
	{ "a count holds up to its edge and not past it", a_count_holds_up_to_its_edge },
	{ "what is no count is refused", what_is_no_count_is_refused },
	{ "a count reads as it was written", a_count_reads_as_it_was_written },
	CU_TEST_INFO_NULL,
};
