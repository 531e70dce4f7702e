/*
 * A live run: interfaces in, lines out as they are decided, for weeks.
 *
 * Every second or so it looks (recent.h) at what has ended and at what shows by now, tells
 * what is new in every output, and adds it to the tally of the run.  One thread.
 */
#ifndef FA_AUDIT_WATCH_H
#define FA_AUDIT_WATCH_H

#include "audit/exit_status.h"
#include "audit/pipeline_live.h"
#include "report/live.h"
#include "report/seen.h"
#include "report/stream.h"

#define WATCH_OUTPUTS 8u
/* Findings that watch_latest() lists at most. */
#define WATCH_LATEST 100u

/* Between looks, at least; a look that was long makes the next one wait longer. */
#define WATCH_LOOK_NS NS_PER_S
/* A finding that goes on is spoken of again in text after this. */
#define WATCH_AGAIN_NS (60 * NS_PER_S)
/* Lines of text that one look may write; what is more is counted. */
#define WATCH_LINES 50u
/* A clock that is found this far from where it should be was set. */
#define WATCH_CLOCK_STEP_NS (2 * NS_PER_S)

/**
 * struct watch_options - What to do with it
 * @judge:	As of the pipeline
 * @rules:	What the exit status that reports print goes by
 * @report:	For texts; its @fail_on are findings, which are told early
 * @colour_always: Also where no terminal shows it; else @report.colour, where one does
 * @name:	Of the capture, "eth0,eth1"; borrowed
 * @stats_ns:	Between records of what was seen; 0: none
 * @reopens:	Interfaces that vanish and are made anew can be opened again
 * @keep:	Where packets of findings go; borrowed; NULL: nowhere
 */
struct watch_options {
	struct judge_options judge;
	struct exit_rules rules;
	struct report_options report;
	bool colour_always;
	const char *name;
	int64_t stats_ns;
	bool reopens;
	struct keep *keep;
};

struct watch;

/**
 * watch_new() - Begin
 * @pipe:	Made with @live, not opened; borrowed
 * @wire:	Open; borrowed
 *
 * Return: 0 or FA_ENOMEM
 */
int watch_new(struct watch **watch, struct pipeline *pipe, const struct policy *policy,
	      struct wire *wire, const struct watch_options *options, struct fa_error *err);
void watch_free(struct watch *watch);

/* One more output, which the watch owns from now on.  FA_EUSAGE beyond WATCH_OUTPUTS. */
int watch_add_output(struct watch *watch, enum report_format format, struct stream *stream,
		     struct fa_error *err);

/**
 * watch_step() - Handle one batch, or wait for it a moment; look when it is time
 *
 * Return: 0; FA_EIO when no interface can bring anything any more; FA_ENOMEM
 */
int watch_step(struct watch *watch, struct fa_error *err);

/* Every output is over: nobody can be told anything. */
bool watch_is_over(const struct watch *watch);

/* What there is to say of the run so far.  In each output: a record, or the whole text. */
int watch_say_summary(struct watch *watch, struct fa_error *err);

/* An event of the run itself: in every output. */
void watch_notice(struct watch *watch, const char *code, const char *text);

/**
 * watch_next_trouble() - What went wrong on the way, one line a call; "" when there is no more
 *
 * Outputs that fail, and work again; interfaces that go down; a clock that was set.
 */
const char *watch_next_trouble(struct watch *watch);

/* Flows are held against @policy from now on.  Return: 0; FA_ENOMEM: the run cannot go on */
int watch_set_policy(struct watch *watch, const struct policy *policy, struct fa_error *err);

/**
 * struct watch_status - How it stands
 * @sum:	Verdicts and rows of what ended and of what lives
 * @cap:	The capture from the start
 * @findings:	Different ones so far
 * @rate:	Frames a second, lately
 */
struct watch_status {
	const struct ledger *sum;
	struct capture_facts cap;
	uint64_t flows_live, evictions, lost_records;
	unsigned findings;
	double rate;
};
void watch_status(struct watch *watch, struct watch_status *status);

/* The latest findings, good until the next step.  Return: how many */
unsigned watch_latest(const struct watch *watch,
		      const struct seen_finding *latest[static WATCH_LATEST]);

/**
 * watch_finish() - Judge what is open and write the last report
 *
 * Return: 0; FA_ENOMEM; FA_EIO when an output could not take it
 */
int watch_finish(struct watch *watch, struct fa_error *err);

/* The whole run, once finished. */
const struct ledger *watch_ledger(const struct watch *watch);

#endif
