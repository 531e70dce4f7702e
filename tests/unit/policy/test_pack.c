/* The header of a pack, and whether its rows add up. */
#include "policy/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "rig.h"

#define ROWS \
	"rows: [{id: d/t/1, l4: tcp, proto: sip, from: any, to: any, dport: 1, need: required}]\n"
#define TOP                                               \
	"pack: p\ntitle: t\ndocuments: {d: {title: t}}\n" \
	"tables: {d/t: {title: t, rows: 1}}\n"

static void test_mistakes(void)
{
	static const struct {
		const char *pack, *want;
	} cases[] = {
		{ "- a\n", "p.yaml:1:1: the pack: expected a map, found a list" },
		/* Building stopped at a value: nobody looks at half a tree. */
		{ "pack: p\ntitle: *x\n", "p.yaml:2:8: anchors (&) and aliases (*) are not used "
					  "here; write the value out" },
		{ "just words\n", "p.yaml:1:1: the pack: expected a map, found a single value" },
		{ TOP "role: {}\nroles: {}\n" ROWS,
		  "p.yaml:5:1: unknown key \"role\" in the pack; did you mean \"roles\"?" },
		{ "pack: p\ntitle: t\ndocuments: {d: {title: t}}\nroles: {}\n" ROWS,
		  "p.yaml:1:1: the pack has no \"tables\"\n"
		  "p.yaml:5:13: id: tables: declares no \"d/t\"" },
		{ TOP "roles: {any: {description: x}}\n" ROWS,
		  "p.yaml:5:9: role \"any\": the word has a meaning already" },
		{ TOP "roles: {a b: {description: x}}\n" ROWS,
		  "p.yaml:5:9: role: \"a b\" is not a name (letters, digits and ._:/-)" },
		{ TOP "roles: {a: {members: [b]}}\n" ROWS,
		  "p.yaml:5:12: the role has no \"description\"\n"
		  "p.yaml:5:23: unknown role \"b\"; roles: declares none like it" },
		{ TOP "roles: [a]\n" ROWS, "p.yaml:5:8: roles: expected a map, found a list" },
		{ TOP "roles: {}\nconditions: {c: {description: x, excludes: c}}\n" ROWS,
		  "p.yaml:6:44: a condition cannot exclude itself" },
		{ TOP "roles: {}\nparameters: {q: {description: x, least: 0}}\n" ROWS,
		  "p.yaml:6:41: least: expected a number of 1 to 65535, found \"0\"" },
		{ TOP "roles: {}\nrows: []\n",
		  "p.yaml:4:10: table \"d/t\" has 1 rows, 0 of them are here\n"
		  "p.yaml:6:7: rows: the list is empty" },
		{ TOP "roles: {}\nrows: {}\n",
		  "p.yaml:4:10: table \"d/t\" has 1 rows, 0 of them are here\n"
		  "p.yaml:6:7: rows: expected a list, found a map" },
		{ "pack: p\ntitle:\ndocuments: {d: {title: t}}\n"
		  "tables: {d/t: {title: t, rows: two}, e/t: {title: t, rows: 1}}\nroles: "
		  "{}\n" ROWS,
		  "p.yaml:2:1: title: expected a single value, found nothing\n"
		  "p.yaml:4:32: rows: expected a number of 1 to 1000000, found \"two\"\n"
		  "p.yaml:4:38: table \"e/t\": expected DOCUMENT/TABLE with a document of this "
		  "pack" },
		{ "pack: p\ntitle: t\ndocuments: {d: {title: t, revised: 2015-13-01}}\n"
		  "tables: {d/t: {title: t, rows: 2}}\nroles: {}\n" ROWS,
		  "p.yaml:3:36: revised: there is no day 2015-13-01\n"
		  "p.yaml:4:10: table \"d/t\" has 2 rows, 1 of them are here" },
		{ TOP "roles: {a: {description: x}, b: {description: x}}\n"
		      "alternatives:\n  - {role: a, or: c, rows: [d/t/1, d/t/9]}\n"
		      "  - {role: a, or: b, rows: d/t/1}\n" ROWS,
		  "p.yaml:7:19: unknown role \"c\"; roles: declares none like it\n"
		  "p.yaml:7:36: there is no row \"d/t/9\"\n"
		  "p.yaml:8:28: row \"d/t/1\" does not name the role" },
	};
	struct rig rig;
	size_t i;

	rig_open(&rig);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		CU_ASSERT(rig_same(rig_wrong_pack(&rig, cases[i].pack), cases[i].want));
	rig_close(&rig);
}

/* 256 roles fit, the next one is one too many. */
/* A printed row may be several rules; they stand together, and count once. */
static void test_parts(void)
{
#define PART(id) "  - {id: " id ", l4: tcp, proto: sip, from: a, to: a, dport: 1, need: required}\n"
#define TABLES                                                           \
	"pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"                \
	"tables: {d/t: {title: t, rows: 2}, d/u: {title: t, rows: 1}}\n" \
	"roles: {a: {description: x}}\nrows:\n"
	struct rig rig;

	rig_open(&rig);
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, TABLES PART("d/t/1/http") PART("d/t/2")
							PART("d/t/1/https") PART("d/u/1")),
			   "p.yaml:4:10: table \"d/t\" has 2 rows, 3 of them are here"));
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, TABLES PART("d/t/1/http") PART("d/t/10/http")
							PART("d/t/1") PART("d/u/1")),
			   "p.yaml:4:10: table \"d/t\" has 2 rows, 3 of them are here"));
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, TABLES PART("d/t/10/http") PART("d/t/1/http")
							PART("d/t/2") PART("d/u/1")),
			   "p.yaml:4:10: table \"d/t\" has 2 rows, 3 of them are here"));
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, TABLES PART("d/t/1/http") PART("d/t/1/http")
							PART("d/t/2") PART("d/u/1")),
			   "p.yaml:8:10: row \"d/t/1/http\" is there already, at p.yaml:7:5"));
	rig_pack(&rig, TABLES PART("d/t/1/http") PART("d/t/1/https") PART("d/u/1/x") PART("d/u/1/y")
			       PART("d/t/2"));
	CU_ASSERT_EQUAL(policy_row_count(rig.policy), 5);
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/1/https"), 1);
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/1"), -1);
	rig_close(&rig);
#undef PART
#undef TABLES
}

static void test_role_limit(void)
{
	char pack[16384] = TOP "roles:\n", want[128];
	size_t at = strlen(pack);
	struct rig rig;
	int i;

	for (i = 0; i <= ROLE_MAX; i++)
		at += (size_t)snprintf(pack + at, sizeof(pack) - at, "  r%d: {description: x}\n",
				       i);
	snprintf(pack + at, sizeof(pack) - at, ROWS);
	rig_open(&rig);
	snprintf(want, sizeof(want), "p.yaml:%d:3: more than 256 roles over all packs",
		 ROLE_MAX + 6);
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, pack), want));
	/* Without the last. */
	snprintf(strstr(pack, "  r256"), sizeof(pack) - at, ROWS);
	rig_pack(&rig, pack);
	CU_ASSERT_EQUAL(policy_role_count(rig.policy), ROLE_MAX);
	rig_close(&rig);
}

/* A wrong pack leaves no trace: the ids it would have used are free. */
static void test_whole_or_nothing(void)
{
	static const char wrong[] = RIG_HEAD "  - {" RIG_ROW "}\n  - {id: d/t/2, need: nun}\n";
	static const char right[] = RIG_HEAD "  - {" RIG_ROW "}\n";
	struct rig rig;

	rig_open(&rig);
	(void)rig_wrong_pack(&rig, wrong);
	CU_ASSERT_EQUAL(policy_pack_count(rig.policy), 0);
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/1"), -1);
	rig_pack(&rig, right);
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/1"), 0);
	/* The same pack again: its name, and every id, are taken. */
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, right),
			   "p.yaml:1:7: pack \"p\" is loaded already, from p.yaml\n"
			   "p.yaml:12:10: row \"d/t/1\" is there already, at p.yaml:12:5"));
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/1"), 0);
	rig_close(&rig);
}

/* Roles that two packs declare are one role; what a pack does not declare it may not use. */
static void test_two_packs(void)
{
	static const char second[] =
		"pack: q\ntitle: u\ndocuments: {e: {title: t}}\n"
		"tables: {e/t: {title: t, rows: 1}}\n"
		"roles: {beta: {description: y}, gamma: {description: z}}\n"
		"rows:\n  - {id: e/t/1, l4: tcp, proto: sip, from: beta, to: gamma, "
		"dport: 1, need: required}\n";
	static const char borrower[] =
		"pack: q\ntitle: u\ndocuments: {e: {title: t}}\n"
		"tables: {e/t: {title: t, rows: 1}}\n"
		"roles: {gamma: {description: z}}\n"
		"rows:\n  - {id: e/t/1, l4: tcp, proto: sip, from: beta, to: gamma, "
		"dport: 1, need: required}\n";
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig, RIG_HEAD "  - {" RIG_ROW "}\n");
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, borrower),
			   "p.yaml:7:44: unknown role \"beta\"; roles: declares none like it"));
	rig_pack(&rig, second);
	CU_ASSERT_EQUAL(policy_role_count(rig.policy), 3);
	CU_ASSERT_STRING_EQUAL(policy_role_name(rig.policy, 2), "gamma");
	CU_ASSERT_STRING_EQUAL(policy_role_description(rig.policy, 1), "x"); /* the first one's */
	CU_ASSERT_STRING_EQUAL(policy_pack_name(rig.policy, 1), "q");
	CU_ASSERT_STRING_EQUAL(policy_pack_title(rig.policy, 1), "u");
	rig_close(&rig);
}

extern CU_TestInfo tests_pack[];
CU_TestInfo tests_pack[] = {
	{ "every mistake in a header is named with its line and column", test_mistakes },
	{ "the parts of a printed row stand together and count once", test_parts },
	{ "there are at most 256 roles", test_role_limit },
	{ "a pack goes in whole or not at all", test_whole_or_nothing },
	{ "packs share roles, but only those they declare", test_two_packs },
	CU_TEST_INFO_NULL,
};
