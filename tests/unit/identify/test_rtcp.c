/* RTCP in clear and encrypted. */
#include "identify/media_packets.h"

static struct feed f;
static uint8_t packet[4 * PACKET_MAX];

static void a_report_that_ends_at_the_last_byte_is_proof(void)
{
	size_t n = rtcp_packet(packet, 1, 201, 8, 7, 0);

	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, n);
	CU_ASSERT(IS_STRONG(&f, APP_RTCP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SIP));
	/* A compound: SR, SDES, BYE. */
	n = rtcp_packet(packet, 0, 200, 7, 7, 0);
	n += rtcp_packet(packet + n, 1, 202, 3, 7, 0);
	n += rtcp_packet(packet + n, 1, 203, 2, 7, 0);
	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, n);
	CU_ASSERT(IS_STRONG(&f, APP_RTCP));
	/* One byte more or less and it is only a shape. */
	feed_datagrams(&f);
	packet[n] = 0;
	feed_bytes(&f, 0, packet, n + 1);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTCP));
}

static void the_report_count_must_fit(void)
{
	/* Two report blocks announced, room for one. */
	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 2, 201, 8, 7, 0));
	CU_ASSERT(IS_WEAK(&f, APP_RTCP));
	/* A sender report without its 20 bytes. */
	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 0, 200, 6, 7, 0));
	CU_ASSERT(IS_WEAK(&f, APP_RTCP));
}

/* MS-RTPME allows it; alone its shape is worth less. */
static void a_lone_bye_is_weak(void)
{
	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 1, 203, 2, 7, 0));
	CU_ASSERT(IS_WEAK(&f, APP_RTCP));
}

static void two_encrypted_packets_of_one_source_are_proof(void)
{
	size_t n = rtcp_packet(packet, 0, 201, 2, 7, 0);

	memset(packet + n, 0xa5, 24);
	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, n + 24);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTCP));
	CU_ASSERT(POSSIBLE(&f, APP_RTCP));
	packet[n + 5] = 1;
	feed_bytes(&f, 0, packet, n + 24);
	CU_ASSERT(IS_STRONG(&f, APP_RTCP));
}

static void a_duplicate_proves_nothing(void)
{
	size_t n = rtcp_packet(packet, 0, 201, 2, 7, 0);

	memset(packet + n, 0xa5, 24);
	feed_datagrams(&f);
	for (unsigned i = 0; i < 5; i++)
		feed_bytes(&f, 0, packet, n + 24);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTCP));
	/* Nor does another source, nor the other direction. */
	packet[7] = 8;
	feed_bytes(&f, 0, packet, n + 24);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTCP));
	packet[20] = 1;
	feed_bytes(&f, 1, packet, n + 24);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTCP));
}

static void the_trailer_of_srtcp_must_have_room(void)
{
	size_t n = rtcp_packet(packet, 0, 201, 2, 7, 0);

	memset(packet + n, 0xa5, 14);
	for (unsigned trailer = 13; trailer <= 14; trailer++) {
		feed_datagrams(&f);
		feed_bytes(&f, 0, packet, n + trailer);
		feed_bytes(&f, 0, packet, n + trailer);
		CU_ASSERT_EQUAL(POSSIBLE(&f, APP_RTCP), trailer == 14);
	}
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	size_t n = rtcp_packet(packet, 0, 200, 7, 7, 0);

	n += rtcp_packet(packet + n, 1, 202, 3, 7, 0);
	feed_every_prefix(packet, n);
}

extern CU_TestInfo tests_rtcp[];
CU_TestInfo tests_rtcp[] = {
	{ "a report that ends at the last byte is proof",
	  a_report_that_ends_at_the_last_byte_is_proof },
	{ "the report count must fit", the_report_count_must_fit },
	{ "a lone BYE is weak", a_lone_bye_is_weak },
	{ "two encrypted packets of one source are proof",
	  two_encrypted_packets_of_one_source_are_proof },
	{ "a duplicate proves nothing", a_duplicate_proves_nothing },
	{ "the trailer of SRTCP must have room", the_trailer_of_srtcp_must_have_room },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
