/*
 * What the network did with one flow.
 *
 * Read from the strongest fact down: data both ways, then an answer that ends
 * the attempt (reset, ICMP, a refusal of the application), then signs that the
 * capture holds one direction only, and silence last.  Silence is provisional
 * here; only the whole capture tells whether an answer could have been seen.
 */
#include "judge/outcome.h"

#include <netinet/in.h>

struct evidence *opinion_add(struct opinion *o, enum evidence_code code, uint64_t frame)
{
	struct judged *j = &o->judged;
	struct evidence *e = &o->evidence[j->evidence_count];

	*e = (struct evidence){ .code = (uint8_t)code, .frames = { frame }, .count = 1 };
	if (j->evidence_count < OPINION_EVIDENCE)
		j->evidence_count++;
	return e;
}

void outcome_set(struct opinion *o, enum outcome outcome)
{
	o->judged.outcome = (uint8_t)outcome;
}

void outcome_conclude(struct opinion *o, enum outcome outcome, enum cause cause, enum grade grade)
{
	outcome_set(o, outcome);
	o->judged.cause = (uint8_t)cause;
	o->judged.grade = (uint8_t)grade;
}

void opinion_outcome(struct opinion *o)
{
	if (o->flow->key.l4 == IPPROTO_TCP)
		outcome_of_tcp(o);
	else if (o->flow->key.l4 != IPPROTO_SCTP || !outcome_of_abort(o))
		outcome_of_datagrams(o);
	if (o->flow->flags & FLOW_GAP)
		opinion_add(o, EVIDENCE_GAP, o->notes != NULL ? o->notes->gap_frame : 0);
	if (o->flow->flags & FLOW_CUT)
		opinion_add(o, EVIDENCE_SNAPLEN, 0);
	if (o->flow->end == FLOW_END_EVICTED)
		opinion_add(o, EVIDENCE_EVICTED, 0);
}
