/*
 * One hash map from (capture group, address, address or none, service or any) to
 * what is known of that host or pair.
 *
 * Most flows of a capture are established and ask no questions.  So the hosts
 * that the others will ask for are entered first, and all flows are read for
 * those only; a clean capture of millions of flows costs one pass.  A pair is
 * entered where both ends are known for something: of a flood none is.  Flows
 * are read in ledger order, so "first" never depends on the flow table.
 */
#include "judge/control.h"

#include <netinet/in.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/settle.h"

#define HOST_TTLS   6
#define SLOTS_LEAST 64

/* Entry kinds share the map: the second address and the service tell them apart. */
struct host_key {
	struct address a, b; /* b: all zero for a single host */
	uint32_t group;
	uint32_t service; /* of a pair: transport and port of b; 0: any */
};
static_assert(sizeof(struct host_key) == 40, "hashed as five words");

struct host {
	alignas(64) struct host_key key;
	uint32_t as_client, as_server; /* first established flow + 1; 0: none */
	uint8_t ttl[HOST_TTLS];
	bool used, sent, received;
	bool unheard; /* it answered somebody, and the capture does not hold that */
};
static_assert(sizeof(struct host) == 64, "a cache line");

/* Flows whose entries are asked for ahead of the one that is looked at. */
#define AHEAD 8u
/* As many slots are near anyway. */
#define SLOTS_NEAR 4096u
/* Keys that are entered of a flow at a time: its ends, or the pair and the service. */
#define FLOW_KEYS 2u

struct controls {
	const struct ledger *ledger;
	struct hash_fold fold;
	struct host *hosts;
	size_t host_slots, host_count;
};

FA_INLINE size_t home(const struct controls *c, const struct host_key *key)
{
	uint64_t words[5];

	memcpy(words, key, sizeof(words));
	return (size_t)hash_fold5(&c->fold, words) & (c->host_slots - 1);
}

FA_INLINE bool same_key(const struct host_key *a, const struct host_key *b)
{
	uint64_t x[5], y[5];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0;
}

/* The entry of a key: the one that is there, or the free slot where it belongs. */
static struct host *probe(const struct controls *c, const struct host_key *key)
{
	for (size_t at = home(c, key);; at = (at + 1) & (c->host_slots - 1)) {
		struct host *h = &c->hosts[at];

		if (!h->used || same_key(&h->key, key))
			return h;
	}
}

static struct host_key host_key(const struct controls *c, const struct judged *flow,
				const struct address *a, const struct address *b)
{
	struct host_key key = { .a = *a, .group = ledger_group(c->ledger, flow) };

	if (b != NULL)
		key.b = *b;
	return key;
}

static struct host_key service_key(const struct controls *c, const struct judged *flow)
{
	unsigned from = flow->initiator, to = from ^ 1u;
	struct host_key key = host_key(c, flow, &flow->key.addr[from], &flow->key.addr[to]);

	key.service = (uint32_t)flow->key.l4 << 16 | flow->key.port[to];
	return key;
}

static void host_keys(const struct controls *c, const struct judged *flow,
		      struct host_key keys[static FLOW_KEYS])
{
	for (unsigned e = 0; e < 2; e++)
		keys[e] = host_key(c, flow, &flow->key.addr[flow->initiator ^ e], NULL);
}

static void pair_keys(const struct controls *c, const struct judged *flow,
		      struct host_key keys[static FLOW_KEYS])
{
	unsigned from = flow->initiator, to = from ^ 1u;

	keys[0] = host_key(c, flow, &flow->key.addr[from], &flow->key.addr[to]);
	keys[1] = service_key(c, flow);
}

FA_INLINE void prefetch(const struct controls *c, const struct judged *flow)
{
	struct host_key keys[FLOW_KEYS];

	host_keys(c, flow, keys);
	for (unsigned i = 0; i < FLOW_KEYS; i++)
		__builtin_prefetch(&c->hosts[home(c, &keys[i])], 1);
}

/* Keep at least half of the slots free when @more entries have come. */
static int make_room(struct controls *c, size_t more)
{
	struct controls bigger = *c;

	if (c->host_slots != 0 && (c->host_count + more) * 2 < c->host_slots)
		return 0;
	bigger.host_slots = MAX(c->host_slots * 4, SLOTS_LEAST);
	bigger.hosts = memory_region(bigger.host_slots * sizeof(*bigger.hosts));
	if (bigger.hosts == NULL)
		return FA_ENOMEM;
	for (size_t i = 0; i < c->host_slots; i++)
		if (c->hosts[i].used)
			*probe(&bigger, &c->hosts[i].key) = c->hosts[i];
	memory_region_free(c->hosts, c->host_slots * sizeof(*c->hosts));
	*c = bigger;
	return 0;
}

/* Enter keys that a flow will ask for. */
static int ask(struct controls *c, const struct host_key keys[static FLOW_KEYS])
{
	if (make_room(c, FLOW_KEYS) != 0)
		return FA_ENOMEM;
	for (unsigned i = 0; i < FLOW_KEYS; i++) {
		struct host *h = probe(c, &keys[i]);

		if (h->used)
			continue;
		h->used = true;
		h->key = keys[i];
		c->host_count++;
	}
	return 0;
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

/*
 * Its SYN was captured, and that it went on: so the SYN-ACK passed while the capture ran.
 * Later packets alone could follow what came before it.
 */
static bool shows_unheard(const struct controls *c, const struct judged *flow)
{
	return flow->key.l4 == IPPROTO_TCP && flow->outcome == OUTCOME_ONE_SIDED &&
	       flow->packets[flow->initiator ^ 1u] == 0 &&
	       settle_find(c->ledger, flow, EVIDENCE_ANSWER_NOT_CAPTURED) != NULL;
}

static void learn_pair(struct controls *c, const struct judged *flow, uint32_t index)
{
	struct host_key keys[FLOW_KEYS];

	pair_keys(c, flow, keys);
	for (unsigned i = 0; i < FLOW_KEYS; i++) {
		struct host *h = probe(c, &keys[i]);

		if (h->used && h->as_client == 0)
			h->as_client = index + 1;
	}
}

static void learn(struct controls *c, const struct judged *flow, uint32_t index)
{
	bool established = flow->outcome == OUTCOME_ESTABLISHED;
	bool unheard = shows_unheard(c, flow);
	unsigned from = flow->initiator, to = from ^ 1u;
	struct host_key key;
	struct host *h;

	for (unsigned e = 0; e < 2; e++) {
		key = host_key(c, flow, &flow->key.addr[e], NULL);
		h = probe(c, &key);
		if (!h->used)
			continue;
		h->sent |= flow->packets[e] != 0;
		h->received |= flow->packets[e ^ 1u] != 0;
		h->unheard |= e == to && unheard;
		learn_ttl(h, flow->ttl[e]);
		if (established && e == from && h->as_client == 0)
			h->as_client = index + 1;
		if (established && e == to && h->as_server == 0)
			h->as_server = index + 1;
	}
}

/* Only refusals and silence are held against the rest; later parts make no more of them. */
static bool asks(const struct judged *flow)
{
	return flow->outcome == OUTCOME_REFUSED || flow->outcome == OUTCOME_ABORTED ||
	       flow->outcome == OUTCOME_PROHIBITED || flow->outcome == OUTCOME_NO_REPLY;
}

static int read_hosts(struct controls *c)
{
	const struct judged *flows = c->ledger->flows;
	size_t n = c->ledger->flow_count;
	struct host_key keys[FLOW_KEYS];

	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n && asks(&flows[i + AHEAD]))
			prefetch(c, &flows[i + AHEAD]);
		if (!asks(&flows[i]))
			continue;
		host_keys(c, &flows[i], keys);
		if (ask(c, keys) != 0)
			return FA_ENOMEM;
	}
	for (size_t i = 0; i < n && c->host_count != 0; i++) {
		if (i + AHEAD < n && c->host_slots > SLOTS_NEAR)
			prefetch(c, &flows[i + AHEAD]);
		learn(c, &flows[i], (uint32_t)i);
	}
	return 0;
}

/* Could an established flow have these ends? */
static bool may_have_pair(const struct controls *c, const struct judged *flow)
{
	struct host_key keys[FLOW_KEYS];

	host_keys(c, flow, keys);
	return probe(c, &keys[0])->as_client != 0 && probe(c, &keys[1])->as_server != 0;
}

static int read_pairs(struct controls *c)
{
	const struct judged *flows = c->ledger->flows;
	size_t n = c->ledger->flow_count, hosts = c->host_count;
	struct host_key keys[FLOW_KEYS];

	for (size_t i = 0; i < n && hosts != 0; i++) {
		if (i + AHEAD < n && asks(&flows[i + AHEAD]))
			prefetch(c, &flows[i + AHEAD]);
		if (!asks(&flows[i]) || !may_have_pair(c, &flows[i]))
			continue;
		pair_keys(c, &flows[i], keys);
		if (ask(c, keys) != 0)
			return FA_ENOMEM;
	}
	for (size_t i = 0; i < n && c->host_count != hosts; i++)
		if (flows[i].outcome == OUTCOME_ESTABLISHED)
			learn_pair(c, &flows[i], (uint32_t)i);
	return 0;
}

struct controls *controls_new(const struct ledger *ledger)
{
	struct controls *c = memory_array(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->ledger = ledger;
	hash_fold_init(&c->fold, 0);
	if (make_room(c, 0) != 0 || read_hosts(c) != 0 || read_pairs(c) != 0) {
		controls_free(c);
		return NULL;
	}
	return c;
}

void controls_free(struct controls *controls)
{
	if (controls == NULL)
		return;
	memory_region_free(controls->hosts, controls->host_slots * sizeof(*controls->hosts));
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
	struct host_key key = host_key(controls, flow, &flow->key.addr[flow->initiator ^ 1u], NULL);
	const struct host *h = probe(controls, &key);

	if (h->used && (h->sent || h->unheard))
		return h->sent;
	key = host_key(controls, flow, &flow->key.addr[flow->initiator], NULL);
	h = probe(controls, &key);
	return h->used && h->received;
}

bool controls_same_service(const struct controls *controls, const struct judged *flow)
{
	struct host_key key = service_key(controls, flow);
	const struct host *h = probe(controls, &key);

	return h->used && h->as_client != 0;
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
