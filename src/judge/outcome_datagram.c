/* What the network did with datagrams, which nobody has to answer. */
#include "judge/outcome.h"

#include <netinet/in.h>

static void stun_unanswered(struct opinion *o)
{
	unsigned from = o->judged.initiator;
	struct evidence *e = opinion_add(o, EVIDENCE_STUN_UNANSWERED, o->ident->frame[from]);

	e->count = (uint32_t)MIN(o->flow->packets[from], UINT32_MAX);
	e->value = o->ident->stun_requests;
}

#define STUN_APPS (APP_BIT(APP_STUN) | APP_BIT(APP_MSTURN) | APP_BIT(APP_TURN))

static bool is_stun(const struct ident *id)
{
	return (APP_BIT(id->app) & STUN_APPS) != 0;
}

/*
 * Media, indications, what is sent on through a relay, an address given back to
 * DHCP: nobody has to answer those.
 */
static bool asks_nothing(const struct ident *id)
{
	return id->app == APP_RTP || id->app == APP_RTCP ||
	       (is_stun(id) && id->stun_requests == 0) ||
	       (id->app == APP_DHCP && id->transaction == 0);
}

/* Nothing but headers: a probe or a keep-alive, but no request. */
static bool is_empty(const struct opinion *o)
{
	return o->flow->key.l4 == IPPROTO_UDP &&
	       (o->notes == NULL || o->notes->data.packets[o->judged.initiator] == 0);
}

/* Datagrams from one endpoint only. */
static void datagram_attempt(struct opinion *o)
{
	const struct ident *id = o->ident;
	unsigned from = o->judged.initiator;
	struct evidence *e;

	if (address_is_group(&o->flow->key.addr[from ^ 1u])) {
		opinion_add(o, EVIDENCE_GROUP_DESTINATION, o->judged.first_frame);
		outcome_set(o, OUTCOME_UNKNOWN);
		return;
	}
	if (outcome_icmp_decides(o, outcome_icmp_says(o)))
		return;
	if (o->flow->packets[from] == 0 || (id != NULL && asks_nothing(id))) {
		/* Answers without their requests, or media one way: half of something. */
		opinion_add(o, EVIDENCE_SINGLE_DIRECTION, o->judged.first_frame);
		outcome_set(o, OUTCOME_ONE_SIDED);
		return;
	}
	if (id != NULL && id->stun.heard_frame != 0) {
		opinion_add(o, EVIDENCE_ANSWER_NOT_CAPTURED, id->stun.heard_frame);
		outcome_set(o, OUTCOME_ONE_SIDED);
		return;
	}
	if (id != NULL && is_stun(id)) {
		stun_unanswered(o);
	} else {
		e = opinion_add(o, EVIDENCE_UDP_UNANSWERED, o->judged.first_frame);
		e->count = (uint32_t)MIN(o->flow->packets[from], UINT32_MAX);
		e->value = is_empty(o);
	}
	outcome_set(o, OUTCOME_NO_REPLY);
}

/* Both ends asked, and all that came was requests: each check failed, though both were sent. */
static bool only_requests(const struct ident *id)
{
	return id != NULL && id->stun_sent != 0 && id->stun_answers == 0 &&
	       id->stun_sent == id->datagrams[0] + id->datagrams[1];
}

/* Asked, and nothing that came back, all of it looked at, is of any protocol. */
static bool only_noise(const struct opinion *o)
{
	const struct ident *id = o->ident;
	unsigned to = o->judged.initiator ^ 1u;

	return id != NULL && id->stun_requests != 0 && id->stun_answers == 0 &&
	       (id->seen & ~STUN_APPS) == 0 && id->frame[to] == 0 && !id->cut && o->notes != NULL &&
	       o->notes->data.packets[to] == id->datagrams[to];
}

void outcome_of_datagrams(struct opinion *o)
{
	const struct flow *f = o->flow;

	if (f->packets[0] == 0 || f->packets[1] == 0) {
		datagram_attempt(o);
		return;
	}
	if (outcome_answers_prohibited(o, f->packets[o->judged.initiator ^ 1u]) ||
	    outcome_refused_by_application(o))
		return;
	if (only_requests(o->ident)) {
		if (outcome_icmp_decides(o, outcome_icmp_says(o)))
			return;
		stun_unanswered(o);
		/* Of more than was looked at nobody knows. */
		outcome_set(o, o->ident->stun_sent == f->packets[0] + f->packets[1]
				       ? OUTCOME_NO_REPLY
				       : OUTCOME_UNKNOWN);
		return;
	}
	if (only_noise(o)) {
		/* The path is open, but what it is for never began. */
		o->judged.opened = true;
		stun_unanswered(o);
		outcome_set(o, OUTCOME_UNKNOWN);
		return;
	}
	outcome_set(o, OUTCOME_ESTABLISHED);
}
