/* BPF expressions over several link types. */
#include "capture/filter.h"

#include <string.h>

#include <CUnit/CUnit.h>

#include "capture/capture_bytes.h"

static struct seen seen;

/* Ethernet or bare IPv4 and TCP or UDP to a port, 40 or 28 bytes of IP. */
static void put_packet(struct bytes *b, bool ethernet, unsigned protocol, unsigned port)
{
	static const uint8_t mac[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	unsigned len = protocol == 6 ? 40 : 28;
	bool big = b->big;
	size_t begin = b->len;

	b->big = true;
	if (ethernet) {
		bytes_put(b, mac, 12);
		bytes_u16(b, 0x0800);
	}
	bytes_u16(b, 0x4500);
	bytes_u16(b, len);
	bytes_u32(b, 0);
	bytes_u8(b, 64);
	bytes_u8(b, protocol);
	bytes_u16(b, 0);
	bytes_u32(b, 0x0a000001);
	bytes_u32(b, 0x0a000002);
	bytes_u16(b, 40000);
	bytes_u16(b, port);
	while (b->len - begin < len + (ethernet ? 14u : 0))
		bytes_u8(b, 0);
	b->big = big;
}

static void put_arp(struct bytes *b)
{
	static const uint8_t head[14] = { 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 8, 6 };

	bytes_put(b, head, sizeof(head));
	bytes_pattern(b, 0, 28);
}

/* Ethernet TCP 443, UDP 3478, ARP; then raw IP TCP 443, TCP 5061. */
static void make_mixed(struct bytes *b)
{
	static const struct {
		unsigned iface, protocol, port;
	} packets[] = {
		{ 0, 6, 443 }, { 0, 17, 3478 }, { 0, 0, 0 }, { 1, 6, 443 }, { 1, 6, 5061 }
	};
	size_t i;

	ng_put_section(b, false);
	ng_put_interface(b, 1, 0, 6);
	ng_put_interface(b, 101, 0, 6);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		struct bytes p = { 0 };
		size_t begin = ng_begin(b, 6);

		if (packets[i].protocol == 0)
			put_arp(&p);
		else
			put_packet(&p, packets[i].iface == 0, packets[i].protocol, packets[i].port);
		bytes_u32(b, packets[i].iface);
		bytes_u64(b, 0);
		bytes_u32(b, (uint32_t)p.len);
		bytes_u32(b, (uint32_t)p.len);
		bytes_put(b, p.p, p.len);
		ng_end(b, begin);
		bytes_free(&p);
	}
}

static void test_counts(void)
{
	static const struct {
		const char *text;
		size_t delivered;
		uint64_t first;
	} cases[] = {
		{ "tcp port 443", 2, 1 },
		{ "udp", 1, 2 },
		{ "tcp", 3, 1 },
		{ "tcp port 5061", 1, 5 },
		{ "ip", 4, 1 },
		{ "arp", 1, 3 }, /* no raw IP packet can be ARP: not an error */
		{ "not ip", 1, 3 },
		{ "port 9", 0, 0 },
		{ "", 5, 1 },
		{ "greater 54", 1, 1 },
	};
	struct bytes b = { 0 };
	size_t i;

	make_mixed(&b);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		seen_memory(&seen, b.p, b.len, cases[i].text);
		CU_ASSERT_EQUAL(seen.opened, 0);
		CU_ASSERT_EQUAL(seen.ended, 0);
		CU_ASSERT_EQUAL(seen.count, cases[i].delivered);
		CU_ASSERT_EQUAL(seen.info.frames, 5);
		CU_ASSERT_EQUAL(seen.info.filtered, 5 - cases[i].delivered);
		if (cases[i].delivered > 0)
			CU_ASSERT_EQUAL(seen.frames[0].number, cases[i].first);
	}
	bytes_free(&b);
}

static void test_bad_expression(void)
{
	struct filter *filter = NULL;
	struct fa_error err;

	CU_ASSERT_EQUAL(filter_open(&filter, "tcp prot 443", &err), FA_EUSAGE);
	CU_ASSERT_EQUAL(strncmp(err.text, "filter \"tcp prot 443\": ", 23), 0);
	CU_ASSERT_PTR_NULL(filter);
	CU_ASSERT_EQUAL(filter_open(&filter, "ip and arp", &err), FA_EUSAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "rejects all packets"));
	seen_memory(&seen, "", 0, "port");
	CU_ASSERT_EQUAL(seen.opened, FA_EUSAGE);
	/* Good for no Ethernet, but for wireless frames. */
	CU_ASSERT_EQUAL(filter_open(&filter, "wlan type mgt", &err), 0);
	filter_close(filter);
	filter_close(NULL);
}

static void test_impossible_link_type(void)
{
	struct bytes b = { 0 };
	unsigned i;

	/* Link type 147 is for private use: libpcap cannot look for TCP in it. */
	ng_put_section(&b, false);
	ng_put_interface(&b, 1, 0, 6);
	ng_put_interface(&b, 147, 0, 6);
	for (i = 0; i < 3; i++)
		ng_put_enhanced(&b, 0, 0, 60, 60, i);
	ng_put_enhanced(&b, 1, 0, 60, 60, 9);
	ng_put_enhanced(&b, 0, 0, 60, 60, 9);
	seen_memory(&seen, b.p, b.len, "not tcp");
	CU_ASSERT_EQUAL(seen.opened, 0);
	CU_ASSERT_EQUAL(seen.count, 3);
	CU_ASSERT_EQUAL(seen.ended, FA_EUNSUPPORTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(
		seen.err.text, "test: filter \"not tcp\" cannot be applied to link type 147"));
	bytes_free(&b);
}

/* Each frame meets the program of its own link type, also when they alternate. */
static void test_alternating(void)
{
	struct bytes ethernet = { 0 }, raw = { 0 };
	struct filter *filter = NULL;
	struct frame frame = { 0 };
	unsigned i;

	put_packet(&ethernet, true, 6, 443);
	put_packet(&raw, false, 6, 443);
	CU_ASSERT_EQUAL_FATAL(filter_open(&filter, "tcp port 443", NULL), 0);
	for (i = 0; i < 6; i++) {
		const struct bytes *p = i % 2 == 0 ? &ethernet : &raw;

		frame.bytes = p->p;
		frame.caplen = frame.wirelen = (uint32_t)p->len;
		frame.linktype = i % 2 == 0 ? 1 : 101;
		CU_ASSERT_EQUAL(filter_match(filter, &frame, NULL), 1);
	}
	filter_close(filter);
	bytes_free(&ethernet);
	bytes_free(&raw);
}

/* All of a batch left out is not the end of the input. */
static void test_long_silence(void)
{
	struct bytes b = { 0 };
	unsigned i;

	b.big = true;
	pcap_header(&b, 0xa1b2c3d4, 0, 1);
	for (i = 0; i < 3 * FRAME_BATCH; i++) {
		struct bytes p = { 0 };

		put_packet(&p, true, 6, i == 2 * FRAME_BATCH + 5 ? 443 : 80);
		bytes_u64(&b, 0);
		bytes_u32(&b, (uint32_t)p.len);
		bytes_u32(&b, (uint32_t)p.len);
		bytes_put(&b, p.p, p.len);
		bytes_free(&p);
	}
	seen_memory(&seen, b.p, b.len, "port 443");
	CU_ASSERT_EQUAL(seen.count, 1);
	CU_ASSERT_EQUAL(seen.frames[0].number, 2 * FRAME_BATCH + 6);
	CU_ASSERT_EQUAL(seen.info.filtered, 3 * FRAME_BATCH - 1);
	bytes_free(&b);
}

/* LINKTYPE_ values that differ from the DLT_ value libpcap compiles for. */
static void test_mapped_link_types(void)
{
	struct bytes p = { 0 };
	struct filter *filter = NULL;
	struct frame frame = { 0 };

	CU_ASSERT_EQUAL_FATAL(filter_open(&filter, "tcp port 443", NULL), 0);
	put_packet(&p, false, 6, 443);
	frame.bytes = p.p;
	frame.caplen = frame.wirelen = (uint32_t)p.len;
	frame.linktype = 101; /* DLT_RAW is 12 here */
	CU_ASSERT_EQUAL(filter_match(filter, &frame, NULL), 1);
	frame.linktype = 228; /* LINKTYPE_IPV4 */
	CU_ASSERT_EQUAL(filter_match(filter, &frame, NULL), 1);
	frame.linktype = 101;
	frame.caplen = 21; /* cut before the ports: no match, and no read past the end */
	CU_ASSERT_EQUAL(filter_match(filter, &frame, NULL), 0);
	filter_close(filter);
	bytes_free(&p);
}

extern CU_TestInfo tests_filter[];
CU_TestInfo tests_filter[] = {
	{ "frames that do not match are counted and keep their numbers", test_counts },
	{ "an expression that does not compile is refused before the file is read",
	  test_bad_expression },
	{ "a link type the expression cannot be applied to ends the source with an error",
	  test_impossible_link_type },
	{ "link types that alternate keep their own programs", test_alternating },
	{ "a batch of which nothing is left is not the end", test_long_silence },
	{ "link types are compiled by libpcap's own numbers", test_mapped_link_types },
	CU_TEST_INFO_NULL,
};
