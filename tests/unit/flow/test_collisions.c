/*
 * Tuples that somebody chose so that they collide: under hashes without a key they
 * do, under the table's they spread as any others.
 */
#include "fixture.h"

#include "flow/index.h"
#include "flow/slot.h"

extern CU_TestInfo tests_collisions[];

#define TUPLES 4096u
/* Of a random hash at this load: the sum of all overflows is below 150, a probe rarely beyond 5. */
#define OVERFLOW_MAX 400u
#define PROBES_MAX   12u

struct tuple {
	uint32_t from, to;
	uint16_t sport, dport;
};

static uint32_t hashes[TUPLES];

/* ---- tuples that collide, and under what ---- */

/* Both ends differ by the same bits: whoever folds them with XOR gets one value. */
static struct tuple xor_tuple(uint32_t i)
{
	return (struct tuple){ 0x0a000000 + i, (0x0a000000 + i) ^ 0x00550000, (uint16_t)(1024 + i),
			       (uint16_t)((1024 + i) ^ 0x2222) };
}

static uint32_t xor_hash(const struct tuple *t)
{
	return t->from ^ t->to ^ (uint32_t)t->sport ^ t->dport;
}

/* What one end gains the other loses. */
static struct tuple sum_tuple(uint32_t i)
{
	return (struct tuple){ 0x0a000000 + i, 0x0a800000 - i, (uint16_t)(1024 + i),
			       (uint16_t)(60000 - i) };
}

static uint32_t sum_hash(const struct tuple *t)
{
	return t->from + t->to + t->sport + t->dport;
}

/* All in the upper half of an address: the low bits of a product never see it. */
static struct tuple high_tuple(uint32_t i)
{
	return (struct tuple){ i << 20 | 0xa01, 0x0a000001, 40000, 5061 };
}

static uint32_t high_hash(const struct tuple *t)
{
	return t->from * 2654435761u + t->to * 40503u + t->sport * 31u + t->dport;
}

static void tuple_bytes(const struct tuple *t, uint8_t bytes[static 12])
{
	const uint32_t words[3] = { t->from, t->to, (uint32_t)t->sport << 16 | t->dport };

	for (unsigned i = 0; i < 12; i++)
		bytes[i] = (uint8_t)(words[i / 4] >> (24 - i % 4 * 8));
}

#define CRC_POLYNOMIAL UINT64_C(0x104c11db7)

/* A multiple of the polynomial, of up to 96 bits: the CRC of all of them is that of zeros. */
static struct tuple crc_tuple(uint32_t i)
{
	uint64_t high = 0, low = 0;

	/* Shifted left by 0, 5, ... 55 bits, 96 in all. */
	for (unsigned bit = 0; bit < 12; bit++) {
		if ((i >> bit & 1u) == 0)
			continue;
		low ^= CRC_POLYNOMIAL << bit * 5;
		high ^= bit == 0 ? 0 : CRC_POLYNOMIAL >> (64 - bit * 5);
	}
	return (struct tuple){ (uint32_t)high, (uint32_t)(low >> 32), (uint16_t)(low >> 16),
			       (uint16_t)low };
}

static uint32_t crc_hash(const struct tuple *t)
{
	uint8_t bytes[12];
	uint32_t crc = 0;

	tuple_bytes(t, bytes);
	for (unsigned i = 0; i < 96; i++) {
		uint32_t bit = (uint32_t)bytes[i / 8] >> (7 - i % 8) & 1u;

		crc = (crc >> 31 ^ bit) != 0 ? crc << 1 ^ (uint32_t)CRC_POLYNOMIAL : crc << 1;
	}
	return crc;
}

static uint32_t fnv_hash(const struct tuple *t)
{
	uint8_t bytes[12];
	uint32_t hash = 2166136261u;

	tuple_bytes(t, bytes);
	for (unsigned i = 0; i < 12; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

/* FNV-1a has no structure to use, and 9 bits that choose a chunk are soon searched for. */
static struct tuple fnv_tuple(uint32_t i)
{
	struct tuple t = { 0x0a000000 + i, 0, 40000, 5061 };

	while ((fnv_hash(&t) & 511u) != 0)
		t.to++;
	return t;
}

/* ---- how they spread ---- */

/* Fill an index for TUPLES entries with hashes[]: its overflows together, and the longest search. */
static uint64_t fill(unsigned *longest)
{
	struct flow_index index;
	uint64_t overflow = 0;

	CU_ASSERT_EQUAL_FATAL(flow_index_init(&index, TUPLES, TUPLES), 0);
	for (uint32_t i = 0; i < TUPLES; i++)
		flow_index_insert(&index, hashes[i], i + 1);
	*longest = 0;
	for (uint32_t i = 0; i < TUPLES; i++) {
		uint32_t at = hashes[i];
		unsigned probes = 1;

		for (;; probes++, at += flow_index_step(flow_index_tag(hashes[i]))) {
			const struct flow_chunk *chunk = &index.chunks[at & index.mask];
			bool here = false;

			for (unsigned slot = 0; slot < FLOW_CHUNK_SLOTS; slot++)
				here = here || chunk->id[slot] == i + 1;
			if (here)
				break;
		}
		*longest = probes > *longest ? probes : *longest;
	}
	for (uint32_t c = 0; c <= index.mask; c++)
		overflow += index.chunks[c].ovf;
	flow_index_free(&index);
	return overflow;
}

static struct address address_of(uint32_t host)
{
	const uint8_t v4[4] = { (uint8_t)(host >> 24), (uint8_t)(host >> 16), (uint8_t)(host >> 8),
				(uint8_t)host };

	return address_from_v4(v4);
}

static struct facts packet_of(const struct tuple *t)
{
	struct facts f = fix_packet(IPPROTO_UDP, 0, t->sport, 0, t->dport);

	f.src = address_of(t->from);
	f.dst = address_of(t->to);
	return f;
}

/* The tuples collide under @unkeyed, and spread under the table's own hash whatever its key. */
static void spreads(struct tuple (*make)(uint32_t i), uint32_t (*unkeyed)(const struct tuple *t))
{
	unsigned longest;

	for (uint32_t i = 0; i < TUPLES; i++) {
		struct tuple t = make(i);

		hashes[i] = unkeyed(&t);
		CU_ASSERT_FATAL((hashes[i] & 511u) == (hashes[0] & 511u));
	}
	for (uint64_t seed = 0; seed <= 4; seed++) {
		struct flow_hashing hashing;

		flow_hashing_init(&hashing, seed, false);
		for (uint32_t i = 0; i < TUPLES; i++) {
			struct tuple t = make(i);
			struct facts f = packet_of(&t);
			struct flow_slot slot;

			flow_slots_make(&hashing, &f, 1, &slot);
			hashes[i] = (uint32_t)slot.hash;
		}
		CU_ASSERT(fill(&longest) <= OVERFLOW_MAX);
		CU_ASSERT(longest <= PROBES_MAX);
	}
}

static void xor_spreads(void)
{
	spreads(xor_tuple, xor_hash);
}

static void sum_spreads(void)
{
	spreads(sum_tuple, sum_hash);
}

static void product_spreads(void)
{
	spreads(high_tuple, high_hash);
}

static void crc_spreads(void)
{
	spreads(crc_tuple, crc_hash);
}

static void fnv_spreads(void)
{
	spreads(fnv_tuple, fnv_hash);
}

/* What the tests above would see if the table used one of those hashes. */
static void collisions_are_seen(void)
{
	unsigned longest;

	for (uint32_t i = 0; i < TUPLES; i++) {
		struct tuple t = sum_tuple(i);

		hashes[i] = sum_hash(&t);
	}
	CU_ASSERT(fill(&longest) > OVERFLOW_MAX);
	CU_ASSERT(longest > PROBES_MAX);
}

CU_TestInfo tests_collisions[] = {
	{ "tuples of one XOR spread", xor_spreads },
	{ "tuples of one sum spread", sum_spreads },
	{ "tuples of one product modulo a power of two spread", product_spreads },
	{ "tuples of one CRC-32 spread", crc_spreads },
	{ "tuples of one chunk under FNV-1a spread", fnv_spreads },
	{ "a hash without a key would be seen to collide", collisions_are_seen },
	CU_TEST_INFO_NULL,
};
