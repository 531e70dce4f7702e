/* The one order in which reports show flows, whatever order they are in. */
#ifndef FA_REPORT_ORDER_H
#define FA_REPORT_ORDER_H

#include "judge/ledger.h"

/**
 * order_flows() - Indices of the flows by (input, first frame, key)
 * @order:	Set to an array of ledger->flow_count indices, to release with free();
 *		or to NULL when the flows already lie in that order, as after
 *		ledger_settle()
 *
 * Return: 0 or FA_ENOMEM
 */
int order_flows(const struct ledger *ledger, uint32_t **order);

static inline uint32_t order_at(const uint32_t *order, size_t i)
{
	return order == NULL ? (uint32_t)i : order[i];
}

#endif
