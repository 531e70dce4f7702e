/* DTLS records. */
#include "identify/feed.h"

/* ClientHello of 8 bytes, whole: record 13, handshake 12. */
static const char hello[] =
	"16feff0000000000000000 0014 01 000008 0000 000000 000008 fefd010203040506";
static const char verify[] = "16feff0000000000000000 0010 03 000004 0000 000000 000004 feff0102";
static const char change[] = "14fefd0000000000000005 0001 01";

static struct feed f;

static void a_clear_handshake_is_proof(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 1, hello);
	CU_ASSERT(IS_STRONG(&f, APP_DTLS));
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT(POSSIBLE(&f, APP_STUN));
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SIP));
	feed_hex(&f, 0, verify);
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT_EQUAL(f.id.frame[0], 2);
}

static void other_records_are_weak(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, change);
	CU_ASSERT(IS_WEAK(&f, APP_DTLS));
	feed_datagrams(&f);
	feed_hex(&f, 0, "17fefd0001000000000001 0004 01020304 17fefd0001000000000002 0001 05");
	CU_ASSERT(IS_WEAK(&f, APP_DTLS));
}

static void records_must_fill_the_datagram(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, "14fefd0000000000000005 0001 01 00");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_datagrams(&f);
	feed_hex(&f, 0, "14fefd0000000000000005 0002 01");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_datagrams(&f);
	feed_hex(&f, 0, "14fefe0000000000000005 0001 01"); /* there is no version 1.1 */
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_datagrams(&f);
	feed_hex(&f, 0, "1403030000000000000005 0001 01"); /* TLS */
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

static void a_fragment_lies_inside_its_message(void)
{
	/* A second fragment: offset 4 of 8, length 4. */
	feed_datagrams(&f);
	feed_hex(&f, 0, "16feff0000000000000000 0010 01 000008 0000 000004 000004 03040506");
	CU_ASSERT(IS_STRONG(&f, APP_DTLS));
	/* Offset 5, length 4 of 8: past the end. */
	feed_datagrams(&f);
	feed_hex(&f, 0, "16feff0000000000000000 0010 01 000008 0000 000005 000004 03040506");
	CU_ASSERT(IS_WEAK(&f, APP_DTLS));
	/* Encrypted: what looks like a header is none. */
	feed_datagrams(&f);
	feed_hex(&f, 0, "16fefd0001000000000000 0010 01 000008 0000 000004 000004 03040506");
	CU_ASSERT(IS_WEAK(&f, APP_DTLS));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(hello);
	feed_every_prefix_hex(
		"17fefd0001000000000001 0004 01020304 17fefd0001000000000002 0001 05");
}

extern CU_TestInfo tests_dtls[];
CU_TestInfo tests_dtls[] = {
	{ "a clear handshake is proof", a_clear_handshake_is_proof },
	{ "other records are weak", other_records_are_weak },
	{ "records must fill the datagram", records_must_fill_the_datagram },
	{ "a fragment lies inside its message", a_fragment_lies_inside_its_message },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
