/* tunnel.c: tags, labels, PPPoE, GRE and its guests, tunnels over UDP. */
#include "packet/frames.h"

#include <string.h>

static struct bytes frame;
static struct seen s;

static void start(unsigned type)
{
	frame.n = 0;
	put_ethernet(&frame, type);
}

static void vlan_ids_are_the_outermost_two(void)
{
	start(0x88a8);
	put_tag(&frame, 0x2064, 0x9100);
	put_tag(&frame, 0x0fff, 0x9200);
	put_tag(&frame, 30, 0x8100);
	put_tag(&frame, 40, 0x0800);
	put_packet4(&frame, 5);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 5);
	CU_ASSERT_EQUAL(s.f.vlans, 2);
	CU_ASSERT_EQUAL(s.f.vlan[0], 0x064);
	CU_ASSERT_EQUAL(s.f.vlan[1], 0xfff);
	CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_VLAN);
}

static void a_priority_tag_names_no_vlan(void)
{
	start(0x8100);
	put_tag(&frame, 0xe000, 0x8100);
	put_tag(&frame, 1, 0x0800);
	put_packet4(&frame, 5);
	SEE(&frame, &s, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.vlans, 1);
	CU_ASSERT_EQUAL(s.f.vlan[0], 1);
	CU_ASSERT_EQUAL(s.f.vlan[1], 0);
}

static void llc_and_bad_types_behind_a_tag_have_a_class(void)
{
	start(0x8100);
	put_tag(&frame, 1, 38);
	put_hex(&frame, "424203 00000000");
	SEE(&frame, &s, CLASS_LINK_CONTROL);
	start(0x8100);
	put_tag(&frame, 1, 0x05f0);
	put_zeros(&frame, 20);
	SEE(&frame, &s, CLASS_MALFORMED_LINK);
}

static void qinq_with_pppoe_is_followed(void)
{
	start(0x88a8);
	put_tag(&frame, 100, 0x8100);
	put_tag(&frame, 200, 0x8864);
	put_hex(&frame, "1100 0007 003c 0057");
	put_packet6(&frame, 6);
	put_zeros(&frame, 4); /* padding */
	SEE(&frame, &s, CLASS_UDP);
	check_packet6(&s, 6);
	CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_VLAN | TUNNEL_PPPOE);
	CU_ASSERT_EQUAL(s.f.vlan[0], 100);
	CU_ASSERT_EQUAL(s.f.vlan[1], 200);
}

static void pppoe_without_data_or_sense_has_a_class(void)
{
	start(0x8864);
	put_hex(&frame, "1100 0007 0006 c021 0901 0004");
	SEE(&frame, &s, CLASS_LINK_CONTROL);
	start(0x8864);
	put_hex(&frame, "11a7 0007 0000");
	SEE(&frame, &s, CLASS_LINK_CONTROL);
	start(0x8864);
	put_hex(&frame, "2100 0007 0006 c021 0901 0004");
	SEE(&frame, &s, CLASS_MALFORMED_LINK);
	start(0x8864);
	put_hex(&frame, "1100 0007 0001 00 21 4500"); /* a length that cuts the protocol */
	SEE(&frame, &s, CLASS_MALFORMED_LINK);
}

static void labels_lead_to_ip_of_either_version(void)
{
	start(0x8847);
	put_hex(&frame, "00064040 00001140");
	put_packet4(&frame, 1);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 1);
	CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_MPLS);
	start(0x8848);
	put_hex(&frame, "00002140");
	put_packet6(&frame, 2);
	SEE(&frame, &s, CLASS_UDP);
	check_packet6(&s, 2);
}

static void pseudowires_are_guessed_with_and_without_control_word(void)
{
	static const char *const starts[] = {
		"00064140 00000000",             /* control word */
		"00064140 00001234", "00064140", /* none, and the address begins with a 0 nibble */
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		start(0x8847);
		put_hex(&frame, starts[i]);
		put_ethernet(&frame, 0x8100);
		put_tag(&frame, 9, 0x0800);
		put_packet4(&frame, 3);
		SEE(&frame, &s, CLASS_UDP);
		check_packet4(&s, 3);
		CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_MPLS | TUNNEL_VLAN);
	}
	/* An Ethernet address that begins with a zero byte is no control word. */
	start(0x8847);
	put_hex(&frame, "00064140 001b21000002 020000000001 8100 0009 0800");
	put_packet4(&frame, 4);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 4);
	CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_MPLS | TUNNEL_VLAN);
	/* An Ethernet address that begins as IPv4 and IPv6 do. */
	start(0x8847);
	put_hex(&frame, "00064140 450000000002 020000000001 86dd");
	put_packet6(&frame, 4);
	SEE(&frame, &s, CLASS_UDP);
	check_packet6(&s, 4);
	start(0x8847);
	put_hex(&frame, "00064140 600000000002 020000000001 0800");
	put_packet4(&frame, 4);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 4);
}

static void labels_over_the_unknown_are_named(void)
{
	start(0x8847);
	put_hex(&frame, "00064140 1000 0007 0000");
	SEE(&frame, &s, CLASS_LINK_CONTROL); /* associated channel */
	start(0x8847);
	put_hex(&frame, "00064140 f0000000 00000000 00000000 00000000 00000000");
	SEE(&frame, &s, CLASS_NAMED_ETHERTYPE);
	CU_ASSERT_EQUAL(s.f.class_value, 0x8847);
	start(0x8847);
	put_hex(&frame, "00064140");
	SEE(&frame, &s, CLASS_TRUNCATED_LINK);
}

static void cisco_metadata_is_skipped(void)
{
	start(0x8909);
	put_hex(&frame, "0101 0001 0010 0800");
	put_packet4(&frame, 7);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 7);
	start(0x8909);
	put_hex(&frame, "0102 0001 0010 0000 0000 86dd");
	put_packet6(&frame, 7);
	SEE(&frame, &s, CLASS_UDP);
	check_packet6(&s, 7);
	start(0x8909);
	put_hex(&frame, "0201 0001 0010 0800");
	SEE(&frame, &s, CLASS_NAMED_ETHERTYPE);
	CU_ASSERT_EQUAL(s.f.class_value, 0x8909);
}

static void ip_in_ip_describes_the_inner_packet(void)
{
	size_t outer;

	start(0x0800);
	outer = put_ip4(&frame, 4, 99);
	put_packet4(&frame, 1);
	end_ip4(&frame, outer);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 1);
	CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_IPIP);

	start(0x0800);
	outer = put_ip4(&frame, 41, 99);
	put_packet6(&frame, 2);
	end_ip4(&frame, outer);
	SEE(&frame, &s, CLASS_UDP);
	check_packet6(&s, 2);
	CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_IPIP);

	start(0x86dd);
	outer = put_ip6(&frame, 4, 99);
	put_packet4(&frame, 3);
	end_ip6(&frame, outer);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 3);

	start(0x86dd);
	outer = put_ip6(&frame, 41, 99);
	put_packet6(&frame, 4);
	end_ip6(&frame, outer);
	SEE(&frame, &s, CLASS_UDP);
	check_packet6(&s, 4);
}

static void an_inner_packet_without_room_is_malformed(void)
{
	size_t outer;

	start(0x0800);
	outer = put_ip4(&frame, 4, 99);
	put_hex(&frame, "45000026");
	end_ip4(&frame, outer);
	SEE(&frame, &s, CLASS_MALFORMED_IP);
	CU_ASSERT_EQUAL(s.f.src.b[15], 99);
}

/* GRE headers, up to the IPv4 packet put_packet4(8). */
static const struct {
	const char *header;
	unsigned tunnels;
} gre[] = {
	{ "0000 0800", TUNNEL_GRE },
	{ "8000 0800 12340000", TUNNEL_GRE },
	{ "2000 0800 00000001", TUNNEL_GRE },
	{ "1000 0800 00000001", TUNNEL_GRE },
	{ "b000 0800 12340000 00000001 00000002", TUNNEL_GRE },
	{ "0000 6558 020000000002 020000000001 0800", TUNNEL_GRE },
	{ "2000 6558 00000001 020000000002 020000000001 8100 0005 0800", TUNNEL_GRE | TUNNEL_VLAN },
	{ "0000 8847 00001140", TUNNEL_GRE | TUNNEL_MPLS },
	{ "0000 880b ff03 0021", TUNNEL_GRE },
	/* PPTP: key and sequence; and an acknowledgement besides; without framing */
	{ "3001 880b 002a 0001 00000001 ff03 0021", TUNNEL_GRE },
	{ "3081 880b 002a 0001 00000001 00000002 ff03 0021", TUNNEL_GRE },
	{ "3001 880b 0027 0001 00000001 21", TUNNEL_GRE },
	/* ERSPAN I, II, III, III with a platform's subheader, III with a bare packet */
	{ "0000 88be 020000000002 020000000001 0800", TUNNEL_GRE | TUNNEL_ERSPAN },
	{ "1000 88be 00000001 10010000 00000000 020000000002 020000000001 0800",
	  TUNNEL_GRE | TUNNEL_ERSPAN },
	{ "1000 22eb 00000001 20010000 00000000 00000000 020000000002 020000000001 0800",
	  TUNNEL_GRE | TUNNEL_ERSPAN },
	{ "1000 22eb 00000001 20010000 00000000 00000001 1122334455667788"
	  "020000000002 020000000001 0800",
	  TUNNEL_GRE | TUNNEL_ERSPAN },
	{ "1000 22eb 00000001 20010000 00000000 00000800", TUNNEL_GRE | TUNNEL_ERSPAN },
};

static void gre_and_its_guests_are_followed(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(gre); i++) {
		size_t outer;

		start(0x0800);
		outer = put_ip4(&frame, 47, 99);
		put_hex(&frame, gre[i].header);
		put_packet4(&frame, 8);
		end_ip4(&frame, outer);
		SEE(&frame, &s, CLASS_UDP);
		check_packet4(&s, 8);
		CU_ASSERT_EQUAL(s.f.tunnels, gre[i].tunnels);
	}
}

static const struct {
	const char *header;
	unsigned class;
	unsigned value;
} gre_ends[] = {
	{ "4000 0800 00000000", CLASS_NAMED_IP_PROTOCOL, 47 },           /* routing */
	{ "0800 0800 00000000", CLASS_NAMED_IP_PROTOCOL, 47 },           /* strict source route */
	{ "0002 0800 00000000", CLASS_NAMED_IP_PROTOCOL, 47 },           /* version 2 */
	{ "2081 880b 0000 0001 00000001", CLASS_NAMED_IP_PROTOCOL, 47 }, /* only acknowledges */
	{ "0000 0000", CLASS_NAMED_ETHERTYPE, 0 },                       /* keep-alive */
	{ "0000 00fe 83", CLASS_NAMED_ETHERTYPE, 0x00fe },
	{ "0000 883e 00000000", CLASS_NAMED_ETHERTYPE, 0x883e },
	{ "0000", CLASS_MALFORMED_LINK, 0 },
	{ "3001 880b 0001 0001 00000001 0021 45", CLASS_MALFORMED_LINK, 0 }, /* PPP in one byte */
	{ "b000 0800 12340000 00000001 0000", CLASS_MALFORMED_LINK, 0 },
	{ "1000 88be 00000001 20010000 00000000", CLASS_MALFORMED_LINK, 0 },
	{ "1000 22eb 00000001 10010000 00000000 00000000", CLASS_MALFORMED_LINK, 0 },
	{ "1000 22eb 00000001 20010000 00000000 00000400", CLASS_NAMED_ETHERTYPE, 0x22eb },
	{ "0000 88be 020000000002 0200", CLASS_TRUNCATED_LINK, 0 }, /* mirrors cut frames */
};

static void gre_that_leads_nowhere_has_a_class(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(gre_ends); i++) {
		size_t outer;

		start(0x0800);
		outer = put_ip4(&frame, 47, 99);
		put_hex(&frame, gre_ends[i].header);
		end_ip4(&frame, outer);
		SEE(&frame, &s, gre_ends[i].class);
		CU_ASSERT_EQUAL(s.f.class_value, gre_ends[i].value);
		CU_ASSERT_EQUAL(s.f.src.b[15], 99);
	}
}

static void a_mirrored_frame_that_was_cut_keeps_its_length(void)
{
	size_t outer, whole;

	start(0x0800);
	outer = put_ip4(&frame, 47, 99);
	put_hex(&frame, "0000 88be 020000000002 020000000001 0800");
	put_packet4(&frame, 8);
	whole = frame.n;
	frame.n -= 4;
	end_ip4(&frame, outer);
	SEE(&frame, &s, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.payload_len, 6);
	CU_ASSERT_EQUAL(s.f.payload_wire, 10);
	frame.n = whole - 15; /* the mirror cut the inner ports */
	end_ip4(&frame, outer);
	SEE(&frame, &s, CLASS_TRUNCATED_TRANSPORT);
	frame.n = whole - 19;
	end_ip4(&frame, outer);
	SEE(&frame, &s, CLASS_TRUNCATED_IP);
}

/* A UDP datagram to @dport that begins with @header and then has a packet. */
static void over_udp(unsigned sport, unsigned dport, const char *header, unsigned version)
{
	size_t outer, udp;

	start(0x8100);
	put_tag(&frame, 77, 0x0800);
	outer = put_ip4(&frame, 17, 99);
	udp = put_udp(&frame, sport, dport);
	put_hex(&frame, header);
	if (version == 4)
		put_packet4(&frame, 8);
	else if (version == 6)
		put_packet6(&frame, 8);
	end_udp(&frame, udp);
	end_ip4(&frame, outer);
}

#define INNER4 "020000000002 020000000001 0800"
#define INNER6 "020000000002 020000000001 86dd"

static const struct {
	unsigned sport, dport;
	unsigned version;
	unsigned tunnel;
	const char *header;
} udp_tunnels[] = {
	{ 50000, 4789, 4, TUNNEL_VXLAN, "08000000 00007b00" INNER4 },
	{ 4789, 4789, 6, TUNNEL_VXLAN, "08000000 00007b00" INNER6 },
	{ 50000, 4789, 4, TUNNEL_VXLAN, "88080001 00007b00" INNER4 }, /* group policy */
	{ 50000, 8472, 4, TUNNEL_VXLAN, "08000000 00007b00" INNER4 },
	{ 50000, 6081, 4, TUNNEL_GENEVE, "00006558 00007b00" INNER4 },
	{ 50000, 6081, 6, TUNNEL_GENEVE, "020086dd 00007b00 0102030405060708" },
	{ 50000, 6081, 4, TUNNEL_GENEVE, "01400800 00007b00 01020304" },
	{ 50000, 3544, 6, TUNNEL_TEREDO, "" },
	{ 3544, 50000, 6, TUNNEL_TEREDO, "0000 1234 01020304" },
	{ 3544, 50000, 6, TUNNEL_TEREDO, "0001 0000 0102030405060708 00" },
	{ 3544, 50000, 6, TUNNEL_TEREDO,
	  "0001 0102 aa bbcc 0102030405060708 00 0000 1234 01020304" },
};

static void tunnels_over_udp_are_followed(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(udp_tunnels); i++) {
		over_udp(udp_tunnels[i].sport, udp_tunnels[i].dport, udp_tunnels[i].header,
			 udp_tunnels[i].version);
		SEE(&frame, &s, CLASS_UDP);
		if (udp_tunnels[i].version == 4)
			check_packet4(&s, 8);
		else
			check_packet6(&s, 8);
		CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_VLAN | udp_tunnels[i].tunnel);
		CU_ASSERT_EQUAL(s.f.vlan[0], 77);
	}
}

static const struct {
	unsigned sport, dport;
	const char *header;
} plain[] = {
	{ 50000, 4789, "00000000 00007b00" INNER4 }, /* no I bit */
	{ 50000, 4789, "18000000 00007b00" INNER4 }, /* a reserved bit */
	{ 50000, 4789, "08000100 00007b00" INNER4 }, /* group id without its bit */
	{ 50000, 4789, "08000000 00007b01" INNER4 },
	{ 4789, 50000, "08000000 00007b00" INNER4 }, /* from the port is not to it */
	{ 50000, 4790, "08000000 00007b00" INNER4 },
	{ 50000, 4789, "08000000 00007b" }, /* no header at all */
	{ 50000, 8472, "08000000 00007b00 020000000002 020000000001 1234" },
	{ 50000, 6081, "40006558 00007b00" INNER4 }, /* version 1 */
	{ 50000, 6081, "00016558 00007b00" INNER4 },
	{ 50000, 6081, "00006558 00007b01" INNER4 },
	{ 50000, 6081, "00001234 00007b00" INNER4 },
	{ 50000, 6081, "3f006558 00007b00" }, /* options past the end */
	{ 50000, 3544, "60000000 00013b40" }, /* IPv6 that does not fill it */
	{ 50000, 3544, "40000000 00003b40" },
};

static void ports_alone_make_no_tunnel(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		over_udp(plain[i].sport, plain[i].dport, plain[i].header, 0);
		SEE(&frame, &s, CLASS_UDP);
		CU_ASSERT_EQUAL(s.f.sport, plain[i].sport);
		CU_ASSERT_EQUAL(s.f.dport, plain[i].dport);
		CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_VLAN);
		CU_ASSERT_EQUAL(s.f.src.b[15], 99);
	}
}

static void ipv6_that_does_not_fill_it_is_no_teredo(void)
{
	size_t outer;

	start(0x0800);
	outer = put_ip4(&frame, 17, 99);
	put_udp(&frame, 50000, 3544);
	put_packet6(&frame, 8);
	put_zeros(&frame, 1);
	end_udp(&frame, outer + 20);
	end_ip4(&frame, outer);
	SEE(&frame, &s, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.dport, 3544);
	CU_ASSERT_EQUAL(s.f.tunnels, 0);
}

static void arp_in_a_tunnel_leaves_no_ports_behind(void)
{
	over_udp(50000, 4789, "08000000 00007b00 ffffffffffff 020000000001 0806 0001", 0);
	SEE(&frame, &s, CLASS_ARP);
	CU_ASSERT_EQUAL(s.f.sport, 0);
	CU_ASSERT_EQUAL(s.f.dport, 0);
	CU_ASSERT_EQUAL(s.f.l4, 0);
	CU_ASSERT_EQUAL(s.f.payload_len, 0);
}

extern CU_TestInfo tests_tunnel[];
CU_TestInfo tests_tunnel[] = {
	{ "VLAN ids are the outermost two", vlan_ids_are_the_outermost_two },
	{ "a priority tag names no VLAN", a_priority_tag_names_no_vlan },
	{ "LLC and bad types behind a tag have a class",
	  llc_and_bad_types_behind_a_tag_have_a_class },
	{ "QinQ with PPPoE is followed", qinq_with_pppoe_is_followed },
	{ "PPPoE without data or sense has a class", pppoe_without_data_or_sense_has_a_class },
	{ "labels lead to IP of either version", labels_lead_to_ip_of_either_version },
	{ "pseudowires are guessed with and without control word",
	  pseudowires_are_guessed_with_and_without_control_word },
	{ "labels over the unknown are named", labels_over_the_unknown_are_named },
	{ "Cisco MetaData is skipped", cisco_metadata_is_skipped },
	{ "IP in IP describes the inner packet", ip_in_ip_describes_the_inner_packet },
	{ "an inner packet without room is malformed", an_inner_packet_without_room_is_malformed },
	{ "GRE and its guests are followed", gre_and_its_guests_are_followed },
	{ "GRE that leads nowhere has a class", gre_that_leads_nowhere_has_a_class },
	{ "a mirrored frame that was cut keeps its length",
	  a_mirrored_frame_that_was_cut_keeps_its_length },
	{ "tunnels over UDP are followed", tunnels_over_udp_are_followed },
	{ "ports alone make no tunnel", ports_alone_make_no_tunnel },
	{ "IPv6 that does not fill it is no Teredo", ipv6_that_does_not_fill_it_is_no_teredo },
	{ "ARP in a tunnel leaves no ports behind", arp_in_a_tunnel_leaves_no_ports_behind },
	CU_TEST_INFO_NULL
};
