/*
 * One connection, captured on both sides of an address translation.
 *
 * A translator rewrites one end's address (and port) and leaves sequence numbers
 * alone, so both flows begin with the same initial sequence number, at nearly
 * the same time, and share the other end.  Chance alone gives two flows to one
 * far end the same of 2^32 numbers hardly ever; tools that send many SYNs with
 * one number give it to more than two, or speak no protocol.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/settle.h"

/* Translation takes microseconds; a SYN that is sent again comes a second later. */
#define APART_NS NS_PER_S

/* An opening, sorted by capture group, sequence number and time. */
struct opening {
	int64_t first_ns;
	uint32_t group;
	uint32_t isn;
	uint32_t flow;
};

static int opening_order(const void *pa, const void *pb)
{
	const struct opening *a = pa, *b = pb;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->isn != b->isn)
		return a->isn < b->isn ? -1 : 1;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return a->flow < b->flow ? -1 : a->flow > b->flow;
}

/* Only what spoke a protocol both ways: scanners and decoys do not. */
static bool speaks(const struct judged *f)
{
	return f->key.l4 == IPPROTO_TCP && f->app != APP_NONE && f->packets[0] != 0 &&
	       f->packets[1] != 0 && f->isn != 0;
}

static bool same_end(const struct judged *a, unsigned ea, const struct judged *b, unsigned eb)
{
	return a->key.port[ea] == b->key.port[eb] &&
	       address_compare(&a->key.addr[ea], &b->key.addr[eb]) == 0;
}

/* They share one end and not the address of the other. */
static bool is_translated(const struct judged *a, const struct judged *b)
{
	unsigned ca = a->initiator, cb = b->initiator;
	bool client = same_end(a, ca, b, cb), server = same_end(a, ca ^ 1u, b, cb ^ 1u);

	if (a->app != b->app || client == server)
		return false;
	if (server)
		return address_compare(&a->key.addr[ca], &b->key.addr[cb]) != 0;
	return address_compare(&a->key.addr[ca ^ 1u], &b->key.addr[cb ^ 1u]) != 0;
}

static bool together(const struct opening *a, const struct opening *b)
{
	return a->group == b->group && a->isn == b->isn && b->first_ns - a->first_ns <= APART_NS;
}

static void note_pair(struct settling *s, uint32_t a, uint32_t b)
{
	s->translated[a] = b + 1;
	s->translated[b] = a + 1;
	settle_group_of(s, &s->ledger->flows[a])->first->translated++;
}

static void find_pairs(struct settling *s, const struct opening *o, size_t count)
{
	const struct judged *flows = s->ledger->flows;

	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && together(&o[i + n - 1], &o[i + n]); n++)
			;
		if (n == 2 && is_translated(&flows[o[i].flow], &flows[o[i + 1].flow]))
			note_pair(s, o[i].flow, o[i + 1].flow);
	}
}

int translations_find(struct settling *s)
{
	const struct ledger *l = s->ledger;
	struct opening *openings = memory_array(l->flow_count, sizeof(*openings));
	size_t count = 0;

	s->translated = memory_array(l->flow_count, sizeof(*s->translated));
	if (openings == NULL || s->translated == NULL) {
		free(openings);
		return FA_ENOMEM;
	}
	for (size_t i = 0; i < l->flow_count; i++)
		if (speaks(&l->flows[i]))
			openings[count++] = (struct opening){
				.first_ns = l->flows[i].first_ns,
				.group = ledger_group(l, &l->flows[i]),
				.isn = l->flows[i].isn,
				.flow = (uint32_t)i,
			};
	qsort(openings, count, sizeof(*openings), opening_order);
	find_pairs(s, openings, count);
	free(openings);
	return 0;
}
