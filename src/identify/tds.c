/* Tabular Data Stream of SQL Server (MS-TDS 2.2.3, 2.2.6.5). */
#include "identify/protocol.h"

/*
 * Every packet begins with type, status, length, SPID, packet number and a window
 * of 0.  A client's first packet is a PRELOGIN, whose list of option tokens
 * proves it, or from old clients a LOGIN7; the server answers with type 4.
 */

enum {
	TDS_HEADER = 8,
	TDS_BATCH = 0x01,
	TDS_RESPONSE = 0x04,
	TDS_LOGIN7 = 0x10,
	TDS_PRELOGIN = 0x12,
	TOKEN_END = 0xff,
	STATUS_MAX = 0x1f,
	PACKET_MAX = 32767, /* MS-TDS 2.2.3.1.3 negotiates no more */
};

static enum fit header_starts(const uint8_t *bytes, size_t len, unsigned lo, unsigned hi)
{
	enum fit fit = fit_byte(bytes, len, 0, lo, hi);

	fit = MIN(fit, fit_byte(bytes, len, 1, 0, STATUS_MAX));
	fit = MIN(fit, fit_be16(bytes, len, 2, TDS_HEADER + 1, PACKET_MAX));
	return MIN(fit, fit_byte(bytes, len, 7, 0, 0));
}

/* Tokens of five bytes: type, offset, length; VERSION (0) of 6 bytes first, 0xff ends them. */
static bool is_prelogin(struct cursor body)
{
	size_t all = cursor_left(&body);
	bool first = true;

	for (;;) {
		unsigned type = cursor_u8(&body);
		size_t offset, length;

		if (type == TOKEN_END && !first)
			return cursor_ok(&body);
		offset = cursor_be16(&body);
		length = cursor_be16(&body);
		if (!cursor_ok(&body) || offset > all || length > all - offset ||
		    (first && (type != 0 || length != 6)))
			return false;
		first = false;
	}
}

static enum fit tds_opens(const uint8_t *bytes, size_t len)
{
	enum fit fit = header_starts(bytes, len, TDS_LOGIN7, TDS_PRELOGIN);

	fit = MIN(fit, fit_be16(bytes, len, 4, 0, 0));
	return len > 0 && bytes[0] == 0x11 ? FIT_NO : fit;
}

static enum fit tds_answers(const uint8_t *bytes, size_t len)
{
	return header_starts(bytes, len, TDS_RESPONSE, TDS_RESPONSE);
}

static bool is_request_type(unsigned type)
{
	return (type >= TDS_BATCH && type <= 3) || type == 6 || type == 7 || type == 14 ||
	       (type >= TDS_LOGIN7 && type <= TDS_PRELOGIN && type != 0x11);
}

/* A request in the middle: SPID and window are 0, and the type is one that clients send. */
static enum fit tds_joins(const uint8_t *bytes, size_t len, size_t pos)
{
	enum fit fit = header_starts(bytes, len, TDS_BATCH, TDS_PRELOGIN);

	if (pos != 0 || (len > 0 && !is_request_type(bytes[0])))
		return FIT_NO;
	return MIN(fit, fit_be16(bytes, len, 4, 0, 0));
}

static enum follow tds_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	struct cursor c = cursor_over(in->bytes + side->offset, in->len - side->offset);
	enum confidence confidence = CONFIDENCE_WEAK;
	unsigned type = cursor_u8(&c), size;
	struct cursor body;

	cursor_skip(&c, 1);
	size = cursor_be16(&c);
	cursor_skip(&c, 4);
	body = cursor_sub(&c, size - TDS_HEADER);
	/* Only the body of a login is looked at. */
	if (!cursor_ok(&body) && !in->last && (type == TDS_PRELOGIN || type == TDS_RESPONSE))
		return FOLLOW_MORE;
	if ((type == TDS_PRELOGIN || type == TDS_RESPONSE) && is_prelogin(body))
		confidence = CONFIDENCE_STRONG;
	ident_note(id, APP_TDS, confidence, in);
	ident_client(id, type == TDS_RESPONSE ? 1 - in->dir : in->dir);
	if (id->confidence == CONFIDENCE_STRONG && id->frame[0] != 0 && id->frame[1] != 0)
		ident_finish(id);
	return FOLLOW_END;
}

const struct stream_protocol tds_stream = {
	.apps = APP_BIT(APP_TDS),
	.opens = tds_opens,
	.answers = tds_answers,
	.joins = tds_joins,
	.follow = tds_follow,
	.answered_in_kind = true,
};
