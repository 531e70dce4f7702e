/* The text report as a whole: goldens, width, colours, determinism, wording. */
#include "report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "judge/judge.h"
#include "report/fixture.h"

static const char golden[] =
	"edge-after-change.pcapng   2026-11-21 09:14:02 UTC   14m32s   1,284,113 frames   611 MB"
	"   13 flows\n"
	"site contoso \xc2\xb7 lync2013-pic (3 rows) \xc2\xb7 lync2013-internal (5 rows)\n"
	"\n"
	"Capture fitness: good, one limit\n"
	"  3.1 % of TCP flows began before the capture; their initiator comes from the protocol\n"
	"\n"
	"Rows: 1 seen   1 blocked   1 mismatch   1 inconclusive   4 not seen\n"
	"  blocked       internal/client-ports/5  udp/3478  5 blocked\n"
	"  mismatch      pic/firewall-summary/1   tcp/5061  1 mismatch\n"
	"  inconclusive  internal/server-ports/7  tcp/8057  1 inconclusive\n"
	"  seen          internal/client-ports/1  tcp/5061  1 expected\n"
	"\n"
	"Flows: 1 expected   5 blocked   1 mismatch   1 unexpected   1 inconclusive   4 rejected\n"
	"\n"
	"BLOCKED       internal/client-ports/5  MSTURN udp/3478  client (3 addresses)\n"
	"              -> edge-av 203.0.113.12   5 flows, proven\n"
	"              each: 203.0.113.1 answered: communication administratively prohibited"
	" (ICMP 3/13);\n"
	"                cause: the network\n"
	"              frames 1204 1214 1224 +2   udp.port == 3478 && ip.addr == 203.0.113.12\n"
	"              control: of these clients, 10.20.0.5 reached 10.10.0.11 on tcp/5061"
	" (frame 1190)\n"
	"\n"
	"MISMATCH      pic/firewall-summary/1  TLS 1.2 tcp/5061  pic-partner 198.51.100.9\n"
	"              -> edge-access 203.0.113.10   1 flow\n"
	"              the server never asked for a client certificate: TLS, not mutual TLS;\n"
	"                documented: sip/mtls\n"
	"              frame 1405   tcp.port == 5061 && ip.addr == 203.0.113.10 &&"
	" ip.addr == 198.51.100.9\n"
	"\n"
	"UNEXPECTED    TLS 1.2 tcp/8059  client 10.20.0.5 -> front-end 10.10.0.11   1 flow\n"
	"              nearest: internal/server-ports/7 differs only in dport: 8059, documented"
	" 8057\n"
	"              frame 1300   tcp.port == 8059 && ip.addr == 10.10.0.11 &&"
	" ip.addr == 10.20.0.5\n"
	"\n"
	"inconclusive  internal/server-ports/7  psom/tls tcp/8057  client 10.20.0.9 -> front-end"
	" 10.10.0.12\n"
	"              1 flow\n"
	"              only one end's packets are in the capture; an answer could not have been"
	" seen\n"
	"              frame 1700   tcp.port == 8057 && ip.addr == 10.10.0.12 &&"
	" ip.addr == 10.20.0.9\n"
	"\n"
	"rejected      4 flows from 2 addresses: not documented, not let through\n"
	"              3 flows from pic-partner 198.51.100.7 to 2 ports of 2 addresses\n"
	"              1 flow from pic-partner 198.51.100.8 to tcp/22 of edge-access 203.0.113.10\n"
	"\n"
	"Required, asserted by the site and not seen: pic/firewall-summary/2,"
	" internal/server-ports/44\n"
	"\n"
	"What to do next\n"
	"  Give the firewall team row internal/client-ports/5 and these packets:\n"
	"    udp.port == 3478 && ip.addr == 203.0.113.12\n"
	"  Check the certificates on both ends of tcp/5061 at 203.0.113.10: row"
	" pic/firewall-summary/1\n"
	"    documents mutual TLS.\n"
	"  Compare tcp/8059 to 10.10.0.11 with row internal/server-ports/7: a moved port, or a flow"
	" to\n    close?\n"
	"  Capture where both directions pass: 1 flow is undecided for that.\n"
	"\n"
	"7 flows in 3 findings. Exit 1.\n";

/* Show where two long texts part, which a plain comparison would not. */
static void same_text(const char *got, const char *want)
{
	size_t i = 0, line = 0, j;

	CU_ASSERT_STRING_EQUAL(got, want);
	if (strcmp(got, want) == 0)
		return;
	for (; got[i] == want[i]; i++)
		line = got[i] == '\n' ? i + 1 : line;
	j = strcspn(got + line, "\n");
	fprintf(stderr, "got:  %.*s\nwant: %.*s\n", (int)j, got + line,
		(int)strcspn(want + line, "\n"), want + line);
}

static void test_golden(void)
{
	struct fixture f;
	char *text;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	text = fixture_report(&f, REPORT_TEXT);
	same_text(text, golden);
	free(text);
	fixture_close(&f);
}

static void test_nothing(void)
{
	struct fixture f;
	char *text;

	fixture_open(&f, true);
	fixture_capture(&f, "empty.pcap", 0);
	f.options.exit_status = 3;
	fixture_settle(&f);
	text = fixture_report(&f, REPORT_TEXT);
	same_text(
		text,
		"empty.pcap   no frames\n"
		"site contoso \xc2\xb7 lync2013-pic (3 rows) \xc2\xb7 lync2013-internal (5 rows)\n"
		"\n"
		"Capture fitness: none, there are no frames\n"
		"\n"
		"Rows: 8 not seen\n"
		"\n"
		"Flows: none\n"
		"\n"
		"No flows: nothing could be judged. Exit 3.\n");
	free(text);
	fixture_close(&f);
}

/* A line may only be too long when it holds one word, or a wide one that nothing could break. */
static void fits(const char *text, unsigned width)
{
	const char *end;

	for (; *text != '\0'; text = end + 1) {
		size_t indent = strspn(text, " "), len;

		end = strchr(text, '\n');
		len = (size_t)(end - text);
		if (page_columns(text, len) <= width)
			continue;
		if (memchr(text + indent, ' ', len - indent) != NULL)
			fprintf(stderr, "width %u: %.*s\n", width, (int)len, text);
		CU_ASSERT_PTR_NULL(memchr(text + indent, ' ', len - indent));
	}
}

static void test_width(void)
{
	static const unsigned widths[] = { 40, 60, 80, 100, 120, 200 };
	struct fixture f;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(widths); i++) {
		char *text;

		fixture_open(&f, i % 2 == 0);
		fixture_every_verdict(&f);
		fixture_capture(&f, "a-second-capture-with-a-name-that-is-rather-long.pcapng", 5);
		fixture_unfit(&f.ledger.captures[1], FITNESS_ONE_DIRECTION,
			      VERDICT_BIT(VERDICT_BLOCKED), "only 2.0 % show both directions");
		fixture_flow(&f, VERDICT_BLOCKED, 6, "[2001:db8:1111:2222:3333:4444:5555:6666]:1",
			     "[2001:db8:1111:2222:3333:4444:5555:7777]:5061", 1);
		fixture_row(&f, "internal/client-ports/1");
		f.options.width = widths[i / 2];
		f.options.verbose = 2;
		text = fixture_report(&f, REPORT_TEXT);
		fits(text, widths[i / 2]);
		free(text);
		fixture_close(&f);
	}
}

static void test_colour(void)
{
	struct fixture f;
	char *plain, *coloured, *from, *to;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	plain = fixture_report(&f, REPORT_TEXT);
	CU_ASSERT_PTR_NULL(strchr(plain, '\x1b'));
	f.options.colour = true;
	coloured = fixture_report(&f, REPORT_TEXT);
	CU_ASSERT_PTR_NOT_NULL(strstr(coloured, "\x1b[1;31mBLOCKED\x1b[0m"));
	/* Without its colours it is the plain one. */
	for (from = to = coloured; *from != '\0';) {
		if (*from == '\x1b')
			from = strchr(from, 'm') + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	same_text(coloured, plain);
	free(plain);
	free(coloured);
	fixture_close(&f);
}

/* The ledger's flows the other way round; controls follow. */
static void reverse(struct ledger *l)
{
	uint32_t i, n = (uint32_t)l->flow_count;

	for (i = 0; i < n / 2; i++) {
		struct judged flow = l->flows[i];

		l->flows[i] = l->flows[n - 1 - i];
		l->flows[n - 1 - i] = flow;
	}
	for (i = 0; i < n; i++)
		if (l->flows[i].control != LEDGER_NONE)
			l->flows[i].control = n - 1 - l->flows[i].control;
}

static void test_order(void)
{
	struct fixture f;
	unsigned verbose;
	char *before, *after;

	for (verbose = 0; verbose < 3; verbose++) {
		fixture_open(&f, true);
		fixture_every_verdict(&f);
		f.options.verbose = verbose;
		before = fixture_report(&f, REPORT_TEXT);
		reverse(&f.ledger);
		after = fixture_report(&f, REPORT_TEXT);
		same_text(after, before);
		free(before);
		free(after);
		fixture_close(&f);
	}
}

static void test_hostile(void)
{
	struct fixture f;
	const char *at;
	char *text;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	free(f.ledger.captures[0].name);
	f.ledger.captures[0].name = strdup("a\x1b]0;title\x07\n\xe2\x80\xae\xff.pcap");
	fixture_capture(&f, "b\x9b\x31m.pcap", 1);
	fixture_unfit(&f.ledger.captures[1], FITNESS_FILTERED, 0, "filter \"\x1b[2J\"");
	f.options.verbose = 2;
	text = fixture_report(&f, REPORT_TEXT);
	for (at = text; *at != '\0'; at++)
		CU_ASSERT_TRUE(*at == '\n' || (unsigned char)*at >= 0x20);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "a\\x1B]0;title\\x07\\x0A\\xE2\\x80\\xAE\\xFF.pcap"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "b\\x9B1m.pcap"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "filter \"\\x1B[2J\""));
	free(text);
	fixture_close(&f);
}

static void ends_with(struct fixture *f, const char *want)
{
	char *text = fixture_report(f, REPORT_TEXT);
	size_t len = strlen(text), tail = strlen(want);

	CU_ASSERT_FATAL(len > tail);
	same_text(text + len - tail, want);
	free(text);
}

static void test_last_line(void)
{
	struct fixture f;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	f.options.fail_on = VERDICT_BIT(VERDICT_UNEXPECTED);
	ends_with(&f, "\n1 flow in 1 finding. Exit 1.\n");
	f.options.require = true;
	ends_with(&f, "\n1 flow in 1 finding and 2 required rows not seen. Exit 1.\n");
	f.options.fail_on = 0;
	ends_with(&f, "\n2 required rows not seen. Exit 1.\n");
	f.options.require = false;
	f.options.exit_status = 0;
	ends_with(&f, "\nNo findings; 1 flow is undecided. Exit 0.\n");
	f.options.fail_on = VERDICT_BIT(VERDICT_REJECTED) | VERDICT_BIT(VERDICT_EXPECTED);
	ends_with(&f, "\n5 flows in 3 findings. Exit 0.\n");
	fixture_close(&f);
	fixture_open(&f, true);
	fixture_capture(&f, "a.pcap", 10);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:1000", "10.10.0.11:5061", 1);
	fixture_settle(&f);
	f.options.exit_status = 0;
	ends_with(&f, "\nNo findings. Exit 0.\n");
	fixture_close(&f);
}

/* What shouts is what --fail-on names. */
static void test_fail_on(void)
{
	struct fixture f;
	char *text;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	f.options.fail_on = VERDICT_BIT(VERDICT_INCONCLUSIVE);
	text = fixture_report(&f, REPORT_TEXT);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nblocked       internal"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nINCONCLUSIVE  internal"));
	CU_ASSERT_PTR_NULL(strstr(text, "BLOCKED"));
	free(text);
	fixture_close(&f);
}

static void test_words(void)
{
	static const char *const avoided[] = { "alert", "violation", "compliant", "compliance" };
	struct fixture f;
	size_t i;
	char *text, *at;

	fixture_open(&f, false);
	fixture_every_verdict(&f);
	f.options.verbose = 2;
	text = fixture_report(&f, REPORT_TEXT);
	for (at = text; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	for (i = 0; i < ARRAY_SIZE(avoided); i++)
		CU_ASSERT_PTR_NULL(strstr(text, avoided[i]));
	free(text);
	fixture_close(&f);
}

/* A flow that is in one fold with the others of its kind. */
static void unknown_flow(struct fixture *f, const char *from, uint64_t frame, const char *name)
{
	fixture_flow(f, VERDICT_UNEXPECTED, 17, from, "10.10.0.11:53", frame)->examined = true;
	CU_ASSERT_EQUAL(judge_name(&f->ledger, name), 0);
}

static void text_has(struct fixture *f, const char *want)
{
	char *text = fixture_report(f, REPORT_TEXT);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, want));
	free(text);
}

/* Only what holds for all flows of a finding is said of it. */
static void test_names(void)
{
	struct fixture f;

	fixture_open(&f, true);
	fixture_capture(&f, "a.pcap", 10);
	unknown_flow(&f, "10.20.0.5:1000", 1, "");
	text_has(&f, "UNEXPECTED    unknown protocol udp/53");
	f.ledger.flow_count = 0;
	unknown_flow(&f, "10.20.0.5:1000", 1, "DNS");
	unknown_flow(&f, "10.20.0.5:1001", 2, "DNS");
	text_has(&f, "UNEXPECTED    DNS (named by nDPI) udp/53");
	unknown_flow(&f, "10.20.0.5:1002", 3, "L\x1b\n");
	text_has(&f, "UNEXPECTED    unknown protocol, in part DNS (named by nDPI) udp/53");
	f.ledger.flow_count = 0;
	unknown_flow(&f, "10.20.0.5:1000", 1, "");
	unknown_flow(&f, "10.20.0.5:1002", 2, "L\x1b");
	text_has(&f, "unknown protocol, in part L\\x1B (named by nDPI)");
	f.ledger.names_given_up = 2;
	text_has(&f, "\n2 flows are without a name: more at once than nDPI has room for.\n");
	f.ledger.unlisted = f.ledger.captures[0].evicted_unlisted = 1000;
	text_has(&f, "   1,002 flows\n");
	text_has(&f, "\n1,000 inconclusive flows are counted and not listed: evicted from a full "
		     "flow table (--max-flows).\n");
	fixture_close(&f);
}

extern CU_TestInfo tests_report_text[];
CU_TestInfo tests_report_text[] = {
	{ "every verdict reads as it should", test_golden },
	{ "a capture without flows says so", test_nothing },
	{ "no line is wider than asked, but for words that cannot break", test_width },
	{ "colours change nothing but colour", test_colour },
	{ "the order of the ledger does not show", test_order },
	{ "hostile names reach no terminal", test_hostile },
	{ "the last line counts flows, findings and required rows", test_last_line },
	{ "findings are in capitals, the rest is not", test_fail_on },
	{ "words to avoid are avoided", test_words },
	{ "a name by nDPI is said of the flows that have it", test_names },
	CU_TEST_INFO_NULL,
};
