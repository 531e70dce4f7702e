/* flowaudit audit: captures in, verdicts out.  Uses the public library and nothing else of it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/inputs.h"
#include "cmd/options.h"
#include "flowaudit/flowaudit.h"

enum {
	OPT_RULES,
	OPT_SITE,
	OPT_READ,
	OPT_FILTER_FILE,
	OPT_FORMAT,
	OPT_OUTPUT,
	OPT_FAIL_ON,
	OPT_STRICT,
	OPT_REQUIRE,
	OPT_TIMEOUT,
	OPT_CHECKSUMS,
	OPT_KEEP_DUPLICATES,
	OPT_VLAN,
	OPT_NAMES,
	OPT_THREADS,
	OPT_MAX_FLOWS,
	OPT_BATCH,
	OPT_SEED,
	OPT_COLOUR,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_HELP,
};

static const struct option_row rows[] = {
	[OPT_RULES] = { 'R', "rules", "PACK", true,
			"pack by name or path (default: lync2013-pic, -internal)" },
	[OPT_SITE] = { 'S', "site", "FILE", false, "which addresses hold which roles here" },
	[OPT_READ] = { 'r', "read", "FILE", true, "capture; operands are then a filter (tcpdump)" },
	[OPT_FILTER_FILE] = { 'F', "filter-file", "FILE", false, "BPF expression from a file" },
	[OPT_FORMAT] = { 'f', "format", "FORMAT", true, "text or json (default: text)" },
	[OPT_OUTPUT] = { 'o', "output", "FILE", true,
			 "where the format before it goes (default: standard output)" },
	[OPT_FAIL_ON] = { 0, "fail-on", "VERDICT,...", false,
			  "findings (default: unexpected,blocked,mismatch); none" },
	[OPT_STRICT] = { 0, "strict", NULL, false, "inconclusive flows and cut captures exit 3" },
	[OPT_REQUIRE] = { 0, "require", NULL, false, "required rows not seen are findings" },
	[OPT_TIMEOUT] = { 0, "attempt-timeout", "SECONDS", false,
			  "when an unanswered attempt is judged (default: 25)" },
	[OPT_CHECKSUMS] = { 0, "checksums", NULL, false, "verify every checksum, not a sample" },
	[OPT_KEEP_DUPLICATES] = { 0, "keep-duplicates", NULL, false,
				  "count every copy of a packet that was captured twice" },
	[OPT_VLAN] = { 0, "vlan-key", NULL, false, "flows of different VLANs are different flows" },
	[OPT_NAMES] = { 0, "name-unknown", NULL, false,
			"let nDPI name what is not identified; no verdict depends on it" },
	[OPT_THREADS] = { 0, "threads", "N", false,
			  "at most (default: 2, to unpack beside the audit)" },
	[OPT_MAX_FLOWS] = { 0, "max-flows", "N", false, "live flows at most (default: 4194304)" },
	[OPT_BATCH] = { 0, "batch", "N", false, "frames handled at a time (default: 64)" },
	[OPT_SEED] = { 0, "seed", "N", false,
		       "hash key; 0: random (default). Results do not depend on it" },
	[OPT_COLOUR] = { 0, "color", "WHEN", false,
			 "auto, always, never (default: auto; NO_COLOR is honoured)" },
	[OPT_QUIET] = { 'q', "quiet", NULL, false, "no report unless -f or -o asks for one" },
	[OPT_VERBOSE] = { 'v', "verbose", NULL, true, "list what is folded; twice: every flow" },
	[OPT_HELP] = { 'h', "help", NULL, false, "this text" },
	{ 0 },
};

#define REPORTS_MAX 8

struct report_request {
	const char *format;
	const char *path; /* NULL: standard output */
};

struct request {
	struct flowaudit *fa;
	struct inputs inputs;
	struct report_request reports[REPORTS_MAX];
	unsigned report_count;
	unsigned verbose;
	unsigned flags;
	bool captures_given, quiet, help;
};

static void usage(FILE *to)
{
	fprintf(to, "usage: flowaudit audit [option ...] capture ... [filter expression]\n"
		    "       flowaudit audit [option ...] -r capture [filter expression]\n\n"
		    "Hold every flow of the captures against the documented rows, and every row\n"
		    "against the flows.  A directory means every capture in it; - is standard "
		    "input.\n\n");
	options_print(to, rows);
	fprintf(to, "\nexit status: 0 clean, 1 findings, 2 could not check, 3 inconclusive\n");
}

/* Says so when a setting is refused; they are only refused for their value. */
static bool set(int status, const char *option, const char *value)
{
	if (status == 0)
		return true;
	command_complain("--%s: \"%s\" cannot be used", option, value);
	return false;
}

static bool set_fail_on(struct request *q, const char *list)
{
	unsigned verdicts = 0;

	if (strcmp(list, "none") == 0)
		return set(flowaudit_set_fail_on(q->fa, 0), "fail-on", list);
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
			return set(flowaudit_set_fail_on(q->fa, verdicts), "fail-on", list);
	}
}

static bool set_format(struct request *q, const char *format)
{
	if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0) {
		command_complain("-f: \"%s\" is no report format; there are text and json", format);
		return false;
	}
	if (q->report_count == REPORTS_MAX) {
		command_complain("-f: at most %d reports a run", REPORTS_MAX);
		return false;
	}
	q->reports[q->report_count++].format = format;
	return true;
}

static bool set_output(struct request *q, const char *path)
{

	if (q->report_count == 0 || q->reports[q->report_count - 1].path != NULL) {
		if (q->report_count != 0) {
			command_complain(
				"-o: each -o belongs to the -f before it; this one has none");
			return false;
		}
		if (!set_format(q, "text"))
			return false;
	}
	q->reports[q->report_count - 1].path = path;
	return command_can_write(path);
}

static bool set_colour(struct request *q, const char *when)
{
	if (strcmp(when, "always") == 0)
		q->flags = FLOWAUDIT_COLOUR;
	else if (strcmp(when, "never") == 0)
		q->flags = FLOWAUDIT_NO_COLOUR;
	else if (strcmp(when, "auto") != 0) {
		command_complain("--color: \"%s\" is not auto, always or never", when);
		return false;
	}
	return true;
}

static bool set_name_unknown(struct request *q)
{
	if (flowaudit_set_name_unknown(q->fa, 1) == 0)
		return true;
	command_complain("--name-unknown: this build has no nDPI; NDPI=yes builds with it");
	return false;
}

static bool set_number(struct request *q, int option, const char *value)
{
	const char *name = rows[option].name;
	uint64_t n;

	switch (option) {
	case OPT_TIMEOUT:
		return options_number(name, value, 1, 86400, &n) &&
		       set(flowaudit_set_attempt_timeout(q->fa, (unsigned)n), name, value);
	case OPT_THREADS:
		return options_number(name, value, 1, 1024, &n) &&
		       set(flowaudit_set_threads(q->fa, (unsigned)n), name, value);
	case OPT_MAX_FLOWS:
		return options_number(name, value, 1, 1u << 27, &n) &&
		       set(flowaudit_set_max_flows(q->fa, (uint32_t)n), name, value);
	case OPT_BATCH:
		return options_number(name, value, 1, 64, &n) &&
		       set(flowaudit_set_batch(q->fa, (unsigned)n), name, value);
	default:
		return options_number(name, value, 0, UINT64_MAX, &n) &&
		       set(flowaudit_set_seed(q->fa, n), name, value);
	}
}

static bool take_option(struct request *q, int option, const char *value)
{
	switch (option) {
	case OPT_RULES:
		return set(flowaudit_add_rules(q->fa, value), "rules", value);
	case OPT_SITE:
		return set(flowaudit_set_site(q->fa, value), "site", value);
	case OPT_READ:
		q->captures_given = true;
		return inputs_add(&q->inputs, value);
	case OPT_FILTER_FILE:
		return inputs_filter_file(&q->inputs, value);
	case OPT_FORMAT:
		return set_format(q, value);
	case OPT_OUTPUT:
		return set_output(q, value);
	case OPT_FAIL_ON:
		return set_fail_on(q, value);
	case OPT_STRICT:
		return flowaudit_set_strict(q->fa, 1) == 0;
	case OPT_REQUIRE:
		return flowaudit_set_require(q->fa, 1) == 0;
	case OPT_CHECKSUMS:
		return flowaudit_set_checksums(q->fa, 1) == 0;
	case OPT_KEEP_DUPLICATES:
		return flowaudit_set_keep_duplicates(q->fa, 1) == 0;
	case OPT_VLAN:
		return flowaudit_set_vlan_in_key(q->fa, 1) == 0;
	case OPT_NAMES:
		return set_name_unknown(q);
	case OPT_COLOUR:
		return set_colour(q, value);
	case OPT_QUIET:
		q->quiet = true;
		return true;
	case OPT_VERBOSE:
		q->verbose++;
		return true;
	case OPT_HELP:
		q->help = true;
		return true;
	default:
		return set_number(q, option, value);
	}
}

static bool check_reports(struct request *q)
{
	unsigned to_stdout = 0;

	if (q->report_count == 0 && !q->quiet)
		set_format(q, "text");
	for (unsigned i = 0; i < q->report_count; i++)
		to_stdout += q->reports[i].path == NULL || strcmp(q->reports[i].path, "-") == 0;
	if (to_stdout > 1) {
		command_complain(
			"two reports cannot share standard output; give one of them -o FILE");
		return false;
	}
	return true;
}

/* Options and operands into @q.  False after a mistake, which has been said. */
static bool take_command_line(struct request *q, int argc, char **argv)
{
	struct options_state state = { 0 };
	int option;

	while ((option = options_next(argc, argv, rows, &state)) >= 0) {
		if (!take_option(q, option, state.value))
			return false;
		if (q->help)
			return true;
	}
	if (option != -1 || !check_reports(q) ||
	    !inputs_operands(&q->inputs, argc - state.operand, argv + state.operand,
			     q->captures_given))
		return false;
	if (q->inputs.count == 0) {
		command_complain("audit: no capture given; see flowaudit audit --help");
		return false;
	}
	return q->inputs.filter == NULL ||
	       set(flowaudit_set_filter(q->fa, q->inputs.filter), "filter", q->inputs.filter);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* One line on a terminal, for runs long enough to wonder about. */
static void show_progress(const struct request *q, size_t nth, double started, double *shown)
{
	double now = seconds();
	uint64_t frames, bytes;

	if (now - started < 1.0 || now - *shown < 0.25)
		return;
	*shown = now;
	flowaudit_progress(q->fa, &frames, &bytes);
	fprintf(stderr, "\r\033[Kcapture %zu of %zu: %.1f M frames, %.2f GB, %.1f M frames/s",
		nth + 1, q->inputs.count, (double)frames / 1e6, (double)bytes / 1e9,
		(double)frames / 1e6 / (now - started));
}

static void read_all(struct request *q)
{
	bool progress = !q->quiet && isatty(STDERR_FILENO);
	double started = seconds(), shown = 0;

	for (size_t i = 0; i < q->inputs.count; i++) {
		char err[FLOWAUDIT_ERROR_TEXT];
		int status = flowaudit_open(q->fa, q->inputs.paths[i], err);

		if (status == 0)
			while ((status = flowaudit_step(q->fa, err)) == 1)
				if (progress)
					show_progress(q, i, started, &shown);
		if (shown != 0)
			fputs("\r\033[K", stderr);
		if (status < 0)
			command_complain("%s", err);
	}
}

static int write_reports(struct request *q)
{
	char err[FLOWAUDIT_ERROR_TEXT];
	int status = flowaudit_exit_status(q->fa);

	if (q->verbose != 0)
		q->flags |= q->verbose > 1 ? FLOWAUDIT_VERBOSER : FLOWAUDIT_VERBOSE;
	if (getenv("NO_COLOR") != NULL && *getenv("NO_COLOR") != '\0' &&
	    !(q->flags & FLOWAUDIT_COLOUR))
		q->flags |= FLOWAUDIT_NO_COLOUR;
	for (unsigned i = 0; i < q->report_count; i++) {
		const struct report_request *r = &q->reports[i];

		if (flowaudit_report(q->fa, r->format, r->path == NULL ? "-" : r->path, q->flags,
				     err) != 0) {
			command_complain("%s", err);
			status = EXIT_UNCHECKED;
		}
	}
	return status;
}

static int audit(struct request *q)
{
	char err[FLOWAUDIT_ERROR_TEXT];
	const char *problem;

	if (flowaudit_activate(q->fa, err) != 0) {
		for (size_t i = 0; (problem = flowaudit_problem(q->fa, i)) != NULL; i++)
			command_complain("%s", problem);
		command_complain("%s", err);
		return EXIT_UNCHECKED;
	}
	read_all(q);
	if (flowaudit_finish(q->fa, err) != 0) {
		command_complain("%s", err);
		return EXIT_UNCHECKED;
	}
	return write_reports(q);
}

int cmd_audit(int argc, char **argv)
{
	struct request q = { .fa = flowaudit_create() };
	int status = EXIT_UNCHECKED;

	if (q.fa == NULL) {
		command_complain("no memory");
		return EXIT_UNCHECKED;
	}
	if (take_command_line(&q, argc, argv)) {
		if (q.help) {
			usage(stdout);
			status = EXIT_CLEAN;
		} else {
			status = audit(&q);
		}
	}
	inputs_free(&q.inputs);
	flowaudit_destroy(q.fa);
	return status;
}
