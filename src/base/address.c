/* Addresses and ranges of them: what they are, and to and from text. */
#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

struct address address_from_v4(const uint8_t v4[static 4])
{
	struct address a;

	memcpy(a.b, mapped, sizeof(mapped));
	memcpy(a.b + 12, v4, 4);
	return a;
}

struct address address_from_v6(const uint8_t v6[static 16])
{
	struct address a;

	memcpy(a.b, v6, 16);
	return a;
}

bool address_is_v4(const struct address *a)
{
	return memcmp(a->b, mapped, sizeof(mapped)) == 0;
}

bool address_is_group(const struct address *a)
{
	static const uint8_t broadcast[4] = { 255, 255, 255, 255 };

	if (!address_is_v4(a))
		return a->b[0] == 0xff;
	return (a->b[12] & 0xf0) == 0xe0 || memcmp(a->b + 12, broadcast, 4) == 0;
}

bool address_is_any(const struct address *a)
{
	static const uint8_t zero[16];

	return memcmp(a->b + 12, zero, 4) == 0 && (address_is_v4(a) || memcmp(a->b, zero, 12) == 0);
}

bool address_is_private(const struct address *a)
{
	static const struct address loopback6 = { .b = { [15] = 1 } };
	const uint8_t *v4 = a->b + 12;

	if (!address_is_v4(a))
		return (a->b[0] & 0xfe) == 0xfc ||                      /* RFC 4193 3.1 */
		       (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80) || /* RFC 4291 2.5.6 */
		       address_compare(a, &loopback6) == 0;             /* RFC 4291 2.5.3 */
	return v4[0] == 10 || v4[0] == 127 || /* RFC 1918 3, RFC 1122 3.2.1.3 */
	       (v4[0] == 172 && (v4[1] & 0xf0) == 16) || (v4[0] == 192 && v4[1] == 168) ||
	       (v4[0] == 169 && v4[1] == 254); /* RFC 3927 */
}

/* First and length of the longest run of two or more zero groups (RFC 5952 4.2.2, 4.2.3). */
static void longest_zeros(const uint16_t group[static 8], unsigned *first, unsigned *count)
{
	unsigned i, run = 0;

	*first = 8;
	*count = 1;
	for (i = 0; i < 8; i++) {
		run = group[i] == 0 ? run + 1 : 0;
		if (run > *count) {
			*count = run;
			*first = i + 1 - run;
		}
	}
}

/* Decimal digits of an octet; returns how many. */
static size_t put_octet(char *to, unsigned v)
{
	size_t n = 0;

	if (v >= 100)
		to[n++] = (char)('0' + v / 100);
	if (v >= 10)
		to[n++] = (char)('0' + v / 10 % 10);
	to[n++] = (char)('0' + v % 10);
	return n;
}

/* By hand: reports of millions of flows spend their time here. */
static void put_v4(char *buf, const uint8_t b[static 4])
{
	size_t n = 0;

	for (unsigned i = 0; i < 4; i++) {
		n += put_octet(buf + n, b[i]);
		buf[n++] = i < 3 ? '.' : '\0';
	}
}

const char *address_text(const struct address *a, char buf[static ADDRESS_TEXT])
{
	uint16_t group[8];
	unsigned i, first, count;
	size_t at = 0;

	if (address_is_v4(a)) {
		put_v4(buf, a->b + 12);
		return buf;
	}
	for (i = 0; i < 8; i++)
		group[i] = (uint16_t)(a->b[2 * i] << 8 | a->b[2 * i + 1]);
	longest_zeros(group, &first, &count);
	for (i = 0; i < 8; i++) {
		if (i == first) {
			buf[at++] = ':';
			buf[at++] = ':';
			i += count - 1;
			continue;
		}
		if (i > 0 && i != first + count)
			buf[at++] = ':';
		at += (size_t)snprintf(buf + at, ADDRESS_TEXT - at, "%x", group[i]);
	}
	buf[at] = '\0';
	return buf;
}

/* One address of @len characters; @v4 tells how it was written. */
static bool parse_one(const char *text, size_t len, struct address *a, bool *v4)
{
	char word[ADDRESS_TEXT];
	uint8_t b[16];

	if (len == 0 || len >= sizeof(word))
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	if (inet_pton(AF_INET, word, b) == 1) {
		*a = address_from_v4(b);
		*v4 = true;
		return true;
	}
	if (inet_pton(AF_INET6, word, b) == 1) {
		*a = address_from_v6(b);
		*v4 = false;
		return true;
	}
	return false;
}

static int not_an_address(const char *text, const char *part, size_t len, struct fa_error *err)
{
	return error_set(err, FA_EUSAGE,
			 "\"%s\": \"%.*s\" is not an IPv4 or IPv6 address; expected an address, "
			 "address/length or first-last",
			 text, (int)MIN(len, 64u), part);
}

/* Decimal 0..@max without sign, blanks or leading zeros. */
static bool parse_length(const char *s, unsigned max, unsigned *value)
{
	unsigned v = 0;
	const char *p;

	if (*s == '\0' || (s[0] == '0' && s[1] != '\0'))
		return false;
	for (p = s; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || p - s >= 3)
			return false;
		v = v * 10 + (unsigned)(*p - '0');
	}
	*value = v;
	return v <= max;
}

static int parse_prefix(const char *text, const char *slash, struct address_range *range,
			struct fa_error *err)
{
	char want[ADDRESS_TEXT];
	struct address a, lo, hi;
	unsigned i, len, bits;
	bool v4;

	if (!parse_one(text, (size_t)(slash - text), &a, &v4))
		return not_an_address(text, text, (size_t)(slash - text), err);
	if (!parse_length(slash + 1, v4 ? 32 : 128, &len))
		return error_set(err, FA_EUSAGE,
				 "\"%s\": \"%.16s\" is not a prefix length; expected 0 to %u", text,
				 slash + 1, v4 ? 32u : 128u);
	bits = v4 ? 96 + len : len;
	lo = hi = a;
	for (i = 0; i < 16; i++) {
		/* Bits of this byte that belong to the host. */
		unsigned host = bits >= 8 * i + 8 ? 0 : bits <= 8 * i ? 0xff : 0xffu >> (bits % 8);

		lo.b[i] = (uint8_t)(a.b[i] & ~host);
		hi.b[i] = (uint8_t)(a.b[i] | host);
	}
	if (address_compare(&lo, &a) != 0)
		return error_set(err, FA_EUSAGE,
				 "\"%s\": bits are set past the prefix; did you mean %s/%u?", text,
				 address_text(&lo, want), len);
	range->lo = lo;
	range->hi = hi;
	return 0;
}

static int parse_pair(const char *text, const char *dash, struct address_range *range,
		      struct fa_error *err)
{
	struct address lo, hi;
	bool lo_v4, hi_v4;

	if (!parse_one(text, (size_t)(dash - text), &lo, &lo_v4))
		return not_an_address(text, text, (size_t)(dash - text), err);
	if (!parse_one(dash + 1, strlen(dash + 1), &hi, &hi_v4))
		return not_an_address(text, dash + 1, strlen(dash + 1), err);
	/* The kind decides, not the spelling: ::ffff:10.0.0.1 is 10.0.0.1. */
	if (address_is_v4(&lo) != address_is_v4(&hi))
		return error_set(err, FA_EUSAGE, "\"%s\": a range cannot go from IPv%c to IPv%c",
				 text, address_is_v4(&lo) ? '4' : '6',
				 address_is_v4(&hi) ? '4' : '6');
	if (address_compare(&lo, &hi) > 0)
		return error_set(err, FA_EUSAGE,
				 "\"%s\": the range descends; did you mean %s-%.*s?", text,
				 dash + 1, (int)(dash - text), text);
	range->lo = lo;
	range->hi = hi;
	return 0;
}

int address_range_parse(const char *text, struct address_range *range, struct fa_error *err)
{
	const char *sign = strpbrk(text, "/-");
	struct address a;
	bool v4;

	if (sign != NULL)
		return *sign == '/' ? parse_prefix(text, sign, range, err)
				    : parse_pair(text, sign, range, err);
	if (!parse_one(text, strlen(text), &a, &v4))
		return not_an_address(text, text, strlen(text), err);
	range->lo = range->hi = a;
	return 0;
}

bool address_in_range(const struct address *a, const struct address_range *r)
{
	return address_compare(a, &r->lo) >= 0 && address_compare(a, &r->hi) <= 0 &&
	       /* ::/0 is every IPv6 address; that IPv4 lies within it is our layout, not a fact. */
	       address_is_v4(a) == address_is_v4(&r->lo);
}
