/* Media packets that do not come as datagrams: relayed ones, and RFC 4571 frames on TCP. */
#include "identify/protocol.h"

static const struct datagram_protocol *const media_protocols[] = {
	&stun_datagram,
	&dtls_datagram,
	&rtcp_datagram,
	&rtp_datagram,
};

bool media_plausible(const struct ident *id, const struct input *in)
{
	for (size_t i = 0; i < ARRAY_SIZE(media_protocols); i++)
		if (media_protocols[i]->fits(id, in) != 0)
			return true;
	return false;
}

bool media_packet(struct ident *id, const struct input *in)
{
	for (size_t i = 0; i < ARRAY_SIZE(media_protocols); i++) {
		const struct datagram_protocol *p = media_protocols[i];

		if (p->fits(id, in) != 0 && p->follow(id, in))
			return true;
	}
	return false;
}

/*
 * RFC 4571: a length of two bytes before each packet.  MS-ICE2 requires it for
 * its checks on TCP, RTP follows them.  A length of 0 is a null packet (section 2).
 */

enum {
	LENGTH_SIZE = 2,
	FRAMES_MAX = 24, /* as many as datagrams are looked at */
};

static enum fit first_packet(const uint8_t *bytes, size_t len, size_t size)
{
	static const struct ident none;
	struct input in = { .bytes = bytes, .len = MIN(len, size), .wire_len = size };
	enum fit stun = stun_fits_header(bytes, in.len);

	if (size < 8)
		return FIT_NO;
	if (stun == FIT_YES && in.len >= 4)
		return 20u + ((size_t)bytes[2] << 8) + bytes[3] == size ? FIT_YES : FIT_NO;
	if (len >= size)
		return media_plausible(&none, &in) ? FIT_YES : FIT_NO;
	if (bytes[0] >= 0x80 && bytes[0] <= 0xbf)
		return FIT_MORE; /* RTP, RTCP */
	if (bytes[0] >= 20 && bytes[0] <= 25)
		return MIN(fit_byte(bytes, in.len, 1, 0xfe, 0xfe), FIT_MORE);
	return bytes[0] < 4 ? MIN(fit_be16(bytes, in.len, 2, (unsigned)size - 20, (unsigned)size - 20),
				  FIT_MORE)
			    : FIT_NO;
}

static enum fit framed_starts(const uint8_t *bytes, size_t len)
{
	size_t size;

	if (len < LENGTH_SIZE)
		return FIT_MORE;
	size = (size_t)bytes[0] << 8 | bytes[1];
	if (size == 0)
		return FIT_MAYBE;
	if (len == LENGTH_SIZE)
		return FIT_MORE;
	return first_packet(bytes + LENGTH_SIZE, len - LENGTH_SIZE, size);
}

static enum follow framed_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->work.side[in->dir];

	while (in->len - side->offset >= LENGTH_SIZE) {
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
	.follow = framed_follow,
};
