/*
 * What the parts of settlement share (settle_record.c).  Private to this room.
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
 * @lacks:	By basis of a verdict: the first deficiency that takes it away, or
 *		FITNESS_CODE_COUNT
 */
struct settle_group {
	struct capture_facts *first;
	int64_t first_ns, last_ns;
	enum fitness_code lacks[BASIS_COUNT];
};

struct settling {
	struct ledger *ledger;
	const struct judge_options *options;
	struct controls *controls;
	struct settle_group *groups; /* [groups of the captures] */
	uint32_t *translated;        /* see translations_find() */
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

/* Unanswered tries that the flow's evidence counts. */
uint32_t settle_tries(const struct ledger *l, const struct judged *flow);

/* gate.c: judge_count_flow() of all, then assess every capture. */
void gate_assess(struct settling *s);
/* What the flow's verdict rests on is lacking: it becomes inconclusive, and says why. */
void gate_apply(struct settling *s, struct judged *flow);

/**
 * translations_find() - Connections that are in a capture before and after address translation
 *
 * Fills @s->translated: for each flow 1 + the place of the flow that is the
 * same connection under other addresses, or 0.
 * Counted in capture_facts.translated.  Only exact pairs count: more flows with
 * one initial sequence number are a scanner's.
 *
 * Return: 0 or FA_ENOMEM
 */
int translations_find(struct settling *s);

#endif
