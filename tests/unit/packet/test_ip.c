/* ip.c: the IP headers and what may stand between them and the transport. */
#include "packet/frames.h"

#include <string.h>

static struct bytes frame;
static struct seen s;

static size_t start4(unsigned protocol)
{
	frame.n = 0;
	put_ethernet(&frame, 0x0800);
	return put_ip4(&frame, protocol, 1);
}

static size_t start6(unsigned next)
{
	frame.n = 0;
	put_ethernet(&frame, 0x86dd);
	return put_ip6(&frame, next, 1);
}

static void udp10(void)
{
	size_t udp = put_udp(&frame, 1001, 2001);

	put(&frame, "0123456789", 10);
	end_udp(&frame, udp);
}

static void ipv4_options_are_skipped(void)
{
	size_t ip = start4(17);

	frame.b[ip] = 0x4f;
	put_hex(&frame, "07270400000000 00");
	put_zeros(&frame, 32);
	udp10();
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.sport, 1001);
	CU_ASSERT_EQUAL(s.f.payload_len, 10);
	CU_ASSERT_EQUAL(s.f.ip_len, 78);
}

static void ipv4_lengths_that_contradict_are_malformed(void)
{
	size_t ip = start4(17);

	udp10();
	end_ip4(&frame, ip);
	frame.b[ip] = 0x44;
	SEE(&frame, &s, CLASS_MALFORMED_IP);
	frame.b[ip] = 0x45;
	set16(&frame, ip + 2, 19);
	SEE(&frame, &s, CLASS_MALFORMED_IP);
	set16(&frame, ip + 2, 20);
	SEE(&frame, &s, CLASS_MALFORMED_TRANSPORT);
	CU_ASSERT_EQUAL(s.f.ip_len, 20);
	frame.b[ip] = 0x46;
	set16(&frame, ip + 2, 23);
	SEE(&frame, &s, CLASS_MALFORMED_IP);
	frame.b[ip] = 0x65;
	SEE(&frame, &s, CLASS_MALFORMED_IP);
	CU_ASSERT_EQUAL(s.f.ip_version, 0);
}

static void a_total_length_of_zero_is_the_frame(void)
{
	size_t ip = start4(17);

	udp10();
	set16(&frame, ip + 2, 0);
	SEE(&frame, &s, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.ip_len, 38);
	CU_ASSERT_EQUAL(s.f.payload_wire, 10);
}

static void a_length_past_the_frame_is_a_cut(void)
{
	size_t ip = start4(6);

	put_tcp(&frame, 1, 2, TCP_ACK);
	put(&frame, "0123", 4);
	set16(&frame, ip + 2, 1500);
	SEE(&frame, &s, CLASS_TCP);
	CU_ASSERT_EQUAL(s.f.payload_len, 4);
	CU_ASSERT_EQUAL(s.f.payload_wire, 1460);
	CU_ASSERT_EQUAL(s.f.ip_len, 1500);
}

static void a_length_past_the_one_around_it_is_padding(void)
{
	size_t ip;

	/* PPPoE has 42 bytes, and 6 of padding that the card counted into the IP length. */
	frame.n = 0;
	put_ethernet(&frame, 0x8864);
	put_hex(&frame, "1100 0001 002a 0021");
	ip = put_ip4(&frame, 6, 1);
	put_tcp(&frame, 443, 20394, TCP_ACK);
	put_zeros(&frame, 6);
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_TCP);
	CU_ASSERT_EQUAL(s.f.payload_wire, 0);
	CU_ASSERT_EQUAL(s.f.ip_len, 40);

	frame.n = 0;
	put_ethernet(&frame, 0x8864);
	put_hex(&frame, "1100 0001 003e 0057");
	ip = put_ip6(&frame, 6, 1);
	put_tcp(&frame, 443, 20394, TCP_ACK);
	put_zeros(&frame, 6);
	end_ip6(&frame, ip);
	SEE(&frame, &s, CLASS_TCP);
	CU_ASSERT_EQUAL(s.f.payload_wire, 0);
	CU_ASSERT_EQUAL(s.f.ip_len, 60);

	/* Nor can options lie behind the end that PPPoE has. */
	frame.n = 0;
	put_ethernet(&frame, 0x8864);
	put_hex(&frame, "1100 0001 0016 0021");
	ip = put_ip4(&frame, 6, 1);
	put_zeros(&frame, 20);
	end_ip4(&frame, ip);
	frame.b[ip] = 0x46;
	SEE(&frame, &s, CLASS_MALFORMED_IP);
}

static void an_ipv6_payload_length_of_zero_is_the_frame(void)
{
	size_t ip = start6(17);

	udp10();
	set16(&frame, ip + 4, 0);
	SEE(&frame, &s, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.ip_len, 58);
	CU_ASSERT_EQUAL(s.f.payload_wire, 10);
}

static void ipv6_of_another_version_is_malformed(void)
{
	size_t ip = start6(17);

	udp10();
	end_ip6(&frame, ip);
	frame.b[ip] = 0x40;
	SEE(&frame, &s, CLASS_MALFORMED_IP);
}

/* Chains of IPv6 extension headers that lead to UDP (17). */
static const struct {
	unsigned first;
	const char *headers;
} chains[] = {
	{ 0, "1100 0104 00000000" },                  /* hop by hop */
	{ 0, "1101 010c 00000000 0000000000000000" }, /* of 16 bytes */
	{ 60, "1100 0104 00000000" },
	{ 43, "1102 0401 00000000 20010db8000000000000000000000099" },
	{ 51, "1104 0000 00000001 00000001 112233445566778899aabbcc" }, /* AH: 24 bytes */
	{ 51, "1101 0000 00000001 00000001" },                          /* AH: 12 bytes */
	{ 135, "1100 0000 00000000" },
	{ 139, "1100 0000 00000000" },
	{ 140, "1100 0000 00000000" },
	{ 44, "1100 0000 00000001" }, /* atomic fragment */
	{ 44, "11ff 0006 00000001" }, /* and with its reserved bits set */
	{ 0, "2b00 0104 00000000 3c00 0400 00000000 2c00 0104 00000000 3300 0000 00000001"
	     "1104 0000 00000001 00000001 112233445566778899aabbcc" },
};

static void extension_headers_are_skipped(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++) {
		size_t ip = start6(chains[i].first);

		put_hex(&frame, chains[i].headers);
		udp10();
		end_ip6(&frame, ip);
		SEE(&frame, &s, CLASS_UDP);
		CU_ASSERT_EQUAL(s.f.sport, 1001);
		CU_ASSERT_EQUAL(s.f.payload_wire, 10);
		CU_ASSERT_EQUAL(s.f.ip_len, frame.n - 14);
		CU_ASSERT(!s.f.fragmented);
	}
}

static void ah_counts_in_4_octet_units_in_ipv4_too(void)
{
	size_t ip = start4(51);

	put_hex(&frame, "1104 0000 00000001 00000001 112233445566778899aabbcc");
	udp10();
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.dport, 2001);
}

static void the_chain_of_extensions_is_bounded(void)
{
	for (unsigned n = DECODE_MAX_EXTENSIONS; n <= DECODE_MAX_EXTENSIONS + 1; n++) {
		size_t ip = start6(60);

		for (unsigned i = 0; i < n; i++)
			put_hex(&frame, i + 1 < n ? "3c00 0104 00000000" : "1100 0104 00000000");
		udp10();
		end_ip6(&frame, ip);
		SEE(&frame, &s, n == DECODE_MAX_EXTENSIONS ? CLASS_UDP : CLASS_MALFORMED_IP);
	}
}

static void an_extension_past_the_packet_is_malformed(void)
{
	size_t ip = start6(60);

	put_hex(&frame, "11ff 0104 00000000");
	udp10();
	end_ip6(&frame, ip);
	SEE(&frame, &s, CLASS_MALFORMED_IP);
}

static const struct {
	unsigned version;
	unsigned first;
	const char *headers;
	unsigned value;
} named[] = {
	{ 4, 2, "16000000 00000000", 2 },
	{ 4, 50, "00000001 00000001", 50 },
	{ 4, 89, "0201 0000", 89 },
	{ 4, 136, "03e9 07d1 0000 0000", 136 }, /* UDP-Lite */
	{ 4, 0, "1100 0104 00000000", 0 },      /* extension headers are IPv6's */
	{ 4, 60, "1100 0104 00000000", 60 },
	{ 4, 44, "1100 0104 00000000", 44 },
	{ 4, 255, "00", 255 },
	{ 6, 59, "", 59 },
	{ 6, 59, "0123", 59 },
	{ 6, 50, "00000001 00000001", 50 },
	{ 6, 0, "6700 0104 00000000 2000", 103 },
	{ 6, 60, "3b00 0104 00000000", 59 },
	{ 6, 135, "3b00 0000 00000000", 135 },
	{ 6, 139, "3b00 0000 00000000", 139 },
	{ 6, 140, "3b00 0000 00000000", 140 },
};

static void padding_behind_no_next_header_is_not_the_packet(void)
{
	start6(59);
	put_zeros(&frame, 6);
	SEE(&frame, &s, CLASS_NAMED_IP_PROTOCOL);
	CU_ASSERT_EQUAL(s.f.ip_len, 40);
}

static void other_protocols_are_named_by_number(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		size_t ip = named[i].version == 4 ? start4(named[i].first) : start6(named[i].first);

		put_hex(&frame, named[i].headers);
		if (named[i].version == 4)
			end_ip4(&frame, ip);
		else
			end_ip6(&frame, ip);
		SEE(&frame, &s, CLASS_NAMED_IP_PROTOCOL);
		CU_ASSERT_EQUAL(s.f.class_value, named[i].value);
		CU_ASSERT_EQUAL(s.f.l4, 0);
		CU_ASSERT_EQUAL(s.f.src.b[15], 1);
	}
}

extern CU_TestInfo tests_ip[];
CU_TestInfo tests_ip[] = {
	{ "IPv4 options are skipped", ipv4_options_are_skipped },
	{ "IPv4 lengths that contradict are malformed",
	  ipv4_lengths_that_contradict_are_malformed },
	{ "a total length of zero is the frame", a_total_length_of_zero_is_the_frame },
	{ "a length past the frame is a cut", a_length_past_the_frame_is_a_cut },
	{ "a length past the one around it is padding",
	  a_length_past_the_one_around_it_is_padding },
	{ "an IPv6 payload length of zero is the frame",
	  an_ipv6_payload_length_of_zero_is_the_frame },
	{ "IPv6 of another version is malformed", ipv6_of_another_version_is_malformed },
	{ "extension headers are skipped", extension_headers_are_skipped },
	{ "AH counts in 4-octet units in IPv4 too", ah_counts_in_4_octet_units_in_ipv4_too },
	{ "the chain of extensions is bounded", the_chain_of_extensions_is_bounded },
	{ "an extension past the packet is malformed", an_extension_past_the_packet_is_malformed },
	{ "padding behind no next header is not the packet",
	  padding_behind_no_next_header_is_not_the_packet },
	{ "other protocols are named by number", other_protocols_are_named_by_number },
	CU_TEST_INFO_NULL
};
