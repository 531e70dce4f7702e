/* An output that fails for a while: told once when it begins and once when it is over. */
#ifndef FA_REPORT_OUTAGE_H
#define FA_REPORT_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/**
 * struct outage - Zeroed at start
 * @on:		The last attempt to write failed
 * @told:	outage_tell() has told of it
 * @lost:	What had been lost before it began
 * @why:	The first failure
 */
struct outage {
	bool on;
	bool told;
	uint64_t lost;
	struct fa_error why;
};

/**
 * outage_begin() - An attempt failed; nothing changes within an outage
 * @lost:	What was lost so far, over all
 * @name:	Of the output
 * @failed:	"cannot write" and the like
 * @error:	errno
 */
void outage_begin(struct outage *o, uint64_t lost, const char *name, const char *failed, int error);

/**
 * outage_tell() - What there is to say now
 * @well:	Everything is written
 * @name:	Of the output
 * @what:	"lines", "packets"
 * @lost:	What was lost so far, over all
 *
 * Return: FA_EIO with @err filled, once an outage; 1 with text (and code FA_OK) in @err, once
 *	   when it is over; 0 otherwise, @err is not touched
 */
int outage_tell(struct outage *o, bool well, const char *name, const char *what, uint64_t lost,
		struct fa_error *err);

#endif
