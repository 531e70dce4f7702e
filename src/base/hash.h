/*
 * Hashes under a per-run key: the capture is chosen by the audited party.
 *
 * SipHash for keys and digests; folded products where a packet waits for the answer.
 */
#ifndef FA_BASE_HASH_H
#define FA_BASE_HASH_H

#include <stdint.h>

#include "base/util.h"

struct hash_key {
	uint64_t k[2];
};

/**
 * hash_key_init() - Key for one run
 * @seed:	0 for a key from the kernel's random source; anything else
 *		gives the same key every time (tests, --seed)
 */
void hash_key_init(struct hash_key *key, uint64_t seed);

/* SipHash-1-3 (Aumasson and Bernstein 2012) of any length. */
uint64_t hash_bytes(const struct hash_key *key, const void *bytes, size_t len);

/* Secrets of hash_fold5(). */
struct hash_fold {
	uint64_t k[6];
};

/* @seed: as hash_key_init() */
void hash_fold_init(struct hash_fold *fold, uint64_t seed);

__extension__ typedef unsigned __int128 hash_wide;

/* Both halves of a product in one: every bit of it depends on all of @a and @b. */
FA_INLINE uint64_t hash_fold_pair(uint64_t a, uint64_t b)
{
	hash_wide product = (hash_wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/**
 * hash_fold5() - Of five 64-bit words, a flow key, with 3 multiplications
 *
 * Sums of keyed products, as UMAC's NH (Black et al. 1999) and wyhash have them: two
 * different keys meet with a chance near 2^-64 over the choice of the secrets, so
 * whoever makes a capture without knowing them can send no row of collisions.  It is
 * no more than that: who may see hashes could compute the secrets, so they never
 * leave the process.
 */
FA_INLINE uint64_t hash_fold5(const struct hash_fold *fold, const uint64_t w[static 5])
{
	uint64_t h = hash_fold_pair(w[0] ^ fold->k[0], w[1] ^ fold->k[1]) ^
		     hash_fold_pair(w[2] ^ fold->k[2], w[3] ^ fold->k[3]);

	return hash_fold_pair(h ^ fold->k[4], w[4] ^ fold->k[5]);
}

#endif
