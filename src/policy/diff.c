/* Rows matched by meaning, over two vocabularies. */
#include "policy/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "policy/policy_priv.h"
#include "policy/ranges.h"

#define BIT(key) (1u << (key))

#define KEYS_MOST 2 /* rows that share flows and differ in more are two rows */

/* The keys that say which flows a row admits; the others say what of them. */
#define ADMITS                                                                              \
	(BIT(DIFF_L4) | BIT(DIFF_FROM) | BIT(DIFF_TO) | BIT(DIFF_DPORT) | BIT(DIFF_SPORT) | \
	 BIT(DIFF_PORT) | BIT(DIFF_TWOWAY))

/* A row with its policy, whose indices its roles and conditions are. */
struct end {
	const struct policy *policy;
	const struct row *row;
	const struct row_rule *rule;
};

struct work {
	const struct policy *policies[2]; /* older, newer */
	int *partner[2];                  /* per row: its pair, or -1 */
	unsigned *keys;                   /* per older row: in which its pair differs */
};

const char *diff_kind_name(enum diff_kind kind)
{
	static const char *const names[DIFF_KINDS] = {
		[DIFF_ADDED] = "added",     [DIFF_DROPPED] = "dropped",
		[DIFF_WIDENED] = "widened", [DIFF_NARROWED] = "narrowed",
		[DIFF_CHANGED] = "changed",
	};

	return names[kind];
}

const char *diff_key_name(enum diff_key key)
{
	static const char *const names[DIFF_KEYS] = {
		[DIFF_L4] = "l4",     [DIFF_PROTO] = "proto",   [DIFF_FROM] = "from",
		[DIFF_TO] = "to",     [DIFF_DPORT] = "dport",   [DIFF_SPORT] = "sport",
		[DIFF_PORT] = "port", [DIFF_TWOWAY] = "twoway", [DIFF_NEED] = "need",
		[DIFF_WHEN] = "when", [DIFF_VALID] = "valid",   [DIFF_TUNE] = "tune",
	};

	return names[key];
}

static struct end end_of(const struct policy *policy, size_t row)
{
	return (struct end){ policy, &policy->rows[row], &policy->rules[row] };
}

/* Roles of @a, a set of @p, that are in @b, a set of @q; @count: how many @a has. */
static unsigned shared_roles(const struct policy *p, const struct role_set *a,
			     const struct policy *q, const struct role_set *b, unsigned *count)
{
	unsigned role, shared = 0;

	*count = 0;
	for (role = 0; role < p->vocabulary.counts[VOCAB_ROLE]; role++) {
		const char *name = p->vocabulary.roles[role].name;
		int same;

		if (!role_set_has(a, role))
			continue;
		++*count;
		same = vocabulary_find(&q->vocabulary, VOCAB_ROLE, name, strlen(name));
		shared += same >= 0 && role_set_has(b, (unsigned)same);
	}
	return shared;
}

static const struct side *side_of(const struct end *end, bool to)
{
	return to ? &end->row->to : &end->row->from;
}

/* The side's roles with all that satisfy them, documented alternatives too. */
static const struct role_set *fitting(const struct end *end, bool to)
{
	return to ? &end->rule->to : &end->rule->from;
}

/* The same without the alternatives: those are for the printed role, not beside it. */
static struct role_set printed(const struct end *end, bool to)
{
	const struct role_set *roles = &side_of(end, to)->roles;
	struct role_set all = { 0 };
	unsigned role;

	for (role = 0; role < end->policy->vocabulary.counts[VOCAB_ROLE]; role++)
		if (role_set_has(roles, role))
			role_set_join(&all, &end->policy->closures[role]);
	return all;
}

static bool sides_equal(const struct end *a, const struct end *b, bool to)
{
	const struct side *x = side_of(a, to), *y = side_of(b, to);
	unsigned n, m, shared = shared_roles(a->policy, &x->roles, b->policy, &y->roles, &n);

	shared_roles(b->policy, &y->roles, a->policy, &x->roles, &m);
	return x->kind == y->kind && n == m && shared == n;
}

/*
 * Whoever fits @a fits @b.  Everyone fits "any" and "unspecified" alike, but
 * the one vouches for them and the other does not: neither holds the other.
 */
static bool side_inside(const struct end *a, const struct end *b, bool to)
{
	const struct side *x = side_of(a, to), *y = side_of(b, to);
	struct role_set all = printed(b, to);
	unsigned count;

	if (x->kind != SIDE_ROLES || y->kind != SIDE_ROLES)
		return x->kind == SIDE_ROLES || x->kind == y->kind;
	return shared_roles(a->policy, &x->roles, b->policy, &all, &count) == count;
}

static bool names_a_role(const struct end *end, bool to)
{
	return side_of(end, to)->kind == SIDE_ROLES;
}

/* Both rows name roles at this end, and some role fits both. */
static bool share_role(const struct end *a, const struct end *b, bool to)
{
	unsigned count;

	return names_a_role(a, to) && names_a_role(b, to) &&
	       shared_roles(a->policy, fitting(a, to), b->policy, fitting(b, to), &count) > 0;
}

/*
 * Both ends meet, and at one of them by name: "any to the Edge" and "the Edge
 * to any" meet at both ends and are still different rows.
 */
static bool ends_meet(const struct end *a, const struct end *b)
{
	bool named = false, nameless[2] = { true, true };
	unsigned to;

	for (to = 0; to < 2; to++) {
		bool x = names_a_role(a, to), y = names_a_role(b, to), share = share_role(a, b, to);

		if (x && y && !share)
			return false;
		named = named || share;
		nameless[0] = nameless[0] && !x;
		nameless[1] = nameless[1] && !y;
	}
	return named || nameless[0] || nameless[1];
}

static bool ports_equal(const struct port_set *a, const struct port_set *b)
{
	unsigned i;

	for (i = 0; i < a->count && i < b->count; i++)
		if (a->ranges[i].lo != b->ranges[i].lo || a->ranges[i].hi != b->ranges[i].hi)
			return false;
	return a->count == b->count;
}

/* Protocols of @a that @b has, with the same TLS or, if not @exact, with any. */
static unsigned shared_protocols(const struct row *a, const struct row *b, bool exact)
{
	unsigned i, j, shared = 0;

	for (i = 0; i < a->protocol_count; i++)
		for (j = 0; j < b->protocol_count; j++)
			if (a->protocols[i].app == b->protocols[j].app &&
			    (!exact || a->protocols[i].tls == b->protocols[j].tls)) {
				shared++;
				break;
			}
	return shared;
}

static bool names_any(const struct row *row)
{
	unsigned i;

	for (i = 0; i < row->protocol_count; i++)
		if (row->protocols[i].app == APPLICATION_UNSPECIFIED)
			return true;
	return false;
}

static bool conditions_equal(const struct end *a, const struct end *b)
{
	unsigned i, j;

	for (i = 0; i < a->row->condition_count; i++) {
		for (j = 0; j < b->row->condition_count; j++)
			if (strcmp(policy_condition_name(a->policy, a->row->conditions[i]),
				   policy_condition_name(b->policy, b->row->conditions[j])) == 0)
				break;
		if (j == b->row->condition_count)
			return false;
	}
	return a->row->condition_count == b->row->condition_count;
}

static bool texts_equal(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The keys in which two rows differ. */
static unsigned differences(const struct end *a, const struct end *b)
{
	const struct row *x = a->row, *y = b->row;
	const bool equal[DIFF_KEYS] = {
		[DIFF_L4] = x->l4 == y->l4,
		[DIFF_PROTO] = x->protocol_count == y->protocol_count &&
			       shared_protocols(x, y, true) == x->protocol_count,
		[DIFF_FROM] = sides_equal(a, b, false),
		[DIFF_TO] = sides_equal(a, b, true),
		[DIFF_DPORT] = ports_equal(&x->dport, &y->dport),
		[DIFF_SPORT] = ports_equal(&x->sport, &y->sport),
		[DIFF_PORT] = ports_equal(&x->port, &y->port),
		[DIFF_TWOWAY] = x->twoway == y->twoway,
		[DIFF_NEED] = x->need == y->need,
		[DIFF_WHEN] = conditions_equal(a, b),
		[DIFF_VALID] =
			x->until_ns == y->until_ns && texts_equal(x->exception, y->exception),
		[DIFF_TUNE] = texts_equal(x->tune, y->tune) && x->tune_key == y->tune_key,
	};
	unsigned key, keys = 0;

	for (key = 0; key < DIFF_KEYS; key++)
		if (!equal[key])
			keys |= BIT(key);
	return keys;
}

/* Transport and ports meet: cheap, so it is asked before names are compared. */
static bool touching(const struct end *a, const struct end *b)
{
	const struct port_set *p = &a->rule->anchor, *q = &b->rule->anchor;

	return (a->row->l4 == b->row->l4 || (a->row->l4 & b->row->l4) != 0) &&
	       (p->count == 0 ? q->count == 0 : ranges_meet(p, q));
}

/*
 * Two touching rows are one, said otherwise: all that differs is what is said
 * of their flows, or they share flows and differ in no more than nearest rows do.
 */
static bool related(const struct end *a, const struct end *b, unsigned keys)
{
	if ((keys & ADMITS) == 0)
		return true;
	return __builtin_popcount(keys) <= KEYS_MOST &&
	       (names_any(a->row) || names_any(b->row) ||
		shared_protocols(a->row, b->row, false) > 0) &&
	       ends_meet(a, b);
}

/* Every flow of @a, whatever it speaks, is one of @b. */
static bool inside(const struct end *a, const struct end *b)
{
	const struct row *x = a->row, *y = b->row;

	return (x->l4 & ~y->l4) == 0 && (x->twoway == TWOWAY_NO || x->twoway == y->twoway) &&
	       side_inside(a, b, false) && side_inside(a, b, true) &&
	       ranges_inside(&x->dport, &y->dport) && ranges_inside(&x->sport, &y->sport) &&
	       ranges_inside(&x->port, &y->port);
}

static enum diff_kind kind_of(const struct end *older, const struct end *newer, unsigned keys)
{
	bool wider, narrower;

	if ((keys & ~ADMITS) != 0)
		return DIFF_CHANGED;
	wider = inside(older, newer);
	narrower = inside(newer, older);
	if (wider == narrower)
		return DIFF_CHANGED;
	return wider ? DIFF_WIDENED : DIFF_NARROWED;
}

/* Pair the rows, still alone, that differ in @level keys. */
static void pair(struct work *w, unsigned level)
{
	size_t i, k;
	unsigned keys;

	for (i = 0; i < w->policies[0]->row_count; i++) {
		struct end a = end_of(w->policies[0], i);

		for (k = 0; k < w->policies[1]->row_count && w->partner[0][i] < 0; k++) {
			struct end b = end_of(w->policies[1], k);

			if (w->partner[1][k] >= 0 || !touching(&a, &b))
				continue;
			keys = differences(&a, &b);
			if ((unsigned)__builtin_popcount(keys) != level || !related(&a, &b, keys))
				continue;
			w->partner[0][i] = (int)k;
			w->partner[1][k] = (int)i;
			w->keys[i] = keys;
		}
	}
}

static void list_alone(const struct work *w, unsigned which, struct diff *diff)
{
	size_t i;

	for (i = 0; i < w->policies[which]->row_count; i++)
		if (w->partner[which][i] < 0)
			diff->items[diff->count++] =
				which == 1 ? (struct diff_item){ DIFF_ADDED, -1, (int)i, 0 }
					   : (struct diff_item){ DIFF_DROPPED, (int)i, -1, 0 };
}

static void list_pairs(const struct work *w, enum diff_kind kind, struct diff *diff)
{
	size_t k;

	for (k = 0; k < w->policies[1]->row_count; k++) {
		int i = w->partner[1][k];
		struct end a, b = end_of(w->policies[1], k);

		if (i < 0 || w->keys[i] == 0)
			continue;
		a = end_of(w->policies[0], (size_t)i);
		if (kind_of(&a, &b, w->keys[i]) == kind)
			diff->items[diff->count++] =
				(struct diff_item){ kind, i, (int)k, w->keys[i] };
	}
}

static int *alone(size_t rows)
{
	int *partner = memory_array(rows, sizeof(*partner));
	size_t i;

	for (i = 0; partner != NULL && i < rows; i++)
		partner[i] = -1;
	return partner;
}

int diff_rows(const struct policy *older, const struct policy *newer, struct diff *diff)
{
	struct work w = { .policies = { older, newer } };
	unsigned level, kind;
	size_t i;
	int ret = FA_ENOMEM;

	FA_ASSERT(older->compiled && newer->compiled);
	*diff = (struct diff){ 0 };
	w.partner[0] = alone(older->row_count);
	w.partner[1] = alone(newer->row_count);
	w.keys = memory_array(older->row_count, sizeof(*w.keys));
	diff->items = memory_array(older->row_count + newer->row_count, sizeof(*diff->items));
	if (w.partner[0] == NULL || w.partner[1] == NULL || w.keys == NULL || diff->items == NULL)
		goto out;
	for (level = 0; level <= DIFF_KEYS; level++)
		pair(&w, level);
	for (i = 0; i < older->row_count; i++)
		diff->same += w.partner[0][i] >= 0 && w.keys[i] == 0;
	list_alone(&w, 1, diff);
	list_alone(&w, 0, diff);
	for (kind = DIFF_WIDENED; kind < DIFF_KINDS; kind++)
		list_pairs(&w, (enum diff_kind)kind, diff);
	ret = 0;
out:
	free(w.partner[0]);
	free(w.partner[1]);
	free(w.keys);
	if (ret != 0)
		diff_free(diff);
	return ret;
}

void diff_free(struct diff *diff)
{
	free(diff->items);
	*diff = (struct diff){ 0 };
}
