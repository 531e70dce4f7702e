/* Which rows could fit a port: a static index over port ranges.  Private to policy/. */
#ifndef FA_POLICY_PORTS_H
#define FA_POLICY_PORTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/* 17 levels of a tree over at most 65,536 elementary intervals. */
#define PORTS_LISTS 18

struct ports_item {
	uint32_t row;
	uint16_t lo, hi;
};

struct ports_list {
	const uint32_t *rows;
	uint32_t count;
};

/**
 * struct ports - The index
 * @bounds:	First port of each elementary interval, ascending, [0] is 0
 * @leaves:	Leaves of the tree, a power of two, at least @bound_count
 * @first:	[2 * leaves + 1] where each node's rows begin in @rows
 */
struct ports {
	uint32_t *bounds;
	uint32_t bound_count;
	uint32_t leaves;
	uint32_t *first;
	uint32_t *rows;
};

/* 0 or FA_ENOMEM. */
int ports_build(struct ports *ports, const struct ports_item *items, size_t count);
void ports_free(struct ports *ports);

/**
 * ports_find() - Every item whose range holds a port
 * @lists:	Filled; an item is in exactly one of them
 *
 * Return: lists filled
 */
unsigned ports_find(const struct ports *ports, uint16_t port,
		    struct ports_list lists[static PORTS_LISTS]);

#endif
