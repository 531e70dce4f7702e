/*
 * Hash index from flow keys to 32-bit ids, in the manner of folly's F14.
 *
 * A chunk is one cache line: 12 tags, an overflow counter and 12 ids.  A tag is
 * 0 in a free slot, else 0x80 with seven hash bits; all tags of a chunk are
 * compared at once.  An entry that finds its chunk full goes on by a step that
 * its tag gives (odd, so that every chunk of a power of two is reached), and
 * every full chunk that it passed counts it in @ovf.  A search ends at a chunk
 * that nothing passed.  Erasing takes the counts back, so there are no
 * tombstones; a counter that reached 255 stays there, which costs probes but
 * never an answer.
 *
 * The index never sees keys: callers compare the records that it proposes.
 * The low 32 bits of a key's hash are used: home chunk from the lowest, tag from
 * the seven highest.
 *
 * It begins small and is widened, twice as many chunks at a time: a few thousand flows
 * then stay in the caches and the TLB, and pay for no more.  Whoever widens it enters
 * all ids again, from records that lie in a row.
 */
#ifndef FA_FLOW_INDEX_H
#define FA_FLOW_INDEX_H

#include <stdalign.h>
#include <string.h>

#include "flow/flow.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define FLOW_CHUNK_SLOTS 12

struct flow_chunk {
	alignas(64) uint8_t tag[FLOW_CHUNK_SLOTS];
	uint8_t ovf;
	uint8_t pad[3];
	uint32_t id[FLOW_CHUNK_SLOTS];
};
static_assert(sizeof(struct flow_chunk) == 64, "one cache line");

/* More flows than this would need more hash bits than 32. */
#define FLOW_INDEX_MAX (UINT32_C(1) << 28)

/**
 * struct flow_index - Owned by whoever called flow_index_init()
 * @chunks:	[@mask + 1] in use, a power of two, of @most; a lazily paid region
 */
struct flow_index {
	struct flow_chunk *chunks;
	uint32_t mask;
	uint32_t most;
};

/* Entries for one chunk, on average, at most: a load of 67 %. */
#define FLOW_CHUNK_LOAD 8u

/**
 * flow_index_init() - Reserve the memory for @capacity entries, 1 to FLOW_INDEX_MAX
 * @first:	Entries that it holds before it is widened, at least 1
 *
 * Return: 0 or FA_ENOMEM
 */
int flow_index_init(struct flow_index *index, uint32_t capacity, uint32_t first);
void flow_index_free(struct flow_index *index);

/* Forget all entries, and give the memory back until it is needed. */
void flow_index_clear(struct flow_index *index);

/* One entry more would be too many for the chunks in use. */
static inline bool flow_index_is_narrow(const struct flow_index *index, uint64_t entries)
{
	return entries >= ((uint64_t)index->mask + 1) * FLOW_CHUNK_LOAD &&
	       index->mask + 1 < index->most;
}
/* Use twice as many chunks, of which @index must be narrow.  All entries are forgotten. */
void flow_index_widen(struct flow_index *index);

/* @id, not 0, must not be in the index yet; and there must be room. */
void flow_index_insert(struct flow_index *index, uint32_t hash, uint32_t id);
/* Return: whether @id was found under @hash. */
bool flow_index_erase(struct flow_index *index, uint32_t hash, uint32_t id);

FA_INLINE uint8_t flow_index_tag(uint32_t hash)
{
	return (uint8_t)(0x80u | hash >> 25);
}

FA_INLINE uint32_t flow_index_step(uint8_t tag)
{
	return 2u * tag + 1u;
}

/* Set of the slots whose tag equals @tag, bit 0 for slot 0.  Plain C, for every machine. */
FA_INLINE uint32_t flow_chunk_match_plain(const struct flow_chunk *chunk, uint8_t tag)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < FLOW_CHUNK_SLOTS; i++)
		set |= (uint32_t)(chunk->tag[i] == tag) << i;
	return set;
}

/* The same, 16 bytes at a time where the machine can. */
FA_INLINE uint32_t flow_chunk_match(const struct flow_chunk *chunk, uint8_t tag)
{
#ifdef __SSE2__
	/* The whole line is 64-byte aligned; bits 12 to 15 are the counter and padding. */
	__m128i tags = _mm_load_si128((const __m128i *)(const void *)chunk);
	__m128i same = _mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag));

	return (uint32_t)_mm_movemask_epi8(same) & 0xfffu;
#else
	return flow_chunk_match_plain(chunk, tag);
#endif
}

FA_INLINE bool flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	uint64_t x[5], y[5];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0;
}

FA_INLINE void flow_index_prefetch(const struct flow_index *index, uint32_t hash)
{
	__builtin_prefetch(&index->chunks[hash & index->mask]);
}

/* First id of the home chunk that may be @hash's: worth a prefetch.  FLOW_NONE without one. */
FA_INLINE uint32_t flow_index_candidate(const struct flow_index *index, uint32_t hash)
{
	const struct flow_chunk *chunk = &index->chunks[hash & index->mask];
	uint32_t set = flow_chunk_match(chunk, flow_index_tag(hash));

	return set == 0 ? FLOW_NONE : chunk->id[__builtin_ctz(set)];
}

/**
 * flow_index_find() - Id of a key
 * @records:	Records by id
 *
 * Return: its id, or FLOW_NONE
 */
FA_INLINE uint32_t flow_index_find(const struct flow_index *index, uint32_t hash,
				   const struct flow_key *key, const struct flow *records)
{
	uint8_t tag = flow_index_tag(hash);
	uint32_t at = hash;

	/* Saturated counters all round must not send a search in circles. */
	for (uint64_t probes = 0; probes <= index->mask; probes++) {
		const struct flow_chunk *chunk = &index->chunks[at & index->mask];
		uint32_t set = flow_chunk_match(chunk, tag);

		for (; set != 0; set &= set - 1) {
			uint32_t id = chunk->id[__builtin_ctz(set)];

			if (FA_LIKELY(flow_key_equal(&records[id].key, key)))
				return id;
		}
		if (FA_LIKELY(chunk->ovf == 0))
			break;
		at += flow_index_step(tag);
	}
	return FLOW_NONE;
}

#endif
