/* The shipped packs hold every printed row once, as printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy.h"
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

/* ---- field by field against the normalised tables ---- */

enum {
	COL_DOCUMENT = 0,
	COL_TABLE = 1,
	COL_ROW = 2,
	COL_TRANSPORT = 17,
	COL_APP = 20,
	COL_TLS = 21,
	COL_SOURCE = 22,
	COL_DESTINATION = 23,
	COL_REQUIREMENT = 24,
	COL_PORTS = 26,
	COL_SIDE = 27,
	COL_DIRECTION = 28,
	COL_CONDITION = 30,
	COL_VALIDITY = 31,
	COL_CONFIGURABLE = 32,
	COLUMNS = 33
};

struct line {
	char *col[COLUMNS];
	const struct row *row;
	const struct policy *policy;
};

static bool is(const struct line *l, int col, const char *text)
{
	return strcmp(l->col[col], text) == 0;
}

/* Every item of a list, told to the callback's like: count items equal to @item. */
static unsigned items(const char *list, const char *separators, char out[][64], unsigned most)
{
	char copy[256], *save = NULL, *item;
	unsigned n = 0;

	snprintf(copy, sizeof(copy), "%s", list);
	for (item = strtok_r(copy, separators, &save); item != NULL && n < most;
	     item = strtok_r(NULL, separators, &save))
		snprintf(out[n++], 64, "%s", item);
	return n;
}

static bool transport_agrees(const struct line *l)
{
	unsigned want = (strstr(l->col[COL_TRANSPORT], "tcp") != NULL ? ROW_L4_TCP : 0) |
			(strstr(l->col[COL_TRANSPORT], "udp") != NULL ? ROW_L4_UDP : 0);

	return l->row->l4 == want;
}

static bool has_protocol(const struct row *row, const char *app, const char *tls)
{
	unsigned i;

	for (i = 0; i < row->protocol_count; i++)
		if (strcmp(application_name(row->protocols[i].app), app) == 0 &&
		    strcmp(tls_mode_name(row->protocols[i].tls), tls) == 0)
			return true;
	return false;
}

/* "sip-tls;sip-mtls", "https;unspecified", "stun/msturn", "wcf" with "tls+mtls". */
static bool protocols_agree(const struct line *l)
{
	char apps[4][64], modes[4][64];
	unsigned n, m, i, j, wanted = 0;

	if (is(l, COL_APP, "-"))
		return l->row->protocol_count == 0;
	n = items(l->col[COL_APP], ";/", apps, 4);
	m = items(l->col[COL_TLS], ";+", modes, 4);
	for (i = 0; i < n; i++) {
		char *suffix = strrchr(apps[i], '-');

		if (suffix != NULL &&
		    (strcmp(suffix, "-tls") == 0 || strcmp(suffix, "-mtls") == 0)) {
			*suffix = '\0';
			if (!has_protocol(l->row, apps[i], suffix + 1))
				return false;
			wanted++;
		} else if (strcmp(apps[i], "https") == 0) {
			if (!has_protocol(l->row, "http", "tls"))
				return false;
			wanted++;
		} else {
			/* One application with all modes, or each with its own. */
			for (j = n == 1   ? 0
				 : m == 1 ? 0
					  : i;
			     j < (n == 1   ? m
				  : m == 1 ? 1
					   : i + 1);
			     j++) {
				if (!has_protocol(l->row, apps[i], modes[j]))
					return false;
				wanted++;
			}
		}
	}
	return l->row->protocol_count == wanted;
}

static bool side_agrees(const struct line *l, int col, const struct side *side)
{
	char roles[8][64];
	unsigned n, i, role, have = 0, found = 0;

	if (is(l, col, "-") || is(l, col, "unspecified"))
		return side->kind == SIDE_UNSPECIFIED;
	n = items(l->col[col], ";", roles, 8);
	for (role = 0; role < policy_role_count(l->policy); role++) {
		if (!role_set_has(&side->roles, role))
			continue;
		have++;
		for (i = 0; i < n; i++)
			found += strcmp(roles[i], policy_role_name(l->policy, role)) == 0;
	}
	return side->kind == SIDE_ROLES && have == n && found == n;
}

/* Which of the three keys the ports have to be in, and which way. */
static bool ports_agree(const struct line *l)
{
	const struct row *row = l->row;
	bool dport = row->dport.count > 0, sport = row->sport.count > 0, port = row->port.count > 0;
	char text[64];

	policy_row_ports_text(row, text, sizeof(text));
	if (strcmp(text, l->col[COL_PORTS]) != 0)
		return false;
	if (is(l, COL_SIDE, "-"))
		return !dport && !sport && !port;
	if (is(l, COL_SIDE, "dst"))
		return dport && !sport && !port &&
		       row->twoway == (is(l, COL_DIRECTION, "both") ? TWOWAY_SWAP : TWOWAY_NO);
	if (is(l, COL_SIDE, "ambiguous"))
		return !dport && !sport && port && row->twoway == TWOWAY_NO;
	if (is(l, COL_SIDE, "both"))
		return sport && dport && !port && row->sport.ranges[0].lo == 68 &&
		       row->dport.ranges[0].lo == 67 && row->twoway == TWOWAY_ANCHORED;
	/* local: the port is the table's role's, which is the client in the clients' table */
	return is(l, COL_SIDE, "local") && !port && row->twoway == TWOWAY_ANCHORED &&
	       (is(l, COL_TABLE, "client-ports") ? sport && !dport : dport && !sport);
}

static bool need_agrees(const struct line *l)
{
	if (is(l, COL_REQUIREMENT, "conditional"))
		return l->row->need == NEED_REQUIRED && l->row->condition_count > 0;
	if (is(l, COL_REQUIREMENT, "optional"))
		return l->row->need == NEED_OPTIONAL;
	if (is(l, COL_REQUIREMENT, "none"))
		return l->row->need == NEED_NONE;
	return l->row->need == NEED_REQUIRED;
}

static bool conditions_agree(const struct line *l)
{
	char names[4][64];
	unsigned n = is(l, COL_CONDITION, "-") ? 0 : items(l->col[COL_CONDITION], ";", names, 4);
	unsigned i, j, found = 0;

	for (i = 0; i < n; i++)
		for (j = 0; j < l->row->condition_count; j++)
			found += strcmp(names[i], policy_condition_name(
							  l->policy, l->row->conditions[j])) == 0;
	return found == n && l->row->condition_count == n;
}

static bool validity_agrees(const struct line *l)
{
	static const char until[] = "until 2013-03-15 except mainland China";

	if (is(l, COL_VALIDITY, "-"))
		return l->row->until_text == NULL && l->row->exception == NULL;
	return strncmp(l->col[COL_VALIDITY], until, sizeof(until) - 1) == 0 &&
	       l->row->until_text != NULL && strcmp(l->row->until_text, "2013-03-15") == 0 &&
	       l->row->exception != NULL && strcmp(l->row->exception, "mainland-china") == 0;
}

static void check_line(struct line *l)
{
	const struct {
		const char *what;
		bool agrees;
	} fields[] = {
		{ "transport", transport_agrees(l) },
		{ "protocols and tls", protocols_agree(l) },
		{ "source role", side_agrees(l, COL_SOURCE, &l->row->from) },
		{ "destination role", side_agrees(l, COL_DESTINATION, &l->row->to) },
		{ "ports, side and direction", ports_agree(l) },
		{ "requirement", need_agrees(l) },
		{ "condition", conditions_agree(l) },
		{ "validity", validity_agrees(l) },
		{ "configurable", is(l, COL_CONFIGURABLE, "yes") == (l->row->tune != NULL) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (!fields[i].agrees) {
			printf("\n    %s: %s differs from the table", l->row->id, fields[i].what);
			CU_FAIL("a field differs");
		}
}

static FILE *open_table(void)
{
	const char *shared = getenv("FLOWAUDIT_SHARED");
	char path[1024];

	snprintf(path, sizeof(path), "%s/facts/documented-flows.tsv",
		 shared == NULL ? "../shared" : shared);
	return fopen(path, "re");
}

static void test_against_table(void)
{
	FILE *f = open_table();
	unsigned lines = 0, distinct = 0, i;
	bool seen[97] = { false };
	char *text = NULL, id[128];
	size_t cap = 0;
	struct rig rig;

	if (f == NULL) {
		printf("(no documented-flows.tsv: set FLOWAUDIT_SHARED) ");
		return;
	}
	open_shipped(&rig);
	CU_ASSERT_FATAL(getline(&text, &cap, f) > 0);
	while (getline(&text, &cap, f) > 0) {
		struct line l = { .policy = rig.policy };
		char *rest = text;
		int index;

		text[strcspn(text, "\n")] = '\0';
		for (i = 0; i < COLUMNS; i++)
			l.col[i] = strsep(&rest, "\t");
		CU_ASSERT_FATAL(l.col[COLUMNS - 1] != NULL && rest == NULL);
		snprintf(id, sizeof(id), "%s/%s/%s", l.col[COL_DOCUMENT], l.col[COL_TABLE],
			 l.col[COL_ROW]);
		index = policy_find_row(rig.policy, id);
		CU_ASSERT_FATAL(index >= 0 && index < 97);
		distinct += !seen[index];
		seen[index] = true;
		l.row = policy_row(rig.policy, (unsigned)index);
		check_line(&l);
		lines++;
	}
	CU_ASSERT_EQUAL(lines, 115); /* the six public IM rows in four translations, and 91 */
	CU_ASSERT_EQUAL(distinct, 97);
	free(text);
	fclose(f);
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
