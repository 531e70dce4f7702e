/*
 * Twin captures: two groups of inputs that ran at the same time, at two points.
 *
 * All flows are ordered by their hosts, so that those of one pair of hosts, in
 * whatever capture, lie side by side.  Each attempt without an answer is then
 * held against its neighbours: the same flow elsewhere, or other flows of the
 * pair where it should have been and is not.
 *
 * Which point is nearer the initiator shows in the TTL of its packets: routers
 * count it down.  Between two points with no router it is equal, and the attempt
 * itself decides: who repeats what he asked has not heard.
 */
#include "judge/twin.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Clocks of two capturing hosts differ; flows of one tuple within this are one. */
#define CLOCK_SLACK_NS (2 * NS_PER_S)
/* Tries before silence at one point, or absence at another, is no lost frame. */
#define TRIES_TCP 2
#define TRIES_UDP 3
/* Neighbours looked at for one attempt: work stays linear however many flows a pair has. */
#define LOOKS 256u

static int by_hosts(const void *pa, const void *pb)
{
	const struct judged *a = *(const struct judged *const *)pa;
	const struct judged *b = *(const struct judged *const *)pb;
	int order = memcmp(&a->key, &b->key, sizeof(a->key));

	if (order != 0)
		return order;
	return a < b ? -1 : a > b; /* the ledger is sorted */
}

static bool same_hosts(const struct judged *a, const struct judged *b)
{
	return memcmp(a->key.addr, b->key.addr, sizeof(a->key.addr)) == 0;
}

static bool same_key(const struct judged *a, const struct judged *b)
{
	return memcmp(&a->key, &b->key, sizeof(a->key)) == 0;
}

static bool same_time(const struct judged *a, const struct judged *b)
{
	return a->first_ns <= b->last_ns + CLOCK_SLACK_NS &&
	       b->first_ns <= a->last_ns + CLOCK_SLACK_NS;
}

/* Was @flow captured nearer the initiator of @attempt, as the TTL of its packets says? */
static bool is_nearer(const struct judged *attempt, const struct judged *flow)
{
	unsigned from = attempt->initiator;

	return flow->ttl[from] > attempt->ttl[from] && attempt->ttl[from] != 0;
}

static bool tried_enough(const struct judged *attempt)
{
	return attempt->packets[attempt->initiator] >=
	       (attempt->key.l4 == IPPROTO_TCP ? TRIES_TCP : TRIES_UDP);
}

/* Is @other the same attempt, seen elsewhere? */
static bool is_twin(const struct judged *attempt, const struct judged *other)
{
	if (!same_key(attempt, other) || other->initiator != attempt->initiator)
		return false;
	return attempt->key.l4 == IPPROTO_TCP ? attempt->isn != 0 && attempt->isn == other->isn
					      : same_time(attempt, other);
}

/* The evidence points into the capture of @other. */
static void add(struct settling *s, struct judged *attempt, enum evidence_code code,
		const struct judged *other, uint64_t frame)
{
	struct evidence *e = settle_add(s->ledger, attempt, code, frame);

	if (e != NULL)
		e->elsewhere = (uint16_t)(1 + other->input);
}

/* What the twin says of an attempt that got no answer here.  True when it says something. */
static bool answered(struct settling *s, struct judged *attempt, const struct judged *twin)
{
	bool tcp = attempt->key.l4 == IPPROTO_TCP;
	bool heard = twin->outcome == OUTCOME_ESTABLISHED || twin->outcome == OUTCOME_ABORTED;

	if (twin->answer_frame == 0)
		return false;
	if (tcp ? heard : is_nearer(attempt, twin)) {
		/* It was answered and went on, so the answer is what this capture lacks. */
		add(s, attempt, EVIDENCE_ANSWER_NOT_CAPTURED, twin, twin->answer_frame);
		settle_downgrade(attempt, OUTCOME_ONE_SIDED);
		return true;
	}
	add(s, attempt, EVIDENCE_TWIN_ANSWERED, twin, twin->answer_frame);
	/* One frame is soon lost, and who answers nearer the initiator is not the responder. */
	if (is_nearer(attempt, twin) || !tried_enough(attempt) ||
	    !controls_could_see_answer(s->controls, attempt))
		settle_downgrade(attempt, OUTCOME_UNKNOWN);
	return true;
}

/*
 * Should the capture of @other, a flow of the same hosts, hold @attempt?  It ran
 * all the time, saw the initiator's packets meanwhile, and not before this point; and
 * nothing that it saw was left out of the ledger.
 */
static bool should_hold(const struct settling *s, const struct judged *attempt,
			const struct judged *other)
{
	const struct settle_group *g = settle_group_of(s, other);
	const struct capture_facts *c = &s->ledger->captures[other->input];

	return g->first_ns <= attempt->first_ns && g->last_ns >= attempt->last_ns &&
	       other->packets[attempt->initiator] != 0 && !is_nearer(attempt, other) &&
	       other->first_ns <= attempt->last_ns && other->last_ns >= attempt->first_ns &&
	       g->first->evicted_unlisted == 0 && c->filtered == 0 && c->capture_filter[0] == '\0';
}

/* Does the group of @other hold anything on the tuple of the attempt at @at? */
static bool holds_tuple(const struct settling *s, struct judged *const *flows, size_t n, size_t at,
			const struct judged *other)
{
	const struct judged *attempt = flows[at];
	size_t begin = at, end = at + 1;

	while (begin > 0 && at - begin < LOOKS && same_key(flows[begin - 1], attempt))
		begin--;
	while (end < n && end - at < LOOKS && same_key(flows[end], attempt))
		end++;
	if (at - begin == LOOKS || end - at == LOOKS)
		return true; /* too many to tell */
	for (size_t i = begin; i < end; i++)
		if (ledger_group(s->ledger, flows[i]) == ledger_group(s->ledger, other) &&
		    same_time(flows[i], attempt))
			return true;
	return false;
}

/*
 * An attempt that left here and did not arrive there.  Likely, never proven: a
 * classic pcap does not tell which filter it was captured with.
 */
static bool missing(struct settling *s, struct judged *const *flows, size_t n, size_t at,
		    const struct judged *other)
{
	struct judged *attempt = flows[at];

	if (!tried_enough(attempt) || !should_hold(s, attempt, other) ||
	    holds_tuple(s, flows, n, at, other))
		return false;
	add(s, attempt, EVIDENCE_TWIN_MISSING, other, other->first_frame);
	return true;
}

/* Hold the attempt at @at against its neighbours of other captures. */
static void hold(struct settling *s, struct judged *const *flows, size_t n, size_t at)
{
	struct judged *attempt = flows[at];
	uint32_t group = ledger_group(s->ledger, attempt);
	size_t begin = at, end = at + 1;

	while (begin > 0 && at - begin < LOOKS / 2 && same_hosts(flows[begin - 1], attempt))
		begin--;
	while (end < n && end - at < LOOKS / 2 && same_hosts(flows[end], attempt))
		end++;
	for (size_t i = begin; i < end; i++)
		if (ledger_group(s->ledger, flows[i]) != group && is_twin(attempt, flows[i]) &&
		    answered(s, attempt, flows[i]))
			return;
	for (size_t i = begin; i < end; i++)
		if (ledger_group(s->ledger, flows[i]) != group &&
		    missing(s, flows, n, at, flows[i]))
			return;
}

/* Two captures that follow one another are no twins; most runs have no others. */
static bool groups_overlap(const struct settling *s)
{
	uint32_t groups = s->ledger->capture_count == 0
				  ? 0
				  : 1 + s->ledger->captures[s->ledger->capture_count - 1].group;
	int64_t latest = INT64_MIN;

	for (uint32_t g = 0; g < groups; g++) {
		if (s->groups[g].first_ns <= latest)
			return true;
		latest = MAX(latest, s->groups[g].last_ns);
	}
	return false;
}

int settle_twins(struct settling *s)
{
	struct ledger *l = s->ledger;
	struct judged **flows;

	if (l->flow_count == 0 || !groups_overlap(s))
		return 0;
	flows = memory_array(l->flow_count, sizeof(struct judged *));
	if (flows == NULL)
		return FA_ENOMEM;
	for (size_t i = 0; i < l->flow_count; i++)
		flows[i] = &l->flows[i];
	qsort(flows, l->flow_count, sizeof(struct judged *), by_hosts);
	for (size_t i = 0; i < l->flow_count; i++)
		if (flows[i]->outcome == OUTCOME_NO_REPLY)
			hold(s, flows, l->flow_count, i);
	free(flows);
	return 0;
}
