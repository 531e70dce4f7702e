/*
 * Names for the flows that flowaudit itself cannot name, by nDPI.
 *
 * A name is a courtesy to the reader of an unexpected flow.  It comes from
 * another program's tests, which are weaker than ours, so it is kept apart from
 * identification and no verdict ever sees it.
 *
 * nDPI is optional: a build without it has namer_none.c in this one's place.
 */
#ifndef FA_AUDIT_NAMER_H
#define FA_AUDIT_NAMER_H

#include "base/error.h"
#include "packet/facts.h"

/* Flows that nDPI looks at at one time. */
#define NAMER_SLOTS 4096u
/* Packets with payload that nDPI may see of one flow; ndpiReader gives up on UDP after as many. */
#define NAMER_PACKETS 24u

struct namer;

/* Was this built with nDPI? */
bool namer_available(void);

/**
 * namer_new() - Set up nDPI for @flows flows at most, numbered from 1
 *
 * nDPI sets up state of the whole process: not beside another call in another thread.
 *
 * Return: 0; FA_ENOMEM; FA_EUNSUPPORTED in a build without nDPI
 */
int namer_new(struct namer **namer, uint32_t flows, struct fa_error *err);
void namer_free(struct namer *namer);

/**
 * namer_look() - Show nDPI the next packet with payload of a flow
 * @id:		Of the flow, 1 .. flows
 * @dir:	Endpoint that sent it, 0 or 1
 *
 * Cheap once the flow has its name, or had NAMER_PACKETS of them.  When more than
 * NAMER_SLOTS flows began after this one it is given up for want of room.
 * Packets cut by the snap length are not shown: lengths are part of what nDPI tests.
 */
void namer_look(struct namer *namer, uint32_t id, const struct facts *facts, unsigned dir);

/* The name of a flow, "DNS"; NULL: none.  Good as long as the namer. */
const char *namer_name(const struct namer *namer, uint32_t id);

/* The flow has ended, or has a name of ours: its number is free for another. */
void namer_forget(struct namer *namer, uint32_t id);

/* Flows given up for want of room since the start. */
uint64_t namer_given_up(const struct namer *namer);

#endif
