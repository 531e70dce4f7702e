/* A judgement in the making: the record and its evidence before they enter the ledger. */
#ifndef FA_JUDGE_OPINION_H
#define FA_JUDGE_OPINION_H

#include "judge/ledger.h"

#define OPINION_EVIDENCE 16
/*
 * Rows looked at for one flow.  The shipped packs give at most 25 (tcp/443
 * without a site); beyond this the widest rows are left out.
 */
#define DOCUMENTED_MAX MEMO_ROWS

/**
 * struct opinion - One flow being judged
 * @flow, @notes, @ident: What it is judged on; @notes and @ident may be NULL
 * @judged:	The record so far
 * @evidence:	@judged.evidence_count items
 */
struct opinion {
	const struct flow *flow;
	const struct flow_notes *notes;
	const struct ident *ident;
	struct judged judged;
	struct evidence evidence[OPINION_EVIDENCE + 1]; /* the last one takes what is too much */
	uint32_t rows[DOCUMENTED_MAX];
};

/* Add an item with up to one frame; the 17th is left out.  Returns it, never NULL. */
struct evidence *opinion_add(struct opinion *o, enum evidence_code code, uint64_t frame);

/* Keep @nearest as the row closest to the flow. */
static inline void judged_set_nearest(struct judged *flow, const struct nearest *nearest)
{
	flow->nearest = nearest->row;
	flow->nearest_differs = (uint8_t)nearest->differs;
	flow->nearest_reversed = nearest->reversed;
}

/**
 * opinion_outcome() - What the network did with the flow, as far as the flow alone tells
 *
 * Needs @judged.initiator.  OUTCOME_NO_REPLY is provisional: ledger_settle()
 * holds it against the rest of the capture.
 */
void opinion_outcome(struct opinion *o);

/**
 * opinion_initiator() - Who opened it, by SYN, then protocol, then documented port
 *
 * On a SIP stream, where both ends ask, the port goes before the protocol.
 * A multicast or broadcast address never initiates.
 */
void opinion_initiator(struct opinion *o, struct policy_memo *memo);

#endif
