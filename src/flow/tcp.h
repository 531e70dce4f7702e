/* What a TCP packet changes in its flow: state, sequence accounting, notes (RFC 9293). */
#ifndef FA_FLOW_TCP_H
#define FA_FLOW_TCP_H

#include "flow/cold.h"

/*
 * Windows repeats a SYN that was refused (Microsoft KB 175523), about 0.5 s after
 * the RST and with a number of its own, facts/protocols.md 16.2.
 */
#define FLOW_TCP_RETRY_NS (3 * NS_PER_S)

/**
 * flow_tcp_reuses() - Does this packet open another connection on the tuple of @flow?
 *
 * A SYN with a new sequence number does once the flow was open, and while
 * nothing or nothing but resets answered, when it comes later than
 * FLOW_TCP_RETRY_NS after the packet before it: no stack takes a new number for
 * a retransmission, so somebody called connect() again.  The same number again
 * is a retransmission in every state.
 *
 * @ts_ns is the packet's time as the table took it, not before 1970.
 */
bool flow_tcp_reuses(const struct flow *flow, const struct flow_cold *cold, const struct facts *f,
		     unsigned dir, int64_t ts_ns);

/* What flow_tcp_packet() asks of the stream room. */
#define FLOW_TCP_PAYLOAD 1u /* the payload is data of the stream, first seen or again */
#define FLOW_TCP_RESTART 2u /* another SYN: what the stream of this endpoint holds is void */

/**
 * flow_tcp_packet() - Account one packet
 * @flow:	Its counters have taken this packet in already; zeroed else when new
 * @dir:	Endpoint that sent it
 *
 * Return: set of FLOW_TCP_
 */
unsigned flow_tcp_packet(struct flow *flow, struct flow_cold *cold, const struct facts *f,
			 unsigned dir, int64_t ts_ns);

#endif
