/* The record of one flow, as the rooms above read it. */
#ifndef FA_FLOW_FLOW_H
#define FA_FLOW_FLOW_H

#include "flow/key.h"

#define FLOW_NONE 0u /* no flow; ids start at 1 */

/* Frames remembered of each kind of event. */
#define FLOW_FRAMES 3

/* How far a TCP flow got.  UDP and SCTP flows stay in FLOW_DATAGRAM. */
enum flow_state {
	FLOW_DATAGRAM,
	FLOW_SYN_SENT,  /* SYN seen, no answer */
	FLOW_SYN_ACKED, /* SYN-ACK seen, handshake not finished */
	FLOW_OPEN,      /* handshake finished, or data after a SYN-ACK */
	FLOW_MIDSTREAM, /* first packet was neither SYN nor SYN-ACK */
	FLOW_CLOSED,    /* FIN from both ends */
	FLOW_RESET,     /* RST seen */
};

/* Why a flow left the table. */
enum flow_end { FLOW_END_CAPTURE, FLOW_END_IDLE, FLOW_END_REUSED, FLOW_END_EVICTED };

/**
 * struct flow - Hot record, two cache lines, written on every packet
 * @first_ns, @last_ns: Packet times, @last_ns never before @first_ns
 * @first_frame: Number of its first frame in input @input
 * @bytes:	Wire bytes (whole frames) sent by each endpoint
 * @packets:	Frames sent by each endpoint
 * @next_seq:	TCP: one past the highest byte each endpoint sent
 * @notes:	The table's own: what was noted; 0: nothing
 * @user:	The pipeline's own; 0 in a new flow
 * @tcp_flags:	Union of the flags each endpoint sent
 * @ttl:	TTL of the last packet of each endpoint that was not a RST; 0: none
 * @opener:	Endpoint that sent the first SYN (or got the first SYN-ACK); 2: none seen
 */
struct flow {
	struct flow_key key;
	uint32_t hash;
	uint32_t notes;
	int64_t first_ns;
	int64_t last_ns;
	/* second line */
	uint64_t first_frame;
	uint64_t bytes[2];
	uint64_t packets[2];
	uint32_t next_seq[2];
	uint32_t user;
	uint16_t input;
	uint8_t tcp_flags[2];
	uint8_t ttl[2];
	uint8_t state; /* enum flow_state */
	uint8_t opener;
	uint8_t flags; /* FLOW_ below */
	uint8_t end;   /* enum flow_end, once retired */
	uint16_t vlan; /* outermost VLAN id, 0: untagged */
};
static_assert(sizeof(struct flow) == 128, "two cache lines");

#define FLOW_WANTS_PAYLOAD 0x01u /* identification still looks at it */
#define FLOW_GAP           0x02u /* bytes were acknowledged that the capture does not hold */
#define FLOW_CUT           0x04u /* a payload was cut by the snap length */
#define FLOW_VLAN_TAGGED   0x08u
#define FLOW_TUNNELLED     0x10u
#define FLOW_QUOTED        0x20u /* an ICMP error about it was noted */
#define FLOW_ENDED         0x40u /* retired */
#define FLOW_LATE          0x80u /* the table's own: seen behind its clock since it was armed */

/* An ICMP error that quotes a packet of the flow. */
struct flow_icmp {
	struct address from; /* who sent the error */
	uint64_t frames[FLOW_FRAMES];
	int64_t first_ns;
	uint32_t count;
	uint8_t version; /* 4 or 6 */
	uint8_t type, code;
	uint8_t victim; /* endpoint whose packet failed */
	uint8_t ttl;
	bool from_peer;  /* @from is the address the failed packet was sent to */
	bool translated; /* a translator put @from in place of whoever sent it */
};

/**
 * struct flow_data - What each endpoint sent of payload
 * @frame, @ns:	Its first packet with payload; 0: none
 * @bytes, @packets: Payload since.  That of a SYN counts once it is acknowledged,
 *		keep-alives never
 * @retransmitted: TCP: payload segments seen again, by sender
 */
struct flow_data {
	uint64_t frame[2];
	int64_t ns[2];
	uint64_t bytes[2];
	uint32_t packets[2];
	uint32_t retransmitted[2];
};
static_assert(sizeof(struct flow_data) == 64, "a cache line");

/**
 * struct flow_notes - Cold record: what happened to a flow
 * @data:	All that there is of most flows of datagrams
 * @syn:	SYNs without ACK of the current attempt, retransmissions included
 * @synack_frame: First SYN-ACK
 * @rst_*:	First RST: who sent it (endpoint), and the TTL it had.  SCTP: first ABORT.
 *		One before a handshake that then came about is forgotten
 * @rst_refused: It answered a SYN that had no SYN-ACK; SCTP: all that its sender said
 * @rst_count:	RSTs of each endpoint; saturates
 * @rst_pair:	Frames from @rst_frame to the first RST of the other end, where both came
 *		at once: after the first request, before any answer, before any FIN, and
 *		with nothing between them.  0: not so
 * @rst_id:	IP identification of the first RST where it is far from the ones that its
 *		sender counts up in this flow; 0: it is not, or nothing can be said
 * @stray:	Frames from the first SYN to the first packet of the other end that answers
 *		some other connection of these ports: a challenge ACK (RFC 5961 4), or a
 *		SYN-ACK or RST that does not acknowledge this SYN.  0: none; UINT32_MAX: too far
 * @ip_id:	Each endpoint's latest IP identification but for RSTs; IPv4, and only as
 *		long as payload is looked at
 * @marks:	FLOW_MARK_ below
 * @icmp:	The strongest error: prohibited, else port unreachable, else unreachable, else other
 * @stream:	The stream room's ids
 * @gaps:	Times that bytes were acknowledged which the capture does not hold; one
 *		that the capture fills later is taken back
 * @acked:	Each endpoint sent an acknowledgement above the first byte of the other:
 *		it has heard the other, whatever the capture holds.  A SYN-ACK alone is
 *		none; any acknowledgement is where the other's first byte is not known
 *
 * The order keeps what a data packet writes in the first and the last cache line.
 */
struct flow_notes {
	struct flow_data data;
	/* second line */
	struct {
		uint64_t frames[FLOW_FRAMES];
		int64_t first_ns, last_ns;
		uint32_t count;
		uint32_t isn;
	} syn;
	uint64_t synack_frame;
	int64_t synack_ns;
	uint32_t synack_count;
	uint32_t rst_pair;
	uint64_t fin_frame[2];
	uint64_t rst_frame;
	int64_t rst_ns;
	uint16_t rst_count[2];
	uint32_t stray;
	uint64_t gap_frame;
	struct flow_icmp icmp;
	uint8_t rst_dir;
	uint8_t rst_ttl;
	bool rst_refused;
	uint8_t marks;
	uint32_t gaps;
	/* fifth line */
	uint32_t stream[2];
	bool acked[2];
	uint16_t ip_id[2];
	uint16_t rst_id;
};

/* What endpoint @e did: */
#define FLOW_MARK_FIN_FIRST(e)   (0x01u << (e)) /* sent the first FIN, before any RST */
#define FLOW_MARK_ZERO_WINDOW(e) (0x04u << (e)) /* announced that it takes no more bytes */
#define FLOW_MARK_AFTER_RST      0x10u          /* there were packets after the first RST */
#define FLOW_MARK_RST_UNFINISHED 0x20u          /* the first RST came between SYN-ACK and ACK */

#endif
