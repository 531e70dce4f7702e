/* The head: inputs, site, packs, fitness. */
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

/* Names are columns, flows are counted by input, and there is a sum. */
static void test_several(void)
{
	struct fixture f;

	fixture_open(&f, true);
	fixture_capture(&f, "a.pcap", 1);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:1", "10.10.0.11:5061", 1);
	fixture_capture(&f, "longer-name.pcap", 2000);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:2", "10.10.0.11:5061", 1);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.20.0.5:3", "10.10.0.11:5061", 2);
	has(&f,
	    "a.pcap             2026-11-21 09:14:02 UTC   14m32s   1 frame   476 bytes   1 flow\n"
	    "longer-name.pcap   2026-11-21 09:14:02 UTC   14m32s   2,000 frames   952 kB   "
	    "2 flows\n"
	    "2 captures   2,001 frames   952 kB   3 flows\n");
	/* One long name does not push the others away. */
	fixture_capture(&f, "a-name-of-more-than-forty-columns-in-all.pcap", 1);
	has(&f, "a.pcap             2026");
	fixture_close(&f);
}

static void test_many(void)
{
	struct fixture f;
	char name[32];
	unsigned i;

	fixture_open(&f, true);
	for (i = 0; i < TEXT_CAPTURES; i++) {
		snprintf(name, sizeof(name), "%u.pcap", i);
		fixture_capture(&f, name, 1);
	}
	has(&f, "19.pcap");
	has_not(&f, "more capture");
	fixture_capture(&f, "20.pcap", 1);
	has(&f, "... 1 more capture, -v lists it\n21 captures");
	has_not(&f, "20.pcap");
	fixture_capture(&f, "21.pcap", 1);
	has(&f, "... 2 more captures, -v lists them\n22 captures");
	f.options.verbose = 1;
	has(&f, "21.pcap");
	has_not(&f, "more capture");
	fixture_close(&f);
}

/* Frames without times exist; they have no date to show. */
static void test_no_times(void)
{
	struct fixture f;
	struct capture_facts *cap;

	fixture_open(&f, true);
	cap = fixture_capture(&f, "a.pcapng", 12);
	cap->first_ns = cap->last_ns = 0;
	has(&f, "a.pcapng   no times   12 frames");
	cap->filtered = 12; /* all of them: then there is none that could have a time */
	has(&f, "a.pcapng   12 frames");
	fixture_close(&f);
}

static void test_policy(void)
{
	struct fixture f;

	fixture_open(&f, true);
	has(&f,
	    "site contoso \xc2\xb7 lync2013-pic (3 rows) \xc2\xb7 lync2013-internal (5 rows)\n");
	has_not(&f, "no site");
	fixture_close(&f);
	fixture_open(&f, false);
	has(&f, "\nno site: roles not checked; -S SITE.yaml would bind the 5 roles the packs name "
		"and check who talks\n    to whom\n");
	fixture_close(&f);
}

static void test_fitness(void)
{
	struct fixture f;
	struct capture_facts *cap;
	char *text;
	unsigned i;

	fixture_open(&f, true);
	cap = fixture_capture(&f, "a.pcap", 12);
	has(&f, "Capture fitness: good\n\n");
	fixture_unfit(cap, FITNESS_SNAPLEN, 0, "frames were cut");
	has(&f, "Capture fitness: good, one limit\n  frames were cut\n\n");
	fixture_unfit(cap, FITNESS_DROPS,
		      VERDICT_BIT(VERDICT_BLOCKED) | VERDICT_BIT(VERDICT_REJECTED), "frames lost");
	has(&f, "Capture fitness: limited, 2 limits\n");
	has(&f, "  frames were cut\n"
		"  frames lost: silence is not called blocked or rejected\n");
	cap = fixture_capture(&f, "b.pcap", 12);
	fixture_unfit(cap, FITNESS_CLOCK, 0, "time goes back");
	has(&f, "Capture fitness: limited, 3 limits\n");
	has(&f, "  a.pcap: frames lost: silence is not called blocked or rejected\n"
		"  b.pcap: time goes back\n");
	for (i = 0; i < TEXT_FITNESS - 2; i++)
		fixture_unfit(cap, FITNESS_GAPS, 0, "more");
	has(&f, "\n  ... 1 more limit, -v lists it\n");
	f.options.verbose = 1;
	text = fixture_report(&f, REPORT_TEXT);
	CU_ASSERT_PTR_NULL(strstr(text, "more limit"));
	free(text);
	fixture_close(&f);
}

extern CU_TestInfo tests_text_head[];
CU_TestInfo tests_text_head[] = {
	{ "several captures are a table with a sum", test_several },
	{ "twenty captures are listed, the rest with -v", test_many },
	{ "a capture without times says so", test_no_times },
	{ "the site and the packs are named, or the lack of a site", test_policy },
	{ "each limit is a sentence with what it takes away", test_fitness },
	CU_TEST_INFO_NULL,
};
