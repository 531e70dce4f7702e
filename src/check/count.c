/* Counts as expectation files write them. */
#include "check/count.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *sign, *words;
} ops[] = {
	[COUNT_EQUAL] = { "==", "exactly" },
	[COUNT_AT_MOST] = { "<=", "at most" },
	[COUNT_AT_LEAST] = { ">=", "at least" },
};

bool count_parse(const char *text, size_t len, struct count *count)
{
	size_t at = 0, digits = 0;

	*count = (struct count){ .op = COUNT_EQUAL };
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (len >= 2 && memcmp(text, ops[i].sign, 2) == 0) {
			count->op = (enum count_op)i;
			at = 2;
		}
	}
	while (at > 0 && at < len && text[at] == ' ')
		at++;
	for (; at < len && text[at] >= '0' && text[at] <= '9' && digits < 18; at++, digits++)
		count->value = count->value * 10 + (uint64_t)(text[at] - '0');
	return digits > 0 && at == len;
}

bool count_holds(const struct count *count, uint64_t found)
{
	switch (count->op) {
	case COUNT_EQUAL:
		return found == count->value;
	case COUNT_AT_MOST:
		return found <= count->value;
	case COUNT_AT_LEAST:
		break;
	}
	return found >= count->value;
}

const char *count_text(const struct count *count, char buf[static COUNT_TEXT])
{
	snprintf(buf, COUNT_TEXT, "%s %" PRIu64, ops[count->op].words, count->value);
	return buf;
}

const char *count_notation(const struct count *count, char buf[static COUNT_TEXT])
{
	snprintf(buf, COUNT_TEXT, "%s%s%" PRIu64,
		 count->op == COUNT_EQUAL ? "" : ops[count->op].sign,
		 count->op == COUNT_EQUAL ? "" : " ", count->value);
	return buf;
}
