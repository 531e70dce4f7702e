/* RTP by its run of sequence numbers (RFC 3550 5.1, A.1, MS-RTP). */
#include "identify/protocol.h"

/*
 * Theory of operation
 *
 * RTP has no signature: version 2 and a likely payload type fit one random
 * packet in eight.  So one SSRC a direction is followed, and RTP is claimed when
 * four of its packets came and at least 80 % of the steps between them are small
 * and forward.  A new SSRC takes over when it and others outvote the old one,
 * so that a flow of several streams settles on one of them and noise on none.
 * The claim is WEAK (BACnet and games do as much) until a STUN success on the
 * flow or RTCP of the same SSRC confirms it.
 */

enum {
	RTP_HEADER = 12,
	RTP_ENOUGH = 4,
	RTP_STEP_MAX = 16,      /* losses and interleaved streams leave holes */
	RTP_TIME_MAX = 1 << 24, /* three minutes of a 90 kHz clock */
	RTCP_FIRST = 192,       /* RFC 5761 4: what follows is RTCP */
	RTCP_LAST = 223,
};

struct rtp_header {
	uint32_t time;
	uint32_t ssrc;
	uint16_t seq;
};

/* RFC 3550 5.1, A.1.  SSRC 0 is forbidden by MS-RTP, but others send it. */
static bool rtp_read(struct rtp_header *h, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned flags = cursor_u8(&c), marker_type = cursor_u8(&c), type = marker_type & 0x7f;
	size_t size = RTP_HEADER + (size_t)(flags & 0x0f) * 4;

	h->seq = cursor_be16(&c);
	h->time = cursor_be32(&c);
	h->ssrc = cursor_be32(&c);
	if (!cursor_ok(&c) || flags >> 6 != 2 || (type > 34 && type < 96) ||
	    (marker_type >= RTCP_FIRST && marker_type <= RTCP_LAST) || size > in->wire_len)
		return false;
	cursor_skip(&c, size - RTP_HEADER);
	if ((flags & 0x10) != 0) {
		cursor_skip(&c, 2);
		size += 4 + (size_t)cursor_be16(&c) * 4;
	}
	return size <= in->wire_len;
}

static void take_up(struct ident_rtp *rtp, const struct rtp_header *h, const struct input *in)
{
	rtp->ssrc = h->ssrc;
	rtp->first_frame = in->frame;
	rtp->packets = 1;
	rtp->good = 0;
	rtp->other = 0;
}

static void score(struct ident_rtp *rtp, const struct rtp_header *h, const struct input *in)
{
	unsigned step = (uint16_t)(h->seq - rtp->seq);
	uint32_t time = h->time - rtp->time;

	if (rtp->packets == 0) {
		take_up(rtp, h, in);
	} else if (h->ssrc != rtp->ssrc) {
		if (++rtp->other <= rtp->packets)
			return;
		take_up(rtp, h, in);
	} else if (rtp->packets < UINT8_MAX) {
		/* A frame of video may be sent out of the order of its time (B frames). */
		bool time_ok = time < RTP_TIME_MAX || time > UINT32_MAX - RTP_TIME_MAX;

		rtp->packets++;
		rtp->good = (uint8_t)(rtp->good + (step >= 1 && step <= RTP_STEP_MAX && time_ok));
	}
	rtp->seq = h->seq;
	rtp->time = h->time;
}

bool rtp_claim(struct ident *id, const struct input *in)
{
	const struct ident_rtp *rtp = &id->work.side[in->dir].rtp;
	struct input first = *in;
	bool confirmed = id->work.stun_ok || (rtp->rtcp_packets > 0 && rtp->rtcp_ssrc == rtp->ssrc);

	if (rtp->packets < RTP_ENOUGH || rtp->good * 5 < (rtp->packets - 1) * 4)
		return false;
	first.frame = rtp->first_frame;
	ident_note(id, APP_RTP, confirmed ? CONFIDENCE_STRONG : CONFIDENCE_WEAK, &first);
	return true;
}

static uint32_t rtp_fits(const struct ident *id, const struct input *in)
{
	struct rtp_header h;

	(void)id;
	return rtp_read(&h, in) ? APP_BIT(APP_RTP) : 0;
}

static bool rtp_follow(struct ident *id, const struct input *in)
{
	struct ident_rtp *rtp = &id->work.side[in->dir].rtp;
	struct rtp_header h;

	if (!rtp_read(&h, in))
		return false;
	score(rtp, &h, in);
	if (!rtp_claim(id, in))
		return false;
	if ((id->work.strong & APP_BIT(APP_RTP)) != 0 && !in->nested)
		ident_finish(id);
	return true;
}

const struct datagram_protocol rtp_datagram = {
	.apps = APP_BIT(APP_RTP),
	.strikes = 2,
	.fits = rtp_fits,
	.follow = rtp_follow,
};
