/* Wireshark filters: what the flows of a finding share, and nothing they do not. */
#include "report/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"

static void expect(struct fixture *f, const char *want)
{
	struct fold_summary summary;
	struct folds folds;
	char buf[FILTER_TEXT];

	CU_ASSERT_EQUAL_FATAL(fold_flows(&folds, &f->ledger, VERDICT_BIT(VERDICT_COUNT) - 1u), 0);
	CU_ASSERT_EQUAL_FATAL(folds.count, 1);
	fold_summarize(&summary, &folds, &f->ledger, &folds.items[0]);
	CU_ASSERT_STRING_EQUAL(filter_text(&summary, buf), want);
	fold_free(&folds);
}

static void start(struct fixture *f)
{
	fixture_open(f, false);
	fixture_capture(f, "a.pcap", 10000);
}

static void test_one_port(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_BLOCKED, 17, "10.20.0.5:1000", "203.0.113.12:3478", 1);
	expect(&f, "udp.port == 3478 && ip.addr == 203.0.113.12 && ip.addr == 10.20.0.5");
	fixture_flow(&f, VERDICT_BLOCKED, 17, "10.20.0.6:1000", "203.0.113.12:3478", 2);
	expect(&f, "udp.port == 3478 && ip.addr == 203.0.113.12");
	fixture_close(&f);
}

static void test_v6(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_BLOCKED, 6, "[2001:db8::5]:1000", "[2001:db8:1::1]:5061", 1);
	expect(&f, "tcp.port == 5061 && ipv6.addr == 2001:db8:1::1 && ipv6.addr == 2001:db8::5");
	fixture_close(&f);
}

/* The filter of a flow, in exactly the room that it asks for. */
static void flow_filter(const struct judged *flow, const char *want)
{
	struct filter_end ends[2];
	struct token address[2];
	char text[ADDRESS_TEXT], *room = malloc(FILTER_ROOM);
	unsigned i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(room);
	for (i = 0; i < 2; i++) {
		token_set(&address[i], address_text(&flow->key.addr[flow->initiator ^ i], text));
		ends[i].address = &address[i];
		token_number(&ends[i].port, flow->key.port[flow->initiator ^ i]);
	}
	*filter_flow_text(room, flow, ends) = '\0';
	CU_ASSERT_STRING_EQUAL(room, want);
	free(room);
}

static void test_one_flow(void)
{
	static const char longest[] =
		"(ipv6.src == 2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 && sctp.srcport == 65535 && "
		"ipv6.dst == 2001:db8:ffff:ffff:ffff:ffff:ffff:fff2 && sctp.dstport == 65534) || "
		"(ipv6.src == 2001:db8:ffff:ffff:ffff:ffff:ffff:fff2 && sctp.srcport == 65534 && "
		"ipv6.dst == 2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 && sctp.dstport == 65535)";
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_BLOCKED, 17, "10.20.0.5:0", "203.0.113.12:3478", 1);
	flow_filter(&f.ledger.flows[0], "(ip.src == 10.20.0.5 && udp.srcport == 0 && "
					"ip.dst == 203.0.113.12 && udp.dstport == 3478) || "
					"(ip.src == 203.0.113.12 && udp.srcport == 3478 && "
					"ip.dst == 10.20.0.5 && udp.dstport == 0)");
	fixture_flow(&f, VERDICT_BLOCKED, 132, "[2001:db8:ffff:ffff:ffff:ffff:ffff:fff1]:65535",
		     "[2001:db8:ffff:ffff:ffff:ffff:ffff:fff2]:65534", 2);
	flow_filter(&f.ledger.flows[1], longest);
	fixture_close(&f);
}

static void test_sctp(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_UNEXPECTED, 132, "10.0.0.1:7", "10.0.0.2:9", 1);
	expect(&f, "sctp.port == 9 && ip.addr == 10.0.0.2 && ip.addr == 10.0.0.1");
	fixture_close(&f);
}

static void test_port_range(void)
{
	struct fixture f;
	char to[64];
	unsigned i;

	start(&f);
	fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50000", "198.51.100.1:50010", 1);
	fixture_row(&f, "pic/firewall-summary/3");
	fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50000", "198.51.100.1:50020", 2);
	fixture_row(&f, "pic/firewall-summary/3");
	expect(&f, "udp.port in {50010, 50020} && ip.addr == 198.51.100.1 && "
		   "ip.addr == 203.0.113.12");
	for (i = 0; i < FOLD_PORTS - 2; i++) {
		snprintf(to, sizeof(to), "198.51.100.1:%u", 50030 - i);
		fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50000", to, 3 + i);
		fixture_row(&f, "pic/firewall-summary/3");
	}
	expect(&f, "udp.port in {50010, 50020, 50029, 50030} && ip.addr == 198.51.100.1 && "
		   "ip.addr == 203.0.113.12");
	fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50000", "198.51.100.1:50009", 9);
	fixture_row(&f, "pic/firewall-summary/3");
	expect(&f, "udp.port in {50009..50030} && ip.addr == 198.51.100.1 && "
		   "ip.addr == 203.0.113.12");
	fixture_close(&f);
}

static void test_itself(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "127.0.0.1:5000", "127.0.0.1:20000", 1);
	expect(&f, "tcp.port == 20000 && ip.addr == 127.0.0.1");
	fixture_close(&f);
}

/* A scan of one transport: its ports are no range worth a condition. */
static void test_scan(void)
{
	struct fixture f;
	char to[64];
	unsigned i;

	start(&f);
	for (i = 0; i < FOLD_PORTS + 1; i++) {
		snprintf(to, sizeof(to), "203.0.113.10:%u", 1 + i);
		fixture_flow(&f, VERDICT_REJECTED, 6, "198.51.100.7:1000", to, i + 1);
	}
	expect(&f, "tcp && ip.addr == 203.0.113.10 && ip.addr == 198.51.100.7");
	fixture_close(&f);
}

/* A source that tried both transports and several hosts: only it is common. */
static void test_probes(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_REJECTED, 6, "198.51.100.7:1000", "203.0.113.10:22", 1);
	fixture_flow(&f, VERDICT_REJECTED, 17, "198.51.100.7:1000", "203.0.113.12:53", 2);
	expect(&f, "ip.addr == 198.51.100.7");
	fixture_close(&f);
}

extern CU_TestInfo tests_report_filter[];
CU_TestInfo tests_report_filter[] = {
	{ "one flow is selected by both its ends, exactly", test_one_flow },
	{ "the port comes first, then responder, then an only initiator", test_one_port },
	{ "IPv6 addresses have a field of their own", test_v6 },
	{ "SCTP ports have a field of their own", test_sctp },
	{ "up to four ports are a list, more a range", test_port_range },
	{ "a host that talks to itself is named once", test_itself },
	{ "the ports of a scan are left out", test_scan },
	{ "what differs is left out", test_probes },
	CU_TEST_INFO_NULL,
};
