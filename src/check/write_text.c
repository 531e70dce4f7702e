/* For people: what does not hold, where it is demanded, and which flows to look at. */
#include <inttypes.h>
#include <string.h>

#include "check/write.h"

static void escaped(struct output *out, const char *text)
{
	output_escaped(out, text, strlen(text));
}

static void line(struct output *out, const char *label, const char *text)
{
	output_printf(out, "      %-9s ", label);
	escaped(out, text);
	output_string(out, "\n");
}

static void failing(struct output *out, const struct result *r)
{
	char text[1024];

	output_string(out, r->state == RESULT_ERROR ? "ERROR " : "FAIL  ");
	escaped(out, r->file);
	if (r->line != 0)
		output_printf(out, ":%u", r->line);
	output_string(out, "  ");
	escaped(out, r->name);
	output_string(out, "\n");
	line(out, "expected", r->expected);
	line(out, "found", r->found);
	for (unsigned i = 0; i < r->example_count; i++) {
		write_example(&r->examples[i], text, sizeof(text));
		line(out, "", text);
	}
	if (r->example_total > r->example_count)
		output_printf(out, "                ... %" PRIu64 " more\n",
			      r->example_total - r->example_count);
	output_string(out, "\n");
}

void write_text(struct output *out, const struct results *results)
{
	char counts[128];

	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].state != RESULT_PASS)
			failing(out, &results->items[i]);
	write_counts(results, counts, sizeof(counts));
	output_printf(out, "%s. Exit %d.\n", counts, results_status(results));
}
