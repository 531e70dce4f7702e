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
#include "cmd/settings.h"

enum {
	OPT_READ = SETTING_COUNT,
	OPT_THREADS,
	OPT_BATCH,
};

static const struct option_row rows[] = {
	SETTING_ROWS,
	[OPT_READ] = { 'r', "read", "FILE", true, "capture; operands are then a filter (tcpdump)" },
	[OPT_THREADS] = { 0, "threads", "N", false,
			  "at most (default: 2, to unpack beside the audit)" },
	[OPT_BATCH] = { 0, "batch", "N", false, "frames handled at a time (default: 64)" },
	{ 0 },
};

struct request {
	struct settings set;
	bool captures_given;
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

static bool take_option(struct request *q, int option, const char *value)
{
	uint64_t n;

	switch (option) {
	case OPT_READ:
		q->captures_given = true;
		return inputs_add(&q->set.inputs, value);
	case OPT_THREADS:
		return options_number("threads", value, 1, 1024, &n) &&
		       settings_set(flowaudit_set_threads(q->set.fa, (unsigned)n), "threads",
				    value);
	case OPT_BATCH:
		return options_number("batch", value, 1, 64, &n) &&
		       settings_set(flowaudit_set_batch(q->set.fa, (unsigned)n), "batch", value);
	default:
		return settings_take(&q->set, rows, option, value);
	}
}

/* Options and operands into @q.  False after a mistake, which has been said. */
static bool take_command_line(struct request *q, int argc, char **argv)
{
	struct options_state state = { 0 };
	int option;

	while ((option = options_next(argc, argv, rows, &state)) >= 0) {
		if (!take_option(q, option, state.value))
			return false;
		if (q->set.help)
			return true;
	}
	if (option != -1 || !settings_check(&q->set) ||
	    !settings_operands(&q->set, argc - state.operand, argv + state.operand,
			       q->captures_given))
		return false;
	if (q->set.inputs.count != 0)
		return true;
	command_complain("audit: no capture given; see flowaudit audit --help");
	return false;
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
	flowaudit_progress(q->set.fa, &frames, &bytes);
	fprintf(stderr, "\r\033[Kcapture %zu of %zu: %.1f M frames, %.2f GB, %.1f M frames/s",
		nth + 1, q->set.inputs.count, (double)frames / 1e6, (double)bytes / 1e9,
		(double)frames / 1e6 / (now - started));
}

static void read_all(struct request *q)
{
	bool progress = !q->set.quiet && isatty(STDERR_FILENO);
	double started = seconds(), shown = 0;

	for (size_t i = 0; i < q->set.inputs.count; i++) {
		char err[FLOWAUDIT_ERROR_TEXT];
		int status = flowaudit_open(q->set.fa, q->set.inputs.paths[i], err);

		if (status == 0)
			while ((status = flowaudit_step(q->set.fa, err)) == 1)
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
	unsigned flags = settings_flags(&q->set);
	int status = flowaudit_exit_status(q->set.fa);

	for (unsigned i = 0; i < q->set.report_count; i++) {
		const struct report_request *r = &q->set.reports[i];

		if (flowaudit_report(q->set.fa, r->format, r->path == NULL ? "-" : r->path, flags,
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

	if (!settings_activate(&q->set))
		return EXIT_UNCHECKED;
	read_all(q);
	if (flowaudit_finish(q->set.fa, err) != 0) {
		command_complain("%s", err);
		return EXIT_UNCHECKED;
	}
	return write_reports(q);
}

int cmd_audit(int argc, char **argv)
{
	struct request q = { .set.fa = flowaudit_create() };
	int status = EXIT_UNCHECKED;

	if (q.set.fa == NULL) {
		command_complain("no memory");
		return EXIT_UNCHECKED;
	}
	if (take_command_line(&q, argc, argv)) {
		if (q.set.help) {
			usage(stdout);
			status = EXIT_CLEAN;
		} else {
			status = audit(&q);
		}
	}
	inputs_free(&q.set.inputs);
	flowaudit_destroy(q.set.fa);
	return status;
}
