/* The packs of the sibling documents: every printed row once, as printed, and at one with each other. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/packs.h"
#include "policy/policy_priv.h"
#include "printed.h"
#include "rig.h"

#define ROWS_MOST 128

/*
 * @rows: as printed; @rules: rows that are two rules, for two ports with a
 * protocol each, count twice
 * @duplicate, @shadowed, @expired: warnings of lint, which the pack explains
 */
static const struct sibling {
	const char *pack;
	unsigned rows, rules;
	unsigned duplicate, shadowed, expired;
	const char *tables[2]; /* below facts/extra */
	const char *document;  /* of a table with several; NULL: all */
} siblings[] = {
	{ "lync2013-single-edge-nat", 37, 37, 2, 5, 3, { "lync2013-single-edge-nat" }, NULL },
	{ "lync2013-single-edge-public", 37, 37, 2, 5, 3, { "lync2013-single-edge-public" }, NULL },
	{ "lync2013-scaled-edge-dnslb-nat",
	  38,
	  38,
	  2,
	  6,
	  3,
	  { "lync2013-scaled-edge-dnslb-nat" },
	  NULL },
	{ "lync2013-scaled-edge-dnslb-public",
	  37,
	  37,
	  2,
	  5,
	  3,
	  { "lync2013-scaled-edge-dnslb-public" },
	  NULL },
	{ "lync2013-scaled-edge-hlb", 33, 33, 0, 0, 0, { "lync2013-scaled-edge-hlb" }, NULL },
	{ "lync2013-reverse-proxy",
	  9,
	  9,
	  2,
	  2,
	  0,
	  { "lync2013-reverse-proxy", "lync2013-autodiscover" },
	  NULL },
	{ "lync2013-single-director", 9, 9, 0, 0, 0, { "lync2013-single-director" }, NULL },
	{ "lync2013-director-pool-hlb", 9, 9, 0, 0, 0, { "lync2013-director-pool-hlb" }, NULL },
	{ "lync2013-director-dns-hlb", 9, 9, 0, 0, 0, { "lync2013-director-dns-hlb" }, NULL },
	{ "lync2013-sip-xmpp-federation-and-pic",
	  10,
	  10,
	  0,
	  1,
	  3,
	  { "lync2013-sip-xmpp-federation-and-pic" },
	  NULL },
	{ "lync2013-xmpp-federation", 3, 3, 0, 0, 0, { "lync2013-xmpp-federation" }, NULL },
	{ "lync2013-determine-av-firewall",
	  13,
	  13,
	  2,
	  2,
	  0,
	  { "lync2013-determine-av-firewall" },
	  NULL },
	{ "lync2013-hybrid", 7, 8, 0, 0, 0, { "lync2013-hybrid" }, NULL },
	{ "lync2013-port-range-defaults",
	  10,
	  10,
	  0,
	  0,
	  0,
	  { "lync2013-port-range-defaults" },
	  NULL },
	{ "sfb2015-2019-servers", 106, 106, 1, 4, 0, { "sfb2015-2019-servers" }, NULL },
	{ "sfb2015-2019-edge", 55, 55, 24, 3, 0, { "sfb2015-2019-edge" }, NULL },
	{ "teams-endpoints-2023-07-31",
	  13,
	  17,
	  14,
	  0,
	  0,
	  { "teams-endpoints" },
	  "teams-endpoints-2023-07-31" },
	{ "teams-endpoints-later", 8, 11, 7, 0, 0, { "teams-endpoints" }, "teams-endpoints-later" },
	{ "teams-direct-routing", 12, 12, 2, 0, 0, { "teams-direct-routing" }, NULL },
	{ "teams-qos", 3, 3, 0, 0, 0, { "teams-qos" }, NULL },
};

static void load(struct rig *rig, const char *pack)
{
	char path[128];

	snprintf(path, sizeof(path), "rules/%s.yaml", pack);
	if (policy_load_pack(rig->policy, path, &rig->problems) != 0 || rig->problems.count > 0) {
		problem_text(&rig->problems.items[0], rig->text, sizeof(rig->text));
		printf("\n    %s", rig->text);
		CU_FAIL_FATAL("the pack does not load");
	}
}

static void open_one(struct rig *rig, const char *pack)
{
	rig_open(rig);
	load(rig, pack);
	rig_compile(rig);
}

static void open_all(struct rig *rig)
{
	size_t i;

	rig_open(rig);
	rig_shipped(rig);
	for (i = 0; i < ARRAY_SIZE(siblings); i++)
		load(rig, siblings[i].pack);
}

/* Rules, less those that are a further part of the row before. */
static unsigned printed_rows(const struct policy *policy)
{
	unsigned rows = 0, r;

	for (r = 0; r < policy_row_count(policy); r++) {
		const char *id = policy_row(policy, r)->id;

		rows += strcmp(id + strlen(id) - 6, "/https") != 0;
	}
	return rows;
}

static void test_counts(void)
{
	unsigned total = 0;
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(siblings); i++) {
		open_one(&rig, siblings[i].pack);
		CU_ASSERT_STRING_EQUAL(policy_pack_name(rig.policy, 0), siblings[i].pack);
		CU_ASSERT_EQUAL(policy_row_count(rig.policy), siblings[i].rules);
		CU_ASSERT_EQUAL(printed_rows(rig.policy), siblings[i].rows);
		total += siblings[i].rows;
		rig_close(&rig);
	}
	/* 480 in the sibling tables, less the 22 of posters that someone copied from a drawing. */
	CU_ASSERT_EQUAL(total, 458);
}

/* No pack is in the directory that the program or a test does not know. */
static void test_directory(void)
{
	const char *const *names = packs_siblings();
	unsigned packs = 0;
	struct dirent *entry;
	DIR *dir = opendir("rules");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(siblings) && names[i] != NULL; i++)
		CU_ASSERT_STRING_EQUAL(names[i], siblings[i].pack);
	CU_ASSERT(i == ARRAY_SIZE(siblings) && names[i] == NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir)) != NULL)
		packs += strstr(entry->d_name, ".yaml") != NULL;
	closedir(dir);
	/* Those of the seed documents, and the example of a site. */
	CU_ASSERT_EQUAL(packs, ARRAY_SIZE(siblings) + 3);
}

static void test_against_tables(void)
{
	size_t i, t;

	for (i = 0; i < ARRAY_SIZE(siblings); i++) {
		const struct sibling *s = &siblings[i];
		unsigned seen[ROWS_MOST] = { 0 }, r;
		int lines = 0, more = 0;
		struct rig rig;
		char name[128];

		open_one(&rig, s->pack);
		CU_ASSERT_FATAL(policy_row_count(rig.policy) <= ROWS_MOST);
		for (t = 0; t < ARRAY_SIZE(s->tables) && s->tables[t] != NULL && more >= 0; t++) {
			snprintf(name, sizeof(name), "extra/%s.tsv", s->tables[t]);
			more = printed_compare(rig.policy, name, s->document, seen);
			lines += more;
		}
		if (more >= 0) {
			CU_ASSERT_EQUAL(lines, (int)s->rows);
			for (r = 0; r < policy_row_count(rig.policy); r++)
				CU_ASSERT_EQUAL(seen[r], 1);
		}
		rig_close(&rig);
		if (more < 0)
			return;
	}
}

static unsigned warnings(const struct problems *problems, const char *code)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < problems->count; i++)
		n += problems->items[i].severity == SEVERITY_WARNING &&
		     strcmp(problems->items[i].code, code) == 0;
	return n;
}

static void test_lint(void)
{
	size_t i, p;

	for (i = 0; i < ARRAY_SIZE(siblings); i++) {
		const struct sibling *s = &siblings[i];
		struct problems problems = { 0 };
		unsigned all = 0;
		struct rig rig;

		open_one(&rig, s->pack);
		CU_ASSERT_EQUAL(
			policy_lint(rig.policy, RIG_NOW + INT64_C(86400) * NS_PER_S, &problems), 0);
		for (p = 0; p < problems.count; p++)
			all += problems.items[p].severity != SEVERITY_NOTE;
		if (all != s->duplicate + s->shadowed + s->expired ||
		    warnings(&problems, "duplicate") != s->duplicate ||
		    warnings(&problems, "shadowed") != s->shadowed ||
		    warnings(&problems, "expired") != s->expired) {
			printf("\n    %s: %u duplicate, %u shadowed, %u expired, %u in all",
			       s->pack, warnings(&problems, "duplicate"),
			       warnings(&problems, "shadowed"), warnings(&problems, "expired"),
			       all);
			CU_FAIL("lint finds something else");
		}
		problems_free(&problems);
		rig_close(&rig);
	}
}

/* The same names in two sets over two vocabularies. */
static bool same_roles(const struct vocabulary *a, const struct role_set *x,
		       const struct vocabulary *b, const struct role_set *y)
{
	unsigned role, n = 0, m = 0;
	int i;

	for (role = 0; role < a->counts[VOCAB_ROLE]; role++) {
		if (!role_set_has(x, role))
			continue;
		n++;
		i = vocabulary_find(b, VOCAB_ROLE, a->roles[role].name,
				    strlen(a->roles[role].name));
		if (i < 0 || !role_set_has(y, (unsigned)i))
			return false;
	}
	for (role = 0; role < b->counts[VOCAB_ROLE]; role++)
		m += role_set_has(y, role);
	return n == m;
}

static bool same_condition(const struct vocabulary *all, const struct vocabulary *one, unsigned i,
			   int at)
{
	unsigned a = 0, b = 0, word;

	for (word = 0; word < CONDITION_MAX / 64; word++) {
		a += (unsigned)__builtin_popcountll(one->conditions[i].excludes[word]);
		b += (unsigned)__builtin_popcountll(all->conditions[at].excludes[word]);
	}
	return a == b &&
	       strcmp(one->conditions[i].description, all->conditions[at].description) == 0;
}

/* Each name means in one pack what it means in all of them together. */
static void check_words(const struct vocabulary *all, const struct vocabulary *one,
			const char *pack)
{
	unsigned kind, i;
	bool same;
	int at;

	for (kind = 0; kind < VOCAB_COUNT; kind++)
		for (i = 0; i < one->counts[kind]; i++) {
			const char *name = vocabulary_name(one, kind, i);

			at = vocabulary_find(all, kind, name, strlen(name));
			CU_ASSERT_FATAL(at >= 0);
			same = kind == VOCAB_ROLE
				       ? strcmp(one->roles[i].description,
						all->roles[at].description) == 0 &&
						 same_roles(one, &one->roles[i].members, all,
							    &all->roles[at].members) &&
						 same_roles(one, &one->roles[i].is, all,
							    &all->roles[at].is)
			       : kind == VOCAB_CONDITION ? same_condition(all, one, i, at)
			       : kind == VOCAB_PARAMETER
				       ? one->parameters[i].least == all->parameters[at].least &&
						 strcmp(one->parameters[i].description,
							all->parameters[at].description) == 0
				       : true;
			if (!same) {
				printf("\n    %s: %s \"%s\" means something else elsewhere", pack,
				       vocabulary_word(kind), name);
				CU_FAIL("two packs disagree");
			}
		}
}

static void test_together(void)
{
	const char *const *name;
	struct rig all, one;
	size_t i;

	open_all(&all);
	rig_compile(&all);
	CU_ASSERT_EQUAL(policy_pack_count(all.policy), ARRAY_SIZE(siblings) + 2);
	CU_ASSERT_EQUAL(policy_row_count(all.policy), 97 + 458 + 8);
	for (i = 0; i < ARRAY_SIZE(siblings); i++) {
		open_one(&one, siblings[i].pack);
		check_words(&all.policy->vocabulary, &one.policy->vocabulary, siblings[i].pack);
		rig_close(&one);
	}
	for (name = packs_default(); *name != NULL; name++) {
		open_one(&one, *name);
		check_words(&all.policy->vocabulary, &one.policy->vocabulary, *name);
		rig_close(&one);
	}
	rig_close(&all);
}

/* Where two documents contradict each other, or a role has two names. */
static void test_either_end(void)
{
	struct rig rig;

	rig_open(&rig);
	load(&rig, "lync2013-single-edge-public");
	rig_site(&rig, "roles:\n"
		       "  edge-access: [192.0.2.10]\n"
		       "  edge-av: [192.0.2.12]\n"
		       "  edge-internal: [172.25.33.10]\n"
		       "  front-end: [10.10.0.11]\n"
		       "conditions: {feature:federation-ocs2007: false}\n");
	rig_compile(&rig);
	/* A/V printed with the Access interface: the A/V interface will do. */
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 192.0.2.12:50123 198.51.100.7:8"),
			   "external-interface/9"));
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 192.0.2.10:50123 198.51.100.7:8"),
			   "external-interface/9"));
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 198.51.100.7:8 192.0.2.12:50123"), ""));
	/* The XMPP proxy shares the address of the Access Edge. */
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 198.51.100.7:40000 192.0.2.10:5269"),
			   "external-interface/1 xmpp/1"));
	/* "any (can be defined as ...)" authorises everyone. */
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 10.99.0.1:40000 172.25.33.10:8057"),
			   "internal-interface/4"));
	rig_close(&rig);

	rig_open(&rig);
	load(&rig, "lync2013-reverse-proxy");
	rig_site(&rig, "roles: {reverse-proxy: [192.0.2.80], lb-front-end: [10.10.0.10]}\n");
	rig_compile(&rig);
	/* A pool is its virtual address too, a Director is not. */
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 192.0.2.80:40000 10.10.0.10:4443"),
			   "internal-interface/2 internal-interface/2"));
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 192.0.2.80:40000 10.10.0.20:4443"), ""));
	rig_close(&rig);

	rig_open(&rig);
	load(&rig, "lync2013-single-director");
	rig_site(&rig, "roles: {director: [10.10.0.21], client: [10.20.0.5]}\n");
	rig_compile(&rig);
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 10.10.0.99:40000 10.10.0.21:50002"), "director/8"));
	/* Who is inside the site has to say. */
	CU_ASSERT(rig_same(rig_nearest(&rig, "tcp 10.20.0.5:40000 10.10.0.21:443"),
			   "row lync2013-single-director/director/5 differs only in from: "
			   "10.20.0.5 is client, documented client-internal, which the site "
			   "does not bind"));
	rig_close(&rig);
}

/* Advice about IPsec lets no flow pass, and 2019 has no XMPP. */
static void test_not_documented(void)
{
	struct rig rig;

	open_one(&rig, "sfb2015-2019-servers");
	CU_ASSERT(rig_same(rig_match(&rig, "udp 198.51.100.7:9 192.0.2.12:40000"),
			   "client-ports/8?* client-ports/9?*"));
	CU_ASSERT(policy_find_row(rig.policy, "sfb2015-2019-servers/ipsec-exceptions/15") >= 0);
	rig_close(&rig);
	open_one(&rig, "sfb2015-2019-edge");
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 198.51.100.7:9 192.0.2.10:5269"),
			   "external/1* hlb-external-vip/1* hlb-external-vip/2*"));
	rig_close(&rig);
	rig_open(&rig);
	load(&rig, "sfb2015-2019-edge");
	rig_site(&rig, "roles: {edge-access: [192.0.2.10]}\n"
		       "conditions: {product:before-sfb2019: false}\n");
	rig_compile(&rig);
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 198.51.100.7:9 192.0.2.10:5269"), ""));
	rig_close(&rig);
}

/* The session border controller's ports are the administrator's to name. */
static void test_direct_routing(void)
{
	static const char roles[] = "roles: {sbc: [192.0.2.5], teams-sip-proxy: [52.114.75.24], "
				    "teams-media-processor: [52.114.75.30]}\n"
				    "conditions: {media-bypass: false}\n";
	char site[512];
	struct rig rig;

	rig_open(&rig);
	load(&rig, "teams-direct-routing");
	rig_site(&rig, roles);
	rig_compile(&rig);
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 52.114.75.24:4000 192.0.2.5:5067"), "sip/1 sip/1"));
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 52.114.75.24:4000 192.0.2.5:22"), "sip/1 sip/1"));
	/* Any port fits so far, so it takes the protocol's bytes. */
	CU_ASSERT(row_is_wide(policy_row(rig.policy, 0)));
	rig_close(&rig);

	rig_open(&rig);
	load(&rig, "teams-direct-routing");
	snprintf(site, sizeof(site),
		 "%sparameters: {sbc-signalling-port: 5067, "
		 "sbc-media-ports: 20000-29999}\n",
		 roles);
	rig_site(&rig, site);
	rig_compile(&rig);
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 52.114.75.24:4000 192.0.2.5:5067"), "sip/1 sip/1"));
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 52.114.75.24:4000 192.0.2.5:22"), ""));
	CU_ASSERT(!row_is_wide(policy_row(rig.policy, 0)));
	CU_ASSERT(rig_same(rig_match(&rig, "udp 52.114.75.30:49152 192.0.2.5:20000"), "media/1"));
	CU_ASSERT(rig_same(rig_match(&rig, "udp 192.0.2.5:29999 52.114.75.30:3478"), "media/2"));
	CU_ASSERT(rig_same(rig_match(&rig, "udp 192.0.2.5:30000 52.114.75.30:3478"), ""));
	rig_close(&rig);
}

extern CU_TestInfo tests_siblings[];
CU_TestInfo tests_siblings[] = {
	{ "every pack has every row of its document once", test_counts },
	{ "every pack of the directory is tested", test_directory },
	{ "every field agrees with the normalised tables", test_against_tables },
	{ "lint finds in them what their comments explain", test_lint },
	{ "all packs load together and their names mean the same", test_together },
	{ "contradictions of the documents and roles of two names fit at either", test_either_end },
	{ "advice about IPsec documents no flow, nor XMPP where there is none",
	  test_not_documented },
	{ "the ports of an SBC are free until the site names them", test_direct_routing },
	CU_TEST_INFO_NULL,
};
