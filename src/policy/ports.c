/* A segment tree over the port space. */
#include "policy/ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/*
 * The ends of all ranges cut the port space into elementary intervals; between
 * two cuts every port is in the same ranges.  A list of rows for each interval
 * would be quadratic (a thousand wide rows in a thousand intervals each), so
 * the intervals are the leaves of a binary tree and a range is kept at the at
 * most 2 log n nodes that cover it exactly.  The ranges that hold a port are
 * those at its leaf and at the nodes above it, each found once.
 *
 * Nodes are numbered as in a heap: 1 is the root, 2i and 2i + 1 the children
 * of i, leaves + k the k-th leaf.  first[] and rows[] hold all lists without
 * pointers.
 */

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t interval_of(const struct ports *ports, uint32_t port)
{
	uint32_t lo = 0, hi = ports->bound_count; /* bounds[lo] <= port < bounds[hi] */

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (ports->bounds[mid] <= port)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static int cut(struct ports *ports, const struct ports_item *items, size_t count)
{
	size_t i, n = 0, kept = 1;
	uint32_t *all = memory_array(2 * count + 1, sizeof(*all));

	if (all == NULL)
		return FA_ENOMEM;
	all[n++] = 0;
	for (i = 0; i < count; i++) {
		all[n++] = items[i].lo;
		all[n++] = (uint32_t)items[i].hi + 1;
	}
	qsort(all, n, sizeof(*all), by_value);
	for (i = 1; i < n; i++)
		if (all[i] != all[kept - 1])
			all[kept++] = all[i];
	ports->bounds = all;
	ports->bound_count = (uint32_t)kept;
	for (ports->leaves = 1; ports->leaves < kept; ports->leaves *= 2)
		;
	return 0;
}

/* Visit the nodes that cover an item: count them, or put the row into their lists. */
static void cover(struct ports *ports, const struct ports_item *item, uint32_t *next)
{
	uint32_t l = interval_of(ports, item->lo) + ports->leaves;
	uint32_t r = interval_of(ports, item->hi) + ports->leaves + 1;

	for (; l < r; l /= 2, r /= 2) {
		if (l & 1) {
			if (ports->rows != NULL)
				ports->rows[next[l]] = item->row;
			next[l++]++;
		}
		if (r & 1) {
			r--;
			if (ports->rows != NULL)
				ports->rows[next[r]] = item->row;
			next[r]++;
		}
	}
}

int ports_build(struct ports *ports, const struct ports_item *items, size_t count)
{
	uint32_t *next, nodes, at = 0, node;
	size_t i;

	*ports = (struct ports){ 0 };
	if (cut(ports, items, count) != 0)
		return FA_ENOMEM;
	nodes = 2 * ports->leaves;
	ports->first = memory_array((size_t)nodes + 1, sizeof(*ports->first));
	next = memory_array(nodes, sizeof(*next));
	if (ports->first == NULL || next == NULL) {
		free(next);
		ports_free(ports);
		return FA_ENOMEM;
	}
	for (i = 0; i < count; i++)
		cover(ports, &items[i], next);
	for (node = 0; node < nodes; node++) {
		uint32_t n = next[node];

		ports->first[node] = next[node] = at;
		at += n;
	}
	ports->first[nodes] = at;
	ports->rows = memory_array(at, sizeof(*ports->rows));
	if (ports->rows == NULL) {
		free(next);
		ports_free(ports);
		return FA_ENOMEM;
	}
	for (i = 0; i < count; i++)
		cover(ports, &items[i], next);
	free(next);
	return 0;
}

void ports_free(struct ports *ports)
{
	free(ports->bounds);
	free(ports->first);
	free(ports->rows);
	*ports = (struct ports){ 0 };
}

unsigned ports_find(const struct ports *ports, uint16_t port,
		    struct ports_list lists[static PORTS_LISTS])
{
	uint32_t node = interval_of(ports, port) + ports->leaves;
	unsigned n = 0;

	for (; node > 0; node /= 2) {
		uint32_t first = ports->first[node], count = ports->first[node + 1] - first;

		if (count > 0)
			lists[n++] = (struct ports_list){ ports->rows + first, count };
	}
	return n;
}
