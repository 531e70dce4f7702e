/* JSON Lines as records (check/record.c). */
#include <stdio.h>

#include "check/stage.h"

extern CU_TestInfo tests_record[];

/* Read all of @text; the last status, and what was read. */
static int read_text(const char *text, char *said, size_t size, struct fa_error *err)
{
	FILE *f = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
	struct records r;
	enum record_type type;
	json_t *record;
	size_t at = 0;
	int status;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	said[0] = '\0';
	records_begin(&r, f, "r.jsonl");
	while ((status = records_next(&r, &record, &type, err)) == 1) {
		at += (size_t)snprintf(said + at, size - at, "%d", (int)type);
		json_decref(record);
	}
	records_end(&r);
	fclose(f);
	return status;
}

static void records_are_read_by_type(void)
{
	char said[64];
	struct fa_error err;

	CU_ASSERT_EQUAL(read_text("{\"event_type\":\"capture\"}\n{\"event_type\":\"flow\"}\n"
				  "{\"event_type\":\"row\"}\n{\"event_type\":\"stats\"}\n"
				  "{\"event_type\":\"summary\"}",
				  said, sizeof(said), &err),
			0);
	SAME(said, "01243");
}

static void a_line_that_is_no_record_is_named(void)
{
	char said[64];
	struct fa_error err;

	CU_ASSERT_EQUAL(
		read_text("{\"event_type\":\"flow\"}\nnonsense\n", said, sizeof(said), &err),
		FA_EFORMAT);
	SAME(said, "1");
	CU_ASSERT_EQUAL(strncmp(err.text, "r.jsonl:2:", 10), 0);
	CU_ASSERT_EQUAL(read_text("{\"a\":1}\n", said, sizeof(said), &err), FA_EFORMAT);
	CU_ASSERT_EQUAL(strncmp(err.text, "r.jsonl:1: not a record", 23), 0);
	CU_ASSERT_EQUAL(read_text("{\"event_type\":\"flow\"", said, sizeof(said), &err),
			FA_EFORMAT);
}

static void values_are_reached_by_dotted_paths(void)
{
	json_t *r = stage_json("{'a':{'b':{'c':'x'},'n':5,'m':-1},'s':'t'}");

	SAME(record_text(r, "a.b.c"), "x");
	SAME(record_text(r, "a.b"), "");
	SAME(record_text(r, "a.x.c"), "");
	CU_ASSERT_EQUAL(record_number(r, "a.n"), 5);
	CU_ASSERT_EQUAL(record_number(r, "a.m"), 0);
	CU_ASSERT_EQUAL(record_number(r, "s"), 0);
	CU_ASSERT_PTR_NULL(record_at(r, ""));
	json_decref(r);
}

CU_TestInfo tests_record[] = {
	{ "records are read by type", records_are_read_by_type },
	{ "a line that is no record is named", a_line_that_is_no_record_is_named },
	{ "values are reached by dotted paths", values_are_reached_by_dotted_paths },
	CU_TEST_INFO_NULL,
};
