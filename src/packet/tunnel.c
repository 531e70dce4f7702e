/* Headers that carry another packet: tags, labels, PPPoE, GRE and its guests, tunnels over UDP. */
#include "packet/walk.h"

#define PROTO_IPV4 4
#define PROTO_GRE  47

/* IEEE 802.1Q 9.3.  Identifier 0 is a priority without a VLAN (table 9-2), so it names none. */
enum layer tunnel_vlan(struct walk *w)
{
	struct facts *f = w->f;
	const uint8_t *h;
	unsigned id;

	if (!walk_enter(w, TUNNEL_VLAN))
		return LAYER_DONE;
	h = walk_take(w, 4);
	if (h == NULL)
		return walk_short(w, 4, SHORT_LINK);
	id = load_be16(h) & 0x0fffu;
	if (id != 0 && f->vlans < ARRAY_SIZE(f->vlan))
		f->vlan[f->vlans++] = (uint16_t)id;
	return link_ethertype(w, load_be16(h + 2));
}

/**
 * under_labels() - Guess what a label stack carries (RFC 4928 3, RFC 4448 4.6)
 *
 * MPLS does not say.  The first nibble does for IP.  Ethernet pseudowires with a
 * control word have 16 zero bits there, and 1 in the nibble on their associated
 * channel; one without begins with any MAC address, and is known by the type
 * behind the addresses.
 */
static enum layer under_labels(struct walk *w)
{
	struct cursor peek = w->c;
	struct cursor inner = w->c;
	struct cursor behind = w->c;
	unsigned first = cursor_u8(&peek);
	unsigned second = cursor_u8(&peek);

	if (!cursor_ok(&peek))
		return walk_short(w, 2, SHORT_LINK);
	cursor_skip(&behind, 4);
	if (first == 0 && second == 0 && link_plausible(&behind)) {
		(void)walk_take(w, 4);
		return LAYER_ETHERNET;
	}
	if (link_plausible(&inner))
		return LAYER_ETHERNET;
	if (first >= 0x45 && first <= 0x4f)
		return LAYER_IPV4;
	if (first >> 4 == 6)
		return LAYER_IPV6;
	if (first >> 4 == 1)
		return walk_end(w, CLASS_LINK_CONTROL);
	/* 19 bytes would have been enough to see a control word, Ethernet and its guest. */
	if (cursor_left(&w->c) < 19 && cursor_left(&w->c) < w->wire)
		return walk_end(w, CLASS_TRUNCATED_LINK);
	return walk_named(w, CLASS_NAMED_ETHERTYPE, 0x8847);
}

/* One label (RFC 3032 2.1). */
enum layer tunnel_mpls(struct walk *w)
{
	const uint8_t *h;

	if (!walk_enter(w, TUNNEL_MPLS))
		return LAYER_DONE;
	h = walk_take(w, 4);
	if (h == NULL)
		return walk_short(w, 4, SHORT_LINK);
	return (h[2] & 1) != 0 ? under_labels(w) : LAYER_MPLS;
}

/* RFC 2516 4: version 1, type 1, code 0 in a session. */
enum layer tunnel_pppoe(struct walk *w)
{
	const uint8_t *h;

	if (!walk_enter(w, TUNNEL_PPPOE))
		return LAYER_DONE;
	h = walk_take(w, 6);
	if (h == NULL)
		return walk_short(w, 6, SHORT_LINK);
	if (h[0] != 0x11)
		return walk_end(w, CLASS_MALFORMED_LINK);
	if (h[1] != 0)
		return walk_end(w, CLASS_LINK_CONTROL);
	if (load_be16(h + 4) < w->wire)
		walk_bound(w, load_be16(h + 4));
	return link_ppp(w);
}

/* Cisco MetaData (TrustSec tag): version 1, length of its options in 4-byte units, EtherType. */
enum layer tunnel_metadata(struct walk *w)
{
	const uint8_t *h;
	size_t options;

	if (!walk_enter(w, 0))
		return LAYER_DONE;
	h = walk_take(w, 2);
	if (h == NULL)
		return walk_short(w, 2, SHORT_LINK);
	if (h[0] != 1)
		return walk_named(w, CLASS_NAMED_ETHERTYPE, 0x8909);
	options = (size_t)h[1] * 4;
	h = walk_take(w, options + 2);
	if (h == NULL)
		return walk_short(w, options + 2, SHORT_LINK);
	return link_ethertype(w, load_be16(h + options));
}

enum layer tunnel_ip_in_ip(struct walk *w)
{
	if (!walk_enter(w, TUNNEL_IPIP))
		return LAYER_DONE;
	return w->protocol == PROTO_IPV4 ? LAYER_IPV4 : LAYER_IPV6;
}

/* Mirrors cut what does not fit their packet: running out of bytes inside is no contradiction. */
static enum layer mirrored_ethernet(struct walk *w)
{
	w->bounded = false;
	return LAYER_ETHERNET;
}

/* Type II, 8 bytes; without a GRE sequence number it is type I, which has no header. */
static enum layer erspan_2(struct walk *w, bool sequenced)
{
	const uint8_t *h;

	if (!walk_enter(w, TUNNEL_ERSPAN))
		return LAYER_DONE;
	if (!sequenced)
		return mirrored_ethernet(w);
	h = walk_take(w, 8);
	if (h == NULL)
		return walk_short(w, 8, SHORT_LINK);
	return h[0] >> 4 == 1 ? mirrored_ethernet(w) : walk_end(w, CLASS_MALFORMED_LINK);
}

/* Type III, 12 bytes and, when the O bit says so, 8 of the platform
 * (draft-foschiano-erspan-03 4.3). */
static enum layer erspan_3(struct walk *w)
{
	const uint8_t *h;
	unsigned frame_type;

	if (!walk_enter(w, TUNNEL_ERSPAN))
		return LAYER_DONE;
	h = walk_take(w, 12);
	if (h == NULL)
		return walk_short(w, 12, SHORT_LINK);
	if (h[0] >> 4 != 2)
		return walk_end(w, CLASS_MALFORMED_LINK);
	frame_type = h[10] >> 2 & 0x1f;
	if ((h[11] & 1) != 0 && walk_take(w, 8) == NULL)
		return walk_short(w, 8, SHORT_LINK);
	if (frame_type == 0)
		return mirrored_ethernet(w);
	if (frame_type != 2)
		return walk_named(w, CLASS_NAMED_ETHERTYPE, 0x22eb);
	w->bounded = false;
	h = w->c.pos;
	if (cursor_left(&w->c) == 0)
		return walk_short(w, 1, SHORT_IP);
	return h[0] >> 4 == 6 ? LAYER_IPV6 : LAYER_IPV4;
}

/* Enhanced GRE of PPTP (RFC 2637 4.1): PPP of the length in its key, unless it only acknowledges.
 */
static enum layer gre_pptp(struct walk *w, unsigned flags)
{
	size_t optional = ((flags & 0x1000) != 0 ? 4u : 0u) + ((flags & 0x0080) != 0 ? 4u : 0u);
	const uint8_t *key = walk_take(w, 4);

	if (key == NULL)
		return walk_short(w, 4, SHORT_LINK);
	if (walk_take(w, optional) == NULL)
		return walk_short(w, optional, SHORT_LINK);
	if ((flags & 0x1000) == 0 || load_be16(key) == 0)
		return walk_named(w, CLASS_NAMED_IP_PROTOCOL, PROTO_GRE);
	if (load_be16(key) < w->wire)
		walk_bound(w, load_be16(key));
	return link_ppp(w);
}

/* RFC 2784 2.1 with the key and sequence number of RFC 2890 2; its source routes are not followed.
 */
enum layer tunnel_gre(struct walk *w)
{
	const uint8_t *h;
	unsigned flags, type;
	size_t optional;

	if (!walk_enter(w, TUNNEL_GRE))
		return LAYER_DONE;
	h = walk_take(w, 4);
	if (h == NULL)
		return walk_short(w, 4, SHORT_LINK);
	flags = load_be16(h);
	type = load_be16(h + 2);
	if ((flags & 7) == 1 && type == 0x880b && (flags & 0x2000) != 0)
		return gre_pptp(w, flags);
	/* Version, routing, strict source route. */
	if ((flags & 0x4807) != 0)
		return walk_named(w, CLASS_NAMED_IP_PROTOCOL, PROTO_GRE);
	optional = ((flags & 0x8000) != 0 ? 4u : 0u) + ((flags & 0x2000) != 0 ? 4u : 0u) +
		   ((flags & 0x1000) != 0 ? 4u : 0u);
	if (walk_take(w, optional) == NULL)
		return walk_short(w, optional, SHORT_LINK);
	if (type == 0x88be)
		return erspan_2(w, (flags & 0x1000) != 0);
	if (type == 0x22eb)
		return erspan_3(w);
	if (type == 0x880b)
		return link_ppp(w);
	/* Here the field is never a length. */
	if (type < 0x0600)
		return walk_named(w, CLASS_NAMED_ETHERTYPE, type);
	return link_ethertype(w, type);
}

/**
 * is_vxlan() - Header of RFC 7348 5, with the bits of its group policy extension
 * @inner:	Also ask that an Ethernet frame be recognisable behind it
 *
 * Ports prove nothing: media may use any.  So every bit that must be 0 is.
 */
static bool is_vxlan(struct cursor c, bool inner)
{
	const uint8_t *h = cursor_take(&c, 8);

	if (h == NULL || (h[0] & 0x7f) != 0x08 || (h[1] & ~0x48u) != 0 || h[7] != 0)
		return false;
	if ((h[0] & 0x80) == 0 && (h[1] | h[2] | h[3]) != 0)
		return false;
	return !inner || link_plausible(&c);
}

/* RFC 8926 3.4: version 0, reserved bits 0, options within the datagram. */
static bool is_geneve(struct cursor c, size_t *header, unsigned *type)
{
	const uint8_t *h = cursor_take(&c, 8);

	if (h == NULL || h[0] >> 6 != 0 || (h[1] & 0x3f) != 0 || h[7] != 0)
		return false;
	*header = 8 + (h[0] & 0x3fu) * 4;
	*type = load_be16(h + 2);
	cursor_skip(&c, *header - 8);
	return cursor_ok(&c) && (*type == 0x6558 || *type == 0x0800 || *type == 0x86dd);
}

/* RFC 4380 5.1.1: optional authentication and origin, then IPv6 that fills the datagram. */
static bool is_teredo(struct cursor c, size_t wire, size_t *header)
{
	size_t all = cursor_left(&c);
	struct cursor peek = c;

	if (cursor_be16(&peek) == 0x0001) {
		size_t ids = cursor_u8(&peek);

		ids += cursor_u8(&peek);
		cursor_skip(&c, 4 + ids + 9); /* nonce and confirmation */
		peek = c;
	}
	peek = c;
	if (cursor_be16(&peek) == 0x0000)
		cursor_skip(&c, 8);
	*header = all - cursor_left(&c);
	peek = c;
	if (cursor_u8(&peek) >> 4 != 6)
		return false;
	cursor_skip(&peek, 3);
	return cursor_be16(&peek) + *header + 40 == wire && cursor_ok(&peek);
}

/* The outer datagram was the tunnel's: what was read of it is not the packet's. */
static enum layer descend(struct walk *w, size_t header, unsigned tunnel, enum layer next)
{
	if (!walk_enter(w, tunnel))
		return LAYER_DONE;
	w->f->sport = 0;
	w->f->dport = 0;
	w->f->l4 = 0;
	(void)walk_take(w, header);
	return next;
}

enum layer tunnel_udp(struct walk *w)
{
	unsigned dport = w->f->dport;
	unsigned type;
	size_t header;

	if ((dport == PORT_VXLAN || dport == PORT_VXLAN_LINUX) &&
	    is_vxlan(w->c, dport == PORT_VXLAN_LINUX))
		return descend(w, 8, TUNNEL_VXLAN, LAYER_ETHERNET);
	if (dport == PORT_GENEVE && is_geneve(w->c, &header, &type))
		return descend(w, header, TUNNEL_GENEVE,
			       type == 0x0800   ? LAYER_IPV4
			       : type == 0x86dd ? LAYER_IPV6
						: LAYER_ETHERNET);
	if ((dport == PORT_TEREDO || w->f->sport == PORT_TEREDO) &&
	    is_teredo(w->c, w->wire, &header))
		return descend(w, header, TUNNEL_TEREDO, LAYER_IPV6);
	return LAYER_COUNT;
}
