/* The half of confine() that is about system calls; only confine.c uses it. */
#ifndef FA_AUDIT_CONFINE_CALLS_H
#define FA_AUDIT_CONFINE_CALLS_H

#include <stdbool.h>

#include "audit/confine.h"

struct call_filter;

/**
 * call_filter_open() - Load libseccomp, while libraries can still be loaded
 * @filter:	For call_filter_close(); NULL on failure
 *
 * Return: 0; FA_EUNSUPPORTED without the library; FA_ENOMEM
 */
int call_filter_open(struct call_filter **filter, struct fa_error *err);

/**
 * call_filter_enforce() - Allow what is on the list, to all threads
 * @in_force:	False: this kernel has no seccomp
 *
 * Return: 0; FA_EIO when the kernel refuses; FA_ENOMEM
 */
int call_filter_enforce(struct call_filter *filter, const struct confine_options *options,
			bool *in_force, struct fa_error *err);

/* NULL is fine. */
void call_filter_close(struct call_filter *filter);

#endif
