/* Frames in, facts and keys out, and what the frames say of their capture. */
#include "audit/intake.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "packet/fragment.h"

/* What one call of decode_batch() may put together, and twice that: room for the next. */
#define PIECES_BATCH ((size_t)FRAME_BATCH * (FRAGMENT_MAX_BYTES + 1))
#define PIECES_ROOM  (2 * PIECES_BATCH)

/**
 * struct intake - One reader
 * @source, @live: The open input, one of the two
 * @live_frames, @live_bytes: Of @live so far
 * @seen:	Of the open input
 * @decoded:	Decoder's counts when the input was opened, or its group began
 * @group_last_ns: Latest packet of the group; INT64_MIN: none
 * @input_first_ns: First packet of the group's latest input
 * @fresh:	No frame of the open input was seen yet
 * @waiting:	[@waiting_count] frames that are of another turn than the last parcel
 */
struct intake {
	struct intake_options options;
	struct decoder *decoder;
	struct source *source;
	struct live *live;
	uint64_t live_frames, live_bytes;
	struct capture_facts seen;
	struct decoder_stats decoded;
	int64_t group_last_ns, input_first_ns;
	uint32_t group;
	bool fresh;
	unsigned waiting_count;
	struct frame waiting[FRAME_BATCH];
};

int parcel_init(struct parcel *parcel, unsigned packets)
{
	FA_ASSERT(packets >= FRAME_BATCH);
	*parcel = (struct parcel){ .room = packets };
	parcel->facts = memory_array(packets, sizeof(*parcel->facts));
	parcel->slots = memory_array(packets, sizeof(*parcel->slots));
	parcel->raw = memory_array(FRAME_BATCH, sizeof(*parcel->raw));
	if (parcel->facts != NULL && parcel->slots != NULL && parcel->raw != NULL)
		return 0;
	parcel_destroy(parcel);
	return FA_ENOMEM;
}

void parcel_destroy(struct parcel *parcel)
{
	free(parcel->facts);
	free(parcel->slots);
	free(parcel->raw);
	memory_region_free(parcel->pieces, PIECES_ROOM);
	*parcel = (struct parcel){ 0 };
}

int intake_new(struct intake **intake, const struct intake_options *options, struct fa_error *err)
{
	struct intake *in = memory_array(1, sizeof(*in));
	int status;

	*intake = NULL;
	if (in == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	in->options = *options;
	in->group_last_ns = INT64_MIN;
	status = decoder_new(&in->decoder, &options->decoder, err);
	if (status != 0) {
		free(in);
		return status;
	}
	*intake = in;
	return 0;
}

void intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	source_close(intake->source);
	decoder_free(intake->decoder);
	free(intake);
}

static void begin_input(struct intake *in)
{
	in->seen = (struct capture_facts){ .filter = in->options.filter };
	decoder_stats(in->decoder, &in->decoded);
	in->fresh = true;
	in->waiting_count = 0;
}

int intake_open(struct intake *in, const char *path, struct fa_error *err)
{
	struct source_options options = { .filter = in->options.filter,
					  .threads = in->options.unpack_ahead ? 2 : 1,
					  .turns = in->options.turns };
	int status;

	if (in->decoder == NULL) /* memory ran out between two inputs */
		return error_set(err, FA_ENOMEM, "%s: no memory to go on", path);
	status = source_open(&in->source, path, &options, err);
	if (status != 0) {
		in->source = NULL;
		return status;
	}
	begin_input(in);
	return 0;
}

void intake_open_live(struct intake *in, struct live *live)
{
	in->live = live;
	in->live_frames = in->live_bytes = 0;
	begin_input(in);
}

bool intake_is_open(const struct intake *intake)
{
	return intake->source != NULL;
}

unsigned intake_threads(const struct intake *intake)
{
	const struct source_info *info = source_info(intake->source);

	return info->waits ? UINT_MAX : info->ahead;
}

/* Fragments that are still waited for are given up.  Return: their datagrams */
static uint64_t end_group(struct intake *in)
{
	struct decoder_stats before, after;

	if (in->decoder == NULL)
		return 0;
	decoder_stats(in->decoder, &before);
	decoder_end(in->decoder);
	decoder_stats(in->decoder, &after);
	return after.abandoned - before.abandoned;
}

uint64_t intake_end(struct intake *intake)
{
	return end_group(intake);
}

/*
 * Does an input that begins at @first_ns continue the group?  The next file of a
 * set begins about where the last one ended.  A capture of another point that ran
 * at the same time must not: flows would have every packet twice.  Short ones
 * begin and end within the slack, so it begins nearer the last one's beginning.
 */
static bool continues(const struct intake *in, int64_t first_ns)
{
	int64_t overlap = in->group_last_ns - first_ns;

	return overlap <= MIN(INTAKE_GROUP_SLACK_NS, MAX(first_ns - in->input_first_ns, 0)) &&
	       overlap >= -INTAKE_GROUP_GAP_NS;
}

/* The first packet of an input decides whether it continues the group before it. */
static int join_group(struct intake *in, int64_t first_ns, struct parcel *parcel)
{
	bool same = in->group_last_ns == INT64_MIN || continues(in, first_ns);

	in->fresh = false;
	in->input_first_ns = first_ns;
	if (same)
		return 0;
	parcel->opens_group = true;
	parcel->abandoned = end_group(in);
	/* Its clock starts again, so half-built datagrams do too. */
	decoder_free(in->decoder);
	in->decoder = NULL;
	in->decoded = (struct decoder_stats){ 0 };
	in->group_last_ns = INT64_MIN;
	in->group++;
	return decoder_new(&in->decoder, &in->options.decoder, &parcel->err);
}

static void account(struct capture_facts *seen, const struct frame *frame,
		    const struct facts *facts)
{
	counters_add(&seen->counters, facts);
	seen->wire_bytes += frame->wirelen;
	seen->cut_frames += frame->caplen < frame->wirelen;
	seen->verified_checksums += facts->verified;
	seen->bad_checksums += facts->bad_checksum;
	if (!frame->has_time) {
		seen->untimed_frames++;
		return;
	}
	if (seen->first_ns == 0 || frame->ts_ns < seen->first_ns)
		seen->first_ns = frame->ts_ns;
	seen->last_ns = MAX(seen->last_ns, frame->ts_ns);
}

/* Payload from fragments dies with the next batch: keep it with the parcel. */
static void keep_pieces(struct parcel *parcel, struct facts *facts, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct facts *f = &facts[i];

		if (FA_LIKELY(!f->fragmented) || f->payload_len == 0)
			continue;
		memcpy(parcel->pieces + parcel->pieces_used, f->payload, f->payload_len);
		f->payload = parcel->pieces + parcel->pieces_used;
		parcel->pieces_used += f->payload_len;
	}
}

static void take(struct intake *in, const struct frame *frames, unsigned n, struct parcel *parcel)
{
	struct facts *facts = parcel->facts + parcel->count;

	decode_batch(in->decoder, frames, n, facts);
	for (unsigned i = 0; i < n; i++)
		account(&in->seen, &frames[i], &facts[i]);
	if (parcel->room > FRAME_BATCH)
		keep_pieces(parcel, facts, n);
	flow_slots_make(&in->options.hashing, facts, n, parcel->slots + parcel->count);
	in->group_last_ns = MAX(in->group_last_ns, in->seen.last_ns);
	parcel->count += n;
}

/* Has the parcel room for whatever a batch of frames becomes? */
static bool has_room(const struct parcel *parcel)
{
	return parcel->room - parcel->count >= FRAME_BATCH &&
	       (parcel->room == FRAME_BATCH || PIECES_ROOM - parcel->pieces_used >= PIECES_BATCH);
}

/* The frames that wait, or the next ones.  Return: as source_next() */
static int next(struct intake *in, const struct frame **frames, struct fa_error *err)
{
	int n = (int)in->waiting_count;

	*frames = in->waiting;
	in->waiting_count = 0;
	return n != 0 ? n : source_next(in->source, in->waiting, err);
}

static void begin(struct parcel *parcel)
{
	parcel->count = 0;
	parcel->pieces_used = 0;
	parcel->opens_group = false;
	parcel->abandoned = 0;
	parcel->status = 1;
	if (parcel->room > FRAME_BATCH && parcel->pieces == NULL) {
		parcel->pieces = memory_region(PIECES_ROOM);
		if (parcel->pieces == NULL)
			parcel->status = error_set(&parcel->err, FA_ENOMEM, "no memory to go on");
	}
}

/* One batch of what interfaces bring, which lives until the next. */
static void fill_live(struct intake *in, struct parcel *parcel)
{
	int n = live_next(in->live, parcel->raw, INTAKE_WAIT_MS, &parcel->err);

	if (n < 0)
		parcel->status = n;
	if (n > 0 && in->fresh)
		parcel->status = join_group(in, parcel->raw[0].ts_ns, parcel) == 0 ? 1 : FA_ENOMEM;
	if (n > 0 && parcel->status == 1) {
		take(in, parcel->raw, (unsigned)n, parcel);
		in->live_frames += (unsigned)n;
		for (int i = 0; i < n; i++)
			in->live_bytes += parcel->raw[i].caplen;
	}
	parcel->frames = in->live_frames;
	parcel->bytes = in->live_bytes;
}

void intake_fill(struct intake *in, struct parcel *parcel)
{
	const struct source_info *info;

	begin(parcel);
	if (in->live != NULL) {
		fill_live(in, parcel);
		return;
	}
	info = source_info(in->source);
	while (parcel->status == 1 && has_room(parcel)) {
		const struct frame *frames;
		int n = next(in, &frames, &parcel->err);

		parcel->status = n > 0 ? 1 : n;
		if (n <= 0)
			break;
		if (parcel->count != 0 && source_turn(in->source) != parcel->turn) {
			in->waiting_count = (unsigned)n;
			break;
		}
		parcel->turn = source_turn(in->source);
		if (in->fresh)
			parcel->status =
				join_group(in, frames[0].ts_ns, parcel) == 0 ? 1 : FA_ENOMEM;
		if (parcel->status == 1)
			take(in, frames, (unsigned)n, parcel);
	}
	parcel->frames = info->frames - in->waiting_count;
	parcel->bytes = info->bytes;
}

static void source_facts(const struct source_info *info, struct capture_facts *cap)
{
	memcpy(cap->format, info->format, sizeof(cap->format));
	memcpy(cap->capture_filter, info->capture_filter, sizeof(cap->capture_filter));
	cap->frames = info->frames;
	cap->filtered = info->filtered;
	cap->bytes = info->bytes;
	cap->snaplen = info->snaplen;
	cap->kernel_drops = info->kernel_drops;
	cap->interface_drops = info->interface_drops;
	cap->has_drops = info->has_drops;
	cap->drops_below_zero = info->drops_below_zero;
	cap->truncated = info->truncated;
	cap->truncated_at = info->truncated_at;
}

static void live_facts(const struct intake *in, struct capture_facts *cap)
{
	memcpy(cap->format, "live", sizeof("live"));
	cap->frames = in->live_frames;
	cap->bytes = in->live_bytes;
	cap->has_drops = true;
	for (unsigned i = 0; i < live_count(in->live); i++) {
		cap->kernel_drops += live_interface(in->live, i)->kernel_drops;
		cap->interface_drops += live_interface(in->live, i)->interface_drops;
	}
}

void intake_facts(const struct intake *in, struct capture_facts *cap)
{
	struct decoder_stats decoded = { 0 };
	char *name = cap->name;

	*cap = in->seen;
	cap->name = name;
	cap->group = in->group;
	if (in->live != NULL)
		live_facts(in, cap);
	else
		source_facts(source_info(in->source), cap);
	if (in->decoder != NULL)
		decoder_stats(in->decoder, &decoded);
	cap->abandoned_datagrams = decoded.abandoned - in->decoded.abandoned;
}

void intake_close(struct intake *in, struct capture_facts *cap)
{
	intake_facts(in, cap);
	source_close(in->source);
	in->source = NULL;
}
