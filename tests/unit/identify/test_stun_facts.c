/* What STUN-shaped messages say beside success and failure (identify/stun_facts.c). */
#include "identify/feed.h"

#define COOKIE "000f000472c64bc6"
#define ID     "0102030405060708090a0b0c"
#define ID2    "1102030405060708090a0b0c"

/* USERNAME "o5/I:FY32", padded, and the peer's "FY32:o5/I". */
static const char mine[] = "0001 0010 2112a442 " ID " 0006 0009 6f352f493a46593332 000000";
static const char theirs[] = "0001 0010 2112a442 " ID2 " 0006 0009 465933323a6f352f49 000000";
static const char other[] = "0001 0010 2112a442 " ID2 " 0006 0009 4a46776a3a46593332 000000";
static const char bound[] = "0101 0000 2112a442 " ID;
/* Allocate with MS-Version 6 and audio, behind an attribute of 3 bytes that is not padded. */
static const char allocate[] = "0003 0027 2112a442 " ID " " COOKIE
			       " 8022 0003 616263 8008 0004 00000006 8055 0004 00010001"
			       " 8039 0004 00000001";
/* 401 with Alternate Server 192.0.2.14:3478. */
static const char challenge[] =
	"0113 001c 2112a442 " ID " " COOKIE " 0009 0004 00000401 000e 0008 0001 0d96 c000020e";

static struct feed f;

static uint64_t session_of(const char *hex)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, hex);
	return f.id.stun.session;
}

static void checks_both_ways_name_one_session(void)
{
	uint64_t session = session_of(mine);

	CU_ASSERT_NOT_EQUAL(session, 0);
	CU_ASSERT_EQUAL(session_of(theirs), session);
	CU_ASSERT_NOT_EQUAL(session_of(other), session);
	/* Padded with NULs inside, as the older format does. */
	CU_ASSERT_EQUAL(session_of("0001 0010 2112a442 " ID " 0006 000c 6f352f493a46593332000000"),
			session);
	/* "o5/IF:Y32" and "o5/I:FY33" are others. */
	CU_ASSERT_NOT_EQUAL(
		session_of("0001 0010 2112a442 " ID " 0006 0009 6f352f49463a593332 000000"),
		session);
	CU_ASSERT_NOT_EQUAL(
		session_of("0001 0010 2112a442 " ID " 0006 0009 6f352f493a46593333 000000"),
		session);
}

static void only_a_check_names_a_session(void)
{
	CU_ASSERT_EQUAL(session_of("0001 0000 2112a442 " ID), 0);
	CU_ASSERT_EQUAL(session_of("0001 0004 2112a442 " ID " 0006 0000"), 0);
	/* The account of a TURN client, of an MSTURN client. */
	CU_ASSERT_EQUAL(session_of("0003 0010 2112a442 " ID " 0006 0009 6f352f493a46593332 000000"),
			0);
	CU_ASSERT_EQUAL(
		session_of("0003 0015 2112a442 " ID " " COOKIE " 0006 0009 6f352f493a46593332"), 0);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
}

/* Facts 0.11: the same behind RFC 4571 lengths on TCP. */
static void checks_on_tcp_name_the_same_session(void)
{
	uint64_t session = session_of(mine);

	feed_stream(&f);
	feed_hex(&f, 0, "0024 0001 0010 2112a442 " ID " 0006 0009 6f352f493a46593332 000000");
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.stun.session, session);
}

/* A relay carries checks; the session is theirs, versions in them are the peer's. */
static void a_relayed_check_names_its_session_only(void)
{
	uint64_t session = session_of(mine);

	feed_datagrams(&f);
	feed_hex(&f, 0,
		 "0004 0038 2112a442 " ID2 " " COOKIE " 0013 002c 0001 0018 2112a442 " ID
		 " 0006 0009 6f352f493a46593332 000000 8070 0004 00000003");
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT_EQUAL(f.id.stun.session, session);
	CU_ASSERT_EQUAL(f.id.stun.ice_version, 0);
	CU_ASSERT_FALSE(f.id.stun.checked);
	CU_ASSERT_EQUAL(f.id.stun_sent, 0);
	feed_hex(&f, 1,
		 "0115 0020 c0c1c2c3c4c5c6c7c8c9cacbcccdcecf " COOKIE
		 " 0013 0014 0101 0000 2112a442 " ID);
	CU_ASSERT(f.id.stun.checked);
	CU_ASSERT_EQUAL(f.id.stun_answers, 0);
	CU_ASSERT_EQUAL(f.id.stray, 0);
}

static void only_the_success_of_a_check_opens_a_pair(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, mine);
	feed_hex(&f, 1, "0111 0008 2112a442 " ID " 0009 0004 00000401");
	CU_ASSERT_FALSE(f.id.stun.checked);
	feed_hex(&f, 1, bound);
	CU_ASSERT(f.id.stun.checked);
	/* An allocation, of either kind of relay, opens none. */
	feed_datagrams(&f);
	feed_hex(&f, 0, "0003 0000 2112a442 " ID);
	feed_hex(&f, 1, "0103 0000 2112a442 " ID);
	CU_ASSERT_FALSE(f.id.stun.checked);
	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, "0103 0008 2112a442 " ID " " COOKIE);
	CU_ASSERT(f.id.accepted_frame != 0);
	CU_ASSERT_FALSE(f.id.stun.checked);
}

/* Facts 0.3: a walk that pads would miss what stands behind three bytes. */
static void versions_are_read_unpadded(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	CU_ASSERT_EQUAL(f.id.stun.ms_version, 6);
	CU_ASSERT_EQUAL(f.id.stun.stream_type, 1);
	CU_ASSERT_EQUAL(f.id.stun.ice_version, 0);
	feed_stream(&f);
	feed_hex(&f, 0, "0200003b");
	feed_hex(&f, 0, allocate);
	CU_ASSERT_EQUAL(f.id.stun.ms_version, 6);
	CU_ASSERT_EQUAL(f.id.stun.stream_type, 1);
}

static void the_first_version_of_a_flow_stays(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, "0001 0008 2112a442 " ID " 8070 0004 00000003");
	feed_hex(&f, 1, "0101 0008 2112a442 " ID " 8070 0004 00000007");
	CU_ASSERT_EQUAL(f.id.stun.ice_version, 3);
	/* What is no version: cut short, or out of all bounds. */
	feed_datagrams(&f);
	feed_hex(&f, 0, "0001 0008 2112a442 " ID " 8070 0002 0003 0000");
	CU_ASSERT_EQUAL(f.id.stun.ice_version, 0);
	feed_hex(&f, 0, "0001 0010 2112a442 " ID2 " 8070 0004 00000103 8055 0004 00050000");
	CU_ASSERT_EQUAL(f.id.stun.ice_version, 0);
	CU_ASSERT_EQUAL(f.id.stun.stream_type, 0);
}

static void the_alternate_server_is_kept(void)
{
	char text[ADDRESS_TEXT];

	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, challenge);
	CU_ASSERT_EQUAL(f.id.stun.alternate_frame, 2);
	CU_ASSERT_STRING_EQUAL(address_text(&f.id.stun.alternate, text), "192.0.2.14");
	CU_ASSERT_EQUAL(f.id.stun.alternate_port, 3478);
	/* RFC 5389's attribute, and IPv6. */
	feed_datagrams(&f);
	feed_hex(&f, 1,
		 "0113 0020 2112a442 " ID " 0009 0004 00000300 8023 0014 0002 0d96 "
		 "20010db8000000000000000000000001");
	CU_ASSERT_STRING_EQUAL(address_text(&f.id.stun.alternate, text), "2001:db8::1");
}

static void what_is_no_alternate_server_is_not_kept(void)
{
	static const char *const wrong[] = {
		"0113 000c 2112a442 " ID " 8023 0008 0003 0d96 c000020e", /* family 3 */
		"0113 000c 2112a442 " ID " 8023 0008 0001 0000 c000020e", /* port 0 */
		"0113 000c 2112a442 " ID " 8023 0006 0001 0d96 c000 0000",
		"0113 000c 2112a442 " ID " 8023 0008 0002 0d96 c000020e", /* 4 of 16 bytes */
		"0103 000c 2112a442 " ID " 8023 0008 0001 0d96 c000020e", /* in a success */
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		feed_datagrams(&f);
		feed_hex(&f, 1, wrong[i]);
		CU_ASSERT(SEEN(&f, APP_TURN));
		CU_ASSERT_EQUAL(f.id.stun.alternate_frame, 0);
	}
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(mine);
	feed_every_prefix_hex(allocate);
	feed_every_prefix_hex(challenge);
}

extern CU_TestInfo tests_stun_facts[];
CU_TestInfo tests_stun_facts[] = {
	{ "checks both ways name one session", checks_both_ways_name_one_session },
	{ "only a check names a session", only_a_check_names_a_session },
	{ "checks on TCP behind RFC 4571 lengths name the same session",
	  checks_on_tcp_name_the_same_session },
	{ "a relayed check names its session and nothing else",
	  a_relayed_check_names_its_session_only },
	{ "only the success of a check opens a pair", only_the_success_of_a_check_opens_a_pair },
	{ "versions are read from attributes without padding", versions_are_read_unpadded },
	{ "the first version of a flow stays", the_first_version_of_a_flow_stays },
	{ "the alternate server is kept", the_alternate_server_is_kept },
	{ "what is no alternate server is not kept", what_is_no_alternate_server_is_not_kept },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
