/* How many different addresses there are among many. */
#ifndef FA_REPORT_DISTINCT_H
#define FA_REPORT_DISTINCT_H

#include "base/address.h"
#include "base/hash.h"

/**
 * struct distinct - Addresses seen so far
 * @count:	Different ones; 0 once there was no memory
 * @last:	The one that came last
 * @slots:	Open addressing, @mask + 1 slots, at most half full; a slot of zeros is
 *		free, as is all of it while there is one address
 * @any:	The address of zeros, which no slot can hold, is among them
 */
struct distinct {
	uint64_t count;
	struct address last;
	struct address *slots;
	size_t mask;
	struct hash_fold hash;
	bool any;
	bool failed;
};

/* @hash: keyed, for whoever made the capture chose the addresses */
void distinct_init(struct distinct *d, const struct hash_fold *hash);
void distinct_free(struct distinct *d);

/* One that is not the last. */
bool distinct_enter(struct distinct *d, const struct address *addr);

/* Return: false: @addr was there before; true: it was not, or without memory that cannot be told */
static inline bool distinct_add(struct distinct *d, const struct address *addr)
{
	if (d->count > 0 && address_compare(&d->last, addr) == 0)
		return false;
	return distinct_enter(d, addr);
}

#endif
