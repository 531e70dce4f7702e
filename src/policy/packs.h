/* Where the packs are: names to files. */
#ifndef FA_POLICY_PACKS_H
#define FA_POLICY_PACKS_H

#include <stddef.h>

#include "policy/policy.h"

/**
 * packs_locate() - The file of a pack
 * @name:	A path, when it holds a '/' or ends in .yaml or .yml; otherwise
 *		the name of a pack, "lync2013-pic"
 * @path:	Filled with the file to load
 *
 * A name is looked for as NAME.yaml in $FLOWAUDIT_RULES, then in the directory
 * of the installed packs, then in `rules` two levels above the program, where
 * a build in the source tree finds it.
 *
 * Return: 0; FA_EUSAGE, with text that lists where it was looked for
 */
int packs_locate(const char *name, char *path, size_t size, struct fa_error *err);

/*
 * Read a site after some packs.  One site file serves every run, so it may name
 * what any shipped pack declares even where a run takes only some of them.
 */
int packs_load_site(struct policy *policy, const char *site, struct problems *problems);

/* The packs that are used when none is asked for; ends with NULL. */
const char *const *packs_default(void);
/* The other packs that ship, of the sibling documents; ends with NULL. */
const char *const *packs_siblings(void);

#endif
