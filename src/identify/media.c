/* A media packet that is no datagram of its own: relayed, or in a frame on TCP. */
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
