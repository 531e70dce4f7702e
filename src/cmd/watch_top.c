/* Lines over lines: the cursor goes home, each line ends by clearing what was longer. */
#include "cmd/watch_top.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Lines above the findings. */
#define HEAD 6u
/* Columns of a finding before its text. */
#define FINDING_HEAD 34u

/* "09:14:02" here: an operator looks at the clock on the wall. */
static const char *clock_text(time_t t, char buf[static 16])
{
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(buf, 16, "%H:%M:%S", &tm);
	return buf;
}

static void head(const struct flowaudit_watch_status *s)
{
	static const char *const states[] = { "seen",         "blocked", "mismatch",
					      "inconclusive", "expired", "not seen" };
	char now[16];

	printf("\033[H\033[1mflowaudit watch\033[0m %s   %s\033[K\n\033[K\n", s->name,
	       clock_text(time(NULL), now));
	printf("frames  %" PRIu64 "   %.0f/s   %.1f MB   dropped %" PRIu64 "   lost lines %" PRIu64
	       "\033[K\n",
	       s->frames, s->frames_per_second, (double)s->bytes / 1e6, s->drops, s->lost_records);
	printf("flows   %" PRIu64 " live", s->flows_live);
	for (unsigned v = 0; v < FLOWAUDIT_VERDICTS; v++)
		if (s->verdicts[v] != 0)
			printf("   %" PRIu64 " %s", s->verdicts[v],
			       flowaudit_verdict_name((enum flowaudit_verdict)v));
	printf("   %" PRIu64 " evicted\033[K\nrows ", s->evictions);
	for (unsigned r = 0; r < sizeof(states) / sizeof(states[0]); r++)
		if (s->rows[r] != 0)
			printf("   %u %s", s->rows[r], states[r]);
	printf("\033[K\n\033[K\n");
}

static void findings(struct flowaudit *fa, unsigned lines, unsigned columns)
{
	struct flowaudit_finding list[FLOWAUDIT_FINDINGS];
	int room = columns > FINDING_HEAD ? (int)(columns - FINDING_HEAD) : 0;
	unsigned count = flowaudit_watch_findings(fa, list);
	char at[16];

	for (unsigned i = 0; i < count && i + 1 < lines; i++)
		printf("%-8s  %-12s  %8" PRIu64 "  %.*s\033[K\n",
		       clock_text((time_t)(list[i].last_ns / 1000000000), at),
		       flowaudit_verdict_name(list[i].verdict), list[i].flows, room, list[i].text);
	printf("\033[J");
}

void watch_top_draw(struct flowaudit *fa)
{
	struct flowaudit_watch_status s;
	struct winsize size = { 0 };

	if (flowaudit_watch_status(fa, &s) != 0)
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	head(&s);
	findings(fa, size.ws_row > HEAD ? size.ws_row - HEAD : 0, size.ws_col);
	fflush(stdout);
}

void watch_top_end(void)
{
	printf("\033[H\033[J");
	fflush(stdout);
}
