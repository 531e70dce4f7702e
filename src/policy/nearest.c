/* The documented row closest to a tuple that no row documents. */
#include "policy/near.h"

/*
 * Nearest of all is a row that fits and is only closed: expired, or under a
 * condition that the site denies.  Otherwise a row is as near as it has few
 * failing keys; swapped roles are one mistake.  Among those with as many, rows
 * that fit by chance come last: wide ones, whose range holds any ephemeral
 * port, then those that name no peer and so fit everybody.  Then count the
 * port's distance to the documented range, the narrower row, pack order.
 */

#define KEYS_MOST 2 /* a row that differs in more is not close */

int near_compare_kind(const struct near_rank *a, const struct near_rank *b)
{
	if (a->open != b->open)
		return (int)a->open - (int)b->open;
	if (a->failing != b->failing)
		return (int)a->failing - (int)b->failing;
	if (a->wide != b->wide)
		return (int)a->wide - (int)b->wide;
	return (int)a->unnamed - (int)b->unnamed;
}

bool near_is_nearer(const struct near_rank *a, const struct near_rank *b)
{
	int kind = near_compare_kind(a, b);

	if (kind != 0)
		return kind < 0;
	if (a->distance != b->distance)
		return a->distance < b->distance;
	return a->width < b->width;
}

/*
 * The best reading of a row.  Where the initiator is known, a row that fits
 * the tuple from its other end differs in both roles: they are swapped.
 */
static struct fit read_row(const struct policy *policy, uint32_t index,
			   const struct near_views *views)
{
	const struct view *view = &views->view, *turned = &views->turned;
	struct fit fit = fit_best(policy, index, view), other;

	if (fit.keys == 0)
		return fit;
	if (!views->known) {
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

void near_look(const struct policy *policy, const struct tuple *tuple, struct near_views *views)
{
	fit_view(policy, tuple, &views->view);
	fit_turn(&views->view, &views->turned);
	views->known = tuple->initiator_known;
}

bool near_row(const struct policy *policy, uint32_t index, const struct near_views *views,
	      struct near_rank *rank, struct fit *fit)
{
	const struct row *row = &policy->rows[index];

	if (row->need == NEED_NONE)
		return false;
	*fit = read_row(policy, index, views);
	/* A row that fits is not near, it is there. */
	if (fit->keys == 0 || fit->failing > KEYS_MOST)
		return false;
	*rank = (struct near_rank){ (fit->keys & ~(unsigned)(KEY_VALID | KEY_WHEN)) != 0,
				    fit->failing,
				    row_is_wide(row),
				    (row->from.kind == SIDE_UNSPECIFIED ? 1u : 0u) +
					    (row->to.kind == SIDE_UNSPECIFIED ? 1u : 0u),
				    fit->distance,
				    row->width };
	return true;
}

void policy_nearest(const struct policy *policy, const struct tuple *tuple, struct nearest *nearest)
{
	struct near_rank best = { 0 }, rank;
	struct near_views views;
	struct fit fit;

	FA_ASSERT(policy->compiled);
	*nearest = (struct nearest){ .row = -1 };
	near_look(policy, tuple, &views);
	for (uint32_t i = 0; i < policy->row_count; i++) {
		if (!near_row(policy, i, &views, &rank, &fit) ||
		    (nearest->row >= 0 && !near_is_nearer(&rank, &best)))
			continue;
		best = rank;
		*nearest = (struct nearest){ (int)i, fit.keys, fit.reversed };
	}
}
