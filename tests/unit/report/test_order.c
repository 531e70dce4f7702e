/* Report order: input, first frame, key, whatever order the ledger is in. */
#include "report/order.h"

#include <stdlib.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"

static void three_flows(struct fixture *f)
{
	fixture_open(f, false);
	fixture_capture(f, "a.pcap", 100);
	fixture_flow(f, VERDICT_EXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 7);
	fixture_flow(f, VERDICT_EXPECTED, 6, "10.0.0.1:1001", "10.0.0.2:5061", 9);
	fixture_capture(f, "b.pcap", 100);
	fixture_flow(f, VERDICT_EXPECTED, 6, "10.0.0.1:1002", "10.0.0.2:5061", 3);
}

static void test_sorted(void)
{
	struct fixture f;
	uint32_t *order;

	three_flows(&f);
	CU_ASSERT_EQUAL(order_flows(&f.ledger, &order), 0);
	CU_ASSERT_PTR_NULL(order);
	CU_ASSERT_EQUAL(order_at(order, 2), 2);
	fixture_close(&f);
}

static void test_unsorted(void)
{
	struct fixture f;
	struct judged first;
	uint32_t *order;

	three_flows(&f);
	first = f.ledger.flows[0];
	f.ledger.flows[0] = f.ledger.flows[2];
	f.ledger.flows[2] = first;
	CU_ASSERT_EQUAL(order_flows(&f.ledger, &order), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(order);
	CU_ASSERT_EQUAL(order_at(order, 0), 2);
	CU_ASSERT_EQUAL(order_at(order, 1), 1);
	CU_ASSERT_EQUAL(order_at(order, 2), 0);
	free(order);
	fixture_close(&f);
}

/* A frame can begin two flows (a tunnel, two ICMP quotes): then the key decides. */
static void test_same_frame(void)
{
	struct fixture f;
	uint32_t *order;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 100);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.0.0.3:1000", "10.0.0.4:5061", 7);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 7);
	CU_ASSERT_EQUAL(order_flows(&f.ledger, &order), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(order);
	CU_ASSERT_EQUAL(order_at(order, 0), 1);
	free(order);
	fixture_close(&f);
}

static void test_empty(void)
{
	struct fixture f;
	uint32_t *order;

	fixture_open(&f, false);
	CU_ASSERT_EQUAL(order_flows(&f.ledger, &order), 0);
	CU_ASSERT_PTR_NULL(order);
	fixture_close(&f);
}

extern CU_TestInfo tests_order[];
CU_TestInfo tests_order[] = {
	{ "a settled ledger needs no order of its own", test_sorted },
	{ "inputs come in their order, frames inside them", test_unsorted },
	{ "flows that one frame began are ordered by key", test_same_frame },
	{ "no flows, no order", test_empty },
	CU_TEST_INFO_NULL,
};
