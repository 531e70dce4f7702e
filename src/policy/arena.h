/* Memory that is handed out piece by piece and released all at once.  Private to policy/. */
#ifndef FA_POLICY_ARENA_H
#define FA_POLICY_ARENA_H

#include "base/util.h"

struct arena_chunk;

/* Zero-initialise; arena_free() releases what it holds. */
struct arena {
	struct arena_chunk *chunk;
	size_t used, size; /* bytes of the current chunk */
};

/* @bytes, zeroed, aligned for pointers and 64-bit integers; NULL without memory. */
FA_NODISCARD void *arena_take(struct arena *arena, size_t bytes);
/* A NUL-terminated copy of @len bytes; NULL without memory. */
FA_NODISCARD char *arena_text(struct arena *arena, const char *text, size_t len);
void arena_free(struct arena *arena);

#endif
