/*
 * The docket: flows that have ended, on their way into the ledger.
 *
 * What a flow alone tells is the dearest part of judging it, and needs nothing but
 * its own records: it may happen on another thread while the table goes on.  The
 * ledger is written by the caller alone, in the order in which flows ended, so
 * that it is the same with every number of threads.
 */
#ifndef FA_AUDIT_DOCKET_H
#define FA_AUDIT_DOCKET_H

#include "audit/ident_pool.h"
#include "audit/known.h"
#include "audit/namer.h"
#include "flow/table.h"
#include "judge/judge.h"
#include "report/keep.h"

/* Flows that wait at most; they hold their records. */
#define DOCKET_FLOWS 512u

/**
 * struct docket_rooms - Whom a flow's records are asked of, and given back to
 * @namer:	NULL: no names wanted
 * @known:	NULL: nothing is said of flows before they end
 */
struct docket_rooms {
	struct ident_pool *idents;
	struct namer *namer;
	struct ledger *ledger;
	struct known *known;
};

struct docket;

/**
 * docket_new() - An empty docket
 * @rooms:	Copied; what it points to is borrowed until docket_free()
 * @threads:	More than one: another thread may help, once there is enough to do
 */
int docket_new(struct docket **docket, const struct docket_rooms *rooms, unsigned threads,
	       struct fa_error *err);
/* Flows that have ended are forgotten in @keep; borrowed. */
void docket_set_keep(struct docket *docket, struct keep *keep);
void docket_free(struct docket *docket);

/**
 * docket_take() - Empty the queue of @table
 *
 * Records are released as flows are judged, some of them by later calls; until then
 * @table must stay.
 *
 * Return: 0 or FA_ENOMEM
 */
int docket_take(struct docket *docket, struct flow_table *table);

/* Judge all that wait, and release them.  Return: 0 or FA_ENOMEM */
int docket_clear(struct docket *docket, struct flow_table *table);

#endif
