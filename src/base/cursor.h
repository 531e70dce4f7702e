/*
 * A reader over bytes that never passes their end.
 *
 * Reads past the end set @bad, return zero and leave the position where it
 * was; every later read does the same.  A parser therefore reads its fields in
 * line and asks cursor_ok() once.  Protocol files do no pointer arithmetic of
 * their own.
 */
#ifndef FA_BASE_CURSOR_H
#define FA_BASE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

struct cursor {
	const uint8_t *pos;
	const uint8_t *end;
	bool bad;
};

static inline struct cursor cursor_over(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	/* An empty range may come with NULL; give it an address to stand on. */
	if (p == NULL)
		p = (const uint8_t *)"";
	return (struct cursor){ .pos = p, .end = p + len, .bad = false };
}

static inline bool cursor_ok(const struct cursor *c)
{
	return !c->bad;
}

static inline size_t cursor_left(const struct cursor *c)
{
	return c->bad ? 0 : (size_t)(c->end - c->pos);
}

/* Claim @n bytes: their address, or NULL (and @bad) when fewer are left. */
static inline const uint8_t *cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->pos;

	if (c->bad || n > (size_t)(c->end - c->pos)) {
		c->bad = true;
		return NULL;
	}
	c->pos += n;
	return p;
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_take(c, n);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);

	return p == NULL ? 0 : p[0];
}

/* Big endian (network order) loads, host-order results. */
static inline uint16_t cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return p == NULL ? 0 : (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t cursor_be24(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 3);

	return p == NULL ? 0 : (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p == NULL ? 0
			 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Little endian loads. */
static inline uint16_t cursor_le16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return p == NULL ? 0 : (uint16_t)((unsigned)p[1] << 8 | p[0]);
}

static inline uint32_t cursor_le32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p == NULL ? 0
			 : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* A cursor over the next @n bytes; this one moves past them.  Bad when fewer are left. */
static inline struct cursor cursor_sub(struct cursor *c, size_t n)
{
	const uint8_t *p = cursor_take(c, n);
	struct cursor sub = cursor_over(p, p == NULL ? 0 : n);

	sub.bad = p == NULL;
	return sub;
}

/* True when the next @n bytes are there and equal @want; does not move. */
static inline bool cursor_looks_at(const struct cursor *c, const void *want, size_t n)
{
	return cursor_left(c) >= n && memcmp(c->pos, want, n) == 0;
}

#endif
