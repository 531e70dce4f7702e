/* Slabs of equal blocks: a bitmap a slab, a list of slabs with room a class. */
#include "flow/arena.h"

#include <stdbool.h>

#include "base/error.h"
#include "flow/region.h"

#define UNITS (FLOW_ARENA_SLAB / FLOW_ARENA_UNIT)
static_assert(UNITS == 64, "one word holds the smallest blocks of a slab");

/**
 * struct flow_slab - State of one slab
 * @room:	Free blocks, bit 0 the first
 * @next, @prev: Neighbours in the list of its class, or of the empty ones
 */
struct flow_slab {
	uint64_t room;
	uint32_t next, prev;
	uint8_t cls;
};

/* All blocks of a slab of @cls free: 64, 16, 4 or 1 of them. */
static uint64_t all_room(unsigned cls)
{
	unsigned blocks = UNITS >> 2 * cls;

	return UINT64_MAX >> (64 - blocks);
}

int flow_arena_init(struct flow_arena *arena, size_t bytes)
{
	size_t slabs = bytes / FLOW_ARENA_SLAB;

	/* Blocks are named by 32 bits. */
	if (slabs > UINT32_MAX / UNITS - 1)
		slabs = UINT32_MAX / UNITS - 1;
	*arena = (struct flow_arena){ .slabs = (uint32_t)slabs };
	arena->bytes = flow_region(slabs * FLOW_ARENA_SLAB);
	if (arena->bytes == NULL)
		return FA_ENOMEM;
	arena->slab = flow_region((slabs + 1) * sizeof(*arena->slab));
	if (arena->slab == NULL) {
		flow_arena_free(arena);
		return FA_ENOMEM;
	}
	return 0;
}

void flow_arena_free(struct flow_arena *arena)
{
	memory_region_free(arena->bytes, (size_t)arena->slabs * FLOW_ARENA_SLAB);
	memory_region_free(arena->slab, ((size_t)arena->slabs + 1) * sizeof(*arena->slab));
	*arena = (struct flow_arena){ 0 };
}

static void list_push(struct flow_arena *arena, unsigned cls, uint32_t number)
{
	struct flow_slab *slab = &arena->slab[number];

	slab->prev = 0;
	slab->next = arena->partial[cls];
	if (slab->next != 0)
		arena->slab[slab->next].prev = number;
	arena->partial[cls] = number;
}

static void list_remove(struct flow_arena *arena, unsigned cls, uint32_t number)
{
	struct flow_slab *slab = &arena->slab[number];

	if (slab->prev != 0)
		arena->slab[slab->prev].next = slab->next;
	else
		arena->partial[cls] = slab->next;
	if (slab->next != 0)
		arena->slab[slab->next].prev = slab->prev;
}

/* A slab without blocks, cut for @cls and listed; 0 when there is none. */
static uint32_t fresh_slab(struct flow_arena *arena, unsigned cls)
{
	uint32_t number = arena->empty;

	if (number != 0)
		arena->empty = arena->slab[number].next;
	else if (arena->high < arena->slabs)
		number = ++arena->high;
	else
		return 0;
	arena->slab[number].cls = (uint8_t)cls;
	arena->slab[number].room = all_room(cls);
	list_push(arena, cls, number);
	return number;
}

uint32_t flow_arena_take(struct flow_arena *arena, unsigned cls)
{
	uint32_t number = arena->partial[cls];
	struct flow_slab *slab;
	unsigned at;

	if (number == 0)
		number = fresh_slab(arena, cls);
	if (number == 0)
		return 0;
	slab = &arena->slab[number];
	at = (unsigned)__builtin_ctzll(slab->room);
	slab->room &= slab->room - 1;
	if (slab->room == 0)
		list_remove(arena, cls, number);
	return (number - 1) * UNITS + (at << 2 * cls) + 1;
}

void flow_arena_give(struct flow_arena *arena, uint32_t block)
{
	uint32_t number = (block - 1) / UNITS + 1, unit = (block - 1) % UNITS;
	struct flow_slab *slab = &arena->slab[number];
	unsigned cls = slab->cls;
	uint64_t bit = UINT64_C(1) << (unit >> 2 * cls);

	FA_ASSERT(block != 0 && number <= arena->high && (slab->room & bit) == 0);
	if (slab->room == 0)
		list_push(arena, cls, number);
	slab->room |= bit;
	if (slab->room == all_room(cls)) {
		list_remove(arena, cls, number);
		slab->next = arena->empty;
		arena->empty = number;
	}
}
