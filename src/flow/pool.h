/*
 * Fixed-size records by 32-bit id, over one lazily paid region.
 *
 * Ids start at 1.  Fresh ids are handed out in order, so that only the part of
 * the region that a run needs is ever touched; released ones are used again
 * first, the latest first, while they are still in the cache.
 *
 * When all ends, the memory of blocks goes back to the kernel as soon as their last
 * record is given back, so that what is made of the records may take its place.
 */
#ifndef FA_FLOW_POOL_H
#define FA_FLOW_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

/**
 * struct flow_pool - Owned by whoever called flow_pool_init()
 * @base:	[@capacity + 1] records of @size bytes; number 0 is never handed out
 * @high:	Ids from 1 to here have been handed out
 * @free:	Latest released id, which holds the next in its first 4 bytes; 0: none
 * @used:	Records handed out now
 * @live:	... by block
 * @closing:	flow_pool_close() was called, and not all records are back yet
 */
struct flow_pool {
	unsigned char *base;
	size_t size;
	uint32_t capacity;
	uint32_t high;
	uint32_t free;
	uint32_t used;
	uint32_t *live;
	bool closing;
};

/* Records of one block: some huge pages of all but the smallest. */
#define FLOW_POOL_BLOCK_BITS 15

/**
 * flow_pool_init() - Reserve @capacity records of @size bytes
 * @capacity:	Below UINT32_MAX
 * @size:	At least 4; the region is page aligned, so a multiple of an
 *		alignment keeps it
 *
 * Return: 0 or FA_ENOMEM
 */
int flow_pool_init(struct flow_pool *pool, uint32_t capacity, size_t size);
void flow_pool_free(struct flow_pool *pool);

/* Return: the id of a zeroed record, or 0 when all are in use. */
uint32_t flow_pool_take(struct flow_pool *pool);
void flow_pool_give(struct flow_pool *pool, uint32_t id);

/**
 * flow_pool_close() - From now on records are only given back
 *
 * None may be taken until the last one is back; then the pool is as new.
 */
void flow_pool_close(struct flow_pool *pool);

/* Some record of the block of @id is handed out.  Where none is, none may be read. */
static inline bool flow_pool_block_is_live(const struct flow_pool *pool, uint32_t id)
{
	return pool->live[id >> FLOW_POOL_BLOCK_BITS] != 0;
}

static inline uint32_t flow_pool_block_last(uint32_t id)
{
	return id | ((UINT32_C(1) << FLOW_POOL_BLOCK_BITS) - 1);
}

static inline void *flow_pool_at(const struct flow_pool *pool, uint32_t id)
{
	return pool->base + (size_t)id * pool->size;
}

#endif
