/*
 * Positive controls: what else the capture shows of the two ends of a flow.
 *
 * Silence means something only where an answer could have been seen, and a
 * reset is a host's own only if it looks like its other packets.
 */
#ifndef FA_JUDGE_CONTROL_H
#define FA_JUDGE_CONTROL_H

#include "judge/ledger.h"

struct controls;

/*
 * Learn from every flow of the ledger, which is sorted.  Only flows that are not
 * established now may be asked about later.  NULL without memory.
 */
struct controls *controls_new(const struct ledger *ledger);
void controls_free(struct controls *controls);

/**
 * controls_find() - The first established flow that vouches for this one
 *
 * Same pair of hosts before same server before same client; within the same
 * capture group.
 *
 * Return: what it shares; @index is its place in ledger->flows
 */
enum control_kind controls_find(const struct controls *controls, const struct judged *flow,
				uint32_t *index);

/* The client reached this very port of the server: the same pair, transport and port. */
bool controls_same_service(const struct controls *controls, const struct judged *flow);

/*
 * The capture holds packets of the destination of the flow; or packets towards its source,
 * and nothing shows that those of the destination went another way.
 */
bool controls_could_see_answer(const struct controls *controls, const struct judged *flow);

/**
 * controls_own_ttl() - Is @ttl one that this endpoint's other packets have?
 *
 * Return: 1 yes, 0 no, -1 when the capture holds no other packet of it;
 *	   @usual is set to one of its own where there is any
 */
int controls_own_ttl(const struct controls *controls, const struct judged *flow, unsigned endpoint,
		     uint8_t ttl, uint8_t *usual);

#endif
