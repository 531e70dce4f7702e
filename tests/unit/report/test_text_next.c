/* What to do next: a step for each thing found, four at most. */
#include "report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"

/* The section of the report, "" without one; release with free(). */
static char *section(struct fixture *f)
{
	char *text = fixture_report(f, REPORT_TEXT), *at, *end;

	at = strstr(text, "\nWhat to do next\n");
	end = at == NULL ? NULL : strstr(at, "\n\n");
	if (end != NULL)
		end[1] = '\0';
	at = strdup(at == NULL ? "" : strchr(at + 1, '\n') + 1);
	free(text);
	return at;
}

static void expect(struct fixture *f, const char *want)
{
	char *text = section(f);

	CU_ASSERT_STRING_EQUAL(text, want);
	if (strcmp(text, want) != 0)
		fprintf(stderr, "got:\n%swant:\n%s", text, want);
	free(text);
}

static void start(struct fixture *f)
{
	fixture_open(f, true);
	f->options.width = 200;
	fixture_capture(f, "a.pcap", 10000);
}

static struct judged *blocked(struct fixture *f, enum cause cause, const char *to)
{
	struct judged *flow =
		fixture_flow(f, VERDICT_BLOCKED, 6, "10.20.0.5:1000", to, f->ledger.flow_count + 1);

	fixture_row(f, "internal/client-ports/1");
	flow->cause = (uint8_t)cause;
	return flow;
}

static void test_nothing(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 1);
	expect(&f, "");
	fixture_close(&f);
}

static void test_causes(void)
{
	struct fixture f;

	start(&f);
	blocked(&f, CAUSE_UNKNOWN, "10.10.0.14:5061");
	blocked(&f, CAUSE_APPLICATION, "10.10.0.13:5061");
	blocked(&f, CAUSE_HOST, "10.10.0.12:5061");
	blocked(&f, CAUSE_NETWORK, "10.10.0.11:5061");
	expect(&f,
	       "  Give the firewall team row internal/client-ports/1 and these packets: tcp.port "
	       "== "
	       "5061 && ip.addr == 10.10.0.11 && ip.addr == 10.20.0.5\n"
	       "  See on 10.10.0.12 whether the service of row internal/client-ports/1 runs: the "
	       "host "
	       "itself refused tcp/5061.\n"
	       "  Look into the log of the service on 10.10.0.13: packets pass, the application "
	       "refuses (row internal/client-ports/1).\n"
	       "  Capture beside 10.10.0.14 as well: whether tcp/5061 arrives there tells network "
	       "from "
	       "host (row internal/client-ports/1).\n");
	fixture_close(&f);
}

static void test_mismatch(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_MISMATCH, 6, "10.20.0.5:1000", "10.10.0.11:5061", 1);
	fixture_row(&f, "internal/client-ports/1");
	fixture_evidence(&f, EVIDENCE_PROTOCOL_CONTRADICTED, 2, 1, APP_HTTP);
	expect(&f, "  Find out what serves tcp/5061 on 10.10.0.11: it does not speak what row "
		   "internal/client-ports/1 documents.\n");
	fixture_close(&f);
}

static void test_unexpected(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:1000", "10.10.0.11:9999", 1);
	expect(&f, "  Ask who needs tcp/9999 to 10.10.0.11: no row is close to it.\n");
	fixture_nearest(&f, "internal/server-ports/7", KEY_DPORT);
	expect(&f,
	       "  Compare tcp/9999 to 10.10.0.11 with row internal/server-ports/7: a moved port, "
	       "or a flow to close?\n");
	fixture_nearest(&f, "internal/server-ports/7", KEY_FROM | KEY_DPORT);
	expect(&f, "  Compare tcp/9999 to 10.10.0.11 with row internal/server-ports/7: a wrong "
		   "address in the site file, or a flow to close?\n");
	fixture_close(&f);
}

static void test_wide(void)
{
	struct fixture f;

	fixture_open_with(&f, true, fixture_wide_pack);
	f.options.width = 200;
	fixture_capture(&f, "a.pcap", 10000);
	fixture_flow(&f, VERDICT_UNEXPECTED, 17, "10.20.0.5:1000", "10.20.0.6:1053", 1);
	fixture_nearest(&f, "wide/ports/1", KEY_PROTO);
	expect(&f, "  Ask who needs udp/1053 to 10.20.0.6: only the wide range of row wide/ports/1 "
		   "is close.\n");
	fixture_close(&f);
}

static void test_capture(void)
{
	struct fixture f;

	start(&f);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.5:1000", "10.10.0.11:5061", 1);
	fixture_evidence(&f, EVIDENCE_CAPTURE_ENDS_SOON, 0, 1, 900);
	fixture_flow(&f, VERDICT_INCONCLUSIVE, 6, "10.20.0.5:1001", "10.10.0.11:5061", 2);
	fixture_evidence(&f, EVIDENCE_CAPTURE_ENDS_SOON, 0, 1, 800);
	expect(&f, "  Capture half a minute longer: 2 flows are undecided for that.\n");
	fixture_close(&f);
}

/* Five things found, four steps; the site comes last. */
static void test_most(void)
{
	struct fixture f;
	char *text;
	size_t lines = 0, i;

	fixture_open(&f, false);
	f.options.width = 200;
	fixture_capture(&f, "a.pcap", 10000);
	blocked(&f, CAUSE_NETWORK, "10.10.0.11:5061");
	expect(&f, "  Give the firewall team row internal/client-ports/1 and these packets: "
		   "tcp.port == "
		   "5061 && ip.addr == 10.10.0.11 && ip.addr == 10.20.0.5\n"
		   "  Write a site file (addresses of each role) and run again with -S SITE.yaml: "
		   "who may "
		   "talk to whom was not checked.\n");
	blocked(&f, CAUSE_UNKNOWN, "10.10.0.14:5061");
	blocked(&f, CAUSE_APPLICATION, "10.10.0.13:5061");
	blocked(&f, CAUSE_HOST, "10.10.0.12:5061");
	text = section(&f);
	for (i = 0; text[i] != '\0'; i++)
		lines += text[i] == '\n';
	CU_ASSERT_EQUAL(lines, TEXT_STEPS);
	CU_ASSERT_PTR_NULL(strstr(text, "site file"));
	free(text);
	fixture_close(&f);
}

extern CU_TestInfo tests_text_next[];
CU_TestInfo tests_text_next[] = {
	{ "where nothing is wrong there is nothing to do", test_nothing },
	{ "each cause of a block has its step", test_causes },
	{ "a wrong protocol is to be found out", test_mismatch },
	{ "an undocumented flow is to be asked about", test_unexpected },
	{ "a wide row is not worth comparing with", test_wide },
	{ "undecided flows say how to capture better", test_capture },
	{ "there are four steps at most", test_most },
	CU_TEST_INFO_NULL,
};
