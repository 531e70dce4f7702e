/* JSON Lines: an object an item, a summary last. */
#include <inttypes.h>
#include <string.h>

#include "check/write.h"

static void pair(struct output *out, const char *name, const char *value)
{
	output_printf(out, ",\"%s\":", name);
	output_json_string(out, value, strlen(value));
}

static void examples(struct output *out, const struct result *r)
{
	output_string(out, ",\"flows\":[");
	for (unsigned i = 0; i < r->example_count; i++) {
		const struct example *e = &r->examples[i];

		output_printf(out, "%s{\"pcap_cnt\":%" PRIu64, i == 0 ? "" : ",", e->frame);
		pair(out, "pcap_filename", e->capture);
		pair(out, "text", e->text);
		output_string(out, "}");
	}
	output_printf(out, "],\"flow_count\":%" PRIu64, r->example_total);
}

void write_json(struct output *out, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *r = &results->items[i];

		output_string(out, "{\"event_type\":\"check\"");
		pair(out, "file", r->file);
		output_printf(out, ",\"line\":%u", r->line);
		pair(out, "group", r->group);
		pair(out, "name", r->name);
		pair(out, "state", result_state_name(r->state));
		pair(out, "expected", r->expected);
		pair(out, "found", r->found);
		examples(out, r);
		output_string(out, "}\n");
	}
	output_printf(out,
		      "{\"event_type\":\"summary\",\"checks\":%zu,\"pass\":%zu,\"fail\":%zu,"
		      "\"error\":%zu,\"exit_status\":%d}\n",
		      results->count, results->by_state[RESULT_PASS],
		      results->by_state[RESULT_FAIL], results->by_state[RESULT_ERROR],
		      results_status(results));
}
