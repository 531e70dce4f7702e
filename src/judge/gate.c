/*
 * Capture fitness as a gate: before verdicts, what the capture lacks; behind
 * each verdict, whether it rests on that.
 */
#include <netinet/in.h>

#include "judge/settle.h"

/* Whom of the site this flow shows. */
static void count_roles(const struct policy *policy, const struct judged *f,
			struct capture_facts *c)
{
	unsigned roles = 0;
	bool bound = false;

	for (unsigned e = 0; e < 2; e++) {
		struct role_set set;

		bound |= policy_roles_of(policy, &f->key.addr[e], &set);
		roles += (set.bits[0] | set.bits[1] | set.bits[2] | set.bits[3]) != 0;
	}
	c->site_flows++;
	c->site_one += roles == 1;
	c->site_both += roles == 2;
	c->site_bound += bound;
}

void judge_count_flow(const struct ledger *l, const struct judged *f, struct capture_facts *c)
{
	bool tcp = f->key.l4 == IPPROTO_TCP;

	c->tcp_flows += tcp;
	c->tcp_midstream += tcp && settle_find(l, f, EVIDENCE_MIDSTREAM) != NULL;
	c->tcp_gaps += tcp && settle_find(l, f, EVIDENCE_GAP) != NULL;
	c->evicted += f->end == FLOW_END_EVICTED;
	if (address_is_group(&f->key.addr[0]) || address_is_group(&f->key.addr[1]))
		return;
	if (f->packets[0] != 0 && f->packets[1] != 0)
		c->paired_flows++;
	else if (f->outcome == OUTCOME_ONE_SIDED)
		c->single_flows++;
	else if (f->outcome == OUTCOME_NO_REPLY)
		c->silent_flows++;
	if (c->site_listed != 0)
		count_roles(l->policy, f, c);
}

/* A deficiency of any input is one of its whole group. */
static void join(struct settle_group *g, const struct fitness *fitness)
{
	for (unsigned e = 0; e < fitness->count; e++)
		for (unsigned b = 0; b < BASIS_COUNT; b++)
			if ((fitness->entries[e].takes & BASIS_BIT(b)) != 0 &&
			    g->lacks[b] == FITNESS_CODE_COUNT)
				g->lacks[b] = fitness->entries[e].code;
}

void gate_assess(struct settling *s)
{
	struct ledger *l = s->ledger;

	for (size_t i = 0; i < l->capture_count; i++) {
		/* Listed ones are added below. */
		l->captures[i].evicted += l->captures[i].evicted_unlisted;
		l->captures[i].site_listed = policy_bound_count(l->policy);
		l->captures[i].continued = i + 1 < l->capture_count &&
					   l->captures[i + 1].group == l->captures[i].group;
	}
	for (size_t i = 0; i < l->flow_count; i++)
		judge_count_flow(l, &l->flows[i], settle_group_of(s, &l->flows[i])->first);
	for (size_t i = 0; i < l->capture_count; i++) {
		fitness_assess(&l->captures[i]);
		join(&s->groups[l->captures[i].group], &l->captures[i].fitness);
	}
}

/* The other name of an undocumented connection is documented. */
static const struct judged *documented_twin(const struct settling *s, const struct judged *flow)
{
	uint32_t twin = s->translated[flow - s->ledger->flows];
	const struct judged *other = twin == 0 ? NULL : &s->ledger->flows[twin - 1];

	return other == NULL || other->standing == STANDING_UNDOCUMENTED ? NULL : other;
}

/* What the verdict of this flow rests on, of that which a capture can lack. */
static uint32_t bases_of(const struct settling *s, const struct judged *flow)
{
	const struct ledger *l = s->ledger;
	uint32_t rests = 0;

	switch ((enum verdict)flow->verdict) {
	case VERDICT_UNEXPECTED:
	case VERDICT_REJECTED:
		rests |= BASIS_BIT(BASIS_NO_ROLE);
		if (documented_twin(s, flow) != NULL)
			rests |= BASIS_BIT(BASIS_ONE_NAME);
		break;
	case VERDICT_BLOCKED:
		break;
	case VERDICT_EXPECTED:
	case VERDICT_MISMATCH:
	case VERDICT_INCONCLUSIVE:
	case VERDICT_COUNT:
		return 0;
	}
	if (flow->outcome == OUTCOME_NO_REPLY &&
	    settle_find(l, flow, EVIDENCE_ICMP_UNREACHABLE) == NULL) {
		rests |= BASIS_BIT(BASIS_SILENCE);
		if (settle_tries(l, flow) < FITNESS_TRIES_ENOUGH)
			rests |= BASIS_BIT(BASIS_FEW_TRIES);
		if (flow->key.l4 != IPPROTO_TCP)
			rests |= BASIS_BIT(BASIS_DATAGRAMS);
	}
	if (flow->verdict != VERDICT_BLOCKED || flow->outcome != OUTCOME_ABORTED)
		return rests;
	if (settle_find(l, flow, EVIDENCE_DATA_UNACKNOWLEDGED) != NULL)
		rests |= BASIS_BIT(BASIS_SILENCE);
	if (flow->rst_ttl != 0)
		rests |= BASIS_BIT(BASIS_NO_DATA);
	return rests;
}

static void withdraw(struct settling *s, struct judged *flow, enum fitness_code code)
{
	struct evidence *e = settle_add(s->ledger, flow, EVIDENCE_FITNESS, 0);

	flow->verdict = VERDICT_INCONCLUSIVE;
	if (e == NULL)
		return;
	e->value = code;
	if (code == FITNESS_NAT_BOTH_SIDES) {
		const struct judged *twin = documented_twin(s, flow);

		e->frames[0] = twin->first_frame;
		e->elsewhere = twin->input == flow->input ? 0 : (uint16_t)(twin->input + 1);
	}
}

void gate_apply(struct settling *s, struct judged *flow)
{
	const struct settle_group *g = settle_group_of(s, flow);
	enum fitness_code code = FITNESS_CODE_COUNT;
	uint32_t rests = bases_of(s, flow);

	for (unsigned b = 0; b < BASIS_COUNT && code == FITNESS_CODE_COUNT; b++)
		if ((rests & BASIS_BIT(b)) != 0)
			code = g->lacks[b];
	if (code != FITNESS_CODE_COUNT) {
		withdraw(s, flow, code);
	} else if ((rests & BASIS_BIT(BASIS_SILENCE)) != 0 && flow->end == FLOW_END_EVICTED) {
		flow->verdict = VERDICT_INCONCLUSIVE;
	}
}
