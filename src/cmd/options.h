/* Options by table: one row gives the parser, the usage text and the default. */
#ifndef FA_CMD_OPTIONS_H
#define FA_CMD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct option_row - One option
 * @letter:	Short form, or 0
 * @name:	Long form
 * @value:	Name of its argument for the usage text; NULL: a flag
 * @repeat:	May be given more than once
 * @help:	One line, with the default where there is one
 */
struct option_row {
	char letter;
	const char *name;
	const char *value;
	bool repeat;
	const char *help;
};

#define OPTIONS_MAX 40

/**
 * options_next() - Next option of a command line
 * @rows:	Table ended by a row without name
 * @state:	Zero-initialised before the first call
 *
 * Return: index in @rows, with the argument in @state->value; -1 when the
 *	   options end (operands are argv[state->operand ...]); -2 after a
 *	   mistake, which has been said
 */
struct options_state {
	uint64_t given;
	const char *value;
	int operand;
	bool started;
};
int options_next(int argc, char **argv, const struct option_row *rows, struct options_state *state);

/* "  -R, --rules PACK      text" for every row, wrapped for 80 columns. */
void options_print(FILE *to, const struct option_row *rows);

/* A whole decimal number within bounds; says what is wrong and returns false otherwise. */
bool options_number(const char *option, const char *text, uint64_t min, uint64_t max,
		    uint64_t *value);

#endif
