/* quoted.c: the packet that an ICMP error is about. */
#include "packet/frames.h"

#include <string.h>

static struct bytes frame;
static struct seen s;

static size_t start4(void)
{
	size_t ip;

	frame.n = 0;
	put_ethernet(&frame, 0x8100);
	put_tag(&frame, 5, 0x0800);
	ip = put_ip4(&frame, 1, 1);
	put_hex(&frame, "030d 0000 00000000");
	return ip;
}

static size_t start6(void)
{
	size_t ip;

	frame.n = 0;
	put_ethernet(&frame, 0x86dd);
	ip = put_ip6(&frame, 58, 1);
	put_hex(&frame, "0101 0000 00000000");
	return ip;
}

static void check_error(bool present)
{
	SEE(&frame, &s, CLASS_ICMP);
	CU_ASSERT_FATAL(s.f.icmp_error);
	CU_ASSERT_EQUAL(s.f.quoted.present, present);
	/* The error itself keeps its own addresses and has no ports. */
	CU_ASSERT_EQUAL(s.f.src.b[15], 1);
	CU_ASSERT_EQUAL(s.f.sport, 0);
}

static void a_quoted_tcp_packet_has_ports_and_sequence(void)
{
	size_t ip = start4();
	size_t quote = put_ip4(&frame, 6, 33);

	put_tcp(&frame, 50000, 443, TCP_SYN);
	end_ip4(&frame, quote);
	end_ip4(&frame, ip);
	check_error(true);
	CU_ASSERT_EQUAL(s.f.vlan[0], 5);
	CU_ASSERT_EQUAL(s.f.quoted.l4, 6);
	CU_ASSERT_EQUAL(s.f.quoted.sport, 50000);
	CU_ASSERT_EQUAL(s.f.quoted.dport, 443);
	CU_ASSERT_EQUAL(s.f.quoted.tcp_seq, 0x01020304);
	CU_ASSERT_EQUAL(s.f.quoted.src.b[12], 192);
	CU_ASSERT_EQUAL(s.f.quoted.src.b[15], 33);
	CU_ASSERT_EQUAL(s.f.quoted.dst.b[12], 198);
	CU_ASSERT(address_is_v4(&s.f.quoted.src));

	/* Eight bytes of it are what RFC 792 promises; with seven there is no sequence number. */
	frame.n = quote + 28;
	end_ip4(&frame, ip);
	check_error(true);
	CU_ASSERT_EQUAL(s.f.quoted.tcp_seq, 0x01020304);
	frame.n--;
	end_ip4(&frame, ip);
	check_error(false);
	CU_ASSERT_EQUAL(s.f.quoted.tcp_seq, 0);
}

static void a_quoted_udp_packet_needs_its_ports(void)
{
	for (size_t n = 3; n <= 8; n++) {
		size_t ip = start4();
		size_t quote = put_ip4(&frame, 17, 33);

		put_udp(&frame, 3478, 50001);
		end_ip4(&frame, quote);
		frame.n = quote + 20 + n;
		end_ip4(&frame, ip);
		check_error(n >= 4);
		CU_ASSERT_EQUAL(s.f.quoted.l4, 17);
		if (n >= 4) {
			CU_ASSERT_EQUAL(s.f.quoted.sport, 3478);
			CU_ASSERT_EQUAL(s.f.quoted.dport, 50001);
			CU_ASSERT_EQUAL(s.f.quoted.tcp_seq, 0);
		}
	}
}

static void options_of_the_quote_are_skipped(void)
{
	size_t ip = start4();
	size_t quote = put_ip4(&frame, 132, 33);

	put_hex(&frame, "94040000");
	frame.b[quote] = 0x46;
	put_hex(&frame, "0f0c 0f0d 00000001");
	end_ip4(&frame, ip);
	check_error(true);
	CU_ASSERT_EQUAL(s.f.quoted.sport, 0x0f0c);
	CU_ASSERT_EQUAL(s.f.quoted.l4, 132);
}

static void a_quoted_later_fragment_has_no_ports(void)
{
	size_t ip = start4();
	size_t quote = put_ip4(&frame, 17, 33);

	put_udp(&frame, 3478, 50001);
	set16(&frame, quote + 6, 0x2000); /* the first one has */
	end_ip4(&frame, ip);
	check_error(true);
	set16(&frame, quote + 6, 0x0001);
	check_error(false);
	CU_ASSERT_EQUAL(s.f.quoted.sport, 0);
	CU_ASSERT_EQUAL(s.f.quoted.src.b[15], 33);
}

static void a_quote_without_ports_or_sense_is_absent(void)
{
	size_t ip = start4();
	size_t quote = put_ip4(&frame, 1, 33);

	put_hex(&frame, "0800 0000 0001 0001");
	end_ip4(&frame, ip);
	check_error(false);
	CU_ASSERT_EQUAL(s.f.quoted.l4, 1);
	frame.b[quote] = 0x65;
	check_error(false);
	CU_ASSERT_EQUAL(s.f.quoted.l4, 0);
	CU_ASSERT(s.f.quoted.src.b[15] == 0);
	frame.b[quote] = 0x44;
	check_error(false);
	CU_ASSERT_EQUAL(s.f.quoted.l4, 0);
}

/* Extension headers in a quoted IPv6 packet that lead to UDP; or, with a value, what stops them. */
static const struct {
	unsigned first;
	const char *headers;
	bool present;
	unsigned l4;
} chains[] = {
	{ 17, "", true, 17 },
	{ 0, "1100 0104 00000000", true, 17 },
	{ 43, "1102 0401 00000000 20010db8000000000000000000000099", true, 17 },
	{ 60, "2c01 0104 00000000 0000000000000000 1100 0001 00000001", true, 17 },
	{ 44, "1100 0008 00000001", false, 17 }, /* a later fragment */
	{ 51, "1104 0000 00000001 00000001 112233445566778899aabbcc", true, 17 },
	{ 51, "11ff 0000 00000001 00000001 112233445566778899aabbcc", false, 51 },
	{ 50, "00000001 00000001", false, 50 },
	{ 60,
	  "3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000"
	  "3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000"
	  "3c00010400000000 1100010400000000",
	  true, 17 },
	{ 60,
	  "3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000"
	  "3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000"
	  "3c00010400000000 3c00010400000000 1100010400000000",
	  false, 60 },
};

static void extension_headers_of_the_quote_are_skipped(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++) {
		size_t ip = start6();
		size_t quote = put_ip6(&frame, chains[i].first, 44);

		put_hex(&frame, chains[i].headers);
		put_udp(&frame, 3478, 50001);
		end_ip6(&frame, quote);
		end_ip6(&frame, ip);
		check_error(chains[i].present);
		CU_ASSERT_EQUAL(s.f.quoted.l4, chains[i].l4);
		CU_ASSERT_EQUAL(s.f.quoted.src.b[15], 44);
		CU_ASSERT_EQUAL(s.f.quoted.dst.b[5], 1);
		CU_ASSERT_EQUAL(s.f.quoted.sport, chains[i].present ? 3478 : 0);
	}
}

extern CU_TestInfo tests_quoted[];
CU_TestInfo tests_quoted[] = {
	{ "a quoted TCP packet has ports and sequence",
	  a_quoted_tcp_packet_has_ports_and_sequence },
	{ "a quoted UDP packet needs its ports", a_quoted_udp_packet_needs_its_ports },
	{ "options of the quote are skipped", options_of_the_quote_are_skipped },
	{ "a quoted later fragment has no ports", a_quoted_later_fragment_has_no_ports },
	{ "a quote without ports or sense is absent", a_quote_without_ports_or_sense_is_absent },
	{ "extension headers of the quote are skipped",
	  extension_headers_of_the_quote_are_skipped },
	CU_TEST_INFO_NULL
};
