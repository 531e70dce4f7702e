/* Which file an output goes to, with the names and rules of tcpdump's -C, -G and -W. */
#ifndef FA_REPORT_ROTATION_H
#define FA_REPORT_ROTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/**
 * struct rotation - Fill the first four, zero the rest; rotation_begin()
 * @path:	Borrowed; a template of strftime(3) (local time) when @seconds is not 0
 * @max_bytes:	-C, in bytes; 0: no limit.  Files are PATH, PATH1, PATH2, ...
 * @seconds:	-G; 0: never
 * @files:	-W; 0: no limit.  With @max_bytes: PATH0 to PATH(files-1), with zeros in front
 *		so that they sort, then again from the first; with @seconds too these are the
 *		files of one period, as tcpdump does (and its manual does not say).  With
 *		@seconds alone: the number of periods, after which it is @over
 * @count:	Number of the file in the row of @max_bytes
 * @periods:	Periods of @seconds that ended
 * @begun_s:	When this period began
 * @over:	Nothing more is to be written
 */
struct rotation {
	const char *path;
	uint64_t max_bytes;
	unsigned seconds;
	unsigned files;
	unsigned count;
	unsigned periods;
	int64_t begun_s;
	bool over;
};

void rotation_begin(struct rotation *r, int64_t now_ns);

/**
 * rotation_name() - The file of now
 *
 * Return: 0, or FA_EUSAGE when the template makes no name or one too long
 */
int rotation_name(const struct rotation *r, char *name, size_t size, struct fa_error *err);

/* The file is full: the next of its row. */
void rotation_next(struct rotation *r);

/**
 * rotation_turn() - Time has passed
 *
 * Periods keep to the first one's beat.  A clock that is set back makes the period longer.
 *
 * Return: true when another period began, or it is over
 */
bool rotation_turn(struct rotation *r, int64_t now_ns);

#endif
