/*
 * Records under way: text is put into a buffer, mostly by copies of fixed
 * length, and goes to the output when the buffer is full.  JSON Lines writes
 * 1500 bytes a flow; a call of the output for each piece would cost more than
 * all the rest.
 */
#ifndef FA_REPORT_DRAFT_H
#define FA_REPORT_DRAFT_H

#include <string.h>

#include "base/output.h"
#include "base/util.h"
#include "report/digits.h"

/**
 * struct token - A short text that is put without looking at its length first
 */
struct token {
	char text[47];
	uint8_t len;
};

/* One of a string literal, in quotes of its own where it is a JSON string. */
#define TOKEN(literal)                                      \
	{                                                   \
		.text = literal, .len = sizeof(literal) - 1 \
	}

/* @s must fit. */
void token_set(struct token *token, const char *s);
/* @s in quotes; it is one of our own words, which need no escapes. */
void token_quote(struct token *token, const char *s);

static inline void token_number(struct token *token, uint64_t v)
{
	token->len = (uint8_t)(digits_u64(token->text, v) - token->text);
}

/* All put_...() return behind what they wrote; a token needs room for all of it. */
static inline char *put_token(char *to, const struct token *token)
{
	memcpy(to, token, sizeof(*token));
	return to + token->len;
}

static inline char *put_bytes(char *to, const char *s, size_t len)
{
	memcpy(to, s, len);
	return to + len;
}

#define PUT(to, literal) put_bytes(to, literal, sizeof(literal) - 1)

/* Room that draft_room() leaves, for what is put without further checks. */
#define DRAFT_ROOM 1024

/**
 * struct draft - The buffer
 * @out:	Borrowed
 * @at:		Where the next byte goes
 * @flushes:	How often it was emptied
 */
struct draft {
	struct output *out;
	char *at;
	uint64_t flushes;
	char bytes[8 * DRAFT_ROOM];
};

void draft_init(struct draft *d, struct output *out);
/* Hand everything to the output. */
void draft_flush(struct draft *d);
/* Bytes that do not fit at present. */
void draft_overflow(struct draft *d, const void *bytes, size_t len);
/* A JSON string. */
void draft_text(struct draft *d, const char *s);
/* ,"key":"text" with @prefix = ,"key": */
void draft_name(struct draft *d, const char *prefix, const char *s);
/* ,"key":1 likewise */
void draft_number(struct draft *d, const char *prefix, uint64_t v);

/* Where to put at most DRAFT_ROOM bytes; then set @d->at. */
static inline char *draft_room(struct draft *d)
{
	if (FA_UNLIKELY(d->bytes + sizeof(d->bytes) - d->at < DRAFT_ROOM))
		draft_flush(d);
	return d->at;
}

static inline void draft_bytes(struct draft *d, const void *bytes, size_t len)
{
	if (FA_UNLIKELY((size_t)(d->bytes + sizeof(d->bytes) - d->at) < len)) {
		draft_overflow(d, bytes, len);
		return;
	}
	memcpy(d->at, bytes, len);
	d->at += len;
}

#define DRAFT_LITERAL(d, literal) draft_bytes(d, literal, sizeof(literal) - 1)

/**
 * struct piece - Text of a record that is kept to be used again
 * @len:	0: none
 */
struct piece {
	uint16_t len;
	char text[254];
};

/* A place in the record. */
struct draft_mark {
	const char *at;
	uint64_t flushes;
};

static inline struct draft_mark draft_mark(struct draft *d)
{
	const char *at = draft_room(d);

	return (struct draft_mark){ at, d->flushes };
}

/* Keep what was written since @mark, if that fits and is still there. */
void piece_keep(struct piece *piece, const struct draft *d, const struct draft_mark *mark);

static inline void piece_write(const struct piece *piece, struct draft *d)
{
	draft_bytes(d, piece->text, piece->len);
}

#endif
