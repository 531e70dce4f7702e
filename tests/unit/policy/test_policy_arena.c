/* Memory by the piece. */
#include "policy/arena.h"

#include <stdint.h>
#include <string.h>

#include <CUnit/CUnit.h>

static void test_pieces(void)
{
	static const char word[] = "not NUL-terminated";
	struct arena arena = { 0 };
	unsigned char *pieces[300];
	unsigned i, k;

	for (i = 0; i < 300; i++) {
		size_t bytes = i * 37 % 900;
		const char *text;

		pieces[i] = arena_take(&arena, bytes);
		CU_ASSERT_PTR_NOT_NULL_FATAL(pieces[i]);
		CU_ASSERT_EQUAL((uintptr_t)pieces[i] % 8, 0);
		for (k = 0; k < bytes; k++)
			CU_ASSERT_EQUAL_FATAL(pieces[i][k], 0);
		memset(pieces[i], (int)i, bytes);
		text = arena_text(&arena, word, i % 8);
		CU_ASSERT_PTR_NOT_NULL_FATAL(text);
		CU_ASSERT_EQUAL(strlen(text), i % 8);
	}
	/* Nobody wrote into anybody else. */
	for (i = 0; i < 300; i++)
		for (k = 0; k < i * 37 % 900; k++)
			CU_ASSERT_EQUAL_FATAL(pieces[i][k], (unsigned char)i);
	/* Larger than any chunk. */
	CU_ASSERT_PTR_NOT_NULL(arena_take(&arena, (size_t)9 << 20));
	CU_ASSERT_PTR_NULL(arena_take(&arena, SIZE_MAX - 4));
	CU_ASSERT_PTR_NULL(arena_text(&arena, word, SIZE_MAX));
	arena_free(&arena);
	CU_ASSERT_PTR_NULL(arena.chunk);
	arena_free(&arena);
}

extern CU_TestInfo tests_policy_arena[];
CU_TestInfo tests_policy_arena[] = {
	{ "pieces are zeroed, aligned and apart", test_pieces },
	CU_TEST_INFO_NULL,
};
