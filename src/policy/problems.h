/* A list of complaints about files, each with its place, so that one run shows every mistake. */
#ifndef FA_POLICY_PROBLEMS_H
#define FA_POLICY_PROBLEMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

/**
 * struct problem - One complaint
 * @file:	Path as given
 * @line, @column: From 1; 0 when the complaint is about the whole file
 * @code:	For lint: "shadowed", "duplicate", ...; "" for syntax errors
 * @text:	What was found, what was wanted
 */
struct problem {
	char *file;
	char *text;
	const char *code;
	uint32_t line, column;
	enum severity severity;
};

/* Zero-initialise; problems_free() releases what it holds. */
struct problems {
	struct problem *items;
	size_t count, cap;
	size_t errors; /* of SEVERITY_ERROR */
};

/* Append; returns 0 or FA_ENOMEM. */
int problems_add(struct problems *p, enum severity severity, const char *code, const char *file,
		 uint32_t line, uint32_t column, const char *fmt, ...) FA_PRINTF(7, 8);
void problems_free(struct problems *p);
/* Put the complaints from index @first on in the order of their files' names and places. */
void problems_sort(struct problems *p, size_t first);

/* "file:12:9: text" into @buf; the line and column are left out when 0. */
void problem_text(const struct problem *problem, char *buf, size_t size);

#endif
