/* `flowaudit rules`: look at packs without a capture. */
#ifndef FA_CMD_RULES_H
#define FA_CMD_RULES_H

/**
 * cmd_rules() - list, show, match and lint
 * @argv:	[0] is "rules"
 *
 * Return: exit status: 0; 1 when nothing matched or lint found errors (with
 *	   --strict, warnings); 2 when it could not be done
 */
int cmd_rules(int argc, char **argv);

#endif
