/* Overflow-checked arrays and large zeroed regions. */
#ifndef FA_BASE_MEMORY_H
#define FA_BASE_MEMORY_H

#include "base/util.h"

/**
 * memory_array() - Zeroed array of @n objects of @size bytes
 *
 * Return: memory to release with free(), or NULL when it cannot be had or the
 *	   product overflows.  A zero-sized array is a valid, unique pointer.
 */
FA_NODISCARD void *memory_array(size_t n, size_t size);

/**
 * memory_grow() - Make room for at least @want objects in a growing array
 * @base:	Address of the pointer to the array (may point to NULL)
 * @cap:	In/out: objects the array has room for; at least doubled
 * @want:	Objects needed
 * @size:	Bytes an object
 *
 * New objects are not initialised.  On failure nothing changes.
 *
 * Return: 0, or FA_ENOMEM
 */
FA_NODISCARD int memory_grow(void *base, size_t *cap, size_t want, size_t size);

/**
 * memory_region() - Zeroed region for tables, from the kernel
 * @bytes:	Length; rounded up to pages
 *
 * Asks for huge pages.  Pages are only paid for once touched, so a region may
 * be reserved for the largest table and cost little for a small capture.
 *
 * Return: memory to release with memory_region_free(), or NULL
 */
FA_NODISCARD void *memory_region(size_t bytes);

/**
 * memory_region_grow() - As memory_grow(), for arrays of any length to come
 * @base:	NULL, or what this function gave
 *
 * The kernel moves pages, not bytes, and gives huge ones.  Release with
 * memory_region_free(base, cap * size).
 *
 * Return: 0, or FA_ENOMEM
 */
FA_NODISCARD int memory_region_grow(void *base, size_t *cap, size_t want, size_t size);

/* All zero again; its pages are paid for anew.  Both: @bytes as it was made. */
void memory_region_clear(void *region, size_t bytes);
void memory_region_free(void *region, size_t bytes);

#endif
