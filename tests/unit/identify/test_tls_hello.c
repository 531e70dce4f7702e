/* The first bytes of TLS, and what hellos say. */
#include <string.h>

#include "identify/feed.h"
#include "identify/tls.h"
#include "identify/tls_dialogues.h"

static struct feed f;
static struct tls_facts facts;

/* Handshake header, version, random, no session, one cipher, null compression. */
#define CLIENT_HEAD                                                                          \
	"01000000 0303 0000000000000000000000000000000000000000000000000000000000000000 00 " \
	"0002 002f 0100 "
#define SERVER_HEAD                                                                          \
	"02000000 0303 0000000000000000000000000000000000000000000000000000000000000000 00 " \
	"002f 00 "
#define SNI_A  "0000 0006 0004 00 0001 61 "
#define ALPN_H "0010 0005 0003 02 6832 "

static bool client(const char *hex)
{
	uint8_t bytes[512];
	size_t n = feed_unhex(hex, bytes, sizeof(bytes));

	facts = (struct tls_facts){ 0 };
	return tls_hello_client(&facts, cursor_over(bytes, n));
}

static void server(const char *hex)
{
	uint8_t bytes[512];
	size_t n = feed_unhex(hex, bytes, sizeof(bytes));

	facts = (struct tls_facts){ 0 };
	tls_hello_server(&facts, cursor_over(bytes, n));
}

/* The same session id, and the same bytes as a ticket: RFC 5246 7.4.1.2, RFC 5077 3.2, 3.3. */
#define WITH_ID "0303 0000000000000000000000000000000000000000000000000000000000000000 04 0a0b0c0d "

static void sessions_are_told_by_their_id_or_ticket(void)
{
	uint8_t bytes[64];
	uint64_t id;
	size_t n;

	client("01000000" WITH_ID "0002 002f 0100");
	id = facts.used;
	CU_ASSERT_NOT_EQUAL(id, 0);
	server("02000000" WITH_ID "002f 00");
	CU_ASSERT_EQUAL(facts.given, id);
	/* A ticket counts before the id beside it, an empty one only asks for one. */
	client("01000000" WITH_ID "0002 002f 0100 0008 0023 0004 01020304");
	CU_ASSERT_NOT_EQUAL(facts.used, id);
	id = facts.used;
	client("01000000" WITH_ID "0002 002f 0100 0004 0023 0000");
	CU_ASSERT_NOT_EQUAL(facts.used, 0);
	CU_ASSERT_NOT_EQUAL(facts.used, id);
	n = feed_unhex("0400000a 00001c20 0004 01020304", bytes, sizeof(bytes));
	tls_hello_ticket(&facts, cursor_over(bytes, n));
	CU_ASSERT_EQUAL(facts.given, id);
	/* An empty one, and one that is cut, leave what the hello said. */
	n = feed_unhex("04000006 00001c20 0000", bytes, sizeof(bytes));
	tls_hello_ticket(&facts, cursor_over(bytes, n));
	CU_ASSERT_EQUAL(facts.given, id);
	n = feed_unhex("0400000a 00001c20 0004 0102", bytes, sizeof(bytes));
	tls_hello_ticket(&facts, cursor_over(bytes, n));
	CU_ASSERT_EQUAL(facts.given, id);
	client(CLIENT_HEAD);
	CU_ASSERT_EQUAL(facts.used, 0);
	server(SERVER_HEAD);
	CU_ASSERT_EQUAL(facts.given, 0);
}

static void extensions_come_in_any_order(void)
{
	CU_ASSERT_FALSE(client(CLIENT_HEAD "0013" SNI_A ALPN_H));
	CU_ASSERT_STRING_EQUAL(facts.sni, "a");
	CU_ASSERT_STRING_EQUAL(facts.alpn, "h2");
	CU_ASSERT(client(CLIENT_HEAD "001b" ALPN_H "002a 0000"
				     "ff01 0000" SNI_A));
	CU_ASSERT_STRING_EQUAL(facts.sni, "a");
	CU_ASSERT_STRING_EQUAL(facts.alpn, "h2");
	CU_ASSERT_FALSE(client(CLIENT_HEAD));
	CU_ASSERT(facts.client_hello);
	CU_ASSERT_STRING_EQUAL(facts.sni, "");
}

static void extensions_end_where_their_length_says(void)
{
	/* What follows the list is not of it. */
	client(CLIENT_HEAD "0009" ALPN_H SNI_A);
	CU_ASSERT_STRING_EQUAL(facts.alpn, "h2");
	CU_ASSERT_STRING_EQUAL(facts.sni, "");
	/* A list longer than the message is read as far as it goes. */
	client(CLIENT_HEAD "ffff" ALPN_H SNI_A);
	CU_ASSERT_STRING_EQUAL(facts.sni, "a");
	/* An extension longer than the list ends it. */
	client(CLIENT_HEAD "0013"
			   "0000 00ff 0004 00 0001 61" ALPN_H);
	CU_ASSERT_STRING_EQUAL(facts.sni, "");
	CU_ASSERT_STRING_EQUAL(facts.alpn, "");
}

static void names_that_lie_are_not_taken(void)
{
	client(CLIENT_HEAD "000a"
			   "0000 0006 0004 00 0002 61"); /* longer than its extension */
	CU_ASSERT_STRING_EQUAL(facts.sni, "");
	client(CLIENT_HEAD "000a"
			   "0000 0006 0004 01 0001 61"); /* no host name */
	CU_ASSERT_STRING_EQUAL(facts.sni, "");
	client(CLIENT_HEAD "0009"
			   "0010 0005 0003 03 6832");
	CU_ASSERT_STRING_EQUAL(facts.alpn, "");
}

static void names_are_cut_at_their_size(void)
{
	uint8_t bytes[512];
	size_t n = feed_unhex(CLIENT_HEAD "006d 0000 0069 0067 00 0064", bytes, sizeof(bytes));

	memset(bytes + n, 'a', 100);
	facts = (struct tls_facts){ 0 };
	tls_hello_client(&facts, cursor_over(bytes, n + 100));
	CU_ASSERT_EQUAL(strlen(facts.sni), IDENT_NAME - 1);
	CU_ASSERT_EQUAL(facts.sni[IDENT_NAME - 2], 'a');
}

static void the_version_is_in_the_extension_when_there_is_one(void)
{
	server(SERVER_HEAD);
	CU_ASSERT(facts.server_hello);
	CU_ASSERT_EQUAL(facts.version, 0x0303);
	server(SERVER_HEAD "0006 002b 0002 0304");
	CU_ASSERT_EQUAL(facts.version, 0x0304);
	server(SERVER_HEAD "0009" ALPN_H);
	CU_ASSERT_EQUAL(facts.version, 0x0303);
	CU_ASSERT_STRING_EQUAL(facts.alpn, "h2");
	server("02000000 0303 00000000");
	CU_ASSERT_FALSE(facts.server_hello);
	CU_ASSERT_EQUAL(facts.version, 0);
}

static void an_ssl_2_hello_opens_tls(void)
{
	/* Three ciphers, no session, sixteen bytes of challenge. */
	static const char hello[] = "8022 01 0303 0009 0000 0010 00002f 000035 00000a "
				    "000102030405060708090a0b0c0d0e0f";
	uint8_t bytes[64];
	size_t n = feed_unhex(hello, bytes, sizeof(bytes));

	feed_stream(&f);
	feed_hex(&f, 0, hello);
	CU_ASSERT(IS_WEAK(&f, APP_TLS));
	CU_ASSERT(f.id.tls.client_hello);
	feed_hex(&f, 1, tls_plain[1].hex);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
	feed_hex(&f, 0, tls_plain[2].hex);
	feed_hex(&f, 1, tls_plain[3].hex);
	CU_ASSERT(f.id.tls.complete);
	/* Lengths that do not add up. */
	bytes[1] ^= 1;
	feed_stream(&f);
	feed_bytes(&f, 0, bytes, n);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
}

static void other_bytes_rule_tls_out(void)
{
	static const char *const others[] = {
		"474554202f20485454502f312e310d0a", /* GET / HTTP/1.1 */
		"160401002d01",                     /* version 4 */
		"1603010000",                       /* an empty record */
		"160301400101",                     /* longer than a record may be */
		"16030100800e00000003",             /* ServerHelloDone first */
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		feed_stream(&f);
		feed_hex(&f, 0, others[i]);
		CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
		CU_ASSERT_FALSE(SEEN(&f, APP_TLS));
	}
	feed_stream(&f);
	feed_hex(&f, 0, "1603");
	CU_ASSERT(POSSIBLE(&f, APP_TLS));
	CU_ASSERT_FALSE(SEEN(&f, APP_TLS));
}

static void a_connection_joined_late_is_weak_and_unseen(void)
{
	feed_midstream(&f);
	feed_hex(&f, 0, "1703030002aabb");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_hex(&f, 0, "1703030001cc");
	CU_ASSERT(IS_WEAK(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_UNSEEN);
	CU_ASSERT_EQUAL(f.id.client, 2);
	CU_ASSERT(POSSIBLE(&f, APP_SIP));
	CU_ASSERT_FALSE(f.id.tls.complete);
	/* Only when joined late: such bytes open no connection. */
	feed_stream(&f);
	feed_hex(&f, 0, "1703030002aabb1703030001cc");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
}

/* Facts 0.9: neither name nor protocol is normal for this generation of servers. */
static void a_hello_without_names_is_tls(void)
{
	feed_stream(&f);
	FEED_PARTS(&f, tls_resumed);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
	CU_ASSERT_STRING_EQUAL(f.id.tls.alpn, "");
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix_hex(tls_plain[0].hex);
	feed_every_prefix_hex(tls_retry[0].hex);
	feed_every_prefix_hex("8022010303000900000010 00002f00003500000a "
			      "000102030405060708090a0b0c0d0e0f");
}

extern CU_TestInfo tests_tls_hello[];
CU_TestInfo tests_tls_hello[] = {
	{ "sessions are told by their id or ticket", sessions_are_told_by_their_id_or_ticket },
	{ "extensions come in any order", extensions_come_in_any_order },
	{ "extensions end where their length says", extensions_end_where_their_length_says },
	{ "names that lie are not taken", names_that_lie_are_not_taken },
	{ "names are cut at their size", names_are_cut_at_their_size },
	{ "the version is in the extension when there is one",
	  the_version_is_in_the_extension_when_there_is_one },
	{ "an SSL 2 hello opens TLS", an_ssl_2_hello_opens_tls },
	{ "other bytes rule TLS out", other_bytes_rule_tls_out },
	{ "a connection joined late is weak and unseen",
	  a_connection_joined_late_is_weak_and_unseen },
	{ "a hello without names is TLS", a_hello_without_names_is_tls },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
