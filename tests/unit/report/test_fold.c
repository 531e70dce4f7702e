/* Folding: what makes flows one finding, and the order findings come in. */
#include "report/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"

#define ALL (VERDICT_BIT(VERDICT_COUNT) - 1u)

static struct folds folded(struct fixture *f, uint32_t verdicts)
{
	struct folds folds;

	CU_ASSERT_EQUAL_FATAL(fold_flows(&folds, &f->ledger, verdicts), 0);
	return folds;
}

/* Number of folds of what the fixture holds. */
static size_t fold_count(struct fixture *f)
{
	struct folds folds = folded(f, ALL);
	size_t count = folds.count;

	fold_free(&folds);
	return count;
}

static struct judged *blocked(struct fixture *f, const char *from, const char *to, uint64_t frame)
{
	struct judged *flow = fixture_flow(f, VERDICT_BLOCKED, 6, from, to, frame);

	fixture_row(f, "internal/client-ports/1");
	fixture_evidence(f, EVIDENCE_SYN_UNANSWERED, frame, 4, 7000);
	return flow;
}

static void start(struct fixture *f)
{
	fixture_open(f, false);
	fixture_capture(f, "a.pcap", 10000);
}

/* Clients and their ports do not split a finding; everything in the key does. */
static void test_key(void)
{
	struct fixture f;
	struct judged *flow;

	start(&f);
	blocked(&f, "10.20.0.5:1000", "10.10.0.11:5061", 1);
	blocked(&f, "10.20.0.6:1001", "10.10.0.11:5061", 2);
	CU_ASSERT_EQUAL(fold_count(&f), 1);
	blocked(&f, "10.20.0.5:1000", "10.10.0.12:5061", 3);
	CU_ASSERT_EQUAL(fold_count(&f), 2);
	blocked(&f, "10.20.0.5:1000", "10.10.0.11:5062", 4);
	CU_ASSERT_EQUAL(fold_count(&f), 3);
	flow = blocked(&f, "10.20.0.5:1000", "10.10.0.11:5061", 5);
	flow->outcome = OUTCOME_REFUSED;
	CU_ASSERT_EQUAL(fold_count(&f), 4);
	flow = blocked(&f, "10.20.0.5:1000", "10.10.0.11:5061", 6);
	flow->cause = CAUSE_NETWORK;
	CU_ASSERT_EQUAL(fold_count(&f), 5);
	flow = blocked(&f, "10.20.0.5:1000", "10.10.0.11:5061", 7);
	flow->app = APP_SIP;
	CU_ASSERT_EQUAL(fold_count(&f), 6);
	flow = blocked(&f, "10.20.0.5:1000", "10.10.0.11:5061", 8);
	flow->key.l4 = 17;
	CU_ASSERT_EQUAL(fold_count(&f), 7);
	fixture_flow(&f, VERDICT_BLOCKED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 9);
	fixture_row(&f, "internal/client-ports/1");
	fixture_evidence(&f, EVIDENCE_TLS_ALERT, 9, 1, 40);
	CU_ASSERT_EQUAL(fold_count(&f), 8);
	fixture_close(&f);
}

static void test_nearest(void)
{
	struct fixture f;
	static const char to[] = "10.10.0.11:8059";

	start(&f);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:1000", to, 1);
	fixture_nearest(&f, "internal/server-ports/7", KEY_DPORT);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.6:1000", to, 2);
	fixture_nearest(&f, "internal/server-ports/7", KEY_DPORT);
	CU_ASSERT_EQUAL(fold_count(&f), 1);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "192.0.2.1:1000", to, 3);
	fixture_nearest(&f, "internal/server-ports/7", KEY_DPORT | KEY_FROM);
	CU_ASSERT_EQUAL(fold_count(&f), 2);
	/* The same row as a documented one is another matter. */
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:1000", to, 4);
	fixture_row(&f, "internal/server-ports/7");
	CU_ASSERT_EQUAL(fold_count(&f), 3);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:1000", to, 5);
	CU_ASSERT_EQUAL(fold_count(&f), 4);
	fixture_close(&f);
}

/* A row of ten thousand ports folds over them. */
static void test_range(void)
{
	struct fixture f;
	struct folds folds;

	start(&f);
	fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50000", "198.51.100.1:50010", 1);
	fixture_row(&f, "pic/firewall-summary/3");
	fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50002", "198.51.100.1:50020", 2);
	fixture_row(&f, "pic/firewall-summary/3");
	folds = folded(&f, ALL);
	CU_ASSERT_EQUAL_FATAL(folds.count, 1);
	CU_ASSERT_FALSE(folds.items[0].one_port);
	CU_ASSERT_TRUE(folds.items[0].one_responder);
	fold_free(&folds);
	/* A port outside the range is what is wrong with a flow. */
	fixture_flow(&f, VERDICT_UNEXPECTED, 17, "203.0.113.12:50000", "198.51.100.1:40010", 3);
	fixture_nearest(&f, "pic/firewall-summary/3", KEY_DPORT);
	fixture_flow(&f, VERDICT_UNEXPECTED, 17, "203.0.113.12:50000", "198.51.100.1:40011", 4);
	fixture_nearest(&f, "pic/firewall-summary/3", KEY_DPORT);
	CU_ASSERT_EQUAL(fold_count(&f), 3);
	fixture_close(&f);
}

static void test_rejected(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_REJECTED, 6, "198.51.100.7:1000", "203.0.113.10:22", 1);
	fixture_flow(&f, VERDICT_REJECTED, 17, "198.51.100.7:1000", "203.0.113.12:53", 2);
	CU_ASSERT_EQUAL(fold_count(&f), 1);
	fixture_flow(&f, VERDICT_REJECTED, 6, "198.51.100.8:1000", "203.0.113.10:22", 3);
	CU_ASSERT_EQUAL(fold_count(&f), 2);
	fixture_close(&f);
}

static void test_inconclusive(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.5:1000", "10.10.0.11:5061", 1);
	fixture_row(&f, "internal/client-ports/1");
	fixture_evidence(&f, EVIDENCE_GAP, 1, 1, 0);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.6:1000", "10.10.0.12:5061", 2);
	fixture_row(&f, "internal/client-ports/1");
	fixture_evidence(&f, EVIDENCE_GAP, 2, 1, 0);
	CU_ASSERT_EQUAL(fold_count(&f), 1);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.6:1000", "10.10.0.12:5061", 3);
	fixture_row(&f, "internal/client-ports/1");
	fixture_evidence(&f, EVIDENCE_MIDSTREAM, 3, 1, 0);
	CU_ASSERT_EQUAL(fold_count(&f), 2);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.6:1000", "10.10.0.12:8057", 4);
	fixture_row(&f, "internal/server-ports/7");
	fixture_evidence(&f, EVIDENCE_GAP, 4, 1, 0);
	CU_ASSERT_EQUAL(fold_count(&f), 3);
	fixture_close(&f);
}

/* Severity, then most flows, then the first flow. */
static void test_sorted(void)
{
	static const uint8_t want[] = { VERDICT_BLOCKED,  VERDICT_BLOCKED,    VERDICT_BLOCKED,
					VERDICT_MISMATCH, VERDICT_UNEXPECTED, VERDICT_INCONCLUSIVE,
					VERDICT_REJECTED, VERDICT_EXPECTED };
	struct fixture f;
	struct folds folds;
	size_t i;

	start(&f);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 1);
	fixture_flow(&f, VERDICT_REJECTED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 2);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.5:1000", "10.10.0.11:5061", 3);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 4);
	fixture_flow(&f, VERDICT_MISMATCH, 6, "10.20.0.5:1000", "10.10.0.11:5061", 5);
	blocked(&f, "10.20.0.5:1000", "10.10.0.11:5061", 6);
	blocked(&f, "10.20.0.5:1000", "10.10.0.12:5061", 7);
	blocked(&f, "10.20.0.5:1000", "10.10.0.13:5061", 8);
	blocked(&f, "10.20.0.5:1001", "10.10.0.13:5061", 9);
	folds = folded(&f, ALL);
	CU_ASSERT_EQUAL_FATAL(folds.count, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++)
		CU_ASSERT_EQUAL(folds.items[i].verdict, want[i]);
	CU_ASSERT_EQUAL(folds.items[0].count, 2);
	CU_ASSERT_EQUAL(fold_flow(&folds, &f.ledger, &folds.items[0], 0)->first_frame, 8);
	CU_ASSERT_EQUAL(fold_flow(&folds, &f.ledger, &folds.items[0], 1)->first_frame, 9);
	CU_ASSERT_EQUAL(fold_flow(&folds, &f.ledger, &folds.items[1], 0)->first_frame, 6);
	CU_ASSERT_EQUAL(fold_flow(&folds, &f.ledger, &folds.items[2], 0)->first_frame, 7);
	fold_free(&folds);
	folds = folded(&f, VERDICT_BIT(VERDICT_MISMATCH));
	CU_ASSERT_EQUAL_FATAL(folds.count, 1);
	CU_ASSERT_EQUAL(folds.items[0].verdict, VERDICT_MISMATCH);
	fold_free(&folds);
	fixture_close(&f);
}

/* Enough folds for the index to grow several times, against a count by hand. */
static void test_many(void)
{
	struct fixture f;
	struct folds folds;
	char from[64];
	unsigned i;
	uint32_t j, wrong = 0;

	start(&f);
	for (i = 0; i < 30000; i++) {
		unsigned source = i % 5000;

		snprintf(from, sizeof(from), "198.51.%u.%u:%u", source / 200, source % 200,
			 1000 + i / 5000);
		fixture_flow(&f, VERDICT_REJECTED, 6, from, "203.0.113.10:22", i + 1);
	}
	folds = folded(&f, ALL);
	CU_ASSERT_EQUAL_FATAL(folds.count, 5000);
	for (i = 0; i < 5000; i++) {
		const struct fold *fold = &folds.items[i];

		wrong += fold->count != 6;
		for (j = 0; j < fold->count; j++)
			wrong += fold_flow(&folds, &f.ledger, fold, j)->first_frame !=
				 1 + i + 5000u * j;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	fold_free(&folds);
	fixture_close(&f);
}

/* Sizes that need two digits of the sort, in an order that it has to turn about. */
static void test_sizes(void)
{
	static const unsigned sizes[] = { 1, 300, 256, 2, 255, 300, 1, 512 };
	static const unsigned want[] = { 7, 1, 5, 2, 4, 3, 0, 6 };
	struct fixture f;
	struct folds folds;
	char from[64];
	unsigned i, n;

	start(&f);
	for (n = 0; n < 512; n++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			if (n >= sizes[i])
				continue;
			snprintf(from, sizeof(from), "198.51.100.%u:%u", i, 1000 + n);
			fixture_flow(&f, VERDICT_REJECTED, 6, from, "203.0.113.10:22",
				     1 + 8 * n + i);
		}
	folds = folded(&f, ALL);
	CU_ASSERT_EQUAL_FATAL(folds.count, ARRAY_SIZE(sizes));
	for (i = 0; i < folds.count; i++) {
		CU_ASSERT_EQUAL(folds.items[i].count, sizes[want[i]]);
		CU_ASSERT_EQUAL(fold_flow(&folds, &f.ledger, &folds.items[i], 0)->first_frame,
				1 + want[i]);
	}
	fold_free(&folds);
	fixture_close(&f);
}

static void test_empty(void)
{
	struct fixture f;

	start(&f);
	CU_ASSERT_EQUAL(fold_count(&f), 0);
	fixture_close(&f);
}

extern CU_TestInfo tests_fold[];
CU_TestInfo tests_fold[] = {
	{ "flows differ by responder, transport, row, outcome, cause, protocol and reason",
	  test_key },
	{ "undocumented flows differ by their nearest row and what fails", test_nearest },
	{ "ports inside a documented range do not split a finding", test_range },
	{ "rejected flows are one finding a source", test_rejected },
	{ "undecided flows are folded by reason and row", test_inconclusive },
	{ "the worst comes first, then the largest, then the earliest", test_sorted },
	{ "thousands of findings keep their flows in order", test_many },
	{ "findings of hundreds of flows come before those of few", test_sizes },
	{ "no flows, no findings", test_empty },
	CU_TEST_INFO_NULL,
};
