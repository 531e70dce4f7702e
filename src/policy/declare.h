/* Reading the vocabulary of a pack, and references to it.  Private to policy/. */
#ifndef FA_POLICY_DECLARE_H
#define FA_POLICY_DECLARE_H

#include "policy/policy_priv.h"

/**
 * struct reader - What reading one pack needs at hand
 * @declared:	Roles this very pack declares: only these may its rows use
 * @nomem:	Memory ran out somewhere
 */
struct reader {
	struct policy *policy;
	struct yaml_doc *doc;
	struct pack *pack;
	const char *file;
	struct table *tables;
	struct document *documents;
	struct role_set declared;
	bool conditions[CONDITION_MAX];
	bool exceptions[EXCEPTION_MAX];
	bool parameters[PARAMETER_MAX];
	bool nomem;
};

/* A copy in the policy's arena; "" without memory, which @nomem remembers. */
const char *declare_text(struct reader *r, const struct yaml_node *node);

/* The sections of a pack; each complains by itself. */
void declare_documents(struct reader *r, const struct yaml_node *node);
void declare_tables(struct reader *r, const struct yaml_node *node);
void declare_roles(struct reader *r, const struct yaml_node *node);
void declare_conditions(struct reader *r, const struct yaml_node *node);
void declare_exceptions(struct reader *r, const struct yaml_node *node);
void declare_parameters(struct reader *r, const struct yaml_node *node);

/* A reference to something the pack declares; -1 after a complaint with the nearest names. */
int declare_role(struct reader *r, const struct yaml_node *node, const char *what);
int declare_condition(struct reader *r, const struct yaml_node *node);
int declare_exception(struct reader *r, const struct yaml_node *node);
int declare_parameter(struct reader *r, const struct yaml_node *node);

/* row.c: read the list of rows. */
void row_read_all(struct reader *r, const struct yaml_node *node);
/* "5061" or "50000-59999" */
bool row_read_range(struct reader *r, const struct yaml_node *node, const char *what,
		    struct port_range *range);

#endif
