/* The dispatch: what is possible, when it is done, what names a flow. */
#include <string.h>

#include "identify/media_packets.h"
#include "identify/tls_dialogues.h"

#define STUN_ID "0102030405060708090a0b0c"

static const char stun_request[] = "0001 0000 2112a442 " STUN_ID;
static const char dns_query[] =
	"ce9d 0100 0001 0000 0000 0000 03777777 0765786d706c6573 00 0001 0001";

static struct feed f;

static void at_first_all_of_the_transport_is_possible(void)
{
	feed_stream(&f);
	CU_ASSERT(POSSIBLE(&f, APP_TLS));
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DHCP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
	feed_datagrams(&f);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	CU_ASSERT(POSSIBLE(&f, APP_DHCP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_HTTP));
	CU_ASSERT_EQUAL(f.id.app, APP_NONE);
	CU_ASSERT_EQUAL(f.id.client, 2);
}

static void first_bytes_that_fit_nothing_end_it(void)
{
	feed_stream(&f);
	CU_ASSERT_EQUAL(feed_text(&f, 0, "SSH-2.0-x\r\n"), 0);
	CU_ASSERT_EQUAL(f.id.possible, 0);
	CU_ASSERT_EQUAL(f.id.examined[0], 11);
	/* And it stays ended. */
	CU_ASSERT_EQUAL(feed_text(&f, 1, "GET / HTTP/1.1\r\n"), 0);
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

static void one_byte_leaves_what_begins_with_it(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "16");
	CU_ASSERT(POSSIBLE(&f, APP_TLS));
	CU_ASSERT(POSSIBLE(&f, APP_PSEUDO_TLS));
	CU_ASSERT(POSSIBLE(&f, APP_MSTURN)); /* behind pseudo-TLS */
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SIP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_HTTP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SMB));
}

/* Only one side was captured: its bytes may be an answer as well as an opening. */
static void either_side_may_be_the_client(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "HTTP/1.");
	CU_ASSERT(POSSIBLE(&f, APP_HTTP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SIP));
	feed_stream(&f);
	feed_text(&f, 0, "HTTP/1.");
	feed_text(&f, 1, "HTTP/1."); /* two answers open nothing */
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_HTTP));
}

/* ... by a whole segment no less than by the first of its bytes. */
static void what_the_other_side_rules_out_is_not_taken(void)
{
	static const char ack[] =
		"05000c03 10000000 1c00 0000 01000000 d016 d016 01000000 00000000";

	feed_stream(&f);
	feed_text(&f, 0, "HTTP/1.");
	CU_ASSERT_EQUAL(feed_hex(&f, 1, ack), 0);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_stream(&f);
	feed_hex(&f, 1, ack);
	CU_ASSERT(SEEN(&f, APP_DCERPC));
}

static void joined_late_nothing_is_ruled_out(void)
{
	feed_midstream(&f);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, "a5a5a5a5a5a5a5a5"), IDENT_MORE);
	CU_ASSERT(POSSIBLE(&f, APP_TLS));
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	/* Something proven does. */
	feed_midstream(&f);
	feed_text(&f, 0, "GET / HTTP/1.1\r\n");
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_HTTP));
}

static void unknown_bytes_are_given_up(void)
{
	static uint8_t noise[UINT16_MAX];
	unsigned calls = 0;

	memset(noise, 0xa5, sizeof(noise));
	feed_midstream(&f);
	while (feed_bytes(&f, 0, noise, 512) == IDENT_MORE)
		calls++;
	CU_ASSERT_EQUAL(calls, 7); /* 4096 bytes of one side */
	feed_midstream(&f);
	feed_bytes(&f, 0, noise, 511);
	CU_ASSERT_EQUAL(feed_bytes(&f, 1, noise, 512), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_bytes(&f, 0, noise, 1), 0);
}

static void two_directions_that_ended_end_it(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	CU_ASSERT_EQUAL(feed_end(&f, 0), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_end(&f, 1), 0);
	CU_ASSERT(IS_WEAK(&f, APP_TLS));
}

/* Datagrams. */

static void two_datagrams_rule_media_out(void)
{
	feed_datagrams(&f);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, dns_query), IDENT_MORE);
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT(POSSIBLE(&f, APP_STUN));
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	/* These have a fixed shape from the first datagram on. */
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DHCP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DCERPC));
	CU_ASSERT_EQUAL(feed_hex(&f, 1, dns_query), 0);
	CU_ASSERT_EQUAL(f.id.possible, 0);
	CU_ASSERT_EQUAL(f.id.datagrams[0], 1);
	CU_ASSERT_EQUAL(f.id.datagrams[1], 1);
}

static void a_cut_datagram_rules_nothing_out(void)
{
	uint8_t bytes[64];
	size_t n = feed_unhex(dns_query, bytes, sizeof(bytes));

	feed_datagrams(&f);
	for (unsigned i = 0; i < 5; i++)
		feed_cut(&f, 0, bytes, n, n + 1);
	CU_ASSERT(f.id.cut);
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT(POSSIBLE(&f, APP_DHCP));
	CU_ASSERT_EQUAL(f.id.examined[0], 5 * n);
}

static void empty_datagrams_and_keep_alives_do_not_count(void)
{
	feed_datagrams(&f);
	feed_bytes(&f, 0, "", 0);
	feed_bytes(&f, 0, "\r\n\r\n", 4);
	feed_bytes(&f, 0, "\0\0\0\0", 4);
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT(POSSIBLE(&f, APP_DHCP));
	feed_bytes(&f, 0, "\0\0\0\0\0", 5);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_DHCP));
}

static void a_probe_may_come_before_the_media(void)
{
	feed_datagrams(&f);
	feed_hex(&f, 0, dns_query);
	for (unsigned i = 0; i < 4; i++)
		feed_rtp(&f, 0, i, i * 160, 7);
	CU_ASSERT(IS_WEAK(&f, APP_RTP));
}

static void media_protocols_share_a_flow(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 5; i++)
		feed_hex(&f, 0, stun_request);
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT(POSSIBLE(&f, APP_DTLS));
	CU_ASSERT(POSSIBLE(&f, APP_MSTURN));
	for (unsigned i = 0; i < 3; i++)
		feed_rtp(&f, 0, i, i * 160, 7);
	CU_ASSERT(POSSIBLE(&f, APP_RTCP));
	CU_ASSERT(POSSIBLE(&f, APP_MSTURN));
}

static void datagrams_are_looked_at_24_times(void)
{
	feed_datagrams(&f);
	for (unsigned i = 1; i < 24; i++)
		CU_ASSERT_EQUAL(feed_hex(&f, i & 1, stun_request), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, stun_request), 0);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, stun_request), 0);
	CU_ASSERT_EQUAL(f.id.datagrams[0] + f.id.datagrams[1], 24);
}

/* Names. */

static void the_purpose_names_the_flow(void)
{
	uint8_t packet[PACKET_MAX];

	feed_datagrams(&f);
	feed_hex(&f, 0, stun_request);
	feed_hex(&f, 1, "0101 0000 2112a442 " STUN_ID);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	feed_bytes(&f, 0, packet, rtcp_packet(packet, 0, 201, 2, 7, 0));
	CU_ASSERT(IS_STRONG(&f, APP_RTCP));
	CU_ASSERT_EQUAL(f.id.frame[0], 3);
	CU_ASSERT_EQUAL(f.id.frame[1], 0);
	for (unsigned i = 0; i < 4; i++)
		feed_rtp(&f, 1, i, i * 160, 8);
	CU_ASSERT(IS_STRONG(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.frame[1], 4);
}

static void something_proven_outranks_a_guess(void)
{
	feed_datagrams(&f);
	for (unsigned i = 0; i < 4; i++)
		feed_rtp(&f, 0, i, i * 160, 8);
	CU_ASSERT(IS_WEAK(&f, APP_RTP));
	feed_hex(&f, 0, stun_request);
	CU_ASSERT(IS_STRONG(&f, APP_STUN));
	CU_ASSERT(SEEN(&f, APP_RTP));
}

/* Noise. */

static void noise_is_never_strong(void)
{
	uint32_t state = 20130315;
	static uint8_t noise[512];

	for (unsigned round = 0; round < 4000; round++) {
		size_t n = feed_random(&state) % sizeof(noise);

		for (size_t i = 0; i < n; i++)
			noise[i] = (uint8_t)(feed_random(&state) >> 11);
		feed_datagrams(&f);
		for (unsigned i = 0; i < 3; i++)
			feed_bytes(&f, i & 1, noise + i, n < i ? 0 : n - i);
		CU_ASSERT_NOT_EQUAL(f.id.confidence, CONFIDENCE_STRONG);
		for (unsigned midstream = 0; midstream < 2; midstream++) {
			if (midstream != 0)
				feed_midstream(&f);
			else
				feed_stream(&f);
			for (size_t at = 0; at < n;) {
				size_t want = 1 + feed_random(&state) % 100;
				size_t step = MIN(n - at, want);

				feed_bytes(&f, feed_random(&state) & 1, noise + at, step);
				at += step;
			}
			CU_ASSERT_NOT_EQUAL(f.id.confidence, CONFIDENCE_STRONG);
		}
	}
}

/* Real dialogues with bytes changed at random: no fault, whatever comes out. */
static void broken_dialogues_are_survived(void)
{
	static uint8_t bytes[FEED_MAX];
	uint32_t state = 7;

	for (unsigned round = 0; round < 400; round++) {
		const struct feed_part *part = &tls_mutual[round % ARRAY_SIZE(tls_mutual)];
		size_t n = feed_unhex(part->hex, bytes, sizeof(bytes));

		for (unsigned i = 0; i < 3; i++)
			bytes[feed_random(&state) % n] = (uint8_t)feed_random(&state);
		feed_stream(&f);
		feed_hex(&f, 1 - part->dir, tls_mutual[1 - part->dir].hex);
		for (size_t at = 0; at < n; at += 50)
			feed_bytes(&f, part->dir, bytes + at, MIN((size_t)50, n - at));
		feed_end(&f, part->dir);
	}
}

/* 32 KiB of what makes each protocol wait, one byte a call. */
static void a_byte_a_call_stays_linear(void)
{
	static const char *const starts[] = {
		"16030340000100",         "1603013ffe02003ffa",   "170303 4000",
		"0200 7ffc 0003 7fe8",    "0001 7ff0 2112a442",   "7ff0 80 6f",
		"00007fff fe534d42",      "05000b0310000000ff7f", "0d0a0d0a",
		"000100010202ffff03",     "1201 7fff 0000 01 00", "474554202f",
		"494e56495445207369703a",
	};
	static uint8_t bytes[32768];
	static struct ident id;

	for (size_t s = 0; s < 2 * ARRAY_SIZE(starts); s++) {
		memset(bytes, s & 1 ? '\n' : 'A', sizeof(bytes));
		feed_unhex(starts[s / 2], bytes, sizeof(bytes));
		ident_init(&id, true, false);
		for (size_t n = 1; n <= sizeof(bytes); n++)
			ident_stream(&id, 0, bytes, n, n == sizeof(bytes), n);
		ident_init(&id, true, true);
		for (size_t n = 1; n <= sizeof(bytes); n++)
			ident_stream(&id, 0, bytes, n, n == sizeof(bytes), n);
	}
}

extern CU_TestInfo tests_identify[];
CU_TestInfo tests_identify[] = {
	{ "at first all of the transport is possible", at_first_all_of_the_transport_is_possible },
	{ "first bytes that fit nothing end it", first_bytes_that_fit_nothing_end_it },
	{ "one byte leaves what begins with it", one_byte_leaves_what_begins_with_it },
	{ "either side may be the client", either_side_may_be_the_client },
	{ "what the other side rules out is not taken",
	  what_the_other_side_rules_out_is_not_taken },
	{ "joined late, nothing is ruled out", joined_late_nothing_is_ruled_out },
	{ "unknown bytes are given up", unknown_bytes_are_given_up },
	{ "two directions that ended end it", two_directions_that_ended_end_it },
	{ "two datagrams rule media out", two_datagrams_rule_media_out },
	{ "a cut datagram rules nothing out", a_cut_datagram_rules_nothing_out },
	{ "empty datagrams and keep-alives do not count",
	  empty_datagrams_and_keep_alives_do_not_count },
	{ "a probe may come before the media", a_probe_may_come_before_the_media },
	{ "media protocols share a flow", media_protocols_share_a_flow },
	{ "datagrams are looked at 24 times", datagrams_are_looked_at_24_times },
	{ "the purpose names the flow", the_purpose_names_the_flow },
	{ "something proven outranks a guess", something_proven_outranks_a_guess },
	{ "noise is never strong", noise_is_never_strong },
	{ "broken dialogues are survived", broken_dialogues_are_survived },
	{ "a byte a call stays linear", a_byte_a_call_stays_linear },
	CU_TEST_INFO_NULL,
};
