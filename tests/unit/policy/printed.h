/* The normalised tables of ../shared/facts against the packs, field by field. */
#ifndef PRINTED_H
#define PRINTED_H

#include "policy/policy.h"

/**
 * printed_compare() - Hold the rows of a policy against a table
 * @name:	Below $FLOWAUDIT_SHARED/facts, "extra/teams-qos.tsv"
 * @document:	Only lines of this document; NULL: all
 * @seen:	A counter a row of the policy: raised by each line that is that row
 *
 * A line without its row, or a field that differs, is a failed test and is printed.
 *
 * Return: lines compared; -1 without the file, which is said
 */
int printed_compare(const struct policy *policy, const char *name, const char *document,
		    unsigned *seen);

#endif
