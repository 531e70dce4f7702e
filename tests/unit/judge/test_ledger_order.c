/* The order of the ledger. */
#include "judge/order.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "base/memory.h"

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

static void put(struct ledger *l, uint16_t input, uint64_t frame, uint8_t key)
{
	struct judged *f;

	CU_ASSERT_EQUAL_FATAL(
		memory_region_grow(&l->flows, &l->flow_cap, l->flow_count + 1, sizeof(*l->flows)),
		0);
	f = &l->flows[l->flow_count++];
	*f = (struct judged){ .input = input, .first_frame = frame, .isn = (uint32_t)frame };
	f->key.addr[0].b[15] = key;
}

/* Each record is whole, and none is before the one it follows. */
static void check(struct ledger *l, size_t n)
{
	unsigned wrong = 0;

	CU_ASSERT_EQUAL_FATAL(l->flow_count, n);
	CU_ASSERT_EQUAL_FATAL(ledger_order(l), 0);
	for (size_t i = 0; i < n; i++) {
		const struct judged *f = &l->flows[i], *before = &l->flows[i == 0 ? 0 : i - 1];

		wrong += f->isn != (uint32_t)f->first_frame;
		wrong += f->input < before->input;
		wrong += f->input == before->input && f->first_frame < before->first_frame;
		wrong += f->input == before->input && f->first_frame == before->first_frame &&
			 memcmp(&f->key, &before->key, sizeof(f->key)) < 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	memory_region_free(l->flows, l->flow_cap * sizeof(*l->flows));
	*l = (struct ledger){ 0 };
}

static void any_order(void)
{
	uint64_t state = 7;
	struct ledger l = { 0 };

	check(&l, 0);
	for (unsigned n = 1; n < 2000; n = n * 3 + 1) {
		uint64_t seen = 0;

		for (unsigned i = 0; i < n; i++) {
			uint64_t frame = next_random(&state) << next_random(&state) % 17;

			seen += frame;
			put(&l, (uint16_t)(next_random(&state) % 3 * 300), frame, (uint8_t)i);
		}
		check(&l, n);
		CU_ASSERT_NOT_EQUAL(seen, 0);
	}
}

/* Frames that no rank can number fall back on comparing, and so do equal ones. */
static void equal_ranks(void)
{
	struct ledger l = { 0 };

	put(&l, 1, UINT64_MAX, 1);
	put(&l, 1, UINT64_MAX - 5, 2);
	put(&l, 1, UINT64_MAX, 0);
	put(&l, 0, 9, 5);
	put(&l, 0, 9, 4);
	put(&l, 0, 3, 6);
	check(&l, 6);
}

static void every_record_stays(void)
{
	struct ledger l = { 0 };
	uint64_t sum = 0;

	for (uint64_t i = 0; i < 1000; i++)
		put(&l, 0, 1 + i * 389 % 1000, 0);
	CU_ASSERT_EQUAL_FATAL(ledger_order(&l), 0);
	for (size_t i = 0; i < 1000; i++)
		sum += l.flows[i].first_frame == i + 1;
	CU_ASSERT_EQUAL(sum, 1000);
	check(&l, 1000);
}

CU_TestInfo tests_ledger_order[] = {
	{ "flows come in the order of inputs, frames and keys", any_order },
	{ "frames too large to number, and equal ones, are compared", equal_ranks },
	{ "sorting loses and doubles none", every_record_stays },
	CU_TEST_INFO_NULL,
};
