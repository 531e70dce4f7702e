/* Packet times as text, without the C library's time zones and without its cost a record. */
#include "report/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "report/digits.h"

/* The parts of a time: the day since 1970, the second of it, what is left. */
struct parts {
	int64_t day;
	unsigned second, micro;
};

static struct parts parts_of(int64_t ns)
{
	int64_t second = ns / NS_PER_S, fraction = ns % NS_PER_S, day;

	if (fraction < 0) {
		fraction += NS_PER_S;
		second--;
	}
	day = second / 86400;
	if (second % 86400 < 0)
		day--;
	return (struct parts){ day, (unsigned)(second - day * 86400), (unsigned)(fraction / 1000) };
}

/*
 * "2013-03-15".  Days to a date of the proleptic Gregorian calendar, counted
 * from 1 March so that the leap day is a year's last; 400 years are 146097 days.
 */
static char *put_day(char *to, int64_t day)
{
	unsigned of_era, year, of_year, month;

	day += 719468; /* days from 0000-03-01 to 1970-01-01; never negative for int64_t ns */
	of_era = (unsigned)(day % 146097);
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	year += 400 * (unsigned)(day / 146097) + (month >= 10);
	to = digits_four(to, year);
	*to++ = '-';
	to = digits_pair(to, month < 10 ? month + 3 : month - 9);
	*to++ = '-';
	return digits_pair(to, of_year - (153 * month + 2) / 5 + 1);
}

/* "06:13:41" */
static char *put_second(char *to, unsigned second)
{
	to = digits_pair(to, second / 3600);
	*to++ = ':';
	to = digits_pair(to, second / 60 % 60);
	*to++ = ':';
	return digits_pair(to, second % 60);
}

const char *time_eve_text(struct time_day *kept, int64_t ns, char buf[static TIME_EVE_TEXT])
{
	struct parts parts = parts_of(ns);
	char *to = buf;

	if (kept->text[0] == '\0' || kept->day != parts.day) {
		*put_day(kept->text, parts.day) = 'T';
		kept->day = parts.day;
	}
	memcpy(to, kept->text, sizeof(kept->text));
	to = put_second(to + sizeof(kept->text), parts.second);
	*to++ = '.';
	to = digits_pair(to, parts.micro / 10000);
	to = digits_four(to, parts.micro % 10000);
	memcpy(to, "+0000", sizeof("+0000"));
	return buf;
}

const char *time_date_text(int64_t ns, char buf[static TIME_DATE_TEXT])
{
	struct parts parts = parts_of(ns);
	char *to = put_day(buf, parts.day);

	*to++ = ' ';
	*put_second(to, parts.second) = '\0';
	return buf;
}

const char *time_duration_text(int64_t ns, char buf[static TIME_DURATION_TEXT])
{
	int64_t ms = MAX(ns, 0) / NS_PER_MS, s = ms / 1000, m = s / 60, h = m / 60;

	if (s == 0 && ms > 0)
		snprintf(buf, TIME_DURATION_TEXT, "%" PRId64 "ms", ms);
	else if (s < 10 && ms % 1000 >= 100)
		snprintf(buf, TIME_DURATION_TEXT, "%" PRId64 ".%" PRId64 "s", s, ms % 1000 / 100);
	else if (m == 0)
		snprintf(buf, TIME_DURATION_TEXT, "%" PRId64 "s", s);
	else if (h == 0)
		snprintf(buf, TIME_DURATION_TEXT, "%" PRId64 "m%02" PRId64 "s", m, s % 60);
	else if (h < 48)
		snprintf(buf, TIME_DURATION_TEXT, "%" PRId64 "h%02" PRId64 "m", h, m % 60);
	else
		snprintf(buf, TIME_DURATION_TEXT, "%" PRId64 "d%02" PRId64 "h", h / 24, h % 24);
	return buf;
}
