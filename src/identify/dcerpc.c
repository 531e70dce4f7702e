/* DCE/RPC: the connection-oriented PDUs of C706 12.6 and MS-RPCE, and the datagram header. */
#include "identify/protocol.h"

/*
 * A bind names interface and transfer syntax by 16-byte UUIDs, so the bind of a
 * known one is proof.  Other PDUs only have a small header; they are proof when
 * the other end's PDU carries the same call id.
 */

enum {
	PDU_HEADER = 16,
	PDU_RESPONSE = 2,
	PDU_FAULT = 3,
	PDU_BIND = 11,
	PDU_BIND_ACK = 12,
	PDU_BIND_NAK = 13,
	PDU_LAST = 19,
	PDU_MAX = 8, /* PDUs looked at in one direction */
	UUID_SIZE = 16,
};

static const char http_banner[] = "ncacn_http/1.0"; /* MS-RPCH 2.1.2.1: the server speaks first */

enum { BANNER_SIZE = sizeof(http_banner) - 1 };

/* As on the wire, little endian. */
static const uint8_t known_interfaces[][UUID_SIZE] = {
	/* endpoint mapper e1af8308-5d1f-11c9-91a4-08002b14a0fa */
	{ 0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0,
	  0xfa },
	/* IObjectExporter 99fcfec4-5260-101b-bbcb-00aa0021347a */
	{ 0xc4, 0xfe, 0xfc, 0x99, 0x60, 0x52, 0x1b, 0x10, 0xbb, 0xcb, 0x00, 0xaa, 0x00, 0x21, 0x34,
	  0x7a },
	/* IRemoteSCMActivator 000001a0-0000-0000-c000-000000000046 */
	{ 0xa0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	  0x46 },
	/* IActivation 4d9f4ab8-7d1c-11cf-861e-0020af6e7c57 */
	{ 0xb8, 0x4a, 0x9f, 0x4d, 0x1c, 0x7d, 0xcf, 0x11, 0x86, 0x1e, 0x00, 0x20, 0xaf, 0x6e, 0x7c,
	  0x57 },
};

/* NDR 8a885d04-1ceb-11c9-9fe8-08002b104860: every bind but 64-bit-only ones offers it first. */
static const uint8_t ndr_syntax[UUID_SIZE] = {
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
	0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60,
};

struct pdu {
	uint32_t call;
	unsigned type;
	uint16_t size;
	bool little;
};

/* Integers are in the sender's order; the data representation says which (C706 14.1). */
static uint16_t pdu_u16(struct cursor *c, bool little)
{
	return little ? cursor_le16(c) : cursor_be16(c);
}

static uint32_t pdu_u32(struct cursor *c, bool little)
{
	return little ? cursor_le32(c) : cursor_be32(c);
}

static bool representation_is_sane(const uint8_t drep[static 4])
{
	return (drep[0] & 0xee) == 0 && drep[1] <= 3 && drep[2] == 0 && drep[3] == 0;
}

static bool pdu_read(struct pdu *p, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	unsigned major = cursor_u8(&c), minor = cursor_u8(&c), auth;
	const uint8_t *drep;

	p->type = cursor_u8(&c);
	cursor_skip(&c, 1);
	drep = cursor_take(&c, 4);
	if (drep == NULL || major != 5 || minor > 1 || p->type > PDU_LAST ||
	    !representation_is_sane(drep))
		return false;
	p->little = (drep[0] & 0x10) != 0;
	p->size = pdu_u16(&c, p->little);
	auth = pdu_u16(&c, p->little);
	p->call = pdu_u32(&c, p->little);
	return cursor_ok(&c) && p->size >= PDU_HEADER && auth <= (unsigned)p->size - PDU_HEADER;
}

static enum fit pdu_starts(const uint8_t *bytes, size_t len, unsigned lo, unsigned hi)
{
	enum fit fit = fit_byte(bytes, len, 0, 5, 5);
	struct pdu p;

	fit = MIN(fit, fit_byte(bytes, len, 1, 0, 1));
	fit = MIN(fit, fit_byte(bytes, len, 2, lo, hi));
	if (fit == FIT_NO || len < PDU_HEADER)
		return MIN(fit, FIT_MORE);
	return pdu_read(&p, bytes, len) ? FIT_YES : FIT_NO;
}

static enum fit rpc_opens(const uint8_t *bytes, size_t len)
{
	return pdu_starts(bytes, len, PDU_BIND, PDU_BIND);
}

static enum fit rpc_answers(const uint8_t *bytes, size_t len)
{
	enum fit ack = pdu_starts(bytes, len, PDU_BIND_ACK, PDU_BIND_NAK);
	enum fit fault = pdu_starts(bytes, len, PDU_RESPONSE, PDU_FAULT);

	return MAX(MAX(ack, fault), fit_bytes(bytes, len, 0, http_banner, BANNER_SIZE));
}

static enum fit rpc_joins(const uint8_t *bytes, size_t len, size_t pos)
{
	return pos == 0 ? pdu_starts(bytes, len, 0, PDU_LAST) : FIT_NO;
}

static bool bind_is_known(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	bool known = false;

	cursor_skip(&c, 32);
	for (size_t i = 0; i < ARRAY_SIZE(known_interfaces); i++)
		known = known || cursor_looks_at(&c, known_interfaces[i], UUID_SIZE);
	cursor_skip(&c, UUID_SIZE + 4); /* interface and its version */
	return known || cursor_looks_at(&c, ndr_syntax, UUID_SIZE);
}

static void read_pdu(struct ident *id, const struct input *in, const struct pdu *p,
		     const uint8_t *bytes)
{
	struct ident_rpc *mine = &id->work.side[in->dir].rpc;
	const struct ident_rpc *peer = &id->work.side[1 - in->dir].rpc;
	bool mirrored = ident_follows(id, 1 - in->dir, &dcerpc_stream) && peer->any &&
			peer->call == p->call;
	bool proof = mirrored || (p->type == PDU_BIND && bind_is_known(bytes, p->size));

	mine->call = p->call;
	mine->any = true;
	ident_note(id, APP_DCERPC, proof ? CONFIDENCE_STRONG : CONFIDENCE_WEAK, in);
	if (p->type == PDU_BIND)
		ident_client(id, in->dir);
	if (p->type == PDU_BIND_ACK || p->type == PDU_BIND_NAK)
		ident_client(id, 1 - in->dir);
	if (p->type == PDU_BIND_ACK)
		ident_accept(id, in);
	if (p->type == PDU_BIND_NAK) {
		struct cursor c = cursor_over(bytes, p->size);

		cursor_skip(&c, PDU_HEADER);
		ident_refuse(id, APP_DCERPC, pdu_u16(&c, p->little), in);
	}
	if (mirrored && p->type >= PDU_BIND_ACK && p->type <= PDU_BIND_NAK)
		ident_finish(id);
}

static enum follow rpc_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->work.side[in->dir];

	if (side->state == 0 && fit_bytes(in->bytes + side->offset, in->len - side->offset, 0,
					  http_banner, BANNER_SIZE) == FIT_YES) {
		ident_note(id, APP_DCERPC, CONFIDENCE_WEAK, in);
		ident_client(id, 1 - in->dir);
		side->offset += BANNER_SIZE;
	}
	side->state = 1;
	while (in->len - side->offset >= PDU_HEADER) {
		const uint8_t *bytes = in->bytes + side->offset;
		struct pdu p;

		if (!pdu_read(&p, bytes, in->len - side->offset))
			return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
		if (p.size > in->len - side->offset)
			return FOLLOW_MORE;
		read_pdu(id, in, &p, bytes);
		side->offset += p.size;
		if (++side->frames >= PDU_MAX)
			return FOLLOW_END;
	}
	return FOLLOW_MORE;
}

const struct stream_protocol dcerpc_stream = {
	.apps = APP_BIT(APP_DCERPC),
	.opens = rpc_opens,
	.answers = rpc_answers,
	.joins = rpc_joins,
	.follow = rpc_follow,
};

/* Datagrams (C706 12.5.2): a header of 80 bytes whose length of body must fit. */

enum {
	DATAGRAM_HEADER = 80,
	DATAGRAM_PTYPE_LAST = 10,
};

static uint32_t rpc_datagram_fits(const struct ident *id, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned version = cursor_u8(&c), type = cursor_u8(&c), body;
	const uint8_t *drep;

	(void)id;
	cursor_skip(&c, 2);
	drep = cursor_take(&c, 3);
	if (drep == NULL || version != 4 || type > DATAGRAM_PTYPE_LAST || (drep[0] & 0xee) != 0 ||
	    drep[1] > 3 || drep[2] != 0 || in->wire_len < DATAGRAM_HEADER)
		return 0;
	cursor_skip(&c, 67);
	body = pdu_u16(&c, (drep[0] & 0x10) != 0);
	return cursor_ok(&c) && body <= in->wire_len - DATAGRAM_HEADER ? APP_BIT(APP_DCERPC) : 0;
}

static bool rpc_datagram_follow(struct ident *id, const struct input *in)
{
	ident_note(id, APP_DCERPC, CONFIDENCE_WEAK, in);
	return true;
}

const struct datagram_protocol dcerpc_datagram = {
	.apps = APP_BIT(APP_DCERPC),
	.strikes = 1,
	.fits = rpc_datagram_fits,
	.follow = rpc_datagram_follow,
};
