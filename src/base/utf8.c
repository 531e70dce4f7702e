/* Well-formed UTF-8, by the table of Unicode 15 section 3.9. */
#include "base/utf8.h"

size_t utf8_take(const char *s, size_t len, uint32_t *value)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t n, i;
	uint32_t v;

	if (len == 0)
		return 0;
	if (u[0] < 0x80) {
		*value = u[0];
		return 1;
	}
	if (u[0] >= 0xc2 && u[0] <= 0xdf) {
		n = 2;
		v = u[0] & 0x1fu;
	} else if ((u[0] & 0xf0) == 0xe0) {
		n = 3;
		v = u[0] & 0x0fu;
	} else if (u[0] >= 0xf0 && u[0] <= 0xf4) {
		n = 4;
		v = u[0] & 0x07u;
	} else {
		return 0;
	}
	if (n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (u[i] & 0x3fu);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*value = v;
	return n;
}

bool utf8_is_control(uint32_t value)
{
	return value < 0x20 || (value >= 0x7f && value <= 0x9f);
}

bool utf8_is_layout(uint32_t value)
{
	return value == 0x061c || value == 0x200e || value == 0x200f ||
	       (value >= 0x2028 && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069);
}
