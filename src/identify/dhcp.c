/* DHCP (RFC 2131 2, RFC 2132 9.6), datagrams. */
#include "identify/protocol.h"

enum {
	BOOTP_REQUEST = 1,
	BOOTP_REPLY = 2,
	XID_AT = 4,
	OPTIONS_AT = 240,
	OPTION_PAD = 0,
	OPTION_END = 255,
	OPTION_TYPE = 53,
	DHCP_DECLINE = 4,
	DHCP_ACK = 5,
	DHCP_NAK = 6,
	DHCP_RELEASE = 7,
	DHCP_LAST = 18, /* RFC 7724 and the lease queries before it */
};

static const uint8_t dhcp_cookie[4] = { 0x63, 0x82, 0x53, 0x63 };

/* Option 53 of a message; 0 when there is none. */
static unsigned message_type(struct cursor c)
{
	while (cursor_left(&c) > 0) {
		unsigned option = cursor_u8(&c);
		struct cursor value;

		if (option == OPTION_PAD)
			continue;
		if (option == OPTION_END)
			break;
		value = cursor_sub(&c, cursor_u8(&c));
		if (option == OPTION_TYPE && cursor_left(&value) == 1)
			return cursor_u8(&value);
	}
	return 0;
}

/* A client gives an address back or turns it down, and nobody answers (RFC 2131 4.3.3, 4.3.4). */
static bool asks_nothing(unsigned type)
{
	return type == DHCP_DECLINE || type == DHCP_RELEASE;
}

static uint32_t dhcp_fits(const struct ident *id, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned op = cursor_u8(&c), link = cursor_u8(&c), size = cursor_u8(&c);

	(void)id;
	if (!cursor_ok(&c) || (op != BOOTP_REQUEST && op != BOOTP_REPLY) || link == 0 || size > 16)
		return 0;
	cursor_skip(&c, OPTIONS_AT - 4 - 3);
	return cursor_looks_at(&c, dhcp_cookie, sizeof(dhcp_cookie)) ? APP_BIT(APP_DHCP) : 0;
}

static bool dhcp_follow(struct ident *id, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned op = cursor_u8(&c), type;
	uint32_t xid;

	cursor_skip(&c, XID_AT - 1);
	xid = cursor_be32(&c);
	cursor_skip(&c, OPTIONS_AT - XID_AT - 4);
	type = message_type(c);
	if (!asks_nothing(type))
		ident_transaction(id, (uint64_t)APP_DHCP << 32 | xid, op == BOOTP_REPLY, in);
	/* BOOTP with the cookie and no type, or options that were not captured. */
	ident_note(id, APP_DHCP,
		   type >= 1 && type <= DHCP_LAST ? CONFIDENCE_STRONG : CONFIDENCE_WEAK, in);
	ident_client(id, op == BOOTP_REQUEST ? in->dir : 1 - in->dir);
	if (type == DHCP_ACK)
		ident_accept(id, in);
	if (type == DHCP_NAK)
		ident_refuse(id, APP_DHCP, type, in);
	return true;
}

const struct datagram_protocol dhcp_datagram = {
	.apps = APP_BIT(APP_DHCP),
	.fits = dhcp_fits,
	.follow = dhcp_follow,
};
