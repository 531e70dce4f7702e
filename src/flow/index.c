/* Insertion and removal in the chunk index; searching is in the header, to be inlined. */
#include "flow/index.h"

#include "flow/region.h"

#define OVF_MAX 255u

static uint32_t chunk_count(uint32_t capacity)
{
	uint32_t chunks = 1;

	while ((uint64_t)chunks * FLOW_CHUNK_LOAD < capacity)
		chunks *= 2;
	return chunks;
}

int flow_index_init(struct flow_index *index, uint32_t capacity, uint32_t first)
{
	FA_ASSERT(capacity >= 1 && capacity <= FLOW_INDEX_MAX && first >= 1);
	*index = (struct flow_index){ .mask = chunk_count(MIN(first, capacity)) - 1,
				      .most = chunk_count(capacity) };
	index->chunks = flow_region((size_t)index->most * sizeof(*index->chunks));
	return index->chunks == NULL ? FA_ENOMEM : 0;
}

void flow_index_free(struct flow_index *index)
{
	memory_region_free(index->chunks, (size_t)index->most * sizeof(*index->chunks));
	*index = (struct flow_index){ 0 };
}

void flow_index_clear(struct flow_index *index)
{
	memory_region_clear(index->chunks, ((size_t)index->mask + 1) * sizeof(*index->chunks));
}

void flow_index_widen(struct flow_index *index)
{
	FA_ASSERT(index->mask + 1 < index->most);
	flow_index_clear(index);
	index->mask = 2 * index->mask + 1;
}

void flow_index_insert(struct flow_index *index, uint32_t hash, uint32_t id)
{
	uint8_t tag = flow_index_tag(hash);
	uint32_t at = hash, room;
	struct flow_chunk *chunk;
	unsigned slot;

	for (uint64_t probes = 0;; probes++, at += flow_index_step(tag)) {
		FA_ASSERT(probes <= index->mask); /* or it holds more than it was made for */
		chunk = &index->chunks[at & index->mask];
		room = flow_chunk_match(chunk, 0);
		if (room != 0)
			break;
		if (chunk->ovf < OVF_MAX)
			chunk->ovf++;
	}
	slot = (unsigned)__builtin_ctz(room);
	chunk->tag[slot] = tag;
	chunk->id[slot] = id;
}

/* An entry has left the chunk at @end: the full ones it passed count it no more. */
static void take_back(struct flow_index *index, uint32_t hash, uint32_t end)
{
	uint32_t step = flow_index_step(flow_index_tag(hash));

	for (uint32_t at = hash; at != end; at += step) {
		struct flow_chunk *chunk = &index->chunks[at & index->mask];

		/* How many passed a saturated one is no longer known. */
		if (chunk->ovf < OVF_MAX)
			chunk->ovf--;
	}
}

bool flow_index_erase(struct flow_index *index, uint32_t hash, uint32_t id)
{
	uint8_t tag = flow_index_tag(hash);
	uint32_t at = hash;

	for (uint64_t probes = 0; probes <= index->mask; probes++) {
		struct flow_chunk *chunk = &index->chunks[at & index->mask];
		uint32_t set = flow_chunk_match(chunk, tag);

		for (; set != 0; set &= set - 1) {
			unsigned slot = (unsigned)__builtin_ctz(set);

			if (chunk->id[slot] != id)
				continue;
			chunk->tag[slot] = 0;
			take_back(index, hash, at);
			return true;
		}
		if (chunk->ovf == 0)
			break;
		at += flow_index_step(tag);
	}
	return false;
}
