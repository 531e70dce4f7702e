/* Can this capture carry the verdicts asked of it? */
#ifndef FA_JUDGE_FITNESS_H
#define FA_JUDGE_FITNESS_H

#include "judge/verdict.h"
#include "packet/counters.h"

enum fitness_code {
	FITNESS_TRUNCATED_FILE, /* ends in the middle of a record */
	FITNESS_DAMAGED_FILE,   /* reading stopped at a damaged record */
	FITNESS_DROPS,          /* the capturing host counted drops */
	FITNESS_GAPS,           /* TCP bytes acknowledged that are not in the capture */
	FITNESS_SNAPLEN,        /* payloads cut */
	FITNESS_ONE_DIRECTION,  /* few conversations have both directions */
	FITNESS_MIDSTREAM,      /* many TCP flows began before the capture */
	FITNESS_FILTERED,       /* a capture filter was recorded, or a BPF expression was given */
	FITNESS_UNDECODED, /* frames of link types, EtherTypes or protocols that are not followed */
	FITNESS_FRAGMENTS, /* datagrams that could not be put together */
	FITNESS_CLOCK,     /* packet times run backwards */
	FITNESS_NO_TIME,   /* packets without timestamps */
	FITNESS_EVICTED,   /* the flow table was too small */
	FITNESS_CODE_COUNT
};

const char *fitness_name(enum fitness_code code);

/**
 * struct fitness_entry - One deficiency
 * @detail:	One sentence with its numbers
 * @disables:	Set of VERDICT_BIT(): verdicts of this kind that rest on silence or on
 *		absent payload become inconclusive
 */
struct fitness_entry {
	enum fitness_code code;
	uint32_t disables;
	char detail[200];
};

struct fitness {
	struct fitness_entry entries[FITNESS_CODE_COUNT];
	unsigned count;
};

/**
 * struct capture_facts - What is known of one input when it has been read
 * @tcp_flows, ...: Of the flows of its group, counted at the group's first input
 * @group:	Inputs whose times follow one another are one capture: same group
 */
struct capture_facts {
	char *name;
	char format[32];
	char error[512]; /* "" or why reading stopped before its end */
	uint64_t frames, filtered, bytes, wire_bytes;
	int64_t first_ns, last_ns; /* of its frames; 0 when it has none */
	struct counters counters;
	uint32_t snaplen;
	uint32_t group;
	uint64_t kernel_drops, interface_drops;
	uint64_t truncated_at;
	uint64_t cut_frames; /* frames with caplen < wirelen */
	uint64_t bad_checksums;
	uint64_t abandoned_datagrams;
	uint64_t clock_steps;
	uint64_t untimed_frames;
	uint64_t tcp_flows, tcp_midstream, tcp_gaps;
	uint64_t paired_flows; /* unicast, both directions seen */
	uint64_t single_flows; /* one direction, and the other must have existed */
	uint64_t silent_flows; /* one direction, perhaps for want of an answer: scans are */
	uint64_t evicted;
	bool has_drops, truncated;
	char capture_filter[256];
	struct fitness fitness;
};

/* Fill @cap->fitness from the rest of it. */
void fitness_assess(struct capture_facts *cap);

#endif
