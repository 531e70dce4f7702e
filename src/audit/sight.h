/*
 * What was counted by some moment of a live run, and between two of them.
 *
 * Every number is since the start, so that a span of time is a difference: of the records
 * of an interval, and of the minutes that a verdict is held against.
 */
#ifndef FA_AUDIT_SIGHT_H
#define FA_AUDIT_SIGHT_H

#include "audit/pipeline_live.h"
#include "report/live.h"

/**
 * struct sight - One moment
 * @ns:		Wall clock
 * @cap:	Frames and drops
 * @table:	Flows
 * @interfaces:	As wire_interface()
 */
struct sight {
	int64_t ns;
	struct capture_facts cap;
	struct flow_table_stats table;
	struct live_interface interfaces[LIVE_INTERFACES_MAX];
};

/**
 * sight_take() - Now
 * @before:	What tables counted that are no more, see pipeline_restart()
 */
void sight_take(struct sight *sight, const struct pipeline *pipe, struct wire *wire,
		const struct flow_table_stats *before, int64_t now_ns);

/* The capture between two moments. */
void sight_since(struct capture_facts *cap, const struct sight *now, const struct sight *then);

#endif
