/*
 * What of a tuple can matter to any row.  Two tuples whose ports, addresses and time are of
 * the same classes satisfy the same rows.  Private to policy/.
 */
#ifndef FA_POLICY_CLASSES_H
#define FA_POLICY_CLASSES_H

#include "policy/policy_priv.h"

/**
 * classes_build() - Cut the port space and the time where some row's key begins or ends
 *
 * Return: 0 or FA_ENOMEM
 */
int classes_build(struct policy *policy);
void classes_free(struct classes *classes);

/* The stretch of ports that holds @port: classes->ports[stretch] is its first one. */
unsigned classes_port(const struct classes *classes, uint16_t port);
/* Its last port. */
uint16_t classes_port_last(const struct classes *classes, unsigned stretch);
/* Instants of expiry that are past at @ts_ns. */
unsigned classes_time(const struct classes *classes, int64_t ts_ns);

#endif
