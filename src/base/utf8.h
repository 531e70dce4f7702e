/* What is well-formed UTF-8, and what in it a terminal may act on. */
#ifndef FA_BASE_UTF8_H
#define FA_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * utf8_take() - Length and value of the first character
 * @s:		@len bytes of anything
 * @value:	Its code point; not touched when the result is 0
 *
 * Overlong forms, surrogates and values past U+10FFFF are not well formed
 * (Unicode 15 table 3-7, RFC 3629 4).
 *
 * Return: 1..4, or 0 when @s does not begin with a well-formed character
 */
size_t utf8_take(const char *s, size_t len, uint32_t *value);

/* C0, DEL, C1: a terminal may obey them (U+009B is CSI). */
bool utf8_is_control(uint32_t value);

/* Line separators and direction marks: they move or reorder what follows. */
bool utf8_is_layout(uint32_t value);

#endif
