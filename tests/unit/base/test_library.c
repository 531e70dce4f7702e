/* Libraries that are loaded when needed. */
#include "base/library.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/util.h"

#define C_CALLS(X) X(strlen) X(labs)

struct c_calls {
	C_CALLS(LIBRARY_MEMBER)
};
#define LIBRARY_STRUCT struct c_calls

static void functions_are_found(void)
{
	static const struct library_call list[] = { C_CALLS(LIBRARY_CALL) };
	static const char *const sonames[] = { "libflowaudit-has-no-such.so.1", "libc.so.6", NULL };
	struct c_calls calls = { 0 };
	struct fa_error err;
	void *library;

	CU_ASSERT_EQUAL_FATAL(library_open(&library, sonames, list, ARRAY_SIZE(list), &calls, &err),
			      0);
	CU_ASSERT_EQUAL(calls.strlen("123456789"), 9);
	CU_ASSERT_EQUAL(calls.labs(-3), 3);
	library_close(library);
}

static void what_is_missing_is_named(void)
{
	static const struct library_call list[] = { { "no_such_call", 0 } };
	static const char *const none[] = { "libflowaudit-has-no-such.so.1", NULL };
	static const char *const c[] = { "libc.so.6", NULL };
	struct c_calls calls = { 0 };
	struct fa_error err = { 0 };
	void *library = &calls;

	CU_ASSERT_EQUAL(library_open(&library, none, list, 1, &calls, &err), FA_EUNSUPPORTED);
	CU_ASSERT_PTR_NULL(library);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, none[0]));
	CU_ASSERT_EQUAL(library_open(&library, c, list, 1, &calls, &err), FA_EUNSUPPORTED);
	CU_ASSERT_PTR_NULL(library);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no_such_call()"));
	library_close(library);
}

extern CU_TestInfo tests_library[];
CU_TestInfo tests_library[] = {
	{ "functions are found in the first library that is there", functions_are_found },
	{ "what is missing is named", what_is_missing_is_named },
	CU_TEST_INFO_NULL,
};
