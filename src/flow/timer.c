/* The timing wheel; see timer.h for how it works. */
#include "flow/timer.h"

#include <string.h>

#define SLOT_MASK (FLOW_TIMER_SLOTS - 1u)
#define WORDS     (FLOW_TIMER_SLOTS / 64u)

static uint32_t slot_of(int64_t second)
{
	return (uint32_t)((uint64_t)second & SLOT_MASK);
}

static uint32_t slot_head(enum flow_timer_class class, uint32_t slot)
{
	return (uint32_t) class * FLOW_TIMER_SLOTS + slot;
}

void flow_timer_init(struct flow_timer *timer, struct flow_link *links)
{
	*timer = (struct flow_timer){ .links = links };
	for (uint32_t head = 0; head < FLOW_LINK_HEADS; head++)
		links[head] = (struct flow_link){ .next = head, .prev = head };
}

void flow_timer_clear(struct flow_timer *timer)
{
	struct flow_link *links = timer->links;

	*timer = (struct flow_timer){ .links = links };
	for (uint32_t head = 0; head < FLOW_LINK_RETIRED; head++)
		links[head] = (struct flow_link){ .next = head, .prev = head };
}

void flow_timer_start(struct flow_timer *timer, int64_t second)
{
	timer->tick = second;
}

void flow_timer_arm(struct flow_timer *timer, enum flow_timer_class class, uint32_t node,
		    int64_t second)
{
	uint32_t slot;

	if (second < timer->tick)
		second = timer->tick;
	/* Not tick + SLOTS - 1 < second: the sum of two times near the end would not fit. */
	if (second - timer->tick > (int64_t)FLOW_TIMER_SLOTS - 1)
		second = timer->tick + (int64_t)FLOW_TIMER_SLOTS - 1;
	slot = slot_of(second);
	timer->filled[class][slot / 64] |= UINT64_C(1) << slot % 64;
	flow_link_append(timer->links, slot_head(class, slot), node);
}

void flow_timer_disarm(struct flow_timer *timer, uint32_t node)
{
	uint32_t next = timer->links[node].next;

	flow_link_remove(timer->links, node);
	/* The last of a slot: both neighbours were its head. */
	if (next < FLOW_LINK_DUE && timer->links[next].next == next)
		timer->filled[next / FLOW_TIMER_SLOTS][next % FLOW_TIMER_SLOTS / 64] &=
			~(UINT64_C(1) << next % 64);
}

/* Move the whole list of @slot behind what is due already. */
static void come_due(struct flow_timer *timer, enum flow_timer_class class, uint32_t slot)
{
	struct flow_link *links = timer->links;
	uint32_t head = slot_head(class, slot), due = FLOW_LINK_DUE + (uint32_t) class;
	uint32_t first = links[head].next, last = links[head].prev, tail = links[due].prev;

	links[tail].next = first;
	links[first].prev = tail;
	links[last].next = due;
	links[due].prev = last;
	links[head] = (struct flow_link){ .next = head, .prev = head };
	timer->filled[class][slot / 64] &= ~(UINT64_C(1) << slot % 64);
}

/* First filled slot at or after @second in the wheel's order, as a distance; SLOTS without one. */
static uint32_t next_filled(const struct flow_timer *timer, enum flow_timer_class class,
			    int64_t second)
{
	uint32_t start = slot_of(second), word = start / 64;
	uint64_t bits = timer->filled[class][word] & UINT64_MAX << start % 64;

	/* Once round, and the first word again for the slots before @start. */
	for (uint32_t i = 0; i <= WORDS; i++) {
		if (bits != 0) {
			uint32_t slot = word * 64 + (uint32_t)__builtin_ctzll(bits);

			return (slot - start) & SLOT_MASK;
		}
		word = (word + 1) % WORDS;
		bits = timer->filled[class][word];
	}
	return FLOW_TIMER_SLOTS;
}

void flow_timer_advance(struct flow_timer *timer, int64_t second)
{
	uint64_t span;

	if (second < timer->tick)
		return;
	span = (uint64_t)second - (uint64_t)timer->tick + 1;
	if (span > FLOW_TIMER_SLOTS)
		span = FLOW_TIMER_SLOTS;
	for (enum flow_timer_class c = 0; c < FLOW_TIMER_CLASSES; c++) {
		for (uint32_t d = next_filled(timer, c, timer->tick); d < span;
		     d = next_filled(timer, c, timer->tick))
			come_due(timer, c, slot_of(timer->tick + d));
	}
	timer->tick = second + 1;
}

uint32_t flow_timer_due(const struct flow_timer *timer, enum flow_timer_class class)
{
	uint32_t due = FLOW_LINK_DUE + (uint32_t) class;
	uint32_t node = flow_link_first(timer->links, due);

	return node == due ? 0 : node;
}

uint32_t flow_timer_oldest(const struct flow_timer *timer, enum flow_timer_class class,
			   int64_t *second)
{
	uint32_t node = flow_timer_due(timer, class), distance;

	if (node != 0) {
		*second = timer->tick - 1;
		return node;
	}
	distance = next_filled(timer, class, timer->tick);
	if (distance == FLOW_TIMER_SLOTS)
		return 0;
	*second = timer->tick + distance;
	return flow_link_first(timer->links, slot_head(class, slot_of(*second)));
}
