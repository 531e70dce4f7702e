/* Rows, sides and differences in words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/fit.h"

/* Text that grows in a caller's buffer and is cut at its end. */
struct words {
	char *buf;
	size_t size, at;
};

static void FA_PRINTF(2, 3) say(struct words *w, const char *fmt, ...)
{
	va_list args;
	int n;

	if (w->at + 1 >= w->size)
		return;
	va_start(args, fmt);
	n = vsnprintf(w->buf + w->at, w->size - w->at, fmt, args);
	va_end(args);
	w->at = MIN(w->at + (size_t)MAX(n, 0), w->size - 1);
}

static struct words words_in(char *buf, size_t size)
{
	if (size > 0)
		buf[0] = '\0';
	return (struct words){ buf, size, 0 };
}

const char *rule_key_name(enum rule_key key)
{
	switch (key) {
	case KEY_L4:
		return "l4";
	case KEY_FROM:
		return "from";
	case KEY_TO:
		return "to";
	case KEY_SPORT:
		return "sport";
	case KEY_DPORT:
		return "dport";
	case KEY_PROTO:
		return "proto";
	case KEY_VALID:
		return "valid";
	case KEY_WHEN:
		return "when";
	}
	return "?";
}

static void say_set(struct words *w, const struct port_set *set)
{
	unsigned i;

	for (i = 0; i < set->count; i++) {
		const struct port_range *r = &set->ranges[i];

		say(w, i == 0 ? "%u" : ",%u", r->lo);
		if (r->hi != r->lo)
			say(w, "-%u", r->hi);
	}
}

/* The next range of up to three sets in ascending order; NULL when all are said. */
static const struct port_range *next_range(const struct port_set *const sets[3], unsigned said[3])
{
	const struct port_range *best = NULL;
	unsigned s, from = 0;

	for (s = 0; s < 3; s++) {
		if (said[s] == sets[s]->count)
			continue;
		if (best == NULL || sets[s]->ranges[said[s]].lo < best->lo) {
			best = &sets[s]->ranges[said[s]];
			from = s;
		}
	}
	if (best != NULL)
		said[from]++;
	return best;
}

void policy_row_ports_text(const struct row *row, char *buf, size_t size)
{
	const struct port_set *const sets[3] = { &row->dport, &row->sport, &row->port };
	struct words w = words_in(buf, size);
	unsigned said[3] = { 0 };
	const struct port_range *r, *before = NULL;

	while ((r = next_range(sets, said)) != NULL) {
		struct port_set one = { r, 1 };

		/* 3478 to 3478 is said once. */
		if (before != NULL && before->lo == r->lo && before->hi == r->hi)
			continue;
		if (before != NULL)
			say(&w, ",");
		say_set(&w, &one);
		before = r;
	}
	if (before == NULL)
		say(&w, "-");
}

void policy_row_protocols_text(const struct row *row, char *buf, size_t size)
{
	struct words w = words_in(buf, size);
	unsigned i;

	for (i = 0; i < row->protocol_count; i++) {
		const struct row_protocol *p = &row->protocols[i];

		say(&w, "%s%s", i == 0 ? "" : ", ", application_name(p->app));
		if (p->tls != TLS_MODE_UNSPECIFIED)
			say(&w, "/%s", tls_mode_name(p->tls));
	}
	if (i == 0)
		say(&w, "-");
}

static void say_roles(const struct policy *policy, struct words *w, const struct role_set *roles)
{
	const char *name = NULL;
	unsigned role;
	bool any = false;

	/* One behind, so that the last gets "or". */
	for (role = 0; role < policy_role_count(policy); role++) {
		if (!role_set_has(roles, role))
			continue;
		if (name != NULL) {
			say(w, any ? ", %s" : "%s", name);
			any = true;
		}
		name = policy_role_name(policy, role);
	}
	if (name != NULL)
		say(w, any ? " or %s" : "%s", name);
}

void policy_side_text(const struct policy *policy, const struct side *side, char *buf, size_t size)
{
	struct words w = words_in(buf, size);

	if (side->kind == SIDE_UNSPECIFIED) {
		say(&w, "unspecified");
		return;
	}
	if (side->kind == SIDE_ROLES) {
		say_roles(policy, &w, &side->roles);
		return;
	}
	say(&w, "any");
	if (!role_set_is_empty(&side->roles)) {
		say(&w, " (");
		say_roles(policy, &w, &side->roles);
		say(&w, ")");
	}
}

static void say_l4(struct words *w, uint8_t l4)
{
	say(w, "%s%s%s", l4 & ROW_L4_TCP ? "tcp" : "",
	    l4 == (ROW_L4_TCP | ROW_L4_UDP) ? " or " : "", l4 & ROW_L4_UDP ? "udp" : "");
}

/* What a nearest row and its tuple look like side by side. */
struct contrast {
	const struct policy *policy;
	const struct row *row;
	const struct tuple *tuple;
	struct view view; /* turned, where the row fits from the other end */
	struct fit fit;
	bool turned;
	const char *found;
};

/* "10.20.0.5 is client, documented pstn-gateway" */
static void say_side(struct words *w, const struct contrast *c, bool is_from)
{
	const struct side *side = is_from ? &c->row->from : &c->row->to;
	unsigned end = is_from ? fit_from_end(c->fit.orient) : 1 - fit_from_end(c->fit.orient);
	const struct policy *policy = c->policy;
	char addr[ADDRESS_TEXT], roles[256];
	bool bound = false;
	unsigned role;

	address_text(&c->tuple->addr[c->turned ? 1 - end : end], addr);
	if (role_set_is_empty(&c->view.roles[end]))
		say(w, "%s has no role here", addr);
	else {
		say(w, "%s is ", addr);
		say_roles(policy, w, &c->view.roles[end]);
	}
	policy_side_text(policy, side, roles, sizeof(roles));
	say(w, ", documented %s", roles);
	for (role = 0; role < policy_role_count(policy); role++)
		if (role_set_has(&side->roles, role) && policy_role_is_bound(policy, role))
			bound = true;
	if (!bound)
		say(w, ", which the site does not bind");
}

static void say_dport(struct words *w, const struct contrast *c)
{
	unsigned end = 1 - fit_sport_end(c->fit.orient);

	if (c->row->dport.count > 0) {
		say(w, "%u, documented ", c->view.port[end]);
		say_set(w, &c->row->dport);
		return;
	}
	say(w, "%u and %u, documented ", c->view.port[0], c->view.port[1]);
	say_set(w, &c->row->port);
	say(w, " at either end");
}

/* The first condition that the site denies. */
static const char *denied(const struct contrast *c)
{
	unsigned i;

	for (i = 0; i < c->row->condition_count; i++)
		if (policy_condition(c->policy, c->row->conditions[i]) == ASSERTION_DENIED)
			return policy_condition_name(c->policy, c->row->conditions[i]);
	return "a condition";
}

static void say_key(struct words *w, const struct contrast *c, enum rule_key key)
{
	char text[160];

	switch (key) {
	case KEY_L4:
		if (c->view.l4 == 0)
			say(w, "IP protocol %u", c->tuple->l4);
		else
			say_l4(w, c->view.l4);
		say(w, ", documented ");
		say_l4(w, c->row->l4);
		break;
	case KEY_FROM:
	case KEY_TO:
		say_side(w, c, key == KEY_FROM);
		break;
	case KEY_SPORT:
		say(w, "%u, documented ", c->view.port[fit_sport_end(c->fit.orient)]);
		say_set(w, &c->row->sport);
		break;
	case KEY_DPORT:
		say_dport(w, c);
		break;
	case KEY_PROTO:
		policy_row_protocols_text(c->row, text, sizeof(text));
		say(w, "%s, documented %s", c->found == NULL ? "not seen" : c->found, text);
		break;
	case KEY_VALID:
		say(w, "expired %s", c->row->until_text);
		break;
	case KEY_WHEN:
		say(w, "only when %s, which the site denies", denied(c));
		break;
	}
}

/* "row X differs in from and to: the roles are swapped, documented client to edge-access" */
static void say_swapped(struct words *w, const struct contrast *c)
{
	char from[256], to[256];

	policy_side_text(c->policy, &c->row->from, from, sizeof(from));
	policy_side_text(c->policy, &c->row->to, to, sizeof(to));
	say(w, " differs in from and to: opened from the other end, documented %s to %s", from, to);
}

static bool is_swapped(const struct contrast *c, const struct nearest *nearest)
{
	if (!c->tuple->initiator_known || nearest->differs != (KEY_FROM | KEY_TO))
		return false;
	return c->turned ||
	       fit_is_swapped(c->policy, (uint32_t)nearest->row, &c->view, nearest->differs);
}

static void say_differences(struct words *w, const struct contrast *c, unsigned differs)
{
	unsigned bit, left = (unsigned)__builtin_popcount(differs);
	bool only = left == 1;

	say(w, " differs %sin ", only ? "only " : "");
	for (bit = 0; bit < KEY_COUNT; bit++)
		if (differs & 1u << bit)
			say(w, "%s%s", rule_key_name((enum rule_key)(1u << bit)),
			    --left == 0 ? ": "
			    : left == 1 ? " and "
					: ", ");
	left = (unsigned)__builtin_popcount(differs);
	for (bit = 0; bit < KEY_COUNT; bit++) {
		if (!(differs & 1u << bit))
			continue;
		if (!only && 1u << bit != KEY_FROM && 1u << bit != KEY_TO &&
		    1u << bit != KEY_VALID && 1u << bit != KEY_WHEN)
			say(w, "%s ", rule_key_name((enum rule_key)(1u << bit)));
		say_key(w, c, (enum rule_key)(1u << bit));
		if (--left > 0)
			say(w, "; ");
	}
}

void policy_nearest_text(const struct policy *policy, const struct tuple *tuple,
			 const struct nearest *nearest, const char *found, char *buf, size_t size)
{
	struct contrast c = { .policy = policy, .tuple = tuple, .found = found };
	struct words w = words_in(buf, size);
	struct view view;

	if (nearest->row < 0) {
		say(&w, "no documented row is close");
		return;
	}
	c.row = policy_row(policy, (unsigned)nearest->row);
	c.turned = nearest->reversed;
	fit_view(policy, tuple, &view);
	if (c.turned)
		fit_turn(&view, &c.view);
	else
		c.view = view;
	c.fit = fit_best(policy, (uint32_t)nearest->row, &c.view);
	say(&w, "row %s", c.row->id);
	if (is_swapped(&c, nearest))
		say_swapped(&w, &c);
	else if (nearest->differs == KEY_VALID)
		say(&w, " expired %s", c.row->until_text);
	else if (nearest->differs == KEY_WHEN)
		say(&w, " holds only when %s, which the site denies", denied(&c));
	else if (nearest->differs == 0)
		say(&w, " fits");
	else
		say_differences(&w, &c, nearest->differs);
}
