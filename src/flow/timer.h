/*
 * Timing wheel: which flow to look at next, by the second its time runs out.
 *
 * Slots of one second, linked by node numbers in an array beside the flow
 * records, so that a packet touches none of it.  Lazily re-armed: a packet only
 * moves its flow's time of last packet; the wheel offers a flow when the second
 * it was armed for has come, and the table arms it again if the flow has moved
 * on.  A deadline beyond the wheel is armed at its far end, which is only an
 * earlier look.
 *
 * When time moves, the slots that came due are spliced whole, in order, behind
 * the list of what is due: a jump by years costs one pass over the slots and
 * touches no flow.  The caller takes from that list as much as it has time for.
 *
 * Two classes share the links, each with slots and a list of its own: attempts
 * without an answer are the first to go when room is needed.
 */
#ifndef FA_FLOW_TIMER_H
#define FA_FLOW_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

#define FLOW_TIMER_SLOTS 4096u /* a power of two; more seconds than an hour */

enum flow_timer_class { FLOW_TIMER_HALF_OPEN, FLOW_TIMER_OTHER, FLOW_TIMER_CLASSES };

/* Circular doubly linked lists by number; a list's head is a link of its own. */
struct flow_link {
	uint32_t next, prev;
};

/* Links from 0 on are heads: of the slots, of what is due, and of the retired. */
#define FLOW_LINK_DUE     (FLOW_TIMER_CLASSES * FLOW_TIMER_SLOTS)
#define FLOW_LINK_RETIRED (FLOW_LINK_DUE + FLOW_TIMER_CLASSES)
#define FLOW_LINK_HEADS   (FLOW_LINK_RETIRED + 1u)

/**
 * struct flow_timer - The wheel
 * @links:	The caller's; [FLOW_LINK_HEADS + nodes]
 * @tick:	Second of the first slot that has not come due
 * @filled:	Slots that hold a node
 */
struct flow_timer {
	struct flow_link *links;
	int64_t tick;
	uint64_t filled[FLOW_TIMER_CLASSES][FLOW_TIMER_SLOTS / 64];
};

static inline void flow_link_append(struct flow_link *links, uint32_t head, uint32_t node)
{
	uint32_t last = links[head].prev;

	links[node] = (struct flow_link){ .next = head, .prev = last };
	links[last].next = node;
	links[head].prev = node;
}

static inline void flow_link_remove(struct flow_link *links, uint32_t node)
{
	links[links[node].prev].next = links[node].next;
	links[links[node].next].prev = links[node].prev;
}

/* First node of the list; @head itself when it is empty. */
static inline uint32_t flow_link_first(const struct flow_link *links, uint32_t head)
{
	return links[head].next;
}

/* Make all heads of @links empty lists, and @tick the next second. */
void flow_timer_init(struct flow_timer *timer, struct flow_link *links);

/* Forget all nodes that are armed; the other lists of @links stay. */
void flow_timer_clear(struct flow_timer *timer);

/* Say what second comes next; only while no node is armed. */
void flow_timer_start(struct flow_timer *timer, int64_t second);

/* Offer @node, which must not be armed, once @second has come; a past one comes next. */
void flow_timer_arm(struct flow_timer *timer, enum flow_timer_class class, uint32_t node,
		    int64_t second);
void flow_timer_disarm(struct flow_timer *timer, uint32_t node);

/* @second has come, and all before it.  Earlier values change nothing. */
void flow_timer_advance(struct flow_timer *timer, int64_t second);

/* Oldest node that is due; it stays armed until disarmed.  0: none. */
uint32_t flow_timer_due(const struct flow_timer *timer, enum flow_timer_class class);

/**
 * flow_timer_oldest() - Node that is due, or will be first
 * @second:	Set to the second it is armed for; what is due was armed for an earlier
 *		one than any that is not
 *
 * Return: the node, which stays armed, or 0 when the class is empty
 */
uint32_t flow_timer_oldest(const struct flow_timer *timer, enum flow_timer_class class,
			   int64_t *second);

#endif
