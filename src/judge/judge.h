/*
 * Judgement in two steps, because a positive control or a capture's end is
 * only known when everything has been seen: judge_form() when a flow ends,
 * ledger_settle() when all inputs are read.
 */
#ifndef FA_JUDGE_JUDGE_H
#define FA_JUDGE_JUDGE_H

#include "judge/ledger.h"
#include "judge/opinion.h"

/**
 * struct judge_options - Limits a user may set
 * @attempt_timeout_ns:	Silence is judged this long after an attempt's first packet
 */
struct judge_options {
	int64_t attempt_timeout_ns;
};
#define JUDGE_DEFAULTS                              \
	{                                           \
		.attempt_timeout_ns = 25 * NS_PER_S \
	}

/**
 * judge_form() - What a flow that ended tells by itself
 * @o:		Filled; needs @flow, @notes and @ident until it is kept
 * @memo:	Of the ledger's policy; one for each thread
 * @notes:	May be NULL
 * @ident:	May be NULL: no payload was looked at
 */
void judge_form(struct opinion *o, struct policy_memo *memo, const struct flow *flow,
		const struct flow_notes *notes, const struct ident *ident);

/**
 * judge_keep() - Take it into the ledger
 *
 * A flow that was evicted where @ledger has no room for more of them is counted
 * and not listed: inconclusive, for itself and for the rows that document it.
 *
 * Return: 0; 1 where it was only counted; or FA_ENOMEM
 */
int judge_keep(struct ledger *ledger, struct opinion *o);

/**
 * judge_name() - Keep what nDPI calls the flow that was listed last
 *
 * For reports alone: nothing in this room reads it.
 *
 * Return: 0 or FA_ENOMEM
 */
int judge_name(struct ledger *ledger, const char *name);

/* Count in @cap what only its flows can tell of a capture: fitness_assess() asks for it. */
void judge_count_flow(const struct ledger *ledger, const struct judged *flow,
		      struct capture_facts *cap);

/**
 * ledger_settle() - Controls, silence, fitness, verdicts, coverage, order
 *
 * Call once, after the last judge_keep(); captures must be complete.
 *
 * Return: 0 or FA_ENOMEM
 */
int ledger_settle(struct ledger *ledger, const struct judge_options *options);

#endif
