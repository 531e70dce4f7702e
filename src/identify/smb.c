/* SMB 1, 2 and 3 on TCP, directly or behind a NetBIOS session (MS-SMB2 2.1, RFC 1002 4.3). */
#include "identify/protocol.h"

/*
 * A message proves the protocol.  The dialogue is followed on to the answer of the
 * logon, which says whether the server took the client: headers only, since
 * nothing that is asked for here lies behind them but the dialect.
 */

enum {
	FRAME_HEADER = 4,
	NB_MESSAGE = 0x00,
	NB_REQUEST = 0x81,
	NB_POSITIVE = 0x82,
	NB_NEGATIVE = 0x83,
	NB_KEEP_ALIVE = 0x85,
	FRAMES_MAX = 24, /* of one direction: a logon takes some rounds, keep-alives come too */
};

enum {
	SMB1_NEGOTIATE = 0x72,
	SMB1_SESSION_SETUP = 0x73,
	SMB1_DIALECT = 0x0100,
	SMB2_NEGOTIATE = 0,
	SMB2_SESSION_SETUP = 1,
	SMB2_HEADER = 64,
	SMB2_WILDCARD = 0x02ff,     /* the real negotiation follows: MS-SMB2 3.3.5.3.1 */
	HEAD_MAX = 20,              /* bytes of a message that hold status, command and flags */
	READ_MAX = SMB2_HEADER + 6, /* ... and the dialect */
};

/* side->state: how far the message at side->offset was read. */
enum {
	SMB_UNREAD,
	SMB_TOLD,
	SMB_READ,
};

/* MS-ERREF 2.3; the two top bits are the severity. */
#define STATUS_MORE_PROCESSING 0xc0000016u
#define SEVERITY_ERROR         3u

/* 00, length, then FF, FE, FD (encrypted) or FC (compressed) and "SMB". */
static enum fit message_starts(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, NB_MESSAGE, NB_MESSAGE);

	fit = MIN(fit, fit_byte(bytes, len, 4, 0xfc, 0xff));
	return MIN(fit, fit_bytes(bytes, len, 5, "SMB", 3));
}

/* RFC 1002 4.3.2: two encoded names of 34 bytes; scopes make them longer. */
static enum fit smb_opens(const uint8_t *bytes, size_t len)
{
	enum fit session = fit_byte(bytes, len, 0, NB_REQUEST, NB_REQUEST);

	session = MIN(session, fit_byte(bytes, len, 1, 0, 1));
	session = MIN(session, fit_be16(bytes, len, 2, 68, 0x1ff));
	session = MIN(session, fit_byte(bytes, len, 4, 32, 32));
	return MAX(session, message_starts(bytes, len));
}

static enum fit smb_answers(const uint8_t *bytes, size_t len)
{
	enum fit positive = fit_bytes(bytes, len, 0, "\x82\0\0", 4);
	enum fit negative = fit_bytes(bytes, len, 0, "\x83\0\0\1", 4);

	return MAX(MAX(positive, negative), message_starts(bytes, len));
}

/* What a header says: the same of both versions. */
struct smb {
	uint32_t status;
	unsigned command;
	unsigned dialect; /* of an answer to a negotiation; 0: none in it */
	uint8_t kind;     /* first byte: 0xff SMB 1, 0xfe SMB 2 and 3, else not to be read */
	bool reply;
	bool headed; /* status, command and flags are there */
};

/* MS-CIFS 2.2.3.1: Command at 4, Status 5, Flags 9 (bit 7: from the server). */
static void read_smb1(struct smb *m, struct cursor c)
{
	m->command = cursor_u8(&c);
	m->status = cursor_le32(&c);
	m->reply = (cursor_u8(&c) & 0x80) != 0;
	m->headed = cursor_ok(&c);
	if (m->command == SMB1_NEGOTIATE && m->reply)
		m->dialect = SMB1_DIALECT;
}

/* MS-SMB2 2.2.1.2, 2.2.4: Status at 8, Command 12, Flags 16 (bit 0), DialectRevision 68. */
static void read_smb2(struct smb *m, struct cursor c)
{
	cursor_skip(&c, 4);
	m->status = cursor_le32(&c);
	m->command = cursor_le16(&c);
	cursor_skip(&c, 2);
	m->reply = (cursor_le32(&c) & 1) != 0;
	m->headed = cursor_ok(&c);
	cursor_skip(&c, SMB2_HEADER - 20 + 4);
	if (m->command == SMB2_NEGOTIATE && m->reply)
		m->dialect = cursor_le16(&c);
}

static struct smb smb_read(struct cursor c)
{
	struct smb m = { .kind = cursor_u8(&c) };

	cursor_skip(&c, 3);
	if (m.kind == 0xff)
		read_smb1(&m, c);
	else if (m.kind == 0xfe)
		read_smb2(&m, c);
	return m;
}

/* An answer to the negotiation or the logon: success, one round more, or a refusal. */
static void read_reply(struct ident *id, const struct input *in, const struct smb *m)
{
	bool old = m->kind == 0xff;
	bool logon = m->command == (old ? SMB1_SESSION_SETUP : SMB2_SESSION_SETUP);
	bool negotiation = m->command == (old ? SMB1_NEGOTIATE : SMB2_NEGOTIATE);

	if (!logon && !negotiation)
		return;
	if (m->status >> 30 == SEVERITY_ERROR && m->status != STATUS_MORE_PROCESSING)
		ident_refuse(id, APP_SMB, m->status, in);
	else if (logon && m->status == 0)
		ident_accept(id, in);
	else if (m->dialect != 0 && m->dialect != SMB2_WILDCARD)
		id->smb_dialect = (uint16_t)m->dialect;
}

/* Who sent the message, and that it is one. */
static void tell_client(struct ident *id, const struct input *in, const struct smb *m)
{
	ident_note(id, APP_SMB, CONFIDENCE_STRONG, in);
	if (m->headed)
		ident_client(id, m->reply ? 1 - in->dir : in->dir);
}

static void read_message(struct ident *id, const struct input *in, const struct smb *m)
{
	if (m->kind < 0xfe) /* encrypted or compressed: they have a session */
		ident_accept(id, in);
	else if (m->headed && m->reply)
		read_reply(id, in, m);
	if (id->accepted_frame != 0 && id->frame[0] != 0 && id->frame[1] != 0)
		ident_finish(id);
}

/* A message behind its length of @length, of which @c has come: once each what it tells. */
static void look_at_message(struct ident *id, const struct input *in, struct cursor c,
			    size_t length)
{
	struct ident_side *side = &id->side[in->dir];
	size_t have = MIN(cursor_left(&c), length);
	struct smb m = smb_read(cursor_sub(&c, have));

	if (side->state == SMB_UNREAD && (have >= MIN(length, (size_t)HEAD_MAX) || in->last)) {
		tell_client(id, in, &m);
		side->state = SMB_TOLD;
	}
	if (side->state == SMB_TOLD && (have >= MIN(length, (size_t)READ_MAX) || in->last)) {
		read_message(id, in, &m);
		side->state = SMB_READ;
	}
}

/* The frame at side->offset, of which at least the length has come. */
static enum follow walk_frame(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	const uint8_t *bytes = in->bytes + side->offset;
	size_t len = in->len - side->offset;
	struct cursor c = cursor_over(bytes, len);
	unsigned type = cursor_u8(&c);
	size_t length = cursor_be24(&c);

	if (type == NB_MESSAGE) {
		enum fit fit = message_starts(bytes, len);

		if (fit == FIT_NO)
			return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
		if (fit == FIT_MORE)
			return FOLLOW_MORE;
		look_at_message(id, in, c, length);
	} else if ((type < NB_REQUEST || type > NB_NEGATIVE) && type != NB_KEEP_ALIVE) {
		return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
	}
	if (length > len - FRAME_HEADER)
		return FOLLOW_MORE;
	side->offset += (uint32_t)(FRAME_HEADER + length);
	side->state = SMB_UNREAD;
	return ++side->frames < FRAMES_MAX ? FOLLOW_HANDED : FOLLOW_END;
}

static enum follow smb_follow(struct ident *id, const struct input *in)
{
	const struct ident_side *side = &id->side[in->dir];
	enum follow result = FOLLOW_HANDED;

	/* Behind the end nothing is looked at, also in the segment that holds it. */
	while (result == FOLLOW_HANDED && in->len - side->offset >= FRAME_HEADER &&
	       !id->work.finished)
		result = walk_frame(id, in);
	return result == FOLLOW_HANDED ? FOLLOW_MORE : result;
}

const struct stream_protocol smb_stream = {
	.apps = APP_BIT(APP_SMB),
	.opens = smb_opens,
	.answers = smb_answers,
	.follow = smb_follow,
	.answered_in_kind = true,
};
