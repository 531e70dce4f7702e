/*
 * How flows leave the table: by idling, at the end, or to make room; and the
 * queue in which they wait for the caller.
 *
 * Making room approximates the least recently used: attempts without an answer
 * go first, oldest first, so that a flood of them never costs an open flow.  A
 * flow in the wheel's oldest slot may have had packets since it was armed; then
 * it is armed where it belongs and the next one is looked at, a few times.
 */
#include "flow/table_priv.h"

/* Flows looked at by one flow_table_advance(): many times what a batch can open. */
#define ADVANCE_LOOKS 1024u
/* Flows looked at to find one to evict. */
#define EVICT_LOOKS 16u

static uint32_t node_of(uint32_t id)
{
	return FLOW_LINK_HEADS + id;
}

static uint32_t id_of(uint32_t node)
{
	return node - FLOW_LINK_HEADS;
}

static enum flow_timer_class class_of(enum flow_state state)
{
	return state == FLOW_SYN_SENT ? FLOW_TIMER_HALF_OPEN : FLOW_TIMER_OTHER;
}

/* First second in which a flow quiet since @last_ns counts as idle. */
static int64_t deadline(const struct flow_table *table, const struct flow *flow, int64_t last_ns)
{
	int64_t ns = last_ns + table->idle_ns[flow->state] + FLOW_TABLE_GRACE_NS;

	return ns / NS_PER_S + (ns % NS_PER_S != 0);
}

void flow_retire_arm(struct flow_table *table, uint32_t id)
{
	const struct flow *flow = flow_table_record(table, id);

	flow_timer_arm(&table->timer, class_of(flow->state), node_of(id),
		       deadline(table, flow, flow->last_ns));
}

void flow_retire_restate(struct flow_table *table, uint32_t id, enum flow_state old)
{
	const struct flow *flow = flow_table_record(table, id);

	/* A longer time is found out when the old one is over. */
	if (class_of(flow->state) == class_of(old) &&
	    table->idle_ns[flow->state] >= table->idle_ns[old])
		return;
	flow_timer_disarm(&table->timer, node_of(id));
	flow_retire_arm(table, id);
}

static void enqueue(struct flow_table *table, uint32_t id, enum flow_end end)
{
	struct flow *flow = flow_table_record(table, id);

	flow_link_append(table->links, FLOW_LINK_RETIRED, node_of(id));
	flow->end = (uint8_t)end;
	flow->flags |= FLOW_ENDED;
	table->stats.live--;
	table->queued++;
	switch (end) {
	case FLOW_END_CAPTURE:
		break;
	case FLOW_END_IDLE:
		table->stats.idle++;
		break;
	case FLOW_END_REUSED:
		table->stats.reused++;
		break;
	case FLOW_END_EVICTED:
		table->stats.evicted++;
		break;
	}
}

void flow_retire(struct flow_table *table, uint32_t id, enum flow_end end)
{
	bool found = flow_index_erase(&table->index, flow_table_record(table, id)->hash, id);

	FA_ASSERT(found);
	flow_timer_disarm(&table->timer, node_of(id));
	enqueue(table, id, end);
}

/* The flow of @class to evict; FLOW_NONE when the class is empty. */
static uint32_t victim(struct flow_table *table, enum flow_timer_class class)
{
	uint32_t best = 0;
	int64_t best_due = INT64_MAX;

	for (unsigned look = 0; look < EVICT_LOOKS; look++) {
		int64_t armed, due;
		uint32_t node = flow_timer_oldest(&table->timer, class, &armed);
		const struct flow *flow;

		if (node == 0)
			break;
		flow = flow_table_record(table, id_of(node));
		due = deadline(table, flow, flow->last_ns);
		if (due <= armed)
			return id_of(node);
		flow_timer_disarm(&table->timer, node);
		flow_retire_arm(table, id_of(node));
		if (due < best_due) {
			best = id_of(node);
			best_due = due;
		}
	}
	return best;
}

void flow_retire_make_room(struct flow_table *table)
{
	uint32_t id;

	if (FA_LIKELY(table->stats.live < table->max_flows))
		return;
	id = victim(table, FLOW_TIMER_HALF_OPEN);
	if (id == FLOW_NONE)
		id = victim(table, FLOW_TIMER_OTHER);
	FA_ASSERT(id != FLOW_NONE);
	flow_retire(table, id, FLOW_END_EVICTED);
}

/* The time of a flow has come, as far as was known when it was armed. */
static void look_again(struct flow_table *table, uint32_t node)
{
	struct flow *flow = flow_table_record(table, id_of(node));
	int64_t due = deadline(table, flow, flow->last_ns);

	if ((flow->flags & FLOW_LATE) != 0) {
		/* Its clock is behind ours, but it has had packets since. */
		flow->flags &= (uint8_t)~FLOW_LATE;
		due = deadline(table, flow, table->now_ns);
	}
	if (due <= table->now_ns / NS_PER_S) {
		flow_retire(table, id_of(node), FLOW_END_IDLE);
		return;
	}
	flow_timer_disarm(&table->timer, node);
	flow_timer_arm(&table->timer, class_of(flow->state), node, due);
}

void flow_table_advance(struct flow_table *table, int64_t now_ns)
{
	flow_table_advance_some(table, now_ns, ADVANCE_LOOKS);
}

void flow_table_advance_some(struct flow_table *table, int64_t now_ns, unsigned looks)
{
	flow_table_clock(table, flow_table_time(now_ns));
	flow_timer_advance(&table->timer, table->now_ns / NS_PER_S);
	for (enum flow_timer_class c = 0; c < FLOW_TIMER_CLASSES; c++) {
		uint32_t node;

		while (looks > 0 && table->queued < FLOW_TABLE_QUEUE &&
		       (node = flow_timer_due(&table->timer, c)) != 0) {
			look_again(table, node);
			looks--;
		}
	}
}

static enum flow_end end_of(const struct flow_table *table, const struct flow *flow)
{
	bool idle = (flow->flags & FLOW_LATE) == 0 &&
		    deadline(table, flow, flow->last_ns) <= table->now_ns / NS_PER_S;

	return idle ? FLOW_END_IDLE : FLOW_END_CAPTURE;
}

/*
 * All flows end: they are taken as they lie in memory, and index and wheel are not
 * told of each but emptied behind the last.
 */
bool flow_table_finish(struct flow_table *table)
{
	if (table->swept == 0 && table->stats.live != 0) {
		flow_pool_close(&table->records);
		flow_notebook_close(&table->notes);
	}
	while (table->stats.live != 0 && table->queued < FLOW_TABLE_QUEUE) {
		const struct flow *flow;

		table->swept++;
		if (!flow_pool_block_is_live(&table->records, table->swept)) {
			table->swept = flow_pool_block_last(table->swept);
			continue;
		}
		flow = flow_table_record(table, table->swept);
		if ((flow->flags & FLOW_ENDED) == 0)
			enqueue(table, table->swept, end_of(table, flow));
	}
	if (table->stats.live != 0)
		return true;
	if (table->swept != 0) {
		flow_index_clear(&table->index);
		flow_timer_clear(&table->timer);
	}
	table->swept = 0;
	table->started = false;
	table->early_count = 0;
	return false;
}

uint32_t flow_table_retired(struct flow_table *table)
{
	uint32_t node = flow_link_first(table->links, FLOW_LINK_RETIRED);

	if (node == FLOW_LINK_RETIRED)
		return FLOW_NONE;
	flow_link_remove(table->links, node);
	/* Linked to itself: taken, and not yet given back. */
	table->links[node] = (struct flow_link){ .next = node, .prev = node };
	return id_of(node);
}

void flow_table_release(struct flow_table *table, uint32_t id)
{
	struct flow_link *link = &table->links[node_of(id)];
	struct flow *flow = flow_table_record(table, id);

	FA_ASSERT(link->next == node_of(id));
	link->next = 0;
	flow_table_payload_done(table, id);
	flow_notebook_give(&table->notes, flow->notes);
	flow_pool_give(&table->records, id);
	table->queued--;
}
