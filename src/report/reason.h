/* Which of a flow's evidence a report leads with. */
#ifndef FA_REPORT_REASON_H
#define FA_REPORT_REASON_H

#include "judge/ledger.h"

/**
 * reason_of() - The evidence that carries the verdict
 *
 * Return: NULL where the verdict needs none (expected, unexpected), or has none
 */
const struct evidence *reason_of(const struct ledger *ledger, const struct judged *flow);

/* Evidence that qualifies the reason ("the reset's TTL is not the responder's own"), or NULL. */
const struct evidence *reason_support(const struct ledger *ledger, const struct judged *flow);

/* Row a report names with the flow: its best, else the nearest; -1 without either. */
int reason_row(const struct ledger *ledger, const struct judged *flow);

/* @row documents so many ports that which of them a flow uses says little.  NULL does not. */
bool reason_port_is_one_of_many(const struct row *row);

#endif
