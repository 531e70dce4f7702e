/* Packet times and durations as text, always UTC. */
#ifndef FA_REPORT_TIME_H
#define FA_REPORT_TIME_H

#include <stdint.h>

#define TIME_EVE_TEXT      32 /* "2013-03-15T06:13:41.532140+0000" and NUL */
#define TIME_DATE_TEXT     20 /* "2026-11-21 09:14:02" and NUL */
#define TIME_DURATION_TEXT 24

/* The day that was asked for last, "2013-03-15T".  Zeroed at start. */
struct time_day {
	int64_t day;
	char text[11];
};

/* @ns since 1970-01-01 00:00:00 UTC, any int64_t: years 1677 to 2262.  Fractions are cut. */
const char *time_eve_text(struct time_day *kept, int64_t ns, char buf[static TIME_EVE_TEXT]);
const char *time_date_text(int64_t ns, char buf[static TIME_DATE_TEXT]);

/* "14m32s", "2h05m", "3d04h", "8.4s", "120ms", "0s".  Negative durations count as 0. */
const char *time_duration_text(int64_t ns, char buf[static TIME_DURATION_TEXT]);

#endif
