/* The shipped packs hold every printed row once, as printed. */
#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "printed.h"
#include "rig.h"

static void open_shipped(struct rig *rig)
{
	rig_open(rig);
	rig_shipped(rig);
	rig_compile(rig);
}

static void test_counts(void)
{
	static const struct {
		const char *table;
		unsigned rows, required, optional, none, unspecified;
	} tables[] = {
		{ "pic/firewall-summary/", 6, 6, 0, 0, 0 },
		{ "internal/server-ports/", 52, 50, 2, 0, 25 },
		{ "internal/hlb-only/", 20, 20, 0, 0, 17 },
		{ "internal/hlb-dns/", 7, 6, 0, 1, 3 },
		{ "internal/client-ports/", 12, 12, 0, 0, 8 },
	};
	unsigned i, r, n, total = 0, unspecified = 0, needs[3];
	char id[64];
	struct rig rig;

	open_shipped(&rig);
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		memset(needs, 0, sizeof(needs));
		n = 0;
		for (r = 0; r < policy_row_count(rig.policy); r++) {
			const struct row *row = policy_row(rig.policy, r);

			if (strncmp(row->id, tables[i].table, strlen(tables[i].table)) != 0)
				continue;
			total++;
			needs[row->need]++;
			n += row->need != NEED_NONE && (row->from.kind == SIDE_UNSPECIFIED ||
							row->to.kind == SIDE_UNSPECIFIED);
		}
		CU_ASSERT_EQUAL(needs[NEED_REQUIRED], tables[i].required);
		CU_ASSERT_EQUAL(needs[NEED_OPTIONAL], tables[i].optional);
		CU_ASSERT_EQUAL(needs[NEED_NONE], tables[i].none);
		CU_ASSERT_EQUAL(n, tables[i].unspecified);
		unspecified += n;
		/* Numbered from 1 without a hole. */
		for (r = 1; r <= tables[i].rows; r++) {
			snprintf(id, sizeof(id), "%s%u", tables[i].table, r);
			CU_ASSERT(policy_find_row(rig.policy, id) >= 0);
		}
	}
	CU_ASSERT_EQUAL(total, 97);
	CU_ASSERT_EQUAL(policy_row_count(rig.policy), 97);
	CU_ASSERT_EQUAL(unspecified, 53); /* of the 96 rows that are not blank */
	rig_close(&rig);
}

static const struct row *row_of(const struct rig *rig, const char *id)
{
	int i = policy_find_row(rig->policy, id);

	CU_ASSERT_FATAL(i >= 0);
	return policy_row(rig->policy, (unsigned)i);
}

/* What DESIGN and the documents make a point of. */
static void test_as_printed(void)
{
	struct rig rig;
	const struct row *row;
	char text[128];

	open_shipped(&rig);
	row = row_of(&rig, "pic/firewall-summary/4");
	CU_ASSERT_EQUAL(row->l4, ROW_L4_TCP); /* RTP over TCP, there is no UDP row */
	CU_ASSERT_EQUAL(row->protocols[0].app, APPLICATION_RTP);
	CU_ASSERT(row->port.count == 1 && row->dport.count == 0 && row->sport.count == 0);
	policy_row_ports_text(row, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "50000-59999");
	CU_ASSERT_STRING_EQUAL(row->until_text, "2013-03-15");
	CU_ASSERT_STRING_EQUAL(row->exception, "mainland-china");
	CU_ASSERT_EQUAL(row->until_ns, INT64_C(1363392000) * NS_PER_S); /* 2013-03-16T00:00:00Z */
	row = row_of(&rig, "internal/server-ports/7");
	policy_row_protocols_text(row, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "psom/tls");
	policy_row_ports_text(row, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "8057");
	row = row_of(&rig, "internal/client-ports/1");
	policy_row_ports_text(row, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "67,68");
	row = row_of(&rig, "internal/server-ports/4");
	policy_row_protocols_text(row, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "http/tls, unspecified");
	/* Near-duplicates stay two rows. */
	CU_ASSERT_NOT_EQUAL(policy_find_row(rig.policy, "internal/server-ports/1"),
			    policy_find_row(rig.policy, "internal/server-ports/38"));
	/* Where it comes from. */
	CU_ASSERT(rig_same(policy_row_title(rig.policy, row, rig.text, sizeof(rig.text)),
			   "Ports and protocols for internal servers (revised 2015-03-09): "
			   "Ports required on servers, by role"));
	rig_close(&rig);
}

static void test_against_table(void)
{
	unsigned seen[97] = { 0 }, distinct = 0, i;
	struct rig rig;
	int lines;

	open_shipped(&rig);
	CU_ASSERT_EQUAL_FATAL(policy_row_count(rig.policy), ARRAY_SIZE(seen));
	lines = printed_compare(rig.policy, "documented-flows.tsv", NULL, seen);
	for (i = 0; i < ARRAY_SIZE(seen); i++)
		distinct += seen[i] > 0;
	if (lines >= 0) {
		/* The six public IM rows in four translations, and 91. */
		CU_ASSERT_EQUAL(lines, 115);
		CU_ASSERT_EQUAL(distinct, 97);
	}
	rig_close(&rig);
}

/* No errors; the warnings are those that the packs' comments explain. */
static void test_lint_of_shipped(void)
{
	static const char *const wanted[] = {
		"shadowed internal/server-ports/22", "shadowed internal/server-ports/23",
		"shadowed internal/server-ports/24", "duplicate internal/server-ports/38",
		"shadowed internal/server-ports/49", "expired pic/firewall-summary/4",
		"expired pic/firewall-summary/5",    "expired pic/firewall-summary/6",
	};
	struct problems problems = { 0 };
	unsigned warnings = 0;
	struct rig rig;
	size_t i, w;

	open_shipped(&rig);
	CU_ASSERT_EQUAL(policy_lint(rig.policy, RIG_NOW + INT64_C(86400) * NS_PER_S, &problems), 0);
	CU_ASSERT_EQUAL(problems.errors, 0);
	for (i = 0; i < problems.count; i++) {
		const struct problem *p = &problems.items[i];
		bool known = false;

		if (p->severity != SEVERITY_WARNING)
			continue;
		for (w = 0; w < ARRAY_SIZE(wanted); w++) {
			const char *id = strchr(wanted[w], ' ') + 1;

			known = known || (strncmp(wanted[w], p->code, strlen(p->code)) == 0 &&
					  strstr(p->text, id) != NULL);
		}
		if (!known)
			printf("\n    %s [%s]", p->text, p->code);
		CU_ASSERT(known);
		warnings++;
	}
	CU_ASSERT_EQUAL(warnings, ARRAY_SIZE(wanted));
	problems_free(&problems);
	rig_close(&rig);
}

static void test_example_site(void)
{
	struct rig rig;

	rig_open(&rig);
	rig_shipped(&rig);
	CU_ASSERT_EQUAL(policy_load_site(rig.policy, "rules/site-example.yaml", &rig.problems), 0);
	CU_ASSERT_EQUAL(rig.problems.count, 0);
	rig_compile(&rig);
	CU_ASSERT_STRING_EQUAL(policy_site_name(rig.policy), "contoso");
	CU_ASSERT(rig_same(
		rig_nearest(&rig, "tcp 10.20.0.5:51000 10.10.0.11:8059"),
		"row internal/server-ports/7 differs only in dport: 8059, documented 8057"));
	rig_close(&rig);
}

extern CU_TestInfo tests_shipped[];
CU_TestInfo tests_shipped[] = {
	{ "every printed row is there once, and counts as it should", test_counts },
	{ "the rows that are easily got wrong are as printed", test_as_printed },
	{ "every field agrees with the normalised tables", test_against_table },
	{ "lint finds in them what their comments explain", test_lint_of_shipped },
	{ "the example site loads and finds the example's nearest row", test_example_site },
	CU_TEST_INFO_NULL,
};
