/* Shows datagrams to the protocols that they can be a message of. */
#include "identify/protocol.h"

/*
 * Theory of operation
 *
 * The first bytes leave few protocols to be asked (as RFC 7983 has it for those that share
 * a flow); to all the others the datagram is no message of theirs.  A protocol is ruled out
 * when as many whole datagrams as the sets below say are no message of it; datagrams that
 * a media protocol took do not count against the other media protocols, and keep-alives
 * count against none.
 */

/* In the order in which they are asked. */
static const struct datagram_protocol *const protocols[] = {
	[DATAGRAM_MSTURN] = &msturn_datagram, /* known type, exact length, magic cookie; or FF10 */
	[DATAGRAM_STUN] = &stun_datagram,     /* exact length; cookie, or known types to the end */
	[DATAGRAM_DTLS] = &dtls_datagram,     /* records to the last byte */
	[DATAGRAM_RTCP] = &rtcp_datagram,     /* version 2, types 200-207, lengths that fit */
	[DATAGRAM_RTP] = &rtp_datagram,   /* version 2, payload type of RFC 3551, header inside */
	[DATAGRAM_SIP] = &sip_datagram,   /* a request or status line */
	[DATAGRAM_DHCP] = &dhcp_datagram, /* BOOTP header and DHCP's cookie */
	[DATAGRAM_SQLR] = &sqlr_datagram, /* a request of 1 to 35 bytes, or an answer */
	[DATAGRAM_DCERPC] = &dcerpc_datagram, /* the 80-byte header, body inside the datagram */
};

static_assert(ARRAY_SIZE(protocols) == DATAGRAM_PROTOCOLS, "each has an entry");

/*
 * Ruled out by the second whole datagram that is no message of theirs: the media protocols
 * come behind probes and each other, SIP behind keep-alives.  The others have flows of their
 * own and a fixed shape from the first datagram on.
 */
#define APPS_TWICE (APPS_MEDIA | APP_BIT(APP_SIP))

/* Datagrams looked at before we give up: media flows show themselves within a second. */
#define MAX_DATAGRAMS 24

#define BIT(protocol) (1u << (protocol))

/* Bytes 0 to 63, and those of an empty line or of a method, are those of many. */
static unsigned askable_low(unsigned first)
{
	unsigned set = BIT(DATAGRAM_STUN); /* RFC 5389 6: two zero bits */

	if (first <= 1)
		set |= BIT(DATAGRAM_MSTURN);
	if (first == 1 || first == 2)
		set |= BIT(DATAGRAM_DHCP);
	if (first <= 5 || first == 15)
		set |= BIT(DATAGRAM_SQLR);
	if (first == 4)
		set |= BIT(DATAGRAM_DCERPC);
	if (first >= 20 && first <= 25)
		set |= BIT(DATAGRAM_DTLS);
	if (first == '\r' || first == '\n' || first == '-')
		set |= BIT(DATAGRAM_SIP);
	return set;
}

unsigned datagram_askable(const uint8_t *bytes, size_t len)
{
	if (len < 2)
		return len == 0 ? 0 : BIT(DATAGRAM_SQLR);
	if (bytes[0] >= 0x80 && bytes[0] <= 0xbf)
		/* RFC 5761 4 */
		return bytes[1] >= 192 && bytes[1] <= 223 ? BIT(DATAGRAM_RTCP) : BIT(DATAGRAM_RTP);
	if (bytes[0] < 0x40)
		return askable_low(bytes[0]);
	if (bytes[0] == 0xff)
		return BIT(DATAGRAM_MSTURN);
	/* RFC 5766 11.4: channels from 0x4000; what SIP begins with are capitals and '_'. */
	return (bytes[0] < 0x50 ? BIT(DATAGRAM_STUN) : 0) |
	       (bytes[0] < 0x60 ? BIT(DATAGRAM_SIP) : 0);
}

/* NAT and SIP keep-alives (RFC 5626 3.5.1 and what clients really send) are no protocol. */
static bool is_keep_alive(const struct input *in)
{
	if (in->len > 4)
		return false;
	for (size_t i = 0; i < in->len; i++)
		if (in->bytes[i] != 0 && in->bytes[i] != '\r' && in->bytes[i] != '\n')
			return false;
	return true;
}

static void strike(struct ident *id, uint32_t fits, bool media)
{
	uint32_t out = APPS_DATAGRAM & ~fits & ~id->seen, gone;

	if (media)
		out &= ~APPS_MEDIA;
	gone = out & (id->work.missed | ~APPS_TWICE);
	id->work.missed |= out & APPS_TWICE;
	id->possible &= ~gone;
}

/* Apps that the datagram can be of; *@media: it is media. */
static uint32_t show(struct ident *id, const struct input *in, bool *media)
{
	unsigned set = datagram_askable(in->bytes, in->len), fitting = 0;
	uint32_t all = 0;

	for (; set != 0; set &= set - 1) {
		unsigned i = (unsigned)__builtin_ctz(set);
		uint32_t fits = protocols[i]->fits(id, in);

		all |= fits;
		fitting |= fits != 0 ? BIT(i) : 0;
	}
	for (; fitting != 0; fitting &= fitting - 1) {
		const struct datagram_protocol *p = protocols[__builtin_ctz(fitting)];

		if (p->follow(id, in)) {
			*media = (p->apps & APPS_MEDIA) != 0;
			break;
		}
	}
	/* A packet that would pass for media, on a flow proven to carry some. */
	*media = *media || ((all & APPS_MEDIA) != 0 && (id->work.strong & APPS_MEDIA) != 0);
	return all;
}

int ident_datagram(struct ident *id, unsigned dir, const uint8_t *bytes, size_t len,
		   size_t wire_len, uint64_t frame)
{
	const struct input in = {
		.bytes = bytes,
		.len = MIN(len, wire_len),
		.wire_len = wire_len,
		.frame = frame,
		.dir = dir,
	};
	bool media = false;
	uint32_t fits;

	if (id->work.finished)
		return 0;
	id->examined[dir] += (uint32_t)in.len;
	id->datagrams[dir]++;
	id->cut = id->cut || !input_whole(&in);
	fits = show(id, &in, &media);
	if (input_whole(&in) && !is_keep_alive(&in))
		strike(id, fits, media);
	id->work.finished = id->work.finished || id->possible == 0 ||
			    id->datagrams[0] + id->datagrams[1] >= MAX_DATAGRAMS;
	return id->work.finished ? 0 : IDENT_MORE;
}
