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
 *
 * The claim is WEAK: BACnet and games do as much.  It is STRONG where an ICE
 * check succeeded on the flow before it; or where all of this holds: payload
 * types that Lync uses, sequence numbers that follow each other, times that step
 * as the clock of the payload type does, and an SR or RR of the same SSRC.
 */

enum {
	RTP_HEADER = 12,
	RTP_ENOUGH = 4,
	RTP_STEP_MAX = 16,      /* losses and interleaved streams leave holes */
	RTP_TIME_MAX = 1 << 24, /* three minutes of a 90 kHz clock */
	RTCP_FIRST = 192,       /* RFC 5761 4: what follows is RTCP */
	RTCP_LAST = 223,
	PERIODS = 400, /* a packet holds a multiple of 2.5 ms of audio (RFC 6716 2.1.4) */
	VIDEO_CLOCK = 90000,
};

/* Payload types of Lync, named as in its SDP ([MS-RTP] 2.2.1, facts/protocols.md 6a). */
static const struct {
	const char *name;
	uint32_t clock;
} payloads[128] = {
	[0] = { "PCMU/8000", 8000 },           [3] = { "GSM/8000", 8000 },
	[4] = { "G723/8000", 8000 },           [8] = { "PCMA/8000", 8000 },
	[9] = { "G722/8000", 8000 },           [13] = { "CN/8000", 8000 },
	[31] = { "H261/90000", 90000 },        [34] = { "H263/90000", 90000 },
	[97] = { "RED/8000", 8000 },           [101] = { "telephone-event/8000", 8000 },
	[103] = { "SILK/8000", 8000 },         [104] = { "SILK/16000", 16000 },
	[106] = { "OPUS/48000", 48000 },       [111] = { "SIREN/16000", 16000 },
	[112] = { "G7221/16000", 16000 },      [114] = { "x-msrta/16000", 16000 },
	[115] = { "x-msrta/8000", 8000 },      [116] = { "AAL2-G726-32/8000", 8000 },
	[117] = { "G722/8000/2", 8000 },       [118] = { "CN/16000", 16000 },
	[121] = { "x-rtvc1/90000", 90000 },    [122] = { "X-H264UC/90000", 90000 },
	[123] = { "x-ulpfecuc/90000", 90000 }, [127] = { "x-data/90000", 90000 },
};

const char *rtp_payload_name(unsigned type)
{
	return type < ARRAY_SIZE(payloads) ? payloads[type].name : NULL;
}

struct rtp_header {
	uint32_t time;
	uint32_t ssrc;
	uint16_t seq;
	uint8_t type;
};

/* RFC 3550 5.1, A.1.  SSRC 0 is forbidden by MS-RTP, but others send it. */
static bool rtp_read(struct rtp_header *h, const struct input *in)
{
	const uint8_t *b = in->bytes;
	unsigned flags, marker_type;
	struct cursor c;
	size_t size;

	if (in->len < RTP_HEADER)
		return false;
	flags = b[0];
	marker_type = b[1];
	size = RTP_HEADER + (size_t)(flags & 0x0f) * 4;
	h->type = marker_type & 0x7f;
	if (flags >> 6 != 2 || (h->type > 34 && h->type < 96) ||
	    (marker_type >= RTCP_FIRST && marker_type <= RTCP_LAST) || size > in->wire_len)
		return false;
	c = cursor_over(b + 2, RTP_HEADER - 2);
	h->seq = cursor_be16(&c);
	h->time = cursor_be32(&c);
	h->ssrc = cursor_be32(&c);
	if ((flags & 0x10) == 0)
		return true;
	c = cursor_over(b, in->len);
	cursor_skip(&c, size + 2);
	return size + 4 + (size_t)cursor_be16(&c) * 4 <= in->wire_len;
}

static void take_up(struct ident_rtp *rtp, const struct rtp_header *h, const struct input *in)
{
	rtp->ssrc = h->ssrc;
	rtp->first_frame = in->frame;
	rtp->type = h->type;
	rtp->packets = 1;
	rtp->good = 0;
	rtp->exact = 0;
	rtp->other = 0;
}

/*
 * The time went on by what a packet of this payload type can hold: audio by whole
 * periods, also across a pause of less than a minute; video by any time, or not at
 * all within a picture; events may stand still (RFC 4733 2.2.1).
 */
static bool time_fits_clock(const struct rtp_header *h, uint32_t time)
{
	uint32_t clock = payloads[h->type].clock;

	if (clock == 0 || time > clock * 60)
		return false;
	if (clock == VIDEO_CLOCK)
		return true;
	return time % (clock / PERIODS) == 0 && (time > 0 || h->type == 101);
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
		rtp->exact = (uint8_t)(rtp->exact + (step == 1 && time_fits_clock(h, time)));
	}
	rtp->seq = h->seq;
	rtp->time = h->time;
}

static bool four_fifths(unsigned part, unsigned whole)
{
	return part * 5 >= whole * 4;
}

/* What the stream has earned: all that makes it sure, or its run of numbers alone. */
static enum confidence earned(const struct ident *id, const struct ident_rtp *rtp)
{
	/* Where there was a check the first line tells that there was STUN. */
	bool checked = (id->seen & APP_BIT(APP_STUN)) != 0 && id->stun.checked;
	bool reported = rtp->rtcp_reports && rtp->rtcp_ssrc == rtp->ssrc;

	return checked || (reported && four_fifths(rtp->exact, rtp->packets - 1u))
		       ? CONFIDENCE_STRONG
		       : CONFIDENCE_WEAK;
}

bool rtp_claim(struct ident *id, const struct input *in)
{
	const struct ident_rtp *rtp = &id->media[in->dir];
	struct input first;

	if (rtp->packets < RTP_ENOUGH || !four_fifths(rtp->good, rtp->packets - 1u))
		return false;
	first = *in;
	first.frame = rtp->first_frame;
	ident_note(id, APP_RTP, earned(id, rtp), &first);
	id->payload_type[in->dir] = (uint8_t)(1 + rtp->type);
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
	struct ident_rtp *rtp = &id->media[in->dir];
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
	.fits = rtp_fits,
	.follow = rtp_follow,
};
