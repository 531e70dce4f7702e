/* SplitMix64: three multiplications a number, the same on every machine. */
#include "forge/random.h"

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void forge_random_seed(struct forge_random *random, uint64_t seed, const char *text)
{
	random->state = mix(seed);
	for (; *text != '\0'; text++)
		random->state = mix(random->state ^ (unsigned char)*text);
}

uint64_t forge_random_next(struct forge_random *random)
{
	random->state += UINT64_C(0x9e3779b97f4a7c15);
	return mix(random->state);
}

uint32_t forge_random_below(struct forge_random *random, uint32_t below)
{
	return (uint32_t)((forge_random_next(random) >> 32) * below >> 32);
}

void forge_random_bytes(struct forge_random *random, void *bytes, size_t len)
{
	uint8_t *to = bytes;
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++) {
		if (i % 8 == 0)
			word = forge_random_next(random);
		to[i] = (uint8_t)(word >> i % 8 * 8);
	}
}
