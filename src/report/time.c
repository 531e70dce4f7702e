/* Packet times as text, without the C library's time zones and without its cost a record. */
#include "report/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "report/digits.h"

struct civil {
	unsigned year, month, day, hour, minute, second, micro;
};

/*
 * Days to a date of the proleptic Gregorian calendar, counted from 1 March so
 * that the leap day is a year's last; 400 years are 146097 days.
 */
static void civil_from_ns(int64_t ns, struct civil *c)
{
	int64_t second = ns / NS_PER_S, fraction = ns % NS_PER_S, day;
	unsigned of_era, year, of_year, month, of_day;

	if (fraction < 0) {
		fraction += NS_PER_S;
		second--;
	}
	day = second / 86400;
	if (second % 86400 < 0)
		day--;
	of_day = (unsigned)(second - day * 86400);
	day += 719468; /* days from 0000-03-01 to 1970-01-01; never negative for int64_t ns */
	of_era = (unsigned)(day % 146097);
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	c->day = of_year - (153 * month + 2) / 5 + 1;
	c->month = month < 10 ? month + 3 : month - 9;
	c->year = year + 400 * (unsigned)(day / 146097) + (c->month <= 2);
	c->hour = of_day / 3600;
	c->minute = of_day / 60 % 60;
	c->second = of_day % 60;
	c->micro = (unsigned)(fraction / 1000);
}

static void put_date(const struct civil *c, char *buf, char between)
{
	buf = digits_pair(buf, c->year / 100);
	buf = digits_pair(buf, c->year % 100);
	*buf++ = '-';
	buf = digits_pair(buf, c->month);
	*buf++ = '-';
	buf = digits_pair(buf, c->day);
	*buf++ = between;
	buf = digits_pair(buf, c->hour);
	*buf++ = ':';
	buf = digits_pair(buf, c->minute);
	*buf++ = ':';
	buf = digits_pair(buf, c->second);
	*buf = '\0';
}

const char *time_eve_text(int64_t ns, char buf[static TIME_EVE_TEXT])
{
	struct civil c;

	civil_from_ns(ns, &c);
	put_date(&c, buf, 'T');
	buf[19] = '.';
	digits_pair(buf + 20, c.micro / 10000);
	digits_pair(buf + 22, c.micro / 100 % 100);
	digits_pair(buf + 24, c.micro % 100);
	memcpy(buf + 26, "+0000", sizeof("+0000"));
	return buf;
}

const char *time_date_text(int64_t ns, char buf[static TIME_DATE_TEXT])
{
	struct civil c;

	civil_from_ns(ns, &c);
	put_date(&c, buf, ' ');
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
