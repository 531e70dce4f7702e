/* flowaudit watch: interfaces in, verdicts out as they are decided.  The public library again. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/watch_request.h"
#include "cmd/watch_top.h"

/* What signals ask for.  They wait until they are asked for themselves: nothing is interrupted. */
static void hold_signals(sigset_t *held)
{
	static const int ignored[] = { SIGPIPE, SIGXFSZ };

	sigemptyset(held);
	sigaddset(held, SIGINT);
	sigaddset(held, SIGTERM);
	sigaddset(held, SIGUSR1);
	sigaddset(held, SIGHUP);
	sigprocmask(SIG_BLOCK, held, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++) {
		struct sigaction action = { .sa_handler = SIG_IGN };

		sigaction(ignored[i], &action, NULL);
	}
}

static int64_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void say_troubles(struct flowaudit *fa)
{
	const char *trouble;

	while (*(trouble = flowaudit_watch_trouble(fa)) != '\0')
		command_complain("%s", trouble);
}

static void say_status(struct flowaudit *fa, const char *before, const char *after)
{
	struct flowaudit_watch_status s;

	if (flowaudit_watch_status(fa, &s) != 0)
		return;
	fprintf(stderr,
		"%s%.0f frames/s, %" PRIu64 " frames, %" PRIu64 " dropped, %" PRIu64
		" live flows; rows: %u seen, %u blocked, %u mismatch; %u findings%s",
		before, s.frames_per_second, s.frames, s.drops, s.flows_live,
		s.rows[FLOWAUDIT_ROW_SEEN], s.rows[FLOWAUDIT_ROW_BLOCKED],
		s.rows[FLOWAUDIT_ROW_MISMATCH], s.findings, after);
}

static void say_summary(struct flowaudit *fa)
{
	char err[FLOWAUDIT_ERROR_TEXT];

	say_status(fa, "flowaudit: ", "\n");
	if (flowaudit_watch_summary(fa, err) != 0)
		command_complain("%s", err);
}

/* False where the run cannot go on. */
static bool reload(struct flowaudit *fa)
{
	char err[FLOWAUDIT_ERROR_TEXT];
	int status = flowaudit_watch_reload(fa, err);

	if (status != 0)
		settings_say_problems(fa);
	if (status != FLOWAUDIT_ENOMEM)
		return true;
	command_complain("%s", err);
	return false;
}

enum obeyed { GOES_ON, ENDS, BREAKS };

/* Do what signals asked for since the last step. */
static enum obeyed obey(struct flowaudit *fa, const sigset_t *held)
{
	const struct timespec now = { 0 };
	int number;

	while ((number = sigtimedwait(held, NULL, &now)) > 0) {
		if (number == SIGUSR1)
			say_summary(fa);
		else if (number != SIGHUP)
			return ENDS;
		else if (!reload(fa))
			return BREAKS;
	}
	return GOES_ON;
}

static bool is_over(const struct watch_request *q, int64_t started)
{
	uint64_t frames, bytes;

	if (q->duration_s != 0 && seconds() - started >= (int64_t)q->duration_s)
		return true;
	flowaudit_progress(q->set.fa, &frames, &bytes);
	return q->frames != 0 && frames >= q->frames;
}

/* Once a second, for whoever looks on. */
static void show(const struct watch_request *q)
{
	if (q->top)
		watch_top_draw(q->set.fa);
	else
		say_status(q->set.fa, "\r\033[K", "");
}

/* Return: false where the run broke off, which has been said. */
static bool run(struct watch_request *q, const sigset_t *held)
{
	bool shows = q->top || (!q->set.quiet && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO));
	int64_t started = seconds(), shown = 0;
	enum obeyed obeyed;
	char err[FLOWAUDIT_ERROR_TEXT];
	int status;

	do {
		status = flowaudit_watch_step(q->set.fa, err);
		if (shows && seconds() != shown) {
			shown = seconds();
			show(q);
		}
		obeyed = status == 1 ? obey(q->set.fa, held) : GOES_ON;
		say_troubles(q->set.fa);
	} while (status == 1 && obeyed == GOES_ON && !is_over(q, started));
	if (q->top)
		watch_top_end();
	else if (shows)
		fputs("\r\033[K", stderr);
	if (status < 0)
		command_complain("%s", err);
	/* Asked again, it ends at once. */
	sigprocmask(SIG_UNBLOCK, held, NULL);
	return status >= 0 && obeyed != BREAKS;
}

static void say_start(const struct watch_request *q)
{
	static const char *const confined[] = { "", ", files out of reach (landlock)",
						", few system calls (seccomp)",
						", confined by landlock and seccomp" };
	struct flowaudit_watch_status s;

	(void)flowaudit_watch_status(q->set.fa, &s);
	fprintf(stderr, "flowaudit: watching %s as uid %u%s\n", s.name, (unsigned)getuid(),
		confined[s.confined & 3]);
}

static int watch(struct watch_request *q)
{
	struct flowaudit_output outputs[SETTINGS_REPORTS];
	char err[FLOWAUDIT_ERROR_TEXT];
	sigset_t held;
	bool whole;

	for (unsigned i = 0; i < q->set.report_count; i++) {
		const struct report_request *report = &q->set.reports[i];
		bool file = report_is_file(report);

		outputs[i] = (struct flowaudit_output){ .format = report->format,
							.path = file ? report->path : "-" };
		if (!file)
			continue;
		outputs[i].max_bytes = q->rotate_bytes;
		outputs[i].seconds = q->rotate_seconds;
		outputs[i].files = q->rotate_files;
	}
	q->watch.interfaces = (const char *const *)q->interfaces;
	q->watch.outputs = outputs;
	q->watch.output_count = q->set.report_count;
	q->watch.flags = settings_flags(&q->set);
	if (!settings_activate(&q->set))
		return EXIT_UNCHECKED;
	hold_signals(&held);
	if (flowaudit_watch_open(q->set.fa, &q->watch, err) != 0) {
		command_complain("%s", err);
		return EXIT_UNCHECKED;
	}
	say_start(q);
	whole = run(q, &held);
	if (flowaudit_finish(q->set.fa, err) != 0) {
		command_complain("%s", err);
		return EXIT_UNCHECKED;
	}
	say_troubles(q->set.fa);
	if (q->top && flowaudit_report(q->set.fa, "text", "-", settings_flags(&q->set), err) != 0)
		command_complain("%s", err);
	return whole ? flowaudit_exit_status(q->set.fa) : EXIT_UNCHECKED;
}

int cmd_watch(int argc, char **argv)
{
	struct watch_request q = WATCH_REQUEST_DEFAULTS;
	int status = EXIT_UNCHECKED;

	q.set.fa = flowaudit_create();
	if (q.set.fa == NULL) {
		command_complain("no memory");
		return EXIT_UNCHECKED;
	}
	if (flowaudit_set_live(q.set.fa, 1) == 0 && watch_request_take(&q, argc, argv)) {
		if (q.set.help) {
			watch_request_usage();
			status = EXIT_CLEAN;
		} else {
			status = watch(&q);
		}
	}
	watch_request_free(&q);
	flowaudit_destroy(q.set.fa);
	return status;
}
