/* Words to lines: wrapping by display columns, and the few colours. */
#include "report/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define RESET "\x1b[0m"

static const char *const styles[] = {
	[PAGE_PLAIN] = "",
	[PAGE_BOLD] = "\x1b[1m",
	[PAGE_DIM] = "\x1b[2m",
	[PAGE_RED] = "\x1b[1;31m",
	[PAGE_GREEN] = "\x1b[32m",
	[PAGE_YELLOW] = "\x1b[1;33m",
	[PAGE_MAGENTA] = "\x1b[1;35m",
	[PAGE_CYAN] = "\x1b[36m",
};
static_assert(ARRAY_SIZE(styles) == PAGE_STYLE_COUNT, "a sequence a style");

void page_init(struct page *page, struct output *out, unsigned width, bool colour)
{
	if (width == 0)
		width = 80;
	*page = (struct page){
		.out = out, .width = MAX(width, PAGE_MIN_WIDTH), .colour = colour, .empty = true
	};
}

/* Ranges that terminals show in two columns (Unicode UAX 11, W and F; coarse). */
static const struct {
	uint32_t lo, hi;
} wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0xa4cf },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd },
};

static unsigned value_columns(uint32_t value)
{
	size_t i;

	if (value >= 0x0300 && value <= 0x036f) /* combining marks */
		return 0;
	for (i = 0; i < ARRAY_SIZE(wide); i++)
		if (value >= wide[i].lo && value <= wide[i].hi)
			return 2;
	return 1;
}

unsigned page_columns(const char *s, size_t len)
{
	unsigned columns = 0;
	size_t at = 0;

	while (at < len) {
		uint32_t value = 0;
		size_t n = utf8_take(s + at, len - at, &value);

		if (n == 0 || utf8_is_control(value) || utf8_is_layout(value))
			columns += 4 * (unsigned)MAX(n, 1u); /* \xNN a byte */
		else
			columns += value_columns(value);
		at += MAX(n, 1u);
	}
	return columns;
}

static void blanks(struct page *page, unsigned n)
{
	static const char some[] = "                ";

	page->column += n;
	for (; n > sizeof(some) - 1; n -= (unsigned)sizeof(some) - 1)
		output_bytes(page->out, some, sizeof(some) - 1);
	output_bytes(page->out, some, n);
}

/* Go on at the continuation indent of a new line. */
static void fresh_line(struct page *page)
{
	output_bytes(page->out, "\n", 1);
	page->column = 0;
	blanks(page, page->indent);
	page->empty = true;
}

void page_line(struct page *page, unsigned first, unsigned rest)
{
	page->column = 0;
	page->empty = true;
	page->gap = 1;
	page->indent = rest;
	blanks(page, first);
}

void page_end(struct page *page)
{
	output_bytes(page->out, "\n", 1);
}

void page_blank(struct page *page)
{
	output_bytes(page->out, "\n", 1);
}

void page_gap(struct page *page, unsigned n)
{
	page->gap = n;
}

void page_tab(struct page *page, unsigned column)
{
	page->gap = column > page->column + 2 ? column - page->column : 2;
}

/* The last column is kept free for punctuation, which is glued on (gap 0) and never wraps. */
static bool fits(const struct page *page, unsigned columns)
{
	unsigned left = page->width - MIN(page->width, page->column + 1);

	return page->empty ? columns <= left : page->gap == 0 || columns + page->gap <= left;
}

/* @len bytes of @columns columns; the line was made to fit, or nothing can. */
static void put(struct page *page, enum page_style style, const char *s, size_t len,
		unsigned columns)
{
	bool coloured = page->colour && style != PAGE_PLAIN;

	if (!page->empty)
		blanks(page, page->gap);
	if (coloured)
		output_string(page->out, styles[style]);
	output_escaped(page->out, s, len);
	if (coloured)
		output_string(page->out, RESET);
	page->column += columns;
	page->gap = 1;
	page->empty = false;
}

static void put_word(struct page *page, enum page_style style, const char *s, size_t len)
{
	unsigned columns = page_columns(s, len);

	if (!page->empty && !fits(page, columns))
		fresh_line(page);
	put(page, style, s, len, columns);
}

void page_word(struct page *page, enum page_style style, const char *word)
{
	put_word(page, style, word, strlen(word));
}

void page_words(struct page *page, enum page_style style, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (len > 0)
			put_word(page, style, text, len);
		text += len;
		text += strspn(text, " ");
	}
}

/* A fresh continuation line can hold it. */
static bool fits_fresh(const struct page *page, unsigned columns)
{
	return page->indent + 1 < page->width && columns <= page->width - page->indent - 1;
}

bool page_holds(const struct page *page, const char *text)
{
	unsigned columns = page_columns(text, strlen(text));

	return fits(page, columns) || fits_fresh(page, columns);
}

void page_phrase(struct page *page, enum page_style style, const char *text)
{
	size_t len = strlen(text);
	unsigned columns = page_columns(text, len);

	if (!page->empty && !fits(page, columns) && fits_fresh(page, columns))
		fresh_line(page);
	if (fits(page, columns))
		put(page, style, text, len, columns);
	else
		page_words(page, style, text);
}

void page_printf(struct page *page, enum page_style style, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	page_words(page, style, text);
}
