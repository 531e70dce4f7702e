/* See vigil.h. */
#include "audit/vigil.h"

#include <CUnit/CUnit.h>

#include "audit/pipeline_priv.h"
#include "report/live.h"

#define HOURS_NS (3 * 3600 * NS_PER_S)

void vigil_open(struct vigil *v, const struct policy *policy)
{
	const struct decoder_options decoding = DECODER_DEFAULTS;
	struct fa_error err;

	*v = (struct vigil){ .policy = policy, .options = PIPELINE_DEFAULTS };
	v->options.live = true;
	v->options.threads = 1;
	v->options.table.max_flows = 10000;
	v->options.table.stream_bytes = 1 << 20;
	v->options.table.seed = 1;
	CU_ASSERT_EQUAL_FATAL(pipeline_new(&v->pipe, policy, &v->options, &err), 0);
	CU_ASSERT_EQUAL_FATAL(ledger_add_capture(pipeline_ended(v->pipe), "wire"), 0);
	CU_ASSERT_EQUAL_FATAL(decoder_new(&v->decoder, &decoding, &err), 0);
	CU_ASSERT_EQUAL_FATAL(parcel_init(&v->parcel, FRAME_BATCH), 0);
}

void vigil_close(struct vigil *v)
{
	if (v->start_ns != 0) {
		recent_free(&v->recent);
		tally_free(&v->tally);
	}
	parcel_destroy(&v->parcel);
	decoder_free(v->decoder);
	pipeline_free(v->pipe);
}

static void note_news(struct vigil *v)
{
	const struct ledger *view = &v->recent.view;

	for (size_t i = 0; i < view->flow_count; i++) {
		const struct judged *flow = &view->flows[i];

		if (!live_is_news(flow))
			continue;
		CU_ASSERT_FATAL(v->news_count < VIGIL_NEWS);
		v->news[v->news_count++] = (struct vigil_news){ .ns = v->now_ns,
								.first_frame = flow->first_frame,
								.verdict = flow->verdict,
								.outcome = flow->outcome,
								.alive = flow->alive,
								.told = flow->told };
	}
}

static void look(struct vigil *v)
{
	struct capture_facts window = v->seen;
	struct fa_error err;
	int status;

	window.first_ns = v->recent.past_ns;
	window.last_ns = v->now_ns;
	window.kernel_drops = v->drops;
	window.has_drops = true;
	tally_take_unlisted(&v->tally, pipeline_ended(v->pipe));
	status = recent_look(&v->recent, &window, v->now_ns, false, &err);
	CU_ASSERT_FATAL(status >= 0);
	if (status == 1) {
		v->looks++;
		note_news(v);
		CU_ASSERT_EQUAL(tally_add(&v->tally, &v->recent.view, v->now_ns), 0);
	}
	recent_turn(&v->recent, v->now_ns);
}

/* The seconds up to @ns; of years only the last hours. */
static void tick_until(struct vigil *v, int64_t ns)
{
	struct fa_error err;

	for (; v->tick_ns <= ns; v->tick_ns += NS_PER_S) {
		if (ns - v->tick_ns > 2 * HOURS_NS)
			v->tick_ns = ns - HOURS_NS;
		v->now_ns = v->tick_ns;
		CU_ASSERT_EQUAL_FATAL(pipeline_advance(v->pipe, v->now_ns, &err), 0);
		look(v);
	}
}

static void start(struct vigil *v, int64_t ns)
{
	struct fa_error err;

	v->start_ns = ns;
	v->tick_ns = ns + NS_PER_S;
	CU_ASSERT_EQUAL_FATAL(recent_init(&v->recent, v->pipe, v->policy, &v->options.judge,
					  VERDICT_BIT(VERDICT_UNEXPECTED) |
						  VERDICT_BIT(VERDICT_BLOCKED) |
						  VERDICT_BIT(VERDICT_MISMATCH),
					  ns, &err),
			      0);
	CU_ASSERT_EQUAL_FATAL(tally_init(&v->tally, v->policy, "wire", v->recent.early, &err), 0);
}

static void handle(struct vigil *v, const struct frame *frame)
{
	struct frame numbered = *frame;
	struct fa_error err;

	if (v->start_ns == 0)
		start(v, frame->ts_ns);
	tick_until(v, frame->ts_ns);
	numbered.number = ++v->frames;
	decode_batch(v->decoder, &numbered, 1, v->parcel.facts);
	flow_slots_make(flow_table_hashing(v->pipe->table), v->parcel.facts, 1, v->parcel.slots);
	counters_add(&v->seen.counters, v->parcel.facts);
	v->seen.frames++;
	v->seen.wire_bytes += frame->wirelen;
	v->seen.cut_frames += frame->caplen < frame->wirelen;
	v->seen.verified_checksums += v->parcel.facts->verified;
	v->seen.bad_checksums += v->parcel.facts->bad_checksum;
	v->parcel.count = 1;
	v->parcel.status = 1;
	CU_ASSERT_EQUAL_FATAL(pipeline_handle(v->pipe, &v->parcel, &err), 1);
}

void vigil_play(struct vigil *v, const char *path)
{
	struct frame frames[FRAME_BATCH];
	struct source *source;
	struct fa_error err;
	int n;

	CU_ASSERT_EQUAL_FATAL(source_open(&source, path, NULL, &err), 0);
	while ((n = source_next(source, frames, &err)) > 0)
		for (int i = 0; i < n; i++)
			handle(v, &frames[i]);
	source_close(source);
}

void vigil_wait(struct vigil *v, int64_t until_ns)
{
	tick_until(v, until_ns);
}

void vigil_end(struct vigil *v)
{
	struct fa_error err;

	CU_ASSERT_EQUAL_FATAL(pipeline_end_live(v->pipe, &err), 0);
	look(v);
}

const struct vigil_news *vigil_told(const struct vigil *v, uint64_t first_frame, unsigned nth)
{
	for (unsigned i = 0; i < v->news_count; i++)
		if (v->news[i].first_frame == first_frame && nth-- == 0)
			return &v->news[i];
	return NULL;
}
