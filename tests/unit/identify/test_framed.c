/* Media on TCP behind lengths of two bytes. */
#include "identify/media_packets.h"

#define ID "0102030405060708090a0b0c"

static const char check[] = "0020 0001 000c 2112a442 " ID " 8070 0004 00000003 8054 0000";
static const char success[] = "0020 0101 000c 2112a442 " ID " 0020 0008 0001 a147 e112a643";

static struct feed f;

static void feed_framed_rtp(unsigned dir, unsigned seq)
{
	uint8_t frame[PACKET_MAX] = { 0, 32 };

	feed_bytes(&f, dir, frame, 2 + rtp_packet(frame + 2, 127, seq, seq * 90, 7, 20));
}

static void checks_of_ms_ice2_on_tcp_are_stun(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, check);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT(f.id.microsoft);
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_MSTURN));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	feed_hex(&f, 1, success);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
	CU_ASSERT_EQUAL(f.result, IDENT_MORE);
}

static void rtp_behind_the_checks_is_strong(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, check);
	feed_hex(&f, 1, success);
	for (unsigned i = 0; i < 4; i++)
		feed_framed_rtp(0, 10 + i);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.frame[0], 3);
	CU_ASSERT_EQUAL(f.result, 0);
}

static void rtp_alone_is_weak(void)
{
	feed_stream(&f);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(f.id.seen, 0);
		feed_framed_rtp(1, 10 + i);
	}
	CU_ASSERT(IS_WEAK(&f, APP_RTP));
}

static void frames_straddle_segments(void)
{
	static const struct feed_part parts[] = { { 0, check }, { 1, success } };

	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, parts);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.stun_requests, 1);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 68);
}

static void null_packets_are_skipped(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "0000 0000");
	CU_ASSERT(POSSIBLE(&f, APP_STUN));
	feed_hex(&f, 0, check);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	/* Kerberos on TCP has a length of four bytes. */
	feed_stream(&f);
	feed_hex(&f, 0, "000000d6 6a81d33081d0");
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_STUN));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_RTP));
}

static void a_length_that_disagrees_is_no_frame(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "0021 0001 000c 2112a442 " ID " 8070");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_STUN));
}

/* The first byte rules it out, so the cookie behind it does not bring it back. */
static void no_stun_type_is_none_however_it_is_cut(void)
{
	static const char odd[] = "0020 2a01 000c 2112a442 " ID " 8070 0004 00000003 8054 0000";

	feed_stream(&f);
	feed_hex(&f, 0, odd);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_STUN));
}

/* Joined late, RTP says not where it begins; the next check does. */
static void joined_late_the_next_check_is_found(void)
{
	feed_midstream(&f);
	feed_hex(&f, 0, "a5a5a50020 0001");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_hex(&f, 0, "5a5a");
	feed_hex(&f, 0, check);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.frame[0], 3);
	for (unsigned i = 0; i < 4; i++)
		feed_framed_rtp(0, 10 + i);
	CU_ASSERT(SEEN(&f, APP_RTP));
	/* Two lengths that disagree are no check. */
	feed_midstream(&f);
	feed_hex(&f, 0, "a5a5 0021 0001 000c 2112a442 " ID " 8070 0004 00000003 8054 000000");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_hex(&f, 0, check);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.frame[0], 2);
}

/*
 * A relayed check inside an RTP packet, then noise: what may have begun at the first byte is
 * waited for, the inside of it is not joined.  When it was no beginning, the join goes on.
 */
static void joined_late_the_first_packet_goes_before_what_is_in_it(void)
{
	static const char rtp[] = "0030 807f 0001 00000001 00000001 ";
	static const struct feed_part inside[] = { { 0, rtp }, { 0, check }, { 0, "0000" } };
	static const struct feed_part behind[] = {
		{ 0, "000c 807f 0001 00000001 00000001 0004 5a5a5a5a" }, { 0, check }
	};

	for (unsigned by_byte = 0; by_byte < 2; by_byte++) {
		feed_midstream(&f);
		if (by_byte != 0)
			FEED_PARTS_BY_BYTE(&f, inside);
		else
			FEED_PARTS(&f, inside);
		CU_ASSERT_EQUAL(f.id.seen, 0);
		feed_midstream(&f);
		if (by_byte != 0)
			FEED_PARTS_BY_BYTE(&f, behind);
		else
			FEED_PARTS(&f, behind);
		CU_ASSERT(IS_STRONG(&f, APP_STUN));
	}
}

/* What could not be looked at to its end is not waited for. */
static void a_first_packet_beyond_what_is_looked_at_is_none(void)
{
	feed_midstream(&f);
	feed_hex(&f, 0, "a5a5 807f 0001 00000001 00000001");
	feed_hex(&f, 0, check);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
}

static void it_gives_up_after_its_share_of_frames(void)
{
	feed_stream(&f);
	for (unsigned i = 0; i < 24; i++) {
		CU_ASSERT_EQUAL(f.result, IDENT_MORE);
		feed_framed_rtp(0, 100 * i);
	}
	for (unsigned i = 0; i < 24; i++)
		feed_framed_rtp(1, 100 * i);
	CU_ASSERT_EQUAL(f.result, 0);
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(check);
	feed_every_prefix_hex(success);
}

extern CU_TestInfo tests_framed[];
CU_TestInfo tests_framed[] = {
	{ "checks of MS-ICE2 on TCP are STUN", checks_of_ms_ice2_on_tcp_are_stun },
	{ "RTP behind the checks is strong", rtp_behind_the_checks_is_strong },
	{ "RTP alone is weak", rtp_alone_is_weak },
	{ "frames straddle segments", frames_straddle_segments },
	{ "null packets are skipped", null_packets_are_skipped },
	{ "a length that disagrees is no frame", a_length_that_disagrees_is_no_frame },
	{ "no STUN type is none however it is cut", no_stun_type_is_none_however_it_is_cut },
	{ "joined late, the next check is found", joined_late_the_next_check_is_found },
	{ "joined late, the first packet goes before what is in it",
	  joined_late_the_first_packet_goes_before_what_is_in_it },
	{ "a first packet beyond what is looked at is none",
	  a_first_packet_beyond_what_is_looked_at_is_none },
	{ "it gives up after its share of frames", it_gives_up_after_its_share_of_frames },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
