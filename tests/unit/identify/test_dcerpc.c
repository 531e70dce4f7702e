/* DCE/RPC binds, what mirrors them, and what looks like them. */
#include "identify/feed.h"

#define EPM   "0883afe11f5dc91191a408002b14a0fa"
#define OTHER "00112233445566778899aabbccddeeff"
#define NDR   "045d888aeb1cc9119fe808002b104860 02000000"
#define NDR64 "33057171babe37498319b5dbef9ccc36 01000000"
#define BIND(call, uuid, syntax)                                                            \
	"05000b03 10000000 4800 0000 " call " d016 d016 00000000 01000000 0000 01 00 " uuid \
	" 03000000 " syntax
#define ACK(call) "05000c03 10000000 1c00 0000 " call " d016 d016 01000000 00000000"

static struct feed f;

static void a_bind_of_a_known_interface_is_proof(void)
{
	feed_stream(&f);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, BIND("01000000", EPM, NDR64)), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_DCERPC));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_DCERPC));
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", OTHER, NDR));
	CU_ASSERT(IS_STRONG(&f, APP_DCERPC));
}

static void an_unknown_bind_is_proven_by_its_answer(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, BIND("02000000", OTHER, NDR64));
	CU_ASSERT(IS_WEAK(&f, APP_DCERPC));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, ACK("03000000")), IDENT_MORE);
	CU_ASSERT(IS_WEAK(&f, APP_DCERPC));
	feed_stream(&f);
	feed_hex(&f, 0, BIND("02000000", OTHER, NDR64));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, ACK("02000000")), 0);
	CU_ASSERT(IS_STRONG(&f, APP_DCERPC));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
}

static void a_refused_bind_keeps_its_reason(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, BIND("02000000", EPM, NDR));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "05000d03 10000000 1400 0000 02000000 0400 0000"), 0);
	CU_ASSERT_EQUAL(f.id.answer.code, 4);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_DCERPC);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
}

static void both_byte_orders_are_read(void)
{
	feed_stream(&f);
	feed_hex(
		&f, 0,
		"05000b03 00000000 0048 0000 00000002 16d0 16d0 00000000 01000000 0000 01 00 " OTHER
		" 00000003 " NDR64);
	CU_ASSERT(IS_WEAK(&f, APP_DCERPC));
	feed_hex(&f, 1, ACK("02000000")); /* the same number in the other order */
	CU_ASSERT(IS_STRONG(&f, APP_DCERPC));
}

static void only_a_bind_opens_a_connection(void)
{
	static const char request[] = "05000003 10000000 1800 0000 07000000 00000000 0000 0300";
	static const char response[] = "05000203 10000000 1800 0000 07000000 00000000 0000 0000";

	feed_stream(&f);
	feed_hex(&f, 0, request);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DCERPC));
	/* Joined late, a request and its mirror are proof. */
	feed_midstream(&f);
	feed_hex(&f, 0, request);
	CU_ASSERT(IS_WEAK(&f, APP_DCERPC));
	feed_hex(&f, 1, response);
	CU_ASSERT(IS_STRONG(&f, APP_DCERPC));
}

static void socks_5_is_not_dce_rpc(void)
{
	static const char *const greetings[] = { "050100", "05020002", "050b" };

	for (size_t i = 0; i < 2; i++) {
		feed_stream(&f);
		feed_hex(&f, 0, greetings[i]);
		CU_ASSERT_EQUAL(f.id.seen, 0);
		CU_ASSERT_FALSE(POSSIBLE(&f, APP_DCERPC));
	}
	feed_stream(&f);
	feed_hex(&f, 0, greetings[2]);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DCERPC));
}

static void a_header_that_lies_is_none(void)
{
	static const char *const headers[] = {
		"05000b03 20000000 4800 0000 01000000", /* data representation */
		"05000b03 10000100 4800 0000 01000000", /* reserved byte of it */
		"05000b03 10000000 0f00 0000 01000000", /* shorter than its header */
		"05000b03 10000000 1000 0100 01000000", /* more authentication than PDU */
		"05020b03 10000000 4800 0000 01000000", /* minor version */
	};

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		feed_stream(&f);
		feed_hex(&f, 0, headers[i]);
		CU_ASSERT_FALSE(POSSIBLE(&f, APP_DCERPC));
	}
}

static void the_banner_of_rpc_over_http_is_weak(void)
{
	feed_stream(&f);
	feed_text(&f, 1, "ncacn_http/1.0");
	CU_ASSERT(IS_WEAK(&f, APP_DCERPC));
	CU_ASSERT_EQUAL(f.id.client, 0);
	feed_hex(&f, 0, BIND("01000000", EPM, NDR));
	CU_ASSERT(IS_STRONG(&f, APP_DCERPC));
	feed_hex(&f, 1, ACK("01000000"));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 3);
}

/* C706 12.5.2: 80 bytes, the length of the body at 74. */
static void the_datagram_form_is_weak(void)
{
	uint8_t bytes[90] = { 4, 0, 8, 0, 0x10 };

	bytes[74] = 10;
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, 90);
	CU_ASSERT(IS_WEAK(&f, APP_DCERPC));
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, 89);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DCERPC));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(BIND("01000000", EPM, NDR));
	feed_every_prefix_hex(ACK("01000000"));
	feed_every_prefix_hex("05000d03 10000000 1000 0000 02000000");
	feed_every_prefix("ncacn_http/1.0", 14);
}

extern CU_TestInfo tests_dcerpc[];
CU_TestInfo tests_dcerpc[] = {
	{ "a bind of a known interface is proof", a_bind_of_a_known_interface_is_proof },
	{ "an unknown bind is proven by its answer", an_unknown_bind_is_proven_by_its_answer },
	{ "a refused bind keeps its reason", a_refused_bind_keeps_its_reason },
	{ "both byte orders are read", both_byte_orders_are_read },
	{ "only a bind opens a connection", only_a_bind_opens_a_connection },
	{ "SOCKS 5 is not DCE/RPC", socks_5_is_not_dce_rpc },
	{ "a header that lies is none", a_header_that_lies_is_none },
	{ "the banner of RPC over HTTP is weak", the_banner_of_rpc_over_http_is_weak },
	{ "the datagram form is weak", the_datagram_form_is_weak },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
