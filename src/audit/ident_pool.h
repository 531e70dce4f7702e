/*
 * Identifications by 32-bit id, from regions taken at start and touched only as needed:
 * one of those of streams, one of those of datagrams, which are smaller.
 */
#ifndef FA_AUDIT_IDENT_POOL_H
#define FA_AUDIT_IDENT_POOL_H

#include "flow/pool.h"
#include "identify/identify.h"

struct ident_pool {
	struct flow_pool shelf[2]; /* datagrams, streams */
};

/* Ids are at most this; never 0. */
#define IDENT_POOL_LAST(capacity) (2 * (capacity) + 1)

/* Room for @capacity identifications of each kind.  Return: 0 or FA_ENOMEM. */
int ident_pool_init(struct ident_pool *pool, uint32_t capacity);
void ident_pool_destroy(struct ident_pool *pool);

/* The id of an identification that has begun, as by ident_init(); @capacity may be out. */
uint32_t ident_pool_take(struct ident_pool *pool, bool stream, bool midstream);
void ident_pool_give(struct ident_pool *pool, uint32_t id);
/* flow_pool_close() for both kinds. */
void ident_pool_close(struct ident_pool *pool);

/* Does this id stand for one of a stream? */
static inline bool ident_pool_is_stream(uint32_t id)
{
	return (id & 1) != 0;
}

static inline struct ident *ident_pool_at(const struct ident_pool *pool, uint32_t id)
{
	return flow_pool_at(&pool->shelf[id & 1], id >> 1);
}

#endif
