/* Counting, and keeping the first of each kind. */
#include "audit/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/coverage.h"
#include "judge/judge.h"

int tally_init(struct tally *t, const struct policy *policy, const char *name, uint32_t findings,
	       struct fa_error *err)
{
	*t = (struct tally){ .findings = findings, .seen = seen_new() };
	t->flows.site_listed = policy_bound_count(policy);
	if (ledger_init(&t->ended, policy, err) != 0 || ledger_init(&t->all, policy, err) != 0)
		return FA_ENOMEM;
	if (t->seen == NULL || ledger_add_capture(&t->ended, name) != 0 ||
	    ledger_add_capture(&t->all, name) != 0)
		return error_set(err, FA_ENOMEM, "no memory");
	return 0;
}

void tally_free(struct tally *tally)
{
	ledger_free(&tally->ended);
	ledger_free(&tally->all);
	seen_free(tally->seen);
}

static void count(struct ledger *to, const struct ledger *view, const struct judged *flow)
{
	to->verdicts[flow->verdict]++;
	for (unsigned r = 0; r < flow->best_rows; r++)
		to->coverage[view->rows[flow->rows + r]].flows[flow->verdict]++;
}

static void add_counts(struct ledger *to, const struct ledger *from)
{
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		to->verdicts[v] += from->verdicts[v];
	for (unsigned r = 0; r < policy_row_count(from->policy); r++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			to->coverage[r].flows[v] += from->coverage[r].flows[v];
}

void tally_take_unlisted(struct tally *t, struct ledger *ended)
{
	if (ended->unlisted == 0)
		return;
	add_counts(&t->ended, ended);
	t->ended.unlisted += ended->unlisted;
	t->flows.evicted_unlisted += ended->unlisted;
	memset(ended->verdicts, 0, sizeof(ended->verdicts));
	memset(ended->coverage, 0, policy_row_count(ended->policy) * sizeof(*ended->coverage));
	ended->unlisted = 0;
	ended->captures[0].evicted_unlisted = 0;
}

/* Is the flow one of the first of its kind? */
static bool is_wanted(struct tally *t, const struct judged *flow, struct seen_finding *finding)
{
	if (t->ended.flow_count >= TALLY_FLOWS || flow->verdict == VERDICT_EXPECTED)
		return false;
	if (finding != NULL)
		return finding->kept++ < TALLY_OF_FINDING;
	return t->others[flow->verdict]++ < TALLY_OF_OTHERS;
}

/* The flow that vouches for the path goes with it, as long as readers look at single flows. */
static int keep_control(struct tally *t, const struct ledger *view, const struct judged *flow)
{
	struct judged *kept;

	if (ledger_copy_flow(&t->ended, view, &view->flows[flow->control]) != 0)
		return FA_ENOMEM;
	/* It is counted when it ends: here it is no flow of any verdict. */
	kept = &t->ended.flows[t->ended.flow_count - 1];
	kept->verdict = VERDICT_COUNT;
	kept->control_kind = CONTROL_NONE;
	return 0;
}

static int keep(struct tally *t, const struct ledger *view, const struct judged *flow,
		bool with_control)
{
	uint32_t control = LEDGER_NONE;
	struct judged *kept;

	if (with_control && flow->control_kind != CONTROL_NONE && flow->control < view->flow_count) {
		control = (uint32_t)t->ended.flow_count;
		if (keep_control(t, view, flow) != 0)
			return FA_ENOMEM;
	}
	if (ledger_copy_flow(&t->ended, view, flow) != 0)
		return FA_ENOMEM;
	kept = &t->ended.flows[t->ended.flow_count - 1];
	kept->control = control;
	if (control == LEDGER_NONE)
		kept->control_kind = CONTROL_NONE;
	return 0;
}

static int add_ended(struct tally *t, const struct ledger *view, const struct judged *flow,
		     int64_t now_ns)
{
	bool is_finding = (t->findings & VERDICT_BIT(flow->verdict)) != 0;
	struct seen_finding *finding = is_finding ? seen_finding(t->seen, view, flow, now_ns) : NULL;

	count(&t->ended, view, flow);
	judge_count_flow(view, flow, &t->flows);
	if (is_wanted(t, flow, finding))
		return keep(t, view, flow, finding != NULL && finding->kept <= TALLY_CONTROLS);
	t->ended.counted += flow->verdict != VERDICT_EXPECTED;
	return 0;
}

static int add_alive(struct tally *t, const struct ledger *view, const struct judged *flow)
{
	count(&t->all, view, flow);
	if ((t->findings & VERDICT_BIT(flow->verdict)) == 0)
		return 0;
	if (t->all.flow_count >= TALLY_ALIVE) {
		t->all.counted++;
		return 0;
	}
	if (ledger_copy_flow(&t->all, view, flow) != 0)
		return FA_ENOMEM;
	t->all.flows[t->all.flow_count - 1].control_kind = CONTROL_NONE;
	return 0;
}

int tally_add(struct tally *t, const struct ledger *view, int64_t now_ns)
{
	int status = 0;

	ledger_clear(&t->all);
	t->all.counted = 0;
	t->listed = false;
	for (size_t i = 0; i < view->flow_count; i++) {
		const struct judged *flow = &view->flows[i];

		if (flow->alive && add_alive(t, view, flow) != 0)
			status = FA_ENOMEM;
		if (!flow->alive && flow->fresh && add_ended(t, view, flow, now_ns) != 0)
			status = FA_ENOMEM;
	}
	add_counts(&t->all, &t->ended);
	t->all.unlisted = t->ended.unlisted;
	t->all.counted += t->ended.counted;
	return status;
}

/* What the frames say of the whole run, and what flows said on the way. */
static void fill(struct ledger *to, const struct capture_facts *cap, const struct capture_facts *flows)
{
	struct capture_facts *c = &to->captures[0];
	char *name = c->name;

	*c = *cap;
	c->name = name;
	c->group = 0;
	c->tcp_flows = flows->tcp_flows;
	c->tcp_midstream = flows->tcp_midstream;
	c->tcp_gaps = flows->tcp_gaps;
	c->evicted = flows->evicted + flows->evicted_unlisted;
	c->evicted_unlisted = flows->evicted_unlisted;
	c->paired_flows = flows->paired_flows;
	c->single_flows = flows->single_flows;
	c->silent_flows = flows->silent_flows;
	c->site_listed = flows->site_listed;
	c->site_flows = flows->site_flows;
	c->site_one = flows->site_one;
	c->site_both = flows->site_both;
	c->site_bound = flows->site_bound;
	c->in_part = true;
	fitness_assess(c);
	coverage_states(to);
}

const struct ledger *tally_sum(struct tally *t, const struct capture_facts *cap, bool alive)
{
	struct ledger *sum = alive ? &t->all : &t->ended;

	fill(sum, cap, &t->flows);
	return sum;
}

const struct ledger *tally_list(struct tally *t, const struct capture_facts *cap)
{
	uint32_t before = (uint32_t)t->all.flow_count;

	for (size_t i = 0; !t->listed && i < t->ended.flow_count; i++) {
		struct judged *copy;

		if (ledger_copy_flow(&t->all, &t->ended, &t->ended.flows[i]) != 0)
			return NULL;
		copy = &t->all.flows[t->all.flow_count - 1];
		if (copy->control != LEDGER_NONE)
			copy->control += before;
	}
	t->listed = true;
	return tally_sum(t, cap, true);
}

struct place {
	const char *id;
	unsigned row;
};

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->id, y->id);
}

/* Bring the counts of rows along by their ids. */
static int map_rows(struct ledger *to, const struct ledger *from)
{
	unsigned count = policy_row_count(to->policy);
	struct place *places = memory_array(count, sizeof(*places)), *found;

	if (places == NULL)
		return FA_ENOMEM;
	for (unsigned r = 0; r < count; r++)
		places[r] = (struct place){ policy_row(to->policy, r)->id, r };
	qsort(places, count, sizeof(*places), by_id);
	for (unsigned r = 0; r < policy_row_count(from->policy); r++) {
		const struct place key = { .id = policy_row(from->policy, r)->id };

		found = bsearch(&key, places, count, sizeof(*places), by_id);
		if (found != NULL)
			to->coverage[found->row] = from->coverage[r];
	}
	free(places);
	return 0;
}

static int renew(struct ledger *next, const struct policy *policy, const struct ledger *from,
		 struct fa_error *err)
{
	if (ledger_init(next, policy, err) != 0)
		return FA_ENOMEM;
	if (ledger_add_capture(next, from->captures[0].name) != 0)
		return error_set(err, FA_ENOMEM, "no memory");
	if (map_rows(next, from) != 0)
		return error_set(err, FA_ENOMEM, "no memory");
	memcpy(next->verdicts, from->verdicts, sizeof(next->verdicts));
	next->unlisted = from->unlisted;
	next->counted = ledger_flows(from) - from->unlisted - from->verdicts[VERDICT_EXPECTED];
	return 0;
}

int tally_set_policy(struct tally *t, const struct policy *policy, struct fa_error *err)
{
	struct ledger ended = { 0 }, all = { 0 };
	int status = renew(&ended, policy, &t->ended, err);

	if (status == 0)
		status = renew(&all, policy, &t->all, err);
	if (status != 0) {
		ledger_free(&ended);
		ledger_free(&all);
		return status;
	}
	t->flows.site_listed = policy_bound_count(policy);
	ledger_free(&t->ended);
	ledger_free(&t->all);
	t->ended = ended;
	t->all = all;
	seen_clear(t->seen);
	return 0;
}
