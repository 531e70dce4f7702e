/*
 * Halves of a dialogue on two flows.
 *
 * First by transaction: what a silent flow asked, and what an answer answers, are
 * looked up in one sorted list.  Only answers that nobody asked for on their own
 * flow are in it; a capture without them costs one pass.
 *
 * Then, as a flow keeps only its first request, by the client: a silent request to
 * a relay is answered too when an answer that no request of the capture explains
 * came to the same client port, from the same server port, or from the relay that
 * named this one as its alternate.
 */
#include "judge/elsewhere.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define RELAY_APPS (APP_BIT(APP_STUN) | APP_BIT(APP_TURN) | APP_BIT(APP_MSTURN))

/* Of one client port, as many answers that nobody asked for are looked at. */
#define SPARE_LOOKS 16

struct dialogue {
	uint64_t id;
	uint32_t group;
	uint32_t request, answer; /* first flow of each kind + 1; 0: none */
};

/* An answer that no request of the capture explains. */
struct spare {
	struct address client;
	uint32_t group;
	uint32_t flow;
	uint16_t port;
	uint8_t l4;
};

struct lists {
	struct settling *s;
	struct dialogue *dialogues;
	size_t dialogue_count, dialogue_cap;
	struct spare *spares;
	size_t spare_count, spare_cap;
};

static bool is_open_question(const struct judged *flow)
{
	return flow->outcome == OUTCOME_NO_REPLY || flow->outcome == OUTCOME_ONE_SIDED ||
	       flow->outcome == OUTCOME_UNKNOWN;
}

/* ---- by transaction ------------------------------------------------------------------------ */

/* 0: it has none. */
static uint64_t transaction_of(const struct lists *x, const struct judged *flow)
{
	const struct clue *clue = settle_clue(x->s->ledger, flow, CLUE_TRANSACTION);

	return clue == NULL ? 0 : clue->value;
}

static uint64_t stray_of(const struct lists *x, const struct judged *flow)
{
	const struct clue *clue = settle_clue(x->s->ledger, flow, CLUE_STRAY);

	return clue == NULL ? 0 : clue->value;
}

static int dialogue_order(const void *pa, const void *pb)
{
	const struct dialogue *a = pa, *b = pb;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->group < b->group ? -1 : a->group > b->group;
}

static int add_dialogue(struct lists *x, const struct judged *flow, uint64_t id)
{
	if (id == 0)
		return 0;
	if (memory_grow(&x->dialogues, &x->dialogue_cap, x->dialogue_count + 1,
			sizeof(*x->dialogues)) != 0)
		return FA_ENOMEM;
	x->dialogues[x->dialogue_count++] =
		(struct dialogue){ .id = id, .group = ledger_group(x->s->ledger, flow) };
	return 0;
}

static struct dialogue *find_dialogue(const struct lists *x, const struct judged *flow, uint64_t id)
{
	struct dialogue key = { .id = id, .group = ledger_group(x->s->ledger, flow) };

	if (id == 0 || x->dialogue_count == 0)
		return NULL;
	return bsearch(&key, x->dialogues, x->dialogue_count, sizeof(key), dialogue_order);
}

static void sort_dialogues(struct lists *x)
{
	size_t n = 0;

	qsort(x->dialogues, x->dialogue_count, sizeof(*x->dialogues), dialogue_order);
	for (size_t i = 0; i < x->dialogue_count; i++)
		if (n == 0 || dialogue_order(&x->dialogues[n - 1], &x->dialogues[i]) != 0)
			x->dialogues[n++] = x->dialogues[i];
	x->dialogue_count = n;
}

static int list_dialogues(struct lists *x)
{
	const struct ledger *l = x->s->ledger;

	for (size_t i = 0; i < l->flow_count; i++) {
		const struct judged *f = &l->flows[i];

		if ((f->answers && is_open_question(f) &&
		     add_dialogue(x, f, transaction_of(x, f)) != 0) ||
		    add_dialogue(x, f, stray_of(x, f)) != 0)
			return FA_ENOMEM;
	}
	if (x->dialogue_count == 0)
		return 0;
	sort_dialogues(x);
	for (size_t i = 0; i < l->flow_count; i++) {
		const struct judged *f = &l->flows[i];
		struct dialogue *d = find_dialogue(x, f, f->answers ? 0 : transaction_of(x, f));

		if (d != NULL && d->request == 0)
			d->request = (uint32_t)i + 1;
		d = find_dialogue(x, f, stray_of(x, f));
		if (d != NULL && d->answer == 0)
			d->answer = (uint32_t)i + 1;
	}
	return 0;
}

/* ---- by the client's port ------------------------------------------------------------------ */

static int spare_order(const void *pa, const void *pb)
{
	const struct spare *a = pa, *b = pb;
	int order = address_compare(&a->client, &b->client);

	if (order != 0)
		return order;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->l4 != b->l4)
		return a->l4 < b->l4 ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->flow < b->flow ? -1 : a->flow > b->flow;
}

static struct spare spare_key(const struct lists *x, const struct judged *flow, uint32_t index)
{
	return (struct spare){
		.client = flow->key.addr[flow->initiator],
		.port = flow->key.port[flow->initiator],
		.l4 = flow->key.l4,
		.group = ledger_group(x->s->ledger, flow),
		.flow = index,
	};
}

static bool speaks_to_relay(const struct judged *flow)
{
	return (APP_BIT(flow->app) & RELAY_APPS) != 0;
}

static int list_spares(struct lists *x)
{
	const struct ledger *l = x->s->ledger;

	for (size_t i = 0; i < l->flow_count; i++) {
		const struct judged *f = &l->flows[i];
		const struct dialogue *d = find_dialogue(x, f, stray_of(x, f));

		if (d == NULL || d->request != 0 || !speaks_to_relay(f))
			continue;
		if (memory_grow(&x->spares, &x->spare_cap, x->spare_count + 1,
				sizeof(*x->spares)) != 0)
			return FA_ENOMEM;
		x->spares[x->spare_count++] = spare_key(x, f, (uint32_t)i);
	}
	if (x->spare_count != 0)
		qsort(x->spares, x->spare_count, sizeof(*x->spares), spare_order);
	return 0;
}

/* The relay at the other end of @answer listens on the same port, or named the one of @flow. */
static bool same_relay(const struct lists *x, const struct judged *flow,
		       const struct judged *answer)
{
	unsigned to = flow->initiator ^ 1u;
	const struct clue *alternate = settle_clue(x->s->ledger, answer, CLUE_ALTERNATE);

	if (answer->last_ns < flow->first_ns)
		return false;
	if (answer->key.port[answer->initiator ^ 1u] == flow->key.port[to])
		return true;
	return alternate != NULL && alternate->value == flow->key.port[to] &&
	       address_compare(&alternate->addr, &flow->key.addr[to]) == 0;
}

static struct judged *find_spare(const struct lists *x, const struct judged *flow)
{
	struct ledger *l = x->s->ledger;
	struct spare key = spare_key(x, flow, 0);
	size_t low = 0, high = x->spare_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spare_order(&x->spares[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < MIN(x->spare_count, low + SPARE_LOOKS); i++) {
		struct judged *answer = &l->flows[x->spares[i].flow];

		key.flow = x->spares[i].flow;
		if (spare_order(&x->spares[i], &key) != 0)
			break;
		if (same_relay(x, flow, answer))
			return answer;
	}
	return NULL;
}

/* ---- both halves --------------------------------------------------------------------------- */

/* Who was asked: where one end only sends, requests go from it and answers come from it. */
static const struct address *server_of(const struct judged *flow)
{
	unsigned end = flow->initiator ^ 1u;

	if (flow->packets[0] == 0 || flow->packets[1] == 0)
		end = (flow->packets[0] != 0) == flow->answers ? 0 : 1;
	return &flow->key.addr[end];
}

static void join(struct settling *s, struct judged *flow, const struct judged *other,
		 bool is_answer)
{
	struct evidence *e = settle_add(s->ledger, flow, EVIDENCE_ANSWERED_ELSEWHERE, 0);
	const struct clue *stray = settle_clue(s->ledger, other, CLUE_STRAY);

	if (e != NULL) {
		e->from = *server_of(other);
		e->value = is_answer;
		e->frames[0] = is_answer ? other->first_frame : stray->frame;
		e->elsewhere = (uint16_t)(1 + other->input);
	}
	settle_downgrade(flow, OUTCOME_ESTABLISHED);
}

static bool join_by_transaction(struct lists *x, struct judged *flow)
{
	const struct dialogue *d = find_dialogue(x, flow, transaction_of(x, flow));
	uint32_t at = d == NULL ? 0 : flow->answers ? d->request : d->answer;
	const struct judged *other = at == 0 ? NULL : &x->s->ledger->flows[at - 1];

	if (other == NULL || other == flow || other->key.l4 != flow->key.l4)
		return false;
	join(x->s, flow, other, flow->answers);
	return true;
}

static void join_by_client(struct lists *x, struct judged *flow)
{
	struct judged *answer;

	if (flow->answers || flow->outcome != OUTCOME_NO_REPLY || !speaks_to_relay(flow))
		return;
	answer = find_spare(x, flow);
	if (answer == NULL)
		return;
	join(x->s, flow, answer, false);
	if (answer->answers && is_open_question(answer))
		join(x->s, answer, flow, true);
}

static void settle_halves(struct lists *x)
{
	struct ledger *l = x->s->ledger;

	for (size_t i = 0; i < l->flow_count; i++)
		if (is_open_question(&l->flows[i]) && !join_by_transaction(x, &l->flows[i]))
			join_by_client(x, &l->flows[i]);
}

int settle_elsewhere(struct settling *s)
{
	struct lists x = { .s = s };
	int status;

	if ((s->ledger->clue_kinds & (CLUE_BIT(CLUE_TRANSACTION) | CLUE_BIT(CLUE_STRAY))) == 0)
		return 0;
	status = list_dialogues(&x);
	if (status == 0 && x.dialogue_count != 0)
		status = list_spares(&x);
	if (status == 0 && x.dialogue_count != 0)
		settle_halves(&x);
	free(x.dialogues);
	free(x.spares);
	return status;
}
