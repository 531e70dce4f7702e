/* A media packet inside something else is shown to every media protocol. */
#include "identify/media_packets.h"
#include "identify/protocol.h"

static struct ident id;
static uint8_t packet[PACKET_MAX];

static bool take(size_t n, bool nested)
{
	const struct input in = {
		.bytes = packet, .len = n, .wire_len = n, .frame = 9, .nested = nested
	};

	ident_init(&id, false, false);
	CU_ASSERT(media_plausible(&id, &in));
	return media_packet(&id, &in);
}

static void stun_dtls_and_rtcp_are_taken(void)
{
	CU_ASSERT(take(
		feed_unhex("0001 0000 2112a442 0102030405060708090a0b0c", packet, sizeof(packet)),
		false));
	CU_ASSERT_EQUAL(id.app, APP_STUN);
	CU_ASSERT(take(rtcp_packet(packet, 0, 201, 2, 7, 0), false));
	CU_ASSERT_EQUAL(id.app, APP_RTCP);
	CU_ASSERT(take(feed_unhex("14fefd00000000000000000001 01", packet, sizeof(packet)), false));
	CU_ASSERT_EQUAL(id.app, APP_DTLS);
}

static void one_rtp_packet_is_plausible_but_not_taken(void)
{
	CU_ASSERT_FALSE(take(rtp_packet(packet, 111, 1, 1, 7, 20), false));
	CU_ASSERT_EQUAL(id.seen, 0);
}

static void inside_another_protocol_it_is_seen_only(void)
{
	CU_ASSERT(take(rtcp_packet(packet, 0, 201, 2, 7, 0), true));
	CU_ASSERT_EQUAL(id.seen, APP_BIT(APP_RTCP));
	CU_ASSERT_EQUAL(id.app, APP_NONE);
	CU_ASSERT_EQUAL(id.confidence, CONFIDENCE_NONE);
}

static void text_is_not_plausible(void)
{
	static const uint8_t text[] = "GET / HTTP/1.1\r\n\r\n";
	const struct input in = { .bytes = text, .len = 18, .wire_len = 18 };

	ident_init(&id, false, false);
	CU_ASSERT_FALSE(media_plausible(&id, &in));
	CU_ASSERT_FALSE(media_packet(&id, &in));
}

extern CU_TestInfo tests_media[];
CU_TestInfo tests_media[] = {
	{ "STUN, DTLS and RTCP are taken", stun_dtls_and_rtcp_are_taken },
	{ "one RTP packet is plausible but not taken", one_rtp_packet_is_plausible_but_not_taken },
	{ "inside another protocol it is seen only", inside_another_protocol_it_is_seen_only },
	{ "text is not plausible", text_is_not_plausible },
	CU_TEST_INFO_NULL,
};
