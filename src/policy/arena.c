/* A chain of growing chunks. */
#include "policy/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_FIRST ((size_t)16 << 10)
#define CHUNK_MOST  ((size_t)4 << 20)

struct arena_chunk {
	struct arena_chunk *before;
	alignas(max_align_t) unsigned char bytes[];
};

/* A new chunk with room for @bytes; what the old one had left is given up. */
static int grow(struct arena *arena, size_t bytes)
{
	size_t size = arena->size == 0 ? CHUNK_FIRST : MIN(arena->size * 2, CHUNK_MOST);
	struct arena_chunk *chunk;

	size = MAX(size, bytes);
	if (size > SIZE_MAX - sizeof(*chunk))
		return -1;
	/* calloc: fresh pages come zeroed from the kernel and are not touched twice. */
	chunk = calloc(1, sizeof(*chunk) + size);
	if (chunk == NULL)
		return -1;
	chunk->before = arena->chunk;
	arena->chunk = chunk;
	arena->used = 0;
	arena->size = size;
	return 0;
}

static void *take(struct arena *arena, size_t bytes, size_t align)
{
	size_t at = (arena->used + align - 1) & ~(align - 1);
	void *piece;

	if (arena->chunk == NULL || at > arena->size || bytes > arena->size - at) {
		if (grow(arena, bytes) != 0)
			return NULL;
		at = 0;
	}
	piece = arena->chunk->bytes + at;
	arena->used = at + bytes;
	return piece;
}

void *arena_take(struct arena *arena, size_t bytes)
{
	return take(arena, bytes, alignof(uint64_t));
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
	char *copy = len == SIZE_MAX ? NULL : take(arena, len + 1, 1);

	if (copy != NULL)
		memcpy(copy, text, len); /* the byte after it is zero already */
	return copy;
}

void arena_free(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunk;

	while (chunk != NULL) {
		struct arena_chunk *before = chunk->before;

		free(chunk);
		chunk = before;
	}
	*arena = (struct arena){ 0 };
}
