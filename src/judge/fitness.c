/* What a capture cannot tell, said before anything is concluded from it. */
#include "judge/fitness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define SILENCE (VERDICT_BIT(VERDICT_BLOCKED) | VERDICT_BIT(VERDICT_REJECTED))

/*
 * Shares from which a deficiency takes verdicts away rather than being
 * mentioned.  One frame in a hundred lost leaves three lost answers in a row at
 * one in a million; one conversation in ten seen both ways still shows the
 * capture point sees both directions.
 */
#define DROPS_PERCENT     1u
#define GAPS_PERCENT      5u
#define PAIRED_PERCENT    10u
#define SINGLE_ENOUGH     3u
#define MIDSTREAM_PERCENT 5u

static void note(struct fitness *fit, enum fitness_code code, uint32_t disables, const char *fmt,
		 ...) FA_PRINTF(4, 5);

static void note(struct fitness *fit, enum fitness_code code, uint32_t disables, const char *fmt,
		 ...)
{
	struct fitness_entry *e = &fit->entries[fit->count++];
	va_list args;

	e->code = code;
	e->disables = disables;
	va_start(args, fmt);
	vsnprintf(e->detail, sizeof(e->detail), fmt, args);
	va_end(args);
}

static bool above(uint64_t part, uint64_t whole, unsigned percent)
{
	return (double)part * 100.0 > (double)whole * percent;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0.0 : (double)part * 100.0 / (double)whole;
}

static void assess_file(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;

	if (c->truncated)
		note(fit, FITNESS_TRUNCATED_FILE, 0,
		     "the file ends in the middle of a record (offset %" PRIu64
		     "); it was judged up to there",
		     c->truncated_at);
	if (c->error[0] != '\0')
		note(fit, FITNESS_DAMAGED_FILE, 0, "reading stopped early: %.160s", c->error);
	if (c->kernel_drops + c->interface_drops != 0)
		note(fit, FITNESS_DROPS,
		     above(c->kernel_drops + c->interface_drops, c->frames, DROPS_PERCENT) ? SILENCE
											   : 0,
		     "the capturing host lost %" PRIu64 " frames (%" PRIu64 " kernel, %" PRIu64
		     " interface)",
		     c->kernel_drops + c->interface_drops, c->kernel_drops, c->interface_drops);
	if (c->filtered != 0)
		note(fit, FITNESS_FILTERED, 0,
		     "the filter given left out %" PRIu64 " of %" PRIu64
		     " frames; rows outside it cannot be seen",
		     c->filtered, c->frames);
	else if (c->capture_filter[0] != '\0')
		note(fit, FITNESS_FILTERED, 0,
		     "recorded with the filter \"%.120s\"; rows outside it cannot be seen",
		     c->capture_filter);
}

static void assess_time(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;

	if (c->clock_steps != 0)
		note(fit, FITNESS_CLOCK, SILENCE,
		     "packet times step backwards %" PRIu64 " times by more than a second",
		     c->clock_steps);
	if (c->untimed_frames != 0)
		note(fit, FITNESS_NO_TIME, SILENCE, "%" PRIu64 " frames carry no time",
		     c->untimed_frames);
}

static void assess_frames(struct capture_facts *c)
{
	static const enum frame_class undecoded[] = {
		CLASS_TRUNCATED_LINK,  CLASS_TRUNCATED_IP, CLASS_TRUNCATED_TRANSPORT,
		CLASS_MALFORMED_LINK,  CLASS_MALFORMED_IP, CLASS_MALFORMED_TRANSPORT,
		CLASS_TUNNEL_TOO_DEEP,
	};
	struct fitness *fit = &c->fitness;
	uint64_t lost = c->counters.numbered_other;
	char first[COUNTER_NAME] = "";

	if (c->cut_frames != 0)
		note(fit, FITNESS_SNAPLEN, 0,
		     "%" PRIu64 " of %" PRIu64
		     " frames were cut when captured; protocols may not be provable",
		     c->cut_frames, c->frames);
	for (size_t i = 0; i < ARRAY_SIZE(undecoded); i++)
		lost += c->counters.by_class[undecoded[i]];
	for (unsigned i = 0; i < c->counters.numbered_count; i++)
		lost += c->counters.numbered[i].frames;
	if (lost != 0) {
		char name[COUNTER_NAME];
		uint64_t frames, most = 0;

		for (unsigned pos = 0; counters_next(&c->counters, &pos, name, &frames);) {
			if (frames > most && (strncmp(name, "ethertype", 9) == 0 ||
					      strncmp(name, "linktype", 8) == 0 ||
					      strncmp(name, "truncated", 9) == 0 ||
					      strncmp(name, "malformed", 9) == 0)) {
				most = frames;
				memcpy(first, name, sizeof(first));
			}
		}
		note(fit, FITNESS_UNDECODED, 0,
		     "%" PRIu64 " frames could not be followed to a transport header (most: %s)",
		     lost, first);
	}
	if (c->abandoned_datagrams != 0)
		note(fit, FITNESS_FRAGMENTS, 0,
		     "%" PRIu64 " fragmented datagrams could not be put together",
		     c->abandoned_datagrams);
}

static void assess_flows(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;
	uint64_t flows = c->paired_flows + c->single_flows;

	if (c->single_flows + c->silent_flows != 0 && c->paired_flows == 0)
		note(fit, FITNESS_ONE_DIRECTION, SILENCE,
		     "no conversation shows both directions; silence proves nothing here");
	else if (c->single_flows >= SINGLE_ENOUGH && !above(c->paired_flows, flows, PAIRED_PERCENT))
		note(fit, FITNESS_ONE_DIRECTION, SILENCE,
		     "only %.1f %% of conversations show both directions; silence proves nothing "
		     "here",
		     share(c->paired_flows, flows));
	if (c->tcp_gaps != 0)
		note(fit, FITNESS_GAPS,
		     above(c->tcp_gaps, c->tcp_flows, GAPS_PERCENT) ? SILENCE : 0,
		     "%.1f %% of TCP flows acknowledge bytes that the capture does not hold",
		     share(c->tcp_gaps, c->tcp_flows));
	if (above(c->tcp_midstream, c->tcp_flows, MIDSTREAM_PERCENT))
		note(fit, FITNESS_MIDSTREAM, 0,
		     "%.1f %% of TCP flows began before the capture; their initiator comes from "
		     "the protocol or the port",
		     share(c->tcp_midstream, c->tcp_flows));
	if (c->evicted != 0)
		note(fit, FITNESS_EVICTED, 0,
		     "%" PRIu64
		     " flows were given up because the flow table was full (--max-flows)",
		     c->evicted);
}

void fitness_assess(struct capture_facts *cap)
{
	cap->fitness.count = 0;
	assess_file(cap);
	assess_time(cap);
	assess_frames(cap);
	assess_flows(cap);
	static_assert(FITNESS_CODE_COUNT == 13, "each code is assessed above, at most once");
}
