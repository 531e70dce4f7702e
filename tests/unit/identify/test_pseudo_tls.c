/* The fixed hello pair in front of MSTURN, and what it must not be taken for. */
#include <string.h>

#include "identify/feed.h"
#include "identify/tls_dialogues.h"

/* MS-TURN 2.1.1 with the random bytes set to other values than libnice's. */
static const char client_hello[] =
	"160301002d 01000029 0301 52439ae1 "
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b 00 0002 0018 0100";
static const char server_hello[] =
	"160301004e 02000046 0301 52439ae2 "
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b 20 "
	"101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f 0018 00 0e000000";
/* Allocate, framed: 02 00 length, then a message with no more than its magic cookie. */
static const char allocate[] =
	"0200001c 0003 0008 2112a442 0102030405060708090a0b0c 000f000472c64bc6";
static const char allocated[] =
	"0200001c 0103 0008 2112a442 0102030405060708090a0b0c 000f000472c64bc6";

/* Google's imitation, facts 3d. */
static const char google_client[] =
	"8046010301002d000000100100800300800700c006004002008004008000000400feff00000a00fefe"
	"0000090000640000620000030000061f170ca62f0078fc46552eb18339f1ea";
static const char google_server[] =
	"160301004a02000046030142854 5a727a95da0b3c5e753da482b3fc65aca89c15852a1783c5b17460085"
	"3f200ed306725b5b1b5f15ac13f988539d9be83d7b0c30326e384da27557416c345c000400";

static struct feed f;

static void the_pair_is_pseudo_tls_and_msturn_follows(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, client_hello);
	CU_ASSERT(IS_STRONG(&f, APP_PSEUDO_TLS));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(f.id.pseudo, PSEUDO_ASKED);
	CU_ASSERT(POSSIBLE(&f, APP_MSTURN));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	feed_hex(&f, 1, server_hello);
	CU_ASSERT_EQUAL(f.id.pseudo, PSEUDO_ASKED | PSEUDO_ANSWERED);
	CU_ASSERT_EQUAL(f.id.frame[0], 1);
	CU_ASSERT_EQUAL(f.id.frame[1], 2);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, allocate), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, allocated), IDENT_MORE); /* relayed media may follow */
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
	CU_ASSERT(SEEN(&f, APP_PSEUDO_TLS));
	CU_ASSERT_FALSE(SEEN(&f, APP_TLS));
	CU_ASSERT_FALSE(f.id.tls.client_hello);
	CU_ASSERT_FALSE(f.id.tls.server_hello);
}

static void it_is_the_same_a_byte_at_a_time(void)
{
	static const struct feed_part parts[] = {
		{ 0, client_hello }, { 1, server_hello }, { 0, allocate }, { 1, allocated }
	};

	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, parts);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT_FALSE(SEEN(&f, APP_TLS));
	CU_ASSERT(f.id.accepted_frame != 0);
}

/* A hello cut short is neither: both stay possible and nothing is claimed. */
static void forty_nine_bytes_decide_nothing(void)
{
	uint8_t bytes[64];
	size_t n = feed_unhex(client_hello, bytes, sizeof(bytes));

	CU_ASSERT_EQUAL_FATAL(n, 50);
	feed_stream(&f);
	feed_bytes(&f, 0, bytes, 49);
	feed_end(&f, 0);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_PSEUDO_TLS));
	CU_ASSERT(POSSIBLE(&f, APP_TLS));
}

static void one_fixed_byte_wrong_is_not_pseudo_tls(void)
{
	static const uint8_t fixed[] = { 0, 1,  2,  3,  4,  5,  6,  7,  8,
					 9, 10, 43, 44, 45, 46, 47, 48, 49 };
	uint8_t bytes[64];

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		size_t n = feed_unhex(client_hello, bytes, sizeof(bytes));

		bytes[fixed[i]] ^= 0x80;
		feed_stream(&f);
		feed_bytes(&f, 0, bytes, n);
		CU_ASSERT_FALSE(SEEN(&f, APP_PSEUDO_TLS));
	}
}

static void the_server_alone_is_enough(void)
{
	feed_stream(&f);
	feed_hex(&f, 1, server_hello);
	CU_ASSERT(IS_STRONG(&f, APP_PSEUDO_TLS));
	CU_ASSERT_EQUAL(f.id.client, 0);
}

/* Facts 3e: an inspecting proxy answers with a real ServerHello. */
static void a_real_answer_is_told_apart(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, client_hello);
	feed_hex(&f, 1, tls_plain[1].hex);
	CU_ASSERT(IS_STRONG(&f, APP_PSEUDO_TLS));
	CU_ASSERT(SEEN(&f, APP_TLS));
	CU_ASSERT(f.id.tls.server_hello);
	CU_ASSERT_FALSE(f.id.tls.client_hello);
}

static void an_alert_in_answer_is_kept_without_calling_it_tls(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, client_hello);
	feed_hex(&f, 1, "15030100020228");
	CU_ASSERT(IS_STRONG(&f, APP_PSEUDO_TLS));
	CU_ASSERT_FALSE(SEEN(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.tls.alert_description, 40);
	CU_ASSERT_EQUAL(f.id.tls.alert_dir, 1);
}

static void real_tls_is_not_pseudo_tls(void)
{
	feed_stream(&f);
	FEED_PARTS(&f, tls_plain);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
	CU_ASSERT_FALSE(SEEN(&f, APP_PSEUDO_TLS));
}

static void googles_imitation_is_neither(void)
{
	static const struct feed_part parts[] = { { 0, google_client }, { 1, google_server } };

	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, parts);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_stream(&f);
	feed_hex(&f, 0, google_client);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_PSEUDO_TLS));
	feed_stream(&f);
	feed_hex(&f, 1, google_server);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(client_hello);
	feed_every_prefix_hex(server_hello);
	feed_every_prefix_hex(google_client);
	feed_every_prefix_hex(google_server);
}

extern CU_TestInfo tests_pseudo_tls[];
CU_TestInfo tests_pseudo_tls[] = {
	{ "the pair is pseudo-TLS, and MSTURN follows", the_pair_is_pseudo_tls_and_msturn_follows },
	{ "it is the same a byte at a time", it_is_the_same_a_byte_at_a_time },
	{ "forty-nine bytes decide nothing", forty_nine_bytes_decide_nothing },
	{ "one fixed byte wrong is not pseudo-TLS", one_fixed_byte_wrong_is_not_pseudo_tls },
	{ "the server alone is enough", the_server_alone_is_enough },
	{ "a real answer to it is told apart", a_real_answer_is_told_apart },
	{ "an alert in answer is kept without calling it TLS",
	  an_alert_in_answer_is_kept_without_calling_it_tls },
	{ "real TLS is not pseudo-TLS", real_tls_is_not_pseudo_tls },
	{ "Google's imitation is neither", googles_imitation_is_neither },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
