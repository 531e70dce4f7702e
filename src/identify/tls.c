/* TLS and SSL 3.0: records, hellos, the mutual-TLS ladder, alerts in clear (RFC 5246, RFC 8446). */
#include "identify/protocol.h"

/*
 * Theory of operation
 *
 *     | type ver len | .... | type ver len | .........  | ...     records
 *                    [ hs header | body ... body ][ hs header     messages
 *
 * Two walks in one: over records, and over the handshake messages that run
 * across them.  Both are resumable at any byte, because segments end anywhere.
 * Only the headers matter for the ladder (a type and a length each), so bodies
 * are skipped as they come; the two hellos alone are read, once, when complete,
 * through tls_gather() where a hello spans records.
 *
 * What each side sent is kept as a set of flags, and the ladder is concluded
 * from both sets.  The order of arrival across directions does not matter: a
 * full handshake's server ChangeCipherSpec can only follow the client's
 * CertificateVerify.  A gap ends a direction's walk, so what was lost is never
 * taken for what was not sent.
 */

enum {
	RECORD_CCS = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_DATA = 23,
	RECORD_HEARTBEAT = 24,
	RECORD_HEADER = 5,
	RECORD_MAX = 16384 + 2048, /* RFC 5246 6.2.3 */
};

enum {
	HS_CLIENT_HELLO = 1,
	HS_SERVER_HELLO = 2,
	HS_CERTIFICATE = 11,
	HS_SERVER_KEY_EXCHANGE = 12,
	HS_CERTIFICATE_REQUEST = 13,
	HS_SERVER_HELLO_DONE = 14,
	HS_CERTIFICATE_VERIFY = 15,
	HS_HEADER = 4,
};

enum {
	ALERT_FATAL = 2,
	ALERT_NO_CERTIFICATE = 41, /* SSL 3.0's empty Certificate */
};

/* What one side sent: tls->flags. */
enum {
	TLS_SAW_CLIENT = 1 << 0, /* ClientHello: this is the client */
	TLS_SAW_SERVER = 1 << 1, /* ServerHello */
	TLS_SAW_CERT = 1 << 2,
	TLS_SAW_EMPTY_CERT = 1 << 3,
	TLS_SAW_KEY_EXCHANGE = 1 << 4,
	TLS_SAW_REQUEST = 1 << 5,
	TLS_SAW_DONE = 1 << 6,
	TLS_SAW_VERIFY = 1 << 7,
	TLS_SAW_CCS = 1 << 8,
	TLS_SAW_SECRET = 1 << 9, /* encrypted records that follow the ServerHello */
	TLS_SAW_ALERT = 1 << 10,
	TLS_SAW_EARLY = 1 << 11, /* the ClientHello announces early data */
	TLS_DARK = 1 << 12,	 /* handshake messages are encrypted from here on */
	TLS_JOINED = 1 << 13,	 /* walked from some record in the middle */
};

/* Hellos that span records are copied up to here; longer ones lose their last extensions. */
#define HELLO_MAX 4096

#define VERSION_13 0x0304

/* First bytes. */

/* Google's imitation of a handshake (libjingle): fixed bytes, then TURN.  Not TLS. */
static const uint8_t google_client[72] = {
	0x80, 0x46, 0x01, 0x03, 0x01, 0x00, 0x2d, 0x00, 0x00, 0x00, 0x10, 0x01, 0x00, 0x80, 0x03,
	0x00, 0x80, 0x07, 0x00, 0xc0, 0x06, 0x00, 0x40, 0x02, 0x00, 0x80, 0x04, 0x00, 0x80, 0x00,
	0x00, 0x04, 0x00, 0xfe, 0xff, 0x00, 0x00, 0x0a, 0x00, 0xfe, 0xfe, 0x00, 0x00, 0x09, 0x00,
	0x00, 0x64, 0x00, 0x00, 0x62, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x1f, 0x17, 0x0c, 0xa6,
	0x2f, 0x00, 0x78, 0xfc, 0x46, 0x55, 0x2e, 0xb1, 0x83, 0x39, 0xf1, 0xea,
};
static const uint8_t google_server[15] = {
	0x16, 0x03, 0x01, 0x00, 0x4a, 0x02, 0x00, 0x00, 0x46, 0x03, 0x01, 0x42, 0x85, 0x45, 0xa7,
};

/* A pattern that fits unless the bytes are those of a known impostor. */
static enum fit unless(enum fit fit, enum fit impostor)
{
	if (impostor == FIT_YES)
		return FIT_NO;
	return impostor == FIT_MORE ? MIN(fit, FIT_MORE) : fit;
}

/* SSL 2.0's ClientHello, which offers 3.0 or later (RFC 5246 E.2). */
static enum fit sslv2_hello(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, 0x80, 0x83);
	struct cursor c = cursor_over(bytes, len);
	unsigned total, ciphers, session, challenge;

	fit = MIN(fit, fit_byte(bytes, len, 2, HS_CLIENT_HELLO, HS_CLIENT_HELLO));
	fit = MIN(fit, fit_byte(bytes, len, 3, 3, 3));
	fit = MIN(fit, fit_byte(bytes, len, 4, 0, 3));
	total = cursor_be16(&c) & 0x7fffu;
	cursor_skip(&c, 3);
	ciphers = cursor_be16(&c);
	session = cursor_be16(&c);
	challenge = cursor_be16(&c);
	if (fit == FIT_NO || !cursor_ok(&c))
		return MIN(fit, FIT_MORE);
	if (ciphers == 0 || ciphers % 3 != 0 || (session != 0 && session != 16) || challenge < 16 ||
	    challenge > 32 || total != 9 + ciphers + session + challenge)
		return FIT_NO;
	return fit;
}

/* Record and message header of a hello of type @hello; a record may hold less than the header. */
static enum fit record_hello(const uint8_t *bytes, size_t len, unsigned hello)
{
	enum fit fit = fit_byte(bytes, len, 0, RECORD_HANDSHAKE, RECORD_HANDSHAKE);

	fit = MIN(fit, fit_byte(bytes, len, 1, 3, 3));
	fit = MIN(fit, fit_byte(bytes, len, 2, 0, 4));
	fit = MIN(fit, fit_be16(bytes, len, 3, 1, 16384));
	fit = MIN(fit, fit_byte(bytes, len, 5, hello, hello));
	if (len >= 5 && bytes[3] == 0 && bytes[4] < 6)
		return fit;
	fit = MIN(fit, fit_byte(bytes, len, 6, 0, 0));
	fit = MIN(fit, fit_byte(bytes, len, 9, 3, 3));
	return MIN(fit, fit_byte(bytes, len, 10, 0, 4));
}

static enum fit clear_alert(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, RECORD_ALERT, RECORD_ALERT);

	fit = MIN(fit, fit_byte(bytes, len, 1, 3, 3));
	fit = MIN(fit, fit_byte(bytes, len, 2, 0, 4));
	fit = MIN(fit, fit_be16(bytes, len, 3, 2, 2));
	fit = MIN(fit, fit_byte(bytes, len, 5, 1, ALERT_FATAL));
	return MIN(fit, fit_byte(bytes, len, 6, 0, 255));
}

static enum fit tls_opens(const uint8_t *bytes, size_t len)
{
	enum fit impostor = fit_bytes(bytes, len, 0, google_client, sizeof(google_client));
	enum fit old = unless(sslv2_hello(bytes, len), impostor);

	return MAX(record_hello(bytes, len, HS_CLIENT_HELLO), old);
}

static enum fit tls_answers(const uint8_t *bytes, size_t len)
{
	enum fit impostor = fit_bytes(bytes, len, 0, google_server, sizeof(google_server));
	enum fit hello = unless(record_hello(bytes, len, HS_SERVER_HELLO), impostor);

	return MAX(hello, clear_alert(bytes, len));
}

/* Two record headers in a row: a connection that was opened before the capture. */
static enum fit tls_joins(const uint8_t *bytes, size_t len, size_t pos)
{
	enum fit fit = FIT_YES;
	size_t at = 0;

	if (pos != 0)
		return FIT_NO;
	for (unsigned i = 0; i < 2 && fit == FIT_YES; i++) {
		fit = fit_byte(bytes, len, at, RECORD_CCS, RECORD_DATA);
		fit = MIN(fit, fit_byte(bytes, len, at + 1, 3, 3));
		fit = MIN(fit, fit_byte(bytes, len, at + 2, 1, 3));
		fit = MIN(fit, fit_be16(bytes, len, at + 3, 1, RECORD_MAX));
		if (fit == FIT_YES)
			at += RECORD_HEADER + ((size_t)bytes[at + 3] << 8) + bytes[at + 4];
	}
	return fit;
}

/* Hellos. */

static void copy_name(char *to, size_t size, struct cursor name)
{
	size_t n = MIN(cursor_left(&name), size - 1);

	if (n > 0)
		memcpy(to, name.pos, n);
	to[n] = '\0';
}

/* RFC 6066 3: list length, then type 0, length, name. */
static void read_server_name(struct tls_facts *tls, struct cursor ext)
{
	struct cursor name;

	cursor_skip(&ext, 2);
	if (cursor_u8(&ext) != 0)
		return;
	name = cursor_sub(&ext, cursor_be16(&ext));
	if (cursor_ok(&name) && cursor_ok(&ext))
		copy_name(tls->sni, sizeof(tls->sni), name);
}

/* RFC 7301 3.1: list length, then the first (in a ServerHello the only) name. */
static void read_alpn(struct tls_facts *tls, struct cursor ext)
{
	struct cursor name;

	cursor_skip(&ext, 2);
	name = cursor_sub(&ext, cursor_u8(&ext));
	if (cursor_ok(&name) && cursor_ok(&ext))
		copy_name(tls->alpn, sizeof(tls->alpn), name);
}

enum {
	EXT_SERVER_NAME = 0,
	EXT_ALPN = 16,
	EXT_EARLY_DATA = 42,
	EXT_SUPPORTED_VERSIONS = 43,
};

/* Returns the version that supported_versions selects, in a ServerHello; 0 without. */
static uint16_t read_extensions(struct ident *id, struct ident_tls *tls, struct cursor c,
				bool server)
{
	uint16_t version = 0;
	struct cursor all = cursor_sub(&c, MIN((size_t)cursor_be16(&c), cursor_left(&c)));

	while (cursor_left(&all) >= 4) {
		unsigned type = cursor_be16(&all);
		struct cursor ext = cursor_sub(&all, cursor_be16(&all));

		if (!cursor_ok(&ext))
			break;
		if (type == EXT_SERVER_NAME && !server)
			read_server_name(&id->tls, ext);
		else if (type == EXT_ALPN)
			read_alpn(&id->tls, ext);
		else if (type == EXT_EARLY_DATA && !server)
			tls->flags |= TLS_SAW_EARLY;
		else if (type == EXT_SUPPORTED_VERSIONS && server && cursor_left(&ext) == 2)
			version = cursor_be16(&ext);
	}
	return version;
}

static void read_client_hello(struct ident *id, struct ident_tls *tls, struct cursor c)
{
	cursor_skip(&c, HS_HEADER + 2 + 32);
	cursor_skip(&c, cursor_u8(&c));
	cursor_skip(&c, cursor_be16(&c));
	cursor_skip(&c, cursor_u8(&c));
	if (cursor_left(&c) >= 2)
		read_extensions(id, tls, c, false);
}

/* A HelloRetryRequest is a ServerHello by form and is read as one (RFC 8446 4.1.4). */
static void read_server_hello(struct ident *id, struct ident_tls *tls, struct cursor c)
{
	uint16_t version, chosen = 0;

	cursor_skip(&c, HS_HEADER);
	version = cursor_be16(&c);
	cursor_skip(&c, 32);
	cursor_skip(&c, cursor_u8(&c));
	cursor_skip(&c, 3);
	if (!cursor_ok(&c))
		return;
	if (cursor_left(&c) >= 2)
		chosen = read_extensions(id, tls, c, true);
	id->tls.version = chosen != 0 ? chosen : version;
	id->tls.server_hello = true;
}

/*
 * The message at tls->msg_pos, with what has come of it.  Inside one record it is read in
 * place, else its pieces are copied to @buf.
 */
static struct cursor tls_gather(const struct ident_tls *tls, const struct input *in,
				uint8_t buf[static HELLO_MAX])
{
	size_t want = HS_HEADER + (size_t)(tls->hs_word & 0xffffff), have = 0;
	size_t pos = tls->msg_pos, room = tls->msg_room;

	if (want <= room)
		return cursor_over(in->bytes + pos, MIN(want, in->len - pos));
	want = MIN(want, (size_t)HELLO_MAX);
	while (have < want) {
		size_t n = MIN(MIN(room, want - have), in->len - pos);

		memcpy(buf + have, in->bytes + pos, n);
		have += n;
		pos += n;
		if (have == want || in->len - pos < RECORD_HEADER)
			break;
		room = (size_t)in->bytes[pos + 3] << 8 | in->bytes[pos + 4];
		pos += RECORD_HEADER;
	}
	return cursor_over(buf, have);
}

static void read_hello(struct ident *id, struct ident_tls *tls, const struct input *in)
{
	uint8_t buf[HELLO_MAX];
	unsigned type = tls->hs_word >> 24;

	if (type == HS_CLIENT_HELLO) {
		id->tls.client_hello = true;
		read_client_hello(id, tls, tls_gather(tls, in, buf));
	} else if (type == HS_SERVER_HELLO) {
		read_server_hello(id, tls, tls_gather(tls, in, buf));
	}
}

/* Conclusions. */

static uint16_t side_flags(const struct ident *id, unsigned dir)
{
	return ident_follows(id, dir, &tls_stream) ? id->work.side[dir].tls.flags : 0;
}

static enum client_auth climb(const struct ident *id, unsigned client, unsigned server)
{
	bool sslv3_refused = (server & TLS_SAW_REQUEST) != 0 && id->tls.alert_frame != 0 &&
			     id->tls.alert_description == ALERT_NO_CERTIFICATE;

	if (id->tls.version >= VERSION_13)
		return CLIENT_AUTH_HIDDEN_TLS13;
	if ((client & TLS_SAW_EMPTY_CERT) != 0 || sslv3_refused)
		return CLIENT_AUTH_DECLINED;
	if ((client & TLS_SAW_CERT) != 0 && (client & TLS_SAW_VERIFY) != 0)
		return (server & TLS_SAW_CCS) != 0 ? CLIENT_AUTH_PROVEN : CLIENT_AUTH_CLAIMED;
	if ((server & TLS_SAW_REQUEST) != 0)
		return CLIENT_AUTH_REQUESTED;
	if ((server & TLS_SAW_DONE) != 0)
		return CLIENT_AUTH_NOT_REQUESTED;
	if ((server & TLS_SAW_CCS) != 0 && (server & (TLS_SAW_CERT | TLS_SAW_KEY_EXCHANGE)) == 0)
		return CLIENT_AUTH_HIDDEN_RESUMED;
	return CLIENT_AUTH_UNSEEN;
}

static void conclude(struct ident *id, const struct input *in)
{
	uint16_t flags[2] = { side_flags(id, 0), side_flags(id, 1) };
	unsigned c = (flags[1] & TLS_SAW_CLIENT) != 0 || (flags[0] & TLS_SAW_SERVER) != 0;
	uint16_t client = (flags[c] & TLS_SAW_CLIENT) != 0 ? flags[c] : 0;
	uint16_t server = (flags[1 - c] & TLS_SAW_SERVER) != 0 ? flags[1 - c] : 0;
	bool answered = server != 0 || (flags[1 - c] & TLS_SAW_ALERT) != 0;

	if (client != 0 || server != 0) {
		ident_note(id, APP_TLS,
			   client != 0 && answered ? CONFIDENCE_STRONG : CONFIDENCE_WEAK, in);
		ident_client(id, c);
	}
	if (client == 0 && server == 0)
		return;
	id->tls.client_auth = (uint8_t)climb(id, client, server);
	if (!id->tls.complete && id->tls.server_hello) {
		if (id->tls.version >= VERSION_13)
			id->tls.complete = (client & TLS_SAW_SECRET) != 0;
		else
			id->tls.complete = (client & server & TLS_SAW_CCS) != 0;
		if (id->tls.complete)
			ident_accept(id, in);
	}
	if (id->tls.complete || (id->tls.alert_frame != 0 && id->tls.alert_level == ALERT_FATAL))
		ident_finish(id);
}

/* The walk. */

/* A message header is complete; its body may still be on the way. */
static void message_begins(struct ident *id, struct ident_tls *tls, const struct input *in)
{
	unsigned type = tls->hs_word >> 24, length = tls->hs_word & 0xffffff;
	bool client = (tls->flags & TLS_SAW_CLIENT) != 0;
	bool server = (tls->flags & TLS_SAW_SERVER) != 0;

	if (type == HS_CLIENT_HELLO && !server)
		tls->flags |= TLS_SAW_CLIENT;
	else if (type == HS_SERVER_HELLO && !client)
		tls->flags |= TLS_SAW_SERVER;
	else if (type == HS_CERTIFICATE)
		tls->flags |= length <= 3 ? TLS_SAW_EMPTY_CERT : TLS_SAW_CERT;
	else if (type == HS_SERVER_KEY_EXCHANGE && server)
		tls->flags |= TLS_SAW_KEY_EXCHANGE;
	else if (type == HS_CERTIFICATE_REQUEST && server)
		tls->flags |= TLS_SAW_REQUEST;
	else if (type == HS_SERVER_HELLO_DONE && server && length == 0)
		tls->flags |= TLS_SAW_DONE;
	else if (type == HS_CERTIFICATE_VERIFY && client)
		tls->flags |= TLS_SAW_VERIFY;
	if ((tls->flags & TLS_SAW_REQUEST) != 0 && id->tls.certreq_frame == 0)
		id->tls.certreq_frame = in->frame;
	if (client && type == HS_CERTIFICATE && id->tls.client_cert_frame == 0)
		id->tls.client_cert_frame = in->frame;
}

/* @n bytes of handshake at side->offset, all inside one record. */
static void walk_messages(struct ident *id, struct ident_side *side, const struct input *in,
			  size_t n)
{
	struct ident_tls *tls = &side->tls;

	while (n > 0) {
		size_t step = 1;

		if (tls->hs_have == 0) {
			tls->msg_pos = side->offset;
			tls->msg_room = tls->rec_left;
			tls->hs_word = 0;
		}
		if (tls->hs_have < HS_HEADER) {
			tls->hs_word = tls->hs_word << 8 | in->bytes[side->offset];
			if (++tls->hs_have == HS_HEADER) {
				tls->hs_left = tls->hs_word & 0xffffff;
				message_begins(id, tls, in);
			}
		} else {
			step = MIN(n, (size_t)tls->hs_left);
			tls->hs_left -= (uint32_t)step;
		}
		side->offset += (uint32_t)step;
		tls->rec_left = (uint16_t)(tls->rec_left - step);
		n -= step;
		if (tls->hs_have == HS_HEADER && tls->hs_left == 0) {
			read_hello(id, tls, in);
			tls->hs_have = 0;
		}
	}
}

static void read_alert(struct ident *id, struct ident_tls *tls, const struct input *in,
		       const uint8_t body[static 2])
{
	bool first = id->tls.alert_frame == 0;

	if (body[0] != 1 && body[0] != ALERT_FATAL)
		return;
	tls->flags |= TLS_SAW_ALERT;
	if (!first && (id->tls.alert_level == ALERT_FATAL || body[0] != ALERT_FATAL))
		return;
	id->tls.alert_frame = in->frame;
	id->tls.alert_level = body[0];
	id->tls.alert_description = body[1];
	id->tls.alert_dir = (uint8_t)in->dir;
}

static bool record_is_sane(unsigned type, unsigned version, unsigned length)
{
	if (type < RECORD_CCS || type > RECORD_HEARTBEAT || version < 0x0300 || version > 0x0304 ||
	    length > RECORD_MAX)
		return false;
	return length > 0 || type == RECORD_DATA; /* RFC 5246 6.2.1 */
}

/* What the mere type of a record tells. */
static void record_begins(struct ident *id, struct ident_tls *tls, unsigned type)
{
	bool server13 = (tls->flags & TLS_SAW_SERVER) != 0 && id->tls.version >= VERSION_13;

	if (type != RECORD_HANDSHAKE)
		tls->hs_have = 0;
	/* In 1.3 it is there for middleboxes alone, and a ServerHello may follow it (RFC 8446 D.4). */
	if (type == RECORD_CCS && !server13)
		tls->flags |= TLS_SAW_CCS | TLS_DARK;
	if (type == RECORD_DATA) {
		tls->flags |= TLS_DARK;
		if (id->tls.server_hello || (tls->flags & TLS_SAW_EARLY) == 0)
			tls->flags |= TLS_SAW_SECRET;
	}
}

/* True when a whole record header (and the two bytes of an alert) was there. */
static bool walk_header(struct ident *id, struct ident_side *side, const struct input *in,
			bool *broken)
{
	struct cursor c = cursor_over(in->bytes + side->offset, in->len - side->offset);
	unsigned type = cursor_u8(&c), version = cursor_be16(&c), length = cursor_be16(&c);
	bool alert = type == RECORD_ALERT && length == 2;
	const uint8_t *body = alert ? cursor_take(&c, 2) : NULL;

	if (!cursor_ok(&c))
		return false;
	if (!record_is_sane(type, version, length)) {
		*broken = true;
		return false;
	}
	record_begins(id, &side->tls, type);
	/* Nothing encrypted is as short as two bytes. */
	if (alert)
		read_alert(id, &side->tls, in, body);
	side->tls.rec_type = (uint8_t)type;
	side->tls.rec_left = (uint16_t)length;
	side->offset += RECORD_HEADER;
	return true;
}

static bool walk_body(struct ident *id, struct ident_side *side, const struct input *in)
{
	struct ident_tls *tls = &side->tls;
	size_t n = MIN((size_t)tls->rec_left, in->len - side->offset);

	if (tls->rec_type == RECORD_HANDSHAKE && (tls->flags & TLS_DARK) == 0) {
		walk_messages(id, side, in, n);
	} else {
		side->offset += (uint32_t)n;
		tls->rec_left = (uint16_t)(tls->rec_left - n);
	}
	if (tls->rec_left > 0)
		return false;
	tls->rec_type = 0;
	return true;
}

/* The SSL 2.0 form is not a record; ordinary records follow it. */
static bool walk_sslv2(struct ident *id, struct ident_side *side, const struct input *in)
{
	size_t total = 2 + ((size_t)(in->bytes[side->offset] & 0x7f) << 8) + in->bytes[side->offset + 1];

	side->tls.flags |= TLS_SAW_CLIENT;
	if (total > in->len - side->offset)
		return false;
	id->tls.client_hello = true;
	side->offset += (uint32_t)total;
	return true;
}

enum {
	TLS_START,
	TLS_WALKING,
};

static bool walk_start(struct ident *id, struct ident_side *side, const struct input *in)
{
	const uint8_t *bytes = in->bytes + side->offset;
	size_t len = in->len - side->offset;

	if (len == 0)
		return false;
	if (sslv2_hello(bytes, len) == FIT_YES && !walk_sslv2(id, side, in))
		return false;
	side->state = TLS_WALKING;
	/* The first record is complete enough to know that it is neither hello nor alert. */
	if (tls_opens(bytes, len) == FIT_NO && tls_answers(bytes, len) == FIT_NO &&
	    tls_joins(bytes, len, 0) == FIT_YES)
		side->tls.flags |= TLS_JOINED;
	return true;
}

static enum follow tls_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->work.side[in->dir];
	bool broken = false, more = true;

	if (side->state == TLS_START)
		more = walk_start(id, side, in);
	while (more) {
		if (side->tls.rec_type == 0 && !walk_header(id, side, in, &broken))
			break;
		more = walk_body(id, side, in);
	}
	if (in->last && !broken && side->tls.hs_have == HS_HEADER)
		read_hello(id, &side->tls, in);
	if ((side->tls.flags & TLS_JOINED) != 0) {
		ident_note(id, APP_TLS, CONFIDENCE_WEAK, in);
		return FOLLOW_END;
	}
	conclude(id, in);
	return broken ? FOLLOW_END : FOLLOW_MORE;
}

const struct stream_protocol tls_stream = {
	.apps = APP_BIT(APP_TLS),
	.opens = tls_opens,
	.answers = tls_answers,
	.joins = tls_joins,
	.follow = tls_follow,
};
