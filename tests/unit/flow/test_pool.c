/* Records by id. */
#include <sys/mman.h>

#include "fixture.h"

#include "flow/pool.h"

extern CU_TestInfo tests_pool[];

struct item {
	uint64_t a, b;
};

static void fresh_ids_in_order(void)
{
	struct flow_pool pool;

	CU_ASSERT_EQUAL_FATAL(flow_pool_init(&pool, 3, sizeof(struct item)), 0);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), 1);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), 2);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), 3);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), 0);
	CU_ASSERT_EQUAL(pool.used, 3);
	flow_pool_give(&pool, 2);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), 2);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), 0);
	flow_pool_free(&pool);
}

static void records_are_zeroed(void)
{
	struct flow_pool pool;
	struct item *item;
	uint32_t id;

	CU_ASSERT_EQUAL_FATAL(flow_pool_init(&pool, 2, sizeof(*item)), 0);
	id = flow_pool_take(&pool);
	item = flow_pool_at(&pool, id);
	CU_ASSERT(item->a == 0 && item->b == 0);
	item->a = item->b = UINT64_MAX;
	flow_pool_give(&pool, id);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), id);
	CU_ASSERT(item->a == 0 && item->b == 0);
	flow_pool_free(&pool);
}

static void churn(void)
{
	static uint32_t held[64];
	struct flow_pool pool;
	uint64_t seed = 5;
	unsigned n = 0, wrong = 0;

	CU_ASSERT_EQUAL_FATAL(flow_pool_init(&pool, 64, sizeof(struct item)), 0);
	for (unsigned step = 0; step < 20000; step++) {
		if (n < 64 && fix_random(&seed) % 2 == 0) {
			struct item *item = flow_pool_at(&pool, held[n] = flow_pool_take(&pool));

			wrong += held[n] == 0 || item->b != 0;
			item->b = 1;
			n++;
		} else if (n > 0) {
			unsigned i = (unsigned)(fix_random(&seed) % n);

			flow_pool_give(&pool, held[i]);
			held[i] = held[--n];
		}
		wrong += pool.used != n;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	flow_pool_free(&pool);
}

#define BLOCK (UINT32_C(1) << FLOW_POOL_BLOCK_BITS)

/* The page of a record is in memory. */
static bool is_paid(const struct flow_pool *pool, uint32_t id)
{
	uintptr_t page = (uintptr_t)flow_pool_at(pool, id) & ~(uintptr_t)4095;
	unsigned char resident = 0;

	CU_ASSERT_EQUAL_FATAL(mincore((void *)page, 4096, &resident), 0);
	return (resident & 1) != 0;
}

static void take_all(struct flow_pool *pool)
{
	unsigned wrong = 0;

	for (uint32_t i = 1; i <= pool->capacity; i++) {
		uint32_t id = flow_pool_take(pool);
		struct item *item = flow_pool_at(pool, id);

		wrong += id != i || item->a != 0 || item->b != 0;
		item->a = item->b = id;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void closing(void)
{
	struct flow_pool pool;

	CU_ASSERT_EQUAL_FATAL(flow_pool_init(&pool, 3 * BLOCK, sizeof(struct item)), 0);
	for (unsigned round = 0; round < 2; round++) {
		take_all(&pool);
		/* The second block is free before. */
		for (uint32_t id = BLOCK; id < 2 * BLOCK; id++)
			flow_pool_give(&pool, id);
		CU_ASSERT(is_paid(&pool, BLOCK + 5));
		flow_pool_close(&pool);
		CU_ASSERT_FALSE(is_paid(&pool, BLOCK + 5));
		for (uint32_t id = 1; id < BLOCK; id++) {
			CU_ASSERT_FATAL(is_paid(&pool, 5));
			CU_ASSERT_FATAL(flow_pool_block_is_live(&pool, 5));
			flow_pool_give(&pool, id);
		}
		CU_ASSERT_FALSE(is_paid(&pool, 5));
		CU_ASSERT_FALSE(flow_pool_block_is_live(&pool, 5));
		for (uint32_t id = 2 * BLOCK; id <= pool.capacity; id++) {
			CU_ASSERT_EQUAL_FATAL(((struct item *)flow_pool_at(&pool, id))->b, id);
			flow_pool_give(&pool, id);
		}
	}
	flow_pool_close(&pool);
	CU_ASSERT_EQUAL(flow_pool_take(&pool), 1);
	flow_pool_free(&pool);
}

CU_TestInfo tests_pool[] = {
	{ "ids come in order, no more than there are, released ones again", fresh_ids_in_order },
	{ "a record is zeroed whenever it is handed out", records_are_zeroed },
	{ "no record is handed out twice", churn },
	{ "a closed pool gives memory back by blocks, and is as new with the last record",
	  closing },
	CU_TEST_INFO_NULL,
};
