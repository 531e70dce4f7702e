/* What the parts of settlement do with a record that is in the ledger. */
#include <string.h>

#include "base/memory.h"
#include "judge/settle.h"

struct settle_group *settle_group_of(const struct settling *s, const struct judged *flow)
{
	return &s->groups[ledger_group(s->ledger, flow)];
}

struct evidence *settle_add(struct ledger *l, struct judged *flow, enum evidence_code code,
			    uint64_t frame)
{
	size_t n = flow->evidence_count;
	struct evidence *e;

	if (n == UINT8_MAX ||
	    memory_region_grow(&l->evidence, &l->evidence_cap, l->evidence_count + n + 1,
			       sizeof(*l->evidence)) != 0)
		return NULL;
	if (flow->evidence + n != l->evidence_count) {
		memcpy(l->evidence + l->evidence_count, l->evidence + flow->evidence,
		       n * sizeof(*l->evidence));
		flow->evidence = (uint32_t)l->evidence_count;
		l->evidence_count += n;
	}
	e = &l->evidence[l->evidence_count++];
	*e = (struct evidence){ .code = (uint8_t)code, .frames = { frame }, .count = 1 };
	flow->evidence_count++;
	return e;
}

const struct evidence *settle_find(const struct ledger *l, const struct judged *flow,
				   enum evidence_code code)
{
	for (unsigned i = 0; i < flow->evidence_count; i++)
		if (l->evidence[flow->evidence + i].code == code)
			return &l->evidence[flow->evidence + i];
	return NULL;
}

uint32_t settle_tries(const struct ledger *l, const struct judged *flow)
{
	static const enum evidence_code codes[] = { EVIDENCE_SYN_UNANSWERED,
						    EVIDENCE_UDP_UNANSWERED,
						    EVIDENCE_STUN_UNANSWERED };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		const struct evidence *e = settle_find(l, flow, codes[i]);

		if (e != NULL)
			return e->count;
	}
	return 0;
}

void settle_downgrade(struct judged *flow, enum outcome outcome)
{
	flow->outcome = (uint8_t)outcome;
	flow->cause = CAUSE_NONE;
	flow->grade = GRADE_NONE;
}

const struct clue *settle_clue(const struct ledger *l, const struct judged *flow,
			       enum clue_kind kind)
{
	for (unsigned i = 0; i < flow->clue_count; i++)
		if (l->clues[flow->clues + i].kind == kind)
			return &l->clues[flow->clues + i];
	return NULL;
}
