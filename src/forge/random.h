/* Numbers that look like chance and are the same in every run: the seed and the row decide. */
#ifndef FA_FORGE_RANDOM_H
#define FA_FORGE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* SplitMix64 (Steele, Lea, Flood 2014): one word of state, any seed will do. */
struct forge_random {
	uint64_t state;
};

/* @text is mixed in, so that every row and case has numbers of its own. */
void forge_random_seed(struct forge_random *random, uint64_t seed, const char *text);
uint64_t forge_random_next(struct forge_random *random);
/* 0 .. @below - 1; @below > 0. */
uint32_t forge_random_below(struct forge_random *random, uint32_t below);
void forge_random_bytes(struct forge_random *random, void *bytes, size_t len);

#endif
