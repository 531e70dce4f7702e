/* TLS and SSL 3.0: records, messages, the mutual-TLS ladder, clear alerts (RFC 5246, RFC 8446). */
#include "identify/tls.h"

/*
 * Theory of operation
 *
 *     | type ver len | .... | type ver len | .........  | ...     records
 *                    [ hs header | body ... body ][ hs header     messages
 *
 * Two walks in one: over records, and over the handshake messages that run
 * across them.  Both are resumable at any byte, because segments end anywhere.
 * Only the headers matter for the ladder (a type and a length each), so bodies
 * are skipped as they come; the two hellos and a ticket alone are read, once, when
 * complete, through tls_gather() where one spans records.
 *
 * What each side sent is kept as a set of flags, and the ladder is concluded
 * from both sets.  The order of arrival across directions does not matter: a
 * full handshake's server ChangeCipherSpec can only follow the client's
 * CertificateVerify.  A gap ends a direction's walk, so what was lost is never
 * taken for what was not sent.
 */

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
	TLS_SAW_EARLY = 1 << 11,    /* the ClientHello announces early data */
	TLS_DARK = 1 << 12,         /* handshake messages are encrypted from here on */
	TLS_JOINED = 1 << 13,       /* walked from some record in the middle */
	TLS_SAW_FINISHED = 1 << 14, /* the first handshake record behind the ChangeCipherSpec */
	TLS_SAW_AGAIN = 1 << 15,    /* ... another, before the server sent data: renegotiation */
};

/* What spans records is copied up to here; a longer hello loses its last extensions. */
#define HELLO_MAX 4096

#define VERSION_13 0x0304

/* A record of an alert in TLS 1.3: two bytes, one of type, sixteen of tag (RFC 8446 5.2). */
#define SEALED_ALERT 19u

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
		if (tls_hello_client(&id->tls, tls_gather(tls, in, buf)))
			tls->flags |= TLS_SAW_EARLY;
	} else if (type == HS_SERVER_HELLO) {
		tls_hello_server(&id->tls, tls_gather(tls, in, buf));
	} else if (type == HS_NEW_SESSION_TICKET && (tls->flags & TLS_SAW_SERVER) != 0) {
		tls_hello_ticket(&id->tls, tls_gather(tls, in, buf));
	}
}

/* Conclusions. */

static uint16_t side_flags(const struct ident *id, unsigned dir)
{
	return ident_follows(id, dir, &tls_stream) ? id->side[dir].tls.flags : 0;
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
		return (client & TLS_SAW_AGAIN) != 0 ? CLIENT_AUTH_HIDDEN_RENEGOTIATED
						     : CLIENT_AUTH_NOT_REQUESTED;
	if ((server & TLS_SAW_CCS) != 0 && (server & (TLS_SAW_CERT | TLS_SAW_KEY_EXCHANGE)) == 0)
		return CLIENT_AUTH_HIDDEN_RESUMED;
	return CLIENT_AUTH_UNSEEN;
}

/*
 * A session id and a ticket mean something only once it is clear what they did: begin a
 * session or resume one.  In 1.3 the id is for middleboxes alone, and tickets are encrypted.
 */
static void settle_session(struct tls_facts *tls)
{
	if (tls->version >= VERSION_13)
		tls->given = tls->used = 0;
	else if (tls->client_auth == CLIENT_AUTH_HIDDEN_RESUMED)
		tls->given = 0;
	else if (tls->client_auth != CLIENT_AUTH_UNSEEN)
		tls->used = 0;
}

/*
 * A web server asks for the client's certificate once it has read the request, in a second
 * handshake inside the first (facts/protocols.md 2).  Its records keep their type (RFC 5246
 * 6.2.1), so that it shows, and comes before the server's first data.
 */
static bool second_may_come(const struct ident *id, unsigned server)
{
	return id->tls.complete && id->tls.client_auth == CLIENT_AUTH_NOT_REQUESTED &&
	       (server & TLS_SAW_SECRET) == 0;
}

/*
 * A fatal alert of a handshake ends it: behind it, and behind the message that was under way,
 * nothing is read, in whatever segment it is.
 */
static bool is_over(const struct ident *id, unsigned dir)
{
	if (FA_LIKELY(id->tls.alert_frame == 0) || id->tls.alert_level != ALERT_FATAL)
		return false;
	return ((side_flags(id, 0) | side_flags(id, 1)) & (TLS_SAW_CLIENT | TLS_SAW_SERVER)) != 0 &&
	       id->side[dir].tls.hs_have == 0;
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
	settle_session(&id->tls);
	if (!id->tls.complete && id->tls.server_hello) {
		if (id->tls.version >= VERSION_13)
			id->tls.complete = (client & TLS_SAW_SECRET) != 0;
		else
			id->tls.complete = (client & server & TLS_SAW_CCS) != 0;
		if (id->tls.complete && id->tls.version < VERSION_13)
			id->tls.tail = TLS_TAIL_MORE;
		if (id->tls.complete)
			ident_accept(id, in);
	}
	if (second_may_come(id, server))
		return;
	if (id->tls.tail == TLS_TAIL_MORE || is_over(id, in->dir))
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
	id->tls.server_cert = id->tls.server_cert || (server && type == HS_CERTIFICATE);
	if (client && type == HS_CERTIFICATE && id->tls.client_cert_frame == 0)
		id->tls.client_cert_frame = in->frame;
}

/* @n bytes of handshake at side->offset, all inside one record. */
static void walk_messages(struct ident *id, struct ident_side *side, const struct input *in,
			  size_t n)
{
	struct ident_tls *tls = &side->tls;

	while (n > 0 && !is_over(id, in->dir)) {
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

/* An encrypted record of TLS 1.3, or data behind any handshake. */
static void secret_begins(struct ident *id, struct ident_tls *tls, unsigned length)
{
	bool server = (tls->flags & TLS_SAW_SERVER) != 0, alert = length == SEALED_ALERT;

	tls->flags |= TLS_DARK;
	if (!id->tls.server_hello && (tls->flags & TLS_SAW_EARLY) != 0)
		return;
	if (server && id->tls.complete)
		id->tls.tail =
			alert && id->tls.tail == TLS_TAIL_NONE ? TLS_TAIL_ALERT : TLS_TAIL_MORE;
	/* The client's finish is longer. */
	if (!server && alert && id->tls.version >= VERSION_13 && (tls->flags & TLS_SAW_SECRET) == 0)
		id->tls.client_alert = true;
	else
		tls->flags |= TLS_SAW_SECRET;
}

/* What the mere type and length of a record tell. */
static void record_begins(struct ident *id, struct ident_tls *tls, unsigned type, unsigned length)
{
	if ((tls->flags & TLS_SAW_CLIENT) != 0 && id->tls.server_hello && type != RECORD_ALERT)
		id->tls.client_went_on = true;
	/*
	 * In 1.3 it is there for middleboxes alone, and a second hello may follow it in
	 * clear (RFC 8446 D.4), which tells nothing that the first did not.
	 */
	if (type == RECORD_CCS)
		tls->flags |= TLS_SAW_CCS | TLS_DARK;
	if (type == RECORD_DATA)
		secret_begins(id, tls, length);
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
	record_begins(id, &side->tls, type, length);
	/* Nothing encrypted is as short as two bytes. */
	if (alert)
		read_alert(id, &side->tls, in, body);
	side->tls.rec_type = (uint8_t)type;
	side->tls.rec_left = (uint16_t)length;
	side->offset += RECORD_HEADER;
	return true;
}

/* A handshake record of @dir behind its ChangeCipherSpec ended. */
static void dark_handshake(const struct ident *id, struct ident_tls *tls, unsigned dir)
{
	if ((tls->flags & TLS_SAW_FINISHED) == 0)
		tls->flags |= TLS_SAW_FINISHED;
	else if ((side_flags(id, 1 - dir) & TLS_SAW_SECRET) == 0)
		tls->flags |= TLS_SAW_AGAIN;
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
	if (tls->rec_type == RECORD_HANDSHAKE && (tls->flags & TLS_SAW_CCS) != 0)
		dark_handshake(id, tls, in->dir);
	tls->rec_type = 0;
	return true;
}

/* The SSL 2.0 form is not a record; ordinary records follow it. */
static bool walk_sslv2(struct ident *id, struct ident_side *side, const struct input *in)
{
	size_t total =
		2 + ((size_t)(in->bytes[side->offset] & 0x7f) << 8) + in->bytes[side->offset + 1];

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
	enum fit begins, joins;

	if (len == 0)
		return false;
	if (tls_hello_sslv2(bytes, len) == FIT_YES && !walk_sslv2(id, side, in))
		return false;
	begins = MAX(tls_hello_opens(bytes, len), tls_hello_answers(bytes, len));
	joins = begins == FIT_NO ? tls_hello_joins(bytes, len, 0) : FIT_NO;
	/* Handed over by another protocol, the first record may have only begun. */
	if ((begins == FIT_MORE || joins == FIT_MORE) && !in->last)
		return false;
	side->state = TLS_WALKING;
	/* The first record is complete enough to know that it is neither hello nor alert. */
	if (joins == FIT_YES)
		side->tls.flags |= TLS_JOINED;
	return true;
}

static enum follow tls_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	bool broken = false, more = true;

	if (side->state == TLS_START)
		more = walk_start(id, side, in);
	if ((side->tls.flags & TLS_JOINED) != 0) {
		ident_note(id, APP_TLS, CONFIDENCE_WEAK, in);
		return FOLLOW_END;
	}
	while (more && !is_over(id, in->dir)) {
		if (side->tls.rec_type == 0 && !walk_header(id, side, in, &broken))
			break;
		more = walk_body(id, side, in);
	}
	if (in->last && !broken && side->tls.hs_have == HS_HEADER)
		read_hello(id, &side->tls, in);
	conclude(id, in);
	return broken ? FOLLOW_END : FOLLOW_MORE;
}

const struct stream_protocol tls_stream = {
	.apps = APP_BIT(APP_TLS),
	.opens = tls_hello_opens,
	.answers = tls_hello_answers,
	.joins = tls_hello_joins,
	.follow = tls_follow,
	.answered_in_kind = true,
};
