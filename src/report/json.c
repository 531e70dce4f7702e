/* JSON Lines: captures, rows and the summary, and the order of all records. */
#include "report/json.h"

#include <stdlib.h>
#include <string.h>

#include "report/order.h"

static const char *const need_names[] = {
	[NEED_REQUIRED] = "required",
	[NEED_OPTIONAL] = "optional",
	[NEED_NONE] = "none",
};

void json_text(struct output *out, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			break;
	}
	if (i < len) {
		output_json_string(out, s, len);
		return;
	}
	output_bytes(out, "\"", 1);
	output_bytes(out, s, len);
	output_bytes(out, "\"", 1);
}

void json_name(struct output *out, const char *prefix, const char *text)
{
	output_string(out, prefix);
	json_text(out, text, strlen(text));
}

static void number(struct output *out, const char *prefix, uint64_t v)
{
	output_string(out, prefix);
	output_u64(out, v);
}

/* The verdicts of a set, by name. */
static void verdict_set(struct output *out, uint32_t set)
{
	const char *prefix = "";
	unsigned v;

	JSON_LITERAL(out, "[");
	for (v = 0; v < VERDICT_COUNT; v++) {
		if ((set & VERDICT_BIT(v)) == 0)
			continue;
		json_name(out, prefix, verdict_name((enum verdict)v));
		prefix = ",";
	}
	JSON_LITERAL(out, "]");
}

static void verdict_counts(struct output *out, const uint64_t counts[static VERDICT_COUNT])
{
	unsigned v;

	JSON_LITERAL(out, "{");
	for (v = 0; v < VERDICT_COUNT; v++) {
		json_name(out, v == 0 ? "" : ",", verdict_name((enum verdict)v));
		number(out, ":", counts[v]);
	}
	JSON_LITERAL(out, "}");
}

/* Flat: names to frames, and their sum is the frames of the input. */
static void counters(struct output *out, const struct capture_facts *cap)
{
	char name[COUNTER_NAME];
	const char *prefix = "";
	uint64_t frames, sum = 0;
	unsigned pos = 0;

	JSON_LITERAL(out, ",\"counters\":{");
	while (counters_next(&cap->counters, &pos, name, &frames)) {
		json_name(out, prefix, name);
		number(out, ":", frames);
		sum += frames;
		prefix = ",";
	}
	/* Frames that a BPF expression left out were read, but never decoded. */
	if (cap->filtered > 0 && sum + cap->filtered == cap->frames) {
		json_name(out, prefix, "filtered");
		number(out, ":", cap->filtered);
	}
	JSON_LITERAL(out, "}");
}

void json_capture(struct json_writer *w, size_t capture)
{
	const struct capture_facts *cap = &w->ledger->captures[capture];
	struct output *out = w->out;
	unsigned i;

	JSON_LITERAL(out, "{\"event_type\":\"capture\"");
	json_name(out, ",\"pcap_filename\":", cap->name);
	number(out, ",\"frames\":", cap->frames);
	number(out, ",\"bytes\":", cap->wire_bytes);
	counters(out, cap);
	if (cap->evicted_unlisted != 0)
		number(out, ",\"evicted_unlisted\":", cap->evicted_unlisted);
	JSON_LITERAL(out, ",\"fitness\":[");
	for (i = 0; i < cap->fitness.count; i++) {
		const struct fitness_entry *e = &cap->fitness.entries[i];

		json_name(out, i == 0 ? "{\"code\":" : ",{\"code\":", fitness_name(e->code));
		json_name(out, ",\"detail\":", e->detail);
		JSON_LITERAL(out, ",\"disables\":");
		verdict_set(out, e->disables);
		JSON_LITERAL(out, "}");
	}
	JSON_LITERAL(out, "]}\n");
}

void json_row(struct json_writer *w, unsigned row)
{
	const struct row *r = policy_row(w->ledger->policy, row);
	const struct row_coverage *c = &w->ledger->coverage[row];
	struct output *out = w->out;

	JSON_LITERAL(out, "{\"event_type\":\"row\"");
	json_name(out, ",\"pack\":", r->pack);
	json_name(out, ",\"row\":", r->id);
	json_name(out, ",\"need\":", need_names[r->need]);
	json_name(out, ",\"state\":", row_state_name((enum row_state)c->state));
	JSON_LITERAL(out, ",\"flows\":");
	verdict_counts(out, c->flows);
	JSON_LITERAL(out, "}\n");
}

static void row_states(struct output *out, const struct ledger *ledger)
{
	uint64_t states[ROW_STATE_COUNT] = { 0 };
	unsigned rows = policy_row_count(ledger->policy), i;

	for (i = 0; i < rows; i++)
		states[ledger->coverage[i].state]++;
	JSON_LITERAL(out, ",\"rows\":{");
	for (i = 0; i < ROW_STATE_COUNT; i++) {
		json_name(out, i == 0 ? "" : ",", row_state_name((enum row_state)i));
		number(out, ":", states[i]);
	}
	JSON_LITERAL(out, "}");
}

void json_summary(struct json_writer *w, const struct report_options *options)
{
	const struct ledger *ledger = w->ledger;
	struct output *out = w->out;
	uint64_t frames = 0, bytes = 0;
	double elapsed = options->elapsed_s;
	size_t i;

	for (i = 0; i < ledger->capture_count; i++) {
		frames += ledger->captures[i].frames;
		bytes += ledger->captures[i].wire_bytes;
	}
	if (!(elapsed > 0 && elapsed < 1e12)) /* NaN fails both */
		elapsed = 0;
	JSON_LITERAL(out, "{\"event_type\":\"summary\"");
	number(out, ",\"packets\":", frames);
	number(out, ",\"bytes\":", bytes);
	number(out, ",\"flows\":", ledger->flow_count + ledger->unlisted);
	if (ledger->unlisted != 0)
		number(out, ",\"evicted_unlisted\":", ledger->unlisted);
	JSON_LITERAL(out, ",\"verdicts\":");
	verdict_counts(out, ledger->verdicts);
	row_states(out, ledger);
	if (ledger->names_given_up != 0)
		number(out, ",\"names_given_up\":", ledger->names_given_up);
	output_printf(out, ",\"exit_status\":%d", options->exit_status);
	/* Not %f: its decimal point follows the locale. */
	number(out, ",\"elapsed_s\":", (uint64_t)elapsed);
	output_printf(out, ".%03u}\n", (unsigned)((elapsed - (double)(uint64_t)elapsed) * 1000));
}

void report_json(struct output *out, const struct ledger *ledger,
		 const struct report_options *options)
{
	struct json_writer w = { .out = out, .ledger = ledger };
	uint32_t *order = NULL;
	unsigned rows = policy_row_count(ledger->policy), row;
	size_t i;

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
}
