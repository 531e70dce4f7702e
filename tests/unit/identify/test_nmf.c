/* .NET message framing: preamble, upgrade to TLS, acknowledgement, fault. */
#include <string.h>

#include "identify/feed.h"
#include "identify/tls_dialogues.h"

/* Version 1.0, duplex, via "net.tcp://h/", binary encoding. */
#define PREAMBLE "000100 0102 020c 6e65742e7463703a2f2f682f 0308"
#define UPGRADE  "0913 6170706c69636174696f6e2f73736c2d746c73"

static struct feed f;

static void a_preamble_is_proof(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "0001000102");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_hex(&f, 0, "02");
	CU_ASSERT(IS_STRONG(&f, APP_NMF));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT(POSSIBLE(&f, APP_TLS));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_STUN));
}

static void an_acknowledged_preamble_is_done(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, PREAMBLE "0c");
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "0b"), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
	CU_ASSERT_EQUAL(f.id.frame[1], 2);
	CU_ASSERT_FALSE(SEEN(&f, APP_TLS));
}

static void a_fault_is_a_refusal(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, PREAMBLE "0c");
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "08 02 6869"), 0);
	CU_ASSERT_EQUAL(f.id.answer.frame, 2);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_NMF);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
}

static void tls_follows_an_upgrade(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, PREAMBLE UPGRADE);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "0a"), IDENT_MORE);
	for (size_t i = 0; i < ARRAY_SIZE(tls_mutual); i++)
		feed_hex(&f, tls_mutual[i].dir, tls_mutual[i].hex);
	CU_ASSERT(IS_STRONG(&f, APP_NMF));
	CU_ASSERT(SEEN(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_PROVEN);
	CU_ASSERT_EQUAL(f.result, 0);
}

static void the_same_a_byte_at_a_time(void)
{
	static const struct feed_part parts[] = { { 0, PREAMBLE UPGRADE }, { 1, "0a" } };

	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, parts);
	FEED_PARTS_BY_BYTE(&f, tls_plain);
	CU_ASSERT(SEEN(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_NOT_REQUESTED);
}

/* The server's one byte means nothing without a preamble. */
static void an_answer_alone_claims_nothing(void)
{
	feed_stream(&f);
	feed_hex(&f, 1, "0b");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_NMF));
	feed_stream(&f);
	feed_hex(&f, 0, "47");
	feed_hex(&f, 1, "0b");
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_NMF));
}

static void sizes_take_several_bytes(void)
{
	uint8_t bytes[256] = { 0, 1, 0, 1, 2, 2, 0x82, 0x01 }; /* a via of 130 bytes */
	size_t n = 8 + 130;

	memset(bytes + 8, 'a', 130);
	n += feed_unhex("0308" UPGRADE, bytes + n, sizeof(bytes) - n);
	feed_stream(&f);
	feed_bytes(&f, 0, bytes, n);
	feed_hex(&f, 1, "0a");
	feed_hex(&f, 0, tls_plain[0].hex);
	CU_ASSERT(f.id.tls.client_hello);
	/* A size that never ends. */
	feed_stream(&f);
	feed_hex(&f, 0, "000100 0102 02ffffffffffffffff");
	CU_ASSERT(IS_STRONG(&f, APP_NMF));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(PREAMBLE UPGRADE);
	feed_every_prefix_hex(PREAMBLE "0c");
}

/* A hello that cannot be one, and a record behind it: the same from one segment and from many. */
static void no_hello_behind_an_upgrade_is_none_however_it_is_cut(void)
{
	static const struct feed_part parts[] = {
		{ 0, PREAMBLE UPGRADE },
		{ 1, "0a 1603030026 02033d00 0303 " /* 4 MB of hello */
		     "0000000000000000000000000000000000000000000000000000000000000000 "
		     "1703030004 00000000" },
	};

	for (unsigned by_byte = 0; by_byte < 2; by_byte++) {
		feed_stream(&f);
		if (by_byte)
			FEED_PARTS_BY_BYTE(&f, parts);
		else
			FEED_PARTS(&f, parts);
		feed_end(&f, 1);
		CU_ASSERT(SEEN(&f, APP_TLS));
		CU_ASSERT_EQUAL(f.id.tls.version, 0);
		CU_ASSERT_FALSE(f.id.tls.server_hello);
	}
}

extern CU_TestInfo tests_nmf[];
CU_TestInfo tests_nmf[] = {
	{ "a preamble is proof", a_preamble_is_proof },
	{ "an acknowledged preamble is done", an_acknowledged_preamble_is_done },
	{ "a fault is a refusal", a_fault_is_a_refusal },
	{ "TLS follows an upgrade", tls_follows_an_upgrade },
	{ "the same a byte at a time", the_same_a_byte_at_a_time },
	{ "an answer alone claims nothing", an_answer_alone_claims_nothing },
	{ "sizes take several bytes", sizes_take_several_bytes },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	{ "no hello behind an upgrade is none however it is cut",
	  no_hello_behind_an_upgrade_is_none_however_it_is_cut },
	CU_TEST_INFO_NULL,
};
