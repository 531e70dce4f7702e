/* Assembling what is settled, and taking out of it what is new. */
#include "audit/recent.h"

#include <stdlib.h>
#include <string.h>

#include "audit/known.h"
#include "base/memory.h"

/* Why a living flow is looked at: each once. */
enum stage {
	STAGE_SILENT = 1, /* as long as an attempt is given */
	STAGE_QUOTED = 2, /* an ICMP error is about it */
	STAGE_OVER = 4,   /* closed or reset, and quiet since */
	STAGE_TALKS = 8,  /* both ends spoke, and what can be identified is */
	STAGE_LASTS = 16, /* ... for as long as an attempt is given */
};

int recent_init(struct recent *r, struct pipeline *pipe, const struct policy *policy,
		const struct judge_options *judge, uint32_t early, int64_t now_ns,
		struct fa_error *err)
{
	*r = (struct recent){
		.pipe = pipe, .judge = *judge, .early = early, .began_ns = now_ns, .past_ns = now_ns
	};
	pipeline_ended(pipe)->evicted_room = RECENT_FLOWS;
	if (ledger_init(&r->past, policy, err) != 0 || ledger_init(&r->view, policy, err) != 0)
		return FA_ENOMEM;
	if (ledger_add_capture(&r->view, pipeline_ended(pipe)->captures[0].name) != 0)
		return error_set(err, FA_ENOMEM, "no memory");
	return 0;
}

void recent_free(struct recent *recent)
{
	ledger_free(&recent->past);
	ledger_free(&recent->view);
}

bool recent_is_full(const struct recent *recent)
{
	return pipeline_ended(recent->pipe)->flow_count - recent->looked >= RECENT_FLOWS;
}

static unsigned stages_of(const struct recent *r, const struct flow *f, int64_t now_ns)
{
	int64_t age = now_ns - f->first_ns;
	bool quiet = now_ns - f->last_ns >= RECENT_QUIET_NS;
	bool both = f->packets[0] != 0 && f->packets[1] != 0;
	unsigned stages = 0;

	/* A second more: packets that are there already may still wait to be read. */
	if (age >= r->judge.attempt_timeout_ns + NS_PER_S)
		stages |= both ? STAGE_LASTS | STAGE_TALKS : STAGE_SILENT;
	if ((f->flags & FLOW_QUOTED) != 0 && quiet)
		stages |= STAGE_QUOTED;
	if ((f->state == FLOW_RESET || f->state == FLOW_CLOSED) && quiet)
		stages |= STAGE_OVER;
	if (both && ((f->flags & FLOW_WANTS_PAYLOAD) == 0 || age >= RECENT_TALK_NS))
		stages |= STAGE_TALKS;
	return stages;
}

static int by_frame(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	return x->frame < y->frame ? -1 : x->frame > y->frame;
}

/*
 * List the living flows whose stage is new.  Of attempts that are merely silent, of which a
 * flood makes any number, the first RECENT_SILENT: they delay no other.
 */
static void find_due(struct recent *r, int64_t now_ns)
{
	unsigned silent = 0;

	r->due_count = 0;
	for (uint32_t id = pipeline_next_live(r->pipe, FLOW_NONE);
	     id != FLOW_NONE && r->due_count < RECENT_DUE; id = pipeline_next_live(r->pipe, id)) {
		const struct flow *flow = pipeline_flow(r->pipe, id);
		struct known *known = pipeline_known(r->pipe, id);
		unsigned stages = stages_of(r, flow, now_ns) & ~(unsigned)known->stage;

		if (stages == 0 || (stages == STAGE_SILENT && silent++ >= RECENT_SILENT))
			continue;
		known->stage |= (uint8_t)stages;
		known->due = 1;
		r->due[r->due_count++] = (struct due){ flow->first_frame, id };
	}
	qsort(r->due, r->due_count, sizeof(*r->due), by_frame);
}

static struct due *due_of(const struct recent *r, uint64_t first_frame)
{
	struct due key = { .frame = first_frame };

	return bsearch(&key, r->due, r->due_count, sizeof(*r->due), by_frame);
}

uint32_t recent_id(const struct recent *r, const struct judged *flow)
{
	const struct due *due = due_of(r, flow->first_frame);

	return due == NULL ? FLOW_NONE : due->id;
}

/* Flows that have ended, of which those from @fresh on are concluded now. */
static int add_ended(struct ledger *view, const struct ledger *ended, size_t fresh)
{
	for (size_t i = 0; i < ended->flow_count; i++) {
		if (ledger_copy_flow(view, ended, &ended->flows[i]) != 0)
			return FA_ENOMEM;
		view->flows[view->flow_count - 1].fresh = i >= fresh;
	}
	return 0;
}

static int add_one(struct recent *r, uint32_t id, bool due)
{
	struct flow_notes room;
	struct opinion o;

	pipeline_form(r->pipe, id, &o, &room);
	o.judged.fresh = due;
	o.judged.told = pipeline_known(r->pipe, id)->told & 7u;
	return judge_keep(&r->view, &o) < 0 ? FA_ENOMEM : 0;
}

/* Conversations before attempts: a flood of these must not hide what vouches for a path. */
static int add_alive(struct recent *r)
{
	unsigned left[2] = { RECENT_ATTEMPTS, RECENT_ALIVE };

	for (unsigned i = 0; i < r->due_count; i++)
		if (add_one(r, r->due[i].id, true) != 0)
			return FA_ENOMEM;
	for (uint32_t id = pipeline_next_live(r->pipe, FLOW_NONE);
	     id != FLOW_NONE && (left[0] | left[1]) != 0; id = pipeline_next_live(r->pipe, id)) {
		const struct flow *flow = pipeline_flow(r->pipe, id);
		bool both = flow->packets[0] != 0 && flow->packets[1] != 0;

		if (left[both] == 0 || pipeline_known(r->pipe, id)->due)
			continue;
		left[both]--;
		if (add_one(r, id, false) != 0)
			return FA_ENOMEM;
	}
	for (unsigned i = 0; i < r->due_count; i++)
		pipeline_known(r->pipe, r->due[i].id)->due = 0;
	return 0;
}

/* Of living flows only what is worth telling early, and was not told, stays fresh. */
static void note_told(struct recent *r)
{
	for (size_t i = 0; i < r->view.flow_count; i++) {
		struct judged *flow = &r->view.flows[i];
		struct due *due;

		if (!flow->fresh || !flow->alive)
			continue;
		due = due_of(r, flow->first_frame);
		flow->fresh = (r->early & VERDICT_BIT(flow->verdict)) != 0 &&
			      flow->told != flow->verdict + 1u && due != NULL;
		if (flow->fresh)
			pipeline_known(r->pipe, due->id)->told = (uint8_t)(flow->verdict + 1u);
	}
}

static int assemble(struct recent *r, const struct capture_facts *window)
{
	struct ledger *view = &r->view;
	char *name = view->captures[0].name;

	ledger_clear(view);
	view->captures[0] = *window;
	view->captures[0].name = name;
	view->captures[0].group = 0;
	if (add_ended(view, &r->past, r->past.flow_count) != 0 ||
	    add_ended(view, pipeline_ended(r->pipe), r->looked) != 0 || add_alive(r) != 0)
		return FA_ENOMEM;
	for (size_t i = 0; i < view->flow_count; i++)
		view->flows[i].input = 0;
	return 0;
}

int recent_look(struct recent *r, const struct capture_facts *window, int64_t now_ns, bool all,
		struct fa_error *err)
{
	size_t ended = pipeline_ended(r->pipe)->flow_count;

	find_due(r, now_ns);
	if (!all && r->due_count == 0 && ended == r->looked)
		return 0;
	if (assemble(r, window) != 0 || ledger_settle(&r->view, &r->judge) != 0)
		return error_set(err, FA_ENOMEM, "no memory to judge %zu flows",
				 r->view.flow_count);
	r->looked = ended;
	note_told(r);
	return 1;
}

bool recent_turn(struct recent *r, int64_t now_ns)
{
	struct ledger *ended = pipeline_ended(r->pipe), swap;

	if (now_ns - r->began_ns < RECENT_SPAN_NS && r->looked < RECENT_FLOWS)
		return false;
	FA_ASSERT(r->looked == ended->flow_count);
	swap = r->past;
	r->past = *ended;
	*ended = swap;
	/* The capture's record stays with the ledger that flows come to. */
	ledger_move_captures(ended, &r->past);
	ledger_clear(ended);
	ended->evicted_room = RECENT_FLOWS;
	r->looked = 0;
	r->past_ns = r->began_ns;
	r->began_ns = now_ns;
	return true;
}

void recent_forget(struct recent *r, int64_t now_ns)
{
	ledger_clear(&r->past);
	ledger_clear(pipeline_ended(r->pipe));
	r->looked = 0;
	r->began_ns = r->past_ns = now_ns;
}

int recent_set_policy(struct recent *r, const struct policy *policy, struct fa_error *err)
{
	struct recent next;
	int status = recent_init(&next, r->pipe, policy, &r->judge, r->early, r->began_ns, err);

	if (status != 0) {
		recent_free(&next);
		return status;
	}
	recent_free(r);
	*r = next;
	return 0;
}
