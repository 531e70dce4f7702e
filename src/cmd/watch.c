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
#include "cmd/settings.h"
#include "cmd/watch_top.h"

#define INTERFACES_MAX 16u

enum {
	OPT_INTERFACE = SETTING_COUNT,
	OPT_SNAPLEN,
	OPT_BUFFER,
	OPT_THREADS,
	OPT_NO_PROMISCUOUS,
	OPT_IMMEDIATE,
	OPT_USER,
	OPT_STATS,
	OPT_DURATION,
	OPT_FRAMES,
	OPT_ROTATE_SIZE,
	OPT_ROTATE_SECONDS,
	OPT_ROTATE_FILES,
	OPT_KEEP,
	OPT_KEEP_SIZE,
	OPT_TOP,
};

static const struct option_row rows[] = {
	SETTING_ROWS,
	[OPT_INTERFACE] = { 'i', "interface", "IFACE,...", true, "where to listen; any: everywhere" },
	[OPT_SNAPLEN] = { 's', "snapshot-length", "BYTES", false,
			  "of a frame that are looked at (default: 262144)" },
	[OPT_BUFFER] = { 'B', "buffer-size", "KIB", false,
			 "of the kernel's ring of each interface (default: 65536)" },
	[OPT_THREADS] = { 0, "threads", "N", false,
			  "that read, each its share of the flows, up to 16 (default: 1)" },
	[OPT_NO_PROMISCUOUS] = { 'p', "no-promiscuous-mode", NULL, false,
				 "only what is sent to this host, or by it" },
	[OPT_IMMEDIATE] = { 0, "immediate-mode", NULL, false,
			    "frames at once, one by one, for more work" },
	[OPT_USER] = { 'Z', "relinquish-privileges", "USER", false,
		       "whom to become when started as root (default: nobody)" },
	[OPT_STATS] = { 0, "stats", "SECONDS", false, "between records of what was seen" },
	[OPT_DURATION] = { 0, "duration", "SECONDS", false, "end after so long" },
	[OPT_FRAMES] = { 'c', "count", "FRAMES", false, "end after so many, and what came with them" },
	[OPT_ROTATE_SIZE] = { 'C', "file-size", "MB", false,
			      "a new file rather than pass so many 1,000,000 bytes" },
	[OPT_ROTATE_SECONDS] = { 'G', "rotate-seconds", "SECONDS", false,
				 "a new file so often; its name is a strftime(3) template" },
	[OPT_ROTATE_FILES] = { 'W', "file-count", "FILES", false,
			       "with -C: a ring of so many; with -G: end after so many" },
	[OPT_KEEP] = { 0, "keep", "DIR", false, "keep the packets of findings in capture files there" },
	[OPT_KEEP_SIZE] = { 0, "keep-size", "MB", false,
			    "of all of them, 1,000,000 bytes each (default: 100)" },
	[OPT_TOP] = { 0, "top", NULL, false, "a screen of how it stands, instead of lines" },
	{ 0 },
};

struct request {
	struct settings set;
	struct flowaudit_watch watch;
	char *interfaces[INTERFACES_MAX];
	uint64_t duration_s, frames;
	uint64_t rotate_bytes;
	unsigned rotate_seconds, rotate_files;
	bool top;
};

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

static void usage(FILE *to)
{
	fprintf(to, "usage: flowaudit watch [option ...] -i interface[,interface ...] [filter expression]\n\n"
		    "Hold every flow that passes the interfaces against the documented rows, and say\n"
		    "so as it is decided.\n\n");
	options_print(to, rows);
	fprintf(to, "\nSIGINT, SIGTERM: judge what is open, write the last report.  SIGUSR1: the report so\n"
		    "far.  SIGHUP: load packs and site again.\n"
		    "\nexit status: 0 clean, 1 findings, 2 could not check, 3 inconclusive\n");
}

/* "eth0,eth1" */
static bool add_interfaces(struct request *q, const char *list)
{
	for (const char *p = list;; p++) {
		size_t len = strcspn(p, ",");

		if (len == 0 || q->watch.interface_count == INTERFACES_MAX) {
			command_complain(len == 0 ? "-i: \"%s\" has an empty name"
						  : "-i: \"%s\": at most 16 interfaces", list);
			return false;
		}
		q->interfaces[q->watch.interface_count] = strndup(p, len);
		if (q->interfaces[q->watch.interface_count] == NULL) {
			command_complain("no memory");
			return false;
		}
		q->watch.interface_count++;
		p += len;
		if (*p == '\0')
			return true;
	}
}

static bool take_number(struct request *q, int option, const char *value)
{
	const char *name = rows[option].name;
	uint64_t n;

	switch (option) {
	case OPT_SNAPLEN:
		if (!options_number(name, value, 0, 262144, &n))
			return false;
		q->watch.snaplen = (uint32_t)n;
		return true;
	case OPT_BUFFER:
		if (!options_number(name, value, 1, 2097151, &n))
			return false;
		q->watch.buffer_bytes = (uint32_t)(n * 1024);
		return true;
	case OPT_THREADS:
		if (!options_number(name, value, 1, 16, &n))
			return false;
		q->watch.threads = (unsigned)n;
		return true;
	case OPT_STATS:
		if (!options_number(name, value, 1, 86400, &n))
			return false;
		q->watch.stats_seconds = (unsigned)n;
		return true;
	case OPT_DURATION:
		return options_number(name, value, 1, UINT32_MAX, &q->duration_s);
	case OPT_FRAMES:
		return options_number(name, value, 1, UINT64_MAX, &q->frames);
	case OPT_KEEP_SIZE:
		if (!options_number(name, value, 3, 1000000000, &n))
			return false;
		q->watch.keep_bytes = n * 1000000;
		return true;
	case OPT_ROTATE_SIZE:
		if (!options_number(name, value, 1, 1000000000, &n))
			return false;
		q->rotate_bytes = n * 1000000;
		return true;
	case OPT_ROTATE_SECONDS:
		if (!options_number(name, value, 1, UINT32_MAX, &n))
			return false;
		q->rotate_seconds = (unsigned)n;
		return true;
	default:
		if (!options_number(name, value, 1, 1000000, &n))
			return false;
		q->rotate_files = (unsigned)n;
		return true;
	}
}

static bool take_option(struct request *q, int option, const char *value)
{
	switch (option) {
	case OPT_INTERFACE:
		return add_interfaces(q, value);
	case OPT_NO_PROMISCUOUS:
		q->watch.promiscuous = 0;
		return true;
	case OPT_IMMEDIATE:
		q->watch.immediate = 1;
		return true;
	case OPT_USER:
		q->watch.user = value;
		return true;
	case OPT_KEEP:
		q->watch.keep_directory = value;
		return true;
	case OPT_TOP:
		q->top = true;
		return true;
	default:
		return option < SETTING_COUNT ? settings_take(&q->set, rows, option, value)
					      : take_number(q, option, value);
	}
}

/* A screen and lines cannot share standard output. */
static bool check_top(const struct request *q)
{
	if (!q->top)
		return true;
	for (unsigned i = 0; i < q->set.report_count; i++) {
		const char *path = q->set.reports[i].path;

		if (path == NULL || strcmp(path, "-") == 0) {
			command_complain("--top: the screen has standard output; give -f an -o FILE");
			return false;
		}
	}
	if (isatty(STDOUT_FILENO))
		return true;
	command_complain("--top: standard output is no terminal");
	return false;
}

/* Only files rotate. */
static bool check_rotation(const struct request *q)
{
	bool file = false;

	for (unsigned i = 0; i < q->set.report_count; i++)
		file |= q->set.reports[i].path != NULL && strcmp(q->set.reports[i].path, "-") != 0;
	if (file || (q->rotate_bytes == 0 && q->rotate_seconds == 0 && q->rotate_files == 0))
		return true;
	command_complain("-C, -G and -W are for files, and there is none: -o FILE");
	return false;
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
	if (option != -1 || !check_top(q) || !check_rotation(q))
		return false;
	q->set.quiet |= q->top; /* its report comes at the end */
	if (!settings_check(&q->set) ||
	    !inputs_operands(&q->set.inputs, argc - state.operand, argv + state.operand, true))
		return false;
	if (q->watch.interface_count == 0) {
		command_complain("watch: no interface given: -i IFACE; see flowaudit watch --help");
		return false;
	}
	return q->set.inputs.filter == NULL ||
	       settings_set(flowaudit_set_filter(q->set.fa, q->set.inputs.filter), "filter",
			    q->set.inputs.filter);
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

static bool is_over(const struct request *q, int64_t started)
{
	uint64_t frames, bytes;

	if (q->duration_s != 0 && seconds() - started >= (int64_t)q->duration_s)
		return true;
	flowaudit_progress(q->set.fa, &frames, &bytes);
	return q->frames != 0 && frames >= q->frames;
}

/* What is watched, for people. */
static const char *title(const struct request *q, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < q->watch.interface_count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, i == 0 ? "%s" : ",%s",
					 q->interfaces[i]);
	return buf;
}

/* Once a second, for whoever looks on. */
static void show(const struct request *q)
{
	char buf[256];

	if (q->top)
		watch_top_draw(q->set.fa, title(q, buf, sizeof(buf)));
	else
		say_status(q->set.fa, "\r\033[K", "");
}

/* Return: false where the run broke off, which has been said. */
static bool run(struct request *q, const sigset_t *held)
{
	bool shows = q->top ||
		     (!q->set.quiet && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO));
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

static void say_start(const struct request *q)
{
	static const char *const confined[] = { "", ", files out of reach (landlock)",
						", few system calls (seccomp)",
						", confined by landlock and seccomp" };
	struct flowaudit_watch_status s;
	char buf[256];

	(void)flowaudit_watch_status(q->set.fa, &s);
	fprintf(stderr, "flowaudit: watching %s as uid %u%s\n", title(q, buf, sizeof(buf)),
		(unsigned)getuid(), confined[s.confined & 3]);
}

static int watch(struct request *q)
{
	struct flowaudit_output outputs[SETTINGS_REPORTS];
	char err[FLOWAUDIT_ERROR_TEXT];
	sigset_t held;
	bool whole;

	for (unsigned i = 0; i < q->set.report_count; i++) {
		const char *path = q->set.reports[i].path;
		bool file = path != NULL && strcmp(path, "-") != 0;

		outputs[i] = (struct flowaudit_output){ .format = q->set.reports[i].format,
							.path = file ? path : "-" };
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
	if (q->top &&
	    flowaudit_report(q->set.fa, "text", "-", settings_flags(&q->set), err) != 0)
		command_complain("%s", err);
	return whole ? flowaudit_exit_status(q->set.fa) : EXIT_UNCHECKED;
}

int cmd_watch(int argc, char **argv)
{
	struct request q = { .set = { .fa = flowaudit_create(), .streams = true },
			     .watch = { .promiscuous = 1, .keep_bytes = 100000000 } };
	int status = EXIT_UNCHECKED;

	if (q.set.fa == NULL) {
		command_complain("no memory");
		return EXIT_UNCHECKED;
	}
	if (flowaudit_set_live(q.set.fa, 1) == 0 && take_command_line(&q, argc, argv)) {
		if (q.set.help) {
			usage(stdout);
			status = EXIT_CLEAN;
		} else {
			status = watch(&q);
		}
	}
	for (unsigned i = 0; i < q.watch.interface_count; i++)
		free(q.interfaces[i]);
	inputs_free(&q.set.inputs);
	flowaudit_destroy(q.set.fa);
	return status;
}
