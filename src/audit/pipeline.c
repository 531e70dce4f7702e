/* Frames in, conclusions out: one thread, one flow table, batches of up to 64 frames. */
#include "audit/pipeline.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "audit/ident_pool.h"
#include "audit/namer.h"
#include "base/memory.h"

/* Batches handled in one step: some milliseconds of work between looks at signals. */
#define STEP_BATCHES 256u

struct pipeline {
	struct pipeline_options options;
	struct decoder *decoder;
	struct flow_table *table;
	struct ident_pool idents;
	struct namer *namer; /* by number of the identification; NULL: not wanted */
	struct ledger ledger;
	struct source *source;
	struct decoder_stats decoded;   /* when the input was opened */
	struct flow_table_stats tabled; /* likewise */
	uint64_t frames_before, bytes_before;
	int64_t group_last_ns;  /* latest packet of the group; INT64_MIN: none */
	int64_t input_first_ns; /* first packet of the group's latest input */
	uint32_t group;
	bool fresh; /* no batch of the open input was handled yet */
};

int pipeline_new(struct pipeline **pipe, const struct policy *policy,
		 const struct pipeline_options *options, struct fa_error *err)
{
	struct pipeline *p = memory_array(1, sizeof(*p));
	/* Flows that have left the table but are not judged yet are identified too. */
	uint32_t idents = options->table.max_flows + FLOW_TABLE_QUEUE;
	int status;

	*pipe = NULL;
	if (p == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	p->options = *options;
	/* What is one packet agrees with what is one flow. */
	p->options.decoder.vlans_apart = options->table.vlan_in_key;
	p->options.decoder.seed = options->table.seed;
	p->group_last_ns = INT64_MIN;
	if (options->batch == 0 || options->batch > FRAME_BATCH) {
		free(p);
		return error_set(err, FA_EUSAGE, "a batch holds 1 to %d frames", FRAME_BATCH);
	}
	status = decoder_new(&p->decoder, &p->options.decoder, err);
	if (status == 0)
		status = flow_table_new(&p->table, &options->table, err);
	if (status == 0 && ident_pool_init(&p->idents, idents) != 0)
		status = error_set(err, FA_ENOMEM,
				   "no memory for %u identifications; lower --max-flows",
				   options->table.max_flows);
	if (status == 0 && options->name_unknown)
		status = namer_new(&p->namer, idents, err);
	if (status == 0)
		status = ledger_init(&p->ledger, policy, err);
	if (status != 0) {
		pipeline_free(p);
		return status;
	}
	*pipe = p;
	return 0;
}

void pipeline_free(struct pipeline *pipe)
{
	if (pipe == NULL)
		return;
	source_close(pipe->source);
	ledger_free(&pipe->ledger);
	namer_free(pipe->namer);
	ident_pool_destroy(&pipe->idents);
	flow_table_free(pipe->table);
	decoder_free(pipe->decoder);
	free(pipe);
}

static struct capture_facts *current(struct pipeline *p)
{
	return &p->ledger.captures[p->ledger.capture_count - 1];
}

int pipeline_open(struct pipeline *pipe, const char *path, struct fa_error *err)
{
	struct source_options options = { .filter = pipe->options.filter,
					  .threads = pipe->options.threads };
	struct ledger *l = &pipe->ledger;
	struct capture_facts *cap;
	char *name;
	int status;

	if (pipe->table == NULL) /* memory ran out between two inputs */
		return error_set(err, FA_ENOMEM, "%s: no memory to go on", path);
	status = source_open(&pipe->source, path, &options, err);
	if (status != 0) {
		pipe->source = NULL;
		return status;
	}
	name = strdup(path);
	if (name == NULL || l->capture_count >= UINT16_MAX ||
	    memory_grow(&l->captures, &l->capture_cap, l->capture_count + 1,
			sizeof(*l->captures)) != 0) {
		free(name);
		source_close(pipe->source);
		pipe->source = NULL;
		return error_set(err, FA_ENOMEM, "%s: more inputs than one run can hold (%u)", path,
				 UINT16_MAX);
	}
	cap = &l->captures[l->capture_count++];
	*cap = (struct capture_facts){ .name = name,
				       .group = pipe->group,
				       .filter = pipe->options.filter };
	decoder_stats(pipe->decoder, &pipe->decoded);
	flow_table_stats(pipe->table, &pipe->tabled);
	pipe->fresh = true;
	return 0;
}

/* What the flow's payload says, as long as it is wanted. */
static void look(struct pipeline *p, uint32_t id, const struct facts *f, unsigned dir)
{
	struct flow *flow = flow_table_flow(p->table, id);
	bool stream = f->l4 == IPPROTO_TCP;
	struct ident *ident;
	const uint8_t *bytes;
	bool last, grown;
	size_t len;
	int more;

	if (flow->user == 0) {
		flow->user = ident_pool_take(&p->idents);
		ident_init(&p->idents.items[flow->user], stream, flow->state == FLOW_MIDSTREAM);
	}
	ident = &p->idents.items[flow->user];
	if (f->payload_len < f->payload_wire)
		ident->cut = true;
	if (stream) {
		bytes = flow_table_stream(p->table, id, dir, &len, &last, &grown);
		if (bytes == NULL || !grown)
			return;
		more = ident_stream(ident, dir, bytes, len, last, f->number);
	} else {
		more = ident_datagram(ident, dir, f->payload, f->payload_len, f->payload_wire,
				      f->number);
	}
	if (more != IDENT_MORE)
		flow_table_payload_done(p->table, id);
}

/* Ask for a name as long as we have none. */
static void look_for_name(struct pipeline *p, uint32_t id, const struct facts *f, unsigned dir)
{
	uint32_t user = flow_table_flow(p->table, id)->user;

	if (user == 0)
		return;
	if (p->idents.items[user].app == APP_NONE)
		namer_look(p->namer, user, f, dir);
	else
		namer_forget(p->namer, user);
}

/* A flow was judged: what else is known of it goes with its identification. */
static int give_ident(struct pipeline *p, uint32_t user)
{
	const char *name = NULL;
	int status = 0;

	if (p->namer != NULL && p->idents.items[user].app == APP_NONE)
		name = namer_name(p->namer, user);
	if (name != NULL)
		status = judge_name(&p->ledger, name);
	if (p->namer != NULL)
		namer_forget(p->namer, user);
	ident_pool_give(&p->idents, user);
	return status;
}

/* A flow ended: hand over what its streams still hold, then judge it. */
static int retire(struct pipeline *p, uint32_t id)
{
	const struct flow *flow = flow_table_flow(p->table, id);
	const struct flow_notes *notes = flow_table_notes(p->table, id);
	struct ident *ident = flow->user == 0 ? NULL : &p->idents.items[flow->user];
	int status;

	if (ident != NULL && ident->stream && (flow->flags & FLOW_WANTS_PAYLOAD)) {
		for (unsigned dir = 0; dir < 2; dir++) {
			bool last, grown;
			size_t len;
			const uint8_t *bytes =
				flow_table_stream(p->table, id, dir, &len, &last, &grown);

			if (bytes != NULL && notes != NULL)
				ident_stream(ident, dir, bytes, len, true, notes->data_frame[dir]);
		}
	}
	status = judge_flow(&p->ledger, flow, notes, ident);
	if (ident != NULL && status == 0)
		status = give_ident(p, flow->user);
	flow_table_release(p->table, id);
	return status;
}

static int drain(struct pipeline *p)
{
	uint32_t id;

	while ((id = flow_table_retired(p->table)) != FLOW_NONE)
		if (retire(p, id) != 0)
			return FA_ENOMEM;
	return 0;
}

/* A group ends, @cap is its last input: every live flow does, and what fragments were waited for. */
static int end_group(struct pipeline *p, struct capture_facts *cap)
{
	struct decoder_stats before, after;
	bool more;

	decoder_stats(p->decoder, &before);
	decoder_end(p->decoder);
	decoder_stats(p->decoder, &after);
	cap->abandoned_datagrams += after.abandoned - before.abandoned;
	do {
		more = flow_table_finish(p->table);
		if (drain(p) != 0)
			return FA_ENOMEM;
	} while (more);
	return 0;
}

/*
 * Does an input that begins at @first_ns continue the group?  The next file of a
 * set begins about where the last one ended.  A capture of another point that ran
 * at the same time must not: flows would have every packet twice.  Short ones
 * begin and end within the slack, so it begins nearer the last one's beginning.
 */
static bool continues(const struct pipeline *p, int64_t first_ns)
{
	int64_t overlap = p->group_last_ns - first_ns;

	return overlap <= MIN(PIPELINE_GROUP_SLACK_NS, MAX(first_ns - p->input_first_ns, 0)) &&
	       overlap >= -PIPELINE_GROUP_GAP_NS;
}

/* The first packet of an input decides whether it continues the group before it. */
static int join_group(struct pipeline *p, int64_t first_ns, struct fa_error *err)
{
	bool same = p->group_last_ns == INT64_MIN || continues(p, first_ns);
	int status;

	p->fresh = false;
	p->input_first_ns = first_ns;
	if (same)
		return 0;
	if (end_group(p, current(p) - 1) != 0)
		return error_set(err, FA_ENOMEM, "no memory for more conclusions");
	/* Its clock starts again, so the table and half-built datagrams do too. */
	flow_table_free(p->table);
	p->table = NULL;
	decoder_free(p->decoder);
	p->decoder = NULL;
	p->decoded = (struct decoder_stats){ 0 };
	p->tabled = (struct flow_table_stats){ 0 };
	status = decoder_new(&p->decoder, &p->options.decoder, err);
	if (status == 0)
		status = flow_table_new(&p->table, &p->options.table, err);
	p->group_last_ns = INT64_MIN;
	current(p)->group = ++p->group;
	return status;
}

static void account(struct capture_facts *cap, const struct frame *frame, const struct facts *facts)
{
	counters_add(&cap->counters, facts);
	cap->wire_bytes += frame->wirelen;
	cap->cut_frames += frame->caplen < frame->wirelen;
	cap->verified_checksums += facts->verified;
	cap->bad_checksums += facts->bad_checksum;
	if (!frame->has_time) {
		cap->untimed_frames++;
		return;
	}
	if (cap->first_ns == 0 || frame->ts_ns < cap->first_ns)
		cap->first_ns = frame->ts_ns;
	cap->last_ns = MAX(cap->last_ns, frame->ts_ns);
}

static int batch(struct pipeline *p, const struct frame *frames, size_t n, struct fa_error *err)
{
	struct facts facts[FRAME_BATCH];
	struct flow_slot slots[FRAME_BATCH];
	struct capture_facts *cap = current(p);
	uint16_t input = (uint16_t)(p->ledger.capture_count - 1);

	decode_batch(p->decoder, frames, n, facts);
	flow_table_prepare(p->table, facts, n, slots);
	for (size_t i = 0; i < n; i++) {
		uint32_t id;

		account(cap, &frames[i], &facts[i]);
		id = flow_table_packet(p->table, &facts[i], &slots[i], input);
		if (id == FLOW_NONE || slots[i].kind != FLOW_SLOT_PACKET)
			continue;
		if (facts[i].payload_len == 0)
			continue;
		if (flow_table_flow(p->table, id)->flags & FLOW_WANTS_PAYLOAD)
			look(p, id, &facts[i], slots[i].dir);
		if (p->namer != NULL)
			look_for_name(p, id, &facts[i], slots[i].dir);
	}
	p->group_last_ns = MAX(p->group_last_ns, cap->last_ns);
	flow_table_advance(p->table, p->group_last_ns);
	if (drain(p) != 0)
		return error_set(err, FA_ENOMEM, "%s: no memory for more conclusions", cap->name);
	return 0;
}

/* Take over what the source and the rooms know of the input, and let it go. */
static void close_input(struct pipeline *p)
{
	struct capture_facts *cap = current(p);
	const struct source_info *info = source_info(p->source);
	struct decoder_stats decoded = { 0 };
	struct flow_table_stats tabled = { 0 };

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
	if (p->decoder != NULL)
		decoder_stats(p->decoder, &decoded);
	if (p->table != NULL)
		flow_table_stats(p->table, &tabled);
	cap->abandoned_datagrams = decoded.abandoned - p->decoded.abandoned;
	cap->clock_steps = tabled.clock_steps - p->tabled.clock_steps;
	p->frames_before += info->frames;
	p->bytes_before += info->bytes;
	source_close(p->source);
	p->source = NULL;
}

int pipeline_step(struct pipeline *pipe, struct fa_error *err)
{
	struct frame frames[FRAME_BATCH];

	for (unsigned i = 0; i < STEP_BATCHES; i++) {
		int n = source_next(pipe->source, frames, err);
		int status = n;

		if (n > 0 && pipe->fresh)
			status = join_group(pipe, frames[0].ts_ns, err);
		for (int done = 0; done < n && status >= 0; done += (int)pipe->options.batch)
			status = batch(pipe, frames + done,
				       MIN((size_t)(n - done), pipe->options.batch), err);
		if (n <= 0 || status < 0) {
			if (status < 0 && err != NULL)
				memcpy(current(pipe)->error, err->text,
				       sizeof(current(pipe)->error) - 1);
			close_input(pipe);
			return status;
		}
	}
	return 1;
}

void pipeline_stop(struct pipeline *pipe)
{
	if (pipe->source != NULL)
		close_input(pipe);
}

int pipeline_finish(struct pipeline *pipe, struct fa_error *err)
{
	pipeline_stop(pipe);
	if (pipe->table != NULL && pipe->ledger.capture_count != 0 &&
	    end_group(pipe, current(pipe)) != 0)
		return error_set(err, FA_ENOMEM, "no memory for more conclusions");
	if (pipe->namer != NULL)
		pipe->ledger.names_given_up = namer_given_up(pipe->namer);
	if (ledger_settle(&pipe->ledger, &pipe->options.judge) != 0)
		return error_set(err, FA_ENOMEM, "no memory to settle %zu flows",
				 pipe->ledger.flow_count);
	return 0;
}

void pipeline_progress(const struct pipeline *pipe, uint64_t *frames, uint64_t *bytes)
{
	const struct source_info *info = pipe->source == NULL ? NULL : source_info(pipe->source);

	*frames = pipe->frames_before + (info == NULL ? 0 : info->frames);
	*bytes = pipe->bytes_before + (info == NULL ? 0 : info->bytes);
}

const struct ledger *pipeline_ledger(const struct pipeline *pipe)
{
	return &pipe->ledger;
}
