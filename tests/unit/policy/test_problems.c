/* Lists of complaints. */
#include "policy/problems.h"

#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "rig.h"

static void test_text(void)
{
	struct problems p = { 0 };
	char text[64];

	CU_ASSERT_EQUAL(problems_add(&p, SEVERITY_ERROR, "", "f", 12, 9, "unknown \"%s\"", "tpc"),
			0);
	CU_ASSERT_EQUAL(problems_add(&p, SEVERITY_WARNING, "x", "f", 0, 0, "empty"), 0);
	CU_ASSERT_EQUAL(problems_add(&p, SEVERITY_ERROR, "", "f", 1, 1,
				     "a\x1b[2Jb\xff\n"
				     "\xe2\x80\xae"
				     "c\xc2\x9b"),
			0);
	CU_ASSERT_EQUAL(p.count, 3);
	CU_ASSERT_EQUAL(p.errors, 2);
	problem_text(&p.items[0], text, sizeof(text));
	CU_ASSERT(rig_same(text, "f:12:9: unknown \"tpc\""));
	problem_text(&p.items[1], text, sizeof(text));
	CU_ASSERT(rig_same(text, "f: empty"));
	/* What a terminal would obey. */
	problem_text(&p.items[2], text, sizeof(text));
	CU_ASSERT(rig_same(text, "f:1:1: a?[2Jb??"
				 "???"
				 "c??"));
	problem_text(&p.items[0], text, 5);
	CU_ASSERT(rig_same(text, "f:12"));
	problems_free(&p);
	CU_ASSERT(p.items == NULL && p.count == 0 && p.errors == 0);
}

static void test_sort(void)
{
	struct problems p = { 0 };
	unsigned i, state = 1;

	/* The first stays: it was there before. */
	CU_ASSERT_EQUAL(problems_add(&p, SEVERITY_NOTE, "", "z", 999, 1, "first"), 0);
	for (i = 0; i < 200; i++) {
		state = state * 1103515245u + 12345u;
		CU_ASSERT_EQUAL(problems_add(&p, SEVERITY_NOTE, "", state >> 20 & 1 ? "a" : "b",
					     state >> 16 & 7, state >> 24 & 3, "%u", i),
				0);
	}
	problems_sort(&p, 1);
	CU_ASSERT_STRING_EQUAL(p.items[0].text, "first");
	for (i = 2; i < p.count; i++) {
		const struct problem *x = &p.items[i - 1], *y = &p.items[i];
		int order = strcmp(x->file, y->file);
		unsigned a = 0, b = 0;

		if (order == 0)
			order = x->line != y->line ? (x->line < y->line ? -1 : 1)
						   : (int)x->column - (int)y->column;
		CU_ASSERT(order <= 0);
		sscanf(x->text, "%u", &a);
		sscanf(y->text, "%u", &b);
		CU_ASSERT(order != 0 || a < b); /* as they came */
	}
	problems_sort(&p, p.count);
	problems_sort(&p, p.count - 1);
	problems_free(&p);
	problems_sort(&p, 0);
}

extern CU_TestInfo tests_problems[];
CU_TestInfo tests_problems[] = {
	{ "a complaint has a place and safe words", test_text },
	{ "complaints sort by place, and stay in order otherwise", test_sort },
	CU_TEST_INFO_NULL,
};
