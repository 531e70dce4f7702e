/* What the flows of a fold come to: all that a finding says of them together. */
#ifndef FA_REPORT_FOLD_SUMMARY_H
#define FA_REPORT_FOLD_SUMMARY_H

#include "report/fold.h"

/* Responder ports of a fold: listed in ascending order when they are at most FOLD_PORTS. */
#define FOLD_PORTS 4

/**
 * struct fold_ports - Responder ports of a fold
 * @port:	The @count different ones; @count is 0 when there are more than fit
 */
struct fold_ports {
	uint16_t port[FOLD_PORTS];
	unsigned count;
	uint16_t lo, hi;
};

/**
 * struct fold_end - Who is at one end
 * @addresses:	Different ones; 0 without memory
 * @role:	That all of them share, the row's own where they share several; NULL:
 *		none, or no site
 */
struct fold_end {
	uint64_t addresses;
	const char *role;
};

/**
 * struct fold_summary - One fold
 * @fold:	The fold
 * @first:	Its first flow
 * @ends:	Initiators, responders
 * @grades:	Flows by grade
 * @name:	First name that nDPI gave one of them, "" for none
 * @named:	Flows that have this name
 * @controlled:	The first flow that has a control, or NULL
 * @one_l4, @one_version: They share transport, IP version
 * @one_sentence: The reason of each reads as that of the first
 */
struct fold_summary {
	const struct fold *fold;
	const struct judged *first;
	struct fold_ports ports;
	struct fold_end ends[2];
	uint32_t grades[GRADE_COUNT];
	uint32_t named;
	const char *name;
	const struct judged *controlled;
	bool one_l4, one_version;
	bool one_sentence;
};

/* All of it in one pass over the flows: there may be millions, and memory is slow. */
void fold_summarize(struct fold_summary *summary, const struct folds *folds,
		    const struct ledger *ledger, const struct fold *fold);

#endif
