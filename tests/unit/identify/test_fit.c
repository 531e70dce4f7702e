/* First bytes of which not all may have come. */
#include "identify/feed.h"
#include "identify/fit.h"

static const uint8_t bytes[4] = { 0x16, 0x03, 0x01, 0x02 };

static void constants_wait_until_they_are_whole(void)
{
	CU_ASSERT_EQUAL(fit_bytes(bytes, 0, 0, "\x16\x03", 2), FIT_MORE);
	CU_ASSERT_EQUAL(fit_bytes(bytes, 1, 0, "\x16\x03", 2), FIT_MORE);
	CU_ASSERT_EQUAL(fit_bytes(bytes, 2, 0, "\x16\x03", 2), FIT_YES);
	CU_ASSERT_EQUAL(fit_bytes(bytes, 1, 0, "\x17\x03", 2), FIT_NO);
	CU_ASSERT_EQUAL(fit_bytes(bytes, 4, 3, "\x02\x00", 2), FIT_MORE);
	CU_ASSERT_EQUAL(fit_bytes(bytes, 4, 4, "\x02", 1), FIT_MORE);
	CU_ASSERT_EQUAL(fit_bytes(bytes, 4, 9, "\x02", 1), FIT_MORE);
	CU_ASSERT_EQUAL(fit_bytes(bytes, 4, 2, "\x01\x03", 2), FIT_NO);
}

static void a_byte_fits_between_its_bounds(void)
{
	CU_ASSERT_EQUAL(fit_byte(bytes, 4, 3, 2, 2), FIT_YES);
	CU_ASSERT_EQUAL(fit_byte(bytes, 4, 3, 3, 9), FIT_NO);
	CU_ASSERT_EQUAL(fit_byte(bytes, 4, 3, 0, 1), FIT_NO);
	CU_ASSERT_EQUAL(fit_byte(bytes, 4, 4, 0, 255), FIT_MORE);
}

static void a_half_number_is_refused_when_it_cannot_fit(void)
{
	CU_ASSERT_EQUAL(fit_be16(bytes, 4, 2, 0x0102, 0x0102), FIT_YES);
	CU_ASSERT_EQUAL(fit_be16(bytes, 4, 2, 0x0103, 0xffff), FIT_NO);
	CU_ASSERT_EQUAL(fit_be16(bytes, 4, 2, 0, 0x0101), FIT_NO);
	CU_ASSERT_EQUAL(fit_be16(bytes, 3, 2, 0x0100, 0x01ff), FIT_MORE);
	CU_ASSERT_EQUAL(fit_be16(bytes, 3, 2, 0x0200, 0x02ff), FIT_NO);
	CU_ASSERT_EQUAL(fit_be16(bytes, 3, 2, 0x0000, 0x00ff), FIT_NO);
	CU_ASSERT_EQUAL(fit_be16(bytes, 2, 2, 0, 0), FIT_MORE);
}

extern CU_TestInfo tests_fit[];
CU_TestInfo tests_fit[] = {
	{ "constants wait until they are whole", constants_wait_until_they_are_whole },
	{ "a byte fits between its bounds", a_byte_fits_between_its_bounds },
	{ "a half number is refused when it cannot fit",
	  a_half_number_is_refused_when_it_cannot_fit },
	CU_TEST_INFO_NULL,
};
