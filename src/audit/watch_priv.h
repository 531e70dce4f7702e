/* The live run's own state, shared by the files that implement watch.h; for audit/ alone. */
#ifndef FA_AUDIT_WATCH_PRIV_H
#define FA_AUDIT_WATCH_PRIV_H

#include "audit/recent.h"
#include "audit/sight.h"
#include "audit/tally.h"
#include "audit/watch.h"

#define WATCH_TROUBLES 16u

struct watch_output {
	enum report_format format;
	struct stream *stream;
};

/**
 * struct watch - One run
 * @start, @past, @began, @told: Moments: of the start, of the two spans of @recent, of the last
 *		record of what was seen
 * @now:	Of the last look
 * @tables:	What tables counted that are no more
 * @clock_ns:	Wall clock less the clock that nobody sets, when last looked at
 * @look_ns, @looked_ns: By that clock: the next look, and how long the last one took
 * @up:		Set of interfaces that were up
 * @gaps, @lost, @kept: Of the tally's flows, of outputs and of what is kept, when the last record
 *		was written
 * @troubles:	A ring: @trouble_first, @trouble_count
 */
struct watch {
	struct watch_options options;
	struct pipeline *pipe;
	struct wire *wire;
	struct recent recent;
	struct tally tally;
	struct sight start, past, began, told, now;
	struct flow_table_stats tables;
	int64_t clock_ns;
	int64_t look_ns;
	uint32_t up;
	uint64_t gaps, lost;
	struct keep_stats kept;
	double rate;
	struct watch_output outputs[WATCH_OUTPUTS];
	unsigned output_count;
	bool finished;
	char troubles[WATCH_TROUBLES][FA_ERROR_TEXT];
	unsigned trouble_first, trouble_count;
	char trouble[FA_ERROR_TEXT];
};

/* watch_output.c: packets of the findings that are new will be kept. */
void watch_mark(struct watch *w);
/* watch_say.c: what is new in the view of recent flows. */
int watch_say_flows(struct watch *w, struct fa_error *err);
/* Findings that go on. */
int watch_say_again(struct watch *w, struct fa_error *err);
/* What was seen since the last such record. */
int watch_say_stats(struct watch *w, struct fa_error *err);
/* Captures, rows and summary. */
int watch_say_end(struct watch *w, struct fa_error *err);
/* The same at the end, and nothing rotates any more.  Return: 0, or FA_EIO: something was lost */
int watch_close_outputs(struct watch *w, struct fa_error *err);
/* For text: as wide and colourful as the output is. */
struct report_options watch_options_for(const struct watch *w, const struct stream *stream);
/* What waits in the outputs goes out; failures become notices. */
void watch_flush(struct watch *w);

#endif
