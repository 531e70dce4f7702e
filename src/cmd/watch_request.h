/* The command line of flowaudit watch. */
#ifndef FA_CMD_WATCH_REQUEST_H
#define FA_CMD_WATCH_REQUEST_H

#include "cmd/settings.h"

#define WATCH_INTERFACES 16u

/**
 * struct watch_request - What was asked for
 * @watch:	But for its interfaces and outputs, which the caller adds from here
 * @duration_s, @frames: When to end; 0: not
 * @rotate_bytes, @rotate_seconds, @rotate_files: Of outputs that are files
 */
struct watch_request {
	struct settings set;
	struct flowaudit_watch watch;
	char *interfaces[WATCH_INTERFACES];
	uint64_t duration_s, frames;
	uint64_t rotate_bytes;
	unsigned rotate_seconds, rotate_files;
	bool top;
};

/* Zeroed but for what an option would change. */
#define WATCH_REQUEST_DEFAULTS                                            \
	{                                                                 \
		.set.streams = true,                                      \
		.watch = { .promiscuous = 1, .keep_bytes = 100000000 }, \
	}

/* Options and operands into @q, whose @set.fa is there.  False after a mistake, which has been said. */
bool watch_request_take(struct watch_request *q, int argc, char **argv);
void watch_request_usage(void);
void watch_request_free(struct watch_request *q);

#endif
