/*
 * The pipeline: the only place that moves data between rooms.
 *
 * frames -> facts (intake.h) -> flows -> identification, and at a flow's end -> ledger.
 */
#ifndef FA_AUDIT_PIPELINE_H
#define FA_AUDIT_PIPELINE_H

#include "flow/table.h"
#include "judge/judge.h"
#include "packet/decode.h"

struct pipeline_options {
	struct flow_table_options table;
	struct decoder_options decoder;
	struct judge_options judge;
	const char *filter; /* BPF expression or NULL; borrowed */
	unsigned threads;   /* at most; results never depend on it */
	unsigned batch; /* packets handled at a time, 1..FRAME_BATCH; results never depend on it */
	bool name_unknown; /* ask nDPI about flows that were not identified, see namer.h */
	bool live;         /* frames come from interfaces, see pipeline_live.h */
};

#define PIPELINE_DEFAULTS                                                                   \
	{                                                                                   \
		.table = FLOW_TABLE_DEFAULTS, .decoder = DECODER_DEFAULTS,                  \
		.judge = JUDGE_DEFAULTS, .filter = NULL, .threads = 2, .batch = FRAME_BATCH \
	}

struct pipeline;

/* @policy is compiled and borrowed until pipeline_free(). */
int pipeline_new(struct pipeline **pipe, const struct policy *policy,
		 const struct pipeline_options *options, struct fa_error *err);
void pipeline_free(struct pipeline *pipe);

/**
 * pipeline_open() - Begin an input; the one before it must have ended
 *
 * Return: 0, or the code and text of source_open(): the input then leaves no
 *	   record, and the next one may be opened
 */
int pipeline_open(struct pipeline *pipe, const char *path, struct fa_error *err);

/**
 * pipeline_step() - Handle a bounded part of the open input
 *
 * Return: 1 while there is more; 0 at its end; negative when it is damaged
 *	   from here on: what was read stays judged, and the input is closed
 */
int pipeline_step(struct pipeline *pipe, struct fa_error *err);

/* Close the open input early, as at its end (a signal asked to stop). */
void pipeline_stop(struct pipeline *pipe);

/* End all flows and settle the ledger.  Call once, after the last input. */
int pipeline_finish(struct pipeline *pipe, struct fa_error *err);

/* Frames and bytes read so far, over all inputs. */
void pipeline_progress(const struct pipeline *pipe, uint64_t *frames, uint64_t *bytes);

/* Complete after pipeline_finish(). */
const struct ledger *pipeline_ledger(const struct pipeline *pipe);

#endif
