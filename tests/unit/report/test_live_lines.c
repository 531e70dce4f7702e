/* Lines and records of a live run. */
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "report/fixture.h"
#include "report/live.h"
#include "report/text_live.h"

#define NOW (INT64_C(1795252442) * INT64_C(1000000000)) /* 2026-11-21 09:14:02 UTC */

static struct output *collect(void)
{
	struct output *out;
	struct fa_error err;

	CU_ASSERT_EQUAL_FATAL(output_open_memory(&out, &err), 0);
	return out;
}

/* What was collected is this, or holds it; and it is let go. */
static void is(struct output *out, const char *want)
{
	struct fa_error err;
	size_t len;

	CU_ASSERT_STRING_EQUAL(output_text(out, &len), want);
	if (strcmp(output_text(out, &len), want) != 0)
		fprintf(stderr, "\n%s", output_text(out, &len));
	CU_ASSERT_EQUAL(output_close(out, &err), 0);
}

static void holds(struct output *out, const char *want)
{
	struct fa_error err;
	size_t len;

	CU_ASSERT_PTR_NOT_NULL(strstr(output_text(out, &len), want));
	if (strstr(output_text(out, &len), want) == NULL)
		fprintf(stderr, "\n%s", output_text(out, &len));
	CU_ASSERT_EQUAL(output_close(out, &err), 0);
}

static void blocked(struct fixture *f)
{
	struct judged *flow;

	fixture_open(f, true);
	fixture_capture(f, "wire", 10);
	flow = fixture_flow(f, VERDICT_BLOCKED, 6, "10.20.0.5:50000", "10.10.0.11:8057", 1);
	flow->outcome = OUTCOME_REFUSED;
	flow->cause = CAUSE_HOST;
	flow->grade = GRADE_PROVEN;
	fixture_row(f, "internal/server-ports/7");
	fixture_evidence(f, EVIDENCE_TCP_RST_SYN, 2, 1, 64);
	fixture_settle(f);
}

static void a_finding_is_one_line(void)
{
	struct output *out = collect();
	struct fixture f;

	blocked(&f);
	f.options.colour = false;
	text_live_finding(out, NOW, &f.ledger, &f.ledger.flows[0], &f.options);
	is(out, "2026-11-21 09:14:02Z  BLOCKED  internal/server-ports/7  psom/tls tcp/8057  client "
		"10.20.0.5 -> front-end 10.10.0.11: the SYN was answered by a reset (TTL 64); "
		"cause: the host (proven)\n");
	/* What was said before is taken back. */
	f.ledger.flows[0].told = VERDICT_UNEXPECTED + 1;
	out = collect();
	text_live_finding(out, NOW, &f.ledger, &f.ledger.flows[0], &f.options);
	holds(out, "10.10.0.11, not unexpected as told before: the SYN was");
	f.ledger.flows[0].verdict = VERDICT_EXPECTED;
	f.ledger.flows[0].evidence_count = 0;
	f.ledger.flows[0].grade = GRADE_NONE;
	out = collect();
	text_live_finding(out, NOW, &f.ledger, &f.ledger.flows[0], &f.options);
	holds(out, "10.10.0.11, not unexpected as told before\n");
	out = collect();
	text_live_more(out, NOW, VERDICT_BLOCKED, "ROW", 14, 1204, &f.options);
	is(out, "2026-11-21 09:14:02Z  blocked  ROW: 14 more flows, 1,204 in all\n");
	out = collect();
	text_live_notice(out, NOW, "interface eth0 is down", &f.options);
	is(out, "2026-11-21 09:14:02Z  notice  interface eth0 is down\n");
	fixture_close(&f);
}

static void records_say_what_lives_and_what_is_revised(void)
{
	struct output *out = collect();
	struct fixture f;
	size_t at = 0;

	blocked(&f);
	/* Nothing of it is news. */
	CU_ASSERT(!json_live_flows(out, &f.ledger, &at, 10));
	is(out, "");
	f.ledger.flows[0].fresh = true;
	f.ledger.flows[0].alive = true;
	at = 0;
	out = collect();
	CU_ASSERT(!json_live_flows(out, &f.ledger, &at, 10));
	holds(out, ",\"alive\":true}\n");
	/* It ended as it was told. */
	f.ledger.flows[0].alive = false;
	f.ledger.flows[0].told = VERDICT_BLOCKED + 1;
	at = 0;
	out = collect();
	CU_ASSERT(!json_live_flows(out, &f.ledger, &at, 10));
	is(out, "");
	f.ledger.flows[0].told = VERDICT_UNEXPECTED + 1;
	at = 0;
	out = collect();
	CU_ASSERT(!json_live_flows(out, &f.ledger, &at, 10));
	holds(out, ",\"revises\":\"unexpected\"}\n");
	fixture_close(&f);
}

static void records_come_in_portions(void)
{
	struct output *out;
	struct fixture f;
	size_t at = 0;
	struct fa_error err;

	fixture_open(&f, true);
	fixture_capture(&f, "wire", 10);
	for (unsigned i = 0; i < 5; i++)
		fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.20.0.5:50000", "10.10.0.11:99", 1 + i)
			->fresh = true;
	out = collect();
	CU_ASSERT(json_live_flows(out, &f.ledger, &at, 3));
	CU_ASSERT_EQUAL(at, 3);
	CU_ASSERT(!json_live_flows(out, &f.ledger, &at, 3));
	CU_ASSERT_EQUAL(at, 5);
	CU_ASSERT_EQUAL(output_close(out, &err), 0);
	fixture_close(&f);
}

static void stats(void)
{
	struct capture_facts seen = { .frames = 3, .wire_bytes = 180, .kernel_drops = 7 };
	const struct live_interface_stats interfaces[] = { { "eth0", true, 2, 7, 0 },
							   { "eth1", false, 1, 0, 0 } };
	const struct live_stats s = { .ns = NOW,
				      .interval_ns = 1500 * NS_PER_MS,
				      .seen = &seen,
				      .flows_live = 2,
				      .gaps = 1,
				      .interfaces = interfaces,
				      .interface_count = 2 };
	const struct report_options options = { 0 };
	struct output *out = collect();

	seen.counters.by_class[CLASS_ARP] = 3;
	json_live_stats(out, &s);
	is(out, "{\"event_type\":\"stats\",\"timestamp\":\"2026-11-21T09:14:02.000000+0000\","
		"\"interval_s\":1.500,\"frames\":3,\"bytes\":180,\"counters\":{\"arp\":3},"
		"\"kernel_drops\":7,\"interface_drops\":0,\"flows_live\":2,\"flows_ended\":0,"
		"\"evictions\":0,\"gaps\":1,\"lost_records\":0,\"interfaces\":[{\"name\":\"eth0\","
		"\"up\":true,\"frames\":2,\"kernel_drops\":7,\"interface_drops\":0},{\"name\":"
		"\"eth1\",\"up\":false,\"frames\":1,\"kernel_drops\":0,\"interface_drops\":0}]}\n");
	out = collect();
	text_live_stats(out, &s, &options);
	is(out, "2026-11-21 09:14:02Z  stats  3 frames in 1.5 s (2/s, 180 bytes), 2 live flows, "
		"7 frames dropped by the kernel, 1 flow with bytes not captured, eth1 is down\n");
	out = collect();
	json_live_notice(out, NOW, "clock_step", "a \"word\"");
	is(out, "{\"event_type\":\"notice\",\"timestamp\":\"2026-11-21T09:14:02.000000+0000\","
		"\"code\":\"clock_step\",\"detail\":\"a \\\"word\\\"\"}\n");
}

static void the_end_has_no_flows_and_interim_says_so(void)
{
	struct output *out = collect();
	struct fixture f;
	struct fa_error err;
	const char *text;
	size_t len;

	blocked(&f);
	json_live_end(out, &f.ledger, &f.options);
	text = output_text(out, &len);
	CU_ASSERT_PTR_NULL(strstr(text, "\"event_type\":\"flow\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "{\"event_type\":\"capture\",\"pcap_filename\":\"wire\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "{\"event_type\":\"row\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "{\"event_type\":\"summary\""));
	CU_ASSERT_PTR_NULL(strstr(text, "interim"));
	CU_ASSERT_EQUAL(output_close(out, &err), 0);
	out = collect();
	json_live_interim(out, &f.ledger, &f.options);
	holds(out, ",\"interim\":true,");
	fixture_close(&f);
}

extern CU_TestInfo tests_live_lines[];
CU_TestInfo tests_live_lines[] = {
	{ "a finding, more of it, and a notice are one line each", a_finding_is_one_line },
	{ "records say what lives, and what they revise; what was told is not told again",
	  records_say_what_lives_and_what_is_revised },
	{ "many records come in portions", records_come_in_portions },
	{ "stats and notices, as records and as lines", stats },
	{ "the end has captures, rows and a summary; an interim one says so",
	  the_end_has_no_flows_and_interim_says_so },
	CU_TEST_INFO_NULL
};
