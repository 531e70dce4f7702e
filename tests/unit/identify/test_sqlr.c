/* SQL Server Resolution: an answer proves, a request hardly tells. */
#include <string.h>

#include "identify/feed.h"

static const char answer[] =
	"ServerName;SQL01;InstanceName;RTC;IsClustered;No;Version;11.0.2100.60;"
	"tcp;49172;;";

static struct feed f;

static size_t response(uint8_t *out)
{
	size_t n = strlen(answer);

	out[0] = 5;
	out[1] = (uint8_t)n;
	out[2] = (uint8_t)(n >> 8);
	memcpy(out + 3, answer, n);
	return n + 3;
}

static void a_named_request_is_weak_and_its_answer_is_proof(void)
{
	uint8_t bytes[256];

	feed_datagrams(&f);
	CU_ASSERT_EQUAL(feed_bytes(&f, 0, "\4RTC", 5), IDENT_MORE);
	CU_ASSERT(IS_WEAK(&f, APP_SQLR));
	CU_ASSERT_EQUAL(feed_bytes(&f, 1, bytes, response(bytes)), 0);
	CU_ASSERT(IS_STRONG(&f, APP_SQLR));
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_SQLR));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
}

static void one_byte_is_not_ruled_out_and_not_claimed(void)
{
	feed_datagrams(&f);
	feed_bytes(&f, 0, "\2", 1);
	feed_bytes(&f, 0, "\3", 1);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_SQLR));
	feed_datagrams(&f);
	feed_bytes(&f, 0, "\1", 1);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
}

static void names_end_in_nul_within_32_bytes(void)
{
	uint8_t bytes[40] = { 4 };

	memset(bytes + 1, 'A', 33);
	bytes[33] = 0;
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, 34);
	CU_ASSERT(IS_WEAK(&f, APP_SQLR));
	bytes[33] = 'A';
	bytes[34] = 0;
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, 35);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
	feed_datagrams(&f);
	feed_bytes(&f, 0, "\4A", 2); /* no NUL */
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
	feed_datagrams(&f);
	feed_bytes(&f, 0, "\4\0", 2); /* no name */
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
	feed_datagrams(&f);
	feed_bytes(&f, 0, "\4A\0B", 5);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
}

static void sql_slammer_is_not_a_request(void)
{
	uint8_t bytes[376];

	memset(bytes, 1, sizeof(bytes));
	bytes[0] = 4;
	feed_datagrams(&f);
	feed_bytes(&f, 0, bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SQLR));
}

static void the_length_of_an_answer_is_exact(void)
{
	uint8_t bytes[256];
	size_t n = response(bytes);

	feed_datagrams(&f);
	feed_bytes(&f, 1, bytes, n - 1);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_datagrams(&f);
	feed_cut(&f, 1, bytes, 14, n);
	CU_ASSERT(IS_STRONG(&f, APP_SQLR));
	feed_datagrams(&f);
	feed_cut(&f, 1, bytes, 13, n);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	bytes[3] = 's';
	feed_datagrams(&f);
	feed_bytes(&f, 1, bytes, n);
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

static void the_answer_for_the_administrator_is_weak(void)
{
	feed_datagrams(&f);
	feed_bytes(&f, 0, "\17\1RTC", 6);
	CU_ASSERT(IS_WEAK(&f, APP_SQLR));
	feed_bytes(&f, 1, "\5\6\0\1\231\5", 6);
	CU_ASSERT(IS_WEAK(&f, APP_SQLR));
	CU_ASSERT_EQUAL(f.id.frame[1], 2);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	uint8_t bytes[256];

	feed_every_prefix(bytes, response(bytes));
	feed_every_prefix("\17\1RTC", 6);
}

extern CU_TestInfo tests_sqlr[];
CU_TestInfo tests_sqlr[] = {
	{ "a named request is weak and its answer is proof",
	  a_named_request_is_weak_and_its_answer_is_proof },
	{ "one byte is not ruled out and not claimed", one_byte_is_not_ruled_out_and_not_claimed },
	{ "names end in NUL within 32 bytes", names_end_in_nul_within_32_bytes },
	{ "SQL Slammer is not a request", sql_slammer_is_not_a_request },
	{ "the length of an answer is exact", the_length_of_an_answer_is_exact },
	{ "the answer for the administrator is weak", the_answer_for_the_administrator_is_weak },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
