/* What the files of `flowaudit rules` share.  Private to cmd/rules*.c. */
#ifndef FA_CMD_RULES_PRIV_H
#define FA_CMD_RULES_PRIV_H

#include "base/output.h"
#include "policy/policy.h"

/**
 * struct rules_run - One call of `flowaudit rules`
 * @args:	What follows the options, @arg_count of it
 * @at_ns:	The time that validity is held against
 */
struct rules_run {
	struct policy *policy;
	struct output *out;
	char **args;
	int arg_count;
	int64_t at_ns;
	bool json, roles, strict;
};

/* Each returns an exit status. */
int rules_list(struct rules_run *run);
int rules_show(struct rules_run *run);
int rules_match(struct rules_run *run);

/* One row as a JSON object without newline. */
void rules_row_json(struct rules_run *run, unsigned index);

#endif
