/*
 * JUnit XML: what GitLab, Jenkins' xunit schema and the GitHub actions have in common.
 *
 * One testsuite a file, one testcase an item.  GitLab reads the text of an
 * element and not its message, shows classname as the suite and drops cases
 * with the same name; the schema forbids all attributes but name, classname
 * and time on a testcase, and `skipped` on testsuites.
 */
#include <string.h>

#include "base/utf8.h"
#include "check/write.h"

/* XML 1.0 2.2: control characters cannot be written at all, so they become U+FFFD. */
static void xml(struct output *out, const char *text)
{
	size_t len = strlen(text), at = 0;

	while (at < len) {
		uint32_t value = (unsigned char)text[at];
		size_t n = value < 0x80 ? 1 : utf8_take(text + at, len - at, &value);

		if (n == 0 || (value < 0x20 && value != '\n' && value != '\t'))
			output_string(out, "\xef\xbf\xbd");
		else if (value == '<')
			output_string(out, "&lt;");
		else if (value == '>')
			output_string(out, "&gt;");
		else if (value == '&')
			output_string(out, "&amp;");
		else if (value == '"')
			output_string(out, "&quot;");
		else
			output_bytes(out, text + at, n);
		at += n == 0 ? 1 : n;
	}
}

static void attribute(struct output *out, const char *name, const char *value)
{
	output_printf(out, " %s=\"", name);
	xml(out, value);
	output_string(out, "\"");
}

static void outcome(struct output *out, const struct result *r)
{
	const char *element = r->state == RESULT_ERROR ? "error" : "failure";
	char text[2048];

	output_printf(out, ">\n      <%s", element);
	write_sentence(r, text, sizeof(text));
	attribute(out, "message", text);
	attribute(out, "type", r->group);
	output_string(out, ">");
	xml(out, r->file);
	if (r->line != 0)
		output_printf(out, ":%u", r->line);
	output_string(out, ": ");
	xml(out, text);
	for (unsigned i = 0; i < r->example_count; i++) {
		output_string(out, "\n");
		write_example(&r->examples[i], text, sizeof(text));
		xml(out, text);
	}
	output_printf(out, "</%s>\n    </testcase>\n", element);
}

/* The results of one file stand together. */
static size_t suite_end(const struct results *results, size_t from)
{
	size_t end = from + 1;

	while (end < results->count &&
	       strcmp(results->items[end].file, results->items[from].file) == 0)
		end++;
	return end;
}

static void suite(struct output *out, const struct result *items, size_t count)
{
	size_t fail = 0, error = 0;

	for (size_t i = 0; i < count; i++) {
		fail += items[i].state == RESULT_FAIL;
		error += items[i].state == RESULT_ERROR;
	}
	output_string(out, "  <testsuite");
	attribute(out, "name", items[0].file);
	output_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"0\">\n", count,
		      fail, error);
	for (size_t i = 0; i < count; i++) {
		output_string(out, "    <testcase");
		attribute(out, "name", items[i].name);
		attribute(out, "classname", items[i].file);
		output_string(out, " time=\"0\"");
		if (items[i].state == RESULT_PASS)
			output_string(out, "/>\n");
		else
			outcome(out, &items[i]);
	}
	output_string(out, "  </testsuite>\n");
}

void write_junit(struct output *out, const struct results *results)
{
	output_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	output_printf(out,
		      "<testsuites name=\"flowaudit check\" tests=\"%zu\" failures=\"%zu\" "
		      "errors=\"%zu\" time=\"0\">\n",
		      results->count, results->by_state[RESULT_FAIL],
		      results->by_state[RESULT_ERROR]);
	for (size_t at = 0, end; at < results->count; at = end) {
		end = suite_end(results, at);
		suite(out, &results->items[at], end - at);
	}
	output_string(out, "</testsuites>\n");
}
