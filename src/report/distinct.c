/* A hash set of addresses that only grows. */
#include "report/distinct.h"

#include <stdlib.h>

#include "base/memory.h"

#define FIRST_SLOTS 64u

static const struct address zero;

void distinct_init(struct distinct *d, const struct hash_fold *hash)
{
	*d = (struct distinct){ .hash = *hash };
}

void distinct_free(struct distinct *d)
{
	free(d->slots);
	d->slots = NULL;
}

/* The slot that holds @addr, or the free one it belongs in. */
static struct address *slot_of(const struct distinct *d, const struct address *addr)
{
	uint64_t w[5] = { 0 };
	size_t at;

	memcpy(w, addr, sizeof(*addr));
	at = hash_fold5(&d->hash, w) & d->mask;
	while (address_compare(&d->slots[at], &zero) != 0 &&
	       address_compare(&d->slots[at], addr) != 0)
		at = (at + 1) & d->mask;
	return &d->slots[at];
}

static bool resize(struct distinct *d, size_t slots)
{
	struct address *old = d->slots;
	size_t count = old == NULL ? 0 : d->mask + 1, i;

	d->slots = memory_array(slots, sizeof(*d->slots));
	if (d->slots == NULL) {
		free(old);
		d->failed = true;
		d->count = 0;
		return false;
	}
	d->mask = slots - 1;
	for (i = 0; i < count; i++)
		if (address_compare(&old[i], &zero) != 0)
			*slot_of(d, &old[i]) = old[i];
	free(old);
	return true;
}

/* Count @addr unless it is there. */
static bool insert(struct distinct *d, const struct address *addr)
{
	struct address *slot;

	if (address_compare(addr, &zero) == 0) {
		if (d->any)
			return false;
		d->any = true;
	} else {
		slot = slot_of(d, addr);
		if (address_compare(slot, addr) == 0)
			return false;
		*slot = *addr;
	}
	d->count++;
	return true;
}

bool distinct_enter(struct distinct *d, const struct address *addr)
{
	if (d->failed)
		return true;
	if (d->count == 0) {
		d->last = *addr;
		d->count = 1;
		return true;
	}
	/* The first is entered with the second: nearly all folds have one responder. */
	if (d->slots == NULL) {
		if (!resize(d, FIRST_SLOTS))
			return true;
		d->count = 0;
		insert(d, &d->last);
	} else if (d->count > d->mask / 2 && !resize(d, (d->mask + 1) * 4)) {
		return true;
	}
	d->last = *addr;
	return insert(d, addr);
}
