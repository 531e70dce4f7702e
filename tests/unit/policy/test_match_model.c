/* A pack of 100,000 rows: every lookup against a plain scan of the rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy.h"
#include "rig.h"

#define ROWS   100000
#define ROLES  12
#define TUPLES 250
#define MOST   60000 /* room for matches */

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Mostly single ports and small ranges, some wide. */
static int ports_text(uint32_t *state, char *buf, size_t size)
{
	uint32_t lo = 1 + next(state) % 65535, widths[] = { 0, 0, 0, 0, 7, 200, 9000 };
	uint32_t hi = lo + widths[next(state) % ARRAY_SIZE(widths)];

	if (hi > 65535)
		hi = 65535;
	return lo == hi ? snprintf(buf, size, "%u", lo) : snprintf(buf, size, "%u-%u", lo, hi);
}

static int side_text(uint32_t *state, char *buf, size_t size)
{
	uint32_t kind = next(state) % 10;

	if (kind == 0)
		return snprintf(buf, size, "any");
	if (kind == 1)
		return snprintf(buf, size, "unspecified");
	if (kind == 2)
		return snprintf(buf, size, "[r%u, r%u]", next(state) % 6, 6 + next(state) % 6);
	return snprintf(buf, size, "r%u", next(state) % ROLES);
}

static char *make_pack(uint32_t *state)
{
	static const char *const l4[] = { "tcp", "udp", "[tcp, udp]" };
	static const char *const ways[] = { "no", "no", "swap", "anchored" };
	static const char *const keys[] = { "dport", "dport", "dport", "sport", "port" };
	size_t size = (size_t)ROWS * 160 + 4096, at;
	char *text = malloc(size), from[32], to[32], ports[32], more[40];
	unsigned i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	at = (size_t)snprintf(text, size,
			      "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
			      "tables: {d/t: {title: t, rows: %d}}\nroles:\n",
			      ROWS);
	for (i = 0; i < ROLES; i++)
		at += (size_t)snprintf(text + at, size - at, "  r%u: {description: x}\n", i);
	at += (size_t)snprintf(text + at, size - at, "rows:\n");
	for (i = 0; i < ROWS; i++) {
		const char *key = keys[next(state) % ARRAY_SIZE(keys)];

		side_text(state, from, sizeof(from));
		side_text(state, to, sizeof(to));
		ports_text(state, ports, sizeof(ports));
		more[0] = '\0';
		/* Some rows have ports at both ends. */
		if (key[0] == 'd' && next(state) % 8 == 0)
			snprintf(more, sizeof(more), ", sport: %u-65535", 1 + next(state) % 65535);
		at += (size_t)snprintf(
			text + at, size - at,
			"- {id: d/t/%u, l4: %s, proto: sip, from: %s, to: %s, %s: %s%s, "
			"need: required, twoway: %s}\n",
			i, l4[next(state) % 3], from, to, key, ports, more, ways[next(state) % 4]);
	}
	return text;
}

static bool in_set(const struct port_set *set, uint16_t port)
{
	unsigned i;

	for (i = 0; i < set->count; i++)
		if (port >= set->ranges[i].lo && port <= set->ranges[i].hi)
			return true;
	return set->count == 0;
}

static bool side_is(const struct side *side, const struct role_set *roles)
{
	return side->kind != SIDE_ROLES || role_set_meets(&side->roles, roles);
}

/* The semantics once more, as plainly as can be: @a opened towards @b. */
static bool fits(const struct row *row, const struct role_set roles[2], const uint16_t port[2],
		 unsigned a)
{
	unsigned b = 1 - a;
	bool either =
		row->port.count == 0 || in_set(&row->port, port[0]) || in_set(&row->port, port[1]);
	bool to_b = side_is(&row->from, &roles[a]) && side_is(&row->to, &roles[b]);
	bool to_a = side_is(&row->from, &roles[b]) && side_is(&row->to, &roles[a]);
	bool ports_at_b = in_set(&row->sport, port[a]) && in_set(&row->dport, port[b]);
	bool ports_at_a = in_set(&row->sport, port[b]) && in_set(&row->dport, port[a]);

	if (!either)
		return false;
	return (to_b && ports_at_b) || (row->twoway == TWOWAY_SWAP && to_a && ports_at_b) ||
	       (row->twoway == TWOWAY_ANCHORED && to_a && ports_at_a);
}

/* Rows in the order that policy_match() promises; -1 when they differ. */
static int compare(const struct rig *rig, const struct tuple *tuple, const struct match *matches,
		   size_t n)
{
	uint8_t *want = calloc(ROWS, 1);
	struct role_set roles[2];
	size_t i, wanted = 0;
	unsigned r;
	int ret = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(want);
	policy_roles_of(rig->policy, &tuple->addr[0], &roles[0]);
	policy_roles_of(rig->policy, &tuple->addr[1], &roles[1]);
	for (r = 0; r < ROWS; r++) {
		const struct row *row = policy_row(rig->policy, r);

		if (!(row->l4 & (tuple->l4 == 6 ? ROW_L4_TCP : ROW_L4_UDP)))
			continue;
		if (fits(row, roles, tuple->port, 0))
			want[r] = 1;
		else if (!tuple->initiator_known && fits(row, roles, tuple->port, 1))
			want[r] = 2;
		wanted += want[r] != 0;
	}
	if (wanted != n)
		ret = -1;
	for (i = 0; i < n && ret == 0; i++) {
		const struct row *row = policy_row(rig->policy, matches[i].row);

		if (want[matches[i].row] != (matches[i].reversed ? 2 : 1))
			ret = -1;
		want[matches[i].row] = 0; /* twice is wrong */
		if (i > 0) {
			const struct row *last = policy_row(rig->policy, matches[i - 1].row);

			if (last->width > row->width ||
			    (last->width == row->width && matches[i - 1].row > matches[i].row))
				ret = -1;
		}
	}
	free(want);
	return ret;
}

static void test_model(void)
{
	struct match *matches = calloc(MOST, sizeof(*matches));
	uint32_t state = 2013;
	char *pack = make_pack(&state), site[1024], tuple_text[128];
	size_t at = 0, total = 0;
	struct rig rig;
	unsigned i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(matches);
	rig_open(&rig);
	rig_pack(&rig, pack);
	free(pack);
	CU_ASSERT_EQUAL_FATAL(policy_row_count(rig.policy), ROWS);
	at = (size_t)snprintf(site, sizeof(site), "roles:\n");
	for (i = 0; i < ROLES; i++) /* each address has one to three of them */
		at += (size_t)snprintf(site + at, sizeof(site) - at,
				       "  r%u: [10.0.0.%u-10.0.0.%u]\n", i, i * 2, i * 2 + 4);
	rig_site(&rig, site);
	rig_compile(&rig);
	for (i = 0; i < TUPLES; i++) {
		struct tuple tuple;
		size_t n;

		snprintf(tuple_text, sizeof(tuple_text), "%s%s 10.0.0.%u:%u 10.0.0.%u:%u",
			 next(&state) % 4 == 0 ? "?" : "", next(&state) % 2 ? "tcp" : "udp",
			 next(&state) % 30, next(&state) % 65536, next(&state) % 30,
			 next(&state) % 65536);
		tuple = rig_tuple(&rig, tuple_text);
		n = policy_match(rig.policy, &tuple, matches, MOST);
		total += n;
		if (n > MOST || compare(&rig, &tuple, matches, n) != 0)
			CU_FAIL(tuple_text);
	}
	CU_ASSERT(total > 50 * TUPLES); /* there was something to compare */
	rig_close(&rig);
	free(matches);
}

extern CU_TestInfo tests_match_model[];
CU_TestInfo tests_match_model[] = {
	{ "100,000 rows: every lookup finds what a scan finds, in order", test_model },
	CU_TEST_INFO_NULL,
};
