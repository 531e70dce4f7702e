/* The subcommands, and what they share: diagnostics and exit statuses. */
#ifndef FA_CMD_COMMAND_H
#define FA_CMD_COMMAND_H

#include <stdbool.h>

#include "base/util.h"

/* DESIGN section 4: relied on from outside. */
enum exit_status {
	EXIT_CLEAN = 0,
	EXIT_FINDINGS = 1,
	EXIT_UNCHECKED = 2, /* usage, pack, site, I/O, unreadable or empty input */
	EXIT_INCONCLUSIVE = 3,
};

/**
 * struct command - One subcommand
 * @run:	Gets argv[0] = its name; returns the exit status
 */
struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int cmd_audit(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_forge(int argc, char **argv);

/* "flowaudit: TEXT" on standard error, one line; control bytes are replaced. */
void command_complain(const char *fmt, ...) FA_PRINTF(1, 2);

/* Found out before the work is done, not after: makes the file; complains when it cannot.  "-" can. */
bool command_can_write(const char *path);

#endif
