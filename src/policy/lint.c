/* Rows that parse, and still cannot be what their author meant. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "policy/policy_priv.h"
#include "policy/ranges.h"

/*
 * Two rows can only be duplicates, shadow or overlap where their ports meet.
 * A sweep over the lowest port of each row keeps the rows whose highest port
 * is not yet passed, and compares the next one with those.  With a hundred
 * thousand wide rows that is still quadratic, so a row is compared with so
 * many others at most; a note says when that happened.
 */
#define PARTNERS_MOST 2000

struct span {
	uint32_t row;
	uint16_t lo, hi;
};

struct lint {
	const struct policy *policy;
	struct problems *problems;
	bool *said; /* per row: which other one has its flows too; the first will do */
	bool cut;   /* some row had more partners than were looked at */
	int ret;
};

static void FA_PRINTF(5, 6) say(struct lint *l, enum severity severity, const char *code,
				const struct row *row, const char *fmt, ...)
{
	char text[FA_ERROR_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (problems_add(l->problems, severity, code, row->file, row->line, row->column, "%s",
			 text) != 0)
		l->ret = FA_ENOMEM;
}

static bool excludes(const struct policy *policy, unsigned a, unsigned b)
{
	return policy->vocabulary.conditions[a].excludes[b / 64] >> (b % 64) & 1;
}

/* Conditions of the two rows that can never hold together. */
static bool exclusive(const struct policy *policy, const struct row *a, const struct row *b)
{
	unsigned i, j;

	for (i = 0; i < a->condition_count; i++)
		for (j = 0; j < b->condition_count; j++)
			if (excludes(policy, a->conditions[i], b->conditions[j]))
				return true;
	return false;
}

static bool set_inside(const struct role_set *a, const struct role_set *b)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(a->bits); i++)
		if (a->bits[i] & ~b->bits[i])
			return false;
	return true;
}

/* Every address that satisfies @a satisfies @b. */
static bool side_inside(const struct side *a, const struct role_set *a_roles, const struct side *b,
			const struct role_set *b_roles)
{
	if (b->kind == SIDE_ROLES)
		return a->kind == SIDE_ROLES && set_inside(a_roles, b_roles);
	/* "unspecified" lets everyone pass and vouches for nobody: it stands for no role. */
	return b->kind == SIDE_ANY || a->kind == SIDE_UNSPECIFIED;
}

static bool sides_meet(const struct side *a, const struct role_set *a_roles, const struct side *b,
		       const struct role_set *b_roles)
{
	return a->kind != SIDE_ROLES || b->kind != SIDE_ROLES || role_set_meets(a_roles, b_roles);
}

/* Every protocol that satisfies @a satisfies @b. */
static bool protocols_inside(const struct row *a, const struct row *b)
{
	unsigned i, j;

	for (i = 0; i < a->protocol_count; i++) {
		for (j = 0; j < b->protocol_count; j++) {
			const struct row_protocol *p = &a->protocols[i], *q = &b->protocols[j];

			if ((q->app == APPLICATION_UNSPECIFIED || q->app == p->app) &&
			    (q->tls == TLS_MODE_UNSPECIFIED || q->tls == p->tls))
				break;
		}
		if (j == b->protocol_count)
			return false;
	}
	return true;
}

/* Whenever @a holds, @b does. */
static bool conditions_inside(const struct row *a, const struct row *b)
{
	unsigned i, j;

	for (i = 0; i < b->condition_count; i++) {
		for (j = 0; j < a->condition_count; j++)
			if (a->conditions[j] == b->conditions[i])
				break;
		if (j == a->condition_count)
			return false;
	}
	return true;
}

/* Every flow of row @i is a flow of row @k. */
static bool inside(const struct policy *policy, uint32_t i, uint32_t k)
{
	const struct row *a = &policy->rows[i], *b = &policy->rows[k];
	const struct row_rule *p = &policy->rules[i], *q = &policy->rules[k];

	return (a->l4 & ~b->l4) == 0 && (a->twoway == TWOWAY_NO || a->twoway == b->twoway) &&
	       side_inside(&a->from, &p->from, &b->from, &q->from) &&
	       side_inside(&a->to, &p->to, &b->to, &q->to) && ranges_inside(&a->dport, &b->dport) &&
	       ranges_inside(&a->sport, &b->sport) && ranges_inside(&a->port, &b->port) &&
	       protocols_inside(a, b) && conditions_inside(a, b) && a->until_ns <= b->until_ns;
}

/*
 * Two single ports that are the same are no overlap worth a word where a row
 * names no peer: 443 would meet itself in every table.
 */
static bool telling(const struct row *a, const struct row *b)
{
	return a->width > 1 || b->width > 1 ||
	       (a->from.kind == SIDE_ROLES && a->to.kind == SIDE_ROLES &&
		b->from.kind == SIDE_ROLES && b->to.kind == SIDE_ROLES);
}

/* Some flow may be of both rows. */
static bool overlap(const struct policy *policy, uint32_t i, uint32_t k)
{
	const struct row *a = &policy->rows[i], *b = &policy->rows[k];
	const struct row_rule *p = &policy->rules[i], *q = &policy->rules[k];

	return (a->l4 & b->l4) != 0 && telling(a, b) && !exclusive(policy, a, b) &&
	       sides_meet(&a->from, &p->from, &b->from, &q->from) &&
	       sides_meet(&a->to, &p->to, &b->to, &q->to) &&
	       (ranges_meet(&a->dport, &b->dport) || ranges_meet(&a->sport, &b->sport) ||
		ranges_meet(&a->port, &b->port));
}

static void compare(struct lint *l, uint32_t x, uint32_t y)
{
	uint32_t first = MIN(x, y), second = MAX(x, y);
	const struct row *a = &l->policy->rows[first], *b = &l->policy->rows[second];
	bool in = inside(l->policy, first, second), out = inside(l->policy, second, first);
	char ports[2][160];

	if (in || out) {
		const struct row *narrow = out ? b : a, *wide = out ? a : b;
		bool *said = &l->said[out ? second : first];

		if (*said)
			return;
		*said = true;
		say(l, SEVERITY_WARNING, in && out ? "duplicate" : "shadowed", narrow,
		    in && out ? "row %s documents the same flows as row %s (%s:%u)"
			      : "every flow of row %s is one of row %s too (%s:%u)",
		    narrow->id, wide->id, wide->file, wide->line);
	} else if (overlap(l->policy, first, second)) {
		policy_row_ports_text(a, ports[0], sizeof(ports[0]));
		policy_row_ports_text(b, ports[1], sizeof(ports[1]));
		say(l, SEVERITY_NOTE, "overlap", b,
		    "row %s (%s) shares flows with row %s (%s, %s:%u)", b->id, ports[1], a->id,
		    ports[0], a->file, a->line);
	}
}

/* Lowest and highest port of any key; all ports without one. */
static struct span span_of(const struct policy *policy, uint32_t index)
{
	const struct row *row = &policy->rows[index];
	const struct port_set *const sets[] = { &row->dport, &row->sport, &row->port };
	struct span span = { index, UINT16_MAX, 0 };
	unsigned s;

	for (s = 0; s < ARRAY_SIZE(sets); s++) {
		if (sets[s]->count == 0)
			continue;
		span.lo = MIN(span.lo, sets[s]->ranges[0].lo);
		span.hi = MAX(span.hi, sets[s]->ranges[sets[s]->count - 1].hi);
	}
	if (span.lo > span.hi)
		span = (struct span){ index, 0, UINT16_MAX };
	return span;
}

static int by_lowest(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static void compare_all(struct lint *l)
{
	const struct policy *policy = l->policy;
	struct span *spans = memory_array(policy->row_count, sizeof(*spans));
	struct span *live = memory_array(policy->row_count, sizeof(*live));
	size_t count = 0, lives = 0, i, at, kept;

	if (spans == NULL || live == NULL) {
		l->ret = FA_ENOMEM;
		goto out;
	}
	for (i = 0; i < policy->row_count; i++)
		if (policy->rows[i].need != NEED_NONE)
			spans[count++] = span_of(policy, (uint32_t)i);
	qsort(spans, count, sizeof(*spans), by_lowest);
	for (i = 0; i < count && l->ret == 0; i++) {
		for (at = kept = 0; at < lives; at++)
			if (live[at].hi >= spans[i].lo)
				live[kept++] = live[at];
		lives = kept;
		l->cut = l->cut || lives > PARTNERS_MOST;
		for (at = lives - MIN(lives, PARTNERS_MOST); at < lives; at++)
			compare(l, live[at].row, spans[i].row);
		live[lives++] = spans[i];
	}
out:
	free(spans);
	free(live);
}

static bool can_be_bound(const struct lint *l, const struct side *side,
			 const struct role_set *roles)
{
	return side->kind != SIDE_ROLES || role_set_meets(roles, &l->policy->site.bound);
}

static void check_row(struct lint *l, uint32_t index, int64_t now_ns)
{
	const struct policy *policy = l->policy;
	const struct row *row = &policy->rows[index];
	const struct row_rule *rule = &policy->rules[index];

	if (exclusive(policy, row, row))
		say(l, SEVERITY_WARNING, "unreachable", row,
		    "row %s: its conditions exclude each other", row->id);
	if (row->port.count > 0 && row->dport.count > 0 && row->sport.count > 0 &&
	    !ranges_meet(&row->port, &row->dport) && !ranges_meet(&row->port, &row->sport))
		say(l, SEVERITY_WARNING, "unreachable", row,
		    "row %s: neither its dport nor its sport can be its port", row->id);
	if (now_ns >= row->until_ns && !rule->excepted)
		say(l, SEVERITY_WARNING, "expired", row, "row %s expired %s%s%s", row->id,
		    row->until_text, row->exception == NULL ? "" : ", except for ",
		    row->exception == NULL ? "" : row->exception);
	if (policy->site.name == NULL || row->need == NEED_NONE || rule->denied)
		return;
	if (!can_be_bound(l, &row->from, &rule->from) || !can_be_bound(l, &row->to, &rule->to))
		say(l, SEVERITY_NOTE, "unbound", row,
		    "row %s: the site gives no address to any role of its \"%s\"", row->id,
		    can_be_bound(l, &row->from, &rule->from) ? "to" : "from");
}

/* Roles that no row names, and that nothing a row names is made of or is. */
static void check_roles(struct lint *l)
{
	const struct policy *policy = l->policy;
	struct role_set used = { 0 };
	size_t i;
	unsigned role, other;

	for (i = 0; i < policy->row_count; i++) {
		role_set_join(&used, &policy->rows[i].from.roles);
		role_set_join(&used, &policy->rows[i].to.roles);
	}
	for (i = 0; i < policy->alternative_count; i++)
		role_set_add(&used, policy->alternatives[i].instead);
	for (role = 0; role < policy->vocabulary.counts[VOCAB_ROLE]; role++) {
		const struct role *r = &policy->vocabulary.roles[role];
		bool part = role_set_has(&used, role) || role_set_meets(&r->is, &used);

		for (other = 0; other < policy->vocabulary.counts[VOCAB_ROLE] && !part; other++)
			part = role_set_has(&used, other) &&
			       (role_set_has(&policy->vocabulary.roles[other].members, role) ||
				role_set_has(&policy->vocabulary.roles[other].is, role));
		if (!part &&
		    problems_add(l->problems, SEVERITY_WARNING, "unused-role", r->file, r->line,
				 r->column, "no row uses role \"%s\"", r->name) != 0)
			l->ret = FA_ENOMEM;
	}
}

int policy_lint(const struct policy *policy, int64_t now_ns, struct problems *problems)
{
	struct lint l = { .policy = policy, .problems = problems };
	size_t i;

	FA_ASSERT(policy->compiled);
	l.said = memory_array(policy->row_count, sizeof(*l.said));
	if (l.said == NULL)
		return FA_ENOMEM;
	for (i = 0; i < policy->row_count && l.ret == 0; i++)
		check_row(&l, (uint32_t)i, now_ns);
	compare_all(&l);
	check_roles(&l);
	if (l.cut && problems_add(problems, SEVERITY_NOTE, "cut", policy->packs[0].file, 0, 0,
				  "some rows share ports with more than %d others; "
				  "only so many were compared",
				  PARTNERS_MOST) != 0)
		l.ret = FA_ENOMEM;
	free(l.said);
	return l.ret;
}
