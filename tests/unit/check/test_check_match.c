/* Filters over flow records (check/match.c). */
#include "check/stage.h"

extern CU_TestInfo tests_check_match[];

#define FLOW                                                                                    \
	"{'event_type':'flow','src_ip':'10.0.0.5','dest_ip':'2001:db8::1','dest_port':443,"     \
	"'documented':['a/b/1','a/b/2'],'flow':{'pkts_toserver':9},'evidence':[{'code':'gap'}," \
	"{'code':'midstream','frames':[3,4]}],'identified':{'proto':'tls'}}"

/* How many fields of a match fail for FLOW; the first of them in @first. */
static size_t failing(const char *fields, char *first, size_t size)
{
	const struct match_field *field;
	struct stage s;
	char yaml[512];
	json_t *flow = stage_json(FLOW);
	size_t n;

	snprintf(yaml, sizeof(yaml), "flows: [{name: x, match: {%s}}]\n", fields);
	stage_open(&s, yaml);
	n = match_failing(&s.expect.flows->match, flow, &field);
	snprintf(first, size, "%s", field == NULL ? "" : field->path);
	json_decref(flow);
	stage_close(&s);
	return n;
}

static void all_fields_must_fit(void)
{
	char first[64];

	CU_ASSERT_EQUAL(failing("dest_port: 443", first, sizeof(first)), 0);
	SAME(first, "");
	CU_ASSERT_EQUAL(failing("dest_port: 443, identified.proto: tls", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("dest_port: 443, identified.proto: sip", first, sizeof(first)), 1);
	SAME(first, "identified.proto");
	CU_ASSERT_EQUAL(failing("dest_port: 44, identified.proto: sip", first, sizeof(first)), 2);
	SAME(first, "dest_port");
	/* A part of a text is not the text. */
	CU_ASSERT_EQUAL(failing("identified.proto: tl", first, sizeof(first)), 1);
}

static void a_list_in_the_file_means_any_of(void)
{
	char first[64];

	CU_ASSERT_EQUAL(failing("dest_port: [80, 443]", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("dest_port: [80, 8080]", first, sizeof(first)), 1);
}

static void a_list_in_the_record_fits_by_any_element(void)
{
	char first[64];

	CU_ASSERT_EQUAL(failing("documented: a/b/2", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("documented: a/b/3", first, sizeof(first)), 1);
	CU_ASSERT_EQUAL(failing("evidence.code: midstream", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("evidence.frames: 4", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("evidence.code: snaplen", first, sizeof(first)), 1);
}

static void nested_fields_are_reached_and_missing_ones_fail(void)
{
	char first[64];

	CU_ASSERT_EQUAL(failing("flow.pkts_toserver: 9", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("flow.pkts_toclient: 0", first, sizeof(first)), 1);
	CU_ASSERT_EQUAL(failing("cause: network", first, sizeof(first)), 1);
}

static void addresses_take_prefixes_and_ranges(void)
{
	char first[64];

	CU_ASSERT_EQUAL(failing("src_ip: 10.0.0.5", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("src_ip: 10.0.0.0/24", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("src_ip: 10.0.1.0/24", first, sizeof(first)), 1);
	CU_ASSERT_EQUAL(failing("src_ip: 10.0.0.1-10.0.0.5", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("dest_ip: \"2001:db8::/32\"", first, sizeof(first)), 0);
	CU_ASSERT_EQUAL(failing("dest_ip: \"2001:0db8::0001\"", first, sizeof(first)), 0);
}

static void a_match_reads_as_it_was_written(void)
{
	struct stage s;
	char buf[128], small[20];

	stage_open(&s, "flows: [{name: x, match: {verdict: blocked, dest_port: [443, 444]}}]\n");
	match_text(&s.expect.flows->match, buf, sizeof(buf));
	SAME(buf, "verdict: blocked, dest_port: [443, 444]");
	match_text(&s.expect.flows->match, small, sizeof(small));
	SAME(small, "verdict: blocked, d");
	stage_close(&s);
}

CU_TestInfo tests_check_match[] = {
	{ "all fields must fit", all_fields_must_fit },
	{ "a list in the file means any of", a_list_in_the_file_means_any_of },
	{ "a list in the record fits by any element", a_list_in_the_record_fits_by_any_element },
	{ "nested fields are reached, missing ones fail",
	  nested_fields_are_reached_and_missing_ones_fail },
	{ "addresses take prefixes and ranges", addresses_take_prefixes_and_ranges },
	{ "a match reads as it was written", a_match_reads_as_it_was_written },
	CU_TEST_INFO_NULL,
};
