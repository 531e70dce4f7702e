/* JSON Lines: every line an object with exactly the documented keys, whatever the strings hold. */
#include "report/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>
#include <jansson.h>

#include "base/memory.h"
#include "judge/judge.h"
#include "report/fixture.h"

#define MOST_LINES 64

struct lines {
	json_t *line[MOST_LINES];
	size_t count;
};

/* Parse a report; every line must be one object, none blank, the last one ended. */
static struct lines parse(char *report)
{
	struct lines lines = { .count = 0 };
	char *at = report, *end;
	json_error_t error;

	CU_ASSERT_EQUAL_FATAL(report[strlen(report) - 1], '\n');
	for (; *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		*end = '\0';
		CU_ASSERT_FATAL(lines.count < MOST_LINES);
		lines.line[lines.count] = json_loads(at, JSON_REJECT_DUPLICATES, &error);
		if (lines.line[lines.count] == NULL)
			fprintf(stderr, "%s in %s\n", error.text, at);
		CU_ASSERT_FATAL(json_is_object(lines.line[lines.count]));
		lines.count++;
	}
	free(report);
	return lines;
}

static struct lines report(struct fixture *f)
{
	return parse(fixture_report(f, REPORT_JSON));
}

static void release(struct lines *lines)
{
	while (lines->count > 0)
		json_decref(lines->line[--lines->count]);
}

static const char *str(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s == NULL ? "(none)" : s;
}

static json_int_t num(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	CU_ASSERT_TRUE(json_is_integer(value));
	return json_integer_value(value);
}

/* The @n-th record of a type. */
static json_t *record(const struct lines *lines, const char *type, size_t n)
{
	size_t i;

	for (i = 0; i < lines->count; i++)
		if (strcmp(str(lines->line[i], "event_type"), type) == 0 && n-- == 0)
			return lines->line[i];
	CU_FAIL_FATAL("no such record");
	return NULL;
}

/* Equal to @want, which is consumed. */
static void is(const json_t *value, json_t *want)
{
	CU_ASSERT_TRUE(json_equal(value, want));
	json_decref(want);
}

/* @keys, separated by blanks, all of them and no other. */
static void has_keys(const json_t *object, const char *keys)
{
	char list[512], *word, *save;
	size_t count = 0;

	snprintf(list, sizeof(list), "%s", keys);
	for (word = strtok_r(list, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
		if (json_object_get(object, word) == NULL)
			fprintf(stderr, "missing: %s\n", word);
		CU_ASSERT_PTR_NOT_NULL(json_object_get(object, word));
		count++;
	}
	if (json_object_size(object) != count)
		json_dumpf(object, stderr, 0);
	CU_ASSERT_EQUAL(json_object_size(object), count);
}

#define FLOW_KEYS                                                                              \
	"timestamp event_type pcap_filename pcap_cnt src_ip src_port dest_ip dest_port proto " \
	"ip_v community_id flow initiator_by src_role dest_role verdict documented outcome "   \
	"identified evidence "

static void test_keys(void)
{
	struct fixture f;
	struct lines lines;
	json_t *flow;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	lines = report(&f);
	CU_ASSERT_EQUAL(lines.count, 1 + 13 + 8 + 1);
	has_keys(record(&lines, "capture", 0),
		 "event_type pcap_filename frames bytes counters fitness");
	has_keys(json_array_get(json_object_get(record(&lines, "capture", 0), "fitness"), 0),
		 "code detail disables");
	has_keys(record(&lines, "flow", 0), FLOW_KEYS "app_proto");
	flow = record(&lines, "flow", 1);
	has_keys(flow, FLOW_KEYS "app_proto cause grade control reason filter");
	has_keys(json_object_get(flow, "reason"), "text frames");
	has_keys(json_object_get(flow, "flow"), "pkts_toserver pkts_toclient bytes_toserver "
						"bytes_toclient start end state reason");
	has_keys(json_object_get(flow, "identified"), "proto tls confidence frames");
	has_keys(json_array_get(json_object_get(flow, "evidence"), 0), "code frames count detail");
	has_keys(json_object_get(flow, "control"),
		 "kind pcap_cnt src_ip src_port dest_ip dest_port proto");
	flow = record(&lines, "flow", 6);
	has_keys(flow, FLOW_KEYS "app_proto nearest reason filter");
	has_keys(json_object_get(flow, "nearest"), "row differs text");
	has_keys(json_object_get(flow, "identified"),
		 "proto tls confidence frames tls_version client_auth");
	has_keys(record(&lines, "flow", 8), FLOW_KEYS "reason filter");
	has_keys(record(&lines, "row", 0), "event_type pack row need state flows");
	has_keys(lines.line[lines.count - 1],
		 "event_type packets bytes flows verdicts rows exit_status elapsed_s");
	release(&lines);
	fixture_close(&f);
}

static void test_flow(void)
{
	struct fixture f;
	struct lines lines;
	json_t *flow, *part;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	lines = report(&f);
	flow = record(&lines, "flow", 1);
	CU_ASSERT_STRING_EQUAL(str(flow, "timestamp"), "2026-11-21T09:14:03.200000+0000");
	CU_ASSERT_STRING_EQUAL(str(flow, "pcap_filename"), "edge-after-change.pcapng");
	CU_ASSERT_EQUAL(num(flow, "pcap_cnt"), 1200);
	CU_ASSERT_STRING_EQUAL(str(flow, "src_ip"), "10.20.0.5");
	CU_ASSERT_EQUAL(num(flow, "src_port"), 50001);
	CU_ASSERT_STRING_EQUAL(str(flow, "dest_ip"), "203.0.113.12");
	CU_ASSERT_EQUAL(num(flow, "dest_port"), 3478);
	CU_ASSERT_STRING_EQUAL(str(flow, "proto"), "UDP");
	CU_ASSERT_EQUAL(num(flow, "ip_v"), 4);
	CU_ASSERT_STRING_EQUAL(str(flow, "app_proto"), "msturn");
	CU_ASSERT_STRING_EQUAL(str(flow, "verdict"), "blocked");
	CU_ASSERT_STRING_EQUAL(str(flow, "outcome"), "prohibited");
	CU_ASSERT_STRING_EQUAL(str(flow, "cause"), "network");
	CU_ASSERT_STRING_EQUAL(str(flow, "grade"), "proven");
	CU_ASSERT_STRING_EQUAL(str(flow, "initiator_by"), "protocol");
	is(json_object_get(flow, "src_role"), json_pack("[s]", "client"));
	is(json_object_get(flow, "dest_role"), json_pack("[s]", "edge-av"));
	is(json_object_get(flow, "documented"), json_pack("[s]", "internal/client-ports/5"));
	part = json_object_get(flow, "flow");
	CU_ASSERT_EQUAL(num(part, "pkts_toserver"), 3);
	CU_ASSERT_EQUAL(num(part, "bytes_toserver"), 210);
	CU_ASSERT_EQUAL(num(part, "pkts_toclient"), 0);
	CU_ASSERT_STRING_EQUAL(str(part, "state"), "new");
	part = json_object_get(flow, "identified");
	CU_ASSERT_STRING_EQUAL(str(part, "tls"), "none");
	CU_ASSERT_STRING_EQUAL(str(part, "confidence"), "strong");
	is(json_object_get(part, "frames"), json_pack("[i,i]", 1203, 1205));
	part = json_array_get(json_object_get(flow, "evidence"), 0);
	CU_ASSERT_STRING_EQUAL(str(part, "code"), "icmp_admin_prohibited");
	is(json_object_get(part, "frames"), json_pack("[i]", 1204));
	part = json_object_get(flow, "control");
	CU_ASSERT_STRING_EQUAL(str(part, "kind"), "same-client");
	CU_ASSERT_EQUAL(num(part, "pcap_cnt"), 1190);
	CU_ASSERT_EQUAL(num(part, "dest_port"), 5061);
	part = json_object_get(record(&lines, "flow", 6), "nearest");
	CU_ASSERT_STRING_EQUAL(str(part, "row"), "internal/server-ports/7");
	is(json_object_get(part, "differs"), json_pack("[s]", "dport"));
	release(&lines);
	fixture_close(&f);
}

/* Give the last flow what its payload told. */
static void clue(struct fixture *f, struct judged *flow, enum clue_kind kind, uint64_t value)
{
	struct ledger *l = &f->ledger;

	CU_ASSERT_EQUAL_FATAL(
		memory_region_grow(&l->clues, &l->clue_cap, l->clue_count + 1, sizeof(*l->clues)),
		0);
	if (flow->clue_count++ == 0)
		flow->clues = (uint32_t)l->clue_count;
	l->clues[l->clue_count++] = (struct clue){ .kind = (uint8_t)kind, .value = value };
}

/* What is known of a protocol beside its name is under "identified", and only that. */
static void test_details(void)
{
	static const struct {
		unsigned dialect;
		const char *text;
	} dialects[] = {
		{ 0x0100, "1.0" }, { 0x0202, "2.0.2" }, { 0x0210, "2.1" },
		{ 0x0300, "3.0" }, { 0x0302, "3.0.2" }, { 0x0311, "3.1.1" },
	};
	struct fixture f;
	struct lines lines;
	struct judged *flow;
	json_t *part;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 10);
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		flow = fixture_flow(&f, VERDICT_EXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:445",
				    1 + i);
		fixture_protocol(&f, APP_SMB, FIT_STRONG);
		clue(&f, flow, CLUE_SMB_DIALECT, dialects[i].dialect);
	}
	flow = fixture_flow(&f, VERDICT_EXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:135", 20);
	fixture_protocol(&f, APP_DCERPC, FIT_STRONG);
	clue(&f, flow, CLUE_RPC_PORT, 49724);
	clue(&f, flow, CLUE_RPC_PORT, 49725);
	clue(&f, flow, CLUE_RPC_INTERFACE, RPC_ENDPOINT_MAPPER);
	flow = fixture_flow(&f, VERDICT_EXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:8057", 21);
	fixture_protocol(&f, APP_TLS, FIT_CONSISTENT);
	fixture_row(&f, "internal/server-ports/7");
	flow = fixture_flow(&f, VERDICT_MISMATCH, 6, "10.0.0.1:1001", "10.0.0.2:8057", 22);
	fixture_protocol(&f, APP_TLS, FIT_CONTRADICTED);
	fixture_row(&f, "internal/server-ports/7");
	lines = report(&f);
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		part = json_object_get(record(&lines, "flow", i), "identified");
		has_keys(part, "proto tls confidence frames smb_dialect");
		CU_ASSERT_STRING_EQUAL(str(part, "smb_dialect"), dialects[i].text);
	}
	part = json_object_get(record(&lines, "flow", 6), "identified");
	has_keys(part, "proto tls confidence frames rpc_interface rpc_ports");
	CU_ASSERT_STRING_EQUAL(str(part, "rpc_interface"), "endpoint-mapper");
	is(json_object_get(part, "rpc_ports"), json_pack("[i,i]", 49724, 49725));
	part = json_object_get(record(&lines, "flow", 7), "identified");
	has_keys(part, "proto tls confidence frames tls_version client_auth consistent_with");
	CU_ASSERT_STRING_EQUAL(str(part, "confidence"), "consistent");
	CU_ASSERT_STRING_EQUAL(str(part, "consistent_with"), "psom");
	part = json_object_get(record(&lines, "flow", 8), "identified");
	has_keys(part, "proto tls confidence frames tls_version client_auth");
	release(&lines);
	fixture_close(&f);
}

/* Every verdict but expected says why, with frames, and how to see it. */
static void test_reason(void)
{
	struct fixture f;
	struct lines lines;
	json_t *flow, *part;
	size_t i;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	lines = report(&f);
	for (i = 0; i < 13; i++) {
		flow = record(&lines, "flow", i);
		part = json_object_get(flow, "reason");
		CU_ASSERT_EQUAL(part == NULL, strcmp(str(flow, "verdict"), "expected") == 0);
		CU_ASSERT(part == NULL || str(part, "text")[0] != '\0');
		CU_ASSERT(part == NULL || json_array_size(json_object_get(part, "frames")) != 0);
		CU_ASSERT_EQUAL(part == NULL, json_object_get(flow, "filter") == NULL);
	}
	flow = record(&lines, "flow", 1);
	part = json_object_get(flow, "reason");
	CU_ASSERT_STRING_EQUAL(str(part, "text"),
			       str(json_array_get(json_object_get(flow, "evidence"), 0), "detail"));
	is(json_object_get(part, "frames"), json_pack("[i]", 1204));
	CU_ASSERT_STRING_EQUAL(str(flow, "filter"),
			       "(ip.src == 10.20.0.5 && udp.srcport == 50001 && "
			       "ip.dst == 203.0.113.12 && udp.dstport == 3478) || "
			       "(ip.src == 203.0.113.12 && udp.srcport == 3478 && "
			       "ip.dst == 10.20.0.5 && udp.dstport == 50001)");
	/* An unexpected flow leads with its nearest row, and its own first frame. */
	flow = record(&lines, "flow", 6);
	part = json_object_get(flow, "reason");
	CU_ASSERT_STRING_EQUAL(str(part, "text"), str(json_object_get(flow, "nearest"), "text"));
	is(json_object_get(part, "frames"), json_pack("[I]", num(flow, "pcap_cnt")));
	release(&lines);
	fixture_close(&f);
}

/* Frames that are numbers of another file say of which. */
static void test_evidence_elsewhere(void)
{
	struct fixture f;
	struct lines lines;
	json_t *items;

	fixture_open(&f, false);
	fixture_capture(&f, "inside.pcap", 10);
	fixture_capture(&f, "outside.pcap", 10);
	fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 1);
	fixture_evidence(&f, EVIDENCE_SYN_UNANSWERED, 1, 3, 9000);
	fixture_evidence(&f, EVIDENCE_TWIN_ANSWERED, 4, 1, 0)->elsewhere = 1;
	lines = report(&f);
	items = json_object_get(record(&lines, "flow", 0), "evidence");
	has_keys(json_array_get(items, 0), "code frames count detail");
	has_keys(json_array_get(items, 1), "code frames pcap_filename count detail");
	CU_ASSERT_STRING_EQUAL(str(json_array_get(items, 1), "pcap_filename"), "inside.pcap");
	release(&lines);
	fixture_close(&f);
}

/* Each one thing that changes a word of the record. */
static void test_words(void)
{
	struct fixture f;
	struct lines lines;
	struct judged *flow;
	json_t *one, *part;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 10);
	flow = fixture_flow(&f, VERDICT_MISMATCH, 6, "[2001:db8::1]:1000", "[2001:db8::2]:5061", 1);
	flow->vlan = 12;
	flow->examined = true;
	flow->end = FLOW_END_REUSED;
	flow->fit = FIT_STRONG;
	flow = fixture_flow(&f, VERDICT_EXPECTED, 132, "10.0.0.1:1000", "10.0.0.2:5061", 2);
	flow->app = APP_PSEUDO_TLS;
	flow->end = FLOW_END_EVICTED;
	flow->ident_frame[0] = flow->ident_frame[1] = 4;
	flow = fixture_flow(&f, VERDICT_EXPECTED, 6, "10.0.0.1:1001", "10.0.0.2:5061", 3);
	fixture_protocol(&f, APP_TLS, FIT_STRONG);
	flow->client_auth = CLIENT_AUTH_PROVEN;
	flow->end = FLOW_END_IDLE;
	flow->state = FLOW_OPEN;
	lines = report(&f);
	one = record(&lines, "flow", 0);
	part = json_object_get(one, "identified");
	CU_ASSERT_EQUAL(num(one, "ip_v"), 6);
	CU_ASSERT_STRING_EQUAL(str(one, "src_ip"), "2001:db8::1");
	is(json_object_get(one, "vlan"), json_pack("[i]", 12));
	CU_ASSERT_STRING_EQUAL(str(one, "app_proto"), "failed");
	CU_ASSERT_STRING_EQUAL(str(part, "confidence"), "contradicted");
	CU_ASSERT_STRING_EQUAL(str(part, "proto"), "unknown");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(part, "frames")), 0);
	CU_ASSERT_STRING_EQUAL(str(json_object_get(one, "flow"), "reason"), "tcp_reuse");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(one, "src_role")), 0);
	one = record(&lines, "flow", 1);
	CU_ASSERT_STRING_EQUAL(str(one, "proto"), "SCTP");
	part = json_object_get(one, "identified");
	CU_ASSERT_STRING_EQUAL(str(part, "tls"), "pseudo");
	is(json_object_get(part, "frames"), json_pack("[i]", 4));
	CU_ASSERT_STRING_EQUAL(str(json_object_get(one, "flow"), "reason"), "forced");
	one = record(&lines, "flow", 2);
	part = json_object_get(one, "identified");
	CU_ASSERT_STRING_EQUAL(str(part, "tls"), "mtls");
	CU_ASSERT_STRING_EQUAL(str(part, "tls_version"), "TLS 1.2");
	CU_ASSERT_STRING_EQUAL(str(part, "client_auth"), "proven");
	CU_ASSERT_STRING_EQUAL(str(json_object_get(one, "flow"), "reason"), "timeout");
	CU_ASSERT_STRING_EQUAL(str(json_object_get(one, "flow"), "state"), "established");
	release(&lines);
	fixture_close(&f);
}

static void test_media(void)
{
	struct fixture f;
	struct lines lines;
	struct judged *flow;
	json_t *part;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 10);
	flow = fixture_flow(&f, VERDICT_EXPECTED, 17, "10.0.0.1:1000", "10.0.0.2:3478", 1);
	clue(&f, flow, CLUE_ICE_SESSION, 7);
	clue(&f, flow, CLUE_MS_VERSION, 6);
	clue(&f, flow, CLUE_ICE_VERSION, 3);
	clue(&f, flow, CLUE_STREAM_TYPE, 2);
	clue(&f, flow, CLUE_PAYLOAD_TYPE, 1 + 114);
	clue(&f, flow, CLUE_PAYLOAD_TYPE, 1 + 100);
	flow = fixture_flow(&f, VERDICT_EXPECTED, 17, "10.0.0.1:1001", "10.0.0.2:3478", 2);
	clue(&f, flow, CLUE_PAYLOAD_TYPE, 1 + 0);
	clue(&f, flow, CLUE_PAYLOAD_TYPE, 1 + 0);
	lines = report(&f);
	part = json_object_get(record(&lines, "flow", 0), "identified");
	has_keys(part,
		 "proto tls confidence frames ms_version ice_version stream_type payload_types");
	CU_ASSERT_EQUAL(num(part, "ms_version"), 6);
	CU_ASSERT_EQUAL(num(part, "ice_version"), 3);
	CU_ASSERT_STRING_EQUAL(str(part, "stream_type"), "video");
	is(json_object_get(part, "payload_types"),
	   json_pack("[{s:i,s:s},{s:i}]", "number", 114, "name", "x-msrta/16000", "number", 100));
	part = json_object_get(record(&lines, "flow", 1), "identified");
	has_keys(part, "proto tls confidence frames payload_types");
	is(json_object_get(part, "payload_types"),
	   json_pack("[{s:i,s:s}]", "number", 0, "name", "PCMU/8000"));
	release(&lines);
	fixture_close(&f);
}

static void test_summary(void)
{
	struct fixture f;
	struct lines lines;
	json_t *summary, *part;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	fixture_capture(&f, "b.pcap", 1000);
	lines = report(&f);
	summary = lines.line[lines.count - 1];
	CU_ASSERT_STRING_EQUAL(str(summary, "event_type"), "summary");
	CU_ASSERT_EQUAL(num(summary, "packets"), 1285113);
	CU_ASSERT_EQUAL(num(summary, "bytes"), 1285113 * 476);
	CU_ASSERT_EQUAL(num(summary, "flows"), 13);
	CU_ASSERT_EQUAL(num(summary, "exit_status"), 1);
	CU_ASSERT_DOUBLE_EQUAL(json_real_value(json_object_get(summary, "elapsed_s")), 1.25, 1e-9);
	part = json_object_get(summary, "verdicts");
	has_keys(part, "expected unexpected blocked rejected mismatch inconclusive");
	CU_ASSERT_EQUAL(num(part, "blocked"), 5);
	CU_ASSERT_EQUAL(num(part, "rejected"), 4);
	part = json_object_get(summary, "rows");
	has_keys(part, "seen blocked mismatch inconclusive expired not_seen");
	CU_ASSERT_EQUAL(num(part, "not_seen"), 4);
	CU_ASSERT_EQUAL(num(part, "expired"), 0);
	part = record(&lines, "row", 0);
	CU_ASSERT_STRING_EQUAL(str(part, "pack"), "lync2013-pic");
	CU_ASSERT_STRING_EQUAL(str(part, "row"), "pic/firewall-summary/1");
	CU_ASSERT_STRING_EQUAL(str(part, "need"), "required");
	CU_ASSERT_STRING_EQUAL(str(part, "state"), "mismatch");
	CU_ASSERT_EQUAL(num(json_object_get(part, "flows"), "mismatch"), 1);
	CU_ASSERT_STRING_EQUAL(str(record(&lines, "row", 2), "need"), "optional");
	CU_ASSERT_STRING_EQUAL(str(record(&lines, "row", 7), "need"), "none");
	release(&lines);
	fixture_close(&f);
}

/* Frames a filter left out are in no class, but they are frames. */
static void test_counters(void)
{
	struct fixture f;
	struct lines lines;
	struct capture_facts *cap;
	json_t *counters, *value;
	const char *name;
	json_int_t sum = 0;

	fixture_open(&f, false);
	cap = fixture_capture(&f, "a.pcap", 100);
	cap->counters.by_class[CLASS_TRUNCATED_IP] = 7;
	cap->frames = 107 + 13;
	cap->filtered = 13;
	fixture_unfit(cap, FITNESS_FILTERED,
		      VERDICT_BIT(VERDICT_BLOCKED) | VERDICT_BIT(VERDICT_REJECTED), "a filter");
	lines = report(&f);
	counters = json_object_get(record(&lines, "capture", 0), "counters");
	json_object_foreach(counters, name, value) sum += json_integer_value(value);
	CU_ASSERT_EQUAL(sum, 120);
	CU_ASSERT_EQUAL(num(counters, "filtered"), 13);
	CU_ASSERT_EQUAL(num(counters, "tcp"), 50);
	value = json_array_get(json_object_get(record(&lines, "capture", 0), "fitness"), 0);
	is(json_object_get(value, "disables"), json_pack("[s,s]", "blocked", "rejected"));
	release(&lines);
	fixture_close(&f);
}

static void test_hostile(void)
{
	static const char name[] = "evil\n\"\\\x1b[2J\xff\xe2\x80\xae.pcap";
	struct fixture f;
	struct lines lines;
	struct judged *flow;
	char *sni;

	fixture_open(&f, false);
	fixture_capture(&f, name, 10);
	flow = fixture_flow(&f, VERDICT_UNEXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 1);
	fixture_protocol(&f, APP_TLS, FIT_STRONG);
	sni = f.ledger.text + f.ledger.text_len;
	strcpy(sni, "a\"b\x01\x80");
	flow->sni = flow->alpn = (uint32_t)f.ledger.text_len;
	f.ledger.text_len += strlen(sni) + 1;
	lines = report(&f);
	CU_ASSERT_STRING_EQUAL(str(record(&lines, "flow", 0), "pcap_filename"),
			       "evil\n\"\\\x1b[2J\xef\xbf\xbd\xe2\x80\xae.pcap");
	CU_ASSERT_STRING_EQUAL(str(json_object_get(record(&lines, "flow", 0), "identified"), "sni"),
			       "a\"b\x01\xef\xbf\xbd");
	CU_ASSERT_STRING_EQUAL(
		str(json_object_get(record(&lines, "flow", 0), "identified"), "alpn"),
		"a\"b\x01\xef\xbf\xbd");
	release(&lines);
	fixture_close(&f);
}

static void test_names(void)
{
	struct fixture f;
	struct lines lines;
	json_t *part;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 10);
	fixture_flow(&f, VERDICT_UNEXPECTED, 17, "10.0.0.1:1000", "10.0.0.2:53", 1);
	CU_ASSERT_EQUAL(judge_name(&f.ledger, "D\"N\x01S"), 0);
	fixture_flow(&f, VERDICT_UNEXPECTED, 17, "10.0.0.1:1001", "10.0.0.2:53", 2);
	f.ledger.names_given_up = 3;
	f.ledger.unlisted = 5;
	f.ledger.captures[0].evicted_unlisted = 5;
	lines = report(&f);
	part = json_object_get(record(&lines, "flow", 0), "identified");
	has_keys(part, "proto tls confidence frames name named_by");
	CU_ASSERT_STRING_EQUAL(str(part, "proto"), "unknown");
	CU_ASSERT_STRING_EQUAL(str(part, "confidence"), "none");
	CU_ASSERT_STRING_EQUAL(str(part, "name"), "D\"N\x01S");
	CU_ASSERT_STRING_EQUAL(str(part, "named_by"), "ndpi");
	has_keys(json_object_get(record(&lines, "flow", 1), "identified"),
		 "proto tls confidence frames");
	CU_ASSERT_EQUAL(num(record(&lines, "summary", 0), "names_given_up"), 3);
	/* Flows that were only counted are flows. */
	CU_ASSERT_EQUAL(num(record(&lines, "summary", 0), "evicted_unlisted"), 5);
	CU_ASSERT_EQUAL(num(record(&lines, "summary", 0), "flows"), 7);
	CU_ASSERT_EQUAL(num(record(&lines, "capture", 0), "evicted_unlisted"), 5);
	release(&lines);
	fixture_close(&f);
}

/* Each byte that needs an escape, alone in a name that would else go the short way. */
static void test_escapes(void)
{
	static const char *const names[] = {
		"a\\b", "a\"b", "a\x1f", "a\x7f", "\xc3\xa9", "plain"
	};
	struct fixture f;
	struct lines lines;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fixture_open(&f, false);
		fixture_capture(&f, names[i], 10);
		lines = report(&f);
		CU_ASSERT_STRING_EQUAL(str(record(&lines, "capture", 0), "pcap_filename"),
				       names[i]);
		release(&lines);
		fixture_close(&f);
	}
}

/* What the writer keeps from flow to flow must not leak into another. */
static void test_cache(void)
{
	static const uint32_t values[] = { 64, 65 };
	struct fixture f;
	struct lines lines;
	struct evidence *e;
	char want[64];
	json_t *flow;
	size_t i;

	fixture_open(&f, true);
	fixture_capture(&f, "a.pcap", 10);
	/* Two addresses of one slot, that are not of one role. */
	fixture_flow(&f, VERDICT_REJECTED, 6, "10.20.0.5:1000", "100.99.9.200:1", 1);
	fixture_evidence(&f, EVIDENCE_TCP_RST_SYN, 1, 1, values[0]);
	fixture_flow(&f, VERDICT_REJECTED, 6, "11.20.0.5:1000", "100.99.9.200:2", 2);
	fixture_evidence(&f, EVIDENCE_TCP_RST_SYN, 1, 1, values[1]);
	for (i = 0; i < 3; i++) {
		fixture_flow(&f, VERDICT_REJECTED, 6, "11.20.0.5:1000", "10.0.0.1:2", 3 + i);
		e = fixture_evidence(&f, EVIDENCE_ICMP_ADMIN_PROHIBITED, 1, 1 + (i > 0),
				     3u << 8 | 13);
		e->value2 = 4;
		e->from = f.ledger.flows[i == 2 ? 0 : 1].key.addr[0];
	}
	lines = report(&f);
	is(json_object_get(record(&lines, "flow", 0), "src_role"), json_pack("[s]", "client"));
	is(json_object_get(record(&lines, "flow", 1), "src_role"), json_pack("[s]", "pic-partner"));
	CU_ASSERT_STRING_EQUAL(str(record(&lines, "flow", 0), "dest_ip"), "100.99.9.200");
	for (i = 0; i < 5; i++) {
		char detail[256];

		flow = record(&lines, "flow", i);
		flow = json_array_get(json_object_get(flow, "evidence"), 0);
		evidence_text(&f.ledger.evidence[i], detail, sizeof(detail));
		CU_ASSERT_STRING_EQUAL(str(flow, "detail"), detail);
	}
	snprintf(want, sizeof(want), "TTL %u", values[1]);
	flow = json_array_get(json_object_get(record(&lines, "flow", 1), "evidence"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(str(flow, "detail"), want));
	release(&lines);
	fixture_close(&f);
}

/* A control in another file is named with it: frame numbers are per file. */
static void test_control_elsewhere(void)
{
	struct fixture f;
	struct lines lines;

	fixture_open(&f, false);
	fixture_capture(&f, "a.pcap", 10);
	fixture_flow(&f, VERDICT_EXPECTED, 6, "10.0.0.1:1000", "10.0.0.2:5061", 5);
	fixture_capture(&f, "b.pcap", 10);
	fixture_flow(&f, VERDICT_BLOCKED, 6, "10.0.0.1:1001", "10.0.0.2:5061", 6);
	fixture_control(&f, CONTROL_SAME_PAIR, 0);
	lines = report(&f);
	CU_ASSERT_STRING_EQUAL(
		str(json_object_get(record(&lines, "flow", 1), "control"), "pcap_filename"),
		"a.pcap");
	release(&lines);
	fixture_close(&f);
}

/* More addresses than are kept, the site's and strangers in turn: each has its own text and roles. */
static void test_hosts(void)
{
	struct fixture f;
	char text[80], *all;
	unsigned i, wrong = 0;

	fixture_open(&f, true);
	fixture_capture(&f, "a.pcap", 1000);
	for (i = 0; i < 400; i++) {
		snprintf(text, sizeof(text), "%s.%u:%u", i % 2 == 0 ? "10.20.0" : "192.0.2",
			 1 + i / 2, 1000 + i);
		fixture_flow(&f, VERDICT_EXPECTED, 6, text, "10.10.0.11:5061", 1 + i);
	}
	all = fixture_report(&f, REPORT_JSON);
	for (i = 0; i < 400; i++) {
		char *at;

		snprintf(text, sizeof(text), "\"src_ip\":\"%s.%u\",\"src_port\":%u,",
			 i % 2 == 0 ? "10.20.0" : "192.0.2", 1 + i / 2, 1000 + i);
		at = strstr(all, text);
		at = at == NULL ? NULL : strstr(at, "\"src_role\":");
		snprintf(text, sizeof(text), "\"src_role\":[\"%s\"]",
			 i % 2 == 0 ? "client" : "pic-partner");
		wrong += at == NULL || strncmp(at, text, strlen(text)) != 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	free(all);
	fixture_close(&f);
}

/* Whatever order the flows lie in, the bytes are the same. */
static void test_order(void)
{
	struct fixture f;
	struct judged *flows, last;
	char *before, *after;
	uint32_t i;

	fixture_open(&f, true);
	fixture_every_verdict(&f);
	before = fixture_report(&f, REPORT_JSON);
	flows = f.ledger.flows;
	last = flows[f.ledger.flow_count - 1];
	memmove(flows + 1, flows, (f.ledger.flow_count - 1) * sizeof(*flows));
	flows[0] = last;
	for (i = 0; i < f.ledger.flow_count; i++)
		if (flows[i].control != LEDGER_NONE)
			flows[i].control++;
	after = fixture_report(&f, REPORT_JSON);
	CU_ASSERT_STRING_EQUAL(before, after);
	free(before);
	free(after);
	fixture_close(&f);
}

static void elapsed(double s, const char *want)
{
	struct fixture f;
	char *text;

	fixture_open(&f, false);
	f.options.elapsed_s = s;
	text = fixture_report(&f, REPORT_JSON);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, want));
	free(text);
	fixture_close(&f);
}

static void test_elapsed(void)
{
	elapsed(0, "\"elapsed_s\":0.000}\n");
	elapsed(0.0625, "\"elapsed_s\":0.062}\n");
	elapsed(12345.5, "\"elapsed_s\":12345.500}\n");
	elapsed(-1, "\"elapsed_s\":0.000}\n");
	elapsed((double)NAN, "\"elapsed_s\":0.000}\n");
}

extern CU_TestInfo tests_report_json[];
CU_TestInfo tests_report_json[] = {
	{ "every record has exactly the documented keys", test_keys },
	{ "a flow record says what the ledger says", test_flow },
	{ "every verdict but expected has its reason and a filter", test_reason },
	{ "evidence from another file names it", test_evidence_elsewhere },
	{ "protocol, TLS, state and reason have EVE's words", test_words },
	{ "what is known beside the protocol's name is under identified", test_details },
	{ "rows and the summary count everything", test_summary },
	{ "counters are flat and sum to the frames", test_counters },
	{ "hostile names stay inside their strings", test_hostile },
	{ "a name by nDPI stands beside what was identified", test_names },
	{ "every byte that needs an escape has one", test_escapes },
	{ "nothing leaks from one record into the next", test_cache },
	{ "every address has its own text and roles", test_hosts },
	{ "identified tells versions, stream and payload types of media", test_media },
	{ "a control in another file names it", test_control_elsewhere },
	{ "the order of the ledger does not show", test_order },
	{ "the elapsed time has milliseconds and no nonsense", test_elapsed },
	CU_TEST_INFO_NULL,
};
