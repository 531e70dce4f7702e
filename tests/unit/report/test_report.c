/* The format table. */
#include "report/fixture.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

static void test_names(void)
{
	enum report_format format = REPORT_JSON;

	CU_ASSERT_TRUE(report_format_find("text", &format));
	CU_ASSERT_EQUAL(format, REPORT_TEXT);
	CU_ASSERT_TRUE(report_format_find("json", &format));
	CU_ASSERT_EQUAL(format, REPORT_JSON);
	CU_ASSERT_FALSE(report_format_find("jso", &format));
	CU_ASSERT_FALSE(report_format_find("JSON", &format));
	CU_ASSERT_FALSE(report_format_find("", &format));
	CU_ASSERT_EQUAL(format, REPORT_JSON);
	CU_ASSERT_STRING_EQUAL(report_format_name(REPORT_TEXT), "text");
	CU_ASSERT_STRING_EQUAL(report_format_name(REPORT_JSON), "json");
}

static void test_dispatch(void)
{
	struct fixture f;
	char *text, *json;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	text = fixture_report(&f, REPORT_TEXT);
	json = fixture_report(&f, REPORT_JSON);
	CU_ASSERT_EQUAL(strncmp(text, "edge-after-change.pcapng", 24), 0);
	CU_ASSERT_EQUAL(strncmp(json, "{\"event_type\":\"capture\"", 23), 0);
	free(text);
	free(json);
	fixture_close(&f);
}

extern CU_TestInfo tests_report[];
CU_TestInfo tests_report[] = {
	{ "formats are found by their exact name", test_names },
	{ "each format has its own writer", test_dispatch },
	CU_TEST_INFO_NULL,
};
