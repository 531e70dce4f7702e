/* What an evaluation keeps.  Private to this room: evaluate.c fills it, propose.c reads it. */
#ifndef FA_CHECK_EVALUATE_PRIV_H
#define FA_CHECK_EVALUATE_PRIV_H

#include "check/evaluate.h"
#include "check/rows.h"

/* How many flows an item met, and the first of them. */
struct tally {
	uint64_t count;
	struct example examples[RESULT_EXAMPLES];
	unsigned example_count;
};

/**
 * struct flow_tally - Of one item of `flows`
 * @near_failing: Fewest fields in which a flow failed; 0: none was seen
 * @near:	Flows that fail in so few
 * @near_path, @near_found: The field in which the first of them fails, and what it has
 */
struct flow_tally {
	struct tally hits, near;
	size_t near_failing;
	const char *near_path, *near_found;
};

struct evaluation {
	const struct expectation *expect;
	struct results *results;
	struct tally verdicts[EXPECT_VERDICTS];
	struct flow_tally *flows;
	struct tally *exceptions;
	struct rows *rows;
	uint64_t frames, flow_count;
	int32_t today;
	int exit; /* of the audit; -1: no summary came */
};

#endif
