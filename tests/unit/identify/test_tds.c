/* TDS logins and, joined late, requests. */
#include "identify/feed.h"

/* VERSION and ENCRYPTION tokens, their data behind. */
#define TOKENS "00000b0006 010011 0001 ff 0b0007d00000 00"

static const char prelogin[] = "1201 001a 0000 01 00 " TOKENS;
static const char answer[] = "0401 001a 0000 01 00 " TOKENS;
static const char batch[] = "0101 000c 0000 01 00 73003100";
static const char done[] = "0401 0015 0035 01 00 fd0000ba000000000000000000";

static struct feed f;

static void a_prelogin_is_proof(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "1201 001a 0000 01 00");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_TDS));
	CU_ASSERT_EQUAL(feed_hex(&f, 0, TOKENS), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_TDS));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, answer), 0);
}

static void tokens_must_lie_inside_the_packet(void)
{
	static const char *const wrong[] = {
		"1201 001a 0000 01 00 00000c0006 010011 0001 fe 0b0007d00000 00", /* no end */
		"1201 001a 0000 01 00 00000d0006 010011 0001 ff 0b0007d00000 00", /* past the end */
		"1201 001a 0000 01 00 01000b0006 010011 0001 ff 0b0007d00000 00", /* not VERSION */
		"1201 001a 0000 01 00 00000b0005 010011 0001 ff 0b0007d00000 00", /* five bytes */
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		feed_stream(&f);
		feed_hex(&f, 0, wrong[i]);
		CU_ASSERT(IS_WEAK(&f, APP_TDS));
	}
}

static void a_login_without_prelogin_is_weak(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, "1001 0100 0000 01 00");
	CU_ASSERT(IS_WEAK(&f, APP_TDS));
}

static void other_packets_open_no_connection(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, batch);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TDS));
	/* A window other than 0; TLS. */
	feed_stream(&f);
	feed_hex(&f, 0, "1201 001a 0000 01 01");
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TDS));
}

static void joined_late_requests_and_answers_are_weak(void)
{
	feed_midstream(&f);
	feed_hex(&f, 1, batch);
	CU_ASSERT(IS_WEAK(&f, APP_TDS));
	CU_ASSERT_EQUAL(f.id.client, 1);
	feed_hex(&f, 0, done);
	CU_ASSERT(IS_WEAK(&f, APP_TDS));
	CU_ASSERT_EQUAL(f.id.frame[0], 2);
	/* An answer must be whole. */
	feed_midstream(&f);
	feed_hex(&f, 0, "0401 0015 0035 01 00 fd");
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(prelogin);
	feed_every_prefix_hex(answer);
	feed_every_prefix_hex(batch);
	feed_every_prefix_hex(done);
}

extern CU_TestInfo tests_tds[];
CU_TestInfo tests_tds[] = {
	{ "a prelogin is proof", a_prelogin_is_proof },
	{ "tokens must lie inside the packet", tokens_must_lie_inside_the_packet },
	{ "a login without prelogin is weak", a_login_without_prelogin_is_weak },
	{ "other packets open no connection", other_packets_open_no_connection },
	{ "joined late, requests and answers are weak", joined_late_requests_and_answers_are_weak },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
