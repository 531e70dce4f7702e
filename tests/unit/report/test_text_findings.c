/* Findings: ends, grades, sentences, frames, controls, and how long the list may get. */
#include "report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"

static void has(struct fixture *f, const char *want)
{
	char *text = fixture_report(f, REPORT_TEXT);

	if (strstr(text, want) == NULL)
		fprintf(stderr, "no \"%s\" in\n%s", want, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, want));
	free(text);
}

static void has_not(struct fixture *f, const char *unwanted)
{
	char *text = fixture_report(f, REPORT_TEXT);

	CU_ASSERT_PTR_NULL(strstr(text, unwanted));
	free(text);
}

static void start(struct fixture *f, bool site)
{
	fixture_open(f, site);
	f->options.width = 120;
	fixture_capture(f, "a.pcap", 10000);
}

static struct judged *silent(struct fixture *f, const char *from, const char *to, uint64_t frame,
			     uint32_t syns)
{
	struct judged *flow = fixture_flow(f, VERDICT_BLOCKED, 6, from, to, frame);
	struct evidence *e;

	fixture_row(f, "internal/client-ports/1");
	e = fixture_evidence(f, EVIDENCE_SYN_UNANSWERED, frame, syns, 7000);
	e->frames[1] = frame + 2;
	e->frames[2] = frame + 5;
	flow->cause = CAUSE_UNKNOWN;
	flow->grade = GRADE_LIKELY;
	return flow;
}

/* Where the reason is another flow's, the frames to look at are still the flow's own. */
static void test_reason_of_another_flow(void)
{
	struct fixture f;
	struct evidence *e;

	start(&f, true);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 17, "10.20.0.5:1000", "10.10.0.11:50000", 10);
	e = fixture_evidence(&f, EVIDENCE_ICE_SESSION_WORKS, 70, 1, 2);
	e->elsewhere = 1;
	fixture_row(&f, "internal/client-ports/5");
	has(&f, "\n              frame 10   udp.port == 50000");
	fixture_close(&f);
}

/* One flow: both addresses, all frames of its reason. */
static void test_one_flow(void)
{
	struct fixture f;

	start(&f, true);
	silent(&f, "10.20.0.5:1000", "10.10.0.11:5061", 10, 4);
	has(&f, "\nBLOCKED       internal/client-ports/1  sip/tls tcp/5061  client 10.20.0.5 -> "
		"front-end 10.10.0.11   1 flow, likely\n"
		"              4 SYNs over 7.0 s, none answered; cause unknown\n"
		"              frames 10 12 15 +1   tcp.port == 5061 && ip.addr == 10.10.0.11 && "
		"ip.addr == 10.20.0.5\n");
	fixture_close(&f);
}

/* Sentences that differ are the first flow's; grades that differ are counted. */
static void test_fold(void)
{
	struct fixture f;

	start(&f, false);
	silent(&f, "10.20.0.5:1000", "10.10.0.11:5061", 10, 4)->grade = GRADE_PROVEN;
	silent(&f, "10.20.0.6:1000", "10.10.0.11:5061", 20, 4);
	has(&f, "  2 addresses -> 10.10.0.11   2 flows, 1 proven\n"
		"              each: 4 SYNs over 7.0 s, none answered; cause unknown\n"
		"              frames 10 20   tcp.port == 5061 && ip.addr == 10.10.0.11\n");
	silent(&f, "10.20.0.6:1001", "10.10.0.11:5061", 30, 1);
	silent(&f, "10.20.0.6:1002", "10.10.0.11:5061", 40, 4);
	has(&f, "              first flow: 4 SYNs over 7.0 s, none answered; cause unknown\n"
		"              frames 10 20 30 +1   tcp");
	fixture_close(&f);
}

/* The role is the one the row names, and only where all addresses hold one. */
static void test_roles(void)
{
	struct fixture f;

	start(&f, true);
	silent(&f, "10.20.0.5:1000", "10.10.0.11:5061", 10, 4);
	silent(&f, "10.20.0.6:1000", "10.10.0.11:5061", 11, 4);
	has(&f, "  client (2 addresses) -> front-end 10.10.0.11   ");
	silent(&f, "203.0.113.10:1000", "10.10.0.11:5061", 12, 4);
	has(&f, "  3 addresses -> front-end 10.10.0.11   ");
	/* 203.0.113.20 is edge-access as well. */
	fixture_flow(&f, VERDICT_BLOCKED, 17, "10.20.0.5:1000", "203.0.113.20:3478", 13);
	fixture_row(&f, "internal/client-ports/5");
	has(&f, "  client 10.20.0.5 -> edge-av 203.0.113.20   ");
	fixture_close(&f);
}

static void test_support(void)
{
	struct fixture f;
	struct judged *flow;
	struct evidence *e;

	start(&f, false);
	flow = fixture_flow(&f, VERDICT_BLOCKED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 10);
	flow->cause = CAUSE_NETWORK;
	fixture_row(&f, "internal/client-ports/1");
	fixture_evidence(&f, EVIDENCE_TCP_RST_SYN, 11, 1, 64);
	e = fixture_evidence(&f, EVIDENCE_RST_FOREIGN_TTL, 11, 1, 64);
	e->value2 = 125;
	has(&f, "\n              the SYN was answered by a reset (TTL 64); cause: the network\n"
		"              the reset came with TTL 64, other packets of that host with 125:");
	fixture_close(&f);
}

static void test_unexpected(void)
{
	struct fixture f;

	start(&f, false);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:1000", "10.10.0.11:9999", 10);
	has(&f, "\nUNEXPECTED    no payload tcp/9999  10.20.0.5 -> 10.10.0.11   1 flow\n"
		"              no documented row is close to it\n"
		"              frame 10   tcp.port == 9999");
	fixture_close(&f);
}

static void test_ports(void)
{
	struct fixture f;

	start(&f, false);
	fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50000", "198.51.100.1:50010", 1);
	fixture_row(&f, "pic/firewall-summary/3");
	fixture_flow(&f, VERDICT_BLOCKED, 17, "203.0.113.12:50002", "198.51.100.1:50020", 2);
	fixture_row(&f, "pic/firewall-summary/3");
	has(&f, "  rtp udp/50010,50020  203.0.113.12 -> 198.51.100.1   2 flows\n");
	fixture_close(&f);
}

/* That a row of 64,512 ports covers a flow does not tell what the flow is. */
static void test_wide(void)
{
	struct fixture f;

	fixture_open_with(&f, true, fixture_wide_pack);
	fixture_capture(&f, "a.pcap", 1000);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.5:1000", "10.20.0.6:5555", 1);
	fixture_row(&f, "wide/ports/1");
	has(&f, "\ninconclusive  wide/ports/1  no payload tcp/5555  client 10.20.0.5");
	fixture_close(&f);
}

static void test_controls(void)
{
	struct fixture f;

	start(&f, false);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:1000", "10.10.0.12:443", 3);
	silent(&f, "10.20.0.5:1001", "10.10.0.11:5061", 10, 4);
	has_not(&f, "control:");
	fixture_control(&f, CONTROL_SAME_CLIENT, 0);
	has(&f,
	    "\n              control: the same client reached 10.10.0.12 on tcp/443 (frame 3)\n");
	f.ledger.flows[1].control_kind = CONTROL_SAME_SERVER;
	has(&f,
	    "\n              control: the same server answered 10.20.0.5 on tcp/443 (frame 3)\n");
	fixture_capture(&f, "b.pcap", 10000);
	silent(&f, "10.20.0.6:1001", "10.10.0.12:5061", 10, 4);
	fixture_control(&f, CONTROL_SAME_PAIR, 0);
	has(&f, "\n              frames 10 12 15 +1 of b.pcap   tcp");
	has(&f, "\n              control: the same client reached 10.10.0.12 on tcp/443 "
		"(frame 3 of a.pcap)\n");
	fixture_close(&f);
}

/* A fold over two files leads with the first: what is in the other is named. */
static void test_control_of_fold(void)
{
	struct fixture f;

	start(&f, false);
	silent(&f, "10.20.0.5:1001", "10.10.0.11:5061", 10, 4);
	fixture_capture(&f, "b.pcap", 10000);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:1000", "10.10.0.12:443", 3);
	silent(&f, "10.20.0.5:1002", "10.10.0.11:5061", 10, 4);
	fixture_control(&f, CONTROL_SAME_CLIENT, 1);
	has(&f, "\n              control: the same client reached 10.10.0.12 on tcp/443 "
		"(frame 3 of b.pcap)\n");
	silent(&f, "10.20.0.6:1003", "10.10.0.11:5061", 20, 4);
	has(&f, "\n              control: of these clients, 10.20.0.5 reached 10.10.0.12");
	fixture_close(&f);
}

/* Frame numbers of another file are not mixed in. */
static void test_two_files(void)
{
	struct fixture f;

	start(&f, false);
	silent(&f, "10.20.0.5:1001", "10.10.0.11:5061", 10, 4);
	silent(&f, "10.20.0.5:1002", "10.10.0.11:5061", 20, 4);
	fixture_capture(&f, "b.pcap", 10000);
	silent(&f, "10.20.0.5:1003", "10.10.0.11:5061", 5, 4);
	has(&f, "\n              frames 10 20 +1 of a.pcap   tcp");
	fixture_close(&f);
}

static void test_rejected(void)
{
	struct fixture f;
	char from[64];
	unsigned i;

	start(&f, false);
	fixture_flow(&f, VERDICT_REJECTED, 6, "198.51.100.7:1000", "203.0.113.10:22", 1);
	has(&f, "\nrejected      1 flow from 198.51.100.7 to tcp/22 of 203.0.113.10\n");
	for (i = 0; i < TEXT_SOURCES; i++) {
		snprintf(from, sizeof(from), "198.51.101.%u:1000", i);
		fixture_flow(&f, VERDICT_REJECTED, 6, from, "203.0.113.10:22", 2 + i);
	}
	fixture_settle(&f);
	has(&f, "\nrejected      6 flows from 6 addresses: not documented, not let through\n"
		"              1 flow from 198.51.100.7 to tcp/22 of 203.0.113.10\n");
	has(&f, "198.51.101.3 to tcp/22 of 203.0.113.10\n"
		"              ... 1 more source, -v lists it\n");
	f.options.verbose = 1;
	has(&f, "198.51.101.4 to tcp/22 of 203.0.113.10\n");
	fixture_close(&f);
}

/* Ten of a kind, then a count; all of them with -v. */
static void test_caps(void)
{
	struct fixture f;
	char to[64];
	unsigned i;

	start(&f, false);
	for (i = 0; i < TEXT_FINDINGS + 2; i++) {
		snprintf(to, sizeof(to), "10.10.1.%u:5061", i);
		silent(&f, "10.20.0.5:1000", to, 10 * i + 10, 4);
		fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:1000", to, 10 * i + 11);
	}
	has(&f, "\n              ... 2 more blocked findings, -v lists them\n\nUNEXPECTED");
	has(&f, "\n              ... 2 more unexpected findings, -v lists them\n");
	has_not(&f, "10.10.1.10 ");
	f.options.verbose = 1;
	has_not(&f, "more blocked");
	has(&f, "10.10.1.11 ");
	fixture_close(&f);
}

static void test_undecided(void)
{
	struct fixture f;
	char to[64];
	unsigned i;

	start(&f, false);
	for (i = 0; i < TEXT_UNDECIDED + 1; i++) {
		snprintf(to, sizeof(to), "10.10.1.1:%u", 5000 + i);
		fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.5:1000", to, i + 1);
	}
	has(&f, "\n              ... 1 more inconclusive finding, -v lists it\n");
	fixture_close(&f);
}

static void test_verbose(void)
{
	struct fixture f;

	start(&f, true);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 3);
	fixture_row(&f, "internal/client-ports/1");
	fixture_protocol(&f, APP_TLS, FIT_CONSISTENT);
	has_not(&f, "\nexpected ");
	f.options.verbose = 1;
	has(&f, "\nexpected      internal/client-ports/1  TLS 1.2 tcp/5061  client 10.20.0.5 -> "
		"front-end 10.10.0.11   1 flow\n");
	has_not(&f, "10.20.0.5:1000");
	f.options.verbose = 2;
	has(&f, "\n                10.20.0.5:1000 -> 10.10.0.11:5061  frame 3  established\n");
	fixture_close(&f);
}

extern CU_TestInfo tests_text_findings[];
CU_TestInfo tests_text_findings[] = {
	{ "a reason of another flow leaves the flow its own frames", test_reason_of_another_flow },
	{ "one flow shows all frames of its reason", test_one_flow },
	{ "a fold speaks for each flow, or for the first", test_fold },
	{ "roles are shown where all addresses hold them", test_roles },
	{ "what qualifies the reason has a line", test_support },
	{ "an unexpected flow without a near row says so", test_unexpected },
	{ "several ports are a range", test_ports },
	{ "a wide row does not name the protocol", test_wide },
	{ "the control is named with its frame and file", test_controls },
	{ "a control in another file than the finding's is named", test_control_of_fold },
	{ "frame numbers are of one file", test_two_files },
	{ "probes are one line a source, five sources", test_rejected },
	{ "each kind of finding is capped by itself", test_caps },
	{ "undecided flows take less room", test_undecided },
	{ "-v lists expected flows, -vv every flow", test_verbose },
	CU_TEST_INFO_NULL,
};
