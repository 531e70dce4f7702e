/* Declaring names and referring to them.  Private to policy/. */
#ifndef FA_POLICY_TERMS_H
#define FA_POLICY_TERMS_H

#include "policy/declare.h"

/* The section of a pack that declares names of a kind; @node may be NULL. */
void terms_declare(struct reader *r, enum vocab kind, const struct yaml_node *node);

/**
 * terms_refer() - Index of the name that a node is
 * @what:	The key it stands at, for complaints
 *
 * In a pack only what the pack declares is known, in a site what any pack does.
 *
 * Return: -1 after a complaint with the nearest names
 */
int terms_refer(struct reader *r, enum vocab kind, const struct yaml_node *node, const char *what);

#endif
