/* A live run without interfaces: captures from files, second by second of their own time. */
#ifndef FA_TEST_AUDIT_VIGIL_H
#define FA_TEST_AUDIT_VIGIL_H

#include "audit/intake.h"
#include "audit/recent.h"
#include "audit/tally.h"

#define VIGIL_NEWS 4096u

/* What a look told of one flow. */
struct vigil_news {
	int64_t ns;
	uint64_t first_frame;
	uint8_t verdict, outcome;
	bool alive;
	uint8_t told;
};

/**
 * struct vigil - One run
 * @seen:	The capture so far
 * @drops:	Of the kernel, from the next look on
 * @start_ns:	Of the first frame
 * @news:	Everything that was told, in order
 * @looks:	Looks that concluded something
 */
struct vigil {
	const struct policy *policy;
	struct pipeline_options options;
	struct pipeline *pipe;
	struct decoder *decoder;
	struct parcel parcel;
	struct recent recent;
	struct tally tally;
	struct capture_facts seen;
	uint64_t drops;
	int64_t now_ns, start_ns, tick_ns;
	uint64_t frames;
	struct vigil_news news[VIGIL_NEWS];
	unsigned news_count, looks;
};

/* @policy: compiled, borrowed.  All findings of the default are told early. */
void vigil_open(struct vigil *v, const struct policy *policy);
void vigil_close(struct vigil *v);

/* The frames of a file, and a look each second between them. */
void vigil_play(struct vigil *v, const char *path);
/* Nothing comes until then. */
void vigil_wait(struct vigil *v, int64_t until_ns);
/* The run ends: every flow does. */
void vigil_end(struct vigil *v);

/* What was told of the flow that began with this frame, from the @nth on; NULL: no more. */
const struct vigil_news *vigil_told(const struct vigil *v, uint64_t first_frame, unsigned nth);

#endif
