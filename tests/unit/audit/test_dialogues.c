/*
 * Whole captures of the stream protocols, from frames to verdicts: the traps of
 * facts/protocols.md sections 0, 2 and 7 to 15 that end in a wrong word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/pipeline.h"
#include "audit/tape.h"
#include "identify/feed.h"
#include "identify/tls_dialogues.h"
#include "judge/scene.h"

static const char rows[] =
	"- {id: d/t/rpc, l4: tcp, proto: dcom-rpc, from: client, to: server, dport: 135, need: "
	"required}\n"
	"- {id: d/t/mtls, l4: tcp, proto: sip/mtls, from: client, to: server, dport: 5061, need: "
	"required}\n"
	"- {id: d/t/sip, l4: tcp, proto: sip/none, from: client, to: server, dport: 5060, need: "
	"required}\n"
	"- {id: d/t/web, l4: tcp, proto: http/none, from: client, to: server, dport: 80, need: "
	"required}\n"
	"- {id: d/t/webs, l4: tcp, proto: http/tls, from: client, to: server, dport: 443, need: "
	"required}\n"
	"- {id: d/t/psom, l4: tcp, proto: psom/tls, from: client, to: server, dport: 8057, need: "
	"required}\n"
	"- {id: d/t/smb, l4: tcp, proto: smb, from: client, to: server, dport: 445, need: "
	"required}\n"
	"- {id: d/t/wcf, l4: tcp, proto: [wcf/tls, wcf/mtls], from: client, to: server, dport: "
	"881, "
	"need: required}\n"
	"- {id: d/t/sql, l4: udp, proto: sql-browser/none, from: unspecified, to: server, dport: "
	"1434, need: required}\n"
	"- {id: d/t/dhcp, l4: udp, proto: dhcp/none, from: client, to: dhcp, sport: 68, dport: 67, "
	"need: required, twoway: anchored}\n"
	"- {id: d/t/files, l4: tcp, proto: file-transfer, from: client, to: server, dport: "
	"6891-6901, need: required}\n"
	"- {id: d/t/media, l4: [tcp, udp], proto: media-audio, from: unspecified, to: server, "
	"dport: 49152-57500, need: required, twoway: anchored}\n";

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH_ACK = 0x18, ACK = 0x10 };

/* A policy, a directory, and the tape that is being written. */
struct house {
	struct scene s;
	struct tapes dir;
	struct tape tape;
	struct pipeline *pipe;
	struct fa_error err;
	int64_t now;
};

static void open_house(struct house *h)
{
	struct pipeline_options options = PIPELINE_DEFAULTS;

	*h = (struct house){ .now = TAPE_T0 };
	options.table.max_flows = 1000;
	options.table.stream_bytes = 1 << 20;
	options.table.seed = 1;
	scene_open(&h->s, rows, NULL);
	tapes_open(&h->dir);
	tape_begin(&h->tape);
	CU_ASSERT_EQUAL_FATAL(pipeline_new(&h->pipe, h->s.policy, &options, &h->err), 0);
}

static void close_house(struct house *h)
{
	pipeline_free(h->pipe);
	tape_free(&h->tape);
	tapes_close(&h->dir);
	scene_close(&h->s);
}

/* Read what is on the tape as one file, and begin the next. */
static void play(struct house *h, const char *name)
{
	int status = pipeline_open(h->pipe, tape_save(&h->dir, name, &h->tape), &h->err);

	CU_ASSERT_EQUAL_FATAL(status, 0);
	while ((status = pipeline_step(h->pipe, &h->err)) == 1)
		;
	CU_ASSERT_EQUAL_FATAL(status, 0);
	tape_begin(&h->tape);
}

static const struct ledger *finish(struct house *h)
{
	play(h, "last.pcap");
	CU_ASSERT_EQUAL_FATAL(pipeline_finish(h->pipe, &h->err), 0);
	return pipeline_ledger(h->pipe);
}

/* "expected established rpc rpc_mapped" of the @n-th flow. */
static const char *said(const struct ledger *l, size_t n)
{
	static char text[512];
	const struct judged *f = &l->flows[n];
	const struct row *row = ledger_best_row(l, f);
	size_t len;

	CU_ASSERT_FATAL(n < l->flow_count);
	snprintf(text, sizeof(text), "%s %s%s%s %s", verdict_name((enum verdict)f->verdict),
		 outcome_name((enum outcome)f->outcome), f->cause == CAUSE_NONE ? "" : " ",
		 cause_name((enum cause)f->cause), row == NULL ? "-" : strrchr(row->id, '/') + 1);
	for (unsigned i = 0; i < f->evidence_count; i++) {
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, " %s",
			 evidence_name((enum evidence_code)l->evidence[f->evidence + i].code));
	}
	return text;
}

/* A connection being written. */
struct line {
	struct house *h;
	const char *end[2];
	uint32_t seq[2];
	unsigned piece; /* bytes a segment */
};

static void packet(struct line *c, unsigned who, unsigned flags, const void *bytes, size_t n)
{
	c->h->now += TAPE_MS;
	tape_tcp_bytes(&c->h->tape, c->h->now, c->end[who], c->end[1 - who], flags, c->seq[who],
		       c->seq[1 - who], bytes, n);
	c->seq[who] += (uint32_t)n + ((flags & (SYN | FIN)) != 0);
}

static struct line dial(struct house *h, const char *from, const char *to)
{
	struct line c = { .h = h, .end = { from, to }, .seq = { 1000, 5000 }, .piece = 1200 };

	packet(&c, 0, SYN, "", 0);
	packet(&c, 1, SYN | ACK, "", 0);
	packet(&c, 0, ACK, "", 0);
	return c;
}

static void say_bytes(struct line *c, unsigned who, const uint8_t *bytes, size_t n)
{
	for (size_t at = 0; at < n; at += c->piece)
		packet(c, who, PSH_ACK, bytes + at, MIN(n - at, (size_t)c->piece));
}

static void say(struct line *c, unsigned who, const char *text)
{
	say_bytes(c, who, (const uint8_t *)text, strlen(text));
}

static void say_hex(struct line *c, unsigned who, const char *hex)
{
	static uint8_t bytes[FEED_MAX];

	say_bytes(c, who, bytes, feed_unhex(hex, bytes, sizeof(bytes)));
}

static void converse(struct line *c, const struct feed_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		say_hex(c, parts[i].dir, parts[i].hex);
}
#define CONVERSE(c, parts) converse(c, parts, ARRAY_SIZE(parts))

static void hang_up(struct line *c)
{
	packet(c, 0, FIN | ACK, "", 0);
	packet(c, 1, FIN | ACK, "", 0);
	packet(c, 0, ACK, "", 0);
}

/* One whole dialogue on a port of the server: what is said of it. */
static const char *verdict_of(const char *to, const struct feed_part *parts, size_t n,
			      unsigned piece)
{
	static char text[512];
	struct house h;
	struct line c;

	open_house(&h);
	c = dial(&h, CLIENT ":40001", to);
	c.piece = piece;
	converse(&c, parts, n);
	hang_up(&c);
	snprintf(text, sizeof(text), "%s", said(finish(&h), 0));
	close_house(&h);
	return text;
}
#define VERDICT_OF(to, parts) verdict_of(to, parts, ARRAY_SIZE(parts), 1200)

/* Section 0.7: a listener that asks may take a client without a certificate. */
static void a_certificate_request_is_not_mutual_tls(void)
{
	SAME(VERDICT_OF(SERVER ":5061", tls_optional), "mismatch established mtls mtls_declined");
	SAME(VERDICT_OF(SERVER ":5061", tls_plain), "mismatch established mtls alpn_foreign");
	SAME(VERDICT_OF(SERVER ":5061", tls_issued), "expected established mtls mtls_proven");
	SAME(VERDICT_OF(SERVER ":5061", tls_declined),
	     "blocked aborted application mtls tls_alert mtls_declined");
}

/* Section 0.8: Schannel may drop a handshake without an alert, so a reset is nobody's proof. */
static void a_reset_after_the_hello_has_no_known_cause(void)
{
	struct house h;
	struct line c;

	open_house(&h);
	c = dial(&h, CLIENT ":40000", SERVER ":80");
	say(&c, 0, "GET / HTTP/1.1\r\n\r\n");
	say(&c, 1, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	hang_up(&c);
	c = dial(&h, CLIENT ":40001", SERVER ":443");
	say_hex(&c, 0, tls_mutual[0].hex);
	packet(&c, 1, RST, "", 0);
	SAME(said(finish(&h), 1), "blocked aborted unknown webs rst_after_client_hello");
	close_house(&h);
}

/* Section 0.9: this generation sends neither SNI nor ALPN. */
static void a_handshake_without_names_is_expected(void)
{
	SAME(VERDICT_OF(SERVER ":5061", tls_mutual), "expected established mtls mtls_proven");
	SAME(VERDICT_OF(SERVER ":443", tls_mutual), "expected established webs");
}

/* Section 2c: records, messages and segments do not align. */
static void a_byte_a_segment_gives_the_same(void)
{
	SAME(verdict_of(SERVER ":5061", tls_issued, ARRAY_SIZE(tls_issued), 1),
	     "expected established mtls mtls_proven");
}

/* Section 2c: what a gap swallowed was not "not requested". */
static void a_gap_in_the_server_flight_asks_for_nothing(void)
{
	uint8_t flight[FEED_MAX];
	struct house h;
	struct line c;
	size_t n;

	open_house(&h);
	c = dial(&h, CLIENT ":40001", SERVER ":5061");
	say_hex(&c, 0, tls_plain[0].hex + 0);
	n = feed_unhex(tls_mutual[1].hex, flight, sizeof(flight));
	say_bytes(&c, 1, flight, 300);
	c.seq[1] += (uint32_t)n - 300 - 9; /* all up to the ServerHelloDone */
	say_bytes(&c, 1, flight + n - 9, 9);
	for (size_t i = 2; i < ARRAY_SIZE(tls_mutual); i++)
		say_hex(&c, tls_mutual[i].dir, tls_mutual[i].hex);
	hang_up(&c);
	CU_ASSERT_PTR_NULL(strstr(said(finish(&h), 0), "mtls_not_requested"));
	CU_ASSERT_EQUAL(strncmp(said(pipeline_ledger(h.pipe), 0), "mismatch", 8), 0);
	close_house(&h);
}

/* Section 2: a resumed session inherits what the full handshake showed, in another file too. */
static void a_resumed_session_inherits_its_certificate(void)
{
	const struct ledger *l;
	struct house h;
	struct line c;

	open_house(&h);
	c = dial(&h, CLIENT ":40001", SERVER ":5061");
	CONVERSE(&c, tls_issued);
	hang_up(&c);
	c = dial(&h, CLIENT ":40002", SERVER ":5061");
	CONVERSE(&c, tls_reused);
	hang_up(&c);
	play(&h, "first.pcap");
	h.now += 3600 * TAPE_S;
	c = dial(&h, CLIENT ":40003", SERVER ":5061");
	CONVERSE(&c, tls_reused);
	hang_up(&c);
	c = dial(&h, CLIENT_2 ":40004", SERVER ":5061");
	CONVERSE(&c, tls_reused);
	hang_up(&c);
	l = finish(&h);
	SAME(said(l, 1), "expected established mtls mtls_hidden mtls_inherited");
	SAME(said(l, 2), "expected established mtls mtls_hidden mtls_inherited");
	SAME(said(l, 3), "expected established mtls mtls_hidden");
	CU_ASSERT_EQUAL(l->evidence[l->flows[2].evidence + 1].elsewhere, 1);
	close_house(&h);
}

/* The same handshakes, of a listener that asked for nothing: session ids, not tickets. */
static void a_resumed_session_inherits_its_want_of_one(void)
{
	static uint8_t full[FEED_MAX], resumed[FEED_MAX];
	static const uint8_t done[] = { 0x14, 3, 3, 0, 1, 1 };
	const struct ledger *l;
	struct house h;
	struct line c;
	size_t n, m;

	/* The full handshake gives out the session id that the recorded one resumes. */
	n = feed_unhex(tls_plain[1].hex, full, sizeof(full));
	m = feed_unhex(tls_resumed[1].hex, resumed, sizeof(resumed));
	CU_ASSERT_FATAL(n > 70 && m > 76 && full[43] == 0 && resumed[43] == 32);
	memmove(full + 44 + 32, full + 44, n - 44);
	memcpy(full + 43, resumed + 43, 33);
	full[4] = (uint8_t)(full[4] + 32);
	full[8] = (uint8_t)(full[8] + 32);
	open_house(&h);
	c = dial(&h, CLIENT ":40001", SERVER ":5061");
	say_hex(&c, 0, tls_mutual[0].hex);
	say_bytes(&c, 1, full, n + 32);
	say_hex(&c, 0, tls_plain[2].hex);
	say_bytes(&c, 1, done, sizeof(done));
	hang_up(&c);
	c = dial(&h, CLIENT ":40002", SERVER ":5061");
	CONVERSE(&c, tls_resumed);
	hang_up(&c);
	l = finish(&h);
	SAME(said(l, 0), "mismatch established mtls mtls_not_requested");
	SAME(said(l, 1), "mismatch established mtls mtls_hidden mtls_inherited");
	close_house(&h);
}

/* Section 2e, 9e: HTTP in clear where TLS was asked for, and who says it. */
static void clear_http_is_no_answer_to_tls(void)
{
	static const struct {
		const char *answer, *said;
	} cases[] = {
		{ "HTTP/1.1 403 Forbidden\r\nVia: 1.1 filter\r\nContent-Length: 0\r\n\r\n",
		  "blocked aborted network webs http_to_tls" },
		{ "HTTP/1.1 302 Found\r\nLocation: http://portal/\r\nContent-Length: 0\r\n\r\n",
		  "blocked aborted network webs http_to_tls" },
		{ "HTTP/1.1 200 OK\r\n\r\n<h1>FortiGuard Intrusion Prevention - Access "
		  "Blocked</h1>",
		  "blocked aborted network webs http_to_tls" },
		{ "HTTP/1.1 400 Bad Request\r\nServer: Microsoft-HTTPAPI/2.0\r\n"
		  "Content-Length: 0\r\n\r\n",
		  "blocked aborted application webs http_to_tls" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct house h;
		struct line c;

		open_house(&h);
		c = dial(&h, CLIENT ":40001", SERVER ":443");
		say_hex(&c, 0, tls_mutual[0].hex);
		say(&c, 1, cases[i].answer);
		hang_up(&c);
		SAME(said(finish(&h), 0), cases[i].said);
		close_house(&h);
	}
}

static const char *asked(const char *to, const char *request, const char *answer)
{
	static char text[512];
	struct house h;
	struct line c;

	open_house(&h);
	c = dial(&h, CLIENT ":40001", to);
	say(&c, 0, request);
	say(&c, 1, answer);
	hang_up(&c);
	snprintf(text, sizeof(text), "%s", said(finish(&h), 0));
	close_house(&h);
	return text;
}

#define GET     "GET /meet/bob HTTP/1.1\r\nHost: meet\r\n\r\n"
#define OPTIONS "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n"

/* Sections 7e, 9e: of a normal challenge, an application's refusal and a proxy's. */
static void answers_are_told_apart(void)
{
	SAME(asked(SERVER ":80", GET,
		   "HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n"
		   "Content-Length: 0\r\n\r\n"),
	     "blocked aborted network web proxy_answer");
	SAME(asked(SERVER ":80", GET, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
	     "blocked aborted network web proxy_answer");
	SAME(asked(SERVER ":80", GET,
		   "HTTP/1.1 403 Forbidden\r\nServer: Microsoft-IIS/8.5\r\nContent-Length: "
		   "0\r\n\r\n"),
	     "blocked aborted application web http_status");
	SAME(asked(SERVER ":80", GET,
		   "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\n\r\n"),
	     "expected established web");
	SAME(asked(SERVER ":5060", OPTIONS, "SIP/2.0 401 Unauthorized\r\nl: 0\r\n\r\n"),
	     "expected established sip");
	SAME(asked(SERVER ":5060", OPTIONS,
		   "SIP/2.0 504 Server time-out\r\nms-diagnostics: 1007;reason=\"x\"\r\nl: "
		   "0\r\n\r\n"),
	     "blocked aborted application sip sip_status");
	SAME(asked(SERVER ":5060", OPTIONS, "SIP/2.0 486 Busy Here\r\nl: 0\r\n\r\n"),
	     "expected established sip");
}

/* Section 8: what contradicts PSOM, since nothing can prove it. */
static void psom_is_never_more_than_consistent(void)
{
	struct house h;
	struct line c;

	open_house(&h);
	c = dial(&h, CLIENT ":40001", SERVER ":8057");
	CONVERSE(&c, tls_mutual);
	hang_up(&c);
	SAME(said(finish(&h), 0), "expected established psom");
	CU_ASSERT_EQUAL(pipeline_ledger(h.pipe)->flows[0].fit, FIT_CONSISTENT);
	CU_ASSERT_EQUAL(ledger_hidden_application(pipeline_ledger(h.pipe),
						  &pipeline_ledger(h.pipe)->flows[0]),
			APPLICATION_PSOM);
	close_house(&h);
	SAME(VERDICT_OF(SERVER ":8057", tls_plain), "mismatch established psom alpn_foreign");
	SAME(asked(SERVER ":8057", GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
	     "mismatch established psom protocol_contradicted");
	SAME(asked(SERVER ":8057", OPTIONS, "SIP/2.0 200 OK\r\nl: 0\r\n\r\n"),
	     "mismatch established psom protocol_contradicted");
	SAME(asked(SERVER ":8057", "\x01\x02\x03\x04\x05\x06\x07\x08", "\x01\x02\x03\x04\x05\x06"),
	     "mismatch established psom protocol_contradicted");
}

#define BIND                                                                           \
	"05000b03 10000000 4800 0000 01000000 d016 d016 00000000 01000000 0000 01 00 " \
	"0883afe11f5dc91191a408002b14a0fa 03000000 045d888aeb1cc9119fe808002b104860 02000000"
#define BIND_ACK                                                                               \
	"05000c03 10000000 3c00 0000 01000000 d016 d016 01000000 0400 31333500 0000 01000000 " \
	"0000 0000 045d888aeb1cc9119fe808002b104860 02000000"
#define MAP "05000003 10000000 1800 0000 02000000 00000000 0000 0300"
#define MAPPED                                                                                \
	"05000203 10000000 9800 0000 02000000 80000000 00000000 "                             \
	"0000000000000000000000000000000000000000 01000000 04000000 00000000 01000000 "       \
	"03000000 4b000000 4b000000 0500 1300 0d 81bb7a364498f135ad3298f038001003 0200 0200 " \
	"0000 1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000 0100 0b 0200 0000 "     \
	"0100 07 0200 c23c 0100 09 0400 c0a80a0a 00 00000000"

static const struct feed_part ask_mapper[] = {
	{ 0, BIND }, { 1, BIND_ACK }, { 0, MAP }, { 1, MAPPED }
};

/* Section 10e: the mapper answers, and the port that it names does not. */
static void a_port_of_the_mapper_that_is_silent_is_blocked(void)
{
	const struct ledger *l;
	struct house h;
	struct line c;

	open_house(&h);
	c = dial(&h, CLIENT ":40001", SERVER ":135");
	CONVERSE(&c, ask_mapper);
	c = dial(&h, CLIENT ":40002", SERVER ":49724");
	say_hex(&c, 0, BIND);
	say_hex(&c, 1, BIND_ACK);
	for (unsigned i = 0; i < 3; i++, h.now += 9 * TAPE_S)
		tape_tcp(&h.tape, h.now, CLIENT ":40003", SERVER ":49724", SYN, 1, 0, "");
	h.now += 30 * TAPE_S;
	c = dial(&h, CLIENT ":40004", SERVER ":80");
	l = finish(&h);
	SAME(said(l, 0), "expected established rpc");
	SAME(said(l, 1), "expected established rpc rpc_mapped");
	SAME(said(l, 2),
	     "blocked no_reply unknown rpc syn_unanswered rpc_mapped protocol_unverified");
	CU_ASSERT_EQUAL(l->flows[2].control, 0);
	close_house(&h);
}

/* Sections 10e, 11e, 14e: each refuses in its own words. */
static void refusals_are_of_their_own_protocol(void)
{
	static const struct feed_part nak[] = {
		{ 0, BIND }, { 1, "05000d03 10000000 1800 0000 01000000 0400 0000 00000000" }
	};
	static const struct feed_part denied[] = {
		{ 0, BIND },
		{ 1, BIND_ACK },
		{ 0, MAP },
		{ 1, "05000303 10000000 2000 0000 02000000 00000000 0000 0000 05000000 00000000" },
	};
	static const struct feed_part logon[] = {
		{ 0, "00000048 fe534d42 4000 0100 00000000 0100 0100 00000000 00000000 "
		     "0000000000000000 00000000 00000000 0000000000000000 "
		     "00000000000000000000000000000000 1900 0001 0000 0000" },
		{ 1, "00000048 fe534d42 4000 0100 6d0000c0 0100 0100 01000000 00000000 "
		     "0000000000000000 00000000 00000000 0000000000000000 "
		     "00000000000000000000000000000000 0900 0000 0000 0000" },
	};
	static const struct feed_part fault[] = {
		{ 0, "000100 0102 0206 6e65742e7463 0308 0c" }, /* net.tc */
		{ 1, "08 04 78787878" },
	};

	SAME(VERDICT_OF(SERVER ":135", nak), "blocked aborted application rpc rpc_refused");
	SAME(VERDICT_OF(SERVER ":135", denied), "blocked aborted application rpc rpc_refused");
	SAME(VERDICT_OF(SERVER ":445", logon), "blocked aborted application smb smb_status");
	CU_ASSERT_PTR_NOT_NULL(strstr(VERDICT_OF(SERVER ":881", fault), "nmf_fault"));
	CU_ASSERT_PTR_NULL(strstr(VERDICT_OF(SERVER ":881", fault), "stun"));
}

/* Section 14: net.tcp goes over to TLS in the middle of its stream. */
static void tls_behind_an_upgrade_is_found(void)
{
	struct house h;
	struct line c;

	open_house(&h);
	c = dial(&h, CLIENT ":40001", SERVER ":881");
	say_hex(&c, 0,
		"000100 0102 0206 6e65742e7463 0308 "
		"0913 6170706c69636174696f6e2f73736c2d746c73");
	say_hex(&c, 1, "0a");
	CONVERSE(&c, tls_mutual);
	hang_up(&c);
	SAME(said(finish(&h), 0), "expected established wcf mtls_proven");
	CU_ASSERT_EQUAL(pipeline_ledger(h.pipe)->flows[0].client_auth, CLIENT_AUTH_PROVEN);
	close_house(&h);
}

/* Section 15: the old protocol by its words, its neighbours on the ports not. */
static void peer_files_are_told_from_bittorrent(void)
{
	SAME(asked(SERVER ":6891", "VER MSN_SECURE_FTP\r\n", "VER MSN_SECURE_FTP\r\n"),
	     "expected established files");
	SAME(asked(SERVER ":6891",
		   "\x13"
		   "BitTorrent protocol",
		   "\x13"
		   "BitTorrent protocol"),
	     "mismatch established files protocol_contradicted");
	SAME(asked(SERVER ":6891", "VER MSNFTP\r\n", "VER MSNFTP\r\n"),
	     "mismatch established files protocol_contradicted");
}

/* Sections 0.10, 12, 13: silence that is allowed, and a refusal that speaks. */
static void datagrams_that_refuse_or_are_silent(void)
{
	static const uint8_t request[] = { 4, 'R', 'T', 'C', 0 };
	uint8_t dhcp[300] = { 1, 1, 6, 0, 9, 9, 9, 9 };
	const struct ledger *l;
	struct house h;
	struct line c;

	memcpy(dhcp + 236, "\x63\x82\x53\x63\x35\x01\x03\xff", 8);
	open_house(&h);
	c = dial(&h, CLIENT ":40001", SERVER ":80");
	say(&c, 0, GET);
	say(&c, 1, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	for (unsigned i = 0; i < 3; i++, h.now += TAPE_S)
		tape_udp(&h.tape, h.now, CLIENT ":40002", SERVER ":1434", request, sizeof(request));
	tape_udp(&h.tape, h.now, CLIENT ":68", "10.1.0.99:67", dhcp, sizeof(dhcp));
	dhcp[0] = 2;
	dhcp[242] = 6; /* DHCPNAK */
	tape_udp(&h.tape, h.now + TAPE_MS, "10.1.0.99:67", CLIENT ":68", dhcp, sizeof(dhcp));
	h.now += 40 * TAPE_S;
	c = dial(&h, CLIENT ":40003", SERVER ":80");
	l = finish(&h);
	SAME(said(l, 1), "inconclusive unknown sql udp_unanswered peer_unverified "
			 "silence_is_normal");
	SAME(said(l, 2), "blocked aborted application dhcp dhcp_nak");
	close_house(&h);
}

extern CU_TestInfo tests_dialogues[];
CU_TestInfo tests_dialogues[] = {
	{ "a certificate request is not mutual TLS", a_certificate_request_is_not_mutual_tls },
	{ "a reset after the hello has no known cause",
	  a_reset_after_the_hello_has_no_known_cause },
	{ "a handshake without SNI and ALPN is expected", a_handshake_without_names_is_expected },
	{ "a byte a segment gives the same", a_byte_a_segment_gives_the_same },
	{ "a gap in the server's flight is never \"not requested\"",
	  a_gap_in_the_server_flight_asks_for_nothing },
	{ "a resumed session inherits its certificate",
	  a_resumed_session_inherits_its_certificate },
	{ "a resumed session inherits its want of one",
	  a_resumed_session_inherits_its_want_of_one },
	{ "clear HTTP is no answer to TLS", clear_http_is_no_answer_to_tls },
	{ "challenges, refusals and proxies are told apart", answers_are_told_apart },
	{ "PSOM is never more than consistent", psom_is_never_more_than_consistent },
	{ "a port of the mapper that is silent is blocked",
	  a_port_of_the_mapper_that_is_silent_is_blocked },
	{ "refusals are of their own protocol", refusals_are_of_their_own_protocol },
	{ "TLS behind an upgrade is found", tls_behind_an_upgrade_is_found },
	{ "peer files are told from BitTorrent", peer_files_are_told_from_bittorrent },
	{ "datagrams that refuse or are silent", datagrams_that_refuse_or_are_silent },
	CU_TEST_INFO_NULL,
};
