/* SipHash-1-3 under a per-run key: the capture is chosen by the audited party. */
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

/* The same of five 64-bit words: a flow key.  Equal to hash_bytes(key, w, 40) on little endian. */
uint64_t hash_words5(const struct hash_key *key, const uint64_t w[static 5]);

#endif
