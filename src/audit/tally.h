/*
 * The sum of a live run: what its reports of the whole speak of.
 *
 * Every flow that ended is in the counts, whole runs long.  The flows themselves are kept as
 * far as a reader wants them: the first of every finding.  What lives is counted
 * apart, as it stood at the last look.
 */
#ifndef FA_AUDIT_TALLY_H
#define FA_AUDIT_TALLY_H

#include "judge/ledger.h"
#include "report/seen.h"

/* Flows kept of one finding, of those without one (inconclusive, rejected), and of all. */
#define TALLY_OF_FINDING 256u
#define TALLY_OF_OTHERS  1024u
#define TALLY_FLOWS      65536u
/* Living flows to show. */
#define TALLY_ALIVE 1024u
/* ... of a finding, with the control that was held against it. */
#define TALLY_CONTROLS 4u

/**
 * struct tally - One run
 * @ended:	What ended: counts of all, and the flows that were kept; one capture
 * @all:	Coverage and verdicts of @ended and of what was alive at the last look; and of
 *		what was alive those that are findings
 * @listed:	@all has the flows of @ended as well
 * @flows:	Of what ended: as judge_count_flow() counts it
 * @findings:	Set of verdicts whose flows are findings
 * @others:	Flows kept of the other verdicts, by verdict
 */
struct tally {
	struct ledger ended, all;
	struct capture_facts flows;
	struct seen *seen;
	uint32_t findings;
	bool listed;
	uint32_t others[VERDICT_COUNT];
};

/* @name: of the capture.  Return: 0 or FA_ENOMEM */
int tally_init(struct tally *tally, const struct policy *policy, const char *name,
	       uint32_t findings, struct fa_error *err);
void tally_free(struct tally *tally);

/* An evicted flow that was counted and not listed: @ended of the pipeline, which forgets it. */
void tally_take_unlisted(struct tally *tally, struct ledger *ended);

/**
 * tally_add() - Count what a look concluded, and note how what lives stands
 * @view:	As recent_look() left it
 *
 * Return: 0 or FA_ENOMEM, and flows are counted that should have been kept
 */
int tally_add(struct tally *tally, const struct ledger *view, int64_t now_ns);

/**
 * tally_sum() - What can be said of the run as a whole, now
 * @cap:	The capture from the start
 * @alive:	With what lives; else of what ended alone
 *
 * Return: a ledger to report from, good until the next call of anything here
 */
const struct ledger *tally_sum(struct tally *tally, const struct capture_facts *cap, bool alive);

/**
 * tally_list() - As tally_sum() of what ended and what lives, with the flows there are to show
 *
 * Return: NULL without memory
 */
const struct ledger *tally_list(struct tally *tally, const struct capture_facts *cap);

/**
 * tally_set_policy() - Rows are those of another policy now
 *
 * Counts of a row go on where it is in both, by its id; flows that were kept are counted only.
 *
 * Return: 0; FA_ENOMEM, and nothing has changed
 */
int tally_set_policy(struct tally *tally, const struct policy *policy, struct fa_error *err);

#endif
