/* Two audits held against each other (check/baseline.c). */
#include "check/baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/stage.h"

extern CU_TestInfo tests_baseline[];

static void make_flow(char *buf, size_t size, const char *verdict, const char *src, unsigned sport,
		      const char *dst, unsigned dport, const char *by)
{
	snprintf(
		buf, size,
		"{\"event_type\":\"flow\",\"pcap_filename\":\"x.pcap\",\"pcap_cnt\":1,"
		"\"src_ip\":\"%s\",\"src_port\":%u,\"dest_ip\":\"%s\",\"dest_port\":%u,"
		"\"proto\":\"TCP\",\"initiator_by\":\"%s\",\"verdict\":\"%s\",\"outcome\":\"x\"}\n",
		src, sport, dst, dport, by, verdict);
}

/* The results of an older audit of @before and a newer of @now, as records a line. */
static void compare(struct stage *s, const char *before, const char *now)
{
	char path[] = "/tmp/baselineXXXXXX", *copy = strdup(now), *line, *rest;
	int fd = mkstemp(path);
	struct baseline *b;
	struct fa_error err;

	CU_ASSERT_FATAL(fd >= 0 && copy != NULL);
	CU_ASSERT_EQUAL_FATAL(write(fd, before, strlen(before)), (ssize_t)strlen(before));
	close(fd);
	CU_ASSERT_EQUAL_FATAL(baseline_load(&b, path, &err), 0);
	unlink(path);
	for (line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		json_t *flow = json_loads(line, 0, NULL);

		CU_ASSERT_PTR_NOT_NULL_FATAL(flow);
		baseline_take(b, flow, &s->results);
		json_decref(flow);
	}
	baseline_finish(b, "old.jsonl", &s->results);
	baseline_free(b);
	free(copy);
}

/* One flow before and one now, with other times and client ports. */
static const char *one(struct stage *s, const char *before, const char *now)
{
	char a[512] = "{\"event_type\":\"summary\"}\n", b[512] = "";

	*s = (struct stage){ 0 };
	if (before != NULL)
		make_flow(a, sizeof(a), before, "10.0.0.5", 50001, "10.1.0.1", 5061, "syn");
	if (now != NULL)
		make_flow(b, sizeof(b), now, "10.0.0.5", 50002, "10.1.0.1", 5061, "syn");
	compare(s, a, b);
	return stage_said(s, NULL);
}

static void a_new_finding_fails_and_a_gone_one_does_not(void)
{
	struct stage s;

	SAME(one(&s, NULL, "blocked"), "fail baseline new: TCP 10.0.0.5 -> 10.1.0.1:5061");
	CU_ASSERT_EQUAL(results_status(&s.results), 1);
	SAME(stage_item(&s, "baseline new: TCP 10.0.0.5 -> 10.1.0.1:5061")->found, "blocked");
	results_free(&s.results);
	SAME(one(&s, "expected", "blocked"), "fail baseline new: TCP 10.0.0.5 -> 10.1.0.1:5061");
	SAME(stage_item(&s, "baseline new: TCP 10.0.0.5 -> 10.1.0.1:5061")->expected,
	     "expected, as in the baseline");
	results_free(&s.results);
	SAME(one(&s, "blocked", "expected"), "pass baseline gone: TCP 10.0.0.5 -> 10.1.0.1:5061");
	CU_ASSERT_EQUAL(results_status(&s.results), 0);
	results_free(&s.results);
	SAME(one(&s, "blocked", NULL), "pass baseline gone: TCP 10.0.0.5 -> 10.1.0.1:5061");
	results_free(&s.results);
	SAME(one(&s, "blocked", "mismatch"),
	     "pass baseline changed: TCP 10.0.0.5 -> 10.1.0.1:5061");
	results_free(&s.results);
}

static void what_is_the_same_is_not_reported(void)
{
	struct stage s;

	SAME(one(&s, "blocked", "blocked"), "");
	results_free(&s.results);
	/* No findings on either side. */
	SAME(one(&s, "expected", "rejected"), "");
	results_free(&s.results);
	SAME(one(&s, NULL, "inconclusive"), "");
	results_free(&s.results);
}

static void ports_picked_by_chance_do_not_tell_flows_apart(void)
{
	struct stage s = { 0 };
	char a[512], b[512];

	make_flow(a, sizeof(a), "blocked", "10.0.0.5", 50000, "10.1.0.1", 49152, "syn");
	make_flow(b, sizeof(b), "blocked", "10.0.0.5", 50000, "10.1.0.1", 65535, "syn");
	compare(&s, a, b);
	SAME(stage_said(&s, NULL), "");
	results_free(&s.results);
	make_flow(b, sizeof(b), "blocked", "10.0.0.5", 50000, "10.1.0.1", 49151, "syn");
	compare(&s, a, b);
	SAME(stage_said(&s, NULL), "pass baseline gone: TCP 10.0.0.5 -> 10.1.0.1 (a dynamic port); "
				   "fail baseline new: TCP 10.0.0.5 -> 10.1.0.1:49151");
	results_free(&s.results);
}

static void ends_have_no_order_where_the_initiator_is_unknown(void)
{
	struct stage s = { 0 };
	char a[512], b[512];

	make_flow(a, sizeof(a), "blocked", "10.0.0.5", 40000, "10.1.0.1", 5061, "unknown");
	make_flow(b, sizeof(b), "blocked", "10.1.0.1", 5061, "10.0.0.5", 40000, "unknown");
	compare(&s, a, b);
	SAME(stage_said(&s, NULL), "");
	results_free(&s.results);
	make_flow(b, sizeof(b), "blocked", "10.1.0.1", 5061, "10.0.0.5", 40000, "syn");
	compare(&s, a, b);
	CU_ASSERT_EQUAL(s.results.count, 2);
	results_free(&s.results);
}

static void a_baseline_that_cannot_be_read_is_an_error(void)
{
	char path[] = "/tmp/baselineXXXXXX";
	int fd = mkstemp(path);
	struct baseline *b;
	struct fa_error err;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(baseline_load(&b, path, &err), FA_EFORMAT);
	baseline_free(b);
	CU_ASSERT_EQUAL(write(fd, "{}\n", 3), 3);
	close(fd);
	CU_ASSERT_EQUAL(baseline_load(&b, path, &err), FA_EFORMAT);
	baseline_free(b);
	unlink(path);
	CU_ASSERT_EQUAL(baseline_load(&b, path, &err), FA_EIO);
	baseline_free(b);
}

CU_TestInfo tests_baseline[] = {
	{ "a new finding fails and a gone one does not",
	  a_new_finding_fails_and_a_gone_one_does_not },
	{ "what is the same is not reported", what_is_the_same_is_not_reported },
	{ "ports picked by chance do not tell flows apart",
	  ports_picked_by_chance_do_not_tell_flows_apart },
	{ "ends have no order where the initiator is unknown",
	  ends_have_no_order_where_the_initiator_is_unknown },
	{ "a baseline that cannot be read is an error",
	  a_baseline_that_cannot_be_read_is_an_error },
	CU_TEST_INFO_NULL,
};
