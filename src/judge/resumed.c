/* Finds the full handshake that a resumed one came from. */
#include "judge/resumed.h"

#include <stdlib.h>

#include "base/memory.h"

/* A session that a full handshake began, or that a resumed one asks for. */
struct session {
	uint64_t digest;
	const struct judged *flow;
};

/* Same client, same server, same port of the server: 0. */
static int ends_order(const struct judged *a, const struct judged *b)
{
	unsigned from_a = a->initiator, from_b = b->initiator;
	int order = address_compare(&a->key.addr[from_a], &b->key.addr[from_b]);

	if (order == 0)
		order = address_compare(&a->key.addr[from_a ^ 1u], &b->key.addr[from_b ^ 1u]);
	if (order == 0)
		order = (int)a->key.port[from_a ^ 1u] - (int)b->key.port[from_b ^ 1u];
	return order;
}

static bool same_session(const struct session *a, const struct session *b)
{
	return a->digest == b->digest && ends_order(a->flow, b->flow) == 0;
}

static int session_order(const void *pa, const void *pb)
{
	const struct session *a = pa, *b = pb;
	int order;

	if (a->digest != b->digest)
		return a->digest < b->digest ? -1 : 1;
	order = ends_order(a->flow, b->flow);
	if (order != 0)
		return order;
	if (a->flow->first_ns != b->flow->first_ns)
		return a->flow->first_ns < b->flow->first_ns ? -1 : 1;
	return a->flow < b->flow ? -1 : a->flow > b->flow;
}

/* What a handshake showed of the client is enough to hold another to it. */
static bool shows_client(const struct judged *flow)
{
	switch ((enum client_auth)flow->client_auth) {
	case CLIENT_AUTH_NOT_REQUESTED:
	case CLIENT_AUTH_DECLINED:
	case CLIENT_AUTH_CLAIMED:
	case CLIENT_AUTH_PROVEN:
		return true;
	case CLIENT_AUTH_UNSEEN:
	case CLIENT_AUTH_REQUESTED:
	case CLIENT_AUTH_HIDDEN_TLS13:
	case CLIENT_AUTH_HIDDEN_RENEGOTIATED:
	case CLIENT_AUTH_HIDDEN_RESUMED:
		break;
	}
	return false;
}

static size_t collect(const struct ledger *l, struct session *sessions)
{
	size_t n = 0;

	for (size_t i = 0; i < l->flow_count; i++) {
		const struct judged *flow = &l->flows[i];
		const struct clue *given = settle_clue(l, flow, CLUE_TLS_GIVEN);

		if (given == NULL || !shows_client(flow))
			continue;
		if (sessions != NULL)
			sessions[n] = (struct session){ given->value, flow };
		n++;
	}
	return n;
}

/* The last full handshake before the one that asks, or NULL. */
static const struct judged *find(const struct session *sessions, size_t n,
				 const struct session *asked)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (session_order(&sessions[middle], asked) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && same_session(&sessions[low - 1], asked) ? sessions[low - 1].flow : NULL;
}

static bool needs_mutual(const struct row *row)
{
	bool mutual = false;

	for (unsigned i = 0; i < row->protocol_count; i++) {
		if (row->protocols[i].tls == TLS_MODE_TLS ||
		    row->protocols[i].tls == TLS_MODE_UNSPECIFIED)
			return false;
		mutual = mutual || row->protocols[i].tls == TLS_MODE_MTLS;
	}
	return mutual;
}

/* How many of the flow's rows need mutual TLS; with @drop they go. */
static unsigned mutual_rows(struct ledger *l, struct judged *flow, bool drop)
{
	uint32_t *rows = l->rows + flow->rows;
	unsigned count = 0, best = 0;

	for (unsigned i = 0; i < flow->row_count; i++) {
		if (needs_mutual(policy_row(l->policy, rows[i]))) {
			count++;
			best += i < flow->best_rows;
		} else if (drop) {
			rows[i - count] = rows[i];
		}
	}
	if (drop) {
		flow->row_count = (uint16_t)(flow->row_count - count);
		flow->best_rows = (uint16_t)MAX(flow->best_rows - best, 1u);
	}
	return count;
}

static void inherit(struct settling *s, struct judged *flow, const struct judged *full)
{
	struct ledger *l = s->ledger;
	unsigned mutual = mutual_rows(l, flow, false);
	struct evidence *e;

	if (mutual == 0 || flow->standing != STANDING_DOCUMENTED)
		return;
	e = settle_add(l, flow, EVIDENCE_MTLS_INHERITED,
		       settle_clue(l, full, CLUE_TLS_GIVEN)->frame);
	if (e != NULL) {
		e->value = full->client_auth;
		e->elsewhere = full->input == flow->input ? 0 : (uint16_t)(full->input + 1u);
	}
	if (full->client_auth == CLIENT_AUTH_CLAIMED || full->client_auth == CLIENT_AUTH_PROVEN)
		return;
	if (mutual < flow->row_count) {
		mutual_rows(l, flow, true);
	} else {
		flow->standing = STANDING_CONTRADICTED;
		flow->fit = FIT_CONTRADICTED;
	}
}

int resumed_settle(struct settling *s)
{
	struct ledger *l = s->ledger;
	struct session *sessions;
	size_t n;

	if ((l->clue_kinds & CLUE_BIT(CLUE_TLS_GIVEN)) == 0 ||
	    (l->clue_kinds & CLUE_BIT(CLUE_TLS_USED)) == 0)
		return 0;
	n = collect(l, NULL);
	sessions = memory_array(n, sizeof(*sessions));
	if (sessions == NULL)
		return FA_ENOMEM;
	collect(l, sessions);
	qsort(sessions, n, sizeof(*sessions), session_order);
	for (size_t i = 0; i < l->flow_count; i++) {
		struct judged *flow = &l->flows[i];
		const struct clue *used = settle_clue(l, flow, CLUE_TLS_USED);
		const struct judged *full;

		if (used == NULL || flow->client_auth != CLIENT_AUTH_HIDDEN_RESUMED)
			continue;
		full = find(sessions, n, &(struct session){ used->value, flow });
		if (full != NULL)
			inherit(s, flow, full);
	}
	free(sessions);
	return 0;
}
