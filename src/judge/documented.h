/* Which rows document a flow, once its protocol is known. */
#ifndef FA_JUDGE_DOCUMENTED_H
#define FA_JUDGE_DOCUMENTED_H

#include "judge/opinion.h"

/**
 * opinion_documented() - Rank the rows the flow satisfies
 * @rows:	Room for DOCUMENTED_MAX row indices; best first
 *
 * Sets standing, fit, row_count, best_rows, and the nearest row where a wide
 * row was ruled out; adds the evidence that explains them.  Rank: protocol
 * fit, then narrowest range (DESIGN section 2).
 */
void opinion_documented(struct opinion *o, struct policy_memo *memo,
			uint32_t rows[static DOCUMENTED_MAX]);

#endif
