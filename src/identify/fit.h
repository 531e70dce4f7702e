/* Tests of first bytes of which not all may have come yet.  Private to this room. */
#ifndef FA_IDENTIFY_FIT_H
#define FA_IDENTIFY_FIT_H

#include <stdint.h>
#include <string.h>

#include "base/util.h"

/* How bytes fit a pattern.  Ordered: several tests combine by MIN(). */
enum fit {
	FIT_NO,
	FIT_MORE,  /* as far as they go; more are needed */
	FIT_MAYBE, /* they fit, but so do too many other things */
	FIT_YES,
};

/* The @n bytes at @at are those of @want. */
static inline enum fit fit_bytes(const uint8_t *bytes, size_t len, size_t at, const void *want,
				 size_t n)
{
	if (at >= len)
		return FIT_MORE;
	if (memcmp(bytes + at, want, MIN(n, len - at)) != 0)
		return FIT_NO;
	return n <= len - at ? FIT_YES : FIT_MORE;
}

/* The byte at @at is one of @lo to @hi. */
static inline enum fit fit_byte(const uint8_t *bytes, size_t len, size_t at, unsigned lo,
				unsigned hi)
{
	if (at >= len)
		return FIT_MORE;
	return bytes[at] >= lo && bytes[at] <= hi ? FIT_YES : FIT_NO;
}

/* The big-endian number at @at is one of @lo to @hi. */
static inline enum fit fit_be16(const uint8_t *bytes, size_t len, size_t at, unsigned lo,
				unsigned hi)
{
	unsigned value;

	if (at >= len)
		return FIT_MORE;
	if (len - at < 2)
		return bytes[at] >= lo >> 8 && bytes[at] <= hi >> 8 ? FIT_MORE : FIT_NO;
	value = (unsigned)bytes[at] << 8 | bytes[at + 1];
	return value >= lo && value <= hi ? FIT_YES : FIT_NO;
}

#endif
