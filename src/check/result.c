/* A growing list of results and the memory of their texts. */
#include "check/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const char *result_state_name(enum result_state state)
{
	static const char *const names[] = {
		[RESULT_PASS] = "pass",
		[RESULT_FAIL] = "fail",
		[RESULT_ERROR] = "error",
	};
	static_assert(ARRAY_SIZE(names) == RESULT_STATES, "a name for each state");

	return names[state];
}

static const char *text(struct results *results, const char *fmt, va_list args)
{
	char buf[4096];
	char *copy;

	vsnprintf(buf, sizeof(buf), fmt, args);
	copy = arena_text(&results->arena, buf, strlen(buf));
	results->nomem |= copy == NULL;
	return copy == NULL ? "" : copy;
}

const char *results_text(struct results *results, const char *fmt, ...)
{
	const char *copy;
	va_list args;

	va_start(args, fmt);
	copy = text(results, fmt, args);
	va_end(args);
	return copy;
}

struct result *results_add(struct results *results, const struct result *result, const char *name,
			   ...)
{
	struct result *item;
	va_list args;

	if (memory_grow(&results->items, &results->cap, results->count + 1,
			sizeof(*results->items)) != 0) {
		results->nomem = true;
		return NULL;
	}
	item = &results->items[results->count++];
	*item = *result;
	va_start(args, name);
	item->name = text(results, name, args);
	va_end(args);
	if (item->expected == NULL)
		item->expected = "";
	if (item->found == NULL)
		item->found = "";
	results->by_state[item->state]++;
	return item;
}

void results_free(struct results *results)
{
	free(results->items);
	arena_free(&results->arena);
	*results = (struct results){ 0 };
}

int results_status(const struct results *results)
{
	if (results->nomem || results->by_state[RESULT_ERROR] != 0 || results->count == 0)
		return 2;
	return results->by_state[RESULT_FAIL] != 0;
}
