/* Classic pcap: every header, both orders, every cut. */
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "capture/capture_bytes.h"

#define US 0xa1b2c3d4u
#define NS 0xa1b23c4du

static struct seen seen, other;

/* Three frames of 5, 0 and 60 bytes. */
static void make_small(struct bytes *b, uint32_t magic, bool big)
{
	b->big = big;
	pcap_header(b, magic, 65535, 1);
	pcap_record(b, 1000, 999999, 5, 5, 1);
	pcap_record(b, 999, 1, 0, 1500, 2);
	pcap_record(b, 0xffffffff, 0, 60, 70, 3);
}

static void test_magics(void)
{
	static const uint32_t magics[] = { US, NS };
	size_t i, big;

	for (i = 0; i < 2; i++) {
		for (big = 0; big < 2; big++) {
			int64_t tick = magics[i] == NS ? 1 : 1000;
			struct bytes b = { 0 };

			make_small(&b, magics[i], big == 1);
			seen_memory(&seen, b.p, b.len, NULL);
			CU_ASSERT_EQUAL(seen.opened, 0);
			CU_ASSERT_EQUAL(seen.ended, 0);
			CU_ASSERT_EQUAL_FATAL(seen.count, 3);
			CU_ASSERT_STRING_EQUAL(seen.info.format, "pcap");
			CU_ASSERT_EQUAL(seen.info.snaplen, 65535);
			CU_ASSERT_EQUAL(seen.info.interfaces, 1);
			CU_ASSERT_EQUAL(seen.info.bytes, b.len);
			CU_ASSERT_FALSE(seen.info.truncated);
			CU_ASSERT_FALSE(seen.info.has_drops);
			CU_ASSERT_EQUAL(seen.frames[0].ts_ns, 1000 * NS_PER_S + 999999 * tick);
			CU_ASSERT_EQUAL(seen.frames[1].ts_ns, 999 * NS_PER_S + tick);
			CU_ASSERT_EQUAL(seen.frames[2].ts_ns, 4294967295 * NS_PER_S);
			CU_ASSERT_EQUAL(seen.frames[0].caplen, 5);
			CU_ASSERT_EQUAL(seen.frames[1].caplen, 0);
			CU_ASSERT_EQUAL(seen.frames[1].wirelen, 1500);
			CU_ASSERT_EQUAL(seen.frames[2].caplen, 60);
			CU_ASSERT_EQUAL(seen.frames[2].wirelen, 70);
			CU_ASSERT_EQUAL(seen.frames[2].number, 3);
			CU_ASSERT_EQUAL(seen.frames[2].linktype, 1);
			CU_ASSERT_EQUAL(seen.frames[2].iface, 0);
			CU_ASSERT_EQUAL(seen.frames[2].has_time, 1);
			CU_ASSERT_EQUAL(seen.sums[0], seen_sum(1, 5));
			CU_ASSERT_EQUAL(seen.sums[2], seen_sum(3, 60));
			bytes_free(&b);
		}
	}
}

static void test_kuznetsov(void)
{
	struct bytes b = { 0 };
	unsigned i;

	pcap_header(&b, 0xa1b2cd34, 65535, 1);
	for (i = 0; i < 2; i++) {
		bytes_u32(&b, 7);
		bytes_u32(&b, 8);
		bytes_u32(&b, 9);
		bytes_u32(&b, 90);
		bytes_u64(&b, 0x1122334455667788); /* interface, protocol, kind */
		bytes_pattern(&b, i, 9);
	}
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 2);
	CU_ASSERT_EQUAL(seen.frames[1].ts_ns, 7 * NS_PER_S + 8000);
	CU_ASSERT_EQUAL(seen.sums[1], seen_sum(1, 9));
	bytes_free(&b);
}

static void test_link_word(void)
{
	static const struct {
		uint32_t word;
		unsigned linktype;
	} cases[] = {
		{ 1, 1 },          { 0x30000001, 1 }, /* frame check sequence bits */
		{ 0xf4000001, 1 }, { 0x300000e5, 229 },
		{ 0x40000000, 0 }, { 0x0fff0071, 113 }, /* reserved bits are not ours to read */
		{ 276, 276 },      { 65535, 65535 },
		{ 12, 101 }, /* DLT_RAW of two BSDs */
		{ 14, 101 },       { 13, 13 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes b = { 0 };

		pcap_header(&b, US, 0, cases[i].word);
		pcap_record(&b, 1, 1, 20, 20, 1);
		seen_memory(&seen, b.p, b.len, NULL);
		CU_ASSERT_EQUAL_FATAL(seen.count, 1);
		CU_ASSERT_EQUAL(seen.frames[0].linktype, cases[i].linktype);
		CU_ASSERT_EQUAL(seen.info.snaplen, 0);
		bytes_free(&b);
	}
}

static void set_version(struct bytes *b, unsigned major, unsigned minor)
{
	b->p[4] = (uint8_t)major;
	b->p[6] = (uint8_t)minor;
}

static void test_version(void)
{
	struct bytes b = { 0 };

	make_small(&b, US, false);
	set_version(&b, 1, 4);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, FA_EUNSUPPORTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "test: offset 4: pcap version 1.4 "));
	set_version(&b, 3, 0);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, FA_EUNSUPPORTED);
	set_version(&b, 2, 200);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 3);
	bytes_free(&b);
}

/* Before 2.3 the wire length came first; 2.3 was written both ways. */
static void test_old_lengths(void)
{
	static const struct {
		unsigned minor;
		uint32_t first, second;
		uint32_t caplen, wirelen;
	} cases[] = {
		{ 2, 90, 9, 9, 90 }, { 2, 5, 9, 9, 9 },   { 2, 9, 9, 9, 9 },
		{ 3, 90, 9, 9, 90 }, { 3, 9, 90, 9, 90 }, { 4, 9, 90, 9, 90 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes b = { 0 };

		pcap_header(&b, US, 0, 1);
		set_version(&b, 2, cases[i].minor);
		bytes_u64(&b, 0);
		bytes_u32(&b, cases[i].first);
		bytes_u32(&b, cases[i].second);
		bytes_pattern(&b, 1, 9);
		seen_memory(&seen, b.p, b.len, NULL);
		CU_ASSERT_EQUAL_FATAL(seen.count, 1);
		CU_ASSERT_EQUAL(seen.frames[0].caplen, cases[i].caplen);
		CU_ASSERT_EQUAL(seen.frames[0].wirelen, cases[i].wirelen);
		bytes_free(&b);
	}
}

static void test_wire_length_repaired(void)
{
	struct bytes b = { 0 };

	pcap_header(&b, US, 0, 1);
	pcap_record(&b, 1, 1, 20, 19, 1);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.frames[0].caplen, 20);
	CU_ASSERT_EQUAL(seen.frames[0].wirelen, 20);
	bytes_free(&b);
}

static void test_longest(void)
{
	struct bytes b = { 0 };

	pcap_header(&b, US, 0, 1);
	pcap_record(&b, 1, 1, FRAME_MAX, FRAME_MAX, 1);
	pcap_record(&b, 1, 1, 10, 10, 2);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 2);
	CU_ASSERT_EQUAL(seen.sums[0], seen_sum(1, FRAME_MAX));
	seen_pieces(&other, b.p, b.len, 1000, 100);
	CU_ASSERT_TRUE(seen_equal(&seen, &other));
	bytes_free(&b);
}

static void test_absurd_length(void)
{
	struct bytes b = { 0 };
	size_t at;

	make_small(&b, US, false);
	at = b.len;
	pcap_record(&b, 1, 1, FRAME_MAX + 1, FRAME_MAX + 1, 1);
	seen_memory(&seen, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 3);
	CU_ASSERT_EQUAL(seen.ended, FA_EFORMAT);
	CU_ASSERT_EQUAL(at, 24 + 16 + 5 + 16 + 16 + 60);
	CU_ASSERT_STRING_EQUAL(seen.err.text,
			       "test: offset 137: record length 262145 is impossible (limit "
			       "262144); the file is damaged here, frames before it were read");
	CU_ASSERT_FALSE(seen.info.truncated);
	CU_ASSERT_EQUAL(seen.info.frames, 3);
	bytes_free(&b);
}

/* Every prefix of a file gives the frames that are whole, and says that it was cut. */
static void prefixes(uint32_t magic, bool big)
{
	static const size_t ends[] = { 24, 45, 61, 137 };
	struct bytes b = { 0 };
	size_t len, whole;

	make_small(&b, magic, big);
	CU_ASSERT_EQUAL_FATAL(b.len, ends[3]);
	for (len = 0; len <= b.len; len++) {
		seen_memory(&seen, b.p, len, NULL);
		seen_pieces(&other, b.p, len, 1, 32);
		CU_ASSERT_TRUE(seen_equal(&seen, &other));
		if (len == 0) {
			CU_ASSERT_EQUAL(seen.opened, FA_EEMPTY);
			continue;
		}
		if (len < 24) {
			CU_ASSERT_EQUAL(seen.opened, FA_EFORMAT);
			CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "test: not a capture (only "));
			continue;
		}
		CU_ASSERT_EQUAL(seen.ended, 0);
		for (whole = 0; whole < 3 && ends[whole + 1] <= len; whole++)
			;
		CU_ASSERT_EQUAL(seen.count, whole);
		CU_ASSERT_EQUAL(seen.info.truncated, ends[whole] != len);
		CU_ASSERT_EQUAL(seen.info.truncated_at, ends[whole] != len ? ends[whole] : 0);
	}
	bytes_free(&b);
}

static void test_prefixes(void)
{
	prefixes(US, false);
	prefixes(NS, true);
}

static void test_batches(void)
{
	struct bytes b = { 0 };
	struct frame frames[FRAME_BATCH];
	struct source *src = NULL;
	unsigned i;

	pcap_header(&b, US, 0, 1);
	for (i = 0; i < 2 * FRAME_BATCH + 1; i++)
		pcap_record(&b, i, 0, i % 70, i % 70, i);
	CU_ASSERT_EQUAL_FATAL(source_open_memory(&src, "test", b.p, b.len, NULL, NULL), 0);
	CU_ASSERT_EQUAL(source_next(src, frames, NULL), FRAME_BATCH);
	CU_ASSERT_EQUAL(frames[0].number, 1);
	CU_ASSERT_EQUAL(source_next(src, frames, NULL), FRAME_BATCH);
	CU_ASSERT_EQUAL(frames[0].number, FRAME_BATCH + 1);
	CU_ASSERT_EQUAL(source_next(src, frames, NULL), 1);
	CU_ASSERT_EQUAL(frames[0].number, 2 * FRAME_BATCH + 1);
	CU_ASSERT_EQUAL(source_next(src, frames, NULL), 0);
	source_close(src);

	seen_memory(&seen, b.p, b.len, NULL);
	for (i = 1; i < 200; i += 13) {
		seen_pieces(&other, b.p, b.len, i, 16 + i);
		CU_ASSERT_TRUE(seen_equal(&seen, &other));
	}
	bytes_free(&b);
}

extern CU_TestInfo tests_pcap_file[];
CU_TestInfo tests_pcap_file[] = {
	{ "micro- and nanoseconds in both byte orders", test_magics },
	{ "Kuznetsov's longer record header", test_kuznetsov },
	{ "the link type without check-sequence and reserved bits", test_link_word },
	{ "only version 2 is read", test_version },
	{ "files older than 2.4 have their lengths in the other order", test_old_lengths },
	{ "a wire length below the captured one is repaired", test_wire_length_repaired },
	{ "the longest record is read", test_longest },
	{ "one byte longer is damage, told after the frames before it", test_absurd_length },
	{ "every prefix gives its whole frames and is marked as cut", test_prefixes },
	{ "frames come in full batches, the same for every chunking", test_batches },
	CU_TEST_INFO_NULL,
};
