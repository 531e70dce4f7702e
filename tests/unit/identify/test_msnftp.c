/* Peer file transfer. */
#include "identify/feed.h"

static const char hello[] = "VER MSN_SECURE_FTP\r\n";

static struct feed f;

static void the_greeting_is_proof(void)
{
	feed_stream(&f);
	feed_bytes(&f, 1, hello, 19);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_MSNFTP));
	CU_ASSERT_EQUAL(feed_text(&f, 1, "\n"), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_MSNFTP));
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT_EQUAL(feed_text(&f, 0, hello), 0);
	CU_ASSERT_EQUAL(f.id.client, 1);
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_MSNFTP));
}

static void the_older_greeting_is_not_it(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "VER MSNFTP\r\n");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_MSNFTP));
}

static void bittorrent_on_its_ports_is_not_msnftp(void)
{
	feed_stream(&f);
	feed_text(&f, 0,
		  "\x13"
		  "BitTorrent protocol");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_MSNFTP));
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix(hello, sizeof(hello) - 1);
}

extern CU_TestInfo tests_msnftp[];
CU_TestInfo tests_msnftp[] = {
	{ "the greeting is proof", the_greeting_is_proof },
	{ "the older greeting is not it", the_older_greeting_is_not_it },
	{ "BitTorrent on its ports is not MSNFTP", bittorrent_on_its_ports_is_not_msnftp },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
