/* Link layers: what stands in front of the first network header. */
#include "packet/walk.h"

/* LINKTYPE_ values (https://www.tcpdump.org/linktypes.html), and DLT_RAW as it escapes into files.
 */
enum {
	LINK_NULL = 0,
	LINK_PPP = 9,
	LINK_DLT_RAW = 12,
	LINK_DLT_RAW_OPENBSD = 14,
	LINK_PPP_HDLC = 50,
	LINK_PPP_ETHER = 51,
	LINK_RAW = 101,
	LINK_C_HDLC = 104,
	LINK_IEEE802_11 = 105,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_RADIOTAP = 127,
	LINK_PPP_PPPD = 166,
	LINK_PPP_WITH_DIR = 204,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_NETLINK = 253,
	LINK_LINUX_SLL2 = 276,
};

/* Below this an Ethernet type field is an IEEE 802.3 length, or nothing (IEEE 802.3 3.2.6). */
#define ETHERTYPE_FIRST 0x0600u
#define LENGTH_LAST     1500u

enum layer link_ethernet(struct walk *w)
{
	const uint8_t *h = walk_take(w, 14);

	if (FA_UNLIKELY(h == NULL))
		return walk_short(w, 14, SHORT_LINK);
	return link_ethertype(w, load_be16(h + 12));
}

/* @type is at least ETHERTYPE_FIRST. */
static enum layer ethertype(struct walk *w, unsigned type)
{
	switch (type) {
	case 0x0800:
		return LAYER_IPV4;
	case 0x86dd:
		return LAYER_IPV6;
	case 0x0806:
		return walk_end(w, CLASS_ARP);
	case 0x8100: /* IEEE 802.1Q */
	case 0x88a8: /* IEEE 802.1ad */
	case 0x9100: /* the same before there was a standard */
	case 0x9200:
		return LAYER_VLAN;
	case 0x8847:
	case 0x8848:
		return LAYER_MPLS;
	case 0x8864:
		return LAYER_PPPOE;
	case 0x8909:
		return LAYER_METADATA;
	case 0x6558: /* transparent Ethernet bridging */
		return walk_enter(w, 0) ? LAYER_ETHERNET : LAYER_DONE;
	case 0x8808: /* MAC control: pause */
	case 0x8809: /* slow protocols: LACP, OAM */
	case 0x8863: /* PPPoE discovery */
	case 0x888e: /* EAPOL */
	case 0x88c7: /* its pre-authentication */
	case 0x88cc: /* LLDP */
	case 0x8902: /* connectivity fault management */
	case 0x9000: /* configuration test ("loopback") */
		return walk_end(w, CLASS_LINK_CONTROL);
	default:
		return walk_named(w, CLASS_NAMED_ETHERTYPE, type);
	}
}

/* LLC that stands behind a length field or a link header (IEEE 802.2, RFC 1042). */
static enum layer llc(struct walk *w)
{
	const uint8_t *h = walk_take(w, 3);
	const uint8_t *snap;
	uint32_t oui;

	if (h == NULL)
		return walk_short(w, 3, SHORT_LINK);
	if (h[0] == 0x06 && h[1] == 0x06 && h[2] == 0x03)
		return LAYER_IPV4;
	if (h[0] != 0xaa || h[1] != 0xaa || h[2] != 0x03)
		return walk_end(w, CLASS_LINK_CONTROL);
	snap = walk_take(w, 5);
	if (snap == NULL)
		return walk_short(w, 5, SHORT_LINK);
	/* 00-00-00 is RFC 1042, 00-00-F8 IEEE 802.1H; others number protocols of their own. */
	oui = load_be32(snap) >> 8;
	if ((oui == 0 || oui == 0xf8) && load_be16(snap + 3) >= ETHERTYPE_FIRST)
		return ethertype(w, load_be16(snap + 3));
	return walk_end(w, CLASS_LINK_CONTROL);
}

enum layer link_ethertype(struct walk *w, unsigned type)
{
	if (FA_LIKELY(type == 0x0800))
		return LAYER_IPV4;
	if (type >= ETHERTYPE_FIRST)
		return ethertype(w, type);
	if (type > LENGTH_LAST)
		return walk_end(w, CLASS_MALFORMED_LINK);
	/* A length that promises more than the frame had is left to the headers behind it. */
	if (type < w->wire)
		walk_bound(w, type);
	return llc(w);
}

bool link_plausible(const struct cursor *c)
{
	struct cursor e = *c;
	unsigned type, first;

	cursor_skip(&e, 12);
	type = cursor_be16(&e);
	first = cursor_u8(&e);
	if (!cursor_ok(&e))
		return false;
	switch (type) {
	case 0x0800:
		return first >= 0x45 && first <= 0x4f;
	case 0x86dd:
		return first >> 4 == 6;
	case 0x0806: /* hardware type below 256 */
		return first == 0;
	case 0x8100:
	case 0x88a8:
	case 0x8847:
	case 0x88cc:
		return true;
	case 0x8863:
	case 0x8864:
		return first == 0x11;
	default: /* spanning tree and its like: LLC, with room for it */
		return type >= 3 && type <= LENGTH_LAST && type - 1 <= cursor_left(&e);
	}
}

/* PPP with or without HDLC framing and protocol compression (RFC 1661 2, 6.5; RFC 1662 3.1). */
enum layer link_ppp(struct walk *w)
{
	static const uint8_t framing[2] = { 0xff, 0x03 };
	const uint8_t *h;
	unsigned protocol;

	if (cursor_looks_at(&w->c, framing, sizeof(framing)))
		(void)walk_take(w, sizeof(framing));
	h = walk_take(w, 1);
	if (h == NULL)
		return walk_short(w, 1, SHORT_LINK);
	protocol = h[0];
	/* 0xff is half of the framing, never a protocol of its own. */
	if ((protocol & 1) == 0 || protocol == 0xff) {
		h = walk_take(w, 1);
		if (h == NULL)
			return walk_short(w, 1, SHORT_LINK);
		protocol = protocol << 8 | h[0];
	}
	switch (protocol) {
	case 0x0021:
		return LAYER_IPV4;
	case 0x0057:
		return LAYER_IPV6;
	case 0x0281:
	case 0x0283:
		return LAYER_MPLS;
	default:
		/* Network control and link control start at 0x8000 (RFC 1661 2); the rest is data.
		 */
		if (protocol >= 0x8000)
			return walk_end(w, CLASS_LINK_CONTROL);
		return walk_named(w, CLASS_NAMED_ETHERTYPE, 0x880b);
	}
}

/* Cisco HDLC: address, control, EtherType; or PPP when the framing says so. */
static enum layer hdlc(struct walk *w)
{
	struct cursor peek = w->c;
	unsigned address = cursor_u8(&peek);
	unsigned control = cursor_u8(&peek);
	unsigned type;

	if (!cursor_ok(&peek))
		return walk_short(w, 2, SHORT_LINK);
	if ((address != 0x0f && address != 0x8f) || control != 0)
		return link_ppp(w);
	type = cursor_be16(&peek);
	if (!cursor_ok(&peek))
		return walk_short(w, 4, SHORT_LINK);
	(void)walk_take(w, 4);
	if (type == 0x8035 || type == 0x2000) /* SLARP keep-alives, CDP */
		return walk_end(w, CLASS_LINK_CONTROL);
	return link_ethertype(w, type);
}

static enum layer ppp_with_direction(struct walk *w)
{
	if (walk_take(w, 1) == NULL)
		return walk_short(w, 1, SHORT_LINK);
	return link_ppp(w);
}

/* IP with nothing in front: the version is in the first nibble. */
static enum layer raw_ip(struct walk *w)
{
	struct cursor peek = w->c;
	unsigned version = cursor_u8(&peek) >> 4;

	if (!cursor_ok(&peek))
		return walk_short(w, 1, SHORT_IP);
	if (version == 4)
		return LAYER_IPV4;
	return version == 6 ? LAYER_IPV6 : walk_end(w, CLASS_MALFORMED_IP);
}

/* Address family of the capturing machine: AF_INET is 2 everywhere, AF_INET6 is not one number. */
static enum layer bsd_loopback(struct walk *w, unsigned linktype)
{
	const uint8_t *h = walk_take(w, 4);
	uint32_t family;

	if (h == NULL)
		return walk_short(w, 4, SHORT_LINK);
	family = load_be32(h);
	/* LINKTYPE_NULL is in the byte order of the machine; families are small numbers. */
	if (linktype == LINK_NULL && family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		return LAYER_IPV4;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return LAYER_IPV6;
	default:
		return walk_named(w, CLASS_NAMED_LINKTYPE, linktype);
	}
}

/* What the two Linux "cooked" headers share: ARPHRD_ number and protocol. */
static enum layer cooked(struct walk *w, unsigned hardware, unsigned protocol)
{
	if (hardware == 824) /* netlink: the protocol is one of its families */
		return walk_named(w, CLASS_NAMED_LINKTYPE, LINK_NETLINK);
	if (protocol == 0x0004) /* LLC follows */
		return llc(w);
	if (protocol == 0x0001) /* Novell's raw 802.3 */
		return walk_end(w, CLASS_LINK_CONTROL);
	if (protocol < ETHERTYPE_FIRST)
		return walk_named(w, CLASS_NAMED_ETHERTYPE, protocol);
	return link_ethertype(w, protocol);
}

static enum layer linux_sll(struct walk *w)
{
	const uint8_t *h = walk_take(w, 16);

	if (h == NULL)
		return walk_short(w, 16, SHORT_LINK);
	return cooked(w, load_be16(h + 2), load_be16(h + 14));
}

static enum layer linux_sll2(struct walk *w)
{
	const uint8_t *h = walk_take(w, 20);

	if (h == NULL)
		return walk_short(w, 20, SHORT_LINK);
	return cooked(w, load_be16(h + 8), load_be16(h));
}

/**
 * wifi() - IEEE 802.11 MAC header (IEEE 802.11-2020 9.2.3, 9.3.2.1)
 * @pad:	The header is padded to a multiple of 4 bytes (radiotap says so)
 *
 * Of an aggregate (A-MSDU) the first packet stands for the frame.
 */
static enum layer wifi(struct walk *w, bool pad)
{
	struct cursor peek = w->c;
	unsigned control = cursor_u8(&peek);
	unsigned flags = cursor_u8(&peek);
	unsigned type = control >> 2 & 3;
	bool qos = (control & 0x80) != 0;
	bool aggregate = false;
	const uint8_t *h;
	size_t len = 24;

	if (!cursor_ok(&peek))
		return walk_short(w, 2, SHORT_LINK);
	if ((control & 3) != 0)
		return walk_end(w, CLASS_MALFORMED_LINK);
	if (type == 3)
		return walk_named(w, CLASS_NAMED_LINKTYPE, LINK_IEEE802_11);
	/* Management and control; data without data; data that is encrypted. */
	if (type != 2 || (control & 0x40) != 0 || (flags & 0x40) != 0)
		return walk_end(w, CLASS_LINK_CONTROL);
	if ((flags & 3) == 3) /* to and from the distribution system: four addresses */
		len += 6;
	if (qos)
		len += (flags & 0x80) != 0 ? 6 : 2; /* with or without HT control */
	h = walk_take(w, len);
	if (h == NULL)
		return walk_short(w, len, SHORT_LINK);
	if (qos)
		aggregate = (h[(flags & 3) == 3 ? 30 : 24] & 0x80) != 0;
	if ((h[22] & 0x0f) != 0) /* a later fragment of the MAC: no header in it */
		return walk_end(w, CLASS_FRAGMENT);
	if (pad && len % 4 != 0 && walk_take(w, 4 - len % 4) == NULL)
		return walk_short(w, 4 - len % 4, SHORT_LINK);
	if (aggregate) {
		h = walk_take(w, 14);
		if (h == NULL)
			return walk_short(w, 14, SHORT_LINK);
		if (load_be16(h + 12) < w->wire)
			walk_bound(w, load_be16(h + 12));
	}
	return llc(w);
}

/* Radiotap (https://www.radiotap.org): skipped but for the flag that says the MAC is padded. */
static enum layer radiotap(struct walk *w)
{
	struct cursor c = w->c;
	struct cursor fields;
	unsigned version = cursor_u8(&c);
	size_t len, at;
	uint32_t present, more;
	bool pad = false;

	cursor_skip(&c, 1);
	len = cursor_le16(&c);
	if (!cursor_ok(&c))
		return walk_short(w, 4, SHORT_LINK);
	if (version != 0 || len < 8)
		return walk_end(w, CLASS_MALFORMED_LINK);
	if (walk_take(w, len) == NULL)
		return walk_short(w, len, SHORT_LINK);
	fields = cursor_sub(&c, len - 4);
	present = cursor_le32(&fields);
	for (more = present; (more & UINT32_C(1) << 31) != 0 && cursor_ok(&fields);)
		more = cursor_le32(&fields);
	at = len - cursor_left(&fields);
	if ((present & 1) != 0) /* TSFT: 8 bytes, aligned to them */
		cursor_skip(&fields, (8 - at % 8) % 8 + 8);
	if ((present & 2) != 0)
		pad = (cursor_u8(&fields) & 0x20) != 0;
	return wifi(w, pad);
}

enum layer link_open(struct walk *w, unsigned linktype)
{
	switch (linktype) {
	case LINKTYPE_ETHERNET:
		return LAYER_ETHERNET;
	case LINK_NULL:
	case LINK_LOOP:
		return bsd_loopback(w, linktype);
	case LINK_PPP:
		return link_ppp(w);
	case LINK_PPP_HDLC:
	case LINK_C_HDLC:
		return hdlc(w);
	case LINK_PPP_PPPD:
	case LINK_PPP_WITH_DIR:
		return ppp_with_direction(w);
	case LINK_PPP_ETHER:
		return LAYER_PPPOE;
	case LINK_DLT_RAW:
	case LINK_DLT_RAW_OPENBSD:
	case LINK_RAW:
		return raw_ip(w);
	case LINK_IPV4:
		return LAYER_IPV4;
	case LINK_IPV6:
		return LAYER_IPV6;
	case LINK_IEEE802_11:
		return wifi(w, false);
	case LINK_RADIOTAP:
		return radiotap(w);
	case LINK_LINUX_SLL:
		return linux_sll(w);
	case LINK_LINUX_SLL2:
		return linux_sll2(w);
	default:
		return walk_named(w, CLASS_NAMED_LINKTYPE, linktype);
	}
}
