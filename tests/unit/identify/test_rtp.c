/* RTP by its run of sequence numbers, never by one packet. */
#include "identify/media_packets.h"

static const char stun_success[] = "0101 0000 2112a442 0102030405060708090a0b0c";

static struct feed f;

static void four_packets_in_step_are_weak(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_FALSE(SEEN(&f, APP_RTP));
		CU_ASSERT(POSSIBLE(&f, APP_RTP));
		feed_rtp(&f, 0, 100 + i, 1000 + i * 160, 0x11223344);
	}
	CU_ASSERT(IS_WEAK(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.frame[0], 1);
	CU_ASSERT_EQUAL(f.id.client, 2);
	CU_ASSERT_EQUAL(f.result, IDENT_MORE);
}

static void sequence_numbers_wrap_and_have_holes(void)
{
	static const unsigned seq[] = { 65534, 65535, 1, 17 };

	feed_datagrams(&f);
	for (size_t i = 0; i < ARRAY_SIZE(seq); i++)
		feed_rtp(&f, 0, seq[i], (uint32_t)(0xffffff00 + i * 160), 7);
	CU_ASSERT(IS_WEAK(&f, APP_RTP));
	feed_datagrams(&f);
	for (unsigned i = 0; i < 8; i++)
		feed_rtp(&f, 0, 17 * i, i * 160, 7); /* steps of 17 */
	CU_ASSERT_FALSE(SEEN(&f, APP_RTP));
}

static void four_of_five_steps_are_enough(void)
{
	static const unsigned seq[] = { 1, 2, 900, 901, 902, 903 };

	feed_datagrams(&f);
	for (size_t i = 0; i < ARRAY_SIZE(seq); i++) {
		feed_rtp(&f, 0, seq[i], (uint32_t)i * 160, 7);
		/* 1, 2, 900, 901: two of three; with 902 three of four; with 903 four of five. */
		CU_ASSERT_EQUAL(SEEN(&f, APP_RTP), i == 5);
	}
}

static void a_repeated_or_backward_number_is_no_step(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 12; i++)
		feed_rtp(&f, 0, 100, 1000, 7);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTP));
	feed_datagrams(&f);
	for (unsigned i = 0; i < 12; i++)
		feed_rtp(&f, 0, 100 - i, 1000, 7);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTP));
}

static void a_clock_that_jumps_is_no_step(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 8; i++)
		feed_rtp(&f, 0, i, i * 0x20000000u, 7);
	CU_ASSERT_FALSE(SEEN(&f, APP_RTP));
}

static void each_direction_is_scored_alone(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 3; i++) {
		feed_rtp(&f, 0, 10 + i, i * 160, 7);
		feed_rtp(&f, 1, 50 + i, i * 160, 8);
	}
	CU_ASSERT_FALSE(SEEN(&f, APP_RTP));
	feed_rtp(&f, 1, 53, 480, 8);
	CU_ASSERT(IS_WEAK(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.frame[1], 2);
	CU_ASSERT_EQUAL(f.id.frame[0], 0);
}

/* Teams sends audio and video of several sources on one flow. */
static void one_of_several_sources_is_enough(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 4; i++) {
		feed_rtp(&f, 0, 10 + i, i * 160, 7);
		feed_rtp(&f, 0, 9000 + i, i * 90, 8);
	}
	CU_ASSERT(SEEN(&f, APP_RTP));
	/* A probe of another source first. */
	feed_datagrams(&f);
	feed_rtp(&f, 0, 1, 1, 99);
	for (unsigned i = 0; i < 6; i++)
		feed_rtp(&f, 0, 10 + i, i * 160, 7);
	CU_ASSERT(SEEN(&f, APP_RTP));
}

static void a_stun_success_on_the_flow_makes_it_strong(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 1, stun_success);
	for (unsigned i = 0; i < 4; i++)
		feed_rtp(&f, 0, 10 + i, i * 160, 7);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.frame[0], 2);
	CU_ASSERT(SEEN(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.result, 0);
}

static void rtcp_of_the_same_source_makes_it_strong(void)
{
	uint8_t packet[PACKET_MAX];

	feed_datagrams(&f);
	for (unsigned i = 0; i < 4; i++)
		feed_rtp(&f, 0, 10 + i, i * 320, 7);
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 0, 200, 7, 8, 0));
	CU_ASSERT(IS_STRONG(&f, APP_RTCP)); /* another source: RTP stays weak */
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 1, 206, 3, 7, 0));
	CU_ASSERT_FALSE(IS_STRONG(&f, APP_RTP)); /* its own, but no report */
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 0, 200, 7, 7, 0));
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
}

/* A call: an SR, then six packets of one source; what is wrong with it. */
struct call {
	unsigned type;
	unsigned seq_step;
	uint32_t time_step;
	unsigned report;
	uint32_t report_ssrc;
};

static const struct call lync_call = { 114, 1, 320, 200, 7 };

static void feed_call(struct call c)
{
	uint8_t packet[PACKET_MAX];

	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 0, c.report, 7, c.report_ssrc, 0));
	for (unsigned i = 0; i < 6; i++)
		feed_bytes(&f, 0, packet,
			   rtp_packet(packet, c.type, 10 + i * c.seq_step, i * c.time_step, 7, 20));
}

/* Facts 6b: all of it, or no more than weak. */
static void strong_needs_table_clock_sequence_and_report(void)
{
	struct call c = lync_call;

	feed_call(c);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.payload_type[0], 115);
	CU_ASSERT_EQUAL(f.id.payload_type[1], 0);
	c.report = 201;
	feed_call(c);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
#define WEAK_WITH(member, value)                         \
	do {                                             \
		c = lync_call;                           \
		c.member = value;                        \
		feed_call(c);                            \
		CU_ASSERT(SEEN(&f, APP_RTP));            \
		CU_ASSERT_FALSE(IS_STRONG(&f, APP_RTP)); \
	} while (0)
	WEAK_WITH(type, 10); /* L16, not of Lync */
	WEAK_WITH(type, 96);
	WEAK_WITH(seq_step, 2);
	WEAK_WITH(time_step, 0);
	WEAK_WITH(time_step, 321); /* not whole periods of 16 kHz */
	WEAK_WITH(time_step, 16000 * 61);
	WEAK_WITH(report, 206); /* feedback is no report */
	WEAK_WITH(report_ssrc, 8);
#undef WEAK_WITH
}

static void each_clock_has_its_own_steps(void)
{
	struct call c = lync_call;

	c.type = 8; /* 8 kHz: 2.5 ms are 20 */
	c.time_step = 20;
	feed_call(c);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	c.time_step = 30;
	feed_call(c);
	CU_ASSERT_FALSE(IS_STRONG(&f, APP_RTP));
	c.type = 106; /* 48 kHz */
	c.time_step = 960;
	feed_call(c);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	c.type = 122; /* packets of one picture have one time */
	c.time_step = 0;
	feed_call(c);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	c.time_step = 3003;
	feed_call(c);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	c.type = 101; /* an event stands still */
	c.time_step = 0;
	feed_call(c);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
}

static void payload_types_have_the_names_of_lyncs_sdp(void)
{
	CU_ASSERT_STRING_EQUAL(rtp_payload_name(114), "x-msrta/16000");
	CU_ASSERT_STRING_EQUAL(rtp_payload_name(0), "PCMU/8000");
	CU_ASSERT_PTR_NULL(rtp_payload_name(10));
	CU_ASSERT_PTR_NULL(rtp_payload_name(128));
}

/* A game: a constant that passes for version 2, a counter, a clock in ticks, an id that stays. */
static void a_game_is_never_strong(void)
{
	uint8_t packet[PACKET_MAX];

	feed_datagrams(&f);
	for (unsigned i = 0; i < 24; i++) {
		/* Every fourth is a status that passes for RTCP of another source. */
		if (i % 4 == 3)
			feed_bytes(&f, 0, packet, rtcp_packet(packet, 1, 200, 13, 0x1000 + i, 0));
		else
			feed_bytes(&f, 0, packet, rtp_packet(packet, 111, i, i * 33, 7, 30));
	}
	CU_ASSERT(SEEN(&f, APP_RTP));
	CU_ASSERT_FALSE(IS_STRONG(&f, APP_RTP));
}

/* BACnet with numbers that go up, beside whatever: PT 10 is not in the table. */
static void bacnet_in_step_is_never_strong(void)
{
	uint8_t packet[PACKET_MAX];

	feed_datagrams(&f);
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 0, 200, 7, 7, 0));
	for (unsigned i = 0; i < 20; i++) {
		size_t n = rtp_packet(packet, 0x0a, i, i * 160, 7, 6);

		packet[0] = 0x81;
		feed_bytes(&f, 0, packet, n + 4);
	}
	CU_ASSERT_FALSE(IS_STRONG(&f, APP_RTP));
}

static void one_packet_of_the_wrong_shape_is_not_rtp(void)
{
	static const char *const shapes[] = {
		"406f0001000000000000000711223344", /* version 1 */
		"80230001000000000000000711223344", /* payload type 35 */
		"805f0001000000000000000711223344", /* payload type 95 */
		"80c80001000000000000000711223344", /* RTCP */
		"826f0001000000000000000711223344", /* two CSRC, one there */
		"906f00010000000000000007bede0001", /* extension without its word */
		"806f000100000000000000",           /* eleven bytes */
	};

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		feed_datagrams(&f);
		feed_hex(&f, 0, shapes[i]);
		feed_hex(&f, 0, shapes[i]);
		CU_ASSERT_FALSE(POSSIBLE(&f, APP_RTP));
	}
	feed_datagrams(&f);
	feed_hex(&f, 0,
		 "816f0001000000000000000011223344"); /* SSRC 0 is only forbidden in MS-RTP */
	feed_hex(&f, 0, "906f00010000000000000007bede0000");
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
}

/* BACnet/IP over udp/47808: 81 0A length 01 20 FF FF ...; Who-Is again and again. */
static void bacnet_is_not_rtp(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 24; i++)
		feed_hex(&f, 0,
			 i & 1 ? "810b000c0120ffff00ff1008"
			       : "810a00110104000503020c0c023fffff194b");
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

static void noise_with_version_2_is_not_rtp(void)
{
	uint32_t state = 42;

	for (unsigned flow = 0; flow < 200; flow++) {
		feed_datagrams(&f);
		for (unsigned i = 0; i < 24; i++) {
			uint8_t packet[64];

			for (size_t k = 0; k < sizeof(packet); k++)
				packet[k] = (uint8_t)feed_random(&state);
			packet[0] = 0x80;
			packet[1] &= 0x9f;
			feed_bytes(&f, 0, packet, sizeof(packet));
		}
		CU_ASSERT_FALSE(SEEN(&f, APP_RTP));
	}
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(
		"936f0001000000000000000711111111222222223333333 3bede000100000000ffff");
}

extern CU_TestInfo tests_rtp[];
CU_TestInfo tests_rtp[] = {
	{ "four packets in step are weak", four_packets_in_step_are_weak },
	{ "sequence numbers wrap and have holes", sequence_numbers_wrap_and_have_holes },
	{ "four of five steps are enough", four_of_five_steps_are_enough },
	{ "a repeated or backward number is no step", a_repeated_or_backward_number_is_no_step },
	{ "a clock that jumps is no step", a_clock_that_jumps_is_no_step },
	{ "each direction is scored alone", each_direction_is_scored_alone },
	{ "one of several sources is enough", one_of_several_sources_is_enough },
	{ "a STUN success on the flow makes it strong",
	  a_stun_success_on_the_flow_makes_it_strong },
	{ "RTCP of the same source makes it strong", rtcp_of_the_same_source_makes_it_strong },
	{ "strong needs the table, the clock, the sequence and a report",
	  strong_needs_table_clock_sequence_and_report },
	{ "each clock has its own steps", each_clock_has_its_own_steps },
	{ "payload types have the names of Lync's SDP", payload_types_have_the_names_of_lyncs_sdp },
	{ "a game is never strong", a_game_is_never_strong },
	{ "BACnet in step is never strong", bacnet_in_step_is_never_strong },
	{ "one packet of the wrong shape is not RTP", one_packet_of_the_wrong_shape_is_not_rtp },
	{ "BACnet is not RTP", bacnet_is_not_rtp },
	{ "noise with version 2 is not RTP", noise_with_version_2_is_not_rtp },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
