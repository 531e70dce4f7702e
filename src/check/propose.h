/* An expectation file that would hold: what was asked for, with the counts that were found. */
#ifndef FA_CHECK_PROPOSE_H
#define FA_CHECK_PROPOSE_H

#include "base/output.h"
#include "check/evaluate.h"

/* After evaluation_finish().  Comments of the file are not kept; a person reads it and merges. */
void propose(struct output *out, const struct evaluation *e);

#endif
