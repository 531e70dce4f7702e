/* Arrays and regions at their limits. */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>

#include <CUnit/CUnit.h>

#include "base/error.h"

static void test_array(void)
{
	uint32_t *a = memory_array(1000, sizeof(*a));
	size_t i, sum = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	for (i = 0; i < 1000; i++)
		sum += a[i];
	CU_ASSERT_EQUAL(sum, 0);
	free(a);
}

static void test_array_empty(void)
{
	void *a = memory_array(0, 8), *b = memory_array(8, 0);

	CU_ASSERT_PTR_NOT_NULL(a);
	CU_ASSERT_PTR_NOT_NULL(b);
	CU_ASSERT_PTR_NOT_EQUAL(a, b);
	free(a);
	free(b);
}

static void test_array_overflow(void)
{
	/* Kept from the compiler, which would warn of a size it can see. */
	volatile size_t half = SIZE_MAX / 2 + 1;

	CU_ASSERT_PTR_NULL(memory_array(half, 2));
	CU_ASSERT_PTR_NULL(memory_array(2, half));
	CU_ASSERT_PTR_NULL(memory_array(half + 1, 2));
}

static void test_grow(void)
{
	uint64_t *a = NULL;
	size_t cap = 0, i;

	for (i = 0; i < 1000; i++) {
		CU_ASSERT_EQUAL_FATAL(memory_grow(&a, &cap, i + 1, sizeof(*a)), 0);
		CU_ASSERT_FATAL(cap > i);
		a[i] = i;
	}
	for (i = 0; i < 1000; i++)
		CU_ASSERT_EQUAL(a[i], i);
	CU_ASSERT_EQUAL(memory_grow(&a, &cap, cap, sizeof(*a)), 0);
	i = cap;
	CU_ASSERT_EQUAL(memory_grow(&a, &cap, cap + 1, sizeof(*a)), 0);
	CU_ASSERT(cap >= 2 * i);
	free(a);
}

static void test_grow_overflow(void)
{
	volatile size_t huge = SIZE_MAX / 8 + 1;
	uint64_t *a = NULL, *before;
	size_t cap = 0;

	CU_ASSERT_EQUAL_FATAL(memory_grow(&a, &cap, 4, sizeof(*a)), 0);
	before = a;
	CU_ASSERT_EQUAL(memory_grow(&a, &cap, huge, sizeof(*a)), FA_ENOMEM);
	CU_ASSERT_EQUAL(memory_grow(&a, &cap, SIZE_MAX, sizeof(*a)), FA_ENOMEM);
	CU_ASSERT_PTR_EQUAL(a, before);
	CU_ASSERT_EQUAL(cap, 4);
	free(a);
}

static void test_region(void)
{
	static const size_t sizes[] = { 1, 4095, 4096, 4097, 3000000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned char *r = memory_region(sizes[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(r);
		CU_ASSERT_EQUAL(r[0], 0);
		CU_ASSERT_EQUAL(r[sizes[i] - 1], 0);
		r[0] = r[sizes[i] - 1] = 1;
		memory_region_free(r, sizes[i]);
	}
	memory_region_free(NULL, 4096);
}

static void test_region_impossible(void)
{
	CU_ASSERT_PTR_NULL(memory_region(SIZE_MAX));
	CU_ASSERT_PTR_NULL(memory_region(SIZE_MAX / 2));
}

static void regions_grow(void)
{
	uint32_t *a = NULL;
	size_t cap = 0, wrong = 0;

	for (size_t i = 0; i < 3000000; i++) {
		if (i == cap)
			CU_ASSERT_EQUAL_FATAL(memory_region_grow(&a, &cap, i + 1, sizeof(*a)), 0);
		a[i] = (uint32_t)i * 7;
	}
	for (size_t i = 0; i < 3000000; i++)
		wrong += a[i] != (uint32_t)i * 7;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(memory_region_grow(&a, &cap, SIZE_MAX / 4, sizeof(*a)), FA_ENOMEM);
	CU_ASSERT_EQUAL(a[2999999], 2999999u * 7);
	memory_region_clear(a, cap * sizeof(*a));
	CU_ASSERT_EQUAL(a[2999999], 0);
	memory_region_free(a, cap * sizeof(*a));
}

extern CU_TestInfo tests_memory[];
CU_TestInfo tests_memory[] = {
	{ "an array is zeroed", test_array },
	{ "an array of nothing is a unique pointer, not NULL", test_array_empty },
	{ "an array whose size overflows is refused", test_array_overflow },
	{ "a growing array keeps its content and at least doubles", test_grow },
	{ "growth that overflows fails and changes nothing", test_grow_overflow },
	{ "a region is zeroed and writable to its last byte", test_region },
	{ "a region of impossible size is NULL", test_region_impossible },
	{ "a region grows, keeps what it holds, and is cleared", regions_grow },
	CU_TEST_INFO_NULL,
};
