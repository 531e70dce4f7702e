/* The bounds-checked reader: exact ends and the error that sticks. */
#include "base/cursor.h"

#include <CUnit/CUnit.h>

static const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static void test_loads(void)
{
	struct cursor c = cursor_over(bytes, 8);

	CU_ASSERT_EQUAL(cursor_be16(&c), 0x0102);
	CU_ASSERT_EQUAL(cursor_be24(&c), 0x030405);
	CU_ASSERT_EQUAL(cursor_u8(&c), 6);
	CU_ASSERT_EQUAL(cursor_le16(&c), 0x0807);
	CU_ASSERT_TRUE(cursor_ok(&c));
	CU_ASSERT_EQUAL(cursor_left(&c), 0);
	c = cursor_over(bytes, 8);
	CU_ASSERT_EQUAL(cursor_be32(&c), 0x01020304);
	CU_ASSERT_EQUAL(cursor_le32(&c), 0x08070605);
}

static void test_end(void)
{
	struct cursor c = cursor_over(bytes, 3);

	CU_ASSERT_PTR_NOT_NULL(cursor_take(&c, 3));
	CU_ASSERT_PTR_NOT_NULL(cursor_take(&c, 0));
	CU_ASSERT_TRUE(cursor_ok(&c));
	CU_ASSERT_EQUAL(cursor_u8(&c), 0);
	CU_ASSERT_FALSE(cursor_ok(&c));
}

static void test_sticky(void)
{
	struct cursor c = cursor_over(bytes, 3);

	CU_ASSERT_EQUAL(cursor_be32(&c), 0);
	CU_ASSERT_EQUAL(cursor_u8(&c), 0); /* a byte is there, but an earlier read failed */
	CU_ASSERT_EQUAL(cursor_left(&c), 0);
	CU_ASSERT_PTR_EQUAL(c.pos, bytes);
	c = cursor_over(bytes, 3);
	cursor_skip(&c, SIZE_MAX);
	CU_ASSERT_FALSE(cursor_ok(&c));
}

static void test_sub(void)
{
	struct cursor c = cursor_over(bytes, 8), sub = cursor_sub(&c, 3);

	CU_ASSERT_EQUAL(cursor_left(&sub), 3);
	CU_ASSERT_EQUAL(cursor_left(&c), 5);
	CU_ASSERT_EQUAL(cursor_be32(&sub), 0);
	CU_ASSERT_TRUE(cursor_ok(&c));
	sub = cursor_sub(&c, 6);
	CU_ASSERT_FALSE(cursor_ok(&sub));
	CU_ASSERT_FALSE(cursor_ok(&c));
}

static void test_looks_at(void)
{
	struct cursor c = cursor_over(bytes, 3);

	CU_ASSERT_TRUE(cursor_looks_at(&c, "\x01\x02\x03", 3));
	CU_ASSERT_FALSE(cursor_looks_at(&c, "\x01\x02\x04", 3));
	CU_ASSERT_FALSE(cursor_looks_at(&c, "\x01\x02\x03\x04", 4));
	c = cursor_over(NULL, 0);
	CU_ASSERT_TRUE(cursor_looks_at(&c, "", 0));
}

extern CU_TestInfo tests_cursor[];
CU_TestInfo tests_cursor[] = {
	{ "loads of each width and order", test_loads },
	{ "the last byte can be read and one past cannot", test_end },
	{ "a failed read sticks and does not move", test_sticky },
	{ "a sub-range ends where it ends", test_sub },
	{ "looking ahead never passes the end", test_looks_at },
	CU_TEST_INFO_NULL,
};
