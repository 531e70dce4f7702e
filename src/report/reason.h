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

#define REASON_TEXT 512

/**
 * reason_text() - Why the flow has its verdict: the sentence a report leads with
 * @buf:	At least REASON_TEXT bytes; "" for an expected flow
 *
 * What carries the verdict; of an unexpected flow, why the nearest row does not
 * document it.
 */
void reason_text(const struct ledger *ledger, const struct judged *flow,
		 char buf[static REASON_TEXT]);

/* Evidence that qualifies the reason ("the reset's TTL is not the responder's own"), or NULL. */
const struct evidence *reason_support(const struct ledger *ledger, const struct judged *flow);

/* Row a report names with the flow: its best, else the nearest; -1 without either. */
int reason_row(const struct ledger *ledger, const struct judged *flow);

/**
 * reason_port_is_noise() - Which port the responder used says nothing
 *
 * One port of the many that the row documents; for an undocumented flow, one
 * of the dynamic ports, unless a port is what the nearest row fails in.
 */
bool reason_port_is_noise(const struct ledger *ledger, const struct judged *flow);

#endif
