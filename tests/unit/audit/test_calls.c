/* Calls, packet by packet from capture to verdict: relays, ICE checks, pseudo-TLS. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/pipeline.h"
#include "audit/tape.h"
#include "identify/feed.h"
#include "judge/scene.h"

#define MAGIC "000f000472c64bc6"

/* Ends are not bound: what the captures are held against is transport, port and protocol. */
static const char rows[] =
	"- {id: d/t/relay, l4: udp, proto: [stun, msturn], from: client, to: edge, dport: 3478, "
	"need: required}\n"
	"- {id: d/t/relay-tcp, l4: tcp, proto: [stun, msturn], from: client, to: edge, dport: 443, "
	"need: required}\n"
	"- {id: d/t/media, l4: [tcp, udp], proto: media-audio, from: unspecified, to: server, "
	"dport: 49152-57500, need: required, twoway: anchored}\n";

struct call {
	struct scene s;
	struct tapes dir;
	struct tape tape;
	struct pipeline *pipe;
	const struct ledger *ledger;
	int64_t ns;
};

static void begin(struct call *c)
{
	*c = (struct call){ .ns = TAPE_T0 };
	scene_open(&c->s, rows, "");
	tapes_open(&c->dir);
	tape_begin(&c->tape);
}

static void end(struct call *c)
{
	pipeline_free(c->pipe);
	tape_free(&c->tape);
	tapes_close(&c->dir);
	scene_close(&c->s);
}

static void audit_file(struct call *c, const char *path)
{
	struct pipeline_options options = PIPELINE_DEFAULTS;
	struct fa_error err;
	int status;

	options.table.max_flows = 1000;
	options.table.stream_bytes = 1 << 20;
	options.table.seed = 1;
	CU_ASSERT_EQUAL_FATAL(pipeline_new(&c->pipe, c->s.policy, &options, &err), 0);
	CU_ASSERT_EQUAL_FATAL(pipeline_open(c->pipe, path, &err), 0);
	do
		status = pipeline_step(c->pipe, &err);
	while (status == 1);
	CU_ASSERT_EQUAL_FATAL(status, 0);
	CU_ASSERT_EQUAL_FATAL(pipeline_finish(c->pipe, &err), 0);
	c->ledger = pipeline_ledger(c->pipe);
}

static void audit_tape(struct call *c)
{
	audit_file(c, tape_save(&c->dir, "call.pcap", &c->tape));
	tape_begin(&c->tape);
}

/* The flow between two ports of which one is the first flow's to use both. */
static const struct judged *flow_of(const struct call *c, unsigned port, const char *other)
{
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < c->ledger->flow_count; i++) {
		const struct judged *f = &c->ledger->flows[i];

		for (unsigned e = 0; e < 2; e++)
			if (f->key.port[e] == port &&
			    strcmp(address_text(&f->key.addr[e ^ 1u], text), other) == 0)
				return f;
	}
	CU_FAIL_FATAL("no such flow");
	return NULL;
}

static const struct evidence *evidence_of(const struct call *c, const struct judged *f,
					  enum evidence_code code)
{
	for (unsigned i = 0; i < f->evidence_count; i++)
		if (c->ledger->evidence[f->evidence + i].code == code)
			return &c->ledger->evidence[f->evidence + i];
	return NULL;
}

/* "expected established" */
static const char *said(const struct judged *f)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s %s", verdict_name((enum verdict)f->verdict),
		 outcome_name((enum outcome)f->outcome));
	return text;
}

static void udp(struct call *c, const char *from, const char *to, const char *hex)
{
	uint8_t bytes[512];

	c->ns += 20 * TAPE_MS;
	tape_udp(&c->tape, c->ns, from, to, bytes, feed_unhex(hex, bytes, sizeof(bytes)));
}

/* A conversation that shows that packets reach the client, and come from it. */
static void other_traffic(struct call *c)
{
	tape_sip(&c->tape, c->ns, CLIENT ":40000", SERVER ":5060");
}

#define ALLOCATE(id)  "0003 0010 2112a442 00000000000000" id " " MAGIC " 8008 0004 00000006"
#define ALLOCATED(id) "0103 0010 2112a442 00000000000000" id " " MAGIC " 000d 0004 0000003c"
/* 401 that names 192.0.2.10:3478. */
#define CHALLENGE(id)                                    \
	"0113 001c 2112a442 00000000000000" id " " MAGIC \
	" 0009 0004 00000401 000e 0008 0001 0d96 c000020a"
#define RELAY "192.0.2.14"

/* Facts 0.5, frames 1238 to 1275 of the Teams call. */
static void an_allocate_is_answered_from_another_address(void)
{
	struct call c;
	const struct evidence *e;

	begin(&c);
	other_traffic(&c);
	udp(&c, CLIENT ":50000", RELAY ":3478", ALLOCATE("0000000001"));
	udp(&c, RELAY ":3478", CLIENT ":50000", CHALLENGE("0000000001"));
	udp(&c, CLIENT ":50000", EDGE ":3478", ALLOCATE("0000000002"));
	udp(&c, RELAY ":3478", CLIENT ":50000", ALLOCATED("0000000002"));
	audit_tape(&c);
	SAME(said(flow_of(&c, 50000, EDGE)), "expected established");
	SAME(said(flow_of(&c, 50000, RELAY)), "expected established");
	e = evidence_of(&c, flow_of(&c, 50000, EDGE), EVIDENCE_ANSWERED_ELSEWHERE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->frames[0], TAPE_SIP_PACKETS + 4);
	end(&c);
}

/* The same, but the answer comes from a third address that the client never asked. */
static void both_halves_of_a_dialogue_are_established(void)
{
	struct call c;

	begin(&c);
	other_traffic(&c);
	udp(&c, CLIENT ":50000", EDGE ":3478", ALLOCATE("0000000001"));
	udp(&c, CLIENT ":50000", EDGE ":3478", ALLOCATE("0000000002"));
	udp(&c, RELAY ":3478", CLIENT ":50000", ALLOCATED("0000000002"));
	audit_tape(&c);
	SAME(said(flow_of(&c, 50000, EDGE)), "expected established");
	SAME(said(flow_of(&c, 50000, RELAY)), "expected established");
	end(&c);
}

/* Nothing is left over for the request to the alternate server: it is not answered. */
static void a_silent_alternate_server_is_blocked(void)
{
	struct call c;

	begin(&c);
	other_traffic(&c);
	udp(&c, CLIENT ":50000", RELAY ":3478", ALLOCATE("0000000001"));
	udp(&c, RELAY ":3478", CLIENT ":50000", CHALLENGE("0000000001"));
	udp(&c, RELAY ":3478", CLIENT ":50000", CHALLENGE("0000000001"));
	for (unsigned i = 0; i < 3; i++)
		udp(&c, CLIENT ":50000", EDGE ":3478", ALLOCATE("0000000002"));
	audit_tape(&c);
	SAME(said(flow_of(&c, 50000, EDGE)), "blocked no_reply");
	SAME(said(flow_of(&c, 50000, RELAY)), "expected established");
	end(&c);
}

#define CHECK(id)   "0001 0010 2112a442 00000000000000" id " 0006 0009 6f352f493a46593332 000000"
#define CHECK_2(id) "0001 0010 2112a442 00000000000000" id " 0006 0009 465933323a6f352f49 000000"
#define CHECKED(id) "0101 0000 2112a442 00000000000000" id

/* Facts 0.6: five checks, a fixed interval apart. */
static void unanswered(struct call *c, const char *to)
{
	for (unsigned i = 0; i < 5; i++)
		udp(c, CLIENT ":50001", to, CHECK("0000000003"));
}

static void the_checks_of_a_call_are_judged_together(void)
{
	for (unsigned works = 0; works < 2; works++) {
		struct call c;
		const struct evidence *e;

		begin(&c);
		other_traffic(&c);
		unanswered(&c, "203.0.113.44:50005");
		unanswered(&c, "203.0.113.45:50005");
		/* The peer's own check names the fragments the other way round. */
		udp(&c, PARTNER ":50007", CLIENT ":50001", CHECK_2("0000000004"));
		if (works)
			udp(&c, CLIENT ":50001", PARTNER ":50007", CHECKED("0000000004"));
		audit_tape(&c);
		SAME(said(flow_of(&c, 50001, "203.0.113.44")),
		     works ? "inconclusive unknown" : "blocked no_reply");
		SAME(said(flow_of(&c, 50001, "203.0.113.45")),
		     works ? "inconclusive unknown" : "blocked no_reply");
		e = evidence_of(&c, flow_of(&c, 50001, "203.0.113.44"),
				works ? EVIDENCE_ICE_SESSION_WORKS : EVIDENCE_ICE_SESSION_FAILED);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->value, works ? 1 : 3);
		CU_ASSERT_EQUAL(e->frames[0], TAPE_SIP_PACKETS + (works ? 11 : 1));
		end(&c);
	}
}

/* A peer's home network, which nobody routes to: no silence of it says anything. */
static void a_private_candidate_of_nobody_is_never_blocked(void)
{
	struct call c;

	begin(&c);
	other_traffic(&c);
	unanswered(&c, "192.168.0.4:50005");
	audit_tape(&c);
	SAME(said(flow_of(&c, 50001, "192.168.0.4")), "inconclusive unknown");
	CU_ASSERT_PTR_NOT_NULL(
		evidence_of(&c, flow_of(&c, 50001, "192.168.0.4"), EVIDENCE_SILENCE_IS_NORMAL));
	end(&c);
}

/* A relay carries the one check that is answered: behind two NATs most calls are so. */
static void a_call_through_the_relay_works(void)
{
	struct call c;

	begin(&c);
	other_traffic(&c);
	unanswered(&c, "192.168.0.4:50005");
	udp(&c, CLIENT ":50001", EDGE ":3478", ALLOCATE("0000000001"));
	udp(&c, EDGE ":3478", CLIENT ":50001", ALLOCATED("0000000001"));
	udp(&c, CLIENT ":50001", EDGE ":3478",
	    "0004 0030 2112a442 000000000000000000000007 " MAGIC " 0013 0024 " CHECK("0000000006"));
	udp(&c, EDGE ":3478", CLIENT ":50001",
	    "0115 0020 c0c1c2c3c4c5c6c7c8c9cacbcccdcecf " MAGIC
	    " 0013 0014 " CHECKED("0000000006"));
	audit_tape(&c);
	SAME(said(flow_of(&c, 50001, "192.168.0.4")), "inconclusive unknown");
	CU_ASSERT_PTR_NOT_NULL(
		evidence_of(&c, flow_of(&c, 50001, "192.168.0.4"), EVIDENCE_ICE_SESSION_WORKS));
	end(&c);
}

/* One byte a bit wrong and the peer's port is closed by a third box: the network's doing. */
static void icmp_about_a_check_decides_that_flow(void)
{
	struct call c;

	begin(&c);
	other_traffic(&c);
	unanswered(&c, "192.168.0.4:50005");
	tape_icmp(&c.tape, c.ns + TAPE_MS, FIREWALL, 3, 13);
	udp(&c, CLIENT ":50001", PARTNER ":50007", CHECK("0000000004"));
	udp(&c, PARTNER ":50007", CLIENT ":50001", CHECKED("0000000004"));
	audit_tape(&c);
	SAME(said(flow_of(&c, 50001, "192.168.0.4")), "blocked prohibited");
	SAME(said(flow_of(&c, 50001, PARTNER)), "expected established");
	end(&c);
}

/* ---- pseudo-TLS on 443 ----------------------------------------------------------------------- */

static const char hello[] = "160301002d 01000029 0301 52439ae1 "
			    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b 00 0002 0018 "
			    "0100";
static const char answer[] =
	"160301004e 02000046 0301 52439ae2 "
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b 20 "
	"101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f 0018 00 0e000000";
/* ServerHello and a Certificate, as real TLS answers. */
static const char real_answer[] =
	"160303002a 02000026 0303 52439ae2 "
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b 00 0018 00"
	"160303000b 0b000007 000004 000001 30";

struct connection {
	struct call *c;
	uint32_t seq[2];
};

static void tcp(struct connection *t, unsigned dir, unsigned flags, const char *hex)
{
	uint8_t bytes[512];
	size_t n = feed_unhex(hex, bytes, sizeof(bytes));

	t->c->ns += 20 * TAPE_MS;
	tape_tcp_bytes(&t->c->tape, t->c->ns, dir == 0 ? CLIENT ":50002" : EDGE ":443",
		       dir == 0 ? EDGE ":443" : CLIENT ":50002", flags, t->seq[dir],
		       t->seq[1 - dir], bytes, n);
	t->seq[dir] += (uint32_t)n + ((flags & TCP_SYN) != 0);
}

static void connect_443(struct connection *t, struct call *c)
{
	*t = (struct connection){ .c = c, .seq = { 1000, 5000 } };
	begin(c);
	other_traffic(c);
	tcp(t, 0, TCP_SYN, "");
	tcp(t, 1, TCP_SYN | TCP_ACK, "");
	tcp(t, 0, TCP_ACK, "");
	tcp(t, 0, TCP_PSH | TCP_ACK, hello);
}

static const struct judged *relay_flow(struct call *c)
{
	audit_tape(c);
	return flow_of(c, 50002, EDGE);
}

/* Facts 0.1: it is no TLS, and what the relay says behind it is read. */
static void pseudo_tls_and_a_relay_are_expected(void)
{
	struct call c;
	struct connection t;
	const struct judged *f;

	connect_443(&t, &c);
	tcp(&t, 1, TCP_PSH | TCP_ACK, answer);
	tcp(&t, 0, TCP_PSH | TCP_ACK, "02000024" ALLOCATE("0000000001"));
	tcp(&t, 1, TCP_PSH | TCP_ACK, "02000024" ALLOCATED("0000000001"));
	f = relay_flow(&c);
	SAME(said(f), "expected established");
	CU_ASSERT_EQUAL(f->app, APP_MSTURN);
	CU_ASSERT_EQUAL(f->tls_version, 0);
	end(&c);
}

static void pseudo_tls_answered_by_no_relay_was_intercepted(void)
{
	static const struct {
		const char *hex;
		unsigned app;
		enum grade grade;
	} answers[] = {
		{ real_answer, APP_TLS, GRADE_PROVEN },
		{ "15030100020228", APP_TLS, GRADE_LIKELY },
		{ "485454502f312e3120343033204e6f0d0a0d0a", APP_HTTP, GRADE_LIKELY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct call c;
		struct connection t;
		const struct judged *f;

		connect_443(&t, &c);
		tcp(&t, 1, TCP_PSH | TCP_ACK, answers[i].hex);
		f = relay_flow(&c);
		SAME(said(f), "blocked aborted");
		CU_ASSERT_EQUAL(f->cause, CAUSE_NETWORK);
		CU_ASSERT_EQUAL(f->grade, answers[i].grade);
		CU_ASSERT_EQUAL(evidence_of(&c, f, EVIDENCE_PSEUDO_TLS_INTERCEPTED)->value,
				answers[i].app);
		end(&c);
	}
}

static void pseudo_tls_reset_is_told_by_when(void)
{
	struct call c;
	struct connection t;
	const struct judged *f;

	connect_443(&t, &c);
	tcp(&t, 1, TCP_RST | TCP_ACK, "");
	f = relay_flow(&c);
	SAME(said(f), "blocked aborted");
	CU_ASSERT_EQUAL(f->cause, CAUSE_NETWORK);
	CU_ASSERT_PTR_NOT_NULL(evidence_of(&c, f, EVIDENCE_PSEUDO_TLS_INTERCEPTED));
	end(&c);
	/* Behind the relay's own hello nobody knows whose it is. */
	connect_443(&t, &c);
	tcp(&t, 1, TCP_PSH | TCP_ACK, answer);
	tcp(&t, 0, TCP_PSH | TCP_ACK, "02000024" ALLOCATE("0000000001"));
	tcp(&t, 1, TCP_RST | TCP_ACK, "");
	f = relay_flow(&c);
	SAME(said(f), "blocked aborted");
	CU_ASSERT_EQUAL(f->cause, CAUSE_UNKNOWN);
	CU_ASSERT_PTR_NULL(evidence_of(&c, f, EVIDENCE_PSEUDO_TLS_INTERCEPTED));
	end(&c);
}

static void pseudo_tls_without_an_answer_is_inconclusive(void)
{
	struct call c;
	struct connection t;

	connect_443(&t, &c);
	tcp(&t, 1, TCP_ACK, "");
	SAME(said(relay_flow(&c)), "inconclusive unknown");
	end(&c);
}

/* ---- a real call ------------------------------------------------------------------------------ */

static const char *teams_capture(char path[static 512])
{
	static const char *const near[] = { "../shared", "../../shared" };
	const char *given = getenv("FLOWAUDIT_SHARED");

	for (size_t i = 0; i <= ARRAY_SIZE(near); i++) {
		const char *dir = i == 0 ? given : near[i - 1];

		if (dir == NULL)
			continue;
		snprintf(path, 512, "%s/captures/ms_teams_call_home_nat.pcap", dir);
		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

/* facts/protocols.md section 0 tells what is in it. */
static void a_teams_call_is_understood(void)
{
	struct call c;
	char path[512];
	const struct judged *f;
	const struct clue *stray, *asked;
	const struct evidence *e;

	if (teams_capture(path) == NULL) {
		printf(" (no shared captures)");
		return;
	}
	begin(&c);
	audit_file(&c, path);
	/* 0.6: five checks to a private candidate. */
	f = flow_of(&c, 50016, "192.168.0.4");
	SAME(said(f), "inconclusive unknown");
	e = evidence_of(&c, f, EVIDENCE_ICE_SESSION_WORKS);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->value, 3);
	/* 0.5: frame 1250 to .141, its answer from .123 in frame 1275. */
	f = flow_of(&c, 50016, "52.114.250.123");
	stray = settle_clue(c.ledger, f, CLUE_STRAY);
	asked = settle_clue(c.ledger, flow_of(&c, 50016, "52.114.250.141"), CLUE_TRANSACTION);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stray);
	CU_ASSERT_PTR_NOT_NULL_FATAL(asked);
	CU_ASSERT_EQUAL(stray->frame, 1275);
	CU_ASSERT_EQUAL(stray->value, asked->value);
	/* 0.12: the check of .8 is answered in a multiplexed frame. */
	f = flow_of(&c, 50016, "52.114.252.8");
	SAME(said(f), "expected established");
	CU_ASSERT_EQUAL(f->app, APP_MSTURN);
	CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_STRONG);
	/* Teams' own signalling (api.flightproxy.teams.microsoft.com) is on 3478, and no STUN. */
	f = flow_of(&c, 51681, "52.114.77.136");
	SAME(said(f), "mismatch established");
	CU_ASSERT_EQUAL(evidence_of(&c, f, EVIDENCE_PROTOCOL_CONTRADICTED)->frames[0], 1235);
	end(&c);
}

extern CU_TestInfo tests_calls[];
CU_TestInfo tests_calls[] = {
	{ "an Allocate is answered from another address",
	  an_allocate_is_answered_from_another_address },
	{ "both halves of a dialogue are established", both_halves_of_a_dialogue_are_established },
	{ "a silent alternate server is blocked", a_silent_alternate_server_is_blocked },
	{ "the checks of a call are judged together", the_checks_of_a_call_are_judged_together },
	{ "a private candidate of nobody is never blocked",
	  a_private_candidate_of_nobody_is_never_blocked },
	{ "a call through the relay works", a_call_through_the_relay_works },
	{ "ICMP about a check decides that flow", icmp_about_a_check_decides_that_flow },
	{ "pseudo-TLS and a relay behind it are expected", pseudo_tls_and_a_relay_are_expected },
	{ "pseudo-TLS answered by no relay was intercepted",
	  pseudo_tls_answered_by_no_relay_was_intercepted },
	{ "a reset of pseudo-TLS is told by when it comes", pseudo_tls_reset_is_told_by_when },
	{ "pseudo-TLS without an answer is inconclusive",
	  pseudo_tls_without_an_answer_is_inconclusive },
	{ "a Teams call is understood", a_teams_call_is_understood },
	CU_TEST_INFO_NULL
};
