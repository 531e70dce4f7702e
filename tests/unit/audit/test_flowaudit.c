/* The public face (audit/flowaudit.c). */
#include "flowaudit/flowaudit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/tape.h"
#include "judge/scene.h"

/* An audit with the pack and the site of scene.c, from files. */
struct stand {
	struct tapes dir;
	struct flowaudit *fa;
	char err[FLOWAUDIT_ERROR_TEXT];
};

static void stand_open(struct stand *s)
{
	char pack[8192];

	tapes_open(&s->dir);
	s->fa = flowaudit_create();
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->fa);
	scene_pack_text(NULL, pack, sizeof(pack));
	tapes_save(&s->dir, "p.yaml", pack, strlen(pack));
	tapes_save(&s->dir, "s.yaml", scene_site, strlen(scene_site));
	CU_ASSERT_EQUAL(flowaudit_add_rules(s->fa, tapes_path(&s->dir, "p.yaml")), 0);
	CU_ASSERT_EQUAL(flowaudit_set_site(s->fa, tapes_path(&s->dir, "s.yaml")), 0);
	CU_ASSERT_EQUAL(flowaudit_set_max_flows(s->fa, 1000), 0);
	strcpy(s->err, "untouched");
}

static void stand_close(struct stand *s)
{
	flowaudit_destroy(s->fa);
	tapes_close(&s->dir);
}

static void activate(struct stand *s)
{
	CU_ASSERT_EQUAL_FATAL(flowaudit_activate(s->fa, s->err), 0);
}

static int read_tape(struct stand *s, const char *name, struct tape *t)
{
	return flowaudit_read(s->fa, tape_save(&s->dir, name, t), s->err);
}

/* What one capture may hold. */
enum { EXPECTED = 1, BLOCKED = 2, UNSURE = 4, CUT = 8, DAMAGED = 16 };

static int read_kinds(struct stand *s, unsigned kinds)
{
	struct tape t;

	tape_begin(&t);
	if (kinds & (EXPECTED | BLOCKED | UNSURE))
		tape_sip(&t, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	if (kinds & BLOCKED) {
		tape_tcp(&t, TAPE_T0 + TAPE_S, CLIENT ":50001", SERVER ":8057", TCP_SYN, 1, 0, "");
		tape_tcp(&t, TAPE_T0 + TAPE_S, SERVER ":8057", CLIENT ":50001", TCP_RST | TCP_ACK,
			 0, 2, "");
	}
	if (kinds & UNSURE)
		tape_tcp(&t, TAPE_T0 + TAPE_S, CLIENT ":50002", SERVER ":8057", TCP_SYN, 1, 0, "");
	if (kinds & CUT) {
		tape_tcp(&t, TAPE_T0 + TAPE_S, CLIENT ":50003", SERVER ":8057", TCP_SYN, 1, 0, "");
		t.len--;
	}
	if (kinds & DAMAGED)
		tape_damage(&t);
	return read_tape(s, "kinds.pcap", &t);
}

static void finish(struct stand *s)
{
	CU_ASSERT_EQUAL_FATAL(flowaudit_finish(s->fa, s->err), 0);
}

#define REFUSED(call, s, text)                           \
	do {                                             \
		strcpy((s).err, "");                     \
		CU_ASSERT_EQUAL(call, FLOWAUDIT_EUSAGE); \
		SAME((s).err, text);                     \
	} while (0)

/* ---- stages ------------------------------------------------------------------------------------
 */

static void settings_are_refused(struct stand *s)
{
	CU_ASSERT_EQUAL(flowaudit_add_rules(s->fa, "x"), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_site(s->fa, "x"), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_filter(s->fa, "x"), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_max_flows(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_seed(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_batch(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_attempt_timeout(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_checksums(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_keep_duplicates(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_vlan_in_key(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_fail_on(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_strict(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_require(s->fa, 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_name_unknown(s->fa, 0), FLOWAUDIT_EUSAGE);
}

static void no_answers_yet(struct stand *s)
{
	struct flowaudit_flow flow;
	enum flowaudit_row_state state;

	CU_ASSERT_EQUAL(flowaudit_flow_count(s->fa), 0);
	CU_ASSERT_EQUAL(flowaudit_verdict_count(s->fa, FLOWAUDIT_EXPECTED), 0);
	CU_ASSERT_EQUAL(flowaudit_flow(s->fa, 0, &flow), FLOWAUDIT_EUSAGE);
	CU_ASSERT_PTR_NULL(flowaudit_row(s->fa, 0, &state));
	REFUSED(flowaudit_report(s->fa, "text", "-", 0, s->err), *s,
		"a report needs a finished audit");
}

static void calls_at_the_wrong_time(void)
{
	struct stand s;
	struct tape t;
	uint64_t frames = 7, bytes = 7;

	stand_open(&s);
	/* Before activation. */
	REFUSED(flowaudit_open(s.fa, "x", s.err), s,
		"captures are read one at a time, after activation");
	REFUSED(flowaudit_read(s.fa, "x", s.err), s,
		"captures are read one at a time, after activation");
	REFUSED(flowaudit_step(s.fa, s.err), s, "no capture is open");
	REFUSED(flowaudit_finish(s.fa, s.err), s, "an audit is finished once, after activation");
	flowaudit_progress(s.fa, &frames, &bytes);
	CU_ASSERT_EQUAL(frames + bytes, 0);
	CU_ASSERT_EQUAL(flowaudit_exit_status(s.fa), 2);
	no_answers_yet(&s);
	/* Before a capture is open. */
	activate(&s);
	REFUSED(flowaudit_activate(s.fa, s.err), s, "an audit is activated once; create another");
	settings_are_refused(&s);
	REFUSED(flowaudit_step(s.fa, s.err), s, "no capture is open");
	no_answers_yet(&s);
	/* While it is. */
	tape_begin(&t);
	tape_sip(&t, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_EQUAL(flowaudit_open(s.fa, tape_save(&s.dir, "a.pcap", &t), s.err), 0);
	REFUSED(flowaudit_open(s.fa, tapes_path(&s.dir, "a.pcap"), s.err), s,
		"captures are read one at a time, after activation");
	settings_are_refused(&s);
	no_answers_yet(&s);
	CU_ASSERT_EQUAL(flowaudit_step(s.fa, s.err), 0);
	REFUSED(flowaudit_step(s.fa, s.err), s, "no capture is open");
	flowaudit_progress(s.fa, &frames, &bytes);
	CU_ASSERT_EQUAL(frames, TAPE_SIP_PACKETS);
	CU_ASSERT(bytes > 40 * TAPE_SIP_PACKETS);
	no_answers_yet(&s);
	/* After the end. */
	finish(&s);
	REFUSED(flowaudit_finish(s.fa, s.err), s, "an audit is finished once, after activation");
	REFUSED(flowaudit_open(s.fa, tapes_path(&s.dir, "a.pcap"), s.err), s,
		"captures are read one at a time, after activation");
	settings_are_refused(&s);
	CU_ASSERT_EQUAL(flowaudit_flow_count(s.fa), 1);
	stand_close(&s);
}

static void finishing_early(void)
{
	struct stand s;
	struct tape t;

	stand_open(&s);
	activate(&s);
	tape_begin(&t);
	tape_sip(&t, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_EQUAL(flowaudit_open(s.fa, tape_save(&s.dir, "a.pcap", &t), s.err), 0);
	finish(&s);
	CU_ASSERT_EQUAL(flowaudit_flow_count(s.fa), 0);
	CU_ASSERT_EQUAL(flowaudit_exit_status(s.fa), 3);
	stand_close(&s);
	flowaudit_destroy(NULL);
}

static void settings_within_bounds(void)
{
	struct stand s;

	stand_open(&s);
	CU_ASSERT_EQUAL(flowaudit_set_max_flows(s.fa, 0), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_max_flows(s.fa, 1), 0);
	CU_ASSERT_EQUAL(flowaudit_set_max_flows(s.fa, 1u << 27), 0);
	CU_ASSERT_EQUAL(flowaudit_set_max_flows(s.fa, (1u << 27) + 1), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_batch(s.fa, 0), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_batch(s.fa, 1), 0);
	CU_ASSERT_EQUAL(flowaudit_set_batch(s.fa, 64), 0);
	CU_ASSERT_EQUAL(flowaudit_set_batch(s.fa, 65), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_attempt_timeout(s.fa, 0), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(flowaudit_set_attempt_timeout(s.fa, 1), 0);
	CU_ASSERT_EQUAL(flowaudit_set_seed(s.fa, UINT64_MAX), 0);
	CU_ASSERT_EQUAL(flowaudit_set_fail_on(s.fa, 0), 0);
	CU_ASSERT_EQUAL(flowaudit_set_fail_on(s.fa, 63), 0);
	CU_ASSERT_EQUAL(flowaudit_set_fail_on(s.fa, 64), FLOWAUDIT_EUSAGE);
	stand_close(&s);
}

/* ---- packs and site
 * ------------------------------------------------------------------------------- */

static void every_mistake_is_listed(void)
{
	static const char wrong[] =
		"pack: q\ntitle: t\ndocuments: {e: {title: t}}\n"
		"tables: {e/t: {title: t, rows: 1}}\nroles: {a: {description: x}}\n"
		"rows:\n"
		"- {id: e/t/1, l4: tcp, proto: sipp, from: a, to: b, dport: 1, need: required}\n";
	struct stand s;
	char all[1000] = "";
	size_t n = 0;

	stand_open(&s);
	flowaudit_add_rules(s.fa, tapes_save(&s.dir, "q.yaml", wrong, strlen(wrong)));
	flowaudit_add_rules(s.fa, tapes_save(&s.dir, "r.yaml", "pack: [\n", 8));
	CU_ASSERT_PTR_NULL(flowaudit_problem(s.fa, 0));
	CU_ASSERT_EQUAL(flowaudit_activate(s.fa, s.err), FLOWAUDIT_EFORMAT);
	/* The first failure; and all complaints about all packs. */
	CU_ASSERT_PTR_NOT_NULL(strstr(s.err, "q.yaml cannot be used"));
	for (; flowaudit_problem(s.fa, n) != NULL; n++) {
		const char *problem = flowaudit_problem(s.fa, n);

		CU_ASSERT_EQUAL(strncmp(problem, s.dir.dir, strlen(s.dir.dir)), 0);
		strncat(all, problem + strlen(s.dir.dir), sizeof(all) - strlen(all) - 2);
		strcat(all, "\n");
	}
	CU_ASSERT(n >= 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(all, "/q.yaml:7:31: unknown application \"sipp\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(all, "/q.yaml:7:50: unknown role \"b\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(all, "/r.yaml:"));
	CU_ASSERT_PTR_NULL(flowaudit_problem(s.fa, n));
	CU_ASSERT_EQUAL(flowaudit_exit_status(s.fa), 2);
	/* It is not active. */
	REFUSED(flowaudit_read(s.fa, "x", s.err), s,
		"captures are read one at a time, after activation");
	stand_close(&s);
}

static void packs_that_are_not_there(void)
{
	struct stand s;

	stand_open(&s);
	flowaudit_add_rules(s.fa, "no-such-pack");
	CU_ASSERT_EQUAL(flowaudit_activate(s.fa, s.err), FLOWAUDIT_EUSAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.err, "no pack \"no-such-pack\""));
	stand_close(&s);
	stand_open(&s);
	flowaudit_add_rules(s.fa, tapes_path(&s.dir, "none.yaml"));
	CU_ASSERT_EQUAL(flowaudit_activate(s.fa, s.err), FLOWAUDIT_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.err, "none.yaml cannot be used"));
	CU_ASSERT_PTR_NOT_NULL(flowaudit_problem(s.fa, 0));
	stand_close(&s);
}

static void sites_that_are_wrong(void)
{
	static const char wrong[] = "site: s\nroles:\n  clinet: [10.0.0.0/24]\n";
	struct stand s;

	stand_open(&s);
	flowaudit_set_site(s.fa, tapes_save(&s.dir, "w.yaml", wrong, strlen(wrong)));
	CU_ASSERT_EQUAL(flowaudit_activate(s.fa, s.err), FLOWAUDIT_EFORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.err, "site file "));
	CU_ASSERT_PTR_NOT_NULL(strstr(s.err, "w.yaml cannot be used"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(flowaudit_problem(s.fa, 0));
	CU_ASSERT_PTR_NOT_NULL(strstr(flowaudit_problem(s.fa, 0), "unknown role \"clinet\""));
	stand_close(&s);
	/* The last one that is set counts. */
	stand_open(&s);
	flowaudit_set_site(s.fa, tapes_path(&s.dir, "none.yaml"));
	flowaudit_set_site(s.fa, tapes_path(&s.dir, "s.yaml"));
	activate(&s);
	stand_close(&s);
}

static void filters(void)
{
	struct stand s;

	stand_open(&s);
	flowaudit_set_filter(s.fa, "port 1");
	activate(&s);
	CU_ASSERT_EQUAL(read_kinds(&s, EXPECTED), 0);
	finish(&s);
	CU_ASSERT_EQUAL(flowaudit_flow_count(s.fa), 0);
	stand_close(&s);
	stand_open(&s);
	flowaudit_set_filter(s.fa, "prot 1");
	activate(&s);
	CU_ASSERT_EQUAL(read_kinds(&s, EXPECTED), FLOWAUDIT_EUSAGE);
	finish(&s);
	CU_ASSERT_EQUAL(flowaudit_exit_status(s.fa), 2);
	stand_close(&s);
}

/* ---- exit status
 * ------------------------------------------------------------------------------------ */

/* Of one capture of these kinds, and perhaps one that is not there. */
static int status_of(unsigned kinds, int missing, int strict, int fail_on, int require)
{
	struct stand s;
	int status;

	stand_open(&s);
	flowaudit_set_strict(s.fa, strict);
	flowaudit_set_require(s.fa, require);
	if (fail_on >= 0)
		flowaudit_set_fail_on(s.fa, (unsigned)fail_on);
	activate(&s);
	if (missing)
		CU_ASSERT_EQUAL(flowaudit_read(s.fa, tapes_path(&s.dir, "none.pcap"), s.err),
				FLOWAUDIT_EIO);
	CU_ASSERT_EQUAL(read_kinds(&s, kinds), kinds & DAMAGED ? FLOWAUDIT_EFORMAT : 0);
	finish(&s);
	status = flowaudit_exit_status(s.fa);
	stand_close(&s);
	return status;
}

#define DEFAULT (-1)

static void status_of_each_kind(void)
{
	CU_ASSERT_EQUAL(status_of(EXPECTED, 0, 0, DEFAULT, 0), 0);
	CU_ASSERT_EQUAL(status_of(EXPECTED, 0, 1, DEFAULT, 0), 0);
	CU_ASSERT_EQUAL(status_of(BLOCKED, 0, 0, DEFAULT, 0), 1);
	CU_ASSERT_EQUAL(status_of(UNSURE, 0, 0, DEFAULT, 0), 0);
	CU_ASSERT_EQUAL(status_of(UNSURE, 0, 1, DEFAULT, 0), 3);
	CU_ASSERT_EQUAL(status_of(EXPECTED | CUT, 0, 0, DEFAULT, 0), 0);
	CU_ASSERT_EQUAL(status_of(EXPECTED | CUT, 0, 1, DEFAULT, 0), 3);
	CU_ASSERT_EQUAL(status_of(EXPECTED | DAMAGED, 0, 0, DEFAULT, 0), 2);
	CU_ASSERT_EQUAL(status_of(EXPECTED, 1, 0, DEFAULT, 0), 2);
	/* Nothing could be judged. */
	CU_ASSERT_EQUAL(status_of(0, 0, 0, DEFAULT, 0), 3);
	CU_ASSERT_EQUAL(status_of(CUT, 0, 0, DEFAULT, 0), 3);
}

static void unreadable_before_findings_before_inconclusive(void)
{
	CU_ASSERT_EQUAL(status_of(BLOCKED, 1, 0, DEFAULT, 0), 2);
	CU_ASSERT_EQUAL(status_of(BLOCKED | DAMAGED, 0, 1, DEFAULT, 0), 2);
	CU_ASSERT_EQUAL(status_of(BLOCKED | UNSURE | CUT, 0, 1, DEFAULT, 0), 1);
	CU_ASSERT_EQUAL(status_of(UNSURE, 1, 1, DEFAULT, 0), 2);
	CU_ASSERT_EQUAL(status_of(0, 1, 0, DEFAULT, 0), 2);
	CU_ASSERT_EQUAL(status_of(0, 0, 0, DEFAULT, 1), 1);
}

/* complaint 17, 18: no packet, or none that can be followed, is never a pass. */
static void nothing_that_could_be_judged_never_passes(void)
{
	static const uint16_t linktypes[] = { 147, 101 };

	for (size_t i = 0; i < ARRAY_SIZE(linktypes); i++) {
		struct stand s;
		struct tape t;
		int status;

		stand_open(&s);
		activate(&s);
		tape_begin(&t);
		if (linktypes[i] == 147) {
			tape_sip(&t, TAPE_T0, CLIENT ":50000", SERVER ":5060");
			t.bytes[20] = 147;
		}
		CU_ASSERT_EQUAL(read_tape(&s, "a.pcap", &t), 0);
		finish(&s);
		status = flowaudit_exit_status(s.fa);
		CU_ASSERT_EQUAL(status, 3);
		stand_close(&s);
	}
}

/* complaint 38: a site file of another network would pass everything. */
static void another_network_never_passes(void)
{
	for (unsigned both = 0; both < 2; both++) {
		struct stand s;
		struct tape t;

		stand_open(&s);
		flowaudit_set_require(s.fa, 1);
		activate(&s);
		tape_begin(&t);
		tape_sip(&t, TAPE_T0, "172.16.0.1:50000", "172.16.0.2:5060");
		if (both)
			tape_sip(&t, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		CU_ASSERT_EQUAL(read_tape(&s, "a.pcap", &t), 0);
		finish(&s);
		/* Rows that were not seen there are no findings either. */
		CU_ASSERT_EQUAL(flowaudit_exit_status(s.fa), both ? 1 : 3);
		stand_close(&s);
	}
}

static void what_counts_as_a_finding(void)
{
	const int blocked = 1 << FLOWAUDIT_BLOCKED, expected = 1 << FLOWAUDIT_EXPECTED,
		  unsure = 1 << FLOWAUDIT_INCONCLUSIVE, mismatch = 1 << FLOWAUDIT_MISMATCH;

	CU_ASSERT_EQUAL(status_of(BLOCKED, 0, 0, 0, 0), 0);
	CU_ASSERT_EQUAL(status_of(BLOCKED, 0, 0, mismatch, 0), 0);
	CU_ASSERT_EQUAL(status_of(BLOCKED, 0, 0, blocked | mismatch, 0), 1);
	CU_ASSERT_EQUAL(status_of(EXPECTED, 0, 0, expected, 0), 1);
	CU_ASSERT_EQUAL(status_of(UNSURE, 0, 0, unsure, 0), 1);
	CU_ASSERT_EQUAL(status_of(EXPECTED, 0, 0, unsure, 0), 0);
	/* Required rows are missing. */
	CU_ASSERT_EQUAL(status_of(EXPECTED, 0, 0, 0, 1), 1);
}

/* ---- reports and questions
 * -------------------------------------------------------------------------- */

static char *contents(struct stand *s, const char *name)
{
	char *text = calloc(1, 1 << 16);
	FILE *f = fopen(tapes_path(&s->dir, name), "rb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fread(text, 1, (1 << 16) - 1, f) > 0);
	fclose(f);
	return text;
}

/* The report of this format and with these flags holds @what, or does not. */
static bool holds(struct stand *s, const char *format, unsigned flags, const char *what)
{
	char *text;
	bool found;

	CU_ASSERT_EQUAL(
		flowaudit_report(s->fa, format, tapes_path(&s->dir, "report"), flags, s->err), 0);
	text = contents(s, "report");
	found = strstr(text, what) != NULL;
	free(text);
	return found;
}

static void reports(void)
{
	struct stand s;

	stand_open(&s);
	activate(&s);
	CU_ASSERT_EQUAL(read_kinds(&s, EXPECTED | BLOCKED), 0);
	finish(&s);
	CU_ASSERT_TRUE(holds(&s, "text", 0, "BLOCKED"));
	CU_ASSERT_FALSE(holds(&s, "text", 0, "{\"event_type\""));
	CU_ASSERT_TRUE(holds(&s, "json", 0, "{\"event_type\":\"summary\""));
	CU_ASSERT_TRUE(holds(&s, "json", 0, "\"exit_status\":1"));
	/* A file is no terminal. */
	CU_ASSERT_FALSE(holds(&s, "text", 0, "\033["));
	CU_ASSERT_TRUE(holds(&s, "text", FLOWAUDIT_COLOUR, "\033["));
	CU_ASSERT_FALSE(holds(&s, "text", FLOWAUDIT_COLOUR | FLOWAUDIT_NO_COLOUR, "\033["));
	CU_ASSERT_FALSE(holds(&s, "text", 0, "d/t/old"));
	CU_ASSERT_TRUE(holds(&s, "text", FLOWAUDIT_VERBOSE, "d/t/old"));
	CU_ASSERT_TRUE(holds(&s, "text", FLOWAUDIT_VERBOSER, "d/t/old"));
	stand_close(&s);
}

static void reports_know_what_is_required(void)
{
	for (int require = 0; require < 2; require++) {
		struct stand s;

		stand_open(&s);
		flowaudit_set_require(s.fa, require);
		activate(&s);
		CU_ASSERT_EQUAL(read_kinds(&s, EXPECTED), 0);
		finish(&s);
		CU_ASSERT_EQUAL(holds(&s, "text", 0, "required rows not seen"), require != 0);
		stand_close(&s);
	}
}

static void reports_that_cannot_be_written(void)
{
	struct stand s;

	stand_open(&s);
	activate(&s);
	CU_ASSERT_EQUAL(read_kinds(&s, EXPECTED), 0);
	finish(&s);
	REFUSED(flowaudit_report(s.fa, "xml", "-", 0, s.err), s,
		"no such report format; there are text and json");
	CU_ASSERT_EQUAL(flowaudit_report(s.fa, "json", tapes_path(&s.dir, "no/such/dir"), 0, s.err),
			FLOWAUDIT_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.err, "no/such/dir"));
	CU_ASSERT_EQUAL(flowaudit_report(s.fa, "json", s.dir.dir, 0, s.err), FLOWAUDIT_EIO);
	/* Opened, and full. */
	CU_ASSERT_EQUAL(flowaudit_report(s.fa, "json", "/dev/full", 0, s.err), FLOWAUDIT_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.err, "/dev/full"));
	/* None of it spoils the conclusions. */
	CU_ASSERT_EQUAL(flowaudit_exit_status(s.fa), 0);
	stand_close(&s);
}

static void questions(void)
{
	struct stand s;
	struct flowaudit_flow flow;
	enum flowaudit_row_state state = FLOWAUDIT_ROW_EXPIRED;
	size_t rows = 0;

	stand_open(&s);
	activate(&s);
	CU_ASSERT_EQUAL(read_kinds(&s, EXPECTED | BLOCKED), 0);
	finish(&s);
	CU_ASSERT_EQUAL(flowaudit_flow_count(s.fa), 2);
	CU_ASSERT_EQUAL(flowaudit_verdict_count(s.fa, FLOWAUDIT_EXPECTED), 1);
	CU_ASSERT_EQUAL(flowaudit_verdict_count(s.fa, FLOWAUDIT_BLOCKED), 1);
	CU_ASSERT_EQUAL(flowaudit_verdict_count(s.fa, FLOWAUDIT_INCONCLUSIVE), 0);
	CU_ASSERT_EQUAL(flowaudit_verdict_count(s.fa, FLOWAUDIT_VERDICTS), 0);
	CU_ASSERT_EQUAL(flowaudit_flow(s.fa, 1, &flow), 0);
	SAME(flow.source, CLIENT);
	SAME(flow.destination, SERVER);
	CU_ASSERT_EQUAL(flow.source_port, 50001);
	CU_ASSERT_EQUAL(flow.destination_port, 8057);
	CU_ASSERT_EQUAL(flow.ip_protocol, 6);
	CU_ASSERT_EQUAL(flow.verdict, FLOWAUDIT_BLOCKED);
	SAME(flow.outcome, "refused");
	SAME(flow.row, "d/t/psom");
	CU_ASSERT_EQUAL(flow.first_frame, TAPE_SIP_PACKETS + 1);
	SAME(flow.capture, tapes_path(&s.dir, "kinds.pcap"));
	CU_ASSERT_EQUAL(flowaudit_flow(s.fa, 2, &flow), FLOWAUDIT_EUSAGE);
	SAME(flowaudit_row(s.fa, 0, &state), "d/t/mtls-in");
	CU_ASSERT_EQUAL(state, FLOWAUDIT_ROW_NOT_SEEN);
	SAME(flowaudit_row(s.fa, 2, &state), "d/t/sip");
	CU_ASSERT_EQUAL(state, FLOWAUDIT_ROW_SEEN);
	while (flowaudit_row(s.fa, rows, &state) != NULL)
		rows++;
	CU_ASSERT_EQUAL(rows, 19);
	stand_close(&s);
}

static void undocumented_flow_has_no_row(void)
{
	struct stand s;
	struct tape t;
	struct flowaudit_flow flow;

	stand_open(&s);
	activate(&s);
	tape_begin(&t);
	tape_sip(&t, TAPE_T0, PARTNER ":40000", EDGE ":22");
	CU_ASSERT_EQUAL(read_tape(&s, "a.pcap", &t), 0);
	finish(&s);
	CU_ASSERT_EQUAL(flowaudit_flow(s.fa, 0, &flow), 0);
	CU_ASSERT_EQUAL(flow.verdict, FLOWAUDIT_UNEXPECTED);
	CU_ASSERT_PTR_NULL(flow.row);
	CU_ASSERT_EQUAL(flowaudit_exit_status(s.fa), 1);
	stand_close(&s);
}

static void options_reach_the_pipeline(void)
{
	for (unsigned timeout = 1; timeout <= 3; timeout++) {
		struct stand s;
		struct tape t;

		stand_open(&s);
		flowaudit_set_attempt_timeout(s.fa, timeout);
		activate(&s);
		tape_begin(&t);
		tape_sip(&t, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		for (unsigned i = 0; i < 2; i++)
			tape_tcp(&t, TAPE_T0 + (i + 1) * TAPE_S, CLIENT ":50001", SERVER ":8057",
				 TCP_SYN, 1, 0, "");
		tape_sip(&t, TAPE_T0 + 3 * TAPE_S - 8 * TAPE_MS, CLIENT ":50002", SERVER ":5060");
		CU_ASSERT_EQUAL(read_tape(&s, "a.pcap", &t), 0);
		finish(&s);
		CU_ASSERT_EQUAL(flowaudit_verdict_count(s.fa, FLOWAUDIT_BLOCKED), timeout <= 2);
		stand_close(&s);
	}
}

static void copies_are_kept_when_asked(void)
{
	for (unsigned keep = 0; keep < 2; keep++) {
		struct flowaudit_flow flow;
		struct stand s;
		struct tape t;

		stand_open(&s);
		CU_ASSERT_EQUAL(flowaudit_set_keep_duplicates(s.fa, (int)keep), 0);
		activate(&s);
		tape_begin(&t);
		t.id = 7;
		/* Two tries more than there were make silence likely. */
		tape_sip(&t, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		tape_tcp(&t, TAPE_T0 + TAPE_S, CLIENT ":50001", SERVER ":8057", TCP_SYN, 1, 0, "");
		tape_again(&t, TAPE_T0 + TAPE_S + 1000, 0);
		tape_again(&t, TAPE_T0 + TAPE_S + 2000, 1);
		CU_ASSERT_EQUAL(read_tape(&s, "a.pcap", &t), 0);
		finish(&s);
		CU_ASSERT_EQUAL_FATAL(flowaudit_flow(s.fa, 1, &flow), 0);
		CU_ASSERT_EQUAL(flow.verdict, keep ? FLOWAUDIT_BLOCKED : FLOWAUDIT_INCONCLUSIVE);
		stand_close(&s);
	}
}

static void verdicts_by_name(void)
{
	enum flowaudit_verdict v = FLOWAUDIT_VERDICTS;

	SAME(flowaudit_verdict_name(FLOWAUDIT_MISMATCH), "mismatch");
	CU_ASSERT_PTR_NULL(flowaudit_verdict_name(FLOWAUDIT_VERDICTS));
	CU_ASSERT_EQUAL(flowaudit_verdict_find("rejected,x", 8, &v), 0);
	CU_ASSERT_EQUAL(v, FLOWAUDIT_REJECTED);
	CU_ASSERT_EQUAL(flowaudit_verdict_find("reject", 6, &v), FLOWAUDIT_EUSAGE);
	CU_ASSERT_EQUAL(v, FLOWAUDIT_REJECTED);
	SAME(flowaudit_version(), FA_VERSION);
}

extern CU_TestInfo tests_flowaudit[];
CU_TestInfo tests_flowaudit[] = {
	{ "calls at the wrong time are refused and say why", calls_at_the_wrong_time },
	{ "an audit may be finished while a capture is open", finishing_early },
	{ "settings keep within their bounds", settings_within_bounds },
	{ "every mistake of every pack is listed", every_mistake_is_listed },
	{ "a pack that is not there is named", packs_that_are_not_there },
	{ "a site that is wrong is named with its mistakes", sites_that_are_wrong },
	{ "a filter leaves frames out, a wrong one the capture", filters },
	{ "the status is 0, 1, 2 or 3", status_of_each_kind },
	{ "unreadable before findings before inconclusive",
	  unreadable_before_findings_before_inconclusive },
	{ "complaint 17, 18: nothing that could be judged never passes",
	  nothing_that_could_be_judged_never_passes },
	{ "complaint 38: a capture of another network never passes", another_network_never_passes },
	{ "findings are the verdicts asked for, and required rows", what_counts_as_a_finding },
	{ "reports go to a file, coloured when asked", reports },
	{ "required rows not seen are findings of a report when asked",
	  reports_know_what_is_required },
	{ "a report that cannot be written says so", reports_that_cannot_be_written },
	{ "flows, verdicts and rows can be asked for", questions },
	{ "a flow that no row documents has none", undocumented_flow_has_no_row },
	{ "the time to wait for an answer is an option", options_reach_the_pipeline },
	{ "a SYN captured three times is one try, but where copies are kept",
	  copies_are_kept_when_asked },
	{ "verdicts have names, and names verdicts", verdicts_by_name },
	CU_TEST_INFO_NULL
};
