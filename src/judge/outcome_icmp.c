/* What ICMP errors about a flow make of it. */
#include <string.h>

#include "judge/outcome.h"

/*
 * What an error says, as the flow room ranks it.  A code that no RFC assigns
 * says nothing that a verdict could rest on.
 */
static enum flow_quote_strength icmp_strength(const struct flow_icmp *icmp)
{
	unsigned last = icmp->version == 4 ? 15 : 7; /* RFC 1812 5.2.7.1, RFC 4443 3.1 */

	return icmp->code > last ? FLOW_QUOTE_OTHER
				 : flow_quote_strength(icmp->version, icmp->type, icmp->code);
}

/* Put the error into evidence. */
static void icmp_evidence(struct opinion *o, enum flow_quote_strength strength)
{
	static const enum evidence_code codes[] = {
		[FLOW_QUOTE_DELIVERABLE] = EVIDENCE_ICMP_OTHER,
		[FLOW_QUOTE_OTHER] = EVIDENCE_ICMP_OTHER,
		[FLOW_QUOTE_UNREACHABLE] = EVIDENCE_ICMP_UNREACHABLE,
		[FLOW_QUOTE_PORT] = EVIDENCE_ICMP_PORT_UNREACHABLE,
		[FLOW_QUOTE_PROHIBITED] = EVIDENCE_ICMP_ADMIN_PROHIBITED,
	};
	const struct flow_icmp *icmp = &o->notes->icmp;
	struct evidence *e = opinion_add(o, codes[strength], 0);

	memcpy(e->frames, icmp->frames, sizeof(e->frames));
	e->count = icmp->count;
	e->from = icmp->from;
	e->value = (uint32_t)icmp->type << 8 | icmp->code;
	e->value2 = icmp->version;
}

enum flow_quote_strength outcome_icmp_says(struct opinion *o)
{
	const struct flow_icmp *icmp;
	enum flow_quote_strength strength;

	if (o->notes == NULL || o->notes->icmp.count == 0)
		return FLOW_QUOTE_DELIVERABLE;
	icmp = &o->notes->icmp;
	strength = icmp_strength(icmp);
	icmp_evidence(o, strength);
	if (icmp->victim != o->judged.initiator ||
	    (o->notes->synack_frame != 0 && icmp->first_ns < o->notes->synack_ns))
		return FLOW_QUOTE_DELIVERABLE;
	return strength;
}

bool outcome_icmp_prohibits(struct opinion *o, enum flow_quote_strength said)
{
	const struct flow_icmp *icmp = o->notes == NULL ? NULL : &o->notes->icmp;
	enum cause cause = CAUSE_NETWORK;

	if (said != FLOW_QUOTE_PROHIBITED &&
	    (said != FLOW_QUOTE_PORT || (icmp != NULL && icmp->from_peer)))
		return false;
	/* A host's own filter speaks with its address; so does all that a translator hides. */
	if (icmp != NULL && icmp->from_peer)
		cause = icmp->translated ? CAUSE_UNKNOWN : CAUSE_HOST;
	outcome_conclude(o, OUTCOME_PROHIBITED, cause, GRADE_PROVEN);
	return true;
}

bool outcome_answers_prohibited(struct opinion *o, uint64_t answers)
{
	const struct flow_icmp *icmp = o->notes == NULL ? NULL : &o->notes->icmp;
	enum flow_quote_strength said;

	if (icmp == NULL || icmp->count == 0 || icmp->count < answers ||
	    icmp->victim == o->judged.initiator)
		return false;
	said = icmp_strength(icmp);
	if (!outcome_icmp_prohibits(o, said))
		return false;
	icmp_evidence(o, said);
	return true;
}

bool outcome_icmp_decides(struct opinion *o, enum flow_quote_strength said)
{
	switch (said) {
	case FLOW_QUOTE_PROHIBITED:
		return outcome_icmp_prohibits(o, said);
	case FLOW_QUOTE_PORT:
		if (!outcome_icmp_prohibits(o, said))
			outcome_conclude(o, OUTCOME_REFUSED, CAUSE_HOST, GRADE_PROVEN);
		return true;
	case FLOW_QUOTE_UNREACHABLE: /* routing, or a firewall choosing it */
		outcome_conclude(o, OUTCOME_NO_REPLY, CAUSE_UNKNOWN, GRADE_LIKELY);
		return true;
	case FLOW_QUOTE_OTHER:
	case FLOW_QUOTE_DELIVERABLE:
		break;
	}
	return false;
}
