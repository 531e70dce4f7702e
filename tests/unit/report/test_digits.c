/* Numbers by hand, against printf where the count of digits changes. */
#include "report/digits.h"

#include <inttypes.h>
#include <stdio.h>

#include <CUnit/CUnit.h>

static void expect(uint64_t v)
{
	char mine[32], theirs[32];

	snprintf(theirs, sizeof(theirs), "%" PRIu64, v);
	*digits_u64(mine, v) = '\0';
	CU_ASSERT_STRING_EQUAL(mine, theirs);
}

static void test_numbers(void)
{
	uint64_t power = 1, v;
	unsigned i;

	for (v = 0; v < 11000; v++)
		expect(v);
	for (i = 0; i < 20; i++, power *= 10) {
		expect(power - 1);
		expect(power);
		expect(power + 1);
		expect(power * 7 / 3);
	}
	expect(UINT64_MAX);
}

static void test_zeros(void)
{
	char text[8];

	*digits_pair(text, 7) = '\0';
	CU_ASSERT_STRING_EQUAL(text, "07");
	*digits_four(text, 42) = '\0';
	CU_ASSERT_STRING_EQUAL(text, "0042");
}

extern CU_TestInfo tests_digits[];
CU_TestInfo tests_digits[] = {
	{ "every length of number is printf's", test_numbers },
	{ "a fixed length keeps its zeros", test_zeros },
	CU_TEST_INFO_NULL,
};
