/* Every row that a tuple satisfies. */
#include <string.h>

#include "policy/fit.h"

/*
 * A row is found by the narrowest of its port keys.  The index by the
 * responder's port and the one by the initiator's are asked with the tuple's
 * two ports; what they name is checked in full.  Rows that both indexes hold
 * (a port at either end, anchored ranges) are passed over the second time.
 */

struct search {
	const struct policy *policy;
	struct match *matches;
	size_t cap;
	size_t found;
};

/* Narrowest first, then pack order. */
static bool before(const struct policy *policy, uint32_t a, uint32_t b)
{
	uint32_t x = policy->rows[a].width, y = policy->rows[b].width;

	return x != y ? x < y : a < b;
}

/* Keep the best @cap in order: an insertion, as a tuple has few rows. */
static void keep(struct search *s, const struct match *match)
{
	size_t at = MIN(s->found, s->cap);

	s->found++;
	while (at > 0 && before(s->policy, match->row, s->matches[at - 1].row)) {
		if (at < s->cap)
			s->matches[at] = s->matches[at - 1];
		at--;
	}
	if (at < s->cap)
		s->matches[at] = *match;
}

static void try_row(struct search *s, uint32_t index, const struct view *view,
		    const struct view *turned)
{
	const struct policy *policy = s->policy;
	const struct row *row = &policy->rows[index];
	struct match match = { .row = index };
	enum orient orient;
	unsigned from;

	if (!fit_row(policy, index, view, &orient))
		return;
	/* Seen from the other end, only what does not fit from this one is news. */
	if (turned != NULL) {
		enum orient ignored;

		if (fit_row(policy, index, turned, &ignored))
			return;
		match.reversed = true;
	}
	from = fit_from_end(orient);
	match.unbound = policy->site.name == NULL &&
			(row->from.kind == SIDE_ROLES || row->to.kind == SIDE_ROLES);
	match.peer_unverified = row->from.kind == SIDE_UNSPECIFIED ||
				row->to.kind == SIDE_UNSPECIFIED ||
				(row->from.kind == SIDE_ROLES && view->nobody[from]) ||
				(row->to.kind == SIDE_ROLES && view->nobody[1 - from]);
	keep(s, &match);
}

/* @turned: the same tuple from its other end, when this is the second look. */
static void search(struct search *s, const struct view *view, const struct view *turned)
{
	const struct policy *policy = s->policy;
	struct ports_list lists[PORTS_LISTS];
	unsigned end, n, i, tree = view->l4 == ROW_L4_TCP ? 0 : 1;
	uint32_t at;

	for (end = 2; end-- > 0;) {
		n = ports_find(&policy->ports[tree][end], view->port[end], lists);
		for (i = 0; i < n; i++)
			for (at = 0; at < lists[i].count; at++) {
				uint32_t index = lists[i].rows[at];
				const struct row_rule *rule = &policy->rules[index];

				/* Seen already by the responder's port? */
				if (end == 0 && rule->ends == 3 &&
				    port_set_has(&rule->anchor, view->port[1]))
					continue;
				try_row(s, index, view, turned);
			}
	}
}

size_t policy_match(const struct policy *policy, const struct tuple *tuple, struct match *matches,
		    size_t cap)
{
	struct search s = { .policy = policy, .matches = matches, .cap = cap };
	struct view view, turned;

	FA_ASSERT(policy->compiled);
	fit_view(policy, tuple, &view);
	if (view.l4 == 0)
		return 0;
	search(&s, &view, NULL);
	if (!tuple->initiator_known) {
		fit_turn(&view, &turned);
		search(&s, &turned, &view);
	}
	return s.found;
}

void policy_row_ends(const struct policy *policy, unsigned row, const struct tuple *tuple,
		     unsigned *from, unsigned *sport)
{
	struct view view, turned;
	struct fit fit, other;

	FA_ASSERT(policy->compiled && row < policy->row_count);
	fit_view(policy, tuple, &view);
	fit = fit_best(policy, row, &view);
	*from = fit_from_end(fit.orient);
	*sport = fit_sport_end(fit.orient);
	if (fit.keys == 0 || tuple->initiator_known)
		return;
	fit_turn(&view, &turned);
	other = fit_best(policy, row, &turned);
	if (other.keys != 0)
		return;
	*from = 1 - fit_from_end(other.orient);
	*sport = 1 - fit_sport_end(other.orient);
}

bool policy_roles_of(const struct policy *policy, const struct address *addr,
		     struct role_set *roles)
{
	FA_ASSERT(policy->compiled);
	return roles_find(&policy->map, addr, roles);
}
