/* DCE/RPC binds, what mirrors them, and what looks like them. */
#include "identify/feed.h"

#define EPM   "0883afe11f5dc91191a408002b14a0fa"
#define OTHER "00112233445566778899aabbccddeeff"
#define NDR   "045d888aeb1cc9119fe808002b104860 02000000"
#define NDR64 "33057171babe37498319b5dbef9ccc36 01000000"
#define BIND(call, uuid, syntax)                                                            \
	"05000b03 10000000 4800 0000 " call " d016 d016 00000000 01000000 0000 01 00 " uuid \
	" 03000000 " syntax
#define REQUEST(call, opnum) "05000003 10000000 1800 0000 " call " 00000000 0000 " opnum
#define RESPONSE(call)       "05000203 10000000 1800 0000 " call " 00000000 0000 0000"
#define FAULT(call, status) \
	"05000303 10000000 2000 0000 " call " 00000000 0000 0000 " status " 00000000"
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
	CU_ASSERT_EQUAL(feed_hex(&f, 1, ACK("02000000")), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_DCERPC));
	/* A bind that is taken is no call that is answered. */
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	feed_hex(&f, 0, REQUEST("03000000", "0000"));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, RESPONSE("03000000")), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
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

/* A bind_ack in which the server takes none of the contexts (C706 12.6.3.1). */
static void a_bind_of_which_nothing_is_taken_is_refused(void)
{
#define RESULTS(n, one, two)                                                            \
	"05000c03 10000000 5400 0000 01000000 d016 d016 01000000 0400 31333500 0000 " n \
	" 000000 " one " 00000000000000000000000000000000 00000000 " two                \
	" 00000000000000000000000000000000 00000000"
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", EPM, NDR));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, RESULTS("02", "0200 0100", "0200 0200")), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_DCERPC);
	CU_ASSERT_EQUAL(f.id.answer.code, 1);
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", EPM, NDR));
	feed_hex(&f, 1, RESULTS("02", "0200 0100", "0000 0000"));
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	/* A list that ends before its last result decides nothing. */
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", EPM, NDR));
	feed_hex(&f, 1, RESULTS("03", "0200 0100", "0200 0200"));
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
}

static void a_fault_that_denies_access_refuses(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", OTHER, NDR));
	feed_hex(&f, 1, ACK("01000000"));
	feed_hex(&f, 0, REQUEST("02000000", "0000"));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, FAULT("02000000", "05000000")), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.answer.code, 5);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_DCERPC);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	/* A second try with better credentials. */
	feed_hex(&f, 0, REQUEST("03000000", "0000"));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, RESPONSE("03000000")), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 6);
	/* nca_op_rng_error: this one operation is not there. */
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", OTHER, NDR));
	feed_hex(&f, 1, ACK("01000000"));
	feed_hex(&f, 0, REQUEST("02000000", "0900"));
	feed_hex(&f, 1, FAULT("02000000", "0200011c"));
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
}

static void the_first_known_interface_is_kept(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", EPM, NDR));
	CU_ASSERT_EQUAL(f.id.rpc.interface, RPC_ENDPOINT_MAPPER);
	feed_stream(&f);
	feed_hex(&f, 0, BIND("01000000", OTHER, NDR));
	CU_ASSERT_EQUAL(f.id.rpc.interface, RPC_OTHER);
	feed_hex(&f, 1, ACK("01000000"));
	/* alter_context has the layout of a bind. */
	feed_hex(&f, 0,
		 "05000e03 10000000 4800 0000 02000000 d016 d016 00000000 01000000 0000 01 00 "
		 "c4fefc9960521b10bbcb00aa0021347a 00000000 " NDR);
	CU_ASSERT_EQUAL(f.id.rpc.interface, RPC_OBJECT_EXPORTER);
}

/* smb445_psexec_add_user.pcap, frames 53 to 56: tcp/49163, as tshark reads it. */
static const struct feed_part mapped[] = {
	{ 0, "05000b03100000007400000002000000d016d01600000000020000000000010008 83afe11f5dc91191"
	     "a408002b14a0fa03000000045d888aeb1cc9119fe808002b104860020000000100010008 83afe11f5d"
	     "c91191a408002b14a0fa030000002c1cb76c129840450300000000000000 01000000" },
	{ 1, "05000c03100000005400000002000000d016d016 d5360000 0400 31333500 0000 02000000"
	     "00000000045d888aeb1cc9119fe808002b10486002000000 03000300000000000000000000000000"
	     "00000000 00000000" },
	{ 0, REQUEST("02000000", "0300") },
	{ 1, "0500020310000000980000000200000080000000 00000000 0000000000000000000000000000000000"
	     "000000 01000000 04000000 00000000 01000000 03000000 4b000000 4b000000 0500"
	     "1300 0d 81bb7a364498f135ad3298f038001003 0200 0200 0000"
	     "1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000"
	     "0100 0b 0200 0000 0100 07 0200 c00b 0100 09 0400 c0a80a0a 00 00000000" },
};

static void the_mapper_gives_out_a_port(void)
{
	feed_stream(&f);
	FEED_PARTS(&f, mapped);
	CU_ASSERT_EQUAL(f.id.rpc.interface, RPC_ENDPOINT_MAPPER);
	CU_ASSERT_EQUAL(f.id.rpc.port[0], 49163);
	CU_ASSERT_EQUAL(f.id.rpc.port[1], 0);
	CU_ASSERT_EQUAL(f.id.rpc.ports_frame, 4);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, mapped);
	CU_ASSERT_EQUAL(f.id.rpc.port[0], 49163);
	/* Another call, whose answer only looks alike. */
	feed_stream(&f);
	feed_parts(&f, mapped, 2);
	feed_hex(&f, 0, REQUEST("02000000", "0200"));
	feed_hex(&f, 1, mapped[3].hex);
	CU_ASSERT_EQUAL(f.id.rpc.port[0], 0);
	/* An answer to another call. */
	feed_stream(&f);
	feed_parts(&f, mapped, 2);
	feed_hex(&f, 0, REQUEST("03000000", "0300"));
	feed_hex(&f, 1, mapped[3].hex);
	CU_ASSERT_EQUAL(f.id.rpc.port[0], 0);
}

/* The stub is encrypted at RPC_C_AUTHN_LEVEL_PKT_PRIVACY, or only half of it is there. */
static void what_cannot_be_read_gives_no_port(void)
{
	uint8_t bytes[256];
	size_t n = feed_unhex(mapped[3].hex, bytes, sizeof(bytes));

	CU_ASSERT_EQUAL_FATAL(n, 152);
	feed_stream(&f);
	feed_parts(&f, mapped, 3);
	bytes[3] = 1; /* the first fragment */
	feed_bytes(&f, 1, bytes, n);
	CU_ASSERT_EQUAL(f.id.rpc.port[0], 0);
	for (unsigned level = 5; level <= 6; level++) {
		static const uint8_t value[8];

		feed_stream(&f);
		feed_parts(&f, mapped, 3);
		bytes[3] = 3;
		bytes[8] = 152 + 8 + 8;
		bytes[10] = 8;
		feed_bytes(&f, 1, bytes, n);
		feed_bytes(&f, 1, (uint8_t[8]){ 10, (uint8_t)level }, 8);
		feed_bytes(&f, 1, value, sizeof(value));
		CU_ASSERT_EQUAL(f.id.rpc.port[0], level == 5 ? 49163 : 0);
	}
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
	feed_hex(&f, 0, REQUEST("01000000", "0300"));
	feed_hex(&f, 1, RESPONSE("01000000"));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 5);
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
	feed_every_prefix_hex(mapped[3].hex);
	feed_every_prefix_hex("05000d03 10000000 1000 0000 02000000");
	feed_every_prefix("ncacn_http/1.0", 14);
}

extern CU_TestInfo tests_dcerpc[];
CU_TestInfo tests_dcerpc[] = {
	{ "a bind of a known interface is proof", a_bind_of_a_known_interface_is_proof },
	{ "an unknown bind is proven by its answer", an_unknown_bind_is_proven_by_its_answer },
	{ "a refused bind keeps its reason", a_refused_bind_keeps_its_reason },
	{ "a bind of which nothing is taken is refused",
	  a_bind_of_which_nothing_is_taken_is_refused },
	{ "a fault that denies access refuses", a_fault_that_denies_access_refuses },
	{ "the first known interface is kept", the_first_known_interface_is_kept },
	{ "the mapper gives out a port", the_mapper_gives_out_a_port },
	{ "what cannot be read gives no port", what_cannot_be_read_gives_no_port },
	{ "both byte orders are read", both_byte_orders_are_read },
	{ "only a bind opens a connection", only_a_bind_opens_a_connection },
	{ "SOCKS 5 is not DCE/RPC", socks_5_is_not_dce_rpc },
	{ "a header that lies is none", a_header_that_lies_is_none },
	{ "the banner of RPC over HTTP is weak", the_banner_of_rpc_over_http_is_weak },
	{ "the datagram form is weak", the_datagram_form_is_weak },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
