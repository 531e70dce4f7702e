/*
 * Blocks of four sizes from one region of fixed length.
 *
 * The region is cut into slabs of 32 KiB.  A slab holds blocks of one size; when
 * its last block comes back it may be cut anew for another.  Nothing is ever
 * allocated beyond the region, and only what was used is ever touched.
 */
#ifndef FA_FLOW_ARENA_H
#define FA_FLOW_ARENA_H

#include <stdint.h>

#include "base/util.h"

#define FLOW_ARENA_CLASSES 4
#define FLOW_ARENA_SLAB    32768u
#define FLOW_ARENA_UNIT    512u /* smallest block; blocks are named by units from the start */

/* Bytes in a block of @cls: 512, 2048, 8192, 32768. */
static inline uint32_t flow_arena_size(unsigned cls)
{
	return FLOW_ARENA_UNIT << 2 * cls;
}

struct flow_slab;

/**
 * struct flow_arena - Owned by whoever called flow_arena_init()
 * @bytes:	[@slabs] slabs
 * @slab:	[@slabs + 1], numbered from 1
 * @partial:	By class: first slab with a free block; 0: none
 * @empty:	First slab without a block in use; 0: none
 * @high:	Slabs 1 to here have been used
 */
struct flow_arena {
	uint8_t *bytes;
	struct flow_slab *slab;
	uint32_t slabs;
	uint32_t partial[FLOW_ARENA_CLASSES];
	uint32_t empty;
	uint32_t high;
};

/* At most @bytes, in whole slabs; none is fine.  Return: 0 or FA_ENOMEM */
int flow_arena_init(struct flow_arena *arena, size_t bytes);
void flow_arena_free(struct flow_arena *arena);

/* Return: a block of @cls, bytes undefined; 0 when there is none. */
uint32_t flow_arena_take(struct flow_arena *arena, unsigned cls);
void flow_arena_give(struct flow_arena *arena, uint32_t block);

static inline uint8_t *flow_arena_at(const struct flow_arena *arena, uint32_t block)
{
	return arena->bytes + (size_t)(block - 1) * FLOW_ARENA_UNIT;
}

#endif
