/* The table's own state, shared by the files that implement flow/table.h. */
#ifndef FA_FLOW_TABLE_PRIV_H
#define FA_FLOW_TABLE_PRIV_H

#include "flow/index.h"
#include "flow/notes.h"
#include "flow/stream.h"
#include "flow/table.h"
#include "flow/timer.h"

#define FLOW_STATES (FLOW_RESET + 1)

/* Errors kept that were captured before the packet they quote. */
#define FLOW_EARLY 8u

/**
 * struct flow_early - One such error
 * @facts:	Of the error, without its payload
 * @slot:	Key, hash and sender of the quoted packet
 * @ts_ns:	The error's time as the table took it
 */
struct flow_early {
	struct facts facts;
	struct flow_slot slot;
	int64_t ts_ns;
};

/**
 * struct flow_table - All of it but the lazily paid regions
 * @links:	Timer and queue links: heads, then one a record
 * @now_ns:	Latest packet time, meaningful once @started
 * @queued:	Retired and not released
 * @swept:	flow_table_finish() has seen records up to this one; 0: not called
 * @early:	The latest errors that fit no flow: a ring of which @early_count are in use
 *		and @early_next is written next
 */
struct flow_table {
	struct flow_index index;
	struct flow_pool records;
	struct flow_notebook notes;
	struct flow_streams streams;
	struct flow_timer timer;
	struct flow_link *links;
	struct flow_hashing hashing;
	int64_t idle_ns[FLOW_STATES];
	int64_t now_ns;
	uint32_t max_flows;
	uint32_t queued;
	uint32_t swept;
	bool started;
	struct flow_table_stats stats;
	unsigned early_count, early_next;
	struct flow_early early[FLOW_EARLY];
};

/* Latest time the table reckons with, in the year 2116: sums of two fit. */
#define FLOW_TIME_MAX (INT64_C(1) << 62)

static inline int64_t flow_table_time(int64_t ts_ns)
{
	return ts_ns < 0 ? 0 : MIN(ts_ns, FLOW_TIME_MAX);
}

/* As flow_pool_at(), with a size that the compiler knows. */
static inline struct flow *flow_table_record(const struct flow_table *table, uint32_t id)
{
	return (struct flow *)(void *)table->records.base + id;
}

/* Has the flow been silent longer than its state allows? */
static inline bool flow_table_is_idle(const struct flow_table *table, const struct flow *flow,
				      int64_t ts_ns)
{
	return ts_ns - flow->last_ns > table->idle_ns[flow->state];
}

/* Move the clock on.  @ts_ns as flow_table_time() gives it. */
static inline void flow_table_clock(struct flow_table *table, int64_t ts_ns)
{
	if (FA_UNLIKELY(!table->started)) {
		table->started = true;
		table->now_ns = ts_ns;
		flow_timer_start(&table->timer, ts_ns / NS_PER_S);
	}
	if (ts_ns > table->now_ns)
		table->now_ns = ts_ns;
}

/* Arm the timer of a live flow that is not armed. */
void flow_retire_arm(struct flow_table *table, uint32_t id);
/* Its state was @old: attempts have a list of their own, and a closed flow goes sooner. */
void flow_retire_restate(struct flow_table *table, uint32_t id, enum flow_state old);
/* Take a live flow out of the index and queue it. */
void flow_retire(struct flow_table *table, uint32_t id, enum flow_end end);
/* Evict if no more flows may live.  There is a free record after it. */
void flow_retire_make_room(struct flow_table *table);

#endif
