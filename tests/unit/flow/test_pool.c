/* Records by id. */
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

CU_TestInfo tests_pool[] = {
	{ "ids come in order, no more than there are, released ones again", fresh_ids_in_order },
	{ "a record is zeroed whenever it is handed out", records_are_zeroed },
	{ "no record is handed out twice", churn },
	CU_TEST_INFO_NULL,
};
