/* Site files: bindings, conditions, exceptions, parameters, and their mistakes. */
#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy.h"
#include "rig.h"

static void test_mistakes(void)
{
	static const struct {
		const char *site, *want;
	} cases[] = {
		{ "site: x\n", "s.yaml:1:1: the site has no \"roles\"" },
		{ "roles: {front-ned: [10.0.0.1]}\n",
		  "s.yaml:1:9: unknown role \"front-ned\"; did you mean \"front-end\"? "
		  "(rules list --roles shows all)" },
		{ "roles: {client: [front-endd]}\n",
		  "s.yaml:1:18: unknown role \"front-endd\"; did you mean \"front-end\"? "
		  "(rules list --roles shows all)" },
		{ "roles: {client: [client]}\n", "s.yaml:1:18: a role cannot stand for itself" },
		{ "roles: {client: }\n",
		  "s.yaml:1:9: role \"client\" has no address; write [] if there is none" },
		{ "roles: {client: {a: 1}}\n",
		  "s.yaml:1:17: the address: expected a single value, found a map" },
		{ "roles:\n  client: [10.0.0.1]\n  client: [10.0.0.2]\n",
		  "s.yaml:3:3: key \"client\" is there already, in line 2" },
		{ "rolls: {}\n",
		  "s.yaml:1:1: unknown key \"rolls\" in the site; did you mean \"roles\"?\n"
		  "s.yaml:1:1: the site has no \"roles\"" },
		{ "roles: {}\nconditions: {lb:hlb-onyl: true}\n",
		  "s.yaml:2:14: unknown condition \"lb:hlb-onyl\"; did you mean \"lb:hlb-only\"?" },
		{ "roles: {}\nconditions: {lb:hlb-only: yes}\n",
		  "s.yaml:2:27: condition: expected true or false, found yes" },
		{ "roles: {}\nconditions: {lb:hlb-only: \"true\"}\n",
		  "s.yaml:2:27: condition: expected true or false, found the text \"true\"" },
		{ "roles: {}\nconditions: {lb:hlb-only: true, lb:dns-plus-hlb: true}\n",
		  "s.yaml:2:14: lb:hlb-only and lb:dns-plus-hlb cannot both hold\n"
		  "s.yaml:2:33: lb:dns-plus-hlb and lb:hlb-only cannot both hold" },
		{ "roles: {}\nexceptions: [mainland-chian]\n",
		  "s.yaml:2:14: unknown exception \"mainland-chian\"; did you mean "
		  "\"mainland-china\"?" },
		{ "roles: {}\nparameters: {client-audio-ports: 50000-50018}\n",
		  "s.yaml:2:34: client-audio-ports: 19 ports, 20 are the least" },
		{ "roles: {}\nparameters: {client-audio-port: 50000-50019}\n",
		  "s.yaml:2:14: unknown parameter \"client-audio-port\"; did you mean "
		  "\"client-audio-ports\" or \"client-video-ports\"?" },
	};
	struct rig rig;
	size_t i;

	rig_open(&rig);
	rig_shipped(&rig);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		CU_ASSERT(rig_same(rig_wrong_site(&rig, cases[i].site), cases[i].want));
	/* An address that is none: the place is ours, the words are base/address.h's. */
	CU_ASSERT_EQUAL(strncmp(rig_wrong_site(&rig, "roles: {client: [10.0.0.256]}\n"),
				"s.yaml:1:18: \"10.0.0.256\"", 25),
			0);
	CU_ASSERT_EQUAL(strncmp(rig_wrong_site(&rig, "roles: {client: [10.0.0.9-10.0.0.1]}\n"),
				"s.yaml:1:18: ", 13),
			0);
	CU_ASSERT_EQUAL(strncmp(rig_wrong_site(&rig, "roles: {client: [10.0.0.1/8]}\n"),
				"s.yaml:1:18: ", 13),
			0);
	rig_close(&rig);
}

/* The names of an address's roles, in the order of the packs. */
static const char *roles_of(struct rig *rig, const char *address)
{
	char tuple[128];
	struct side side = { .kind = SIDE_ROLES };
	struct tuple t;

	snprintf(tuple, sizeof(tuple), "tcp %s:1 10.255.255.1:1", address);
	t = rig_tuple(rig, tuple);
	policy_roles_of(rig->policy, &t.addr[0], &side.roles);
	policy_side_text(rig->policy, &side, rig->text, sizeof(rig->text));
	return rig->text;
}

static void test_bindings(void)
{
	static const struct {
		const char *address, *roles;
	} cases[] = {
		{ "10.10.0.10", "messenger-client or pic-partner" },
		{ "10.10.0.11", "front-end" },
		{ "10.10.0.12", "front-end or mediation" },
		{ "10.10.0.13", "front-end" },
		{ "10.10.0.14", "messenger-client or pic-partner" },
		{ "10.19.255.255", "messenger-client or pic-partner" },
		{ "10.20.0.0", "client" },
		{ "10.20.5.5", "client, device or ip-phone" },
		{ "10.20.255.255", "client" },
		{ "10.21.0.0", "messenger-client or pic-partner" },
		{ "[2001:db8:1::]", "front-end" },
		{ "[2001:db8:1:0:ffff:ffff:ffff:ffff]", "front-end" },
		{ "[2001:db8:1:1::]", "lb-director" },
		{ "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "lb-director" },
		{ "[::]", "lb-director" },
		/* "::/0" is IPv6 and not the IPv4 that is mapped into it. */
		{ "0.0.0.1", "messenger-client or pic-partner" },
		{ "255.255.255.255", "messenger-client or pic-partner" },
		{ "203.0.113.9", "messenger-client or pic-partner" },
	};
	struct rig rig;
	size_t i;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig, "site: contoso\n"
		       "roles:\n"
		       "  front-end: [10.10.0.11-10.10.0.13, \"2001:db8:1::/64\"]\n"
		       "  mediation: 10.10.0.12\n"
		       "  client: [10.20.0.0/16]\n"
		       "  ip-phone: [10.20.5.0/24]\n"
		       "  device: [ip-phone]\n"
		       "  pic-partner: [any]\n"
		       "  messenger-client: [pic-partner]\n"
		       "  lb-director: [\"::-2001:db8:0:ffff:ffff:ffff:ffff:ffff\", "
		       "\"2001:db8:1:1::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\"]\n"
		       "  director: []\n");
	rig_compile(&rig);
	CU_ASSERT_STRING_EQUAL(policy_site_name(rig.policy), "contoso");
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (!rig_same(roles_of(&rig, cases[i].address), cases[i].roles))
			CU_FAIL(cases[i].address);
	rig_close(&rig);
}

/* Aliases in a circle end; everyone in it has all the addresses. */
static void test_alias_circle(void)
{
	struct rig rig;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig,
		 "roles: {client: [device], device: [ip-phone], ip-phone: [client, 10.0.0.1]}\n");
	rig_compile(&rig);
	CU_ASSERT(rig_same(roles_of(&rig, "10.0.0.1"), "client, device or ip-phone"));
	CU_ASSERT(rig_same(roles_of(&rig, "10.0.0.2"), ""));
	rig_close(&rig);
}

static enum assertion says(const struct rig *rig, const char *name)
{
	unsigned c;

	for (c = 0; c < 64; c++)
		if (strcmp(policy_condition_name(rig->policy, c), name) == 0)
			return policy_condition(rig->policy, c);
	return ASSERTION_UNKNOWN;
}

static void test_conditions(void)
{
	struct rig rig;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig,
		 "roles: {}\nconditions:\n  lb:hlb-only: true\n  collocated-mediation: false\n");
	rig_compile(&rig);
	CU_ASSERT_EQUAL(says(&rig, "lb:hlb-only"), ASSERTION_HOLDS);
	CU_ASSERT_EQUAL(says(&rig, "lb:dns-plus-hlb"),
			ASSERTION_DENIED); /* excluded by the other */
	CU_ASSERT_EQUAL(says(&rig, "collocated-mediation"), ASSERTION_DENIED);
	CU_ASSERT_EQUAL(says(&rig, "https-not-used"), ASSERTION_UNKNOWN);
	CU_ASSERT_STRING_EQUAL(policy_site_name(rig.policy), "s.yaml"); /* it has no name */
	rig_close(&rig);
	/* To deny one says nothing about the other. */
	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig, "roles: {}\nconditions: {lb:hlb-only: false}\n");
	CU_ASSERT_EQUAL(says(&rig, "lb:dns-plus-hlb"), ASSERTION_UNKNOWN);
	rig_close(&rig);
}

/* Only one of the two says that they exclude each other; it holds both ways. */
static void test_exclusion(void)
{
	static const char pack[] =
		"pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		"tables: {d/t: {title: t, rows: 1}}\nroles: {}\n"
		"conditions: {sun: {description: x, excludes: rain}, rain: {description: x}}\n"
		"rows: [{id: d/t/1, need: none}]\n";
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig, pack);
	rig_site(&rig, "roles: {}\nconditions: {rain: true}\n");
	CU_ASSERT_EQUAL(policy_condition(rig.policy, 0), ASSERTION_DENIED);
	CU_ASSERT_EQUAL(policy_condition(rig.policy, 1), ASSERTION_HOLDS);
	rig_close(&rig);
}

static void test_parameters(void)
{
	struct rig rig;
	const struct row *row;
	int i;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(
		&rig,
		"roles: {client: [10.20.0.0/16]}\nparameters: {client-audio-ports: 50000-50019}\n");
	rig_compile(&rig);
	i = policy_find_row(rig.policy, "internal/client-ports/8");
	CU_ASSERT_FATAL(i >= 0);
	row = policy_row(rig.policy, (unsigned)i);
	CU_ASSERT(row->sport.ranges[0].lo == 50000 && row->sport.ranges[0].hi == 50019);
	CU_ASSERT_EQUAL(row->width, 20); /* no longer wide */
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_match(&rig, "udp 10.20.0.1:50019 10.9.9.9:9"), "client-ports/8?"));
	CU_ASSERT_PTR_NULL(
		strstr(rig_match(&rig, "udp 10.20.0.1:50020 10.9.9.9:9"), "client-ports/8?"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_match(&rig, "udp 10.20.0.1:50020 10.9.9.9:9"), "client-ports/9?"));
	rig_close(&rig);
}

/* A second site is refused, and the first stays. */
static void test_second_site(void)
{
	static const char text[] = "roles: {}\n";
	struct rig rig;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig, "site: one\nroles: {}\n");
	CU_ASSERT_EQUAL(
		policy_load_site_text(rig.policy, "two.yaml", text, strlen(text), &rig.problems),
		FA_EFORMAT);
	CU_ASSERT_STRING_EQUAL(policy_site_name(rig.policy), "one");
	rig_close(&rig);
}

/* The addresses of a role, counted up; "10.0.0.0 10.0.0.1 ...". */
static const char *addresses(struct rig *rig, const char *role)
{
	char text[ADDRESS_TEXT];
	struct address a;

	rig->text[0] = '\0';
	for (unsigned r = 0; r < policy_role_count(rig->policy); r++) {
		if (strcmp(policy_role_name(rig->policy, r), role) != 0)
			continue;
		for (unsigned i = 0; policy_role_address(rig->policy, r, i, &a); i++) {
			strcat(rig->text, address_text(&a, text));
			strcat(rig->text, " ");
		}
	}
	return rig->text;
}

static void test_role_addresses(void)
{
	struct rig rig;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_compile(&rig);
	CU_ASSERT(rig_same(addresses(&rig, "client"), ""));
	rig_close(&rig);
	rig_open(&rig);
	rig_shipped(&rig);
	rig_site(&rig, "roles:\n  client: [10.0.0.0/30, 10.1.0.7]\n"
		       "  front-end: [\"2001:db8::fe-2001:db8::101\"]\n"
		       "  mediation: [10.0.0.2]\n  director: []\n  pic-partner: [any]\n");
	rig_compile(&rig);
	/* That one of them has another role too does not count it twice. */
	CU_ASSERT(rig_same(addresses(&rig, "client"),
			   "10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3 10.1.0.7 "));
	CU_ASSERT(rig_same(addresses(&rig, "front-end"),
			   "2001:db8::fe 2001:db8::ff 2001:db8::100 2001:db8::101 "));
	CU_ASSERT(rig_same(addresses(&rig, "mediation"), "10.0.0.2 "));
	CU_ASSERT(rig_same(addresses(&rig, "director"), ""));
	/* Who it is that no role claims is not an address. */
	CU_ASSERT(rig_same(addresses(&rig, "pic-partner"), ""));
	rig_close(&rig);
}

extern CU_TestInfo tests_site[];
CU_TestInfo tests_site[] = {
	{ "every mistake in a site is named with its line and column", test_mistakes },
	{ "addresses, prefixes, ranges, aliases and any bind roles", test_bindings },
	{ "aliases may form a circle", test_alias_circle },
	{ "conditions are asserted, denied or unknown, and exclusive ones deny each other",
	  test_conditions },
	{ "exclusion holds both ways", test_exclusion },
	{ "a parameter moves the rows' range", test_parameters },
	{ "the addresses of a role are counted up, each once", test_role_addresses },
	{ "there is one site at most", test_second_site },
	CU_TEST_INFO_NULL,
};
