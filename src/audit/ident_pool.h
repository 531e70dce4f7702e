/*
 * Identifications by 32-bit id, from regions taken at start and touched only as needed:
 * one of those of streams, one of those of datagrams, which are smaller.
 */
#ifndef FA_AUDIT_IDENT_POOL_H
#define FA_AUDIT_IDENT_POOL_H

#include "identify/identify.h"

/* Items of one size, by number from 1. */
struct ident_shelf {
	char *items;    /* [capacity + 1] of size */
	uint32_t *free; /* [capacity] */
	size_t size;
	uint32_t used, freed;
};

struct ident_pool {
	struct ident_shelf shelf[2]; /* datagrams, streams */
	uint32_t capacity;
};

/* Ids are at most this; never 0. */
#define IDENT_POOL_LAST(capacity) (2 * (capacity) + 1)

/* Room for @capacity identifications of each kind.  Return: 0 or FA_ENOMEM. */
int ident_pool_init(struct ident_pool *pool, uint32_t capacity);
void ident_pool_destroy(struct ident_pool *pool);

/* The id of an identification that has begun, as by ident_init(); @capacity may be out. */
uint32_t ident_pool_take(struct ident_pool *pool, bool stream, bool midstream);
void ident_pool_give(struct ident_pool *pool, uint32_t id);

/* Does this id stand for one of a stream? */
static inline bool ident_pool_is_stream(uint32_t id)
{
	return (id & 1) != 0;
}

static inline struct ident *ident_pool_at(const struct ident_pool *pool, uint32_t id)
{
	const struct ident_shelf *shelf = &pool->shelf[id & 1];

	return (struct ident *)(void *)(shelf->items + (size_t)(id >> 1) * shelf->size);
}

#endif
