/* Lines of a live run: one a finding, with its time, made to be read as they scroll by. */
#ifndef FA_REPORT_TEXT_LIVE_H
#define FA_REPORT_TEXT_LIVE_H

#include "report/report.h"

/**
 * text_live_finding() - "2026-11-21 09:14:02Z  BLOCKED  ROW  WHAT  WHO -> WHOM: why"
 * @ns:		When it was decided: lines are in order of time
 * @flow:	Of @ledger, which is settled
 */
void text_live_finding(struct output *out, int64_t ns, const struct ledger *ledger,
		       const struct judged *flow, const struct report_options *options);

#define TEXT_LIVE_WHERE 160

/* The middle of that line, as much as fits: what flows of one finding have in common. */
void text_live_where(const struct ledger *ledger, const struct judged *flow,
		     char buf[static TEXT_LIVE_WHERE]);

/* "2026-11-21 09:15:02Z  blocked  WHERE: 14 more flows, 1,204 in all" */
void text_live_more(struct output *out, int64_t ns, uint8_t verdict, const char *where,
		    uint64_t more, uint64_t all, const struct report_options *options);

/* "2026-11-21 09:14:02Z  notice  interface eth0 went down" */
void text_live_notice(struct output *out, int64_t ns, const char *text,
		      const struct report_options *options);

#endif
