/*
 * Flows that are one finding: the same verdict for the same reason at the
 * same place.  Only text folds; records have one line a flow.
 */
#ifndef FA_REPORT_FOLD_H
#define FA_REPORT_FOLD_H

#include "base/hash.h"
#include "judge/ledger.h"

/**
 * struct fold - One finding
 * @first:	Its flows are folds->members[@first .. @first + @count - 1]
 * @row:	Best row, else the nearest; -1: neither, or not part of the key
 * @verdict:	enum verdict, of all of them
 * @reason:	enum evidence_code that all of them lead with; EVIDENCE_COUNT: none
 * @one_port:	The responder's port is part of the key, so that all share it
 * @one_responder: Likewise its address
 */
struct fold {
	uint32_t first, count;
	int32_t row;
	uint8_t verdict;
	uint8_t reason;
	bool one_port, one_responder;
};

/**
 * struct folds - All findings, in the order of their printing
 * @items:	By severity (blocked, mismatch, unexpected, inconclusive, rejected,
 *		expected), then most flows, then first flow
 * @members:	Indices into ledger->flows; inside a fold in report order
 * @hash:	Of this report, for what else it has to look up
 */
struct folds {
	struct fold *items;
	size_t count;
	uint32_t *members;
	struct hash_fold hash;
};

/**
 * fold_flows() - Fold the flows of some verdicts
 * @verdicts:	Set of VERDICT_BIT(); the other flows are left out
 *
 * What is equal inside a fold:
 * - rejected: the initiator's address, nothing else;
 * - inconclusive: reason, row, transport, and the responder's port where the row
 *   documents few of them;
 * - all others: reason, row (best, or nearest and what differs), the
 *   responder's address and port (as above), transport, outcome, cause,
 *   protocol.
 *
 * Return: 0; FA_ENOMEM with nothing to free
 */
int fold_flows(struct folds *folds, const struct ledger *ledger, uint32_t verdicts);
void fold_free(struct folds *folds);

/* Flows with the same one are one finding, whatever ledgers of the policy they are in. */
uint64_t fold_digest(const struct hash_fold *hash, const struct ledger *ledger,
		     const struct judged *flow);

static inline const struct judged *fold_flow(const struct folds *folds, const struct ledger *ledger,
					     const struct fold *fold, uint32_t i)
{
	return &ledger->flows[folds->members[fold->first + i]];
}

#endif
