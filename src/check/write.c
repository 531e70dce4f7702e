/* The formats by name, and the sentences they share. */
#include "check/write.h"

#include <inttypes.h>
#include <stdio.h>

void check_write(enum check_format format, struct output *out, const struct results *results)
{
	static void (*const writers[])(struct output *, const struct results *) = {
		[CHECK_TEXT] = write_text,         [CHECK_JUNIT] = write_junit,
		[CHECK_SARIF] = write_sarif,       [CHECK_TAP] = write_tap,
		[CHECK_MARKDOWN] = write_markdown, [CHECK_GITHUB] = write_github,
		[CHECK_JSON] = write_json,
	};
	static_assert(ARRAY_SIZE(writers) == CHECK_FORMATS, "a writer for each format");

	writers[format](out, results);
}

void write_sentence(const struct result *r, char *buf, size_t size)
{
	snprintf(buf, size, "expected %s, found %s", r->expected, r->found);
}

void write_example(const struct example *e, char *buf, size_t size)
{
	snprintf(buf, size, "%s (%s frame %" PRIu64 ")", e->text, e->capture, e->frame);
}

void write_counts(const struct results *results, char *buf, size_t size)
{
	size_t fail = results->by_state[RESULT_FAIL], error = results->by_state[RESULT_ERROR];

	snprintf(buf, size, "%zu check%s: %zu pass, %zu fail%s, %zu error%s", results->count,
		 results->count == 1 ? "" : "s", results->by_state[RESULT_PASS], fail,
		 fail == 1 ? "s" : "", error, error == 1 ? "" : "s");
}
