/* The documented side of the text report. */
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

/* Counts beside the state tell the rest of a row's story. */
static void test_counts(void)
{
	struct fixture f;
	int row;

	fixture_open(&f, true);
	fixture_capture(&f, "a.pcap", 1);
	fixture_settle(&f);
	row = policy_find_row(f.policy, "pic/firewall-summary/3");
	f.ledger.coverage[row].state = ROW_SEEN;
	f.ledger.coverage[row].flows[VERDICT_EXPECTED] = 1234;
	f.ledger.coverage[row].flows[VERDICT_BLOCKED] = 2;
	has(&f,
	    "Rows: 1 seen   7 not seen\n"
	    "  seen          pic/firewall-summary/3  udp/50000-59999  1,234 expected, 2 blocked\n"
	    "\n");
	fixture_close(&f);
}

/* Rows not seen and expired are for those who ask. */
static void test_verbose(void)
{
	struct fixture f;
	char *text;

	fixture_open(&f, true);
	fixture_capture(&f, "a.pcap", 1);
	fixture_settle(&f);
	f.ledger.coverage[1].state = ROW_EXPIRED;
	text = fixture_report(&f, REPORT_TEXT);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Rows: 7 not seen   1 expired\n\n"));
	free(text);
	f.options.verbose = 1;
	has(&f, "Rows: 7 not seen   1 expired\n"
		"  expired       pic/firewall-summary/2    tcp/5061\n"
		"  not seen      pic/firewall-summary/1    tcp/5061\n");
	fixture_close(&f);
}

/* A pack of TEXT_ROWS + 2 rows, all seen. */
static void test_most(void)
{
	struct fixture f;
	char pack[4096];
	size_t len;
	unsigned i;

	len = (size_t)snprintf(pack, sizeof(pack),
			       "pack: many\ntitle: Many\ndocuments: {m: {title: Many}}\n"
			       "tables: {m/t: {title: Table, rows: %u}}\n"
			       "roles: {client: {description: Client}}\nrows:\n",
			       TEXT_ROWS + 2);
	for (i = 0; i < TEXT_ROWS + 2; i++)
		len += (size_t)snprintf(pack + len, sizeof(pack) - len,
					"  - {id: m/t/%u, l4: tcp, proto: http, from: client, "
					"to: client, dport: %u, need: optional}\n",
					i + 1, 8001 + i);
	CU_ASSERT_FATAL(len < sizeof(pack));
	fixture_open_with(&f, true, pack);
	fixture_capture(&f, "a.pcap", 1);
	fixture_settle(&f);
	for (i = 0; i < TEXT_ROWS + 2; i++)
		f.ledger.coverage[8 + i].state = ROW_SEEN;
	has(&f, "m/t/12  tcp/8012\n  ... 2 more rows, -v lists them\n");
	f.options.verbose = 1;
	has(&f, "m/t/14                    tcp/8014\n");
	fixture_close(&f);
}

static void one_flow(struct fixture *f, bool site)
{
	fixture_open(f, site);
	fixture_capture(f, "a.pcap", 1);
	fixture_flow(f, VERDICT_EXPECTED, 6, "203.0.113.10:1000", "198.51.100.1:5061", 1);
	fixture_row(f, "pic/firewall-summary/2");
	fixture_settle(f);
}

static void test_required(void)
{
	struct fixture f;
	char *text;

	one_flow(&f, true);
	f.ledger.coverage[1].required = true; /* and seen: not missing */
	CU_ASSERT_EQUAL(text_required_missing(&f.ledger), 5);
	has(&f, "\nRequired, asserted by the site and not seen: pic/firewall-summary/1, "
		"internal/client-ports/1,\n"
		"  internal/client-ports/5, internal/server-ports/7, internal/server-ports/44\n");
	memset(f.ledger.coverage, 0, policy_row_count(f.policy) * sizeof(*f.ledger.coverage));
	text = fixture_report(&f, REPORT_TEXT);
	CU_ASSERT_PTR_NULL(strstr(text, "Required"));
	free(text);
	fixture_close(&f);
}

/* Nobody asserted anything without a site: a count will do, unless rows are asked for. */
static void test_required_without_site(void)
{
	struct fixture f;

	one_flow(&f, false);
	has(&f, "\nRequired and not seen: 5 rows; a site file would tell which of them apply here, "
		"-v lists them\n");
	f.options.require = true;
	has(&f, "\nRequired and not seen: pic/firewall-summary/1, ");
	f.options.require = false;
	f.options.verbose = 1;
	has(&f, "\nRequired and not seen: pic/firewall-summary/1, ");
	fixture_close(&f);
}

extern CU_TestInfo tests_text_rows[];
CU_TestInfo tests_text_rows[] = {
	{ "a row shows its state and its flows by verdict", test_counts },
	{ "rows not seen or expired are listed with -v", test_verbose },
	{ "twelve rows are shown, the rest with -v", test_most },
	{ "required rows that were not seen are named", test_required },
	{ "without a site required rows are only counted", test_required_without_site },
	CU_TEST_INFO_NULL,
};
