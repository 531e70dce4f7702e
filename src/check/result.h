/* What came out of the items of an expectation: the input of every format. */
#ifndef FA_CHECK_RESULT_H
#define FA_CHECK_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "policy/arena.h"

enum result_state {
	RESULT_PASS,
	RESULT_FAIL,
	RESULT_ERROR, /* it could not be checked */
	RESULT_STATES
};
const char *result_state_name(enum result_state state); /* "pass", "fail", "error" */

#define RESULT_EXAMPLES 5

/**
 * struct example - A flow that a reader should look at
 * @text:	"tcp 10.0.0.5:50000 -> 10.1.0.1:5061: blocked, no_reply"
 * @capture:	Its file
 */
struct example {
	const char *text;
	const char *capture;
	uint64_t frame;
};

/**
 * struct result - One item
 * @file, @line: Where it stands; line 0: the file as a whole
 * @group:	"rows", "verdicts", "flows", "exceptions", "exit", "captures", "baseline"
 * @name:	Names the item within its file: unique, stable from run to run
 * @expected, @found: What the item wants and what there was; "" where there is nothing to say
 * @examples:	@example_count flows; @example_total of them there are
 */
struct result {
	const char *file;
	const char *group;
	const char *name;
	const char *expected;
	const char *found;
	struct example examples[RESULT_EXAMPLES];
	uint64_t example_total;
	uint32_t line;
	unsigned example_count;
	enum result_state state;
};

/* Zero-initialise; results_free() releases what it holds. */
struct results {
	struct result *items;
	size_t count, cap;
	size_t by_state[RESULT_STATES];
	struct arena arena;
	bool nomem; /* something is missing for want of memory */
};

/**
 * results_add() - Append an item
 * @name:	printf format; the other texts are @result's own or static
 *
 * Return: the item, until the next one is added; NULL without memory
 */
struct result *results_add(struct results *results, const struct result *result, const char *name,
			   ...) FA_PRINTF(3, 4);
/* A text that lives as long as the results; "" without memory. */
const char *results_text(struct results *results, const char *fmt, ...) FA_PRINTF(2, 3);
void results_free(struct results *results);

/* 0 all hold, 1 an item fails, 2 one could not be checked. */
int results_status(const struct results *results);

#endif
