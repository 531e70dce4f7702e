/* MSTURN: its constant, its unpadded attributes, framing on TCP, multiplexing. */
#include "identify/media_packets.h"

#define COOKIE "000f000472c64bc6"
#define ID     "0102030405060708090a0b0c"
/* Random ids, as OC 2007 sends and as every Data Indication has. */
#define RANDOM "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"

static const char allocate[] = "0003 0010 2112a442 " ID " " COOKIE " 8008 0004 00000004";
static const char allocate_2007[] = "0003 0010 " RANDOM " " COOKIE " 8008 0004 00000001";
/* 401 with an unpadded text of 3 bytes and a nonce of 5. */
static const char challenge[] =
	"0113 001c 2112a442 " ID " " COOKIE " 0009 0007 00000401 6e6f74 0014 0005 6162636465";
static const char refused[] = "0113 0010 2112a442 " ID " " COOKIE " 0009 0004 00000456"; /* 486 */
static const char allocated[] = "0103 0010 2112a442 " ID " " COOKIE " 000d 0004 0000003c";
/* Data of 33 bytes: a Binding success and one byte, so that nothing is a multiple of 4. */
static const char data[] = "0115 002d " RANDOM " " COOKIE " 0013 0021 "
			   "0101 000d 2112a442 " ID " 0020 0009 0001 a147 e112a64300";
static const char send[] = "0004 0020 2112a442 " ID " " COOKIE " 0013 0014 0001 0000 2112a442 " ID;
static const char multiplexed[] = "ff10 001c 0001020304050607 0001 0000 2112a442 " ID;

static struct feed f;

static void one_datagram_is_proof(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT_FALSE(SEEN(&f, APP_STUN));
	CU_ASSERT_FALSE(SEEN(&f, APP_TURN));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TURN));
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT(f.id.microsoft);
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(f.id.stun_requests, 1);
}

/* Facts 0.2: the cookie of RFC 5389 is not there in Data Indications, nor in OC 2007. */
static void the_cookie_of_stun_is_not_needed(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 1, data);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT_EQUAL(f.id.client, 0);
	feed_datagrams(&f);
	feed_hex(&f, 1, allocate_2007);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT_EQUAL(f.id.client, 1);
}

static void every_byte_of_the_constant_counts(void)
{
	uint8_t bytes[128];
	size_t n = feed_unhex(allocate_2007, bytes, sizeof(bytes));

	for (size_t i = 20; i < 28; i++) {
		bytes[i] ^= 1;
		feed_datagrams(&f);
		feed_bytes(&f, 0, bytes, n);
		CU_ASSERT_FALSE(SEEN(&f, APP_MSTURN));
		bytes[i] ^= 1;
	}
	/* 28 bytes captured are enough, 27 are not. */
	feed_datagrams(&f);
	feed_cut(&f, 0, bytes, 27, n);
	CU_ASSERT_FALSE(SEEN(&f, APP_MSTURN));
	feed_cut(&f, 0, bytes, 28, n);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	/* A type that no client or server sends (0104, Send response). */
	bytes[0] = 1;
	bytes[1] = 4;
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, n);
	CU_ASSERT_FALSE(SEEN(&f, APP_MSTURN));
}

static void attributes_are_not_padded(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, challenge);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0); /* 401 is normal */
	CU_ASSERT_EQUAL(f.id.stun_answers, 1);
	/* The code behind an attribute of odd length. */
	feed_hex(&f, 1, "0113 0015 2112a442 " ID " " COOKIE " 0014 0001 61 0009 0004 00000456");
	CU_ASSERT_EQUAL(f.id.answer.code, 486);
}

static void the_allocation_is_the_success(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, challenge);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	feed_hex(&f, 1, allocated);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 3);
	feed_datagrams(&f);
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, refused);
	CU_ASSERT_EQUAL(f.id.answer.code, 486);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_MSTURN);
	CU_ASSERT_EQUAL(f.id.answer.dir, 1);
}

/* Facts 0.5: the answer may come on the flow of another server address. */
static void an_answer_without_its_request_counts_as_one(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 1, allocated);
	CU_ASSERT_EQUAL(f.id.stun_requests, 0);
	CU_ASSERT_EQUAL(f.id.stun_answers, 1);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 1);
	CU_ASSERT_EQUAL(f.id.client, 0);
}

static void what_is_relayed_is_seen_but_does_not_name_the_flow(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, send);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT(SEEN(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.stun_requests, 0);
	feed_hex(&f, 1, data);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
}

static void relayed_media_is_found(void)
{
	char rtp[] =
		"0115 001c " RANDOM " " COOKIE " 0013 0010 806f 0001 00000000 11223344 00000000";

	feed_datagrams(&f);
	feed_hex(&f, 1, data); /* a success of ICE inside */
	for (unsigned i = 0; i < 4; i++) {
		char *seq = rtp + sizeof("0115 001c " RANDOM " " COOKIE " 0013 0010 806f 000") - 1;

		*seq = (char)('1' + i);
		feed_hex(&f, 1, rtp);
		CU_ASSERT_EQUAL(SEEN(&f, APP_RTP), i == 3);
	}
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
}

/* Facts 0.12: 255 is no first byte of RFC 7983; two fixed bytes and a length prove nothing. */
static void a_multiplexed_frame_alone_is_weak(void)
{
	static const char rtp_inside[] =
		"ff10 0018 0001020304050607 806f 0001 00000000 11223344 00000000";

	feed_datagrams(&f);
	feed_hex(&f, 0, rtp_inside);
	feed_hex(&f, 0, rtp_inside);
	CU_ASSERT(IS_WEAK(&f, APP_MSTURN));
	feed_datagrams(&f);
	feed_hex(&f, 0, "ff10 001d 0001020304050607 0001 0000 2112a442 " ID);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	/* A message without the cookie, or whose length lies, is no better. */
	feed_datagrams(&f);
	feed_hex(&f, 0, "ff10 001c 0001020304050607 0001 0000 2112a443 " ID);
	CU_ASSERT(IS_WEAK(&f, APP_MSTURN));
	feed_datagrams(&f);
	feed_hex(&f, 0, "ff10 001c 0001020304050607 0001 0004 2112a442 " ID);
	CU_ASSERT(IS_WEAK(&f, APP_MSTURN));
}

static void a_multiplexed_check_is_proof(void)
{
	uint8_t bytes[64];
	size_t n = feed_unhex(multiplexed, bytes, sizeof(bytes));

	feed_datagrams(&f);
	feed_hex(&f, 0, multiplexed);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT(SEEN(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.stun_requests, 0);
	/* Cut by the snap length within the header of the check it is none. */
	feed_datagrams(&f);
	feed_cut(&f, 0, bytes, n - 1, n);
	CU_ASSERT(IS_WEAK(&f, APP_MSTURN));
}

static void send_rtp(const char *head, unsigned dir, unsigned seq)
{
	uint8_t bytes[FEED_MAX];
	size_t n = feed_unhex(head, bytes, sizeof(bytes));

	n += rtp_packet(bytes + n, 114, seq, seq * 320, 7, 20);
	feed_bytes(&f, dir, bytes, n);
}

/* RTP of 32 bytes in Send requests, in 03 frames, in multiplexed frames. */
static void media_is_found_in_every_wrapping(void)
{
	static const char in_send[] = "0004 002c 2112a442 " ID " " COOKIE " 0013 0020";
	static const char in_mux[] = "ff10 0028 0001020304050607";
	static const char in_frame[] = "03000020";
	static const char checked[] = "03000014 0101 0000 2112a442 " ID;

	feed_datagrams(&f);
	for (unsigned i = 0; i < 4; i++)
		send_rtp(in_send, 0, i);
	CU_ASSERT(SEEN(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.payload_type[0], 115);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	feed_datagrams(&f);
	for (unsigned i = 0; i < 4; i++)
		send_rtp(in_mux, 0, i);
	CU_ASSERT(SEEN(&f, APP_RTP));
	CU_ASSERT_FALSE(IS_STRONG(&f, APP_RTP));
	feed_stream(&f);
	feed_hex(&f, 0, "02000024");
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, "02000024");
	feed_hex(&f, 1, allocated);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, checked), IDENT_MORE);
	for (unsigned i = 0; i < 4; i++)
		send_rtp(in_frame, 0, i);
	CU_ASSERT(SEEN(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.payload_type[0], 115);
	CU_ASSERT_EQUAL(f.result, 0); /* proven inside: nothing more to learn */
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
}

static void frames_straddle_segments(void)
{
	static const struct feed_part parts[] = {
		{ 0, "02000024 0003 0010 2112a442 " ID " " COOKIE " 8008 0004 00000004"
		     "03000014 0001 0000 2112a442 " ID },
		{ 1, "02000024 0103 0010 2112a442 " ID " " COOKIE " 000d 0004 0000003c" },
	};

	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, parts);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT(SEEN(&f, APP_STUN));
	CU_ASSERT_EQUAL(f.id.stun_requests, 1);
	CU_ASSERT(f.id.accepted_frame != 0);
}

static void it_gives_up_after_its_share_of_frames(void)
{
	feed_stream(&f);
	for (unsigned dir = 0; dir < 2; dir++) {
		for (unsigned i = 0; i < 24; i++) {
			CU_ASSERT_EQUAL(f.result, IDENT_MORE);
			feed_hex(&f, dir, "02000024");
			feed_hex(&f, dir, dir == 0 ? allocate : allocated);
		}
	}
	CU_ASSERT_EQUAL(f.result, 0);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
}

/* Facts 0.4: NONCE and REALM have changed places; neither is needed, neither misread. */
static void nonce_and_realm_may_stand_anywhere(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 1,
		 "0113 0023 2112a442 " ID " " COOKIE
		 " 0015 000a 22727463 6d656469 6122 0014 0001 61 0009 0004 00000456");
	CU_ASSERT_EQUAL(f.id.answer.code, 486);
}

/* On TCP. */

static void framed_it_needs_no_pseudo_tls(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "02000024");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_MSTURN));
	CU_ASSERT_EQUAL(feed_hex(&f, 0, allocate), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	feed_hex(&f, 1, "02000030");
	CU_ASSERT_EQUAL(feed_hex(&f, 1, challenge), IDENT_MORE);
	feed_hex(&f, 0, "02000024");
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 1, "02000024");
	CU_ASSERT_EQUAL(feed_hex(&f, 1, allocated), IDENT_MORE); /* relayed media may follow */
	CU_ASSERT(f.id.accepted_frame != 0);
}

static void two_frames_may_share_a_segment(void)
{
	feed_stream(&f);
	feed_hex(&f, 1,
		 "02000030 0113 001c 2112a442 " ID " " COOKIE
		 " 0009 0007 00000401 6e6f74 0014 0005 6162636465"
		 "02000024 0103 0010 2112a442 " ID " " COOKIE " 000d 0004 0000003c");
	CU_ASSERT_EQUAL(f.id.accepted_frame, 1);
	CU_ASSERT_EQUAL(f.id.stun_answers, 2);
}

static void data_frames_count_only_behind_a_control_frame(void)
{
	static const char data_frame[] = "03000014 0001 0000 2112a442 " ID;

	feed_stream(&f);
	feed_hex(&f, 0, data_frame);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_MSTURN));
	feed_stream(&f);
	feed_hex(&f, 0, "02000024");
	feed_hex(&f, 0, allocate);
	feed_hex(&f, 0, data_frame);
	CU_ASSERT(SEEN(&f, APP_STUN));
}

static void the_frame_and_the_message_agree_on_length(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "02000025 0003 0010 2112a442 " ID " " COOKIE);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_MSTURN));
}

static void joined_late_the_next_frame_is_found(void)
{
	feed_midstream(&f);
	feed_hex(&f, 0, "a5a5a5020002a5 0200");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_hex(&f, 0, "0024");
	feed_hex(&f, 0, allocate);
	CU_ASSERT(IS_STRONG(&f, APP_MSTURN));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(allocate);
	feed_every_prefix_hex(challenge);
	feed_every_prefix_hex(data);
	feed_every_prefix_hex(send);
	feed_every_prefix_hex(multiplexed);
	feed_every_prefix_hex("02000024 0103 0010 2112a442 " ID " " COOKIE " 000d 0004 0000003c"
			      "03000014 0001 0000 2112a442 " ID);
}

/* In a segment of its own the second answer would not be looked at. */
static void the_first_answer_counts_however_it_is_cut(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "02000024");
	feed_hex(&f, 0, allocate);
	CU_ASSERT_EQUAL(feed_hex(&f, 1,
				 "02000024 0113 0010 2112a442 " ID " " COOKIE " 0009 0004 00000456"
				 "02000024 0103 0010 2112a442 " ID " " COOKIE
				 " 000d 0004 0000003c"),
			0);
	CU_ASSERT_EQUAL(f.id.answer.code, 486);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
}

extern CU_TestInfo tests_msturn[];
CU_TestInfo tests_msturn[] = {
	{ "one datagram is proof", one_datagram_is_proof },
	{ "the cookie of STUN is not needed", the_cookie_of_stun_is_not_needed },
	{ "every byte of the constant counts", every_byte_of_the_constant_counts },
	{ "attributes are not padded", attributes_are_not_padded },
	{ "the allocation is the success", the_allocation_is_the_success },
	{ "an answer without its request counts as one",
	  an_answer_without_its_request_counts_as_one },
	{ "what is relayed is seen but does not name the flow",
	  what_is_relayed_is_seen_but_does_not_name_the_flow },
	{ "relayed media is found", relayed_media_is_found },
	{ "a multiplexed frame alone is weak", a_multiplexed_frame_alone_is_weak },
	{ "a multiplexed check is proof", a_multiplexed_check_is_proof },
	{ "media is found in every wrapping", media_is_found_in_every_wrapping },
	{ "frames straddle segments", frames_straddle_segments },
	{ "it gives up after its share of frames", it_gives_up_after_its_share_of_frames },
	{ "nonce and realm may stand anywhere", nonce_and_realm_may_stand_anywhere },
	{ "framed, it needs no pseudo-TLS", framed_it_needs_no_pseudo_tls },
	{ "two frames may share a segment", two_frames_may_share_a_segment },
	{ "data frames count only behind a control frame",
	  data_frames_count_only_behind_a_control_frame },
	{ "the frame and the message agree on length", the_frame_and_the_message_agree_on_length },
	{ "joined late, the next frame is found", joined_late_the_next_frame_is_found },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	{ "the first answer counts however it is cut", the_first_answer_counts_however_it_is_cut },
	CU_TEST_INFO_NULL,
};
