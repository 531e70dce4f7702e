/*
 * What a row means on the wire, and what an audit must make of each case.
 *
 * The truth comes from how the case was made, held against DESIGN section 2;
 * never from running the audit.
 */
#include "forge/plan.h"

#include <netinet/in.h>

#include "forge/cast.h"

/* 2013-03-01 12:00 UTC: Lync Server 2013 is out, and no row of its documents has expired. */
#define START_NS (INT64_C(1362139200) * NS_PER_S)
#define DAY_NS   (86400 * NS_PER_S)

/* A client's port where the row leaves it open: outside every documented media range. */
#define CLIENT_PORT  40000u
#define CLIENT_PORTS 20000u

/* Rows of as many ports are ranges of media; the narrowest of them has 7,501. */
#define MEDIA_RANGE 1000u

#define MATCHES_MOST 64

static uint16_t middle(const struct port_set *set)
{
	const struct port_range *r = &set->ranges[0];

	/* RTP takes even ports (RFC 3550 11). */
	return r->lo == r->hi ? r->lo : (uint16_t)((r->lo + (r->hi - r->lo) / 2u) & ~1u);
}

static bool is_media(enum application app)
{
	return app == APPLICATION_RTP || app == APPLICATION_MEDIA_AUDIO ||
	       app == APPLICATION_MEDIA_VIDEO || app == APPLICATION_SHARING ||
	       app == APPLICATION_FILE_TRANSFER;
}

/* The first of the row's protocols that exists on a transport of the row; media prefers UDP. */
static bool choose_protocol(struct plan *plan, const struct row *row, const enum application *app)
{
	for (unsigned i = 0; i < row->protocol_count; i++) {
		struct forge_random random = { 0 };
		struct dialogue d = { .app = row->protocols[i].app,
				      .tls = row->protocols[i].tls,
				      .client = "",
				      .server = "",
				      .random = &random };
		bool udp_first = is_media(d.app), wanted = app == NULL || d.app == *app;

		for (unsigned turn = 0; wanted && turn < 2; turn++) {
			struct script s = { 0 };
			bool spoken;

			d.udp = (turn == 0) == udp_first;
			if ((row->l4 & (d.udp ? ROW_L4_UDP : ROW_L4_TCP)) == 0)
				continue;
			spoken = dialogue_write(&s, &d);
			script_free(&s);
			if (spoken) {
				plan->protocol = row->protocols[i];
				plan->udp = d.udp;
				return true;
			}
		}
	}
	return false;
}

static void choose_ports(struct plan *plan, const struct row *row)
{
	const struct port_set *at_responder = row->dport.count != 0 ? &row->dport : &row->port;

	plan->port[0] = row->sport.count != 0 ? middle(&row->sport) : CLIENT_PORT;
	plan->ports =
		row->sport.count != 0 ? row->sport.ranges[0].hi - plan->port[0] + 1u : CLIENT_PORTS;
	plan->port[1] = at_responder->count != 0 ? middle(at_responder) : CLIENT_PORT + 443;
	if (plan->protocol.app == APPLICATION_DHCP) { /* RFC 2131 4.1 */
		plan->ports = 1;
		plan->port[0] = 68;
		plan->port[1] = 67;
	}
}

/* The rows that document the tuple, by role, transport and port. */
static size_t documented(const struct plan *plan, const struct policy *policy,
			 struct match matches[static MATCHES_MOST])
{
	struct tuple t = {
		.addr = { plan->addr[0], plan->addr[1] },
		.port = { plan->port[0], plan->port[1] },
		.l4 = plan->udp ? IPPROTO_UDP : IPPROTO_TCP,
		.initiator_known = true,
		.ts_ns = plan->start_ns,
	};

	return MIN(policy_match(policy, &t, matches, MATCHES_MOST), (size_t)MATCHES_MOST);
}

/* A flow counts for its narrowest row: would that be another one? */
static bool is_narrower_elsewhere(const struct plan *plan, const struct policy *policy,
				  const struct row *row)
{
	struct match matches[MATCHES_MOST];

	return documented(plan, policy, matches) != 0 &&
	       policy_row(policy, matches[0].row)->width < row->width;
}

/* Of a range that holds other rows' ranges, a port that is the row's alone, where there is one. */
static void avoid_narrower(struct plan *plan, const struct policy *policy, const struct row *row)
{
	const struct port_set *set = row->dport.count != 0 ? &row->dport : &row->port;
	uint16_t first = plan->port[1];

	if (set->count == 0 || !is_narrower_elsewhere(plan, policy, row))
		return;
	for (unsigned r = 0; r < policy_row_count(policy); r++) {
		const struct port_set *other = &policy_row(policy, r)->dport;

		for (unsigned i = 0; i < other->count; i++) {
			plan->port[1] = (uint16_t)(other->ranges[i].hi + 1);
			if (port_set_has(set, plan->port[1]) &&
			    !is_narrower_elsewhere(plan, policy, row))
				return;
		}
	}
	plan->port[1] = first;
}

/* A row that admits the tuple, and the protocol by the same words; narrow ones only. */
static const struct row *twin(const struct plan *plan, const struct policy *policy)
{
	struct match matches[MATCHES_MOST];
	size_t n = documented(plan, policy, matches);

	for (size_t i = 0; i < n; i++) {
		const struct row *row = policy_row(policy, matches[i].row);

		for (unsigned p = 0; p < row->protocol_count; p++)
			if (row->protocols[p].app == plan->protocol.app &&
			    row->protocols[p].tls == plan->protocol.tls)
				return row;
	}
	return NULL;
}

static bool documented_otherwise(const struct plan *plan, const struct policy *policy)
{
	struct match matches[MATCHES_MOST];

	return documented(plan, policy, matches) != 0;
}

static int meaningless(struct fa_error *err, const struct row *row, enum forge_case c,
		       const char *why)
{
	return error_set(err, FA_EUNSUPPORTED, "%s: no case %s: %s", row->id, forge_case_name(c),
			 why);
}

/* What a row cannot be without is known, and is not what is spoken. */
static int plan_wrong_protocol(struct plan *plan, const struct row *row, struct fa_error *err)
{
	for (unsigned i = 0; i < row->protocol_count; i++)
		if (row->protocols[i].app == APPLICATION_UNSPECIFIED ||
		    row->protocols[i].app == APPLICATION_CAC ||
		    row->protocols[i].app == APPLICATION_CLS ||
		    row->protocols[i].app == APPLICATION_XMPP ||
		    row->protocols[i].app == APPLICATION_DNS)
			return meaningless(err, row, CASE_WRONG_PROTOCOL,
					   "the row names no protocol that bytes could contradict");
	/* A range of media catches ephemeral ports; another protocol there is not its row. */
	if (plan->wide || (plan->udp && row->width >= MEDIA_RANGE)) {
		plan->verdict = "unexpected";
		plan->row = NULL;
	} else {
		plan->verdict = "mismatch";
	}
	return 0;
}

static int plan_wrong_initiator(struct plan *plan, const struct policy *policy,
				const struct row *row, struct fa_error *err)
{
	struct address swap = plan->addr[0];
	const struct row *other;

	if (row->twoway != TWOWAY_NO || row->port.count != 0)
		return meaningless(err, row, CASE_WRONG_INITIATOR, "either end may open it");
	plan->addr[0] = plan->addr[1];
	plan->addr[1] = swap;
	other = twin(plan, policy);
	if (other != NULL) {
		plan->row = other->id;
		return 0;
	}
	if (documented_otherwise(plan, policy))
		return meaningless(err, row, CASE_WRONG_INITIATOR,
				   "another row documents that direction for another protocol");
	plan->verdict = "unexpected";
	plan->row = NULL;
	return 0;
}

static int plan_off_by_one(struct plan *plan, const struct policy *policy, const struct row *row,
			   struct fa_error *err)
{
	const struct port_set *set = row->dport.count != 0  ? &row->dport
				     : row->port.count != 0 ? &row->port
							    : &row->sport;
	uint16_t *port = set == &row->sport ? &plan->port[0] : &plan->port[1];
	const struct port_range *last;

	if (set->count == 0)
		return meaningless(err, row, CASE_OFF_BY_ONE, "the row names no port");
	last = &set->ranges[set->count - 1];
	if (last->hi == UINT16_MAX && set->ranges[0].lo == 0)
		return meaningless(err, row, CASE_OFF_BY_ONE, "the row admits every port");
	*port = (uint16_t)(last->hi == UINT16_MAX ? set->ranges[0].lo - 1 : last->hi + 1);
	if (documented_otherwise(plan, policy))
		return meaningless(err, row, CASE_OFF_BY_ONE,
				   "the port beside it is documented by another row");
	plan->verdict = "unexpected";
	plan->row = NULL;
	return 0;
}

/* Nobody answers, or somebody says no, before a protocol could be seen. */
static void plan_unopened(struct plan *plan, const char *outcome)
{
	plan->outcome = outcome;
	plan->verdict = "blocked";
	/* A lone SYN is no evidence for a wide row (DESIGN section 2, rulings). */
	if (plan->wide && !plan->udp) {
		plan->verdict = "rejected";
		plan->row = NULL;
	}
}

static int plan_case(struct plan *plan, const struct policy *policy, const struct row *row,
		     enum forge_case c, struct fa_error *err)
{
	if (!talk_has(plan->udp, c))
		return meaningless(err, row, c, "there is no such thing on UDP");
	switch (c) {
	case CASE_OK:
	case CASE_TRUNCATED:
		break;
	case CASE_DROPPED:
		plan_unopened(plan, "no_reply");
		/* Servers ignore what they have no instance for (MC-SQLR 3.1.5.2). */
		if (plan->protocol.app == APPLICATION_SQL_BROWSER) {
			plan->verdict = "inconclusive";
			plan->outcome = NULL;
		}
		break;
	case CASE_REFUSED:
		plan_unopened(plan, "refused");
		break;
	case CASE_PROHIBITED:
		plan_unopened(plan, "prohibited");
		break;
	case CASE_RESET_AFTER_HELLO:
		plan->verdict = "blocked";
		plan->outcome = "aborted";
		break;
	case CASE_WRONG_PROTOCOL:
		return plan_wrong_protocol(plan, row, err);
	case CASE_WRONG_INITIATOR:
		return plan_wrong_initiator(plan, policy, row, err);
	case CASE_OFF_BY_ONE:
		return plan_off_by_one(plan, policy, row, err);
	case CASE_ONE_SIDED:
		plan->verdict = "inconclusive";
		plan->outcome = plan->protocol.app == APPLICATION_SQL_BROWSER ? NULL : "one_sided";
		break;
	case CASE_MIDSTREAM:
		if (plan->wide)
			return meaningless(
				err, row, c,
				"whether its protocol can be joined in the middle is chance");
		break;
	case CASE_COUNT:
		break;
	}
	return 0;
}

int plan_make(struct plan *plan, const struct policy *policy, unsigned row, enum forge_case c,
	      const enum application *app, struct fa_error *err)
{
	const struct row *r = policy_row(policy, row);

	*plan = (struct plan){ .start_ns = START_NS,
			       .wide = row_is_wide(r),
			       .verdict = "expected",
			       .outcome = "established",
			       .row = r->id };
	if (r->until_ns <= START_NS)
		plan->start_ns = r->until_ns - DAY_NS;
	if (r->need == NEED_NONE)
		return meaningless(err, r, c, "the row is blank");
	if (!choose_protocol(plan, r, app))
		return meaningless(err, r, c, "its protocol cannot be forged on its transport");
	if (!cast_ends(policy, r, &plan->addr[0], &plan->addr[1]))
		return error_set(err, FA_EUSAGE, "%s: the site binds no two hosts to its ends",
				 r->id);
	choose_ports(plan, r);
	avoid_narrower(plan, policy, r);
	return plan_case(plan, policy, r, c, err);
}
