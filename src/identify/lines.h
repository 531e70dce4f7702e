/* Messages of lines, headers and a body, as SIP and HTTP have them.  Private to this room. */
#ifndef FA_IDENTIFY_LINES_H
#define FA_IDENTIFY_LINES_H

#include "identify/protocol.h"

/**
 * struct lines_rules - What one text protocol adds
 * @first:	A first line, without its end.  FIT_YES: it begins a message; the callee
 *		notes what it means and sets text->status, text->connect.  FIT_NO: it does not
 * @header:	A header line; may be NULL
 * @headers_end: The headers of a message ended at side->offset; what to do with the rest
 * @compact_length: Has "l:" for Content-Length (RFC 3261 7.3.3)
 * @zeros:	Zero bytes in front of a message are keep-alives
 */
struct lines_rules {
	enum fit (*first)(struct ident *id, const struct input *in, struct cursor line);
	void (*header)(struct ident *id, const struct input *in, struct cursor line);
	enum follow (*headers_end)(struct ident *id, const struct input *in);
	bool compact_length;
	bool zeros;
};

/* Read on: message after message, each byte once. */
enum follow lines_follow(struct ident *id, const struct input *in, const struct lines_rules *rules);

/* A method: @least to 20 of A-Z, '_' and '-', then a blank; *@end is the offset behind it. */
enum fit lines_fits_method(const uint8_t *bytes, size_t len, size_t least, size_t *end);

/*
 * Empty lines in front of a message are looked at up to here.  They come anew with every
 * byte, so the bound is what keeps the work linear; behind more of them anything may follow.
 */
#define LINES_EMPTY_MAX 256u

/* Offset of the first byte that is neither CR nor LF, or LINES_EMPTY_MAX. */
size_t lines_skip_empty(const uint8_t *bytes, size_t len);

/* The header line is of this name, in any case: @c moves to its value. */
bool lines_header_is(struct cursor *c, const char *name);

/* Three digits at @c, the first of them 1 to @most; 0 when they are not. */
unsigned lines_status(struct cursor *c, unsigned most);

#endif
