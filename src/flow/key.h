/* The canonical identity of a flow: both endpoints ordered together. */
#ifndef FA_FLOW_KEY_H
#define FA_FLOW_KEY_H

#include "base/hash.h"
#include "packet/facts.h"

/**
 * struct flow_key - 40 bytes without padding; equal bytes, same flow
 * @addr, @port: Endpoint 0 is the smaller (address, port) pair; ports host order
 * @l4:		IP protocol number
 * @ip_version:	4 or 6: an IPv4 flow and its v4-mapped twin differ
 * @context:	0, or a VLAN id where the caller asked for it
 */
struct flow_key {
	struct address addr[2];
	uint16_t port[2];
	uint8_t l4;
	uint8_t ip_version;
	uint16_t context;
};
static_assert(sizeof(struct flow_key) == 40, "hashed and compared as five words");

/**
 * flow_key_from_facts() - Key of a packet's flow
 * @dir:	Endpoint that sent the packet, 0 or 1
 *
 * Return: false when the packet belongs to no flow (not TCP, UDP or SCTP)
 */
bool flow_key_from_facts(const struct facts *f, struct flow_key *key, unsigned *dir);

/* Key of the packet that an ICMP error quotes; @dir is the endpoint that had sent it. */
bool flow_key_from_quote(const struct facts *f, struct flow_key *key, unsigned *dir);

#endif
