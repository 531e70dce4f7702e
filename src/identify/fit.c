/* Tests of first bytes of which not all may have come yet. */
#include "identify/protocol.h"

enum fit fit_bytes(const uint8_t *bytes, size_t len, size_t at, const void *want, size_t n)
{
	if (at >= len)
		return FIT_MORE;
	if (memcmp(bytes + at, want, MIN(n, len - at)) != 0)
		return FIT_NO;
	return n <= len - at ? FIT_YES : FIT_MORE;
}

enum fit fit_byte(const uint8_t *bytes, size_t len, size_t at, unsigned lo, unsigned hi)
{
	if (at >= len)
		return FIT_MORE;
	return bytes[at] >= lo && bytes[at] <= hi ? FIT_YES : FIT_NO;
}

enum fit fit_be16(const uint8_t *bytes, size_t len, size_t at, unsigned lo, unsigned hi)
{
	unsigned value;

	if (at >= len)
		return FIT_MORE;
	if (len - at < 2)
		return bytes[at] >= lo >> 8 && bytes[at] <= hi >> 8 ? FIT_MORE : FIT_NO;
	value = (unsigned)bytes[at] << 8 | bytes[at + 1];
	return value >= lo && value <= hi ? FIT_YES : FIT_NO;
}
