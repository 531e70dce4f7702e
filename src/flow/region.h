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

/*
 * Region that is touched all over from the first flow on.  Measured: with the
 * 32 MiB of the default table ten flows cost 0.05 ms in small pages and 3.4 ms in
 * huge ones, and a packet the same in both up to a million flows; the 128 MiB
 * for ten million flows want huge pages, 100 against 160 ns a packet.
 */
#define FLOW_REGION_SCATTERED ((size_t)64 << 20)
static inline void *flow_region_scattered(size_t bytes)
{
	void *region = memory_region(bytes);

	if (bytes <= FLOW_REGION_SCATTERED)
		flow_region_small_pages(region, bytes);
	return region;
}

#endif
