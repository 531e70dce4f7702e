/* `flowaudit rules`: options, loading, lint. */
#include "cmd/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/rules_priv.h"
#include "policy/packs.h"

#define PACKS_MOST 64

enum {
	OPT_RULES,
	OPT_SITE,
	OPT_FORMAT,
	OPT_ROLES,
	OPT_AT,
	OPT_STRICT,
	OPT_HELP,
	OPT_COUNT,
};

static const struct option_row rows[] = {
	[OPT_RULES] = { 'R', "rules", "PACK", true,
			"pack by name or path (default: lync2013-pic, -internal)" },
	[OPT_SITE] = { 'S', "site", "FILE", false, "bind roles to addresses" },
	[OPT_FORMAT] = { 'f', "format", "FORMAT", false, "text or json (default: text)" },
	[OPT_ROLES] = { 0, "roles", NULL, false, "list: the roles that a site may bind" },
	[OPT_AT] = { 0, "at", "DATE", false, "the day to judge validity by (default: today)" },
	[OPT_STRICT] = { 0, "strict", NULL, false, "lint: warnings count as errors" },
	[OPT_HELP] = { 'h', "help", NULL, false, "this text" },
	[OPT_COUNT] = { 0, NULL, NULL, false, NULL },
};

struct options {
	const char *packs[PACKS_MOST];
	unsigned pack_count;
	const char *site;
	const char *at;
	bool json, roles, strict, help;
	int operand; /* index of the first */
};

static void usage(FILE *to)
{
	fputs("usage: flowaudit rules list [option ...]\n"
	      "       flowaudit rules show [option ...] row ...\n"
	      "       flowaudit rules match [option ...] 'tcp 10.20.0.5:51000 10.10.0.11:5061'\n"
	      "       flowaudit rules lint [option ...] [pack ...]\n"
	      "       flowaudit rules diff [-f FORMAT] pack pack\n\n"
	      "Look at the documented rows without a capture.\n\n"
	      "  list   every row, a line each\n"
	      "  show   all that is known about a row, as internal/server-ports/7\n"
	      "  match  the rows that a flow satisfies and why, or the nearest and why not;\n"
	      "         the first address opens, IPv6 stands in brackets, * is a port not known\n"
	      "  lint   rows that are unreachable, shadowed, overlapping, double or expired\n"
	      "  diff   what the second pack adds, drops, widens, narrows or changes against\n"
	      "         the first; rows are matched by what they mean, not by their numbers\n\n",
	      to);
	options_print(to, rows);
	fputs("\nexit status: 0, 1 nothing matched, lint found errors or the packs differ,\n"
	      "2 could not be done\n",
	      to);
}

static int misuse(void)
{
	fputs("flowaudit rules --help says more\n", stderr);
	return EXIT_UNCHECKED;
}

static bool add_pack(struct options *o, const char *name)
{
	if (o->pack_count == PACKS_MOST) {
		command_complain("rules: more than %d packs", PACKS_MOST);
		return false;
	}
	o->packs[o->pack_count++] = name;
	return true;
}

static bool set_format(struct options *o, const char *value)
{
	o->json = strcmp(value, "json") == 0;
	if (o->json || strcmp(value, "text") == 0)
		return true;
	command_complain("rules: --format: \"%s\" is no format; there are text and json", value);
	return false;
}

static bool take_option(struct options *o, int option, const char *value)
{
	switch (option) {
	case OPT_RULES:
		return add_pack(o, value);
	case OPT_SITE:
		o->site = value;
		return true;
	case OPT_FORMAT:
		return set_format(o, value);
	case OPT_ROLES:
		o->roles = true;
		return true;
	case OPT_AT:
		o->at = value;
		return true;
	case OPT_STRICT:
		o->strict = true;
		return true;
	default:
		o->help = true;
		return true;
	}
}

/* False after a mistake, which has been said. */
static bool read_options(int argc, char **argv, struct options *o)
{
	struct options_state state = { 0 };
	int option;

	while ((option = options_next(argc, argv, rows, &state)) >= 0) {
		if (!take_option(o, option, state.value))
			return false;
		if (o->help)
			return true;
	}
	o->operand = state.operand;
	return option == -1;
}

static bool read_date(const char *text, int64_t *ns)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	int day = tm.tm_mday;
	time_t t;

	if (end == NULL || *end != '\0' || strlen(text) != 10 || tm.tm_year < 70 ||
	    tm.tm_year > 361)
		return false;
	/* The 30th of February becomes the 2nd of March. */
	t = timegm(&tm);
	if (tm.tm_mday != day)
		return false;
	*ns = (int64_t)t * NS_PER_S;
	return true;
}

static const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning", [SEVERITY_NOTE] = "note"
	};

	return names[severity];
}

static void problem_json(struct output *out, const struct problem *p)
{
	output_string(out, "{\"event_type\":\"problem\",\"severity\":");
	output_json_string(out, severity_name(p->severity), strlen(severity_name(p->severity)));
	output_string(out, ",\"code\":");
	output_json_string(out, p->code, strlen(p->code));
	output_string(out, ",\"file\":");
	output_json_string(out, p->file, strlen(p->file));
	output_printf(out, ",\"line\":%u,\"column\":%u,\"text\":", p->line, p->column);
	output_json_string(out, p->text, strlen(p->text));
	output_string(out, "}\n");
}

/* "rules/x.yaml:12:5: warning: text [code]" */
static void problem_line(struct output *out, const struct problem *p)
{
	char place[64] = "";

	if (p->line > 0)
		snprintf(place, sizeof(place), ":%u:%u", p->line, p->column);
	output_escaped(out, p->file, strlen(p->file));
	output_printf(out, "%s: %s: ", place, severity_name(p->severity));
	output_escaped(out, p->text, strlen(p->text));
	if (*p->code != '\0')
		output_printf(out, " [%s]", p->code);
	output_string(out, "\n");
}

/* Load everything.  Return: the worst code; what is wrong is in @problems or said. */
static int load(struct policy *policy, const struct options *o, struct problems *problems)
{
	const char *const *names = o->pack_count > 0 ? o->packs : packs_default();
	unsigned i, count = o->pack_count;
	struct fa_error err;
	char path[4096];
	int ret = 0, r;

	while (o->pack_count == 0 && names[count] != NULL)
		count++;
	for (i = 0; i < count; i++) {
		r = packs_locate(names[i], path, sizeof(path), &err);
		if (r != 0) {
			command_complain("%s", err.text);
			return r;
		}
		r = policy_load_pack(policy, path, problems);
		if (r != 0 && ret != FA_EIO)
			ret = r;
	}
	/* A site on half the packs would only add unknown names. */
	if (ret == 0 && o->site != NULL)
		ret = packs_load_site(policy, o->site, problems);
	return ret;
}

static int lint_summary(struct rules_run *run, const struct problems *problems)
{
	size_t i, counts[3] = { 0 };

	for (i = 0; i < problems->count; i++) {
		counts[problems->items[i].severity]++;
		if (run->json)
			problem_json(run->out, &problems->items[i]);
		else
			problem_line(run->out, &problems->items[i]);
	}
	if (!run->json)
		output_printf(run->out, "%u packs, %u rows: %zu errors, %zu warnings, %zu notes\n",
			      policy_pack_count(run->policy), policy_row_count(run->policy),
			      counts[SEVERITY_ERROR], counts[SEVERITY_WARNING],
			      counts[SEVERITY_NOTE]);
	return counts[SEVERITY_ERROR] > 0 || (run->strict && counts[SEVERITY_WARNING] > 0);
}

static int lint(struct rules_run *run, const struct options *o)
{
	struct problems problems = { 0 };
	struct fa_error err;
	int ret = load(run->policy, o, &problems), status = EXIT_UNCHECKED;
	size_t first = problems.count;

	if (ret == 0)
		ret = policy_compile(run->policy, &err);
	if (ret == 0)
		ret = policy_lint(run->policy, run->at_ns, &problems);
	problems_sort(&problems, first);
	if (ret == FA_ENOMEM)
		command_complain("out of memory");
	else if (problems.count > 0 || ret == 0)
		status = lint_summary(run, &problems);
	if (ret != 0 && ret != FA_EFORMAT)
		status = EXIT_UNCHECKED;
	problems_free(&problems);
	return status;
}

/* Load for the others; their input must be right. */
static bool prepare(struct rules_run *run, const struct options *o)
{
	struct problems problems = { 0 };
	struct fa_error err = { 0 };
	char text[2048];
	size_t i;
	int ret = load(run->policy, o, &problems);

	for (i = 0; i < problems.count; i++) {
		problem_text(&problems.items[i], text, sizeof(text));
		command_complain("%s", text);
	}
	problems_free(&problems);
	if (ret == 0 && policy_compile(run->policy, &err) != 0)
		command_complain("%s", err.text);
	else if (ret == FA_ENOMEM)
		command_complain("out of memory");
	return ret == 0 && err.code == 0;
}

static int diff(struct rules_run *run, const struct options *o)
{
	struct options of[2] = { { .pack_count = 1 }, { .pack_count = 1 } };
	struct rules_run newer = *run;
	int status = EXIT_UNCHECKED;

	if (run->arg_count != 2 || o->pack_count > 0 || o->site != NULL) {
		command_complain("rules diff takes two packs, and neither -R nor -S");
		return misuse();
	}
	of[0].packs[0] = run->args[0];
	of[1].packs[0] = run->args[1];
	newer.policy = policy_new();
	if (newer.policy == NULL)
		command_complain("out of memory");
	else if (prepare(run, &of[0]) && prepare(&newer, &of[1]))
		status = rules_diff(run, newer.policy);
	policy_free(newer.policy);
	return status;
}

static const struct {
	const char *name;
	int (*run)(struct rules_run *run);
	bool takes_args;
} commands[] = {
	{ "list", rules_list, false },
	{ "show", rules_show, true },
	{ "match", rules_match, true },
};

static int dispatch(struct rules_run *run, struct options *o, const char *name)
{
	size_t i;
	int a;

	if (strcmp(name, "lint") == 0) {
		for (a = 0; a < run->arg_count; a++)
			if (!add_pack(o, run->args[a]))
				return EXIT_UNCHECKED;
		return lint(run, o);
	}
	if (strcmp(name, "diff") == 0)
		return diff(run, o);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		if ((run->arg_count > 0) != commands[i].takes_args) {
			command_complain(run->arg_count > 0 ? "rules %s takes no argument: %s"
							    : "rules %s: what?%s",
					 name, run->arg_count > 0 ? run->args[0] : "");
			return misuse();
		}
		return prepare(run, o) ? commands[i].run(run) : EXIT_UNCHECKED;
	}
	command_complain("unknown command \"rules %s\"", name);
	return misuse();
}

int cmd_rules(int argc, char **argv)
{
	struct options o = { 0 };
	struct rules_run run = { .at_ns = (int64_t)time(NULL) * NS_PER_S };
	struct fa_error err;
	int status;

	if (!read_options(argc, argv, &o))
		return EXIT_UNCHECKED;
	if (o.help) {
		usage(stdout);
		return EXIT_CLEAN;
	}
	if (o.operand == argc) {
		command_complain("rules: list, show, match, lint or diff?");
		return misuse();
	}
	if (o.at != NULL && !read_date(o.at, &run.at_ns)) {
		command_complain("rules: --at: \"%s\" is no day; write it as 2013-03-15", o.at);
		return EXIT_UNCHECKED;
	}
	run.json = o.json;
	run.roles = o.roles;
	run.strict = o.strict;
	run.args = argv + o.operand + 1;
	run.arg_count = argc - o.operand - 1;
	run.policy = policy_new();
	if (run.policy == NULL || output_open_file(&run.out, "-", &err) != 0) {
		command_complain("%s", run.policy == NULL ? "out of memory" : err.text);
		policy_free(run.policy);
		return EXIT_UNCHECKED;
	}
	status = dispatch(&run, &o, argv[o.operand]);
	if (output_close(run.out, &err) != 0) {
		command_complain("%s", err.text);
		status = EXIT_UNCHECKED;
	}
	policy_free(run.policy);
	return status;
}
