/* The canonical flow key: both endpoints ordered together, so one key serves both directions. */
#include "flow/key.h"

#include <netinet/in.h>
#include <string.h>

/* Eight bytes in network order as a number. */
static inline uint64_t load_be64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

/* True when (a, ap) comes after (b, bp): as memcmp() of the addresses, then the ports. */
static inline bool endpoint_after(const struct address *a, uint16_t ap, const struct address *b,
				  uint16_t bp)
{
	uint64_t x = load_be64(a->b), y = load_be64(b->b);

	if (x != y)
		return x > y;
	x = load_be64(a->b + 8);
	y = load_be64(b->b + 8);
	if (x != y)
		return x > y;
	return ap > bp;
}

static bool has_ports(uint8_t l4)
{
	return l4 == IPPROTO_TCP || l4 == IPPROTO_UDP || l4 == IPPROTO_SCTP;
}

/*
 * The small fields are put together in a register and stored at once: the hash
 * reads them as one word, and a load that spans several stores waits for all.
 */
static inline void store_ports(struct flow_key *key, uint16_t port0, uint16_t port1, uint8_t l4,
			       uint8_t ip_version)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t word = (uint64_t)port0 | (uint64_t)port1 << 16 | (uint64_t)l4 << 32 |
			(uint64_t)ip_version << 40;

	memcpy((unsigned char *)key + offsetof(struct flow_key, port), &word, sizeof(word));
#else
	key->port[0] = port0;
	key->port[1] = port1;
	key->l4 = l4;
	key->ip_version = ip_version;
	key->context = 0;
#endif
}
static_assert(offsetof(struct flow_key, port) == 32 && offsetof(struct flow_key, l4) == 36 &&
		      offsetof(struct flow_key, ip_version) == 37,
	      "the last word of a key");

bool flow_key_from_facts(const struct facts *f, struct flow_key *key, unsigned *dir)
{
	if (f->class != CLASS_TCP && f->class != CLASS_UDP && f->class != CLASS_SCTP)
		return false;
	*dir = endpoint_after(&f->src, f->sport, &f->dst, f->dport);
	key->addr[*dir] = f->src;
	key->addr[*dir ^ 1u] = f->dst;
	store_ports(key, *dir ? f->dport : f->sport, *dir ? f->sport : f->dport, f->l4,
		    f->ip_version);
	return true;
}

bool flow_key_from_quote(const struct facts *f, struct flow_key *key, unsigned *dir)
{
	const struct quoted *q = &f->quoted;

	if (f->class != CLASS_ICMP || !f->icmp_error || !q->present || !has_ports(q->l4))
		return false;
	*dir = endpoint_after(&q->src, q->sport, &q->dst, q->dport);
	key->addr[*dir] = q->src;
	key->addr[*dir ^ 1u] = q->dst;
	store_ports(key, *dir ? q->dport : q->sport, *dir ? q->sport : q->dport, q->l4,
		    f->ip_version);
	return true;
}
