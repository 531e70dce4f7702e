/* Markdown for the summary of a job: a table of what does not hold, flows below it. */
#include <inttypes.h>
#include <string.h>

#include "check/write.h"

/* Text of a capture or a file must not become markup. */
static void plain(struct output *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\`*_{}[]<>()#|!~&", *text) != NULL)
			output_string(out, "\\");
		output_bytes(out, (unsigned char)*text < 0x20 ? " " : text, 1);
	}
}

static void row(struct output *out, const struct result *r)
{
	output_printf(out, "| %s | ", result_state_name(r->state));
	plain(out, r->file);
	if (r->line != 0)
		output_printf(out, ":%u", r->line);
	output_string(out, " | ");
	plain(out, r->name);
	output_string(out, " | ");
	plain(out, r->expected);
	output_string(out, " | ");
	plain(out, r->found);
	output_string(out, " |\n");
}

static void flows(struct output *out, const struct result *r)
{
	char text[1024];

	output_string(out, "\n");
	plain(out, r->name);
	output_string(out, ":\n\n");
	for (unsigned i = 0; i < r->example_count; i++) {
		write_example(&r->examples[i], text, sizeof(text));
		output_string(out, "- ");
		plain(out, text);
		output_string(out, "\n");
	}
	if (r->example_total > r->example_count)
		output_printf(out, "- ... %" PRIu64 " more\n", r->example_total - r->example_count);
}

void write_markdown(struct output *out, const struct results *results)
{
	char counts[128];

	write_counts(results, counts, sizeof(counts));
	output_printf(out, "### flowaudit check: %s\n",
		      results_status(results) == 0   ? "all hold"
		      : results_status(results) == 1 ? "checks fail"
						     : "could not check");
	output_printf(out, "\n%s\n", counts);
	if (results_status(results) == 0)
		return;
	output_string(
		out, "\n| | where | check | expected | found |\n| --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].state != RESULT_PASS)
			row(out, &results->items[i]);
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].state != RESULT_PASS && results->items[i].example_count > 0)
			flows(out, &results->items[i]);
}
