/* Rows as they are written: what is read, and every mistake with its place. */
#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/pack.h"
#include "rig.h"

/* A row that stands alone in line 12; its complaints. */
static const char *complaints(struct rig *rig, const char *row)
{
	char pack[2048];

	snprintf(pack, sizeof(pack), RIG_HEAD "  - {%s}\n", row);
	return rig_wrong_pack(rig, pack);
}

static void test_mistakes(void)
{
	static const struct {
		const char *row, *want;
	} cases[] = {
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dprot: 1, need: required",
		  "p.yaml:12:5: the row has none of \"dport\", \"sport\", \"port\"\n"
		  "p.yaml:12:61: unknown key \"dprot\" in the row; did you mean \"dport\" or "
		  "\"proto\" "
		  "or \"sport\"?" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, need: required",
		  "p.yaml:12:5: the row has none of \"dport\", \"sport\", \"port\"" },
		{ "id: d/t/1, proto: sip, from: alpha, to: beta, dport: 1, need: required",
		  "p.yaml:12:5: the row has no \"l4\"" },
		{ "l4: tcp, proto: sip, from: alpha, to: beta, dport: 1, need: required",
		  "p.yaml:4:10: table \"d/t\" has 1 rows, 0 of them are here\n"
		  "p.yaml:12:5: the row has no \"id\"" },
		{ RIG_ROW ", dport: 1",
		  "p.yaml:12:90: key \"dport\" is there already, in line 12" },
		{ "id: d/t/1, l4: tpc, proto: sip, from: alpha, to: beta, dport: 1, need: required",
		  "p.yaml:12:21: l4: \"tpc\" is not one of tcp, udp; did you mean \"tcp\"?" },
		{ "id: d/t/1, l4: [], proto: sip, from: alpha, to: beta, dport: 1, need: required",
		  "p.yaml:12:21: l4: the list is empty" },
		{ "id: d/t/1, l4: {tcp: 1}, proto: sip, from: alpha, to: beta, dport: 1, need: "
		  "required",
		  "p.yaml:12:21: l4: expected a single value, found a map" },
		{ "id: d/t/1, l4: tcp, proto: spi, from: alpha, to: beta, dport: 1, need: required",
		  "p.yaml:12:33: unknown application \"spi\"; did you mean \"sip\"?" },
		{ "id: d/t/1, l4: tcp, proto: https, from: alpha, to: beta, dport: 1, need: "
		  "required",
		  "p.yaml:12:33: unknown application \"https\"; write http/tls" },
		{ "id: d/t/1, l4: tcp, proto: sip/ssl, from: alpha, to: beta, dport: 1, need: "
		  "required",
		  "p.yaml:12:33: proto: \"ssl\" is not one of tls, mtls, none, unspecified" },
		{ "id: d/t/1, l4: tcp, proto: [sip, rtp, stun, http, dns], from: alpha, to: beta, "
		  "dport: 1, need: required",
		  "p.yaml:12:56: proto: more than 4 alternatives" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alhpa, to: beta, dport: 1, need: required",
		  "p.yaml:12:44: unknown role \"alhpa\"; did you mean \"alpha\"?" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: [beta, gamma], dport: 1, "
		  "need: required",
		  "p.yaml:12:62: unknown role \"gamma\"; roles: declares none like it" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: , to: beta, dport: 1, need: required",
		  "p.yaml:12:38: from: expected a single value, found nothing" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 0, need: required",
		  "p.yaml:12:68: dport: 0 is not a port (1 to 65535)" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 65536, need: "
		  "required",
		  "p.yaml:12:68: dport: 65536 is not a port (1 to 65535)" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: "
		  "99999999999999999999, "
		  "need: required",
		  "p.yaml:12:68: dport: 99999999999999999999 is not a port (1 to 65535)" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 60-50, need: "
		  "required",
		  "p.yaml:12:68: dport: the range 60-50 descends" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 5060-, need: "
		  "required",
		  "p.yaml:12:68: dport: expected a port or a range as 50000-59999, found "
		  "\"5060-\"" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: sip, need: "
		  "required",
		  "p.yaml:12:68: dport: expected a port or a range as 50000-59999, found \"sip\"" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: [9, 1-9], "
		  "need: required",
		  "p.yaml:12:68: dport: 9 is there twice" },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 1, need: requierd",
		  "p.yaml:12:77: need: \"requierd\" is not one of required, optional, none; "
		  "did you mean \"required\"?" },
		{ RIG_ROW ", twoway: both",
		  "p.yaml:12:98: twoway: \"both\" is not one of no, swap, "
		  "anchored" },
		{ RIG_ROW ", when: suny",
		  "p.yaml:12:96: unknown condition \"suny\"; did you mean \"sunny\"?" },
		{ RIG_ROW ", valid: 2013-03-15",
		  "p.yaml:12:97: valid: expected a map, found a single value" },
		{ RIG_ROW ", valid: {until: 2013-02-29}",
		  "p.yaml:12:105: until: there is no day 2013-02-29" },
		{ RIG_ROW ", valid: {until: 2100-02-29}",
		  "p.yaml:12:105: until: there is no day 2100-02-29" },
		{ RIG_ROW ", valid: {until: 2013-04-31}",
		  "p.yaml:12:105: until: there is no day 2013-04-31" },
		{ RIG_ROW ", valid: {until: 2013-3-15}",
		  "p.yaml:12:105: until: expected a date as 2013-03-15, found \"2013-3-15\"" },
		{ RIG_ROW ", valid: {until: 2013-03-15, except: holyday}",
		  "p.yaml:12:125: unknown exception \"holyday\"; did you mean \"holiday\"?" },
		{ RIG_ROW ", tune: widht",
		  "p.yaml:12:96: unknown parameter \"widht\"; did you mean \"width\"?" },
		{ RIG_ROW ", sport: 5, tune: width",
		  "p.yaml:12:106: tune: the row has two port keys, which one moves?" },
		{ RIG_ROW ", tune: {sport: widht}",
		  "p.yaml:12:104: unknown parameter \"widht\"; did you mean \"width\"?" },
		{ RIG_ROW ", tune: {}", "p.yaml:12:96: tune: expected one of dport, sport, port" },
		{ RIG_ROW ", tune: {dport: width, sport: width}",
		  "p.yaml:12:96: tune: expected one of dport, sport, port" },
		{ RIG_ROW ", tune: {proto: width}",
		  "p.yaml:12:96: tune: expected one of dport, sport, port\n"
		  "p.yaml:12:97: unknown key \"proto\" in tune (known: dport, sport, port)" },
		{ RIG_ROW ", tune: [width]",
		  "p.yaml:12:96: tune: expected a single value, found a list" },
		{ RIG_ROW ", inferred: [porto]",
		  "p.yaml:12:101: inferred: \"porto\" is not one of l4, proto, tls, from, to, "
		  "dport, "
		  "sport, port, need, twoway, when, valid; did you mean \"proto\" or \"port\" "
		  "or \"sport\"?" },
		{ RIG_ROW ", note: \"\"", "p.yaml:12:96: note is empty" },
		{ "id: t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 1, need: required",
		  "p.yaml:4:10: table \"d/t\" has 1 rows, 0 of them are here\n"
		  "p.yaml:12:10: id: expected DOCUMENT/TABLE/ROW, found \"t/1\"" },
		{ "id: d/u/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 1, need: required",
		  "p.yaml:4:10: table \"d/t\" has 1 rows, 0 of them are here\n"
		  "p.yaml:12:10: id: tables: declares no \"d/u\"" },
	};
	struct rig rig;
	size_t i;

	rig_open(&rig);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		CU_ASSERT(rig_same(complaints(&rig, cases[i].row), cases[i].want));
	rig_close(&rig);
}

/* One run shows every mistake, in the order of their places. */
static void test_all_at_once(void)
{
	struct rig rig;

	rig_open(&rig);
	CU_ASSERT(rig_same(rig_wrong_pack(&rig, RIG_HEAD
					  "  - {" RIG_ROW "}\n"
					  "  - {id: d/t/1, l4: tcp, proto: sip, from: alpha, "
					  "to: beta, dport: 70000, need: none}\n"
					  "  - nothing\n"),
			   "p.yaml:4:10: table \"d/t\" has 1 rows, 2 of them are here\n"
			   "p.yaml:13:10: row \"d/t/1\" is there already, at p.yaml:12:5\n"
			   "p.yaml:13:68: dport: 70000 is not a port (1 to 65535)\n"
			   "p.yaml:14:5: the row: expected a map, found a single value"));
	rig_close(&rig);
}

static const struct row *only_row(struct rig *rig, const char *row)
{
	char pack[2048];

	rig_open(rig);
	snprintf(pack, sizeof(pack), RIG_HEAD "  - {%s}\n", row);
	rig_pack(rig, pack);
	CU_ASSERT_EQUAL_FATAL(policy_row_count(rig->policy), 1);
	return policy_row(rig->policy, 0);
}

static void test_values(void)
{
	struct rig rig;
	const struct row *row = only_row(
		&rig, "id: d/t/1, l4: [udp, tcp], proto: [sip/mtls, unspecified, http/none], "
		      "from: [beta, alpha], to: {any: beta}, dport: [20-30, 7], sport: 1-65535, "
		      "need: optional, twoway: swap, when: sunny, "
		      "valid: {until: 1970-01-01, except: holiday}, inferred: [l4, tls], "
		      "note: \"n\"");

	CU_ASSERT_STRING_EQUAL(row->id, "d/t/1");
	CU_ASSERT_PTR_NULL(row->also);
	CU_ASSERT_STRING_EQUAL(row->pack, "p");
	CU_ASSERT_STRING_EQUAL(row->file, "p.yaml");
	CU_ASSERT(row->line == 12 && row->column == 5);
	CU_ASSERT_EQUAL(row->l4, ROW_L4_TCP | ROW_L4_UDP);
	CU_ASSERT_EQUAL_FATAL(row->protocol_count, 3);
	CU_ASSERT(row->protocols[0].app == APPLICATION_SIP &&
		  row->protocols[0].tls == TLS_MODE_MTLS);
	CU_ASSERT(row->protocols[1].app == APPLICATION_UNSPECIFIED &&
		  row->protocols[1].tls == TLS_MODE_UNSPECIFIED);
	CU_ASSERT(row->protocols[2].app == APPLICATION_HTTP &&
		  row->protocols[2].tls == TLS_MODE_NONE);
	CU_ASSERT_EQUAL(row->from.kind, SIDE_ROLES);
	CU_ASSERT(role_set_has(&row->from.roles, 0) && role_set_has(&row->from.roles, 1));
	CU_ASSERT_EQUAL(row->to.kind, SIDE_ANY);
	CU_ASSERT(!role_set_has(&row->to.roles, 0) && role_set_has(&row->to.roles, 1));
	CU_ASSERT_EQUAL_FATAL(row->dport.count, 2);
	CU_ASSERT(row->dport.ranges[0].lo == 7 && row->dport.ranges[0].hi == 7);
	CU_ASSERT(row->dport.ranges[1].lo == 20 && row->dport.ranges[1].hi == 30);
	CU_ASSERT_EQUAL(row->width, 12); /* of the narrowest key */
	CU_ASSERT(!row_is_wide(row));
	CU_ASSERT_EQUAL(row->need, NEED_OPTIONAL);
	CU_ASSERT_EQUAL(row->twoway, TWOWAY_SWAP);
	CU_ASSERT_EQUAL(row->condition_count, 1);
	CU_ASSERT_EQUAL(row->until_ns, INT64_C(86400) * NS_PER_S);
	CU_ASSERT_STRING_EQUAL(row->until_text, "1970-01-01");
	CU_ASSERT_STRING_EQUAL(row->exception, "holiday");
	CU_ASSERT_STRING_EQUAL(row->inferred, "l4, tls");
	CU_ASSERT_STRING_EQUAL(row->note, "n");
	rig_close(&rig);
}

static void test_defaults(void)
{
	struct rig rig;
	const struct row *row = only_row(&rig, RIG_ROW);

	CU_ASSERT_EQUAL(row->twoway, TWOWAY_NO);
	CU_ASSERT_EQUAL(row->until_ns, INT64_MAX);
	CU_ASSERT_PTR_NULL(row->until_text);
	CU_ASSERT_PTR_NULL(row->exception);
	CU_ASSERT_PTR_NULL(row->tune);
	CU_ASSERT_PTR_NULL(row->note);
	CU_ASSERT_PTR_NULL(row->inferred);
	CU_ASSERT_EQUAL(row->condition_count, 0);
	CU_ASSERT_EQUAL(row->width, 1);
	rig_close(&rig);
	row = only_row(&rig, "id: d/t/1, need: none");
	CU_ASSERT_EQUAL(row->need, NEED_NONE);
	CU_ASSERT_EQUAL(row->from.kind, SIDE_UNSPECIFIED);
	CU_ASSERT_EQUAL(row->width, 65536);
	rig_close(&rig);
}

/* The parameter moves the key there is, or the one that is named, which may not be there. */
static void test_tune(void)
{
	static const struct {
		const char *row;
		enum port_key key;
	} cases[] = {
		{ RIG_ROW ", tune: width", PORT_KEY_DPORT },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, sport: 1, "
		  "need: required, tune: width",
		  PORT_KEY_SPORT },
		{ "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, port: 1, "
		  "need: required, tune: width",
		  PORT_KEY_PORT },
		{ RIG_ROW ", sport: 5, tune: {dport: width}", PORT_KEY_DPORT },
		{ RIG_ROW ", sport: 5, tune: {sport: width}", PORT_KEY_SPORT },
		{ RIG_ROW ", tune: {sport: width}", PORT_KEY_SPORT },
	};
	const struct port_set *sets[3];
	const struct row *row;
	struct rig rig;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		row = only_row(&rig, cases[i].row);
		CU_ASSERT_STRING_EQUAL(row->tune, "width");
		CU_ASSERT_EQUAL(row->tune_key, cases[i].key);
		rig_site(&rig, "roles: {}\nparameters: {width: 7000-7001}\n");
		rig_compile(&rig);
		sets[PORT_KEY_DPORT] = &row->dport;
		sets[PORT_KEY_SPORT] = &row->sport;
		sets[PORT_KEY_PORT] = &row->port;
		/* That key has the site's range, the others what they had. */
		for (k = 0; k < ARRAY_SIZE(sets); k++)
			CU_ASSERT((sets[k]->count == 1 && sets[k]->ranges[0].lo == 7000 &&
				   sets[k]->ranges[0].hi == 7001) == (k == cases[i].key));
		rig_close(&rig);
	}
}

/* Days against `date -u -d 'DAY + 1 day' +%s`. */
static void test_dates(void)
{
	static const struct {
		const char *day;
		int64_t end_s;
	} cases[] = {
		{ "1970-01-01", 86400 },      { "1999-12-31", 946684800 },
		{ "2000-02-29", 951868800 },  { "2013-03-15", 1363392000 },
		{ "2024-02-29", 1709251200 }, { "2100-02-28", 4107542400 },
		{ "2261-12-31", 9214646400 },
	};
	char text[256];
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), RIG_ROW ", valid: {until: %s}", cases[i].day);
		CU_ASSERT_EQUAL(only_row(&rig, text)->until_ns, cases[i].end_s * NS_PER_S);
		rig_close(&rig);
	}
}

/* 10,000 ports are not wide, 10,001 are. */
static void test_width(void)
{
	struct rig rig;
	const struct row *row = only_row(
		&rig, "id: d/t/1, l4: tcp, proto: rtp, from: any, to: any, port: 50000-59999, "
		      "need: required");

	CU_ASSERT_EQUAL(row->width, 10000);
	CU_ASSERT(!row_is_wide(row));
	rig_close(&rig);
	row = only_row(&rig, "id: d/t/1, l4: tcp, proto: rtp, from: any, to: any, "
			     "port: 50000-60000, need: required");
	CU_ASSERT(row_is_wide(row));
	rig_close(&rig);
}

static void test_also(void)
{
	static const char pack[] =
		"pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		"tables: {d/t: {title: t, rows: 2}}\n"
		"roles: {alpha: {description: x}}\n"
		"rows:\n  - {id: [d/t/1, d/t/2], l4: tcp, proto: sip, from: any, "
		"to: alpha, dport: 1, need: required}\n";
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig, pack);
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/1"), 0);
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/2"), 0);
	CU_ASSERT_EQUAL(policy_find_row(rig.policy, "d/t/3"), -1);
	CU_ASSERT_STRING_EQUAL(policy_row(rig.policy, 0)->also[0], "d/t/2");
	CU_ASSERT_PTR_NULL(policy_row(rig.policy, 0)->also[1]);
	rig_close(&rig);
}

extern CU_TestInfo tests_row[];
CU_TestInfo tests_row[] = {
	{ "every mistake in a row is named with its line and column", test_mistakes },
	{ "one run shows all mistakes, in order", test_all_at_once },
	{ "every key of a row is read", test_values },
	{ "keys that are left out have their defaults", test_defaults },
	{ "a parameter moves the key there is, or the one that is named", test_tune },
	{ "a day ends when the next begins, in UTC", test_dates },
	{ "a row is wide above 10,000 ports", test_width },
	{ "one rule may stand for several printed rows", test_also },
	CU_TEST_INFO_NULL,
};
