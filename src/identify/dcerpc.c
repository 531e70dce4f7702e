/* DCE/RPC: the connection-oriented PDUs of C706 12.6 and MS-RPCE, and the datagram header. */
#include "identify/protocol.h"
#include "identify/rpc_ports.h"

/*
 * A bind names interface and transfer syntax by 16-byte UUIDs, so the bind of a
 * known one is proof.  Other PDUs only have a small header; they are proof when
 * the other end's PDU carries the same call id.
 *
 * The dialogue is followed to the answer of its first call, since a server may
 * take the bind and refuse the call; with the endpoint mapper and DCOM's resolver
 * and activator further, because their answers name ports.
 */

enum {
	PDU_HEADER = 16,
	PDU_REQUEST = 0,
	PDU_RESPONSE = 2,
	PDU_FAULT = 3,
	PDU_BIND = 11,
	PDU_BIND_ACK = 12,
	PDU_BIND_NAK = 13,
	PDU_ALTER = 14,
	PDU_LAST = 19,
	PDU_MAX = 16, /* PDUs looked at in one direction */
	UUID_SIZE = 16,
	BODY_AT = 24, /* of requests, responses and faults (C706 12.6.4.5, 12.6.4.7, 12.6.4.9) */
	AUTH_TRAILER = 8,       /* in front of the authentication value; MS-RPCE 2.2.2.11 */
	AUTH_PRIVACY = 6,       /* RPC_C_AUTHN_LEVEL_PKT_PRIVACY: the body is encrypted */
	FLAG_WHOLE = 0x03,      /* first and last fragment in one */
	PROVIDER_REJECTION = 2, /* p_cont_def_result_t, C706 12.6.3.1 */
};

/* Faults that refuse the caller, whatever the operation (names as in Wireshark). */
enum {
	FAULT_ACCESS_DENIED = 0x5,   /* nca_s_fault_access_denied */
	FAULT_CANT_PERFORM = 0x6d8,  /* nca_s_fault_cant_perform, EPT_S_CANT_PERFORM_OP */
	FAULT_SEC_PKG_ERROR = 0x721, /* nca_s_fault_sec_pkg_error */
};

static const char http_banner[] = "ncacn_http/1.0"; /* MS-RPCH 2.1.2.1: the server speaks first */

enum { BANNER_SIZE = sizeof(http_banner) - 1 };

/* As on the wire, little endian. */
static const uint8_t known_interfaces[RPC_INTERFACES][UUID_SIZE] = {
	/* e1af8308-5d1f-11c9-91a4-08002b14a0fa */
	[RPC_ENDPOINT_MAPPER] = { 0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08,
				  0x00, 0x2b, 0x14, 0xa0, 0xfa },
	/* IObjectExporter 99fcfec4-5260-101b-bbcb-00aa0021347a */
	[RPC_OBJECT_EXPORTER] = { 0xc4, 0xfe, 0xfc, 0x99, 0x60, 0x52, 0x1b, 0x10, 0xbb, 0xcb, 0x00,
				  0xaa, 0x00, 0x21, 0x34, 0x7a },
	/* IRemoteSCMActivator 000001a0-0000-0000-c000-000000000046 */
	[RPC_SCM_ACTIVATOR] = { 0xa0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00,
				0x00, 0x00, 0x00, 0x00, 0x46 },
	/* IActivation 4d9f4ab8-7d1c-11cf-861e-0020af6e7c57 */
	[RPC_ACTIVATION] = { 0xb8, 0x4a, 0x9f, 0x4d, 0x1c, 0x7d, 0xcf, 0x11, 0x86, 0x1e, 0x00, 0x20,
			     0xaf, 0x6e, 0x7c, 0x57 },
};

/* NDR 8a885d04-1ceb-11c9-9fe8-08002b104860: every bind but 64-bit-only ones offers it first. */
static const uint8_t ndr_syntax[UUID_SIZE] = {
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
	0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60,
};

struct pdu {
	uint32_t call;
	unsigned type;
	unsigned flags;
	uint16_t size;
	uint16_t auth; /* bytes of the authentication value at the end */
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
	unsigned major = cursor_u8(&c), minor = cursor_u8(&c);
	const uint8_t *drep;

	p->type = cursor_u8(&c);
	p->flags = cursor_u8(&c);
	drep = cursor_take(&c, 4);
	if (drep == NULL || major != 5 || minor > 1 || p->type > PDU_LAST ||
	    !representation_is_sane(drep))
		return false;
	p->little = (drep[0] & 0x10) != 0;
	p->size = pdu_u16(&c, p->little);
	p->auth = pdu_u16(&c, p->little);
	p->call = pdu_u32(&c, p->little);
	return cursor_ok(&c) && p->size >= PDU_HEADER && p->auth <= p->size - PDU_HEADER;
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

/* The interface of the first context of a bind or an alter_context. */
static enum rpc_interface bind_interface(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);

	cursor_skip(&c, 32);
	for (unsigned i = RPC_OTHER + 1; i < RPC_INTERFACES; i++)
		if (cursor_looks_at(&c, known_interfaces[i], UUID_SIZE))
			return (enum rpc_interface)i;
	return RPC_OTHER;
}

static bool bind_is_known(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);

	cursor_skip(&c, 32 + UUID_SIZE + 4); /* interface and its version */
	return bind_interface(bytes, len) != RPC_OTHER ||
	       cursor_looks_at(&c, ndr_syntax, UUID_SIZE);
}

/* The body of a response: whole, and readable. */
static struct cursor response_body(const struct pdu *p, const uint8_t *bytes)
{
	struct cursor c = cursor_over(bytes, p->size), body;
	size_t trailer = p->auth == 0 ? 0 : (size_t)AUTH_TRAILER + p->auth;

	if (p->size < BODY_AT + trailer || (p->flags & FLAG_WHOLE) != FLAG_WHOLE) {
		c.bad = true;
		return c;
	}
	cursor_skip(&c, BODY_AT);
	body = cursor_sub(&c, p->size - BODY_AT - trailer);
	cursor_skip(&c, 1);
	body.bad = trailer != 0 && cursor_u8(&c) == AUTH_PRIVACY;
	return body;
}

/* The server took none of the contexts offered, and the first reason for it. */
static bool ack_rejects(const struct pdu *p, const uint8_t *bytes, unsigned *reason)
{
	struct cursor c = cursor_over(bytes, p->size);
	bool rejects = false;
	unsigned results;
	size_t address;

	cursor_skip(&c, BODY_AT);
	address = pdu_u16(&c, p->little);
	cursor_skip(&c, address + (4 - (2 + address) % 4) % 4);
	results = cursor_u8(&c);
	cursor_skip(&c, 3);
	for (unsigned i = 0; i < results; i++) {
		unsigned result = pdu_u16(&c, p->little), why = pdu_u16(&c, p->little);

		cursor_skip(&c, UUID_SIZE + 4);
		if (!cursor_ok(&c) || result == 0)
			return false;
		if (!rejects && result <= PROVIDER_REJECTION) {
			rejects = true;
			*reason = why;
		}
	}
	return rejects;
}

static bool fault_refuses(uint32_t status)
{
	return status == FAULT_ACCESS_DENIED || status == FAULT_CANT_PERFORM ||
	       status == FAULT_SEC_PKG_ERROR;
}

/* What an answer by the server says of the dialogue. */
static void read_answer(struct ident *id, const struct input *in, const struct pdu *p,
			const uint8_t *bytes)
{
	struct cursor c = cursor_over(bytes, p->size);
	unsigned code;

	switch (p->type) {
	case PDU_BIND_NAK:
		cursor_skip(&c, PDU_HEADER);
		ident_refuse(id, APP_DCERPC, pdu_u16(&c, p->little), in);
		break;
	case PDU_BIND_ACK:
		if (ack_rejects(p, bytes, &code))
			ident_refuse(id, APP_DCERPC, code, in);
		break;
	case PDU_FAULT:
		cursor_skip(&c, BODY_AT);
		code = pdu_u32(&c, p->little);
		if (fault_refuses(code))
			ident_refuse(id, APP_DCERPC, code, in);
		else
			ident_accept(id, in);
		break;
	case PDU_RESPONSE:
		ident_accept(id, in);
		break;
	default:
		break;
	}
}

static void note_client(struct ident *id, const struct input *in, unsigned type)
{
	if (type == PDU_BIND || type == PDU_REQUEST || type == PDU_ALTER)
		ident_client(id, in->dir);
	else if ((type >= PDU_RESPONSE && type <= PDU_FAULT) ||
		 (type >= PDU_BIND_ACK && type <= PDU_BIND_NAK))
		ident_client(id, 1 - in->dir);
}

static void read_pdu(struct ident *id, const struct input *in, const struct pdu *p,
		     const uint8_t *bytes)
{
	struct ident_rpc *mine = &id->side[in->dir].rpc;
	const struct ident_rpc *peer = &id->side[1 - in->dir].rpc;
	bool mirrored = ident_follows(id, 1 - in->dir, &dcerpc_stream) && peer->any &&
			peer->call == p->call;
	bool proof = mirrored || (p->type == PDU_BIND && bind_is_known(bytes, p->size));

	mine->call = p->call;
	mine->any = true;
	if (p->type == PDU_REQUEST && p->size >= BODY_AT) {
		struct cursor c = cursor_over(bytes + 22, 2);

		mine->opnum = pdu_u16(&c, p->little);
	}
	if ((p->type == PDU_BIND || p->type == PDU_ALTER) && id->rpc.interface == RPC_OTHER)
		id->rpc.interface = (uint8_t)bind_interface(bytes, p->size);
	ident_note(id, APP_DCERPC, proof ? CONFIDENCE_STRONG : CONFIDENCE_WEAK, in);
	note_client(id, in, p->type);
	if (!mirrored)
		return;
	read_answer(id, in, p, bytes);
	if (p->type == PDU_RESPONSE && rpc_gives_ports((enum rpc_interface)id->rpc.interface))
		rpc_read_ports(&id->rpc, response_body(p, bytes), p->little, peer->opnum,
			       in->frame);
	else if (id->accepted_frame != 0 || p->type == PDU_BIND_NAK)
		ident_finish(id); /* behind any other refusal a second try may succeed */
}

static enum follow rpc_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

	if (side->state == 0 && fit_bytes(in->bytes + side->offset, in->len - side->offset, 0,
					  http_banner, BANNER_SIZE) == FIT_YES) {
		ident_note(id, APP_DCERPC, CONFIDENCE_WEAK, in);
		ident_client(id, 1 - in->dir);
		side->offset += BANNER_SIZE;
	}
	side->state = 1;
	/* Behind the end nothing is looked at, also in the segment that holds it. */
	while (in->len - side->offset >= PDU_HEADER && !id->work.finished) {
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
	.answered_in_kind = true,
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
	.fits = rpc_datagram_fits,
	.follow = rpc_datagram_follow,
};
