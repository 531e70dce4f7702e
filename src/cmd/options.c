/* getopt_long behind a table; options and operands may be mixed, "--" ends the options. */
#include "cmd/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/command.h"

/* Long options return their row above every letter. */
#define LONG_BASE 1000

static void build(const struct option_row *rows, char *letters, struct option *longs)
{
	size_t n = 0, l = 0;

	letters[l++] = ':';
	for (; rows[n].name != NULL; n++) {
		FA_ASSERT(n < OPTIONS_MAX);
		longs[n] = (struct option){
			.name = rows[n].name,
			.has_arg = rows[n].value != NULL ? required_argument : no_argument,
			.val = LONG_BASE + (int)n,
		};
		if (rows[n].letter == 0)
			continue;
		letters[l++] = rows[n].letter;
		if (rows[n].value != NULL)
			letters[l++] = ':';
	}
	letters[l] = '\0';
	longs[n] = (struct option){ 0 };
}

static int row_of(const struct option_row *rows, int code)
{
	if (code >= LONG_BASE)
		return code - LONG_BASE;
	for (int i = 0; rows[i].name != NULL; i++)
		if (rows[i].letter == code)
			return i;
	return -1;
}

int options_next(int argc, char **argv, const struct option_row *rows, struct options_state *state)
{
	char letters[2 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
	int code, row;

	build(rows, letters, longs);
	if (!state->started) {
		optind = 0; /* GNU: start over, also when another command line was parsed before */
		state->started = true;
	}
	opterr = 0;
	code = getopt_long(argc, argv, letters, longs, NULL);
	state->operand = optind;
	if (code == -1)
		return -1;
	if (code == ':') {
		command_complain("%s: option %s needs a value; see flowaudit %s --help", argv[0],
				 argv[optind - 1], argv[0]);
		return -2;
	}
	row = code == '?' ? -1 : row_of(rows, code);
	if (row < 0) {
		if (optopt != 0 && optopt < LONG_BASE)
			command_complain("%s: unknown option -%c; see flowaudit %s --help", argv[0],
					 optopt, argv[0]);
		else
			command_complain("%s: unknown, ambiguous or misused option %s; see "
					 "flowaudit %s --help",
					 argv[0], argv[optind - 1], argv[0]);
		return -2;
	}
	if (!rows[row].repeat && rows[row].value != NULL && state->given >> row & 1) {
		command_complain("%s: option --%s was given twice; once says it all", argv[0],
				 rows[row].name);
		return -2;
	}
	state->given |= UINT64_C(1) << row;
	state->value = optarg;
	return row;
}

void options_print(FILE *to, const struct option_row *rows)
{
	for (; rows->name != NULL; rows++) {
		char left[64];
		int used = snprintf(
			left, sizeof(left), "  %c%c%s--%s%s%s", rows->letter != 0 ? '-' : ' ',
			rows->letter != 0 ? rows->letter : ' ', rows->letter != 0 ? ", " : "  ",
			rows->name, rows->value != NULL ? " " : "",
			rows->value != NULL ? rows->value : "");

		if (used < 29)
			fprintf(to, "%-29s %s\n", left, rows->help);
		else
			fprintf(to, "%s\n%30s%s\n", left, "", rows->help);
	}
}

bool options_number(const char *option, const char *text, uint64_t min, uint64_t max,
		    uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || *value < min ||
	    *value > max) {
		command_complain("--%s: \"%s\" is not a number from %llu to %llu", option, text,
				 (unsigned long long)min, (unsigned long long)max);
		return false;
	}
	return true;
}
