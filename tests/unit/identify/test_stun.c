/* STUN with and without its cookie, RFC TURN, and both unframed on TCP. */
#include <string.h>

#include "identify/feed.h"
#include "identify/stun.h"

#define ID  "0102030405060708090a0b0c"
#define ID2 "1102030405060708090a0b0c"

/* RFC 5389: header, SOFTWARE "ab" padded. */
static const char binding[] = "0001 0008 2112a442 " ID " 8022 0002 61620000";
static const char bound[] = "0101 000c 2112a442 " ID " 0020 0008 0001 a147 e112a643";
static const char bound2[] = "0101 000c 2112a442 " ID2 " 0020 0008 0001 a147 e112a643";
/* RFC 3489: sixteen bytes of id, MAPPED-ADDRESS in the answer. */
static const char old_binding[] = "0001 0008 " ID "f1f2f3f4 0003 0004 00000000";
static const char old_bound[] = "0101 000c " ID "f1f2f3f4 0001 0008 0001 0d96 c0000201";
static const char indication[] = "0011 0000 2112a442 " ID;
/* RFC 5766: Allocate with REQUESTED-TRANSPORT; error 401 and success. */
static const char allocate[] = "0003 0008 2112a442 " ID " 0019 0004 11000000";
static const char challenge[] = "0113 0008 2112a442 " ID " 0009 0004 00000401";
static const char allocated[] = "0103 0008 2112a442 " ID " 000d 0004 00000258";

static struct feed f;

static void one_message_with_the_cookie_is_proof(void)
{
	feed_datagrams(&f);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, binding), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(f.id.stun_requests, 1);
	CU_ASSERT_EQUAL(f.id.stun_answers, 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	feed_hex(&f, 1, bound);
	CU_ASSERT_EQUAL(f.id.stun_answers, 1);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
	CU_ASSERT_EQUAL(f.id.frame[0], 1);
	CU_ASSERT_EQUAL(f.id.frame[1], 2);
}

static void media_may_follow_and_nothing_else(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, binding);
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT(POSSIBLE(&f, APP_MSTURN));
	CU_ASSERT(POSSIBLE(&f, APP_DTLS));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DHCP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
	/* Any number of STUN messages rules no media out. */
	for (unsigned i = 0; i < 10; i++)
		feed_hex(&f, i & 1, indication);
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT(POSSIBLE(&f, APP_RTCP));
}

static void the_length_must_be_exact(void)
{
	uint8_t bytes[64];
	size_t n = feed_unhex(binding, bytes, sizeof(bytes));

	bytes[n] = 0;
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, n + 1);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, n - 1);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	/* Cut by the snap length, the length on the wire still tells. */
	feed_datagrams(&f);
	feed_cut(&f, 0, bytes, 21, n);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT(f.id.cut);
	/* WhatsApp and Microsoft send lengths that are no multiple of 4. */
	bytes[3] = 9;
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, n + 1);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
}

static void a_retransmission_is_one_request(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 5; i++)
		feed_hex(&f, 0, binding);
	CU_ASSERT_EQUAL(f.id.stun_requests, 1);
	feed_hex(&f, 1, bound);
	/* The same id again is a new transaction once it was answered. */
	feed_hex(&f, 0, binding);
	CU_ASSERT_EQUAL(f.id.stun_requests, 2);
}

static void an_answer_that_nobody_asked_for_is_stray(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, binding);
	feed_hex(&f, 1, bound);
	feed_hex(&f, 1, bound); /* the answer to a retransmission */
	CU_ASSERT_EQUAL(f.id.stray, 0);
	feed_hex(&f, 1, "0101 0000 2112a442 0102030405060708090a0b1d");
	CU_ASSERT_NOT_EQUAL(f.id.stray, 0);
	CU_ASSERT_NOT_EQUAL(f.id.stray, f.id.transaction);
	CU_ASSERT_EQUAL(f.id.stray_frame, 4);
	/* Alone on its flow it is the flow's transaction as well. */
	feed_datagrams(&f);
	feed_hex(&f, 1, bound2);
	CU_ASSERT(f.id.answers);
	CU_ASSERT_EQUAL(f.id.stray, f.id.transaction);
}

/* More requests at once than are remembered: an answer to a forgotten one is not stray. */
static void a_forgotten_request_makes_no_answer_stray(void)
{
	char request[] = "0001 0000 2112a442 0102030405060708090a0b0"
			 "0";

	for (char last = '4'; last <= '5'; last++) {
		feed_datagrams(&f);
		for (char c = '1'; c <= last; c++) {
			request[sizeof(request) - 2] = c;
			feed_hex(&f, 0, request);
		}
		CU_ASSERT_EQUAL(f.id.stun_requests, last - '0');
		feed_hex(&f, 1, bound2);
		CU_ASSERT_EQUAL(f.id.stray != 0, last == '4');
	}
}

static void requests_are_counted_as_sent(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, binding);
	feed_hex(&f, 0, binding);
	feed_hex(&f, 1, "0001 0000 2112a442 " ID2);
	feed_hex(&f, 1, indication);
	CU_ASSERT_EQUAL(f.id.stun_sent, 3);
	CU_ASSERT_EQUAL(f.id.stun_requests, 2);
}

/* ICE checks go both ways: nobody is the client then. */
static void checks_both_ways_have_no_client(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, binding);
	CU_ASSERT_EQUAL(f.id.client, 0);
	feed_hex(&f, 1, "0001 0000 2112a442 " ID2);
	CU_ASSERT_EQUAL(f.id.client, 2);
	/* An answer alone tells who asked. */
	feed_datagrams(&f);
	feed_hex(&f, 1, bound);
	CU_ASSERT_EQUAL(f.id.client, 0);
}

static void an_old_message_is_weak_until_it_is_answered(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, old_binding);
	CU_ASSERT(IS_WEAK(&f, APP_STUN));
	feed_hex(&f, 1, old_bound);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
	/* The same end cannot answer itself; another id is no answer. */
	feed_datagrams(&f);
	feed_hex(&f, 0, old_binding);
	feed_hex(&f, 0, old_bound);
	CU_ASSERT(IS_WEAK(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	feed_hex(&f, 1, "0101 000c " ID "f1f2f3f5 0001 0008 0001 0d96 c0000201");
	CU_ASSERT(IS_WEAK(&f, APP_STUN));
}

static void many_transactions_at_once_are_matched(void)
{
	static const char *const ids[] = { "00", "01", "02", "03" };
	char hex[80];

	feed_datagrams(&f);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		strcpy(hex, "0001 0000 " ID "f1f2f3");
		strcat(hex, ids[i]);
		feed_hex(&f, 0, hex);
	}
	CU_ASSERT_EQUAL(f.id.stun_requests, 4);
	feed_hex(&f, 1, "0101 0000 " ID "f1f2f300");
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
}

/* Zoom, udp/3478: classic header, exact length, attribute 0101. */
static void zoom_on_3478_is_not_stun(void)
{
	static const char zoom[] = "0001 0018 fca5c232b3da5b2065219f418e9b3e1a "
				   "0101 0014 3132333435363738393031323334353637383900";

	feed_datagrams(&f);
	feed_hex(&f, 0, zoom);
	feed_hex(&f, 0, zoom);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_STUN));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_MSTURN));
}

static void microsofts_attributes_are_noted(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, binding);
	CU_ASSERT_FALSE(f.id.microsoft);
	feed_hex(&f, 0, "0001 0010 2112a442 " ID2 " 8054 0001 31000000 8070 0004 00000003");
	CU_ASSERT(f.id.microsoft);
}

static void errors_are_refusals_unless_normal(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, binding);
	feed_hex(&f, 1, "0111 0008 2112a442 " ID " 0009 0004 00000457");
	CU_ASSERT_EQUAL(f.id.answer.frame, 0); /* 487 */
	feed_hex(&f, 1, "0111 0008 2112a442 " ID " 0009 0004 00000403");
	CU_ASSERT_EQUAL(f.id.answer.frame, 3);
	CU_ASSERT_EQUAL(f.id.answer.code, 403);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_STUN);
	CU_ASSERT_EQUAL(f.id.answer.dir, 1);
	/* The first one stays. */
	feed_hex(&f, 1, "0111 0008 2112a442 " ID " 0009 0004 00000500");
	CU_ASSERT_EQUAL(f.id.answer.code, 403);
}

static void turn_is_told_by_its_methods(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 1, allocate);
	CU_ASSERT(IS_STRONG(&f, APP_TURN));
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_MSTURN));
	CU_ASSERT_FALSE(SEEN(&f, APP_MSTURN));
	feed_hex(&f, 0, challenge);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	feed_hex(&f, 0, allocated);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 3);
}

/* Channel numbers mean nothing before a TURN message. */
static void channel_data_counts_on_a_turn_flow_only(void)
{
	static const char channel[] = "4001 0005 0102030405";
	static const char padded[] = "4001 0005 0102030405 000000";

	feed_datagrams(&f);
	feed_hex(&f, 0, channel);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_hex(&f, 0, allocate);
	f.id.frame[1] = 0;
	feed_hex(&f, 1, padded);
	CU_ASSERT_EQUAL(f.id.frame[1], 3);
	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, "4001 0006 0102030405"); /* the length lies */
	CU_ASSERT_EQUAL(f.id.frame[1], 0);
}

static void what_is_relayed_is_seen_but_does_not_name_the_flow(void)
{
	/* Data indication with a Binding success inside. */
	static const char data[] = "0017 0024 2112a442 " ID2 " 0013 0020 0101 000c 2112a442 " ID
				   " 0020 0008 0001 a147 e112a643";

	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, data);
	CU_ASSERT(IS_STRONG(&f, APP_TURN));
	CU_ASSERT(SEEN(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	CU_ASSERT_EQUAL(f.id.stun_answers, 0);
}

static void unframed_on_tcp_it_ends_with_an_answer(void)
{
	feed_stream(&f);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, allocate), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_TURN));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, challenge), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, allocate), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, allocated), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
	CU_ASSERT_EQUAL(f.id.stun_requests, 2);
}

static void unframed_a_byte_at_a_time_it_is_the_same(void)
{
	static const struct feed_part parts[] = { { 0, binding }, { 1, bound } };

	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, parts);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.result, 0);
	CU_ASSERT_EQUAL(f.id.stun_requests, 1);
	CU_ASSERT_EQUAL(f.id.stun_answers, 1);
}

/* stun-attribute-length-ffff: the header is right, an attribute's length is not. */
static void an_attribute_that_lies_ends_the_walk(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, "0001 0008 2112a442 " ID " 0006 ffff 61626364");
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_FALSE(f.id.microsoft);
}

static void attributes_walk_padded_or_not(void)
{
	uint8_t bytes[64];
	struct stun_attribute a;
	struct cursor c;
	struct stun m;

	CU_ASSERT(stun_read(&m, bytes, feed_unhex(binding, bytes, sizeof(bytes))));
	c = stun_attributes(&m);
	CU_ASSERT(stun_next_attribute(&c, true, &a));
	CU_ASSERT_EQUAL(a.type, 0x8022);
	CU_ASSERT_EQUAL(cursor_left(&a.value), 2);
	CU_ASSERT_FALSE(stun_next_attribute(&c, true, &a));
	CU_ASSERT(cursor_ok(&c));
	c = stun_attributes(&m);
	CU_ASSERT(stun_next_attribute(&c, false, &a));
	CU_ASSERT_FALSE(stun_next_attribute(&c, false, &a));
	CU_ASSERT_FALSE(cursor_ok(&c));
	CU_ASSERT_FALSE(stun_read(&m, bytes, STUN_HEADER - 1));
	CU_ASSERT(stun_read(&m, bytes, STUN_HEADER));
	c = stun_attributes(&m);
	CU_ASSERT_EQUAL(cursor_left(&c), 0);
	bytes[0] = 0x40;
	CU_ASSERT_FALSE(stun_read(&m, bytes, STUN_HEADER));
}

static void an_error_code_needs_four_bytes(void)
{
	CU_ASSERT_EQUAL(stun_error_code(cursor_over("\0\0\4\1", 4)), 401);
	CU_ASSERT_EQUAL(stun_error_code(cursor_over("\0\0\4\46text", 8)), 438);
	CU_ASSERT_EQUAL(stun_error_code(cursor_over("\0\0\4", 3)), 0);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(binding);
	feed_every_prefix_hex(bound);
	feed_every_prefix_hex(bound2);
	feed_every_prefix_hex(old_binding);
	feed_every_prefix_hex(old_bound);
	feed_every_prefix_hex(challenge);
	feed_every_prefix_hex("0017 0024 2112a442 " ID2 " 0013 0020 0101 000c 2112a442 " ID
			      " 0020 0008 0001 a147 e112a643");
}

extern CU_TestInfo tests_stun[];
CU_TestInfo tests_stun[] = {
	{ "one message with the cookie is proof", one_message_with_the_cookie_is_proof },
	{ "media may follow and nothing else", media_may_follow_and_nothing_else },
	{ "the length must be exact", the_length_must_be_exact },
	{ "a retransmission is one request", a_retransmission_is_one_request },
	{ "an answer that nobody asked for is stray", an_answer_that_nobody_asked_for_is_stray },
	{ "a forgotten request makes no answer stray", a_forgotten_request_makes_no_answer_stray },
	{ "requests are counted as they are sent", requests_are_counted_as_sent },
	{ "checks both ways have no client", checks_both_ways_have_no_client },
	{ "an old message is weak until it is answered",
	  an_old_message_is_weak_until_it_is_answered },
	{ "many transactions at once are matched", many_transactions_at_once_are_matched },
	{ "Zoom on 3478 is not STUN", zoom_on_3478_is_not_stun },
	{ "Microsoft's attributes are noted", microsofts_attributes_are_noted },
	{ "errors are refusals unless normal", errors_are_refusals_unless_normal },
	{ "TURN is told by its methods", turn_is_told_by_its_methods },
	{ "ChannelData counts on a TURN flow only", channel_data_counts_on_a_turn_flow_only },
	{ "what is relayed is seen but does not name the flow",
	  what_is_relayed_is_seen_but_does_not_name_the_flow },
	{ "unframed on TCP it ends with an answer", unframed_on_tcp_it_ends_with_an_answer },
	{ "unframed, a byte at a time, it is the same", unframed_a_byte_at_a_time_it_is_the_same },
	{ "an attribute that lies ends the walk", an_attribute_that_lies_ends_the_walk },
	{ "attributes walk padded or not", attributes_walk_padded_or_not },
	{ "an error code needs four bytes", an_error_code_needs_four_bytes },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
