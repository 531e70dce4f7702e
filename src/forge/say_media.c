/* Media: ICE checks, RTP both ways, RTCP (MS-ICE2, RFC 3550, RFC 4571 on TCP). */
#include <string.h>

#include "base/util.h"
#include "forge/say.h"
#include "forge/stun_message.h"

enum {
	RTP_HEADER = 12,
	FRAME = 2, /* RFC 4571 */
	PACKETS = 12,
};

/* What a workload sends: MS-RTP 2.2.1, MS-RTPRAD, MS-H264PF. */
struct flavour {
	uint8_t payload_type;
	uint16_t bytes;
	uint16_t ticks; /* of the clock from packet to packet */
	uint16_t ms;
};

static struct flavour flavour_of(const struct dialogue *d)
{
	struct flavour f = { 0, 160, 160, 20 };

	if (d->app == APPLICATION_MEDIA_VIDEO)
		f = (struct flavour){ 122, 900, 3000, 33 };
	else if (d->app == APPLICATION_SHARING || d->app == APPLICATION_FILE_TRANSFER)
		f = (struct flavour){ 127, 600, 1800, 20 };
	if (d->size != 0)
		f.bytes = d->size;
	return f;
}

static uint8_t *room(struct script *s, const struct dialogue *d, enum script_end from, size_t len)
{
	uint8_t *at = script_room(s, from, len + (d->udp ? 0 : FRAME));

	if (d->udp)
		return at;
	at[0] = (uint8_t)(len >> 8);
	at[1] = (uint8_t)len;
	return at + FRAME;
}

static void rtp(struct script *s, const struct dialogue *d, enum script_end from, uint32_t ssrc,
		unsigned n)
{
	struct flavour f = flavour_of(d);
	uint8_t *at = room(s, d, from, RTP_HEADER + (size_t)f.bytes);
	struct build b = { at, at + RTP_HEADER };

	build_u8(&b, 0x80);
	build_u8(&b, (n == 0 ? 0x80u : 0u) | f.payload_type);
	build_u16(&b, 1000 + n);
	build_u32(&b, 8000 + n * f.ticks);
	build_u32(&b, ssrc);
	forge_random_bytes(d->random, at + RTP_HEADER, f.bytes);
}

/* RFC 3550 6.4.1, 6.5: a sender report without report blocks, and CNAME. */
static void rtcp(struct script *s, const struct dialogue *d, enum script_end from, uint32_t ssrc)
{
	static const uint8_t cname[12] = { 1, 8, 'u', 's', 'e', 'r', '@', 'p', 'c', '1', 0, 0 };
	size_t size = 28 + 8 + sizeof(cname);
	uint8_t *at = room(s, d, from, size);
	struct build b = { at, at + size };

	build_u16(&b, 0x80c8);
	build_u16(&b, 6);
	build_u32(&b, ssrc);
	build_u32(&b, 0xd4d4d4d4);
	build_u32(&b, 0);
	build_u32(&b, 8000);
	build_u32(&b, PACKETS);
	build_u32(&b, PACKETS * 160u);
	build_u16(&b, 0x81ca);
	build_u16(&b, 4);
	build_u32(&b, ssrc);
	build_bytes(&b, cname, sizeof(cname));
}

void say_media(struct script *s, const struct dialogue *d)
{
	uint32_t ssrc[2] = { (uint32_t)forge_random_next(d->random) | 1u,
			     (uint32_t)forge_random_next(d->random) | 1u };

	stun_say_check(s, d, SCRIPT_INITIATOR, !d->udp);
	/*
	 * A row of plain RTP names gateways and partners, which are ICE-lite: they answer checks
	 * and send none (RFC 8445 2.5).  On UDP nothing else shows who opened it.
	 */
	if (d->app != APPLICATION_RTP)
		stun_say_check(s, d, SCRIPT_RESPONDER, !d->udp);
	for (unsigned n = 0; n < PACKETS + d->more; n++) {
		script_wait(s, flavour_of(d).ms);
		rtp(s, d, SCRIPT_INITIATOR, ssrc[0], n);
		rtp(s, d, SCRIPT_RESPONDER, ssrc[1], n);
	}
	rtcp(s, d, SCRIPT_INITIATOR, ssrc[0]);
	rtcp(s, d, SCRIPT_RESPONDER, ssrc[1]);
}
