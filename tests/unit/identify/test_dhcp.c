/* DHCP by cookie and message type. */
#include <string.h>

#include "identify/feed.h"

static struct feed f;
static uint8_t message[300];

/* BOOTP header, cookie, option 53 behind a pad and a host name. */
static void make(unsigned op, unsigned type)
{
	static const uint8_t cookie[4] = { 0x63, 0x82, 0x53, 0x63 };

	memset(message, 0, sizeof(message));
	message[0] = (uint8_t)op;
	message[1] = 1;
	message[2] = 6;
	memcpy(message + 236, cookie, 4);
	memcpy(message + 240, "\0\14\3pbx\65\1", 8);
	message[248] = (uint8_t)type;
	message[249] = 255;
}

static void a_typed_message_is_proof(void)
{
	make(1, 1);
	feed_datagrams(&f);
	feed_bytes(&f, 1, message, sizeof(message));
	CU_ASSERT(IS_STRONG(&f, APP_DHCP));
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_DHCP));
	make(2, 2);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	make(2, 5);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT_EQUAL(f.id.accepted_frame, 3);
	CU_ASSERT_EQUAL(f.id.client, 1);
}

static void a_nak_is_a_refusal(void)
{
	make(2, 6);
	feed_datagrams(&f);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT_EQUAL(f.id.answer.code, 6);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_DHCP);
	CU_ASSERT_EQUAL(f.id.client, 1);
}

static void without_a_type_it_is_weak(void)
{
	make(1, 0);
	feed_datagrams(&f);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT(IS_WEAK(&f, APP_DHCP));
	/* The type was not captured. */
	make(1, 1);
	feed_datagrams(&f);
	feed_cut(&f, 0, message, 248, sizeof(message));
	CU_ASSERT(IS_WEAK(&f, APP_DHCP));
	feed_cut(&f, 0, message, 249, sizeof(message));
	CU_ASSERT(IS_STRONG(&f, APP_DHCP));
}

static void without_the_cookie_it_is_not_dhcp(void)
{
	make(1, 1);
	message[239] = 0;
	feed_datagrams(&f);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DHCP));
	make(3, 1);
	feed_datagrams(&f);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DHCP));
}

static void options_end_where_they_say(void)
{
	make(1, 1);
	message[240] = 255;
	feed_datagrams(&f);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT(IS_WEAK(&f, APP_DHCP));
	make(1, 1);
	message[242] = 200; /* a length past the end */
	feed_datagrams(&f);
	feed_bytes(&f, 0, message, sizeof(message));
	CU_ASSERT(IS_WEAK(&f, APP_DHCP));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	make(1, 1);
	feed_every_prefix(message, sizeof(message));
}

extern CU_TestInfo tests_dhcp[];
CU_TestInfo tests_dhcp[] = {
	{ "a typed message is proof", a_typed_message_is_proof },
	{ "a NAK is a refusal", a_nak_is_a_refusal },
	{ "without a type it is weak", without_a_type_it_is_weak },
	{ "without the cookie it is not DHCP", without_the_cookie_it_is_not_dhcp },
	{ "options end where they say", options_end_where_they_say },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
