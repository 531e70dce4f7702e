/* From operands to captures and a filter expression. */
#ifndef FA_CMD_INPUTS_H
#define FA_CMD_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise; inputs_free() releases what it holds. */
struct inputs {
	char **paths;
	size_t count, cap;
	char *filter; /* BPF expression, or NULL */
};

/**
 * inputs_add() - Add a capture, or every capture of a directory in order of name
 *
 * Files of a directory that neither look like a capture nor are named like one
 * are passed over.  Mistakes are said on standard error.
 *
 * Return: false when nothing could be added
 */
bool inputs_add(struct inputs *in, const char *path);

/**
 * inputs_operands() - Sort operands into captures and a trailing BPF expression
 * @captures_given: -r named the captures: every operand belongs to the expression,
 *		as in tcpdump
 *
 * Otherwise the captures come first; the first operand that is neither a file
 * nor named like a capture begins the expression.
 */
bool inputs_operands(struct inputs *in, int argc, char **argv, bool captures_given);

/* Take the expression from a file (-F); '#' to the end of a line is a comment. */
bool inputs_filter_file(struct inputs *in, const char *path);

void inputs_free(struct inputs *in);

#endif
