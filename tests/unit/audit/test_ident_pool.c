/* Identifications by id (audit/ident_pool.c). */
#include "audit/ident_pool.h"

#include <stdbool.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/util.h"

#define CAPACITY 100u

static void ids_are_never_zero_and_never_shared(void)
{
	struct ident_pool pool;
	bool out[CAPACITY + 1] = { false };

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	for (unsigned i = 0; i < CAPACITY; i++) {
		uint32_t id = ident_pool_take(&pool);

		CU_ASSERT_FATAL(id >= 1 && id <= CAPACITY);
		CU_ASSERT_FALSE(out[id]);
		out[id] = true;
		/* All of it is ours. */
		memset(&pool.items[id], 0xff, sizeof(pool.items[id]));
	}
	ident_pool_destroy(&pool);
}

static void small_captures_touch_little(void)
{
	struct ident_pool pool;
	uint32_t a, b;

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	for (unsigned i = 0; i < 1000; i++) {
		a = ident_pool_take(&pool);
		b = ident_pool_take(&pool);
		CU_ASSERT(a != b && a <= 2 && b <= 2);
		ident_pool_give(&pool, a);
		ident_pool_give(&pool, b);
	}
	ident_pool_destroy(&pool);
}

static void given_back_out_of_order(void)
{
	struct ident_pool pool;
	uint32_t ids[CAPACITY];
	bool out[CAPACITY + 1] = { false };

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	for (unsigned i = 0; i < CAPACITY; i++)
		ids[i] = ident_pool_take(&pool);
	for (unsigned i = 0; i < CAPACITY; i++)
		ident_pool_give(&pool, ids[(i * 37) % CAPACITY]);
	for (unsigned i = 0; i < CAPACITY; i++) {
		uint32_t id = ident_pool_take(&pool);

		CU_ASSERT_FATAL(id >= 1 && id <= CAPACITY);
		CU_ASSERT_FALSE(out[id]);
		out[id] = true;
	}
	ident_pool_destroy(&pool);
}

static void destroyed_twice(void)
{
	struct ident_pool pool;

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, 1), 0);
	CU_ASSERT_EQUAL(ident_pool_take(&pool), 1);
	ident_pool_destroy(&pool);
	CU_ASSERT_PTR_NULL(pool.items);
	CU_ASSERT_EQUAL(pool.capacity, 0);
	ident_pool_destroy(&pool);
}

extern CU_TestInfo tests_ident_pool[];
CU_TestInfo tests_ident_pool[] = { { "as many ids as asked for, none of them 0 and none twice",
				     ids_are_never_zero_and_never_shared },
				   { "ids given back are taken before new ones",
				     small_captures_touch_little },
				   { "ids come back in any order", given_back_out_of_order },
				   { "a pool may be destroyed twice", destroyed_twice },
				   CU_TEST_INFO_NULL };
