/* Sets of a few places each, of which the quietest gives way. */
#include "report/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define WAYS 8u
#define SETS (SEEN_FINDINGS / WAYS)
static_assert((SETS & (SETS - 1)) == 0, "a power of two");

struct seen {
	struct hash_fold hash;
	struct seen_finding places[SETS][WAYS];
};

struct seen *seen_new(void)
{
	struct seen *seen = memory_region(sizeof(*seen)); /* paid for as findings come */

	if (seen != NULL)
		hash_fold_init(&seen->hash, 0);
	return seen;
}

void seen_free(struct seen *seen)
{
	if (seen != NULL)
		memory_region_free(seen, sizeof(*seen));
}

void seen_clear(struct seen *seen)
{
	memset(seen->places, 0, sizeof(seen->places));
}

/* The finding's place, or the one it may have. */
static struct seen_finding *place(struct seen *seen, uint64_t digest)
{
	struct seen_finding *set = seen->places[digest >> 32 & (SETS - 1)], *quietest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].digest == digest || set[i].digest == 0)
			return &set[i];
		if (set[i].last_ns < quietest->last_ns)
			quietest = &set[i];
	}
	return quietest;
}

struct seen_finding *seen_finding(struct seen *seen, const struct ledger *ledger,
				  const struct judged *flow, int64_t now_ns)
{
	uint64_t digest = fold_digest(&seen->hash, ledger, flow) | 1u;
	struct seen_finding *finding = place(seen, digest);

	if (finding->digest != digest) {
		*finding = (struct seen_finding){ .digest = digest, .verdict = flow->verdict };
		text_live_where(ledger, flow, finding->where);
	}
	finding->last_ns = now_ns;
	return finding;
}

struct seen_finding *seen_next_untold(struct seen *seen, int64_t before_ns, unsigned *pos)
{
	while (*pos < SEEN_FINDINGS) {
		struct seen_finding *finding = &seen->places[*pos / WAYS][*pos % WAYS];

		++*pos;
		if (finding->digest != 0 && finding->untold != 0 && finding->told_ns < before_ns)
			return finding;
	}
	return NULL;
}

void seen_shift(struct seen *seen, int64_t step_ns)
{
	for (unsigned i = 0; i < SEEN_FINDINGS; i++) {
		struct seen_finding *finding = &seen->places[i / WAYS][i % WAYS];

		if (finding->digest == 0)
			continue;
		finding->last_ns += step_ns;
		finding->told_ns += step_ns;
	}
}

unsigned seen_count(const struct seen *seen)
{
	unsigned count = 0;

	for (unsigned i = 0; i < SEEN_FINDINGS; i++)
		count += seen->places[i / WAYS][i % WAYS].digest != 0;
	return count;
}

unsigned seen_latest(const struct seen *seen, const struct seen_finding **list, unsigned most)
{
	unsigned count = 0;

	for (unsigned i = 0; i < SEEN_FINDINGS; i++) {
		const struct seen_finding *f = &seen->places[i / WAYS][i % WAYS];
		unsigned at = count;

		if (f->digest == 0)
			continue;
		while (at > 0 && list[at - 1]->last_ns < f->last_ns)
			at--;
		if (at >= most)
			continue;
		count = MIN(count + 1, most);
		memmove(&list[at + 1], &list[at], (count - at - 1) * sizeof(list[0]));
		list[at] = f;
	}
	return count;
}
