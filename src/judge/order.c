/*
 * Flows end in about the order in which they began, and records are large: so what
 * is sorted are numbers and places, by bytes, and each record is moved once.
 */
#include "judge/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Digits of a rank: 8 of 8 bits, least first. */
#define DIGITS 8u
#define VALUES 256u

/* Frames of an input that a rank can number: 2^48 are three weeks of the fastest link. */
#define RANK_FRAMES (UINT64_C(1) << 48)

/* Where a flow belongs, and where it is. */
struct place {
	uint64_t rank;
	uint32_t at;
};

static uint64_t rank_of(const struct judged *flow)
{
	return (uint64_t)flow->input << 48 | MIN(flow->first_frame, RANK_FRAMES - 1);
}

static int compare(const struct judged *a, const struct judged *b)
{
	if (a->input != b->input)
		return a->input < b->input ? -1 : 1;
	if (a->first_frame != b->first_frame)
		return a->first_frame < b->first_frame ? -1 : 1;
	return memcmp(&a->key, &b->key, sizeof(a->key));
}

static bool is_sorted(const struct ledger *l)
{
	for (size_t i = 1; i < l->flow_count; i++)
		if (compare(&l->flows[i - 1], &l->flows[i]) > 0)
			return false;
	return true;
}

/* One pass of a stable sort.  Return: false where all have the same digit, and stay */
static bool pass(const struct place *from, struct place *to, size_t n, unsigned digit)
{
	size_t start[VALUES] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		start[from[i].rank >> 8 * digit & (VALUES - 1)]++;
	if (start[from[0].rank >> 8 * digit & (VALUES - 1)] == n)
		return false;
	for (unsigned v = 0; v < VALUES; v++) {
		size_t count = start[v];

		start[v] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[start[from[i].rank >> 8 * digit & (VALUES - 1)]++] = from[i];
	return true;
}

/* Sort @a; @b is as large.  Return: which of the two holds them then */
static struct place *sort_places(struct place *a, struct place *b, size_t n)
{
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		struct place *other = b;

		if (!pass(a, b, n, digit))
			continue;
		b = a;
		a = other;
	}
	return a;
}

/* Bring the record of @places[i] to i, round each circle of places once. */
static void move(struct judged *flows, struct place *places, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct judged kept = flows[i];
		size_t to = i;

		if (places[i].at == i)
			continue;
		while (places[to].at != i) {
			size_t from = places[to].at;

			flows[to] = flows[from];
			places[to].at = (uint32_t)to;
			to = from;
		}
		flows[to] = kept;
		places[to].at = (uint32_t)to;
	}
}

/* One frame opens one flow; frames beyond what a rank can number may share a rank. */
static void order_equals(struct judged *flows, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct judged flow = flows[i];
		size_t to = i;

		for (; to > 0 && compare(&flows[to - 1], &flow) > 0; to--)
			flows[to] = flows[to - 1];
		if (to != i)
			flows[to] = flow;
	}
}

int ledger_order(struct ledger *ledger)
{
	size_t n = ledger->flow_count;
	struct place *places;

	if (is_sorted(ledger))
		return 0;
	places = memory_region(2 * n * sizeof(*places));
	if (places == NULL)
		return FA_ENOMEM;
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){ rank_of(&ledger->flows[i]), (uint32_t)i };
	move(ledger->flows, sort_places(places, places + n, n), n);
	memory_region_free(places, 2 * n * sizeof(*places));
	order_equals(ledger->flows, n);
	return 0;
}
