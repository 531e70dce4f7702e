/* Feeds dialogues to an identification; see feed.h. */
#include <stdlib.h>
#include <string.h>

#include "identify/feed.h"

size_t feed_unhex(const char *hex, uint8_t *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;
	int high = -1;

	for (; *hex != '\0'; hex++) {
		const char *d = strchr(digits, *hex);

		if (*hex == ' ')
			continue;
		FA_ASSERT(d != NULL && n < size);
		if (high < 0) {
			high = (int)(d - digits);
			continue;
		}
		out[n++] = (uint8_t)(high << 4 | (int)(d - digits));
		high = -1;
	}
	FA_ASSERT(high < 0);
	return n;
}

static void start(struct feed *f, bool stream, bool midstream)
{
	memset(&f->id, 0xff, sizeof(f->id));
	ident_init(&f->id, stream, midstream);
	f->len[0] = f->len[1] = 0;
	f->frame = 0;
	f->result = IDENT_MORE;
}

void feed_stream(struct feed *f)
{
	start(f, true, false);
}

void feed_midstream(struct feed *f)
{
	start(f, true, true);
}

void feed_datagrams(struct feed *f)
{
	start(f, false, false);
}

/* A copy that ends where the bytes end, so that asan sees one byte too many. */
static uint8_t *exact(const void *bytes, size_t n)
{
	uint8_t *copy = malloc(n);

	FA_ASSERT(copy != NULL || n == 0);
	if (n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

static int call(struct feed *f, unsigned dir, const void *bytes, size_t n, size_t wire, bool last)
{
	uint8_t *copy = exact(bytes, n);

	f->frame++;
	f->result = f->id.stream ? ident_stream(&f->id, dir, copy, n, last, f->frame)
				 : ident_datagram(&f->id, dir, copy, n, wire, f->frame);
	free(copy);
	/* True of every identification at every moment. */
	CU_ASSERT_EQUAL(f->id.seen & ~f->id.possible, 0);
	CU_ASSERT_EQUAL(f->id.app == APP_NONE, f->id.confidence == CONFIDENCE_NONE);
	CU_ASSERT(f->id.app == APP_NONE || (f->id.seen & APP_BIT(f->id.app)) != 0);
	return f->result;
}

int feed_bytes(struct feed *f, unsigned dir, const void *bytes, size_t n)
{
	if (!f->id.stream)
		return call(f, dir, bytes, n, n, false);
	FA_ASSERT(n <= FEED_MAX - f->len[dir]);
	memcpy(f->bytes[dir] + f->len[dir], bytes, n);
	f->len[dir] += n;
	return call(f, dir, f->bytes[dir], f->len[dir], 0, false);
}

int feed_text(struct feed *f, unsigned dir, const char *text)
{
	return feed_bytes(f, dir, text, strlen(text));
}

int feed_hex(struct feed *f, unsigned dir, const char *hex)
{
	static uint8_t bytes[FEED_MAX];

	return feed_bytes(f, dir, bytes, feed_unhex(hex, bytes, sizeof(bytes)));
}

int feed_cut(struct feed *f, unsigned dir, const void *bytes, size_t n, size_t wire)
{
	return call(f, dir, bytes, n, wire, false);
}

int feed_end(struct feed *f, unsigned dir)
{
	return call(f, dir, f->bytes[dir], f->len[dir], 0, true);
}

void feed_parts(struct feed *f, const struct feed_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		feed_hex(f, parts[i].dir, parts[i].hex);
}

void feed_parts_by_byte(struct feed *f, const struct feed_part *parts, size_t n)
{
	static uint8_t bytes[FEED_MAX];

	for (size_t i = 0; i < n; i++) {
		size_t size = feed_unhex(parts[i].hex, bytes, sizeof(bytes));

		for (size_t k = 0; k < size; k++)
			feed_bytes(f, parts[i].dir, bytes + k, 1);
	}
}

/* Every prefix handed over at once to a fresh identification. */
static void prefix_at_once(const uint8_t *bytes, size_t n, bool midstream)
{
	static struct feed f;

	for (size_t k = 0; k <= n; k++) {
		start(&f, true, midstream);
		call(&f, 0, bytes, k, 0, true);
		start(&f, true, midstream);
		call(&f, 0, bytes, k, 0, false);
		call(&f, 1, bytes, k, 0, true);
	}
}

void feed_every_prefix(const void *bytes, size_t n)
{
	static struct feed f;

	prefix_at_once(bytes, n, false);
	prefix_at_once(bytes, n, true);
	for (unsigned midstream = 0; midstream < 2; midstream++) {
		start(&f, true, midstream != 0);
		for (size_t k = 1; k <= n; k++)
			call(&f, 0, bytes, k, 0, k == n);
	}
	for (size_t k = 0; k <= n; k++) {
		feed_datagrams(&f);
		feed_cut(&f, 0, bytes, k, n);
		feed_cut(&f, 1, bytes, k, k);
		feed_cut(&f, 0, bytes, k, k);
	}
}

void feed_every_prefix_hex(const char *hex)
{
	static uint8_t bytes[FEED_MAX];

	feed_every_prefix(bytes, feed_unhex(hex, bytes, sizeof(bytes)));
}

uint32_t feed_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}
