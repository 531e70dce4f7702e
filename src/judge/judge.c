/* One flow into the ledger: initiator, outcome, documented set.  The verdict waits for settle. */
#include "judge/judge.h"

#include <string.h>

#include "base/memory.h"
#include "judge/documented.h"

static void describe(struct opinion *o)
{
	const struct flow *f = o->flow;
	struct judged *j = &o->judged;

	j->key = f->key;
	j->first_ns = f->first_ns;
	j->last_ns = f->last_ns;
	j->first_frame = f->first_frame;
	memcpy(j->bytes, f->bytes, sizeof(j->bytes));
	memcpy(j->packets, f->packets, sizeof(j->packets));
	memcpy(j->ttl, f->ttl, sizeof(j->ttl));
	j->input = f->input;
	j->vlan = f->vlan;
	j->state = f->state;
	j->end = f->end;
	j->nearest = -1;
	j->control = LEDGER_NONE;
	if (o->ident == NULL)
		return;
	memcpy(j->ident_frame, o->ident->frame, sizeof(j->ident_frame));
	j->transaction = o->ident->transaction;
	j->answers = o->ident->answers;
	j->app = o->ident->app;
	j->confidence = o->ident->confidence;
	j->client_auth = o->ident->tls.client_auth;
	j->tls_version = o->ident->tls.version;
	j->examined = o->ident->examined[0] != 0 || o->ident->examined[1] != 0;
}

/* Keep a name that came from the capture. */
static int keep_text(struct ledger *ledger, const char *text, uint32_t *offset)
{
	size_t len = strlen(text) + 1;

	if (len == 1 || ledger->text_len > UINT32_MAX - len)
		return 0;
	if (memory_grow(&ledger->text, &ledger->text_cap, ledger->text_len + len, 1) != 0)
		return FA_ENOMEM;
	memcpy(ledger->text + ledger->text_len, text, len);
	*offset = (uint32_t)ledger->text_len;
	ledger->text_len += len;
	return 0;
}

static int keep(struct ledger *ledger, struct opinion *o, const uint32_t *rows)
{
	struct judged *j = &o->judged;

	if (memory_grow(&ledger->flows, &ledger->flow_cap, ledger->flow_count + 1,
			sizeof(*ledger->flows)) != 0 ||
	    memory_grow(&ledger->evidence, &ledger->evidence_cap,
			ledger->evidence_count + j->evidence_count, sizeof(*ledger->evidence)) != 0 ||
	    memory_grow(&ledger->rows, &ledger->rows_cap, ledger->rows_count + j->row_count,
			sizeof(*ledger->rows)) != 0)
		return FA_ENOMEM;
	if (o->ident != NULL && keep_text(ledger, o->ident->tls.sni, &j->sni) != 0)
		return FA_ENOMEM;
	j->evidence = (uint32_t)ledger->evidence_count;
	memcpy(ledger->evidence + ledger->evidence_count, o->evidence,
	       j->evidence_count * sizeof(*o->evidence));
	ledger->evidence_count += j->evidence_count;
	j->rows = (uint32_t)ledger->rows_count;
	memcpy(ledger->rows + ledger->rows_count, rows, j->row_count * sizeof(*rows));
	ledger->rows_count += j->row_count;
	ledger->flows[ledger->flow_count++] = *j;
	return 0;
}

int judge_flow(struct ledger *ledger, const struct flow *flow,
	       const struct flow_notes *notes, const struct ident *ident)
{
	struct opinion o = { .flow = flow, .notes = notes, .ident = ident };
	uint32_t rows[DOCUMENTED_MAX];

	describe(&o);
	opinion_initiator(&o, ledger->policy);
	opinion_outcome(&o);
	opinion_documented(&o, ledger->policy, rows);
	return keep(ledger, &o, rows);
}
