/* A memo says what the policy says, however often and in whatever order it is asked. */
#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/memo.h"
#include "rig.h"

/* Of the rows below, some share stretches of ports, and some overlap. */
#define ROWS   120
#define TUPLES 20000
#define DAY_NS (24 * 3600 * NS_PER_S)

static uint32_t next(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % below;
}

/* Ports in few places, so that most tuples are close to several rows. */
static unsigned any_port(uint32_t *state)
{
	return 1000 + 100 * next(state, 12) + next(state, 40);
}

static void add_row(char *text, size_t size, unsigned number, uint32_t *state)
{
	static const char *const l4[] = { "tcp", "udp", "[tcp, udp]" };
	static const char *const ways[] = { "no", "swap", "anchored" };
	static const char *const keys[] = { "dport", "dport", "sport", "port" };
	static const char *const sides[] = { "a", "b", "c", "[a, c]", "any", "unspecified" };
	static const char *const more[] = { "", "", ", valid: {until: 2013-03-16}",
					    ", when: [sunny]" };
	static const unsigned widths[] = { 0, 0, 5, 60, 20000 };
	size_t at = strlen(text);
	unsigned lo = any_port(state);

	snprintf(text + at, size - at,
		 "- {id: d/t/%u, l4: %s, proto: sip, from: %s, to: %s, %s: %u-%u, need: required, "
		 "twoway: %s%s}\n",
		 number, l4[next(state, 3)], sides[next(state, 6)], sides[next(state, 6)],
		 keys[next(state, 4)], lo, lo + widths[next(state, 5)], ways[next(state, 3)],
		 more[next(state, 4)]);
}

static void open_random(struct rig *rig, uint32_t *state)
{
	static char text[ROWS * 200 + 1000];

	snprintf(text, sizeof(text),
		 "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		 "tables: {d/t: {title: t, rows: %d}}\n"
		 "roles: {a: {description: x}, b: {description: x}, c: {description: x}}\n"
		 "conditions: {sunny: {description: x}}\nrows:\n",
		 ROWS);
	for (unsigned i = 0; i < ROWS; i++)
		add_row(text, sizeof(text), i, state);
	rig_open(rig);
	rig_pack(rig, text);
	rig_site(rig, "roles:\n"
		      "  a: [10.0.0.1, 10.0.0.16/30]\n"
		      "  b: [10.0.0.2-10.0.0.9]\n"
		      "  c: [10.0.0.8, 2001:db8::/64]\n"
		      "conditions: {sunny: false}\n");
	rig_compile(rig);
}

static struct tuple any_tuple(const struct rig *rig, uint32_t *state)
{
	static const char *const hosts[] = {
		"10.0.0.1",  "10.0.0.5", "10.0.0.8",  "10.0.0.17",
		"10.0.0.30", "0.0.0.0",  "10.0.0.40", "[2001:db8::7]"
	};
	static const char *const l4[] = { "tcp", "udp", "132" };
	struct tuple tuple;
	char text[128];

	snprintf(text, sizeof(text), "%s%s %s:%u %s:%u", next(state, 4) == 0 ? "?" : "",
		 l4[next(state, 50) == 0 ? 2 : next(state, 2)], hosts[next(state, 8)],
		 any_port(state), hosts[next(state, 8)], any_port(state));
	tuple = rig_tuple(rig, text);
	tuple.ts_ns = RIG_NOW + (int64_t)next(state, 3) * DAY_NS;
	return tuple;
}

static bool same_match(const struct policy *policy, struct policy_memo *memo,
		       const struct tuple *tuple)
{
	struct match want[MEMO_ROWS];
	const struct match *got;
	size_t n = policy_match(policy, tuple, want, MEMO_ROWS);

	if (policy_memo_match(memo, tuple, &got) != MIN(n, (size_t)MEMO_ROWS))
		return false;
	for (size_t i = 0; i < MIN(n, (size_t)MEMO_ROWS); i++)
		if (got[i].row != want[i].row || got[i].reversed != want[i].reversed ||
		    got[i].peer_unverified != want[i].peer_unverified ||
		    got[i].unbound != want[i].unbound)
			return false;
	return true;
}

static bool same_nearest(const struct policy *policy, struct policy_memo *memo,
			 const struct tuple *tuple)
{
	struct nearest want, got;

	policy_nearest(policy, tuple, &want);
	policy_memo_nearest(memo, tuple, &got);
	return got.row == want.row && got.differs == want.differs && got.reversed == want.reversed;
}

/* How many of the answers of @memo were as the policy's. */
static void ask(const struct rig *rig, struct policy_memo *memo, uint32_t *state, unsigned tuples)
{
	unsigned matches = 0, nearest = 0;

	for (unsigned i = 0; i < tuples; i++) {
		struct tuple tuple = any_tuple(rig, state);

		nearest += same_nearest(rig->policy, memo, &tuple);
		matches += same_match(rig->policy, memo, &tuple);
	}
	CU_ASSERT_EQUAL(matches, tuples);
	CU_ASSERT_EQUAL(nearest, tuples);
}

/* More kinds of tuples than a memo keeps, so it is emptied on the way. */
static void test_random_rows(void)
{
	for (uint32_t seed = 1; seed <= 4; seed++) {
		uint32_t state = seed;
		struct policy_memo *memo;
		struct rig rig;

		open_random(&rig, &state);
		memo = policy_memo_new(rig.policy);
		CU_ASSERT_PTR_NOT_NULL_FATAL(memo);
		CU_ASSERT_PTR_EQUAL(policy_memo_policy(memo), rig.policy);
		ask(&rig, memo, &state, TUPLES);
		policy_memo_free(memo);
		rig_close(&rig);
	}
}

/* Every port there is: the nearest row changes inside a stretch. */
static void test_every_port(void)
{
	struct policy_memo *memo;
	struct rig rig;
	unsigned same = 0;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_compile(&rig);
	memo = policy_memo_new(rig.policy);
	CU_ASSERT_PTR_NOT_NULL_FATAL(memo);
	for (unsigned port = 0; port <= UINT16_MAX; port++) {
		struct tuple tuple = rig_tuple(&rig, "tcp 10.0.0.1:40000 10.0.0.2:1");

		tuple.port[1] = (uint16_t)port;
		same += same_nearest(rig.policy, memo, &tuple) &&
			same_match(rig.policy, memo, &tuple);
	}
	CU_ASSERT_EQUAL(same, UINT16_MAX + 1);
	policy_memo_free(memo);
	rig_close(&rig);
}

/* More rows than are kept of an answer, and more than are given. */
static void test_many_rows(void)
{
	static char text[MEMO_ROWS * 100 + 2000];
	struct policy_memo *memo;
	struct tuple tuple;
	struct rig rig;
	size_t at;

	at = (size_t)snprintf(text, sizeof(text),
			      "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
			      "tables: {d/t: {title: t, rows: %d}}\nroles: {a: {description: x}}\n"
			      "rows:\n",
			      MEMO_ROWS + 3);
	for (unsigned i = 0; i < MEMO_ROWS + 3; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
				       "- {id: d/t/%u, l4: tcp, proto: sip, from: a, to: a, "
				       "dport: 5061, need: required}\n",
				       i);
	rig_open(&rig);
	rig_pack(&rig, text);
	rig_compile(&rig);
	memo = policy_memo_new(rig.policy);
	CU_ASSERT_PTR_NOT_NULL_FATAL(memo);
	tuple = rig_tuple(&rig, "tcp 10.0.0.1:1 10.0.0.2:5061");
	CU_ASSERT(same_match(rig.policy, memo, &tuple));
	CU_ASSERT(same_match(rig.policy, memo, &tuple));
	tuple = rig_tuple(&rig, "tcp 10.0.0.1:1 10.0.0.2:5062");
	CU_ASSERT(same_nearest(rig.policy, memo, &tuple));
	CU_ASSERT(same_nearest(rig.policy, memo, &tuple));
	policy_memo_free(memo);
	rig_close(&rig);
}

extern CU_TestInfo tests_memo[];
CU_TestInfo tests_memo[] = {
	{ "random rows: a memo answers as the policy does", test_random_rows },
	{ "shipped rows: so it does for every port", test_every_port },
	{ "more rows than it keeps: so it does", test_many_rows },
	CU_TEST_INFO_NULL,
};
