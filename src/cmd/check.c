/* flowaudit check: captures against written expectations. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/baseline.h"
#include "check/day.h"
#include "check/evaluate.h"
#include "check/propose.h"
#include "check/write.h"
#include "cmd/command.h"
#include "cmd/inputs.h"
#include "cmd/options.h"
#include "flowaudit/flowaudit.h"

enum {
	OPT_JUNIT,
	OPT_SARIF,
	OPT_TAP,
	OPT_MARKDOWN,
	OPT_JSON,
	OPT_GITHUB,
	OPT_BASELINE,
	OPT_UPDATE,
	OPT_QUIET,
	OPT_HELP,
};

static const struct option_row rows[] = {
	[OPT_JUNIT] = { 0, "junit", "FILE", false, "JUnit XML: GitLab, Jenkins, GitHub actions" },
	[OPT_SARIF] = { 0, "sarif", "FILE", false, "SARIF 2.1.0: code scanning" },
	[OPT_TAP] = { 0, "tap", "FILE", false, "TAP 14" },
	[OPT_MARKDOWN] = { 0, "markdown", "FILE", false, "for the summary of a job" },
	[OPT_JSON] = { 0, "json", "FILE", false, "JSON Lines, one object a check" },
	[OPT_GITHUB] = { 0, "github", NULL, false,
			 "annotations for GitHub's log on standard output" },
	[OPT_BASELINE] = { 0, "baseline", "OLD.jsonl", false,
			   "report what differs from an older audit's JSON Lines" },
	[OPT_UPDATE] = { 0, "update", NULL, false,
			 "write what was seen to FILE.proposed, to merge" },
	[OPT_QUIET] = { 'q', "quiet", NULL, false, "no report on standard output" },
	[OPT_HELP] = { 'h', "help", NULL, false, "this text" },
	{ 0 },
};

/* The formats that go to a file, by option. */
static const struct {
	int option;
	enum check_format format;
} file_formats[] = {
	{ OPT_JUNIT, CHECK_JUNIT },       { OPT_SARIF, CHECK_SARIF }, { OPT_TAP, CHECK_TAP },
	{ OPT_MARKDOWN, CHECK_MARKDOWN }, { OPT_JSON, CHECK_JSON },
};

struct request {
	const char *paths[ARRAY_SIZE(file_formats)];
	const char *baseline_path;
	struct baseline *baseline;
	struct results results;
	bool github, update, quiet, help;
	bool unwritten; /* an output could not be written */
};

static void usage(FILE *to)
{
	fprintf(to, "usage: flowaudit check [option ...] EXPECTATION.yaml ...\n\n"
		    "Audit the captures that each file names and hold the outcome against what it\n"
		    "expects.  Paths in a file are relative to it.\n\n");
	options_print(to, rows);
	fprintf(to, "\nexit status: 0 all checks hold, 1 one fails, 2 one could not be made\n");
}

static bool take_option(struct request *q, int option, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(file_formats); i++) {
		if (file_formats[i].option != option)
			continue;
		q->paths[i] = value;
		return command_can_write(value);
	}
	q->github |= option == OPT_GITHUB;
	q->update |= option == OPT_UPDATE;
	q->quiet |= option == OPT_QUIET;
	q->help |= option == OPT_HELP;
	if (option == OPT_BASELINE)
		q->baseline_path = value;
	return true;
}

/* Something of the file @expect could not be checked; it has been said on standard error. */
static void add_error(struct request *q, const struct expectation *expect, const char *group,
		      uint32_t line, const char *name, const char *found)
{
	struct result r = { .file = expect->file,
			    .group = group,
			    .line = line,
			    .state = RESULT_ERROR,
			    .expected = "it can be checked" };

	r.found = results_text(&q->results, "%s", found);
	results_add(&q->results, &r, "%s %s", group, name);
}

static bool is_path(const char *text)
{
	size_t len = strlen(text);

	return strchr(text, '/') != NULL || (len > 5 && strcmp(text + len - 5, ".yaml") == 0) ||
	       (len > 4 && strcmp(text + len - 4, ".yml") == 0);
}

/* A path of the file, as seen from here. */
static void resolve(const struct expectation *expect, const char *text, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", text[0] == '/' ? "" : expect->directory, text);
}

/* Captures of one pattern; a pattern that fits nothing is an error, never a pass. */
static bool add_captures(struct request *q, const struct expectation *expect,
			 const struct expect_word *word, struct inputs *inputs)
{
	char pattern[4096], why[4200];
	glob_t found = { 0 };
	int status;
	bool ok = true;

	resolve(expect, word->text, pattern, sizeof(pattern));
	status = glob(pattern, GLOB_ERR, NULL, &found);
	if (status != 0) {
		snprintf(why, sizeof(why), "%s: %s", pattern,
			 status == GLOB_NOMATCH ? "no file fits" : "cannot be looked up");
		command_complain("%s:%u: captures: %s", expect->file, word->line, why);
		add_error(q, expect, "captures", word->line, word->text, why);
		ok = false;
	}
	for (size_t i = 0; ok && i < found.gl_pathc; i++) {
		if (inputs_add(inputs, found.gl_pathv[i]))
			continue;
		add_error(q, expect, "captures", word->line, found.gl_pathv[i], "cannot be read");
		ok = false;
	}
	globfree(&found);
	return ok;
}

static bool activate(struct request *q, const struct expectation *expect, struct flowaudit *fa)
{
	char path[4096], err[FLOWAUDIT_ERROR_TEXT];
	const char *problem;

	for (const struct expect_word *w = expect->rules; w != NULL; w = w->next) {
		if (is_path(w->text))
			resolve(expect, w->text, path, sizeof(path));
		else
			snprintf(path, sizeof(path), "%s", w->text);
		flowaudit_add_rules(fa, path);
	}
	if (expect->site != NULL) {
		resolve(expect, expect->site->text, path, sizeof(path));
		flowaudit_set_site(fa, path);
	}
	if (flowaudit_activate(fa, err) == 0)
		return true;
	for (size_t i = 0; (problem = flowaudit_problem(fa, i)) != NULL; i++)
		command_complain("%s", problem);
	command_complain("%s", err);
	add_error(q, expect, "expectation", 0, "packs and site", err);
	return false;
}

static void read_captures(struct request *q, const struct expectation *expect,
			  const struct inputs *inputs, struct flowaudit *fa)
{
	char err[FLOWAUDIT_ERROR_TEXT];

	for (size_t i = 0; i < inputs->count; i++) {
		if (flowaudit_read(fa, inputs->paths[i], err) == 0)
			continue;
		command_complain("%s", err);
		add_error(q, expect, "captures", 0, inputs->paths[i], err);
	}
}

/* Every record of the audit, once. */
static bool hold(struct request *q, FILE *from, struct evaluation *e, char *err)
{
	struct records records;
	struct fa_error why;
	enum record_type type;
	json_t *record;
	int status;

	records_begin(&records, from, "the audit");
	while ((status = records_next(&records, &record, &type, &why)) == 1) {
		evaluation_record(e, type, record);
		if (type == RECORD_FLOW && q->baseline != NULL)
			baseline_take(q->baseline, record, &q->results);
		json_decref(record);
	}
	records_end(&records);
	if (status < 0)
		snprintf(err, FLOWAUDIT_ERROR_TEXT, "%s", why.text);
	return status == 0;
}

static void write_proposal(struct request *q, const struct evaluation *e, const char *file)
{
	struct fa_error err;
	struct output *out;
	char path[4096];

	snprintf(path, sizeof(path), "%s.proposed", file);
	if (output_open_file(&out, path, &err) == 0) {
		propose(out, e);
		if (output_close(out, &err) == 0) {
			fprintf(stderr, "flowaudit: wrote %s; compare it with %s and merge\n", path,
				file);
			return;
		}
	}
	command_complain("%s", err.text);
	q->unwritten = true;
}

/* The outcome goes through a file without a name: records, as everybody else reads them. */
static void evaluate(struct request *q, const struct expectation *expect, struct flowaudit *fa)
{
	struct evaluation *e = evaluation_new(expect, day_today(), &q->results);
	FILE *records = tmpfile();
	char err[FLOWAUDIT_ERROR_TEXT] = "";

	if (e == NULL || records == NULL)
		snprintf(err, sizeof(err), "no room for the records: %s", strerror(errno));
	else if (flowaudit_finish(fa, err) == 0 &&
		 flowaudit_report_fd(fa, "json", fileno(records), 0, err) == 0 &&
		 (rewind(records), hold(q, records, e, err)))
		evaluation_finish(e);
	if (err[0] != '\0') {
		command_complain("%s: %s", expect->file, err);
		add_error(q, expect, "expectation", 0, "the audit", err);
	} else if (q->update) {
		write_proposal(q, e, expect->file);
	}
	if (records != NULL)
		fclose(records);
	evaluation_free(e);
}

static void check_expectation(struct request *q, const struct expectation *expect)
{
	struct flowaudit *fa = flowaudit_create();
	struct inputs inputs = { 0 };
	bool ok = fa != NULL;

	for (const struct expect_word *w = expect->captures; ok && w != NULL; w = w->next)
		ok = add_captures(q, expect, w, &inputs);
	if (ok && activate(q, expect, fa)) {
		read_captures(q, expect, &inputs, fa);
		evaluate(q, expect, fa);
	}
	q->results.nomem |= fa == NULL;
	inputs_free(&inputs);
	flowaudit_destroy(fa);
}

static void check_file(struct request *q, const char *path)
{
	struct expectation expect;
	struct problems problems = { 0 };
	char text[FA_ERROR_TEXT];

	if (expect_load(&expect, path, &problems) == 0) {
		check_expectation(q, &expect);
	} else {
		problems_sort(&problems, 0);
		for (size_t i = 0; i < problems.count; i++) {
			problem_text(&problems.items[i], text, sizeof(text));
			command_complain("%s", text);
		}
		expect.file = path;
		add_error(q, &expect, "expectation",
			  problems.count == 0 ? 0 : problems.items[0].line, "the file",
			  problems.count == 0 ? "no memory" : problems.items[0].text);
	}
	problems_free(&problems);
	expect_free(&expect);
}

static void write_to(struct request *q, const char *path, enum check_format format)
{
	struct fa_error err;
	struct output *out;

	if (output_open_file(&out, path, &err) == 0) {
		check_write(format, out, &q->results);
		if (output_close(out, &err) == 0)
			return;
	}
	command_complain("%s", err.text);
	q->unwritten = true;
}

static int report(struct request *q)
{
	if (!q->quiet)
		write_to(q, "-", CHECK_TEXT);
	if (q->github)
		write_to(q, "-", CHECK_GITHUB);
	for (size_t i = 0; i < ARRAY_SIZE(file_formats); i++)
		if (q->paths[i] != NULL)
			write_to(q, q->paths[i], file_formats[i].format);
	if (q->results.nomem)
		command_complain("check: no memory for all results");
	return q->unwritten ? EXIT_UNCHECKED : results_status(&q->results);
}

static int check(struct request *q, char **files, int count)
{
	struct fa_error err;

	if (q->baseline_path != NULL && baseline_load(&q->baseline, q->baseline_path, &err) != 0) {
		command_complain("%s", err.text);
		return EXIT_UNCHECKED;
	}
	for (int i = 0; i < count; i++)
		check_file(q, files[i]);
	if (q->baseline != NULL)
		baseline_finish(q->baseline, q->baseline_path, &q->results);
	return report(q);
}

int cmd_check(int argc, char **argv)
{
	struct request q = { 0 };
	struct options_state state = { 0 };
	int option, status = EXIT_UNCHECKED;

	while ((option = options_next(argc, argv, rows, &state)) >= 0 && !q.help)
		if (!take_option(&q, option, state.value))
			return EXIT_UNCHECKED;
	if (q.help) {
		usage(stdout);
		return EXIT_CLEAN;
	}
	if (option != -1)
		return EXIT_UNCHECKED;
	if (state.operand == argc)
		command_complain("check: no expectation file given; see flowaudit check --help");
	else
		status = check(&q, argv + state.operand, argc - state.operand);
	baseline_free(q.baseline);
	results_free(&q.results);
	return status;
}
