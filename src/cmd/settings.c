/* One switch for both commands, over the public settings of an audit. */
#include "cmd/settings.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"

bool settings_set(int status, const char *option, const char *value)
{
	if (status == 0)
		return true;
	command_complain("--%s: \"%s\" cannot be used", option, value);
	return false;
}

static bool set_fail_on(struct settings *s, const char *list)
{
	unsigned verdicts = 0;

	if (strcmp(list, "none") == 0)
		return settings_set(flowaudit_set_fail_on(s->fa, 0), "fail-on", list);
	for (const char *p = list;; p++) {
		size_t len = strcspn(p, ",");
		enum flowaudit_verdict v;

		if (flowaudit_verdict_find(p, len, &v) != 0) {
			command_complain(
				"--fail-on: \"%.*s\" is no verdict; they are expected, unexpected, "
				"blocked, rejected, mismatch, inconclusive, or none alone",
				(int)len, p);
			return false;
		}
		verdicts |= 1u << v;
		p += len;
		if (*p == '\0')
			return settings_set(flowaudit_set_fail_on(s->fa, verdicts), "fail-on",
					    list);
	}
}

static bool set_colour(struct settings *s, const char *when)
{
	if (strcmp(when, "always") == 0)
		s->flags = FLOWAUDIT_COLOUR;
	else if (strcmp(when, "never") == 0)
		s->flags = FLOWAUDIT_NO_COLOUR;
	else if (strcmp(when, "auto") != 0) {
		command_complain("--color: \"%s\" is not auto, always or never", when);
		return false;
	}
	return true;
}

static bool set_name_unknown(struct settings *s)
{
	if (flowaudit_set_name_unknown(s->fa, 1) == 0)
		return true;
	command_complain("--name-unknown: this build has no nDPI; NDPI=yes builds with it");
	return false;
}

static bool set_number(struct settings *s, const struct option_row *rows, int option,
		       const char *value)
{
	const char *name = rows[option].name;
	uint64_t n;

	switch (option) {
	case SETTING_TIMEOUT:
		return options_number(name, value, 1, 86400, &n) &&
		       settings_set(flowaudit_set_attempt_timeout(s->fa, (unsigned)n), name, value);
	case SETTING_MAX_FLOWS:
		return options_number(name, value, 1, 1u << 27, &n) &&
		       settings_set(flowaudit_set_max_flows(s->fa, (uint32_t)n), name, value);
	default:
		return options_number(name, value, 0, UINT64_MAX, &n) &&
		       settings_set(flowaudit_set_seed(s->fa, n), name, value);
	}
}

static bool set_format(struct settings *s, const char *format)
{
	if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0) {
		command_complain("-f: \"%s\" is no report format; there are text and json", format);
		return false;
	}
	if (s->report_count == SETTINGS_REPORTS) {
		command_complain("-f: at most %u reports a run", SETTINGS_REPORTS);
		return false;
	}
	s->reports[s->report_count++].format = format;
	return true;
}

static bool set_output(struct settings *s, const char *path)
{
	if (s->report_count == 0 || s->reports[s->report_count - 1].path != NULL) {
		if (s->report_count != 0) {
			command_complain(
				"-o: each -o belongs to the -f before it; this one has none");
			return false;
		}
		if (!set_format(s, "text"))
			return false;
	}
	s->reports[s->report_count - 1].path = path;
	return s->streams || command_can_write(path);
}

bool settings_take(struct settings *s, const struct option_row *rows, int option, const char *value)
{
	switch (option) {
	case SETTING_RULES:
		return settings_set(flowaudit_add_rules(s->fa, value), "rules", value);
	case SETTING_SITE:
		return settings_set(flowaudit_set_site(s->fa, value), "site", value);
	case SETTING_FILTER_FILE:
		return inputs_filter_file(&s->inputs, value);
	case SETTING_FORMAT:
		return set_format(s, value);
	case SETTING_OUTPUT:
		return set_output(s, value);
	case SETTING_FAIL_ON:
		return set_fail_on(s, value);
	case SETTING_STRICT:
		return flowaudit_set_strict(s->fa, 1) == 0;
	case SETTING_REQUIRE:
		return flowaudit_set_require(s->fa, 1) == 0;
	case SETTING_CHECKSUMS:
		return flowaudit_set_checksums(s->fa, 1) == 0;
	case SETTING_KEEP_DUPLICATES:
		return flowaudit_set_keep_duplicates(s->fa, 1) == 0;
	case SETTING_VLAN:
		return flowaudit_set_vlan_in_key(s->fa, 1) == 0;
	case SETTING_NAMES:
		return set_name_unknown(s);
	case SETTING_COLOUR:
		return set_colour(s, value);
	case SETTING_QUIET:
		s->quiet = true;
		return true;
	case SETTING_VERBOSE:
		s->verbose++;
		return true;
	case SETTING_HELP:
		s->help = true;
		return true;
	default:
		return set_number(s, rows, option, value);
	}
}

bool report_is_file(const struct report_request *report)
{
	return report->path != NULL && strcmp(report->path, "-") != 0;
}

bool settings_check(struct settings *s)
{
	unsigned to_stdout = 0;

	if (s->report_count == 0 && !s->quiet)
		set_format(s, "text");
	for (unsigned i = 0; i < s->report_count; i++)
		to_stdout += !report_is_file(&s->reports[i]);
	if (to_stdout > 1) {
		command_complain(
			"two reports cannot share standard output; give one of them -o FILE");
		return false;
	}
	return true;
}

bool settings_operands(struct settings *s, int argc, char **argv, bool captures_given)
{
	return inputs_operands(&s->inputs, argc, argv, captures_given) &&
	       (s->inputs.filter == NULL ||
		settings_set(flowaudit_set_filter(s->fa, s->inputs.filter), "filter",
			     s->inputs.filter));
}

unsigned settings_flags(const struct settings *s)
{
	unsigned flags = s->flags;

	if (s->verbose != 0)
		flags |= s->verbose > 1 ? FLOWAUDIT_VERBOSER : FLOWAUDIT_VERBOSE;
	if (getenv("NO_COLOR") != NULL && *getenv("NO_COLOR") != '\0' &&
	    !(flags & FLOWAUDIT_COLOUR))
		flags |= FLOWAUDIT_NO_COLOUR;
	return flags;
}

void settings_say_problems(struct flowaudit *fa)
{
	const char *problem;

	for (size_t i = 0; (problem = flowaudit_problem(fa, i)) != NULL; i++)
		command_complain("%s", problem);
}

bool settings_activate(struct settings *s)
{
	char err[FLOWAUDIT_ERROR_TEXT];

	if (flowaudit_activate(s->fa, err) == 0)
		return true;
	settings_say_problems(s->fa);
	command_complain("%s", err);
	return false;
}
