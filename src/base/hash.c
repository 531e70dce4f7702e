/*
 * SipHash-1-3.
 *
 * One compression round a word and three to finish (Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF", 2012, sections 2 and 2.4: SipHash-c-d).
 * The reduced variant is what Linux and Rust use for tables whose order is
 * never published: an attacker needs collisions, and gets none without the
 * key.
 */
#include "base/hash.h"

#include <stdlib.h>
#include <sys/random.h>

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v0 = rotl(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotl(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v2 = rotl(s->v2, 32);
}

/* The constants spell "somepseudorandomlygeneratedbytes" (2.2). */
static inline struct sip sip_start(const struct hash_key *key)
{
	return (struct sip){
		.v0 = key->k[0] ^ UINT64_C(0x736f6d6570736575),
		.v1 = key->k[1] ^ UINT64_C(0x646f72616e646f6d),
		.v2 = key->k[0] ^ UINT64_C(0x6c7967656e657261),
		.v3 = key->k[1] ^ UINT64_C(0x7465646279746573),
	};
}

static inline void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

static inline uint64_t sip_finish(struct sip *s)
{
	s->v2 ^= 0xff;
	sip_round(s);
	sip_round(s);
	sip_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* splitmix64 (Steele, Lea and Flood 2014): spreads a small seed over the key. */
static uint64_t spread(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void hash_key_init(struct hash_key *key, uint64_t seed)
{
	if (seed == 0) {
		/* 16 bytes come whole or not at all; without them there is no defence to offer. */
		if (getentropy(key->k, sizeof(key->k)) != 0)
			abort();
		return;
	}
	key->k[0] = spread(&seed);
	key->k[1] = spread(&seed);
}

/* Little endian, @n <= 8 bytes. */
static inline uint64_t load_le(const uint8_t *p, size_t n)
{
	uint64_t word = 0;
	size_t i;

	for (i = 0; i < n; i++)
		word |= (uint64_t)p[i] << (8 * i);
	return word;
}

uint64_t hash_bytes(const struct hash_key *key, const void *bytes, size_t len)
{
	struct sip s = sip_start(key);
	const uint8_t *p = bytes;
	size_t left = len;

	for (; left >= 8; left -= 8, p += 8)
		sip_word(&s, load_le(p, 8));
	sip_word(&s, load_le(p, left) | (uint64_t)len << 56);
	return sip_finish(&s);
}

void hash_fold_init(struct hash_fold *fold, uint64_t seed)
{
	struct hash_key key;

	hash_key_init(&key, seed);
	for (uint64_t i = 0; i < ARRAY_SIZE(fold->k); i++)
		fold->k[i] = hash_bytes(&key, &i, sizeof(i));
}
