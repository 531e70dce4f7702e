/* Which documented rows were seen working, blocked, or never. */
#ifndef FA_JUDGE_COVERAGE_H
#define FA_JUDGE_COVERAGE_H

#include "judge/ledger.h"

/* Fill ledger->coverage from its settled flows. */
void coverage_count(struct ledger *ledger);

/* The states of rows whose flows are counted. */
void coverage_states(struct ledger *ledger);

#endif
