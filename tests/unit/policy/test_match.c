/* Which rows a tuple satisfies: sets, fences, ways, roles, validity. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy.h"
#include "rig.h"

static const char site[] = "site: contoso\n"
			   "roles:\n"
			   "  edge-access: [192.0.2.10]\n"
			   "  edge-av: [192.0.2.12]\n"
			   "  front-end: [10.10.0.11-10.10.0.13]\n"
			   "  front-end-cms: [10.10.0.14]\n"
			   "  front-end-collocated-mediation: [10.10.0.15]\n"
			   "  director: [10.10.0.21]\n"
			   "  mediation: [10.10.0.31]\n"
			   "  office-web-apps: [10.10.0.51]\n"
			   "  lb-front-end: [10.10.0.10]\n"
			   "  client: [10.20.0.0/16]\n"
			   "  legacy-client: [10.21.0.0/16]\n"
			   "  dhcp-server: [10.10.0.5]\n"
			   "  pstn-gateway: [10.40.0.1]\n"
			   "  reverse-proxy: [192.0.2.20]\n"
			   "  trusted-service: [10.10.0.71]\n"
			   "  e911-gateway: [10.40.0.9]\n"
			   "  pic-partner: [any]\n"
			   "  messenger-client: [any]\n";

static void open_shipped(struct rig *rig, const char *text)
{
	rig_open(rig);
	rig_shipped(rig);
	if (text != NULL)
		rig_site(rig, text);
	rig_compile(rig);
}

struct match_case {
	const char *tuple, *want;
};

static void check(struct rig *rig, const struct match_case *cases, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!rig_same(rig_match(rig, cases[i].tuple), cases[i].want))
			CU_FAIL(cases[i].tuple);
}

/* Port 80 is below every client range, so that only the port under test speaks. */
static void test_fences(void)
{
	static const struct match_case cases[] = {
		/* 10 is TCP or UDP 57501-65535, 39 is 49152-57500, 28 is TCP 49152-65535. */
		{ "tcp 192.0.2.77:80 10.10.0.11:49151", "" },
		{ "tcp 192.0.2.77:80 10.10.0.11:49152", "server-ports/39? server-ports/28?" },
		{ "tcp 192.0.2.77:80 10.10.0.11:50001", "server-ports/39? server-ports/28?" },
		{ "tcp 192.0.2.77:80 10.10.0.11:57500", "server-ports/39? server-ports/28?" },
		{ "tcp 192.0.2.77:80 10.10.0.11:57501", "server-ports/10? server-ports/28?" },
		{ "tcp 192.0.2.77:80 10.10.0.11:65535", "server-ports/10? server-ports/28?" },
		{ "udp 192.0.2.77:80 10.10.0.11:57500", "server-ports/39?" },
		{ "udp 192.0.2.77:80 10.10.0.11:57501", "server-ports/10?" },
		/* Only audio ends on Mediation; row 10 and 28 are the Front End's. */
		{ "udp 192.0.2.77:80 10.10.0.31:57500", "server-ports/39?" },
		{ "udp 192.0.2.77:80 10.10.0.31:57501", "" },
		/* Clients: 1024-65535 and, for older peers, 6891-6901. */
		{ "tcp 10.20.0.1:1023 192.0.2.77:80", "" },
		{ "tcp 10.20.0.1:1024 192.0.2.77:80",
		  "client-ports/8? client-ports/9? client-ports/11?" },
		{ "udp 10.20.0.1:1024 192.0.2.77:80", "client-ports/8? client-ports/9?" },
		{ "tcp 10.20.0.1:6890 10.21.0.1:80",
		  "client-ports/8? client-ports/9? client-ports/11?" },
		{ "tcp 10.20.0.1:6891 10.21.0.1:80",
		  "client-ports/7 client-ports/8? client-ports/9? client-ports/11?" },
		{ "tcp 10.20.0.1:6901 10.21.0.1:80",
		  "client-ports/7 client-ports/8? client-ports/9? client-ports/11?" },
		{ "tcp 10.20.0.1:6902 10.21.0.1:80",
		  "client-ports/8? client-ports/9? client-ports/11?" },
	};
	struct rig rig;

	open_shipped(&rig, site);
	check(&rig, cases, ARRAY_SIZE(cases));
	rig_close(&rig);
}

static void test_ways(void)
{
	static const struct match_case cases[] = {
		/* 5061 is two mirrored rows: each way has its own. */
		{ "tcp 203.0.113.5:80 192.0.2.10:5061", "firewall-summary/1" },
		{ "tcp 192.0.2.10:80 203.0.113.5:5061", "firewall-summary/2" },
		/* Swap: either opens, the port is the responder's. */
		{ "tcp 10.10.0.71:80 10.10.0.11:5060", "server-ports/2" },
		{ "tcp 10.10.0.11:80 10.10.0.71:5060", "server-ports/2" },
		{ "tcp 10.10.0.11:5060 10.10.0.71:80", "" },
		{ "tcp 10.10.0.11:80 10.10.0.21:444", "server-ports/4 server-ports/42" },
		{ "tcp 10.10.0.21:80 10.10.0.11:444", "server-ports/4 server-ports/42" },
		/* Anchored: either opens, the port stays with its role. */
		{ "udp 10.20.0.1:68 10.10.0.5:67", "client-ports/1" },
		{ "udp 10.10.0.5:67 10.20.0.1:68", "client-ports/1" },
		{ "udp 10.20.0.1:67 10.10.0.5:68", "" },
		{ "udp 10.10.0.31:50000 192.0.2.77:80", "server-ports/39?" },
		{ "tcp 10.21.0.1:80 10.20.0.1:6891",
		  "client-ports/7 client-ports/8? client-ports/9? client-ports/11?" },
		{ "tcp 10.21.0.1:6891 10.20.0.1:80", "" },
		/* One way only: the listener does not open. */
		{ "tcp 10.20.0.1:80 10.10.0.11:8057", "server-ports/7" },
		{ "tcp 10.10.0.11:8057 10.20.0.1:80", "" },
		/* A port at either end, one way. */
		{ "tcp 10.10.0.15:5081 10.40.0.1:80", "server-ports/25" },
		{ "tcp 10.10.0.15:80 10.40.0.1:5081", "server-ports/25" },
		{ "tcp 10.40.0.1:80 10.10.0.15:5081", "" },
		{ "tcp 192.0.2.10:50000 203.0.113.5:80", "firewall-summary/4" },
		{ "tcp 192.0.2.10:80 203.0.113.5:59999", "firewall-summary/4" },
		{ "tcp 192.0.2.10:80 203.0.113.5:60000", "" },
		{ "udp 192.0.2.10:80 203.0.113.5:50000", "" }, /* TCP only, as printed */
	};
	struct rig rig;

	open_shipped(&rig, site);
	check(&rig, cases, ARRAY_SIZE(cases));
	rig_close(&rig);
}

static void test_unknown_initiator(void)
{
	static const struct match_case cases[] = {
		{ "?tcp 10.20.0.1:80 10.10.0.11:8057", "server-ports/7" },
		{ "?tcp 10.10.0.11:8057 10.20.0.1:80", "server-ports/7~" },
		/* The twins: one fits as it is, one from the other end. */
		{ "?tcp 203.0.113.5:5061 192.0.2.10:5061",
		  "firewall-summary/1 firewall-summary/2~" },
		/* A row that allows both ways is not reversed. */
		{ "?tcp 10.10.0.11:80 10.10.0.71:5060", "server-ports/2" },
		{ "?tcp 10.10.0.11:5060 10.10.0.71:80", "server-ports/2~" },
	};
	struct rig rig;

	open_shipped(&rig, site);
	check(&rig, cases, ARRAY_SIZE(cases));
	rig_close(&rig);
}

static void test_roles(void)
{
	static const struct match_case cases[] = {
		/* A group follows its members; web-farm is Front End and Director. */
		{ "tcp 10.10.0.11:80 10.10.0.12:443", "server-ports/12 server-ports/19?" },
		{ "tcp 10.10.0.11:80 10.10.0.21:443", "server-ports/12" },
		{ "tcp 10.10.0.21:80 10.10.0.11:443", "server-ports/19? server-ports/44" },
		{ "tcp 10.10.0.31:80 10.10.0.51:443", "server-ports/40" },
		{ "tcp 10.20.0.1:80 10.10.0.51:443",
		  "client-ports/2? client-ports/3? client-ports/4?" },
		/* Who has the Central Management store is a Front End too; not the other way. */
		{ "tcp 10.10.0.14:80 10.10.0.31:445", "server-ports/37" },
		{ "tcp 10.10.0.11:80 10.10.0.31:445", "" },
		{ "tcp 10.20.0.1:80 10.10.0.14:8057", "server-ports/7" },
		/* A collocated server is Front End and Mediation. */
		{ "tcp 10.10.0.11:80 10.10.0.15:5070",
		  "server-ports/22 server-ports/46 server-ports/49" },
		{ "tcp 10.10.0.11:80 10.10.0.31:5070", "server-ports/46 server-ports/49" },
		{ "tcp 10.20.0.1:80 10.10.0.15:8057", "server-ports/7" },
		/* The pool's address is not its servers'. */
		{ "tcp 10.20.0.1:80 10.10.0.10:8057", "" },
		{ "tcp 192.0.2.77:80 10.10.0.10:5072", "hlb-only/8?" },
		/* The documented alternative: A/V Edge for Access, on three rows only. */
		{ "udp 192.0.2.12:80 203.0.113.5:3478", "firewall-summary/5" },
		{ "tcp 192.0.2.12:50000 203.0.113.5:80", "firewall-summary/4" },
		{ "tcp 192.0.2.12:80 203.0.113.5:5061", "" },
		/* "any" is who has no other role: a client is not a partner. */
		{ "tcp 10.20.0.1:80 192.0.2.10:5061", "client-ports/6?" },
		/* Roles that the site does not bind: persistent-chat-front-end. */
		{ "tcp 192.0.2.77:80 10.10.0.41:5041", "" },
		/* No address yet, and everyone on the link, may be anybody. */
		{ "udp 0.0.0.0:68 255.255.255.255:67", "client-ports/1? client-ports/12?" },
		{ "udp 10.10.0.5:67 255.255.255.255:68", "client-ports/1? client-ports/12?" },
		{ "udp 10.10.0.6:67 255.255.255.255:68", "" },
	};
	struct rig rig;

	open_shipped(&rig, site);
	check(&rig, cases, ARRAY_SIZE(cases));
	rig_close(&rig);
}

/* A group that the site binds by itself no longer follows its members. */
static void test_bound_group(void)
{
	static const struct match_case cases[] = {
		{ "tcp 10.10.0.11:80 10.10.0.99:443", "server-ports/12" },
		{ "tcp 10.10.0.11:80 10.10.0.12:443", "server-ports/19?" },
	};
	struct rig rig;

	open_shipped(&rig,
		     "roles: {front-end: [10.10.0.11, 10.10.0.12], web-farm: [10.10.0.99]}\n");
	check(&rig, cases, ARRAY_SIZE(cases));
	rig_close(&rig);
}

/* One address, two roles: both rows. */
static void test_collocation(void)
{
	static const struct match_case cases[] = {
		{ "tcp 10.0.0.1:80 10.0.0.2:5067", "server-ports/47" },
		{ "tcp 10.0.0.2:80 10.0.0.2:5070", "server-ports/46 server-ports/49" },
		{ "tcp 10.0.0.2:80 10.0.0.2:5086", "server-ports/17" },
	};
	struct rig rig;

	open_shipped(
		&rig,
		"roles: {pstn-gateway: [10.0.0.1], front-end: [10.0.0.2], mediation: [10.0.0.2]}\n"
		"conditions: {collocated-mediation: false}\n");
	check(&rig, cases, ARRAY_SIZE(cases));
	rig_close(&rig);
}

/* Without a site roles are not checked, and the rows that name some say so. */
static void test_no_site(void)
{
	static const struct match_case cases[] = {
		{ "tcp 192.0.2.77:80 192.0.2.78:8057", "server-ports/7*" },
		{ "tcp 192.0.2.77:80 192.0.2.78:5062", "server-ports/6?*" },
		{ "udp 192.0.2.77:80 192.0.2.78:3478",
		  "firewall-summary/5* firewall-summary/6* client-ports/5?*" },
		{ "tcp 192.0.2.77:80 192.0.2.78:81", "" },
		{ "132 192.0.2.77:80 192.0.2.78:8057", "" },
	};
	struct rig rig;

	open_shipped(&rig, NULL);
	/* The client rows take any high port: keep the responder's below 1024 or expect them. */
	CU_ASSERT(rig_same(rig_match(&rig, cases[0].tuple),
			   "server-ports/7* client-ports/8?* client-ports/9?* client-ports/10* "
			   "client-ports/11?*"));
	CU_ASSERT(rig_same(rig_match(&rig, cases[1].tuple),
			   "server-ports/6?* client-ports/8?* client-ports/9?* client-ports/10* "
			   "client-ports/11?*"));
	CU_ASSERT(rig_same(
		rig_match(&rig, cases[2].tuple),
		"firewall-summary/5* firewall-summary/6* client-ports/5?* client-ports/8?* "
		"client-ports/9?*"));
	check(&rig, cases + 3, 2);
	rig_close(&rig);
}

/* "any" is authorised, "unspecified" is unverified. */
static void test_any(void)
{
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig,
		 "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		 "tables: {d/t: {title: t, rows: 3}}\n"
		 "roles: {alpha: {description: x}, beta: {description: x}}\n"
		 "rows:\n"
		 "  - {id: d/t/1, l4: tcp, proto: sip, from: any, to: alpha, dport: 1, need: "
		 "required}\n"
		 "  - {id: d/t/2, l4: tcp, proto: sip, from: {any: [beta]}, to: alpha, dport: 1, "
		 "need: required}\n"
		 "  - {id: d/t/3, l4: tcp, proto: sip, from: unspecified, to: alpha, dport: 1, "
		 "need: required}\n");
	rig_site(&rig, "roles: {alpha: [10.0.0.1]}\n");
	rig_compile(&rig);
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 192.0.2.1:80 10.0.0.1:1"), "t/1 t/2 t/3?"));
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 192.0.2.1:80 10.0.0.2:1"), ""));
	rig_close(&rig);
}

#define DAY (INT64_C(86400) * NS_PER_S)

/* The last day counts whole, in UTC; the exception keeps the row. */
static void test_validity(void)
{
	static const char tuple[] = "udp 192.0.2.10:80 203.0.113.5:3478";
	const int64_t last =
		INT64_C(1363391999) * NS_PER_S + (NS_PER_S - 1); /* 2013-03-15 23:59:59.9 */
	char excepted[4096];
	struct rig rig;

	open_shipped(&rig, site);
	rig.ts_ns = last;
	CU_ASSERT(rig_same(rig_match(&rig, tuple), "firewall-summary/5"));
	rig.ts_ns = last + 1;
	CU_ASSERT(rig_same(rig_match(&rig, tuple), ""));
	CU_ASSERT(rig_same(rig_nearest(&rig, tuple),
			   "row pic/firewall-summary/5 expired 2013-03-15"));
	CU_ASSERT(policy_row_is_expired(rig.policy, policy_row(rig.policy, 4), last + 1));
	CU_ASSERT(!policy_row_is_expired(rig.policy, policy_row(rig.policy, 4), last));
	/* Rows 1 to 3 have no end. */
	rig.ts_ns = last + 10000 * DAY;
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 203.0.113.5:80 192.0.2.10:5061"),
			   "firewall-summary/1"));
	rig_close(&rig);
	snprintf(excepted, sizeof(excepted), "%sexceptions: [mainland-china]\n", site);
	open_shipped(&rig, excepted);
	rig.ts_ns = last + 10000 * DAY;
	CU_ASSERT(rig_same(rig_match(&rig, tuple), "firewall-summary/5"));
	CU_ASSERT(!policy_row_is_expired(rig.policy, policy_row(rig.policy, 4), rig.ts_ns));
	rig_close(&rig);
}

static unsigned required(const struct rig *rig, const char *prefix)
{
	unsigned i, n = 0;

	for (i = 0; i < policy_row_count(rig->policy); i++) {
		const struct row *row = policy_row(rig->policy, i);

		n += strncmp(row->id, prefix, strlen(prefix)) == 0 &&
		     policy_row_is_required(rig->policy, row);
	}
	return n;
}

/* Of exclusive topologies one is required, or none. */
static void test_topologies(void)
{
	static const struct {
		const char *conditions;
		unsigned only, dns;
		const char *rows;
	} cases[] = {
		{ "", 0, 0, "hlb-only/4? hlb-dns/1?" },
		{ "conditions: {lb:hlb-only: true}\n", 19, 0, "hlb-only/4?" },
		{ "conditions: {lb:hlb-only: true, collocated-mediation: true}\n", 20, 0,
		  "hlb-only/4?" },
		{ "conditions: {lb:dns-plus-hlb: true}\n", 0, 6, "hlb-dns/1?" },
		{ "conditions: {lb:hlb-only: false}\n", 0, 0, "hlb-dns/1?" },
	};
	char text[512];
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), "roles: {lb-front-end: [10.0.0.1]}\n%s",
			 cases[i].conditions);
		open_shipped(&rig, text);
		CU_ASSERT_EQUAL(required(&rig, "internal/hlb-only/"), cases[i].only);
		CU_ASSERT_EQUAL(required(&rig, "internal/hlb-dns/"), cases[i].dns);
		CU_ASSERT(rig_same(rig_match(&rig, "tcp 192.0.2.1:80 10.0.0.1:80"), cases[i].rows));
		rig_close(&rig);
	}
}

/* More rows than room: the best are written, all are counted. */
static void test_cap(void)
{
	struct match matches[2];
	struct tuple tuple;
	struct rig rig;

	open_shipped(&rig, site);
	tuple = rig_tuple(&rig, "tcp 10.20.0.1:6891 10.21.0.1:80");
	CU_ASSERT_EQUAL(policy_match(rig.policy, &tuple, matches, 2), 4);
	CU_ASSERT_STRING_EQUAL(policy_row(rig.policy, matches[0].row)->id,
			       "internal/client-ports/7");
	CU_ASSERT_STRING_EQUAL(policy_row(rig.policy, matches[1].row)->id,
			       "internal/client-ports/8");
	CU_ASSERT_EQUAL(policy_match(rig.policy, &tuple, NULL, 0), 4);
	rig_close(&rig);
}

static void test_no_pack(void)
{
	struct fa_error err;
	struct rig rig;

	rig_open(&rig);
	CU_ASSERT_EQUAL(policy_compile(rig.policy, &err), FA_EUSAGE);
	CU_ASSERT_STRING_EQUAL(err.text, "no pack is loaded");
	rig_close(&rig);
	policy_free(NULL);
}

extern CU_TestInfo tests_match[];
CU_TestInfo tests_match[] = {
	{ "ranges begin and end where they are printed, and overlap", test_fences },
	{ "mirrored, swapped, anchored and either-end rows", test_ways },
	{ "an unknown initiator tries both ends", test_unknown_initiator },
	{ "members, inheritance, alternatives, any and nobody", test_roles },
	{ "a group that is bound does not follow its members", test_bound_group },
	{ "an address with two roles satisfies the rows of both", test_collocation },
	{ "without a site rows match by transport and port", test_no_site },
	{ "any authorises, unspecified does not verify", test_any },
	{ "validity ends with the day, unless excepted", test_validity },
	{ "exclusive topologies are never both required", test_topologies },
	{ "the best matches are kept when there is no room for all", test_cap },
	{ "a policy without a pack does not compile", test_no_pack },
	CU_TEST_INFO_NULL,
};
