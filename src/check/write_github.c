/* GitHub workflow commands: an annotation on the line of the expectation that does not hold. */
#include <string.h>

#include "check/write.h"

/* Messages escape percent and line ends, properties colon and comma too. */
static void escape(struct output *out, const char *text, bool property)
{
	for (; *text != '\0'; text++) {
		if (*text == '%' || *text == '\r' || *text == '\n' ||
		    (property && (*text == ':' || *text == ',')))
			output_printf(out, "%%%02X", (unsigned)*text);
		else
			output_bytes(out, text, 1);
	}
}

void write_github(struct output *out, const struct results *results)
{
	char text[2048];

	for (size_t i = 0; i < results->count; i++) {
		const struct result *r = &results->items[i];

		if (r->state == RESULT_PASS)
			continue;
		output_string(out, "::error file=");
		escape(out, r->file, true);
		if (r->line != 0)
			output_printf(out, ",line=%u", r->line);
		output_string(out, ",title=");
		escape(out, r->name, true);
		output_string(out, "::");
		write_sentence(r, text, sizeof(text));
		escape(out, text, false);
		for (unsigned e = 0; e < r->example_count; e++) {
			write_example(&r->examples[e], text, sizeof(text));
			output_string(out, "%0A");
			escape(out, text, false);
		}
		output_string(out, "\n");
	}
}
