/*
 * Who plays the roles: hosts that the site binds to them.
 *
 * Where the user gives no site one is invented, and written as a file like any
 * other.  An invented address is a function of the role's name alone, so that
 * captures stay the same when packs are added.
 */
#ifndef FA_FORGE_CAST_H
#define FA_FORGE_CAST_H

#include "policy/policy.h"

/**
 * cast_invent() - Write a site file that gives each role of the packs two hosts
 * @v6:	IPv6 addresses
 *
 * Return: 0; FA_EIO; FA_EUSAGE: two roles would get the same address
 */
int cast_invent(const struct policy *policy, bool v6, const char *path, struct fa_error *err);

/**
 * cast_ends() - Hosts for the two ends of a row
 * @policy:	Compiled, with a site
 * @from, @to:	Always different; an end that is any or unspecified is a host of no role
 *
 * Return: false when the site binds no host to a role of the row
 */
bool cast_ends(const struct policy *policy, const struct row *row, struct address *from,
	       struct address *to);

/* A firewall between the two: an address of no role, of the family of @end. */
struct address cast_firewall(const struct address *end);

#endif
