/* The options that audit and watch share: what an audit is, whatever its frames come from. */
#ifndef FA_CMD_SETTINGS_H
#define FA_CMD_SETTINGS_H

#include <stdbool.h>

#include "cmd/inputs.h"
#include "cmd/options.h"
#include "flowaudit/flowaudit.h"

/* First in a command's table and enumeration; the command's own come behind. */
enum {
	SETTING_RULES,
	SETTING_SITE,
	SETTING_FILTER_FILE,
	SETTING_FORMAT,
	SETTING_OUTPUT,
	SETTING_FAIL_ON,
	SETTING_STRICT,
	SETTING_REQUIRE,
	SETTING_TIMEOUT,
	SETTING_CHECKSUMS,
	SETTING_KEEP_DUPLICATES,
	SETTING_VLAN,
	SETTING_NAMES,
	SETTING_MAX_FLOWS,
	SETTING_SEED,
	SETTING_COLOUR,
	SETTING_QUIET,
	SETTING_VERBOSE,
	SETTING_HELP,
	SETTING_COUNT
};

/* clang-format off */
#define SETTING_ROWS                                                                             \
	[SETTING_RULES] = { 'R', "rules", "PACK", true,                                          \
			    "pack by name or path (default: lync2013-pic, -internal)" },         \
	[SETTING_SITE] = { 'S', "site", "FILE", false, "which addresses hold which roles here" }, \
	[SETTING_FILTER_FILE] = { 'F', "filter-file", "FILE", false,                             \
				  "BPF expression from a file" },                                \
	[SETTING_FORMAT] = { 'f', "format", "FORMAT", true, "text or json (default: text)" },    \
	[SETTING_OUTPUT] = { 'o', "output", "FILE", true,                                        \
			     "where the format before it goes (default: standard output)" },     \
	[SETTING_FAIL_ON] = { 0, "fail-on", "VERDICT,...", false,                                \
			      "findings (default: unexpected,blocked,mismatch); none" },         \
	[SETTING_STRICT] = { 0, "strict", NULL, false,                                           \
			     "inconclusive flows and cut captures exit 3" },                     \
	[SETTING_REQUIRE] = { 0, "require", NULL, false,                                         \
			      "required rows not seen are findings" },                           \
	[SETTING_TIMEOUT] = { 0, "attempt-timeout", "SECONDS", false,                            \
			      "when an unanswered attempt is judged (default: 25)" },            \
	[SETTING_CHECKSUMS] = { 0, "checksums", NULL, false,                                     \
				"verify every checksum, not a sample" },                         \
	[SETTING_KEEP_DUPLICATES] = { 0, "keep-duplicates", NULL, false,                         \
				      "count every copy of a packet that was captured twice" },  \
	[SETTING_VLAN] = { 0, "vlan-key", NULL, false,                                           \
			   "flows of different VLANs are different flows" },                     \
	[SETTING_NAMES] = { 0, "name-unknown", NULL, false,                                      \
			    "let nDPI name what is not identified; no verdict depends on it" },  \
	[SETTING_MAX_FLOWS] = { 0, "max-flows", "N", false,                                      \
				"live flows at most (default: 4194304)" },                       \
	[SETTING_SEED] = { 0, "seed", "N", false,                                                \
			   "hash key; 0: random (default). Results do not depend on it" },       \
	[SETTING_COLOUR] = { 0, "color", "WHEN", false,                                          \
			     "auto, always, never (default: auto; NO_COLOR is honoured)" },      \
	[SETTING_QUIET] = { 'q', "quiet", NULL, false,                                           \
			    "no report unless -f or -o asks for one" },                          \
	[SETTING_VERBOSE] = { 'v', "verbose", NULL, true,                                        \
			      "list what is folded; twice: every flow" },                        \
	[SETTING_HELP] = { 'h', "help", NULL, false, "this text" }
/* clang-format on */

#define SETTINGS_REPORTS 8u

/* One report that was asked for; @path is NULL for standard output. */
struct report_request {
	const char *format;
	const char *path;
};

/**
 * struct settings - What was set
 * @fa:		Takes what is an audit's own
 * @inputs:	Its filter; captures are audit's own
 * @flags:	Of FLOWAUDIT_COLOUR, FLOWAUDIT_NO_COLOUR
 * @streams:	Set before: reports are written by the library as it goes, into files that
 *		may have other names than were given
 */
struct settings {
	struct flowaudit *fa;
	struct inputs inputs;
	struct report_request reports[SETTINGS_REPORTS];
	unsigned report_count;
	unsigned verbose;
	unsigned flags;
	bool quiet, help, streams;
};

/* Take an option below SETTING_COUNT.  False after a mistake, which has been said. */
bool settings_take(struct settings *s, const struct option_row *rows, int option,
		   const char *value);

/* Does it go to a file, not to standard output? */
bool report_is_file(const struct report_request *report);

/* Behind the last option: the default report, and no two on standard output. */
bool settings_check(struct settings *s);

/* Behind that: as inputs_operands(), and the expression becomes the audit's. */
bool settings_operands(struct settings *s, int argc, char **argv, bool captures_given);

/* Report flags, once all options are taken. */
unsigned settings_flags(const struct settings *s);

/* Load packs and site; complaints have been said. */
bool settings_activate(struct settings *s);
/* Say what was found wrong with packs and site. */
void settings_say_problems(struct flowaudit *fa);

/* A setting was refused for its value: say so.  True where @status is 0. */
bool settings_set(int status, const char *option, const char *value);

#endif
