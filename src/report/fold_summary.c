/* One pass over the flows of a fold; what a set can tell of addresses is asked once an address. */
#include "report/fold_summary.h"

#include <string.h>

#include "report/distinct.h"
#include "report/reason.h"

/**
 * struct end - One end under way
 * @shared:	Roles that all addresses so far share
 * @sharing:	There is a site, and they share some
 */
struct end {
	struct distinct distinct;
	struct role_set shared;
	bool sharing;
};

/**
 * struct saying - Do all give the same reason?
 * @like:	The last evidence that reads as @text, which is that of the first flow
 * @text:	"" until two differ in their numbers
 */
struct saying {
	const struct evidence *like;
	char text[512];
	bool same;
};

/* Enter @port into the ascending list, if it is not there yet.  False when it does not fit. */
static bool enter_port(struct fold_ports *ports, uint16_t port)
{
	unsigned at = 0, i;

	while (at < ports->count && ports->port[at] < port)
		at++;
	if (at < ports->count && ports->port[at] == port)
		return true;
	if (ports->count == FOLD_PORTS)
		return false;
	for (i = ports->count++; i > at; i--)
		ports->port[i] = ports->port[i - 1];
	ports->port[at] = port;
	return true;
}

/* Once a port did not fit the list stays empty, though @lo and @hi go on. */
static void add_port(struct fold_ports *ports, uint16_t port)
{
	bool fits = ports->count > 0 || ports->lo > ports->hi;

	ports->lo = MIN(ports->lo, port);
	ports->hi = MAX(ports->hi, port);
	if (fits && !enter_port(ports, port))
		ports->count = 0;
}

/* Return: whether any is left. */
static bool narrow(struct role_set *set, const struct role_set *by)
{
	uint64_t left = 0;
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(set->bits); i++)
		left |= set->bits[i] &= by->bits[i];
	return left != 0;
}

static void end_init(struct end *end, const struct folds *folds, const struct policy *policy)
{
	distinct_init(&end->distinct, &folds->hash);
	memset(&end->shared, 0xff, sizeof(end->shared));
	end->sharing = policy_site_name(policy) != NULL;
}

static void narrow_roles(struct end *end, const struct policy *policy, const struct address *addr)
{
	struct role_set roles;

	policy_roles_of(policy, addr, &roles);
	end->sharing = narrow(&end->shared, &roles);
}

static inline void add_address(struct end *end, const struct policy *policy,
			       const struct address *addr)
{
	if (distinct_add(&end->distinct, addr) && end->sharing)
		narrow_roles(end, policy, addr);
}

static const char *first_role(const struct policy *policy, const struct role_set *set)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(set->bits); i++)
		if (set->bits[i] != 0)
			return policy_role_name(policy,
						64 * i + (unsigned)__builtin_ctzll(set->bits[i]));
	return NULL;
}

/* The role that all addresses share; the one that the row names where they share several. */
static const char *shared_role(const struct policy *policy, const struct end *end,
			       const struct side *side)
{
	struct role_set named = end->shared;

	if (!end->sharing)
		return NULL;
	if (side != NULL && narrow(&named, &side->roles))
		return first_role(policy, &named);
	return first_role(policy, &end->shared);
}

static void add_name(struct fold_summary *s, const char *name)
{
	if (*name == '\0')
		return;
	if (s->named == 0)
		s->name = name;
	s->named += s->name == name || strcmp(s->name, name) == 0;
}

/* The same numbers, and so the same words: the common case, in which none need to be written. */
static bool alike(const struct evidence *a, const struct evidence *b)
{
	return a->code == b->code && a->count == b->count && a->value == b->value &&
	       a->value2 == b->value2 && address_compare(&a->from, &b->from) == 0;
}

static void add_saying(struct saying *saying, const struct evidence *e)
{
	char other[sizeof(saying->text)];

	if (!saying->same || (e != NULL && alike(saying->like, e)))
		return;
	saying->same = false;
	if (e == NULL)
		return;
	if (saying->text[0] == '\0')
		evidence_text(saying->like, saying->text, sizeof(saying->text));
	evidence_text(e, other, sizeof(other));
	saying->same = strcmp(saying->text, other) == 0;
	saying->like = e;
}

static void add_flow(struct fold_summary *s, const struct judged *flow, const struct ledger *ledger)
{
	add_port(&s->ports, flow->key.port[flow->initiator ^ 1u]);
	s->grades[flow->grade]++;
	s->one_l4 &= flow->key.l4 == s->first->key.l4;
	s->one_version &= flow->key.ip_version == s->first->key.ip_version;
	if (flow->name != 0)
		add_name(s, ledger->text + flow->name);
	if (s->controlled == NULL && flow->control_kind != CONTROL_NONE &&
	    flow->control < ledger->flow_count)
		s->controlled = flow;
}

static void finish_end(struct fold_end *to, struct end *end, const struct policy *policy,
		       const struct side *side)
{
	to->addresses = end->distinct.count;
	to->role = shared_role(policy, end, side);
	distinct_free(&end->distinct);
}

void fold_summarize(struct fold_summary *summary, const struct folds *folds,
		    const struct ledger *ledger, const struct fold *fold)
{
	const struct judged *first = fold_flow(folds, ledger, fold, 0);
	const struct policy *policy = ledger->policy;
	const struct row *row = fold->row < 0 ? NULL : policy_row(policy, (unsigned)fold->row);
	struct saying saying = { .like = reason_of(ledger, first) };
	struct end ends[2];
	uint32_t i;

	*summary = (struct fold_summary){ .fold = fold,
					  .first = first,
					  .name = "",
					  .ports.lo = UINT16_MAX,
					  .one_l4 = true,
					  .one_version = true };
	saying.same = saying.like != NULL;
	end_init(&ends[0], folds, policy);
	end_init(&ends[1], folds, policy);
	for (i = 0; i < fold->count; i++) {
		const struct judged *flow = fold_flow(folds, ledger, fold, i);

		add_flow(summary, flow, ledger);
		add_address(&ends[0], policy, &flow->key.addr[flow->initiator]);
		add_address(&ends[1], policy, &flow->key.addr[flow->initiator ^ 1u]);
		if (saying.same)
			add_saying(&saying, reason_of(ledger, flow));
	}
	summary->one_sentence = saying.same;
	finish_end(&summary->ends[0], &ends[0], policy, row == NULL ? NULL : &row->from);
	finish_end(&summary->ends[1], &ends[1], policy, row == NULL ? NULL : &row->to);
}
