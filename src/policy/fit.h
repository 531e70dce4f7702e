/* How a tuple meets one row: the keys that fail.  Private to policy/. */
#ifndef FA_POLICY_FIT_H
#define FA_POLICY_FIT_H

#include "policy/policy_priv.h"

/*
 * A tuple seen from one of its ends: [0] opened it.  @nobody: the address
 * names no host (0.0.0.0, ::, 255.255.255.255), so its role cannot be told.
 */
struct view {
	uint16_t port[2];
	bool nobody[2];
	uint8_t l4; /* ROW_L4_, 0 for others */
	struct role_set roles[2];
	int64_t ts_ns;
};

/* Which end of the view is the row's @from, and whose ports count as whose. */
enum orient {
	ORIENT_FORWARD, /* from opened it */
	ORIENT_SWAPPED, /* to opened it, dport still belongs to the responder */
	ORIENT_TURNED,  /* to opened it, ports stay with their roles */
};

/* @keys: failing enum rule_key; @distance: from the ports to the documented ones. */
struct fit {
	unsigned keys;
	unsigned failing; /* bits in @keys */
	uint32_t distance;
	enum orient orient;
	bool reversed; /* seen from the responder's end */
};

/* The address names no host, as in DHCP: who has none yet, and everyone on the link. */
bool fit_is_nobody(const struct address *addr);

void fit_view(const struct policy *policy, const struct tuple *tuple, struct view *view);
/* The same tuple opened by the other end. */
void fit_turn(const struct view *view, struct view *turned);

/* Keys of @row that fail in one orientation. */
unsigned fit_keys(const struct policy *policy, uint32_t row, const struct view *view,
		  enum orient orient);
/* The row is satisfied in some orientation that it allows; says which. */
bool fit_row(const struct policy *policy, uint32_t row, const struct view *view,
	     enum orient *orient);
/* The orientation, of those allowed, in which the fewest keys fail. */
struct fit fit_best(const struct policy *policy, uint32_t row, const struct view *view);

/* @keys are just the two roles, and each would fit at the other end. */
bool fit_is_swapped(const struct policy *policy, uint32_t row, const struct view *view,
		    unsigned keys);

/* Index into port[] and roles[] of the row's @from end, and of the ends its ports belong to. */
unsigned fit_from_end(enum orient orient);
unsigned fit_sport_end(enum orient orient);

#endif
