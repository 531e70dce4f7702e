/*
 * One hash map from (capture group, address, address or none) to what is known
 * of that host or pair, and one from transactions to flows.  Filled in ledger
 * order, so "first" never depends on the flow table.
 */
#include "judge/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define HOST_TTLS 6

/* Entry kinds share the map: the second address tells them apart. */
struct host_key {
	struct address a, b; /* b: all zero for a single host */
	uint32_t group;
	uint32_t pad;
};
static_assert(sizeof(struct host_key) == 40, "hashed as five words");

struct host {
	struct host_key key;
	uint32_t as_client, as_server; /* first established flow + 1; 0: none */
	uint8_t ttl[HOST_TTLS];
	bool used, sent, received;
};

struct transaction {
	uint64_t id;
	uint32_t flow; /* + 1; 0: free */
};

struct controls {
	const struct ledger *ledger;
	struct hash_key hash;
	struct host *hosts;
	size_t mask;
	struct transaction *transactions;
	size_t transaction_mask;
};

static size_t power_above(size_t n)
{
	size_t size = 64;

	while (size < n)
		size *= 2;
	return size;
}

/* The entry of a key: the one that is there, or the free slot where it belongs. */
static struct host *probe(const struct controls *c, const struct host_key *key)
{
	uint64_t words[5];
	size_t at;

	memcpy(words, key, sizeof(words));
	for (at = (size_t)hash_words5(&c->hash, words) & c->mask;; at = (at + 1) & c->mask) {
		struct host *h = &c->hosts[at];

		if (!h->used || memcmp(&h->key, key, sizeof(*key)) == 0)
			return h;
	}
}

static struct host_key host_key(const struct controls *c, const struct judged *flow,
				const struct address *a, const struct address *b)
{
	struct host_key key = { .a = *a, .group = c->ledger->captures[flow->input].group };

	if (b != NULL)
		key.b = *b;
	return key;
}

static struct host *host_make(struct controls *c, const struct judged *flow,
			      const struct address *a, const struct address *b)
{
	struct host_key key = host_key(c, flow, a, b);
	struct host *h = probe(c, &key);

	if (!h->used) {
		h->used = true;
		h->key = key;
	}
	return h;
}

static void learn_ttl(struct host *h, uint8_t ttl)
{
	if (ttl == 0)
		return;
	for (unsigned i = 0; i < HOST_TTLS; i++) {
		if (h->ttl[i] == ttl)
			return;
		if (h->ttl[i] == 0) {
			h->ttl[i] = ttl;
			return;
		}
	}
}

static void learn_transaction(struct controls *c, const struct judged *flow, uint32_t index)
{
	size_t at;

	if (flow->transaction == 0)
		return;
	at = (size_t)hash_bytes(&c->hash, &flow->transaction, sizeof(flow->transaction));
	for (at &= c->transaction_mask; c->transactions[at].flow != 0;)
		at = (at + 1) & c->transaction_mask;
	c->transactions[at] = (struct transaction){ flow->transaction, index + 1 };
}

static void learn(struct controls *c, const struct judged *flow, uint32_t index)
{
	unsigned from = flow->initiator, to = from ^ 1u;

	for (unsigned e = 0; e < 2; e++) {
		struct host *h = host_make(c, flow, &flow->key.addr[e], NULL);

		h->sent |= flow->packets[e] != 0;
		h->received |= flow->packets[e ^ 1u] != 0;
		learn_ttl(h, flow->ttl[e]);
		if (flow->outcome != OUTCOME_ESTABLISHED)
			continue;
		if (e == from && h->as_client == 0)
			h->as_client = index + 1;
		if (e == to && h->as_server == 0)
			h->as_server = index + 1;
	}
	if (flow->outcome == OUTCOME_ESTABLISHED) {
		struct host *pair =
			host_make(c, flow, &flow->key.addr[from], &flow->key.addr[to]);

		if (pair->as_client == 0)
			pair->as_client = index + 1;
	}
	learn_transaction(c, flow, index);
}

struct controls *controls_new(const struct ledger *ledger)
{
	struct controls *c = memory_array(1, sizeof(*c));
	size_t size = power_above(ledger->flow_count * 4); /* 3 entries a flow at most */
	size_t transactions = power_above(ledger->flow_count * 2);

	if (c == NULL)
		return NULL;
	c->ledger = ledger;
	hash_key_init(&c->hash, 0);
	c->hosts = memory_array(size, sizeof(*c->hosts));
	c->mask = size - 1;
	c->transactions = memory_array(transactions, sizeof(*c->transactions));
	c->transaction_mask = transactions - 1;
	if (c->hosts == NULL || c->transactions == NULL) {
		controls_free(c);
		return NULL;
	}
	for (size_t i = 0; i < ledger->flow_count; i++)
		learn(c, &ledger->flows[i], (uint32_t)i);
	return c;
}

void controls_free(struct controls *controls)
{
	if (controls == NULL)
		return;
	free(controls->hosts);
	free(controls->transactions);
	free(controls);
}

enum control_kind controls_find(const struct controls *controls, const struct judged *flow,
				uint32_t *index)
{
	const struct address *client = &flow->key.addr[flow->initiator];
	const struct address *server = &flow->key.addr[flow->initiator ^ 1u];
	struct host_key key = host_key(controls, flow, client, server);
	const struct host *h = probe(controls, &key);

	if (h->used && h->as_client != 0) {
		*index = h->as_client - 1;
		return CONTROL_SAME_PAIR;
	}
	key = host_key(controls, flow, server, NULL);
	h = probe(controls, &key);
	if (h->used && h->as_server != 0) {
		*index = h->as_server - 1;
		return CONTROL_SAME_SERVER;
	}
	key = host_key(controls, flow, client, NULL);
	h = probe(controls, &key);
	if (h->used && h->as_client != 0) {
		*index = h->as_client - 1;
		return CONTROL_SAME_CLIENT;
	}
	*index = LEDGER_NONE;
	return CONTROL_NONE;
}

bool controls_could_see_answer(const struct controls *controls, const struct judged *flow)
{
	struct host_key key = host_key(controls, flow, &flow->key.addr[flow->initiator], NULL);
	const struct host *h = probe(controls, &key);

	if (h->used && h->received)
		return true;
	key = host_key(controls, flow, &flow->key.addr[flow->initiator ^ 1u], NULL);
	h = probe(controls, &key);
	return h->used && h->sent;
}

int controls_own_ttl(const struct controls *controls, const struct judged *flow, unsigned endpoint,
		     uint8_t ttl, uint8_t *usual)
{
	struct host_key key = host_key(controls, flow, &flow->key.addr[endpoint], NULL);
	const struct host *h = probe(controls, &key);

	if (!h->used || h->ttl[0] == 0)
		return -1;
	*usual = h->ttl[0];
	for (unsigned i = 0; i < HOST_TTLS; i++)
		if (h->ttl[i] == ttl)
			return 1;
	return h->ttl[HOST_TTLS - 1] == 0 ? 0 : -1; /* too many paths to call one foreign */
}

uint32_t controls_answer_elsewhere(const struct controls *controls, const struct judged *flow)
{
	size_t at;

	if (flow->transaction == 0)
		return LEDGER_NONE;
	at = (size_t)hash_bytes(&controls->hash, &flow->transaction, sizeof(flow->transaction));
	for (at &= controls->transaction_mask; controls->transactions[at].flow != 0;
	     at = (at + 1) & controls->transaction_mask) {
		uint32_t index = controls->transactions[at].flow - 1;
		const struct judged *other = &controls->ledger->flows[index];

		if (other != flow && controls->transactions[at].id == flow->transaction &&
		    controls->ledger->captures[other->input].group ==
			    controls->ledger->captures[flow->input].group &&
		    other->key.l4 == flow->key.l4 && other->answers != flow->answers)
			return index;
	}
	return LEDGER_NONE;
}
