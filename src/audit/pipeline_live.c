/* The live half of the pipeline: one batch a step, and looks at flows that go on. */
#include "audit/pipeline_live.h"

#include "audit/pipeline_priv.h"

int pipeline_open_live(struct pipeline *pipe, struct wire *wire, const char *name,
		       struct fa_error *err)
{
	struct intake_options options;

	FA_ASSERT(pipe->options.live);
	if (ledger_add_capture(&pipe->ledger, name) != 0)
		return error_set(err, FA_ENOMEM, "no memory");
	pipeline_intake_options(pipe, &options);
	if (wire_begin(wire, &options, err) != 0)
		return FA_ENOMEM;
	pipe->wire = wire;
	flow_table_stats(pipe->table, &pipe->tabled);
	return 0;
}

const struct parcel *pipeline_poll_live(struct pipeline *pipe)
{
	return wire_next(pipe->wire);
}

int pipeline_take_live(struct pipeline *pipe, const struct parcel *parcel, struct fa_error *err)
{
	int status;

	if (pipe->table == NULL)
		return error_set(err, FA_ENOMEM, "no memory to go on");
	status = pipeline_handle(pipe, parcel, err);
	return MIN(status, 0);
}

int pipeline_advance(struct pipeline *pipe, int64_t now_ns, struct fa_error *err)
{
	struct flow_table_stats first, before, after;

	if (pipe->table == NULL)
		return error_set(err, FA_ENOMEM, "no memory to go on");
	flow_table_stats(pipe->table, &first);
	do { /* one call looks at a bounded number of flows */
		flow_table_stats(pipe->table, &before);
		flow_table_advance(pipe->table, now_ns);
		if (docket_clear(pipe->docket, pipe->table) != 0)
			return error_set(err, FA_ENOMEM, "no memory for more conclusions");
		flow_table_stats(pipe->table, &after);
	} while (after.idle != before.idle && after.idle - first.idle < PIPELINE_LIVE_ENDS);
	return 0;
}

int pipeline_restart(struct pipeline *pipe, struct fa_error *err)
{
	return pipeline_renew_table(pipe, err);
}

int pipeline_end_live(struct pipeline *pipe, struct fa_error *err)
{
	if (pipe->table != NULL && pipeline_end_flows(pipe) != 0)
		return error_set(err, FA_ENOMEM, "no memory for more conclusions");
	return 0;
}

void pipeline_facts(const struct pipeline *pipe, struct capture_facts *cap,
		    struct flow_table_stats *table)
{
	wire_facts(pipe->wire, cap);
	*table = (struct flow_table_stats){ 0 };
	if (pipe->table != NULL)
		flow_table_stats(pipe->table, table);
	cap->clock_steps = table->clock_steps;
}

void pipeline_set_keep(struct pipeline *pipe, struct keep *keep)
{
	pipe->keep = keep;
	docket_set_keep(pipe->docket, keep);
}

uint32_t pipeline_last_id(const struct pipeline *pipe)
{
	return pipe->options.table.max_flows + FLOW_TABLE_SLACK;
}

uint32_t pipeline_next_live(const struct pipeline *pipe, uint32_t id)
{
	return flow_table_next_live(pipe->table, id);
}

const struct flow *pipeline_flow(const struct pipeline *pipe, uint32_t id)
{
	return flow_table_flow(pipe->table, id);
}

struct known *pipeline_known(const struct pipeline *pipe, uint32_t id)
{
	return known_at(pipe->known, id, flow_table_flow(pipe->table, id)->first_frame);
}

void pipeline_form(struct pipeline *pipe, uint32_t id, struct opinion *o, struct flow_notes *room)
{
	const struct flow *flow = flow_table_flow(pipe->table, id);
	const struct ident *ident =
		flow->user == 0 ? NULL : ident_pool_at(&pipe->idents, flow->user);

	judge_form(o, pipe->ledger.memo, flow, flow_table_notes(pipe->table, id, room), ident);
	o->judged.alive = true;
}

struct ledger *pipeline_ended(struct pipeline *pipe)
{
	return &pipe->ledger;
}

int pipeline_set_policy(struct pipeline *pipe, const struct policy *policy, struct fa_error *err)
{
	struct ledger fresh;

	/* The docket's helper would go on with the rows of the policy before. */
	FA_ASSERT(pipe->options.threads == 1);
	if (ledger_init(&fresh, policy, err) != 0)
		return FA_ENOMEM;
	ledger_move_captures(&fresh, &pipe->ledger);
	fresh.evicted_room = pipe->ledger.evicted_room;
	ledger_free(&pipe->ledger);
	pipe->ledger = fresh;
	return 0;
}
