/* Community ID v1: base64 of the SHA-1 of an ordered 5-tuple. */
#include "report/community_id.h"

#include <string.h>

#include "report/sha1.h"

/* IANA protocol numbers whose flows have ports, or something that stands for them. */
#define ICMP   1
#define TCP    6
#define UDP    17
#define ICMPV6 58
#define SCTP   132

/* Requests and their answers; the counter-type stands for the second port. */
static const uint8_t icmp4_pairs[][2] = { { 8, 0 }, { 13, 14 }, { 15, 16 }, { 10, 9 }, { 17, 18 } };
static const uint8_t icmp6_pairs[][2] = { { 128, 129 }, { 133, 134 }, { 135, 136 },
					  { 130, 131 }, { 139, 140 }, { 144, 145 } };

/* Type that answers @type; -1 when nothing does: such a message is one-way. */
static int counter_type(uint8_t l4, unsigned type)
{
	const uint8_t(*pairs)[2] = l4 == ICMP ? icmp4_pairs : icmp6_pairs;
	size_t count = l4 == ICMP ? ARRAY_SIZE(icmp4_pairs) : ARRAY_SIZE(icmp6_pairs), i;

	for (i = 0; i < count; i++) {
		if (pairs[i][0] == type)
			return pairs[i][1];
		if (pairs[i][1] == type)
			return pairs[i][0];
	}
	return -1;
}

static void base64(const uint8_t digest[static SHA1_BYTES], char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	/* 20 bytes: six whole groups of three, and two bytes that take one '='. */
	for (i = 0; i < 18; i += 3) {
		uint32_t v =
			(uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 | digest[i + 2];

		*text++ = digits[v >> 18];
		*text++ = digits[v >> 12 & 63];
		*text++ = digits[v >> 6 & 63];
		*text++ = digits[v & 63];
	}
	*text++ = digits[digest[18] >> 2];
	*text++ = digits[(digest[18] & 3u) << 4 | digest[19] >> 4];
	*text++ = digits[(digest[19] & 15u) << 2];
	*text++ = '=';
	*text = '\0';
}

static size_t put_address(uint8_t *to, const struct flow_key *key, unsigned end)
{
	if (key->ip_version == 4) {
		memcpy(to, key->addr[end].b + 12, 4);
		return 4;
	}
	memcpy(to, key->addr[end].b, 16);
	return 16;
}

const char *community_id_text(const struct flow_key *key, char buf[static COMMUNITY_ID_TEXT])
{
	/* Seed, two addresses, protocol, padding, two ports. */
	uint8_t message[2 + 16 + 16 + 1 + 1 + 2 + 2] = { 0 }, digest[SHA1_BYTES];
	bool icmp = key->l4 == ICMP || key->l4 == ICMPV6;
	unsigned port[2] = { key->port[0], key->port[1] }, low = 0, i;
	int order = address_compare(&key->addr[0], &key->addr[1]), counter = -1;
	size_t len = 2;

	if (icmp) {
		counter = counter_type(key->l4, port[0]);
		if (counter >= 0)
			port[1] = (unsigned)counter;
	}
	if (!icmp || counter >= 0)
		low = order > 0 || (order == 0 && port[0] > port[1]);
	len += put_address(message + len, key, low);
	len += put_address(message + len, key, 1 - low);
	message[len++] = key->l4;
	len++;
	if (icmp || key->l4 == TCP || key->l4 == UDP || key->l4 == SCTP) {
		for (i = 0; i < 2; i++) {
			unsigned p = port[i == 0 ? low : 1 - low];

			message[len++] = (uint8_t)(p >> 8);
			message[len++] = (uint8_t)p;
		}
	}
	sha1_digest(message, len, digest);
	memcpy(buf, "1:", 2);
	base64(digest, buf + 2);
	return buf;
}
