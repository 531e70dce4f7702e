/*
 * The same packet captured twice.
 *
 * What makes two captured packets one: what stands from the innermost IP header
 * up and no box on the way may change.  Addresses, length, identification; of TCP
 * sequence numbers, flags and window; of UDP its checksum and first bytes; of others
 * bytes of the body from both its ends, and the packet that an ICMP error quotes.
 * Never the link header, VLAN tag or tunnel, for the other copy comes from another
 * port; never TTL, traffic class or the checksum of IP, for it may come from behind
 * a router; never the options of a SYN, for routers rewrite the segment size they
 * announce.  A packet that a translator gave other addresses is another packet.
 *
 * How far apart: mirror ports and "-i any" copy within microseconds, a
 * firewall forwards within a few milliseconds.  What a sender repeats comes
 * later or differs.  Over IPv4 a retransmission has another identification, so
 * 10 ms are safe; the soonest repetition is one of STUN, after 100 ms (pjnath).
 *
 * Without an identification (IPv6, and what Linux sends with DF, RFC 6864 4.1)
 * it is the same packet again, and captures hold such things: a STUN request
 * twice within 3 ms, a fast TCP retransmission after 3 ms, SSDP after 5 ms.  So
 * the window is 1 ms, and some packets are never called copies:
 * - bare acknowledgements: three equal ones ask for a segment (RFC 5681 3.2);
 * - resets: a host sends the same one for each segment that comes too late;
 * - what the snap length cut: too little is there to compare;
 * - what has no checksum that fits.  A DHCP Discover and its Request are alike
 *   at both ends (same transaction, same padding); the checksum stands for the
 *   middle, but not where it is left to the network card.
 *
 * A copy that is missed is counted as a packet, as it was before there was this
 * file; a packet that is wrongly called a copy would be evidence lost.  So it is
 * no harm that only so many packets are remembered: the last ones, in a ring, and
 * found by chains as in zlib, so that what is found depends on nothing but their
 * order.
 * It remembers 64 bits of a keyed hash: folded products of pairs of words, each
 * word under a secret of its own.  Two different packets of one 10 ms get equal
 * bits with a chance near 2^-64, and who made the capture cannot help it along
 * without the secrets.
 */
#include "packet/duplicate.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "packet/walk.h"

/*
 * @before:	Place of the packet before it in its chain
 * @ts_ns:	Of the first copy, so that no row of packets becomes one
 */
struct remembered {
	uint64_t mark;
	int64_t ts_ns;
	uint32_t before;
};

/* So many more chains than packets that most are empty: the branch that asks is foreseen. */
#define CHAINS (8 * DUPLICATE_PACKETS)

#define PAIRS 7

/*
 * @places:	Packets so far, and as many as the ring holds: the newest is at the
 *		place before.  A place further back than the ring is long is forgotten
 * @newest:	Of each chain
 */
struct duplicates {
	struct remembered ring[DUPLICATE_PACKETS];
	uint32_t newest[CHAINS];
	uint32_t places;
	bool vlans_apart;
	uint64_t key[2 * PAIRS];
};

struct duplicates *duplicates_new(uint64_t seed, bool vlans_apart)
{
	struct duplicates *d = memory_array(1, sizeof(*d));
	struct hash_key key;

	if (d == NULL)
		return NULL;
	hash_key_init(&key, seed);
	for (uint64_t i = 0; i < ARRAY_SIZE(d->key); i++)
		d->key[i] = hash_bytes(&key, &i, sizeof(i));
	d->vlans_apart = vlans_apart;
	d->places = DUPLICATE_PACKETS + 1; /* place 0, where all chains end, is forgotten */
	return d;
}

void duplicates_free(struct duplicates *d)
{
	free(d);
}

FA_INLINE uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Two words under the pair of secrets @n. */
FA_INLINE uint64_t mix(const struct duplicates *d, unsigned n, uint64_t a, uint64_t b)
{
	return hash_fold_pair(a ^ d->key[2 * n], b ^ d->key[2 * n + 1]);
}

/* What of eight bytes of a header no box on the way changes. */
static const uint8_t in_ip4[8] = { [2] = 0xff, 0xff, 0xff, 0xff }; /* length, identification */
static const uint8_t in_ip6[8] = { [4] = 0xff, 0xff };             /* length */
static const uint8_t in_icmp[8] = { 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff };

/* Sixteen bytes from each end of what stands behind a header. */
FA_INLINE uint64_t mix_body(const struct duplicates *d, const uint8_t *body, size_t len)
{
	uint64_t h = 0;

	if (FA_LIKELY(len >= 8)) {
		h = mix(d, 3, load64(body), load64(body + len - 8));
		if (len > 16)
			h ^= mix(d, 4, load64(body + 8), load64(body + len - 16));
		return h;
	}
	while (len != 0)
		h = h << 8 | body[--len];
	return mix(d, 3, h, 0);
}

/* Has @mark been here within the window?  If not it is now. */
FA_INLINE bool seen_before(struct duplicates *d, uint64_t mark, int64_t ts_ns, int64_t window_ns)
{
	uint32_t *newest = &d->newest[mark % CHAINS], at = *newest;
	struct remembered *r;

	for (; FA_UNLIKELY(d->places - at <= DUPLICATE_PACKETS); at = r->before) {
		r = &d->ring[at % DUPLICATE_PACKETS];
		if (r->mark != mark)
			continue;
		/* Unsigned, because a capture may hold any two times, in any order. */
		if ((uint64_t)ts_ns - (uint64_t)r->ts_ns + (uint64_t)window_ns <=
		    2 * (uint64_t)window_ns)
			return true;
		break; /* those before it are older still */
	}
	r = &d->ring[d->places % DUPLICATE_PACKETS];
	r->mark = mark;
	r->ts_ns = ts_ns;
	r->before = *newest;
	*newest = d->places++;
	return false;
}

/* Without an identification: could it be told from a packet that is sent again? */
static bool tells_apart(const struct facts *f)
{
	if (f->payload_len < f->payload_wire)
		return false;
	return f->class != CLASS_TCP || f->payload_wire != 0 ||
	       (f->tcp_flags & (TCP_SYN | TCP_FIN)) != 0;
}

/* Without an identification: equal ends, and a checksum that vouches for the middle. */
static bool middle_fits(const struct facts *f, const uint8_t *h, size_t len)
{
	if (f->class == CLASS_UDP)
		return (h[6] | h[7]) != 0 && checksum_segment_fits(f, f->l4, h, len);
	return f->class != CLASS_TCP || (f->tcp_flags & TCP_SYN) != 0 ||
	       checksum_segment_fits(f, f->l4, h, len);
}

/* Addresses, length and identification; @more: 16 bits each of the class and the VLAN. */
FA_INLINE uint64_t mix_ip4(const struct duplicates *d, const uint8_t *ip, uint64_t more)
{
	return mix(d, 0, load64(ip + 12), (load64(ip) & load64(in_ip4)) ^ more);
}

FA_INLINE uint64_t of_class(enum frame_class class)
{
	return (uint64_t) class << 48;
}

static uint64_t mix_ip(const struct duplicates *d, const struct walk *w, enum frame_class class)
{
	const uint8_t *ip = w->ip;
	uint64_t more = of_class(class);

	if (d->vlans_apart && w->f->vlans != 0)
		more |= w->f->vlan[0];
	if (w->f->ip_version == 4)
		return mix_ip4(d, ip, more);
	return mix(d, 0, load64(ip + 8), (load64(ip) & load64(in_ip6)) ^ more) ^
	       mix(d, 1, load64(ip + 16), load64(ip + 24)) ^ mix(d, 2, load64(ip + 32), 6);
}

/* @len bytes from @h on, of which the first 20 are there. */
FA_INLINE uint64_t mix_tcp(const struct duplicates *d, const struct facts *f, const uint8_t *h,
			   size_t len)
{
	uint64_t mark = mix(d, 5, load64(h), load64(h + 8));

	if (f->ip_id != 0 || (f->tcp_flags & TCP_SYN) != 0)
		return mark;
	return mark ^ mix_body(d, h + 16, len - 16);
}

/* The checksum stands for the body behind its first bytes. */
FA_INLINE uint64_t mix_udp(const struct duplicates *d, const uint8_t *h, size_t len)
{
	if (FA_LIKELY(len >= 16))
		return mix(d, 5, load64(h), load64(h + 8));
	return mix(d, 5, load64(h), 0) ^ mix_body(d, h + 8, len - 8);
}

/* Also by what of the quoted packet may lie between the ends of the body. */
static uint64_t mix_icmp(const struct duplicates *d, const struct quoted *q, const uint8_t *h,
			 size_t len)
{
	return mix(d, 5, load64(h) & load64(in_icmp), 0) ^ mix_body(d, h + 8, len - 8) ^
	       mix(d, 6, q->sport | (uint64_t)q->dport << 16 | (uint64_t)q->tcp_seq << 32,
		   load64(q->dst.b + 8));
}

/* Out of line, so that what it keeps in registers costs most packets nothing. */
static __attribute__((noinline)) uint64_t mix_any(const struct duplicates *d, const struct walk *w)
{
	const struct facts *f = w->f;
	const uint8_t *h = w->transport;
	size_t len = (size_t)(w->c.end - h);
	uint64_t mark = mix_ip(d, w, (enum frame_class)f->class);

	if (f->class == CLASS_TCP)
		return mark ^ mix_tcp(d, f, h, len);
	if (f->class == CLASS_UDP)
		return mark ^ mix_udp(d, h, len);
	if (f->class == CLASS_SCTP)
		return mark ^ mix(d, 5, load64(h), 0) ^ mix_body(d, h + 8, len - 8);
	return mark ^ mix_icmp(d, &f->quoted, h, len);
}

bool duplicate_packet(struct duplicates *d, const struct walk *w)
{
	const struct facts *f = w->f;
	const uint8_t *h = w->transport;
	size_t len = (size_t)(w->c.end - h);
	uint64_t mark;

	if (f->ip_id == 0 && !tells_apart(f))
		return false;
	if (FA_UNLIKELY(f->ip_version != 4 || f->class > CLASS_UDP || d->vlans_apart))
		mark = mix_any(d, w);
	else if (FA_LIKELY(f->class == CLASS_UDP))
		mark = mix_udp(d, h, len) ^ mix_ip4(d, w->ip, of_class(CLASS_UDP));
	else
		mark = mix_tcp(d, f, h, len) ^ mix_ip4(d, w->ip, of_class(CLASS_TCP));
	if (FA_LIKELY(
		    !seen_before(d, mark, f->ts_ns,
				 f->ip_id != 0 ? DUPLICATE_WINDOW_NS : DUPLICATE_WINDOW_NO_ID_NS)))
		return false;
	return f->ip_id != 0 || middle_fits(f, h, len);
}
static_assert(CLASS_TCP < CLASS_UDP && CLASS_UDP < CLASS_SCTP, "one comparison above");

bool duplicate_fragment(struct duplicates *d, const struct walk *w, const struct fragment *piece)
{
	uint64_t mark = mix_ip(d, w, CLASS_FRAGMENT);

	mark ^= mix(d, 5, piece->id | (uint64_t)piece->offset << 32,
		    piece->len | (uint64_t)piece->protocol << 32 | (uint64_t)piece->more << 40);
	mark ^= mix_body(d, piece->bytes, piece->captured);
	return seen_before(d, mark, w->f->ts_ns, DUPLICATE_WINDOW_NS);
}
