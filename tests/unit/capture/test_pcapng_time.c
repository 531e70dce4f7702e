/* pcapng clocks: exact where they can be, never past the ends of int64_t. */
#include "capture/pcapng_time.h"

#include <CUnit/CUnit.h>

#include "base/util.h"

static void test_resolutions(void)
{
	static const struct {
		uint8_t tsresol;
		uint64_t ticks;
		int64_t ns;
	} cases[] = {
		{ 6, UINT64_C(1363328021532140), INT64_C(1363328021532140000) },
		{ 9, UINT64_C(1363328021532140123), INT64_C(1363328021532140123) },
		{ 0, 1363328021, INT64_C(1363328021000000000) },
		{ 3, 1, 1000000 },
		{ 10, 19, 1 },
		{ 12, UINT64_C(1999999999999), 1999999999 },
		{ 28, UINT64_MAX, 1 },
		{ 29, UINT64_MAX, 0 },
		{ 127, UINT64_MAX, 0 },
		{ 0x80, 5, 5000000000 },
		{ 0x80 | 1, 3, 1500000000 },
		{ 0x80 | 20, (UINT64_C(1363328021) << 20) + (1u << 19),
		  INT64_C(1363328021500000000) },
		{ 0x80 | 20, 1, 953 }, /* 2^-20 s = 953.67 ns */
		{ 0x80 | 32, (UINT64_C(1363328021) << 32) + (UINT64_C(1) << 30),
		  INT64_C(1363328021250000000) },
		{ 0x80 | 34, 1, 0 },
		{ 0x80 | 34, 18, 1 },
		{ 0x80 | 35, UINT64_C(1) << 34, 500000000 },
		{ 0x80 | 35, (UINT64_C(1) << 35) - 1, 999999999 },
		{ 0x80 | 63, UINT64_C(3) << 62, 1500000000 },
		{ 0x80 | 64, UINT64_C(1) << 63, 500000000 },
		{ 0x80 | 97, UINT64_MAX, 0 },
		{ 0x80 | 98, UINT64_MAX, 0 },
		{ 0xff, UINT64_MAX, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pcapng_clock c = pcapng_clock(cases[i].tsresol, 0);

		CU_ASSERT_EQUAL(pcapng_time(&c, cases[i].ticks), cases[i].ns);
	}
}

static void test_offset(void)
{
	struct pcapng_clock c = pcapng_clock(6, 3600);

	CU_ASSERT_EQUAL(pcapng_time(&c, 1), 3600 * NS_PER_S + 1000);
	c = pcapng_clock(0x80 | 10, -1);
	CU_ASSERT_EQUAL(pcapng_time(&c, 1024 + 512), NS_PER_S / 2);
	CU_ASSERT_EQUAL(pcapng_time(&c, 0), -NS_PER_S);
}

static void test_ends(void)
{
	struct pcapng_clock c;
	unsigned n;

	for (n = 0; n < 256; n++) {
		static const int64_t offsets[] = { 0, INT64_MIN, INT64_MAX, 1 };
		size_t i;

		for (i = 0; i < ARRAY_SIZE(offsets); i++) {
			int64_t before, after;

			c = pcapng_clock((uint8_t)n, offsets[i]);
			before = pcapng_time(&c, UINT64_MAX / 2);
			after = pcapng_time(&c, UINT64_MAX);
			CU_ASSERT(before <= after);
		}
	}
	c = pcapng_clock(0, 0);
	CU_ASSERT_EQUAL(pcapng_time(&c, UINT64_MAX), INT64_MAX);
	c = pcapng_clock(0x80, 0);
	CU_ASSERT_EQUAL(pcapng_time(&c, UINT64_MAX), INT64_MAX);
	c = pcapng_clock(9, 0);
	CU_ASSERT_EQUAL(pcapng_time(&c, UINT64_MAX), INT64_MAX);
	c = pcapng_clock(9, 1);
	CU_ASSERT_EQUAL(pcapng_time(&c, INT64_MAX), INT64_MAX);
	c = pcapng_clock(9, INT64_MIN);
	CU_ASSERT_EQUAL(pcapng_time(&c, 0), INT64_MIN);
}

extern CU_TestInfo tests_pcapng_time[];
CU_TestInfo tests_pcapng_time[] = {
	{ "decimal and binary resolutions, coarse and finer than a nanosecond", test_resolutions },
	{ "the interface's offset is added", test_offset },
	{ "no resolution, offset or count overflows", test_ends },
	CU_TEST_INFO_NULL,
};
