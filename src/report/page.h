/*
 * A page of text: words are put one after another and wrap at the width, with
 * a continuation indent.  Columns are counted as a terminal shows them.
 */
#ifndef FA_REPORT_PAGE_H
#define FA_REPORT_PAGE_H

#include <stdbool.h>

#include "base/output.h"

enum page_style {
	PAGE_PLAIN,
	PAGE_BOLD,
	PAGE_DIM,
	PAGE_RED,
	PAGE_GREEN,
	PAGE_YELLOW,
	PAGE_MAGENTA,
	PAGE_CYAN,
	PAGE_STYLE_COUNT
};

/* Narrower than this nothing can be laid out; narrower requests are raised to it. */
#define PAGE_MIN_WIDTH 40u

/**
 * struct page - Where the next word goes
 * @column:	Columns already used in the line
 * @indent:	Of continuation lines
 * @gap:	Blanks due before the next word
 * @empty:	The line holds no word yet
 */
struct page {
	struct output *out;
	unsigned width;
	unsigned column, indent, gap;
	bool colour;
	bool empty;
};

/* @width 0 means 80. */
void page_init(struct page *page, struct output *out, unsigned width, bool colour);

/* Begin a line at column @first; what does not fit goes on at column @rest. */
void page_line(struct page *page, unsigned first, unsigned rest);
/* End the line. */
void page_end(struct page *page);
/* An empty line. */
void page_blank(struct page *page);

/* The next word is preceded by @n blanks instead of one, none at the start of a line.  After 0 it
 * is glued to the last word: punctuation. */
void page_gap(struct page *page, unsigned n);
/* ... or by as many as bring it to @column, but two at the least. */
void page_tab(struct page *page, unsigned column);

/* All three escape what they print: none of it is trusted. */
/* One word, never broken, even where it holds blanks. */
void page_word(struct page *page, enum page_style style, const char *word);
/* Words; a line may break at every blank. */
void page_words(struct page *page, enum page_style style, const char *text);
/* Words that stay together where a line can hold them. */
void page_phrase(struct page *page, enum page_style style, const char *text);
/* Whether the text fits in this line or a continuation line as a whole. */
bool page_holds(const struct page *page, const char *text);
void page_printf(struct page *page, enum page_style style, const char *fmt, ...) FA_PRINTF(3, 4);

/* Columns that output_escaped() needs for @len bytes; CJK and other wide characters take two. */
unsigned page_columns(const char *s, size_t len);

#endif
