/* Times as text: the calendar's corners, fractions, durations. */
#include "report/time.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <CUnit/CUnit.h>

#include "base/util.h"

/* Alone, and after @kept, which another day or the same may have left. */
static void eve_after(struct time_day *kept, int64_t ns, const char *want)
{
	struct time_day fresh = { 0 };
	char buf[TIME_EVE_TEXT];

	CU_ASSERT_STRING_EQUAL(time_eve_text(&fresh, ns, buf), want);
	CU_ASSERT_STRING_EQUAL(time_eve_text(kept, ns, buf), want);
}

static void duration(int64_t ns, const char *want)
{
	char buf[TIME_DURATION_TEXT];

	CU_ASSERT_STRING_EQUAL(time_duration_text(ns, buf), want);
}

static void test_eve(void)
{
	struct time_day kept = { 0 };

	eve_after(&kept, INT64_C(1363328021532140000), "2013-03-15T06:13:41.532140+0000");
	eve_after(&kept, INT64_C(1363328021532140999), "2013-03-15T06:13:41.532140+0000");
	eve_after(&kept, 0, "1970-01-01T00:00:00.000000+0000");
	eve_after(&kept, -1, "1969-12-31T23:59:59.999999+0000");
	eve_after(&kept, -NS_PER_S, "1969-12-31T23:59:59.000000+0000");
	eve_after(&kept, INT64_MAX, "2262-04-11T23:47:16.854775+0000");
	eve_after(&kept, INT64_MIN, "1677-09-21T00:12:43.145224+0000");
}

static void test_date(void)
{
	char buf[TIME_DATE_TEXT];

	CU_ASSERT_STRING_EQUAL(time_date_text(INT64_C(1795252442) * NS_PER_S, buf),
			       "2026-11-21 09:14:02");
}

/* Every day of four centuries' worth around the leap rules, against the C library. */
static void test_calendar(void)
{
	char mine[TIME_DATE_TEXT], theirs[32];
	int64_t day, wrong = 0;
	struct tm tm;
	time_t t;

	for (day = -106000; day < 106000; day++) {
		t = (time_t)(day * 86400 + 86399);
		gmtime_r(&t, &tm);
		strftime(theirs, sizeof(theirs), "%Y-%m-%d %H:%M:%S", &tm);
		time_date_text((int64_t)t * NS_PER_S, mine);
		if (strcmp(mine, theirs) != 0 && wrong++ == 0)
			CU_ASSERT_STRING_EQUAL(mine, theirs);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void test_duration(void)
{
	duration(0, "0s");
	duration(-5 * NS_PER_S, "0s");
	duration(999999, "0s");
	duration(NS_PER_MS, "1ms");
	duration(999 * NS_PER_MS, "999ms");
	duration(1000 * NS_PER_MS, "1s");
	duration(8400 * NS_PER_MS, "8.4s");
	duration(9999 * NS_PER_MS, "9.9s");
	duration(10500 * NS_PER_MS, "10s");
	duration(59 * NS_PER_S, "59s");
	duration(60 * NS_PER_S, "1m00s");
	duration(872 * NS_PER_S, "14m32s");
	duration(3599 * NS_PER_S, "59m59s");
	duration(3600 * NS_PER_S, "1h00m");
	duration(7500 * NS_PER_S, "2h05m");
	duration(48 * 3600 * NS_PER_S, "2d00h");
	duration(INT64_MAX, "106751d23h");
}

extern CU_TestInfo tests_time[];
CU_TestInfo tests_time[] = {
	{ "EVE times are UTC with six digits, over the whole range", test_eve },
	{ "dates read as people write them", test_date },
	{ "every day from 1679 to 2260 is the C library's", test_calendar },
	{ "durations use the two largest units", test_duration },
	CU_TEST_INFO_NULL,
};
