/* Which rows document a flow (judge/documented.c). */
#include "judge/documented.h"

#include "judge/scene.h"

#include <stdio.h>
#include <string.h>

#define SERVERS(id, proto, dport)                                                               \
	"- {id: d/t/" id ", l4: tcp, proto: " proto ", from: client, to: server, dport: " dport \
	", need: required}\n"

#define ANCHORED(id, ports)                                                        \
	"- {id: d/t/" id ", l4: udp, proto: rtp, from: client, to: server, " ports \
	", need: required, twoway: anchored}\n"

struct stage {
	struct scene s;
	struct talk t;
	struct opinion o;
	char text[256], codes[160], near[80];
};

static const char *id_of(const struct scene *s, uint32_t row)
{
	return strrchr(policy_row(s->policy, row)->id, '/') + 1;
}

/* "documented strong: psom=twin>wide" */
static const char *documented(struct stage *g)
{
	static const char *const standings[] = {
		[STANDING_UNDOCUMENTED] = "undocumented",
		[STANDING_DOCUMENTED] = "documented",
		[STANDING_CONTRADICTED] = "contradicted",
		[STANDING_UNPROVEN] = "unproven",
	};
	uint32_t rows[DOCUMENTED_MAX];
	const struct judged *j = &g->o.judged;
	size_t at;

	scene_opinion(&g->t, &g->o);
	opinion_documented(&g->o, g->s.ledger.memo, rows);
	at = (size_t)snprintf(g->text, sizeof(g->text), "%s %s%s", standings[j->standing],
			      protocol_fit_name((enum protocol_fit)j->fit),
			      j->row_count == 0 ? "" : ": ");
	for (unsigned i = 0; i < j->row_count; i++)
		at += (size_t)snprintf(g->text + at, sizeof(g->text) - at, "%s%s",
				       i == 0             ? ""
				       : i < j->best_rows ? "="
							  : ">",
				       id_of(&g->s, rows[i]));
	scene_opinion_codes(&g->o, g->codes, sizeof(g->codes));
	g->near[0] = '\0';
	if (j->nearest >= 0)
		snprintf(g->near, sizeof(g->near), "%s %u%s", id_of(&g->s, (uint32_t)j->nearest),
			 j->nearest_differs, j->nearest_reversed ? " reversed" : "");
	return g->text;
}

static void protocol_then_width(void)
{
	struct stage g;

	scene_open(&g.s,
		   SERVERS("broad", "http/none", "2000-2999")
			   SERVERS("narrow", "http/none", "2000-2009")
				   SERVERS("sip", "sip/none", "2005"),
		   NULL);
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":2005");
	/* Nothing seen: width alone. */
	SAME(documented(&g), "documented none: sip>narrow>broad");
	SAME(g.codes, "protocol_unverified");
	/* The protocol comes before the width, and those it rules out are none. */
	talk_app(&g.t, APP_HTTP);
	SAME(documented(&g), "documented strong: narrow>broad");
	SAME(g.codes, "");
	talk_app_weak(&g.t, APP_HTTP);
	SAME(documented(&g), "documented weak: narrow>broad");
	talk_app(&g.t, APP_SIP);
	SAME(documented(&g), "documented strong: sip");
	talk_unknown(&g.t, APP_BIT(APP_HTTP));
	SAME(documented(&g), "documented none: narrow>broad");
	SAME(g.codes, "protocol_unverified");
	/* All are ruled out. */
	talk_app(&g.t, APP_SMB);
	SAME(documented(&g), "contradicted contradicted: sip>narrow>broad");
	SAME(g.codes, "protocol_contradicted");
	CU_ASSERT_EQUAL(g.o.evidence[0].value, APP_SMB);
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.ident.frame[g.t.end[0]]);
	scene_close(&g.s);
}

static void protocol_before_width(void)
{
	struct stage g;

	scene_open(&g.s, SERVERS("narrow", "dns", "2005") SERVERS("broad", "http", "2000-2999"),
		   NULL);
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":2005");
	SAME(documented(&g), "documented none: narrow>broad");
	talk_app(&g.t, APP_HTTP);
	SAME(documented(&g), "documented strong: broad>narrow");
	talk_app_weak(&g.t, APP_HTTP);
	SAME(documented(&g), "documented weak: broad>narrow");
	scene_close(&g.s);
}

static void equal_rank(void)
{
	struct stage g;

	scene_open(&g.s,
		   SERVERS("one", "http/none", "80") SERVERS("two", "http", "80")
			   SERVERS("three", "[http, sip]", "80") SERVERS("four", "dns", "80"),
		   NULL);
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":80");
	SAME(documented(&g), "documented none: one=two=three=four");
	CU_ASSERT_EQUAL(g.o.judged.best_rows, 4);
	talk_app(&g.t, APP_HTTP);
	SAME(documented(&g), "documented strong: one=two=three>four");
	CU_ASSERT_EQUAL(g.o.judged.best_rows, 3);
	CU_ASSERT_EQUAL(g.o.judged.row_count, 4);
	scene_close(&g.s);
}

static void wide_rows_need_protocol_evidence(void)
{
	struct stage g;

	/* 10,000 ports are not wide, 10,001 are. */
	scene_open(&g.s,
		   SERVERS("limit", "http/none", "20000-29999")
			   SERVERS("wide", "http/none", "30000-40000"),
		   NULL);
	talk_tcp(&g.s, &g.t, CLIENT ":1", SERVER ":25000");
	SAME(documented(&g), "documented none: limit");
	talk_tcp(&g.s, &g.t, CLIENT ":1", SERVER ":35000");
	SAME(documented(&g), "unproven none: wide");
	SAME(g.codes, "protocol_unverified");
	SAME(g.near, "");
	talk_unknown(&g.t, APP_BIT(APP_HTTP));
	SAME(documented(&g), "unproven none: wide");
	talk_app_weak(&g.t, APP_HTTP);
	SAME(documented(&g), "documented weak: wide");
	talk_app(&g.t, APP_HTTP);
	SAME(documented(&g), "documented strong: wide");
	/* Against it: none, and the row is the nearest. */
	talk_app(&g.t, APP_SIP);
	SAME(documented(&g), "undocumented strong");
	SAME(g.near, "wide 32");
	CU_ASSERT_EQUAL(g.o.judged.nearest_differs, KEY_PROTO);
	SAME(g.codes, "");
	talk_unknown(&g.t, APP_BIT(APP_SIP));
	SAME(documented(&g), "undocumented none");
	SAME(g.near, "wide 32");
	scene_close(&g.s);
}

static void wide_rows_stand_behind_narrow_ones(void)
{
	struct stage g;

	scene_open(&g.s,
		   SERVERS("wide", "http/none", "1024-65535") SERVERS("sip", "sip/none", "5060"),
		   NULL);
	talk_tcp(&g.s, &g.t, CLIENT ":1", SERVER ":5060");
	SAME(documented(&g), "documented none: sip");
	talk_app(&g.t, APP_SIP);
	SAME(documented(&g), "documented strong: sip");
	talk_app(&g.t, APP_HTTP);
	SAME(documented(&g), "documented strong: wide");
	talk_app(&g.t, APP_SMB);
	SAME(documented(&g), "contradicted contradicted: sip>wide");
	SAME(g.near, "");
	scene_close(&g.s);
}

static void chance(void)
{
	static const char rows[] = ANCHORED("thousand", "sport: 50000-50999")
		ANCHORED("fewer", "sport: 51000-51998") ANCHORED("server", "dport: 52000-52999")
			ANCHORED("either", "port: 53000-53999")
				ANCHORED("wide", "sport: 54000-64001");
	struct stage g;

	scene_open(&g.s, rows, NULL);
	/* Only the initiator's own port falls into it: no documentation. */
	talk_udp(&g.s, &g.t, CLIENT ":50500", SERVER ":65000", 1);
	SAME(documented(&g), "undocumented none");
	CU_ASSERT_EQUAL(g.o.judged.nearest, -1);
	talk_udp(&g.s, &g.t, CLIENT ":53500", SERVER ":65000", 1);
	SAME(documented(&g), "undocumented none");
	talk_udp(&g.s, &g.t, SERVER ":52500", CLIENT ":65000", 1);
	SAME(documented(&g), "undocumented none");
	/* So few ports are hit by intent. */
	talk_udp(&g.s, &g.t, CLIENT ":51500", SERVER ":65000", 1);
	SAME(documented(&g), "documented none: fewer");
	/* So is the responder's port. */
	talk_udp(&g.s, &g.t, CLIENT ":65000", SERVER ":52500", 1);
	SAME(documented(&g), "documented none: server");
	talk_udp(&g.s, &g.t, CLIENT ":65000", SERVER ":53500", 1);
	SAME(documented(&g), "documented none: either");
	talk_udp(&g.s, &g.t, CLIENT ":53000", SERVER ":53999", 1);
	SAME(documented(&g), "documented none: either");
	talk_udp(&g.s, &g.t, SERVER ":65000", CLIENT ":50500", 1);
	SAME(documented(&g), "documented none: thousand");
	/* Wide rows have a rule of their own. */
	talk_udp(&g.s, &g.t, CLIENT ":54000", SERVER ":65000", 1);
	SAME(documented(&g), "unproven none: wide");
	/* Protocol evidence settles it; look-alikes that contradict do not. */
	talk_udp(&g.s, &g.t, CLIENT ":50500", SERVER ":65000", 1);
	talk_app_weak(&g.t, APP_RTP);
	SAME(documented(&g), "documented weak: thousand");
	talk_app(&g.t, APP_SIP);
	SAME(documented(&g), "undocumented strong");
	scene_close(&g.s);
}

static void chance_without_an_initiator(void)
{
	static const char rows[] = "- {id: d/t/server, l4: udp, proto: rtp, from: client, to: "
				   "server, dport: 52000-52999,\n"
				   "   need: required}\n"
				   "- {id: d/t/either, l4: udp, proto: rtp, from: client, to: "
				   "server, port: 53000-53999,\n"
				   "   need: required}\n";
	struct stage g;
	uint32_t rows_found[DOCUMENTED_MAX];

	scene_open(&g.s, rows, NULL);
	talk_udp(&g.s, &g.t, CLIENT ":60000", SERVER ":52500", 1);
	SAME(documented(&g), "documented none: server");
	/* Which of the two ports was chosen by chance is not known. */
	scene_opinion(&g.t, &g.o);
	g.o.judged.initiator_by = INITIATOR_UNKNOWN;
	opinion_documented(&g.o, g.s.ledger.memo, rows_found);
	CU_ASSERT_EQUAL(g.o.judged.row_count, 0);
	talk_udp(&g.s, &g.t, CLIENT ":53001", SERVER ":53002", 1);
	scene_opinion(&g.t, &g.o);
	g.o.judged.initiator_by = INITIATOR_UNKNOWN;
	opinion_documented(&g.o, g.s.ledger.memo, rows_found);
	CU_ASSERT_EQUAL(g.o.judged.row_count, 1);
	scene_close(&g.s);
}

static void nearest_beside_a_wide_row(void)
{
	static const char rows[] = "- {id: d/t/wide, l4: tcp, proto: media-audio, from: client, "
				   "to: server, dport: 1024-65535,\n"
				   "   need: required}\n"
				   "- {id: d/t/psom, l4: tcp, proto: psom/tls, from: client, to: "
				   "server, dport: 8057,\n"
				   "   need: required}\n"
				   "- {id: d/t/old, l4: tcp, proto: http/none, from: client, to: "
				   "server, dport: 9000,\n"
				   "   need: required, valid: {until: 2013-03-15}}\n"
				   "- {id: d/t/sunny, l4: tcp, proto: http/none, from: client, to: "
				   "server, dport: 9001,\n"
				   "   need: required, when: sunny}\n";
	static const char site[] =
		"site: s\nroles:\n  client: [10.0.0.0/24]\n  server: [10.1.0.0/24]\n"
		"conditions: {sunny: false}\n";
	struct stage g;

	scene_open(&g.s, rows, site);
	/* A slip of the pen: up to 16 ports away and the protocol fits. */
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":8073");
	talk_tls(&g.t, CLIENT_AUTH_NOT_REQUESTED);
	SAME(documented(&g), "undocumented strong");
	SAME(g.near, "psom 16");
	CU_ASSERT_EQUAL(g.o.judged.nearest_differs, KEY_DPORT);
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":8041");
	talk_tls(&g.t, CLIENT_AUTH_NOT_REQUESTED);
	documented(&g);
	SAME(g.near, "psom 16");
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":8074");
	talk_tls(&g.t, CLIENT_AUTH_NOT_REQUESTED);
	documented(&g);
	SAME(g.near, "wide 32");
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":8040");
	talk_tls(&g.t, CLIENT_AUTH_NOT_REQUESTED);
	documented(&g);
	SAME(g.near, "wide 32");
	/* Another protocol there is another service. */
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":8058");
	talk_app(&g.t, APP_HTTP);
	documented(&g);
	SAME(g.near, "wide 32");
	/* A row that fits but for its validity or condition says more. */
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":9000");
	talk_app(&g.t, APP_HTTP);
	documented(&g);
	SAME(g.near, "old 64");
	talk_tcp(&g.s, &g.t, CLIENT ":50000", SERVER ":9001");
	talk_app(&g.t, APP_HTTP);
	documented(&g);
	SAME(g.near, "sunny 128");
	scene_close(&g.s);
}

static void unverified_peer_is_said(void)
{
	struct stage g;

	scene_open(&g.s, NULL, NULL);
	talk_tcp(&g.s, &g.t, PARTNER ":50000", EDGE ":81");
	SAME(documented(&g), "documented none: anyone");
	SAME(g.codes, "peer_unverified protocol_unverified");
	/* "any" authorises everybody. */
	talk_tcp(&g.s, &g.t, PARTNER ":50000", EDGE ":80");
	SAME(documented(&g), "documented none: any");
	SAME(g.codes, "protocol_unverified");
	scene_close(&g.s);
}

static void frames_of_the_client_certificate(void)
{
	static const struct {
		enum client_auth auth;
		const char *codes;
		bool certificate;
	} rungs[] = {
		{ CLIENT_AUTH_PROVEN, "mtls_proven", true },
		{ CLIENT_AUTH_CLAIMED, "mtls_claimed", true },
		{ CLIENT_AUTH_DECLINED, "mtls_declined", true },
		{ CLIENT_AUTH_NOT_REQUESTED, "mtls_not_requested", false },
		{ CLIENT_AUTH_UNSEEN, "mtls_unseen", false },
		{ CLIENT_AUTH_HIDDEN_TLS13, "mtls_hidden", false },
	};
	struct stage g;

	scene_open(&g.s, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rungs); i++) {
		talk_tcp(&g.s, &g.t, PARTNER ":50000", EDGE ":5061");
		talk_tls(&g.t, rungs[i].auth);
		documented(&g);
		SAME(g.codes, rungs[i].codes);
		CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], rungs[i].certificate
								   ? g.t.ident.tls.client_cert_frame
								   : g.t.ident.frame[g.t.end[0]]);
		CU_ASSERT_EQUAL(g.o.evidence[0].value, rungs[i].auth == CLIENT_AUTH_HIDDEN_TLS13
							       ? CLIENT_AUTH_HIDDEN_TLS13
							       : 0);
	}
	scene_close(&g.s);
}

static void fit_without_a_row(void)
{
	struct stage g;

	scene_open(&g.s, NULL, NULL);
	talk_tcp(&g.s, &g.t, PARTNER ":50000", EDGE ":22");
	SAME(documented(&g), "undocumented none");
	talk_app(&g.t, APP_HTTP);
	SAME(documented(&g), "undocumented strong");
	talk_app_weak(&g.t, APP_HTTP);
	SAME(documented(&g), "undocumented weak");
	talk_unknown(&g.t, APP_ANY);
	SAME(documented(&g), "undocumented none");
	/* settle looks for the nearest row then */
	CU_ASSERT_EQUAL(g.o.judged.nearest, -1);
	scene_close(&g.s);
}

extern CU_TestInfo tests_documented[];
CU_TestInfo tests_documented[] = {
	{ "rows rank by protocol evidence, then by width", protocol_then_width },
	{ "a wider row with better evidence comes first", protocol_before_width },
	{ "rows of equal rank are best together", equal_rank },
	{ "a row of more than 10,000 ports documents only with protocol evidence",
	  wide_rows_need_protocol_evidence },
	{ "a wide row without evidence stands behind any that counts",
	  wide_rows_stand_behind_narrow_ones },
	{ "a range of 1,000 ports that only a port chosen by chance falls into documents nothing",
	  chance },
	{ "without an initiator either port may be chosen by chance", chance_without_an_initiator },
	{ "beside a wide row a slip of 16 ports, an end or a denial is nearer",
	  nearest_beside_a_wide_row },
	{ "a row that names no peer says peer_unverified", unverified_peer_is_said },
	{ "evidence about client certificates names the frame of the certificate",
	  frames_of_the_client_certificate },
	{ "without a row the fit is that of the protocol alone", fit_without_a_row },
	CU_TEST_INFO_NULL
};
