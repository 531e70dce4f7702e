/* Can this capture carry the verdicts asked of it? */
#ifndef FA_JUDGE_FITNESS_H
#define FA_JUDGE_FITNESS_H

#include <stddef.h>

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
	FITNESS_DUPLICATES, /* packets captured twice, counted once */
	FITNESS_CHECKSUMS,  /* many are wrong, as offloading leaves them */
	FITNESS_SITE_ABSENT, /* the addresses of the site, or all but one side of them, are not here */
	FITNESS_NAT_BOTH_SIDES, /* connections from before and after address translation */
	FITNESS_CODE_COUNT
};

const char *fitness_name(enum fitness_code code);

/*
 * What a verdict may rest on that a capture can lack.  Sets of these say what a
 * deficiency takes away; flows that rest on it become inconclusive.
 */
enum basis {
	BASIS_SILENCE,   /* nobody answered, however often it was tried */
	BASIS_FEW_TRIES, /* ... fewer than FITNESS_TRIES_ENOUGH times: one lost answer explains it */
	BASIS_DATAGRAMS, /* nobody answered, and no connection tells whether somebody could have */
	BASIS_NO_DATA,   /* reset before the responder had sent data */
	BASIS_NO_ROLE,   /* no row covers it, and roles come from the site's addresses */
	BASIS_ONE_NAME,  /* no row covers it, by one of two pairs of addresses that it had */
	BASIS_COUNT
};
#define BASIS_BIT(b) (1u << (unsigned)(b))

/* The first try and two more. */
#define FITNESS_TRIES_ENOUGH 3u

/**
 * struct fitness_entry - One deficiency
 * @takes:	Set of BASIS_BIT()
 * @disables:	Set of VERDICT_BIT(): what rests on any of @takes may be called
 * @detail:	One sentence with its numbers
 */
struct fitness_entry {
	enum fitness_code code;
	uint32_t takes;
	uint32_t disables;
	char detail[240];
};

struct fitness {
	struct fitness_entry entries[FITNESS_CODE_COUNT];
	unsigned count;
};

/**
 * struct capture_facts - What is known of one input when it has been read
 * @tcp_flows, ...: Of the flows of its group, counted at the group's first input
 * @evicted_unlisted: Of @evicted, those that were counted and not listed
 * @group:	Inputs whose times follow one another are one capture: same group
 * @continued:	Another input of its group follows
 * @filter:	BPF expression that was given, or NULL; borrowed
 * @site_listed: What the site lists: addresses, prefixes and ranges
 * @site_flows:	Unicast flows, where the site lists any
 * @site_one, @site_both: ... one end, both ends of which have a role
 * @site_bound:	... an end of which the site lists
 * @in_part:	Of a whole live run: what is lacking took verdicts from its own minutes alone
 * @translated:	Connections that are here twice, with other addresses
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
	const char *filter;
	uint64_t truncated_at;
	uint64_t cut_frames; /* frames with caplen < wirelen */
	uint64_t verified_checksums, bad_checksums;
	uint64_t abandoned_datagrams;
	uint64_t clock_steps;
	uint64_t untimed_frames;
	uint64_t tcp_flows, tcp_midstream, tcp_gaps;
	uint64_t paired_flows; /* unicast, both directions seen */
	uint64_t single_flows; /* one direction, and the other must have existed */
	uint64_t silent_flows; /* one direction, perhaps for want of an answer: scans are */
	uint64_t evicted, evicted_unlisted;
	uint64_t site_flows, site_one, site_both, site_bound;
	uint64_t translated;
	unsigned site_listed;
	bool has_drops, drops_below_zero, truncated, continued, in_part;
	char capture_filter[256];
	struct fitness fitness;
};

/* Fill @cap->fitness from the rest of it. */
void fitness_assess(struct capture_facts *cap);

/**
 * fitness_effect() - What a deficiency takes away, in plain words
 *
 * "silence is not called blocked or rejected"; "" when nothing.
 */
void fitness_effect(const struct fitness_entry *entry, char *buf, size_t size);

/* The capture has this deficiency. */
bool fitness_has(const struct fitness *fitness, enum fitness_code code);

#endif
