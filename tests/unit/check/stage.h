/* An expectation from text, records from text, and what came out as text. */
#ifndef FA_TEST_CHECK_STAGE_H
#define FA_TEST_CHECK_STAGE_H

#include <CUnit/CUnit.h>

#include "check/evaluate.h"

/* The day it is in these tests: 2026-11-26. */
#define STAGE_TODAY 20783

struct stage {
	struct expectation expect;
	struct problems problems;
	struct results results;
	struct evaluation *evaluation;
	char text[4096];
};

/* Read "captures: [x]\n" and @yaml, which must be without a mistake. */
void stage_open(struct stage *s, const char *yaml);
void stage_close(struct stage *s);

/* One record, JSON with ' for ". */
void stage_record(struct stage *s, const char *json);
/* A flow 10.0.0.5:50000 -> 10.1.0.1:@port, documented by @row unless NULL. */
void stage_flow(struct stage *s, const char *verdict, unsigned port, const char *row);
void stage_row(struct stage *s, const char *id, const char *state);
/* A capture with packets and the summary; then evaluation_finish(). */
void stage_finish(struct stage *s);

/* "pass rows seen d/t/1; fail ..." of a group, or of all for NULL. */
const char *stage_said(struct stage *s, const char *group);
/* The item of this name; it must be there. */
const struct result *stage_item(const struct stage *s, const char *name);

json_t *stage_json(const char *json);
/* The mistakes of an expectation, "e.yaml:1:2: text" a line. */
const char *stage_mistakes(const char *yaml);

#define SAME(a, b) CU_ASSERT(stage_same(a, b))
int stage_same(const char *got, const char *want);

#endif
