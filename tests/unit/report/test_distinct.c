/* Addresses counted once each, whatever their order and values. */
#include "report/distinct.h"

#include <CUnit/CUnit.h>

static struct distinct empty(void)
{
	struct hash_fold hash;
	struct distinct d;

	hash_fold_init(&hash, 1);
	distinct_init(&d, &hash);
	return d;
}

static struct address address(uint32_t n)
{
	const uint8_t b[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
			       (uint8_t)n };

	return address_from_v4(b);
}

static void test_one(void)
{
	struct distinct d = empty();
	struct address a = address(7);

	CU_ASSERT_EQUAL(d.count, 0);
	CU_ASSERT_TRUE(distinct_add(&d, &a));
	CU_ASSERT_FALSE(distinct_add(&d, &a));
	CU_ASSERT_EQUAL(d.count, 1);
	CU_ASSERT_PTR_NULL(d.slots);
	distinct_free(&d);
}

/* Each three times, never twice in a row, through several sizes of the table. */
static void test_many(void)
{
	struct distinct d = empty();
	uint32_t i, round, told = 0;

	for (round = 0; round < 3; round++)
		for (i = 0; i < 50000; i++) {
			struct address a = address(i * 2654435761u);

			told += distinct_add(&d, &a);
		}
	CU_ASSERT_EQUAL(d.count, 50000);
	CU_ASSERT_EQUAL(told, 50000);
	distinct_free(&d);
}

/* :: is an address as any other, first or later. */
static void test_zero(void)
{
	static const struct address zero;
	struct address a = address(1);
	struct distinct d = empty();

	CU_ASSERT_TRUE(distinct_add(&d, &zero));
	CU_ASSERT_TRUE(distinct_add(&d, &a));
	CU_ASSERT_FALSE(distinct_add(&d, &zero));
	CU_ASSERT_EQUAL(d.count, 2);
	distinct_free(&d);
	d = empty();
	CU_ASSERT_TRUE(distinct_add(&d, &a));
	CU_ASSERT_TRUE(distinct_add(&d, &zero));
	CU_ASSERT_FALSE(distinct_add(&d, &a));
	CU_ASSERT_FALSE(distinct_add(&d, &zero));
	CU_ASSERT_EQUAL(d.count, 2);
	distinct_free(&d);
}

extern CU_TestInfo tests_distinct[];
CU_TestInfo tests_distinct[] = {
	{ "one address needs no table", test_one },
	{ "an address counts once, however often it comes", test_many },
	{ "the address of zeros counts too", test_zero },
	CU_TEST_INFO_NULL,
};
