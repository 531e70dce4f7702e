/* Names by nDPI (audit/namer.c), or the word that there are none (audit/namer_none.c). */
#include "audit/namer.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#define FLOWS (NAMER_SLOTS + 8u)

/* A query for example.com, RFC 1035 4.1; and the bytes TCP puts in front. */
static const uint8_t dns_over_tcp[] = { 0, 29,  0x12, 0x34, 1,   0,   0,   1,   0,   0,   0,
					0, 0,   0,    7,    'e', 'x', 'a', 'm', 'p', 'l', 'e',
					3, 'c', 'o',  'm',  0,   0,   1,   0,   1 };
static const uint8_t *const dns = dns_over_tcp + 2;
#define DNS_BYTES (sizeof(dns_over_tcp) - 2)

/* A namer, or NULL and a notice in a build without nDPI. */
static struct namer *open_namer(void)
{
	struct namer *namer;
	struct fa_error err;
	int status = namer_new(&namer, FLOWS, &err);

	if (!namer_available()) {
		CU_ASSERT_EQUAL(status, FA_EUNSUPPORTED);
		CU_ASSERT_STRING_EQUAL(err.text, "this build has no nDPI");
		CU_ASSERT_PTR_NULL(namer);
		printf("(skipped: no nDPI) ");
		return NULL;
	}
	CU_ASSERT_EQUAL_FATAL(status, 0);
	return namer;
}

static struct facts packet(uint8_t l4, uint16_t port, const void *payload, size_t len)
{
	return (struct facts){ .ts_ns = INT64_C(1795252442000000000),
			       .payload = payload,
			       .payload_len = (uint32_t)len,
			       .payload_wire = (uint32_t)len,
			       .l4 = l4,
			       .ip_version = 4,
			       .ttl = 64,
			       .sport = 40001,
			       .dport = port,
			       .seq = 1000,
			       .ack = 5000,
			       .tcp_flags = TCP_ACK | TCP_PSH,
			       .window = 65535 };
}

static void show(struct namer *namer, uint32_t id, struct facts f)
{
	namer_look(namer, id, &f, 0);
}

/* The other end's next packet. */
static void show_answer(struct namer *namer, uint32_t id, struct facts f)
{
	f.sport = f.dport;
	f.dport = 40001;
	f.seq = 5000;
	f.ack = 2000;
	namer_look(namer, id, &f, 1);
}

static void show_dns(struct namer *namer, uint32_t id)
{
	show(namer, id, packet(IPPROTO_UDP, 53, dns, DNS_BYTES));
}

static void is_named(const struct namer *namer, uint32_t id, const char *want)
{
	const char *name = namer_name(namer, id);

	CU_ASSERT_STRING_EQUAL(name == NULL ? "" : name, want);
}

/* The same everywhere: splitmix64. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void protocols_of_others_are_named(void)
{
	static const char ssdp[] = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
				   "MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n";
	static const char irc[] = "NICK someone\r\nUSER someone 0 * :Some One\r\n";
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	show_dns(n, 1);
	show(n, 2, packet(IPPROTO_TCP, 53, dns_over_tcp, sizeof(dns_over_tcp)));
	show(n, 3, packet(IPPROTO_UDP, 1900, ssdp, sizeof(ssdp) - 1));
	show(n, 4, packet(IPPROTO_TCP, 7000, irc, sizeof(irc) - 1));
	is_named(n, 1, "DNS");
	is_named(n, 2, "DNS");
	is_named(n, 3, "SSDP");
	is_named(n, 4, "IRC");
	is_named(n, 5, "");
	namer_free(n);
}

/* Redis is told by how each end begins. */
static void both_ends_are_told_apart(void)
{
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	show(n, 1, packet(IPPROTO_TCP, 7000, "*1\r\n$4\r\nPING\r\n", 14));
	is_named(n, 1, "");
	show_answer(n, 1, packet(IPPROTO_TCP, 7000, "+PONG\r\n", 7));
	is_named(n, 1, "Redis");
	namer_free(n);
}

/* nDPI remembers the ends of BitTorrent; here all flows seem to have the same ones. */
static void one_flow_names_no_other(void)
{
	static const char hello[68] = "\x13"
				      "BitTorrent protocol";
	uint8_t bytes[100];
	struct namer *n = open_namer();
	uint64_t state = 7;

	if (n == NULL)
		return;
	show(n, 1, packet(IPPROTO_TCP, 50001, hello, sizeof(hello)));
	for (unsigned i = 0; i < NAMER_PACKETS; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (uint8_t)next_random(&state);
		show(n, 2, packet(IPPROTO_TCP, 50001, bytes, sizeof(bytes)));
		is_named(n, 2, "");
	}
	namer_free(n);
}

/* Where nDPI and flowaudit disagree about them, it is not nDPI that looked harder. */
static void our_own_protocols_are_not_named(void)
{
	static const char http[] = "GET / HTTP/1.1\r\nHost: example.com\r\nUser-Agent: x\r\n\r\n";
	static const char sip[] = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c\r\n\r\n";
	uint8_t rtp[172] = { 0x80, 0, 0, 1, [8] = 1, 2, 3, 4 };
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	show(n, 1, packet(IPPROTO_TCP, 80, http, sizeof(http) - 1));
	show(n, 2, packet(IPPROTO_UDP, 5060, sip, sizeof(sip) - 1));
	for (uint8_t i = 0; i < 8; i++) {
		rtp[3] = i;
		show(n, 3, packet(IPPROTO_UDP, 50000, rtp, sizeof(rtp)));
	}
	is_named(n, 1, "");
	is_named(n, 2, "");
	is_named(n, 3, "");
	namer_free(n);
}

/* Eight packets of random bytes; does nDPI still see something in them? */
static bool random_flow_is_named(struct namer *n, uint8_t l4, uint16_t port, uint64_t *state)
{
	uint8_t bytes[512];
	struct facts f;
	bool named, tiny = next_random(state) % 2 != 0;

	for (unsigned i = 0; i < 8; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (uint8_t)next_random(state);
		f = packet(l4, port, bytes, 1 + next_random(state) % (tiny ? 24 : sizeof(bytes)));
		f.seq += i * 1000;
		show(n, 1, f);
	}
	named = namer_name(n, 1) != NULL;
	namer_forget(n, 1);
	return named;
}

static void random_bytes_get_no_name_by_their_port(void)
{
	struct namer *n = open_namer();
	uint64_t state = 1;
	unsigned flows = 0, named = 0, most = 0;

	if (n == NULL)
		return;
	for (unsigned port = 1; port <= 6000; port++)
		for (unsigned udp = 0; udp < 2; udp++) {
			unsigned here = 0;

			for (unsigned i = 0; i < 4; i++, flows++)
				here += random_flow_is_named(n, udp ? IPPROTO_UDP : IPPROTO_TCP,
							     (uint16_t)port, &state);
			named += here;
			most = here > most ? here : most;
		}
	CU_ASSERT(named * 1000 < flows);
	CU_ASSERT(most < 3);
	namer_free(n);
}

/* A header of DNS on port 53 whose counts its bytes cannot hold. */
static void a_name_by_port_is_looked_at_again(void)
{
	uint8_t query[DNS_BYTES];
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	memcpy(query, dns, sizeof(query));
	query[11] = 9; /* additional records */
	show(n, 1, packet(IPPROTO_UDP, 53, query, sizeof(query)));
	is_named(n, 1, "");
	query[11] = 0;
	query[5] = 0; /* questions */
	show(n, 2, packet(IPPROTO_UDP, 53, query, sizeof(query)));
	is_named(n, 2, "");
	namer_free(n);
}

static void cut_packets_are_not_shown(void)
{
	struct namer *n = open_namer();
	struct facts f = packet(IPPROTO_UDP, 53, dns, DNS_BYTES);

	if (n == NULL)
		return;
	f.payload_wire++;
	show(n, 1, f);
	is_named(n, 1, "");
	show_dns(n, 1);
	is_named(n, 1, "DNS");
	namer_free(n);
}

static void a_name_is_kept(void)
{
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	show_dns(n, 1);
	show(n, 1, packet(IPPROTO_UDP, 53, "something else", 14));
	is_named(n, 1, "DNS");
	namer_forget(n, 1);
	is_named(n, 1, "");
	namer_free(n);
}

/* Nothing of a flow before it, asked in vain, stays with a number. */
static void a_number_may_be_used_again(void)
{
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	for (unsigned i = 0; i < 2 * NAMER_PACKETS; i++)
		show(n, 1, packet(IPPROTO_UDP, 40000, "\x01", 1));
	show_dns(n, 1);
	is_named(n, 1, ""); /* given up after NAMER_PACKETS */
	namer_forget(n, 1);
	show_dns(n, 1);
	is_named(n, 1, "DNS");
	CU_ASSERT_EQUAL(namer_given_up(n), 0);
	namer_free(n);
}

/* A flow that nDPI has seen enough of leaves its room to others. */
static void asking_ends(void)
{
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	for (unsigned i = 0; i < NAMER_PACKETS; i++)
		show(n, 1, packet(IPPROTO_UDP, 40000, "\x01", 1));
	for (uint32_t id = 2; id <= NAMER_SLOTS + 1; id++)
		show(n, id, packet(IPPROTO_UDP, 40000, "\x01", 1));
	CU_ASSERT_EQUAL(namer_given_up(n), 0);
	namer_free(n);
}

static void the_oldest_is_given_up_for_room(void)
{
	struct namer *n = open_namer();

	if (n == NULL)
		return;
	for (uint32_t id = 1; id <= NAMER_SLOTS; id++)
		show(n, id, packet(IPPROTO_UDP, 40000, "\x01", 1));
	CU_ASSERT_EQUAL(namer_given_up(n), 0);
	show(n, NAMER_SLOTS + 1, packet(IPPROTO_UDP, 40000, "\x01", 1));
	CU_ASSERT_EQUAL(namer_given_up(n), 1);
	show_dns(n, 1);
	is_named(n, 1, "");
	show_dns(n, NAMER_SLOTS + 2); /* takes the place of flow 2, and leaves it */
	is_named(n, NAMER_SLOTS + 2, "DNS");
	CU_ASSERT_EQUAL(namer_given_up(n), 2);
	namer_forget(n, 3);
	show_dns(n, NAMER_SLOTS + 3);
	CU_ASSERT_EQUAL(namer_given_up(n), 2);
	namer_free(n);
}

/* Lengths at the bounds: nothing, and as much as an IPv4 packet can hold. */
static void any_length_may_come(void)
{
	struct namer *n = open_namer();
	uint8_t *most = calloc(1, 65535);

	CU_ASSERT_PTR_NOT_NULL_FATAL(most);
	for (uint8_t l4 = 0; n != NULL && l4 < 255; l4++)
		for (uint32_t len = 0; len < 8; len++) {
			show(n, 1, packet(l4, 53, most, len));
			show(n, 2, packet(l4, 443, most, 65535 - len * 12));
			namer_forget(n, 1);
			namer_forget(n, 2);
		}
	free(most);
	namer_free(n);
}

extern CU_TestInfo tests_namer[];
CU_TestInfo tests_namer[] = {
	{ "protocols that flowaudit does not know are named", protocols_of_others_are_named },
	{ "both ends of a flow are told apart", both_ends_are_told_apart },
	{ "no flow is named by what nDPI remembers of another", one_flow_names_no_other },
	{ "its own protocols are not named", our_own_protocols_are_not_named },
	{ "random bytes get no name by their port", random_bytes_get_no_name_by_their_port },
	{ "what nDPI takes for DNS is looked at again", a_name_by_port_is_looked_at_again },
	{ "packets cut by the snap length are not shown", cut_packets_are_not_shown },
	{ "a name is kept until it is forgotten", a_name_is_kept },
	{ "a number may be used again", a_number_may_be_used_again },
	{ "nothing is asked about a flow after enough packets", asking_ends },
	{ "the flow asked about longest is given up for room, and counted",
	  the_oldest_is_given_up_for_room },
	{ "any length and transport may come", any_length_may_come },
	CU_TEST_INFO_NULL
};
