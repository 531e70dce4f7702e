/* The names of rotating files, as tcpdump 4.99 makes them. */
#include "report/rotation.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/util.h"

static int64_t seconds_of(int64_t ns)
{
	return ns / NS_PER_S - (ns % NS_PER_S < 0);
}

/* Digits of the largest number of a row: none for a row of one file. */
static int digits_of(unsigned files)
{
	int digits = 0;

	for (unsigned last = files - (files > 0); last > 0; last /= 10)
		digits++;
	return digits;
}

/* The template is the user's: that is what he gives it for. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t expand(char *to, size_t size, const char *template, const struct tm *tm)
{
	return strftime(to, size, template, tm);
}
#pragma GCC diagnostic pop

void rotation_begin(struct rotation *r, int64_t now_ns)
{
	/* Once and for all: a sandbox may hide the zone later. */
	tzset();
	r->begun_s = seconds_of(now_ns);
}

int rotation_name(const struct rotation *r, char *name, size_t size, struct fa_error *err)
{
	time_t begun = r->begun_s;
	struct tm tm;
	size_t len = strlen(r->path);
	int digits = digits_of(r->files), n = 0;

	if (r->seconds != 0)
		len = localtime_r(&begun, &tm) == NULL ? 0 : expand(name, size, r->path, &tm);
	else if (len < size)
		memcpy(name, r->path, len + 1);
	if (len == 0 || len >= size)
		return error_set(err, FA_EUSAGE, "%s: %s", r->path,
				 len == 0 ? "makes no file name" : "the file name is too long");
	if (r->max_bytes != 0 && (r->count != 0 || digits != 0))
		n = snprintf(name + len, size - len, "%0*u", digits, r->count);
	if (n < 0 || (size_t)n >= size - len)
		return error_set(err, FA_EUSAGE, "%s: the file name is too long", r->path);
	return 0;
}

void rotation_next(struct rotation *r)
{
	r->count++;
	if (r->files != 0 && r->count >= r->files)
		r->count = 0;
}

bool rotation_turn(struct rotation *r, int64_t now_ns)
{
	int64_t now_s = seconds_of(now_ns), past = now_s - r->begun_s;

	if (r->seconds == 0 || r->over)
		return false;
	if (past < 0)
		r->begun_s = now_s;
	if (past < (int64_t)r->seconds)
		return false;
	r->begun_s += past - past % r->seconds;
	r->count = 0;
	r->periods++;
	r->over = r->max_bytes == 0 && r->files != 0 && r->periods >= r->files;
	return true;
}
