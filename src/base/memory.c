/* Arrays with checked products, and regions from the kernel. */
#include "base/memory.h"

#include <stdint.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

void *memory_array(size_t n, size_t size)
{
	/* calloc() may answer NULL for nothing; ask for a byte. */
	if (n == 0 || size == 0)
		return calloc(1, 1);
	if (n > PTRDIFF_MAX / size)
		return NULL;
	return calloc(n, size);
}

/* Objects to make room for: twice as many, or what is wanted.  0: more than can be. */
static size_t grown(size_t cap, size_t want, size_t size)
{
	size_t room = cap > SIZE_MAX / 2 ? want : MAX(cap * 2, want);

	FA_ASSERT(size > 0);
	if (room > PTRDIFF_MAX / size)
		room = want;
	return room > PTRDIFF_MAX / size ? 0 : room;
}

int memory_grow(void *base, size_t *cap, size_t want, size_t size)
{
	size_t room;
	void *old, *new;

	if (want <= *cap)
		return 0;
	room = grown(*cap, want, size);
	if (room == 0)
		return FA_ENOMEM;
	/* @base points to a pointer of a type not known here: copy, do not alias. */
	memcpy(&old, base, sizeof(old));
	new = realloc(old, room * size);
	if (new == NULL)
		return FA_ENOMEM;
	memcpy(base, &new, sizeof(new));
	*cap = room;
	return 0;
}

/* Whole pages for @bytes, or 0 when that does not fit in a size_t. */
static size_t region_length(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (bytes == 0)
		return page;
	if (bytes > SIZE_MAX - (page - 1))
		return 0;
	return (bytes + page - 1) / page * page;
}

void *memory_region(size_t bytes)
{
	size_t len = region_length(bytes);
	void *region;

	if (len == 0)
		return NULL;
	region = mmap(NULL, len, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (region == MAP_FAILED)
		return NULL;
	/* A kernel without huge pages refuses; the region works all the same. */
	(void)madvise(region, len, MADV_HUGEPAGE);
	return region;
}

/* Smallest region that grows: less is not worth its pages. */
#define REGION_LEAST ((size_t)64 << 10)
/*
 * Address space costs nothing, and pages that move are paid for again where a hypervisor
 * maps them: so each move makes room for this many times what there was.
 */
#define REGION_GROWTH 16u

/* The array moves to room for @room objects.  Return: false when there is none */
static bool region_move(void *base, size_t *cap, size_t room, size_t size)
{
	size_t len = room == 0 ? 0 : region_length(room * size);
	void *old, *new;

	if (len == 0)
		return false;
	memcpy(&old, base, sizeof(old));
	if (old == NULL) {
		new = memory_region(len);
	} else {
		new = mremap(old, region_length(*cap * size), len, MREMAP_MAYMOVE);
		new = new == MAP_FAILED ? NULL : new;
	}
	if (new == NULL)
		return false;
	memcpy(base, &new, sizeof(new));
	*cap = room;
	return true;
}

int memory_region_grow(void *base, size_t *cap, size_t want, size_t size)
{
	size_t least = MAX(want, REGION_LEAST / size), most = least;

	if (want <= *cap)
		return 0;
	if (*cap < SIZE_MAX / REGION_GROWTH)
		most = MAX(least, *cap * REGION_GROWTH);
	return region_move(base, cap, grown(*cap, most, size), size) ||
			       region_move(base, cap, grown(*cap, least, size), size)
		       ? 0
		       : FA_ENOMEM;
}

void memory_region_clear(void *region, size_t bytes)
{
	/* The kernel gives anonymous memory back zeroed; only locked memory it keeps. */
	if (madvise(region, region_length(bytes), MADV_DONTNEED) != 0)
		memset(region, 0, bytes);
}

void memory_region_free(void *region, size_t bytes)
{
	if (region != NULL)
		(void)munmap(region, region_length(bytes));
}
