/*
 * Two audits held against each other: what is new, gone or changed.
 *
 * Flows are compared by conversation: transport, both addresses and the
 * responder's port; not by time, nor by ports that are picked by chance.  So
 * last night's records need not be of the same captures.
 */
#ifndef FA_CHECK_BASELINE_H
#define FA_CHECK_BASELINE_H

#include "check/record.h"
#include "check/result.h"

struct baseline;

/**
 * baseline_load() - Read the older audit's records
 * @baseline:	Owned by the caller: baseline_free()
 *
 * Return: 0; FA_EIO, FA_EFORMAT, FA_ENOMEM
 */
int baseline_load(struct baseline **baseline, const char *path, struct fa_error *err);
void baseline_free(struct baseline *baseline);

/* A flow of the newer audit. */
void baseline_take(struct baseline *baseline, const json_t *flow, struct results *results);

/**
 * baseline_finish() - One result for every conversation that differs
 * @file:	What the results are said to be about
 *
 * A finding (unexpected, blocked, mismatch) that was not there before fails;
 * one that is gone, or has become another one, is reported and passes.
 */
void baseline_finish(const struct baseline *baseline, const char *file, struct results *results);

#endif
