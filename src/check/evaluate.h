/*
 * The records of one audit held against one expectation.
 *
 * Records are looked at once, as they come, and only counts and a few examples
 * are kept of flows; what the rows came to is known when all have been seen.
 */
#ifndef FA_CHECK_EVALUATE_H
#define FA_CHECK_EVALUATE_H

#include "check/expect.h"
#include "check/result.h"

struct evaluation;

/**
 * evaluation_new() - Begin
 * @today:	Days since 1970-01-01: decides whether exceptions have run out
 * @results:	What the items come to is added here; borrowed, like @expect
 *
 * Return: NULL without memory
 */
struct evaluation *evaluation_new(const struct expectation *expect, int32_t today,
				  struct results *results);
void evaluation_free(struct evaluation *e);

void evaluation_record(struct evaluation *e, enum record_type type, const json_t *record);

/* All records have been seen: one result an item. */
void evaluation_finish(struct evaluation *e);

/* "tcp 10.0.0.5:50000 -> 10.1.0.1:5061: blocked, no_reply", its file and frame. */
struct example example_of(struct results *results, const json_t *flow);

#endif
