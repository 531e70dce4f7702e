/* Ports and port ranges: as they are written, and as sets.  Private to policy/. */
#ifndef FA_POLICY_RANGES_H
#define FA_POLICY_RANGES_H

#include "policy/declare.h"

/* "5061" or "50000-59999"; complains and returns false when it is neither. */
bool ranges_read_one(struct reader *r, const struct yaml_node *node, const char *what,
		     struct port_range *range);
/* One of those or a list, sorted; @set stays empty after a complaint. */
void ranges_read(struct reader *r, const struct yaml_node *node, const char *what,
		 struct port_set *set);

/* Every port that @a admits @b admits; a set without ranges admits all. */
bool ranges_inside(const struct port_set *a, const struct port_set *b);
/* Some range of one has a port of the other's. */
bool ranges_meet(const struct port_set *a, const struct port_set *b);

#endif
