/* TLS: hellos, the mutual-TLS ladder, alerts, and the walk over records. */
#include <string.h>

#include "identify/feed.h"
#include "identify/tls_dialogues.h"

static struct feed f;

/* Records of our own. */

static uint8_t made[FEED_MAX];
static size_t made_len;

static void add(const void *bytes, size_t n)
{
	memcpy(made + made_len, bytes, n);
	made_len += n;
}

static void add_record(unsigned type, const void *body, size_t n)
{
	const uint8_t head[5] = { (uint8_t)type, 3, 3, (uint8_t)(n >> 8), (uint8_t)n };

	add(head, sizeof(head));
	add(body, n);
}

/* A handshake message of @n zero bytes. */
static size_t message(uint8_t *out, unsigned type, size_t n)
{
	out[0] = (uint8_t)type;
	out[1] = (uint8_t)(n >> 16);
	out[2] = (uint8_t)(n >> 8);
	out[3] = (uint8_t)n;
	memset(out + 4, 0, n);
	return 4 + n;
}

/* The messages of one record taken apart into records of @piece bytes. */
static void add_split(const uint8_t *record, size_t n, size_t piece)
{
	for (size_t at = 5; at < n; at += piece)
		add_record(22, record + at, MIN(piece, n - at));
}

/* Whole handshakes. */

static void a_plain_handshake_asks_for_no_certificate(void)
{
	feed_stream(&f);
	FEED_PARTS(&f, tls_plain);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_TLS));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(f.id.tls.version, 0x0303);
	CU_ASSERT(f.id.tls.client_hello && f.id.tls.server_hello && f.id.tls.complete);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_NOT_REQUESTED);
	CU_ASSERT_EQUAL(f.id.tls.certreq_frame, 0);
	CU_ASSERT_STRING_EQUAL(f.id.tls.sni, "sip.contoso.example");
	CU_ASSERT_STRING_EQUAL(f.id.tls.alpn, "h2");
	CU_ASSERT_EQUAL(f.id.frame[0], 1);
	CU_ASSERT_EQUAL(f.id.frame[1], 2);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 4);
}

static const char tls_data[] = "1703030004 01020304", tls_dark[] = "1603030004 01020304";

/* Where the client was asked for nothing yet, a second handshake may, until the server answers. */
static void it_is_done_when_no_certificate_can_be_asked_for(void)
{
	feed_stream(&f);
	for (size_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(feed_hex(&f, tls_plain[i].dir, tls_plain[i].hex), IDENT_MORE);
	CU_ASSERT(f.id.tls.complete);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, tls_data), IDENT_MORE);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, tls_data), 0);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_NOT_REQUESTED);
}

static void a_second_handshake_inside_the_first_hides_the_certificate(void)
{
	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, tls_plain);
	feed_hex(&f, 0, tls_data);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, tls_dark), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_NOT_REQUESTED);
	CU_ASSERT_EQUAL(feed_hex(&f, 0, tls_dark), 0);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_HIDDEN_RENEGOTIATED);
}

static void one_side_alone_is_weak(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	CU_ASSERT(IS_WEAK(&f, APP_TLS));
	CU_ASSERT(f.id.tls.client_hello);
	CU_ASSERT_FALSE(f.id.tls.server_hello);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_UNSEEN);
	feed_stream(&f);
	feed_hex(&f, 1, tls_plain[1].hex);
	CU_ASSERT(IS_WEAK(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_NOT_REQUESTED);
}

static void a_mutual_handshake_is_proven_by_the_servers_change_of_cipher(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_mutual[0].hex);
	feed_hex(&f, 1, tls_mutual[1].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_REQUESTED);
	CU_ASSERT_EQUAL(f.id.tls.certreq_frame, 2);
	feed_hex(&f, 0, tls_mutual[2].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_CLAIMED);
	CU_ASSERT_EQUAL(f.id.tls.client_cert_frame, 3);
	CU_ASSERT_FALSE(f.id.tls.complete);
	feed_hex(&f, 1, tls_mutual[3].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_PROVEN);
	CU_ASSERT(f.id.tls.complete);
	CU_ASSERT_EQUAL(f.result, 0);
}

static void a_claim_that_is_refused_is_not_proven(void)
{
	feed_stream(&f);
	for (size_t i = 0; i < 3; i++)
		feed_hex(&f, tls_mutual[i].dir, tls_mutual[i].hex);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "15030300020230"), 0);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_CLAIMED);
	CU_ASSERT_EQUAL(f.id.tls.alert_description, 48);
	CU_ASSERT_EQUAL(f.id.tls.alert_level, 2);
	CU_ASSERT_EQUAL(f.id.tls.alert_dir, 1);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
}

static void an_empty_certificate_declines(void)
{
	feed_stream(&f);
	FEED_PARTS(&f, tls_declined);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_DECLINED);
	CU_ASSERT_EQUAL(f.id.tls.alert_description, 40);
	CU_ASSERT_FALSE(f.id.tls.complete);
	/* Asked, declined, and let in all the same: not mutual either. */
	feed_stream(&f);
	FEED_PARTS(&f, tls_optional);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_DECLINED);
	CU_ASSERT(f.id.tls.complete);
	CU_ASSERT(f.id.tls.certreq_frame != 0);
}

/* A request whose answer is a certificate without proof of the key. */
static void a_certificate_without_verify_claims_nothing(void)
{
	uint8_t body[64];

	feed_stream(&f);
	feed_hex(&f, 0, tls_mutual[0].hex);
	feed_hex(&f, 1, tls_mutual[1].hex);
	made_len = 0;
	add_record(22, body, message(body, 11, 40));
	feed_bytes(&f, 0, made, made_len);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_REQUESTED);
	CU_ASSERT(f.id.tls.client_cert_frame != 0);
}

static void a_resumed_session_hides_the_certificates(void)
{
	feed_stream(&f);
	FEED_PARTS(&f, tls_resumed);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_HIDDEN_RESUMED);
	CU_ASSERT(f.id.tls.complete);
	CU_ASSERT_EQUAL(f.id.tls.version, 0x0303);
}

/* A full handshake and the one that presents its ticket (RFC 5077). */
static void a_ticket_joins_a_resumed_session_to_its_beginning(void)
{
	uint64_t ticket;

	feed_stream(&f);
	FEED_PARTS(&f, tls_issued);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_PROVEN);
	CU_ASSERT_EQUAL(f.id.tls.used, 0);
	ticket = f.id.tls.given;
	CU_ASSERT_NOT_EQUAL(ticket, 0);
	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, tls_reused);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_HIDDEN_RESUMED);
	CU_ASSERT_EQUAL(f.id.tls.used, ticket);
	CU_ASSERT_EQUAL(f.id.tls.given, 0);
	/* A ticket that the server does not take resumes nothing. */
	feed_stream(&f);
	feed_hex(&f, 0, tls_reused[0].hex);
	CU_ASSERT_EQUAL(f.id.tls.used, ticket);
	feed_parts(&f, tls_issued + 1, ARRAY_SIZE(tls_issued) - 1);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_PROVEN);
	CU_ASSERT_EQUAL(f.id.tls.used, 0);
	CU_ASSERT_EQUAL(f.id.tls.given, ticket);
	/* Bytes one by one give the same. */
	feed_stream(&f);
	FEED_PARTS_BY_BYTE(&f, tls_issued);
	CU_ASSERT_EQUAL(f.id.tls.given, ticket);
	CU_ASSERT_EQUAL(f.id.tls.used, 0);
}

static void in_version_1_3_nothing_joins_sessions(void)
{
	feed_stream(&f);
	FEED_PARTS(&f, tls_tls13);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_HIDDEN_TLS13);
	CU_ASSERT_EQUAL(f.id.tls.given, 0);
	CU_ASSERT_EQUAL(f.id.tls.used, 0);
}

static void version_1_3_hides_them_too(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_tls13[0].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_UNSEEN);
	feed_hex(&f, 1, tls_tls13[1].hex);
	CU_ASSERT_EQUAL(f.id.tls.version, 0x0304);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_HIDDEN_TLS13);
	CU_ASSERT_FALSE(f.id.tls.complete);
	CU_ASSERT_FALSE(f.id.tls.client_went_on);
	/* What the server makes of it, its next record tells. */
	CU_ASSERT_EQUAL(feed_hex(&f, 0, tls_tls13[2].hex), IDENT_MORE);
	CU_ASSERT(f.id.tls.complete && f.id.tls.client_went_on && !f.id.tls.client_alert);
	CU_ASSERT_EQUAL(f.id.tls.tail, TLS_TAIL_NONE);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, tls_tls13[3].hex), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.tls.tail, TLS_TAIL_ALERT);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, tls_tls13[3].hex), 0);
	CU_ASSERT_EQUAL(f.id.tls.tail, TLS_TAIL_MORE);
	CU_ASSERT_STRING_EQUAL(f.id.tls.sni, "meet.contoso.example");
}

static void a_retried_hello_is_one_handshake(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_retry[0].hex);
	feed_hex(&f, 1, tls_retry[1].hex);
	CU_ASSERT_EQUAL(f.id.tls.version, 0x0304);
	feed_hex(&f, 0, tls_retry[2].hex);
	CU_ASSERT_FALSE(f.id.tls.complete);
	feed_hex(&f, 1, tls_retry[3].hex);
	CU_ASSERT_FALSE(f.id.tls.complete);
	feed_hex(&f, 0, tls_retry[4].hex);
	CU_ASSERT(f.id.tls.complete);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_HIDDEN_TLS13);
}

static void bytes_one_by_one_give_the_same(void)
{
	static const struct {
		const struct feed_part *parts;
		size_t n;
	} all[] = {
		{ tls_plain, ARRAY_SIZE(tls_plain) },
		{ tls_mutual, ARRAY_SIZE(tls_mutual) },
		{ tls_declined, ARRAY_SIZE(tls_declined) },
		{ tls_optional, ARRAY_SIZE(tls_optional) },
		{ tls_resumed, ARRAY_SIZE(tls_resumed) },
		{ tls_tls13, ARRAY_SIZE(tls_tls13) },
		{ tls_retry, ARRAY_SIZE(tls_retry) },
	};
	static struct feed whole;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		feed_stream(&whole);
		feed_parts(&whole, all[i].parts, all[i].n);
		feed_stream(&f);
		feed_parts_by_byte(&f, all[i].parts, all[i].n);
		CU_ASSERT(IS_STRONG(&f, APP_TLS));
		CU_ASSERT_EQUAL(f.id.tls.client_auth, whole.id.tls.client_auth);
		CU_ASSERT_EQUAL(f.id.tls.version, whole.id.tls.version);
		CU_ASSERT_EQUAL(f.id.tls.complete, whole.id.tls.complete);
		CU_ASSERT_EQUAL(f.id.tls.alert_description, whole.id.tls.alert_description);
		CU_ASSERT_STRING_EQUAL(f.id.tls.sni, whole.id.tls.sni);
		CU_ASSERT_STRING_EQUAL(f.id.tls.alpn, whole.id.tls.alpn);
	}
}

/* A capture may show a server's answer before the client's flight. */
static void the_order_of_the_directions_does_not_matter(void)
{
	feed_stream(&f);
	feed_hex(&f, 1, tls_mutual[1].hex);
	feed_hex(&f, 0, tls_mutual[0].hex);
	feed_hex(&f, 1, tls_mutual[3].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_REQUESTED);
	feed_hex(&f, 0, tls_mutual[2].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_PROVEN);
	CU_ASSERT_EQUAL(f.id.client, 0);
}

/* What was not captured. */

static void a_gap_in_the_server_flight_decides_nothing(void)
{
	uint8_t bytes[FEED_MAX];
	size_t n = feed_unhex(tls_plain[1].hex, bytes, sizeof(bytes));

	/* All but the last byte of ServerHelloDone. */
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_bytes(&f, 1, bytes, n - 1);
	feed_end(&f, 1);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_UNSEEN);
	feed_hex(&f, 0, tls_plain[2].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_UNSEEN);
	CU_ASSERT_FALSE(f.id.tls.complete);
}

/* Neither a resumption nor the end of the flight: a certificate, then a change of cipher. */
static void a_flight_that_makes_no_sense_decides_nothing(void)
{
	uint8_t server[FEED_MAX], body[64];
	size_t hello;

	feed_unhex(tls_plain[1].hex, server, sizeof(server));
	hello = 5 + ((size_t)server[3] << 8) + server[4];
	made_len = 0;
	add(server, hello);
	add_record(22, body, message(body, 11, 40));
	add_record(22, body, message(body, 14, 1)); /* ServerHelloDone has no body */
	add_record(20, "\1", 1);
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_bytes(&f, 1, made, made_len);
	CU_ASSERT(f.id.tls.server_hello);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_UNSEEN);
}

static void a_client_alone_still_shows_what_it_sent(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_mutual[0].hex);
	feed_hex(&f, 0, tls_mutual[2].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_CLAIMED);
	feed_stream(&f);
	feed_hex(&f, 0, tls_declined[0].hex);
	feed_hex(&f, 0, tls_declined[2].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_DECLINED);
}

/* Messages across records. */

static void messages_run_across_records(void)
{
	static const size_t pieces[] = { 1, 2, 3, 5, 39, 1000 };
	uint8_t hello[FEED_MAX], server[FEED_MAX];
	size_t n = feed_unhex(tls_plain[0].hex, hello, sizeof(hello));
	size_t first = 0;

	feed_unhex(tls_mutual[1].hex, server, sizeof(server));
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		feed_stream(&f);
		made_len = 0;
		add_split(hello, n, pieces[i]);
		feed_bytes(&f, 0, made, made_len);
		CU_ASSERT(f.id.tls.client_hello);
		CU_ASSERT_STRING_EQUAL(f.id.tls.sni, "sip.contoso.example");
		CU_ASSERT_STRING_EQUAL(f.id.tls.alpn, "h2");
		/* OpenSSL puts each message of the flight into a record of its own. */
		made_len = 0;
		for (size_t at = 0; at < 649; at += first) {
			first = 5 + ((size_t)server[at + 3] << 8) + server[at + 4];
			add_split(server + at, first, pieces[i]);
		}
		feed_bytes(&f, 1, made, made_len);
		CU_ASSERT(f.id.tls.server_hello);
		CU_ASSERT_EQUAL(f.id.tls.version, 0x0303);
		CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_REQUESTED);
	}
}

static void several_messages_share_a_record(void)
{
	uint8_t server[FEED_MAX], body[FEED_MAX];
	size_t n = feed_unhex(tls_plain[1].hex, server, sizeof(server)), have = 0;

	for (size_t at = 0; at < n;) {
		size_t size = (size_t)server[at + 3] << 8 | server[at + 4];

		memcpy(body + have, server + at + 5, size);
		have += size;
		at += 5 + size;
	}
	made_len = 0;
	add_record(22, body, have);
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_bytes(&f, 1, made, made_len);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_NOT_REQUESTED);
}

/* Facts 2c: a request that names every trusted CA may exceed 16 KB. */
static void a_request_longer_than_a_record_is_followed(void)
{
	static uint8_t body[FEED_MAX];
	uint8_t server[FEED_MAX];
	size_t n, hello;

	feed_unhex(tls_plain[1].hex, server, sizeof(server));
	hello = 5 + ((size_t)server[3] << 8) + server[4];
	made_len = 0;
	add(server, hello);
	n = message(body, 11, 900);
	n += message(body + n, 13, 20000);
	n += message(body + n, 14, 0);
	for (size_t at = 0; at < n; at += 16384)
		add_record(22, body + at, MIN((size_t)16384, n - at));
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_bytes(&f, 1, made, made_len);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_REQUESTED);
	/* The client's answer is still understood behind it. */
	feed_hex(&f, 0, tls_mutual[2].hex);
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_CLAIMED);
}

/* Records of 16 KB, a byte a call: the walk remembers where it stands. */
static void a_byte_a_call_costs_a_byte_of_work(void)
{
	static uint8_t body[32000];
	static struct ident id;
	uint8_t server[FEED_MAX];
	size_t hello;
	bool last;

	feed_unhex(tls_plain[1].hex, server, sizeof(server));
	hello = 5 + ((size_t)server[3] << 8) + server[4];
	made_len = 0;
	add(server, hello);
	message(body, 11, sizeof(body) - 4);
	add_record(22, body, 16384);
	add_record(22, body + 16384, sizeof(body) - 16384);
	ident_init(&id, true, false);
	for (size_t i = 1; i <= made_len; i++) {
		last = i == made_len;
		ident_stream(&id, 0, made, i, last, i);
		/* Nothing that came is left behind for a second look, but for part of a header. */
		CU_ASSERT(i - id.side[0].offset < 11 || last);
	}
	CU_ASSERT_EQUAL(id.side[0].offset, made_len);
	CU_ASSERT(id.tls.server_hello);
	CU_ASSERT_EQUAL(id.tls.client_auth, CLIENT_AUTH_UNSEEN);
}

/* Alerts. */

static void a_warning_gives_way_to_a_fatal_alert(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "15030300020170"), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
	CU_ASSERT_EQUAL(f.id.tls.alert_description, 112);
	CU_ASSERT_EQUAL(f.id.tls.alert_level, 1);
	CU_ASSERT_EQUAL(feed_hex(&f, 1, "15030300020228"), 0);
	CU_ASSERT_EQUAL(f.id.tls.alert_description, 40);
	CU_ASSERT_EQUAL(f.id.tls.alert_frame, 3);
}

static void a_longer_alert_is_encrypted_and_says_nothing(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_hex(&f, 1, tls_plain[1].hex);
	feed_hex(&f, 1, "150303001a 0230000000000000000000000000000000000000000000000000");
	CU_ASSERT_EQUAL(f.id.tls.alert_frame, 0);
}

static void an_ssl_3_client_declines_by_alert(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_mutual[0].hex);
	feed_hex(&f, 1, tls_mutual[1].hex);
	feed_hex(&f, 0, "15030000020129");
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_DECLINED);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(tls_plain); i++)
		feed_every_prefix_hex(tls_plain[i].hex);
	feed_every_prefix_hex(tls_tls13[0].hex);
	feed_every_prefix_hex(tls_retry[1].hex);
}

extern CU_TestInfo tests_tls[];
CU_TestInfo tests_tls[] = {
	{ "a plain handshake asks for no certificate", a_plain_handshake_asks_for_no_certificate },
	{ "it is done when no certificate can be asked for",
	  it_is_done_when_no_certificate_can_be_asked_for },
	{ "a second handshake inside the first hides the certificate",
	  a_second_handshake_inside_the_first_hides_the_certificate },
	{ "one side alone is weak", one_side_alone_is_weak },
	{ "a mutual handshake is proven by the server's change of cipher",
	  a_mutual_handshake_is_proven_by_the_servers_change_of_cipher },
	{ "a claim that is refused is not proven", a_claim_that_is_refused_is_not_proven },
	{ "an empty certificate declines", an_empty_certificate_declines },
	{ "a certificate without verify claims nothing",
	  a_certificate_without_verify_claims_nothing },
	{ "a resumed session hides the certificates", a_resumed_session_hides_the_certificates },
	{ "a ticket joins a resumed session to its beginning",
	  a_ticket_joins_a_resumed_session_to_its_beginning },
	{ "in version 1.3 nothing joins sessions", in_version_1_3_nothing_joins_sessions },
	{ "version 1.3 hides them too", version_1_3_hides_them_too },
	{ "a retried hello is one handshake", a_retried_hello_is_one_handshake },
	{ "bytes one by one give the same", bytes_one_by_one_give_the_same },
	{ "the order of the directions does not matter",
	  the_order_of_the_directions_does_not_matter },
	{ "a gap in the server flight decides nothing",
	  a_gap_in_the_server_flight_decides_nothing },
	{ "a flight that makes no sense decides nothing",
	  a_flight_that_makes_no_sense_decides_nothing },
	{ "a client alone still shows what it sent", a_client_alone_still_shows_what_it_sent },
	{ "messages run across records", messages_run_across_records },
	{ "several messages share a record", several_messages_share_a_record },
	{ "a request longer than a record is followed",
	  a_request_longer_than_a_record_is_followed },
	{ "a byte a call costs a byte of work", a_byte_a_call_costs_a_byte_of_work },
	{ "a warning gives way to a fatal alert", a_warning_gives_way_to_a_fatal_alert },
	{ "a longer alert is encrypted and says nothing",
	  a_longer_alert_is_encrypted_and_says_nothing },
	{ "an SSL 3 client declines by alert", an_ssl_3_client_declines_by_alert },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	CU_TEST_INFO_NULL,
};
