/* What a finding leads with. */
#include "report/reason.h"

#include <CUnit/CUnit.h>

#include "report/fixture.h"

static void test_strongest(void)
{
	struct fixture f;
	const struct evidence *e;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 100);
	fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 1);
	fixture_evidence(&f, EVIDENCE_PEER_UNVERIFIED, 0, 1, 0);
	fixture_evidence(&f, EVIDENCE_RST_FOREIGN_TTL, 8, 1, 64);
	fixture_evidence(&f, EVIDENCE_TCP_RST_SYN, 8, 1, 64);
	e = reason_of(&f.ledger, &f.ledger.flows[0]);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->code, EVIDENCE_TCP_RST_SYN);
	e = reason_support(&f.ledger, &f.ledger.flows[0]);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->code, EVIDENCE_RST_FOREIGN_TTL);
	/* Who says that it cannot pass says more than a reset in the name of the host. */
	fixture_evidence(&f, EVIDENCE_ICMP_PORT_UNREACHABLE, 7, 1, 0x303);
	CU_ASSERT_EQUAL(reason_of(&f.ledger, &f.ledger.flows[0])->code,
			EVIDENCE_ICMP_PORT_UNREACHABLE);
	/* It is not said twice. */
	fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1001", "10.0.0.2:5061", 2);
	fixture_evidence(&f, EVIDENCE_RST_FOREIGN_TTL, 9, 1, 64);
	e = reason_of(&f.ledger, &f.ledger.flows[1]);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->code, EVIDENCE_RST_FOREIGN_TTL);
	CU_ASSERT_PTR_NULL(reason_support(&f.ledger, &f.ledger.flows[1]));
	fixture_close(&f);
}

/* The same evidence means something else to another verdict. */
static void test_by_verdict(void)
{
	struct fixture f;
	struct judged *flow;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 100);
	flow = fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.0.0.1:1000", "10.0.0.2:5061", 1);
	fixture_evidence(&f, EVIDENCE_SYN_UNANSWERED, 1, 2, 3000);
	fixture_evidence(&f, EVIDENCE_CAPTURE_ENDS_SOON, 0, 1, 3000);
	CU_ASSERT_EQUAL(reason_of(&f.ledger, flow)->code, EVIDENCE_CAPTURE_ENDS_SOON);
	flow->verdict = VERDICT_BLOCKED;
	CU_ASSERT_EQUAL(reason_of(&f.ledger, flow)->code, EVIDENCE_SYN_UNANSWERED);
	flow->verdict = VERDICT_EXPECTED;
	CU_ASSERT_PTR_NULL(reason_of(&f.ledger, flow));
	CU_ASSERT_PTR_NULL(reason_support(&f.ledger, flow));
	fixture_close(&f);
}

static void test_text(void)
{
	struct fixture f;
	struct judged *flow;
	char buf[REASON_TEXT];

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 100);
	flow = fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 1);
	fixture_evidence(&f, EVIDENCE_SYN_UNANSWERED, 1, 2, 3000);
	reason_text(&f.ledger, flow, buf);
	CU_ASSERT_STRING_EQUAL(buf, "2 SYNs over 3.0 s, none answered");
	flow->verdict = VERDICT_EXPECTED;
	reason_text(&f.ledger, flow, buf);
	CU_ASSERT_STRING_EQUAL(buf, "");
	flow = fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 2);
	reason_text(&f.ledger, flow, buf);
	CU_ASSERT_STRING_EQUAL(buf, "no documented row is close to it");
	/* Whatever is not expected says something. */
	flow->verdict = VERDICT_INCONCLUSIVE;
	reason_text(&f.ledger, flow, buf);
	CU_ASSERT_STRING_EQUAL(buf, "what was captured of it does not tell");
	fixture_close(&f);
}

static void test_none(void)
{
	struct fixture f;
	struct judged *flow;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 100);
	flow = fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 1);
	CU_ASSERT_PTR_NULL(reason_of(&f.ledger, flow));
	CU_ASSERT_EQUAL(reason_row(&f.ledger, flow), -1);
	fixture_nearest(&f, "internal/server-ports/7", KEY_DPORT);
	CU_ASSERT_EQUAL(reason_row(&f.ledger, flow),
			policy_find_row(f.policy, "internal/server-ports/7"));
	fixture_row(&f, "pic/firewall-summary/1");
	CU_ASSERT_EQUAL(reason_row(&f.ledger, flow),
			policy_find_row(f.policy, "pic/firewall-summary/1"));
	fixture_close(&f);
}

static void test_ports(void)
{
	static const char pack[] =
		"pack: p\ntitle: P\ndocuments: {d: {title: D}}\ntables: {d/t: {title: T, rows: "
		"2}}\n"
		"roles: {client: {description: Client}}\nrows:\n"
		"  - {id: d/t/8, l4: tcp, proto: http, from: client, to: client, dport: 81-88, "
		"need: optional}\n"
		"  - {id: d/t/9, l4: tcp, proto: http, from: client, to: client, dport: 81-89, "
		"need: optional}\n";
	struct fixture f;
	struct judged *flow;

	fixture_open_with(&f, false, pack);
	fixture_capture(&f, "a.pcap", 100);
	flow = fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1000", "10.0.0.2:81", 1);
	fixture_row(&f, "d/t/8");
	CU_ASSERT_FALSE(reason_port_is_noise(&f.ledger, flow));
	flow = fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1000", "10.0.0.2:81", 2);
	fixture_row(&f, "d/t/9");
	CU_ASSERT_TRUE(reason_port_is_noise(&f.ledger, flow));
	flow = fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:49151", 3);
	CU_ASSERT_FALSE(reason_port_is_noise(&f.ledger, flow));
	flow = fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:49152", 4);
	CU_ASSERT_TRUE(reason_port_is_noise(&f.ledger, flow));
	fixture_nearest(&f, "d/t/9", KEY_PROTO);
	CU_ASSERT_TRUE(reason_port_is_noise(&f.ledger, flow));
	fixture_nearest(&f, "d/t/9", KEY_DPORT);
	CU_ASSERT_FALSE(reason_port_is_noise(&f.ledger, flow));
	fixture_close(&f);
}

extern CU_TestInfo tests_reason[];
CU_TestInfo tests_reason[] = {
	{ "the reason in one sentence, for every verdict but expected", test_text },
	{ "the strongest statement leads, what qualifies it follows", test_strongest },
	{ "each verdict leads with what it rests on", test_by_verdict },
	{ "a documented row goes before the nearest", test_none },
	{ "nine documented ports are many, and a dynamic one is chance", test_ports },
	CU_TEST_INFO_NULL,
};
