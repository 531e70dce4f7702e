/* A free list over a high-water mark: a small capture touches only what it uses. */
#include "audit/ident_pool.h"

#include "base/error.h"
#include "base/memory.h"

int ident_pool_init(struct ident_pool *pool, uint32_t capacity)
{
	*pool = (struct ident_pool){ .capacity = capacity };
	pool->items = memory_region(((size_t)capacity + 1) * sizeof(*pool->items));
	pool->free = memory_region((size_t)capacity * sizeof(*pool->free));
	if (pool->items != NULL && pool->free != NULL)
		return 0;
	ident_pool_destroy(pool);
	return FA_ENOMEM;
}

void ident_pool_destroy(struct ident_pool *pool)
{
	if (pool->items != NULL)
		memory_region_free(pool->items,
				   ((size_t)pool->capacity + 1) * sizeof(*pool->items));
	if (pool->free != NULL)
		memory_region_free(pool->free, (size_t)pool->capacity * sizeof(*pool->free));
	*pool = (struct ident_pool){ 0 };
}

uint32_t ident_pool_take(struct ident_pool *pool)
{
	if (pool->freed != 0)
		return pool->free[--pool->freed];
	FA_ASSERT(pool->used < pool->capacity);
	return ++pool->used;
}

void ident_pool_give(struct ident_pool *pool, uint32_t id)
{
	pool->free[pool->freed++] = id;
}
