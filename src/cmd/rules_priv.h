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

/* The policy of @run is the older one.  1 when something differs. */
int rules_diff(struct rules_run *run, const struct policy *newer);

/* One row as a JSON object without newline. */
void rules_row_json(struct rules_run *run, unsigned index);
/* "tcp      8057         psom/tls               client -> front-end", and what limits it. */
void rules_row_line(struct output *out, const struct policy *policy, const struct row *row);

const char *rules_l4_text(const struct row *row);       /* "tcp,udp" */
const char *rules_need_name(const struct row *row);     /* "required" */
const char *rules_twoway_name(const struct row *row);   /* "anchored" */
const char *rules_tune_key_name(const struct row *row); /* "sport" */

#endif
