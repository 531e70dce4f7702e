/* transport.c: ports, flags, payload and its lengths. */
#include "packet/frames.h"

#include <string.h>

static struct bytes frame;
static struct seen s;

static size_t start(unsigned protocol)
{
	frame.n = 0;
	put_ethernet(&frame, 0x0800);
	return put_ip4(&frame, protocol, 1);
}

static void tcp_fields_are_in_host_order(void)
{
	size_t ip = start(6);

	put_tcp(&frame, 50123, 5061, TCP_PSH | TCP_ACK);
	put(&frame, "hello", 5);
	end_ip4(&frame, ip);
	put_zeros(&frame, 1); /* to 60 bytes */
	SEE(&frame, &s, CLASS_TCP);
	CU_ASSERT_EQUAL(s.f.l4, 6);
	CU_ASSERT_EQUAL(s.f.sport, 50123);
	CU_ASSERT_EQUAL(s.f.dport, 5061);
	CU_ASSERT_EQUAL(s.f.seq, 0x01020304);
	CU_ASSERT_EQUAL(s.f.ack, 0x05060708);
	CU_ASSERT_EQUAL(s.f.window, 0x2345);
	CU_ASSERT_EQUAL(s.f.tcp_flags, TCP_PSH | TCP_ACK);
	CU_ASSERT_EQUAL_FATAL(s.f.payload_len, 5);
	CU_ASSERT_EQUAL(s.f.payload_wire, 5);
	CU_ASSERT_EQUAL(memcmp(s.payload, "hello", 5), 0);
	CU_ASSERT(!s.f.icmp_error && !s.f.fragmented);
}

static void tcp_data_offset_is_checked(void)
{
	size_t ip = start(6);
	size_t tcp = frame.n;

	put_tcp(&frame, 1, 2, TCP_SYN);
	put_hex(&frame, "020405b4 61");
	end_ip4(&frame, ip);
	frame.b[tcp + 12] = 0x60;
	SEE(&frame, &s, CLASS_TCP);
	CU_ASSERT_EQUAL(s.f.payload_len, 1);
	CU_ASSERT_EQUAL(s.payload[0], 0x61);
	frame.b[tcp + 12] = 0x70; /* 28 bytes of 25 */
	SEE(&frame, &s, CLASS_MALFORMED_TRANSPORT);
	frame.b[tcp + 12] = 0x40;
	SEE(&frame, &s, CLASS_MALFORMED_TRANSPORT);
	CU_ASSERT_EQUAL(s.f.l4, 6);
}

static void a_tcp_packet_of_19_bytes_is_malformed(void)
{
	size_t ip = start(6);

	put_tcp(&frame, 1, 2, TCP_SYN);
	frame.n--;
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_MALFORMED_TRANSPORT);
}

/* Decode the first @n bytes of the frame as a snap length leaves them. */
static void cut_to(size_t n)
{
	struct decoder *dec = small_decoder(true);

	see_with(dec, &frame, n, frame.n, 1, 0, &s);
	decoder_free(dec);
}

static void a_tcp_header_cut_after_its_flags_is_tcp(void)
{
	size_t ip = start(6);
	size_t tcp = frame.n;

	put_tcp(&frame, 80, 50000, TCP_RST | TCP_ACK);
	put_zeros(&frame, 100);
	end_ip4(&frame, ip);
	frame.b[tcp + 12] = 0x80;
	cut_to(tcp + 3);
	CU_ASSERT_EQUAL(s.f.class, CLASS_TRUNCATED_TRANSPORT);
	cut_to(tcp + 4);
	CU_ASSERT_EQUAL(s.f.class, CLASS_TRUNCATED_TRANSPORT);
	CU_ASSERT_EQUAL(s.f.sport, 80);
	CU_ASSERT_EQUAL(s.f.dport, 50000);
	cut_to(tcp + 13);
	CU_ASSERT_EQUAL(s.f.class, CLASS_TRUNCATED_TRANSPORT);
	cut_to(tcp + 14);
	CU_ASSERT_EQUAL(s.f.class, CLASS_TCP);
	CU_ASSERT_EQUAL(s.f.tcp_flags, TCP_RST | TCP_ACK);
	CU_ASSERT_EQUAL(s.f.window, 0);
	CU_ASSERT_EQUAL(s.f.payload_len, 0);
	CU_ASSERT_EQUAL(s.f.payload_wire, 88);
	cut_to(tcp + 16);
	CU_ASSERT_EQUAL(s.f.window, 0x2345);
	cut_to(tcp + 31); /* within the options */
	CU_ASSERT_EQUAL(s.f.class, CLASS_TCP);
	CU_ASSERT_EQUAL(s.f.payload_len, 0);
	CU_ASSERT_EQUAL(s.f.payload_wire, 88);
	cut_to(tcp + 33);
	CU_ASSERT_EQUAL(s.f.payload_len, 1);
	CU_ASSERT_EQUAL(s.f.payload_wire, 88);
}

static void udp_length_bounds_the_payload(void)
{
	static const struct {
		unsigned length, class, payload;
	} cases[] = {
		{ 18, CLASS_UDP, 10 },
		{ 17, CLASS_UDP, 9 },
		{ 8, CLASS_UDP, 0 },
		{ 7, CLASS_MALFORMED_TRANSPORT, 0 },
		{ 1, CLASS_MALFORMED_TRANSPORT, 0 },
		{ 0, CLASS_UDP, 10 },
		{ 19, CLASS_MALFORMED_TRANSPORT, 0 },
		{ 65535, CLASS_MALFORMED_TRANSPORT, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t ip = start(17);
		size_t udp = put_udp(&frame, 5060, 5062);

		put(&frame, "0123456789", 10);
		set16(&frame, udp + 4, cases[i].length);
		end_ip4(&frame, ip);
		SEE(&frame, &s, cases[i].class);
		CU_ASSERT_EQUAL(s.f.payload_len, cases[i].payload);
		CU_ASSERT_EQUAL(s.f.payload_wire, cases[i].payload);
		CU_ASSERT_EQUAL(s.f.sport, 5060);
		CU_ASSERT_EQUAL(s.f.dport, 5062);
	}
}

static void a_udp_packet_of_7_bytes_is_malformed(void)
{
	size_t ip = start(17);

	put_zeros(&frame, 7);
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_MALFORMED_TRANSPORT);
}

static void udp_with_its_ports_is_udp(void)
{
	size_t ip = start(17);
	size_t udp = put_udp(&frame, 5060, 5062);

	put(&frame, "0123456789", 10);
	end_udp(&frame, udp);
	end_ip4(&frame, ip);
	cut_to(udp);
	CU_ASSERT_EQUAL(s.f.class, CLASS_TRUNCATED_TRANSPORT);
	cut_to(udp + 3);
	CU_ASSERT_EQUAL(s.f.class, CLASS_TRUNCATED_TRANSPORT);
	for (size_t n = 4; n <= 18; n++) {
		cut_to(udp + n);
		CU_ASSERT_EQUAL(s.f.class, CLASS_UDP);
		CU_ASSERT_EQUAL(s.f.sport, 5060);
		CU_ASSERT_EQUAL(s.f.payload_len, n > 8 ? n - 8 : 0);
		CU_ASSERT_EQUAL(s.f.payload_wire, 10);
	}
	/* A bad length is bad in a cut header too. */
	set16(&frame, udp + 4, 7);
	cut_to(udp + 6);
	CU_ASSERT_EQUAL(s.f.class, CLASS_MALFORMED_TRANSPORT);
	set16(&frame, udp + 4, 19);
	cut_to(udp + 6);
	CU_ASSERT_EQUAL(s.f.class, CLASS_MALFORMED_TRANSPORT);
}

static void sctp_has_ports_and_a_header_of_12(void)
{
	size_t ip = start(132);

	put_hex(&frame, "0f0c 0f0d 00000001 00000000 0100");
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_SCTP);
	CU_ASSERT_EQUAL(s.f.l4, 132);
	CU_ASSERT_EQUAL(s.f.sport, 0x0f0c);
	CU_ASSERT_EQUAL(s.f.dport, 0x0f0d);
	CU_ASSERT_EQUAL(s.f.payload_len, 2);
	frame.n -= 3;
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_MALFORMED_TRANSPORT);
}

static void icmp_has_type_code_and_payload(void)
{
	size_t ip = start(1);

	put_hex(&frame, "0800 0000 0001 0001 6162");
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_ICMP);
	CU_ASSERT_EQUAL(s.f.l4, 1);
	CU_ASSERT_EQUAL(s.f.icmp_type, 8);
	CU_ASSERT(!s.f.icmp_error);
	CU_ASSERT_EQUAL(s.f.payload_len, 2);
	CU_ASSERT_EQUAL(s.f.sport, 0);
	frame.n -= 3; /* every message has 8 bytes */
	end_ip4(&frame, ip);
	SEE(&frame, &s, CLASS_MALFORMED_TRANSPORT);
}

static void errors_are_the_types_that_quote(void)
{
	for (unsigned type = 0; type < 256; type++) {
		size_t ip = start(1);
		bool error = type == 3 || type == 5 || type == 11 || type == 12;

		put8(&frame, type);
		put_hex(&frame, "0d 0000 00000000");
		end_ip4(&frame, ip);
		cut_to(frame.n);
		CU_ASSERT_EQUAL(s.f.icmp_error, error);
		CU_ASSERT_EQUAL(s.f.icmp_type, type);
		CU_ASSERT_EQUAL(s.f.icmp_code, 13);
		CU_ASSERT(!error || !s.f.quoted.present);

		frame.n = 0;
		put_ethernet(&frame, 0x86dd);
		ip = put_ip6(&frame, 58, 1);
		put8(&frame, type);
		put_hex(&frame, "01 0000 00000000");
		end_ip6(&frame, ip);
		cut_to(frame.n);
		CU_ASSERT_EQUAL(s.f.class, CLASS_ICMP);
		CU_ASSERT_EQUAL(s.f.l4, 58);
		CU_ASSERT_EQUAL(s.f.icmp_error, type >= 1 && type <= 4);
	}
}

extern CU_TestInfo tests_transport[];
CU_TestInfo tests_transport[] = {
	{ "TCP fields are in host order", tcp_fields_are_in_host_order },
	{ "TCP data offset is checked", tcp_data_offset_is_checked },
	{ "a TCP packet of 19 bytes is malformed", a_tcp_packet_of_19_bytes_is_malformed },
	{ "a TCP header cut after its flags is TCP", a_tcp_header_cut_after_its_flags_is_tcp },
	{ "UDP length bounds the payload", udp_length_bounds_the_payload },
	{ "a UDP packet of 7 bytes is malformed", a_udp_packet_of_7_bytes_is_malformed },
	{ "UDP with its ports is UDP", udp_with_its_ports_is_udp },
	{ "SCTP has ports and a header of 12", sctp_has_ports_and_a_header_of_12 },
	{ "ICMP has type, code and payload", icmp_has_type_code_and_payload },
	{ "errors are the types that quote", errors_are_the_types_that_quote },
	CU_TEST_INFO_NULL
};
