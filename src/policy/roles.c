/* Addresses to roles: a sweep over the claims, then binary search. */
#include "policy/roles.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "policy/policy_priv.h"

/*
 * The claims of a site may overlap (a collocated server, a host inside its
 * subnet).  Their ends, sorted, cut the address space; a sweep keeps how many
 * claims of each role are open and writes one interval for each stretch in
 * which the set of open roles does not change.
 */

static const struct address mapped_lo = { .b = { [10] = 0xff, [11] = 0xff } };
static const struct address mapped_hi = {
	.b = { [10] = 0xff, [11] = 0xff, [12] = 0xff, [13] = 0xff, [14] = 0xff, [15] = 0xff }
};

/* The address after @a; false when there is none. */
static bool after(const struct address *a, struct address *next)
{
	int i;

	*next = *a;
	for (i = 15; i >= 0; i--)
		if (++next->b[i] != 0)
			return true;
	return false;
}

static struct address previous(const struct address *a)
{
	struct address p = *a;
	int i;

	for (i = 15; i >= 0; i--)
		if (p.b[i]-- != 0)
			break;
	return p;
}

static int append(struct roles_claims *claims, const struct address *lo, const struct address *hi,
		  unsigned role)
{
	struct roles_claim *claim;

	if (address_compare(lo, hi) > 0)
		return 0;
	if (memory_grow(&claims->items, &claims->cap, claims->count + 1, sizeof(*claim)) != 0)
		return FA_ENOMEM;
	claim = &claims->items[claims->count++];
	claim->range.lo = *lo;
	claim->range.hi = *hi;
	claim->role = (uint16_t)role;
	return 0;
}

int roles_claim(struct roles_claims *claims, const struct address_range *range, unsigned role)
{
	struct address below = previous(&mapped_lo), above;
	int ret;

	/* "::/0" means IPv6: leave the mapped block, our IPv4, out. */
	if (address_is_v4(&range->lo) || address_compare(&range->hi, &mapped_lo) < 0 ||
	    address_compare(&range->lo, &mapped_hi) > 0)
		return append(claims, &range->lo, &range->hi, role);
	ret = append(claims, &range->lo, &below, role);
	if (ret == 0 && after(&mapped_hi, &above))
		ret = append(claims, &above, &range->hi, role);
	return ret;
}

void roles_claims_free(struct roles_claims *claims)
{
	free(claims->items);
	claims->items = NULL;
	claims->count = claims->cap = 0;
}

/* Who has the addresses of @role: itself, and whoever names it, in any number of steps. */
static void resolve(const struct roles_claims *claims, struct role_set holders[ROLE_MAX])
{
	unsigned role, other, pass;
	bool changed = true;

	for (role = 0; role < ROLE_MAX; role++) {
		holders[role] = (struct role_set){ 0 };
		role_set_add(&holders[role], role);
		for (other = 0; other < ROLE_MAX; other++)
			if (role_set_has(&claims->alias[other], role))
				role_set_add(&holders[role], other);
	}
	/* Each pass doubles the steps that are covered; a circle just ends. */
	for (pass = 0; changed && pass < ROLE_MAX; pass++) {
		changed = false;
		for (role = 0; role < ROLE_MAX; role++) {
			struct role_set all = holders[role];

			for (other = 0; other < ROLE_MAX; other++)
				if (role_set_has(&holders[role], other))
					role_set_join(&all, &holders[other]);
			changed = changed || memcmp(&all, &holders[role], sizeof(all)) != 0;
			holders[role] = all;
		}
	}
}

/* One end of a claim. */
struct edge {
	struct address at; /* first address on which it holds */
	uint16_t role;
	bool opens;
};

static int by_place(const void *a, const void *b)
{
	return address_compare(&((const struct edge *)a)->at, &((const struct edge *)b)->at);
}

static size_t edges_of(const struct roles_claims *claims, struct edge *edges)
{
	size_t i, n = 0;

	for (i = 0; i < claims->count; i++) {
		const struct roles_claim *claim = &claims->items[i];
		struct address past;

		edges[n++] = (struct edge){ claim->range.lo, claim->role, true };
		if (after(&claim->range.hi, &past))
			edges[n++] = (struct edge){ past, claim->role, false };
	}
	qsort(edges, n, sizeof(*edges), by_place);
	return n;
}

/* @open counts the open claims of a role; holders turn roles into sets. */
static struct role_set held(const uint32_t open[ROLE_MAX], const struct role_set holders[ROLE_MAX])
{
	struct role_set set = { 0 };
	unsigned role;

	for (role = 0; role < ROLE_MAX; role++)
		if (open[role] > 0)
			role_set_join(&set, &holders[role]);
	return set;
}

static void add_interval(struct roles_map *map, const struct address *lo, const struct address *hi,
			 const struct role_set *roles)
{
	struct roles_interval *last = map->count == 0 ? NULL : &map->intervals[map->count - 1];
	struct address next;

	if (role_set_is_empty(roles))
		return;
	if (last != NULL && after(&last->hi, &next) && address_compare(&next, lo) == 0 &&
	    memcmp(&last->roles, roles, sizeof(*roles)) == 0) {
		last->hi = *hi;
		return;
	}
	map->intervals[map->count++] = (struct roles_interval){ *lo, *hi, *roles };
}

static void sweep(struct roles_map *map, const struct edge *edges, size_t count,
		  const struct role_set holders[ROLE_MAX])
{
	static const struct address last = { .b = { 255, 255, 255, 255, 255, 255, 255, 255, 255,
						    255, 255, 255, 255, 255, 255, 255 } };
	uint32_t open[ROLE_MAX] = { 0 };
	size_t at = 0;

	while (at < count) {
		struct address lo = edges[at].at, hi;
		struct role_set set;

		for (; at < count && address_compare(&edges[at].at, &lo) == 0; at++) {
			if (edges[at].opens)
				open[edges[at].role]++;
			else
				open[edges[at].role]--;
		}
		hi = at < count ? previous(&edges[at].at) : last;
		set = held(open, holders);
		add_interval(map, &lo, &hi, &set);
	}
}

int roles_compile(struct roles_map *map, const struct roles_claims *claims)
{
	struct role_set *holders = memory_array(ROLE_MAX, sizeof(*holders));
	struct edge *edges = memory_array(2 * claims->count, sizeof(*edges));
	size_t count;
	unsigned role;

	*map = (struct roles_map){ 0 };
	map->intervals = memory_array(2 * claims->count, sizeof(*map->intervals));
	if (holders == NULL || edges == NULL || map->intervals == NULL) {
		free(holders);
		free(edges);
		roles_map_free(map);
		return FA_ENOMEM;
	}
	resolve(claims, holders);
	for (role = 0; role < ROLE_MAX; role++)
		if (role_set_has(&claims->any, role))
			role_set_join(&map->any, &holders[role]);
	count = edges_of(claims, edges);
	sweep(map, edges, count, holders);
	free(holders);
	free(edges);
	return 0;
}

void roles_map_free(struct roles_map *map)
{
	free(map->intervals);
	*map = (struct roles_map){ 0 };
}

/* The interval that holds an address, or NULL. */
static const struct roles_interval *interval_of(const struct roles_map *map,
						const struct address *addr)
{
	size_t lo = 0, hi = map->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (address_compare(&map->intervals[mid].hi, addr) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < map->count && address_compare(&map->intervals[lo].lo, addr) <= 0
		       ? &map->intervals[lo]
		       : NULL;
}

bool roles_find(const struct roles_map *map, const struct address *addr, struct role_set *roles)
{
	const struct roles_interval *interval = interval_of(map, addr);

	*roles = interval != NULL ? interval->roles : map->any;
	return interval != NULL;
}

size_t roles_stretch(const struct roles_map *map, const struct address *addr)
{
	const struct roles_interval *interval = interval_of(map, addr);

	return interval == NULL ? 0 : (size_t)(interval - map->intervals) + 1;
}
