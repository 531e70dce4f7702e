/* ICMP errors, held against the flow whose packet they quote (RFC 792, RFC 4443). */
#ifndef FA_FLOW_QUOTE_H
#define FA_FLOW_QUOTE_H

#include "flow/flow.h"

/* What an error says about the packet it quotes, weakest first. */
enum flow_quote_strength {
	FLOW_QUOTE_DELIVERABLE, /* too big, redirected: no statement that it cannot pass */
	FLOW_QUOTE_OTHER,       /* time exceeded, parameter problem */
	FLOW_QUOTE_UNREACHABLE,
	FLOW_QUOTE_PORT,
	FLOW_QUOTE_PROHIBITED,
};

enum flow_quote_strength flow_quote_strength(uint8_t ip_version, uint8_t type, uint8_t code);

/**
 * flow_quote_note() - Note an error on the flow it quotes
 * @icmp:	The flow's; a stronger error replaces what it holds, an equally strong
 *		one counts, a weaker one is ignored
 * @key:	Of the flow
 * @victim:	Endpoint whose packet failed
 * @ts_ns:	The error's time as the table took it
 */
void flow_quote_note(struct flow_icmp *icmp, const struct flow_key *key, const struct facts *f,
		     unsigned victim, int64_t ts_ns);

struct flow_cold;

/**
 * flow_quote_fits() - May the quoted packet be one of this flow?
 * @cold:	Of @flow, or NULL
 * @victim:	Endpoint whose packet failed
 *
 * Ports are used again; a TCP segment is told from one of an older connection by
 * its sequence number, where the capture knows those of its sender.
 */
bool flow_quote_fits(const struct flow *flow, const struct flow_cold *cold, const struct quoted *q,
		     unsigned victim);

#endif
