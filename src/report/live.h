/* What a live run reports beside flows, rows and its summary, in every format. */
#ifndef FA_REPORT_LIVE_H
#define FA_REPORT_LIVE_H

#include "report/report.h"

/**
 * struct live_interface_stats - One interface in an interval
 * @name:	Borrowed
 */
struct live_interface_stats {
	const char *name;
	bool up;
	uint64_t frames, kernel_drops, interface_drops;
};

/**
 * struct live_stats - An interval of a live run
 * @ns:		Its end
 * @interval_ns: How long it was
 * @seen:	Frames, bytes, counters and drops of it
 * @flows_live:	Now
 * @flows_ended, @evictions: In it
 * @gaps:	Flows concluded in it that acknowledged bytes which were not captured: a loss
 *		that no counter of the kernel shows
 * @lost_records: Lines of it that no output took
 * @keeps, @kept, @keep_lost: Packets of findings are kept: so many in it, and so many that were
 *		to be kept and are lost
 * @interfaces:	[@interface_count]
 */
struct live_stats {
	int64_t ns, interval_ns;
	const struct capture_facts *seen;
	uint64_t flows_live, flows_ended, evictions, gaps, lost_records;
	uint64_t kept, keep_lost;
	bool keeps;
	const struct live_interface_stats *interfaces;
	unsigned interface_count;
};

/* {"event_type":"stats", ...}, and a line. */
void json_live_stats(struct output *out, const struct live_stats *stats);
void text_live_stats(struct output *out, const struct live_stats *stats,
		     const struct report_options *options);

/* {"event_type":"notice","timestamp","code","detail"}; @code: "interface_down", "reloaded", ... */
void json_live_notice(struct output *out, int64_t ns, const char *code, const char *detail);

/* Records of @ledger that are no flows: captures, rows, summary, in the order of a whole report. */
void json_live_end(struct output *out, const struct ledger *ledger,
		   const struct report_options *options);
/* The summary alone, "interim":true. */
void json_live_interim(struct output *out, const struct ledger *ledger,
		       const struct report_options *options);

/**
 * json_live_flows() - Records of those flows in @ledger that are news
 * @at:		Where to go on, from 0
 * @most:	Records at most
 *
 * Return: there may be more
 */
bool json_live_flows(struct output *out, const struct ledger *ledger, size_t *at, unsigned most);

/* Is there something to say of this flow that was not said? */
static inline bool live_is_news(const struct judged *flow)
{
	return flow->fresh && (flow->alive || flow->told != flow->verdict + 1u);
}

#endif
