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

/* A step of RFC 3174 6.1 (d); @f is f(t; B, C, D) + K(t).  The words change names, not places. */
#define STEP(a, b, c, d, e, f, w)                \
	do {                                     \
		(e) += rotate(a, 5) + (f) + (w); \
		(b) = rotate(b, 30);             \
	} while (0)

/* Twenty steps from @t on, after which each word has its own name again. */
#define TWENTY(f, t)                                       \
	for (unsigned i = (t); i < (t) + 20; i += 5) {     \
		STEP(a, b, c, d, e, f(b, c, d), w[i]);     \
		STEP(e, a, b, c, d, f(a, b, c), w[i + 1]); \
		STEP(d, e, a, b, c, f(e, a, b), w[i + 2]); \
		STEP(c, d, e, a, b, f(d, e, a), w[i + 3]); \
		STEP(b, c, d, e, a, f(c, d, e), w[i + 4]); \
	}

#define CHOICE(b, c, d)   (((d) ^ ((b) & ((c) ^ (d)))) + 0x5a827999u)
#define PARITY1(b, c, d)  (((b) ^ (c) ^ (d)) + 0x6ed9eba1u)
#define MAJORITY(b, c, d) ((((b) & (c)) | ((d) & ((b) | (c)))) + 0x8f1bbcdcu)
#define PARITY2(b, c, d)  (((b) ^ (c) ^ (d)) + 0xca62c1d6u)

static void add_block(uint32_t h[static 5], const uint8_t block[static BLOCK])
{
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], w[80];
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = load_be32(block + 4 * (size_t)t);
	for (; t < 32; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	/* The same, taken twice: four words at a time depend on none of each other. */
	for (; t < 80; t++)
		w[t] = rotate(w[t - 6] ^ w[t - 16] ^ w[t - 28] ^ w[t - 32], 2);
	TWENTY(CHOICE, 0)
	TWENTY(PARITY1, 20)
	TWENTY(MAJORITY, 40)
	TWENTY(PARITY2, 60)
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
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
