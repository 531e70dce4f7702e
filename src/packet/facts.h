/* What one frame says, layer by layer: the output of decode and the input of everything above. */
#ifndef FA_PACKET_FACTS_H
#define FA_PACKET_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

/*
 * Every frame ends in exactly one class; the report's counters are these.
 * The first group carries a transport header and can belong to a flow.
 * CLASS_NAMED_* come with the number that was met (facts.class_value) and are
 * counted by it, so that nothing is skipped without a name.
 */
enum frame_class {
	CLASS_TCP,
	CLASS_UDP,
	CLASS_SCTP,
	CLASS_ICMP,     /* ICMPv4 and ICMPv6, errors and all else */
	CLASS_FRAGMENT, /* held for, or lost from, reassembly; the last one gets the datagram's class */
	CLASS_DUPLICATE, /* captured a moment ago already; whatever it was, it is no part of a flow again */
	CLASS_ARP,
	CLASS_LINK_CONTROL, /* LLC (STP, ISIS, ...), LLDP, CDP, LACP, EAPOL, PPP and PPPoE control, 802.11 management */
	CLASS_TRUNCATED_LINK,      /* capture ends inside the link or tunnel headers */
	CLASS_TRUNCATED_IP,        /* ... inside the IP header or its extensions */
	CLASS_TRUNCATED_TRANSPORT, /* ... before ports or flags */
	CLASS_MALFORMED_LINK,      /* lengths or versions that contradict themselves */
	CLASS_MALFORMED_IP,
	CLASS_MALFORMED_TRANSPORT,
	CLASS_TUNNEL_TOO_DEEP,   /* more than DECODE_MAX_LAYERS headers of encapsulation */
	CLASS_NAMED_IP_PROTOCOL, /* class_value: IP protocol number */
	CLASS_NAMED_ETHERTYPE,   /* class_value: EtherType */
	CLASS_NAMED_LINKTYPE,    /* class_value: LINKTYPE_ */
	CLASS_COUNT
};

/* TCP flags as on the wire (RFC 9293 3.1). */
#define TCP_FIN 0x01u
#define TCP_SYN 0x02u
#define TCP_RST 0x04u
#define TCP_PSH 0x08u
#define TCP_ACK 0x10u
#define TCP_URG 0x20u

/* Encapsulations seen around the innermost IP header, facts.tunnels. */
enum tunnel {
	TUNNEL_VLAN = 1u << 0,
	TUNNEL_MPLS = 1u << 1,
	TUNNEL_PPPOE = 1u << 2,
	TUNNEL_GRE = 1u << 3,
	TUNNEL_ERSPAN = 1u << 4,
	TUNNEL_VXLAN = 1u << 5,
	TUNNEL_GENEVE = 1u << 6,
	TUNNEL_IPIP = 1u << 7, /* IPv4 in IPv4, 6in4, 4in6, 6in6 */
	TUNNEL_TEREDO = 1u << 8,
};

/**
 * struct quoted - The packet an ICMP error quotes (RFC 792, RFC 4443 3)
 * @present:	The quote reaches at least its ports
 * @src, @dst:	As in the quoted header: @src sent the packet that failed
 * @tcp_seq:	Of a quoted TCP header
 */
struct quoted {
	struct address src, dst;
	uint32_t tcp_seq;
	uint16_t sport, dport;
	uint8_t l4;
	bool present;
};

/**
 * struct facts - What one frame says of its innermost packet
 * @class:	enum frame_class; fields below are filled as far as it got
 * @class_value: See the CLASS_NAMED_* classes
 * @ts_ns, @number, @wirelen: Copied from the frame
 * @ip_len:	Length of the innermost IP packet by its own header, bytes
 *		(payload_wire + headers); the frame's Ethernet padding is not in it
 * @src, @dst:	Innermost IP addresses
 * @sport, @dport: Host order; 0 without ports
 * @l4:		IP protocol number of the transport; 0 when none was reached
 * @ip_version:	4, 6, or 0 when no IP header was read
 * @ttl:	TTL or hop limit of the innermost IP header
 * @ip_id:	IPv4 identification; 0 for IPv6
 * @vlan:	Outermost two VLAN ids, outer first; @vlans says how many of them.
 *		0 is a priority without a VLAN and is left out
 * @tunnels:	Set of enum tunnel
 * @tcp_flags, @seq, @ack, @window: TCP header, host order
 * @icmp_type, @icmp_code: ICMP header
 * @icmp_error:	It reports an undeliverable packet (v4 types 3, 5, 11, 12; v6 types 1-4)
 * @quoted:	Of an ICMP error
 * @payload:	Transport payload that was captured: @payload_len bytes; lives as
 *		long as its frame's batch, also when it was put together from fragments
 * @payload_wire: Payload length by the headers; > @payload_len when the snap
 *		length cut it
 * @verified:	A checksum of it was computed
 * @bad_checksum: IPv4 header, TCP or UDP checksum does not fit; counted, never a
 *		reason to drop (offload leaves them unfilled)
 * @fragmented:	The datagram came in fragments
 */
struct facts {
	int64_t ts_ns;
	uint64_t number;
	const uint8_t *payload;
	struct address src, dst;
	uint32_t wirelen;
	uint32_t ip_len;
	uint32_t payload_len;
	uint32_t payload_wire;
	uint32_t seq, ack;
	uint16_t sport, dport;
	uint16_t class_value;
	uint16_t ip_id;
	uint16_t window;
	uint16_t vlan[2];
	uint16_t tunnels;
	uint8_t class;
	uint8_t vlans;
	uint8_t l4;
	uint8_t ip_version;
	uint8_t ttl;
	uint8_t tcp_flags;
	uint8_t icmp_type, icmp_code;
	bool icmp_error;
	bool verified;
	bool bad_checksum;
	bool fragmented;
	struct quoted quoted; /* only valid when icmp_error */
};

#endif
