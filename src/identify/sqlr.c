/* SQL Server Resolution (MC-SQLR 2.2), datagrams. */
#include "identify/protocol.h"

/*
 * Requests are one byte, or a byte and a short name: a shape that anything may
 * have, and ports are not visible here.  So a named request is WEAK and a
 * one-byte request is merely not ruled out; only the answer proves.
 */

enum {
	SQLR_BROADCAST = 2,
	SQLR_UNICAST = 3,
	SQLR_INSTANCE = 4,
	SQLR_RESPONSE = 5,
	SQLR_DAC = 15,
	NAME_MAX_BYTES = 32,
};

static bool is_name(struct cursor c)
{
	size_t n = cursor_left(&c);

	if (n < 2 || n > NAME_MAX_BYTES + 1 || c.pos[n - 1] != 0)
		return false;
	for (size_t i = 0; i < n - 1; i++)
		if (c.pos[i] < ' ' || c.pos[i] == 0x7f)
			return false;
	return true;
}

/* 05, length LE, text; to a DAC request 05 06 00 01 and a port (2.2.5, 2.2.6). */
static enum fit response(const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned size;

	if (cursor_u8(&c) != SQLR_RESPONSE)
		return FIT_NO;
	size = cursor_le16(&c);
	if (in->wire_len == 6 && size == 6 && cursor_u8(&c) == 1)
		return FIT_MAYBE;
	return cursor_ok(&c) && size + 3u == in->wire_len && cursor_looks_at(&c, "ServerName;", 11)
		       ? FIT_YES
		       : FIT_NO;
}

/* MAYBE: a request that names an instance; MORE: one byte that may be a request. */
static enum fit request(const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned type = cursor_u8(&c);

	if (!cursor_ok(&c) || !input_whole(in))
		return FIT_NO;
	if (type == SQLR_BROADCAST || type == SQLR_UNICAST)
		return cursor_left(&c) == 0 ? FIT_MORE : FIT_NO;
	if (type == SQLR_DAC && cursor_u8(&c) != 1)
		return FIT_NO;
	if (type != SQLR_INSTANCE && type != SQLR_DAC)
		return FIT_NO;
	return is_name(c) ? FIT_MAYBE : FIT_NO;
}

static uint32_t sqlr_fits(const struct ident *id, const struct input *in)
{
	(void)id;
	return response(in) != FIT_NO || request(in) != FIT_NO ? APP_BIT(APP_SQLR) : 0;
}

static bool sqlr_follow(struct ident *id, const struct input *in)
{
	enum fit answer = response(in), ask = request(in);

	if (answer == FIT_NO && ask == FIT_MORE)
		return false;
	ident_note(id, APP_SQLR, answer == FIT_YES ? CONFIDENCE_STRONG : CONFIDENCE_WEAK, in);
	if (answer == FIT_YES) {
		ident_client(id, 1 - in->dir);
		ident_accept(id, in);
		ident_finish(id);
	}
	return true;
}

const struct datagram_protocol sqlr_datagram = {
	.apps = APP_BIT(APP_SQLR),
	.fits = sqlr_fits,
	.follow = sqlr_follow,
};
