/* The store of conclusions: growing arrays, and the few questions reports ask of them. */
#include "judge/ledger.h"

#include <stdlib.h>
#include <string.h>

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

int ledger_add_capture(struct ledger *l, const char *name)
{
	char *copy = strdup(name);

	if (copy == NULL || l->capture_count >= UINT16_MAX ||
	    memory_grow(&l->captures, &l->capture_cap, l->capture_count + 1,
			sizeof(*l->captures)) != 0) {
		free(copy);
		return FA_ENOMEM;
	}
	l->captures[l->capture_count++] = (struct capture_facts){ .name = copy };
	return 0;
}

void ledger_move_captures(struct ledger *to, struct ledger *from)
{
	to->captures = from->captures;
	to->capture_count = from->capture_count;
	to->capture_cap = from->capture_cap;
	from->captures = NULL;
	from->capture_count = from->capture_cap = 0;
}

void ledger_clear(struct ledger *ledger)
{
	ledger->flow_count = ledger->evidence_count = ledger->clue_count = ledger->rows_count = 0;
	ledger->text_len = 1;
	memset(ledger->coverage, 0, policy_row_count(ledger->policy) * sizeof(*ledger->coverage));
	memset(ledger->verdicts, 0, sizeof(ledger->verdicts));
	ledger->unlisted = 0;
	ledger->apps = ledger->clue_kinds = 0;
}

int ledger_keep_text(struct ledger *ledger, const char *text, uint32_t *offset)
{
	size_t len = strlen(text) + 1;

	*offset = 0;
	if (len == 1 || ledger->text_len > UINT32_MAX - len)
		return 0;
	if (memory_grow(&ledger->text, &ledger->text_cap, ledger->text_len + len, 1) != 0)
		return FA_ENOMEM;
	memcpy(ledger->text + ledger->text_len, text, len);
	*offset = (uint32_t)ledger->text_len;
	ledger->text_len += len;
	return 0;
}

/* Append to a growing array; nothing to append leaves even an array that is not there alone. */
static int append(void *array, size_t *count, size_t *cap, const void *items, size_t n, size_t size)
{
	char *base;

	if (n == 0)
		return 0;
	if (memory_region_grow(array, cap, *count + n, size) != 0)
		return FA_ENOMEM;
	memcpy(&base, array, sizeof(base));
	memcpy(base + *count * size, items, n * size);
	*count += n;
	return 0;
}

int ledger_enter(struct ledger *l, struct judged *flow, const struct evidence *evidence,
		 const struct clue *clues, const uint32_t *rows)
{
	flow->evidence = (uint32_t)l->evidence_count;
	flow->clues = (uint32_t)l->clue_count;
	flow->rows = (uint32_t)l->rows_count;
	l->apps |= APP_BIT(flow->app);
	for (unsigned i = 0; i < flow->clue_count; i++)
		l->clue_kinds |= CLUE_BIT(clues[i].kind);
	if (append(&l->evidence, &l->evidence_count, &l->evidence_cap, evidence,
		   flow->evidence_count, sizeof(*evidence)) != 0 ||
	    append(&l->clues, &l->clue_count, &l->clue_cap, clues, flow->clue_count,
		   sizeof(*clues)) != 0 ||
	    append(&l->rows, &l->rows_count, &l->rows_cap, rows, flow->row_count, sizeof(*rows)) !=
		    0)
		return FA_ENOMEM;
	return append(&l->flows, &l->flow_count, &l->flow_cap, flow, 1, sizeof(*flow));
}

int ledger_copy_flow(struct ledger *to, const struct ledger *from, const struct judged *flow)
{
	struct judged copy = *flow;

	if (ledger_keep_text(to, from->text + flow->sni, &copy.sni) != 0 ||
	    ledger_keep_text(to, from->text + flow->alpn, &copy.alpn) != 0 ||
	    ledger_keep_text(to, from->text + flow->name, &copy.name) != 0)
		return FA_ENOMEM;
	return ledger_enter(to, &copy, from->evidence + flow->evidence, from->clues + flow->clues,
			    from->rows + flow->rows);
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
