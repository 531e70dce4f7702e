/* DESIGN section 2, line by line: flow in, verdict, rows and evidence out. */
#include "judge/scene.h"

#include <stdio.h>
#include <string.h>

/* One scene with one talk, and a control between CLIENT and both servers judged first. */
struct play {
	struct scene s;
	struct talk t;
};

#define PLAYED 3 /* index of the first flow behind the controls */

static void begin(struct play *p)
{
	scene_open(&p->s, NULL, NULL);
	scene_control(&p->s, CLIENT ":40000", SERVER ":80");
	scene_control(&p->s, CLIENT ":40001", EDGE ":80");
	scene_control(&p->s, PARTNER ":40002", EDGE ":80");
}

/* Judge and settle the one talk. */
static void play(struct play *p)
{
	CU_ASSERT_EQUAL_FATAL(scene_judge(&p->s, &p->t), PLAYED);
	scene_settle(&p->s);
}

/* Say what was concluded of the talk, and close. */
#define ENDS(p, said, rows, codes)                        \
	do {                                              \
		play(p);                                  \
		SAID(&(p)->s, PLAYED, said, rows, codes); \
		scene_close(&(p)->s);                     \
	} while (0)

/* ---- documented --------------------------------------------------------------------------- */

static void any_authorises_and_unspecified_is_unverified(void)
{
	struct play p;

	begin(&p);
	talk_tcp(&p.s, &p.t, PARTNER ":40009", EDGE ":80");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_HTTP);
	ENDS(&p, "expected established", "any", "");
	begin(&p);
	talk_tcp(&p.s, &p.t, PARTNER ":40009", EDGE ":81");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_HTTP);
	ENDS(&p, "expected established", "anyone", "peer_unverified");
}

/* An HTTP conversation from a client to a port, at a time and a site. */
static void browse(struct scene *s, const char *to, const char *more, int64_t at_s)
{
	struct talk t;
	char site[300];

	snprintf(site, sizeof(site),
		 "site: s\nroles:\n  client: [10.0.0.0/24]\n  server: [10.1.0.1-10.1.0.9]\n%s",
		 more);
	scene_open(s, NULL, site);
	if (at_s != 0)
		s->now_ns = at_s * NS_PER_S;
	talk_tcp(s, &t, CLIENT ":900", to);
	talk_data_both(&t);
	talk_app(&t, APP_HTTP);
	scene_judge(s, &t);
	scene_settle(s);
}

static void conditions(void)
{
	struct scene s;
	int row;

	browse(&s, SERVER ":8080", "", 0);
	row = policy_find_row(s.policy, "d/t/sunny");
	SAID(&s, 0, "expected established", "sunny", "");
	CU_ASSERT_FALSE(s.ledger.coverage[row].required);
	scene_close(&s);
	browse(&s, SERVER ":8080", "conditions: {sunny: false}\n", 0);
	SAID(&s, 0, "unexpected established", "sunny when", "");
	scene_close(&s);
	browse(&s, SERVER ":80", "conditions: {sunny: true}\n", 0);
	CU_ASSERT_TRUE(s.ledger.coverage[row].required);
	scene_close(&s);
	browse(&s, SERVER ":80", "", 0);
	CU_ASSERT_FALSE(s.ledger.coverage[row].required);
	scene_close(&s);
}

static void validity(void)
{
	struct scene s;
	char text[200];

	browse(&s, SERVER ":8081", "", 0);
	SAID(&s, 0, "unexpected established", "old valid", "");
	ledger_nearest_text(&s.ledger, scene_flow(&s, 0), text, sizeof(text));
	SAME(text, "row d/t/old expired 2013-03-15");
	scene_close(&s);
	/* The last day counts whole. */
	browse(&s, SERVER ":8081", "", INT64_C(1363391999));
	SAID(&s, 0, "expected established", "old", "");
	scene_close(&s);
	browse(&s, SERVER ":8081", "", INT64_C(1363392000));
	SAID(&s, 0, "unexpected established", "old valid", "");
	scene_close(&s);
	browse(&s, SERVER ":8081", "exceptions: [holiday]\n", 0);
	SAID(&s, 0, "expected established", "old", "");
	scene_close(&s);
}

static void protocol_not_seen(void)
{
	struct play p;

	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":5060");
	play(&p);
	SAID(&p.s, PLAYED, "expected established", "sip", "protocol_unverified");
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->fit, FIT_NONE);
	scene_close(&p.s);
}

static void wide_rows(void)
{
	struct play p;

	/* Without protocol evidence: inconclusive. */
	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", PARTNER ":9999");
	talk_data_both(&p.t);
	ENDS(&p, "inconclusive established", "wide", "peer_unverified protocol_unverified");
	/* With it: documented. */
	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":50000", PARTNER ":9999", 1);
	talk_data(&p.t, 1);
	talk_app(&p.t, APP_STUN);
	ENDS(&p, "expected established", "wide", "peer_unverified");
	/* Against it: that row is the nearest, the protocol the failing field. */
	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", PARTNER ":9999");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_HTTP);
	ENDS(&p, "unexpected established", "wide proto", "");
}

static void without_a_site(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, "");
	talk_tcp(&s, &t, "172.16.0.1:50000", "172.16.0.2:5060");
	talk_data_both(&t);
	talk_app(&t, APP_SIP);
	scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, 0, "expected established", "sip", "");
	scene_close(&s);
}

static void equal_rank_counts_for_all(void)
{
	struct play p;

	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":8057");
	talk_data_both(&p.t);
	talk_tls(&p.t, CLIENT_AUTH_NOT_REQUESTED);
	play(&p);
	SAID(&p.s, PLAYED, "expected established", "psom=twin", "");
	for (unsigned i = 0; i < 2; i++) {
		int row = policy_find_row(p.s.policy, i == 0 ? "d/t/psom" : "d/t/twin");

		CU_ASSERT_EQUAL(p.s.ledger.coverage[row].state, ROW_SEEN);
		CU_ASSERT_EQUAL(p.s.ledger.coverage[row].flows[VERDICT_EXPECTED], 1);
	}
	scene_close(&p.s);
}

static void collocated_roles(void)
{
	static const char rows[] = "- {id: d/t/front, l4: tcp, proto: sip, from: client, to: "
				   "server, dport: 5061, need: required}\n"
				   "- {id: d/t/gate, l4: tcp, proto: sip, from: partner, to: "
				   "gateway, dport: 5068, need: required}\n";
	static const char site[] =
		"site: s\nroles:\n  client: [10.0.0.0/24]\n  server: [10.1.0.1]\n"
		"  gateway: [10.1.0.1]\n  partner: [any]\n";
	struct scene s;

	scene_open(&s, rows, site);
	scene_control(&s, CLIENT ":50000", SERVER ":5061");
	scene_control(&s, PARTNER ":50000", SERVER ":5068");
	scene_control(&s, PARTNER ":50000", SERVER ":5061");
	scene_settle(&s);
	SAID(&s, 0, "expected established", "front", "protocol_unverified");
	SAID(&s, 1, "expected established", "gate", "protocol_unverified");
	SAID(&s, 2, "unexpected established", "front from", "");
	scene_close(&s);
}

static void ephemeral_port_by_chance(void)
{
	struct play p;

	/* 50000 lies in the media range of SERVER; the client's port 900 in none. */
	begin(&p);
	talk_syn(&p.s, &p.t, SERVER ":50000", PARTNER ":900", 1);
	talk_rst(&p.t, 1, 60);
	play(&p);
	SAME(scene_said(&p.s, PLAYED), "rejected refused");
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->row_count, 0);
	scene_close(&p.s);
	begin(&p);
	talk_syn(&p.s, &p.t, PARTNER ":900", SERVER ":50000", 1);
	talk_rst(&p.t, 1, 60);
	ENDS(&p, "blocked refused host proven", "media",
	     "tcp_rst_syn peer_unverified protocol_unverified");
}

/* ---- verdicts ------------------------------------------------------------------------------- */

static void expected(void)
{
	struct play p;

	begin(&p);
	talk_tcp(&p.s, &p.t, PARTNER ":40009", EDGE ":5061");
	talk_data_both(&p.t);
	talk_tls(&p.t, CLIENT_AUTH_PROVEN);
	ENDS(&p, "expected established", "mtls-in", "mtls_proven");
}

static void unexpected_names_the_one_field(void)
{
	struct play p;
	char text[200];

	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":900", SERVER ":8059");
	talk_data_both(&p.t);
	talk_tls(&p.t, CLIENT_AUTH_NOT_REQUESTED);
	play(&p);
	SAID(&p.s, PLAYED, "unexpected established", "psom dport", "");
	ledger_nearest_text(&p.s.ledger, scene_flow(&p.s, PLAYED), text, sizeof(text));
	SAME(text, "row d/t/psom differs only in dport: 8059, documented 8057");
	scene_close(&p.s);
	/* From an ephemeral port a wide row holds it, by the tuple; the slip is nearer. */
	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":8059");
	talk_data_both(&p.t);
	talk_tls(&p.t, CLIENT_AUTH_NOT_REQUESTED);
	ENDS(&p, "unexpected established", "psom dport", "");
	/* An aborted one is unexpected too: it was let through. */
	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":900", SERVER ":8059");
	talk_data(&p.t, 0);
	talk_rst(&p.t, 1, 60);
	ENDS(&p, "unexpected aborted", "psom dport", "rst_after_request");
}

static void mismatch_of_each_kind(void)
{
	struct play p;

	/* 5061 without TLS. */
	begin(&p);
	talk_tcp(&p.s, &p.t, PARTNER ":40009", EDGE ":5061");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_SIP);
	ENDS(&p, "mismatch established", "mtls-in", "protocol_contradicted");
	/* A range of 10,000 media ports that carries something else. */
	begin(&p);
	talk_tcp(&p.s, &p.t, EDGE ":900", PARTNER ":50001");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_HTTP);
	ENDS(&p, "mismatch established", "rtp", "protocol_contradicted");
}

static void blocked_by_each_outcome(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER ":5060", 3);
	talk_rst(&p.t, 1, 60);
	ENDS(&p, "blocked refused host proven", "sip", "tcp_rst_syn protocol_unverified");
	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER ":5060", 3);
	talk_icmp(&p.t, 3, 13, FIREWALL, 0);
	ENDS(&p, "blocked prohibited network proven", "sip",
	     "icmp_admin_prohibited protocol_unverified");
	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER ":5060", 3);
	ENDS(&p, "blocked no_reply network likely", "sip", "syn_unanswered protocol_unverified");
	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":5067");
	talk_data(&p.t, 0);
	talk_app(&p.t, APP_TLS);
	p.t.ident.tls.client_hello = true;
	talk_rst(&p.t, 1, 60);
	ENDS(&p, "blocked aborted unknown likely", "tls", "rst_after_client_hello");
}

static void blocked_states_its_control(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT_2 ":50000", SERVER ":5060", 3);
	play(&p);
	SAME(scene_said(&p.s, PLAYED), "blocked no_reply network likely");
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->control_kind, CONTROL_SAME_SERVER);
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->control, 0);
	scene_close(&p.s);
	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER_2 ":5060", 3);
	play(&p);
	SAME(scene_said(&p.s, PLAYED), "blocked no_reply network likely");
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->control_kind, CONTROL_SAME_CLIENT);
	scene_close(&p.s);
}

static void rejected_scans(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, PARTNER ":40009", EDGE ":22", 3);
	ENDS(&p, "rejected no_reply", "any dport", "syn_unanswered");
	begin(&p);
	talk_syn(&p.s, &p.t, PARTNER ":40009", EDGE ":22", 3);
	talk_icmp(&p.t, 3, 9, FIREWALL, 0);
	ENDS(&p, "rejected prohibited", "any dport", "icmp_admin_prohibited");
}

static void application_causes(void)
{
	struct play p;

	/* A TLS alert before completion. */
	begin(&p);
	talk_tcp(&p.s, &p.t, PARTNER ":40009", EDGE ":5061");
	talk_data_both(&p.t);
	talk_tls(&p.t, CLIENT_AUTH_UNSEEN);
	p.t.ident.accepted_frame = 0;
	p.t.ident.tls.complete = false;
	p.t.ident.tls.alert_frame = 99;
	p.t.ident.tls.alert_level = 2;
	p.t.ident.tls.alert_description = 48;
	p.t.ident.tls.alert_dir = p.t.end[1];
	ENDS(&p, "blocked aborted application proven", "mtls-in", "tls_alert mtls_unseen");
	/* An Allocate that is refused for its quota. */
	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":50000", EDGE ":3478", 1);
	talk_data(&p.t, 1);
	talk_app(&p.t, APP_MSTURN);
	talk_answer(&p.t, APP_MSTURN, 486);
	ENDS(&p, "blocked aborted application proven", "stun>wide", "stun_error");
	/* SIP 403; 486 is a user who talks to another. */
	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":5060");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_SIP);
	talk_answer(&p.t, APP_SIP, 403);
	ENDS(&p, "blocked aborted application proven", "sip", "sip_status");
	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":5060");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_SIP);
	talk_answer(&p.t, APP_SIP, 486);
	ENDS(&p, "expected established", "sip", "");
}

static void normal_challenges(void)
{
	static const unsigned codes[] = { 300, 401, 438 };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct play p;

		begin(&p);
		talk_udp(&p.s, &p.t, CLIENT ":50000", EDGE ":3478", 1);
		talk_data(&p.t, 1);
		talk_app(&p.t, APP_MSTURN);
		talk_answer(&p.t, APP_MSTURN, codes[i]);
		ENDS(&p, "expected established", "stun>wide", "");
	}
}

/* ---- rulings -------------------------------------------------------------------------------- */

static void midstream_with_data_both_ways(void)
{
	struct play p;

	begin(&p);
	talk_midstream(&p.s, &p.t, CLIENT ":50000", SERVER ":5060");
	play(&p);
	SAID(&p.s, PLAYED, "expected established", "sip", "midstream protocol_unverified");
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->initiator_by, INITIATOR_PORT);
	scene_close(&p.s);
	/* No row either way round: nobody needs to know who opened it. */
	begin(&p);
	talk_midstream(&p.s, &p.t, PARTNER ":900", EDGE ":22");
	play(&p);
	SAME(scene_said(&p.s, PLAYED), "unexpected established");
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->initiator_by, INITIATOR_UNKNOWN);
	scene_close(&p.s);
}

static void mtls_not_shown(void)
{
	static const struct {
		enum client_auth auth;
		const char *said, *codes;
	} rungs[] = {
		{ CLIENT_AUTH_NOT_REQUESTED, "mismatch established", "mtls_not_requested" },
		{ CLIENT_AUTH_DECLINED, "mismatch established", "mtls_declined" },
		{ CLIENT_AUTH_HIDDEN_TLS13, "expected established", "mtls_hidden" },
		{ CLIENT_AUTH_HIDDEN_RESUMED, "expected established", "mtls_hidden" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rungs); i++) {
		struct play p;

		begin(&p);
		talk_tcp(&p.s, &p.t, PARTNER ":40009", EDGE ":5061");
		talk_data_both(&p.t);
		talk_tls(&p.t, rungs[i].auth);
		ENDS(&p, rungs[i].said, "mtls-in", rungs[i].codes);
	}
}

static void lone_syn_that_only_a_wide_row_covers(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", PARTNER ":9999", 1);
	ENDS(&p, "rejected no_reply", "wide proto",
	     "syn_unanswered peer_unverified protocol_unverified");
	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", PARTNER ":9999", 1);
	talk_rst(&p.t, 1, 60);
	play(&p);
	SAME(scene_said(&p.s, PLAYED), "rejected refused");
	SAME(scene_near(&p.s, PLAYED), "wide proto");
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->best_rows, 0);
	CU_ASSERT_EQUAL(p.s.ledger.coverage[policy_find_row(p.s.policy, "d/t/wide")]
				.flows[VERDICT_REJECTED],
			0);
	scene_close(&p.s);
}

static void stun_request_is_evidence(void)
{
	struct play p;

	/* Refused by its peer's host: a block of the row, not a rejected scan. */
	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":50000", PARTNER ":9999", 3);
	talk_app(&p.t, APP_STUN);
	talk_icmp(&p.t, 3, 13, FIREWALL, 0);
	ENDS(&p, "blocked prohibited network proven", "wide",
	     "icmp_admin_prohibited peer_unverified");
}

static void reset_from_a_box_between(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER ":5060", 1);
	talk_rst(&p.t, 1, 253);
	ENDS(&p, "blocked refused network likely", "sip",
	     "tcp_rst_syn protocol_unverified rst_foreign_ttl");
}

static void icmp_port_unreachable_by_its_sender(void)
{
	struct play p;

	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":50000", EDGE ":3478", 3);
	talk_icmp(&p.t, 3, 3, EDGE, 0);
	ENDS(&p, "blocked refused host proven", "stun",
	     "icmp_port_unreachable protocol_unverified");
	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":50000", EDGE ":3478", 3);
	talk_icmp(&p.t, 3, 3, FIREWALL, 0);
	ENDS(&p, "blocked prohibited network proven", "stun",
	     "icmp_port_unreachable protocol_unverified");
}

static void icmp_that_blocks_nobody(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER ":5060", 3);
	talk_icmp(&p.t, 3, 4, FIREWALL, 0);
	ENDS(&p, "blocked no_reply network likely", "sip",
	     "icmp_other syn_unanswered protocol_unverified");
	/* The responder's packet could not be delivered: the initiator got what it asked for. */
	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":50000", EDGE ":3478", 3);
	talk_data(&p.t, 1);
	talk_app(&p.t, APP_MSTURN);
	talk_icmp(&p.t, 3, 3, CLIENT, 1);
	ENDS(&p, "expected established", "stun>wide", "");
}

static void multicast_is_never_blocked(void)
{
	struct play p;

	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":68", "255.255.255.255:67", 9);
	play(&p);
	SAID(&p.s, PLAYED, "inconclusive unknown", "dhcp",
	     "group_destination peer_unverified protocol_unverified");
	scene_close(&p.s);
	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":900", "239.1.2.3:5000", 9);
	play(&p);
	SAME(scene_said(&p.s, PLAYED), "inconclusive unknown");
	scene_close(&p.s);
}

static void half_captures(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER ":5060", 1);
	p.t.notes.acked[p.t.end[0]] = true;
	ENDS(&p, "inconclusive one_sided", "sip", "answer_not_captured protocol_unverified");
	begin(&p);
	talk_midstream(&p.s, &p.t, CLIENT ":50000", SERVER ":5060");
	p.t.flow.packets[p.t.end[1]] = 0;
	ENDS(&p, "inconclusive one_sided", "sip", "midstream single_direction protocol_unverified");
}

static void initiator_closes_the_slower_of_two(void)
{
	struct play p;

	begin(&p);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":5060");
	talk_rst(&p.t, 0, 128);
	ENDS(&p, "expected established", "sip", "initiator_reset protocol_unverified");
}

static void rows_end_in_one_state(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":50000", SERVER ":5060", 3);
	scene_judge(&p.s, &p.t);
	talk_tcp(&p.s, &p.t, PARTNER ":40009", EDGE ":5061");
	talk_data_both(&p.t);
	talk_app(&p.t, APP_SIP);
	scene_judge(&p.s, &p.t);
	talk_tcp(&p.s, &p.t, CLIENT ":50000", SERVER ":443");
	p.t.flow.state = FLOW_SYN_ACKED;
	scene_judge(&p.s, &p.t);
	scene_settle(&p.s);
	for (unsigned i = 0; i < policy_row_count(p.s.policy); i++) {
		const char *id = policy_row(p.s.policy, i)->id + 4;
		const char *want = strcmp(id, "web") == 0 || strcmp(id, "any") == 0 ? "seen"
				   : strcmp(id, "sip") == 0                         ? "blocked"
				   : strcmp(id, "mtls-in") == 0                     ? "mismatch"
				   : strcmp(id, "webs") == 0                        ? "inconclusive"
				   : strcmp(id, "old") == 0                         ? "expired"
										    : "not_seen";

		SAME(row_state_name((enum row_state)p.s.ledger.coverage[i].state), want);
	}
	CU_ASSERT_EQUAL(p.s.ledger.verdicts[VERDICT_EXPECTED], 3);
	CU_ASSERT_EQUAL(p.s.ledger.verdicts[VERDICT_BLOCKED], 1);
	CU_ASSERT_EQUAL(p.s.ledger.verdicts[VERDICT_MISMATCH], 1);
	CU_ASSERT_EQUAL(p.s.ledger.verdicts[VERDICT_INCONCLUSIVE], 1);
	scene_close(&p.s);
}

/* Two mirrored rows and nobody saw who opened it: neither may be called seen. */
static void an_unknown_initiator_that_decides_is_inconclusive(void)
{
	struct play p;

	begin(&p);
	talk_midstream(&p.s, &p.t, PARTNER ":5061", EDGE ":5061");
	play(&p);
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->verdict, VERDICT_INCONCLUSIVE);
	CU_ASSERT(strstr(scene_codes(&p.s, PLAYED), "initiator_unknown") != NULL);
	scene_close(&p.s);
}

static void an_error_about_a_broadcast_is_no_block(void)
{
	struct play p;

	begin(&p);
	talk_udp(&p.s, &p.t, CLIENT ":68", "255.255.255.255:67", 1);
	talk_icmp(&p.t, 3, 13, EDGE, 0);
	play(&p);
	CU_ASSERT_EQUAL(scene_flow(&p.s, PLAYED)->verdict, VERDICT_INCONCLUSIVE);
	scene_close(&p.s);
}

static void unreachable_with_a_control_is_the_network(void)
{
	struct play p;

	begin(&p);
	talk_syn(&p.s, &p.t, CLIENT ":40100", SERVER ":5060", 2);
	talk_icmp(&p.t, 3, 1, "10.9.9.9", 0);
	play(&p);
	SAME(scene_said(&p.s, PLAYED), "blocked no_reply network likely");
	scene_close(&p.s);
}

extern CU_TestInfo tests_rulings[];
CU_TestInfo tests_rulings[] = {
	{ "\"any\" authorises every peer, an unspecified one is unverified",
	  any_authorises_and_unspecified_is_unverified },
	{ "a row is eligible unless its condition is denied, required where it is asserted",
	  conditions },
	{ "a row past its validity is the nearest, unless the site asserts the exception",
	  validity },
	{ "a protocol that was not seen leaves the tuple to document", protocol_not_seen },
	{ "a wide row documents with protocol evidence only", wide_rows },
	{ "without a site ends are unbound", without_a_site },
	{ "a flow counts for every row of equal rank", equal_rank_counts_for_all },
	{ "an address may hold several roles", collocated_roles },
	{ "an ephemeral port that falls into a media range documents nothing",
	  ephemeral_port_by_chance },
	{ "expected: documented, and the protocol holds", expected },
	{ "unexpected: names the nearest row and the one field", unexpected_names_the_one_field },
	{ "mismatch: by tuple yes, by protocol no", mismatch_of_each_kind },
	{ "blocked: refused, prohibited, no reply, aborted", blocked_by_each_outcome },
	{ "blocked: with its control, same server or same client", blocked_states_its_control },
	{ "rejected: not documented, and not let through", rejected_scans },
	{ "an application that refuses is the cause", application_causes },
	{ "401, 438 and 300 are normal challenges", normal_challenges },
	{ "midstream with data both ways is established", midstream_with_data_both_ways },
	{ "MTLS not asked for or declined is a mismatch, hidden is expected", mtls_not_shown },
	{ "a lone SYN that only a wide row covers is rejected, that row nearest",
	  lone_syn_that_only_a_wide_row_covers },
	{ "a STUN request is evidence for a wide row", stun_request_is_evidence },
	{ "a reset with a foreign TTL is refused by the network", reset_from_a_box_between },
	{ "port unreachable is the host's, or a third address's",
	  icmp_port_unreachable_by_its_sender },
	{ "fragmentation needed and errors about answers block nobody", icmp_that_blocks_nobody },
	{ "multicast and broadcast are never blocked", multicast_is_never_blocked },
	{ "a later acknowledgement and an unseen peer make it one-sided", half_captures },
	{ "an initiator's own reset is no block", initiator_closes_the_slower_of_two },
	{ "rows end as seen, blocked, mismatch, inconclusive, expired or not seen",
	  rows_end_in_one_state },
	{ "an unknown initiator that decides the row is inconclusive",
	  an_unknown_initiator_that_decides_is_inconclusive },
	{ "an ICMP error about a broadcast is no block", an_error_about_a_broadcast_is_no_block },
	{ "unreachable is the network's doing where a control got through",
	  unreachable_with_a_control_is_the_network },
	CU_TEST_INFO_NULL
};
