/* A flow counts for its best row and for every row of equal rank. */
#include "judge/coverage.h"

static enum row_state state_of(const struct ledger *l, const struct row *row,
			       const struct row_coverage *c, int64_t end_ns)
{
	if (c->flows[VERDICT_EXPECTED] != 0)
		return ROW_SEEN;
	if (c->flows[VERDICT_BLOCKED] != 0)
		return ROW_BLOCKED;
	if (c->flows[VERDICT_MISMATCH] != 0)
		return ROW_MISMATCH;
	if (c->flows[VERDICT_INCONCLUSIVE] != 0)
		return ROW_INCONCLUSIVE;
	return policy_row_is_expired(l->policy, row, end_ns) ? ROW_EXPIRED : ROW_NOT_SEEN;
}

void coverage_count(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->flow_count; i++) {
		const struct judged *f = &ledger->flows[i];

		for (unsigned r = 0; r < f->best_rows; r++)
			ledger->coverage[ledger->rows[f->rows + r]].flows[f->verdict]++;
	}
	coverage_states(ledger);
}

void coverage_states(struct ledger *ledger)
{
	bool absent = ledger_site_is_absent(ledger);
	int64_t end_ns = 0;

	for (size_t i = 0; i < ledger->capture_count; i++)
		end_ns = MAX(end_ns, ledger->captures[i].last_ns);
	for (unsigned r = 0; r < policy_row_count(ledger->policy); r++) {
		const struct row *row = policy_row(ledger->policy, r);
		struct row_coverage *c = &ledger->coverage[r];

		c->state = (uint8_t)state_of(ledger, row, c, end_ns);
		c->required = c->state == ROW_NOT_SEEN && !absent &&
			      policy_row_is_required(ledger->policy, row);
	}
}
