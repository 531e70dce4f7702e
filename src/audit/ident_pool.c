/* Two pools, and ids that say which. */
#include "audit/ident_pool.h"

#include "base/error.h"

int ident_pool_init(struct ident_pool *pool, uint32_t capacity)
{
	*pool = (struct ident_pool){ 0 };
	if (flow_pool_init(&pool->shelf[false], capacity, IDENT_DATAGRAM_SIZE) == 0 &&
	    flow_pool_init(&pool->shelf[true], capacity, sizeof(struct ident)) == 0)
		return 0;
	ident_pool_destroy(pool);
	return FA_ENOMEM;
}

void ident_pool_destroy(struct ident_pool *pool)
{
	flow_pool_free(&pool->shelf[false]);
	flow_pool_free(&pool->shelf[true]);
}

uint32_t ident_pool_take(struct ident_pool *pool, bool stream, bool midstream)
{
	uint32_t id = flow_pool_take(&pool->shelf[stream]);

	FA_ASSERT(id != 0);
	id = id << 1 | stream;
	ident_begin(ident_pool_at(pool, id), stream, midstream);
	return id;
}

void ident_pool_give(struct ident_pool *pool, uint32_t id)
{
	flow_pool_give(&pool->shelf[id & 1], id >> 1);
}

void ident_pool_close(struct ident_pool *pool)
{
	flow_pool_close(&pool->shelf[false]);
	flow_pool_close(&pool->shelf[true]);
}
