/* JSON Lines: captures, rows and the summary, and the order of all records. */
#include "report/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/order.h"

static const char *const need_names[] = {
	[NEED_REQUIRED] = "required",
	[NEED_OPTIONAL] = "optional",
	[NEED_NONE] = "none",
};

/* The verdicts of a set, by name. */
static void verdict_set(struct draft *d, uint32_t set)
{
	const char *prefix = "";
	unsigned v;

	DRAFT_LITERAL(d, "[");
	for (v = 0; v < VERDICT_COUNT; v++) {
		if ((set & VERDICT_BIT(v)) == 0)
			continue;
		draft_name(d, prefix, verdict_name((enum verdict)v));
		prefix = ",";
	}
	DRAFT_LITERAL(d, "]");
}

static void verdict_counts(struct draft *d, const uint64_t counts[static VERDICT_COUNT])
{
	unsigned v;

	DRAFT_LITERAL(d, "{");
	for (v = 0; v < VERDICT_COUNT; v++) {
		draft_name(d, v == 0 ? "" : ",", verdict_name((enum verdict)v));
		draft_number(d, ":", counts[v]);
	}
	DRAFT_LITERAL(d, "}");
}

/* Flat: names to frames, and their sum is the frames of the input. */
void json_counters(struct draft *d, const struct capture_facts *cap)
{
	char name[COUNTER_NAME];
	const char *prefix = "";
	uint64_t frames, sum = 0;
	unsigned pos = 0;

	DRAFT_LITERAL(d, ",\"counters\":{");
	while (counters_next(&cap->counters, &pos, name, &frames)) {
		draft_name(d, prefix, name);
		draft_number(d, ":", frames);
		sum += frames;
		prefix = ",";
	}
	/* Frames that a BPF expression left out were read, but never decoded. */
	if (cap->filtered > 0 && sum + cap->filtered == cap->frames) {
		draft_name(d, prefix, "filtered");
		draft_number(d, ":", cap->filtered);
	}
	DRAFT_LITERAL(d, "}");
}

void json_capture(struct json_writer *w, size_t capture)
{
	const struct capture_facts *cap = &w->ledger->captures[capture];
	struct draft *d = &w->draft;
	unsigned i;

	DRAFT_LITERAL(d, "{\"event_type\":\"capture\"");
	draft_name(d, ",\"pcap_filename\":", cap->name);
	draft_number(d, ",\"frames\":", cap->frames);
	draft_number(d, ",\"bytes\":", cap->wire_bytes);
	json_counters(d, cap);
	if (cap->has_drops) {
		draft_number(d, ",\"kernel_drops\":", cap->kernel_drops);
		draft_number(d, ",\"interface_drops\":", cap->interface_drops);
	}
	if (cap->evicted_unlisted != 0)
		draft_number(d, ",\"evicted_unlisted\":", cap->evicted_unlisted);
	DRAFT_LITERAL(d, ",\"fitness\":[");
	for (i = 0; i < cap->fitness.count; i++) {
		const struct fitness_entry *e = &cap->fitness.entries[i];

		draft_name(d, i == 0 ? "{\"code\":" : ",{\"code\":", fitness_name(e->code));
		draft_name(d, ",\"detail\":", e->detail);
		DRAFT_LITERAL(d, ",\"disables\":");
		verdict_set(d, e->disables);
		DRAFT_LITERAL(d, "}");
	}
	DRAFT_LITERAL(d, "]}\n");
}

void json_row(struct json_writer *w, unsigned index)
{
	const struct row *row = policy_row(w->ledger->policy, index);
	const struct row_coverage *c = &w->ledger->coverage[index];
	struct draft *d = &w->draft;

	DRAFT_LITERAL(d, "{\"event_type\":\"row\"");
	draft_name(d, ",\"pack\":", row->pack);
	draft_name(d, ",\"row\":", row->id);
	draft_name(d, ",\"need\":", need_names[row->need]);
	draft_name(d, ",\"state\":", row_state_name((enum row_state)c->state));
	DRAFT_LITERAL(d, ",\"flows\":");
	verdict_counts(d, c->flows);
	DRAFT_LITERAL(d, "}\n");
}

static void row_states(struct draft *d, const struct ledger *ledger)
{
	uint64_t states[ROW_STATE_COUNT] = { 0 };
	unsigned rows = policy_row_count(ledger->policy), i;

	for (i = 0; i < rows; i++)
		states[ledger->coverage[i].state]++;
	DRAFT_LITERAL(d, ",\"rows\":{");
	for (i = 0; i < ROW_STATE_COUNT; i++) {
		draft_name(d, i == 0 ? "" : ",", row_state_name((enum row_state)i));
		draft_number(d, ":", states[i]);
	}
	DRAFT_LITERAL(d, "}");
}

void json_summary(struct json_writer *w, const struct report_options *options)
{
	const struct ledger *ledger = w->ledger;
	struct draft *d = &w->draft;
	uint64_t frames = 0, bytes = 0;
	double elapsed = options->elapsed_s;
	char text[80];
	size_t i;
	int n;

	for (i = 0; i < ledger->capture_count; i++) {
		frames += ledger->captures[i].frames;
		bytes += ledger->captures[i].wire_bytes;
	}
	if (!(elapsed > 0 && elapsed < 1e12)) /* NaN fails both */
		elapsed = 0;
	DRAFT_LITERAL(d, "{\"event_type\":\"summary\"");
	draft_number(d, ",\"packets\":", frames);
	draft_number(d, ",\"bytes\":", bytes);
	draft_number(d, ",\"flows\":", ledger_flows(ledger));
	if (ledger->unlisted != 0)
		draft_number(d, ",\"evicted_unlisted\":", ledger->unlisted);
	DRAFT_LITERAL(d, ",\"verdicts\":");
	verdict_counts(d, ledger->verdicts);
	row_states(d, ledger);
	if (ledger->names_given_up != 0)
		draft_number(d, ",\"names_given_up\":", ledger->names_given_up);
	if (options->interim)
		DRAFT_LITERAL(d, ",\"interim\":true");
	/* Not %f: its decimal point follows the locale. */
	n = snprintf(text, sizeof(text), ",\"exit_status\":%d,\"elapsed_s\":%" PRIu64 ".%03u}\n",
		     options->exit_status, (uint64_t)elapsed,
		     (unsigned)((elapsed - (double)(uint64_t)elapsed) * 1000));
	draft_bytes(d, text, (size_t)n);
}

void report_json(struct output *out, const struct ledger *ledger,
		 const struct report_options *options)
{
	struct json_writer w;
	uint32_t *order = NULL;
	unsigned rows = policy_row_count(ledger->policy), row;
	size_t i;

	json_init(&w, out, ledger);
	for (i = 0; i < ledger->capture_count; i++)
		json_capture(&w, i);
	/* Without memory to sort, the ledger's own order serves: it is the same after settling. */
	(void)order_flows(ledger, &order);
	for (i = 0; i < ledger->flow_count; i++)
		json_flow(&w, &ledger->flows[order_at(order, i)]);
	free(order);
	for (row = 0; row < rows; row++)
		json_row(&w, row);
	json_summary(&w, options);
	draft_flush(&w.draft);
}
