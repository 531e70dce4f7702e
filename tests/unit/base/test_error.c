/* Error texts: bounded, one line, harmless. */
#include "base/error.h"

#include <string.h>

#include <CUnit/CUnit.h>

static void test_set(void)
{
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL(error_set(&err, FA_EFORMAT, "%s:%d: bad", "a.yaml", 7), FA_EFORMAT);
	CU_ASSERT_EQUAL(err.code, FA_EFORMAT);
	CU_ASSERT_STRING_EQUAL(err.text, "a.yaml:7: bad");
	CU_ASSERT_EQUAL(error_set(NULL, FA_EIO, "nobody reads this"), FA_EIO);
}

static void test_control_bytes(void)
{
	struct fa_error err;

	error_set(&err, FA_EIO, "[%s]",
		  "a\x1b[2Jb\nc\x7f"
		  "d");
	CU_ASSERT_STRING_EQUAL(err.text, "[a?[2Jb?c?d]");
	/* C1 as UTF-8, C1 as a bare byte, a line separator, a direction override. */
	error_set(&err, FA_EIO, "[%s]", "\xc2\x9b|\x9b|\xe2\x80\xa8|\xe2\x80\xae");
	CU_ASSERT_STRING_EQUAL(err.text, "[??|?|???|???]");
}

static void test_utf8_passes(void)
{
	struct fa_error err;

	error_set(&err, FA_EIO, "%s", "M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x93\x9e");
	CU_ASSERT_STRING_EQUAL(err.text, "M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x93\x9e");
}

static void test_long_text(void)
{
	struct fa_error err;
	char longer[2 * FA_ERROR_TEXT];
	size_t i;

	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	error_set(&err, FA_EIO, "%s", longer);
	CU_ASSERT_EQUAL(strlen(err.text), FA_ERROR_TEXT - 1);
	CU_ASSERT_STRING_EQUAL(err.text + FA_ERROR_TEXT - 4, "...");

	longer[FA_ERROR_TEXT - 1] = '\0';
	error_set(&err, FA_EIO, "%s", longer);
	CU_ASSERT_STRING_EQUAL(err.text, longer);

	/* A two-byte character across the cut leaves no half of it behind. */
	for (i = 0; i + 2 < sizeof(longer); i += 2)
		memcpy(longer + i, "\xc3\xa4", 2);
	longer[sizeof(longer) - 2] = '\0';
	error_set(&err, FA_EIO, "a%s", longer);
	CU_ASSERT_PTR_NULL(strchr(err.text, '?'));
	CU_ASSERT_STRING_EQUAL(err.text + strlen(err.text) - 3, "...");
}

static void test_prefix(void)
{
	struct fa_error err;
	char longer[FA_ERROR_TEXT];

	error_set(&err, FA_EUSAGE, "unknown key");
	CU_ASSERT_EQUAL(error_prefix(&err, "%s:%d: ", "site.yaml", 3), FA_EUSAGE);
	CU_ASSERT_STRING_EQUAL(err.text, "site.yaml:3: unknown key");

	memset(longer, 'y', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	error_set(&err, FA_EIO, "%s", longer);
	error_prefix(&err, "z: ");
	CU_ASSERT_EQUAL(strlen(err.text), FA_ERROR_TEXT - 1);
	CU_ASSERT_EQUAL(strncmp(err.text, "z: yyy", 6), 0);
	CU_ASSERT_STRING_EQUAL(err.text + FA_ERROR_TEXT - 4, "...");
}

static void test_own_text_as_argument(void)
{
	struct fa_error err;

	error_set(&err, FA_EIO, "inner");
	error_set(&err, FA_EFORMAT, "outer: %s", err.text);
	CU_ASSERT_STRING_EQUAL(err.text, "outer: inner");
}

extern CU_TestInfo tests_error[];
CU_TestInfo tests_error[] = {
	{ "an error has its code and text, and may go nowhere", test_set },
	{ "what a terminal would obey becomes question marks", test_control_bytes },
	{ "UTF-8 passes", test_utf8_passes },
	{ "a text that does not fit ends in an ellipsis on a character", test_long_text },
	{ "a prefix keeps the code and is bounded too", test_prefix },
	{ "an error may quote itself", test_own_text_as_argument },
	CU_TEST_INFO_NULL,
};
