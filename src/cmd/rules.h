/* `flowaudit rules`: look at packs without a capture. */
#ifndef FA_CMD_RULES_H
#define FA_CMD_RULES_H

/**
 * cmd_rules() - list, show, match, lint and diff
 * @argv:	[0] is "rules"
 *
 * Return: exit status: 0; 1 when nothing matched, lint found errors (with
 *	   --strict, warnings) or the packs differ; 2 when it could not be done
 */
int cmd_rules(int argc, char **argv);

#endif
