/* link.c: every link type in front of the same packets. */
#include "packet/frames.h"

#include <stdlib.h>
#include <string.h>

static struct bytes frame;
static struct seen s;

/* Header bytes of a link type, and which packet follows. */
struct link {
	unsigned linktype;
	unsigned version;
	const char *header;
};

static const struct link links[] = {
	{ 1, 4, "020000000002 020000000001 0800" },
	{ 1, 6, "020000000002 020000000001 86dd" },
	{ 1, 4, "020000000002 020000000001 002e aaaa03 000000 0800" }, /* RFC 1042 */
	{ 1, 6, "020000000002 020000000001 0500 aaaa03 0000f8 86dd" }, /* 802.1H, length too long */
	{ 1, 4, "020000000002 020000000001 0029 060603" },
	{ 0, 4, "00000002" }, /* big endian machine */
	{ 0, 4, "02000000" },
	{ 0, 6, "0000000a" },
	{ 0, 6, "0a000000" },
	{ 0, 6, "18000000" },
	{ 0, 6, "00000018" },
	{ 0, 6, "1c000000" },
	{ 0, 6, "0000001c" },
	{ 0, 6, "1e000000" },
	{ 0, 6, "0000001e" },
	{ 108, 4, "00000002" },
	{ 108, 6, "00000018" },
	{ 9, 4, "ff03 0021" },
	{ 9, 4, "0021" },
	{ 9, 4, "21" }, /* protocol field compressed */
	{ 9, 6, "ff03 0057" },
	{ 50, 4, "ff03 0021" },
	{ 50, 4, "0f00 0800" }, /* Cisco HDLC */
	{ 50, 6, "8f00 86dd" },
	{ 104, 4, "0f00 0800" },
	{ 51, 4, "1100 0001 0028 0021" },
	{ 166, 4, "00 ff03 0021" },
	{ 204, 4, "01 ff03 0021" },
	{ 204, 6, "00 0057" },
	{ 12, 4, "" },
	{ 12, 6, "" },
	{ 14, 4, "" },
	{ 101, 4, "" },
	{ 101, 6, "" },
	{ 228, 4, "" },
	{ 229, 6, "" },
	{ 113, 4, "0000 0001 0006 0200000000010000 0800" },
	{ 113, 6, "0004 0304 0006 0000000000000000 86dd" },
	{ 113, 4, "0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800" },
	{ 276, 4, "0800 0000 00000002 0001 00 06 0200000000010000" },
	{ 276, 6, "86dd 0000 00000002 0304 04 06 0200000000010000" },
	/* 802.11: data to and from an access point, with quality of service, four addresses */
	{ 105, 4, "0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800" },
	{ 105, 4, "8802 0000 020000000001 020000000002 020000000003 1000 0000 aaaa03 000000 0800" },
	{ 105, 4,
	  "8882 0000 020000000001 020000000002 020000000003 1000 0000 00000000"
	  "aaaa03 000000 0800" },
	{ 105, 6,
	  "8803 0000 020000000001 020000000002 020000000003 1000 820000000004 0000"
	  "aaaa03 000000 86dd" },
	{ 105, 4,
	  "8802 0000 020000000001 020000000002 020000000003 1000 8000"
	  "020000000001 020000000002 002e aaaa03 000000 0800" }, /* A-MSDU */
	/* radiotap: empty; flags after TSFT say that the MAC header is padded */
	{ 127, 4,
	  "0000 0800 00000000 0801 0000 020000000001 020000000002 020000000003 1000"
	  "aaaa03 000000 0800" },
	{ 127, 4,
	  "0000 1100 03000000 0000000000000000 20 8801 0000 020000000001 020000000002"
	  "020000000003 1000 0000 0000 aaaa03 000000 0800" },
	{ 127, 4,
	  "0000 1900 03000080 00000000 00000000 0000000000000000 00 8801 0000 020000000001"
	  "020000000002 020000000003 1000 0000 aaaa03 000000 0800" },
};

static void every_link_type_leads_to_its_packet(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		frame.n = 0;
		put_hex(&frame, links[i].header);
		if (links[i].version == 4)
			put_packet4(&frame, 9);
		else
			put_packet6(&frame, 9);
		see(&frame, links[i].linktype, &s);
		if (links[i].version == 4)
			check_packet4(&s, 9);
		else
			check_packet6(&s, 9);
	}
}

/* Frames that end at the link, and what they are then. */
struct ending {
	unsigned linktype;
	unsigned class;
	unsigned value;
	const char *bytes;
};

static const struct ending endings[] = {
	{ 1, CLASS_ARP, 0, "ffffffffffff 020000000001 0806 0001 0800 06 04 0001" },
	{ 1, CLASS_NAMED_ETHERTYPE, 0x8892, "ffffffffffff 020000000001 8892 00000000" },
	{ 1, CLASS_NAMED_ETHERTYPE, 0x0600, "ffffffffffff 020000000001 0600 00000000" },
	{ 1, CLASS_MALFORMED_LINK, 0, "ffffffffffff 020000000001 05ff 424203" },
	{ 1, CLASS_MALFORMED_LINK, 0, "ffffffffffff 020000000001 05dd 424203" },
	{ 1, CLASS_LINK_CONTROL, 0, "ffffffffffff 020000000001 05dc 424203" },
	{ 1, CLASS_LINK_CONTROL, 0, "0180c2000000 020000000001 0026 424203 0000" },
	{ 1, CLASS_LINK_CONTROL, 0, "01000ccccccc 020000000001 0020 aaaa03 00000c 2000" }, /* CDP */
	{ 1, CLASS_LINK_CONTROL, 0, "0180c200000e 020000000001 88cc 0207" },
	{ 1, CLASS_LINK_CONTROL, 0, "0180c2000002 020000000001 8809 01" },
	{ 1, CLASS_LINK_CONTROL, 0, "0180c2000003 020000000001 888e 01" },
	{ 1, CLASS_LINK_CONTROL, 0, "020000000002 020000000001 8863 1109 0000 0000" },
	{ 1, CLASS_MALFORMED_LINK, 0,
	  "ffffffffffff 020000000001 0002 4242 03" }, /* LLC in 2 bytes */
	{ 0, CLASS_NAMED_LINKTYPE, 0, "07000000 8100" },
	{ 108, CLASS_NAMED_LINKTYPE, 108, "02000000 4500" }, /* always network order */
	{ 9, CLASS_LINK_CONTROL, 0, "ff03 c021 0101 0004" },
	{ 9, CLASS_NAMED_ETHERTYPE, 0x880b, "ff03 002d 0101 0004" },
	{ 50, CLASS_LINK_CONTROL, 0, "8f00 8035 0000" },
	{ 101, CLASS_MALFORMED_IP, 0, "50000000" },
	{ 228, CLASS_MALFORMED_IP, 0,
	  "60000000 00003b40 20010db8 00000000 00000000 00000001 20010db8 00000000 00000000 "
	  "00000002" },
	{ 113, CLASS_LINK_CONTROL, 0, "0000 0001 0006 0200000000010000 0004 424203" },
	{ 113, CLASS_LINK_CONTROL, 0, "0000 0001 0006 0200000000010000 0001 ffff" },
	{ 113, CLASS_NAMED_ETHERTYPE, 12, "0000 0118 0006 0200000000010000 000c ffff" },
	{ 113, CLASS_NAMED_LINKTYPE, 253, "0004 0338 0000 0000000000000000 0000 1400" },
	{ 105, CLASS_LINK_CONTROL, 0, "8000 0000 ffffffffffff" },     /* beacon */
	{ 105, CLASS_LINK_CONTROL, 0, "d400 0000 020000000001" },     /* acknowledgement */
	{ 105, CLASS_LINK_CONTROL, 0, "4801 0000 020000000001" },     /* null data */
	{ 105, CLASS_LINK_CONTROL, 0, "0841 0000 020000000001" },     /* protected */
	{ 105, CLASS_MALFORMED_LINK, 0, "0b01 0000 020000000001" },   /* version 3 */
	{ 105, CLASS_NAMED_LINKTYPE, 105, "0c01 0000 020000000001" }, /* type 3 */
	{ 105, CLASS_FRAGMENT, 0,
	  "0801 0000 020000000001 020000000002 020000000003 1100 0123456789" },
	{ 127, CLASS_MALFORMED_LINK, 0, "0100 0800 00000000" },
	{ 127, CLASS_MALFORMED_LINK, 0, "0000 0700 00000000" },
	{ 147, CLASS_NAMED_LINKTYPE, 147, "00" },
	{ 147, CLASS_NAMED_LINKTYPE, 147, "" },
	{ 1, CLASS_TRUNCATED_LINK, 0, "" },
	{ 1, CLASS_TRUNCATED_LINK, 0, "020000000002 020000000001 08" },
};

static void frames_that_end_at_the_link_have_a_class(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		frame.n = 0;
		put_hex(&frame, endings[i].bytes);
		see(&frame, endings[i].linktype, &s);
		CU_ASSERT_EQUAL(s.f.class, endings[i].class);
		CU_ASSERT_EQUAL(s.f.class_value, endings[i].value);
		CU_ASSERT_EQUAL(s.f.ip_version, 0);
		CU_ASSERT_EQUAL(s.f.l4, 0);
	}
}

static void an_802_3_length_keeps_padding_out(void)
{
	frame.n = 0;
	/* LLC of 3 bytes says spanning tree; the length of 8 cuts the SNAP header's last byte off.
	 */
	put_hex(&frame, "020000000002 020000000001 0007 aaaa03 000000 0800 4500");
	SEE(&frame, &s, CLASS_MALFORMED_LINK);
}

static void padding_behind_ip_is_not_payload(void)
{
	frame.n = 0;
	put_ethernet(&frame, 0x0800);
	put_packet4(&frame, 1);
	put_zeros(&frame, 8);
	SEE(&frame, &s, CLASS_UDP);
	check_packet4(&s, 1);
	CU_ASSERT_EQUAL(s.f.wirelen, 60);
}

extern CU_TestInfo tests_link[];
CU_TestInfo tests_link[] = {
	{ "every link type leads to its packet", every_link_type_leads_to_its_packet },
	{ "frames that end at the link have a class", frames_that_end_at_the_link_have_a_class },
	{ "an 802.3 length keeps padding out", an_802_3_length_keeps_padding_out },
	{ "padding behind IP is not payload", padding_behind_ip_is_not_payload },
	CU_TEST_INFO_NULL
};
