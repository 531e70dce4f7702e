/* How near a row is to a tuple that it does not document.  Private to policy/. */
#ifndef FA_POLICY_NEAR_H
#define FA_POLICY_NEAR_H

#include "policy/fit.h"

/**
 * struct near_rank - Smaller is nearer, field by field
 * @open:	Something besides validity and conditions fails
 * @failing:	Keys; swapped roles are one
 * @wide:	Any ephemeral port falls into its range
 * @unnamed:	Ends that it leaves unspecified, and so fit everybody
 * @distance:	From the ports to the documented ones
 * @width:	Of the row
 *
 * All but @distance are the same for every tuple of the same roles and port classes.
 */
struct near_rank {
	bool open;
	unsigned failing;
	bool wide;
	unsigned unnamed;
	uint32_t distance;
	uint32_t width;
};

/* A tuple as seen from both of its ends. */
struct near_views {
	struct view view, turned;
	bool known; /* the initiator is */
};

void near_look(const struct policy *policy, const struct tuple *tuple, struct near_views *views);

/**
 * near_row() - Hold one row against a tuple
 * @rank, @fit:	Filled when it is near
 *
 * Return: false when it is not: more than two keys fail, or none does, or its need is none
 */
bool near_row(const struct policy *policy, uint32_t row, const struct near_views *views,
	      struct near_rank *rank, struct fit *fit);

/* Negative: @a is nearer; 0: their distances and widths decide. */
int near_compare_kind(const struct near_rank *a, const struct near_rank *b);
/* @a is nearer in all respects. */
bool near_is_nearer(const struct near_rank *a, const struct near_rank *b);

#endif
