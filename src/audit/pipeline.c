/* Parcels of packets in, conclusions out: one flow table, batches of up to 64 packets. */
#include "audit/pipeline.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "audit/pipeline_priv.h"
#include "base/memory.h"

/* Packets handled in one step, about: some milliseconds of work between looks at signals. */
#define STEP_PACKETS (256u * FRAME_BATCH)

/* A key of its own for each run; all of its tables share it. */
static uint64_t draw_seed(void)
{
	struct hash_key key;

	hash_key_init(&key, 0);
	return key.k[0] | 1;
}

void pipeline_intake_options(const struct pipeline *p, struct intake_options *options)
{
	*options = (struct intake_options){ .filter = p->options.filter,
					    .decoder = p->options.decoder,
					    .hashing = *flow_table_hashing(p->table) };
	/* What is one packet agrees with what is one flow. */
	options->decoder.vlans_apart = p->options.table.vlan_in_key;
	options->decoder.seed = p->options.table.seed;
}

static int relay_start(struct pipeline *p, struct fa_error *err)
{
	struct intake_options options;

	pipeline_intake_options(p, &options);
	return relay_new(&p->relay, &options, p->options.threads, err);
}

static int docket_start(struct pipeline *p, struct fa_error *err)
{
	const struct docket_rooms rooms = {
		.idents = &p->idents, .namer = p->namer, .ledger = &p->ledger, .known = p->known
	};

	return docket_new(&p->docket, &rooms, p->options.threads, err);
}

static size_t known_bytes(const struct pipeline *p)
{
	return ((size_t)p->options.table.max_flows + FLOW_TABLE_SLACK + 1) * sizeof(*p->known);
}

int pipeline_new(struct pipeline **pipe, const struct policy *policy,
		 const struct pipeline_options *options, struct fa_error *err)
{
	struct pipeline *p = memory_array(1, sizeof(*p));
	/* Flows that have left the table but are not judged yet are identified too. */
	uint32_t idents = options->table.max_flows + FLOW_TABLE_SLACK;
	int status;

	*pipe = NULL;
	if (p == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	p->options = *options;
	if (options->table.seed == 0)
		p->options.table.seed = draw_seed();
	if (options->batch == 0 || options->batch > FRAME_BATCH) {
		free(p);
		return error_set(err, FA_EUSAGE, "a batch holds 1 to %d frames", FRAME_BATCH);
	}
	status = flow_table_new(&p->table, &p->options.table, err);
	if (status == 0)
		status = relay_start(p, err);
	if (status == 0 && ident_pool_init(&p->idents, idents) != 0)
		status = error_set(err, FA_ENOMEM,
				   "no memory for %u identifications; lower --max-flows",
				   options->table.max_flows);
	if (status == 0 && options->live) {
		p->known = memory_region(known_bytes(p));
		if (p->known == NULL)
			status = error_set(err, FA_ENOMEM,
					   "no memory for %u flows; lower --max-flows",
					   options->table.max_flows);
	}
	if (status == 0 && options->name_unknown)
		status = namer_new(&p->namer, IDENT_POOL_LAST(idents), err);
	if (status == 0)
		status = ledger_init(&p->ledger, policy, err);
	/* As many again as the table holds: a few too many lose nothing, a flood stays bounded. */
	p->ledger.evicted_room = options->table.max_flows;
	if (status == 0)
		status = docket_start(p, err);
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
	relay_free(pipe->relay);
	docket_free(pipe->docket);
	ledger_free(&pipe->ledger);
	namer_free(pipe->namer);
	ident_pool_destroy(&pipe->idents);
	flow_table_free(pipe->table);
	if (pipe->known != NULL)
		memory_region_free(pipe->known, known_bytes(pipe));
	free(pipe);
}

static struct capture_facts *current(struct pipeline *p)
{
	return &p->ledger.captures[p->ledger.capture_count - 1];
}

int pipeline_open(struct pipeline *pipe, const char *path, struct fa_error *err)
{
	int status;

	if (pipe->table == NULL) /* memory ran out between two inputs */
		return error_set(err, FA_ENOMEM, "%s: no memory to go on", path);
	status = relay_open(pipe->relay, path, err);
	if (status != 0)
		return status;
	if (ledger_add_capture(&pipe->ledger, path) != 0) {
		struct capture_facts nobody;

		relay_close(pipe->relay, &nobody);
		return error_set(err, FA_ENOMEM, "%s: more inputs than one run can hold (%u)", path,
				 UINT16_MAX);
	}
	flow_table_stats(pipe->table, &pipe->tabled);
	pipe->frames = pipe->bytes = 0;
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

	if (flow->user == 0)
		flow->user = ident_pool_take(&p->idents, stream, flow->state == FLOW_MIDSTREAM);
	ident = ident_pool_at(&p->idents, flow->user);
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
	if (ident_pool_at(&p->idents, user)->app == APP_NONE)
		namer_look(p->namer, user, f, dir);
	else
		namer_forget(p->namer, user);
}

int pipeline_end_flows(struct pipeline *p)
{
	bool more;

	ident_pool_close(&p->idents);
	do {
		more = flow_table_finish(p->table);
		if (docket_take(p->docket, p->table) != 0)
			return FA_ENOMEM;
	} while (more);
	return docket_clear(p->docket, p->table);
}

int pipeline_renew_table(struct pipeline *p, struct fa_error *err)
{
	if (pipeline_end_flows(p) != 0)
		return error_set(err, FA_ENOMEM, "no memory for more conclusions");
	flow_table_free(p->table);
	p->table = NULL;
	p->tabled = (struct flow_table_stats){ 0 };
	return flow_table_new(&p->table, &p->options.table, err);
}

/* The open input begins a group: its clock starts again, and so does the table. */
static int change_group(struct pipeline *p, uint64_t abandoned, struct fa_error *err)
{
	if (!p->options.live)
		(current(p) - 1)->abandoned_datagrams += abandoned;
	return pipeline_renew_table(p, err);
}

/* Ask for the identifications that these packets will be shown to. */
FA_INLINE void prefetch_idents(const struct pipeline *p, const struct facts *facts,
			       const struct flow_slot *slots, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (slots[i].user != 0 && facts[i].payload_len != 0)
			ident_prefetch(ident_pool_at(&p->idents, slots[i].user),
				       ident_pool_is_stream(slots[i].user));
}

/* @frames: of the packets, where they are kept. */
static int batch(struct pipeline *p, const struct facts *facts, struct flow_slot *slots,
		 const struct frame *frames, unsigned n, struct fa_error *err)
{
	uint16_t input = (uint16_t)(p->ledger.capture_count - 1);

	flow_table_prefetch(p->table, facts, n, slots);
	prefetch_idents(p, facts, slots, n);
	for (unsigned i = 0; i < n; i++) {
		uint32_t id = flow_table_packet(p->table, &facts[i], &slots[i], input);

		if (FA_UNLIKELY(p->keep != NULL) && id != FLOW_NONE)
			keep_frame(p->keep, &frames[i], id);
		if (id == FLOW_NONE || slots[i].kind != FLOW_SLOT_PACKET)
			continue;
		if (facts[i].payload_len == 0)
			continue;
		if (flow_table_flow(p->table, id)->flags & FLOW_WANTS_PAYLOAD)
			look(p, id, &facts[i], slots[i].dir);
		if (p->namer != NULL)
			look_for_name(p, id, &facts[i], slots[i].dir);
	}
	if (n != 0 && p->options.live)
		flow_table_advance_some(p->table, facts[n - 1].ts_ns, PIPELINE_LIVE_LOOKS);
	else if (n != 0)
		flow_table_advance(p->table, facts[n - 1].ts_ns);
	if (docket_take(p->docket, p->table) != 0)
		return error_set(err, FA_ENOMEM, "%s: no memory for more conclusions",
				 current(p)->name);
	return 0;
}

int pipeline_handle(struct pipeline *p, const struct parcel *parcel, struct fa_error *err)
{
	int status = 0;

	if (parcel->opens_group)
		status = change_group(p, parcel->abandoned, err);
	for (unsigned done = 0; done < parcel->count && status == 0; done += p->options.batch)
		status = batch(p, parcel->facts + done, parcel->slots + done,
			       p->keep == NULL ? NULL : parcel->raw + done,
			       MIN(parcel->count - done, p->options.batch), err);
	p->frames = parcel->frames;
	p->bytes = parcel->bytes;
	if (status != 0)
		return status;
	if (parcel->status < 0)
		*err = parcel->err;
	return parcel->status;
}

/* Take over what is known of the input, and let it go. */
static void close_input(struct pipeline *p)
{
	struct capture_facts *cap = current(p);
	struct flow_table_stats tabled = { 0 };
	uint64_t unlisted = cap->evicted_unlisted; /* of flows that have ended already */

	relay_close(p->relay, cap);
	cap->evicted_unlisted = unlisted;
	if (p->table != NULL)
		flow_table_stats(p->table, &tabled);
	cap->clock_steps = tabled.clock_steps - p->tabled.clock_steps;
	p->frames_before += cap->frames;
	p->bytes_before += cap->bytes;
	p->frames = p->bytes = 0;
}

int pipeline_step(struct pipeline *pipe, struct fa_error *err)
{
	for (unsigned done = 0; done < STEP_PACKETS;) {
		const struct parcel *parcel = relay_next(pipe->relay);
		int status = pipeline_handle(pipe, parcel, err);

		if (status != 1) {
			relay_stop(pipe->relay);
			close_input(pipe);
			if (status < 0)
				memcpy(current(pipe)->error, err->text,
				       sizeof(current(pipe)->error) - 1);
			return status;
		}
		done += parcel->count;
	}
	return 1;
}

void pipeline_stop(struct pipeline *pipe)
{
	struct fa_error err;

	if (!relay_is_open(pipe->relay))
		return;
	/* What was read ahead is counted, and so it is judged. */
	relay_stop(pipe->relay);
	while (pipeline_handle(pipe, relay_next(pipe->relay), &err) == 1)
		;
	close_input(pipe);
}

int pipeline_finish(struct pipeline *pipe, struct fa_error *err)
{
	pipeline_stop(pipe);
	if (pipe->table != NULL && pipe->ledger.capture_count != 0) {
		if (pipeline_end_flows(pipe) != 0)
			return error_set(err, FA_ENOMEM, "no memory for more conclusions");
		current(pipe)->abandoned_datagrams += relay_end(pipe->relay);
	}
	if (pipe->namer != NULL)
		pipe->ledger.names_given_up = namer_given_up(pipe->namer);
	if (ledger_settle(&pipe->ledger, &pipe->options.judge) != 0)
		return error_set(err, FA_ENOMEM, "no memory to settle %zu flows",
				 pipe->ledger.flow_count);
	return 0;
}

void pipeline_progress(const struct pipeline *pipe, uint64_t *frames, uint64_t *bytes)
{
	*frames = pipe->frames_before + pipe->frames;
	*bytes = pipe->bytes_before + pipe->bytes;
}

const struct ledger *pipeline_ledger(const struct pipeline *pipe)
{
	return &pipe->ledger;
}
