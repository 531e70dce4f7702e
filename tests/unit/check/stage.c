/* What the tests of check share. */
#include "check/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int stage_same(const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return 1;
	printf("\n    got  \"%s\"\n    want \"%s\"\n", got, want);
	return 0;
}

json_t *stage_json(const char *json)
{
	char *copy = strdup(json);
	json_t *value;

	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	value = json_loads(copy, 0, NULL);
	free(copy);
	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

void stage_open(struct stage *s, const char *yaml)
{
	char text[4096], problem[512];
	int n = snprintf(text, sizeof(text), "captures: [x]\n%s", yaml);

	*s = (struct stage){ 0 };
	if (expect_read(&s->expect, "dir/e.yaml", text, (size_t)n, &s->problems) != 0) {
		for (size_t i = 0; i < s->problems.count; i++) {
			problem_text(&s->problems.items[i], problem, sizeof(problem));
			printf("\n    %s\n", problem);
		}
		CU_FAIL_FATAL("the expectation of a test has a mistake");
	}
	s->evaluation = evaluation_new(&s->expect, STAGE_TODAY, &s->results);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->evaluation);
}

void stage_close(struct stage *s)
{
	evaluation_free(s->evaluation);
	results_free(&s->results);
	problems_free(&s->problems);
	expect_free(&s->expect);
}

void stage_record(struct stage *s, const char *json)
{
	json_t *record = stage_json(json);
	const char *name = record_text(record, "event_type");
	enum record_type type = strcmp(name, "flow") == 0      ? RECORD_FLOW
				: strcmp(name, "row") == 0     ? RECORD_ROW
				: strcmp(name, "capture") == 0 ? RECORD_CAPTURE
				: strcmp(name, "summary") == 0 ? RECORD_SUMMARY
							       : RECORD_OTHER;

	evaluation_record(s->evaluation, type, record);
	json_decref(record);
}

void stage_flow(struct stage *s, const char *verdict, unsigned port, const char *row)
{
	char json[512];

	snprintf(json, sizeof(json),
		 "{'event_type':'flow','pcap_filename':'x.pcap','pcap_cnt':7,'src_ip':'10.0.0.5',"
		 "'src_port':50000,'dest_ip':'10.1.0.1','dest_port':%u,'proto':'TCP',"
		 "'verdict':'%s','outcome':'established','documented':[%s%s%s]}",
		 port, verdict, row == NULL ? "" : "'", row == NULL ? "" : row,
		 row == NULL ? "" : "'");
	stage_record(s, json);
}

void stage_row(struct stage *s, const char *id, const char *state)
{
	char json[256];

	snprintf(json, sizeof(json), "{'event_type':'row','row':'%s','state':'%s'}", id, state);
	stage_record(s, json);
}

void stage_finish(struct stage *s)
{
	stage_record(s, "{'event_type':'capture','frames':9}");
	stage_record(s, "{'event_type':'summary','exit_status':1}");
	evaluation_finish(s->evaluation);
}

const char *stage_said(struct stage *s, const char *group)
{
	size_t at = 0;

	s->text[0] = '\0';
	for (size_t i = 0; i < s->results.count; i++) {
		const struct result *r = &s->results.items[i];

		if (group == NULL || strcmp(r->group, group) == 0)
			at += (size_t)snprintf(s->text + at, sizeof(s->text) - at, "%s%s %s",
					       at == 0 ? "" : "; ", result_state_name(r->state),
					       r->name);
	}
	return s->text;
}

const struct result *stage_item(const struct stage *s, const char *name)
{
	for (size_t i = 0; i < s->results.count; i++)
		if (strcmp(s->results.items[i].name, name) == 0)
			return &s->results.items[i];
	printf("\n    no item \"%s\"\n", name);
	CU_FAIL_FATAL("no such item");
	return NULL;
}

const char *stage_mistakes(const char *yaml)
{
	static char text[4096];
	struct expectation expect;
	struct problems problems = { 0 };
	size_t at = 0;
	int status = expect_read(&expect, "e.yaml", yaml, strlen(yaml), &problems);

	text[0] = '\0';
	CU_ASSERT_EQUAL(status, problems.count == 0 ? 0 : FA_EFORMAT);
	for (size_t i = 0; i < problems.count; i++) {
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s", i == 0 ? "" : "\n");
		problem_text(&problems.items[i], text + at, sizeof(text) - at);
		at += strlen(text + at);
	}
	problems_free(&problems);
	expect_free(&expect);
	return text;
}
