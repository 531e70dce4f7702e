/* SMB of every version, directly and behind a NetBIOS session. */
#include "identify/feed.h"

static const char negotiate1[] = "00000023 ff534d42 72 00000000 18 53c8 "
				 "0000000000000000000000000000ffff00000000 00 0000";
static const char negotiated1[] = "00000023 ff534d42 72 00000000 98 53c8 "
				  "0000000000000000000000000000ffff00000000 00 0000";
static const char negotiate2[] = "00000040 fe534d42 4000 0000 00000000 0000 0000 00000000";
static const char negotiated2[] = "00000040 fe534d42 4000 0000 00000000 0000 0100 01000000";
/* Session request: two encoded names of 34 bytes. */
#define NAME "4341434143414341434143414341434143414341434143414341434143414341"
static const char session[] = "81000044 20" NAME "00 20" NAME "00";

static struct feed f;

static void eight_bytes_are_proof(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "00000040fe534d");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SMB));
	feed_hex(&f, 0, "42");
	feed_end(&f, 0);
	CU_ASSERT(IS_STRONG(&f, APP_SMB));
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_SMB));
}

static void both_versions_tell_the_client(void)
{
	feed_stream(&f);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, negotiate1), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, negotiated2), 0);
	CU_ASSERT_EQUAL(f.id.client, 1);
	feed_stream(&f);
	feed_hex(&f, 0, negotiated1);
	CU_ASSERT_EQUAL(f.id.client, 1);
	feed_stream(&f);
	feed_hex(&f, 1, negotiate2);
	CU_ASSERT_EQUAL(f.id.client, 1);
}

static void encrypted_and_compressed_messages_are_smb(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "00000100 fd534d42 000102030405060708090a0b0c0d0e0f10111213");
	CU_ASSERT(IS_STRONG(&f, APP_SMB));
	CU_ASSERT_EQUAL(f.id.client, 2);
	feed_stream(&f);
	feed_hex(&f, 0, "00000100 fc534d42 000102030405060708090a0b0c0d0e0f10111213");
	CU_ASSERT(IS_STRONG(&f, APP_SMB));
	feed_stream(&f);
	feed_hex(&f, 0, "00000100 fb534d42 000102030405060708090a0b0c0d0e0f10111213");
	CU_ASSERT_FALSE(SEEN(&f, APP_SMB));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SMB));
}

static void a_netbios_session_may_come_first(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, session);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SMB));
	feed_hex(&f, 1, "82000000");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_hex(&f, 0, negotiate1);
	CU_ASSERT(IS_STRONG(&f, APP_SMB));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, negotiated1), 0);
	CU_ASSERT_EQUAL(f.id.client, 0);
}

static void a_refused_session_claims_nothing(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, session);
	feed_hex(&f, 1, "8300000182");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SMB));
}

/* Its length ends it before the flags: what lies behind is not its own. */
static void a_message_shorter_than_its_flags_tells_no_client(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "00000009 ff534d42 720000000000000000 80 0000000000000000000000000000");
	CU_ASSERT(IS_STRONG(&f, APP_SMB));
	CU_ASSERT_EQUAL(f.id.client, 2);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(negotiate1);
	feed_every_prefix_hex(negotiate2);
	feed_every_prefix_hex(session);
}

extern CU_TestInfo tests_smb[];
CU_TestInfo tests_smb[] = {
	{ "eight bytes are proof", eight_bytes_are_proof },
	{ "both versions tell the client", both_versions_tell_the_client },
	{ "encrypted and compressed messages are SMB", encrypted_and_compressed_messages_are_smb },
	{ "a NetBIOS session may come first", a_netbios_session_may_come_first },
	{ "a refused session claims nothing", a_refused_session_claims_nothing },
	{ "a message shorter than its flags tells no client",
	  a_message_shorter_than_its_flags_tells_no_client },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
