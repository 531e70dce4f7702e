/* The pipeline's own state, shared by the files that implement it; for audit/ alone. */
#ifndef FA_AUDIT_PIPELINE_PRIV_H
#define FA_AUDIT_PIPELINE_PRIV_H

#include "audit/docket.h"
#include "audit/ident_pool.h"
#include "audit/known.h"
#include "audit/namer.h"
#include "audit/pipeline.h"
#include "audit/relay.h"
#include "audit/wire.h"
#include "report/keep.h"

/* Flows that a batch of a live run may retire: its packets wait for a kernel that drops. */
#define PIPELINE_LIVE_LOOKS 64u

/**
 * struct pipeline - The run's one context
 * @namer:	By number of the identification; NULL: not wanted
 * @known:	Of a live run: what was said of each flow while it lives; else NULL
 * @keep:	Of a live run that keeps packets, borrowed; else NULL
 * @wire:	Of a live run, borrowed; else NULL
 * @tabled:	The table's counts when the input was opened, or its group began
 * @frames_before, @bytes_before: Of the inputs that were closed
 * @frames, @bytes: Of the open input, what was handled of it
 */
struct pipeline {
	struct pipeline_options options;
	struct relay *relay;
	struct flow_table *table;
	struct ident_pool idents;
	struct namer *namer;
	struct ledger ledger;
	struct docket *docket;
	struct known *known;
	struct keep *keep;
	struct wire *wire;
	struct flow_table_stats tabled;
	uint64_t frames_before, bytes_before;
	uint64_t frames, bytes;
};

/* How packets are made of frames for this pipeline's table. */
void pipeline_intake_options(const struct pipeline *p, struct intake_options *options);

/* Packets to flows.  Return: as pipeline_step() */
int pipeline_handle(struct pipeline *p, const struct parcel *parcel, struct fa_error *err);

/* Every live flow ends with its group, and is judged.  Return: 0 or FA_ENOMEM */
int pipeline_end_flows(struct pipeline *p);

/* The same, and the table is as new.  Return: 0 or FA_ENOMEM, and the table is gone */
int pipeline_renew_table(struct pipeline *p, struct fa_error *err);

#endif
