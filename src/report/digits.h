/* Decimal digits by hand: a record of each of millions of flows has dozens of numbers. */
#ifndef FA_REPORT_DIGITS_H
#define FA_REPORT_DIGITS_H

#include <stdint.h>
#include <string.h>

/* The most digits a uint64_t has, and the room digits_u64() needs however few it writes. */
#define DIGITS_U64 20

/* Two digits of @v, which is below 100. */
static inline char *digits_pair(char *to, unsigned v)
{
	to[0] = (char)('0' + v / 10);
	to[1] = (char)('0' + v % 10);
	return to + 2;
}

/* Return: behind the last digit */
static inline char *digits_u64(char *to, uint64_t v)
{
	/* A copy of fixed length is a few moves; what lies behind the digits is overwritten later. */
	char text[2 * DIGITS_U64] = { 0 }, *at = text + DIGITS_U64;

	if (v < 10) {
		*to = (char)('0' + v);
		return to + 1;
	}
	for (; v >= 100; v /= 100)
		digits_pair(at -= 2, (unsigned)(v % 100));
	if (v >= 10)
		digits_pair(at -= 2, (unsigned)v);
	else
		*--at = (char)('0' + v);
	memcpy(to, at, DIGITS_U64);
	return to + (text + DIGITS_U64 - at);
}

#endif
