/* Compressed captures of every kind, cut, damaged and malicious. */
#include "capture/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "capture/capture_bytes.h"
#include "capture/source_priv.h"

static struct seen seen, plain;

static const struct {
	const char *name;
	int (*add)(struct archive *);
	const char *format;
} kinds[] = {
	{ "gzip", archive_write_add_filter_gzip, "pcap, gzip" },
	{ "zstd", archive_write_add_filter_zstd, "pcap, zstd" },
	{ "xz", archive_write_add_filter_xz, "pcap, xz" },
	{ "lz4", archive_write_add_filter_lz4, "pcap, lz4" },
	{ "bzip2", archive_write_add_filter_bzip2, "pcap, bzip2" },
};

static la_ssize_t take(struct archive *a, void *data, const void *p, size_t len)
{
	(void)a;
	bytes_put(data, p, len);
	return (la_ssize_t)len;
}

static void pack(struct bytes *out, int (*add)(struct archive *), const void *p, size_t len)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	CU_ASSERT_FATAL(a != NULL && entry != NULL);
	CU_ASSERT_EQUAL_FATAL(add(a), ARCHIVE_OK);
	CU_ASSERT_EQUAL_FATAL(archive_write_set_format_raw(a), ARCHIVE_OK);
	archive_write_set_bytes_per_block(a, 0);
	CU_ASSERT_EQUAL_FATAL(archive_write_open(a, out, NULL, take, NULL), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	CU_ASSERT_EQUAL_FATAL(archive_write_header(a, entry), ARCHIVE_OK);
	CU_ASSERT_EQUAL(archive_write_data(a, p, len), (la_ssize_t)len);
	CU_ASSERT_EQUAL(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	archive_entry_free(entry);
}

static void make_capture(struct bytes *b, unsigned frames, uint32_t caplen)
{
	unsigned i;

	pcap_header(b, 0xa1b2c3d4, 65535, 1);
	for (i = 0; i < frames; i++)
		pcap_record(b, i, i, caplen, caplen, i);
}

static void test_kinds(void)
{
	struct bytes b = { 0 };
	size_t i;

	make_capture(&b, 300, 1000);
	seen_memory(&plain, b.p, b.len, NULL);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct bytes packed = { 0 };

		pack(&packed, kinds[i].add, b.p, b.len);
		CU_ASSERT_STRING_EQUAL(unpack_knows(packed.p, packed.len), kinds[i].name);
		seen_memory(&seen, packed.p, packed.len, NULL);
		CU_ASSERT_STRING_EQUAL(seen.info.format, kinds[i].format);
		strcpy(seen.info.format, "pcap");
		CU_ASSERT_TRUE(seen_equal(&seen, &plain));
		CU_ASSERT_EQUAL(seen.count, 300);
		CU_ASSERT_EQUAL(seen.sums[299], seen_sum(299, 1000));
		/* Through a pipe, so to say. */
		seen_pieces(&seen, packed.p, packed.len, 7, 64);
		strcpy(seen.info.format, "pcap");
		CU_ASSERT_TRUE(seen_equal(&seen, &plain));
		bytes_free(&packed);
	}
	bytes_free(&b);
}

static void test_packed_twice(void)
{
	struct bytes b = { 0 }, once = { 0 }, twice = { 0 };

	make_capture(&b, 3, 100);
	pack(&once, archive_write_add_filter_zstd, b.p, b.len);
	pack(&twice, archive_write_add_filter_gzip, once.p, once.len);
	seen_memory(&seen, twice.p, twice.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 3);
	CU_ASSERT_STRING_EQUAL(seen.info.format, "pcap, zstd, gzip");
	bytes_free(&b);
	bytes_free(&once);
	bytes_free(&twice);
}

static void test_pcapng(void)
{
	struct bytes b = { 0 }, packed = { 0 };

	ng_put_section(&b, true);
	ng_put_interface(&b, 1, 0, 6);
	ng_put_enhanced(&b, 0, 1, 20, 20, 1);
	pack(&packed, archive_write_add_filter_xz, b.p, b.len);
	seen_memory(&seen, packed.p, packed.len, NULL);
	CU_ASSERT_EQUAL(seen.count, 1);
	CU_ASSERT_STRING_EQUAL(seen.info.format, "pcapng, xz");
	bytes_free(&b);
	bytes_free(&packed);
}

/* Frames of noise, so that there is something to cut. */
static void make_noise(struct bytes *b, unsigned frames)
{
	uint32_t state = 1;
	size_t i, j;

	make_capture(b, frames, 4000);
	for (i = 24; i + 4016 <= b->len; i += 4016) {
		for (j = 16; j < 4016; j += 2) {
			state = state * 1103515245 + 12345;
			b->p[i + j] = (uint8_t)(state >> 16);
		}
	}
}

/*
 * Cut at three quarters: all but the last buffer of libarchive comes out, and
 * the input is marked as cut.  That buffer is 4 MiB for lz4 and a block of
 * 900 kB for bzip2, little for the others.
 */
static void test_cut(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		bool lz4 = kinds[i].add == archive_write_add_filter_lz4;
		unsigned frames = lz4 ? 3000 : 900;
		struct bytes b = { 0 }, packed = { 0 };

		make_noise(&b, frames);
		pack(&packed, kinds[i].add, b.p, b.len);
		seen_memory(&seen, packed.p, packed.len - packed.len / 4, NULL);
		CU_ASSERT_EQUAL(seen.opened, 0);
		CU_ASSERT_EQUAL(seen.ended, 0);
		CU_ASSERT_TRUE(seen.info.truncated);
		CU_ASSERT(seen.count >= frames / 2);
		CU_ASSERT(seen.count <= frames * 3 / 4 + 1);
		CU_ASSERT_EQUAL(seen.info.truncated_at, 24 + 4016 * seen.count);
		bytes_free(&packed);
		bytes_free(&b);
	}
}

/* Every prefix of a small packed file: an error or a cut capture, never a whole one. */
static void test_prefixes(void)
{
	struct bytes b = { 0 };
	size_t i, len;

	make_capture(&b, 4, 30);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct bytes packed = { 0 };

		pack(&packed, kinds[i].add, b.p, b.len);
		for (len = 1; len < packed.len; len++) {
			seen_memory(&seen, packed.p, len, NULL);
			CU_ASSERT(seen.opened == FA_EFORMAT ||
				  (seen.opened == 0 && (seen.ended == FA_EFORMAT ||
							seen.info.truncated || seen.count == 4)));
		}
		bytes_free(&packed);
	}
	bytes_free(&b);
}

/* A change anywhere in a packed file: never a crash. */
static void test_damage(void)
{
	struct bytes b = { 0 };
	size_t i, at;

	make_capture(&b, 4, 30);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct bytes packed = { 0 };

		pack(&packed, kinds[i].add, b.p, b.len);
		for (at = 0; at < packed.len; at++) {
			packed.p[at] ^= 0x55;
			seen_memory(&seen, packed.p, packed.len, NULL);
			CU_ASSERT(seen.opened == 0 || seen.err.text[0] != '\0');
			packed.p[at] ^= 0x55;
		}
		bytes_free(&packed);
	}
	bytes_free(&b);
}

/* Damage in the middle of a long input is told, after the frames before it. */
static void test_damage_in_the_middle(void)
{
	struct bytes b = { 0 }, packed = { 0 };

	make_capture(&b, 3000, 1000);
	pack(&packed, archive_write_add_filter_xz, b.p, b.len);
	memset(packed.p + packed.len - packed.len / 3, 0xff, packed.len / 6);
	seen_memory(&seen, packed.p, packed.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, 0);
	CU_ASSERT_EQUAL(seen.ended, FA_EFORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "test: cannot unpack past byte "));
	CU_ASSERT_FALSE(seen.info.truncated);
	bytes_free(&b);
	bytes_free(&packed);
}

static void test_nothing_inside(void)
{
	/* An lz4 frame of no blocks, by hand: libarchive 3.6's writer crashes on it. */
	static const uint8_t lz4[] = { 4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0, 0, 0, 0 };
	struct bytes packed = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		packed.len = 0;
		if (kinds[i].add == archive_write_add_filter_lz4)
			bytes_put(&packed, lz4, sizeof(lz4));
		else
			pack(&packed, kinds[i].add, "", 0);
		seen_memory(&seen, packed.p, packed.len, NULL);
		CU_ASSERT_EQUAL(seen.opened, FA_EEMPTY);
	}
	packed.len = 0;
	pack(&packed, archive_write_add_filter_gzip, "this is a letter to my mother", 29);
	seen_memory(&seen, packed.p, packed.len, NULL);
	CU_ASSERT_EQUAL(seen.opened, FA_EFORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "test: not a capture"));
	bytes_free(&packed);
}

/* A capture of nothing but zeros packs a thousandfold. */
static void open_limited(const struct bytes *packed, uint32_t max_ratio, uint64_t floor)
{
	struct source_limits limits = { .block = 4096,
					.unpack = { .max_ratio = max_ratio, .floor = floor } };
	struct block_reader in;
	struct source *src = NULL;

	memset(&seen, 0, sizeof(seen));
	block_open_bytes(&in, packed->p, packed->len);
	seen.opened = source_open_block(&src, "bomb.gz", &in, NULL, &limits, &seen.err);
	if (seen.opened == 0)
		seen_drain(&seen, src);
}

static void test_bomb(void)
{
	struct bytes b = { 0 }, packed = { 0 };
	unsigned i;

	pcap_header(&b, 0xa1b2c3d4, 0, 1);
	for (i = 0; i < 400000; i++)
		bytes_u64(&b, 0);
	pack(&packed, archive_write_add_filter_gzip, b.p, b.len);
	CU_ASSERT(b.len / packed.len > 500);

	open_limited(&packed, 100, 1 << 20);
	CU_ASSERT_EQUAL(seen.ended, FA_EFORMAT);
	CU_ASSERT(seen.count > 60000);
	CU_ASSERT(seen.count < 70000); /* 16 bytes a frame: stopped soon after a MiB */
	CU_ASSERT_EQUAL(strncmp(seen.err.text, "bomb.gz: ", 9), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "more than 100 times"));
	/* Below the floor nothing is a bomb; nor is what packs no better than allowed. */
	open_limited(&packed, 100, 1 << 24);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_EQUAL(seen.count, 200000);
	open_limited(&packed, 2000, 1 << 20);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_EQUAL(seen.count, 200000);
	bytes_free(&b);
	bytes_free(&packed);
}

/* An input that fails: the reason comes through libarchive unharmed. */
static ssize_t fail_later(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	struct bytes *b = from;
	size_t n = MIN(room, b->len);

	if (n == 0)
		return error_set(err, FA_EIO, "cannot read: the disk is gone");
	memcpy(to, b->p, n);
	b->len -= n;
	b->p += n;
	return (ssize_t)n;
}

static void test_read_error(void)
{
	static const struct block_ops ops = { .read = fail_later };
	struct source_limits limits = source_limits_default;
	struct bytes b = { 0 }, packed = { 0 }, left;
	struct source *src = NULL;
	struct block_reader in;

	make_capture(&b, 3000, 1000);
	pack(&packed, archive_write_add_filter_zstd, b.p, b.len);
	left = packed;
	left.len = packed.len / 2;
	memset(&seen, 0, sizeof(seen));
	CU_ASSERT_EQUAL_FATAL(block_open(&in, &ops, &left, 512, NULL), 0);
	seen.opened = source_open_block(&src, "x.zst", &in, NULL, &limits, &seen.err);
	if (seen.opened == 0)
		seen_drain(&seen, src);
	CU_ASSERT_EQUAL(seen.opened == 0 ? seen.ended : seen.opened, FA_EIO);
	CU_ASSERT_STRING_EQUAL(seen.err.text, "x.zst: cannot read: the disk is gone");
	bytes_free(&b);
	bytes_free(&packed);
}

static void test_magics(void)
{
	CU_ASSERT_PTR_NULL(unpack_knows((const uint8_t *)"", 0));
	CU_ASSERT_PTR_NULL(unpack_knows((const uint8_t *)"\x1f", 1));
	CU_ASSERT_STRING_EQUAL(unpack_knows((const uint8_t *)"\x1f\x8b", 2), "gzip");
	CU_ASSERT_STRING_EQUAL(unpack_knows((const uint8_t *)"\x02\x21\x4c\x18", 4), "lz4");
	CU_ASSERT_PTR_NULL(unpack_knows((const uint8_t *)"\xd4\xc3\xb2\xa1", 4));
}

extern CU_TestInfo tests_unpack[];
CU_TestInfo tests_unpack[] = {
	{ "gzip, zstd, xz, lz4 and bzip2 give what they hold", test_kinds },
	{ "a file packed twice", test_packed_twice },
	{ "a packed pcapng", test_pcapng },
	{ "a cut packed file gives what could be unpacked and is marked as cut", test_cut },
	{ "no prefix of a packed file crashes or passes for whole", test_prefixes },
	{ "no changed byte of a packed file crashes", test_damage },
	{ "damage in the middle is told apart from a cut", test_damage_in_the_middle },
	{ "a packed nothing is empty, a packed letter is no capture", test_nothing_inside },
	{ "what grows past the ratio is refused once it is large", test_bomb },
	{ "an error of the disk is told as such", test_read_error },
	{ "compressions are told by their first bytes", test_magics },
	CU_TEST_INFO_NULL,
};
