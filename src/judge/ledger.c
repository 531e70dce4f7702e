/* The store of conclusions: growing arrays, and the few questions reports ask of them. */
#include "judge/ledger.h"

#include <stdlib.h>

#include "base/memory.h"

int ledger_init(struct ledger *ledger, const struct policy *policy, struct fa_error *err)
{
	*ledger = (struct ledger){ .policy = policy, .evicted_room = UINT64_MAX };
	ledger->coverage = memory_array(policy_row_count(policy), sizeof(*ledger->coverage));
	ledger->memo = policy_memo_new(policy);
	if (ledger->coverage == NULL || ledger->memo == NULL ||
	    memory_grow(&ledger->text, &ledger->text_cap, 4096, sizeof(char)) != 0) {
		ledger_free(ledger);
		return error_set(err, FA_ENOMEM, "no memory for the conclusions of %u rows",
				 policy_row_count(policy));
	}
	ledger->text[0] = '\0';
	ledger->text_len = 1;
	return 0;
}

void ledger_free(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->capture_count; i++)
		free(ledger->captures[i].name);
	free(ledger->captures);
	memory_region_free(ledger->flows, ledger->flow_cap * sizeof(*ledger->flows));
	memory_region_free(ledger->evidence, ledger->evidence_cap * sizeof(*ledger->evidence));
	memory_region_free(ledger->clues, ledger->clue_cap * sizeof(*ledger->clues));
	memory_region_free(ledger->rows, ledger->rows_cap * sizeof(*ledger->rows));
	free(ledger->text);
	free(ledger->coverage);
	policy_memo_free(ledger->memo);
	*ledger = (struct ledger){ 0 };
}

const struct row *ledger_best_row(const struct ledger *ledger, const struct judged *flow)
{
	return flow->row_count == 0 ? NULL : policy_row(ledger->policy, ledger->rows[flow->rows]);
}

const struct row *ledger_nearest_row(const struct ledger *ledger, const struct judged *flow)
{
	return flow->nearest < 0 ? NULL : policy_row(ledger->policy, (unsigned)flow->nearest);
}

bool ledger_site_is_absent(const struct ledger *ledger)
{
	bool absent = false;

	for (size_t i = 0; i < ledger->capture_count; i++) {
		/* Counted at the first input of a group. */
		if (ledger->captures[i].site_bound != 0)
			return false;
		absent |= ledger->captures[i].site_flows != 0;
	}
	return absent;
}

void ledger_tuple(const struct judged *flow, struct tuple *tuple)
{
	unsigned from = flow->initiator, to = from ^ 1u;

	*tuple = (struct tuple){
		.addr = { flow->key.addr[from], flow->key.addr[to] },
		.port = { flow->key.port[from], flow->key.port[to] },
		.l4 = flow->key.l4,
		.initiator_known = flow->initiator_by != INITIATOR_UNKNOWN,
		.ts_ns = flow->first_ns,
	};
}
