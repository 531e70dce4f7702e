/* Media on TCP, each packet behind its length (RFC 4571, MS-ICE2 2.1, MS-RTASPF). */
#include "identify/protocol.h"

/*
 * A length of two bytes before each packet.  MS-ICE2 requires it for its checks
 * on TCP, RTP follows them.  A length of 0 is a null packet (RFC 4571 2).
 */

enum {
	LENGTH_SIZE = 2,
	FRAMES_MAX = 24, /* as many as datagrams are looked at */
	NULLS_MAX = 4,   /* null packets before the first one */
};

/*
 * What the first four bytes say of a packet of @size: RTP and RTCP, DTLS, or a STUN
 * type (all begin with 00 or 01) and its length.  The same however few have come.
 */
static enum fit packet_begins(const uint8_t *bytes, size_t len, size_t size)
{
	enum fit media = fit_byte(bytes, len, 0, 0x80, 0xbf);
	enum fit dtls = fit_byte(bytes, len, 0, 20, 25);
	enum fit stun = fit_byte(bytes, len, 0, 0, 3);

	dtls = MIN(dtls, fit_byte(bytes, len, 1, 0xfe, 0xfe));
	stun = MIN(stun, fit_be16(bytes, len, 2, (unsigned)size - 20, (unsigned)size - 20));
	return MAX(MAX(media, dtls), stun);
}

static enum fit first_packet(const uint8_t *bytes, size_t len, size_t size)
{
	static const struct ident none;
	struct input in = { .bytes = bytes, .len = MIN(len, size), .wire_len = size };
	enum fit stun = stun_fits_header(bytes, in.len);

	if (size < 8 || packet_begins(bytes, in.len, size) == FIT_NO)
		return FIT_NO;
	if (stun == FIT_YES || (stun == FIT_MORE && len < size))
		return stun;
	/* One that ends beyond what is looked at would be waited for in vain. */
	if (size > IDENT_UNKNOWN_MAX - LENGTH_SIZE)
		return FIT_NO;
	if (len < size)
		return FIT_MORE;
	return media_plausible(&none, &in) ? FIT_YES : FIT_NO;
}

static enum fit framed_starts(const uint8_t *bytes, size_t len)
{
	size_t size = 0, at = 0;

	for (unsigned nulls = 0; size == 0; nulls++) {
		if (len - at < LENGTH_SIZE)
			return FIT_MORE;
		if (nulls > NULLS_MAX)
			return FIT_NO;
		size = (size_t)bytes[at] << 8 | bytes[at + 1];
		at += LENGTH_SIZE;
	}
	return len == at ? FIT_MORE : first_packet(bytes + at, len - at, size);
}

/*
 * Joined late, only a check tells where a packet begins: its cookie and two lengths
 * that agree.  A run of RTP-like lengths would too, but less surely.
 */
static enum fit framed_joins(const uint8_t *bytes, size_t len, size_t pos)
{
	struct cursor c = cursor_over(bytes + pos, len - pos);
	size_t size = cursor_be16(&c), length;
	enum fit fit = stun_fits_header(c.pos, cursor_left(&c));

	cursor_skip(&c, 2);
	length = cursor_be16(&c);
	if (cursor_ok(&c) && length + 20 != size)
		return FIT_NO;
	return fit;
}

static enum follow framed_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

	/* Behind the end nothing is looked at, also in the segment that holds it. */
	while (in->len - side->offset >= LENGTH_SIZE && !id->work.finished) {
		struct input packet = *in;
		size_t size;

		packet.bytes += side->offset;
		packet.len -= side->offset;
		size = (size_t)packet.bytes[0] << 8 | packet.bytes[1];
		if (size > packet.len - LENGTH_SIZE)
			return FOLLOW_MORE;
		packet.bytes += LENGTH_SIZE;
		packet.len = packet.wire_len = size;
		if (size > 0 && !media_plausible(id, &packet))
			return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
		if (size > 0)
			media_packet(id, &packet);
		side->offset += (uint32_t)(LENGTH_SIZE + size);
		if (++side->frames >= FRAMES_MAX)
			return FOLLOW_END;
	}
	return FOLLOW_MORE;
}

const struct stream_protocol framed_stream = {
	.apps = APPS_MEDIA & ~APP_BIT(APP_MSTURN),
	.opens = framed_starts,
	.answers = framed_starts,
	.joins = framed_joins,
	.follow = framed_follow,
};
