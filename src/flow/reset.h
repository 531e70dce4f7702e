/* What a RST, and the packets before it, say of who sent it. */
#ifndef FA_FLOW_RESET_H
#define FA_FLOW_RESET_H

#include "flow/cold.h"

/* Note the IP identification of a packet of endpoint @dir that is no RST. */
void flow_reset_id(struct flow_cold *cold, const struct facts *f, unsigned dir, int64_t ts_ns);

/*
 * Does @f, which says something of a SYN of these notes, acknowledge something else?  Noted,
 * it is one more sign of a host that is there.
 */
bool flow_reset_is_stray(const struct flow_notes *n, const struct facts *f);
void flow_reset_note_stray(struct flow_notes *n, const struct facts *f);

/* What was refused at first came about: the notes of resets begin anew. */
void flow_reset_forget(struct flow_notes *n);

/* Account an ABORT of SCTP likewise (RFC 9260 8.4), notes only. */
void flow_reset_abort(struct flow_cold *cold, const struct facts *f, unsigned dir, int64_t ts_ns);

/* Account a RST of endpoint @dir: notes rst_*, and the flow's state. */
void flow_reset_take(struct flow *flow, struct flow_cold *cold, const struct facts *f, unsigned dir,
		     int64_t ts_ns);

#endif
