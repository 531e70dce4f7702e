/*
 * Private to packet/: one frame on its way down the layers.
 *
 * decode.c calls one handler a layer until LAYER_DONE.  A handler takes its
 * own header off struct walk and names the layer that follows; it never calls
 * another layer's handler, so no input can make the stack grow.
 */
#ifndef FA_PACKET_WALK_H
#define FA_PACKET_WALK_H

#include "base/cursor.h"
#include "packet/decode.h"

enum layer {
	LAYER_DONE,
	LAYER_ETHERNET,
	LAYER_VLAN,
	LAYER_MPLS,
	LAYER_PPPOE,
	LAYER_METADATA,
	LAYER_IPV4,
	LAYER_IPV6,
	LAYER_EXTENSION, /* IPv6 extension headers, AH of both versions */
	LAYER_IP_IN_IP,
	LAYER_GRE,
	LAYER_TCP,
	LAYER_UDP,
	LAYER_SCTP,
	LAYER_ICMP,
	LAYER_COUNT
};

struct fragment_store;
struct duplicates;

struct decoder {
	struct fragment_store *fragments;
	struct duplicates *duplicates; /* NULL: copies are kept */
	bool checksums;
};

/**
 * struct walk - Where the decoder stands in one frame
 * @c:		What was captured of the layer at hand and all above it; never bad
 *		between handlers
 * @wire:	Bytes of the same on the wire, by the nearest length field around
 *		it, or by the frame; >= cursor_left(&c)
 * @bounded:	@wire comes from a length field, so a header that does not fit is
 *		a contradiction and not the end of the capture
 * @protocol:	IP protocol number of the layer at hand (LAYER_EXTENSION,
 *		LAYER_IP_IN_IP and LAYER_ICMP stand for several)
 * @depth:	Headers of encapsulation so far, at most DECODE_MAX_LAYERS
 * @extensions:	Extension headers of this IP packet so far
 * @completed:	Datagrams this frame put together, at most FRAGMENT_MAX_NESTED
 * @duplicates:	The decoder's; NULL when this frame is not compared: it has no time,
 *		or copies are kept
 * @ip:		The IP header at hand
 * @transport:	Header of what duplicate_packet() compares, whole: TCP, UDP, SCTP or an
 *		ICMP error; else NULL
 * @checksums:	Verify those of this frame
 * @rerouted:	A routing header is not at its end: the checksum covers another
 *		destination than the IPv6 header's (RFC 8200 8.1)
 */
struct walk {
	struct cursor c;
	size_t wire;
	struct facts *f;
	struct decoder *dec;
	struct duplicates *duplicates;
	const uint8_t *ip, *transport;
	uint8_t protocol;
	uint8_t depth;
	uint8_t extensions;
	uint8_t completed;
	bool bounded;
	bool checksums;
	bool rerouted;
};

FA_INLINE uint16_t load_be16(const uint8_t *p)
{
	return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

FA_INLINE uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Claim a header of @n bytes, or NULL: then the handler ends in walk_short(). */
FA_INLINE const uint8_t *walk_take(struct walk *w, size_t n)
{
	const uint8_t *p = w->c.pos;

	if (FA_UNLIKELY(n > (size_t)(w->c.end - p)))
		return NULL;
	w->c.pos = p + n;
	w->wire -= n;
	return p;
}

/* The layer above has @len bytes on the wire; what was captured beyond them is padding. */
FA_INLINE void walk_bound(struct walk *w, size_t len)
{
	if (len < (size_t)(w->c.end - w->c.pos))
		w->c.end = w->c.pos + len;
	w->wire = len;
	w->bounded = true;
}

FA_INLINE enum layer walk_end(struct walk *w, enum frame_class class)
{
	w->f->class = (uint8_t) class;
	return LAYER_DONE;
}

FA_INLINE enum layer walk_named(struct walk *w, enum frame_class class, unsigned value)
{
	w->f->class_value = (uint16_t)value;
	return walk_end(w, class);
}

/* The three places where bytes can run out, as pairs of classes. */
enum shortage { SHORT_LINK, SHORT_IP, SHORT_TRANSPORT };

static_assert(CLASS_TRUNCATED_IP == CLASS_TRUNCATED_LINK + SHORT_IP &&
		      CLASS_TRUNCATED_TRANSPORT == CLASS_TRUNCATED_LINK + SHORT_TRANSPORT &&
		      CLASS_MALFORMED_IP == CLASS_MALFORMED_LINK + SHORT_IP &&
		      CLASS_MALFORMED_TRANSPORT == CLASS_MALFORMED_LINK + SHORT_TRANSPORT,
	      "walk_short() adds the place to the first class of each kind");

/**
 * walk_short() - End where @need bytes were wanted and not there
 *
 * Truncated when the wire had them, or when nothing but the end of the capture
 * says otherwise; malformed when a length field around them is too small.
 */
FA_INLINE enum layer walk_short(struct walk *w, size_t need, enum shortage where)
{
	unsigned first = w->bounded && need > w->wire ? CLASS_MALFORMED_LINK : CLASS_TRUNCATED_LINK;

	return walk_end(w, (enum frame_class)(first + where));
}

/* Spend one header of encapsulation; false (and the class is set) when there are too many. */
FA_INLINE bool walk_enter(struct walk *w, unsigned tunnel)
{
	if (w->depth == DECODE_MAX_LAYERS) {
		w->f->class = CLASS_TUNNEL_TOO_DEEP;
		return false;
	}
	w->depth++;
	w->f->tunnels |= (uint16_t)tunnel;
	return true;
}

#define LINKTYPE_ETHERNET 1

/* link.c.  link_open() starts a frame; link_ethertype() says what follows an EtherType. */
enum layer link_open(struct walk *w, unsigned linktype);
enum layer link_ethernet(struct walk *w);
enum layer link_ethertype(struct walk *w, unsigned type);
enum layer link_ppp(struct walk *w);
/* True when an Ethernet header stands at @c and what follows it fits its EtherType. */
bool link_plausible(const struct cursor *c);

/* ip.c */
enum layer ip_v4(struct walk *w);
enum layer ip_v6(struct walk *w);
enum layer ip_extension(struct walk *w);
/* Bytes of an extension header, by its protocol number and second byte. */
size_t ip_extension_length(uint8_t protocol, uint8_t length);
bool ip_is_extension(uint8_t protocol);

/* transport.c */
enum layer transport_tcp(struct walk *w);
enum layer transport_udp(struct walk *w);
enum layer transport_sctp(struct walk *w);
enum layer transport_icmp(struct walk *w);

/* quoted.c: fill f->quoted from @c, which stands at the quoted IP header (@version 4 or 6). */
void quoted_read(struct facts *f, struct cursor c, unsigned version);

/*
 * tunnel.c.  tunnel_udp() stands at the payload of a datagram whose ports
 * tunnel_port() likes; LAYER_COUNT, and nothing is changed, when it is plain UDP.
 */
enum layer tunnel_vlan(struct walk *w);
enum layer tunnel_mpls(struct walk *w);
enum layer tunnel_pppoe(struct walk *w);
enum layer tunnel_metadata(struct walk *w);
enum layer tunnel_ip_in_ip(struct walk *w);
enum layer tunnel_gre(struct walk *w);
enum layer tunnel_udp(struct walk *w);

#define PORT_VXLAN       4789u /* RFC 7348 5 */
#define PORT_VXLAN_LINUX 8472u /* the Linux kernel's before there was a number */
#define PORT_GENEVE      6081u /* RFC 8926 3.3 */
#define PORT_TEREDO      3544u /* RFC 4380 5.1 */

/* VXLAN and Geneve go to their port from any; Teredo's server has it at either end. */
FA_INLINE bool tunnel_port(unsigned sport, unsigned dport)
{
	return dport == PORT_VXLAN || dport == PORT_VXLAN_LINUX || dport == PORT_GENEVE ||
	       dport == PORT_TEREDO || sport == PORT_TEREDO;
}

/* checksum.c: the Internet checksum (RFC 1071) over 16-bit words; @sum starts at 0. */
uint32_t checksum_add(uint32_t sum, const uint8_t *bytes, size_t len);
/* True when a sum that covered the checksum field itself fits. */
bool checksum_fits(uint32_t sum);
/* Of a TCP or UDP segment with the pseudo-header of f->src, f->dst (RFC 9293 3.1, RFC 8200 8.1). */
bool checksum_segment_fits(const struct facts *f, uint8_t protocol, const uint8_t *bytes,
			   size_t len);

#endif
