/* The order in which flows are reported. */
#ifndef FA_JUDGE_ORDER_H
#define FA_JUDGE_ORDER_H

#include "judge/ledger.h"

/**
 * ledger_order() - Sort the flows by (input, first frame, key)
 *
 * Return: 0 or FA_ENOMEM
 */
int ledger_order(struct ledger *ledger);

#endif
