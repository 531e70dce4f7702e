/* What a live run says, in every output: records as they are, text with likes folded. */
#include <stdio.h>
#include <string.h>

#include "audit/exit_status.h"
#include "audit/watch_priv.h"
#include "report/text_live.h"

/* Records made at a time, of a look that concluded many. */
#define CHUNK 256u

/* Give an output the lines of @text, each of them whole, and let go of it. */
static int give_lines(struct stream *stream, struct output *text, struct fa_error *err)
{
	size_t len;
	const char *line = output_text(text, &len), *end = line + len;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		stop = stop == NULL ? end : stop + 1;
		stream_lines(stream, line, (size_t)(stop - line));
		line = stop;
	}
	return output_close(text, err);
}

struct report_options watch_options_for(const struct watch *w, const struct stream *stream)
{
	struct report_options options = w->options.report;

	options.width = stream_width(stream);
	options.colour = w->options.colour_always || (options.colour && stream_is_terminal(stream));
	return options;
}

static int say_records(struct watch *w, struct stream *stream, struct fa_error *err)
{
	struct output *out;
	size_t at = 0;
	bool more = true;

	while (more) {
		if (output_open_memory(&out, err) != 0)
			return FA_ENOMEM;
		more = json_live_flows(out, &w->recent.view, &at, CHUNK);
		if (give_lines(stream, out, err) != 0)
			return FA_ENOMEM;
	}
	return 0;
}

/* Is it news for a reader of text?  With -v all but what is as it should be, with -vv that too. */
static bool is_shown(const struct watch *w, const struct judged *flow)
{
	uint32_t shown = w->options.report.fail_on;

	if (w->options.report.verbose > 0)
		shown |= ~VERDICT_BIT(VERDICT_EXPECTED);
	if (w->options.report.verbose > 1)
		shown |= VERDICT_BIT(VERDICT_EXPECTED);
	return live_is_news(flow) && (shown & VERDICT_BIT(flow->verdict)) != 0;
}

/* Lines of the findings that are new.  Those that are not wait for watch_say_again(). */
static void new_findings(struct watch *w, struct output *out, const struct report_options *options)
{
	const struct ledger *view = &w->recent.view;
	unsigned lines = 0;

	for (size_t i = 0; i < view->flow_count && lines < WATCH_LINES; i++) {
		const struct judged *flow = &view->flows[i];
		const struct seen_finding *finding;

		/* What was said of it before is taken back, whatever it is now. */
		if (live_is_news(flow) && flow->told != 0) {
			text_live_finding(out, w->now.ns, view, flow, options);
			lines++;
			continue;
		}
		if (!is_shown(w, flow))
			continue;
		finding = seen_finding(w->tally.seen, view, flow, w->now.ns);
		if (finding->told_ns != w->now.ns || finding->teller != flow->first_frame)
			continue;
		text_live_finding(out, w->now.ns, view, flow, options);
		lines++;
	}
}

static int say_text(struct watch *w, struct stream *stream,
		    void (*say)(struct watch *w, struct output *out,
				const struct report_options *options),
		    struct fa_error *err)
{
	struct report_options options = watch_options_for(w, stream);
	struct output *out;

	if (output_open_memory(&out, err) != 0)
		return FA_ENOMEM;
	say(w, out, &options);
	return give_lines(stream, out, err);
}

/*
 * Count the news under their findings; the first flow of a new one speaks for it.  Beyond
 * WATCH_LINES they wait for watch_say_again().
 */
static void count_news(struct watch *w)
{
	const struct ledger *view = &w->recent.view;
	unsigned lines = 0;

	for (size_t i = 0; i < view->flow_count; i++) {
		const struct judged *flow = &view->flows[i];
		struct seen_finding *finding;

		if (!is_shown(w, flow))
			continue;
		finding = seen_finding(w->tally.seen, view, flow, w->now.ns);
		finding->flows++;
		finding->untold++;
		if (finding->flows == 1 && lines++ < WATCH_LINES) {
			finding->teller = flow->first_frame;
			seen_told(finding, w->now.ns);
		}
	}
}

int watch_say_flows(struct watch *w, struct fa_error *err)
{
	int status = 0;

	count_news(w);
	for (unsigned i = 0; i < w->output_count && status == 0; i++)
		status = w->outputs[i].format == REPORT_JSON
				 ? say_records(w, w->outputs[i].stream, err)
				 : say_text(w, w->outputs[i].stream, new_findings, err);
	return status;
}

static void again(struct watch *w, struct output *out, const struct report_options *options)
{
	const struct seen_finding *finding;
	unsigned pos = 0, lines = 0;

	while (lines < WATCH_LINES &&
	       (finding = seen_next_untold(w->tally.seen, w->now.ns - WATCH_AGAIN_NS, &pos)) !=
		       NULL) {
		text_live_more(out, w->now.ns, finding->verdict, finding->where, finding->untold,
			       finding->flows, options);
		lines++;
	}
}

int watch_say_again(struct watch *w, struct fa_error *err)
{
	struct seen_finding *finding;
	unsigned pos = 0, told = 0;
	int status = 0;

	for (unsigned i = 0; i < w->output_count && status == 0; i++)
		if (w->outputs[i].format == REPORT_TEXT)
			status = say_text(w, w->outputs[i].stream, again, err);
	while (told++ < WATCH_LINES &&
	       (finding = seen_next_untold(w->tally.seen, w->now.ns - WATCH_AGAIN_NS, &pos)) !=
		       NULL)
		seen_told(finding, w->now.ns);
	return status;
}

/* An interval as it is reported; @lost, @kept: since the start. */
struct interval {
	struct capture_facts seen;
	struct live_interface_stats interfaces[LIVE_INTERFACES_MAX];
	struct live_stats stats;
	uint64_t lost;
	struct keep_stats kept;
};

static void take_interval(const struct watch *w, struct interval *v)
{
	sight_since(&v->seen, &w->now, &w->told);
	v->stats = (struct live_stats){
		.ns = w->now.ns,
		.interval_ns = w->now.ns - w->told.ns,
		.seen = &v->seen,
		.flows_live = w->now.table.live,
		.flows_ended = w->now.table.opened - w->told.table.opened + w->told.table.live -
			       w->now.table.live,
		.evictions = w->now.table.evicted - w->told.table.evicted,
		.gaps = w->tally.flows.tcp_gaps - w->gaps,
		.interfaces = v->interfaces,
		.interface_count = wire_count(w->wire),
	};
	for (unsigned i = 0; i < v->stats.interface_count; i++) {
		const struct live_interface *f = &w->now.interfaces[i];

		v->interfaces[i] = (struct live_interface_stats){
			.name = f->name,
			.up = f->up,
			.frames = f->frames - w->told.interfaces[i].frames,
			.kernel_drops = f->kernel_drops - w->told.interfaces[i].kernel_drops,
			.interface_drops =
				f->interface_drops - w->told.interfaces[i].interface_drops,
		};
	}
	v->lost = 0;
	for (unsigned i = 0; i < w->output_count; i++)
		v->lost += stream_lost(w->outputs[i].stream);
	v->stats.lost_records = v->lost - w->lost;
	v->kept = (struct keep_stats){ 0 };
	v->stats.keeps = w->options.keep != NULL;
	if (v->stats.keeps)
		keep_stats(w->options.keep, &v->kept);
	v->stats.kept = v->kept.kept - w->kept.kept;
	v->stats.keep_lost = v->kept.lost - w->kept.lost;
}

int watch_say_stats(struct watch *w, struct fa_error *err)
{
	struct interval v;
	int status = 0;

	take_interval(w, &v);
	for (unsigned i = 0; i < w->output_count && status == 0; i++) {
		struct stream *stream = w->outputs[i].stream;
		struct report_options options = watch_options_for(w, stream);
		struct output *out;

		status = output_open_memory(&out, err);
		if (status != 0)
			break;
		if (w->outputs[i].format == REPORT_JSON)
			json_live_stats(out, &v.stats);
		else
			text_live_stats(out, &v.stats, &options);
		status = give_lines(stream, out, err);
	}
	w->told = w->now;
	w->gaps = w->tally.flows.tcp_gaps;
	w->lost = v.lost;
	w->kept = v.kept;
	return status;
}

/* The run so far, or all of it, to one output. */
static int say_sum(struct watch *w, const struct watch_output *o, const struct ledger *sum,
		   struct fa_error *err)
{
	struct report_options options = watch_options_for(w, o->stream);
	struct output *out;

	options.interim = !w->finished;
	options.elapsed_s = (double)(w->now.ns - w->start.ns) / NS_PER_S;
	options.exit_status = exit_status_of(sum, &w->options.rules);
	if (output_open_memory(&out, err) != 0)
		return FA_ENOMEM;
	if (o->format == REPORT_TEXT) {
		/* Apart from the lines before it. */
		output_string(out, "\n");
		report_text(out, sum, &options);
	} else if (w->finished) {
		json_live_end(out, sum, &options);
	} else {
		json_live_interim(out, sum, &options);
	}
	return give_lines(o->stream, out, err);
}

int watch_say_end(struct watch *w, struct fa_error *err)
{
	struct capture_facts cap;
	const struct ledger *sum;
	int status = 0;

	sight_since(&cap, &w->now, &w->start);
	sum = w->finished ? tally_sum(&w->tally, &cap, false) : tally_list(&w->tally, &cap);
	if (sum == NULL)
		return error_set(err, FA_ENOMEM, "no memory for a report");
	for (unsigned i = 0; i < w->output_count && status == 0; i++)
		status = say_sum(w, &w->outputs[i], sum, err);
	return status;
}
