/*
 * A client tries every pair of its own and its peer's candidates at once, and
 * needs one of them (RFC 5245 2.2).  That the others stay silent says nothing;
 * that all of them do says that media cannot pass.
 *
 * A media session is the checks that carry the same pair of user names (struct
 * stun_facts), in the same capture group.  Checks without one are held together
 * by their local candidate, the address and port they come from; a port that a
 * later session uses again then counts as the same, which can only make us say
 * less.  A pair behind a relay belongs to the session that the relayed checks
 * name, and counts when one of those was answered.  Media on the port of a failed
 * check, whose own checks came before the capture, takes silence its meaning.
 *
 * Sessions are entered for failed checks only; all flows are then read once for those.
 */
#include "judge/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "judge/claim.h"

/* Requests without an answer that mean something, of a session and of one pair (DESIGN 4). */
#define REQUESTS_ENOUGH 3

/* A power of two. */
#define SLOTS_LEAST ((size_t)64)

#define MEDIA_APPS                                                                        \
	(APP_BIT(APP_STUN) | APP_BIT(APP_TURN) | APP_BIT(APP_MSTURN) | APP_BIT(APP_RTP) | \
	 APP_BIT(APP_RTCP) | APP_BIT(APP_DTLS))

/* By user names, or where @digest is 0 by local candidate. */
struct session_key {
	uint64_t digest;
	struct address addr;
	uint32_t group;
	uint16_t port;
	uint16_t l4;
	uint64_t none; /* 0 */
};
static_assert(sizeof(struct session_key) == 40, "hashed as five words");

/* First frames of some flows, all of the first one's file. */
struct session_frames {
	uint64_t frames[FLOW_FRAMES];
	uint16_t input;
	uint8_t count;
};

/**
 * struct session - What is known of one media session
 * @tried:	Pairs that failed
 * @requests:	Datagrams sent to them
 * @most:	... to one of them
 * @worked:	Pairs that were answered with success
 * @heard:	Pairs that were answered, but not so
 */
struct session {
	struct session_key key;
	int64_t first_ns;
	uint64_t requests, most;
	uint32_t tried, worked, heard;
	struct session_frames failed_at, worked_at;
};

/**
 * struct sessions - Those with a failed check, by key
 * @slots:	1 + index into @items, 0: free; a power of two of them
 */
struct sessions {
	struct settling *s;
	struct session *items;
	size_t count, cap;
	struct hash_fold fold;
	uint32_t *slots;
	size_t slot_count;
};

static uint32_t *slot_of(const struct sessions *x, const struct session_key *key)
{
	uint64_t words[5];

	memcpy(words, key, sizeof(words));
	for (size_t at = hash_fold5(&x->fold, words) & (x->slot_count - 1);;
	     at = (at + 1) & (x->slot_count - 1)) {
		uint32_t *slot = &x->slots[at];

		if (*slot == 0 || memcmp(&x->items[*slot - 1].key, key, sizeof(*key)) == 0)
			return slot;
	}
}

/* NULL: no check of it failed. */
static struct session *find(const struct sessions *x, const struct session_key *key)
{
	uint32_t slot = x->count == 0 ? 0 : *slot_of(x, key);

	return slot == 0 ? NULL : &x->items[slot - 1];
}

/* For so many, of which at least half of the slots stay free. */
static int make_room(struct sessions *x, size_t count)
{
	x->slot_count = SLOTS_LEAST;
	while (x->slot_count < 2 * count)
		x->slot_count *= 2;
	x->slots = memory_array(x->slot_count, sizeof(*x->slots));
	return x->slots == NULL ? FA_ENOMEM : 0;
}

static int enter(struct sessions *x, const struct session_key *key)
{
	uint32_t *slot;

	slot = slot_of(x, key);
	if (*slot != 0)
		return 0;
	if (memory_grow(&x->items, &x->cap, x->count + 1, sizeof(*x->items)) != 0)
		return FA_ENOMEM;
	x->items[x->count++] = (struct session){ .key = *key, .first_ns = INT64_MAX };
	*slot = (uint32_t)x->count;
	return 0;
}

/* A check that came to nothing: silence, or a port that its host says is closed. */
static bool is_failed_check(const struct ledger *l, const struct judged *flow)
{
	if (flow->app != APP_STUN)
		return false;
	if (flow->outcome == OUTCOME_REFUSED || flow->outcome == OUTCOME_NO_REPLY)
		return true;
	return flow->outcome == OUTCOME_UNKNOWN &&
	       settle_find(l, flow, EVIDENCE_STUN_UNANSWERED) != NULL;
}

static struct session_key local_key(const struct ledger *l, const struct judged *flow,
				    unsigned endpoint)
{
	return (struct session_key){
		.group = ledger_group(l, flow),
		.addr = flow->key.addr[endpoint],
		.port = flow->key.port[endpoint],
		.l4 = flow->key.l4,
	};
}

/* False when its checks carried no user names. */
static bool named_key(const struct ledger *l, const struct judged *flow, struct session_key *key)
{
	const struct clue *clue = settle_clue(l, flow, CLUE_ICE_SESSION);

	if (clue == NULL)
		return false;
	*key = (struct session_key){ .digest = clue->value, .group = ledger_group(l, flow) };
	return true;
}

static struct session_key check_key(const struct ledger *l, const struct judged *flow)
{
	struct session_key key;

	return named_key(l, flow, &key) ? key : local_key(l, flow, flow->initiator);
}

/* By name and by port, or by port alone. */
static int list_check(struct sessions *x, const struct judged *flow)
{
	struct session_key port = local_key(x->s->ledger, flow, flow->initiator);
	struct session_key check = check_key(x->s->ledger, flow);

	return enter(x, &port) != 0 || enter(x, &check) != 0 ? FA_ENOMEM : 0;
}

static int list_sessions(struct sessions *x)
{
	const struct ledger *l = x->s->ledger;
	size_t checks = 0;

	for (size_t i = 0; i < l->flow_count; i++)
		checks += is_failed_check(l, &l->flows[i]);
	/* Each has two names. */
	if (make_room(x, 2 * checks) != 0)
		return FA_ENOMEM;
	for (size_t i = 0; i < l->flow_count; i++)
		if (is_failed_check(l, &l->flows[i]) && list_check(x, &l->flows[i]) != 0)
			return FA_ENOMEM;
	return 0;
}

static void note_frame(struct session_frames *f, const struct judged *flow)
{
	if (f->count == 0)
		f->input = flow->input;
	if (f->count < FLOW_FRAMES && f->input == flow->input)
		f->frames[f->count++] = flow->first_frame;
}

static void count_failed(const struct sessions *x, const struct judged *flow)
{
	struct session_key key = check_key(x->s->ledger, flow);
	struct session *session = find(x, &key);
	uint64_t sent = flow->packets[flow->initiator];

	session->tried++;
	session->requests += sent;
	session->most = MAX(session->most, sent);
	session->first_ns = MIN(session->first_ns, flow->first_ns);
	note_frame(&session->failed_at, flow);
}

static bool is_relay(const struct judged *flow)
{
	return flow->app == APP_TURN || flow->app == APP_MSTURN;
}

static void count_answered(struct session *session, const struct judged *flow)
{
	if (session == NULL)
		return;
	if (!flow->checked) {
		/* That a relay answers says nothing of a check it carried. */
		session->heard += !is_relay(flow);
		return;
	}
	session->worked++;
	note_frame(&session->worked_at, flow);
}

/* From the port of a candidate a STUN server is asked too; its answer opens no pair. */
static bool is_pair(const struct ledger *l, const struct judged *flow)
{
	const struct row *best = ledger_best_row(l, flow);

	return flow->app != APP_STUN || best == NULL || claim_is_media(best);
}

/* A flow that is no failed check: a pair that was answered, by a session's name or port. */
static void count_other(const struct sessions *x, const struct judged *flow)
{
	const struct ledger *l = x->s->ledger;
	struct session_key key;

	if ((APP_BIT(flow->app) & MEDIA_APPS) == 0 ||
	    (!flow->checked && flow->outcome != OUTCOME_ESTABLISHED &&
	     flow->outcome != OUTCOME_ABORTED))
		return;
	if (named_key(l, flow, &key)) {
		count_answered(find(x, &key), flow);
		return;
	}
	for (unsigned e = 0; e < 2 && is_pair(l, flow); e++) {
		key = local_key(l, flow, e);
		count_answered(find(x, &key), flow);
	}
}

static void add_frames(struct sessions *x, struct judged *flow, enum evidence_code code,
		       const struct session_frames *frames, uint32_t value, uint32_t value2)
{
	struct evidence *e = settle_add(x->s->ledger, flow, code, 0);

	if (e == NULL)
		return;
	e->value = value;
	e->value2 = value2;
	memcpy(e->frames, frames->frames, sizeof(e->frames));
	if (code == EVIDENCE_ICE_SESSION_WORKS || frames->input != flow->input)
		e->elsewhere = (uint16_t)(1 + frames->input);
}

/*
 * A candidate of a network that nobody routes to, and that the site knows nothing of: the
 * peer's home (facts/protocols.md 0.6).
 */
static bool is_far_private(const struct ledger *l, const struct judged *flow)
{
	const struct address *peer = &flow->key.addr[flow->initiator ^ 1u];
	static const struct role_set none;
	struct role_set roles;

	policy_roles_of(l->policy, peer, &roles);
	return address_is_private(peer) && memcmp(&roles, &none, sizeof(none)) == 0;
}

/* Why a session of which nothing was heard proves nothing either; true when it does prove it. */
static bool silence_tells(struct sessions *x, struct judged *flow, const struct session *session)
{
	int64_t window = settle_group_of(x->s, flow)->last_ns - session->first_ns;
	struct session_key port = local_key(x->s->ledger, flow, flow->initiator);
	const struct session *near = find(x, &port);
	struct evidence *e;
	bool silent = flow->outcome == OUTCOME_NO_REPLY; /* else its host spoke */
	uint32_t index;

	if (silent && !controls_could_see_answer(x->s->controls, flow)) {
		settle_add(x->s->ledger, flow, EVIDENCE_SINGLE_DIRECTION, flow->first_frame);
		settle_downgrade(flow, OUTCOME_ONE_SIDED);
		return false;
	}
	if (silent && session->most < REQUESTS_ENOUGH &&
	    window < x->s->options->attempt_timeout_ns) {
		e = settle_add(x->s->ledger, flow, EVIDENCE_CAPTURE_ENDS_SOON, 0);
		if (e != NULL)
			e->value = (uint32_t)(MAX(window, 0) / NS_PER_MS);
		settle_downgrade(flow, OUTCOME_UNKNOWN);
		return false;
	}
	if (is_far_private(x->s->ledger, flow) ||
	    session->heard + near->heard + near->worked != 0 ||
	    session->requests < REQUESTS_ENOUGH ||
	    controls_find(x->s->controls, flow, &index) == CONTROL_NONE) {
		settle_add(x->s->ledger, flow, EVIDENCE_SILENCE_IS_NORMAL, 0);
		settle_downgrade(flow, OUTCOME_UNKNOWN);
		return false;
	}
	return true;
}

static void settle_check(struct sessions *x, struct judged *flow)
{
	struct session_key key = check_key(x->s->ledger, flow);
	const struct session *session = find(x, &key);

	if (session->worked != 0) {
		add_frames(x, flow, EVIDENCE_ICE_SESSION_WORKS, &session->worked_at,
			   session->worked, 0);
		settle_downgrade(flow, OUTCOME_UNKNOWN);
		return;
	}
	if (flow->outcome == OUTCOME_UNKNOWN || !silence_tells(x, flow, session))
		return;
	add_frames(x, flow, EVIDENCE_ICE_SESSION_FAILED, &session->failed_at, session->tried,
		   (uint32_t)MIN(session->requests, UINT32_MAX));
	flow->grade = GRADE_LIKELY; /* settle.c adds the control and the cause */
}

int settle_sessions(struct settling *s)
{
	struct sessions x = { .s = s };
	struct ledger *l = s->ledger;
	int status;

	if ((l->apps & APP_BIT(APP_STUN)) == 0)
		return 0;
	hash_fold_init(&x.fold, 0);
	status = list_sessions(&x);
	for (size_t i = 0; i < l->flow_count && x.count != 0; i++) {
		if (is_failed_check(l, &l->flows[i]))
			count_failed(&x, &l->flows[i]);
		else
			count_other(&x, &l->flows[i]);
	}
	for (size_t i = 0; i < l->flow_count && x.count != 0; i++) {
		struct judged *flow = &l->flows[i];
		const struct row *best = ledger_best_row(l, flow);

		if (best != NULL && claim_is_media(best) && is_failed_check(l, flow))
			settle_check(&x, flow);
	}
	free(x.items);
	free(x.slots);
	return status;
}
