/* Free lists over high-water marks: a small capture touches only what it uses. */
#include "audit/ident_pool.h"

#include "base/error.h"
#include "base/memory.h"

static int shelf_init(struct ident_shelf *shelf, uint32_t capacity, size_t size)
{
	shelf->size = size;
	shelf->items = memory_region(((size_t)capacity + 1) * size);
	shelf->free = memory_region((size_t)capacity * sizeof(*shelf->free));
	return shelf->items != NULL && shelf->free != NULL ? 0 : FA_ENOMEM;
}

int ident_pool_init(struct ident_pool *pool, uint32_t capacity)
{
	*pool = (struct ident_pool){ .capacity = capacity };
	if (shelf_init(&pool->shelf[false], capacity, IDENT_DATAGRAM_SIZE) == 0 &&
	    shelf_init(&pool->shelf[true], capacity, sizeof(struct ident)) == 0)
		return 0;
	ident_pool_destroy(pool);
	return FA_ENOMEM;
}

void ident_pool_destroy(struct ident_pool *pool)
{
	for (unsigned i = 0; i < 2; i++) {
		struct ident_shelf *shelf = &pool->shelf[i];

		memory_region_free(shelf->items, ((size_t)pool->capacity + 1) * shelf->size);
		memory_region_free(shelf->free, (size_t)pool->capacity * sizeof(*shelf->free));
	}
	*pool = (struct ident_pool){ 0 };
}

uint32_t ident_pool_take(struct ident_pool *pool, bool stream, bool midstream)
{
	struct ident_shelf *shelf = &pool->shelf[stream];
	uint32_t id;

	if (shelf->freed != 0) {
		id = shelf->free[--shelf->freed] << 1 | stream;
		ident_init(ident_pool_at(pool, id), stream, midstream);
		return id;
	}
	FA_ASSERT(shelf->used < pool->capacity);
	id = ++shelf->used << 1 | stream;
	/* The kernel gives zeroed memory. */
	ident_begin(ident_pool_at(pool, id), stream, midstream);
	return id;
}

void ident_pool_give(struct ident_pool *pool, uint32_t id)
{
	struct ident_shelf *shelf = &pool->shelf[id & 1];

	shelf->free[shelf->freed++] = id >> 1;
}
