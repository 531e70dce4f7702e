/* "Did you mean". */
#include "policy/names.h"

#include <string.h>

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "rig.h"

static void test_hints(void)
{
	static const char *const known[] = { "front-end",   "front-end-cms", "client", "edge-av",
					     "edge-access", "tcp",           "udp",    "" };
	static const struct {
		const char *text, *hint;
	} cases[] = {
		{ "front-ned", "; did you mean \"front-end\"?" }, /* a swap is one mistake */
		{ "front-end", "; did you mean \"front-end\"?" },
		{ "frontend", "; did you mean \"front-end\"?" },
		{ "clients", "; did you mean \"client\"?" },
		{ "edge-avx", "; did you mean \"edge-av\"?" },
		{ "tpc", "; did you mean \"tcp\"?" },
		{ "tcx", "; did you mean \"tcp\"?" },
		{ "txx", "" },
		{ "", "" },
		{ "director", "" },
	};
	char hint[256];
	struct names names;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		names_begin(&names, cases[i].text, strlen(cases[i].text));
		for (k = 0; k < ARRAY_SIZE(known); k++)
			names_offer(&names, known[k]);
		names_text(&names, hint, sizeof(hint));
		CU_ASSERT(rig_same(hint, cases[i].hint));
	}
}

static void test_order(void)
{
	struct names names;
	char hint[256];

	/* Best first, whatever the order they are offered in; three at most. */
	names_begin(&names, "abcdefghij", 10);
	names_offer(&names, "abcdefgxyz"); /* 3 */
	names_offer(&names, "abcdefghix"); /* 1 */
	names_offer(&names, "abcdefghxy"); /* 2 */
	names_offer(&names, "xbcdefghij"); /* 1 */
	names_text(&names, hint, sizeof(hint));
	CU_ASSERT(rig_same(hint,
			   "; did you mean \"abcdefghix\" or \"xbcdefghij\" or \"abcdefghxy\"?"));
	names_text(&names, hint, 8);
	CU_ASSERT(rig_same(hint, "; did y"));
}

/* Names longer than the table are passed over. */
static void test_long(void)
{
	char text[200];
	struct names names;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	names_begin(&names, text, 64);
	names_offer(&names, text);
	CU_ASSERT_PTR_NULL(names.best[0]);
	text[64] = '\0';
	names_offer(&names, text);
	CU_ASSERT_PTR_EQUAL(names.best[0], text);
	names_begin(&names, text, 65);
	names_offer(&names, text);
	CU_ASSERT_PTR_NULL(names.best[0]);
}

extern CU_TestInfo tests_policy_names[];
CU_TestInfo tests_policy_names[] = {
	{ "close names are offered, others are not", test_hints },
	{ "the closest come first", test_order },
	{ "very long names are passed over", test_long },
	CU_TEST_INFO_NULL,
};
