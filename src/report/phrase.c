/* Numbers as people write them: thousands separators, plurals, sizes. */
#include "report/phrase.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"

const char *phrase_count(uint64_t n, char buf[static PHRASE_COUNT])
{
	char text[PHRASE_COUNT];
	size_t at = sizeof(text);
	unsigned digits = 0;

	text[--at] = '\0';
	do {
		if (digits > 0 && digits % 3 == 0)
			text[--at] = ',';
		text[--at] = (char)('0' + n % 10);
		n /= 10;
		digits++;
	} while (n != 0);
	memcpy(buf, text + at, sizeof(text) - at);
	return buf;
}

const char *phrase_plural(uint64_t n, const char *one, const char *many, char *buf, size_t size)
{
	char count[PHRASE_COUNT];

	snprintf(buf, size, "%s %s", phrase_count(n, count), n == 1 ? one : many);
	return buf;
}

const char *phrase_bytes(uint64_t n, char buf[static PHRASE_BYTES])
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	uint64_t unit = 1000;
	size_t i = 0;

	if (n < 1000) {
		snprintf(buf, PHRASE_BYTES, "%" PRIu64 " byte%s", n, n == 1 ? "" : "s");
		return buf;
	}
	/* The next unit as soon as rounding would print 1000 of this one. */
	while (i + 1 < ARRAY_SIZE(units) && n / unit >= 999 && n >= 1000 * unit - unit / 2) {
		unit *= 1000;
		i++;
	}
	/* Below ten, one decimal; n / 100 cannot overflow and 9.95 rounds to 10. */
	if (n < unit * 10 - unit / 20)
		snprintf(buf, PHRASE_BYTES, "%" PRIu64 ".%" PRIu64 " %s", (n + unit / 20) / unit,
			 (n + unit / 20) / (unit / 10) % 10, units[i]);
	else
		snprintf(buf, PHRASE_BYTES, "%" PRIu64 " %s", n / unit + (n % unit >= unit / 2),
			 units[i]);
	return buf;
}
