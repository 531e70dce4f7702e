/* Ports and port ranges: as they are written, and as sets. */
#include "policy/ranges.h"

#include <stdlib.h>
#include <string.h>

#define RANGE_MOST 64 /* port ranges of one key */

/* @len digits as a port; complains. */
static bool read_port(struct reader *r, const struct yaml_node *node, const char *what,
		      const char *text, size_t len, uint16_t *port)
{
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < len && text[i] >= '0' && text[i] <= '9' && v <= 65535; i++)
		v = v * 10 + (uint32_t)(text[i] - '0');
	if (len == 0 || (i < len && (text[i] < '0' || text[i] > '9')))
		return yaml_complain(
			r->doc, node, "",
			"%s: expected a port or a range as 50000-59999, found \"%.*s\"", what,
			(int)MIN(node->len, 64u), node->text);
	if (v == 0 || v > 65535)
		return yaml_complain(r->doc, node, "", "%s: %.*s is not a port (1 to 65535)", what,
				     (int)MIN(len, 20u), text);
	*port = (uint16_t)v;
	return true;
}

bool ranges_read_one(struct reader *r, const struct yaml_node *node, const char *what,
		     struct port_range *range)
{
	const char *dash;

	if (!yaml_expect(r->doc, node, YAML_SCALAR, what))
		return false;
	dash = memchr(node->text, '-', node->len);
	if (dash == NULL) {
		if (!read_port(r, node, what, node->text, node->len, &range->lo))
			return false;
		range->hi = range->lo;
		return true;
	}
	if (!read_port(r, node, what, node->text, (size_t)(dash - node->text), &range->lo) ||
	    !read_port(r, node, what, dash + 1, (size_t)(node->text + node->len - dash - 1),
		       &range->hi))
		return false;
	if (range->lo > range->hi)
		return yaml_complain(r->doc, node, "", "%s: the range %u-%u descends", what,
				     range->lo, range->hi);
	return true;
}

static int by_port(const void *a, const void *b)
{
	const struct port_range *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

void ranges_read(struct reader *r, const struct yaml_node *node, const char *what,
		 struct port_set *set)
{
	struct yaml_items items = yaml_items(node);
	const struct yaml_node *item;
	struct port_range ranges[RANGE_MOST], *kept;
	unsigned count = 0, i;

	if (node->kind == YAML_LIST && node->child == NULL)
		yaml_complain(r->doc, node, "", "%s: the list is empty", what);
	while ((item = yaml_items_next(&items)) != NULL) {
		if (count == RANGE_MOST) {
			yaml_complain(r->doc, item, "", "%s: more than %d ranges", what,
				      RANGE_MOST);
			break;
		}
		if (ranges_read_one(r, item, what, &ranges[count]))
			count++;
	}
	if (count == 0)
		return;
	qsort(ranges, count, sizeof(ranges[0]), by_port);
	for (i = 1; i < count; i++)
		if (ranges[i].lo <= ranges[i - 1].hi) {
			yaml_complain(r->doc, node, "", "%s: %u is there twice", what,
				      ranges[i].lo);
			return;
		}
	kept = arena_take(&r->policy->arena, count * sizeof(*kept));
	if (kept == NULL) {
		r->nomem = true;
		return;
	}
	memcpy(kept, ranges, count * sizeof(*kept));
	*set = (struct port_set){ kept, count };
}

bool ranges_inside(const struct port_set *a, const struct port_set *b)
{
	unsigned i, j;

	if (b->count == 0)
		return true;
	for (i = 0; i < a->count; i++) {
		for (j = 0; j < b->count; j++)
			if (a->ranges[i].lo >= b->ranges[j].lo &&
			    a->ranges[i].hi <= b->ranges[j].hi)
				break;
		if (j == b->count)
			return false;
	}
	return a->count > 0;
}

bool ranges_meet(const struct port_set *a, const struct port_set *b)
{
	unsigned i, j;

	for (i = 0; i < a->count; i++)
		for (j = 0; j < b->count; j++)
			if (a->ranges[i].lo <= b->ranges[j].hi &&
			    b->ranges[j].lo <= a->ranges[i].hi)
				return true;
	return false;
}
