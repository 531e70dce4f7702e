/* SMB 1, 2 and 3 on TCP, directly or behind a NetBIOS session (MS-SMB2 2.1, RFC 1002 4.3). */
#include "identify/protocol.h"

enum {
	FRAME_HEADER = 4,
	NB_MESSAGE = 0x00,
	NB_REQUEST = 0x81,
	NB_POSITIVE = 0x82,
	NB_NEGATIVE = 0x83,
	NB_KEEP_ALIVE = 0x85,
	FRAMES_MAX = 8, /* keep-alives are skipped, but not for ever */
};

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

/* MS-SMB2 2.2.1 Flags bit 0, MS-CIFS 2.2.3.1 Flags bit 7: from the server. */
static void tell_client(struct ident *id, const struct input *in, struct cursor c)
{
	unsigned kind = cursor_u8(&c);
	bool reply;

	if (kind == 0xff) {
		cursor_skip(&c, 8);
		reply = (cursor_u8(&c) & 0x80) != 0;
	} else if (kind == 0xfe) {
		cursor_skip(&c, 15);
		reply = (cursor_le32(&c) & 1) != 0;
	} else {
		return;
	}
	if (cursor_ok(&c))
		ident_client(id, reply ? 1 - in->dir : in->dir);
}

static enum follow smb_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->work.side[in->dir];

	while (in->len - side->offset >= FRAME_HEADER) {
		struct cursor c = cursor_over(in->bytes + side->offset, in->len - side->offset);
		unsigned type = cursor_u8(&c);
		size_t length = cursor_be24(&c);

		if (type == NB_MESSAGE) {
			enum fit fit =
				message_starts(in->bytes + side->offset, in->len - side->offset);

			/* The flags that tell the client lie within the first 24 bytes. */
			if (fit == FIT_NO)
				return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
			if (fit == FIT_MORE ||
			    (cursor_left(&c) < MIN(length, (size_t)20) && !in->last))
				return FOLLOW_MORE;
			ident_note(id, APP_SMB, CONFIDENCE_STRONG, in);
			tell_client(id, in, cursor_sub(&c, MIN(length, cursor_left(&c))));
			if (id->frame[0] != 0 && id->frame[1] != 0)
				ident_finish(id);
			return FOLLOW_END;
		}
		if ((type < NB_REQUEST || type > NB_NEGATIVE) && type != NB_KEEP_ALIVE)
			return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
		if (length > cursor_left(&c))
			return FOLLOW_MORE;
		side->offset += (uint32_t)(FRAME_HEADER + length);
		if (++side->frames >= FRAMES_MAX)
			return FOLLOW_END;
	}
	return FOLLOW_MORE;
}

const struct stream_protocol smb_stream = {
	.apps = APP_BIT(APP_SMB),
	.opens = smb_opens,
	.answers = smb_answers,
	.follow = smb_follow,
};
