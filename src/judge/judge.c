/* One flow into the ledger: initiator, outcome, documented set.  The verdict waits for settle. */
#include "judge/judge.h"

#include <netinet/in.h>
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
	if (o->notes != NULL && o->notes->syn.count != 0)
		j->isn = o->notes->syn.isn;
	j->possible = APP_ANY;
	if (o->ident == NULL)
		return;
	j->possible = o->ident->possible;
	memcpy(j->ident_frame, o->ident->frame, sizeof(j->ident_frame));
	j->answers = o->ident->answers;
	j->checked = o->ident->stun.checked;
	j->app = o->ident->app;
	j->confidence = o->ident->confidence;
	j->client_auth = ident_tls(o->ident)->client_auth;
	j->tls_version = ident_tls(o->ident)->version;
	j->examined = o->ident->examined[0] != 0 || o->ident->examined[1] != 0;
}

/* The first packet with which the responder answered. */
static uint64_t answer_frame(const struct opinion *o)
{
	if (o->notes == NULL)
		return 0;
	return o->flow->key.l4 == IPPROTO_TCP ? o->notes->synack_frame
					      : o->notes->data.frame[o->judged.initiator ^ 1u];
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

/* The most that collect_clues() can find. */
#define CLUES_MAX (CLUE_COUNT + RPC_PORTS + 1)

static void add_clue(struct clue *clues, unsigned *n, enum clue_kind kind, uint64_t value,
		     uint64_t frame)
{
	FA_ASSERT(*n < CLUES_MAX);
	if (value != 0)
		clues[(*n)++] =
			(struct clue){ .kind = (uint8_t)kind, .value = value, .frame = frame };
}

/* What the payload told that other flows may be held against, or that a report may add. */
static unsigned stream_clues(const struct ident *id, struct clue clues[static CLUES_MAX],
			     unsigned n, uint64_t frame)
{
	add_clue(clues, &n, CLUE_TLS_GIVEN, id->tls.given, frame);
	add_clue(clues, &n, CLUE_TLS_USED, id->tls.used, frame);
	for (unsigned i = 0; i < RPC_PORTS && id->rpc.port[i] != 0; i++)
		add_clue(clues, &n, CLUE_RPC_PORT, id->rpc.port[i], id->rpc.ports_frame);
	add_clue(clues, &n, CLUE_RPC_INTERFACE, id->rpc.interface, frame);
	add_clue(clues, &n, CLUE_SMB_DIALECT, id->smb_dialect, frame);
	return n;
}

static unsigned collect_clues(const struct ident *id, struct clue clues[static CLUES_MAX])
{
	uint64_t frame = id->frame[0] != 0 ? id->frame[0] : id->frame[1];
	unsigned n = 0;

	add_clue(clues, &n, CLUE_ICE_SESSION, id->stun.session, frame);
	add_clue(clues, &n, CLUE_TRANSACTION, id->transaction, frame);
	add_clue(clues, &n, CLUE_STRAY, id->stray, id->stray_frame);
	if (id->stun.alternate_frame != 0) {
		add_clue(clues, &n, CLUE_ALTERNATE, id->stun.alternate_port,
			 id->stun.alternate_frame);
		if (n != 0 && clues[n - 1].kind == CLUE_ALTERNATE)
			clues[n - 1].addr = id->stun.alternate;
	}
	if (id->stream)
		n = stream_clues(id, clues, n, frame);
	add_clue(clues, &n, CLUE_MS_VERSION, id->stun.ms_version, frame);
	add_clue(clues, &n, CLUE_ICE_VERSION, id->stun.ice_version, frame);
	add_clue(clues, &n, CLUE_STREAM_TYPE, id->stun.stream_type, frame);
	for (unsigned e = 0; e < 2; e++)
		add_clue(clues, &n, CLUE_PAYLOAD_TYPE, id->payload_type[e], id->frame[e]);
	return n;
}

static int keep_clues(struct ledger *ledger, struct judged *j, const struct ident *id)
{
	struct clue clues[CLUES_MAX];

	j->clues = (uint32_t)ledger->clue_count;
	if (id == NULL)
		return 0;
	ledger->apps |= APP_BIT(j->app);
	j->clue_count = (uint8_t)collect_clues(id, clues);
	for (unsigned i = 0; i < j->clue_count; i++)
		ledger->clue_kinds |= CLUE_BIT(clues[i].kind);
	return append(&ledger->clues, &ledger->clue_count, &ledger->clue_cap, clues, j->clue_count,
		      sizeof(*clues));
}

/*
 * What is known of it would be one record among any number: nobody reads them, and a
 * flood must not decide how much memory a run takes.  Its rows are not silent for that.
 */
static void count_only(struct ledger *ledger, const struct opinion *o)
{
	const struct judged *j = &o->judged;

	ledger->captures[j->input].evicted_unlisted++;
	ledger->unlisted++;
	ledger->verdicts[VERDICT_INCONCLUSIVE]++;
	for (unsigned r = 0; r < j->best_rows; r++)
		ledger->coverage[o->rows[r]].flows[VERDICT_INCONCLUSIVE]++;
}

int judge_keep(struct ledger *ledger, struct opinion *o)
{
	struct judged *j = &o->judged;

	if (j->end == FLOW_END_EVICTED) {
		if (ledger->evicted_room == 0) {
			count_only(ledger, o);
			return 1;
		}
		ledger->evicted_room--;
	}
	j->evidence = (uint32_t)ledger->evidence_count;
	j->rows = (uint32_t)ledger->rows_count;
	if (o->ident != NULL && (keep_text(ledger, ident_tls(o->ident)->sni, &j->sni) != 0 ||
				 keep_text(ledger, ident_tls(o->ident)->alpn, &j->alpn) != 0))
		return FA_ENOMEM;
	if (keep_clues(ledger, j, o->ident) != 0)
		return FA_ENOMEM;
	if (append(&ledger->evidence, &ledger->evidence_count, &ledger->evidence_cap, o->evidence,
		   j->evidence_count, sizeof(*o->evidence)) != 0 ||
	    append(&ledger->rows, &ledger->rows_count, &ledger->rows_cap, o->rows, j->row_count,
		   sizeof(*o->rows)) != 0)
		return FA_ENOMEM;
	return append(&ledger->flows, &ledger->flow_count, &ledger->flow_cap, j, 1, sizeof(*j));
}

void judge_form(struct opinion *o, struct policy_memo *memo, const struct flow *flow,
		const struct flow_notes *notes, const struct ident *ident)
{
	o->flow = flow;
	o->notes = notes;
	o->ident = ident;
	o->judged = (struct judged){ 0 };
	describe(o);
	opinion_initiator(o, memo);
	o->judged.answer_frame = answer_frame(o);
	opinion_outcome(o);
	opinion_documented(o, memo, o->rows);
}

int judge_name(struct ledger *ledger, const char *name)
{
	return keep_text(ledger, name, &ledger->flows[ledger->flow_count - 1].name);
}
