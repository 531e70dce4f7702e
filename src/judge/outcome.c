/*
 * What the network did with one flow.
 *
 * Read from the strongest fact down: data both ways, then an answer that ends
 * the attempt (reset, ICMP, a refusal of the application), then signs that the
 * capture holds one direction only, and silence last.  Silence is provisional
 * here; only the whole capture tells whether an answer could have been seen.
 */
#include "judge/opinion.h"

#include <netinet/in.h>
#include <string.h>

#include "flow/quote.h"

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

struct evidence *opinion_add(struct opinion *o, enum evidence_code code, uint64_t frame)
{
	struct judged *j = &o->judged;
	struct evidence *e = &o->evidence[j->evidence_count];

	*e = (struct evidence){ .code = (uint8_t)code, .frames = { frame }, .count = 1 };
	if (j->evidence_count < OPINION_EVIDENCE)
		j->evidence_count++;
	return e;
}

static void set(struct opinion *o, enum outcome outcome)
{
	o->judged.outcome = (uint8_t)outcome;
}

static void conclude(struct opinion *o, enum outcome outcome, enum cause cause, enum grade grade)
{
	set(o, outcome);
	o->judged.cause = (uint8_t)cause;
	o->judged.grade = (uint8_t)grade;
}

/*
 * What an error says, as the flow room ranks it.  A code that no RFC assigns
 * says nothing that a verdict could rest on.
 */
static enum flow_quote_strength icmp_strength(const struct flow_icmp *icmp)
{
	unsigned last = icmp->version == 4 ? 15 : 7; /* RFC 1812 5.2.7.1, RFC 4443 3.1 */

	return icmp->code > last ? FLOW_QUOTE_OTHER
				 : flow_quote_strength(icmp->version, icmp->type, icmp->code);
}

/*
 * Put the ICMP error of the flow into evidence.
 *
 * Return: what it says of the initiator's packets; FLOW_QUOTE_DELIVERABLE where it
 *	   is about the responder's, or came before the SYN-ACK of a flow that then
 *	   opened: what refused an earlier SYN let a later one through
 */
static enum flow_quote_strength icmp_says(struct opinion *o)
{
	static const enum evidence_code codes[] = {
		[FLOW_QUOTE_DELIVERABLE] = EVIDENCE_ICMP_OTHER,
		[FLOW_QUOTE_OTHER] = EVIDENCE_ICMP_OTHER,
		[FLOW_QUOTE_UNREACHABLE] = EVIDENCE_ICMP_UNREACHABLE,
		[FLOW_QUOTE_PORT] = EVIDENCE_ICMP_PORT_UNREACHABLE,
		[FLOW_QUOTE_PROHIBITED] = EVIDENCE_ICMP_ADMIN_PROHIBITED,
	};
	const struct flow_icmp *icmp;
	enum flow_quote_strength strength;
	struct evidence *e;

	if (o->notes == NULL || o->notes->icmp.count == 0)
		return FLOW_QUOTE_DELIVERABLE;
	icmp = &o->notes->icmp;
	strength = icmp_strength(icmp);
	e = opinion_add(o, codes[strength], 0);
	memcpy(e->frames, icmp->frames, sizeof(e->frames));
	e->count = icmp->count;
	e->from = icmp->from;
	e->value = (uint32_t)icmp->type << 8 | icmp->code;
	e->value2 = icmp->version;
	if (icmp->victim != o->judged.initiator ||
	    (o->notes->synack_frame != 0 && icmp->first_ns < o->notes->synack_ns))
		return FLOW_QUOTE_DELIVERABLE;
	return strength;
}

/* Somebody said that he forbids it.  True when that decides the flow. */
static bool icmp_prohibits(struct opinion *o, enum flow_quote_strength said)
{
	if (said == FLOW_QUOTE_PROHIBITED ||
	    (said == FLOW_QUOTE_PORT && !o->notes->icmp.from_peer)) {
		conclude(o, OUTCOME_PROHIBITED, CAUSE_NETWORK, GRADE_PROVEN);
		return true;
	}
	return false;
}

/* What an ICMP error about a packet of the initiator makes of a flow without an answer. */
static bool icmp_decides(struct opinion *o, enum flow_quote_strength said)
{
	switch (said) {
	case FLOW_QUOTE_PROHIBITED:
		return icmp_prohibits(o, said);
	case FLOW_QUOTE_PORT:
		if (!icmp_prohibits(o, said))
			conclude(o, OUTCOME_REFUSED, CAUSE_HOST, GRADE_PROVEN);
		return true;
	case FLOW_QUOTE_UNREACHABLE: /* routing, or a firewall choosing it */
		conclude(o, OUTCOME_NO_REPLY, CAUSE_UNKNOWN, GRADE_LIKELY);
		return true;
	case FLOW_QUOTE_OTHER:
	case FLOW_QUOTE_DELIVERABLE:
		break;
	}
	return false;
}

/* Statuses that refuse; other errors are about one call or page (facts/protocols.md 7e, 9e). */
static bool status_refuses(enum app app, unsigned code)
{
	static const uint16_t sip[] = { 403, 415, 420, 488, 500, 503, 504, 606 };
	static const uint16_t http[] = { 403, 407, 502, 503, 504, 511 };
	const uint16_t *codes = app == APP_SIP ? sip : http;
	size_t count = app == APP_SIP ? ARRAY_SIZE(sip) : ARRAY_SIZE(http);

	for (size_t i = 0; i < count; i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* The evidence that an answer is, or EVIDENCE_COUNT where it refuses nothing. */
static enum evidence_code refusal_evidence(const struct app_answer *answer)
{
	enum app app = (enum app)answer->app;

	switch (app) {
	case APP_SIP:
		return status_refuses(app, answer->code) ? EVIDENCE_SIP_STATUS : EVIDENCE_COUNT;
	case APP_HTTP:
		if (!status_refuses(app, answer->code))
			return EVIDENCE_COUNT;
		return answer->proxy ? EVIDENCE_PROXY_ANSWER : EVIDENCE_HTTP_STATUS;
	case APP_STUN:
	case APP_TURN:
	case APP_MSTURN:
		return app_code_is_normal(app, answer->code) ? EVIDENCE_COUNT : EVIDENCE_STUN_ERROR;
	case APP_DCERPC:
		return EVIDENCE_RPC_REFUSED;
	case APP_SMB:
		return EVIDENCE_SMB_STATUS;
	case APP_DHCP:
		return EVIDENCE_DHCP_NAK;
	case APP_NMF:
		return EVIDENCE_NMF_FAULT;
	case APP_NONE:
	case APP_TLS:
	case APP_PSEUDO_TLS:
	case APP_DTLS:
	case APP_RTP:
	case APP_RTCP:
	case APP_SQLR:
	case APP_MSNFTP:
	case APP_TDS:
	case APP_COUNT:
		break;
	}
	return EVIDENCE_COUNT;
}

/* A redirection, or a demand to log on to the network (RFC 6585 6), to who spoke TLS. */
static bool is_portal(unsigned status)
{
	return (status >= 300 && status < 400) || status == 511;
}

/* Clear HTTP in answer to a TLS hello: a box between, or a listener that is not TLS's. */
static void refused_in_clear(struct opinion *o)
{
	const struct app_answer *answer = &o->ident->answer;
	struct evidence *e = opinion_add(o, EVIDENCE_HTTP_TO_TLS, answer->frame);
	bool between = answer->proxy || is_portal(answer->code);

	e->value = answer->code;
	e->value2 = between;
	conclude(o, OUTCOME_ABORTED, between ? CAUSE_NETWORK : CAUSE_APPLICATION, GRADE_PROVEN);
}

/* The application itself said no before anything succeeded.  True when it did. */
static bool application_refuses(struct opinion *o)
{
	const struct ident *id = o->ident;
	enum evidence_code code;
	struct evidence *e;

	if (id == NULL || id->accepted_frame != 0)
		return false;
	if (id->tls.alert_frame != 0 && id->tls.alert_level == 2 && !id->tls.complete) {
		e = opinion_add(o, EVIDENCE_TLS_ALERT, id->tls.alert_frame);
		e->value = id->tls.alert_description;
		e->value2 = id->tls.alert_dir == o->judged.initiator;
		conclude(o, OUTCOME_ABORTED, CAUSE_APPLICATION, GRADE_PROVEN);
		return true;
	}
	if (id->answer.frame == 0)
		return false;
	if (ident_http_to_tls(id)) {
		refused_in_clear(o);
		return true;
	}
	code = refusal_evidence(&id->answer);
	if (code == EVIDENCE_COUNT)
		return false;
	e = opinion_add(o, code, id->answer.frame);
	e->value = id->answer.code;
	conclude(o, OUTCOME_ABORTED,
		 code == EVIDENCE_PROXY_ANSWER ? CAUSE_NETWORK : CAUSE_APPLICATION, GRADE_PROVEN);
	return true;
}

/* A reset by the responder: its TTL is held against the host's own when the ledger settles. */
static void reset_by_responder(struct opinion *o, enum outcome outcome, enum evidence_code code)
{
	struct evidence *e = opinion_add(o, code, o->notes->rst_frame);

	e->value = o->notes->rst_ttl;
	e->count = o->notes->rst_count[o->judged.initiator ^ 1u];
	o->judged.rst_ttl = o->notes->rst_ttl;
	conclude(o, outcome, outcome == OUTCOME_REFUSED ? CAUSE_HOST : CAUSE_UNKNOWN, GRADE_LIKELY);
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
	    (n->acked[from] || n->data_packets[from] != 0 || n->data_packets[to] != 0)) {
		opinion_add(o, EVIDENCE_ANSWER_NOT_CAPTURED, n->data_frame[from]);
		set(o, OUTCOME_ONE_SIDED);
		return;
	}
	said = icmp_says(o);
	if (n->rst_refused) {
		/* Whoever says that he forbids it sends resets too, where he is told to. */
		reset_by_responder(o, OUTCOME_REFUSED, EVIDENCE_TCP_RST_SYN);
		(void)icmp_prohibits(o, said);
		return;
	}
	if (icmp_decides(o, said))
		return;
	if (n->rst_frame != 0 && n->rst_dir == from) {
		/* It answered something with a reset: an answer that we do not hold. */
		opinion_add(o, EVIDENCE_INITIATOR_RESET, n->rst_frame);
		set(o, OUTCOME_ONE_SIDED);
		return;
	}
	(void)syn_evidence(o, EVIDENCE_SYN_UNANSWERED);
	set(o, OUTCOME_NO_REPLY);
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
	conclude(o, OUTCOME_ABORTED, CAUSE_NETWORK, GRADE_LIKELY);
}

/* The initiator itself reset it. */
static void reset_by_initiator(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator;

	opinion_add(o, EVIDENCE_INITIATOR_RESET, n->rst_frame);
	/*
	 * A host that only resets never opened anything: the SYN-ACK answers a SYN
	 * that somebody sent in its name.  A client that asked and got nothing gave
	 * up; whose fault that is does not show.  Any other closed its own, as
	 * Windows does with the slower of 445 and 139.
	 */
	o->judged.opened = o->flow->packets[from] != n->rst_count[from];
	if (!o->judged.opened || client_hello(o))
		set(o, OUTCOME_UNKNOWN);
	else
		set(o, OUTCOME_ESTABLISHED);
}

/* Opened, and reset by the responder, or in its name, before it proved itself. */
static void reset_opened(struct opinion *o)
{
	const struct flow_notes *n = o->notes;

	if (n->rst_pair != 0)
		reset_both_ways(o);
	else if (n->data_packets[o->judged.initiator] == 0)
		reset_by_responder(o, OUTCOME_ABORTED, EVIDENCE_RST_AFTER_HANDSHAKE);
	else if (o->ident != NULL && o->ident->tls.client_hello)
		reset_by_responder(o, OUTCOME_ABORTED, EVIDENCE_RST_AFTER_CLIENT_HELLO);
	else
		reset_by_responder(o, OUTCOME_ABORTED, EVIDENCE_RST_AFTER_REQUEST);
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
	bool reset = n->rst_frame != 0 && n->rst_dir == to && n->data_packets[to] == 0;
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
			reset ? n->rst_frame : n->data_frame[to]);
	e->value = app;
	e->value2 = reset;
	conclude(o, OUTCOME_ABORTED, CAUSE_NETWORK,
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
	    o->notes->data_bytes[to] > (id->pseudo != 0 ? PSEUDO_ANSWER_SIZE : 0))
		return false;
	e = opinion_add(o, EVIDENCE_STUN_UNANSWERED, id->frame[from]);
	e->count = MAX(id->stun_sent, 1u);
	e->value = id->stun_requests;
	e->value2 = id->stun_requests == 0;
	set(o, OUTCOME_UNKNOWN);
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

	if (n->data_packets[from] == 0 || n->data_packets[to] != 0 || n->acked[to] ||
	    n->retransmitted[from] == 0)
		return false;
	e = opinion_add(o, EVIDENCE_DATA_UNACKNOWLEDGED, n->data_frame[from]);
	e->count = n->retransmitted[from] + 1;
	if (n->retransmitted[from] < BLACK_HOLE_TRIES ||
	    o->flow->last_ns - n->data_ns[from] < BLACK_HOLE_NS ||
	    (n->marks & FLOW_MARK_ZERO_WINDOW(to)) != 0 || n->icmp.count != 0)
		set(o, OUTCOME_UNKNOWN);
	else
		conclude(o, OUTCOME_ABORTED, CAUSE_UNKNOWN, GRADE_LIKELY);
	return true;
}

/* Asked, not answered, and closed: by the responder that is as good as a reset (MS-TLSP). */
static bool closed_unanswered(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	unsigned from = o->judged.initiator, to = from ^ 1u;
	bool gave_up = (n->marks & FLOW_MARK_FIN_FIRST(from)) != 0 && client_hello(o);
	struct evidence *e;

	if (n->data_packets[from] == 0 || n->data_packets[to] != 0 ||
	    (!gave_up && (n->marks & FLOW_MARK_FIN_FIRST(to)) == 0))
		return false;
	e = opinion_add(o, EVIDENCE_CLOSED_UNANSWERED, n->fin_frame[gave_up ? from : to]);
	e->value = gave_up;
	if (gave_up)
		set(o, OUTCOME_UNKNOWN);
	else
		conclude(o, OUTCOME_ABORTED, CAUSE_UNKNOWN, GRADE_LIKELY);
	return true;
}

static void tcp_opened(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	bool both = n->data_packets[0] != 0 && n->data_packets[1] != 0;
	bool by_responder = n->rst_frame != 0 && n->rst_dir != o->judged.initiator;
	enum flow_quote_strength said;

	o->judged.opened = true;
	if (hello_intercepted(o) || application_refuses(o))
		return;
	if (both && !handshake_killed(o) && !relay_killed(o)) {
		if (!relay_is_silent(o))
			set(o, OUTCOME_ESTABLISHED);
		return;
	}
	said = icmp_says(o);
	if (icmp_prohibits(o, said))
		return;
	if ((o->flow->flags & FLOW_GAP) != 0) {
		set(o, OUTCOME_UNKNOWN); /* the answer may be what the capture lacks */
		return;
	}
	if (by_responder || n->rst_pair != 0) {
		reset_opened(o);
		return;
	}
	if (icmp_decides(o, said) || data_vanishes(o) || closed_unanswered(o))
		return;
	if (n->rst_frame != 0)
		reset_by_initiator(o);
	else if (!relay_is_silent(o))
		set(o, OUTCOME_ESTABLISHED);
}

/* The initiator sent nothing but its SYNs, and nothing shows that the handshake went on. */
static bool only_syns(const struct opinion *o)
{
	const struct flow_notes *n = o->notes;

	return n->syn.count != 0 && o->flow->packets[o->judged.initiator] == n->syn.count &&
	       n->data_packets[0] == 0 && n->data_packets[1] == 0;
}

/*
 * Answered, and the initiator never said that it heard.  When it repeats its SYN
 * all the same, the answer is lost between the capture and it.
 */
static void tcp_unheard(struct opinion *o)
{
	const struct flow_notes *n = o->notes;
	bool lost = n->synack_count > 1 && n->syn.last_ns - n->synack_ns >= UNHEARD_NS;

	syn_evidence(o, EVIDENCE_SYNACK_UNHEARD)->value2 = lost;
	if (lost)
		conclude(o, OUTCOME_NO_REPLY, CAUSE_UNKNOWN, GRADE_LIKELY);
	else
		set(o, OUTCOME_UNKNOWN);
}

static void tcp_outcome(struct opinion *o)
{
	const struct flow *f = o->flow;
	const struct flow_notes *n = o->notes;
	bool both_sent = f->packets[0] != 0 && f->packets[1] != 0;

	if (n == NULL) { /* bare ACKs of a flow that was open before the capture */
		opinion_add(o, EVIDENCE_MIDSTREAM, o->judged.first_frame);
		set(o, both_sent ? OUTCOME_ESTABLISHED : OUTCOME_ONE_SIDED);
		return;
	}
	if (n->syn.count != 0 && n->synack_frame == 0 &&
	    !(n->data_packets[0] != 0 && n->data_packets[1] != 0)) {
		tcp_attempt(o);
		return;
	}
	if (n->syn.count == 0)
		opinion_add(o, EVIDENCE_MIDSTREAM, o->judged.first_frame);
	if (!both_sent) {
		opinion_add(o, EVIDENCE_SINGLE_DIRECTION, o->judged.first_frame);
		set(o, OUTCOME_ONE_SIDED);
		return;
	}
	if (f->state == FLOW_SYN_ACKED || only_syns(o)) {
		tcp_unheard(o);
		return;
	}
	if (n->syn.count == 0 && n->synack_frame == 0) {
		/* Nobody saw it open, so nothing tells whether a reset cut it short. */
		bool stray = f->state == FLOW_RESET && n->data_packets[0] == 0 &&
			     n->data_packets[1] == 0;

		set(o, stray ? OUTCOME_UNKNOWN : OUTCOME_ESTABLISHED);
		return;
	}
	tcp_opened(o);
}

static void stun_unanswered(struct opinion *o)
{
	unsigned from = o->judged.initiator;
	struct evidence *e = opinion_add(o, EVIDENCE_STUN_UNANSWERED, o->ident->frame[from]);

	e->count = (uint32_t)MIN(o->flow->packets[from], UINT32_MAX);
	e->value = o->ident->stun_requests;
}

static bool is_stun(const struct ident *id)
{
	return id->app == APP_STUN || id->app == APP_MSTURN || id->app == APP_TURN;
}

/* Media, indications and what is sent on through a relay: nobody has to answer those. */
static bool asks_nothing(const struct ident *id)
{
	return id->app == APP_RTP || id->app == APP_RTCP || (is_stun(id) && id->stun_requests == 0);
}

/* Datagrams from one endpoint only. */
static void datagram_attempt(struct opinion *o)
{
	const struct ident *id = o->ident;
	unsigned from = o->judged.initiator;
	struct evidence *e;

	if (address_is_group(&o->flow->key.addr[from ^ 1u])) {
		opinion_add(o, EVIDENCE_GROUP_DESTINATION, o->judged.first_frame);
		set(o, OUTCOME_UNKNOWN);
		return;
	}
	if (icmp_decides(o, icmp_says(o)))
		return;
	if (o->flow->packets[from] == 0 || (id != NULL && asks_nothing(id))) {
		/* Answers without their requests, or media one way: half of something. */
		opinion_add(o, EVIDENCE_SINGLE_DIRECTION, o->judged.first_frame);
		set(o, OUTCOME_ONE_SIDED);
		return;
	}
	if (id != NULL && is_stun(id)) {
		stun_unanswered(o);
	} else {
		e = opinion_add(o, EVIDENCE_UDP_UNANSWERED, o->judged.first_frame);
		e->count = (uint32_t)MIN(o->flow->packets[from], UINT32_MAX);
	}
	set(o, OUTCOME_NO_REPLY);
}

/* Both ends asked, and all that came was requests: each check failed, though both were sent. */
static bool only_requests(const struct ident *id)
{
	return id != NULL && id->stun_sent != 0 && id->stun_answers == 0 &&
	       id->stun_sent == id->datagrams[0] + id->datagrams[1];
}

static void datagram_outcome(struct opinion *o)
{
	const struct flow *f = o->flow;

	if (f->packets[0] == 0 || f->packets[1] == 0) {
		datagram_attempt(o);
		return;
	}
	if (application_refuses(o))
		return;
	if (only_requests(o->ident)) {
		if (icmp_decides(o, icmp_says(o)))
			return;
		stun_unanswered(o);
		/* Of more than was looked at nobody knows. */
		set(o, o->ident->stun_sent == f->packets[0] + f->packets[1] ? OUTCOME_NO_REPLY
									    : OUTCOME_UNKNOWN);
		return;
	}
	set(o, OUTCOME_ESTABLISHED);
}

void opinion_outcome(struct opinion *o)
{
	if (o->flow->key.l4 == IPPROTO_TCP)
		tcp_outcome(o);
	else
		datagram_outcome(o);
	if (o->flow->flags & FLOW_GAP)
		opinion_add(o, EVIDENCE_GAP, o->notes != NULL ? o->notes->gap_frame : 0);
	if (o->flow->flags & FLOW_CUT)
		opinion_add(o, EVIDENCE_SNAPLEN, 0);
	if (o->flow->end == FLOW_END_EVICTED)
		opinion_add(o, EVIDENCE_EVICTED, 0);
}
