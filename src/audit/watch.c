/* Steps, looks, the clock, and the end. */
#include "audit/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/watch_priv.h"
#include "base/clock.h"
#include "base/memory.h"

/* A look may cost one part in so many of the time. */
#define LOOK_SHARE 10

/* At the end, as long as frames come that were captured before it. */
#define FINISH_NS (4 * NS_PER_S)

/* Of the last sight. */
static uint32_t interfaces_up(const struct watch *w)
{
	uint32_t up = 0;

	for (unsigned i = 0; i < wire_count(w->wire); i++)
		up |= (uint32_t)w->now.interfaces[i].up << i;
	return up;
}

static void take_sight(struct watch *w, int64_t now_ns)
{
	wire_refresh(w->wire);
	sight_take(&w->now, w->pipe, w->wire, &w->tables, now_ns);
}

int watch_new(struct watch **watch, struct pipeline *pipe, const struct policy *policy,
	      struct wire *wire, const struct watch_options *options, struct fa_error *err)
{
	int64_t wall = clock_ns(CLOCK_REALTIME), steady = clock_ns(CLOCK_MONOTONIC);
	struct watch *w = memory_array(1, sizeof(*w));
	int status;

	*watch = NULL;
	if (w == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	w->options = *options;
	w->pipe = pipe;
	w->wire = wire;
	w->clock_ns = wall - steady;
	w->look_ns = steady + WATCH_LOOK_NS;
	if (options->keep != NULL)
		pipeline_set_keep(pipe, options->keep);
	status = pipeline_open_live(pipe, wire, options->name, err);
	if (status == 0)
		status = recent_init(&w->recent, pipe, policy, &options->judge,
				     options->report.fail_on, wall, err);
	if (status == 0)
		status = tally_init(&w->tally, policy, options->name, options->report.fail_on, err);
	if (status != 0) {
		watch_free(w);
		return status;
	}
	take_sight(w, wall);
	w->start = w->past = w->began = w->told = w->now;
	w->up = interfaces_up(w);
	*watch = w;
	return 0;
}

void watch_free(struct watch *watch)
{
	struct fa_error err;

	if (watch == NULL)
		return;
	(void)watch_close_outputs(watch, &err);
	recent_free(&watch->recent);
	tally_free(&watch->tally);
	free(watch);
}

/* Settle what there is, tell it, count it.  @all: and see how everything alive stands. */
static int look(struct watch *w, bool all, struct fa_error *err)
{
	struct capture_facts window;
	int status;

	tally_take_unlisted(&w->tally, pipeline_ended(w->pipe));
	sight_since(&window, &w->now, &w->past);
	status = recent_look(&w->recent, &window, w->now.ns, all, err);
	if (status < 0)
		return status;
	if (status == 1) {
		status = watch_say_flows(w, err);
		watch_mark(w);
		if (tally_add(&w->tally, &w->recent.view, w->now.ns) != 0)
			status = error_set(err, FA_ENOMEM, "no memory to keep findings");
	}
	if (recent_turn(&w->recent, w->now.ns)) {
		w->past = w->began;
		w->began = w->now;
	}
	return status;
}

static void say_interface(struct watch *w, const struct live_interface *interface)
{
	char text[200];

	if (interface->up)
		snprintf(text, sizeof(text), "interface %s is up again", interface->name);
	else if (interface->gone)
		snprintf(text, sizeof(text),
			 w->options.reopens ? "interface %s has vanished: nothing is seen there "
					      "until it is made anew"
					    : "interface %s has vanished: if it is made anew, "
					      "start again to see it",
			 interface->name);
	else
		snprintf(text, sizeof(text),
			 "interface %s is down: nothing is seen there until it is up",
			 interface->name);
	watch_notice(w, interface->up ? "interface_up" : "interface_down", text);
}

/* Interfaces that went down, or came back. */
static void watch_interfaces(struct watch *w)
{
	uint32_t up = interfaces_up(w), changed = up ^ w->up;

	for (unsigned i = 0; i < wire_count(w->wire); i++)
		if ((changed >> i & 1) != 0)
			say_interface(w, &w->now.interfaces[i]);
	w->up = up;
}

/*
 * Frames are stamped by the wall clock.  Where somebody set it, times before and after cannot be
 * compared: what is open is judged as at the end of a capture, an hour that never
 * was is no hour of silence.
 */
static int watch_clock(struct watch *w, int64_t wall_ns, int64_t steady_ns, struct fa_error *err)
{
	int64_t step = wall_ns - steady_ns - w->clock_ns;
	char text[200];
	int status;

	if (step < WATCH_CLOCK_STEP_NS && step > -WATCH_CLOCK_STEP_NS) {
		w->clock_ns += step; /* NTP turns it slowly */
		return 0;
	}
	take_sight(w, steady_ns + w->clock_ns);
	w->clock_ns += step;
	/* What tables counted that are no more is in the sight already. */
	w->tables = w->now.table;
	status = pipeline_restart(w->pipe, err);
	if (status == 0)
		status = look(w, false, err);
	recent_forget(&w->recent, wall_ns);
	take_sight(w, wall_ns);
	w->past = w->began = w->now;
	/* How long it was is not for the clock to say. */
	w->start.ns += step;
	w->told.ns += step;
	seen_shift(w->tally.seen, step);
	snprintf(text, sizeof(text),
		 "the clock was set %s by %.1f s: what was open is judged as it was",
		 step > 0 ? "forward" : "back", (double)(step < 0 ? -step : step) / NS_PER_S);
	watch_notice(w, "clock_step", text);
	return status;
}

static int tick(struct watch *w, int64_t steady_ns, struct fa_error *err)
{
	int64_t wall = steady_ns + w->clock_ns, took;
	uint64_t frames = w->now.cap.frames;
	int64_t before = w->now.ns;
	int status = pipeline_advance(w->pipe, wall, err);

	if (status != 0)
		return status;
	take_sight(w, wall);
	if (wall > before)
		w->rate = (double)(w->now.cap.frames - frames) * NS_PER_S / (double)(wall - before);
	watch_interfaces(w);
	status = look(w, false, err);
	if (status == 0)
		status = watch_say_again(w, err);
	if (status == 0 && w->options.stats_ns != 0 && wall - w->told.ns >= w->options.stats_ns)
		status = watch_say_stats(w, err);
	watch_flush(w);
	took = clock_ns(CLOCK_MONOTONIC) - steady_ns;
	w->look_ns = steady_ns + MAX(WATCH_LOOK_NS, took * LOOK_SHARE);
	return status;
}

/* Nothing can come any more. */
static bool is_deaf(const struct watch *w)
{
	for (unsigned i = 0; i < wire_count(w->wire); i++)
		if (!w->now.interfaces[i].gone)
			return false;
	return !w->options.reopens;
}

/* Is the packet's time so far from ours that the clock may have been set before it came? */
static bool is_odd(const struct watch *w, const struct parcel *parcel, int64_t steady_ns)
{
	int64_t off = parcel->count == 0 ? 0 : parcel->facts[0].ts_ns - (steady_ns + w->clock_ns);

	return off > WATCH_CLOCK_STEP_NS / 2 || off < -WATCH_CLOCK_STEP_NS / 2;
}

int watch_step(struct watch *w, struct fa_error *err)
{
	const struct parcel *parcel;
	int64_t steady;
	bool due;
	int status = 0;

	if (is_deaf(w))
		return error_set(err, FA_EIO, "every interface has vanished: start again");
	parcel = pipeline_poll_live(w->pipe);
	steady = clock_ns(CLOCK_MONOTONIC);
	due = steady >= w->look_ns || recent_is_full(&w->recent);
	/* Before packets of another time meet flows of this one. */
	if (due || is_odd(w, parcel, steady))
		status = watch_clock(w, clock_ns(CLOCK_REALTIME), steady, err);
	if (status == 0)
		status = pipeline_take_live(w->pipe, parcel, err);
	return status == 0 && due ? tick(w, steady, err) : status;
}

bool watch_is_over(const struct watch *w)
{
	for (unsigned i = 0; i < w->output_count; i++)
		if (!stream_is_over(w->outputs[i].stream))
			return false;
	return w->output_count != 0;
}

/* The capture from the start. */
static void whole(const struct watch *w, struct capture_facts *cap)
{
	sight_since(cap, &w->now, &w->start);
}

void watch_status(struct watch *w, struct watch_status *status)
{
	*status = (struct watch_status){ .flows_live = w->now.table.live,
					 .evictions = w->now.table.evicted,
					 .findings = seen_count(w->tally.seen),
					 .rate = w->rate };
	whole(w, &status->cap);
	for (unsigned i = 0; i < w->output_count; i++)
		status->lost_records += stream_lost(w->outputs[i].stream);
	status->sum = tally_sum(&w->tally, &status->cap, true);
}

unsigned watch_latest(const struct watch *w, const struct seen_finding *latest[static WATCH_LATEST])
{
	return seen_latest(w->tally.seen, latest, WATCH_LATEST);
}

int watch_set_policy(struct watch *w, const struct policy *policy, struct fa_error *err)
{
	int status = pipeline_advance(w->pipe, w->now.ns, err);

	/* What the rows before concluded is told under them. */
	if (status == 0)
		status = look(w, false, err);
	if (status == 0)
		status = tally_set_policy(&w->tally, policy, err);
	if (status == 0)
		status = pipeline_set_policy(w->pipe, policy, err);
	if (status == 0)
		status = recent_set_policy(&w->recent, policy, err);
	return status;
}

int watch_finish(struct watch *w, struct fa_error *err)
{
	int64_t until = clock_ns(CLOCK_MONOTONIC) + FINISH_NS;
	const struct parcel *parcel;
	int status;

	/* What the kernel holds already was seen, too. */
	wire_stop(w->wire);
	do {
		parcel = pipeline_poll_live(w->pipe);
		status = pipeline_take_live(w->pipe, parcel, err);
	} while (status == 0 && (parcel->count != 0 || !wire_is_idle(w->wire)) &&
		 clock_ns(CLOCK_MONOTONIC) < until);
	status = pipeline_advance(w->pipe, clock_ns(CLOCK_REALTIME), err);
	take_sight(w, clock_ns(CLOCK_REALTIME));
	if (status == 0)
		status = pipeline_end_live(w->pipe, err);
	if (status == 0)
		status = look(w, false, err);
	w->finished = true;
	if (status == 0 && w->options.stats_ns != 0)
		status = watch_say_stats(w, err);
	if (status == 0)
		status = watch_say_end(w, err);
	return status == 0 ? watch_close_outputs(w, err) : status;
}

int watch_say_summary(struct watch *w, struct fa_error *err)
{
	int64_t wall = clock_ns(CLOCK_MONOTONIC) + w->clock_ns;
	int status = pipeline_advance(w->pipe, wall, err);

	take_sight(w, wall);
	if (status == 0)
		status = look(w, true, err);
	if (status == 0)
		status = watch_say_end(w, err);
	watch_flush(w);
	return status;
}

const struct ledger *watch_ledger(const struct watch *w)
{
	return &w->tally.ended;
}
