/* The packet that an ICMP error quotes (RFC 792, RFC 4443 2.4 (c), 3). */
#include "packet/walk.h"

#define PROTO_TCP      6
#define PROTO_UDP      17
#define PROTO_FRAGMENT 44
#define PROTO_DCCP     33
#define PROTO_SCTP     132
#define PROTO_UDPLITE  136

/* Ports, where the quoted transport has any; TCP with the sequence number that 8 bytes include. */
static void transport(struct quoted *q, struct cursor c)
{
	switch (q->l4) {
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_DCCP:
	case PROTO_SCTP:
	case PROTO_UDPLITE:
		break;
	default:
		return;
	}
	q->sport = cursor_be16(&c);
	q->dport = cursor_be16(&c);
	if (q->l4 == PROTO_TCP)
		q->tcp_seq = cursor_be32(&c);
	q->present = cursor_ok(&c);
}

static void quoted_v4(struct quoted *q, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 20);
	size_t header;

	if (h == NULL)
		return;
	header = (h[0] & 0x0fu) * 4;
	if (h[0] >> 4 != 4 || header < 20)
		return;
	q->l4 = h[9];
	q->src = address_from_v4(h + 12);
	q->dst = address_from_v4(h + 16);
	cursor_skip(&c, header - 20);
	/* A later fragment begins in the middle of the transport. */
	if ((load_be16(h + 6) & 0x1fff) == 0)
		transport(q, c);
}

static void quoted_v6(struct quoted *q, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 40);

	if (h == NULL || h[0] >> 4 != 6)
		return;
	q->l4 = h[6];
	q->src = address_from_v6(h + 8);
	q->dst = address_from_v6(h + 24);
	for (unsigned n = 0; ip_is_extension(q->l4); n++) {
		uint8_t protocol = q->l4;
		struct cursor peek = c;
		size_t len;

		if (n == DECODE_MAX_EXTENSIONS)
			return;
		q->l4 = cursor_u8(&peek);
		len = ip_extension_length(protocol, cursor_u8(&peek));
		if (protocol == PROTO_FRAGMENT && (cursor_be16(&peek) & 0xfff8) != 0)
			return;
		cursor_skip(&c, len);
		if (!cursor_ok(&peek) || !cursor_ok(&c)) {
			q->l4 = protocol;
			return;
		}
	}
	transport(q, c);
}

void quoted_read(struct facts *f, struct cursor c, unsigned version)
{
	f->quoted = (struct quoted){ .present = false };
	if (version == 4)
		quoted_v4(&f->quoted, c);
	else
		quoted_v6(&f->quoted, c);
}
