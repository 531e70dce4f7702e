/*
 * Addresses to roles: the site's bindings, compiled into sorted disjoint
 * intervals.  Private to policy/.
 */
#ifndef FA_POLICY_ROLES_H
#define FA_POLICY_ROLES_H

#include "base/address.h"
#include "policy/pack.h"

struct roles_claim {
	struct address_range range;
	uint16_t role;
};

/**
 * struct roles_claims - What a site says about its roles
 * @items:	Ranges and the role that claims each; may overlap
 * @any:	Roles bound to every address that no other role claims
 * @alias:	@alias[r]: roles whose addresses role r also has
 */
struct roles_claims {
	struct roles_claim *items;
	size_t count, cap;
	struct role_set any;
	struct role_set alias[ROLE_MAX];
};

struct roles_interval {
	struct address lo, hi;
	struct role_set roles;
};

/* @intervals: ascending, disjoint; none has an empty set. */
struct roles_map {
	struct roles_interval *intervals;
	size_t count;
	struct role_set any;
};

/* Append a claim; a range of IPv6 never takes the mapped IPv4 space with it.  0 or FA_ENOMEM. */
int roles_claim(struct roles_claims *claims, const struct address_range *range, unsigned role);
void roles_claims_free(struct roles_claims *claims);

/* Compile; @claims is not needed afterwards.  0 or FA_ENOMEM. */
int roles_compile(struct roles_map *map, const struct roles_claims *claims);
void roles_map_free(struct roles_map *map);

/* The roles of an address.  Return: a role claims the address itself */
bool roles_find(const struct roles_map *map, const struct address *addr, struct role_set *roles);

/* Addresses of the same stretch have the same roles: 1 + index of its interval, 0 outside all. */
size_t roles_stretch(const struct roles_map *map, const struct address *addr);

#endif
