/* Edit distance between a word and the names it could have been. */
#include "policy/names.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define NAME_LONGEST 64

/*
 * Optimal string alignment: insert, delete, replace or swap two neighbours,
 * one point each ("front-ned" is one swap away from "front-end").  Three rows
 * of the usual table are enough.
 */
static unsigned edits(const char *a, size_t n, const char *b, size_t m)
{
	unsigned rows[3][NAME_LONGEST + 1];
	unsigned *older = rows[0], *old = rows[1], *now = rows[2];
	size_t i, j;

	for (j = 0; j <= m; j++)
		old[j] = (unsigned)j;
	for (i = 1; i <= n; i++) {
		unsigned *spare = older;

		now[0] = (unsigned)i;
		for (j = 1; j <= m; j++) {
			unsigned best = old[j - 1] + (a[i - 1] != b[j - 1]);

			best = MIN(best, old[j] + 1);
			best = MIN(best, now[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = MIN(best, older[j - 2] + 1);
			now[j] = best;
		}
		older = old;
		old = now;
		now = spare;
	}
	return old[m];
}

void names_begin(struct names *names, const char *text, size_t len)
{
	*names = (struct names){ .text = text, .len = len };
}

void names_offer(struct names *names, const char *name)
{
	size_t len = strlen(name), i;
	unsigned distance;
	size_t least = MIN(len, names->len);
	/* A third of the word may be wrong, two letters of five, one of fewer. */
	unsigned most = (unsigned)MAX(least < 5 ? 1 : 2, least / 3);

	if (len == 0 || names->len == 0 || len > NAME_LONGEST || names->len > NAME_LONGEST)
		return;
	distance = edits(names->text, names->len, name, len);
	if (distance > most || distance >= least)
		return;
	for (i = 0; i < NAMES_BEST; i++) {
		const char *was = names->best[i];
		unsigned was_distance = names->distance[i];

		if (was != NULL && was_distance <= distance)
			continue;
		names->best[i] = name;
		names->distance[i] = distance;
		if (was == NULL)
			break;
		name = was;
		distance = was_distance;
	}
}

void names_text(const struct names *names, char *buf, size_t size)
{
	size_t at;
	unsigned i;

	if (size == 0)
		return;
	buf[0] = '\0';
	if (names->best[0] == NULL)
		return;
	snprintf(buf, size, "; did you mean \"%s\"", names->best[0]);
	for (i = 1; i < NAMES_BEST && names->best[i] != NULL; i++) {
		at = strlen(buf);
		snprintf(buf + at, size - at, " or \"%s\"", names->best[i]);
	}
	at = strlen(buf);
	snprintf(buf + at, size - at, "?");
}
