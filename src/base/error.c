/* Error texts: bounded, one line, safe to show. */
#include "base/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const char cut_mark[] = "...";

/*
 * Arguments may hold bytes of the audited party; what a terminal would obey
 * becomes '?', byte by byte.
 */
static void text_clean(char text[static FA_ERROR_TEXT])
{
	size_t len = strlen(text), at = 0;

	while (at < len) {
		uint32_t value;
		size_t n = utf8_take(text + at, len - at, &value);

		if (n == 0) {
			text[at++] = '?';
			continue;
		}
		if (utf8_is_control(value) || utf8_is_layout(value))
			memset(text + at, '?', n);
		at += n;
	}
}

/* A text that did not fit ends in "..." and not in half a character. */
static void text_cut(char text[static FA_ERROR_TEXT])
{
	size_t at = FA_ERROR_TEXT - sizeof(cut_mark);

	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	memcpy(text + at, cut_mark, sizeof(cut_mark));
}

static void FA_PRINTF(2, 0)
	text_format(char text[static FA_ERROR_TEXT], const char *fmt, va_list args)
{
	int n = vsnprintf(text, FA_ERROR_TEXT, fmt, args);

	if (n < 0)
		text[0] = '\0';
	else if (n >= FA_ERROR_TEXT)
		text_cut(text);
	text_clean(text);
}

int error_set(struct fa_error *err, int code, const char *fmt, ...)
{
	char text[FA_ERROR_TEXT];
	va_list args;

	FA_ASSERT(code != FA_OK);
	if (err == NULL)
		return code;
	/* Aside first: an argument may be the old text. */
	va_start(args, fmt);
	text_format(text, fmt, args);
	va_end(args);
	err->code = code;
	memcpy(err->text, text, sizeof(text));
	return code;
}

int error_prefix(struct fa_error *err, const char *fmt, ...)
{
	char text[FA_ERROR_TEXT];
	va_list args;
	size_t have, more;

	va_start(args, fmt);
	text_format(text, fmt, args);
	va_end(args);
	have = strlen(text);
	more = strlen(err->text);
	if (more < sizeof(text) - have) {
		memcpy(text + have, err->text, more + 1);
	} else {
		memcpy(text + have, err->text, sizeof(text) - have);
		text_cut(text);
	}
	memcpy(err->text, text, sizeof(text));
	return err->code;
}

void fa_assert_failed(const char *expr, const char *func, const char *file, int line)
{
	fprintf(stderr, "flowaudit: %s:%d: %s: this cannot be: %s\n", file, line, func, expr);
	abort();
}
