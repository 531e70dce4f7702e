/* HTTP requests, responses, tunnels and the preface of HTTP/2. */
#include <stdio.h>
#include <string.h>

#include "identify/feed.h"
#include "identify/tls_dialogues.h"

static const char get[] = "GET /meet/bob HTTP/1.1\r\nHost: meet.contoso.example\r\n\r\n";
static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

static struct feed f;

static void a_request_line_is_proof(void)
{
	feed_stream(&f);
	CU_ASSERT_EQUAL(feed_text(&f, 0, get), IDENT_MORE);
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
	CU_ASSERT_EQUAL(f.id.possible, APP_BIT(APP_HTTP));
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT_EQUAL(feed_text(&f, 1, ok), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 2);
}

static void nothing_is_claimed_before_the_version(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "GET /index HTTP/1.");
	CU_ASSERT_EQUAL(f.id.seen, 0);
	CU_ASSERT(POSSIBLE(&f, APP_HTTP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	feed_text(&f, 0, "0\n");
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
}

static void other_text_protocols_are_not_http(void)
{
	static const char *const lines[] = {
		"USER anonymous\r\n",
		"EHLO mail.contoso.example\r\n",
		"NICK bob\r\n",
		"GET x\r\n",
		"GET / HTTP/2.0\r\n",
		"GET /a b HTTP/1.1\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"GET  HTTP/1.1\r\n",
		"VER MSNFTP\r\n",
		"GET / HTTP/1.10\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		feed_stream(&f);
		feed_text(&f, 0, lines[i]);
		CU_ASSERT_EQUAL(f.id.seen, 0);
		CU_ASSERT_FALSE(POSSIBLE(&f, APP_HTTP));
	}
}

/* MS-RPCH, WebDAV, and URLs with tickets. */
static void methods_with_underscores_and_long_targets_are_http(void)
{
	static char line[8000];

	feed_stream(&f);
	feed_text(&f, 0, "RPC_IN_DATA /rpc/rpcproxy.dll?server:593 HTTP/1.1\r\n");
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
	strcpy(line, "GET /");
	memset(line + 5, 'a', 7000);
	strcat(line, " HTTP/1.1\r\n");
	feed_stream(&f);
	for (size_t i = 0; i < strlen(line); i++)
		feed_bytes(&f, 0, line + i, 1);
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
}

static void challenges_lead_on_and_errors_end(void)
{
	static const char challenge[] =
		"HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nno\n";

	feed_stream(&f);
	feed_text(&f, 0, get);
	CU_ASSERT_EQUAL(feed_text(&f, 1, challenge), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	feed_text(&f, 0, get);
	CU_ASSERT_EQUAL(feed_text(&f, 1, "HTTP/1.1 503 Service Unavailable\r\n\r\n"), 0);
	CU_ASSERT_EQUAL(f.id.answer.code, 503);
	CU_ASSERT_EQUAL(f.id.answer.app, APP_HTTP);
	CU_ASSERT_EQUAL(f.id.answer.frame, 4);
}

static void interim_answers_have_no_body(void)
{
	feed_stream(&f);
	feed_text(&f, 0, get);
	CU_ASSERT_EQUAL(feed_text(&f, 1, "HTTP/1.1 100 Continue\r\nContent-Length: 99\r\n\r\n"),
			IDENT_MORE);
	CU_ASSERT_EQUAL(feed_text(&f, 1, ok), 0);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 3);
}

/* What is in the tunnel is identified as on a connection of its own. */
static void a_tunnel_is_identified_anew(void)
{
	static const char connect[] = "CONNECT sip.contoso.example:443 HTTP/1.1\r\n\r\n";
	static const char made[] = "HTTP/1.1 200 Connection established\r\n\r\n";

	feed_stream(&f);
	feed_bytes(&f, 0, connect, sizeof(connect) - 2);
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_TLS));
	feed_text(&f, 0, "\n");
	CU_ASSERT(POSSIBLE(&f, APP_TLS));
	CU_ASSERT_EQUAL(feed_text(&f, 1, made), IDENT_MORE);
	for (size_t i = 0; i < ARRAY_SIZE(tls_mutual); i++)
		feed_hex(&f, tls_mutual[i].dir, tls_mutual[i].hex);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
	CU_ASSERT(SEEN(&f, APP_HTTP));
	CU_ASSERT_EQUAL(f.id.tls.client_auth, CLIENT_AUTH_PROVEN);
	CU_ASSERT_FALSE(POSSIBLE(&f, APP_SIP));
	CU_ASSERT_EQUAL(f.result, 0);
}

static void a_proxy_that_wants_credentials_is_a_refusal(void)
{
	static const char refused[] =
		"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";

	feed_stream(&f);
	feed_text(&f, 0, "CONNECT a:443 HTTP/1.1\r\n\r\n");
	CU_ASSERT_EQUAL(feed_text(&f, 1, refused), IDENT_MORE);
	CU_ASSERT_EQUAL(f.id.answer.code, 407);
	/* The client tries again on the same connection. */
	feed_text(&f, 0, "CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: x\r\n\r\n");
	feed_text(&f, 1, "HTTP/1.1 200 OK\r\n\r\n");
	feed_hex(&f, 0, tls_plain[0].hex);
	CU_ASSERT_FALSE(ident_http_to_tls(&f.id));
	feed_hex(&f, 1, tls_plain[1].hex);
	CU_ASSERT(IS_STRONG(&f, APP_TLS));
}

/* Facts 9e: a captive portal or a clear listener behind a TLS port. */
static void an_http_answer_to_a_tls_hello_shows_both(void)
{
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_text(&f, 1, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n");
	CU_ASSERT_EQUAL(feed_end(&f, 1), 0);
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
	CU_ASSERT(SEEN(&f, APP_TLS));
	CU_ASSERT(f.id.tls.client_hello);
	CU_ASSERT_FALSE(f.id.tls.server_hello);
	CU_ASSERT_EQUAL(f.id.answer.code, 400);
	CU_ASSERT(ident_http_to_tls(&f.id));
	CU_ASSERT_FALSE(f.id.answer.proxy);
	/* A success or a redirection of HTTP is neither for who speaks TLS. */
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_text(&f, 1,
		  "HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n"
		  "Content-Length: 0\r\n\r\n");
	CU_ASSERT_EQUAL(f.id.answer.code, 302);
	CU_ASSERT(ident_http_to_tls(&f.id));
	feed_stream(&f);
	feed_hex(&f, 0, tls_plain[0].hex);
	feed_text(&f, 1, ok);
	CU_ASSERT_EQUAL(f.id.answer.code, 200);
	CU_ASSERT_EQUAL(f.id.accepted_frame, 0);
}

/* The answer to a plain request, in one piece or a byte at a time; is it a proxy's? */
static bool by_proxy(const char *answer)
{
	bool whole, bytes;

	feed_stream(&f);
	feed_text(&f, 0, get);
	feed_text(&f, 1, answer);
	feed_end(&f, 1);
	whole = f.id.answer.proxy;
	feed_stream(&f);
	feed_text(&f, 0, get);
	for (size_t i = 0; answer[i] != '\0'; i++)
		feed_bytes(&f, 1, answer + i, 1);
	feed_end(&f, 1);
	bytes = f.id.answer.proxy;
	CU_ASSERT_EQUAL(whole, bytes);
	return whole;
}

/* Facts 9e: who refused? */
static void a_proxy_names_itself_in_its_headers(void)
{
	static const char *const proxies[] = {
		"HTTP/1.1 403 Forbidden\r\nVia: 1.1 proxy (squid/3.5)\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n\r\n",
		"HTTP/1.1 503 Service Unavailable\r\nserver:squid/3.1.20\r\n\r\n",
		"HTTP/1.1 403 Forbidden\r\nServer: Zscaler/6.2\r\n\r\n",
		"HTTP/1.1 502 Bad Gateway\r\nSERVER: BlueCoat-Security-Appliance\r\n\r\n",
		"HTTP/1.1 504 Gateway Timeout\r\nProxy-Connection: close\r\n\r\n",
		"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 511 Network Authentication Required\r\n\r\n",
	};
	static const char *const servers[] = {
		"HTTP/1.1 403 Forbidden\r\nServer: Microsoft-IIS/8.5\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 503 Service Unavailable\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n",
		"HTTP/1.1 403 Forbidden\r\nX-Via: squid\r\nServer: not squid\r\n\r\n",
		"HTTP/1.1 403 Forbidden\r\nContent-Length: 23\r\n\r\nVia: p\r\nServer: squid\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(proxies); i++)
		CU_ASSERT(by_proxy(proxies[i]));
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
		CU_ASSERT_FALSE(by_proxy(servers[i]));
	/* Of a success it does not matter. */
	feed_stream(&f);
	feed_text(&f, 0, get);
	feed_text(&f, 1, "HTTP/1.1 200 OK\r\nVia: 1.1 proxy\r\n\r\n");
	CU_ASSERT_EQUAL(f.id.answer.frame, 0);
	CU_ASSERT_NOT_EQUAL(f.id.accepted_frame, 0);
}

static void a_filter_names_itself_in_its_page(void)
{
	static char page[8192];
	int n;

	CU_ASSERT(by_proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 61\r\n\r\n"
			   "<h1>FortiGuard Intrusion Prevention - Access Blocked</h1>    "));
	CU_ASSERT(by_proxy("HTTP/1.1 403 Forbidden\r\n\r\n"
			   "<title>Web Filter Block Override</title>"));
	CU_ASSERT_FALSE(by_proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n"
				 "FortiGuar"));
	/* Far down on a long page it is not looked for. */
	n = snprintf(page, sizeof(page), "HTTP/1.1 403 Forbidden\r\n\r\n%5000s", "FortiGuard");
	CU_ASSERT_FATAL(n > 0);
	CU_ASSERT_FALSE(by_proxy(page));
	/* A page that is not refused may say what it likes. */
	feed_stream(&f);
	feed_text(&f, 0, get);
	CU_ASSERT_EQUAL(feed_text(&f, 1, "HTTP/1.1 404 Not Found\r\n\r\nFortiGuard"), 0);
	CU_ASSERT_FALSE(f.id.answer.proxy);
}

/* One page that may not be read, with its own page, and one that may: the flow is fine. */
static void a_success_behind_a_refusal_is_found(void)
{
	static const char both[] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nnope!"
				   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

	for (size_t cut = 1; cut < sizeof(both) - 1; cut++) {
		feed_stream(&f);
		feed_text(&f, 0, get);
		feed_text(&f, 0, get);
		feed_bytes(&f, 1, both, cut);
		feed_text(&f, 1, both + cut);
		CU_ASSERT_EQUAL(f.id.answer.code, 403);
		CU_ASSERT_NOT_EQUAL(f.id.accepted_frame, 0);
		CU_ASSERT_EQUAL(f.result, 0);
	}
}

static void every_refusal_of_a_connect_is_a_proxys(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "CONNECT sip.contoso.example:5061 HTTP/1.1\r\n\r\n");
	feed_text(&f, 1, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	CU_ASSERT_EQUAL(f.id.answer.code, 403);
	CU_ASSERT(f.id.answer.proxy);
	/* What the server behind the tunnel says is its own. */
	feed_stream(&f);
	feed_text(&f, 0, "CONNECT a:443 HTTP/1.1\r\n\r\n");
	feed_text(&f, 1, "HTTP/1.1 200 OK\r\n\r\n");
	feed_text(&f, 0, get);
	feed_text(&f, 1, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	CU_ASSERT_EQUAL(f.id.answer.code, 403);
	CU_ASSERT_FALSE(f.id.answer.proxy);
}

static void the_preface_of_http_2_is_whole_or_nothing(void)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	feed_stream(&f);
	feed_bytes(&f, 0, preface, 23);
	CU_ASSERT_EQUAL(f.id.seen, 0);
	feed_text(&f, 0, "\n");
	CU_ASSERT(IS_STRONG(&f, APP_HTTP));
	feed_hex(&f, 1, "000006 04 00 00000000 000300000064");
	CU_ASSERT_EQUAL(f.id.frame[1], 3);
	/* It is the first thing that is said, however the bytes come. */
	feed_stream(&f);
	feed_text(&f, 0, "\r\n");
	feed_text(&f, 0, preface);
	CU_ASSERT_EQUAL(f.id.seen, 0);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	feed_every_prefix(get, sizeof(get) - 1);
	feed_every_prefix(ok, sizeof(ok) - 1);
	feed_every_prefix("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
}

/* RFC 1945 4.1: a request without a version, answered by nothing but the document. */
static void simple_requests(void)
{
	feed_stream(&f);
	feed_text(&f, 0, "GET /bad.html\r\n");
	feed_text(&f, 1, "<html>");
	CU_ASSERT(f.id.app == APP_HTTP && f.id.confidence == CONFIDENCE_WEAK);
	CU_ASSERT_EQUAL(f.id.client, 0);
	CU_ASSERT(POSSIBLE(&f, APP_HTTP));
}

extern CU_TestInfo tests_http[];
CU_TestInfo tests_http[] = {
	{ "a request line is proof", a_request_line_is_proof },
	{ "nothing is claimed before the version", nothing_is_claimed_before_the_version },
	{ "other text protocols are not HTTP", other_text_protocols_are_not_http },
	{ "methods with underscores and long targets are HTTP",
	  methods_with_underscores_and_long_targets_are_http },
	{ "challenges lead on and errors end", challenges_lead_on_and_errors_end },
	{ "interim answers have no body", interim_answers_have_no_body },
	{ "a tunnel is identified anew", a_tunnel_is_identified_anew },
	{ "a proxy that wants credentials is a refusal",
	  a_proxy_that_wants_credentials_is_a_refusal },
	{ "an HTTP answer to a TLS hello shows both", an_http_answer_to_a_tls_hello_shows_both },
	{ "a proxy names itself in its headers", a_proxy_names_itself_in_its_headers },
	{ "a filter names itself in its page", a_filter_names_itself_in_its_page },
	{ "a success behind a refusal is found", a_success_behind_a_refusal_is_found },
	{ "every refusal of a CONNECT is a proxy's", every_refusal_of_a_connect_is_a_proxys },
	{ "the preface of HTTP/2 is whole or nothing", the_preface_of_http_2_is_whole_or_nothing },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	{ "a request without a version is HTTP, weakly", simple_requests },
	CU_TEST_INFO_NULL,
};
