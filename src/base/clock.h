/* What time it is. */
#ifndef FA_BASE_CLOCK_H
#define FA_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "base/util.h"

/* Nanoseconds of CLOCK_REALTIME (since 1970) or CLOCK_MONOTONIC, which nobody sets. */
static inline int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

#endif
