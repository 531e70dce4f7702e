/* Where a live run speaks: its outputs, and the troubles that the terminal hears of. */
#include <stdio.h>
#include <string.h>

#include "audit/watch_priv.h"
#include "report/text_live.h"

int watch_add_output(struct watch *w, enum report_format format, struct stream *stream,
		     struct fa_error *err)
{
	if (w->output_count == WATCH_OUTPUTS)
		return error_set(err, FA_EUSAGE, "at most %u outputs a run", WATCH_OUTPUTS);
	w->outputs[w->output_count++] = (struct watch_output){ format, stream };
	return 0;
}

/* For watch_next_trouble().  Nobody may be asking: the oldest gives way. */
static void add_trouble(struct watch *w, const char *text)
{
	unsigned at = (w->trouble_first + w->trouble_count) % WATCH_TROUBLES;

	snprintf(w->troubles[at], sizeof(w->troubles[at]), "%s", text);
	if (w->trouble_count == WATCH_TROUBLES)
		w->trouble_first = (w->trouble_first + 1) % WATCH_TROUBLES;
	else
		w->trouble_count++;
}

static void say_notice(struct watch *w, const struct watch_output *o, const char *code,
		       const char *text)
{
	struct report_options options = watch_options_for(w, o->stream);
	struct output *out;
	struct fa_error err;
	size_t len;

	if (output_open_memory(&out, &err) != 0)
		return;
	if (o->format == REPORT_JSON)
		json_live_notice(out, w->now.ns, code, text);
	else
		text_live_notice(out, w->now.ns, text, &options);
	text = output_text(out, &len);
	stream_lines(o->stream, text, len);
	(void)output_close(out, &err);
}

void watch_notice(struct watch *w, const char *code, const char *text)
{
	add_trouble(w, text);
	for (unsigned i = 0; i < w->output_count; i++)
		say_notice(w, &w->outputs[i], code, text);
}

void watch_mark(struct watch *w)
{
	const struct ledger *view = &w->recent.view;

	for (size_t i = 0; w->options.keep != NULL && i < view->flow_count; i++) {
		const struct judged *flow = &view->flows[i];
		char why[TEXT_LIVE_WHERE + 32], where[TEXT_LIVE_WHERE];

		if (!flow->fresh || !flow->alive)
			continue;
		text_live_where(view, flow, where);
		snprintf(why, sizeof(why), "%s: %s", verdict_name((enum verdict)flow->verdict), where);
		keep_mark(w->options.keep, recent_id(&w->recent, flow), why);
	}
}

static void flush_kept(struct watch *w)
{
	struct fa_error err;
	int status;

	if (w->options.keep == NULL)
		return;
	status = keep_write(w->options.keep, w->now.ns, &err);
	if (status != 0)
		watch_notice(w, status > 0 ? "keep_again" : "keep_failed", err.text);
}

void watch_flush(struct watch *w)
{
	flush_kept(w);
	for (unsigned i = 0; i < w->output_count; i++) {
		struct fa_error err;
		int status = stream_flush(w->outputs[i].stream, w->now.ns, &err);

		if (status != 0)
			watch_notice(w, status > 0 ? "output_again" : "output_failed", err.text);
	}
}

int watch_close_outputs(struct watch *w, struct fa_error *err)
{
	int status = 0;

	flush_kept(w);
	for (unsigned i = 0; i < w->output_count; i++) {
		struct fa_error why;

		if (stream_close(w->outputs[i].stream, &why) == 0)
			continue;
		if (status != 0)
			add_trouble(w, why.text);
		else
			status = error_set(err, FA_EIO, "%s", why.text);
	}
	w->output_count = 0;
	return status;
}

const char *watch_next_trouble(struct watch *w)
{
	if (w->trouble_count == 0)
		return "";
	memcpy(w->trouble, w->troubles[w->trouble_first], sizeof(w->trouble));
	w->trouble_first = (w->trouble_first + 1) % WATCH_TROUBLES;
	w->trouble_count--;
	return w->trouble;
}
