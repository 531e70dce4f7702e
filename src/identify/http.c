/* HTTP/1.x and the preface of HTTP/2 (RFC 9112 3, 4; RFC 9113 3.4). */
#include "identify/lines.h"

/*
 * Any method word may be HTTP until the line ends: it is followed without being
 * noted, and let go when the version is not there.  A CONNECT opens a tunnel:
 * what comes after its headers, and after those of the 2xx answer, is identified
 * anew.
 */

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum { PREFACE_SIZE = sizeof(preface) - 1 };

/* Not a word that SIP, which comes first, is still thinking about. */
static enum fit http_opens(const uint8_t *bytes, size_t len)
{
	size_t at = lines_skip_empty(bytes, len), end = 0;
	enum fit fit;

	if (at == len || at == LINES_EMPTY_MAX)
		return len == 0 ? FIT_MORE : FIT_MAYBE;
	bytes += at;
	len -= at;
	fit = lines_fits_method(bytes, len, 3, &end);
	if (fit != FIT_YES || len == end)
		return MIN(fit, FIT_MORE);
	return bytes[end] > ' ' && bytes[end] < 0x7f ? FIT_YES : FIT_NO;
}

/* RFC 9112 4; a server of HTTP/2 begins with SETTINGS on stream 0 (RFC 9113 3.4). */
static enum fit http_answers(const uint8_t *bytes, size_t len)
{
	static const uint8_t settings[6] = { 4, 0, 0, 0, 0, 0 };
	enum fit one = fit_bytes(bytes, len, 0, "HTTP/1.", 7);
	enum fit two = MIN(fit_bytes(bytes, len, 0, "\0\0", 2),
			   fit_bytes(bytes, len, 3, settings, sizeof(settings)));

	one = MIN(one, fit_byte(bytes, len, 7, '0', '1'));
	one = MIN(one, fit_byte(bytes, len, 8, ' ', ' '));
	one = MIN(one, fit_byte(bytes, len, 9, '1', '5'));
	one = MIN(one, fit_byte(bytes, len, 10, '0', '9'));
	one = MIN(one, fit_byte(bytes, len, 11, '0', '9'));
	return MAX(one, MIN(two, FIT_MAYBE));
}

/* "METHOD target HTTP/1.1": two blanks, the version behind the second. */
static bool is_request(struct cursor line, bool *connect)
{
	size_t n = cursor_left(&line), end = 0;
	const uint8_t *target, *blank;

	if (lines_fits_method(line.pos, n, 3, &end) != FIT_YES)
		return false;
	*connect = cursor_looks_at(&line, "CONNECT ", 8);
	target = line.pos + end;
	blank = memchr(target, ' ', n - end);
	if (blank == NULL || blank == target)
		return false;
	cursor_skip(&line, (size_t)(blank - line.pos) + 1);
	return cursor_left(&line) == 8 && memcmp(line.pos, "HTTP/1.", 7) == 0 &&
	       (line.pos[7] == '0' || line.pos[7] == '1');
}

/* HTTP/0.9 (RFC 1945 4.1): "GET /target" and no version; other protocols may say so too. */
static bool is_simple_request(struct cursor line)
{
	size_t n = cursor_left(&line);

	return cursor_looks_at(&line, "GET /", 5) && memchr(line.pos + 4, ' ', n - 4) == NULL;
}

static void note_response(struct ident *id, const struct input *in, unsigned status)
{
	ident_client(id, 1 - in->dir);
	if (status >= 200 && status < 300)
		ident_accept(id, in);
	ident_refuse(id, APP_HTTP, status, in);
}

static enum fit http_first(struct ident *id, const struct input *in, struct cursor line)
{
	struct ident_text *text = &id->work.side[in->dir].text;
	bool connect = false;

	if (http_answers(line.pos, cursor_left(&line)) == FIT_YES) {
		cursor_skip(&line, 9);
		text->status = (uint16_t)lines_status(&line, 5);
		note_response(id, in, text->status);
	} else if (is_request(line, &connect)) {
		text->connect = connect;
		ident_client(id, in->dir);
	} else if (is_simple_request(line)) {
		ident_client(id, in->dir);
		ident_note(id, APP_HTTP, CONFIDENCE_WEAK, in);
		return FIT_YES;
	} else {
		return FIT_NO;
	}
	ident_note(id, APP_HTTP, CONFIDENCE_STRONG, in);
	return FIT_YES;
}

static bool is_challenge(unsigned status)
{
	return status == 401 || status == 407;
}

static enum follow response_end(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->work.side[in->dir];
	const struct ident_side *peer = &id->work.side[1 - in->dir];
	unsigned status = side->text.status;

	/* The answer to a CONNECT: the other side was let go behind its headers. */
	if (status >= 200 && status < 300 && peer->base != 0) {
		ident_restart(id, in->dir, side->offset);
		return FOLLOW_HANDED;
	}
	if (status < 200 || status == 304) {
		side->text.body = 0;
		side->state = 0;
		return FOLLOW_MORE;
	}
	/* A challenge or redirection is followed by another answer, if we can find it. */
	if (is_challenge(status) || (status >= 300 && status < 400))
		return side->text.has_length && !side->text.chunked ? FOLLOW_MORE : FOLLOW_END;
	ident_finish(id);
	return FOLLOW_END;
}

static enum follow http_headers_end(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->work.side[in->dir];

	if (side->text.status != 0)
		return response_end(id, in);
	if (side->text.connect) {
		ident_restart(id, in->dir, side->offset);
		return FOLLOW_HANDED;
	}
	return side->text.chunked ? FOLLOW_END : FOLLOW_MORE;
}

static const struct lines_rules http_rules = {
	.first = http_first,
	.headers_end = http_headers_end,
};

static enum follow http_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->work.side[in->dir];
	const uint8_t *bytes = in->bytes + side->offset;
	size_t len = in->len - side->offset;
	enum fit two = side->frames == 0 ? fit_bytes(bytes, len, 0, preface, PREFACE_SIZE) : FIT_NO;

	/* Only the whole preface is HTTP/2: its first line alone would do, but PRI is no request.
	 */
	if (two == FIT_MORE && len > 4)
		return FOLLOW_MORE;
	if (two == FIT_YES) {
		ident_note(id, APP_HTTP, CONFIDENCE_STRONG, in);
		ident_client(id, in->dir);
		return FOLLOW_END;
	}
	if (http_answers(bytes, len) == FIT_MAYBE && side->frames == 0) {
		ident_note(id, APP_HTTP, CONFIDENCE_STRONG, in);
		return FOLLOW_END;
	}
	return lines_follow(id, in, &http_rules);
}

const struct stream_protocol http_stream = {
	.apps = APP_BIT(APP_HTTP),
	.opens = http_opens,
	.answers = http_answers,
	.follow = http_follow,
};
