/* Well-formed UTF-8 at the edges of its table. */
#include "base/utf8.h"

#include <string.h>

#include <CUnit/CUnit.h>

#include "base/util.h"

static void test_edges(void)
{
	static const struct {
		const char *s;
		size_t len;
		size_t want;
		uint32_t value;
	} cases[] = {
		{ "", 0, 0, 0 },
		{ "\x00", 1, 1, 0 },
		{ "\x7f", 1, 1, 0x7f },
		{ "\x80", 1, 0, 0 },
		{ "\xc1\xbf", 2, 0, 0 }, /* overlong U+007F */
		{ "\xc2\x80", 2, 2, 0x80 },
		{ "\xdf\xbf", 2, 2, 0x7ff },
		{ "\xdf", 1, 0, 0 },
		{ "\xdf\x7f", 2, 0, 0 },
		{ "\xe0\x9f\xbf", 3, 0, 0 }, /* overlong U+07FF */
		{ "\xe0\xa0\x80", 3, 3, 0x800 },
		{ "\xed\x9f\xbf", 3, 3, 0xd7ff },
		{ "\xed\xa0\x80", 3, 0, 0 }, /* a surrogate */
		{ "\xed\xbf\xbf", 3, 0, 0 },
		{ "\xee\x80\x80", 3, 3, 0xe000 },
		{ "\xef\xbf\xbf", 3, 3, 0xffff },
		{ "\xef\xbf", 2, 0, 0 },
		{ "\xf0\x8f\xbf\xbf", 4, 0, 0 },
		{ "\xf0\x90\x80\x80", 4, 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff },
		{ "\xf4\x90\x80\x80", 4, 0, 0 },
		{ "\xf5\x80\x80\x80", 4, 0, 0 },
		{ "\xff", 1, 0, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t value = 0;

		CU_ASSERT_EQUAL(utf8_take(cases[i].s, cases[i].len, &value), cases[i].want);
		CU_ASSERT_EQUAL(value, cases[i].value);
	}
}

static void test_classes(void)
{
	CU_ASSERT_TRUE(utf8_is_control(0x1f));
	CU_ASSERT_FALSE(utf8_is_control(0x20));
	CU_ASSERT_FALSE(utf8_is_control(0x7e));
	CU_ASSERT_TRUE(utf8_is_control(0x7f));
	CU_ASSERT_TRUE(utf8_is_control(0x9f));
	CU_ASSERT_FALSE(utf8_is_control(0xa0));
	CU_ASSERT_FALSE(utf8_is_layout(0x2027));
	CU_ASSERT_TRUE(utf8_is_layout(0x2028));
	CU_ASSERT_TRUE(utf8_is_layout(0x202e));
	CU_ASSERT_FALSE(utf8_is_layout(0x202f));
	CU_ASSERT_TRUE(utf8_is_layout(0x2069));
	CU_ASSERT_FALSE(utf8_is_layout(0x206a));
}

extern CU_TestInfo tests_utf8[];
CU_TestInfo tests_utf8[] = {
	{ "each row of the table of well-formed sequences holds at both ends", test_edges },
	{ "control and layout characters are told at their boundaries", test_classes },
	CU_TEST_INFO_NULL,
};
