/* Blocks of four sizes from fixed memory. */
#include "fixture.h"

#include "flow/arena.h"

extern CU_TestInfo tests_arena[];

static unsigned fill(struct flow_arena *arena, unsigned cls)
{
	unsigned n = 0;

	while (flow_arena_take(arena, cls) != 0)
		n++;
	return n;
}

static void sizes(void)
{
	static const unsigned blocks[] = { 128, 32, 8, 2 };

	for (unsigned cls = 0; cls < FLOW_ARENA_CLASSES; cls++) {
		struct flow_arena arena;

		/* Two slabs and a part of one that is not used. */
		CU_ASSERT_EQUAL_FATAL(flow_arena_init(&arena, 3 * FLOW_ARENA_SLAB - 1), 0);
		CU_ASSERT_EQUAL(flow_arena_size(cls) * blocks[cls], 2 * FLOW_ARENA_SLAB);
		CU_ASSERT_EQUAL(fill(&arena, cls), blocks[cls]);
		flow_arena_free(&arena);
	}
}

static void nothing_to_give(void)
{
	struct flow_arena arena;

	CU_ASSERT_EQUAL_FATAL(flow_arena_init(&arena, FLOW_ARENA_SLAB - 1), 0);
	CU_ASSERT_EQUAL(flow_arena_take(&arena, 0), 0);
	flow_arena_free(&arena);
}

static void slabs_are_cut_anew(void)
{
	struct flow_arena arena;
	uint32_t block[64];

	CU_ASSERT_EQUAL_FATAL(flow_arena_init(&arena, FLOW_ARENA_SLAB), 0);
	for (unsigned i = 0; i < 64; i++)
		block[i] = flow_arena_take(&arena, 0);
	CU_ASSERT_EQUAL(flow_arena_take(&arena, 3), 0);
	/* One block back into a full slab can be had again. */
	flow_arena_give(&arena, block[9]);
	CU_ASSERT_EQUAL(flow_arena_take(&arena, 0), block[9]);
	for (unsigned i = 0; i < 64; i++)
		flow_arena_give(&arena, block[i]);
	block[0] = flow_arena_take(&arena, 3);
	CU_ASSERT_NOT_EQUAL(block[0], 0);
	CU_ASSERT_EQUAL(flow_arena_take(&arena, 0), 0);
	flow_arena_give(&arena, block[0]);
	CU_ASSERT_EQUAL(fill(&arena, 1), 16);
	flow_arena_free(&arena);
}

/* Blocks are filled with a mark of their own and must keep it. */
static void blocks_do_not_overlap(void)
{
	enum { HELD = 96 };
	struct {
		uint32_t block;
		unsigned cls;
		uint8_t mark;
	} held[HELD];
	struct flow_arena arena;
	uint64_t seed = 9;
	unsigned n = 0, wrong = 0;

	CU_ASSERT_EQUAL_FATAL(flow_arena_init(&arena, 8 * FLOW_ARENA_SLAB), 0);
	for (unsigned step = 0; step < 6000; step++) {
		unsigned i = (unsigned)(fix_random(&seed) % HELD);

		if (i >= n) {
			unsigned cls = (unsigned)(fix_random(&seed) % FLOW_ARENA_CLASSES);
			uint32_t block = flow_arena_take(&arena, cls);

			if (block == 0)
				continue;
			held[n].block = block;
			held[n].cls = cls;
			held[n].mark = (uint8_t)step;
			memset(flow_arena_at(&arena, block), held[n].mark, flow_arena_size(cls));
			n++;
		} else {
			const uint8_t *p = flow_arena_at(&arena, held[i].block);

			for (uint32_t k = 0; k < flow_arena_size(held[i].cls); k++)
				wrong += p[k] != held[i].mark;
			flow_arena_give(&arena, held[i].block);
			held[i] = held[--n];
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	while (n > 0)
		flow_arena_give(&arena, held[--n].block);
	CU_ASSERT_EQUAL(fill(&arena, 3), 8);
	flow_arena_free(&arena);
}

CU_TestInfo tests_arena[] = {
	{ "memory is cut into as many blocks as fit, and no more", sizes },
	{ "less memory than a slab gives no block and no fault", nothing_to_give },
	{ "a slab whose blocks came back serves another size", slabs_are_cut_anew },
	{ "blocks in use keep their bytes", blocks_do_not_overlap },
	CU_TEST_INFO_NULL,
};
