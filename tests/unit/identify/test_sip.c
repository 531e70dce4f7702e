/* SIP on TCP and UDP, and the protocols that share its words. */
#include <string.h>

#include "identify/feed.h"

static const char invite[] = "INVITE sip:bob@contoso.example SIP/2.0\r\n"
			     "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\n"
			     "Content-Length: 4\r\n\r\nv=0\n";
static const char trying[] = "SIP/2.0 100 Trying\r\nContent-Length: 0\r\n\r\n";
static const char ok[] = "SIP/2.0 200 OK\r\nl: 4\r\n\r\nv=0\n";
static const char challenge[] = "SIP/2.0 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
static const char forbidden[] = "SIP/2.0 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

static struct feed f;

static void a_request_line_is_proof(void)
{
	feed_stream(&f);
	CU_ASSERT_EQUAL(feed_text(&f, 1, invite), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_SIP));
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
}

/* Lync's own methods, GRUUs longer than any buffer of a look, other schemes. */
static void any_method_before_a_sip_uri_will_do(void)
{
	static const char *const lines[] = {
		"SERVICE sip:a@b SIP/2.0\r\n",       "BENOTIFY sip:a@b SIP/2.0\r\n",
		"NEGOTIATE sip:a SIP/2.0\r\n",       "ACK sips:a@b SIP/2.0\r\n",
		"INVITE tel:+14255550100 SIP/2.0\n", "OPTIONS SIP:a@b SIP/2.0\r\n",
	};
	char line[1024] = "MESSAGE sip:a@b;gruu;opaque=";

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		feed_stream(&f);
		feed_text(&f, 0, lines[i]);
		CU_ASSERT(IS_STRONG(&f, APP_SIP));
	}
	memset(line + strlen(line), 'x', 900);
	strcat(line, " SIP/2.0\r\n");
	feed_stream(&f);
	feed_bytes(&f, 0, line, 300);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	feed_text(&f, 0, line + 300);
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
}

static void method_and_scheme_alone_are_weak(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "INVITE si");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_text(&f, 0, "p:");
	CU_ASSERT_EQUAL(f.id.seen, 0); /* the line may still end otherwise ... */
	feed_end(&f, 0);
	CU_ASSERT(IS_WEAK(&f, APP_SIP));
	/* ... and where it does, it is not SIP, whatever the segments were. */
	feed_stream(&f);
	feed_text(&f, 0, "INVITE sip:");
	feed_text(&f, 0, "bob@contoso.example HTTP/1.1\r\n");
	feed_end(&f, 0);
	CU_ASSERT_FALSE(SEEN(&f, APP_SIP));
}

static void the_last_answer_ends_it(void)
{
	feed_stream(&f);
	feed_text(&f, 0, invite);
	CU_ASSERT_EQUAL(feed_text(&f, 1, trying), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_text(&f, 1, ok), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 3);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	CU_ASSERT_EQUAL(f.id.frame[1], 2);
}

static void a_challenge_is_not_the_last_answer(void)
{
	feed_stream(&f);
	feed_text(&f, 0, invite);
	CU_ASSERT_EQUAL(feed_text(&f, 1, challenge), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	feed_text(&f, 0, invite);
	CU_ASSERT_EQUAL(feed_text(&f, 1, forbidden), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.answer.code, 403);
	CU_ASSERT_EQUAL(f.id.answer.dir, 1);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_SIP);
	CU_ASSERT_EQUAL(f.id.answer.frame, 4);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
}

/* One call of a trunk that is refused is not the trunk. */
static void a_success_behind_a_refusal_is_found(void)
{
	feed_stream(&f);
	feed_text(&f, 0, invite);
	feed_text(&f, 1, forbidden);
	feed_text(&f, 0, invite);
	CU_ASSERT_EQUAL(feed_text(&f, 1, ok), 0);
	CU_ASSERT_EQUAL(f.id.answer.frame, 2);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
}

/* sngrep#85, suricata#4384: several messages in a segment, one message in several. */
static void messages_and_segments_do_not_align(void)
{
	char both[512];

	strcpy(both, trying);
	strcat(both, challenge);
	strcat(both, ok);
	feed_stream(&f);
	feed_text(&f, 0, invite);
	CU_ASSERT_EQUAL(feed_text(&f, 1, both), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
	for (size_t cut = 1; cut < strlen(both); cut++) {
		feed_stream(&f);
		feed_text(&f, 0, invite);
		feed_bytes(&f, 1, both, cut);
		feed_text(&f, 1, both + cut);
		CU_ASSERT(f.id.accepted_frame != 0);
		CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	}
}

static void keep_alives_may_come_first(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "\r\n\r\n");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	feed_text(&f, 1, "\r\n");
	feed_text(&f, 0, invite);
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
	feed_text(&f, 1, ok);
	CU_ASSERT_EQUAL(f.result, 0);
	/* Zero bytes, before the first message and between two. */
	feed_stream(&f);
	feed_hex(&f, 0, "00000000");
	feed_hex(&f, 0, "00000000 0d0a0d0a");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	feed_text(&f, 0, invite);
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
	feed_text(&f, 1, challenge);
	feed_hex(&f, 1, "00000000");
	CU_ASSERT_EQUAL(feed_text(&f, 1, ok), 0);
	CU_ASSERT_NOT_EQUAL(f.id.accepted_frame, 0);
	/* All at once, of both kinds, however they are mixed. */
	feed_stream(&f);
	feed_text(&f, 0, invite);
	feed_bytes(&f, 1, "\0\0\0\0\r\n\r\n\0\0\0\0\r\nSIP/2.0 200 OK\r\n\r\n", 32);
	CU_ASSERT_NOT_EQUAL(f.id.accepted_frame, 0);
	/* Very many decide nothing. */
	feed_stream(&f);
	for (unsigned i = 0; i < 40; i++)
		feed_hex(&f, 0, "0000000000000000");
	feed_text(&f, 0, invite);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	/* On datagrams too, of every kind clients send. */
	feed_datagrams(&f);
	feed_text(&f, 0, "\r\n\r\n");
	feed_hex(&f, 0, "00000000");
	feed_hex(&f, 0, "00");
	feed_text(&f, 1, "\r\n");
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	CU_ASSERT(POSSIBLE(&f, APP_RTP));
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

/* The next hop's silence, told by a hop that answers (facts/protocols.md 7e). */
static void a_504_is_the_answer_of_this_leg(void)
{
	feed_stream(&f);
	feed_text(&f, 0, invite);
	feed_text(&f, 1,
		  "SIP/2.0 504 Server time-out\r\n"
		  "ms-diagnostics: 1007;reason=\"Temporarily cannot route\";source=\"sip.a\"\r\n"
		  "Content-Length: 0\r\n\r\n");
	CU_ASSERT_EQUAL(f.id.answer.code, 504);
	CU_ASSERT_EQUAL(f.id.answer.dir, 1);
	CU_ASSERT_FALSE(f.id.answer.proxy);
}

static void a_response_tells_the_client(void)
{
	feed_stream(&f);
	feed_text(&f, 0, ok);
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
	CU_ASSERT_EQUAL(f.id.client, 1);
}

static void joined_late_the_next_message_is_found(void)
{
	feed_midstream(&f);
	feed_text(&f, 0, "m=audio 50000 RTP/AVP 111\r\na=x INVITE sip:");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_text(&f, 0, "\r\n");
	feed_text(&f, 0, invite);
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_SIP));
}

static void a_datagram_is_a_message(void)
{
	feed_datagrams(&f);
	feed_text(&f, 0, invite);
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_SIP));
	CU_ASSERT_EQUAL(feed_text(&f, 1, trying), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_text(&f, 1, "SIP/2.0 503 Service Unavailable\r\n\r\n"), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.answer.code, 503);
	/* The line's end was not captured. */
	feed_datagrams(&f);
	feed_cut(&f, 0, invite, 20, sizeof(invite) - 1);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
}

static void ssdp_notify_is_not_sip(void)
{
	static const char notify[] = "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n";

	feed_datagrams(&f);
	feed_text(&f, 0, notify);
	feed_text(&f, 0, notify);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SIP));
}

static void http_options_is_not_sip_options(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "OPTIONS * HTTP/1.1\r\n\r\n");
	CU_ASSERT_FALSE(SEEN(&f, APP_SIP));
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
	feed_stream(&f);
	feed_text(&f, 0, "OPTIONS sip:a@b SIP/2.0\r\n\r\n");
	CU_ASSERT_FALSE(SEEN(&f, APP_HTTP));
	CU_ASSERT(IS_STRONG(&f, APP_SIP));
}

static void rtsp_is_neither(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "OPTIONS rtsp://camera.example/ RTSP/1.0\r\nCSeq: 1\r\n\r\n");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SIP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_HTTP));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix(invite, sizeof(invite) - 1);
	feed_every_prefix(challenge, sizeof(challenge) - 1);
}

/* In a segment of its own the second answer would not be looked at. */
static void the_final_answer_ends_it_within_a_segment(void)
{
	feed_stream(&f);
	CU_ASSERT_EQUAL(
		feed_text(&f, 1, "SIP/2.0 200 OK\r\nl: 0\r\n\r\nSIP/2.0 403 Forbidden\r\n\r\n"), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 1);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
}

/* They are not counted for ever: what follows is not looked for, and not ruled out. */
static void behind_very_many_empty_lines_it_stays_possible(void)
{
	feed_stream(&f);
	for (unsigned i = 0; i < 150; i++)
		CU_ASSERT_EQUAL(feed_text(&f, 0, "\r\n"), IDENT_MORE);
	feed_text(&f, 0, "OPTIONS sip:a@b SIP/2.0\r\n");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
}

extern CU_TestInfo tests_sip[];
CU_TestInfo tests_sip[] = {
	{ "a request line is proof", a_request_line_is_proof },
	{ "any method before a SIP URI will do", any_method_before_a_sip_uri_will_do },
	{ "method and scheme alone are weak", method_and_scheme_alone_are_weak },
	{ "the last answer ends it", the_last_answer_ends_it },
	{ "a challenge is not the last answer", a_challenge_is_not_the_last_answer },
	{ "a success behind a refusal is found", a_success_behind_a_refusal_is_found },
	{ "messages and segments do not align", messages_and_segments_do_not_align },
	{ "keep-alives may come first", keep_alives_may_come_first },
	{ "a 504 is the answer of this leg", a_504_is_the_answer_of_this_leg },
	{ "a response tells the client", a_response_tells_the_client },
	{ "joined late, the next message is found", joined_late_the_next_message_is_found },
	{ "a datagram is a message", a_datagram_is_a_message },
	{ "SSDP NOTIFY is not SIP", ssdp_notify_is_not_sip },
	{ "HTTP OPTIONS is not SIP OPTIONS", http_options_is_not_sip_options },
	{ "RTSP is neither", rtsp_is_neither },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	{ "the final answer ends it within a segment", the_final_answer_ends_it_within_a_segment },
	{ "behind very many empty lines it stays possible",
	  behind_very_many_empty_lines_it_stays_possible },
	CU_TEST_INFO_NULL,
};
