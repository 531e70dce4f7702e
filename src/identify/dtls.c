/* DTLS 1.0 and 1.2 records (RFC 6347 4.1, 4.2.2). */
#include "identify/protocol.h"

enum {
	DTLS_CCS = 20,
	DTLS_HANDSHAKE = 22,
	DTLS_LAST = 25,
	DTLS_CLIENT_HELLO = 1,
};

struct dtls_record {
	struct cursor body;
	unsigned type;
	unsigned epoch;
};

static bool dtls_next(struct cursor *c, struct dtls_record *r)
{
	unsigned version;

	r->type = cursor_u8(c);
	version = cursor_be16(c);
	r->epoch = cursor_be16(c);
	cursor_skip(c, 6);
	r->body = cursor_sub(c, cursor_be16(c));
	return cursor_ok(c) && r->type >= DTLS_CCS && r->type <= DTLS_LAST && version >= 0xfefc &&
	       version <= 0xfeff && version != 0xfefe;
}

/* A clear handshake fragment that lies inside its message and its record. */
static bool handshake_is_consistent(struct cursor body, unsigned *type)
{
	uint32_t length, offset, fragment;

	*type = cursor_u8(&body);
	length = cursor_be24(&body);
	cursor_skip(&body, 2);
	offset = cursor_be24(&body);
	fragment = cursor_be24(&body);
	return cursor_ok(&body) && *type <= 24 && offset <= length && fragment <= length - offset &&
	       fragment <= cursor_left(&body);
}

static bool records_to_the_end(const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	struct dtls_record r;

	while (cursor_left(&c) > 0)
		if (!dtls_next(&c, &r))
			return false;
	return cursor_ok(&c) && in->len > 0;
}

static uint32_t dtls_fits(const struct ident *id, const struct input *in)
{
	(void)id;
	return input_whole(in) && records_to_the_end(in) ? APP_BIT(APP_DTLS) : 0;
}

static bool dtls_follow(struct ident *id, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	enum confidence confidence = CONFIDENCE_WEAK;
	struct dtls_record r;
	unsigned type;

	if (!dtls_next(&c, &r))
		return false;
	if (r.type == DTLS_HANDSHAKE && r.epoch == 0 && handshake_is_consistent(r.body, &type)) {
		confidence = CONFIDENCE_STRONG;
		if (!in->nested && type == DTLS_CLIENT_HELLO)
			ident_client(id, in->dir);
	}
	ident_note(id, APP_DTLS, confidence, in);
	return true;
}

const struct datagram_protocol dtls_datagram = {
	.apps = APP_BIT(APP_DTLS),
	.fits = dtls_fits,
	.follow = dtls_follow,
};
