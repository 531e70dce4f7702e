/* SHA-1 against RFC 3174 and the lengths at which its padding changes shape. */
#include "report/sha1.h"

#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

static void expect(const void *bytes, size_t len, const char *want)
{
	uint8_t digest[SHA1_BYTES];
	char hex[2 * SHA1_BYTES + 1];
	size_t i;

	sha1_digest(bytes, len, digest);
	for (i = 0; i < SHA1_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	CU_ASSERT_STRING_EQUAL(hex, want);
}

/* RFC 3174 7.3 and FIPS 180 */
static void test_published(void)
{
	static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char eighties[640];
	size_t i;

	expect("", 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	expect("a", 1, "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8");
	expect("abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
	expect(two_blocks, 56, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	for (i = 0; i < sizeof(eighties); i++)
		eighties[i] = "01234567"[i % 8];
	expect(eighties, sizeof(eighties), "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

/* 55 bytes are the last that leave room for the length; made with sha1sum of repeated 'a'. */
static void test_padding(void)
{
	char a[128];

	memset(a, 'a', sizeof(a));
	expect(a, 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a");
	expect(a, 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699");
	expect(a, 63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
	expect(a, 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d");
	expect(a, 65, "11655326c708d70319be2610e8a57d9a5b959d3b");
}

extern CU_TestInfo tests_sha1[];
CU_TestInfo tests_sha1[] = {
	{ "digests are those of RFC 3174 7.3", test_published },
	{ "padding is right on both sides of a block's end", test_padding },
	CU_TEST_INFO_NULL,
};
