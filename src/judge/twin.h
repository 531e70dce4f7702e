/*
 * Captures of other points that ran at the same time may hold the same flow, and
 * tell on which side of something an answer, or an attempt, was lost.
 * Private to settlement.
 */
#ifndef FA_JUDGE_TWIN_H
#define FA_JUDGE_TWIN_H

#include "judge/settle.h"

/**
 * settle_twins() - Hold attempts without an answer against the other captures
 *
 * Adds EVIDENCE_TWIN_ANSWERED or EVIDENCE_TWIN_MISSING to them; an attempt whose
 * answer was heard, as another capture shows, becomes OUTCOME_ONE_SIDED.  The
 * ledger is sorted, and no flow is settled yet.
 *
 * Return: 0 or FA_ENOMEM
 */
int settle_twins(struct settling *s);

#endif
