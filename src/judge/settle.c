/*
 * The second half of judgement, when everything has been seen: silence held
 * against the capture, causes against TTLs, controls, fitness, then the verdict.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/coverage.h"
#include "judge/elsewhere.h"
#include "judge/mapped.h"
#include "judge/opinion.h"
#include "judge/order.h"
#include "judge/resumed.h"
#include "judge/session.h"
#include "judge/settle.h"
#include "judge/twin.h"

/*
 * Silence that a protocol permits must never look like a block: SQL Browser
 * ignores what it has no instance for (MC-SQLR 3.1.5.2).  For ICE checks see
 * session.h.
 */
static bool silence_is_normal(const struct ledger *l, const struct judged *flow)
{
	const struct row *best = ledger_best_row(l, flow);

	if (flow->key.l4 != IPPROTO_UDP)
		return false;
	if (flow->app == APP_SQLR)
		return true;
	if (best == NULL || flow->standing != STANDING_DOCUMENTED)
		return false;
	for (unsigned i = 0; i < best->protocol_count; i++)
		if (best->protocols[i].app == APPLICATION_SQL_BROWSER)
			return true;
	return false;
}

/*
 * Time exceeded: the packets ran in circles, or were meant to die on the way
 * (traceroute).  That blocks no row; what none documents is rejected all the same.
 */
static bool expired_on_the_way(const struct ledger *l, const struct judged *flow)
{
	const struct evidence *e = settle_find(l, flow, EVIDENCE_ICMP_OTHER);

	return e != NULL && e->value >> 8 == (e->value2 == 6 ? 3 : 11) &&
	       flow->standing == STANDING_DOCUMENTED;
}

/* A control vouches for the path, unless it is the very service: then no filter is against it. */
static enum cause network_or_unknown(const struct settling *s, const struct judged *flow,
				     bool control)
{
	return control && !controls_same_service(s->controls, flow) ? CAUSE_NETWORK : CAUSE_UNKNOWN;
}

/*
 * Silence says nothing of a row where nothing was asked, or nobody can tell whether
 * anything was, as the packets were cut before it.  Nor where it was tried once: every
 * system tries again (facts/protocols.md 16.2, 16.3), so an answer may have come that the
 * capture lacks.  What no row documents is rejected all the same.
 */
static bool asked_too_little(const struct ledger *l, const struct judged *flow)
{
	const struct evidence *e = settle_find(l, flow, EVIDENCE_UDP_UNANSWERED);

	if (flow->standing != STANDING_DOCUMENTED)
		return false;
	if (e != NULL && (e->value != 0 || (flow->app == APP_NONE &&
					    settle_find(l, flow, EVIDENCE_SNAPLEN) != NULL)))
		return true;
	return settle_tries(l, flow) == 1 && flow->end != FLOW_END_EVICTED;
}

/* A provisional no_reply: could the capture have seen the answer, and for long enough? */
static void settle_silence(struct settling *s, struct judged *flow)
{
	struct ledger *l = s->ledger;
	int64_t window = settle_group_of(s, flow)->last_ns - flow->first_ns;
	/* What should have reached another point on the path is as good as a control, and better. */
	bool missing = settle_find(l, flow, EVIDENCE_TWIN_MISSING) != NULL;
	bool control = missing || flow->control_kind != CONTROL_NONE;
	enum cause cause = missing ? CAUSE_NETWORK : network_or_unknown(s, flow, control);
	struct evidence *e;

	if (settle_find(l, flow, EVIDENCE_TWIN_ANSWERED) != NULL) {
		flow->cause = CAUSE_NETWORK;
		flow->grade = GRADE_PROVEN;
		return;
	}
	if (silence_is_normal(l, flow)) {
		settle_add(l, flow, EVIDENCE_SILENCE_IS_NORMAL, 0);
		settle_downgrade(flow, OUTCOME_UNKNOWN);
		return;
	}
	if (expired_on_the_way(l, flow)) {
		settle_downgrade(flow, OUTCOME_UNKNOWN);
		return;
	}
	if (flow->grade != GRADE_NONE) { /* an ICMP unreachable spoke, or the media session */
		flow->cause = (uint8_t)cause;
		return;
	}
	if (!controls_could_see_answer(s->controls, flow)) {
		settle_add(l, flow, EVIDENCE_SINGLE_DIRECTION, flow->first_frame);
		settle_downgrade(flow, OUTCOME_ONE_SIDED);
		return;
	}
	if (window < s->options->attempt_timeout_ns &&
	    (settle_tries(l, flow) < FITNESS_TRIES_ENOUGH || !control)) {
		e = settle_add(l, flow, EVIDENCE_CAPTURE_ENDS_SOON, 0);
		if (e != NULL)
			e->value = (uint32_t)(MAX(window, 0) / NS_PER_MS);
		settle_downgrade(flow, OUTCOME_UNKNOWN);
		return;
	}
	/* LISTENING or FILTERED: for datagrams nothing else vouches for the path. */
	if (asked_too_little(l, flow) || (flow->key.l4 != IPPROTO_TCP && !control)) {
		settle_downgrade(flow, OUTCOME_UNKNOWN);
		return;
	}
	flow->cause = (uint8_t)cause;
	flow->grade = GRADE_LIKELY;
}

/* Data that vanished: the path's doing with a control, and without one only if it lasted. */
static void settle_hole(struct settling *s, struct judged *flow)
{
	const struct evidence *hole = settle_find(s->ledger, flow, EVIDENCE_DATA_UNACKNOWLEDGED);
	int64_t left = settle_group_of(s, flow)->last_ns - flow->last_ns;
	struct evidence *e;

	if (hole == NULL)
		return;
	if (flow->control_kind != CONTROL_NONE) {
		flow->cause = (uint8_t)network_or_unknown(s, flow, true);
		return;
	}
	left = MAX(left, 0) + hole->value * NS_PER_MS;
	if (hole->value2 != 0 || left >= s->options->attempt_timeout_ns)
		return;
	e = settle_add(s->ledger, flow, EVIDENCE_CAPTURE_ENDS_SOON, 0);
	if (e != NULL)
		e->value = (uint32_t)(left / NS_PER_MS);
	settle_downgrade(flow, OUTCOME_UNKNOWN);
}

/* A reset: the responder's own, or a box between? */
static void settle_reset(struct settling *s, struct judged *flow)
{
	uint8_t usual = 0;
	int own;
	struct evidence *e;

	if (flow->rst_ttl == 0 ||
	    (flow->outcome != OUTCOME_REFUSED && flow->outcome != OUTCOME_ABORTED))
		return;
	own = controls_own_ttl(s->controls, flow, flow->initiator ^ 1u, flow->rst_ttl, &usual);
	if (own == 0) {
		e = settle_add(s->ledger, flow, EVIDENCE_RST_FOREIGN_TTL, 0);
		if (e != NULL) {
			e->value = flow->rst_ttl;
			e->value2 = usual;
		}
		flow->cause = CAUSE_NETWORK;
		flow->grade = GRADE_LIKELY;
	} else if (own == 1 && flow->outcome == OUTCOME_REFUSED) {
		flow->grade = GRADE_PROVEN;
	}
}

static enum verdict verdict_of(const struct judged *flow)
{
	switch ((enum outcome)flow->outcome) {
	case OUTCOME_ESTABLISHED:
		break;
	case OUTCOME_ABORTED:
		/* A handshake that fails for its certificates is still the documented one. */
		if (flow->standing == STANDING_DOCUMENTED ||
		    (flow->standing == STANDING_CONTRADICTED && flow->app == APP_TLS))
			return VERDICT_BLOCKED;
		break;
	case OUTCOME_REFUSED:
	case OUTCOME_PROHIBITED:
	case OUTCOME_NO_REPLY:
		/* What speaks another protocol is not the documented flow being blocked. */
		return flow->standing == STANDING_DOCUMENTED ? VERDICT_BLOCKED : VERDICT_REJECTED;
	case OUTCOME_UNKNOWN:
		/* That it opened is enough where nothing documents it, or its bytes contradict. */
		if (flow->opened && flow->standing != STANDING_DOCUMENTED)
			break;
		return VERDICT_INCONCLUSIVE;
	case OUTCOME_ONE_SIDED:
	case OUTCOME_COUNT:
		return VERDICT_INCONCLUSIVE;
	}
	switch ((enum standing)flow->standing) {
	case STANDING_DOCUMENTED:
		return flow->either_way ? VERDICT_INCONCLUSIVE : VERDICT_EXPECTED;
	case STANDING_CONTRADICTED:
		return VERDICT_MISMATCH;
	case STANDING_UNPROVEN:
		return VERDICT_INCONCLUSIVE;
	case STANDING_UNDOCUMENTED:
		break;
	}
	return VERDICT_UNEXPECTED;
}

static void settle_nearest(struct ledger *l, struct judged *flow)
{
	struct nearest nearest;
	struct tuple tuple;

	if (flow->nearest >= 0)
		return;
	if (flow->row_count != 0 && flow->verdict == VERDICT_REJECTED) {
		flow->nearest = (int32_t)l->rows[flow->rows];
		flow->nearest_differs = KEY_PROTO;
		flow->row_count = flow->best_rows = 0;
		return;
	}
	if (flow->row_count != 0)
		return;
	ledger_tuple(flow, &tuple);
	policy_memo_nearest(l->memo, &tuple, &nearest);
	judged_set_nearest(flow, &nearest);
}

static void settle_flow(struct settling *s, struct judged *flow)
{
	struct ledger *l = s->ledger;
	enum verdict provisional;

	provisional = verdict_of(flow);
	if ((provisional == VERDICT_BLOCKED || flow->outcome == OUTCOME_NO_REPLY) &&
	    flow->control_kind == CONTROL_NONE)
		flow->control_kind = (uint8_t)controls_find(s->controls, flow, &flow->control);
	if (flow->outcome == OUTCOME_NO_REPLY)
		settle_silence(s, flow);
	settle_reset(s, flow);
	if (flow->outcome == OUTCOME_ABORTED && flow->cause == CAUSE_UNKNOWN)
		settle_hole(s, flow);
	flow->verdict = (uint8_t)verdict_of(flow);
	gate_apply(s, flow);
	settle_nearest(l, flow);
	if (flow->verdict != VERDICT_BLOCKED) {
		flow->cause = CAUSE_NONE;
		flow->grade = GRADE_NONE;
		flow->control_kind = CONTROL_NONE;
		flow->control = LEDGER_NONE;
	}
	l->verdicts[flow->verdict]++;
}

static int make_groups(struct settling *s)
{
	struct ledger *l = s->ledger;

	s->groups = memory_array(l->capture_count, sizeof(*s->groups));
	if (s->groups == NULL)
		return FA_ENOMEM;
	for (size_t i = 0; i < l->capture_count; i++) {
		struct settle_group *g = &s->groups[l->captures[i].group];

		if (g->first == NULL) {
			g->first = &l->captures[i];
			for (unsigned b = 0; b < BASIS_COUNT; b++)
				g->lacks[b] = FITNESS_CODE_COUNT;
		}
		if (g->first != &l->captures[i]) {
			g->first->evicted_unlisted += l->captures[i].evicted_unlisted;
			l->captures[i].evicted_unlisted = 0;
		}
		if (g->first_ns == 0 ||
		    (l->captures[i].first_ns != 0 && l->captures[i].first_ns < g->first_ns))
			g->first_ns = l->captures[i].first_ns;
		g->last_ns = MAX(g->last_ns, l->captures[i].last_ns);
	}
	return 0;
}

static int settle_parts(struct settling *s)
{
	if (settle_twins(s) != 0 || translations_find(s) != 0)
		return FA_ENOMEM;
	gate_assess(s);
	if (settle_elsewhere(s) != 0 || settle_sessions(s) != 0 || mapped_settle(s) != 0 ||
	    resumed_settle(s) != 0)
		return FA_ENOMEM;
	for (size_t i = 0; i < s->ledger->flow_count; i++)
		settle_flow(s, &s->ledger->flows[i]);
	coverage_count(s->ledger);
	return 0;
}

int ledger_settle(struct ledger *ledger, const struct judge_options *options)
{
	struct settling s = { .ledger = ledger, .options = options };
	int status = FA_ENOMEM;

	if (ledger_order(ledger) != 0)
		return FA_ENOMEM;
	s.controls = controls_new(ledger);
	if (s.controls != NULL && make_groups(&s) == 0)
		status = settle_parts(&s);
	controls_free(s.controls);
	free(s.translated);
	free(s.groups);
	return status;
}
