/* A place to try what confine() leaves, and children to try it in. */
#ifndef FA_TEST_YARD_H
#define FA_TEST_YARD_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* In a child: the first that does not hold is named, and the child fails. */
#define HOLDS(expr)                                                                    \
	do {                                                                           \
		if (!(expr)) {                                                         \
			fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #expr, \
				strerror(errno));                                      \
			return 1;                                                      \
		}                                                                      \
	} while (0)

/**
 * struct yard - Two directories, both of whom we become
 * @inside:	To be written, with a file "file" and links "out", to the file outside, and
 *		"up", to that directory
 * @outside:	With a file "file".  Its mode is open to all: what keeps anybody from writing
 *		it is never the mode
 * @pair:	Two sockets, connected; the first is to be mute
 */
struct yard {
	char top[32], inside[64], outside[64];
	int pair[2];
};

struct yard yard_make(void);
void yard_remove(const struct yard *yard);

#define YARD_PATH 96

/* "DIR/NAME", in @path. */
const char *yard_path(const char *dir, const char *name, char path[static YARD_PATH]);

/* As whom we become.  0, or -1 and a message. */
int yard_drop(void);
/* Confined to writing inside.  0, or -1 and a message. */
int yard_confine(const struct yard *yard, unsigned *in_force);
/* Both. */
int yard_shut(const struct yard *yard, unsigned *in_force);

/* In a child of its own: what @body returned (0 to 199), 200 + the signal that ended it, or -1. */
int yard_child(int (*body)(const struct yard *yard, const void *context), const struct yard *yard,
	       const void *context);

#endif
