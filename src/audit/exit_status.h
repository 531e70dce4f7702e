/* What conclusions mean for a script (DESIGN section 4). */
#ifndef FA_AUDIT_EXIT_STATUS_H
#define FA_AUDIT_EXIT_STATUS_H

#include "judge/ledger.h"

/**
 * struct exit_rules - What the user counts
 * @fail_on:	Set of VERDICT_BIT() that are findings
 * @strict:	What is inconclusive or cut short matters
 * @require:	So do required rows that were not seen
 */
struct exit_rules {
	uint32_t fail_on;
	bool strict, require;
};

/* Return: 0 clean; 1 findings; 3 inconclusive */
int exit_status_of(const struct ledger *ledger, const struct exit_rules *rules);

#endif
