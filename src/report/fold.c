/*
 * Folding in two passes: flows are walked in report order and their fold is
 * found by hashing its key; then folds are sorted and members dealt out to
 * them in the same walk.  O(n), the sort included: every spoofed source of a
 * flood is a fold of its own.
 *
 * The hash key is random, which is harmless: it decides where a fold lies in
 * the index, never in what order folds come out.
 */
#include "report/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "report/order.h"
#include "report/reason.h"

#define NO_FOLD UINT32_MAX

/* Compared and hashed as four words: no padding, unused fields are zero. */
struct fold_key {
	struct address addr;
	uint32_t row; /* index + 1, 0: none */
	uint16_t port;
	uint8_t verdict, outcome, cause, app, l4, reason, differs, flags;
};
static_assert(sizeof(struct fold_key) == 32, "no padding");

#define FLAG_ONE_PORT      1u
#define FLAG_ONE_RESPONDER 2u

/**
 * struct folder - Folding under way
 * @keys:	One a fold, beside @items
 * @of:		Fold of each flow, by place in report order
 * @index:	Open addressing, @mask + 1 slots, at most three quarters full
 */
struct folder {
	struct hash_fold hash;
	struct fold *items;
	struct fold_key *keys;
	size_t count, item_cap, key_cap;
	uint32_t *of;
	uint32_t *order;
	uint32_t *index;
	size_t mask;
};

static void key_of(const struct ledger *ledger, const struct judged *flow, struct fold_key *key)
{
	const struct evidence *reason;
	unsigned to = flow->initiator ^ 1u;
	int index;

	memset(key, 0, sizeof(*key));
	key->verdict = flow->verdict;
	key->reason = EVIDENCE_COUNT;
	if (flow->verdict == VERDICT_REJECTED) {
		key->addr = flow->key.addr[flow->initiator];
		return;
	}
	reason = reason_of(ledger, flow);
	if (reason != NULL)
		key->reason = reason->code;
	index = reason_row(ledger, flow);
	key->row = (uint32_t)(index + 1);
	if (flow->row_count ==
	    0) /* never 0 beside a nearest row, so it tells that from a documented one */
		key->differs = flow->nearest_differs;
	key->l4 = flow->key.l4;
	if (!reason_port_is_noise(ledger, flow)) {
		key->port = flow->key.port[to];
		key->flags |= FLAG_ONE_PORT;
	}
	if (flow->verdict == VERDICT_INCONCLUSIVE)
		return;
	key->addr = flow->key.addr[to];
	key->flags |= FLAG_ONE_RESPONDER;
	key->outcome = flow->outcome;
	key->cause = flow->cause;
	key->app = flow->app;
}

static uint64_t digest(const struct hash_fold *hash, const struct fold_key *key)
{
	uint64_t w[5] = { 0 };

	memcpy(w, key, sizeof(*key));
	return hash_fold5(hash, w);
}

uint64_t fold_digest(const struct hash_fold *hash, const struct ledger *ledger,
		     const struct judged *flow)
{
	struct fold_key key;

	key_of(ledger, flow, &key);
	return digest(hash, &key);
}

static size_t slot_of(const struct folder *f, const struct fold_key *key)
{
	return digest(&f->hash, key) & f->mask;
}

static int index_rebuild(struct folder *f, size_t slots)
{
	uint32_t *index = memory_array(slots, sizeof(*index));
	size_t i, at;

	if (index == NULL)
		return FA_ENOMEM;
	free(f->index);
	f->index = index;
	f->mask = slots - 1;
	for (i = 0; i < f->count; i++) {
		at = slot_of(f, &f->keys[i]);
		while (f->index[at] != 0)
			at = (at + 1) & f->mask;
		f->index[at] = (uint32_t)i + 1;
	}
	return 0;
}

static int add_fold(struct folder *f, const struct fold_key *key, size_t slot)
{
	struct fold *fold;

	if (memory_grow(&f->items, &f->item_cap, f->count + 1, sizeof(*f->items)) != 0 ||
	    memory_grow(&f->keys, &f->key_cap, f->count + 1, sizeof(*f->keys)) != 0)
		return FA_ENOMEM;
	fold = &f->items[f->count];
	*fold = (struct fold){ .row = (int32_t)key->row - 1,
			       .verdict = key->verdict,
			       .reason = key->reason,
			       .one_port = (key->flags & FLAG_ONE_PORT) != 0,
			       .one_responder = (key->flags & FLAG_ONE_RESPONDER) != 0 };
	f->keys[f->count] = *key;
	f->index[slot] = (uint32_t)++f->count;
	if (f->count > f->mask / 4 * 3)
		return index_rebuild(f, (f->mask + 1) * 2);
	return 0;
}

/* Fold number @n of report order; @first is its place among all, for sorting. */
static int assign(struct folder *f, const struct judged *flow, const struct ledger *ledger,
		  uint32_t n)
{
	struct fold_key key;
	size_t at;
	int rc;

	key_of(ledger, flow, &key);
	at = slot_of(f, &key);
	while (f->index[at] != 0) {
		uint32_t id = f->index[at] - 1;

		if (memcmp(&f->keys[id], &key, sizeof(key)) == 0) {
			f->items[id].count++;
			f->of[n] = id;
			return 0;
		}
		at = (at + 1) & f->mask;
	}
	f->of[n] = (uint32_t)f->count;
	rc = add_fold(f, &key, at);
	if (rc != 0)
		return rc;
	f->items[f->count - 1].first = n;
	f->items[f->count - 1].count = 1;
	return 0;
}

static unsigned severity(uint8_t verdict)
{
	static const uint8_t rank[] = {
		[VERDICT_BLOCKED] = 0,      [VERDICT_MISMATCH] = 1, [VERDICT_UNEXPECTED] = 2,
		[VERDICT_INCONCLUSIVE] = 3, [VERDICT_REJECTED] = 4, [VERDICT_EXPECTED] = 5,
	};
	static_assert(ARRAY_SIZE(rank) == VERDICT_COUNT, "a place a verdict");

	return rank[verdict];
}

/* Ascending, the order of printing; folds that are alike stay in the order of their first flows. */
static uint64_t rank_of(const struct fold *fold)
{
	return (uint64_t)severity(fold->verdict) << 32 | (UINT32_MAX - fold->count);
}

/* One digit of a radix sort: stable.  False: all have the same, and nothing was done. */
static bool sort_digit(const struct fold *from, struct fold *to, size_t count, unsigned shift)
{
	size_t place[256] = { 0 }, at = 0, i;

	for (i = 0; i < count; i++)
		place[rank_of(&from[i]) >> shift & 0xff]++;
	if (place[rank_of(&from[0]) >> shift & 0xff] == count)
		return false;
	for (i = 0; i < ARRAY_SIZE(place); i++) {
		size_t here = place[i];

		place[i] = at;
		at += here;
	}
	for (i = 0; i < count; i++)
		to[place[rank_of(&from[i]) >> shift & 0xff]++] = from[i];
	return true;
}

static int sort_folds(struct folder *f)
{
	struct fold *spare = memory_array(f->count, sizeof(*spare)), *swap;
	unsigned shift;

	if (spare == NULL)
		return FA_ENOMEM;
	for (shift = 0; f->count > 0 && shift < 40; shift += 8) {
		if (!sort_digit(f->items, spare, f->count, shift))
			continue;
		swap = f->items;
		f->items = spare;
		spare = swap;
	}
	free(spare);
	return 0;
}

/*
 * Sort the folds and hand each its members.  Until now @first was the place
 * of its first flow, so folder->of[@first] still tells which fold it was.
 */
static int deal(struct folder *f, struct folds *folds, size_t flows)
{
	uint32_t *next = memory_array(f->count, sizeof(*next)), at = 0;
	size_t i;

	folds->members = memory_array(flows, sizeof(*folds->members));
	if (next == NULL || folds->members == NULL || sort_folds(f) != 0) {
		free(next);
		free(folds->members);
		return FA_ENOMEM;
	}
	for (i = 0; i < f->count; i++) {
		next[f->of[f->items[i].first]] = at;
		f->items[i].first = at;
		at += f->items[i].count;
	}
	for (i = 0; i < flows; i++)
		if (f->of[i] != NO_FOLD)
			folds->members[next[f->of[i]]++] = order_at(f->order, i);
	free(next);
	folds->items = f->items;
	folds->count = f->count;
	folds->hash = f->hash;
	f->items = NULL;
	return 0;
}

static int fold_all(struct folder *f, const struct ledger *ledger, uint32_t verdicts)
{
	size_t i;
	int rc;

	for (i = 0; i < ledger->flow_count; i++) {
		const struct judged *flow = &ledger->flows[order_at(f->order, i)];

		f->of[i] = NO_FOLD;
		if ((verdicts & VERDICT_BIT(flow->verdict)) == 0)
			continue;
		rc = assign(f, flow, ledger, (uint32_t)i);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int fold_flows(struct folds *folds, const struct ledger *ledger, uint32_t verdicts)
{
	struct folder f = { 0 };
	int rc;

	*folds = (struct folds){ 0 };
	hash_fold_init(&f.hash, 0);
	rc = order_flows(ledger, &f.order);
	if (rc == 0) {
		f.of = memory_array(ledger->flow_count, sizeof(*f.of));
		rc = f.of == NULL ? FA_ENOMEM : index_rebuild(&f, 1024);
	}
	if (rc == 0)
		rc = fold_all(&f, ledger, verdicts);
	if (rc == 0)
		rc = deal(&f, folds, ledger->flow_count);
	if (rc != 0)
		*folds = (struct folds){ 0 };
	free(f.order);
	free(f.of);
	free(f.index);
	free(f.keys);
	free(f.items);
	return rc;
}

void fold_free(struct folds *folds)
{
	free(folds->items);
	free(folds->members);
	*folds = (struct folds){ 0 };
}
