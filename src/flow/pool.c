/* Records by id: a high-water mark and a free list threaded through the free records. */
#include "flow/pool.h"

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
	return pool->base == NULL ? FA_ENOMEM : 0;
}

void flow_pool_free(struct flow_pool *pool)
{
	memory_region_free(pool->base, ((size_t)pool->capacity + 1) * pool->size);
	*pool = (struct flow_pool){ 0 };
}

uint32_t flow_pool_take(struct flow_pool *pool)
{
	uint32_t id = pool->free;

	if (id == 0) {
		if (pool->high == pool->capacity)
			return 0;
		pool->used++;
		return ++pool->high; /* the kernel gave it zeroed */
	}
	memcpy(&pool->free, flow_pool_at(pool, id), sizeof(pool->free));
	memset(flow_pool_at(pool, id), 0, pool->size);
	pool->used++;
	return id;
}

void flow_pool_give(struct flow_pool *pool, uint32_t id)
{
	FA_ASSERT(id >= 1 && id <= pool->high && pool->used > 0);
	memcpy(flow_pool_at(pool, id), &pool->free, sizeof(pool->free));
	pool->free = id;
	pool->used--;
}
