/*
 * Recent flows: what a live run judges, and against what.
 *
 * A verdict may rest on other flows: a control, an answer from elsewhere, another pair
 * of a media session.  Offline everything is settled once all was seen.  Live there
 * is no such time, so flows are settled again and again, by the same ledger_settle():
 * those that ended since the last look, and those alive whose outcome shows by now, among
 * the flows of the last minutes.  Two spans of flows that ended are kept, and
 * what lives is looked at where it is; all of it is bounded.
 *
 * What is said of a living flow is remembered with its record (known.h), so that its
 * end is told only where it changes the verdict.
 */
#ifndef FA_AUDIT_RECENT_H
#define FA_AUDIT_RECENT_H

#include "audit/pipeline_live.h"

/* Two spans of this are remembered, less where flows end faster than RECENT_FLOWS a span. */
#define RECENT_SPAN_NS (300 * NS_PER_S)
#define RECENT_FLOWS   32768u
/* Living flows that others are held against, at most: conversations, and attempts. */
#define RECENT_ALIVE    32768u
#define RECENT_ATTEMPTS 4096u
/* Living flows that one look may judge, and those of them that are merely silent; the next one goes on. */
#define RECENT_DUE    16384u
#define RECENT_SILENT 4096u
/* A flow was quiet for this long: nothing that belongs to its end is still to come. */
#define RECENT_QUIET_NS NS_PER_S
/* A conversation that was not identified by now may be judged as it is. */
#define RECENT_TALK_NS (5 * NS_PER_S)

/**
 * struct due - A living flow that is judged in this look
 * @frame:	Its first
 */
struct due {
	uint64_t frame;
	uint32_t id;
};

/**
 * struct recent - One live run
 * @pipe:	Borrowed; its ledger holds the span that goes on
 * @past:	The span before it
 * @view:	What the last look settled.  Flows that are @fresh in it were concluded by
 *		that look: not @alive, they have ended and count; @alive, their
 *		verdict is one of @early and was not told before
 * @early:	Set of VERDICT_BIT() that are told while the flow lives
 * @looked:	Flows of the pipeline's ledger that were concluded by earlier looks
 * @began_ns:	The span that goes on
 * @past_ns:	The one before it: @view knows what happened from here on
 */
struct recent {
	struct pipeline *pipe;
	struct judge_options judge;
	struct ledger past, view;
	uint32_t early;
	size_t looked;
	int64_t began_ns, past_ns;
	unsigned due_count;
	struct due due[RECENT_DUE];
};

/* @policy: of @pipe; borrowed.  Return: 0 or FA_ENOMEM */
int recent_init(struct recent *recent, struct pipeline *pipe, const struct policy *policy,
		const struct judge_options *judge, uint32_t early, int64_t now_ns,
		struct fa_error *err);
void recent_free(struct recent *recent);

/* Enough has ended for a look before its time. */
bool recent_is_full(const struct recent *recent);

/**
 * recent_look() - Settle what has ended, or shows by now
 * @window:	The capture since @recent->past_ns
 * @all:	Settle what lives though nothing new shows, to see how it stands
 *
 * After pipeline_advance().
 *
 * Return: 1: @recent->view holds conclusions; 0: there are none; FA_ENOMEM
 */
int recent_look(struct recent *recent, const struct capture_facts *window, int64_t now_ns, bool all,
		struct fa_error *err);

/* The id of a flow that is @fresh and @alive in the view, until the next look. */
uint32_t recent_id(const struct recent *recent, const struct judged *flow);

/**
 * recent_turn() - Begin a new span where it is time
 *
 * Return: it has begun, at @now_ns: so what counts of the capture is counted since
 *	   the beginning of the one before
 */
bool recent_turn(struct recent *recent, int64_t now_ns);

/* Times before cannot be compared with those from @now_ns on.  What has ended was looked at. */
void recent_forget(struct recent *recent, int64_t now_ns);

/* The pipeline was given @policy: what is remembered speaks of rows of another.  Return: 0 or FA_ENOMEM */
int recent_set_policy(struct recent *recent, const struct policy *policy, struct fa_error *err);

#endif
