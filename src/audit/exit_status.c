/* Findings first, then what could not be judged. */
#include "audit/exit_status.h"

/* Something of the capture stayed unread or unjudged. */
static bool inconclusive(const struct ledger *l)
{
	if (l->verdicts[VERDICT_INCONCLUSIVE] != 0)
		return true;
	for (size_t i = 0; i < l->capture_count; i++)
		if (l->captures[i].truncated)
			return true;
	return false;
}

int exit_status_of(const struct ledger *l, const struct exit_rules *rules)
{
	bool findings = false;

	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		findings |= (rules->fail_on & VERDICT_BIT(v)) && l->verdicts[v] != 0;
	for (unsigned r = 0; rules->require && r < policy_row_count(l->policy); r++)
		findings |= l->coverage[r].required;
	if (findings)
		return 1;
	if (ledger_flows(l) == 0 || ledger_site_is_absent(l) || (rules->strict && inconclusive(l)))
		return 3;
	return 0;
}
