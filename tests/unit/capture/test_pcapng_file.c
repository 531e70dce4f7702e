/* pcapng: sections, interfaces, every kind of block, every cut and many damages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "capture/block.h"
#include "capture/capture_bytes.h"

static struct seen seen, other;

/* Ends of the blocks of make_two_sections(), and the frames and interfaces each prefix holds. */
#define MARKS 16
struct marks {
	size_t n;
	size_t end[MARKS];
	size_t frames[MARKS];
};

static void mark(struct marks *m, const struct bytes *b, size_t frames)
{
	CU_ASSERT_FATAL(m->n < MARKS);
	m->end[m->n] = b->len;
	m->frames[m->n++] = frames;
}

/*
 * A little-endian section with interfaces of Ethernet (microseconds), raw IP
 * (nanoseconds) and Linux SLL (2^-20 s), and a big-endian one with a single
 * interface of BSD loopback.
 */
static void make_two_sections(struct bytes *b, struct marks *m)
{
	ng_put_section(b, false);
	mark(m, b, 0);
	ng_put_interface(b, 1, 65535, -1);
	mark(m, b, 0);
	ng_put_interface(b, 101, 0, 9);
	mark(m, b, 0);
	ng_put_interface(b, 113, 128, 0x80 | 20);
	mark(m, b, 0);
	ng_put_enhanced(b, 1, UINT64_C(1363328021532140123), 21, 40, 1);
	mark(m, b, 1);
	ng_put_enhanced(b, 0, UINT64_C(1363328021532140), 60, 60, 2);
	mark(m, b, 2);
	ng_put_enhanced(b, 2, (UINT64_C(1363328021) << 20) + (1u << 18), 128, 1500, 3);
	mark(m, b, 3);
	ng_put_simple(b, 17, 17, 4);
	mark(m, b, 4);
	ng_put_section(b, true);
	mark(m, b, 4);
	ng_put_interface(b, 0, 100, 6);
	mark(m, b, 4);
	ng_put_obsolete(b, 0, UINT64_C(1363328022000001), 33, 33, 5);
	mark(m, b, 5);
	ng_put_enhanced(b, 0, UINT64_C(1363328022000002), 0, 0, 6);
	mark(m, b, 6);
	ng_put_simple(b, 100, 900, 7);
	mark(m, b, 7);
}

static void test_sections(void)
{
	static const struct {
		int64_t ts_ns;
		uint32_t caplen, wirelen;
		unsigned linktype, iface, has_time, seed;
	} want[] = {
		{ INT64_C(1363328021532140123), 21, 40, 101, 1, 1, 1 },
		{ INT64_C(1363328021532140000), 60, 60, 1, 0, 1, 2 },
		{ INT64_C(1363328021250000000), 128, 1500, 113, 2, 1, 3 },
		{ 0, 17, 17, 1, 0, 0, 4 },
		{ INT64_C(1363328022000001000), 33, 33, 0, 3, 1, 5 },
		{ INT64_C(1363328022000002000), 0, 0, 0, 3, 1, 6 },
		{ 0, 100, 900, 0, 3, 0, 7 },
	};
	struct marks m = { 0 };
	struct bytes b = { 0 };
	size_t i;

	make_two_sections(&b, &m);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, 0);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_STRING_EQUAL(seen.info.format, "pcapng");
	CU_ASSERT_EQUAL(seen.info.interfaces, 4);
	CU_ASSERT_EQUAL(seen.info.snaplen, 100);
	CU_ASSERT_EQUAL(seen.info.bytes, b.len);
	CU_ASSERT_FALSE(seen.info.has_drops);
	CU_ASSERT_EQUAL_FATAL(seen.count, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		CU_ASSERT_EQUAL(seen.frames[i].number, i + 1);
		CU_ASSERT_EQUAL(seen.frames[i].ts_ns, want[i].ts_ns);
		CU_ASSERT_EQUAL(seen.frames[i].caplen, want[i].caplen);
		CU_ASSERT_EQUAL(seen.frames[i].wirelen, want[i].wirelen);
		CU_ASSERT_EQUAL(seen.frames[i].linktype, want[i].linktype);
		CU_ASSERT_EQUAL(seen.frames[i].iface, want[i].iface);
		CU_ASSERT_EQUAL(seen.frames[i].has_time, want[i].has_time);
		CU_ASSERT_EQUAL(seen.sums[i], seen_sum(want[i].seed, want[i].caplen));
	}
	bytes_free(&b);
}

/* Numbers of interfaces go on through every section. */
static void test_third_section(void)
{
	struct marks m = { 0 };
	struct bytes b = { 0 };

	make_two_sections(&b, &m);
	ng_put_section(&b, false);
	ng_put_interface(&b, 276, 0, 6);
	ng_put_enhanced(&b, 0, 1, 4, 4, 8);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL_FATAL(seen.count, 8);
	CU_ASSERT_EQUAL(seen.frames[7].iface, 4);
	CU_ASSERT_EQUAL(seen.frames[7].linktype, 276);
	CU_ASSERT_EQUAL(seen.frames[7].ts_ns, 1000);
	bytes_free(&b);
}

static void test_prefixes(void)
{
	struct marks m = { 0 };
	struct bytes b = { 0 };
	size_t len, at;

	make_two_sections(&b, &m);
	for (len = 1; len <= b.len; len++) {
		seen_memory(&seen, b.p, len, NULL);
		seen_pieces(&other, b.p, len, 1, 32);
		CU_ASSERT_TRUE(seen_equal(&seen, &other));
		if (len < m.end[0]) {
			CU_ASSERT_EQUAL(seen.opened, FA_EFORMAT);
			CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "test: not a capture"));
			continue;
		}
		CU_ASSERT_EQUAL(seen.opened, 0);
		CU_ASSERT_EQUAL(seen.ended, 0);
		for (at = 0; at + 1 < m.n && m.end[at + 1] <= len; at++)
			;
		CU_ASSERT_EQUAL(seen.count, m.frames[at]);
		CU_ASSERT_EQUAL(seen.info.truncated, m.end[at] != len);
		CU_ASSERT_EQUAL(seen.info.truncated_at, m.end[at] != len ? m.end[at] : 0);
	}
	bytes_free(&b);
}

static void test_chunks(void)
{
	struct marks m = { 0 };
	struct bytes b = { 0 };
	unsigned i;

	make_two_sections(&b, &m);
	for (i = 0; i < 100; i++)
		ng_put_enhanced(&b, 0, i, i, i, i);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 107);
	CU_ASSERT_EQUAL(seen.sums[106], seen_sum(99, 99));
	for (i = 1; i < 300; i += 17) {
		seen_pieces(&other, b.p, b.len, i, 8 + i);
		CU_ASSERT_TRUE(seen_equal(&seen, &other));
	}
	bytes_free(&b);
}

static void put_statistics(struct bytes *b, uint32_t iface, uint64_t ifdrop, uint64_t osdrop)
{
	size_t begin = ng_begin(b, 5);

	bytes_u32(b, iface);
	bytes_u64(b, 0);
	bytes_u16(b, 5);
	bytes_u16(b, 8);
	bytes_u64(b, ifdrop);
	bytes_u16(b, 7);
	bytes_u16(b, 8);
	bytes_u64(b, osdrop);
	ng_put_option(b, 0, NULL, 0);
	ng_end(b, begin);
}

static void test_drops(void)
{
	struct bytes b = { 0 };
	size_t begin;

	ng_put_section(&b, false);
	ng_put_interface(&b, 1, 0, 6);
	ng_put_interface(&b, 1, 0, 6);
	/* Statistics without drop counts tell nothing of drops. */
	begin = ng_begin(&b, 5);
	bytes_u32(&b, 0);
	bytes_u64(&b, 0);
	ng_put_option(&b, 4, "12345678", 8);
	ng_end(&b, begin);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_FALSE(seen.info.has_drops);

	put_statistics(&b, 0, 0, 0);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_TRUE(seen.info.has_drops);
	CU_ASSERT_EQUAL(seen.info.kernel_drops, 0);

	put_statistics(&b, 0, 5, 70);
	put_statistics(&b, 1, 1000, UINT64_C(1) << 40);
	put_statistics(&b, 0, 6, 80); /* replaces the one before */
	ng_put_section(&b, true);
	ng_put_interface(&b, 1, 0, 6);
	put_statistics(&b, 0, 1, 2); /* another interface, though also 0 */
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.info.interface_drops, 1007);
	CU_ASSERT_EQUAL(seen.info.kernel_drops, (UINT64_C(1) << 40) + 82);
	CU_ASSERT_FALSE(seen.info.drops_below_zero);
	bytes_free(&b);
}

/* complaint 20 (tcpdump issue 787): counters that ran below zero, in 32 bits or in 64. */
static void test_drops_below_zero(void)
{
	static const struct {
		uint64_t said;
		bool below;
	} counts[] = {
		{ 4294965006, true },         { UINT64_C(1) << 31, true },
		{ UINT32_MAX, true },         { UINT64_C(1) << 63, true },
		{ UINT64_MAX, true },         { (UINT64_C(1) << 31) - 1, false },
		{ UINT64_C(1) << 32, false }, { (UINT64_C(1) << 63) - 1, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bytes b = { 0 };

		ng_put_section(&b, false);
		ng_put_interface(&b, 1, 0, 6);
		put_statistics(&b, 0, 3, 3);
		put_statistics(&b, 0, counts[i].said, 4);
		put_statistics(&b, 0, 3, counts[i].said);
		seen_memory(&seen, b.p, b.len, NULL);
		CU_ASSERT_EQUAL(seen.info.interface_drops, 3);
		CU_ASSERT_EQUAL(seen.info.kernel_drops, counts[i].below ? 4 : counts[i].said);
		CU_ASSERT_EQUAL(seen.info.drops_below_zero, counts[i].below);
		bytes_free(&b);
	}
}

static void put_block(struct bytes *b, uint32_t type, size_t len)
{
	size_t begin = ng_begin(b, type);

	bytes_pattern(b, type, len);
	ng_end(b, begin);
}

/* tshark 4.0.17 gives custom blocks a number in its list; names and secrets have none. */
static void test_skipped(void)
{
	struct bytes b = { 0 };

	ng_put_section(&b, false);
	ng_put_interface(&b, 1, 0, 6);
	put_block(&b, 4, 40);  /* names */
	put_block(&b, 10, 12); /* decryption secrets */
	put_block(&b, 0x7fffffff, 0);
	ng_put_enhanced(&b, 0, 0, 4, 4, 1);
	put_block(&b, 0xbad, 8); /* custom */
	put_block(&b, 0x40000bad, 8);
	put_block(&b, 9, 8); /* a journal entry */
	ng_put_enhanced(&b, 0, 0, 4, 4, 1);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.info.skipped_blocks, 6);
	CU_ASSERT_EQUAL(seen.info.frames, 2);
	CU_ASSERT_EQUAL_FATAL(seen.count, 2);
	CU_ASSERT_EQUAL(seen.frames[0].number, 1);
	CU_ASSERT_EQUAL(seen.frames[1].number, 5);
	bytes_free(&b);
}

/* An interface block with one more option. */
static void put_interface_with(struct bytes *b, unsigned code, const void *value, size_t len)
{
	size_t begin = ng_begin(b, 1);

	bytes_u16(b, 1);
	bytes_u16(b, 0);
	bytes_u32(b, 0);
	ng_put_option(b, code, value, len);
	ng_put_option(b, 0, NULL, 0);
	/* What follows the end of the options is not looked at. */
	bytes_u32(b, 0xffffffff);
	ng_end(b, begin);
}

static void test_interface_options(void)
{
	struct bytes b = { 0 };
	char text[400];

	ng_put_section(&b, true);
	put_interface_with(&b, 11, "\1\0\0\0\6", 5); /* BPF bytes: not an expression */
	put_interface_with(&b, 11, "\0tcp port 5061", 14);
	put_interface_with(&b, 11, "\0udp", 4);
	put_interface_with(&b, 14, "\0\0\0\0\0\0\x0e\x10", 8);
	ng_put_enhanced(&b, 3, 1, 0, 0, 0);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_STRING_EQUAL(seen.info.capture_filter, "tcp port 5061");
	CU_ASSERT_EQUAL(seen.frames[0].ts_ns, 3600 * NS_PER_S + 1000);
	CU_ASSERT_EQUAL(seen.info.snaplen, 0);
	bytes_free(&b);

	memset(text, 'a', sizeof(text));
	text[0] = '\0';
	ng_put_section(&b, false);
	put_interface_with(&b, 11, text, sizeof(text));
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(strlen(seen.info.capture_filter), sizeof(seen.info.capture_filter) - 1);
	bytes_free(&b);
}

/* A section, an interface, one frame, and then a block made by hand. */
static size_t make_before(struct bytes *b)
{
	bytes_free(b);
	ng_put_section(b, false);
	ng_put_interface(b, 1, 0, 6);
	ng_put_enhanced(b, 0, 1, 4, 4, 1);
	return b->len;
}

/* The frame before the damage came, and the damage is told with its place. */
static void expect_damage(const struct bytes *b, size_t at, const char *said)
{
	char offset[64];

	snprintf(offset, sizeof(offset), "test: offset %zu: ", at);
	seen_memory(&seen, b->p, b->len, NULL);
	CU_ASSERT_EQUAL(seen.opened, 0);
	CU_ASSERT_EQUAL(seen.count, 1);
	CU_ASSERT_EQUAL(seen.ended, FA_EFORMAT);
	CU_ASSERT_EQUAL(strncmp(seen.err.text, offset, strlen(offset)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, said));
	seen_pieces(&other, b->p, b->len, 1, 16);
	CU_ASSERT_TRUE(seen_equal(&seen, &other));
}

static void test_block_lengths(void)
{
	static const uint32_t bad[] = {
		0, 4, 8, 11, 13, 14, 15, BLOCK_MAX + 4, UINT32_MAX, UINT32_MAX - 3
	};
	struct bytes b = { 0 };
	size_t i, at, begin;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		at = make_before(&b);
		bytes_u32(&b, 4);
		bytes_u32(&b, bad[i]);
		bytes_pattern(&b, 0, 64);
		expect_damage(&b, at, "pcapng block length ");
	}
	at = make_before(&b);
	begin = ng_begin(&b, 6);
	bytes_pattern(&b, 0, 32);
	ng_end(&b, begin);
	b.p[b.len - 4] ^= 4;
	expect_damage(&b, at, "pcapng block of 44 bytes says 40 at its end");
	/* The longest block there may be, cut: no damage. */
	at = make_before(&b);
	bytes_u32(&b, 4);
	bytes_u32(&b, BLOCK_MAX);
	bytes_pattern(&b, 0, 64);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_TRUE(seen.info.truncated);
	CU_ASSERT_EQUAL(seen.info.truncated_at, at);
	bytes_free(&b);
}

static void test_damaged_packets(void)
{
	struct bytes b = { 0 };
	size_t at, begin;

	at = make_before(&b);
	ng_put_enhanced(&b, 1, 1, 4, 4, 1);
	expect_damage(&b, at, "packet of interface 1, but the section declares 1");

	at = make_before(&b);
	ng_put_obsolete(&b, 0xffff, 1, 4, 4, 1);
	expect_damage(&b, at, "packet of interface 65535");

	/* A length past the block, and one that would wrap. */
	at = make_before(&b);
	ng_put_enhanced(&b, 0, 1, 4, 4, 1);
	b.p[at + 20] = 5;
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.ended, FA_EFORMAT);
	b.p[at + 20] = 4;
	b.p[at + 23] = 0xff;
	expect_damage(&b, at, "packet length 4278190084 is impossible");

	at = make_before(&b);
	ng_put_enhanced(&b, 0, 1, FRAME_MAX, FRAME_MAX, 1);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_EQUAL(seen.count, 2);
	at = make_before(&b);
	ng_put_enhanced(&b, 0, 1, FRAME_MAX + 1, FRAME_MAX + 1, 1);
	expect_damage(&b, at, "packet length 262145 is impossible");

	at = make_before(&b);
	begin = ng_begin(&b, 6);
	bytes_pattern(&b, 0, 16);
	ng_end(&b, begin);
	expect_damage(&b, at, "too short for a packet");

	at = make_before(&b);
	begin = ng_begin(&b, 3);
	ng_end(&b, begin);
	expect_damage(&b, at, "too short for a packet");

	/* A simple packet without a snap length is all there. */
	at = make_before(&b);
	ng_put_simple(&b, 8, 13, 1);
	expect_damage(&b, at, "packet length 13 is impossible");
	bytes_free(&b);

	/* Interfaces do not outlive their section. */
	at = make_before(&b);
	ng_put_section(&b, false);
	at = b.len;
	ng_put_enhanced(&b, 0, 1, 4, 4, 1);
	expect_damage(&b, at, "packet of interface 0, but the section declares 0");
	make_before(&b);
	ng_put_section(&b, false);
	at = b.len;
	ng_put_simple(&b, 4, 4, 1);
	expect_damage(&b, at, "packet of interface 0, but the section declares 0");
	bytes_free(&b);
}

static void test_wire_length_repaired(void)
{
	struct bytes b = { 0 };

	make_before(&b);
	ng_put_enhanced(&b, 0, 1, 9, 3, 1);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.frames[1].caplen, 9);
	CU_ASSERT_EQUAL(seen.frames[1].wirelen, 9);
	bytes_free(&b);
}

static void test_damaged_options(void)
{
	struct bytes b = { 0 };
	size_t at, begin;

	at = make_before(&b);
	begin = ng_begin(&b, 1);
	bytes_u32(&b, 1);
	bytes_u32(&b, 0);
	bytes_u16(&b, 2);
	bytes_u16(&b, 5);
	bytes_u32(&b, 0);
	ng_end(&b, begin);
	expect_damage(&b, at, "option 2 of 5 bytes is longer than its block");

	at = make_before(&b);
	put_interface_with(&b, 9, "\6\6", 2);
	expect_damage(&b, at, "its time resolution is not one byte");
	at = make_before(&b);
	put_interface_with(&b, 14, "\6\6", 2);
	expect_damage(&b, at, "its time offset is not eight bytes");

	at = make_before(&b);
	begin = ng_begin(&b, 1);
	bytes_u32(&b, 1);
	ng_end(&b, begin);
	expect_damage(&b, at, "too short for an interface");

	at = make_before(&b);
	begin = ng_begin(&b, 5);
	bytes_u64(&b, 0);
	ng_end(&b, begin);
	expect_damage(&b, at, "too short for interface statistics");
	at = make_before(&b);
	put_statistics(&b, 1, 0, 0);
	expect_damage(&b, at, "an interface that was not declared");
	at = make_before(&b);
	begin = ng_begin(&b, 5);
	bytes_u32(&b, 0);
	bytes_u64(&b, 0);
	bytes_u16(&b, 5);
	bytes_u16(&b, 8);
	bytes_u32(&b, 0);
	ng_end(&b, begin);
	expect_damage(&b, at, "option 5 of 8 bytes is longer than its block");
	bytes_free(&b);
}

static void test_damaged_sections(void)
{
	struct bytes b = { 0 };
	size_t at, begin;

	ng_put_section(&b, false);
	b.p[8] ^= 1;
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, FA_EFORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "offset 0: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "byte-order magic"));
	b.p[8] ^= 1;
	b.p[12] = 2;
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, FA_EUNSUPPORTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "pcapng version 2.0"));
	b.p[12] = 1;
	b.p[26] = 200; /* the length of its first option */
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, FA_EFORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "option 4 of 200 bytes is longer"));
	bytes_free(&b);

	/* Too short to be a section, though its two lengths agree. */
	at = make_before(&b);
	begin = ng_begin(&b, 0x0a0d0d0a);
	bytes_u32(&b, 0x1a2b3c4d);
	ng_end(&b, begin);
	expect_damage(&b, at, "pcapng block length 16 is impossible");

	make_before(&b);
	at = b.len;
	ng_put_section(&b, true);
	b.p[at + 13] = 3;
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 1);
	CU_ASSERT_EQUAL(seen.ended, FA_EUNSUPPORTED);
	bytes_free(&b);
}

static void test_many_interfaces(void)
{
	struct bytes b = { 0 };
	unsigned i, j;

	/* Across sections: the number in a frame counts through the input. */
	for (i = 0; i < 2; i++) {
		ng_put_section(&b, i == 1);
		for (j = 0; j < 32768; j++) {
			size_t begin = ng_begin(&b, 1);

			bytes_u16(&b, 1);
			bytes_u16(&b, 0);
			bytes_u32(&b, 0);
			ng_end(&b, begin);
		}
	}
	ng_put_enhanced(&b, 32767, 1, 4, 4, 1);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_EQUAL(seen.info.interfaces, 65536);
	CU_ASSERT_EQUAL(seen.frames[0].iface, 65535);
	ng_put_interface(&b, 1, 0, 6);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 1);
	CU_ASSERT_EQUAL(seen.ended, FA_EFORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "more than 65536 interfaces"));
	bytes_free(&b);
}

/* Any byte of a good file set to any of a few values: never a crash, and frames stay bounded. */
static void test_every_byte_changed(void)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct marks m = { 0 };
	struct bytes b = { 0 };
	size_t at, i;

	make_two_sections(&b, &m);
	for (at = 0; at < b.len; at++) {
		uint8_t was = b.p[at];

		for (i = 0; i < ARRAY_SIZE(values); i++) {
			b.p[at] = values[i];
			seen_memory(&seen, b.p, b.len, NULL);
			CU_ASSERT(seen.opened != 0 || seen.count <= 7);
			CU_ASSERT(seen.opened == 0 || seen.err.text[0] != '\0');
		}
		b.p[at] = was;
	}
	bytes_free(&b);
}

extern CU_TestInfo tests_pcapng_file[];
CU_TestInfo tests_pcapng_file[] = {
	{ "two sections of either order, four interfaces of different clocks and link types",
	  test_sections },
	{ "a third section goes on where the second ended", test_third_section },
	{ "every prefix gives its whole frames and is marked as cut", test_prefixes },
	{ "frames are the same for every chunking", test_chunks },
	{ "drops are summed over the last statistics of each interface", test_drops },
	{ "drops below zero are left out, and said", test_drops_below_zero },
	{ "blocks without packets are counted, and numbered where Wireshark does", test_skipped },
	{ "the capture filter and time offset of an interface", test_interface_options },
	{ "impossible and contradicting block lengths", test_block_lengths },
	{ "packets that contradict their block or section", test_damaged_packets },
	{ "a wire length below the captured one is repaired", test_wire_length_repaired },
	{ "options longer than their block, and of the wrong size", test_damaged_options },
	{ "section headers that are not", test_damaged_sections },
	{ "as many interfaces as a frame can name, and one more", test_many_interfaces },
	{ "no changed byte crashes the reader", test_every_byte_changed },
	CU_TEST_INFO_NULL,
};
