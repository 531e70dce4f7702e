/* One tuple against one row, key by key. */
#include "policy/fit.h"

bool fit_is_nobody(const struct address *addr)
{
	static const struct address broadcast = {
		.b = { [10] = 255, [11] = 255, [12] = 255, [13] = 255, [14] = 255, [15] = 255 }
	};

	return address_is_any(addr) || address_compare(addr, &broadcast) == 0;
}

void fit_view(const struct policy *policy, const struct tuple *tuple, struct view *view)
{
	unsigned end;

	for (end = 0; end < 2; end++) {
		const struct address *addr = &tuple->addr[end];

		view->port[end] = tuple->port[end];
		view->nobody[end] = fit_is_nobody(addr);
		roles_find(&policy->map, addr, &view->roles[end]);
	}
	view->l4 = tuple->l4 == 6 ? ROW_L4_TCP : tuple->l4 == 17 ? ROW_L4_UDP : 0;
	view->ts_ns = tuple->ts_ns;
}

void fit_turn(const struct view *view, struct view *turned)
{
	unsigned end;

	*turned = *view;
	for (end = 0; end < 2; end++) {
		turned->port[end] = view->port[1 - end];
		turned->nobody[end] = view->nobody[1 - end];
		turned->roles[end] = view->roles[1 - end];
	}
}

unsigned fit_from_end(enum orient orient)
{
	return orient == ORIENT_FORWARD ? 0 : 1;
}

unsigned fit_sport_end(enum orient orient)
{
	return orient == ORIENT_TURNED ? 1 : 0;
}

/* @roles: the side's set with everything that satisfies it. */
static bool side_fits(const struct policy *policy, const struct side *side,
		      const struct role_set *roles, const struct view *view, unsigned end)
{
	return side->kind != SIDE_ROLES || policy->site.name == NULL || view->nobody[end] ||
	       role_set_meets(roles, &view->roles[end]);
}

unsigned fit_keys(const struct policy *policy, uint32_t index, const struct view *view,
		  enum orient orient)
{
	const struct row *row = &policy->rows[index];
	const struct row_rule *rule = &policy->rules[index];
	unsigned from = fit_from_end(orient), source = fit_sport_end(orient), keys = 0;

	if (!(row->l4 & view->l4))
		keys |= KEY_L4;
	if (!side_fits(policy, &row->from, &rule->from, view, from))
		keys |= KEY_FROM;
	if (!side_fits(policy, &row->to, &rule->to, view, 1 - from))
		keys |= KEY_TO;
	if (row->sport.count > 0 && !port_set_has(&row->sport, view->port[source]))
		keys |= KEY_SPORT;
	if (row->dport.count > 0 && !port_set_has(&row->dport, view->port[1 - source]))
		keys |= KEY_DPORT;
	/* "Either end": there is no key of its own in a report, so it counts as the dport. */
	if (row->port.count > 0 && !port_set_has(&row->port, view->port[0]) &&
	    !port_set_has(&row->port, view->port[1]))
		keys |= KEY_DPORT;
	if (view->ts_ns >= row->until_ns && !rule->excepted)
		keys |= KEY_VALID;
	if (rule->denied)
		keys |= KEY_WHEN;
	return keys;
}

/* The orientation besides forward that a row allows; forward when none. */
static enum orient other_orient(const struct row *row)
{
	if (row->twoway == TWOWAY_SWAP)
		return ORIENT_SWAPPED;
	return row->twoway == TWOWAY_ANCHORED ? ORIENT_TURNED : ORIENT_FORWARD;
}

/* fit_keys() is 0, told as soon as one key fails: the way of every new flow. */
static bool fits_in(const struct policy *policy, uint32_t index, const struct view *view,
		    enum orient orient)
{
	const struct row *row = &policy->rows[index];
	const struct row_rule *rule = &policy->rules[index];
	unsigned from = fit_from_end(orient), source = fit_sport_end(orient);

	if (row->dport.count > 0 && !port_set_has(&row->dport, view->port[1 - source]))
		return false;
	if (row->sport.count > 0 && !port_set_has(&row->sport, view->port[source]))
		return false;
	if (row->port.count > 0 && !port_set_has(&row->port, view->port[0]) &&
	    !port_set_has(&row->port, view->port[1]))
		return false;
	return (row->l4 & view->l4) && !rule->denied &&
	       side_fits(policy, &row->from, &rule->from, view, from) &&
	       side_fits(policy, &row->to, &rule->to, view, 1 - from) &&
	       (view->ts_ns < row->until_ns || rule->excepted);
}

bool fit_row(const struct policy *policy, uint32_t index, const struct view *view,
	     enum orient *orient)
{
	*orient = ORIENT_FORWARD;
	if (fits_in(policy, index, view, ORIENT_FORWARD))
		return true;
	*orient = other_orient(&policy->rows[index]);
	return *orient != ORIENT_FORWARD && fits_in(policy, index, view, *orient);
}

static struct fit fit_in(const struct policy *policy, uint32_t index, const struct view *view,
			 enum orient orient)
{
	const struct row *row = &policy->rows[index];
	struct fit fit = { .keys = fit_keys(policy, index, view, orient), .orient = orient };
	unsigned source = fit_sport_end(orient);

	fit.failing = (unsigned)__builtin_popcount(fit.keys);
	if (fit.keys & (KEY_SPORT | KEY_DPORT))
		fit.distance = port_set_distance(&row->sport, view->port[source]) +
			       port_set_distance(&row->dport, view->port[1 - source]) +
			       MIN(port_set_distance(&row->port, view->port[0]),
				   port_set_distance(&row->port, view->port[1]));
	return fit;
}

struct fit fit_best(const struct policy *policy, uint32_t index, const struct view *view)
{
	struct fit best = fit_in(policy, index, view, ORIENT_FORWARD), other;
	enum orient orient = other_orient(&policy->rows[index]);

	if (orient == ORIENT_FORWARD || best.keys == 0)
		return best;
	other = fit_in(policy, index, view, orient);
	if (other.failing < best.failing ||
	    (other.failing == best.failing && other.distance < best.distance))
		return other;
	return best;
}

bool fit_is_swapped(const struct policy *policy, uint32_t index, const struct view *view,
		    unsigned keys)
{
	struct view turned;

	if (keys != (KEY_FROM | KEY_TO))
		return false;
	fit_turn(view, &turned);
	return (fit_keys(policy, index, &turned, ORIENT_FORWARD) & keys) == 0;
}
