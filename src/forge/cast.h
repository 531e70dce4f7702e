/*
 * Who plays the roles: addresses from the site, or invented ones.
 *
 * Invented addresses are a function of the role's name alone, so that captures
 * stay the same when packs are added; a site file with them is written beside
 * the captures.
 */
#ifndef FA_FORGE_CAST_H
#define FA_FORGE_CAST_H

#include "policy/policy.h"

struct cast;

/* @policy is compiled, with or without a site, and borrowed.  @v6: invent IPv6 addresses. */
int cast_new(struct cast **cast, const struct policy *policy, bool v6, struct fa_error *err);
void cast_free(struct cast *cast);

/**
 * cast_ends() - Addresses for the two ends of a row
 * @from, @to:	Of the row's ends; an end that is any or unspecified gets a host of no role,
 *		or the row's documented narrowing
 *
 * Both are always different hosts.
 *
 * Return: false when the site binds no address to a role of the row
 */
bool cast_ends(const struct cast *cast, const struct row *row, struct address *from,
	       struct address *to);

/* A firewall between the two: an address of no role. */
struct address cast_firewall(const struct cast *cast);

/* Write the invented roles as a site file.  FA_EIO. */
int cast_write_site(const struct cast *cast, const char *path, struct fa_error *err);

#endif
