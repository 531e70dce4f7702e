/* RTCP by its lengths and SSRC, in clear and as SRTCP (RFC 3550 6, A.2; RFC 3711 3.4; MS-RTP). */
#include "identify/protocol.h"

/*
 * Clear RTCP is proven by one packet: an SR or RR of consistent size whose
 * compound ends at the last byte.  Others may stand alone in MS-RTP, but their
 * shape is worth less.  SRTCP leaves eight bytes clear; two different packets of
 * one SSRC prove it.
 */

enum {
	RTCP_FIRST = 192,
	RTCP_LAST = 223,
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_XR = 207,
	SRTCP_TRAILER = 14, /* index and the shortest tag, RFC 3711 3.4 */
};

/* One packet of a compound: its type and whole size in bytes; false past the end. */
static bool rtcp_next(struct cursor *c, unsigned *count, unsigned *type, size_t *size)
{
	unsigned flags = cursor_u8(c);

	*type = cursor_u8(c);
	*size = ((size_t)cursor_be16(c) + 1) * 4;
	*count = flags & 0x1f;
	return cursor_ok(c) && flags >> 6 == 2 && *type >= RTCP_FIRST && *type <= RTCP_LAST;
}

/* RFC 3550 6.4.1, 6.4.2: what the report count says must fit. */
static bool report_is_consistent(unsigned count, unsigned type, size_t size)
{
	if (type == RTCP_SR)
		return size >= 28 + (size_t)count * 24;
	return type == RTCP_RR && size >= 8 + (size_t)count * 24;
}

/* Clear compound: packets end to end, the last one at the last byte (RFC 3550 A.2). */
static bool rtcp_is_clear(const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned count, type;
	size_t size;

	while (cursor_left(&c) > 0) {
		if (!rtcp_next(&c, &count, &type, &size) || type < RTCP_SR || type > RTCP_XR)
			return false;
		cursor_skip(&c, size - 4);
	}
	return cursor_ok(&c) && input_whole(in);
}

static uint32_t rtcp_fits(const struct ident *id, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned count, type;
	size_t size;

	(void)id;
	if (in->len < 8 || !rtcp_next(&c, &count, &type, &size) || type < RTCP_SR ||
	    type > RTCP_XR || size < 8)
		return 0;
	return rtcp_is_clear(in) || size + SRTCP_TRAILER <= in->wire_len ? APP_BIT(APP_RTCP) : 0;
}

static uint16_t checksum(const struct input *in)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < in->len; i++)
		h = (h ^ in->bytes[i]) * 16777619u;
	return (uint16_t)(h ^ h >> 16);
}

static bool rtcp_follow(struct ident *id, const struct input *in)
{
	struct ident_rtp *rtp = &id->media[in->dir];
	struct cursor c = cursor_over(in->bytes, in->len);
	uint16_t sum = checksum(in);
	unsigned count, type;
	size_t size;
	uint32_t ssrc;
	bool clear = rtcp_is_clear(in), again;

	if (!rtcp_next(&c, &count, &type, &size))
		return false;
	ssrc = cursor_be32(&c);
	if (rtp->rtcp_packets == 0 || rtp->rtcp_ssrc != ssrc) {
		rtp->rtcp_ssrc = ssrc;
		rtp->rtcp_packets = 0;
		rtp->rtcp_reports = false;
	}
	rtp->rtcp_reports = rtp->rtcp_reports || type == RTCP_SR || type == RTCP_RR;
	again = rtp->rtcp_packets > 0 && rtp->rtcp_sum != sum;
	rtp->rtcp_packets = (uint8_t)MIN(rtp->rtcp_packets + 1, UINT8_MAX);
	rtp->rtcp_sum = sum;
	if (again || (clear && report_is_consistent(count, type, size)))
		ident_note(id, APP_RTCP, CONFIDENCE_STRONG, in);
	else if (clear)
		ident_note(id, APP_RTCP, CONFIDENCE_WEAK, in);
	else
		return false;
	rtp_claim(id, in);
	return true;
}

const struct datagram_protocol rtcp_datagram = {
	.apps = APP_BIT(APP_RTCP),
	.fits = rtcp_fits,
	.follow = rtcp_follow,
};
