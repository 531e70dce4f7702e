/* flowaudit: the table of subcommands. */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/rules.h"

static const struct command commands[] = {
	{ "audit", "hold captures against the documented rows, and the rows against them",
	  cmd_audit },
	{ "check", "hold captures against written expectations, for pipelines", cmd_check },
	{ "forge", "write a capture of every documented row, and of the ways it fails", cmd_forge },
	{ "watch", "hold interfaces against the documented rows, for weeks", cmd_watch },
	{ "rules", "list, show, match and lint the documented rows", cmd_rules },
};

static void usage(FILE *to)
{
	fprintf(to, "usage: flowaudit command [option ...] [argument ...]\n"
		    "       flowaudit capture ...     (means: audit)\n\ncommands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fprintf(to,
		"\nflowaudit command --help says more.  flowaudit --version tells the version.\n");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_UNCHECKED;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return EXIT_CLEAN;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("flowaudit %s\n", FA_VERSION);
		return EXIT_CLEAN;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	/* flowaudit CAPTURE... alone means audit. */
	return cmd_audit(argc, argv);
}
