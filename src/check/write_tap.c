/* TAP 14: a line an item, a YAML block under what does not hold. */
#include <string.h>

#include "check/write.h"

/* Descriptions end at '#', and a line end would begin another test. */
static void description(struct output *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '#' || *text == '\\')
			output_string(out, "\\");
		output_bytes(out, (unsigned char)*text < 0x20 ? "?" : text, 1);
	}
}

static void pair(struct output *out, const char *key, const char *value)
{
	output_printf(out, "  %s: ", key);
	output_json_string(out, value, strlen(value));
	output_string(out, "\n");
}

static void diagnostics(struct output *out, const struct result *r)
{
	char text[1024];

	output_string(out, "  ---\n");
	pair(out, "severity", r->state == RESULT_ERROR ? "error" : "fail");
	pair(out, "file", r->file);
	output_printf(out, "  line: %u\n", r->line);
	pair(out, "expected", r->expected);
	pair(out, "found", r->found);
	if (r->example_count > 0)
		output_string(out, "  flows:\n");
	for (unsigned i = 0; i < r->example_count; i++) {
		write_example(&r->examples[i], text, sizeof(text));
		output_string(out, "    - ");
		output_json_string(out, text, strlen(text));
		output_string(out, "\n");
	}
	output_string(out, "  ...\n");
}

void write_tap(struct output *out, const struct results *results)
{
	output_printf(out, "TAP version 14\n1..%zu\n", results->count);
	for (size_t i = 0; i < results->count; i++) {
		const struct result *r = &results->items[i];

		output_printf(out, "%s %zu - ", r->state == RESULT_PASS ? "ok" : "not ok", i + 1);
		description(out, r->file);
		output_string(out, ": ");
		description(out, r->name);
		output_string(out, "\n");
		if (r->state != RESULT_PASS)
			diagnostics(out, r);
	}
}
