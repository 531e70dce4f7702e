/*
 * Parcels from the intake to whoever keeps the flows, on one thread or on two.
 *
 * One thread is the plain case: a parcel is made when it is asked for.  With two the
 * intake runs ahead on a thread of its own through a ring of parcels.  The packets,
 * their order and everything concluded from them are the same.
 */
#ifndef FA_AUDIT_RELAY_H
#define FA_AUDIT_RELAY_H

#include "audit/intake.h"

struct relay;

/**
 * relay_new() - Set up the intake
 * @options:	@turns and @unpack_ahead are the relay's to set
 * @threads:	1: the caller's alone.  2: one more beside it, which unpacks packed files
 *		and runs the intake of others.  3: one for each
 *
 * No thread is made before an input has shown that it is long.
 */
int relay_new(struct relay **relay, const struct intake_options *options, unsigned threads,
	      struct fa_error *err);
void relay_free(struct relay *relay);

/* As intake_open(). */
int relay_open(struct relay *relay, const char *path, struct fa_error *err);

/**
 * relay_next() - The next packets of the open input
 *
 * Return: never NULL, and as intake_fill() fills it; valid until the next call
 */
const struct parcel *relay_next(struct relay *relay);

/**
 * relay_stop() - Read no more of the input
 *
 * Parcels that were made already are still given by relay_next(); behind them comes an
 * empty one with status 0.
 */
void relay_stop(struct relay *relay);

/* As intake_close(); the last parcel has been taken. */
void relay_close(struct relay *relay, struct capture_facts *cap);
bool relay_is_open(const struct relay *relay);

/* As intake_end(). */
uint64_t relay_end(struct relay *relay);

#endif
