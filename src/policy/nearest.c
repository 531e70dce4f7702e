/* The documented row closest to a tuple that no row documents. */
#include "policy/fit.h"

/*
 * Nearest of all is a row that fits and is only closed: expired, or under a
 * condition that the site denies.  Otherwise a row is as near as it has few
 * failing keys; swapped roles are one mistake.  Among those with as many, rows
 * that fit by chance come last: wide ones, whose range holds any ephemeral
 * port, then those that name no peer and so fit everybody.  Then count the
 * port's distance to the documented range, the narrower row, pack order.
 */

#define KEYS_MOST 2 /* a row that differs in more is not close */

struct rank {
	bool open; /* something besides validity and conditions fails */
	unsigned failing;
	bool wide;
	unsigned unnamed; /* ends the row leaves unspecified */
	uint32_t distance;
	uint32_t width;
};

static bool nearer(const struct rank *a, const struct rank *b)
{
	if (a->open != b->open)
		return b->open;
	if (a->failing != b->failing)
		return a->failing < b->failing;
	if (a->wide != b->wide)
		return b->wide;
	if (a->unnamed != b->unnamed)
		return a->unnamed < b->unnamed;
	if (a->distance != b->distance)
		return a->distance < b->distance;
	return a->width < b->width;
}

/*
 * The best reading of a row.  Where the initiator is known, a row that fits
 * the tuple from its other end differs in both roles: they are swapped.
 */
static struct fit read_row(const struct policy *policy, uint32_t index, const struct view *view,
			   const struct view *turned, bool known)
{
	struct fit fit = fit_best(policy, index, view), other;

	if (fit.keys == 0)
		return fit;
	if (!known) {
		other = fit_best(policy, index, turned);
		if (other.failing > fit.failing ||
		    (other.failing == fit.failing && other.distance >= fit.distance))
			return fit;
		other.reversed = true;
		return other;
	}
	if (fit_is_swapped(policy, index, view, fit.keys)) {
		fit.failing = 1;
	} else if (fit.failing > KEYS_MOST && policy->site.name != NULL &&
		   fit_keys(policy, index, turned, ORIENT_FORWARD) == 0) {
		fit = (struct fit){ .keys = KEY_FROM | KEY_TO, .failing = 1, .reversed = true };
	}
	return fit;
}

void policy_nearest(const struct policy *policy, const struct tuple *tuple, struct nearest *nearest)
{
	struct rank best = { .open = true, .failing = KEYS_MOST + 1 };
	struct view view, turned;
	size_t i;

	FA_ASSERT(policy->compiled);
	*nearest = (struct nearest){ .row = -1 };
	fit_view(policy, tuple, &view);
	fit_turn(&view, &turned);
	for (i = 0; i < policy->row_count; i++) {
		const struct row *row = &policy->rows[i];
		struct rank rank;
		struct fit fit;

		if (row->need == NEED_NONE)
			continue;
		fit = read_row(policy, (uint32_t)i, &view, &turned, tuple->initiator_known);
		/* A row that fits is not near, it is there. */
		if (fit.keys == 0 || fit.failing > KEYS_MOST)
			continue;
		rank = (struct rank){ (fit.keys & ~(unsigned)(KEY_VALID | KEY_WHEN)) != 0,
				      fit.failing,
				      row_is_wide(row),
				      (row->from.kind == SIDE_UNSPECIFIED ? 1u : 0u) +
					      (row->to.kind == SIDE_UNSPECIFIED ? 1u : 0u),
				      fit.distance,
				      row->width };
		if (!nearer(&rank, &best))
			continue;
		best = rank;
		*nearest = (struct nearest){ (int)i, fit.keys, fit.reversed };
	}
}
