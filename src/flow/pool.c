/* Records by id: a high-water mark and a free list threaded through the free records. */
#include "flow/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "flow/region.h"

int flow_pool_init(struct flow_pool *pool, uint32_t capacity, size_t size)
{
	size_t bytes;

	FA_ASSERT(size >= sizeof(uint32_t) && capacity < UINT32_MAX);
	*pool = (struct flow_pool){ .size = size, .capacity = capacity };
	if (__builtin_mul_overflow((size_t)capacity + 1, size, &bytes))
		return FA_ENOMEM;
	pool->base = flow_region(bytes);
	pool->live = memory_array((capacity >> FLOW_POOL_BLOCK_BITS) + 1, sizeof(*pool->live));
	if (pool->base != NULL && pool->live != NULL)
		return 0;
	flow_pool_free(pool);
	return FA_ENOMEM;
}

void flow_pool_free(struct flow_pool *pool)
{
	memory_region_free(pool->base, ((size_t)pool->capacity + 1) * pool->size);
	free(pool->live);
	*pool = (struct flow_pool){ 0 };
}

uint32_t flow_pool_take(struct flow_pool *pool)
{
	uint32_t id = pool->free;

	if (id == 0) {
		if (pool->high == pool->capacity)
			return 0;
		id = ++pool->high; /* the kernel gave it zeroed */
	} else {
		memcpy(&pool->free, flow_pool_at(pool, id), sizeof(pool->free));
		memset(flow_pool_at(pool, id), 0, pool->size);
	}
	pool->used++;
	pool->live[id >> FLOW_POOL_BLOCK_BITS]++;
	return id;
}

/* Zero again, as the kernel gives it. */
static void clear_block(struct flow_pool *pool, uint32_t block)
{
	size_t first = (size_t)block << FLOW_POOL_BLOCK_BITS;
	size_t end = MIN(first + ((size_t)1 << FLOW_POOL_BLOCK_BITS), (size_t)pool->capacity + 1);

	memory_region_clear(pool->base + first * pool->size, (end - first) * pool->size);
}

/* No record is out, and all memory is zero. */
static void reopen(struct flow_pool *pool)
{
	pool->closing = false;
	pool->high = pool->free = 0;
}

void flow_pool_give(struct flow_pool *pool, uint32_t id)
{
	uint32_t block = id >> FLOW_POOL_BLOCK_BITS;

	FA_ASSERT(id >= 1 && id <= pool->high && pool->used > 0);
	pool->used--;
	pool->live[block]--;
	if (FA_UNLIKELY(pool->closing)) {
		if (pool->live[block] == 0)
			clear_block(pool, block);
		if (pool->used == 0)
			reopen(pool);
		return;
	}
	memcpy(flow_pool_at(pool, id), &pool->free, sizeof(pool->free));
	pool->free = id;
}

void flow_pool_close(struct flow_pool *pool)
{
	pool->closing = true;
	for (uint32_t block = 0; block <= pool->high >> FLOW_POOL_BLOCK_BITS; block++)
		if (pool->live[block] == 0)
			clear_block(pool, block);
	if (pool->used == 0)
		reopen(pool);
}
