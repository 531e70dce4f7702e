/* Identifications by 32-bit id, from one region taken at start and touched only as needed. */
#ifndef FA_AUDIT_IDENT_POOL_H
#define FA_AUDIT_IDENT_POOL_H

#include "identify/identify.h"

struct ident_pool {
	struct ident *items; /* [capacity + 1]; 0 is no identification */
	uint32_t *free;      /* [capacity] */
	uint32_t capacity, used, freed;
};

/* Room for @capacity identifications.  Return: 0 or FA_ENOMEM. */
int ident_pool_init(struct ident_pool *pool, uint32_t capacity);
void ident_pool_destroy(struct ident_pool *pool);

/* An id, never 0 while at most @capacity are out; its contents are not initialised. */
uint32_t ident_pool_take(struct ident_pool *pool);
void ident_pool_give(struct ident_pool *pool, uint32_t id);

#endif
