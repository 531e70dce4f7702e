/* Who opened a flow: never simply whoever was seen first. */
#include "judge/opinion.h"

/* Endpoint that was seen to send first; the other one when it is a group address. */
static unsigned first_sender(const struct opinion *o)
{
	const struct flow *f = o->flow;
	const struct flow_notes *n = o->notes;

	if (f->packets[0] == 0)
		return 1;
	if (f->packets[1] == 0)
		return 0;
	/* Frame numbers begin again with every file of a set. */
	if (n != NULL && n->data.frame[0] != 0 && n->data.frame[1] != 0)
		return n->data.ns[0] != n->data.ns[1] ? n->data.ns[1] < n->data.ns[0]
						      : n->data.frame[1] < n->data.frame[0];
	if (n != NULL && n->data.frame[1] != 0)
		return 1;
	return 0;
}

/*
 * The endpoint that the documented ports make the initiator; 2 when they do not
 * tell.  Media ranges catch ephemeral ports either way round, so the narrower
 * row decides, and wide rows do not count.
 */
static unsigned by_port(const struct opinion *o, struct policy_memo *memo)
{
	const struct policy *policy = policy_memo_policy(memo);
	uint32_t width[2] = { UINT32_MAX, UINT32_MAX };

	for (unsigned from = 0; from < 2; from++) {
		struct tuple t = {
			.addr = { o->flow->key.addr[from], o->flow->key.addr[from ^ 1u] },
			.port = { o->flow->key.port[from], o->flow->key.port[from ^ 1u] },
			.l4 = o->flow->key.l4,
			.initiator_known = true,
			.ts_ns = o->flow->first_ns,
		};
		const struct match *matches;
		const struct row *row;

		if (policy_memo_match(memo, &t, &matches) == 0)
			continue;
		row = policy_row(policy, matches[0].row);
		if (!row_is_wide(row))
			width[from] = row->width;
	}
	return width[0] == width[1] ? 2 : width[1] < width[0];
}

/*
 * On a SIP connection both ends ask (RFC 3261 18, a trunk or a registered client), so who
 * asked first since the capture began says less than the documented port.
 */
static bool both_ask(const struct ident *id)
{
	return id->stream && id->app == APP_SIP;
}

void opinion_initiator(struct opinion *o, struct policy_memo *memo)
{
	const struct flow *f = o->flow;
	struct judged *j = &o->judged;
	unsigned port, asker;

	for (unsigned e = 0; e < 2; e++) {
		if (address_is_group(&f->key.addr[e])) {
			j->initiator = (uint8_t)(e ^ 1u);
			j->initiator_by = INITIATOR_PROTOCOL;
			return;
		}
	}
	if (f->opener < 2) {
		j->initiator = f->opener;
		j->initiator_by = INITIATOR_SYN;
		return;
	}
	asker = o->ident != NULL ? o->ident->client : 2;
	port = asker < 2 && !both_ask(o->ident) ? 2 : by_port(o, memo);
	if (asker < 2 && (port == 2 || port == asker)) {
		j->initiator = (uint8_t)asker;
		j->initiator_by = INITIATOR_PROTOCOL;
		return;
	}
	if (port < 2) {
		j->initiator = (uint8_t)port;
		j->initiator_by = INITIATOR_PORT;
		return;
	}
	j->initiator = (uint8_t)first_sender(o);
	j->initiator_by = INITIATOR_UNKNOWN;
}
