/* SHA-1 of a message that is in memory as a whole (RFC 3174). */
#include "report/sha1.h"

#include <string.h>

#define BLOCK 64

static uint32_t rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store_be32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* One step of RFC 3174 6.1 (d): @f is f(t; B, C, D) + K(t) + W(t). */
static inline void step(uint32_t s[static 5], uint32_t f)
{
	uint32_t next = rotate(s[0], 5) + s[4] + f;

	s[4] = s[3];
	s[3] = s[2];
	s[2] = rotate(s[1], 30);
	s[1] = s[0];
	s[0] = next;
}

static void add_block(uint32_t h[static 5], const uint8_t block[static BLOCK])
{
	uint32_t w[80], s[5];
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = load_be32(block + 4 * (size_t)t);
	for (; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(s, h, sizeof(s));
	for (t = 0; t < 20; t++)
		step(s, ((s[1] & s[2]) | (~s[1] & s[3])) + 0x5a827999u + w[t]);
	for (; t < 40; t++)
		step(s, (s[1] ^ s[2] ^ s[3]) + 0x6ed9eba1u + w[t]);
	for (; t < 60; t++)
		step(s, ((s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3])) + 0x8f1bbcdcu + w[t]);
	for (; t < 80; t++)
		step(s, (s[1] ^ s[2] ^ s[3]) + 0xca62c1d6u + w[t]);
	for (t = 0; t < 5; t++)
		h[t] += s[t];
}

void sha1_digest(const void *bytes, size_t len, uint8_t digest[static SHA1_BYTES])
{
	uint32_t h[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
	const uint8_t *p = bytes;
	uint8_t tail[2 * BLOCK] = { 0 };
	uint64_t bits = (uint64_t)len * 8;
	size_t left = len, end, i;

	for (; left >= BLOCK; left -= BLOCK, p += BLOCK)
		add_block(h, p);
	/* Section 4: a one bit, zeros, and the length in the last 8 bytes of a block. */
	if (left > 0)
		memcpy(tail, p, left);
	tail[left] = 0x80;
	end = left + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
	store_be32(tail + end - 8, (uint32_t)(bits >> 32));
	store_be32(tail + end - 4, (uint32_t)bits);
	for (i = 0; i < end; i += BLOCK)
		add_block(h, tail + i);
	for (i = 0; i < 5; i++)
		store_be32(digest + 4 * i, h[i]);
}
