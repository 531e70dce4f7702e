/* Counts what the items of an expectation ask for, and says how each came out. */
#include "check/evaluate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check/day.h"
#include "check/evaluate_priv.h"

struct evaluation *evaluation_new(const struct expectation *expect, int32_t today,
				  struct results *results)
{
	struct evaluation *e = memory_array(1, sizeof(*e));
	size_t flows = 0, exceptions = 0;

	if (e == NULL)
		return NULL;
	*e = (struct evaluation){
		.expect = expect, .results = results, .today = today, .exit = -1
	};
	for (const struct expect_flow *f = expect->flows; f != NULL; f = f->next)
		flows++;
	for (const struct expect_exception *x = expect->exceptions; x != NULL; x = x->next)
		exceptions++;
	e->flows = memory_array(flows, sizeof(*e->flows));
	e->exceptions = memory_array(exceptions, sizeof(*e->exceptions));
	e->rows = rows_new(expect, results);
	if (e->flows == NULL || e->exceptions == NULL || e->rows == NULL) {
		evaluation_free(e);
		return NULL;
	}
	return e;
}

void evaluation_free(struct evaluation *e)
{
	if (e == NULL)
		return;
	rows_free(e->rows);
	free(e->flows);
	free(e->exceptions);
	free(e);
}

struct example example_of(struct results *results, const json_t *flow)
{
	const char *proto = record_text(flow, "proto");

	return (struct example){
		.text = results_text(results, "%s %s:%" PRIu64 " -> %s:%" PRIu64 ": %s, %s", proto,
				     record_text(flow, "src_ip"), record_number(flow, "src_port"),
				     record_text(flow, "dest_ip"), record_number(flow, "dest_port"),
				     record_text(flow, "verdict"), record_text(flow, "outcome")),
		.capture = results_text(results, "%s", record_text(flow, "pcap_filename")),
		.frame = record_number(flow, "pcap_cnt"),
	};
}

static void tally_add(struct evaluation *e, struct tally *t, const json_t *flow)
{
	if (t->count++ < RESULT_EXAMPLES)
		t->examples[t->example_count++] = example_of(e->results, flow);
}

/* Keep the flows that came closest to what was asked for. */
static void tally_near(struct evaluation *e, struct flow_tally *t, const json_t *flow,
		       size_t failing, const struct match_field *field)
{
	const json_t *found;

	if (t->near_failing != 0 && failing > t->near_failing)
		return;
	if (failing < t->near_failing || t->near_failing == 0) {
		t->near = (struct tally){ 0 };
		t->near_failing = failing;
		t->near_path = field->path;
		found = record_at(flow, field->path);
		t->near_found = json_is_string(found)
					? results_text(e->results, "%s", json_string_value(found))
				: json_is_integer(found)
					? results_text(e->results, "%" JSON_INTEGER_FORMAT,
						       json_integer_value(found))
					: "something else";
	}
	tally_add(e, &t->near, flow);
}

static bool is_excepted(struct evaluation *e, const json_t *flow)
{
	const struct match_field *field;
	struct tally *t = e->exceptions;

	for (const struct expect_exception *x = e->expect->exceptions; x != NULL;
	     x = x->next, t++) {
		if (match_failing(&x->match, flow, &field) != 0)
			continue;
		tally_add(e, t, flow);
		if (x->until >= e->today)
			return true;
	}
	return false;
}

static void take_flow(struct evaluation *e, const json_t *flow)
{
	const char *verdict = record_text(flow, "verdict");
	const struct match_field *field;
	struct flow_tally *t = e->flows;

	e->flow_count++;
	rows_take_flow(e->rows, flow);
	for (const struct expect_flow *f = e->expect->flows; f != NULL; f = f->next, t++) {
		size_t failing = match_failing(&f->match, flow, &field);

		if (failing == 0)
			tally_add(e, &t->hits, flow);
		else if (failing < f->match.field_count)
			tally_near(e, t, flow, failing, field);
	}
	if (strcmp(verdict, "unexpected") == 0 && is_excepted(e, flow))
		return;
	for (unsigned v = 0; v < EXPECT_VERDICTS; v++)
		if (strcmp(verdict, expect_verdicts[v]) == 0)
			tally_add(e, &e->verdicts[v], flow);
}

/* Evicted flows that the audit only counted: no record, and inconclusive all the same. */
static void take_unlisted(struct evaluation *e, uint64_t unlisted)
{
	for (unsigned v = 0; v < EXPECT_VERDICTS; v++)
		if (strcmp("inconclusive", expect_verdicts[v]) == 0)
			e->verdicts[v].count += unlisted;
}

void evaluation_record(struct evaluation *e, enum record_type type, const json_t *record)
{
	switch (type) {
	case RECORD_CAPTURE:
		e->frames += record_number(record, "frames");
		break;
	case RECORD_FLOW:
		take_flow(e, record);
		break;
	case RECORD_ROW:
		rows_take_row(e->rows, record);
		break;
	case RECORD_SUMMARY:
		e->exit = (int)record_number(record, "exit_status");
		take_unlisted(e, record_number(record, "evicted_unlisted"));
		break;
	case RECORD_OTHER:
		break;
	}
}

/* What every item begins with. */
static struct result item(const struct evaluation *e, const char *group, uint32_t line)
{
	return (struct result){ .file = e->expect->file, .group = group, .line = line };
}

static void add_examples(struct result *r, const struct tally *t)
{
	memcpy(r->examples, t->examples, sizeof(r->examples));
	r->example_count = t->example_count;
	r->example_total = t->count;
}

/* Nothing that was read could have shown anything: never a pass. */
static void finish_captures(struct evaluation *e)
{
	struct result r = item(e, "captures", 0);

	r.state = RESULT_ERROR;
	r.expected = "packets that can be judged";
	if (e->exit < 0)
		r.found = "the audit did not come to its end";
	else if (e->frames == 0)
		r.found = "captures without a packet: nothing was checked";
	else if (e->flow_count == 0)
		r.found = "no flow in the captures: nothing was checked";
	else
		return;
	results_add(e->results, &r, "captures");
}

static void finish_exit(struct evaluation *e)
{
	struct result r = item(e, "exit", e->expect->exit_line);

	if (e->expect->exit < 0)
		return;
	r.state = e->exit == e->expect->exit ? RESULT_PASS : RESULT_FAIL;
	r.expected = results_text(e->results, "status %d of the audit", e->expect->exit);
	r.found = results_text(e->results, "status %d", e->exit);
	results_add(e->results, &r, "exit %d", e->expect->exit);
}

static void finish_verdicts(struct evaluation *e)
{
	char text[COUNT_TEXT];

	for (unsigned v = 0; v < EXPECT_VERDICTS; v++) {
		const struct expect_verdict *want = &e->expect->verdicts[v];
		const struct tally *t = &e->verdicts[v];
		struct result r = item(e, "verdicts", want->line);

		if (want->line == 0)
			continue;
		r.state = count_holds(&want->count, t->count) ? RESULT_PASS : RESULT_FAIL;
		r.expected = results_text(e->results, "%s %s", count_text(&want->count, text),
					  expect_verdicts[v]);
		r.found = results_text(e->results, "%" PRIu64, t->count);
		if (r.state == RESULT_FAIL)
			add_examples(&r, t);
		results_add(e->results, &r, "verdicts %s", expect_verdicts[v]);
	}
}

/* "2 flows; 3 more fail only in verdict: blocked" */
static const char *found_text(struct evaluation *e, const struct flow_tally *t)
{
	if (t->hits.count != 0 || t->near.count == 0 || t->near_failing != 1)
		return results_text(e->results, "%" PRIu64 " flow%s", t->hits.count,
				    t->hits.count == 1 ? "" : "s");
	return results_text(e->results, "none; %" PRIu64 " fail%s in one field only, %s: %s",
			    t->near.count, t->near.count == 1 ? "s" : "", t->near_path,
			    t->near_found);
}

static void finish_flows(struct evaluation *e)
{
	const struct flow_tally *t = e->flows;
	char count[COUNT_TEXT], match[512];

	for (const struct expect_flow *f = e->expect->flows; f != NULL; f = f->next, t++) {
		struct result r = item(e, "flows", f->line);

		r.state = count_holds(&f->count, t->hits.count) ? RESULT_PASS : RESULT_FAIL;
		match_text(&f->match, match, sizeof(match));
		r.expected =
			results_text(e->results, "%s with %s", count_text(&f->count, count), match);
		r.found = found_text(e, t);
		if (r.state == RESULT_FAIL)
			add_examples(&r, t->hits.count != 0 ? &t->hits : &t->near);
		results_add(e->results, &r, "flows %s", f->name);
	}
}

static void finish_exceptions(struct evaluation *e)
{
	const struct tally *t = e->exceptions;
	char until[DAY_TEXT];

	for (const struct expect_exception *x = e->expect->exceptions; x != NULL;
	     x = x->next, t++) {
		struct result r = item(e, "exceptions", x->line);
		bool over = x->until < e->today;

		r.state = over && t->count != 0 ? RESULT_FAIL : RESULT_PASS;
		r.expected =
			results_text(e->results, "in force (until %s)", day_text(x->until, until));
		if (t->count == 0)
			r.found = "matches no unexpected flow: it may be removed";
		else
			r.found = results_text(e->results, "%s; %" PRIu64 " flow%s",
					       over ? "over" : "in force", t->count,
					       t->count == 1 ? "" : "s");
		if (r.state == RESULT_FAIL)
			add_examples(&r, t);
		results_add(e->results, &r, "exceptions %s", x->reason);
	}
}

void evaluation_finish(struct evaluation *e)
{
	finish_captures(e);
	finish_exit(e);
	rows_finish(e->rows);
	finish_verdicts(e);
	finish_flows(e);
	finish_exceptions(e);
}
