/* The nearest row, and the sentence about it. */
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy.h"
#include "rig.h"

static const char site[] =
	"roles:\n"
	"  edge-access: [192.0.2.10]\n"
	"  front-end: [10.10.0.11]\n"
	"  mediation: [10.10.0.31]\n"
	"  lb-front-end: [10.10.0.10]\n"
	"  client: [10.20.0.0/16]\n"
	"  pstn-gateway: [10.40.0.1]\n"
	"  messenger-client: [any]\n"
	"conditions: {lb:dns-plus-hlb: true, feature:pic-with-messenger: true}\n";

static void test_sentences(void)
{
	static const struct {
		const char *tuple, *want;
	} cases[] = {
		{ "tcp 10.20.0.5:51000 10.10.0.11:8059",
		  "row internal/server-ports/7 differs only in dport: 8059, documented 8057" },
		{ "udp 10.40.0.1:51000 10.10.0.31:5067",
		  "row internal/server-ports/47 differs only in l4: udp, documented tcp" },
		{ "132 10.40.0.1:51000 10.10.0.31:5067",
		  "row internal/server-ports/47 differs only in l4: IP protocol 132, documented "
		  "tcp" },
		{ "tcp 10.40.0.2:80 10.10.0.31:5068", "row internal/server-ports/48 differs only "
						      "in from: 10.40.0.2 is messenger-client, "
						      "documented pstn-gateway" },
		{ "tcp 10.20.0.5:80 10.10.0.31:8057",
		  "row internal/server-ports/7 differs only in to: 10.10.0.31 is mediation, "
		  "documented front-end" },
		/* Documented, but for others: the site gives them no address. */
		{ "tcp 10.20.0.5:80 10.10.0.11:8058",
		  "row internal/server-ports/8 differs only in from: 10.20.0.5 is client, "
		  "documented "
		  "previous-version-server or live-meeting-client, which the site does not bind" },
		{ "tcp 192.0.2.10:80 10.20.0.4:443",
		  "row pic/firewall-summary/3 differs in from and to: opened from the other end, "
		  "documented client to edge-access" },
		{ "tcp 10.10.0.11:8057 10.20.0.5:80",
		  "row internal/server-ports/7 differs in from and to: opened from the other end, "
		  "documented client to front-end" },
		{ "tcp 192.0.2.77:80 10.10.0.10:444",
		  "row internal/hlb-only/2 holds only when lb:hlb-only, which the site denies" },
	};
	struct rig rig;
	size_t i;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig, site);
	rig_compile(&rig);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (!rig_same(rig_nearest(&rig, cases[i].tuple), cases[i].want))
			CU_FAIL(cases[i].tuple);
	/* After 15 March 2013. */
	rig.ts_ns = RIG_NOW + INT64_C(86400) * NS_PER_S;
	CU_ASSERT(rig_same(rig_nearest(&rig, "udp 192.0.2.10:80 203.0.113.5:3478"),
			   "row pic/firewall-summary/5 expired 2013-03-15"));
	rig_close(&rig);
}

static void test_keys(void)
{
	struct nearest nearest;
	struct tuple tuple;
	struct rig rig;
	char text[512];

	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig, site);
	rig_compile(&rig);
	tuple = rig_tuple(&rig, "tcp 10.20.0.5:51000 10.10.0.11:8059");
	policy_nearest(rig.policy, &tuple, &nearest);
	CU_ASSERT_EQUAL(nearest.row, policy_find_row(rig.policy, "internal/server-ports/7"));
	CU_ASSERT_EQUAL(nearest.differs, KEY_DPORT);
	CU_ASSERT(!nearest.reversed);
	/* Seen from the other end, when nobody knows who opened. */
	tuple = rig_tuple(&rig, "?tcp 10.10.0.11:8059 10.20.0.5:1023");
	policy_nearest(rig.policy, &tuple, &nearest);
	CU_ASSERT_EQUAL(nearest.row, policy_find_row(rig.policy, "internal/server-ports/7"));
	CU_ASSERT_EQUAL(nearest.differs, KEY_DPORT);
	CU_ASSERT(nearest.reversed);
	policy_nearest_text(rig.policy, &tuple, &nearest, NULL, text, sizeof(text));
	CU_ASSERT(rig_same(
		text, "row internal/server-ports/7 differs only in dport: 8059, documented 8057"));
	/* The caller adds the protocol. */
	tuple = rig_tuple(&rig, "tcp 10.20.0.5:80 10.10.0.11:8057");
	nearest = (struct nearest){ .row = policy_find_row(rig.policy, "internal/server-ports/7"),
				    .differs = KEY_PROTO };
	policy_nearest_text(rig.policy, &tuple, &nearest, "HTTP", text, sizeof(text));
	CU_ASSERT(rig_same(
		text,
		"row internal/server-ports/7 differs only in proto: HTTP, documented psom/tls"));
	/* Cut where the room ends, and never past it. */
	policy_nearest_text(rig.policy, &tuple, &nearest, "HTTP", text, 8);
	CU_ASSERT(rig_same(text, "row int"));
	policy_nearest_text(rig.policy, &tuple, &nearest, "HTTP", text, 0);
	rig_close(&rig);
}

static void test_none(void)
{
	struct nearest nearest;
	struct tuple tuple;
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig, RIG_HEAD "  - {" RIG_ROW "}\n");
	rig_site(&rig, "roles: {alpha: [10.0.0.1], beta: [10.0.0.2]}\n");
	rig_compile(&rig);
	/* Three keys: from, to and dport. */
	tuple = rig_tuple(&rig, "tcp 10.0.0.8:80 10.0.0.9:9");
	policy_nearest(rig.policy, &tuple, &nearest);
	CU_ASSERT_EQUAL(nearest.row, -1);
	CU_ASSERT(rig_same(rig_nearest(&rig, "tcp 10.0.0.8:80 10.0.0.9:9"),
			   "no documented row is close"));
	/* Two. */
	CU_ASSERT(rig_same(
		rig_nearest(&rig, "tcp 10.0.0.1:80 10.0.0.9:9"),
		"row d/t/1 differs in to and dport: 10.0.0.9 has no role here, documented beta; "
		"dport 9, documented 5061"));
	/* A row that fits is not near. */
	CU_ASSERT(rig_same(rig_nearest(&rig, "tcp 10.0.0.1:80 10.0.0.2:5061"),
			   "no documented row is close"));
	rig_close(&rig);
}

/* A port at either end counts as the dport, and both are shown. */
static void test_either_end(void)
{
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig,
		 RIG_HEAD "  - {id: d/t/1, l4: [tcp, udp], proto: rtp, from: alpha, to: beta, "
			  "port: [5, 50000-50009], need: required}\n");
	rig_site(&rig, "roles: {alpha: [10.0.0.1]}\n");
	rig_compile(&rig);
	CU_ASSERT(rig_same(
		rig_nearest(&rig, "tcp 10.0.0.1:50010 10.0.0.9:9"),
		"row d/t/1 differs in to and dport: 10.0.0.9 has no role here, documented beta, "
		"which the site does not bind; dport 50010 and 9, documented 5,50000-50009 at "
		"either end"));
	CU_ASSERT(rig_same(
		rig_nearest(&rig, "1 10.0.0.1:50009 10.0.0.9:9"),
		"row d/t/1 differs in l4 and to: l4 IP protocol 1, documented tcp or udp; "
		"10.0.0.9 has no role here, documented beta, which the site does not bind"));
	rig_close(&rig);
}

/* Among equals: named ends, then distance, width, order; wide rows last. */
static void test_ranking(void)
{
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig, "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		       "tables: {d/t: {title: t, rows: 6}}\n"
		       "roles: {alpha: {description: x}, beta: {description: x}}\n"
		       "rows:\n"
		       "  - {id: d/t/wide, l4: tcp, proto: sip, from: beta, to: beta, dport: "
		       "1-20000, need: required}\n"
		       "  - {id: d/t/open, l4: tcp, proto: sip, from: unspecified, to: beta, "
		       "dport: 101, need: required}\n"
		       "  - {id: d/t/far, l4: tcp, proto: sip, from: alpha, to: beta, dport: 200, "
		       "need: required}\n"
		       "  - {id: d/t/range, l4: tcp, proto: sip, from: alpha, to: beta, dport: "
		       "103-110, need: required}\n"
		       "  - {id: d/t/one, l4: tcp, proto: sip, from: alpha, to: beta, dport: 103, "
		       "need: required}\n"
		       "  - {id: d/t/two, l4: tcp, proto: sip, from: alpha, to: beta, dport: 103, "
		       "need: required}\n");
	rig_site(&rig, "roles: {alpha: [10.0.0.1], beta: [10.0.0.2]}\n");
	rig_compile(&rig);
	CU_ASSERT(rig_same(rig_nearest(&rig, "tcp 10.0.0.1:80 10.0.0.2:100"),
			   "row d/t/one differs only in dport: 100, documented 103"));
	CU_ASSERT(rig_same(rig_nearest(&rig, "tcp 10.0.0.1:80 10.0.0.2:199"),
			   "row d/t/far differs only in dport: 199, documented 200"));
	CU_ASSERT(rig_same(rig_nearest(&rig, "tcp 10.0.0.1:80 10.0.0.2:111"),
			   "row d/t/range differs only in dport: 111, documented 103-110"));
	CU_ASSERT(rig_same(rig_nearest(&rig, "tcp 10.0.0.9:80 10.0.0.2:100"),
			   "row d/t/open differs only in dport: 100, documented 101"));
	rig_close(&rig);
}

extern CU_TestInfo tests_nearest[];
CU_TestInfo tests_nearest[] = {
	{ "a sentence for every way to differ", test_sentences },
	{ "the failing keys, the end it is seen from, the caller's protocol", test_keys },
	{ "more than two keys is not near, none is no difference", test_none },
	{ "a port that either end may have is shown with both", test_either_end },
	{ "named ends, distance, width and order decide among equals", test_ranking },
	CU_TEST_INFO_NULL,
};
