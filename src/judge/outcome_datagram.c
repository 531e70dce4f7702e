/* What the network did with datagrams, which nobody has to answer. */
#include "judge/outcome.h"

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
	if (id != NULL && is_stun(id)) {
		stun_unanswered(o);
	} else {
		e = opinion_add(o, EVIDENCE_UDP_UNANSWERED, o->judged.first_frame);
		e->count = (uint32_t)MIN(o->flow->packets[from], UINT32_MAX);
	}
	outcome_set(o, OUTCOME_NO_REPLY);
}

/* Both ends asked, and all that came was requests: each check failed, though both were sent. */
static bool only_requests(const struct ident *id)
{
	return id != NULL && id->stun_sent != 0 && id->stun_answers == 0 &&
	       id->stun_sent == id->datagrams[0] + id->datagrams[1];
}

void outcome_of_datagrams(struct opinion *o)
{
	const struct flow *f = o->flow;

	if (f->packets[0] == 0 || f->packets[1] == 0) {
		datagram_attempt(o);
		return;
	}
	if (outcome_refused_by_application(o))
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
	outcome_set(o, OUTCOME_ESTABLISHED);
}
