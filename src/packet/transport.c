/* TCP, UDP, SCTP, ICMP and ICMPv6. */
#include "packet/walk.h"

#define PROTO_ICMP 1
#define PROTO_TCP  6
#define PROTO_UDP  17
#define PROTO_SCTP 132

#define TCP_HEADER 20u
#define UDP_HEADER 8u

/* The transport's payload begins here; @len bytes of it were on the wire. */
FA_INLINE void payload(struct walk *w, size_t len)
{
	struct facts *f = w->f;

	f->payload = w->c.pos;
	f->payload_len = (uint32_t)MIN((size_t)(w->c.end - w->c.pos), len);
	f->payload_wire = (uint32_t)len;
}

/* Both ports, which every transport has first; false when they were not captured. */
FA_INLINE bool ports(struct walk *w, struct cursor *c)
{
	w->f->sport = cursor_be16(c);
	w->f->dport = cursor_be16(c);
	return cursor_ok(c);
}

/* A segment of @len bytes from @h on, of which w->c.end says how many were captured. */
static void verify(struct walk *w, uint8_t protocol, const uint8_t *h, size_t len)
{
	/* A sum over half a segment says nothing, nor one with the wrong destination. */
	if ((size_t)(w->c.end - h) < len || w->rerouted)
		return;
	w->f->verified = true;
	if (!checksum_segment_fits(w->f, protocol, h, len))
		w->f->bad_checksum = true;
}

/* A TCP header that the capture cut: enough for a flow when the flags are there. */
static enum layer tcp_cut(struct walk *w)
{
	struct facts *f = w->f;
	struct cursor c = w->c;
	size_t header;

	if (!ports(w, &c))
		return walk_end(w, CLASS_TRUNCATED_TRANSPORT);
	f->seq = cursor_be32(&c);
	f->ack = cursor_be32(&c);
	header = (cursor_u8(&c) >> 4) * (size_t)4;
	f->tcp_flags = cursor_u8(&c);
	if (!cursor_ok(&c))
		return walk_end(w, CLASS_TRUNCATED_TRANSPORT);
	if (header < TCP_HEADER || header > w->wire)
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	f->window = cursor_be16(&c);
	w->c.pos = w->c.end;
	payload(w, w->wire - header);
	return walk_end(w, CLASS_TCP);
}

/* RFC 9293 3.1 */
enum layer transport_tcp(struct walk *w)
{
	struct facts *f = w->f;
	const uint8_t *h = w->c.pos;
	size_t have = (size_t)(w->c.end - h);
	size_t header;

	f->l4 = PROTO_TCP;
	if (FA_UNLIKELY(w->wire < TCP_HEADER))
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	if (FA_UNLIKELY(have < TCP_HEADER))
		return tcp_cut(w);
	f->sport = load_be16(h);
	f->dport = load_be16(h + 2);
	f->seq = load_be32(h + 4);
	f->ack = load_be32(h + 8);
	f->tcp_flags = h[13];
	f->window = load_be16(h + 14);
	header = (h[12] >> 4) * (size_t)4;
	if (FA_UNLIKELY(header < TCP_HEADER || header > w->wire))
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	if (FA_UNLIKELY(w->checksums))
		verify(w, PROTO_TCP, h, w->wire);
	w->transport = h;
	w->c.pos += MIN(header, have);
	payload(w, w->wire - header);
	return walk_end(w, CLASS_TCP);
}

/* Zero means that the sender computed none, which only IPv4 allows (RFC 768, RFC 8200 8.1). */
static void verify_udp(struct walk *w, const uint8_t *h, size_t len)
{
	if (load_be16(h + 6) != 0)
		verify(w, PROTO_UDP, h, len);
	else if (w->f->ip_version == 6)
		w->f->verified = w->f->bad_checksum = true;
}

/* A UDP header that the capture cut: the ports make it part of a flow. */
static enum layer udp_cut(struct walk *w)
{
	struct cursor c = w->c;
	size_t len;

	if (!ports(w, &c))
		return walk_end(w, CLASS_TRUNCATED_TRANSPORT);
	len = cursor_be16(&c);
	if (len == 0)
		len = w->wire;
	if (len < UDP_HEADER || len > w->wire)
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	w->c.pos = w->c.end;
	payload(w, len - UDP_HEADER);
	return walk_end(w, CLASS_UDP);
}

/* RFC 768.  A length of 0 is a jumbogram's or an offloading sender's (RFC 2675 4): all there is. */
enum layer transport_udp(struct walk *w)
{
	struct facts *f = w->f;
	const uint8_t *h = w->c.pos;
	size_t len;

	f->l4 = PROTO_UDP;
	if (FA_UNLIKELY(w->wire < UDP_HEADER))
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	if (FA_UNLIKELY((size_t)(w->c.end - h) < UDP_HEADER))
		return udp_cut(w);
	f->sport = load_be16(h);
	f->dport = load_be16(h + 2);
	len = load_be16(h + 4);
	if (FA_UNLIKELY(len == 0))
		len = w->wire;
	if (FA_UNLIKELY(len < UDP_HEADER || len > w->wire))
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	walk_bound(w, len);
	(void)walk_take(w, UDP_HEADER);
	if (FA_UNLIKELY(tunnel_port(f->sport, f->dport))) {
		enum layer next = tunnel_udp(w);

		if (next != LAYER_COUNT)
			return next;
	}
	w->transport = h;
	if (FA_UNLIKELY(w->checksums))
		verify_udp(w, h, len);
	payload(w, w->wire);
	return walk_end(w, CLASS_UDP);
}

/* RFC 9260 3.1 */
enum layer transport_sctp(struct walk *w)
{
	struct cursor c = w->c;

	w->f->l4 = PROTO_SCTP;
	if (w->wire < 12)
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	if (!ports(w, &c))
		return walk_end(w, CLASS_TRUNCATED_TRANSPORT);
	if (cursor_left(&w->c) >= 12)
		w->transport = w->c.pos;
	w->c.pos += MIN(cursor_left(&w->c), (size_t)12);
	payload(w, w->wire - 12);
	return walk_end(w, CLASS_SCTP);
}

/* Messages that quote the packet they are about, as bits by type. */
static const uint32_t quoting_v4 = 1u << 3 | 1u << 5 | 1u << 11 | 1u << 12;
static const uint32_t quoting_v6 = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4;

/* RFC 792, RFC 4443 2.1: every message has at least 8 bytes. */
enum layer transport_icmp(struct walk *w)
{
	struct facts *f = w->f;
	bool v4 = w->protocol == PROTO_ICMP;
	const uint8_t *h = w->c.pos;
	size_t have = cursor_left(&w->c);

	f->l4 = w->protocol;
	if (w->wire < 8)
		return walk_end(w, CLASS_MALFORMED_TRANSPORT);
	if (have < 4)
		return walk_end(w, CLASS_TRUNCATED_TRANSPORT);
	f->icmp_type = h[0];
	f->icmp_code = h[1];
	w->c.pos += MIN(have, (size_t)8);
	payload(w, w->wire - 8);
	f->icmp_error = h[0] < 32 && ((v4 ? quoting_v4 : quoting_v6) >> h[0] & 1) != 0;
	if (f->icmp_error) {
		quoted_read(f, w->c, v4 ? 4 : 6);
		if (have >= 8)
			w->transport = h;
	}
	return walk_end(w, CLASS_ICMP);
}
