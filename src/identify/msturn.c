/* MSTURN, Microsoft's TURN (MS-TURN): datagrams, framed on TCP, and multiplexed. */
#include "identify/stun.h"

/*
 * The form is STUN's with three differences.  Bytes 20-27 are always the Magic
 * Cookie attribute, which makes one message proof (the cookie of RFC 5389 is not
 * reliable: Data Indications do not carry it).  Attributes are not padded.  And
 * 0x0004 is Send, 0x0115 Data Indication, where RFC 5766 has others.
 *
 *   TCP    | 02 control, 03 data | 00 | length (2) | message or packet |
 *   both   | FF 10 | length (2) | session id (8) | packet |   multiplexed, 2.2.3
 *
 * A multiplexed frame is a shape alone: two fixed bytes and a length.  What it
 * carries makes it proof: a STUN message with its cookie and exact length.
 */

static const uint8_t magic_cookie[8] = { 0x00, 0x0f, 0x00, 0x04, 0x72, 0xc6, 0x4b, 0xc6 };

enum {
	MSTURN_ALLOCATE = 0x0003,
	MSTURN_ALLOCATED = 0x0103,
	MSTURN_ALLOCATE_ERROR = 0x0113,
	MSTURN_SEND = 0x0004,
	MSTURN_DATA = 0x0115,
	MSTURN_SET_ACTIVE = 0x0006,
	MSTURN_ACTIVE_SET = 0x0106,
	MSTURN_SET_ACTIVE_ERROR = 0x0116,
};

enum {
	SIGNED_HEADER = 28, /* header and Magic Cookie */
	FRAME_HEADER = 4,
	FRAME_CONTROL = 2,
	FRAME_DATA = 3,
	MUX_HEADER = 12,
	FRAMES_MAX = 24, /* as many as datagrams are looked at */
};

static bool type_is_known(unsigned type)
{
	switch (type) {
	case MSTURN_ALLOCATE:
	case MSTURN_ALLOCATED:
	case MSTURN_ALLOCATE_ERROR:
	case MSTURN_SEND:
	case MSTURN_DATA:
	case MSTURN_SET_ACTIVE:
	case MSTURN_ACTIVE_SET:
	case MSTURN_SET_ACTIVE_ERROR:
		return true;
	default:
		return false;
	}
}

enum fit msturn_fits_header(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, 0, 1);

	if (len >= 2 && !type_is_known((unsigned)bytes[0] << 8 | bytes[1]))
		return FIT_NO;
	return MIN(fit, fit_bytes(bytes, len, STUN_HEADER, magic_cookie, sizeof(magic_cookie)));
}

static bool is_multiplexed(const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned mark = cursor_be16(&c);
	size_t length = cursor_be16(&c);

	return cursor_ok(&c) && mark == 0xff10 && in->wire_len >= MUX_HEADER &&
	       FRAME_HEADER + length == in->wire_len;
}

static uint32_t msturn_fits(const struct ident *id, const struct input *in)
{
	struct stun m;

	(void)id;
	if (is_multiplexed(in))
		return APP_BIT(APP_MSTURN);
	if (msturn_fits_header(in->bytes, in->len) != FIT_YES ||
	    !stun_read(&m, in->bytes, in->len) || STUN_HEADER + (size_t)m.length != in->wire_len)
		return 0;
	return APP_BIT(APP_MSTURN);
}

/* All of @data as a packet inside @in. */
static struct input packet_inside(const struct input *in, struct cursor data)
{
	struct input inner = *in;

	inner.bytes = data.pos;
	inner.len = inner.wire_len = cursor_left(&data);
	inner.nested = true;
	return inner;
}

static void relayed(struct ident *id, const struct input *in, struct cursor data)
{
	struct input inner = packet_inside(in, data);

	if (!in->nested && inner.len > 0)
		media_packet(id, &inner);
}

static void read_message(struct ident *id, const struct stun *m, const struct input *in)
{
	struct cursor c = stun_attributes(m), data = cursor_over(NULL, 0);
	struct stun_attribute a;
	bool met_challenge = false;
	unsigned code = 0;

	while (stun_next_attribute(&c, false, &a)) {
		if (a.type == STUN_ERROR_CODE)
			code = stun_error_code(a.value);
		if (stun_attribute_meets_challenge(a.type))
			met_challenge = true;
		if (a.type == STUN_DATA)
			data = a.value;
		stun_note_attribute(id, m, &a, in);
	}
	id->microsoft = true;
	if (m->type == MSTURN_SEND || m->type == MSTURN_SET_ACTIVE)
		stun_heard(id, in);
	if (m->type == MSTURN_ALLOCATE || m->type == MSTURN_SET_ACTIVE) {
		stun_request(id, m, in, met_challenge);
	} else if (m->type != MSTURN_SEND && m->type != MSTURN_DATA) {
		stun_answer(id, m, in);
		stun_error(id, APP_MSTURN, code, m, in);
	}
	if (m->type == MSTURN_ALLOCATED || m->type == MSTURN_ACTIVE_SET)
		ident_accept(id, in);
	relayed(id, in, data);
}

static void follow_multiplexed(struct ident *id, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	struct input inner;
	struct stun m;

	cursor_skip(&c, MUX_HEADER);
	inner = packet_inside(in, c);
	inner.wire_len = in->wire_len - MUX_HEADER;
	ident_note(id, APP_MSTURN,
		   stun_read(&m, inner.bytes, inner.len) && m.cookie &&
				   STUN_HEADER + (size_t)m.length == inner.wire_len
			   ? CONFIDENCE_STRONG
			   : CONFIDENCE_WEAK,
		   in);
	if (!in->nested && inner.len > 0)
		media_packet(id, &inner);
}

static bool msturn_follow(struct ident *id, const struct input *in)
{
	struct stun m;
	bool from_client;

	if (is_multiplexed(in)) {
		follow_multiplexed(id, in);
		return true;
	}
	if (!stun_read(&m, in->bytes, in->len))
		return false;
	ident_note(id, APP_MSTURN, CONFIDENCE_STRONG, in);
	from_client =
		m.type == MSTURN_ALLOCATE || m.type == MSTURN_SEND || m.type == MSTURN_SET_ACTIVE;
	if (!in->nested)
		ident_client(id, from_client ? in->dir : 1 - in->dir);
	read_message(id, &m, in);
	return true;
}

const struct datagram_protocol msturn_datagram = {
	.apps = APP_BIT(APP_MSTURN),
	.fits = msturn_fits,
	.follow = msturn_follow,
};

/* On TCP (MS-TURN 2.1.4), with or without the pseudo-TLS hellos before it. */

static enum fit frame_starts(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, FRAME_CONTROL, FRAME_CONTROL);
	struct cursor c = cursor_over(bytes, len);
	size_t frame, message;

	fit = MIN(fit, fit_byte(bytes, len, 1, 0, 0));
	fit = MIN(fit, fit_be16(bytes, len, 2, SIGNED_HEADER, 0xffff));
	if (fit == FIT_NO || len <= FRAME_HEADER)
		return MIN(fit, FIT_MORE);
	fit = MIN(fit, msturn_fits_header(bytes + FRAME_HEADER, len - FRAME_HEADER));
	cursor_skip(&c, 2);
	frame = cursor_be16(&c);
	cursor_skip(&c, 2);
	message = cursor_be16(&c);
	if (cursor_ok(&c) && message + STUN_HEADER != frame)
		return FIT_NO;
	return fit;
}

static enum fit msturn_joins(const uint8_t *bytes, size_t len, size_t pos)
{
	return frame_starts(bytes + pos, len - pos);
}

/* One whole frame; false when it is none. */
static bool follow_frame(struct ident *id, const struct input *frame)
{
	struct input unit = *frame;

	if (frame->bytes[0] == 0xff)
		return msturn_fits(id, frame) != 0 && msturn_follow(id, frame);
	unit.bytes += FRAME_HEADER;
	unit.len = unit.wire_len = frame->len - FRAME_HEADER;
	if (frame->bytes[1] != 0)
		return false;
	if (frame->bytes[0] == FRAME_CONTROL)
		return msturn_fits(id, &unit) != 0 && msturn_follow(id, &unit);
	if (frame->bytes[0] != FRAME_DATA)
		return false;
	/* Means nothing alone; but we are here behind a control frame or pseudo-TLS only. */
	relayed(id, &unit, cursor_over(unit.bytes, unit.len));
	return true;
}

static enum follow msturn_stream_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

	while (in->len - side->offset >= FRAME_HEADER && in->len >= side->offset) {
		struct input frame = *in;
		size_t size;

		frame.bytes += side->offset;
		frame.len -= side->offset;
		size = FRAME_HEADER + ((size_t)frame.bytes[2] << 8) + frame.bytes[3];
		if (size > frame.len)
			return FOLLOW_MORE;
		frame.len = frame.wire_len = size;
		if (!follow_frame(id, &frame))
			return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
		side->offset += (uint32_t)size;
		/* What another segment would not bring back does not count in this one. */
		if (ident_is_refused(id) || (id->work.strong & APP_BIT(APP_RTP)) != 0) {
			ident_finish(id);
			return FOLLOW_END;
		}
		if (++side->frames >= FRAMES_MAX)
			return FOLLOW_END;
	}
	return FOLLOW_MORE;
}

const struct stream_protocol msturn_stream = {
	.apps = APPS_MEDIA & ~APP_BIT(APP_TURN),
	.opens = frame_starts,
	.answers = frame_starts,
	.joins = msturn_joins,
	.follow = msturn_stream_follow,
};
