/* What a capture cannot tell, said before anything is concluded from it. */
#include "judge/fitness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "judge/filter_reach.h"

/* Nothing that rests on what was not seen is left. */
#define UNSEEN (BASIS_BIT(BASIS_SILENCE) | BASIS_BIT(BASIS_NO_DATA))

/*
 * What a deficiency takes away.  Held against every verdict:
 *
 * "expected" and "mismatch" rest on bytes that are there.  What is missing never
 * makes them: identification ends at the first missing byte, so what was "not
 * requested" stands behind a whole handshake, and what cannot be told is said
 * so (protocol_unverified, mtls_unseen, mtls_hidden).  "unexpected" rests on
 * packets both ways and on addresses.  "blocked" and "rejected" rest on
 * answers (resets, ICMP errors, refusals), which no deficiency takes away,
 * or on their absence, which nearly every one does:
 *
 * - A file that ends early, where another continues the capture, has a time in
 *   between from which every answer is missing.  At the end of the capture it
 *   is like any end: silence is held against the time that was left.
 * - Lost frames (drops, gaps) may have been the answer.  Where few are lost one
 *   answer may be among them, three in a row are not.
 * - One direction, times that step or are missing: silence cannot be told from
 *   an answer, nor a second from a minute.
 * - A filter that asks for a direction, a flag or a size may leave out answers;
 *   one that asks for addresses leaves out the answer that comes from another
 *   server (MS-TURN alternate server), which only datagrams can have.  Ports
 *   and protocols are the same both ways.
 * - Frames that could not be followed, many: as lost.
 * - Datagrams that were never put together: the answer may be one of them.
 * - A full table splits flows, and the answer may open a flow of its own.
 * - None of the site's addresses: nobody has a role, so no row can cover a flow,
 *   and "undocumented" says nothing of it.  One side of them only is said: the
 *   other may be behind a translation, or simply not there, and a listed host
 *   that talks to a stranger is what an audit looks for.
 * - Both sides of a translation: one connection, documented under one pair of
 *   addresses, would be undocumented under the other.
 * - Cut payload, flows from before the capture, copies, wrong checksums: protocols
 *   stay unverified, initiators unknown, and the flow says so itself.
 */
static const struct {
	uint32_t slight, serious;
} taken[FITNESS_CODE_COUNT] = {
	[FITNESS_TRUNCATED_FILE] = { 0, UNSEEN },
	[FITNESS_DAMAGED_FILE] = { 0, UNSEEN },
	[FITNESS_DROPS] = { BASIS_BIT(BASIS_FEW_TRIES), UNSEEN },
	[FITNESS_GAPS] = { BASIS_BIT(BASIS_FEW_TRIES), UNSEEN },
	[FITNESS_SNAPLEN] = { 0, 0 },
	[FITNESS_ONE_DIRECTION] = { BASIS_BIT(BASIS_SILENCE), BASIS_BIT(BASIS_SILENCE) },
	[FITNESS_MIDSTREAM] = { 0, 0 },
	[FITNESS_FILTERED] = { BASIS_BIT(BASIS_DATAGRAMS), BASIS_BIT(BASIS_SILENCE) },
	[FITNESS_UNDECODED] = { 0, UNSEEN },
	[FITNESS_FRAGMENTS] = { BASIS_BIT(BASIS_DATAGRAMS), BASIS_BIT(BASIS_DATAGRAMS) },
	[FITNESS_CLOCK] = { BASIS_BIT(BASIS_SILENCE), BASIS_BIT(BASIS_SILENCE) },
	[FITNESS_NO_TIME] = { BASIS_BIT(BASIS_SILENCE), BASIS_BIT(BASIS_SILENCE) },
	[FITNESS_EVICTED] = { BASIS_BIT(BASIS_DATAGRAMS), BASIS_BIT(BASIS_DATAGRAMS) },
	[FITNESS_DUPLICATES] = { 0, 0 },
	[FITNESS_CHECKSUMS] = { 0, 0 },
	[FITNESS_SITE_ABSENT] = { 0, BASIS_BIT(BASIS_NO_ROLE) },
	[FITNESS_NAT_BOTH_SIDES] = { BASIS_BIT(BASIS_ONE_NAME), BASIS_BIT(BASIS_ONE_NAME) },
};

#define BLOCKED_REJECTED    (VERDICT_BIT(VERDICT_BLOCKED) | VERDICT_BIT(VERDICT_REJECTED))
#define UNEXPECTED_REJECTED (VERDICT_BIT(VERDICT_UNEXPECTED) | VERDICT_BIT(VERDICT_REJECTED))

/* The verdicts that may rest on each, and what becomes of them. */
static const struct {
	uint32_t verdicts;
	const char *effect;
} bases[BASIS_COUNT] = {
	[BASIS_SILENCE] = { BLOCKED_REJECTED, "silence is not called blocked or rejected" },
	[BASIS_FEW_TRIES] = { BLOCKED_REJECTED,
			      "silence after fewer than three tries is not called blocked or "
			      "rejected" },
	[BASIS_DATAGRAMS] = { BLOCKED_REJECTED,
			      "unanswered datagrams are not called blocked or rejected" },
	[BASIS_NO_DATA] = { VERDICT_BIT(VERDICT_BLOCKED),
			    "a reset before the first answer is not called blocked" },
	[BASIS_NO_ROLE] = { UNEXPECTED_REJECTED,
			    "what no row covers is not called unexpected or rejected" },
	[BASIS_ONE_NAME] = { UNEXPECTED_REJECTED, "what a row covers on one side is not called "
						  "unexpected or rejected on "
						  "the other" },
};

/*
 * Shares from which a deficiency is serious.  One frame in a hundred lost leaves
 * three lost answers in a row at one in a million; one conversation in ten seen
 * both ways still shows the capture point sees both directions.
 */
#define DROPS_PERCENT     1u
#define HIDDEN_PERCENT    1u
#define GAPS_PERCENT      5u
#define PAIRED_PERCENT    10u
#define SINGLE_ENOUGH     3u
#define MIDSTREAM_PERCENT 5u
/* Wrong checksums that are worth a line. */
#define CHECKSUMS_PERCENT 5u

static void note(struct fitness *fit, enum fitness_code code, uint32_t takes, const char *fmt, ...)
	FA_PRINTF(4, 5);

static void note(struct fitness *fit, enum fitness_code code, uint32_t takes, const char *fmt, ...)
{
	struct fitness_entry *e = &fit->entries[fit->count++];
	va_list args;

	e->code = code;
	e->takes = takes;
	e->disables = 0;
	for (unsigned b = 0; b < BASIS_COUNT; b++)
		if ((takes & BASIS_BIT(b)) != 0)
			e->disables |= bases[b].verdicts;
	va_start(args, fmt);
	vsnprintf(e->detail, sizeof(e->detail), fmt, args);
	va_end(args);
}

static uint32_t takes(enum fitness_code code, bool serious)
{
	return serious ? taken[code].serious : taken[code].slight;
}

static bool above(uint64_t part, uint64_t whole, unsigned percent)
{
	return (double)part * 100.0 > (double)whole * percent;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0.0 : (double)part * 100.0 / (double)whole;
}

static void assess_drops(struct capture_facts *c)
{
	uint64_t lost = c->kernel_drops + c->interface_drops;
	const char *more = c->drops_below_zero ? "; a counter below zero was left out" : "";

	if (lost != 0)
		note(&c->fitness, FITNESS_DROPS,
		     takes(FITNESS_DROPS, above(lost, c->frames, DROPS_PERCENT)),
		     "the capturing host lost %" PRIu64 " frames: %" PRIu64
		     " for want of room in the kernel, %" PRIu64 " on the interface%s",
		     lost, c->kernel_drops, c->interface_drops, more);
	else if (c->drops_below_zero)
		note(&c->fitness, FITNESS_DROPS, 0,
		     "a counter of lost frames ran below zero: how many were lost is not known");
}

static void assess_filter(struct capture_facts *c)
{
	enum filter_reach given = filter_reach(c->filter == NULL ? "" : c->filter);
	enum filter_reach recorded = filter_reach(c->capture_filter);
	enum filter_reach worst = MAX(c->filtered != 0 ? given : FILTER_BOTH_WAYS, recorded);
	uint32_t lost =
		worst == FILTER_BOTH_WAYS ? 0 : takes(FITNESS_FILTERED, worst == FILTER_ONE_WAY);

	if (c->filtered != 0)
		note(&c->fitness, FITNESS_FILTERED, lost,
		     "the filter given left out %" PRIu64 " of %" PRIu64
		     " frames; rows outside it cannot be seen",
		     c->filtered, c->frames);
	else if (c->capture_filter[0] != '\0')
		note(&c->fitness, FITNESS_FILTERED, lost,
		     "recorded with the filter \"%.120s\"; rows outside it cannot be seen",
		     c->capture_filter);
}

static void assess_file(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;

	if (c->truncated)
		note(fit, FITNESS_TRUNCATED_FILE, takes(FITNESS_TRUNCATED_FILE, c->continued),
		     "the file ends in the middle of a record (offset %" PRIu64
		     "); it was judged up to there",
		     c->truncated_at);
	if (c->error[0] != '\0')
		note(fit, FITNESS_DAMAGED_FILE, takes(FITNESS_DAMAGED_FILE, c->continued),
		     "reading stopped early: %.160s", c->error);
	assess_drops(c);
	assess_filter(c);
}

static void assess_time(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;

	if (c->clock_steps != 0)
		note(fit, FITNESS_CLOCK, takes(FITNESS_CLOCK, true),
		     "packet times step backwards %" PRIu64 " times by more than a second",
		     c->clock_steps);
	if (c->untimed_frames != 0)
		note(fit, FITNESS_NO_TIME, takes(FITNESS_NO_TIME, true),
		     "%" PRIu64 " frames carry no time", c->untimed_frames);
}

/* The most frequent of the names that stand for frames not followed. */
static void most_undecoded(const struct counters *counters, char first[static COUNTER_NAME])
{
	static const char *const kinds[] = { "ethertype", "linktype", "truncated", "malformed" };
	char name[COUNTER_NAME];
	uint64_t frames, most = 0;

	first[0] = '\0';
	for (unsigned pos = 0; counters_next(counters, &pos, name, &frames);) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (frames > most && strncmp(name, kinds[i], strlen(kinds[i])) == 0) {
				most = frames;
				memcpy(first, name, COUNTER_NAME);
			}
		}
	}
}

static void assess_undecoded(struct capture_facts *c)
{
	static const enum frame_class undecoded[] = {
		CLASS_TRUNCATED_LINK,  CLASS_TRUNCATED_IP, CLASS_TRUNCATED_TRANSPORT,
		CLASS_MALFORMED_LINK,  CLASS_MALFORMED_IP, CLASS_MALFORMED_TRANSPORT,
		CLASS_TUNNEL_TOO_DEEP,
	};
	uint64_t lost = c->counters.numbered_other, hidden = 0;
	char first[COUNTER_NAME];

	for (size_t i = 0; i < ARRAY_SIZE(undecoded); i++)
		hidden += c->counters.by_class[undecoded[i]];
	for (unsigned i = 0; i < c->counters.numbered_count; i++) {
		/* Behind a link type may be anything; an EtherType not followed is no IP. */
		if (c->counters.numbered[i].class == CLASS_NAMED_LINKTYPE)
			hidden += c->counters.numbered[i].frames;
		else
			lost += c->counters.numbered[i].frames;
	}
	lost += hidden;
	if (lost == 0)
		return;
	most_undecoded(&c->counters, first);
	note(&c->fitness, FITNESS_UNDECODED,
	     takes(FITNESS_UNDECODED, above(hidden, c->frames, HIDDEN_PERCENT)),
	     "%" PRIu64 " frames could not be followed to a transport header (most: %s)", lost,
	     first);
}

static void assess_frames(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;
	uint64_t copies = c->counters.by_class[CLASS_DUPLICATE];

	if (c->cut_frames != 0)
		note(fit, FITNESS_SNAPLEN, takes(FITNESS_SNAPLEN, true),
		     "%" PRIu64 " of %" PRIu64
		     " frames were cut when captured; protocols may not be provable",
		     c->cut_frames, c->frames);
	assess_undecoded(c);
	if (c->abandoned_datagrams != 0)
		note(fit, FITNESS_FRAGMENTS, takes(FITNESS_FRAGMENTS, true),
		     "%" PRIu64 " fragmented datagrams could not be put together",
		     c->abandoned_datagrams);
	if (copies != 0)
		note(fit, FITNESS_DUPLICATES, takes(FITNESS_DUPLICATES, true),
		     "%" PRIu64 " of %" PRIu64 " frames are copies of a packet captured a moment "
		     "before; each packet counts once (--keep-duplicates counts all)",
		     copies, c->frames);
	if (above(c->bad_checksums, c->verified_checksums, CHECKSUMS_PERCENT))
		note(fit, FITNESS_CHECKSUMS, takes(FITNESS_CHECKSUMS, true),
		     "%" PRIu64 " of %" PRIu64 " checksums looked at %s wrong; as a rule the "
		     "sender's network card fills them in later (offload), and nothing was left "
		     "out for it",
		     c->bad_checksums, c->verified_checksums, c->bad_checksums == 1 ? "is" : "are");
}

static void assess_evicted(struct capture_facts *c)
{
	if (c->evicted_unlisted != 0)
		note(&c->fitness, FITNESS_EVICTED, takes(FITNESS_EVICTED, true),
		     "%" PRIu64 " flows were given up because the flow table was full "
		     "(--max-flows); %" PRIu64 " of them are counted as inconclusive, for their "
		     "rows too, whatever they showed, and not listed",
		     c->evicted, c->evicted_unlisted);
	else if (c->evicted != 0)
		note(&c->fitness, FITNESS_EVICTED, takes(FITNESS_EVICTED, true),
		     "%" PRIu64
		     " flows were given up because the flow table was full (--max-flows)",
		     c->evicted);
}

static void assess_flows(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;
	uint64_t flows = c->paired_flows + c->single_flows;

	if (c->single_flows + c->silent_flows != 0 && c->paired_flows == 0)
		note(fit, FITNESS_ONE_DIRECTION, takes(FITNESS_ONE_DIRECTION, true),
		     "no conversation shows both directions");
	else if (c->single_flows >= SINGLE_ENOUGH && !above(c->paired_flows, flows, PAIRED_PERCENT))
		note(fit, FITNESS_ONE_DIRECTION, takes(FITNESS_ONE_DIRECTION, true),
		     "only %.1f %% of conversations show both directions",
		     share(c->paired_flows, flows));
	if (c->tcp_gaps != 0)
		note(fit, FITNESS_GAPS,
		     takes(FITNESS_GAPS, above(c->tcp_gaps, c->tcp_flows, GAPS_PERCENT)),
		     "%.1f %% of TCP flows acknowledge bytes that the capture does not hold",
		     share(c->tcp_gaps, c->tcp_flows));
	if (above(c->tcp_midstream, c->tcp_flows, MIDSTREAM_PERCENT))
		note(fit, FITNESS_MIDSTREAM, takes(FITNESS_MIDSTREAM, true),
		     "%.1f %% of TCP flows began before the capture; their initiator comes from "
		     "the protocol or the port",
		     share(c->tcp_midstream, c->tcp_flows));
	assess_evicted(c);
}

static void assess_addresses(struct capture_facts *c)
{
	struct fitness *fit = &c->fitness;

	if (c->site_flows != 0 && c->site_bound == 0)
		note(fit, FITNESS_SITE_ABSENT, takes(FITNESS_SITE_ABSENT, true),
		     "none of the %u addresses and ranges that the site lists appears: another "
		     "network, or the other side of an address translation",
		     c->site_listed);
	else if (c->site_one != 0 && c->site_both == 0)
		note(fit, FITNESS_SITE_ABSENT, takes(FITNESS_SITE_ABSENT, false),
		     "in none of %" PRIu64 " conversations have both ends a role at the site: the "
		     "other side may appear under translated addresses",
		     c->site_one);
	if (c->translated != 0)
		note(fit, FITNESS_NAT_BOTH_SIDES, takes(FITNESS_NAT_BOTH_SIDES, true),
		     "%" PRIu64 " connection%s twice, before and after address translation",
		     c->translated, c->translated == 1 ? " appears" : "s appear");
}

void fitness_assess(struct capture_facts *cap)
{
	cap->fitness.count = 0;
	assess_file(cap);
	assess_time(cap);
	assess_frames(cap);
	assess_flows(cap);
	assess_addresses(cap);
	static_assert(FITNESS_CODE_COUNT == 17, "each code is assessed above, at most once");
}

void fitness_effect(const struct fitness_entry *entry, char *buf, size_t size)
{
	uint32_t left = entry->takes;
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned b = 0; b < BASIS_COUNT && at < size; b++) {
		if ((left & BASIS_BIT(b)) == 0)
			continue;
		left &= ~BASIS_BIT(b);
		at += (size_t)snprintf(buf + at, size - at, "%s%s",
				       at == 0     ? ""
				       : left == 0 ? ", and "
						   : ", ",
				       bases[b].effect);
	}
}

bool fitness_has(const struct fitness *fitness, enum fitness_code code)
{
	for (unsigned i = 0; i < fitness->count; i++)
		if (fitness->entries[i].code == code)
			return true;
	return false;
}
