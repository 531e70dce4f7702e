/* One 128-bit address for IPv4 (as ::ffff:a.b.c.d, RFC 4291 2.5.5.2) and IPv6. */
#ifndef FA_BASE_ADDRESS_H
#define FA_BASE_ADDRESS_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

#define ADDRESS_TEXT 46 /* longest text form and its NUL, as INET6_ADDRSTRLEN */

/* Network order. */
struct address {
	uint8_t b[16];
};

/* Inclusive; lo <= hi. */
struct address_range {
	struct address lo, hi;
};

/* As numbers: negative, 0 or positive.  A call of memcmp() costs more than the comparison. */
static inline int address_compare(const struct address *a, const struct address *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->b, sizeof(x));
	memcpy(y, b->b, sizeof(y));
	if (x[0] != y[0])
		return be64toh(x[0]) < be64toh(y[0]) ? -1 : 1;
	if (x[1] != y[1])
		return be64toh(x[1]) < be64toh(y[1]) ? -1 : 1;
	return 0;
}

/* @v4: 4 bytes in network order. */
struct address address_from_v4(const uint8_t v4[static 4]);
struct address address_from_v6(const uint8_t v6[static 16]);

bool address_is_v4(const struct address *a);

/* Multicast (RFC 5771, RFC 4291 2.7), 255.255.255.255; never an initiator. */
bool address_is_group(const struct address *a);
/* 0.0.0.0 or ::, as a DHCP client without an address uses. */
bool address_is_any(const struct address *a);
/* RFC 1918, RFC 4193, link-local, loopback: not routed on the Internet. */
bool address_is_private(const struct address *a);

/**
 * address_text() - Text form (RFC 5952 for IPv6; dotted for mapped IPv4)
 * @buf:	At least ADDRESS_TEXT bytes
 *
 * Return: @buf
 */
const char *address_text(const struct address *a, char buf[static ADDRESS_TEXT]);

/**
 * address_range_parse() - Read "a", "a/len", "a-b", v4 or v6
 * @text:	NUL-terminated; consumed to the end, no blanks inside
 * @range:	Filled on success
 *
 * A prefix with host bits set is refused ("10.0.0.1/8": did you mean
 * 10.0.0.0/8?), as are mixed families and descending ranges.
 *
 * Return: 0, or FA_EUSAGE with text that says what was expected
 */
int address_range_parse(const char *text, struct address_range *range, struct fa_error *err);

bool address_in_range(const struct address *a, const struct address_range *r);

#endif
