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
	j->end = (uint8_t)(f->end & 3u);
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
	struct clue clues[CLUES_MAX];

	if (j->end == FLOW_END_EVICTED) {
		if (ledger->evicted_room == 0) {
			count_only(ledger, o);
			return 1;
		}
		ledger->evicted_room--;
	}
	if (o->ident != NULL &&
	    (ledger_keep_text(ledger, ident_tls(o->ident)->sni, &j->sni) != 0 ||
	     ledger_keep_text(ledger, ident_tls(o->ident)->alpn, &j->alpn) != 0))
		return FA_ENOMEM;
	if (o->ident != NULL)
		j->clue_count = (uint8_t)collect_clues(o->ident, clues);
	return ledger_enter(ledger, j, o->evidence, clues, o->rows);
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
	return ledger_keep_text(ledger, name, &ledger->flows[ledger->flow_count - 1].name);
}
