/*
 * The pipeline behind interfaces: the same packets to flows, in steps that end though
 * no packet came, and flows that are looked at while they live.
 */
#ifndef FA_AUDIT_PIPELINE_LIVE_H
#define FA_AUDIT_PIPELINE_LIVE_H

#include "audit/pipeline.h"
#include "audit/wire.h"
#include "judge/opinion.h"
#include "report/keep.h"

/**
 * pipeline_open_live() - Begin to read interfaces; a pipeline made with @live, and once
 * @wire:	Open, not begun; borrowed as long as the pipeline
 * @name:	Of the one capture that the ledger has of it
 *
 * Return: 0 or FA_ENOMEM
 */
int pipeline_open_live(struct pipeline *pipe, struct wire *wire, const char *name,
		       struct fa_error *err);

/* The next packets, or none, as wire_next(). */
const struct parcel *pipeline_poll_live(struct pipeline *pipe);

/**
 * pipeline_take_live() - Account the packets that the last pipeline_poll_live() gave
 *
 * Return: 0; negative when none can come any more
 */
int pipeline_take_live(struct pipeline *pipe, const struct parcel *parcel, struct fa_error *err);

/* The rest idles on until the next call: a million flows that end at once would stop everything. */
#define PIPELINE_LIVE_ENDS 4096u

/**
 * pipeline_advance() - It is @now_ns, also where no packet says so
 *
 * Flows that have idled out end, PIPELINE_LIVE_ENDS of them at most, and all that have ended are
 * judged and in the ledger.
 *
 * Return: 0 or FA_ENOMEM
 */
int pipeline_advance(struct pipeline *pipe, int64_t now_ns, struct fa_error *err);

/**
 * pipeline_restart() - The clock that frames are stamped by was set
 *
 * Flows end as at the end of a capture; what goes on is picked up as midstream.
 */
int pipeline_restart(struct pipeline *pipe, struct fa_error *err);

/* No more frames: every flow ends, and is judged.  Return: 0 or FA_ENOMEM */
int pipeline_end_live(struct pipeline *pipe, struct fa_error *err);

/* What the frames so far say of the capture, and the table's counters. */
void pipeline_facts(const struct pipeline *pipe, struct capture_facts *cap,
		    struct flow_table_stats *table);

/* Every frame of a flow goes to @keep from now on, and what ends is forgotten there; borrowed. */
void pipeline_set_keep(struct pipeline *pipe, struct keep *keep);
/* Ids of flows are at most this. */
uint32_t pipeline_last_id(const struct pipeline *pipe);

/* Walk the live flows, as flow_table_next_live(). */
uint32_t pipeline_next_live(const struct pipeline *pipe, uint32_t id);
const struct flow *pipeline_flow(const struct pipeline *pipe, uint32_t id);
/* What was said of it. */
struct known *pipeline_known(const struct pipeline *pipe, uint32_t id);

/* As judge_form(), of a live flow as it stands. */
void pipeline_form(struct pipeline *pipe, uint32_t id, struct opinion *o, struct flow_notes *room);

/* Where flows are kept once they have ended; may be cleared and swapped between steps. */
struct ledger *pipeline_ended(struct pipeline *pipe);

/**
 * pipeline_set_policy() - From now on flows are held against @policy
 *
 * The ledger of ended flows is emptied: it spoke of rows of the one before.
 *
 * Return: 0; FA_ENOMEM, and everything is as before
 */
int pipeline_set_policy(struct pipeline *pipe, const struct policy *policy, struct fa_error *err);

#endif
