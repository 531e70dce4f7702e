/* "Did you mean": the known name closest to what somebody wrote.  Private to policy/ and cmd/. */
#ifndef FA_POLICY_NAMES_H
#define FA_POLICY_NAMES_H

#include <stddef.h>

#define NAMES_BEST 3

/**
 * struct names - The closest of the names offered so far
 * @best:	Closest first; NULL where fewer were close enough.  Points to
 *		what names_offer() was given
 */
struct names {
	const char *text;
	size_t len;
	const char *best[NAMES_BEST];
	unsigned distance[NAMES_BEST];
};

void names_begin(struct names *names, const char *text, size_t len);
void names_offer(struct names *names, const char *name);
/* "; did you mean \"front-end\"?" or an empty text. */
void names_text(const struct names *names, char *buf, size_t size);

#endif
