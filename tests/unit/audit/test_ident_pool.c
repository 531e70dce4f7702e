/* Identifications by id (audit/ident_pool.c). */
#include "audit/ident_pool.h"

#include <stdbool.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/util.h"

#define CAPACITY 100u
#define IDS      (IDENT_POOL_LAST(CAPACITY) + 1)

static size_t size_of(bool stream)
{
	return stream ? sizeof(struct ident) : IDENT_DATAGRAM_SIZE;
}

/* Every id of one kind; none was out. */
static void take_all(struct ident_pool *pool, bool stream, bool out[static IDS],
		     uint32_t ids[static CAPACITY])
{
	for (unsigned i = 0; i < CAPACITY; i++) {
		uint32_t id = ident_pool_take(pool, stream, false);

		CU_ASSERT_FATAL(id >= 1 && id < IDS);
		CU_ASSERT_FALSE(out[id]);
		CU_ASSERT_EQUAL(ident_pool_is_stream(id), stream);
		out[id] = true;
		ids[i] = id;
	}
}

static void ids_are_never_zero_and_never_shared(void)
{
	struct ident_pool pool;
	uint32_t ids[2][CAPACITY];
	bool out[IDS] = { false };

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	for (unsigned kind = 0; kind < 2; kind++)
		take_all(&pool, kind != 0, out, ids[kind]);
	/* All of it is its own. */
	for (unsigned kind = 0; kind < 2; kind++)
		for (unsigned i = 0; i < CAPACITY; i++)
			memset(ident_pool_at(&pool, ids[kind][i]), (int)i + 1, size_of(kind != 0));
	for (unsigned kind = 0; kind < 2; kind++)
		for (unsigned i = 0; i < CAPACITY; i++) {
			const uint8_t *bytes = (void *)ident_pool_at(&pool, ids[kind][i]);

			CU_ASSERT_EQUAL(bytes[0], i + 1);
			CU_ASSERT_EQUAL(bytes[size_of(kind != 0) - 1], i + 1);
		}
	ident_pool_destroy(&pool);
}

static void items_lie_in_lines_of_their_own(void)
{
	struct ident_pool pool;

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	for (unsigned i = 0; i < 2 * CAPACITY; i++) {
		uint32_t id = ident_pool_take(&pool, i % 2 != 0, false);

		CU_ASSERT_EQUAL((uintptr_t)ident_pool_at(&pool, id) % IDENT_LINE, 0);
	}
	ident_pool_destroy(&pool);
}

static void small_captures_touch_little(void)
{
	struct ident_pool pool;
	uint32_t a, b;

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	for (unsigned i = 0; i < 1000; i++) {
		a = ident_pool_take(&pool, true, false);
		b = ident_pool_take(&pool, true, false);
		CU_ASSERT(a != b && a <= IDENT_POOL_LAST(2) && b <= IDENT_POOL_LAST(2));
		ident_pool_give(&pool, a);
		ident_pool_give(&pool, b);
	}
	ident_pool_destroy(&pool);
}

static void given_back_out_of_order(void)
{
	struct ident_pool pool;
	uint32_t ids[CAPACITY];
	bool out[IDS] = { false };

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	take_all(&pool, false, out, ids);
	for (unsigned i = 0; i < CAPACITY; i++)
		ident_pool_give(&pool, ids[(i * 37) % CAPACITY]);
	memset(out, 0, sizeof(out));
	take_all(&pool, false, out, ids);
	ident_pool_destroy(&pool);
}

/* Whether it is the first in its place or follows another. */
static void what_is_taken_has_begun(void)
{
	struct ident_pool pool;

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, CAPACITY), 0);
	for (unsigned i = 0; i < 8; i++) {
		bool stream = (i & 1) != 0, midstream = (i & 2) != 0;
		uint32_t id = ident_pool_take(&pool, stream, midstream);
		struct ident want;

		ident_init(&want, stream, midstream);
		CU_ASSERT_EQUAL(memcmp(ident_pool_at(&pool, id), &want, size_of(stream)), 0);
		memset(ident_pool_at(&pool, id), 0xff, size_of(stream));
		ident_pool_give(&pool, id);
	}
	ident_pool_destroy(&pool);
}

static void destroyed_twice(void)
{
	struct ident_pool pool;

	CU_ASSERT_EQUAL_FATAL(ident_pool_init(&pool, 1), 0);
	CU_ASSERT(ident_pool_take(&pool, true, false) <= IDENT_POOL_LAST(1));
	ident_pool_destroy(&pool);
	CU_ASSERT_PTR_NULL(pool.shelf[0].base);
	CU_ASSERT_PTR_NULL(pool.shelf[1].base);
	ident_pool_destroy(&pool);
}

extern CU_TestInfo tests_ident_pool[];
CU_TestInfo tests_ident_pool[] = {
	{ "as many ids as asked for, none of them 0 and none twice",
	  ids_are_never_zero_and_never_shared },
	{ "items lie in lines of their own", items_lie_in_lines_of_their_own },
	{ "ids given back are taken before new ones", small_captures_touch_little },
	{ "ids come back in any order", given_back_out_of_order },
	{ "what is taken has begun, new or not", what_is_taken_has_begun },
	{ "a pool may be destroyed twice", destroyed_twice },
	CU_TEST_INFO_NULL
};
