/* Feeds dialogues written as hex to an identification, in heap copies of exactly their size. */
#ifndef TEST_IDENTIFY_FEED_H
#define TEST_IDENTIFY_FEED_H

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "identify/identify.h"

enum { FEED_MAX = 65536 };

/* One run of bytes of one endpoint. */
struct feed_part {
	unsigned dir;
	const char *hex; /* blanks are skipped */
};

/* An identification and, for streams, what each endpoint has sent so far. */
struct feed {
	struct ident id;
	uint8_t bytes[2][FEED_MAX];
	size_t len[2];
	uint64_t frame; /* of the last call; the first one is 1 */
	int result;
};

/* Bytes of a hex text; returns their number. */
size_t feed_unhex(const char *hex, uint8_t *out, size_t size);

void feed_stream(struct feed *f);
void feed_midstream(struct feed *f);
void feed_datagrams(struct feed *f);

/* One segment or one datagram; returns what the identification said. */
int feed_bytes(struct feed *f, unsigned dir, const void *bytes, size_t n);
int feed_text(struct feed *f, unsigned dir, const char *text);
int feed_hex(struct feed *f, unsigned dir, const char *hex);
/* A datagram of which only @n of @wire bytes were captured. */
int feed_cut(struct feed *f, unsigned dir, const void *bytes, size_t n, size_t wire);
/* The direction ends. */
int feed_end(struct feed *f, unsigned dir);

/* A dialogue a part a call, or one byte a call. */
void feed_parts(struct feed *f, const struct feed_part *parts, size_t n);
void feed_parts_by_byte(struct feed *f, const struct feed_part *parts, size_t n);
#define FEED_PARTS(f, parts)         feed_parts(f, parts, ARRAY_SIZE(parts))
#define FEED_PARTS_BY_BYTE(f, parts) feed_parts_by_byte(f, parts, ARRAY_SIZE(parts))

/* Every prefix of a message, as a stream that grows, ends, or was joined late, and as a datagram.
 */
void feed_every_prefix(const void *bytes, size_t n);
void feed_every_prefix_hex(const char *hex);

/* Deterministic noise: xorshift, never 0. */
uint32_t feed_random(uint32_t *state);

#define SEEN(f, app)     (((f)->id.seen & APP_BIT(app)) != 0)
#define POSSIBLE(f, app) (((f)->id.possible & APP_BIT(app)) != 0)
/* Proven, and the flow's name. */
#define IS_STRONG(f, name) ((f)->id.app == (name) && (f)->id.confidence == CONFIDENCE_STRONG)
#define IS_WEAK(f, name)   ((f)->id.app == (name) && (f)->id.confidence == CONFIDENCE_WEAK)

#endif
