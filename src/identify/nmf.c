/* .NET message framing of WCF net.tcp (MC-NMF 2.2.3), up to its upgrade to TLS. */
#include "identify/protocol.h"

/*
 * The client sends a preamble of records: version, mode, via, encoding, then
 * either a request to upgrade or the preamble's end.  The server answers with one
 * byte: upgrade, acknowledgement or fault.  Behind an upgrade to TLS both sides
 * go on with TLS records, so the direction is handed over there.
 */

enum {
	NMF_VERSION = 0x00,
	NMF_MODE = 0x01,
	NMF_VIA = 0x02,
	NMF_ENCODING = 0x03,
	NMF_EXTENSIBLE = 0x04,
	NMF_FAULT = 0x08,
	NMF_UPGRADE = 0x09,
	NMF_UPGRADED = 0x0a,
	NMF_ACK = 0x0b,
	NMF_END = 0x0c,
};

static const char tls_upgrade[] = "application/ssl-tls";

static enum fit nmf_opens(const uint8_t *bytes, size_t len)
{
	static const uint8_t head[4] = { NMF_VERSION, 1, 0, NMF_MODE };
	enum fit fit = fit_bytes(bytes, len, 0, head, sizeof(head));

	fit = MIN(fit, fit_byte(bytes, len, 4, 1, 4));
	return MIN(fit, fit_byte(bytes, len, 5, NMF_VIA, NMF_VIA));
}

/* One byte that anything may begin with: it counts only beside a preamble. */
static enum fit nmf_answers(const uint8_t *bytes, size_t len)
{
	enum fit fit = MAX(fit_byte(bytes, len, 0, NMF_FAULT, NMF_FAULT),
			   fit_byte(bytes, len, 0, NMF_UPGRADED, NMF_ACK));

	return MIN(fit, FIT_MAYBE);
}

/* MC-NMF 2.2.2: seven bits a byte, the low ones first, five bytes at most. */
static size_t record_size(struct cursor *c)
{
	size_t size = 0;

	for (unsigned i = 0; i < 5; i++) {
		size_t byte = cursor_u8(c);

		size |= (byte & 0x7f) << 7 * i;
		if (byte < 0x80)
			return size;
	}
	c->bad = true;
	return 0;
}

/* One record of the preamble; its text for those that have one. */
static unsigned next_record(struct cursor *c, struct cursor *text)
{
	unsigned type = cursor_u8(c);

	*text = cursor_over(NULL, 0);
	switch (type) {
	case NMF_VERSION:
		cursor_skip(c, 2);
		break;
	case NMF_MODE:
	case NMF_ENCODING:
		cursor_skip(c, 1);
		break;
	case NMF_VIA:
	case NMF_EXTENSIBLE:
	case NMF_UPGRADE:
	case NMF_FAULT:
		*text = cursor_sub(c, record_size(c));
		break;
	default:
		break;
	}
	return type;
}

static enum follow client_records(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

	for (;;) {
		struct cursor c = cursor_over(in->bytes + side->offset, in->len - side->offset);
		struct cursor text;
		unsigned type = next_record(&c, &text);

		if (!cursor_ok(&c))
			return FOLLOW_MORE;
		side->offset = (uint32_t)(c.pos - in->bytes);
		if (type == NMF_UPGRADE) {
			if (cursor_left(&text) != sizeof(tls_upgrade) - 1 ||
			    !cursor_looks_at(&text, tls_upgrade, sizeof(tls_upgrade) - 1))
				return FOLLOW_END; /* SPNEGO follows */
			ident_hand(id, in->dir, &tls_stream, side->offset);
			return FOLLOW_HANDED;
		}
		if (type > NMF_EXTENSIBLE)
			return FOLLOW_END;
	}
}

static enum follow server_record(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

	if (in->len == side->offset)
		return FOLLOW_MORE;
	ident_note(id, APP_NMF, CONFIDENCE_STRONG, in);
	switch (in->bytes[side->offset]) {
	case NMF_UPGRADED:
		ident_hand(id, in->dir, &tls_stream, side->offset + 1);
		return FOLLOW_HANDED;
	case NMF_ACK:
		ident_accept(id, in);
		break;
	default: /* the fault's text is all it says; there is no code */
		ident_refuse(id, APP_NMF, 0, in);
		break;
	}
	ident_finish(id);
	return FOLLOW_END;
}

static enum follow nmf_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

	if (side->state == 0 &&
	    nmf_opens(in->bytes + side->offset, in->len - side->offset) != FIT_YES)
		return server_record(id, in);
	if (side->state == 0) {
		side->state = 1;
		ident_note(id, APP_NMF, CONFIDENCE_STRONG, in);
		ident_client(id, in->dir);
	}
	return client_records(id, in);
}

const struct stream_protocol nmf_stream = {
	.apps = APP_BIT(APP_NMF) | APP_BIT(APP_TLS),
	.opens = nmf_opens,
	.answers = nmf_answers,
	.follow = nmf_follow,
	.answered_in_kind = true,
};
