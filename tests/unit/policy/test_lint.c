/* What lint says about rows that parse. */
#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy.h"
#include "rig.h"

/* Two rows of a pack; what lint says of them, without the roles nobody uses. */
static const char *lint(struct rig *rig, const char *rows, const char *site)
{
	struct problems problems = { 0 };
	char pack[4096], text[1024];
	unsigned count = 0;
	const char *p;
	size_t i, at = 0;

	for (p = rows; (p = strstr(p, "- {id")) != NULL; p++)
		count++;
	snprintf(pack, sizeof(pack),
		 "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		 "tables: {d/t: {title: t, rows: %u}}\n"
		 "roles: {a: {description: x}, b: {description: x}, c: {description: x, is: b}, "
		 "g: {description: x, members: [a, b]}}\n"
		 "conditions: {x: {description: x, excludes: y}, y: {description: x}}\n"
		 "exceptions: {e: {description: x}}\n"
		 "rows:\n%s",
		 count, rows);
	rig_open(rig);
	rig_pack(rig, pack);
	if (site != NULL)
		rig_site(rig, site);
	rig_compile(rig);
	CU_ASSERT_EQUAL(policy_lint(rig->policy, RIG_NOW, &problems), 0);
	problems_sort(&problems, 0);
	rig->text[0] = '\0';
	for (i = 0; i < problems.count; i++) {
		if (strcmp(problems.items[i].code, "unused-role") == 0)
			continue;
		problem_text(&problems.items[i], text, sizeof(text));
		at += (size_t)snprintf(rig->text + at, sizeof(rig->text) - at, "%s%s [%s%s]",
				       at == 0 ? "" : "\n", text, problems.items[i].code,
				       problems.items[i].severity == SEVERITY_NOTE ? ", note" : "");
	}
	problems_free(&problems);
	policy_free(rig->policy);
	return rig->text;
}

#define R(id, rest) "- {id: d/t/" id ", need: required, " rest "}\n"

static void test_findings(void)
{
	static const struct {
		const char *rows, *want;
	} cases[] = {
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 1")
			  R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 2"),
		  "" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 1")
			  R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 1"),
		  "p.yaml:10:3: row d/t/2 documents the same flows as row d/t/1 (p.yaml:9) "
		  "[duplicate]" },
		/* Of many that are the same, and of many that are wider, the first is named. */
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 1")
			  R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 1")
				  R("3", "l4: tcp, proto: sip, from: a, to: b, dport: 1"),
		  "p.yaml:10:3: row d/t/2 documents the same flows as row d/t/1 (p.yaml:9) "
		  "[duplicate]\n"
		  "p.yaml:11:3: row d/t/3 documents the same flows as row d/t/1 (p.yaml:9) "
		  "[duplicate]" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: any, dport: 5")
			  R("2", "l4: tcp, proto: sip, from: any, to: b, dport: 5")
				  R("3", "l4: tcp, proto: sip, from: a, to: b, dport: 5"),
		  "p.yaml:11:3: every flow of row d/t/3 is one of row d/t/1 too (p.yaml:9) "
		  "[shadowed]" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5")
			  R("2", "l4: tcp, proto: sip, from: a, to: any, dport: 5")
				  R("3", "l4: tcp, proto: sip, from: any, to: b, dport: 5-6"),
		  "p.yaml:9:3: every flow of row d/t/1 is one of row d/t/2 too (p.yaml:10) "
		  "[shadowed]\n"
		  "p.yaml:11:3: row d/t/3 (5-6) shares flows with row d/t/2 (5, p.yaml:10) "
		  "[overlap, note]" },
		/* Wider ports, roles, transport, protocols, fewer conditions: the narrower is told.
		 */
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5")
			  R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 5-6"),
		  "p.yaml:9:3: every flow of row d/t/1 is one of row d/t/2 too (p.yaml:10) "
		  "[shadowed]" },
		{ R("1", "l4: [tcp, udp], proto: [sip, rtp], from: any, to: [a, b], dport: 5")
			  R("2", "l4: udp, proto: rtp/none, from: a, to: b, dport: 5, when: x"),
		  "p.yaml:10:3: every flow of row d/t/2 is one of row d/t/1 too (p.yaml:9) "
		  "[shadowed]" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: c, dport: 5")
			  R("2", "l4: tcp, proto: sip, from: g, to: b, dport: 5"),
		  "p.yaml:9:3: every flow of row d/t/1 is one of row d/t/2 too (p.yaml:10) "
		  "[shadowed]" },
		/* Not shadowed: another protocol, direction, validity, condition, or no peer named.
		 */
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5")
			  R("2", "l4: tcp, proto: rtp, from: b, to: a, dport: 5-6"),
		  "" },
		{ R("1", "l4: tcp, proto: sip/tls, from: unspecified, to: b, dport: 5")
			  R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 5, when: x"),
		  "" },
		{ R("1", "l4: tcp, proto: sip, from: unspecified, to: b, dport: 5")
			  R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 5"),
		  "" },
		/* What ends sooner does not stand for what does not end. */
		{ R("1",
		    "l4: tcp, proto: sip, from: a, to: b, dport: 5-6, valid: {until: 2020-01-01}")
			  R("2", "l4: tcp, proto: sip, from: a, to: b, dport: 5"),
		  "p.yaml:10:3: row d/t/2 (5) shares flows with row d/t/1 (5-6, p.yaml:9) "
		  "[overlap, note]" },
		/* Conditions that exclude each other: the rows never meet. */
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5-9, when: x")
			  R("2", "l4: tcp, proto: rtp, from: a, to: b, dport: 7-12, when: y"),
		  "" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5-9")
			  R("2", "l4: tcp, proto: rtp, from: a, to: b, dport: 9-12"),
		  "p.yaml:10:3: row d/t/2 (9-12) shares flows with row d/t/1 (5-9, p.yaml:9) "
		  "[overlap, note]" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5-9")
			  R("2", "l4: tcp, proto: rtp, from: a, to: b, dport: 10-12"),
		  "" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5-9")
			  R("2", "l4: udp, proto: rtp, from: a, to: b, dport: 9-12"),
		  "" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5-9")
			  R("2", "l4: tcp, proto: rtp, from: a, to: a, dport: 9-12"),
		  "" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5, when: [x, y]"),
		  "p.yaml:9:3: row d/t/1: its conditions exclude each other [unreachable]" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5, sport: 6, port: 7"),
		  "p.yaml:9:3: row d/t/1: neither its dport nor its sport can be its port "
		  "[unreachable]" },
		{ R("1",
		    "l4: tcp, proto: sip, from: a, to: b, dport: 5, valid: {until: 2013-03-14}"),
		  "p.yaml:9:3: row d/t/1 expired 2013-03-14 [expired]" },
		{ R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5, "
			 "valid: {until: 2013-03-14, except: e}"),
		  "p.yaml:9:3: row d/t/1 expired 2013-03-14, except for e [expired]" },
		{ R("1",
		    "l4: tcp, proto: sip, from: a, to: b, dport: 5, valid: {until: 2013-03-15}"),
		  "" },
	};
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (!rig_same(lint(&rig, cases[i].rows, NULL), cases[i].want))
			CU_FAIL(cases[i].rows);
}

static void test_site(void)
{
	static const char rows[] = R("1", "l4: tcp, proto: sip, from: a, to: b, dport: 5")
		R("2", "l4: tcp, proto: sip, from: b, to: a, dport: 5, "
		       "valid: {until: 2013-03-14, except: e}")
			R("3", "l4: tcp, proto: sip, from: b, to: any, dport: 5, when: x");
	struct rig rig;

	/* The site's exception keeps row 2; row 3 is denied anyway. */
	CU_ASSERT(rig_same(
		lint(&rig, rows,
		     "roles: {a: [10.0.0.1]}\nexceptions: [e]\n"
		     "conditions: {x: false}\n"),
		"p.yaml:9:3: row d/t/1: the site gives no address to any role of its \"to\" "
		"[unbound, note]\n"
		"p.yaml:10:3: row d/t/2: the site gives no address to any role of its \"from\" "
		"[unbound, note]"));
}

static void test_unused(void)
{
	struct problems problems = { 0 };
	struct rig rig;
	char text[256];

	rig_open(&rig);
	rig_pack(&rig,
		 "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		 "tables: {d/t: {title: t, rows: 1}}\n"
		 "roles:\n"
		 "  group: {description: x, members: [member], is: [whole]}\n"
		 "  member: {description: x}\n"
		 "  kind: {description: x, is: [group]}\n"
		 "  whole: {description: x}\n"
		 "  other: {description: x}\n"
		 "  lonely: {description: x}\n"
		 "alternatives: [{role: group, or: other, rows: d/t/1}]\n"
		 "rows:\n  - {id: d/t/1, l4: tcp, proto: sip, from: any, to: group, dport: 1, "
		 "need: required}\n");
	rig_compile(&rig);
	CU_ASSERT_EQUAL(policy_lint(rig.policy, RIG_NOW, &problems), 0);
	CU_ASSERT_EQUAL_FATAL(problems.count, 1);
	problem_text(&problems.items[0], text, sizeof(text));
	CU_ASSERT(rig_same(text, "p.yaml:11:3: no row uses role \"lonely\""));
	CU_ASSERT_STRING_EQUAL(problems.items[0].code, "unused-role");
	problems_free(&problems);
	rig_close(&rig);
}

extern CU_TestInfo tests_lint[];
CU_TestInfo tests_lint[] = {
	{ "duplicates, shadows, overlaps, unreachable and expired rows", test_findings },
	{ "with a site, roles without an address", test_site },
	{ "roles that nothing uses", test_unused },
	CU_TEST_INFO_NULL,
};
