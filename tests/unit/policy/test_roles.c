/* Address intervals against a plain scan of the claims. */
#include "policy/roles.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy_priv.h"

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static struct address host(uint32_t n)
{
	const uint8_t v4[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
				(uint8_t)n };

	return address_from_v4(v4);
}

/* Who claims the address, aliases followed as far as they go. */
static struct role_set plain(const struct roles_claims *claims, const struct address *addr)
{
	struct role_set set = { 0 }, before;
	unsigned role, other;
	size_t i;

	for (i = 0; i < claims->count; i++)
		if (address_in_range(addr, &claims->items[i].range))
			role_set_add(&set, claims->items[i].role);
	if (role_set_is_empty(&set))
		set = claims->any;
	do {
		before = set;
		for (role = 0; role < ROLE_MAX; role++)
			for (other = 0; other < ROLE_MAX; other++)
				if (role_set_has(&claims->alias[role], other) &&
				    role_set_has(&set, other))
					role_set_add(&set, role);
	} while (memcmp(&before, &set, sizeof(set)) != 0);
	return set;
}

static void check(const struct roles_map *map, const struct roles_claims *claims, uint32_t n)
{
	struct address addr = host(n);
	struct role_set want = plain(claims, &addr), got;
	bool claimed = false, bound;

	bound = roles_find(map, &addr, &got);
	CU_ASSERT_EQUAL(memcmp(&want, &got, sizeof(got)), 0);
	for (size_t i = 0; i < claims->count; i++)
		claimed |= address_in_range(&addr, &claims->items[i].range);
	CU_ASSERT_EQUAL(bound, claimed);
}

static void test_model(void)
{
	struct roles_claims *claims = calloc(1, sizeof(*claims));
	uint32_t state = 5061;
	struct roles_map map;
	unsigned round, i;
	size_t k;

	CU_ASSERT_PTR_NOT_NULL_FATAL(claims);
	for (round = 0; round < 30; round++) {
		unsigned count = next(&state) % 60;

		memset(claims->alias, 0, sizeof(claims->alias));
		claims->any = (struct role_set){ 0 };
		if (round % 2)
			role_set_add(&claims->any, ROLE_MAX - 1);
		for (i = 0; i < count; i++) {
			uint32_t lo = next(&state) % 2000;
			struct address_range range = { host(lo), host(lo + next(&state) % 200) };

			CU_ASSERT_EQUAL(roles_claim(claims, &range, next(&state) % 8 * 31), 0);
		}
		for (i = 0; i < 3; i++)
			role_set_add(&claims->alias[next(&state) % ROLE_MAX],
				     next(&state) % 8 * 31);
		role_set_add(&claims->alias[7], ROLE_MAX - 1);
		CU_ASSERT_EQUAL_FATAL(roles_compile(&map, claims), 0);
		/* Sorted, disjoint, none empty, none that could be one with its neighbour. */
		for (k = 0; k < map.count; k++) {
			CU_ASSERT(address_compare(&map.intervals[k].lo, &map.intervals[k].hi) <= 0);
			CU_ASSERT(!role_set_is_empty(&map.intervals[k].roles));
			CU_ASSERT(k == 0 || address_compare(&map.intervals[k - 1].hi,
							    &map.intervals[k].lo) < 0);
		}
		for (i = 0; i < 2300; i += 7)
			check(&map, claims, i);
		for (k = 0; k < claims->count; k++) {
			const uint8_t *b = claims->items[k].range.hi.b + 12;
			uint32_t hi = (uint32_t)b[2] << 8 | b[3];

			check(&map, claims, hi);
			check(&map, claims, hi + 1);
		}
		roles_map_free(&map);
		roles_claims_free(claims);
	}
	free(claims);
}

/* The last address has none after it, the first none before. */
static void test_ends(void)
{
	struct roles_claims *claims = calloc(1, sizeof(*claims));
	struct address_range all = { .hi = { .b = { 255, 255, 255, 255, 255, 255, 255, 255, 255,
						    255, 255, 255, 255, 255, 255, 255 } } };
	struct address_range zero = { 0 };
	struct address v4 = host(0x0a000001);
	struct role_set roles;
	struct roles_map map;

	CU_ASSERT_PTR_NOT_NULL_FATAL(claims);
	CU_ASSERT_EQUAL(roles_claim(claims, &all, 3), 0);
	CU_ASSERT_EQUAL(roles_claim(claims, &zero, 4), 0);
	CU_ASSERT_EQUAL_FATAL(roles_compile(&map, claims), 0);
	roles_find(&map, &all.hi, &roles);
	CU_ASSERT(role_set_has(&roles, 3) && !role_set_has(&roles, 4));
	roles_find(&map, &all.lo, &roles);
	CU_ASSERT(role_set_has(&roles, 3) && role_set_has(&roles, 4));
	/* All of IPv6 is not IPv4. */
	roles_find(&map, &v4, &roles);
	CU_ASSERT(role_set_is_empty(&roles));
	roles_map_free(&map);
	roles_claims_free(claims);
	free(claims);
}

extern CU_TestInfo tests_roles[];
CU_TestInfo tests_roles[] = {
	{ "finds the roles that a scan finds", test_model },
	{ "the first and the last address, and IPv4 inside IPv6", test_ends },
	CU_TEST_INFO_NULL,
};
