/* What the network did with one flow, seen from the flow alone (judge/outcome.c). */
#include "judge/scene.h"

#include <stdio.h>
#include <string.h>

#define FROM CLIENT ":50000"
#define TO   SERVER ":5060"

/* One flow, and the words of its outcome. */
struct stage {
	struct scene s;
	struct talk t;
	struct opinion o;
	char text[256];
};

static void begin(struct stage *g)
{
	scene_open(&g->s, NULL, NULL);
}

/* "refused host likely: tcp_rst_syn" */
static const char *outcome(struct stage *g)
{
	char codes[160];
	const struct judged *j = &g->o.judged;

	scene_opinion(&g->t, &g->o);
	opinion_outcome(&g->o);
	scene_opinion_codes(&g->o, codes, sizeof(codes));
	snprintf(g->text, sizeof(g->text), "%s%s%s%s%s%s%s", outcome_name((enum outcome)j->outcome),
		 j->cause == CAUSE_NONE ? "" : " ", cause_name((enum cause)j->cause),
		 j->grade == GRADE_NONE ? "" : " ", grade_name((enum grade)j->grade),
		 codes[0] == '\0' ? "" : ": ", codes);
	return g->text;
}

static void open_connections(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	SAME(outcome(&g), "established");
	talk_data(&g.t, 0);
	SAME(outcome(&g), "established");
	talk_data(&g.t, 1);
	SAME(outcome(&g), "established");
	/* After data both ways an ICMP error or a reset is no longer about opening it. */
	talk_icmp(&g.t, 3, 13, FIREWALL, 0);
	SAME(outcome(&g), "established");
	talk_rst(&g.t, 1, 60);
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

static void answered_but_not_heard(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	g.t.flow.state = FLOW_SYN_ACKED;
	SAME(outcome(&g), "unknown: synack_unheard");
	scene_close(&g.s);
}

static void syn_answered_by_a_reset(void)
{
	struct stage g;
	const struct evidence *e = &g.o.evidence[0];

	begin(&g);
	talk_syn(&g.s, &g.t, FROM, TO, 2);
	talk_rst(&g.t, 1, 57);
	g.t.notes.rst_count[g.t.end[1]] = 2;
	SAME(outcome(&g), "refused host likely: tcp_rst_syn");
	CU_ASSERT_EQUAL(e->value, 57);
	CU_ASSERT_EQUAL(e->count, 2);
	CU_ASSERT_EQUAL(e->frames[0], g.t.notes.rst_frame);
	CU_ASSERT_EQUAL(e->frames[1], 0);
	CU_ASSERT_EQUAL(g.o.judged.rst_ttl, 57);
	scene_close(&g.s);
}

static void silence(void)
{
	struct stage g;
	const struct evidence *e = &g.o.evidence[0];

	begin(&g);
	talk_syn(&g.s, &g.t, FROM, TO, 4);
	SAME(outcome(&g), "no_reply: syn_unanswered");
	CU_ASSERT_EQUAL(e->count, 4);
	CU_ASSERT_EQUAL(e->value, 7000);
	CU_ASSERT_EQUAL(e->frames[0], g.t.flow.first_frame);
	CU_ASSERT_EQUAL(e->frames[2], g.t.flow.first_frame + 10);
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	SAME(outcome(&g), "no_reply: syn_unanswered");
	CU_ASSERT_EQUAL(e->count, 1);
	CU_ASSERT_EQUAL(e->value, 0);
	scene_close(&g.s);
}

static void later_acknowledgement_proves_an_answer(void)
{
	struct stage g;

	begin(&g);
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	g.t.notes.acked[g.t.end[0]] = true;
	SAME(outcome(&g), "one_sided: answer_not_captured");
	/* The responder's acknowledgement is none of the initiator's. */
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	g.t.notes.acked[g.t.end[1]] = true;
	SAME(outcome(&g), "no_reply: syn_unanswered");
	/* Data of either end, too. */
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	talk_data(&g.t, 0);
	g.t.notes.acked[0] = g.t.notes.acked[1] = false;
	SAME(outcome(&g), "one_sided: answer_not_captured");
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.flow.first_frame + 10);
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	talk_data(&g.t, 1);
	g.t.notes.acked[0] = g.t.notes.acked[1] = false;
	SAME(outcome(&g), "one_sided: answer_not_captured");
	/* A reset that answers no SYN is none of it. */
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	talk_rst(&g.t, 1, 60);
	g.t.notes.rst_refused = false;
	SAME(outcome(&g), "no_reply: syn_unanswered");
	/* An initiator that resets what it never saw answered has seen something. */
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), "one_sided: initiator_reset");
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.notes.rst_frame);
	scene_close(&g.s);
}

static void missing_syn_ack_is_no_silence(void)
{
	struct stage g;

	begin(&g);
	talk_syn(&g.s, &g.t, FROM, TO, 1);
	talk_data_both(&g.t);
	g.t.flow.state = FLOW_OPEN;
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

/* What each ICMP code makes of an unanswered SYN, by code: from the peer, from a third address. */
struct reading {
	unsigned type, code;
	const char *peer, *third;
};

#define PROHIBITED "prohibited network proven: icmp_admin_prohibited"
#define OWN_FILTER "prohibited host proven: icmp_admin_prohibited"
#define UNREACHED  "no_reply unknown likely: icmp_unreachable"
#define NO_BLOCK   "no_reply: icmp_other syn_unanswered"
#define PORT_PEER  "refused host proven: icmp_port_unreachable"
#define PORT_THIRD "prohibited network proven: icmp_port_unreachable"

static void read_codes(const struct reading *readings, size_t n, const char *from, const char *to,
		       const char *peer, const char *third)
{
	struct stage g;

	begin(&g);
	for (size_t i = 0; i < n; i++) {
		const struct reading *r = &readings[i];
		const struct evidence *e = &g.o.evidence[0];

		talk_syn(&g.s, &g.t, from, to, 2);
		talk_icmp(&g.t, r->type, r->code, third, 0);
		SAME(outcome(&g), r->third);
		CU_ASSERT_EQUAL(e->value, r->type << 8 | r->code);
		CU_ASSERT_EQUAL(e->value2, g.t.flow.key.ip_version);
		CU_ASSERT_EQUAL(e->count, 2);
		CU_ASSERT_EQUAL(e->frames[0], g.t.notes.icmp.frames[0]);
		CU_ASSERT_EQUAL(e->frames[1], g.t.notes.icmp.frames[1]);
		CU_ASSERT_EQUAL(address_compare(&e->from, &g.t.notes.icmp.from), 0);
		talk_icmp(&g.t, r->type, r->code, peer, 0);
		SAME(outcome(&g), r->peer);
	}
	scene_close(&g.s);
}

static void icmp_v4_codes(void)
{
	static const struct reading readings[] = {
		{ 3, 0, UNREACHED, UNREACHED },    { 3, 1, UNREACHED, UNREACHED },
		{ 3, 2, UNREACHED, UNREACHED },    { 3, 3, PORT_PEER, PORT_THIRD },
		{ 3, 4, NO_BLOCK, NO_BLOCK },      { 3, 5, UNREACHED, UNREACHED },
		{ 3, 6, UNREACHED, UNREACHED },    { 3, 7, UNREACHED, UNREACHED },
		{ 3, 8, UNREACHED, UNREACHED },    { 3, 9, OWN_FILTER, PROHIBITED },
		{ 3, 10, OWN_FILTER, PROHIBITED }, { 3, 11, UNREACHED, UNREACHED },
		{ 3, 12, UNREACHED, UNREACHED },   { 3, 13, OWN_FILTER, PROHIBITED },
		{ 3, 14, UNREACHED, UNREACHED },   { 3, 15, UNREACHED, UNREACHED },
		{ 3, 16, NO_BLOCK, NO_BLOCK },     { 11, 0, NO_BLOCK, NO_BLOCK },
		{ 12, 13, NO_BLOCK, NO_BLOCK },    { 1, 1, NO_BLOCK, NO_BLOCK },
	};

	read_codes(readings, ARRAY_SIZE(readings), FROM, TO, SERVER, FIREWALL);
}

static void icmp_v6_codes(void)
{
	static const struct reading readings[] = {
		{ 1, 0, UNREACHED, UNREACHED },   { 1, 1, OWN_FILTER, PROHIBITED },
		{ 1, 2, UNREACHED, UNREACHED },   { 1, 3, UNREACHED, UNREACHED },
		{ 1, 4, PORT_PEER, PORT_THIRD },  { 1, 5, OWN_FILTER, PROHIBITED },
		{ 1, 6, OWN_FILTER, PROHIBITED }, { 1, 7, UNREACHED, UNREACHED },
		{ 1, 8, NO_BLOCK, NO_BLOCK },     { 2, 0, NO_BLOCK, NO_BLOCK },
		{ 3, 1, NO_BLOCK, NO_BLOCK },     { 4, 1, NO_BLOCK, NO_BLOCK },
		{ 0, 1, NO_BLOCK, NO_BLOCK },
	};

	read_codes(readings, ARRAY_SIZE(readings), "[2001:db8::1]:50000", "[2001:db8:1::1]:5060",
		   "2001:db8:1::1", "2001:db8:ff::1");
}

static void icmp_about_the_responder_is_no_block_of_the_initiator(void)
{
	struct stage g;

	begin(&g);
	talk_syn(&g.s, &g.t, FROM, TO, 2);
	talk_icmp(&g.t, 3, 13, FIREWALL, 1);
	SAME(outcome(&g), "no_reply: icmp_admin_prohibited syn_unanswered");
	talk_udp(&g.s, &g.t, FROM, TO, 2);
	talk_icmp(&g.t, 3, 3, CLIENT, 1);
	SAME(outcome(&g), "no_reply: icmp_port_unreachable udp_unanswered");
	scene_close(&g.s);
}

static void icmp_before_data_both_ways_decides(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data(&g.t, 0);
	talk_icmp(&g.t, 3, 10, FIREWALL, 0);
	SAME(outcome(&g), PROHIBITED);
	/* The connection is open: fragmentation trouble says nothing. */
	talk_icmp(&g.t, 3, 4, FIREWALL, 0);
	SAME(outcome(&g), "established: icmp_other");
	scene_close(&g.s);
}

static void reset_kills_what_was_opened(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_rst(&g.t, 1, 57);
	SAME(outcome(&g), "aborted unknown likely: rst_after_handshake");
	CU_ASSERT_EQUAL(g.o.judged.rst_ttl, 57);
	CU_ASSERT_EQUAL(g.o.evidence[0].value, 57);
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data(&g.t, 0);
	talk_unknown(&g.t, APP_ANY);
	talk_rst(&g.t, 1, 57);
	SAME(outcome(&g), "aborted unknown likely: rst_after_request");
	g.t.looked = false;
	SAME(outcome(&g), "aborted unknown likely: rst_after_request");
	talk_app(&g.t, APP_TLS);
	g.t.ident.tls.client_hello = true;
	SAME(outcome(&g), "aborted unknown likely: rst_after_client_hello");
	scene_close(&g.s);
}

static void initiators_own_reset_is_no_block(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), "established: initiator_reset");
	CU_ASSERT_EQUAL(g.o.judged.rst_ttl, 0);
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data(&g.t, 0);
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), "established: initiator_reset");
	scene_close(&g.s);
}

/* Something answered the ClientHello, but no ServerHello, and then a reset. */
static void hello(struct stage *g)
{
	talk_tcp(&g->s, &g->t, FROM, TO);
	talk_data_both(&g->t);
	talk_app(&g->t, APP_TLS);
	g->t.ident.tls.client_hello = true;
	talk_rst(&g->t, 1, 57);
}

static void killed_handshake_after_data_both_ways(void)
{
	struct stage g;

	begin(&g);
	hello(&g);
	SAME(outcome(&g), "aborted unknown likely: rst_after_client_hello");
	hello(&g);
	g.t.ident.tls.server_hello = true;
	SAME(outcome(&g), "established");
	hello(&g);
	g.t.notes.rst_dir = g.t.end[0];
	SAME(outcome(&g), "established");
	hello(&g);
	g.t.ident.app = APP_PSEUDO_TLS;
	SAME(outcome(&g), "established");
	hello(&g);
	g.t.ident.tls.client_hello = false;
	SAME(outcome(&g), "established");
	hello(&g);
	g.t.notes.rst_frame = 0;
	SAME(outcome(&g), "established");
	/* The ServerHello may be among the bytes that the capture lacks. */
	hello(&g);
	g.t.flow.flags |= FLOW_GAP;
	SAME(outcome(&g), "unknown: gap");
	scene_close(&g.s);
}

/* A handshake and data that is sent @tries times over a second, and never acknowledged. */
static void vanishing_data(struct stage *g, unsigned tries)
{
	talk_tcp(&g->s, &g->t, FROM, TO);
	talk_data(&g->t, 0);
	g->t.notes.acked[g->t.end[1]] = false;
	g->t.notes.data.retransmitted[g->t.end[0]] = tries - 1;
	g->t.flow.last_ns = g->t.notes.data.ns[g->t.end[0]] + NS_PER_S;
}

#define BLACK_HOLE "aborted unknown likely: data_unacknowledged"

static void data_never_acknowledged(void)
{
	struct stage g;

	begin(&g);
	vanishing_data(&g, 1);
	SAME(outcome(&g), "established");
	vanishing_data(&g, 2);
	SAME(outcome(&g), "unknown: data_unacknowledged");
	vanishing_data(&g, 3);
	SAME(outcome(&g), BLACK_HOLE);
	CU_ASSERT_EQUAL(g.o.evidence[0].count, 3);
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.flow.first_frame + 10);
	g.t.notes.acked[g.t.end[1]] = true;
	SAME(outcome(&g), "established");
	vanishing_data(&g, 3);
	talk_data(&g.t, 1);
	SAME(outcome(&g), "established");
	/* The responder's retransmissions are its own affair. */
	vanishing_data(&g, 1);
	g.t.notes.data.retransmitted[g.t.end[1]] = 9;
	SAME(outcome(&g), "established");
	/* The client that gives up resets or closes what it could not use. */
	vanishing_data(&g, 6);
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), BLACK_HOLE);
	vanishing_data(&g, 6);
	g.t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(g.t.end[0]);
	SAME(outcome(&g), BLACK_HOLE);
	scene_close(&g.s);
}

static void data_that_other_things_swallow(void)
{
	struct stage g;

	begin(&g);
	/* A capture that holds each packet twice has them in one moment. */
	vanishing_data(&g, 3);
	g.t.flow.last_ns = g.t.notes.data.ns[g.t.end[0]] + NS_PER_S / 2 - 1;
	SAME(outcome(&g), "unknown: data_unacknowledged");
	g.t.flow.last_ns++;
	SAME(outcome(&g), BLACK_HOLE);
	/* The responder takes nothing: its window is shut. */
	vanishing_data(&g, 6);
	g.t.notes.marks = (uint8_t)FLOW_MARK_ZERO_WINDOW(g.t.end[1]);
	SAME(outcome(&g), "unknown: data_unacknowledged");
	g.t.notes.marks = (uint8_t)FLOW_MARK_ZERO_WINDOW(g.t.end[0]);
	SAME(outcome(&g), BLACK_HOLE);
	/* The path takes smaller packets only. */
	vanishing_data(&g, 6);
	talk_icmp(&g.t, 3, 4, FIREWALL, 0);
	SAME(outcome(&g), "unknown: icmp_other data_unacknowledged");
	/* Who says that it cannot be delivered says more than silence. */
	talk_icmp(&g.t, 3, 13, FIREWALL, 0);
	SAME(outcome(&g), PROHIBITED);
	talk_icmp(&g.t, 3, 1, FIREWALL, 0);
	SAME(outcome(&g), UNREACHED);
	scene_close(&g.s);
}

static void hello_sent(struct stage *g)
{
	talk_tcp(&g->s, &g->t, FROM, TO);
	talk_data(&g->t, 0);
	talk_app(&g->t, APP_TLS);
	g->t.ident.tls.client_hello = true;
}

/* facts/protocols.md 0.8: Schannel may drop a handshake without an alert. */
static void closing_without_an_answer(void)
{
	struct stage g;

	begin(&g);
	hello_sent(&g);
	g.t.notes.fin_frame[g.t.end[1]] = 77;
	g.t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(g.t.end[1]);
	SAME(outcome(&g), "aborted unknown likely: closed_unanswered");
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], 77);
	CU_ASSERT_EQUAL(g.o.evidence[0].value, 0);
	/* The client that resets what was closed changes nothing. */
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), "aborted unknown likely: closed_unanswered");
	/* Any request, not only of TLS. */
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data(&g.t, 0);
	g.t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(g.t.end[1]);
	SAME(outcome(&g), "aborted unknown likely: closed_unanswered");
	/* Nobody asked, or it was answered: a connection that ends. */
	talk_data(&g.t, 1);
	SAME(outcome(&g), "established");
	talk_tcp(&g.s, &g.t, FROM, TO);
	g.t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(g.t.end[1]);
	SAME(outcome(&g), "established");
	/* The answer may be among the bytes that the capture lacks. */
	hello_sent(&g);
	g.t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(g.t.end[1]);
	g.t.flow.flags |= FLOW_GAP;
	SAME(outcome(&g), "unknown: gap");
	scene_close(&g.s);
}

static void clients_that_give_up(void)
{
	struct stage g;

	begin(&g);
	hello_sent(&g);
	g.t.notes.fin_frame[g.t.end[0]] = 78;
	g.t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(g.t.end[0]);
	SAME(outcome(&g), "unknown: closed_unanswered");
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], 78);
	CU_ASSERT_EQUAL(g.o.evidence[0].value, 1);
	hello_sent(&g);
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), "unknown: initiator_reset");
	/* What needs no answer may be closed by who sent it. */
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data(&g.t, 0);
	g.t.notes.marks = (uint8_t)FLOW_MARK_FIN_FIRST(g.t.end[0]);
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

static void resets_by_what_sent_them(void)
{
	struct stage g;

	begin(&g);
	/* Numbered unlike the responder's own packets. */
	hello_sent(&g);
	talk_rst(&g.t, 1, 60);
	g.t.notes.rst_id = 40000;
	g.t.notes.ip_id[g.t.end[1]] = 503;
	SAME(outcome(&g), "aborted network likely: rst_after_client_hello rst_foreign_id");
	CU_ASSERT_EQUAL(g.o.evidence[1].value, 40000);
	CU_ASSERT_EQUAL(g.o.evidence[1].value2, 503);
	/* Both ends at once, whichever was captured first. */
	for (unsigned first = 0; first < 2; first++) {
		hello_sent(&g);
		talk_rst(&g.t, first, 60);
		g.t.notes.rst_count[g.t.end[first ^ 1u]] = 1;
		g.t.notes.rst_pair = 2;
		SAME(outcome(&g), "aborted network likely: rst_after_client_hello rst_both_ways");
		CU_ASSERT_EQUAL(g.o.evidence[1].frames[0], g.t.notes.rst_frame);
		CU_ASSERT_EQUAL(g.o.evidence[1].frames[1], g.t.notes.rst_frame + 2);
		CU_ASSERT_EQUAL(g.o.evidence[1].count, 2);
		/* A TTL is held against the responder's where it is of its reset. */
		CU_ASSERT_EQUAL(g.o.judged.rst_ttl, first == 1 ? 60 : 0);
		g.t.looked = false;
		SAME(outcome(&g), "aborted network likely: rst_after_request rst_both_ways");
	}
	scene_close(&g.s);
}

static void icmp_beside_a_reset(void)
{
	struct stage g;

	begin(&g);
	/* Prohibited is prohibited, whoever else resets. */
	talk_syn(&g.s, &g.t, FROM, TO, 2);
	talk_rst(&g.t, 1, 57);
	talk_icmp(&g.t, 3, 13, FIREWALL, 0);
	SAME(outcome(&g), "prohibited network proven: icmp_admin_prohibited tcp_rst_syn");
	talk_icmp(&g.t, 3, 3, FIREWALL, 0);
	SAME(outcome(&g), "prohibited network proven: icmp_port_unreachable tcp_rst_syn");
	/* Whom a translator speaks for does not show. */
	talk_icmp(&g.t, 3, 13, SERVER, 0);
	SAME(outcome(&g), "prohibited host proven: icmp_admin_prohibited tcp_rst_syn");
	g.t.notes.icmp.translated = true;
	SAME(outcome(&g), "prohibited unknown proven: icmp_admin_prohibited tcp_rst_syn");
	/* The host's own reset says more than a router that cannot reach it. */
	talk_icmp(&g.t, 3, 1, FIREWALL, 0);
	SAME(outcome(&g), "refused host likely: icmp_unreachable tcp_rst_syn");
	talk_icmp(&g.t, 3, 3, SERVER, 0);
	SAME(outcome(&g), "refused host likely: icmp_port_unreachable tcp_rst_syn");
	hello_sent(&g);
	talk_rst(&g.t, 1, 57);
	talk_icmp(&g.t, 3, 10, FIREWALL, 0);
	SAME(outcome(&g), PROHIBITED);
	talk_icmp(&g.t, 3, 1, FIREWALL, 0);
	SAME(outcome(&g), "aborted unknown likely: icmp_unreachable rst_after_client_hello");
	scene_close(&g.s);
}

/* What refused the first SYN let the second through: the flow is open. */
static void icmp_before_the_syn_ack(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data(&g.t, 0);
	talk_icmp(&g.t, 3, 13, FIREWALL, 0);
	g.t.notes.synack_ns = g.t.notes.icmp.first_ns + 1;
	SAME(outcome(&g), "established: icmp_admin_prohibited");
	g.t.notes.synack_ns--;
	SAME(outcome(&g), PROHIBITED);
	scene_close(&g.s);
}

static void half_open(void)
{
	struct stage g;
	const struct evidence *e = &g.o.evidence[0];

	begin(&g);
	/* SYNs at 0, 1, 3, 7 s though a SYN-ACK came at once, and again. */
	talk_syn(&g.s, &g.t, FROM, TO, 4);
	g.t.flow.state = FLOW_SYN_ACKED;
	g.t.flow.packets[g.t.end[1]] = 4;
	g.t.notes.synack_frame = g.t.flow.first_frame + 1;
	g.t.notes.synack_ns = g.t.flow.first_ns;
	g.t.notes.synack_count = 4;
	SAME(outcome(&g), "no_reply unknown likely: synack_unheard");
	CU_ASSERT(e->count == 4 && e->value == 7000 && e->value2 == 1);
	/* The responder that gives up may reset what never opened. */
	talk_rst(&g.t, 1, 60);
	SAME(outcome(&g), "no_reply unknown likely: synack_unheard");
	/* One SYN-ACK may have been lost, and one SYN crosses it on a slow path. */
	g.t.notes.synack_count = 1;
	SAME(outcome(&g), "unknown: synack_unheard");
	CU_ASSERT_EQUAL(e->value2, 0);
	g.t.notes.synack_count = 2;
	g.t.notes.synack_ns = g.t.notes.syn.last_ns - 5 * NS_PER_S / 2 + 1;
	SAME(outcome(&g), "unknown: synack_unheard");
	scene_close(&g.s);
}

/* arkime#1956, #211: a SYN-ACK to a SYN that somebody sent in our name. */
static void backscatter(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	g.t.notes.syn.count = 0;
	g.t.flow.packets[g.t.end[0]] = 0;
	SAME(outcome(&g), "one_sided: midstream single_direction");
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), "unknown: midstream initiator_reset");
	CU_ASSERT_FALSE(g.o.judged.opened);
	/* The SYN was missed, but the handshake was finished. */
	g.t.flow.packets[g.t.end[0]] = 2;
	SAME(outcome(&g), "established: midstream initiator_reset");
	CU_ASSERT_TRUE(g.o.judged.opened);
	scene_close(&g.s);
}

static void alert(struct stage *g)
{
	talk_tcp(&g->s, &g->t, FROM, TO);
	talk_data_both(&g->t);
	talk_app(&g->t, APP_TLS);
	g->t.ident.tls.client_hello = g->t.ident.tls.server_hello = true;
	g->t.ident.tls.alert_frame = 77;
	g->t.ident.tls.alert_level = 2;
	g->t.ident.tls.alert_description = 40;
	g->t.ident.tls.alert_dir = g->t.end[1];
}

static void tls_alert_before_completion(void)
{
	struct stage g;

	begin(&g);
	alert(&g);
	SAME(outcome(&g), "aborted application proven: tls_alert");
	CU_ASSERT_EQUAL(g.o.evidence[0].value, 40);
	CU_ASSERT_EQUAL(g.o.evidence[0].value2, 0);
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], 77);
	g.t.ident.tls.alert_dir = g.t.end[0];
	outcome(&g);
	CU_ASSERT_EQUAL(g.o.evidence[0].value2, 1);
	/* It comes before the reset that follows it. */
	talk_rst(&g.t, 1, 60);
	SAME(outcome(&g), "aborted application proven: tls_alert");
	alert(&g);
	g.t.ident.tls.alert_level = 1;
	SAME(outcome(&g), "established");
	alert(&g);
	g.t.ident.tls.complete = true;
	SAME(outcome(&g), "established");
	alert(&g);
	g.t.ident.tls.alert_frame = 0;
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

/* A dialogue that the responder ended with this answer. */
static void answered(struct stage *g, enum app app, unsigned code)
{
	if (app == APP_STUN || app == APP_MSTURN || app == APP_TURN || app == APP_DHCP) {
		talk_udp(&g->s, &g->t, FROM, TO, 1);
		talk_data(&g->t, 1);
	} else {
		talk_tcp(&g->s, &g->t, FROM, TO);
		talk_data_both(&g->t);
	}
	talk_app(&g->t, app);
	talk_answer(&g->t, app, code);
}

/* Does this answer refuse? */
static bool refuses(struct stage *g, enum app app, unsigned code, const char *evidence)
{
	char want[80];

	answered(g, app, code);
	snprintf(want, sizeof(want), "aborted application proven: %s", evidence);
	if (strcmp(outcome(g), "established") == 0)
		return false;
	SAME(outcome(g), want);
	CU_ASSERT_EQUAL(g->o.evidence[0].value, code);
	CU_ASSERT_EQUAL(g->o.evidence[0].frames[0], g->t.flow.first_frame + 15);
	return true;
}

static void stun_errors(void)
{
	static const unsigned normal[] = { 300, 401, 438, 487 };
	static const unsigned refused[] = { 400, 403, 420, 437, 441, 442, 486, 500, 508 };
	static const enum app apps[] = { APP_STUN, APP_TURN, APP_MSTURN };
	struct stage g;

	begin(&g);
	for (size_t a = 0; a < ARRAY_SIZE(apps); a++) {
		for (size_t i = 0; i < ARRAY_SIZE(normal); i++)
			CU_ASSERT_FALSE(refuses(&g, apps[a], normal[i], "stun_error"));
		for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
			CU_ASSERT_TRUE(refuses(&g, apps[a], refused[i], "stun_error"));
	}
	scene_close(&g.s);
}

static void sip_and_http_answers(void)
{
	static const unsigned sip[] = { 403, 415, 420, 488, 500, 503, 504, 606 };
	static const unsigned sip_normal[] = {
		100, 180, 200, 302, 401, 404, 407, 480, 486, 487, 603
	};
	static const unsigned http[] = { 403, 407, 502, 503, 504, 511 };
	static const unsigned http_normal[] = { 200, 301, 401, 404, 415, 420, 488, 500, 606 };
	struct stage g;

	begin(&g);
	for (size_t i = 0; i < ARRAY_SIZE(sip); i++)
		CU_ASSERT_TRUE(refuses(&g, APP_SIP, sip[i], "sip_status"));
	for (size_t i = 0; i < ARRAY_SIZE(sip_normal); i++)
		CU_ASSERT_FALSE(refuses(&g, APP_SIP, sip_normal[i], "sip_status"));
	for (size_t i = 0; i < ARRAY_SIZE(http); i++)
		CU_ASSERT_TRUE(refuses(&g, APP_HTTP, http[i], "http_status"));
	for (size_t i = 0; i < ARRAY_SIZE(http_normal); i++)
		CU_ASSERT_FALSE(refuses(&g, APP_HTTP, http_normal[i], "http_status"));
	scene_close(&g.s);
}

/* A proxy's refusal is the network's, the server's own the application's (protocols.md 9e). */
static void proxies_refuse_for_the_network(void)
{
	static const unsigned http[] = { 403, 407, 502, 503, 504, 511 };
	struct stage g;

	begin(&g);
	for (size_t i = 0; i < ARRAY_SIZE(http); i++) {
		answered(&g, APP_HTTP, http[i]);
		g.t.ident.answer.proxy = true;
		SAME(outcome(&g), "aborted network proven: proxy_answer");
		CU_ASSERT_EQUAL(g.o.evidence[0].value, http[i]);
		answered(&g, APP_HTTP, http[i]);
		SAME(outcome(&g), "aborted application proven: http_status");
	}
	/* A page that is not there is not there, through a proxy or not. */
	answered(&g, APP_HTTP, 404);
	g.t.ident.answer.proxy = true;
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

/* Whatever its status, clear HTTP is no answer to a TLS hello. */
static void clear_http_answers_tls(void)
{
	static const struct {
		unsigned status;
		bool proxy;
		const char *said;
	} cases[] = {
		{ 400, false,
		  "aborted application proven: http_to_tls" }, /* a listener without TLS */
		{ 403, false, "aborted application proven: http_to_tls" },
		{ 403, true, "aborted network proven: http_to_tls" },
		{ 302, false, "aborted network proven: http_to_tls" }, /* a portal */
		{ 511, true, "aborted network proven: http_to_tls" },
		{ 200, false, "aborted application proven: http_to_tls" },
	};
	struct stage g;

	begin(&g);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		answered(&g, APP_HTTP, cases[i].status);
		g.t.ident.tls.client_hello = true;
		g.t.ident.answer.proxy = cases[i].proxy;
		SAME(outcome(&g), cases[i].said);
		CU_ASSERT_EQUAL(g.o.evidence[0].value, cases[i].status);
	}
	/* Through the tunnel of a proxy that let it, the handshake is answered. */
	answered(&g, APP_HTTP, 302);
	g.t.ident.tls.client_hello = g.t.ident.tls.server_hello = true;
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

static void every_refusal_has_its_own_evidence(void)
{
	static const struct {
		enum app app;
		unsigned code;
		const char *said;
	} cases[] = {
		{ APP_DCERPC, 5, "aborted application proven: rpc_refused" },
		{ APP_SMB, 0xc0000022, "aborted application proven: smb_status" },
		{ APP_NMF, 0, "aborted application proven: nmf_fault" },
		{ APP_DHCP, 6, "aborted application proven: dhcp_nak" },
		{ APP_SIP, 403, "aborted application proven: sip_status" },
		{ APP_TURN, 486, "aborted application proven: stun_error" },
	};
	struct stage g;

	begin(&g);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		answered(&g, cases[i].app, cases[i].code);
		SAME(outcome(&g), cases[i].said);
		CU_ASSERT_EQUAL(g.o.evidence[0].value, cases[i].code);
		CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.ident.answer.frame);
	}
	scene_close(&g.s);
}

static void after_a_success_nothing_refuses(void)
{
	struct stage g;

	begin(&g);
	CU_ASSERT_TRUE(refuses(&g, APP_MSTURN, 486, "stun_error"));
	g.t.ident.accepted_frame = 1;
	SAME(outcome(&g), "established");
	alert(&g);
	g.t.ident.accepted_frame = 1;
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

static void midstream(void)
{
	struct stage g;

	begin(&g);
	talk_midstream(&g.s, &g.t, FROM, TO);
	SAME(outcome(&g), "established: midstream");
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.flow.first_frame);
	talk_rst(&g.t, 1, 60);
	SAME(outcome(&g), "established: midstream");
	/* A reset of something that nobody saw. */
	talk_midstream(&g.s, &g.t, FROM, TO);
	talk_rst(&g.t, 1, 60);
	g.t.notes.data.packets[0] = g.t.notes.data.packets[1] = 0;
	SAME(outcome(&g), "unknown: midstream");
	g.t.notes.data.packets[g.t.end[1]] = 1;
	SAME(outcome(&g), "established: midstream");
	/* The same with acknowledgements alone. */
	talk_midstream(&g.s, &g.t, FROM, TO);
	g.t.noted = false;
	SAME(outcome(&g), "established: midstream");
	g.t.flow.packets[g.t.end[1]] = 0;
	SAME(outcome(&g), "one_sided: midstream");
	scene_close(&g.s);
}

static void midstream_with_a_syn_ack_was_seen_to_open(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	g.t.notes.syn.count = 0;
	talk_rst(&g.t, 1, 60);
	SAME(outcome(&g), "aborted unknown likely: midstream rst_after_handshake");
	scene_close(&g.s);
}

static void peer_never_seen(void)
{
	struct stage g;

	begin(&g);
	talk_midstream(&g.s, &g.t, FROM, TO);
	g.t.flow.packets[g.t.end[1]] = 0;
	SAME(outcome(&g), "one_sided: midstream single_direction");
	/* The SYN-ACK of somebody whose SYN went another way. */
	talk_tcp(&g.s, &g.t, FROM, TO);
	g.t.flow.packets[g.t.end[0]] = 0;
	g.t.notes.syn.count = 0;
	SAME(outcome(&g), "one_sided: midstream single_direction");
	scene_close(&g.s);
}

static void datagrams(void)
{
	struct stage g;

	begin(&g);
	talk_udp(&g.s, &g.t, FROM, TO, 3);
	SAME(outcome(&g), "no_reply: udp_unanswered");
	CU_ASSERT_EQUAL(g.o.evidence[0].count, 3);
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.flow.first_frame);
	talk_data(&g.t, 1);
	SAME(outcome(&g), "established");
	talk_udp(&g.s, &g.t, FROM, TO, 3);
	talk_icmp(&g.t, 3, 3, SERVER, 0);
	SAME(outcome(&g), PORT_PEER);
	talk_icmp(&g.t, 3, 3, FIREWALL, 0);
	SAME(outcome(&g), PORT_THIRD);
	/* SCTP is followed no further than UDP. */
	talk_udp(&g.s, &g.t, FROM, TO, 1);
	g.t.flow.key.l4 = 132;
	SAME(outcome(&g), "no_reply: udp_unanswered");
	scene_close(&g.s);
}

static void stun_unanswered(void)
{
	static const enum app apps[] = { APP_STUN, APP_TURN, APP_MSTURN };
	struct stage g;

	begin(&g);
	for (size_t i = 0; i < ARRAY_SIZE(apps); i++) {
		talk_udp(&g.s, &g.t, FROM, TO, 5);
		talk_app(&g.t, apps[i]);
		g.t.ident.stun_requests = 2;
		SAME(outcome(&g), "no_reply: stun_unanswered");
		CU_ASSERT_EQUAL(g.o.evidence[0].count, 5);
		CU_ASSERT_EQUAL(g.o.evidence[0].value, 2);
		CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.flow.first_frame + 10);
	}
	scene_close(&g.s);
}

/* ICE: both ends ask, and the box between lets no answer through. */
static void requests_both_ways_are_no_answer(void)
{
	struct stage g;

	begin(&g);
	talk_udp(&g.s, &g.t, FROM, TO, 3);
	talk_data(&g.t, 1);
	talk_app(&g.t, APP_STUN);
	g.t.ident.datagrams[0] = 3;
	g.t.ident.datagrams[1] = 1;
	g.t.ident.stun_sent = 4;
	SAME(outcome(&g), "no_reply: stun_unanswered");
	/* One that is no request: data goes both ways. */
	g.t.ident.stun_sent = 3;
	SAME(outcome(&g), "established");
	g.t.ident.stun_sent = 4;
	g.t.ident.stun_answers = 1;
	SAME(outcome(&g), "established");
	/* More came than was looked at. */
	g.t.ident.stun_answers = 0;
	g.t.flow.packets[0]++;
	SAME(outcome(&g), "unknown: stun_unanswered");
	scene_close(&g.s);
}

/* ---- relays on TCP ------------------------------------------------------------------------- */

/* Pseudo-TLS sent by [0], and what the relay's side said to it. */
static void pseudo(struct stage *g, uint8_t seen, bool answer)
{
	talk_tcp(&g->s, &g->t, FROM, TO);
	talk_data(&g->t, 0);
	if (answer)
		talk_data(&g->t, 1);
	talk_app(&g->t, APP_PSEUDO_TLS);
	g->t.ident.stun_requests = g->t.ident.stun_sent = 0;
	g->t.ident.pseudo = seen;
}

static void pseudo_tls_intercepted(void)
{
	struct stage g;

	begin(&g);
	pseudo(&g, PSEUDO_ASKED, true);
	g.t.ident.seen |= APP_BIT(APP_TLS);
	g.t.ident.tls.server_hello = true;
	SAME(outcome(&g), "aborted network likely: pseudo_tls_intercepted");
	CU_ASSERT_EQUAL(g.o.evidence[0].value, APP_TLS);
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.flow.first_frame + 11);
	g.t.ident.tls.server_cert = true;
	SAME(outcome(&g), "aborted network proven: pseudo_tls_intercepted");
	/* An alert is the box's, not the application's. */
	pseudo(&g, PSEUDO_ASKED, true);
	g.t.ident.tls.alert_frame = 7;
	g.t.ident.tls.alert_level = 2;
	SAME(outcome(&g), "aborted network likely: pseudo_tls_intercepted");
	CU_ASSERT_EQUAL(g.o.evidence[0].value, APP_TLS);
	pseudo(&g, PSEUDO_ASKED, true);
	g.t.ident.seen |= APP_BIT(APP_HTTP);
	SAME(outcome(&g), "aborted network likely: pseudo_tls_intercepted");
	CU_ASSERT_EQUAL(g.o.evidence[0].value, APP_HTTP);
	scene_close(&g.s);
}

static void pseudo_tls_and_other_bytes(void)
{
	struct stage g;

	begin(&g);
	pseudo(&g, PSEUDO_ASKED, true);
	g.t.ident.examined[g.t.end[1]] = PSEUDO_ANSWER_SIZE;
	SAME(outcome(&g), "aborted network likely: pseudo_tls_intercepted");
	CU_ASSERT_EQUAL(g.o.evidence[0].value, APP_NONE);
	/* Too few to tell, or not all that came. */
	g.t.ident.examined[g.t.end[1]] = PSEUDO_ANSWER_SIZE - 1;
	SAME(outcome(&g), "unknown: stun_unanswered");
	g.t.ident.examined[g.t.end[1]] = PSEUDO_ANSWER_SIZE;
	g.t.ident.cut = true;
	SAME(outcome(&g), "unknown: stun_unanswered");
	scene_close(&g.s);
}

static void pseudo_tls_reset_at_once(void)
{
	struct stage g;

	begin(&g);
	pseudo(&g, PSEUDO_ASKED, false);
	talk_rst(&g.t, 1, 60);
	SAME(outcome(&g), "aborted network likely: rst_after_request pseudo_tls_intercepted");
	CU_ASSERT_EQUAL(g.o.evidence[1].value2, 1);
	CU_ASSERT_EQUAL(g.o.evidence[1].frames[0], g.t.flow.first_frame + 20);
	/* The client gave up. */
	pseudo(&g, PSEUDO_ASKED, false);
	talk_rst(&g.t, 0, 128);
	SAME(outcome(&g), "established: initiator_reset");
	scene_close(&g.s);
}

/* A box that lets TLS pass, and resets what is none. */
static void relay_reset_behind_pseudo_tls(void)
{
	struct stage g;

	begin(&g);
	pseudo(&g, PSEUDO_ASKED | PSEUDO_ANSWERED, true);
	g.t.ident.stun_requests = 1;
	talk_rst(&g.t, 1, 60);
	SAME(outcome(&g), "aborted unknown likely: rst_after_request");
	g.t.ident.stun_answers = 1;
	SAME(outcome(&g), "established");
	/* Nothing was asked of the relay yet: a connection that was no longer wanted. */
	g.t.ident.stun_answers = g.t.ident.stun_requests = 0;
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

static void relay_that_never_answers(void)
{
	struct stage g;

	begin(&g);
	pseudo(&g, PSEUDO_ASKED, false);
	SAME(outcome(&g), "unknown: stun_unanswered");
	CU_ASSERT_EQUAL(g.o.evidence[0].value2, 1);
	CU_ASSERT_EQUAL(g.o.evidence[0].count, 1);
	/* The pair alone, kept for later: the relay did answer. */
	pseudo(&g, PSEUDO_ASKED | PSEUDO_ANSWERED, true);
	SAME(outcome(&g), "established");
	g.t.ident.stun_requests = 1;
	g.t.ident.stun_sent = 2;
	SAME(outcome(&g), "unknown: stun_unanswered");
	CU_ASSERT_EQUAL(g.o.evidence[0].value, 1);
	CU_ASSERT_EQUAL(g.o.evidence[0].value2, 0);
	CU_ASSERT_EQUAL(g.o.evidence[0].count, 2);
	/* It said more than its hello. */
	g.t.notes.data.bytes[g.t.end[1]] = PSEUDO_ANSWER_SIZE + 1;
	SAME(outcome(&g), "established");
	/* A check of ICE over TCP, without any hello. */
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data(&g.t, 0);
	talk_app(&g.t, APP_STUN);
	SAME(outcome(&g), "unknown: stun_unanswered");
	talk_data(&g.t, 1);
	SAME(outcome(&g), "established");
	scene_close(&g.s);
}

static void half_of_a_datagram_dialogue(void)
{
	struct stage g;

	begin(&g);
	talk_udp(&g.s, &g.t, FROM, TO, 5);
	talk_app(&g.t, APP_RTP);
	SAME(outcome(&g), "one_sided: single_direction");
	talk_app(&g.t, APP_RTCP);
	SAME(outcome(&g), "one_sided: single_direction");
	/* Indications, and what MSTURN sends through the relay: nobody has to answer those. */
	talk_app(&g.t, APP_STUN);
	g.t.ident.stun_requests = 0;
	SAME(outcome(&g), "one_sided: single_direction");
	talk_app(&g.t, APP_MSTURN);
	g.t.ident.stun_requests = 0;
	SAME(outcome(&g), "one_sided: single_direction");
	/* Answers without their requests. */
	talk_udp(&g.s, &g.t, FROM, TO, 5);
	g.t.flow.packets[g.t.end[1]] = 5;
	g.t.flow.packets[g.t.end[0]] = 0;
	SAME(outcome(&g), "one_sided: single_direction");
	scene_close(&g.s);
}

static void groups_owe_no_answer(void)
{
	static const char *const groups[] = { "255.255.255.255:67", "239.1.2.3:5000",
					      "[ff02::1:2]:547" };
	struct stage g;

	begin(&g);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		talk_udp(&g.s, &g.t, i == 2 ? "[2001:db8::1]:546" : CLIENT ":68", groups[i], 5);
		SAME(outcome(&g), "unknown: group_destination");
		CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], g.t.flow.first_frame);
	}
	scene_close(&g.s);
}

static void what_the_capture_lost(void)
{
	struct stage g;

	begin(&g);
	talk_tcp(&g.s, &g.t, FROM, TO);
	talk_data_both(&g.t);
	g.t.flow.flags = FLOW_GAP;
	g.t.notes.gap_frame = 42;
	SAME(outcome(&g), "established: gap");
	CU_ASSERT_EQUAL(g.o.evidence[0].frames[0], 42);
	g.t.flow.flags = FLOW_CUT;
	SAME(outcome(&g), "established: snaplen");
	g.t.flow.flags = 0;
	g.t.flow.end = FLOW_END_EVICTED;
	SAME(outcome(&g), "established: evicted");
	g.t.flow.end = FLOW_END_IDLE;
	SAME(outcome(&g), "established");
	/* A gap that nothing was noted of. */
	g.t.flow.flags = FLOW_GAP;
	g.t.noted = false;
	SAME(outcome(&g), "established: midstream gap");
	CU_ASSERT_EQUAL(g.o.evidence[1].frames[0], 0);
	scene_close(&g.s);
}

static void evidence_has_room_for_sixteen(void)
{
	struct opinion o = { 0 };

	for (unsigned i = 0; i < OPINION_EVIDENCE; i++) {
		struct evidence *e = opinion_add(&o, EVIDENCE_GAP, i + 1);

		CU_ASSERT_PTR_EQUAL(e, &o.evidence[i]);
		CU_ASSERT_EQUAL(e->frames[0], i + 1);
		CU_ASSERT_EQUAL(e->count, 1);
		CU_ASSERT_EQUAL(o.judged.evidence_count, i + 1);
	}
	CU_ASSERT_PTR_NOT_NULL(opinion_add(&o, EVIDENCE_EVICTED, 99));
	CU_ASSERT_EQUAL(o.judged.evidence_count, OPINION_EVIDENCE);
	CU_ASSERT_EQUAL(o.evidence[OPINION_EVIDENCE - 2].frames[0], OPINION_EVIDENCE - 1);
}

extern CU_TestInfo tests_outcome[];
CU_TestInfo tests_outcome[] = {
	{ "a handshake is established, whatever happens after data both ways", open_connections },
	{ "a SYN-ACK that nobody acknowledged is unknown", answered_but_not_heard },
	{ "a SYN answered by a reset is refused by the host", syn_answered_by_a_reset },
	{ "unanswered SYNs are counted and timed", silence },
	{ "a later acknowledgement, data or reset proves an answer",
	  later_acknowledgement_proves_an_answer },
	{ "data both ways makes up for a missing SYN-ACK", missing_syn_ack_is_no_silence },
	{ "every ICMPv4 code is read as documented", icmp_v4_codes },
	{ "every ICMPv6 code is read as documented", icmp_v6_codes },
	{ "an ICMP error about the responder's packet blocks nobody",
	  icmp_about_the_responder_is_no_block_of_the_initiator },
	{ "an ICMP error decides until data went both ways", icmp_before_data_both_ways_decides },
	{ "a responder's reset aborts, by how far it got", reset_kills_what_was_opened },
	{ "the initiator's own reset is no block", initiators_own_reset_is_no_block },
	{ "a reset instead of a ServerHello aborts", killed_handshake_after_data_both_ways },
	{ "first data sent three times and never acknowledged aborts", data_never_acknowledged },
	{ "a moment, a shut window or a small path swallow data, too",
	  data_that_other_things_swallow },
	{ "a responder that closes without an answer aborts", closing_without_an_answer },
	{ "a client that gives up on its ClientHello leaves it open", clients_that_give_up },
	{ "a reset is a box's by its number, or when both ends get one", resets_by_what_sent_them },
	{ "prohibited is prohibited beside a reset, unreachable is not", icmp_beside_a_reset },
	{ "an ICMP error before the SYN-ACK is not about what opened", icmp_before_the_syn_ack },
	{ "SYNs that go on after the SYN-ACK say that it is lost", half_open },
	{ "arkime#1956: a lone SYN-ACK, or a reset to it, opens nothing", backscatter },
	{ "a fatal TLS alert aborts until the handshake is complete", tls_alert_before_completion },
	{ "STUN errors refuse, but not 300, 401, 438 and 487", stun_errors },
	{ "SIP and HTTP refuse with some codes each", sip_and_http_answers },
	{ "proxies refuse for the network", proxies_refuse_for_the_network },
	{ "clear HTTP in answer to a TLS hello aborts", clear_http_answers_tls },
	{ "every protocol's refusal has its own evidence", every_refusal_has_its_own_evidence },
	{ "after a success no answer and no alert refuses", after_a_success_nothing_refuses },
	{ "a flow picked up midstream is established by packets both ways", midstream },
	{ "a SYN-ACK without its SYN is an opening all the same",
	  midstream_with_a_syn_ack_was_seen_to_open },
	{ "a peer that is never seen makes it one-sided", peer_never_seen },
	{ "datagrams are answered, refused or unanswered", datagrams },
	{ "unanswered STUN counts datagrams and requests", stun_unanswered },
	{ "requests both ways are no answer", requests_both_ways_are_no_answer },
	{ "pseudo-TLS answered by TLS or HTTP was intercepted", pseudo_tls_intercepted },
	{ "pseudo-TLS answered by other bytes was, where they are enough to tell",
	  pseudo_tls_and_other_bytes },
	{ "pseudo-TLS reset at once was", pseudo_tls_reset_at_once },
	{ "a relay reset behind pseudo-TLS never served", relay_reset_behind_pseudo_tls },
	{ "a relay on TCP that never answers is not established", relay_that_never_answers },
	{ "media one way, or answers alone, are half of something", half_of_a_datagram_dialogue },
	{ "a multicast or broadcast address owes no answer", groups_owe_no_answer },
	{ "gaps, cut packets and eviction are said", what_the_capture_lost },
	{ "an opinion holds sixteen items and no more", evidence_has_room_for_sixteen },
	CU_TEST_INFO_NULL
};
