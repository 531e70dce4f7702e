/* IPv4, IPv6 and what may stand between an IP header and its transport. */
#include "packet/duplicate.h"
#include "packet/walk.h"

/* IP protocol numbers (IANA) that the room follows or skips. */
enum {
	PROTO_HOPOPTS = 0,
	PROTO_ICMP = 1,
	PROTO_IPV4 = 4,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_IPV6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_GRE = 47,
	PROTO_AH = 51,
	PROTO_ICMPV6 = 58,
	PROTO_NONE = 59,
	PROTO_DSTOPTS = 60,
	PROTO_SCTP = 132,
	PROTO_MOBILITY = 135,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
};

/* What follows an IP header, by protocol; LAYER_DONE (0): counted by its number. */
static const uint8_t followed[256] = {
	[PROTO_HOPOPTS] = LAYER_EXTENSION, [PROTO_ICMP] = LAYER_ICMP,
	[PROTO_IPV4] = LAYER_IP_IN_IP,     [PROTO_TCP] = LAYER_TCP,
	[PROTO_UDP] = LAYER_UDP,           [PROTO_IPV6] = LAYER_IP_IN_IP,
	[PROTO_ROUTING] = LAYER_EXTENSION, [PROTO_FRAGMENT] = LAYER_EXTENSION,
	[PROTO_GRE] = LAYER_GRE,           [PROTO_AH] = LAYER_EXTENSION,
	[PROTO_ICMPV6] = LAYER_ICMP,       [PROTO_DSTOPTS] = LAYER_EXTENSION,
	[PROTO_SCTP] = LAYER_SCTP,         [PROTO_MOBILITY] = LAYER_EXTENSION,
	[PROTO_HIP] = LAYER_EXTENSION,     [PROTO_SHIM6] = LAYER_EXTENSION,
};

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

/* As address_from_v4(), in line for the hot path. */
FA_INLINE void map_v4(struct address *a, const uint8_t *v4)
{
	memcpy(a->b, mapped_prefix, sizeof(mapped_prefix));
	memcpy(a->b + sizeof(mapped_prefix), v4, 4);
}

bool ip_is_extension(uint8_t protocol)
{
	return followed[protocol] == LAYER_EXTENSION;
}

size_t ip_extension_length(uint8_t protocol, uint8_t length)
{
	if (protocol == PROTO_FRAGMENT) /* RFC 8200 4.5: the field is reserved */
		return 8;
	if (protocol == PROTO_AH) /* RFC 4302 2.2: 4-octet units, minus 2 */
		return ((size_t)length + 2) * 4;
	return ((size_t)length + 1) *
	       8; /* RFC 8200 4.3, RFC 6275 6.1, RFC 7401 5.1, RFC 5533 5.1 */
}

FA_INLINE enum layer upper(struct walk *w, uint8_t protocol)
{
	enum layer next = (enum layer)followed[protocol];

	w->protocol = protocol;
	if (FA_UNLIKELY(next == LAYER_DONE))
		return walk_named(w, CLASS_NAMED_IP_PROTOCOL, protocol);
	return next;
}

/**
 * fragment() - Hand one fragment to the store
 * @w:		At the fragment's bytes
 * @piece:	id, protocol, offset and more are filled
 *
 * Return: what follows when the datagram is complete, and then @w stands at its
 *	   start; else LAYER_DONE
 */
static enum layer fragment(struct walk *w, struct fragment *piece)
{
	struct facts *f = w->f;
	struct datagram whole;
	size_t headers = f->ip_len - w->wire;

	f->fragmented = true;
	piece->src = &f->src;
	piece->dst = &f->dst;
	piece->ts_ns = f->ts_ns;
	piece->version = f->ip_version;
	piece->bytes = w->c.pos;
	piece->captured = (uint32_t)cursor_left(&w->c);
	/* None is empty or ends past the limit; all but the last are multiples of 8. */
	if (w->wire == 0 || w->wire > FRAGMENT_MAX_BYTES - piece->offset ||
	    (piece->more && w->wire % 8 != 0)) {
		fragment_refuse(w->dec->fragments);
		return walk_end(w, CLASS_MALFORMED_IP);
	}
	piece->len = (uint32_t)w->wire;
	if (w->completed == FRAGMENT_MAX_NESTED) {
		fragment_refuse(w->dec->fragments);
		return walk_end(w, CLASS_FRAGMENT);
	}
	if (w->duplicates != NULL && duplicate_fragment(w->duplicates, w, piece))
		return walk_end(w, CLASS_DUPLICATE);
	if (!fragment_add(w->dec->fragments, piece, &whole))
		return walk_end(w, CLASS_FRAGMENT);
	w->completed++;
	w->c = cursor_over(whole.bytes, whole.captured);
	w->wire = whole.len;
	f->ip_len = (uint32_t)headers + whole.len;
	return upper(w, whole.protocol);
}

/*
 * What an IP length of @len is worth that promises more than there is around
 * it.  A length field around it wins: padding that a card counted in is no
 * data.  The end of the frame does not: cut captures that forgot the wire
 * length are common, and then IP knows better.
 */
static size_t within(const struct walk *w, size_t len)
{
	return w->bounded ? MIN(len, w->wire) : len;
}

/* Apart, so that what it keeps on the stack costs whole packets nothing. */
static __attribute__((noinline)) enum layer fragment_v4(struct walk *w, unsigned frag,
							uint8_t protocol)
{
	struct fragment piece = { .id = w->f->ip_id,
				  .protocol = protocol,
				  .offset = (frag & 0x1fff) * 8,
				  .more = (frag & 0x2000) != 0 };

	return fragment(w, &piece);
}

enum layer ip_v4(struct walk *w)
{
	struct facts *f = w->f;
	const uint8_t *h = walk_take(w, 20);
	size_t header, total;
	unsigned frag;

	if (FA_UNLIKELY(h == NULL))
		return walk_short(w, 20, SHORT_IP);
	header = (h[0] & 0x0fu) * 4;
	total = load_be16(h + 2);
	/* Segmentation offload leaves 0 and the frame says how much there is. */
	if (FA_UNLIKELY(total == 0))
		total = w->wire + 20;
	if (FA_UNLIKELY(total > w->wire + 20))
		total = within(w, total - 20) + 20;
	if (FA_UNLIKELY(h[0] >> 4 != 4 || header < 20 || total < header))
		return walk_end(w, CLASS_MALFORMED_IP);
	w->ip = h;
	f->ip_version = 4;
	f->ip_len = (uint32_t)total;
	f->ttl = h[8];
	f->ip_id = load_be16(h + 4);
	map_v4(&f->src, h + 12);
	map_v4(&f->dst, h + 16);
	w->extensions = 0;
	w->rerouted = false;
	walk_bound(w, total - 20);
	if (FA_UNLIKELY(header > 20) && walk_take(w, header - 20) == NULL)
		return walk_short(w, header - 20, SHORT_IP);
	if (FA_UNLIKELY(w->checksums)) {
		f->verified = true;
		f->bad_checksum |= !checksum_fits(checksum_add(0, h, header));
	}
	frag = load_be16(h + 6);
	if (FA_UNLIKELY((frag & 0x3fff) != 0))
		return fragment_v4(w, frag, h[9]);
	return upper(w, h[9]);
}

enum layer ip_v6(struct walk *w)
{
	struct facts *f = w->f;
	const uint8_t *h = walk_take(w, 40);
	size_t payload;

	if (FA_UNLIKELY(h == NULL))
		return walk_short(w, 40, SHORT_IP);
	if (FA_UNLIKELY(h[0] >> 4 != 6))
		return walk_end(w, CLASS_MALFORMED_IP);
	payload = load_be16(h + 4);
	/* As with IPv4: packets that a network card is still to cut. */
	if (FA_UNLIKELY(payload == 0 && h[6] != PROTO_NONE))
		payload = w->wire;
	if (FA_UNLIKELY(payload > w->wire))
		payload = within(w, payload);
	w->ip = h;
	f->ip_version = 6;
	f->ip_len = (uint32_t)payload + 40;
	f->ttl = h[7];
	f->ip_id = 0;
	memcpy(f->src.b, h + 8, 16);
	memcpy(f->dst.b, h + 24, 16);
	w->extensions = 0;
	w->rerouted = false;
	walk_bound(w, payload);
	return upper(w, h[6]);
}

/* RFC 8200 4.5; a piece that is the whole datagram stands alone (RFC 6946 4). */
static enum layer fragment_header(struct walk *w, const uint8_t *h)
{
	unsigned frag = load_be16(h + 2);
	struct fragment piece = { .id = load_be32(h + 4),
				  .protocol = h[0],
				  .offset = frag & 0xfff8,
				  .more = (frag & 1) != 0 };

	if (piece.offset == 0 && !piece.more)
		return upper(w, h[0]);
	return fragment(w, &piece);
}

enum layer ip_extension(struct walk *w)
{
	uint8_t protocol = w->protocol;
	struct cursor peek = w->c;
	const uint8_t *h;
	uint8_t next, length;
	size_t len;

	/* Of all these IPv4 knows only AH. */
	if (w->f->ip_version == 4 && protocol != PROTO_AH)
		return walk_named(w, CLASS_NAMED_IP_PROTOCOL, protocol);
	if (w->extensions == DECODE_MAX_EXTENSIONS)
		return walk_end(w, CLASS_MALFORMED_IP);
	w->extensions++;
	next = cursor_u8(&peek);
	length = cursor_u8(&peek);
	len = cursor_ok(&peek) ? ip_extension_length(protocol, length) : 8;
	h = walk_take(w, len);
	if (h == NULL)
		return walk_short(w, len, SHORT_IP);
	if (protocol == PROTO_FRAGMENT)
		return fragment_header(w, h);
	if (protocol == PROTO_ROUTING && h[3] != 0)
		w->rerouted = true;
	/* Mobility, HIP and shim6 control carry nothing: they are what the packet is about. */
	if (next == PROTO_NONE &&
	    (protocol == PROTO_MOBILITY || protocol == PROTO_HIP || protocol == PROTO_SHIM6))
		return walk_named(w, CLASS_NAMED_IP_PROTOCOL, protocol);
	return upper(w, next);
}
