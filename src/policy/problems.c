/* Complaints, collected; each keeps its own copy of file and text. */
#include "policy/problems.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

/* A file may quote what a terminal would obey; '?' instead, byte by byte. */
static void clean(char *text)
{
	size_t len = strlen(text), at = 0;

	while (at < len) {
		uint32_t value;
		size_t n = utf8_take(text + at, len - at, &value);

		if (n == 0)
			text[at] = '?';
		else if (utf8_is_control(value) || utf8_is_layout(value))
			memset(text + at, '?', n);
		at += n == 0 ? 1 : n;
	}
}

int problems_add(struct problems *p, enum severity severity, const char *code, const char *file,
		 uint32_t line, uint32_t column, const char *fmt, ...)
{
	struct problem *item;
	va_list args;
	char *text, *copy;
	int n;

	if (severity == SEVERITY_ERROR)
		p->errors++; /* counts even where the text cannot be kept */
	if (memory_grow(&p->items, &p->cap, p->count + 1, sizeof(*p->items)) != 0)
		return FA_ENOMEM;
	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		return FA_ENOMEM;
	copy = strdup(file);
	if (copy == NULL) {
		free(text);
		return FA_ENOMEM;
	}
	clean(text);
	item = &p->items[p->count++];
	*item = (struct problem){ .file = copy,
				  .text = text,
				  .code = code,
				  .line = line,
				  .column = column,
				  .severity = severity };
	return 0;
}

void problems_free(struct problems *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		free(p->items[i].file);
		free(p->items[i].text);
	}
	free(p->items);
	*p = (struct problems){ 0 };
}

/* By place; equal places stay as they were found, for which the merge below is stable. */
static bool before(const struct problem *a, const struct problem *b)
{
	int order = strcmp(a->file, b->file);

	if (order != 0)
		return order < 0;
	return a->line != b->line ? a->line < b->line : a->column < b->column;
}

void problems_sort(struct problems *p, size_t first)
{
	struct problem *from, *to, *spare;
	size_t count, width, at;

	if (first >= p->count)
		return;
	from = p->items + first;
	count = p->count - first;
	spare = memory_array(count, sizeof(*spare));
	if (spare == NULL)
		return; /* in the order they were found, then */
	to = spare;
	for (width = 1; width < count; width *= 2) {
		struct problem *swap = from;

		for (at = 0; at < count; at += 2 * width) {
			size_t left = at, mid = MIN(at + width, count), right = mid, out = at;
			size_t end = MIN(at + 2 * width, count);

			while (out < end) {
				bool take_right =
					left == mid ||
					(right < end && before(&from[right], &from[left]));

				to[out++] = take_right ? from[right++] : from[left++];
			}
		}
		from = to;
		to = swap;
	}
	if (from == spare)
		memcpy(p->items + first, spare, count * sizeof(*spare));
	free(spare);
}

void problem_text(const struct problem *problem, char *buf, size_t size)
{
	if (problem->line == 0)
		snprintf(buf, size, "%s: %s", problem->file, problem->text);
	else
		snprintf(buf, size, "%s:%u:%u: %s", problem->file, problem->line, problem->column,
			 problem->text);
}
