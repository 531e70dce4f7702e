/* Reads the messages of text protocols from a growing stream, line by line. */
#include "identify/lines.h"

/*
 * side->offset is the start of the line being read, text->scan how far it was
 * searched for its end, so that one byte a call costs one byte of work.  Lines
 * end at LF; a CR before it is dropped.
 */

enum {
	LINE_MAX_BYTES = 8192, /* Lync's meeting URLs and tickets stay below */
	METHOD_MAX = 20,
};

enum {
	TEXT_FIRST,
	TEXT_HEADERS,
	TEXT_BODY,
};

size_t lines_skip_empty(const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	while (at < len && at < LINES_EMPTY_MAX && (bytes[at] == '\r' || bytes[at] == '\n'))
		at++;
	return at;
}

enum fit lines_fits_method(const uint8_t *bytes, size_t len, size_t least, size_t *end)
{
	size_t n = 0;

	while (n < len && n <= METHOD_MAX &&
	       ((bytes[n] >= 'A' && bytes[n] <= 'Z') || bytes[n] == '_' || bytes[n] == '-'))
		n++;
	if (n > METHOD_MAX)
		return FIT_NO;
	if (n == len)
		return FIT_MORE;
	*end = n + 1;
	return bytes[n] == ' ' && n >= least ? FIT_YES : FIT_NO;
}

unsigned lines_status(struct cursor *c, unsigned most)
{
	const uint8_t *d = cursor_take(c, 3);

	if (d == NULL || d[0] < '1' || d[0] > '0' + most || d[1] < '0' || d[1] > '9' ||
	    d[2] < '0' || d[2] > '9')
		return 0;
	return (d[0] - (unsigned)'0') * 100 + (d[1] - (unsigned)'0') * 10 + (d[2] - (unsigned)'0');
}

/* The next line, when its end has come; *@too_long when it cannot be one. */
static bool next_line(struct ident_side *side, const struct input *in, struct cursor *line,
		      bool *too_long)
{
	size_t from = MAX(side->text.scan, side->offset);
	const uint8_t *end = from < in->len ? memchr(in->bytes + from, '\n', in->len - from) : NULL;
	size_t n;

	if (end == NULL) {
		side->text.scan = (uint32_t)in->len;
		*too_long = in->len - side->offset > LINE_MAX_BYTES;
		return false;
	}
	n = (size_t)(end - in->bytes) - side->offset;
	*line = cursor_over(in->bytes + side->offset, n > 0 && end[-1] == '\r' ? n - 1 : n);
	side->offset += (uint32_t)n + 1;
	return true;
}

static void skip_blanks(struct cursor *c)
{
	while (cursor_looks_at(c, " ", 1) || cursor_looks_at(c, "\t", 1))
		cursor_skip(c, 1);
}

bool lines_header_is(struct cursor *c, const char *name)
{
	size_t n = strlen(name);

	if (cursor_left(c) < n || strncasecmp((const char *)c->pos, name, n) != 0)
		return false;
	cursor_skip(c, n);
	skip_blanks(c);
	if (!cursor_looks_at(c, ":", 1))
		return false;
	cursor_skip(c, 1);
	skip_blanks(c);
	return true;
}

static void read_header(struct ident_text *text, struct cursor line, bool compact)
{
	struct cursor c = line;
	uint32_t length = 0;

	if (lines_header_is(&c, "Transfer-Encoding"))
		text->chunked = true;
	c = line;
	if (!lines_header_is(&c, "Content-Length")) {
		c = line;
		if (!compact || !lines_header_is(&c, "l"))
			return;
	}
	while (cursor_left(&c) > 0 && c.pos[0] >= '0' && c.pos[0] <= '9' && length < 100000000)
		length = length * 10 + (cursor_u8(&c) - (uint32_t)'0');
	text->body = length;
	text->has_length = true;
}

static enum follow step_first(struct ident *id, const struct input *in,
			      const struct lines_rules *rules, struct cursor line)
{
	struct ident_side *side = &id->side[in->dir];
	uint32_t scan = side->text.scan;

	while (rules->zeros && cursor_looks_at(&line, "", 1))
		cursor_skip(&line, 1);
	if (cursor_left(&line) == 0)
		return FOLLOW_MORE;
	side->text = (struct ident_text){ .scan = scan };
	if (rules->first(id, in, line) != FIT_YES)
		return id->side[in->dir].frames == 0 ? FOLLOW_LOST : FOLLOW_END;
	side->frames = 1;
	side->state = TEXT_HEADERS;
	return FOLLOW_MORE;
}

static enum follow step_header(struct ident *id, const struct input *in,
			       const struct lines_rules *rules, struct cursor line)
{
	struct ident_side *side = &id->side[in->dir];

	if (cursor_left(&line) > 0) {
		read_header(&side->text, line, rules->compact_length);
		if (rules->header != NULL)
			rules->header(id, in, line);
		return FOLLOW_MORE;
	}
	side->state = side->text.body > 0 ? TEXT_BODY : TEXT_FIRST;
	return rules->headers_end(id, in);
}

static bool skip_body(struct ident_side *side, const struct input *in)
{
	size_t n = MIN((size_t)side->text.body, in->len - side->offset);

	side->offset += (uint32_t)n;
	side->text.body -= (uint32_t)n;
	if (side->text.body > 0)
		return false;
	side->state = TEXT_FIRST;
	return true;
}

enum follow lines_follow(struct ident *id, const struct input *in, const struct lines_rules *rules)
{
	struct ident_side *side = &id->side[in->dir];
	enum follow result = FOLLOW_MORE;

	/* What came after the end in another segment would not be looked at either. */
	while (result == FOLLOW_MORE && !id->work.finished) {
		bool too_long = false;
		struct cursor line;

		if (side->state == TEXT_BODY && !skip_body(side, in))
			return FOLLOW_MORE;
		if (!next_line(side, in, &line, &too_long)) {
			if (!too_long)
				return FOLLOW_MORE;
			return side->frames == 0 ? FOLLOW_LOST : FOLLOW_END;
		}
		result = side->state == TEXT_FIRST ? step_first(id, in, rules, line)
						   : step_header(id, in, rules, line);
	}
	return result;
}
