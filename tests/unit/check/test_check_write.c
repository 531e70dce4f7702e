/* Results in every format (check/write*.c). */
#include "check/write.h"

#include <stdio.h>
#include <string.h>

#include "check/stage.h"

extern CU_TestInfo tests_check_write[];

/* A pass, a fail with six flows, an error; with everything that some format must escape. */
static void fill(struct results *results)
{
	struct result pass = {
		.file = "a/e.yaml", .group = "rows", .line = 3, .state = RESULT_PASS
	};
	struct result fail = { .file = "a/e.yaml",
			       .group = "verdicts",
			       .line = 4,
			       .state = RESULT_FAIL,
			       .expected = "exactly 0 <unexpected>",
			       .found = "6 & \"more\"",
			       .example_count = 1,
			       .example_total = 6 };
	struct result error = { .file = "b,c:d.yaml",
				.group = "captures",
				.state = RESULT_ERROR,
				.expected = "50% of it",
				.found = "line\nend \x1b[31m|" };

	*results = (struct results){ 0 };
	fail.examples[0] =
		(struct example){ "TCP 10.0.0.5:1 -> 10.1.0.1:2: blocked, x", "x y.pcap", 12 };
	results_add(results, &pass, "rows seen d/t/1");
	results_add(results, &fail, "verdicts #1 <&>");
	results_add(results, &error, "captures");
}

/* All that a format writes of fill(). */
static const char *written(enum check_format format)
{
	static char text[8192];
	struct results results;
	struct output *out;
	size_t len;

	fill(&results);
	CU_ASSERT_EQUAL_FATAL(output_open_memory(&out, NULL), 0);
	check_write(format, out, &results);
	snprintf(text, sizeof(text), "%s", output_text(out, &len));
	CU_ASSERT_EQUAL(output_close(out, NULL), 0);
	results_free(&results);
	return text;
}

static void text_shows_what_does_not_hold(void)
{
	SAME(written(CHECK_TEXT),
	     "FAIL  a/e.yaml:4  verdicts #1 <&>\n"
	     "      expected  exactly 0 <unexpected>\n"
	     "      found     6 & \"more\"\n"
	     "                TCP 10.0.0.5:1 -> 10.1.0.1:2: blocked, x (x y.pcap frame 12)\n"
	     "                ... 5 more\n\n"
	     "ERROR b,c:d.yaml  captures\n"
	     "      expected  50% of it\n"
	     "      found     line\\x0Aend \\x1B[31m|\n\n"
	     "3 checks: 1 pass, 1 fails, 1 error. Exit 2.\n");
}

static void junit_escapes_and_counts(void)
{
	SAME(written(CHECK_JUNIT),
	     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	     "<testsuites name=\"flowaudit check\" tests=\"3\" failures=\"1\" errors=\"1\" "
	     "time=\"0\">\n"
	     "  <testsuite name=\"a/e.yaml\" tests=\"2\" failures=\"1\" errors=\"0\" time=\"0\">\n"
	     "    <testcase name=\"rows seen d/t/1\" classname=\"a/e.yaml\" time=\"0\"/>\n"
	     "    <testcase name=\"verdicts #1 &lt;&amp;&gt;\" classname=\"a/e.yaml\" time=\"0\">\n"
	     "      <failure message=\"expected exactly 0 &lt;unexpected&gt;, found 6 &amp; "
	     "&quot;more&quot;\" type=\"verdicts\">a/e.yaml:4: expected exactly 0 "
	     "&lt;unexpected&gt;, found 6 &amp; &quot;more&quot;\n"
	     "TCP 10.0.0.5:1 -&gt; 10.1.0.1:2: blocked, x (x y.pcap frame 12)</failure>\n"
	     "    </testcase>\n"
	     "  </testsuite>\n"
	     "  <testsuite name=\"b,c:d.yaml\" tests=\"1\" failures=\"0\" errors=\"1\" "
	     "time=\"0\">\n"
	     "    <testcase name=\"captures\" classname=\"b,c:d.yaml\" time=\"0\">\n"
	     "      <error message=\"expected 50% of it, found line\nend \xef\xbf\xbd[31m|\" "
	     "type=\"captures\">b,c:d.yaml: expected 50% of it, found line\nend "
	     "\xef\xbf\xbd[31m|</error>\n"
	     "    </testcase>\n"
	     "  </testsuite>\n"
	     "</testsuites>\n");
}

static void tap_numbers_and_explains(void)
{
	SAME(written(CHECK_TAP),
	     "TAP version 14\n1..3\n"
	     "ok 1 - a/e.yaml: rows seen d/t/1\n"
	     "not ok 2 - a/e.yaml: verdicts \\#1 <&>\n"
	     "  ---\n  severity: \"fail\"\n  file: \"a/e.yaml\"\n  line: 4\n"
	     "  expected: \"exactly 0 <unexpected>\"\n  found: \"6 & \\\"more\\\"\"\n  flows:\n"
	     "    - \"TCP 10.0.0.5:1 -> 10.1.0.1:2: blocked, x (x y.pcap frame 12)\"\n  ...\n"
	     "not ok 3 - b,c:d.yaml: captures\n"
	     "  ---\n  severity: \"error\"\n  file: \"b,c:d.yaml\"\n  line: 0\n"
	     "  expected: \"50% of it\"\n  found: \"line\\nend \\u001b[31m|\"\n  ...\n");
}

static void markdown_is_a_table_without_markup_of_others(void)
{
	SAME(written(CHECK_MARKDOWN),
	     "### flowaudit check: could not check\n\n3 checks: 1 pass, 1 fails, 1 error\n\n"
	     "| | where | check | expected | found |\n| --- | --- | --- | --- | --- |\n"
	     "| fail | a/e.yaml:4 | verdicts \\#1 \\<\\&\\> | exactly 0 \\<unexpected\\> | "
	     "6 \\& \"more\" |\n"
	     "| error | b,c:d.yaml | captures | 50% of it | line end  \\[31m\\| |\n\n"
	     "verdicts \\#1 \\<\\&\\>:\n\n"
	     "- TCP 10.0.0.5:1 -\\> 10.1.0.1:2: blocked, x \\(x y.pcap frame 12\\)\n"
	     "- ... 5 more\n");
}

static void annotations_stay_on_their_line(void)
{
	SAME(written(CHECK_GITHUB),
	     "::error file=a/e.yaml,line=4,title=verdicts #1 <&>::expected exactly 0 <unexpected>, "
	     "found 6 & \"more\"%0ATCP 10.0.0.5:1 -> 10.1.0.1:2: blocked, x (x y.pcap frame 12)\n"
	     "::error file=b%2Cc%3Ad.yaml,title=captures::expected 50%25 of it, found line%0Aend "
	     "\x1b[31m|\n");
}

static void json_lines_parse_and_sum(void)
{
	char copy[8192], *line, *rest;
	unsigned items = 0;

	snprintf(copy, sizeof(copy), "%s", written(CHECK_JSON));
	for (line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		json_t *r = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		CU_ASSERT_PTR_NOT_NULL_FATAL(r);
		if (strcmp(record_text(r, "event_type"), "check") == 0)
			items++;
		else
			CU_ASSERT_EQUAL(record_number(r, "pass") + record_number(r, "fail") +
						record_number(r, "error"),
					items);
		if (items == 2 && record_number(r, "line") == 4) {
			SAME(record_text(r, "state"), "fail");
			CU_ASSERT_EQUAL(record_number(r, "flow_count"), 6);
			CU_ASSERT_EQUAL(
				record_number(json_array_get(record_at(r, "flows"), 0), "pcap_cnt"),
				12);
		}
		json_decref(r);
	}
	CU_ASSERT_EQUAL(items, 3);
}

static void sarif_points_at_lines_and_packets(void)
{
	json_t *log = json_loads(written(CHECK_SARIF), JSON_REJECT_DUPLICATES, NULL);
	const json_t *run, *result, *place;

	CU_ASSERT_PTR_NOT_NULL_FATAL(log);
	run = json_array_get(record_at(log, "runs"), 0);
	/* What holds is no result. */
	CU_ASSERT_EQUAL(json_array_size(record_at(run, "results")), 2);
	result = json_array_get(record_at(run, "results"), 0);
	SAME(record_text(result, "ruleId"), "verdicts");
	SAME(record_text(json_array_get(record_at(run, "tool.driver.rules"),
					(size_t)record_number(result, "ruleIndex")),
			 "id"),
	     "verdicts");
	place = json_array_get(record_at(result, "locations"), 0);
	SAME(record_text(place, "physicalLocation.artifactLocation.uri"), "a/e.yaml");
	CU_ASSERT_EQUAL(record_number(place, "physicalLocation.region.startLine"), 4);
	place = json_array_get(record_at(result, "relatedLocations"), 0);
	SAME(record_text(place, "physicalLocation.artifactLocation.uri"), "x%20y.pcap");
	SAME(record_text(result, "partialFingerprints.primaryLocationLineHash"),
	     "a/e.yaml: verdicts #1 <&>");
	result = json_array_get(record_at(run, "results"), 1);
	/* A file as a whole has no line, and SARIF none below 1. */
	place = json_array_get(record_at(result, "locations"), 0);
	CU_ASSERT_EQUAL(record_number(place, "physicalLocation.region.startLine"), 1);
	SAME(record_text(place, "physicalLocation.artifactLocation.uri"), "b,c%3Ad.yaml");
	json_decref(log);
}

CU_TestInfo tests_check_write[] = {
	{ "text shows what does not hold", text_shows_what_does_not_hold },
	{ "JUnit escapes and counts", junit_escapes_and_counts },
	{ "TAP numbers and explains", tap_numbers_and_explains },
	{ "Markdown is a table without markup of others",
	  markdown_is_a_table_without_markup_of_others },
	{ "annotations stay on their line", annotations_stay_on_their_line },
	{ "JSON Lines parse and sum", json_lines_parse_and_sum },
	{ "SARIF points at lines and packets", sarif_points_at_lines_and_packets },
	CU_TEST_INFO_NULL,
};
