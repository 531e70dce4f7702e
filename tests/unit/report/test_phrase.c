/* Counts, plurals and sizes at their boundaries. */
#include "report/phrase.h"

#include <CUnit/CUnit.h>

static void count(uint64_t n, const char *want)
{
	char buf[PHRASE_COUNT];

	CU_ASSERT_STRING_EQUAL(phrase_count(n, buf), want);
}

static void bytes(uint64_t n, const char *want)
{
	char buf[PHRASE_BYTES];

	CU_ASSERT_STRING_EQUAL(phrase_bytes(n, buf), want);
}

static void test_count(void)
{
	count(0, "0");
	count(999, "999");
	count(1000, "1,000");
	count(1284113, "1,284,113");
	count(UINT64_MAX, "18,446,744,073,709,551,615");
}

static void test_plural(void)
{
	char buf[64];

	CU_ASSERT_STRING_EQUAL(phrase_plural(0, "flow", "flows", buf, sizeof(buf)), "0 flows");
	CU_ASSERT_STRING_EQUAL(phrase_plural(1, "flow", "flows", buf, sizeof(buf)), "1 flow");
	CU_ASSERT_STRING_EQUAL(phrase_plural(2, "flow", "flows", buf, sizeof(buf)), "2 flows");
	CU_ASSERT_STRING_EQUAL(phrase_plural(1904, "probe", "probes", buf, sizeof(buf)),
			       "1,904 probes");
}

static void test_bytes(void)
{
	bytes(0, "0 bytes");
	bytes(1, "1 byte");
	bytes(999, "999 bytes");
	bytes(1000, "1.0 kB");
	bytes(1349, "1.3 kB");
	bytes(1350, "1.4 kB");
	bytes(9949, "9.9 kB");
	bytes(9950, "10 kB");
	bytes(999499, "999 kB");
	bytes(999500, "1.0 MB");
	bytes(612345678, "612 MB");
	bytes(UINT64_C(2500000000), "2.5 GB");
	bytes(UINT64_MAX, "18 EB");
}

extern CU_TestInfo tests_phrase[];
CU_TestInfo tests_phrase[] = {
	{ "counts have a separator every three digits", test_count },
	{ "one is singular, none and many are plural", test_plural },
	{ "sizes carry to the next unit when they round up to it", test_bytes },
	CU_TEST_INFO_NULL,
};
