/* The canonical flow key. */
#include "fixture.h"

#include "flow/key.h"

extern CU_TestInfo tests_key[];

static struct flow_key key_of(const struct facts *f, unsigned *dir)
{
	struct flow_key key;

	memset(&key, 0xa5, sizeof(key));
	CU_ASSERT(flow_key_from_facts(f, &key, dir));
	return key;
}

static bool same(const struct flow_key *a, const struct flow_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static void directions(void)
{
	struct facts there = fix_packet(IPPROTO_TCP, 9, 5061, 2, 40000);
	struct facts back = fix_packet(IPPROTO_TCP, 2, 40000, 9, 5061);
	unsigned d1, d2;
	struct flow_key k1 = key_of(&there, &d1), k2 = key_of(&back, &d2);

	CU_ASSERT(same(&k1, &k2));
	CU_ASSERT_EQUAL(d1, 1);
	CU_ASSERT_EQUAL(d2, 0);
	CU_ASSERT_EQUAL(k1.port[0], 40000);
	CU_ASSERT_EQUAL(k1.port[1], 5061);
	CU_ASSERT_EQUAL(address_compare(&k1.addr[0], &back.src), 0);
	CU_ASSERT_EQUAL(k1.l4, IPPROTO_TCP);
	CU_ASSERT_EQUAL(k1.ip_version, 4);
	CU_ASSERT_EQUAL(k1.context, 0);
}

static void crossed_ports(void)
{
	struct facts a = fix_packet(IPPROTO_UDP, 1, 1, 2, 2);
	struct facts b = fix_packet(IPPROTO_UDP, 1, 2, 2, 1);
	unsigned dir;
	struct flow_key k1 = key_of(&a, &dir), k2 = key_of(&b, &dir);

	CU_ASSERT_FALSE(same(&k1, &k2));
}

static void one_address(void)
{
	struct facts there = fix_packet(IPPROTO_UDP, 5, 7000, 5, 6999);
	struct facts back = fix_packet(IPPROTO_UDP, 5, 6999, 5, 7000);
	struct facts self = fix_packet(IPPROTO_UDP, 5, 7000, 5, 7000);
	unsigned d1, d2;
	struct flow_key k1 = key_of(&there, &d1), k2 = key_of(&back, &d2);

	CU_ASSERT(same(&k1, &k2));
	CU_ASSERT_EQUAL(k1.port[0], 6999);
	CU_ASSERT(d1 == 1 && d2 == 0);
	(void)key_of(&self, &d1);
	CU_ASSERT_EQUAL(d1, 0);
}

/* Ordering is that of the bytes, in each half of an address. */
static void order_of_bytes(void)
{
	for (unsigned byte = 0; byte < 16; byte++) {
		struct facts f = { .class = CLASS_UDP, .l4 = IPPROTO_UDP, .ip_version = 6 };
		unsigned dir;

		f.src.b[byte] = 0x80;
		f.dst.b[byte] = 0x7f;
		memset(f.dst.b + byte + 1, 0xff, 15 - byte);
		(void)key_of(&f, &dir);
		CU_ASSERT_EQUAL(dir, 1);
	}
}

static void versions_and_protocols(void)
{
	struct facts v4 = fix_packet(IPPROTO_UDP, 1, 1, 2, 2), v6 = v4, tcp = v4;
	unsigned dir;
	struct flow_key k4 = key_of(&v4, &dir), k6, kt;

	v6.ip_version = 6;
	tcp.l4 = IPPROTO_TCP;
	tcp.class = CLASS_TCP;
	k6 = key_of(&v6, &dir);
	kt = key_of(&tcp, &dir);
	CU_ASSERT_FALSE(same(&k4, &k6));
	CU_ASSERT_FALSE(same(&k4, &kt));
}

static void no_flow(void)
{
	static const uint8_t without[] = { CLASS_ICMP,         CLASS_FRAGMENT,
					   CLASS_ARP,          CLASS_TRUNCATED_TRANSPORT,
					   CLASS_TRUNCATED_IP, CLASS_NAMED_IP_PROTOCOL };
	struct facts f = fix_packet(IPPROTO_UDP, 1, 1, 2, 2);
	struct flow_key key;
	unsigned dir;

	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		f.class = without[i];
		CU_ASSERT_FALSE(flow_key_from_facts(&f, &key, &dir));
	}
	f.class = CLASS_SCTP;
	f.l4 = IPPROTO_SCTP;
	CU_ASSERT(flow_key_from_facts(&f, &key, &dir));
}

static void quotes(void)
{
	struct facts p = fix_packet(IPPROTO_UDP, 9, 5000, 3, 3478);
	struct facts e = { .class = CLASS_ICMP,
			   .l4 = IPPROTO_ICMP,
			   .ip_version = 4,
			   .icmp_type = 3,
			   .icmp_code = 3,
			   .icmp_error = true,
			   .src = fix_address(3),
			   .dst = fix_address(9) };
	struct flow_key kp, ke;
	unsigned dp, de;

	e.quoted = (struct quoted){ .src = p.src,
				    .dst = p.dst,
				    .sport = p.sport,
				    .dport = p.dport,
				    .l4 = IPPROTO_UDP,
				    .present = true };
	kp = key_of(&p, &dp);
	CU_ASSERT(flow_key_from_quote(&e, &ke, &de));
	CU_ASSERT(same(&kp, &ke));
	CU_ASSERT_EQUAL(dp, de);
	e.quoted.present = false;
	CU_ASSERT_FALSE(flow_key_from_quote(&e, &ke, &de));
	e.quoted.present = true;
	e.quoted.l4 = IPPROTO_ICMP;
	CU_ASSERT_FALSE(flow_key_from_quote(&e, &ke, &de));
	e.quoted.l4 = IPPROTO_UDP;
	e.icmp_error = false;
	CU_ASSERT_FALSE(flow_key_from_quote(&e, &ke, &de));
}

CU_TestInfo tests_key[] = {
	{ "both directions of a flow have one key, and tell who sent", directions },
	{ "A:1 to B:2 is another flow than A:2 to B:1", crossed_ports },
	{ "ports order endpoints of one address", one_address },
	{ "addresses are ordered by their bytes", order_of_bytes },
	{ "IPv4, its mapped IPv6 twin and other protocols differ", versions_and_protocols },
	{ "only TCP, UDP and SCTP belong to flows", no_flow },
	{ "a quoted packet has the key of the packet", quotes },
	CU_TEST_INFO_NULL,
};
