/* SIP in clear text (RFC 3261 7), on streams and datagrams. */
#include "identify/lines.h"

/*
 * A request is any method in front of a SIP URI, since Lync has its own
 * (SERVICE, BENOTIFY, NEGOTIATE); it is proven by " SIP/2.0" at the end of the
 * line, which may be far away behind a GRUU.  SSDP, RTSP and HTTP share method
 * words, never both the URI and the version.  Empty lines are keep-alives (RFC 5626
 * 3.5.1), and so are zero bytes, which some clients send instead.
 */

static const char version_text[] = "SIP/2.0";

enum { VERSION_SIZE = sizeof(version_text) - 1 };

/* RFC 3261 19.1, RFC 3966: schemes compare without case. */
static enum fit fits_scheme(const uint8_t *bytes, size_t len)
{
	static const char *const schemes[] = { "sip:", "sips:", "tel:" };
	enum fit best = FIT_NO;

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (strncasecmp((const char *)bytes, schemes[i], MIN(n, len)) == 0)
			best = MAX(best, n <= len ? FIT_YES : FIT_MORE);
	}
	return best;
}

static enum fit fits_request(const uint8_t *bytes, size_t len)
{
	size_t end = 0;
	enum fit fit = lines_fits_method(bytes, len, 2, &end);

	return fit == FIT_YES ? fits_scheme(bytes + end, len - end) : fit;
}

static enum fit fits_response(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_bytes(bytes, len, 0, "SIP/2.0 ", VERSION_SIZE + 1);

	fit = MIN(fit, fit_byte(bytes, len, 8, '1', '6'));
	fit = MIN(fit, fit_byte(bytes, len, 9, '0', '9'));
	fit = MIN(fit, fit_byte(bytes, len, 10, '0', '9'));
	return MIN(fit, fit_byte(bytes, len, 11, ' ', ' '));
}

/* Behind as many as LINES_EMPTY_MAX anything may follow: they come anew with every byte. */
static size_t skip_keep_alives(const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	while (at < len && at < LINES_EMPTY_MAX &&
	       (bytes[at] == 0 || bytes[at] == '\r' || bytes[at] == '\n'))
		at++;
	return at;
}

static enum fit sip_starts(const uint8_t *bytes, size_t len)
{
	size_t at = skip_keep_alives(bytes, len);

	if (at == LINES_EMPTY_MAX)
		return FIT_MAYBE;
	if (at == len)
		return FIT_MORE;
	return MAX(fits_request(bytes + at, len - at), fits_response(bytes + at, len - at));
}

/* In the middle of a connection messages begin where a line ended. */
static enum fit sip_joins(const uint8_t *bytes, size_t len, size_t pos)
{
	if (pos > 0 && bytes[pos - 1] != '\n')
		return FIT_NO;
	return MAX(fits_request(bytes + pos, len - pos), fits_response(bytes + pos, len - pos));
}

/* " SIP/2.0" at the end of a request line, with something between it and the scheme. */
static bool request_is_whole(struct cursor line)
{
	size_t n = cursor_left(&line), end = 0;

	if (fits_request(line.pos, n) != FIT_YES)
		return false;
	lines_fits_method(line.pos, n, 2, &end);
	return n > end + 4 + 1 + VERSION_SIZE && line.pos[n - VERSION_SIZE - 1] == ' ' &&
	       memcmp(line.pos + n - VERSION_SIZE, version_text, VERSION_SIZE) == 0 &&
	       memchr(line.pos + end, ' ', n - VERSION_SIZE - 1 - end) == NULL;
}

static void note_response(struct ident *id, const struct input *in, unsigned status)
{
	ident_client(id, 1 - in->dir);
	if (status >= 200 && status < 300)
		ident_accept(id, in);
	ident_refuse(id, APP_SIP, status, in);
}

/* A first line; the status is 0 for a request. */
static bool sip_line(struct ident *id, const struct input *in, struct cursor line, unsigned *status)
{
	*status = 0;
	if (fits_response(line.pos, cursor_left(&line)) == FIT_YES) {
		cursor_skip(&line, VERSION_SIZE + 1);
		*status = lines_status(&line, 6);
		note_response(id, in, *status);
	} else if (request_is_whole(line)) {
		ident_client(id, in->dir);
	} else {
		return false;
	}
	ident_note(id, APP_SIP, CONFIDENCE_STRONG, in);
	return true;
}

static enum fit sip_first(struct ident *id, const struct input *in, struct cursor line)
{
	unsigned status;

	if (!sip_line(id, in, line, &status))
		return FIT_NO;
	id->side[in->dir].text.status = (uint16_t)status;
	return FIT_YES;
}

/*
 * A success says all there is to say of the flow.  Behind everything else another request may
 * follow, also behind a refusal: a trunk carries many calls.
 */
static bool status_is_final(unsigned status)
{
	return status >= 200 && status < 300;
}

static enum follow sip_headers_end(struct ident *id, const struct input *in)
{
	if (status_is_final(id->side[in->dir].text.status))
		ident_finish(id);
	return FOLLOW_MORE;
}

static const struct lines_rules sip_rules = {
	.first = sip_first,
	.headers_end = sip_headers_end,
	.compact_length = true,
	.zeros = true,
};

static enum follow sip_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	enum follow result = lines_follow(id, in, &sip_rules);

	/*
	 * Method and scheme alone are rarely wrong, and the line's end may never be
	 * captured; but while it may come, it tells.
	 */
	if (result == FOLLOW_MORE && in->last && side->frames == 0 && in->len > side->offset &&
	    sip_starts(in->bytes + side->offset, in->len - side->offset) == FIT_YES)
		ident_note(id, APP_SIP, CONFIDENCE_WEAK, in);
	return result;
}

const struct stream_protocol sip_stream = {
	.apps = APP_BIT(APP_SIP),
	.opens = sip_starts,
	.answers = sip_starts,
	.joins = sip_joins,
	.follow = sip_follow,
	.answered_in_kind = true,
};

/* On datagrams: one message each, so the first line is all. */

static struct cursor first_line(const struct input *in)
{
	size_t at = lines_skip_empty(in->bytes, in->len), n;
	const uint8_t *end;

	if (at == in->len)
		return cursor_over(NULL, 0);
	end = memchr(in->bytes + at, '\n', in->len - at);
	n = end == NULL ? 0 : (size_t)(end - in->bytes) - at;
	if (n > 0 && end[-1] == '\r')
		n--;
	return cursor_over(in->bytes + at, n);
}

static uint32_t sip_fits(const struct ident *id, const struct input *in)
{
	struct cursor line = first_line(in);
	size_t n = cursor_left(&line);

	(void)id;
	if (n == 0)
		return 0;
	return fits_response(line.pos, n) == FIT_YES || request_is_whole(line) ? APP_BIT(APP_SIP)
									       : 0;
}

static bool sip_datagram_follow(struct ident *id, const struct input *in)
{
	unsigned status;

	if (!sip_line(id, in, first_line(in), &status))
		return false;
	if (status_is_final(status))
		ident_finish(id);
	return true;
}

const struct datagram_protocol sip_datagram = {
	.apps = APP_BIT(APP_SIP),
	.fits = sip_fits,
	.follow = sip_datagram_follow,
};
