/* What a newer pack says otherwise. */
#include "policy/diff.h"

#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "rig.h"

#define PACK_MOST 8192

/* A pack of these rows; in the newer one the words are declared in another order. */
static void open_pack(struct rig *rig, const char *rows, bool newer)
{
	static const char *const roles[2] = {
		"roles: {a: {description: x}, b: {description: x}, c: {description: x}, "
		"g: {description: x, members: [a, b]}}\n",
		"roles: {z: {description: x}, g: {description: x, members: [a, b]}, "
		"c: {description: x}, b: {description: x}, a: {description: x}}\n",
	};
	static const char *const conditions[2] = {
		"conditions: {s: {description: x}, t: {description: x}}\n",
		"conditions: {u: {description: x}, t: {description: x}, s: {description: x}}\n",
	};
	char pack[PACK_MOST];
	const char *p, *end = strstr(rows, "alternatives:");
	unsigned count = 0;

	for (p = rows; (p = strstr(p, "- {id")) != NULL; p++)
		count++;
	snprintf(pack, sizeof(pack),
		 "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		 "tables: {d/t: {title: t, rows: %u}}\n%s%s"
		 "exceptions: {e: {description: x}, f: {description: x}}\n"
		 "parameters: {w: {description: x}, v: {description: x}}\nrows:\n%.*s%s",
		 count, roles[newer], conditions[newer],
		 (int)(end == NULL ? strlen(rows) : (size_t)(end - rows)), rows,
		 end == NULL ? "" : end);
	rig_open(rig);
	rig_pack(rig, pack);
	rig_compile(rig);
}

static const char *number(const struct rig *rig, int row)
{
	return row < 0 ? "-" : strrchr(policy_row(rig->policy, (unsigned)row)->id, '/') + 1;
}

/* "2 same; added -/3; narrowed 1/1 dport need" */
static const char *differences(const char *older, const char *newer, char *buf, size_t size)
{
	struct rig a, b;
	struct diff diff;
	unsigned key;
	size_t i, at;

	open_pack(&a, older, false);
	open_pack(&b, newer, true);
	CU_ASSERT_EQUAL_FATAL(diff_rows(a.policy, b.policy, &diff), 0);
	at = (size_t)snprintf(buf, size, "%zu same", diff.same);
	for (i = 0; i < diff.count; i++) {
		const struct diff_item *item = &diff.items[i];

		at += (size_t)snprintf(buf + at, size - at, "; %s %s/%s",
				       diff_kind_name(item->kind), number(&a, item->older),
				       number(&b, item->newer));
		for (key = 0; key < DIFF_KEYS; key++)
			if (item->keys & 1u << key)
				at += (size_t)snprintf(buf + at, size - at, " %s",
						       diff_key_name((enum diff_key)key));
	}
	diff_free(&diff);
	rig_close(&a);
	rig_close(&b);
	return buf;
}

static void check(const char *older, const char *newer, const char *want)
{
	char text[1024];

	if (!rig_same(differences(older, newer, text, sizeof(text)), want))
		CU_FAIL(newer);
}

#define R(id, rest) "  - {id: d/t/" id ", need: required, " rest "}\n"
#define BLANK(id)   "  - {id: d/t/" id ", need: none, when: s}\n"
#define ROW(id)     R(id, "l4: tcp, proto: sip, from: a, to: b, dport: 5")
#define OTHER(id)   R(id, "l4: udp, proto: rtp, from: b, to: c, dport: 9")
/* One row, in the older and in the newer words. */
#define ONE(was, is, want) check(R("1", was), R("1", is), want)

static void test_same(void)
{
	check(ROW("1") OTHER("2"), OTHER("1") ROW("7"), "2 same");
	ONE("l4: [tcp, udp], proto: [sip/tls, http], from: [a, c], to: {any: [a, b]}, "
	    "dport: [5, 7-9], sport: 3, twoway: swap, when: [s, t], "
	    "valid: {until: 2013-03-15, except: e}, tune: {sport: w}, note: x",
	    "l4: [udp, tcp], proto: [http, sip/tls], from: [c, a], to: {any: [b, a]}, "
	    "dport: [7-9, 5], sport: 3, twoway: swap, when: [t, s], "
	    "valid: {until: 2013-03-15, except: e}, tune: {sport: w}, inferred: [l4], note: y",
	    "1 same");
	/* Printed twice, it is there twice. */
	check(ROW("1") ROW("2"), ROW("1") ROW("2"), "2 same");
	check(ROW("1") ROW("2"), ROW("1"), "1 same; dropped 2/-");
}

static void test_alone(void)
{
	check(ROW("1"), ROW("1") OTHER("2"), "1 same; added -/2");
	check(ROW("1") OTHER("2"), ROW("1"), "1 same; dropped 2/-");
	check(ROW("1") BLANK("2"), ROW("1"), "1 same; dropped 2/-");
	check(ROW("1") BLANK("2"), BLANK("1") ROW("2"), "2 same");
	check(BLANK("1"), ROW("1"), "0 same; added -/1; dropped 1/-");
	/* Another port, role, transport or way round: another row. */
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5",
	    "l4: tcp, proto: sip, from: a, to: b, dport: 6", "0 same; added -/1; dropped 1/-");
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5",
	    "l4: tcp, proto: sip, from: a, to: c, dport: 5", "0 same; added -/1; dropped 1/-");
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5",
	    "l4: udp, proto: sip, from: a, to: b, dport: 5", "0 same; added -/1; dropped 1/-");
	ONE("l4: tcp, proto: sip, from: any, to: b, dport: 5",
	    "l4: tcp, proto: sip, from: b, to: any, dport: 5", "0 same; added -/1; dropped 1/-");
	ONE("l4: tcp, proto: rtp, from: any, to: b, port: 5-9",
	    "l4: tcp, proto: rtp, from: b, to: any, port: 5-9", "0 same; added -/1; dropped 1/-");
}

/* Each holds in both directions: what one way widens narrows the other way. */
static void test_wider(void)
{
	static const struct {
		const char *narrow, *wide, *key;
	} cases[] = {
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5",
		  "l4: tcp, proto: sip, from: a, to: b, dport: 5-6", "dport" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: [5, 9]",
		  "l4: tcp, proto: sip, from: a, to: b, dport: [1-6, 8-10]", "dport" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5, sport: 6",
		  "l4: tcp, proto: sip, from: a, to: b, dport: 5", "sport" },
		{ "l4: tcp, proto: rtp, from: a, to: b, port: 50-60",
		  "l4: tcp, proto: rtp, from: a, to: b, port: 50-70", "port" },
		{ "l4: udp, proto: sip, from: a, to: b, dport: 5",
		  "l4: [tcp, udp], proto: sip, from: a, to: b, dport: 5", "l4" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5",
		  "l4: tcp, proto: sip, from: any, to: b, dport: 5", "from" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5",
		  "l4: tcp, proto: sip, from: a, to: unspecified, dport: 5", "to" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5",
		  "l4: tcp, proto: sip, from: [c, a], to: b, dport: 5", "from" },
		/* A role that stands for it. */
		{ "l4: tcp, proto: sip, from: c, to: b, dport: 5",
		  "l4: tcp, proto: sip, from: c, to: g, dport: 5", "to" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5",
		  "l4: tcp, proto: sip, from: a, to: b, dport: 5, twoway: swap", "twoway" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5",
		  "l4: tcp, proto: sip, from: a, to: b, dport: 5, twoway: anchored", "twoway" },
	};
	char want[64], older[512], newer[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(older, sizeof(older), R("1", "%s"), cases[i].narrow);
		snprintf(newer, sizeof(newer), R("1", "%s"), cases[i].wide);
		snprintf(want, sizeof(want), "0 same; widened 1/1 %s", cases[i].key);
		check(older, newer, want);
		snprintf(want, sizeof(want), "0 same; narrowed 1/1 %s", cases[i].key);
		check(newer, older, want);
	}
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5",
	    "l4: tcp, proto: sip, from: a, to: any, dport: 5-6", "0 same; widened 1/1 to dport");
}

static void test_changed(void)
{
	static const struct {
		const char *is, *keys;
	} cases[] = {
		{ "l4: tcp, proto: http, from: a, to: b, dport: 5", "proto" },
		{ "l4: tcp, proto: sip/tls, from: a, to: b, dport: 5", "proto" },
		{ "l4: tcp, proto: [sip, http], from: a, to: b, dport: 5", "proto" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5, when: s", "when" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5, valid: {until: 2020-01-01}",
		  "valid" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5, tune: w", "tune" },
		/* What admits as much may say as much else as it likes. */
		{ "l4: tcp, proto: http, from: a, to: b, dport: 5, when: s, "
		  "valid: {until: 2020-01-01}, tune: w",
		  "proto when valid tune" },
		/* Wider here and narrower there, or wider and something else. */
		{ "l4: [tcp, udp], proto: sip, from: a, to: b, dport: 5, sport: 6", "l4 sport" },
		{ "l4: tcp, proto: sip, from: a, to: b, dport: 5-6, when: s", "dport when" },
	};
	char want[96], newer[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(newer, sizeof(newer), R("1", "%s"), cases[i].is);
		snprintf(want, sizeof(want), "0 same; changed 1/1 %s", cases[i].keys);
		check(ROW("1"), newer, want);
	}
	check(ROW("1"),
	      "  - {id: d/t/1, need: optional, l4: tcp, proto: sip, from: a, to: b, dport: 5}\n",
	      "0 same; changed 1/1 need");
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5, when: s",
	    "l4: tcp, proto: sip, from: a, to: b, dport: 5, when: t", "0 same; changed 1/1 when");
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5, valid: {until: 2020-01-01, except: e}",
	    "l4: tcp, proto: sip, from: a, to: b, dport: 5, valid: {until: 2020-01-01, except: f}",
	    "0 same; changed 1/1 valid");
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5, sport: 6, tune: {dport: w}",
	    "l4: tcp, proto: sip, from: a, to: b, dport: 5, sport: 6, tune: {sport: w}",
	    "0 same; changed 1/1 tune");
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5-8",
	    "l4: tcp, proto: sip, from: a, to: b, dport: 7-9", "0 same; changed 1/1 dport");
	/* "any" vouches for everyone, "unspecified" for nobody; narrowing words narrow nothing. */
	ONE("l4: tcp, proto: sip, from: any, to: b, dport: 5",
	    "l4: tcp, proto: sip, from: unspecified, to: b, dport: 5", "0 same; changed 1/1 from");
	ONE("l4: tcp, proto: sip, from: any, to: b, dport: 5",
	    "l4: tcp, proto: sip, from: {any: [a]}, to: b, dport: 5", "0 same; changed 1/1 from");
	/* An alternative makes them one row, but the printed roles are not one in the other. */
	check(ROW("1"),
	      R("1", "l4: tcp, proto: sip, from: c, to: b, dport: 5") "alternatives: [{role: c, "
								      "or: a, rows: d/t/1}]\n",
	      "0 same; changed 1/1 from");
}

static void test_pairs(void)
{
	/* Three keys are too many where the flows differ. */
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5",
	    "l4: tcp, proto: sip, from: a, to: b, dport: 5-6, when: s, valid: {until: 2020-01-01}",
	    "0 same; added -/1; dropped 1/-");
	/* Ports that meet with another application are another row. */
	ONE("l4: tcp, proto: sip, from: a, to: b, dport: 5",
	    "l4: tcp, proto: rtp, from: a, to: b, dport: 5-6", "0 same; added -/1; dropped 1/-");
	ONE("l4: tcp, proto: unspecified, from: a, to: b, dport: 5",
	    "l4: tcp, proto: rtp, from: a, to: b, dport: 5-6", "0 same; changed 1/1 proto dport");
	/* The most alike first: 2 is nearer to 1 than 1 is. */
	check(ROW("1"),
	      R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5-6, when: s")
		      R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 5, when: s"),
	      "0 same; added -/1; changed 1/2 when");
	/* By kind, then as the newer pack has them. */
	check(R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 1")
		      R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 2")
			      R("3", "l4: tcp, proto: sip, from: a, to: b, dport: 3-4")
				      R("4", "l4: tcp, proto: sip, from: a, to: b, dport: 5") R(
					      "5", "l4: tcp, proto: sip, from: a, to: b, dport: 7"),
	      R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 9")
		      R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 7, when: s")
			      R("3", "l4: tcp, proto: sip, from: a, to: b, dport: 5-6") R(
				      "4", "l4: tcp, proto: sip, from: a, to: b, dport: 3")
				      R("5", "l4: tcp, proto: sip, from: a, to: any, dport: 1"),
	      "0 same; added -/1; dropped 2/-; widened 4/3 dport; widened 1/5 to; "
	      "narrowed 3/4 dport; changed 5/2 when");
}

/* The documents it is for. */
static void test_shipped(void)
{
	struct rig a, b;
	struct diff diff;

	rig_open(&a);
	rig_open(&b);
	CU_ASSERT_EQUAL_FATAL(
		policy_load_pack(a.policy, "rules/lync2013-internal.yaml", &a.problems), 0);
	CU_ASSERT_EQUAL_FATAL(
		policy_load_pack(b.policy, "rules/sfb2015-2019-servers.yaml", &b.problems), 0);
	rig_compile(&a);
	rig_compile(&b);
	CU_ASSERT_EQUAL(diff_rows(a.policy, b.policy, &diff), 0);
	CU_ASSERT_EQUAL(diff.same, 89);
	/* The file share, fifteen of IPsec, the blank row, and who may open 4443. */
	CU_ASSERT_EQUAL_FATAL(diff.count, 18);
	CU_ASSERT_EQUAL(diff.items[0].newer,
			policy_find_row(b.policy, "sfb2015-2019-servers/server-ports/36"));
	CU_ASSERT_EQUAL(diff.items[16].kind, DIFF_DROPPED);
	CU_ASSERT_EQUAL(diff.items[16].older, policy_find_row(a.policy, "internal/hlb-dns/6"));
	CU_ASSERT_EQUAL(diff.items[17].kind, DIFF_NARROWED);
	CU_ASSERT_EQUAL(diff.items[17].keys, 1u << DIFF_FROM);
	CU_ASSERT_EQUAL(diff.items[17].older,
			policy_find_row(a.policy, "internal/server-ports/14"));
	diff_free(&diff);
	rig_close(&a);
	rig_close(&b);
}

extern CU_TestInfo tests_diff[];
CU_TestInfo tests_diff[] = {
	{ "rows that say the same are the same, whatever their ids, order and notes", test_same },
	{ "rows without a partner are added or dropped, blank ones too", test_alone },
	{ "what admits more is widened, and the other way round narrowed", test_wider },
	{ "what differs otherwise is changed, with the keys named", test_changed },
	{ "the most alike pair first, and the order is stable", test_pairs },
	{ "Skype for Business adds the file share and drops the blank row", test_shipped },
	CU_TEST_INFO_NULL,
};
