/* Sums and differences. */
#include "audit/sight.h"

void sight_take(struct sight *sight, const struct pipeline *pipe, struct wire *wire,
		const struct flow_table_stats *before, int64_t now_ns)
{
	*sight = (struct sight){ .ns = now_ns };
	pipeline_facts(pipe, &sight->cap, &sight->table);
	sight->table.opened += before->opened;
	sight->table.evicted += before->evicted;
	sight->table.clock_steps += before->clock_steps;
	sight->cap.clock_steps = sight->table.clock_steps;
	for (unsigned i = 0; i < wire_count(wire); i++)
		wire_interface(wire, i, &sight->interfaces[i]);
}

void sight_since(struct capture_facts *cap, const struct sight *now, const struct sight *then)
{
	*cap = now->cap;
	cap->first_ns = then->ns;
	cap->last_ns = now->ns;
	cap->frames -= then->cap.frames;
	cap->bytes -= then->cap.bytes;
	cap->wire_bytes -= then->cap.wire_bytes;
	cap->cut_frames -= then->cap.cut_frames;
	cap->verified_checksums -= then->cap.verified_checksums;
	cap->bad_checksums -= then->cap.bad_checksums;
	cap->abandoned_datagrams -= then->cap.abandoned_datagrams;
	cap->clock_steps -= then->cap.clock_steps;
	cap->kernel_drops -= then->cap.kernel_drops;
	cap->interface_drops -= then->cap.interface_drops;
	counters_since(&cap->counters, &now->cap.counters, &then->cap.counters);
}
