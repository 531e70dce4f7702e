/* Joins flows to the endpoint mapper's answers that their ports came from. */
#include "judge/mapped.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/memory.h"
#include "judge/documented.h"

/* A port that @server gave to @client, sorted by ends, port and time. */
struct mapping {
	struct address client, server;
	int64_t first_ns;
	uint64_t frame; /* of the answer */
	uint32_t group;
	uint32_t mapper; /* index in ledger->flows */
	uint16_t port;
};

static int ends_order(const struct mapping *a, const struct mapping *b)
{
	int order = address_compare(&a->server, &b->server);

	if (order == 0)
		order = address_compare(&a->client, &b->client);
	if (order == 0 && a->group != b->group)
		order = a->group < b->group ? -1 : 1;
	return order != 0 ? order : (int)a->port - (int)b->port;
}

static int mapping_order(const void *pa, const void *pb)
{
	const struct mapping *a = pa, *b = pb;
	int order = ends_order(a, b);

	if (order != 0)
		return order;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return a->mapper < b->mapper ? -1 : a->mapper > b->mapper;
}

static bool row_is_rpc(const struct row *row)
{
	for (unsigned i = 0; i < row->protocol_count; i++)
		if (row->protocols[i].app == APPLICATION_DCOM_RPC)
			return true;
	return false;
}

/* Rows at the head of a flow's list that are of DCE/RPC. */
static unsigned rpc_rows(const struct ledger *l, const struct judged *flow)
{
	unsigned n = 0;

	while (n < flow->row_count && row_is_rpc(policy_row(l->policy, l->rows[flow->rows + n])))
		n++;
	return n;
}

static struct mapping mapping_of(const struct settling *s, const struct judged *flow, unsigned port)
{
	return (struct mapping){
		.client = flow->key.addr[flow->initiator],
		.server = flow->key.addr[flow->initiator ^ 1u],
		.first_ns = flow->first_ns,
		.group = ledger_group(s->ledger, flow),
		.port = (uint16_t)port,
	};
}

static size_t collect(const struct settling *s, struct mapping *mappings)
{
	const struct ledger *l = s->ledger;
	size_t n = 0;

	for (size_t i = 0; i < l->flow_count; i++) {
		const struct judged *flow = &l->flows[i];

		if (flow->app != APP_DCERPC || rpc_rows(l, flow) == 0)
			continue;
		for (unsigned k = 0; k < flow->clue_count; k++) {
			const struct clue *clue = &l->clues[flow->clues + k];

			if (clue->kind != CLUE_RPC_PORT)
				continue;
			if (mappings != NULL) {
				mappings[n] = mapping_of(s, flow, (unsigned)clue->value);
				mappings[n].frame = clue->frame;
				mappings[n].mapper = (uint32_t)i;
			}
			n++;
		}
	}
	return n;
}

/* The mapper answered before this flow began. */
static bool came_before(const struct ledger *l, const struct mapping *m, const struct judged *flow)
{
	return l->flows[m->mapper].input != flow->input || m->frame < flow->first_frame;
}

/* Mappers' flows that were open at once when a port was asked for: clients keep one or two. */
#define FIND_TRIES 16

/* The last answer that gave this flow's port to its initiator, or NULL. */
static const struct mapping *find(const struct settling *s, const struct mapping *mappings,
				  size_t n, const struct judged *flow)
{
	struct mapping asked = mapping_of(s, flow, flow->key.port[flow->initiator ^ 1u]);
	size_t low = 0, high = n;

	asked.mapper = UINT32_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mapping_order(&mappings[middle], &asked) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (unsigned i = 0; i < FIND_TRIES && low > 0; i++, low--) {
		if (ends_order(&mappings[low - 1], &asked) != 0)
			break;
		if (came_before(s->ledger, &mappings[low - 1], flow))
			return &mappings[low - 1];
	}
	return NULL;
}

/* What was seen of it is DCE/RPC, or does not rule it out. */
static bool may_be_rpc(const struct judged *flow)
{
	return (flow->possible & APP_BIT(APP_DCERPC)) != 0 &&
	       (flow->app == APP_DCERPC || flow->confidence != CONFIDENCE_STRONG);
}

/* What was said of the flow as one of other rows no longer holds. */
static void forget(struct ledger *l, struct judged *flow)
{
	struct evidence *items = flow->evidence_count == 0 ? NULL : &l->evidence[flow->evidence];
	unsigned kept = 0;

	for (unsigned i = 0; i < flow->evidence_count; i++) {
		if (items[i].code == EVIDENCE_PROTOCOL_CONTRADICTED ||
		    items[i].code == EVIDENCE_ANSWER_FOREIGN ||
		    items[i].code == EVIDENCE_PROTOCOL_UNVERIFIED ||
		    items[i].code == EVIDENCE_PROTOCOL_WEAK ||
		    items[i].code == EVIDENCE_PEER_UNVERIFIED ||
		    items[i].code == EVIDENCE_INITIATOR_UNKNOWN)
			continue;
		items[kept++] = items[i];
	}
	flow->evidence_count = (uint8_t)kept;
	flow->either_way = false;
	flow->nearest = -1;
	flow->nearest_differs = flow->nearest_reversed = 0;
}

static void adopt(struct settling *s, struct judged *flow, const struct mapping *m)
{
	struct ledger *l = s->ledger;
	const struct judged *mapper = &l->flows[m->mapper];
	const struct evidence *peer = settle_find(l, mapper, EVIDENCE_PEER_UNVERIFIED);
	struct evidence *e;

	forget(l, flow);
	flow->rows = mapper->rows;
	flow->row_count = (uint16_t)rpc_rows(l, mapper);
	flow->best_rows = MIN(mapper->best_rows, flow->row_count);
	flow->standing = STANDING_DOCUMENTED;
	flow->fit = flow->app != APP_DCERPC                 ? FIT_NONE
		    : flow->confidence == CONFIDENCE_STRONG ? FIT_STRONG
							    : FIT_WEAK;
	flow->control = m->mapper;
	flow->control_kind = CONTROL_SAME_PAIR;
	e = settle_add(l, flow, EVIDENCE_RPC_MAPPED, m->frame);
	if (e != NULL) {
		e->from = m->server;
		e->value = m->port;
		e->elsewhere = mapper->input == flow->input ? 0 : (uint16_t)(mapper->input + 1u);
	}
	if (peer != NULL)
		settle_add(l, flow, EVIDENCE_PEER_UNVERIFIED, 0);
	if (flow->fit == FIT_NONE)
		settle_add(l, flow, EVIDENCE_PROTOCOL_UNVERIFIED, 0);
}

/* The DCE/RPC row that would document the flow on the port of that row. */
static void name_rpc_row(const struct ledger *l, struct judged *flow)
{
	const struct match *matches;
	struct tuple tuple;
	size_t n;

	ledger_tuple(flow, &tuple);
	for (unsigned r = 0; r < policy_row_count(l->policy); r++) {
		const struct row *row = policy_row(l->policy, r);

		if (!row_is_rpc(row) || row->dport.count == 0)
			continue;
		tuple.port[1] = row->dport.ranges[0].lo;
		n = policy_memo_match(l->memo, &tuple, &matches);
		for (size_t i = 0; i < n; i++) {
			if (matches[i].row != r)
				continue;
			flow->nearest = (int32_t)r;
			flow->nearest_differs = KEY_DPORT;
			flow->nearest_reversed = matches[i].reversed;
			return;
		}
	}
}

int mapped_settle(struct settling *s)
{
	struct ledger *l = s->ledger;
	struct mapping *mappings = NULL;
	size_t n;

	if ((l->apps & APP_BIT(APP_DCERPC)) == 0)
		return 0;
	n = collect(s, NULL);
	if (n != 0) {
		mappings = memory_array(n, sizeof(*mappings));
		if (mappings == NULL)
			return FA_ENOMEM;
		collect(s, mappings);
		qsort(mappings, n, sizeof(*mappings), mapping_order);
	}
	for (size_t i = 0; i < l->flow_count; i++) {
		struct judged *flow = &l->flows[i];
		const struct mapping *m;

		if (flow->key.l4 != IPPROTO_TCP || rpc_rows(l, flow) != 0)
			continue;
		m = n != 0 && may_be_rpc(flow) ? find(s, mappings, n, flow) : NULL;
		if (m != NULL)
			adopt(s, flow, m);
		else if (flow->standing == STANDING_UNDOCUMENTED && flow->app == APP_DCERPC &&
			 flow->confidence == CONFIDENCE_STRONG)
			name_rpc_row(l, flow);
	}
	free(mappings);
	return 0;
}
