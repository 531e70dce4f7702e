/* The documented set of a flow: rows by tuple, ranked by protocol evidence and width. */
#include "judge/documented.h"

#include "judge/claim.h"

struct candidate {
	const struct row *row;
	struct match match;
	enum protocol_fit fit;
	enum evidence_code why;
	bool look_alike; /* it only looks like RTP */
	unsigned order;  /* as policy gave it: narrowest first, then pack order */
};

/* A wide row documents only with protocol evidence. */
static bool is_unproven(const struct candidate *c)
{
	return row_is_wide(c->row) && (c->fit == FIT_NONE || c->look_alike);
}

static bool counts(const struct candidate *c)
{
	return c->fit > FIT_CONTRADICTED && !is_unproven(c);
}

static int by_rank(const struct candidate *a, const struct candidate *b)
{
	if (counts(a) != counts(b))
		return counts(a) ? -1 : 1;
	if (a->fit != b->fit)
		return a->fit > b->fit ? -1 : 1;
	if (a->row->width != b->row->width)
		return a->row->width < b->row->width ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Best first.  They are few, and come nearly in order. */
static void rank(struct candidate *candidates, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct candidate c = candidates[i];
		size_t at = i;

		for (; at > 0 && by_rank(&c, &candidates[at - 1]) < 0; at--)
			candidates[at] = candidates[at - 1];
		candidates[at] = c;
	}
}

static bool same_rank(const struct candidate *a, const struct candidate *b)
{
	return counts(a) == counts(b) && a->fit == b->fit && a->row->width == b->row->width;
}

/* Say why the best row's protocol is as sure as it is. */
static void explain(struct opinion *o, const struct candidate *best)
{
	const struct ident *id = o->ident;
	struct evidence *e;
	uint64_t frame = 0;

	if (best->match.peer_unverified)
		opinion_add(o, EVIDENCE_PEER_UNVERIFIED, 0);
	if (best->why == EVIDENCE_COUNT)
		return;
	if (id != NULL) {
		frame = id->frame[o->judged.initiator];
		if (best->why == EVIDENCE_MTLS_DECLINED || best->why == EVIDENCE_MTLS_PROVEN ||
		    best->why == EVIDENCE_MTLS_CLAIMED)
			frame = ident_tls(id)->client_cert_frame;
	}
	/* Bytes that are of no protocol are as much a reason as those of another. */
	if (best->why == EVIDENCE_PROTOCOL_CONTRADICTED && frame == 0 && o->notes != NULL)
		frame = o->notes->data.frame[o->judged.initiator];
	if (best->why == EVIDENCE_ANSWER_FOREIGN && o->notes != NULL)
		frame = o->notes->data.frame[o->judged.initiator ^ 1u];
	e = opinion_add(o, best->why, frame);
	if (best->why == EVIDENCE_PROTOCOL_CONTRADICTED)
		e->value = id->app;
	else if (best->why == EVIDENCE_MTLS_HIDDEN)
		e->value = ident_tls(id)->client_auth;
}

/* Ranges at least this wide catch ephemeral ports; the narrowest media range holds 7,501. */
#define CHANCE_WIDTH 1000u

static bool row_admits(const struct row *row, uint16_t port)
{
	return port_set_has(&row->dport, port) || port_set_has(&row->sport, port) ||
	       port_set_has(&row->port, port);
}

/*
 * A range that no protocol evidence supports, and that nothing but a port chosen
 * by chance falls into: the initiator's own, or where the initiator is not known
 * one of the two.  Windows takes ephemeral ports from 49152-65535, where the
 * media ranges lie; such a row says nothing of the flow.
 */
static bool by_chance(const struct opinion *o, const struct candidate *c)
{
	const struct judged *j = &o->judged;

	if (c->fit > FIT_NONE || c->row->width < CHANCE_WIDTH || row_is_wide(c->row))
		return false;
	if (!row_admits(c->row, j->key.port[j->initiator ^ 1u]))
		return true;
	return j->initiator_by == INITIATOR_UNKNOWN &&
	       !row_admits(c->row, j->key.port[j->initiator]);
}

/*
 * DCE/RPC on a port of 49152-65535 took it from the endpoint mapper, which knows nothing of
 * the media ranges in there (facts/protocols.md 10): it is not the media that went wrong.
 */
static bool is_dynamic_rpc(const struct opinion *o, const struct candidate *c)
{
	return c->row->width >= CHANCE_WIDTH && claim_is_media(c->row) &&
	       o->ident->app == APP_DCERPC && o->ident->confidence == CONFIDENCE_STRONG;
}

/*
 * Where the SYN-ACK is missing, so may be the first bytes behind it: what was read as the
 * beginning of the answer is then any part of it, and says nothing.
 */
static void doubt_answer(const struct opinion *o, struct candidate *c)
{
	if (c->why != EVIDENCE_ANSWER_FOREIGN || o->notes == NULL || o->notes->synack_frame != 0)
		return;
	c->fit = FIT_NONE;
	c->why = EVIDENCE_PROTOCOL_UNVERIFIED;
}

static size_t collect(const struct opinion *o, struct policy_memo *memo,
		      struct candidate candidates[static DOCUMENTED_MAX])
{
	const struct policy *policy = policy_memo_policy(memo);
	const struct match *matches;
	struct tuple tuple;
	size_t found, n = 0;

	ledger_tuple(&o->judged, &tuple);
	found = policy_memo_match(memo, &tuple, &matches);
	for (size_t i = 0; i < found; i++) {
		struct candidate *c = &candidates[n];

		c->match = matches[i];
		c->row = policy_row(policy, matches[i].row);
		c->order = (unsigned)i;
		c->fit = claim_fit(c->row, o->ident, &c->why);
		doubt_answer(o, c);
		c->look_alike = c->fit == FIT_WEAK && o->ident->app == APP_RTP;
		if (c->look_alike && is_unproven(c))
			c->why = EVIDENCE_PROTOCOL_WEAK;
		n += !by_chance(o, c);
	}
	rank(candidates, n);
	return n;
}

/* A documented port this close is a slip of the pen, not another service. */
#define SLIP_PORTS 16

/*
 * A wide row that the protocol rules out fits nearly every flow.  It is the
 * nearest only when no other says more: a row that fits but is expired or
 * denied, or one that speaks this protocol a few ports away.
 */
static bool says_more(const struct opinion *o, const struct policy *policy,
		      const struct nearest *nearest)
{
	enum evidence_code why;
	const struct row *row;

	if (nearest->row < 0)
		return false;
	if ((nearest->differs & ~(unsigned)(KEY_VALID | KEY_WHEN)) == 0)
		return true;
	row = policy_row(policy, (unsigned)nearest->row);
	return nearest->differs == KEY_DPORT && row->dport.count != 0 &&
	       port_set_distance(&row->dport, o->judged.key.port[o->judged.initiator ^ 1u]) <=
		       SLIP_PORTS &&
	       claim_fit(row, o->ident, &why) >= FIT_CONSISTENT;
}

/* Of the best rows some fit one way round only, and others only the other way. */
static bool depends_on_initiator(const struct candidate *best, unsigned count)
{
	bool forward = false, reversed = false;

	for (unsigned i = 0; i < count; i++) {
		forward |= !best[i].match.reversed;
		reversed |= best[i].match.reversed;
	}
	return forward && reversed;
}

static void set_nearest(struct opinion *o, struct policy_memo *memo, const struct candidate *wide)
{
	struct judged *j = &o->judged;
	struct nearest nearest;
	struct tuple tuple;

	ledger_tuple(j, &tuple);
	policy_memo_nearest(memo, &tuple, &nearest);
	if (!says_more(o, policy_memo_policy(memo), &nearest))
		nearest = (struct nearest){ (int)wide->match.row, KEY_PROTO, wide->match.reversed };
	judged_set_nearest(j, &nearest);
}

void opinion_documented(struct opinion *o, struct policy_memo *memo,
			uint32_t rows[static DOCUMENTED_MAX])
{
	struct candidate candidates[DOCUMENTED_MAX];
	struct judged *j = &o->judged;
	size_t n = collect(o, memo, candidates);
	const struct candidate *best = &candidates[0];

	j->standing = STANDING_UNDOCUMENTED;
	j->fit = o->ident == NULL || o->ident->app == APP_NONE ? FIT_NONE
		 : o->ident->confidence == CONFIDENCE_STRONG   ? FIT_STRONG
							       : FIT_WEAK;
	if (n == 0)
		return;
	if (best->fit == FIT_CONTRADICTED && (row_is_wide(best->row) || is_dynamic_rpc(o, best))) {
		set_nearest(o, memo, best);
		return;
	}
	j->standing = is_unproven(best)               ? STANDING_UNPROVEN
		      : best->fit == FIT_CONTRADICTED ? STANDING_CONTRADICTED
						      : STANDING_DOCUMENTED;
	j->fit = (uint8_t)best->fit;
	for (size_t i = 0; i < n; i++) {
		/* Behind a row that counts, those that do not are no documentation. */
		if (i != 0 && counts(&candidates[i]) != counts(best))
			break;
		rows[j->row_count++] = candidates[i].match.row;
		if (same_rank(&candidates[i], best))
			j->best_rows++;
	}
	if (j->initiator_by == INITIATOR_UNKNOWN &&
	    depends_on_initiator(candidates, j->best_rows)) {
		opinion_add(o, EVIDENCE_INITIATOR_UNKNOWN, 0);
		j->either_way = true;
	}
	explain(o, best);
}
