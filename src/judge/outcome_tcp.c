/* What the network did with a TCP connection: attempt, handshake, first data, end. */
#include <string.h>

#include "flow/stream.h"
#include "judge/outcome.h"

/*
 * Segments sent again and never acknowledged before we call the path dead, and
 * the time over which: a capture that holds every packet twice shows them at once.
 */
#define BLACK_HOLE_TRIES 2
#define BLACK_HOLE_NS    (500 * NS_PER_MS)
/*
 * SYNs that go on this long after the SYN-ACK did not cross it on the way: the
 * second retransmission of the slowest schedule (facts/protocols.md 16.2).
 */
#define UNHEARD_NS (5 * NS_PER_S / 2)
/*
 * A client that wants something asks at once.  One that did not, this long after the
 * SYN-ACK, kept the connection in reserve, as browsers do.
 */
#define UNASKED_NS NS_PER_S
/* A handshake that waits this long for the client waits for its user, or for nobody. */
#define CLIENT_WAIT_NS (5 * NS_PER_S)

/* Endpoint that ended the connection first; 2: none did. */
static unsigned ended_by(const struct flow_notes *n)
{
	for (unsigned e = 0; e < 2; e++)
		if ((n->marks & FLOW_MARK_FIN_FIRST(e)) != 0)
			return e;
	return n->rst_frame != 0 ? n->rst_dir : 2;
}

/* A reset by the responder: its TTL is held against the host's own when the ledger settles. */
static void reset_by_responder(struct opinion *o, enum outcome outcome, enum evidence_code code)
{
	struct evidence *e = opinion_add(o, code, o->notes->rst_frame);

	e->value = o->notes->rst_ttl;
	e->count = o->notes->rst_count[o->judged.initiator ^ 1u];
	o->judged.rst_ttl = o->notes->rst_ttl;
	outcome_conclude(o, outcome, outcome == OUTCOME_REFUSED ? CAUSE_HOST : CAUSE_UNKNOWN,
			 GRADE_LIKELY);
	if (o->notes->rst_id == 0)
		return;
	e = opinion_add(o, EVIDENCE_RST_FOREIGN_ID, 0);
	e->value = o->notes->rst_id;
	e->value2 = o->notes->ip_id[o->judged.initiator ^ 1u];
	o->judged.cause = CAUSE_NETWORK;
}

static struct evidence *syn_evidence(struct opinion *o, enum evidence_code code)
{
	const struct flow_notes *n = o->notes;
	struct evidence *e = opinion_add(o, code, 0);

	memcpy(e->frames, n->syn.frames, sizeof(e->frames));
	e->count = n->syn.count;
	e->value = (uint32_t)((n->syn.last_ns - n->syn.first_ns) / NS_PER_MS);
	return e;
}

/* SYNs that no SYN-ACK answered. */
static void tcp_attempt(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator, to = from ^ 1u;
	enum flow_quote_strength said;

	if (!n->rst_refused &&
	    (n->acked[from] || n->data.packets[from] != 0 || n->data.packets[to] != 0)) {
		opinion_add(o, EVIDENCE_ANSWER_NOT_CAPTURED, n->data.frame[from]);
		outcome_set(o, OUTCOME_ONE_SIDED);
		return;
	}
	said = outcome_icmp_says(o);
	if (n->rst_refused) {
		/* Whoever says that he forbids it sends resets too, where he is told to. */
		reset_by_responder(o, OUTCOME_REFUSED, EVIDENCE_TCP_RST_SYN);
		(void)outcome_icmp_prohibits(o, said);
		return;
	}
	if (outcome_icmp_decides(o, said))
		return;
	if (n->stray != 0) {
		/* Whatever it meant, the path is open both ways and the host is there. */
		opinion_add(o, EVIDENCE_SYN_MISANSWERED,
			    n->stray == UINT32_MAX ? 0 : n->syn.frames[0] + n->stray);
		outcome_set(o, OUTCOME_UNKNOWN);
		return;
	}
	if (n->rst_frame != 0 && n->rst_dir == from) {
		/* It answered something with a reset: an answer that we do not hold. */
		opinion_add(o, EVIDENCE_INITIATOR_RESET, n->rst_frame);
		outcome_set(o, OUTCOME_ONE_SIDED);
		return;
	}
	(void)syn_evidence(o, EVIDENCE_SYN_UNANSWERED);
	outcome_set(o, OUTCOME_NO_REPLY);
}

static bool client_hello(const struct opinion *o)
{
	return o->ident != NULL && o->ident->tls.client_hello && !o->ident->tls.server_hello;
}

/* A box between told both ends, in the name of the other, that it is over. */
static void reset_both_ways(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	struct evidence *e = opinion_add(
		o, client_hello(o) ? EVIDENCE_RST_AFTER_CLIENT_HELLO : EVIDENCE_RST_AFTER_REQUEST,
		n->rst_frame);

	e->value = n->rst_ttl;
	e = opinion_add(o, EVIDENCE_RST_BOTH_WAYS, n->rst_frame);
	e->frames[1] = n->rst_frame + n->rst_pair;
	e->count = n->rst_count[0] + n->rst_count[1];
	if (n->rst_dir != o->judged.initiator)
		o->judged.rst_ttl = n->rst_ttl;
	outcome_conclude(o, OUTCOME_ABORTED, CAUSE_NETWORK, GRADE_LIKELY);
}

/* The initiator itself reset it. */
static void reset_by_initiator(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator;

	opinion_add(o, EVIDENCE_INITIATOR_RESET, n->rst_frame);
	/*
	 * A host that only resets never opened anything: the SYN-ACK answers a SYN
	 * that somebody sent in its name.  One that resets in place of finishing the
	 * handshake did not want it.  A client that asked and got nothing gave
	 * up; whose fault that is does not show.  Any other closed its own, as
	 * Windows does with the slower of 445 and 139.
	 */
	o->judged.opened = o->flow->packets[from] != n->rst_count[from];
	if (!o->judged.opened || client_hello(o) || (n->marks & FLOW_MARK_RST_UNFINISHED) != 0)
		outcome_set(o, OUTCOME_UNKNOWN);
	else
		outcome_set(o, OUTCOME_ESTABLISHED);
}

/*
 * Did the reset end nothing that anybody still waited for?  The initiator had closed, or
 * nobody had asked for anything.
 */
static bool reset_is_idle(const struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator, to = from ^ 1u;

	if ((n->marks & FLOW_MARK_FIN_FIRST(from)) != 0)
		return true;
	return n->data.packets[from] == 0 &&
	       ((n->marks & FLOW_MARK_FIN_FIRST(to)) != 0 || n->rst_ns - n->synack_ns > UNASKED_NS);
}

/* Opened, and reset by the responder, or in its name, before it proved itself. */
static void reset_opened(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	enum evidence_code code = EVIDENCE_RST_AFTER_REQUEST;

	if (n->rst_pair != 0) {
		reset_both_ways(o);
		return;
	}
	if (n->data.packets[o->judged.initiator] == 0)
		code = EVIDENCE_RST_AFTER_HANDSHAKE;
	else if (o->ident != NULL && o->ident->tls.client_hello)
		code = EVIDENCE_RST_AFTER_CLIENT_HELLO;
	if (reset_is_idle(o)) {
		opinion_add(o, code, n->rst_frame);
		outcome_set(o, OUTCOME_UNKNOWN);
	} else {
		reset_by_responder(o, OUTCOME_ABORTED, code);
	}
}

/* All that SCTP's responder said is that it will not (RFC 9260 8.4). */
bool outcome_of_abort(struct opinion *o)
{
	const struct flow_notes *n = o->notes;

	if (n == NULL || !n->rst_refused || n->rst_dir == o->judged.initiator)
		return false;
	reset_by_responder(o, OUTCOME_REFUSED, EVIDENCE_SCTP_ABORT);
	return true;
}

/* What the responder sent in place of the 83 bytes that a relay answers pseudo-TLS with. */
static enum app intruder(const struct ident *id)
{
	if ((id->seen & APP_BIT(APP_TLS)) != 0 || id->tls.alert_frame != 0)
		return APP_TLS;
	return id->seen & APP_BIT(APP_HTTP) ? APP_HTTP : APP_NONE;
}

/*
 * A box that takes the pseudo-TLS hello for TLS answers with a handshake, an alert, a
 * page or a reset (facts/protocols.md 3e); a relay with its hello or not at all.  A
 * certificate is beyond doubt: the hello offers nothing that could carry one.  True
 * when it decides.
 */
static bool hello_intercepted(struct opinion *o)
{
	const struct ident *id = o->ident;
	const struct flow_notes *n = o->notes;
	unsigned to = o->judged.initiator ^ 1u;
	bool reset = n->rst_frame != 0 && n->rst_dir == to && n->data.packets[to] == 0;
	struct evidence *e;
	enum app app;

	if (id == NULL || id->pseudo != PSEUDO_ASKED)
		return false;
	app = intruder(id);
	if (app == APP_NONE && !reset && (id->cut || id->examined[to] < PSEUDO_ANSWER_SIZE))
		return false;
	if (reset)
		reset_by_responder(o, OUTCOME_ABORTED, EVIDENCE_RST_AFTER_REQUEST);
	e = opinion_add(o, EVIDENCE_PSEUDO_TLS_INTERCEPTED,
			reset ? n->rst_frame : n->data.frame[to]);
	e->value = app;
	e->value2 = reset;
	outcome_conclude(o, OUTCOME_ABORTED, CAUSE_NETWORK,
			 id->tls.server_cert ? GRADE_PROVEN : GRADE_LIKELY);
	return true;
}

/* Pseudo-TLS went well, then the relay's side reset what followed: nothing was ever relayed. */
static bool relay_killed(const struct opinion *o)
{
	const struct ident *id = o->ident;
	const struct flow_notes *n = o->notes;

	return n->rst_frame != 0 && n->rst_dir != o->judged.initiator && id != NULL &&
	       id->pseudo == (PSEUDO_ASKED | PSEUDO_ANSWERED) && id->stun_requests != 0 &&
	       id->stun_answers == 0 && id->accepted_frame == 0;
}

/*
 * A request of STUN or its kin, or the pseudo-TLS hello before it, that nothing
 * answered: the connection is open, but what it is for never began.
 */
static bool relay_is_silent(struct opinion *o)
{
	const struct ident *id = o->ident;
	unsigned from = o->judged.initiator, to = from ^ 1u;
	struct evidence *e;

	if (id == NULL || (id->stun_requests == 0 && id->pseudo != PSEUDO_ASKED) ||
	    id->stun_answers != 0 || id->accepted_frame != 0 ||
	    o->notes->data.bytes[to] > (id->pseudo != 0 ? PSEUDO_ANSWER_SIZE : 0))
		return false;
	e = opinion_add(o, EVIDENCE_STUN_UNANSWERED, id->frame[from]);
	e->count = MAX(id->stun_sent, 1u);
	e->value = id->stun_requests;
	e->value2 = id->stun_requests == 0;
	outcome_set(o, OUTCOME_UNKNOWN);
	return true;
}

/* Did identification read every byte of the flow?  Then what it has not seen was not sent. */
static bool all_read(const struct opinion *o)
{
	const struct flow_notes *n = o->notes;

	for (unsigned e = 0; e < 2; e++) {
		uint32_t read = o->ident->examined[e];

		if (read < n->data.bytes[e] &&
		    (n->data.retransmitted[e] == 0 || read >= FLOW_STREAM_MAX))
			return false;
	}
	return !o->ident->cut && (o->flow->flags & FLOW_GAP) == 0;
}

/* The TLS handshake was not finished when endpoint @end ended the connection. */
static void tls_unfinished(struct opinion *o, unsigned end)
{
	const struct flow_notes *n = o->notes;
	const struct tls_facts *tls = &o->ident->tls;
	unsigned from = o->judged.initiator, to = from ^ 1u;
	bool fin = (n->marks & FLOW_MARK_FIN_FIRST(end)) != 0;
	bool waited = !tls->client_went_on && o->flow->last_ns - n->data.ns[to] > CLIENT_WAIT_NS;
	struct evidence *e;

	if (end == to && !fin && !waited && !tls->client_alert) {
		reset_by_responder(o, OUTCOME_ABORTED, EVIDENCE_TLS_CUT_SHORT);
		return;
	}
	e = opinion_add(o, EVIDENCE_TLS_CUT_SHORT, fin ? n->fin_frame[end] : n->rst_frame);
	e->value2 = end == from || tls->client_alert ? 1 : waited ? 2 : 0;
	if (e->value2 == 0)
		outcome_conclude(o, OUTCOME_ABORTED, CAUSE_UNKNOWN, GRADE_LIKELY);
	else
		outcome_set(o, OUTCOME_UNKNOWN);
}

/*
 * TLS that both began and one cut short: Schannel ends what it does not like without
 * an alert (MS-TLSP).  In TLS 1.3 the client's finish shows, but what the server made
 * of it does not before it sends more.  True when it decides.
 */
static bool tls_cut_short(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator, end = ended_by(n);
	const struct ident *id = o->ident;
	struct evidence *e;

	if (id == NULL || id->app != APP_TLS || !id->tls.server_hello || end > 1 || !all_read(o))
		return false;
	if (!id->tls.complete) {
		tls_unfinished(o, end);
		return true;
	}
	if (end == from || id->tls.tail == TLS_TAIL_MORE)
		return false;
	e = opinion_add(o, EVIDENCE_TLS_END_HIDDEN,
			n->fin_frame[end] != 0 ? n->fin_frame[end] : n->rst_frame);
	e->value = id->tls.tail == TLS_TAIL_ALERT;
	outcome_set(o, OUTCOME_UNKNOWN);
	return true;
}

/* A reset by the responder after both sent data still kills a TLS handshake that was under way. */
static bool handshake_killed(const struct opinion *o)
{
	const struct flow_notes *n = o->notes;

	return n->rst_frame != 0 && n->rst_dir != o->judged.initiator && client_hello(o) &&
	       o->ident->app == APP_TLS;
}

/*
 * The first data was sent again and never acknowledged: something on the path
 * lets handshakes through and not what follows.  A responder whose window is
 * shut, or a path that takes smaller packets only, swallows them as well.
 */
static bool data_vanishes(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator, to = from ^ 1u;
	struct evidence *e;

	if (n->data.packets[from] == 0 || n->data.packets[to] != 0 || n->acked[to] ||
	    n->data.retransmitted[from] == 0)
		return false;
	e = opinion_add(o, EVIDENCE_DATA_UNACKNOWLEDGED, n->data.frame[from]);
	e->count = n->data.retransmitted[from] + 1;
	e->value = (uint32_t)MIN((o->flow->last_ns - n->data.ns[from]) / NS_PER_MS, UINT32_MAX);
	e->value2 = ended_by(n) == from;
	if (n->data.retransmitted[from] < BLACK_HOLE_TRIES ||
	    o->flow->last_ns - n->data.ns[from] < BLACK_HOLE_NS ||
	    (n->marks & FLOW_MARK_ZERO_WINDOW(to)) != 0 || n->icmp.count != 0)
		outcome_set(o, OUTCOME_UNKNOWN);
	else
		outcome_conclude(o, OUTCOME_ABORTED, CAUSE_UNKNOWN, GRADE_LIKELY);
	return true;
}

/* Asked, not answered, and closed: by the responder that is as good as a reset (MS-TLSP). */
static bool closed_unanswered(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator, to = from ^ 1u;
	bool gave_up = (n->marks & FLOW_MARK_FIN_FIRST(from)) != 0 && client_hello(o);
	struct evidence *e;

	if (n->data.packets[from] == 0 || n->data.packets[to] != 0 ||
	    (!gave_up && (n->marks & FLOW_MARK_FIN_FIRST(to)) == 0))
		return false;
	e = opinion_add(o, EVIDENCE_CLOSED_UNANSWERED, n->fin_frame[gave_up ? from : to]);
	e->value = gave_up;
	if (gave_up)
		outcome_set(o, OUTCOME_UNKNOWN);
	else
		outcome_conclude(o, OUTCOME_ABORTED, CAUSE_UNKNOWN, GRADE_LIKELY);
	return true;
}

static void tcp_opened(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	bool both = n->data.packets[0] != 0 && n->data.packets[1] != 0;
	bool by_responder = n->rst_frame != 0 && n->rst_dir != o->judged.initiator;
	enum flow_quote_strength said;

	o->judged.opened = true;
	if (hello_intercepted(o) || outcome_refused_by_application(o))
		return;
	if (both && tls_cut_short(o))
		return;
	if (both && !handshake_killed(o) && !relay_killed(o)) {
		if (!relay_is_silent(o))
			outcome_set(o, OUTCOME_ESTABLISHED);
		return;
	}
	said = outcome_icmp_says(o);
	if (outcome_icmp_prohibits(o, said))
		return;
	if ((o->flow->flags & FLOW_GAP) != 0) {
		outcome_set(o, OUTCOME_UNKNOWN); /* the answer may be what the capture lacks */
		return;
	}
	if (by_responder || n->rst_pair != 0) {
		reset_opened(o);
		return;
	}
	if (outcome_icmp_decides(o, said) || data_vanishes(o) || closed_unanswered(o))
		return;
	if (n->rst_frame != 0)
		reset_by_initiator(o);
	else if (!relay_is_silent(o))
		outcome_set(o, OUTCOME_ESTABLISHED);
}

/* The initiator sent nothing but its SYNs, and nothing shows that the handshake went on. */
static bool only_syns(const struct opinion *o)
{
	const struct flow_notes *n = o->notes;

	return n->syn.count != 0 && o->flow->packets[o->judged.initiator] == n->syn.count &&
	       n->data.packets[0] == 0 && n->data.packets[1] == 0;
}

/*
 * Answered, and the initiator never said that it heard.  When it repeats its SYN
 * all the same, the answer is lost between the capture and it.
 */
static void tcp_unheard(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	bool lost = n->synack_count > 1 && n->syn.last_ns - n->synack_ns >= UNHEARD_NS;

	if (outcome_answers_prohibited(o, 1))
		return;
	syn_evidence(o, EVIDENCE_SYNACK_UNHEARD)->value2 = lost;
	if (lost)
		outcome_conclude(o, OUTCOME_NO_REPLY, CAUSE_UNKNOWN, GRADE_LIKELY);
	else
		outcome_set(o, OUTCOME_UNKNOWN);
}

void outcome_of_tcp(struct opinion *o)
{
	const struct flow *f = o->flow;
	const struct flow_notes *n = o->notes;
	bool both_sent = f->packets[0] != 0 && f->packets[1] != 0;

	if (n == NULL) { /* bare ACKs of a flow that was open before the capture */
		opinion_add(o, EVIDENCE_MIDSTREAM, o->judged.first_frame);
		outcome_set(o, both_sent ? OUTCOME_ESTABLISHED : OUTCOME_ONE_SIDED);
		return;
	}
	if (n->syn.count != 0 && n->synack_frame == 0 &&
	    !(n->data.packets[0] != 0 && n->data.packets[1] != 0)) {
		tcp_attempt(o);
		return;
	}
	if (n->syn.count == 0)
		opinion_add(o, EVIDENCE_MIDSTREAM, o->judged.first_frame);
	if (!both_sent) {
		opinion_add(o, EVIDENCE_SINGLE_DIRECTION, o->judged.first_frame);
		outcome_set(o, OUTCOME_ONE_SIDED);
		return;
	}
	if (f->state == FLOW_SYN_ACKED || only_syns(o)) {
		tcp_unheard(o);
		return;
	}
	if (n->syn.count == 0 && n->synack_frame == 0) {
		/* Nobody saw it open, so nothing tells whether a reset cut it short. */
		bool stray = f->state == FLOW_RESET && n->data.packets[0] == 0 &&
			     n->data.packets[1] == 0;

		outcome_set(o, stray ? OUTCOME_UNKNOWN : OUTCOME_ESTABLISHED);
		return;
	}
	tcp_opened(o);
}
