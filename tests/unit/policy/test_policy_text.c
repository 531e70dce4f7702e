/* Rows and sides in words. */
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/policy.h"
#include "rig.h"

static void test_ports(void)
{
	static const struct port_range one = { 5061, 5061 }, range = { 50000, 59999 };
	static const struct port_range many[] = { { 7, 7 }, { 20, 30 }, { 6000, 6000 } };
	struct row row = { 0 };
	char text[64];

	policy_row_ports_text(&row, text, sizeof(text));
	CU_ASSERT(rig_same(text, "-"));
	row.dport = (struct port_set){ &one, 1 };
	policy_row_ports_text(&row, text, sizeof(text));
	CU_ASSERT(rig_same(text, "5061"));
	row.port = (struct port_set){ &range, 1 };
	policy_row_ports_text(&row, text, sizeof(text));
	CU_ASSERT(rig_same(text, "5061,50000-59999"));
	/* In order over the keys; what two of them say is said once. */
	row.sport = (struct port_set){ many, 3 };
	policy_row_ports_text(&row, text, sizeof(text));
	CU_ASSERT(rig_same(text, "7,20-30,5061,6000,50000-59999"));
	row.sport = row.dport;
	policy_row_ports_text(&row, text, sizeof(text));
	CU_ASSERT(rig_same(text, "5061,50000-59999"));
	policy_row_ports_text(&row, text, 3);
	CU_ASSERT(rig_same(text, "50"));
}

static void test_protocols(void)
{
	struct row row = { .protocol_count = 3,
			   .protocols = { { APPLICATION_SIP, TLS_MODE_MTLS },
					  { APPLICATION_HTTP, TLS_MODE_NONE },
					  { APPLICATION_UNSPECIFIED, TLS_MODE_UNSPECIFIED } } };
	char text[64];

	policy_row_protocols_text(&row, text, sizeof(text));
	CU_ASSERT(rig_same(text, "sip/mtls, http/none, unspecified"));
	row.protocol_count = 0;
	policy_row_protocols_text(&row, text, sizeof(text));
	CU_ASSERT(rig_same(text, "-"));
}

static void test_sides(void)
{
	static const struct {
		enum side_kind kind;
		uint64_t roles;
		const char *want;
	} cases[] = {
		{ SIDE_ROLES, 1, "client" },
		{ SIDE_ROLES, 3, "client or edge-access" },
		{ SIDE_ROLES, 7, "client, edge-access or edge-av" },
		{ SIDE_ROLES, 0, "" },
		{ SIDE_ANY, 0, "any" },
		{ SIDE_ANY, 5, "any (client or edge-av)" },
		{ SIDE_UNSPECIFIED, 0, "unspecified" },
	};
	struct rig rig;
	size_t i;

	rig_open(&rig);
	rig_shipped(&rig);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct side side = { cases[i].kind, { { cases[i].roles } } };

		policy_side_text(rig.policy, &side, rig.text, sizeof(rig.text));
		CU_ASSERT(rig_same(rig.text, cases[i].want));
	}
	rig_close(&rig);
}

static void test_keys(void)
{
	static const char *const names[KEY_COUNT] = { "l4",    "from",  "to",    "sport",
						      "dport", "proto", "valid", "when" };
	unsigned i;

	for (i = 0; i < KEY_COUNT; i++)
		CU_ASSERT_STRING_EQUAL(rule_key_name((enum rule_key)(1u << i)), names[i]);
}

extern CU_TestInfo tests_policy_text[];
CU_TestInfo tests_policy_text[] = {
	{ "ports, in order and once", test_ports },
	{ "protocols with their TLS", test_protocols },
	{ "sides", test_sides },
	{ "the keys are named as in a rule", test_keys },
	CU_TEST_INFO_NULL,
};
