/* Options by table: those of settings.h, and what a live run has beside them. */
#include "cmd/watch_request.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"

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
	[OPT_INTERFACE] = { 'i', "interface", "IFACE,...", true,
			    "where to listen; any: everywhere" },
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
	[OPT_FRAMES] = { 'c', "count", "FRAMES", false,
			 "end after so many, and what came with them" },
	[OPT_ROTATE_SIZE] = { 'C', "file-size", "MB", false,
			      "a new file rather than pass so many 1,000,000 bytes" },
	[OPT_ROTATE_SECONDS] = { 'G', "rotate-seconds", "SECONDS", false,
				 "a new file so often; its name is a strftime(3) template" },
	[OPT_ROTATE_FILES] = { 'W', "file-count", "FILES", false,
			       "with -C: a ring of so many; with -G: end after so many" },
	[OPT_KEEP] = { 0, "keep", "DIR", false,
		       "keep the packets of findings in capture files there" },
	[OPT_KEEP_SIZE] = { 0, "keep-size", "MB", false,
			    "of all of them, 1,000,000 bytes each (default: 100)" },
	[OPT_TOP] = { 0, "top", NULL, false, "a screen of how it stands, instead of lines" },
	{ 0 },
};

void watch_request_usage(void)
{
	FILE *to = stdout;

	fprintf(to,
		"usage: flowaudit watch [option ...] -i interface[,interface ...] [filter "
		"expression]\n\n"
		"Hold every flow that passes the interfaces against the documented rows, and say\n"
		"so as it is decided.\n\n");
	options_print(to, rows);
	fprintf(to, "\nSIGINT, SIGTERM: judge what is open, write the last report.  SIGUSR1: the "
		    "report so\n"
		    "far.  SIGHUP: load packs and site again.\n"
		    "\nexit status: 0 clean, 1 findings, 2 could not check, 3 inconclusive\n");
}

/* "eth0,eth1" */
static bool add_interfaces(struct watch_request *q, const char *list)
{
	for (const char *p = list;; p++) {
		size_t len = strcspn(p, ",");

		if (len == 0 || q->watch.interface_count == WATCH_INTERFACES) {
			command_complain(len == 0 ? "-i: \"%s\" has an empty name"
						  : "-i: \"%s\": at most 16 interfaces",
					 list);
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

static bool take_number(struct watch_request *q, int option, const char *value)
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

static bool take_option(struct watch_request *q, int option, const char *value)
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
static bool check_top(const struct watch_request *q)
{
	if (!q->top)
		return true;
	for (unsigned i = 0; i < q->set.report_count; i++) {
		if (report_is_file(&q->set.reports[i]))
			continue;
		command_complain("--top: the screen has standard output; give -f an -o FILE");
		return false;
	}
	if (isatty(STDOUT_FILENO))
		return true;
	command_complain("--top: standard output is no terminal");
	return false;
}

/* Only files rotate. */
static bool check_rotation(const struct watch_request *q)
{
	bool file = false;

	for (unsigned i = 0; i < q->set.report_count; i++)
		file |= report_is_file(&q->set.reports[i]);
	if (file || (q->rotate_bytes == 0 && q->rotate_seconds == 0 && q->rotate_files == 0))
		return true;
	command_complain("-C, -G and -W are for files, and there is none: -o FILE");
	return false;
}

bool watch_request_take(struct watch_request *q, int argc, char **argv)
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
	    !settings_operands(&q->set, argc - state.operand, argv + state.operand, true))
		return false;
	if (q->watch.interface_count != 0)
		return true;
	command_complain("watch: no interface given: -i IFACE; see flowaudit watch --help");
	return false;
}

void watch_request_free(struct watch_request *q)
{
	for (unsigned i = 0; i < q->watch.interface_count; i++)
		free(q->interfaces[i]);
	inputs_free(&q->set.inputs);
}
