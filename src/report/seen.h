/*
 * Findings of a live run: which are new, which go on, and how often each was seen.
 *
 * A table of fixed size.  Where more findings go on at one time than it holds, the
 * one that was quiet for longest is forgotten, and is new when it comes again.
 */
#ifndef FA_REPORT_SEEN_H
#define FA_REPORT_SEEN_H

#include "report/fold.h"
#include "report/text_live.h"

#define SEEN_FINDINGS 8192u

/**
 * struct seen_finding - One
 * @digest:	fold_digest() of its flows; 0: free
 * @last_ns:	Its latest flow was concluded then
 * @told_ns:	A line spoke of it then
 * @flows:	All that were told or counted, the caller's to count
 * @untold:	... since that line
 * @teller, @kept: The caller's own
 */
struct seen_finding {
	uint64_t digest;
	int64_t last_ns, told_ns;
	uint64_t flows, untold, teller;
	uint32_t kept;
	uint8_t verdict;
	char where[TEXT_LIVE_WHERE];
};

struct seen;

/* NULL without memory. */
struct seen *seen_new(void);
void seen_free(struct seen *seen);

/* Forget all: rows are others now. */
void seen_clear(struct seen *seen);

/* The flow's finding, which is made if it is new: @flows is 0.  Valid until the next call. */
struct seen_finding *seen_finding(struct seen *seen, const struct ledger *ledger,
				  const struct judged *flow, int64_t now_ns);

/* A line spoke of it. */
static inline void seen_told(struct seen_finding *finding, int64_t now_ns)
{
	finding->untold = 0;
	finding->told_ns = now_ns;
}

/* Walk the findings with untold flows that no line spoke of since @before_ns; @pos from 0; NULL: no more. */
struct seen_finding *seen_next_untold(struct seen *seen, int64_t before_ns, unsigned *pos);

/* The clock was set by so much: all times go with it. */
void seen_shift(struct seen *seen, int64_t step_ns);

/* Findings in the table. */
unsigned seen_count(const struct seen *seen);

/* The @most that came last, the latest first, in @list.  Return: how many */
unsigned seen_latest(const struct seen *seen, const struct seen_finding **list, unsigned most);

#endif
