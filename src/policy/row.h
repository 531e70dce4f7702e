/* The rows of a pack.  Private to policy/. */
#ifndef FA_POLICY_ROW_H
#define FA_POLICY_ROW_H

#include "policy/declare.h"

/* Read the list of rows into the policy; complains by itself.  @node may be NULL. */
void row_read_all(struct reader *r, const struct yaml_node *node);

#endif
