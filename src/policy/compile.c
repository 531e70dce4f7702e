/* From what was loaded to what is looked up. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "policy/classes.h"

uint32_t policy_port_count(const struct port_set *set)
{
	uint32_t ports = 0;
	unsigned i;

	if (set->count == 0)
		return 65536;
	for (i = 0; i < set->count; i++)
		ports += (uint32_t)set->ranges[i].hi - set->ranges[i].lo + 1;
	return ports;
}

const struct port_set *policy_anchor(const struct row *row)
{
	const struct port_set *best = &row->dport;

	if (policy_port_count(&row->sport) < policy_port_count(best))
		best = &row->sport;
	if (policy_port_count(&row->port) < policy_port_count(best))
		best = &row->port;
	return best;
}

static uint8_t anchor_ends(const struct row *row)
{
	const struct port_set *anchor = policy_anchor(row);

	if (anchor == &row->port || row->twoway == TWOWAY_ANCHORED)
		return anchor->count == 0 ? 2 : 3;
	return anchor == &row->sport ? 1 : 2;
}

/*
 * The roles that satisfy a role: itself, whoever "is" it, and, where the site
 * does not bind it, its members; all in any number of steps.
 */
static void close_roles(struct policy *policy)
{
	const struct vocabulary *v = &policy->vocabulary;
	unsigned role, other;
	bool changed = true;

	for (role = 0; role < v->counts[VOCAB_ROLE]; role++) {
		policy->closures[role] = (struct role_set){ 0 };
		role_set_add(&policy->closures[role], role);
		if (!role_set_has(&policy->site.bound, role))
			role_set_join(&policy->closures[role], &v->roles[role].members);
		for (other = 0; other < v->counts[VOCAB_ROLE]; other++)
			if (role_set_has(&v->roles[other].is, role))
				role_set_add(&policy->closures[role], other);
	}
	/* Sets only grow, and by at least one bit a pass. */
	while (changed) {
		changed = false;
		for (role = 0; role < v->counts[VOCAB_ROLE]; role++) {
			struct role_set all = policy->closures[role];

			for (other = 0; other < v->counts[VOCAB_ROLE]; other++)
				if (role_set_has(&policy->closures[role], other))
					role_set_join(&all, &policy->closures[other]);
			changed =
				changed || memcmp(&all, &policy->closures[role], sizeof(all)) != 0;
			policy->closures[role] = all;
		}
	}
}

static struct role_set widen(const struct policy *policy, const struct role_set *roles)
{
	struct role_set all = { 0 };
	unsigned role;

	for (role = 0; role < policy->vocabulary.counts[VOCAB_ROLE]; role++)
		if (role_set_has(roles, role))
			role_set_join(&all, &policy->closures[role]);
	return all;
}

/* The site's value of the row's parameter in place of the documented range. */
static int tune(struct policy *policy, struct row *row)
{
	struct port_set *const sets[] = {
		[PORT_KEY_DPORT] = &row->dport,
		[PORT_KEY_SPORT] = &row->sport,
		[PORT_KEY_PORT] = &row->port,
	};
	struct port_range *range;
	int parameter;

	if (row->tune == NULL)
		return 0;
	parameter =
		vocabulary_find(&policy->vocabulary, VOCAB_PARAMETER, row->tune, strlen(row->tune));
	if (parameter < 0 || policy->site.tuned[parameter].lo == 0)
		return 0;
	range = arena_take(&policy->arena, sizeof(*range));
	if (range == NULL)
		return FA_ENOMEM;
	*range = policy->site.tuned[parameter];
	*sets[row->tune_key] = (struct port_set){ range, 1 };
	row->width = policy_port_count(policy_anchor(row));
	return 0;
}

static int make_rules(struct policy *policy)
{
	size_t i;
	unsigned c;

	policy->rules = memory_array(policy->row_count, sizeof(*policy->rules));
	if (policy->rules == NULL)
		return FA_ENOMEM;
	for (i = 0; i < policy->row_count; i++) {
		struct row *row = &policy->rows[i];
		struct row_rule *rule = &policy->rules[i];

		rule->from = widen(policy, &row->from.roles);
		rule->to = widen(policy, &row->to.roles);
		for (c = 0; c < row->condition_count; c++)
			if (policy_condition(policy, row->conditions[c]) == ASSERTION_DENIED)
				rule->denied = true;
		rule->excepted = !policy_row_is_expired(policy, row, INT64_MAX);
		if (tune(policy, row) != 0)
			return FA_ENOMEM;
		rule->anchor = *policy_anchor(row);
		rule->ends = anchor_ends(row);
	}
	for (i = 0; i < policy->alternative_count; i++) {
		const struct alternative *alt = &policy->alternatives[i];
		struct row_rule *rule = &policy->rules[alt->row];

		if (role_set_has(&policy->rows[alt->row].from.roles, alt->role))
			role_set_join(&rule->from, &policy->closures[alt->instead]);
		if (role_set_has(&policy->rows[alt->row].to.roles, alt->role))
			role_set_join(&rule->to, &policy->closures[alt->instead]);
	}
	return 0;
}

static int index_rows(struct policy *policy, unsigned l4, unsigned end)
{
	static const struct port_range all = { 0, 65535 };
	struct ports_item *items = NULL;
	size_t i, n = 0, cap = 0;
	unsigned r;
	int ret = 0;

	for (i = 0; i < policy->row_count && ret == 0; i++) {
		const struct row *row = &policy->rows[i];
		const struct row_rule *rule = &policy->rules[i];
		struct port_set anchor = rule->anchor;

		if (row->need == NEED_NONE || policy->rules[i].denied ||
		    !(row->l4 & (ROW_L4_TCP << l4)) || !(rule->ends & (1u << end)))
			continue;
		if (anchor.count == 0)
			anchor = (struct port_set){ &all, 1 };
		ret = memory_grow(&items, &cap, n + anchor.count, sizeof(*items));
		for (r = 0; r < anchor.count && ret == 0; r++)
			items[n++] = (struct ports_item){ (uint32_t)i, anchor.ranges[r].lo,
							  anchor.ranges[r].hi };
	}
	if (ret == 0)
		ret = ports_build(&policy->ports[l4][end], items, n);
	free(items);
	return ret;
}

int policy_compile(struct policy *policy, struct fa_error *err)
{
	unsigned l4, end;
	int ret;

	if (policy->pack_count == 0)
		return error_set(err, FA_EUSAGE, "no pack is loaded");
	policy_drop(policy);
	close_roles(policy);
	ret = make_rules(policy);
	for (l4 = 0; l4 < 2 && ret == 0; l4++)
		for (end = 0; end < 2 && ret == 0; end++)
			ret = index_rows(policy, l4, end);
	if (ret == 0)
		ret = classes_build(policy);
	if (ret == 0)
		ret = roles_compile(&policy->map, &policy->site.claims);
	if (ret != 0)
		return error_set(err, ret, "no memory for %zu rows", policy->row_count);
	policy->compiled = true;
	return 0;
}
