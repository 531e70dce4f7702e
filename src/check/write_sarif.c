/*
 * SARIF 2.1.0 as code scanning reads it.
 *
 * A packet has no line, so a result points at the line of the expectation that
 * does not hold, and its flows are related locations: the capture's file, the
 * frame in the message.  The fingerprint is the item's name, which stays when
 * lines and frames move.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check/write.h"

static const struct {
	const char *id, *brief, *full, *help;
} rules[] = {
	{ "captures", "Captures cannot be audited",
	  "A capture that the expectation names is missing, unreadable or empty.",
	  "Nothing was checked: see that the capture is there and holds packets." },
	{ "exit", "The audit ends with another status",
	  "The audit's exit status is not the one that is expected.",
	  "Run flowaudit audit on the same captures to see its findings." },
	{ "rows", "A documented row is not in the state expected",
	  "A row of Microsoft's port tables was expected to be seen working, or not blocked.",
	  "Compare with the firewall's last change; the flows listed show what happened." },
	{ "verdicts", "Another number of flows has this verdict",
	  "The number of flows with a verdict is not the one that is expected.",
	  "The flows listed are the first of them." },
	{ "flows", "Flows that are expected are missing, or others are there",
	  "The number of flows that fit the filter is not the one that is expected.",
	  "The flows listed fit the filter, or miss it in one field." },
	{ "exceptions", "An exception has run out",
	  "Unexpected flows were known until a day that has passed.",
	  "Find out whether they are still needed; renew the exception with a reason, or end "
	  "them." },
	{ "baseline", "New since the baseline",
	  "A conversation has a finding that the baseline does not have.",
	  "Compare with what changed since the baseline was recorded." },
	{ "expectation", "The expectation file cannot be used",
	  "The file has mistakes, or what it names cannot be loaded.",
	  "Correct the file at the place named." },
};

static void string(struct output *out, const char *text)
{
	output_json_string(out, text, strlen(text));
}

/* RFC 3986 2.3, 3.3: what a path may hold as it is; GitHub wants it relative to the repository. */
static void uri(struct output *out, const char *path)
{
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	output_string(out, "\"");
	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~/!$&'()*+,;=@", c) != NULL)
			output_bytes(out, path, 1);
		else
			output_printf(out, "%%%02X", c);
	}
	output_string(out, "\"");
}

static void text_object(struct output *out, const char *name, const char *text)
{
	output_printf(out, ",\"%s\":{\"text\":", name);
	string(out, text);
	output_string(out, "}");
}

static void driver(struct output *out)
{
	output_string(out,
		      "{\"name\":\"flowaudit\",\"semanticVersion\":\"" FA_VERSION "\",\"rules\":[");
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		output_printf(out, "%s{\"id\":\"%s\"", i == 0 ? "" : ",", rules[i].id);
		text_object(out, "shortDescription", rules[i].brief);
		text_object(out, "fullDescription", rules[i].full);
		text_object(out, "help", rules[i].help);
		output_string(out, ",\"defaultConfiguration\":{\"level\":\"error\"}}");
	}
	output_string(out, "]}");
}

static size_t rule_of(const struct result *r)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(rules) && strcmp(rules[i].id, r->group) != 0)
		i++;
	return i;
}

static void related(struct output *out, const struct result *r)
{
	char text[1024];

	output_string(out, ",\"relatedLocations\":[");
	for (unsigned i = 0; i < r->example_count; i++) {
		const struct example *e = &r->examples[i];

		output_printf(out,
			      "%s{\"id\":%u,\"physicalLocation\":{\"artifactLocation\":{\"uri\":",
			      i == 0 ? "" : ",", i + 1);
		uri(out, e->capture);
		output_string(out, "}}");
		snprintf(text, sizeof(text), "frame %" PRIu64 ": %s", e->frame, e->text);
		text_object(out, "message", text);
		output_string(out, "}");
	}
	output_string(out, "]");
}

static void one(struct output *out, const struct result *r)
{
	char text[2400], sentence[2048];
	size_t rule = rule_of(r);

	output_printf(out,
		      "{\"ruleId\":\"%s\",\"ruleIndex\":%zu,\"level\":\"error\",\"kind\":\"fail\"",
		      rules[rule].id, rule);
	write_sentence(r, sentence, sizeof(sentence));
	snprintf(text, sizeof(text), "%.200s: %s", r->name, sentence);
	text_object(out, "message", text);
	output_string(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
	uri(out, r->file);
	output_printf(out, "},\"region\":{\"startLine\":%u}}}]", r->line == 0 ? 1 : r->line);
	related(out, r);
	output_string(out, ",\"partialFingerprints\":{\"primaryLocationLineHash\":");
	snprintf(text, sizeof(text), "%s: %s", r->file, r->name);
	string(out, text);
	output_string(out, "}}");
}

void write_sarif(struct output *out, const struct results *results)
{
	const char *comma = "";

	output_string(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
			   "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":");
	driver(out);
	output_printf(out, "},\"invocations\":[{\"executionSuccessful\":%s,\"exitCode\":%d}]",
		      results_status(results) == 2 ? "false" : "true", results_status(results));
	output_string(out, ",\"results\":[");
	for (size_t i = 0; i < results->count; i++) {
		if (results->items[i].state == RESULT_PASS)
			continue;
		output_string(out, comma);
		output_string(out, "\n");
		one(out, &results->items[i]);
		comma = ",";
	}
	output_string(out, "]}]}\n");
}
