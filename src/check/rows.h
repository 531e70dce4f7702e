/* What an expectation demands of documented rows. */
#ifndef FA_CHECK_ROWS_H
#define FA_CHECK_ROWS_H

#include "base/output.h"
#include "check/expect.h"
#include "check/result.h"

struct rows;

/* @expect and @results are borrowed.  NULL without memory. */
struct rows *rows_new(const struct expectation *expect, struct results *results);
void rows_free(struct rows *rows);

/* A flow record: kept as an example for the rows it counts for, unless it is as documented. */
void rows_take_flow(struct rows *rows, const json_t *flow);
/* A row record: its state. */
void rows_take_row(struct rows *rows, const json_t *row);

/*
 * One result for every row that a demand names; a name that fits no row of the
 * packs, and a pattern that fits none, is an error.
 */
void rows_finish(struct rows *rows);

/* Write the rows that were seen as a YAML list, indented by four. */
void rows_write_seen(const struct rows *rows, struct output *out);

#endif
