/* The truth of a forged capture, as an expectation file beside it. */
#ifndef FA_FORGE_TRUTH_H
#define FA_FORGE_TRUTH_H

#include "forge/forge.h"
#include "forge/plan.h"

/* @capture: its file name within the directory.  FA_EIO. */
int truth_write(const struct plan *plan, enum forge_case c, const struct forge_options *options,
		const char *path, const char *capture, struct fa_error *err);

#endif
