/* What a count must be: "3", "== 3", "<= 3", ">= 3". */
#ifndef FA_CHECK_COUNT_H
#define FA_CHECK_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

enum count_op { COUNT_EQUAL, COUNT_AT_MOST, COUNT_AT_LEAST };

struct count {
	uint64_t value;
	enum count_op op;
};

/* Read @len bytes; false when they are no count. */
bool count_parse(const char *text, size_t len, struct count *count);
bool count_holds(const struct count *count, uint64_t found);

#define COUNT_TEXT 32
/* "exactly 3", "at most 3", "at least 3"; returns @buf. */
const char *count_text(const struct count *count, char buf[static COUNT_TEXT]);
/* As it is written in an expectation file: "3", "<= 3", ">= 3"; returns @buf. */
const char *count_notation(const struct count *count, char buf[static COUNT_TEXT]);

#endif
