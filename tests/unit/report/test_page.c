/* Wrapping: what breaks, what stays together, and what is not trusted. */
#include "report/page.h"

#include <string.h>

#include <CUnit/CUnit.h>

struct sheet {
	struct output *out;
	struct page page;
};

static void begin(struct sheet *s, unsigned width, bool colour)
{
	CU_ASSERT_EQUAL_FATAL(output_open_memory(&s->out, NULL), 0);
	page_init(&s->page, s->out, width, colour);
}

static void expect(struct sheet *s, const char *want)
{
	CU_ASSERT_STRING_EQUAL(output_text(s->out, NULL), want);
	CU_ASSERT_EQUAL(output_close(s->out, NULL), 0);
}

/* 40 columns: the last one is kept for punctuation. */
static void test_wrap(void)
{
	struct sheet s;

	begin(&s, 40, false);
	page_line(&s.page, 0, 4);
	page_words(&s.page, PAGE_PLAIN, "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd"); /* 39 */
	page_end(&s.page);
	page_line(&s.page, 0, 4);
	page_words(&s.page, PAGE_PLAIN, "aaaaaaaaa bbbbbbbbb ccccccccc dddddddddd"); /* 40 */
	page_end(&s.page);
	expect(&s, "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd\n"
		   "aaaaaaaaa bbbbbbbbb ccccccccc\n    dddddddddd\n");
}

static void test_glue(void)
{
	struct sheet s;

	begin(&s, 40, false);
	page_line(&s.page, 0, 4);
	page_words(&s.page, PAGE_PLAIN, "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd");
	page_gap(&s.page, 0);
	page_word(&s.page, PAGE_PLAIN, ",");
	page_word(&s.page, PAGE_PLAIN, "e");
	page_end(&s.page);
	expect(&s, "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd,\n    e\n");
}

static void test_phrase(void)
{
	struct sheet s;

	begin(&s, 40, false);
	page_line(&s.page, 2, 4);
	page_words(&s.page, PAGE_PLAIN, "aaaaaaaaa bbbbbbbbb ccccccccc");
	page_phrase(&s.page, PAGE_PLAIN, "14 flows, proven");
	CU_ASSERT_TRUE(page_holds(&s.page, "aaaaaaaaa bbbbbbbbb ccccccccc ddddd"));
	CU_ASSERT_FALSE(page_holds(&s.page, "aaaaaaaaa bbbbbbbbb ccccccccc dddddd"));
	page_phrase(&s.page, PAGE_PLAIN, "a phrase too long for any line there is breaks");
	page_end(&s.page);
	expect(&s, "  aaaaaaaaa bbbbbbbbb ccccccccc\n    14 flows, proven a phrase too long\n"
		   "    for any line there is breaks\n");
}

static void test_tab(void)
{
	struct sheet s;

	begin(&s, 80, false);
	page_line(&s.page, 0, 14);
	page_word(&s.page, PAGE_PLAIN, "BLOCKED");
	page_tab(&s.page, 14);
	page_word(&s.page, PAGE_PLAIN, "x");
	page_tab(&s.page, 10);
	page_word(&s.page, PAGE_PLAIN, "y");
	page_gap(&s.page, 3);
	page_word(&s.page, PAGE_PLAIN, "z");
	page_end(&s.page);
	expect(&s, "BLOCKED       x  y   z\n");
}

static void test_long_word(void)
{
	struct sheet s;

	begin(&s, 1, false); /* raised to 40 */
	page_line(&s.page, 0, 60);
	page_words(&s.page, PAGE_PLAIN,
		   "a 0123456789012345678901234567890123456789012345678901234567890 b");
	page_end(&s.page);
	expect(&s, "a\n"
		   "                                                            "
		   "0123456789012345678901234567890123456789012345678901234567890\n"
		   "                                                            b\n");
}

static void test_colour(void)
{
	struct sheet s;

	begin(&s, 40, true);
	page_line(&s.page, 0, 4);
	page_word(&s.page, PAGE_RED, "BLOCKED");
	page_word(&s.page, PAGE_PLAIN, "x");
	page_end(&s.page);
	expect(&s, "\x1b[1;31mBLOCKED\x1b[0m x\n");
}

/* Colours take no columns, escapes and wide characters take what a terminal shows. */
static void test_columns(void)
{
	struct sheet s;

	CU_ASSERT_EQUAL(page_columns("abc", 3), 3);
	CU_ASSERT_EQUAL(page_columns("\x1b[2J", 4), 7);
	CU_ASSERT_EQUAL(page_columns("\xff\xfe", 2), 8);
	CU_ASSERT_EQUAL(page_columns("\xc2\xb7", 2), 1);
	CU_ASSERT_EQUAL(page_columns("\xe5\xad\x98\xe5\x8f\x96", 6), 4);
	CU_ASSERT_EQUAL(page_columns("e\xcc\x81", 3), 1);
	CU_ASSERT_EQUAL(page_columns("\xe2\x80\xae", 3), 12);
	begin(&s, 40, true);
	page_line(&s.page, 0, 0);
	page_word(&s.page, PAGE_BOLD, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	page_word(&s.page, PAGE_BOLD, "\x1b]0;x");
	page_word(&s.page, PAGE_PLAIN, "b");
	page_end(&s.page);
	expect(&s, "\x1b[1maaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x1b[0m \x1b[1m\\x1B]0;x\x1b[0m\nb\n");
}

extern CU_TestInfo tests_page[];
CU_TestInfo tests_page[] = {
	{ "words wrap at the width and go on at the indent", test_wrap },
	{ "punctuation stays with its word", test_glue },
	{ "a phrase moves to the next line as a whole, if that can hold it", test_phrase },
	{ "tabs align and never join two words", test_tab },
	{ "a word that no line can hold has a line to itself", test_long_word },
	{ "colours surround words and end", test_colour },
	{ "columns are those of a terminal, controls are spelled out", test_columns },
	CU_TEST_INFO_NULL,
};
