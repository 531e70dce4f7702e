/* What the flows of a finding come to, counted by hand. */
#include "report/fold_summary.h"

#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "judge/judge.h"
#include "report/fixture.h"

static void start(struct fixture *f, bool site)
{
	fixture_open(f, site);
	fixture_capture(f, "a.pcap", 10000);
}

/* Of the one fold that the flows make. */
static struct fold_summary summary_of(struct fixture *f)
{
	static struct fold fold;
	struct fold_summary summary;
	struct folds folds;

	CU_ASSERT_EQUAL_FATAL(fold_flows(&folds, &f->ledger, VERDICT_BIT(VERDICT_COUNT) - 1u), 0);
	CU_ASSERT_EQUAL_FATAL(folds.count, 1);
	fold = folds.items[0];
	fold_summarize(&summary, &folds, &f->ledger, &fold);
	fold_free(&folds);
	return summary;
}

static struct judged *rejected(struct fixture *f, unsigned to, unsigned port)
{
	char text[64];

	snprintf(text, sizeof(text), "203.0.113.%u:%u", to, port);
	return fixture_flow(f, VERDICT_REJECTED, 6, "198.51.100.7:1000", text,
			    f->ledger.flow_count + 1);
}

/* Four ports are a list, five a range; one that was there before is none more. */
static void test_ports(void)
{
	static const unsigned ports[] = { 443, 22, 443, 65535, 0, 22 };
	struct fold_summary s;
	struct fixture f;
	size_t i;

	start(&f, false);
	for (i = 0; i < ARRAY_SIZE(ports); i++)
		rejected(&f, 10, ports[i]);
	s = summary_of(&f);
	CU_ASSERT_EQUAL_FATAL(s.ports.count, 4);
	CU_ASSERT_EQUAL(s.ports.port[0], 0);
	CU_ASSERT_EQUAL(s.ports.port[1], 22);
	CU_ASSERT_EQUAL(s.ports.port[2], 443);
	CU_ASSERT_EQUAL(s.ports.port[3], 65535);
	rejected(&f, 10, 80);
	rejected(&f, 10, 443);
	s = summary_of(&f);
	CU_ASSERT_EQUAL(s.ports.count, 0);
	CU_ASSERT_EQUAL(s.ports.lo, 0);
	CU_ASSERT_EQUAL(s.ports.hi, 65535);
	fixture_close(&f);
}

static void test_shared(void)
{
	struct fold_summary s;
	struct fixture f;

	start(&f, false);
	rejected(&f, 10, 22);
	rejected(&f, 11, 22)->grade = GRADE_LIKELY;
	rejected(&f, 10, 22)->grade = GRADE_LIKELY;
	s = summary_of(&f);
	CU_ASSERT_EQUAL(s.ends[0].addresses, 1);
	CU_ASSERT_EQUAL(s.ends[1].addresses, 2);
	CU_ASSERT_EQUAL(s.grades[GRADE_LIKELY], 2);
	CU_ASSERT_TRUE(s.one_l4);
	CU_ASSERT_TRUE(s.one_version);
	CU_ASSERT_PTR_NULL(s.controlled);
	rejected(&f, 10, 22)->key.l4 = 17;
	fixture_control(&f, CONTROL_SAME_CLIENT, 1);
	rejected(&f, 10, 22)->key.ip_version = 6;
	fixture_control(&f, CONTROL_SAME_CLIENT, 1);
	s = summary_of(&f);
	CU_ASSERT_FALSE(s.one_l4);
	CU_ASSERT_FALSE(s.one_version);
	CU_ASSERT_PTR_EQUAL(s.controlled, &f.ledger.flows[3]);
	fixture_close(&f);
}

static void test_names(void)
{
	struct fold_summary s;
	struct fixture f;

	start(&f, false);
	rejected(&f, 10, 22);
	s = summary_of(&f);
	CU_ASSERT_STRING_EQUAL(s.name, "");
	CU_ASSERT_EQUAL(s.named, 0);
	rejected(&f, 10, 22);
	CU_ASSERT_EQUAL(judge_name(&f.ledger, "SSH"), 0);
	rejected(&f, 10, 22);
	CU_ASSERT_EQUAL(judge_name(&f.ledger, "Telnet"), 0);
	rejected(&f, 10, 22);
	CU_ASSERT_EQUAL(judge_name(&f.ledger, "SSH"), 0);
	s = summary_of(&f);
	CU_ASSERT_STRING_EQUAL(s.name, "SSH");
	CU_ASSERT_EQUAL(s.named, 2);
	fixture_close(&f);
}

static struct evidence *blocked(struct fixture *f, enum evidence_code code, uint32_t value)
{
	fixture_flow(f, VERDICT_BLOCKED, 6, "10.20.0.5:1000", "10.10.0.11:5061",
		     f->ledger.flow_count + 1);
	fixture_row(f, "internal/client-ports/1");
	return fixture_evidence(f, code, 1, 4, value);
}

/* The words decide, not the numbers that they may leave out. */
static void test_sentence(void)
{
	struct fixture f;

	start(&f, false);
	blocked(&f, EVIDENCE_DATA_UNACKNOWLEDGED, 7000);
	CU_ASSERT_TRUE(summary_of(&f).one_sentence);
	blocked(&f, EVIDENCE_DATA_UNACKNOWLEDGED, 7000);
	blocked(&f, EVIDENCE_DATA_UNACKNOWLEDGED, 8000);
	blocked(&f, EVIDENCE_DATA_UNACKNOWLEDGED, 7000);
	CU_ASSERT_TRUE(summary_of(&f).one_sentence);
	blocked(&f, EVIDENCE_DATA_UNACKNOWLEDGED, 7000)->count = 5;
	CU_ASSERT_FALSE(summary_of(&f).one_sentence);
	fixture_close(&f);
	start(&f, false);
	blocked(&f, EVIDENCE_TCP_RST_SYN, 64);
	blocked(&f, EVIDENCE_TCP_RST_SYN, 63);
	CU_ASSERT_FALSE(summary_of(&f).one_sentence);
	fixture_close(&f);
}

static void client(struct fixture *f, const char *from)
{
	fixture_flow(f, VERDICT_INCONCLUSIVE, 6, from, "10.10.0.11:5061", f->ledger.flow_count + 1);
	fixture_row(f, "internal/client-ports/1");
	fixture_evidence(f, EVIDENCE_GAP, 1, 1, 0);
}

static void test_roles(void)
{
	struct fold_summary s;
	struct fixture f;

	start(&f, true);
	client(&f, "10.20.0.5:1000");
	client(&f, "10.20.0.6:1000");
	client(&f, "10.20.0.5:1001");
	s = summary_of(&f);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.ends[0].role);
	CU_ASSERT_STRING_EQUAL(s.ends[0].role, "client");
	CU_ASSERT_EQUAL(s.ends[0].addresses, 2);
	/* A stranger among them has none of it, and whoever follows does not bring it back. */
	client(&f, "198.51.100.7:1000");
	client(&f, "10.20.0.7:1000");
	s = summary_of(&f);
	CU_ASSERT_PTR_NULL(s.ends[0].role);
	CU_ASSERT_EQUAL(s.ends[0].addresses, 4);
	fixture_close(&f);
	start(&f, false);
	client(&f, "10.20.0.5:1000");
	CU_ASSERT_PTR_NULL(summary_of(&f).ends[0].role);
	fixture_close(&f);
}

extern CU_TestInfo tests_fold_summary[];
CU_TestInfo tests_fold_summary[] = {
	{ "four ports are listed, more are a range", test_ports },
	{ "addresses, grades, transports and the first control", test_shared },
	{ "the first name, and how many flows have it", test_names },
	{ "reasons are one where they read alike", test_sentence },
	{ "a role is named where all addresses have it", test_roles },
	CU_TEST_INFO_NULL,
};
