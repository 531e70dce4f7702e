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
	CU_ASSERT_EQUAL(feed_hex(&f, 0, negotiated2), IDENT_MORE);
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
	CU_ASSERT_EQUAL(feed_hex(&f, 1, negotiated1), IDENT_MORE);
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

/* Whole messages of SMB 2: header and the first bytes of the body, as Windows Server sends them. */
#define SMB2(length, status, command, flags)                                     \
	"000000" length " fe534d42 4000 0100 " status " " command " 0100 " flags \
	" 00000000 0000000000000000 00000000 00000000 0000000000000000"          \
	"00000000000000000000000000000000"
#define NEGOTIATED(dialect) SMB2("48", "00000000", "0000", "01000000") " 4100 0100 " dialect " 0000"
#define LOGON(status)       SMB2("48", status, "0100", "01000000") " 0900 0000 4800 0000"
#define ASK(command)        SMB2("48", "00000000", command, "00000000") " 2400 0500 0000 0000"

static void the_server_chooses_the_dialect(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, negotiate1);
	/* "SMB 2.???" is an invitation to ask again (MS-SMB2 3.3.5.3.1). */
	feed_hex(&f, 1, NEGOTIATED("ff02"));
	CU_ASSERT_EQUAL(f.id.smb_dialect, 0);
	feed_hex(&f, 0, ASK("0000"));
	CU_ASSERT_EQUAL(f.id.smb_dialect, 0);
	feed_hex(&f, 1, NEGOTIATED("1103"));
	CU_ASSERT_EQUAL(f.id.smb_dialect, 0x0311);
	feed_stream(&f);
	feed_hex(&f, 0, negotiate1);
	feed_hex(&f, 1, negotiated1);
	CU_ASSERT_EQUAL(f.id.smb_dialect, 0x0100);
}

static void a_logon_ends_the_dialogue(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, ASK("0000"));
	feed_hex(&f, 1, NEGOTIATED("1002"));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	feed_hex(&f, 0, ASK("0100"));
	/* STATUS_MORE_PROCESSING_REQUIRED: the logon takes another round. */
	feed_hex(&f, 1, LOGON("160000c0"));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	feed_hex(&f, 0, ASK("0100"));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, LOGON("00000000")), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 6);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
}

static void a_refused_logon_keeps_its_status(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, ASK("0100"));
	feed_hex(&f, 1, LOGON("6d0000c0"));
	CU_ASSERT_EQUAL(f.id.answer.code, 0xc000006d);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_SMB);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	/* With other credentials on the same connection it is no refusal after all. */
	feed_hex(&f, 0, ASK("0100"));
	feed_hex(&f, 1, LOGON("00000000"));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
	/* What becomes of a file is not what becomes of the client. */
	feed_stream(&f);
	feed_hex(&f, 0, ASK("0500"));
	feed_hex(&f, 1, SMB2("48", "220000c0", "0500", "01000000") " 0900 0000 0000 0000");
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	/* Access denied, in SMB 1. */
	feed_stream(&f);
	feed_hex(&f, 0, negotiate1);
	feed_hex(&f, 1,
		 "00000023 ff534d42 73 220000c0 98 53c8 "
		 "0000000000000000000000000000ffff00000000 00 0000");
	CU_ASSERT_EQUAL(f.id.answer.code, 0xc0000022);
}

static void the_same_a_byte_at_a_time(void)
{
	static const struct feed_part parts[] = {
		{ 0, ASK("0000") },       { 1, NEGOTIATED("0203") }, { 0, ASK("0100") },
		{ 1, LOGON("160000c0") }, { 0, ASK("0100") },        { 1, LOGON("220000c0") },
	};

	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, parts);
	CU_ASSERT_EQUAL(f.id.smb_dialect, 0x0302);
	CU_ASSERT_EQUAL(f.id.answer.code, 0xc0000022);
	CU_ASSERT_EQUAL(f.id.client, 0);
}

static void an_encrypted_message_shows_a_session(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, ASK("0100"));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "00000010 fd534d42 000102030405060708090a0b"), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
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
	feed_every_prefix_hex(NEGOTIATED("1103"));
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
	{ "the server chooses the dialect", the_server_chooses_the_dialect },
	{ "a logon ends the dialogue", a_logon_ends_the_dialogue },
	{ "a refused logon keeps its status", a_refused_logon_keeps_its_status },
	{ "the same a byte at a time", the_same_a_byte_at_a_time },
	{ "an encrypted message shows a session", an_encrypted_message_shows_a_session },
	{ "a message shorter than its flags tells no client",
	  a_message_shorter_than_its_flags_tells_no_client },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
