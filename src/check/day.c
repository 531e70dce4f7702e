/* Days, for exceptions that run out. */
#include "check/day.h"

#include <stdio.h>
#include <time.h>

#define SECONDS_A_DAY 86400

const char *day_text(int32_t day, char buf[static DAY_TEXT])
{
	time_t seconds = (time_t)day * SECONDS_A_DAY;
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL || strftime(buf, DAY_TEXT, "%Y-%m-%d", &tm) == 0)
		snprintf(buf, DAY_TEXT, "day %d", day);
	return buf;
}

int32_t day_today(void)
{
	return (int32_t)(time(NULL) / SECONDS_A_DAY);
}
