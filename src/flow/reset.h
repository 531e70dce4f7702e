/* What a RST, and the packets before it, say of who sent it. */
#ifndef FA_FLOW_RESET_H
#define FA_FLOW_RESET_H

#include "flow/cold.h"

/* Note the IP identification of a packet of endpoint @dir that is no RST. */
void flow_reset_id(struct flow_cold *cold, const struct facts *f, unsigned dir, int64_t ts_ns);

/* Account a RST of endpoint @dir: notes rst_*, and the flow's state. */
void flow_reset_take(struct flow *flow, struct flow_cold *cold, const struct facts *f, unsigned dir,
		     int64_t ts_ns);

#endif
