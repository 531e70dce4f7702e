/*
 * Large regions whose first use must stay cheap.
 *
 * memory_region() asks for huge pages, which a large run wants: a flow then
 * costs a cache miss and no page walk.  But touching the first byte of a huge
 * page clears 2 MiB, and the smallest audit touches the start of a dozen
 * regions.  So the start of a region stays in small pages.
 */
#ifndef FA_FLOW_REGION_H
#define FA_FLOW_REGION_H

#include <sys/mman.h>

#include "base/memory.h"

#define FLOW_REGION_HEAD ((size_t)2 << 20)

/* Advice only: a kernel without huge pages refuses, and needs none. */
static inline void flow_region_small_pages(void *region, size_t bytes)
{
	if (region != NULL)
		(void)madvise(region, bytes, MADV_NOHUGEPAGE);
}

/* Region that fills from its start.  Release with memory_region_free(). */
static inline void *flow_region(size_t bytes)
{
	void *region = memory_region(bytes);

	flow_region_small_pages(region, MIN(bytes, FLOW_REGION_HEAD));
	return region;
}

#endif
