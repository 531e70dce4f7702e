/* HTTP/1.x and the preface of HTTP/2 (RFC 9112 3, 4; RFC 9113 3.4). */
#include "identify/lines.h"

/*
 * Any method word may be HTTP until the line ends: it is followed without being
 * noted, and let go when the version is not there.  A CONNECT opens a tunnel:
 * what comes after its headers, and after those of the 2xx answer, is identified
 * anew.
 *
 * A refusal is a proxy's when its headers are, or its status is one that only
 * proxies send; so is every refusal of a CONNECT.
 */

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum { PREFACE_SIZE = sizeof(preface) - 1 };

/* Not a word that SIP, which comes first, is still thinking about. */
static enum fit http_opens(const uint8_t *bytes, size_t len)
{
	size_t at = lines_skip_empty(bytes, len), end = 0;
	enum fit fit;

	if (at == LINES_EMPTY_MAX)
		return FIT_MAYBE;
	if (at == len)
		return FIT_MORE;
	bytes += at;
	len -= at;
	fit = lines_fits_method(bytes, len, 3, &end);
	if (fit != FIT_YES || len == end)
		return MIN(fit, FIT_MORE);
	return bytes[end] > ' ' && bytes[end] < 0x7f ? FIT_YES : FIT_NO;
}

/* RFC 9112 4. */
static enum fit status_line(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_bytes(bytes, len, 0, "HTTP/1.", 7);

	fit = MIN(fit, fit_byte(bytes, len, 7, '0', '1'));
	fit = MIN(fit, fit_byte(bytes, len, 8, ' ', ' '));
	fit = MIN(fit, fit_byte(bytes, len, 9, '1', '5'));
	fit = MIN(fit, fit_byte(bytes, len, 10, '0', '9'));
	return MIN(fit, fit_byte(bytes, len, 11, '0', '9'));
}

/* A server of HTTP/2 begins with SETTINGS on stream 0 (RFC 9113 3.4). */
static enum fit settings(const uint8_t *bytes, size_t len)
{
	static const uint8_t on_stream_0[6] = { 4, 0, 0, 0, 0, 0 };

	return MIN(fit_bytes(bytes, len, 0, "\0\0", 2),
		   fit_bytes(bytes, len, 3, on_stream_0, sizeof(on_stream_0)));
}

static enum fit http_answers(const uint8_t *bytes, size_t len)
{
	size_t at = lines_skip_empty(bytes, len);

	if (at == LINES_EMPTY_MAX)
		return FIT_MAYBE;
	if (at == len)
		return FIT_MORE;
	return MAX(status_line(bytes + at, len - at), MIN(settings(bytes, len), FIT_MAYBE));
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

/* The other side was let go behind the headers of a CONNECT, this one not yet. */
static bool answers_connect(const struct ident *id, const struct input *in)
{
	return id->side[1 - in->dir].base != 0 && id->side[in->dir].base == 0;
}

/* The answer kept is the one whose headers are being read. */
static bool is_the_answer(const struct ident *id, const struct input *in)
{
	return id->answer.frame != 0 && id->answer.app == APP_HTTP && id->answer.dir == in->dir &&
	       id->answer.code == id->side[in->dir].text.status;
}

static void note_response(struct ident *id, const struct input *in, unsigned status)
{
	ident_client(id, 1 - in->dir);
	/* No success and no challenge has a meaning for who speaks TLS. */
	if (ident_follows(id, 1 - in->dir, &tls_stream) && id->answer.frame == 0)
		id->answer = (struct app_answer){
			.frame = in->frame, .code = status, .app = APP_HTTP, .dir = (uint8_t)in->dir
		};
	else if (status >= 200 && status < 300)
		ident_accept(id, in);
	ident_refuse(id, APP_HTTP, status, in);
	/* RFC 9110 15.5.8, RFC 6585 6: an origin server sends neither. */
	if (is_the_answer(id, in))
		id->answer.proxy = status == 407 || status == 511 || answers_connect(id, in);
}

/* The value begins with one of these, in any case. */
static bool value_begins(struct cursor value, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(names[i]);

		if (cursor_left(&value) >= n &&
		    strncasecmp((const char *)value.pos, names[i], n) == 0)
			return true;
	}
	return false;
}

/*
 * Headers of a proxy.  Via is added by everything that forwards (RFC 9110 7.6.3), also by a
 * reverse proxy: the refusal is then of a box in front of the server all the same, or passed
 * one that could have made it.
 */
static bool is_proxy_header(struct cursor line)
{
	static const char *const headers[] = { "Via",           "Proxy-Authenticate",
					       "Proxy-Agent",   "Proxy-Connection",
					       "X-Squid-Error", "X-BlueCoat-Via" };
	static const char *const servers[] = { "squid", "BlueCoat", "Zscaler" };
	struct cursor c;

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		c = line;
		if (lines_header_is(&c, headers[i]))
			return true;
	}
	c = line;
	return lines_header_is(&c, "Server") && value_begins(c, servers, ARRAY_SIZE(servers));
}

static void http_header(struct ident *id, const struct input *in, struct cursor line)
{
	if (id->side[in->dir].text.status != 0 && is_the_answer(id, in) && is_proxy_header(line))
		id->answer.proxy = true;
}

static enum fit http_first(struct ident *id, const struct input *in, struct cursor line)
{
	struct ident_text *text = &id->side[in->dir].text;
	bool connect = false;

	if (status_line(line.pos, cursor_left(&line)) == FIT_YES) {
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

/* A refusal whose headers name nobody, with a page behind it. */
static bool page_may_tell(const struct ident *id, const struct input *in)
{
	const struct ident_text *text = &id->side[in->dir].text;

	return is_the_answer(id, in) && !id->answer.proxy &&
	       (text->status == 403 || ident_http_to_tls(id)) &&
	       (text->body != 0 || text->chunked || !text->has_length);
}

/*
 * Behind all but a success another answer may follow, which says more of the flow: to a
 * challenge's second try, or to another page on the same connection.  If we can find it.
 */
static enum follow next_response(struct ident *id, const struct ident_text *text)
{
	if (text->has_length && !text->chunked && text->status >= 300)
		return FOLLOW_MORE;
	if (!is_challenge(text->status) && (text->status < 300 || text->status >= 400))
		ident_finish(id);
	return FOLLOW_END;
}

static enum follow response_end(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	struct ident_text *text = &side->text;
	unsigned status = text->status;

	if (status >= 200 && status < 300 && answers_connect(id, in)) {
		ident_restart(id, in->dir, side->offset);
		return FOLLOW_HANDED;
	}
	if (status < 200 || status == 304) {
		text->body = 0;
		side->state = 0;
		return FOLLOW_MORE;
	}
	if (page_may_tell(id, in)) {
		text->page = side->offset;
		return FOLLOW_HANDED; /* to ourselves: lines end here */
	}
	return next_response(id, text);
}

/* Bytes of a refusal's page that are searched: titles and headings stand at its beginning. */
#define PAGE_MAX 4096u

/*
 * The page that comes with a refusal, once its beginning is there.  Filters that send no header
 * of their own name themselves here.
 */
static enum follow read_page(struct ident *id, const struct input *in)
{
	static const char *const filters[] = { "FortiGuard", "Web Filter Block Override" };
	struct ident_text *text = &id->side[in->dir].text;
	size_t have = in->len - text->page;
	size_t want = text->has_length && !text->chunked ? MIN(text->body, PAGE_MAX) : PAGE_MAX;

	if (have < want && !in->last)
		return FOLLOW_MORE;
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (memmem(in->bytes + text->page, MIN(have, want), filters[i],
			   strlen(filters[i])) != NULL)
			id->answer.proxy = true;
	text->page = 0;
	return next_response(id, text) == FOLLOW_MORE ? FOLLOW_HANDED : FOLLOW_END;
}

static enum follow http_headers_end(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

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
	.header = http_header,
	.headers_end = http_headers_end,
};

static enum follow http_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	const uint8_t *bytes = in->bytes + side->offset;
	size_t len = in->len - side->offset;
	/* HTTP/2 begins with the first byte, or the first in a tunnel. */
	bool begins = side->frames == 0 && side->offset == side->base;
	enum fit two = begins ? fit_bytes(bytes, len, 0, preface, PREFACE_SIZE) : FIT_NO;

	if (side->text.page != 0)
		return read_page(id, in);
	/* Only the whole preface is HTTP/2: its first line alone would do, but PRI is no request.
	 */
	if (two == FIT_MORE && len > 4)
		return FOLLOW_MORE;
	if (two == FIT_YES) {
		ident_note(id, APP_HTTP, CONFIDENCE_STRONG, in);
		ident_client(id, in->dir);
		return FOLLOW_END;
	}
	if (begins && settings(bytes, len) == FIT_YES) {
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
	.answered_in_kind = true,
};
