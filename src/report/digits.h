/* Decimal digits by hand: a record of each of millions of flows has dozens of numbers. */
#ifndef FA_REPORT_DIGITS_H
#define FA_REPORT_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* "00" to "99" */
extern const char digits_pairs[200];

/* Two digits of @v, which is below 100. */
static inline char *digits_pair(char *to, unsigned v)
{
	memcpy(to, digits_pairs + 2 * (size_t)v, 2);
	return to + 2;
}

/* What is left of a longer number: @v, which is below 10000, with all its zeros. */
static inline char *digits_four(char *to, unsigned v)
{
	return digits_pair(digits_pair(to, v / 100), v % 100);
}

/* A number below 10000. */
static inline char *digits_short(char *to, unsigned v)
{
	if (v < 10) {
		*to = (char)('0' + v);
		return to + 1;
	}
	if (v < 100)
		return digits_pair(to, v);
	if (v >= 1000)
		return digits_four(to, v);
	*to = (char)('0' + v / 100);
	return digits_pair(to + 1, v % 100);
}

/* Any number.  Return: behind the last digit */
char *digits_long(char *to, uint64_t v);

static inline char *digits_u64(char *to, uint64_t v)
{
	if (v < 10000)
		return digits_short(to, (unsigned)v);
	if (v < 100000000)
		return digits_four(digits_short(to, (unsigned)(v / 10000)), (unsigned)(v % 10000));
	return digits_long(to, v);
}

#endif
