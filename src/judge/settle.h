/*
 * What the parts of settlement share.  Private to this room.
 *
 * ledger_settle() sorts the flows, then lets each part look at all of them, in
 * the order of settle.c; the verdict of every flow comes last.  A part may add
 * evidence and change outcome, cause and grade; it never sets a verdict.
 */
#ifndef FA_JUDGE_SETTLE_H
#define FA_JUDGE_SETTLE_H

#include "judge/control.h"
#include "judge/judge.h"

/**
 * struct settle_group - Inputs that are one capture
 * @first:	Its first input: what its flows say of fitness is noted there
 * @first_ns, @last_ns: Times of its first and last packet
 * @disabled:	By verdict: the deficiency that takes silence away from it, or
 *		FITNESS_CODE_COUNT
 */
struct settle_group {
	struct capture_facts *first;
	int64_t first_ns, last_ns;
	enum fitness_code disabled[VERDICT_COUNT];
};

struct settling {
	struct ledger *ledger;
	const struct judge_options *options;
	struct controls *controls;
	struct settle_group *groups; /* [groups of the captures] */
};

struct settle_group *settle_group_of(const struct settling *s, const struct judged *flow);

/**
 * settle_add() - Add an item to a flow that is already in the ledger: its list moves to the end
 *
 * Return: the item; NULL without memory, or when the flow has 255 already
 */
struct evidence *settle_add(struct ledger *l, struct judged *flow, enum evidence_code code,
			    uint64_t frame);
/* The flow's item of this code, or NULL. */
const struct evidence *settle_find(const struct ledger *l, const struct judged *flow,
				   enum evidence_code code);
/* Another outcome, which says nothing of cause and grade. */
void settle_downgrade(struct judged *flow, enum outcome outcome);
/* The flow's first clue of this kind, or NULL. */
const struct clue *settle_clue(const struct ledger *l, const struct judged *flow,
			       enum clue_kind kind);

#endif
