/* The words of a judgement (DESIGN section 2) and their spelling in reports. */
#ifndef FA_JUDGE_VERDICT_H
#define FA_JUDGE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum outcome {
	OUTCOME_ESTABLISHED,
	OUTCOME_REFUSED,
	OUTCOME_PROHIBITED,
	OUTCOME_NO_REPLY,
	OUTCOME_ABORTED,
	OUTCOME_ONE_SIDED,
	OUTCOME_UNKNOWN,
	OUTCOME_COUNT
};

enum verdict {
	VERDICT_EXPECTED,
	VERDICT_UNEXPECTED,
	VERDICT_BLOCKED,
	VERDICT_REJECTED,
	VERDICT_MISMATCH,
	VERDICT_INCONCLUSIVE,
	VERDICT_COUNT
};
#define VERDICT_BIT(v) (1u << (unsigned)(v))

enum cause { CAUSE_NONE, CAUSE_NETWORK, CAUSE_HOST, CAUSE_APPLICATION, CAUSE_UNKNOWN, CAUSE_COUNT };
enum grade { GRADE_NONE, GRADE_PROVEN, GRADE_LIKELY, GRADE_COUNT };

/* How the initiator is known. */
enum initiator_by {
	INITIATOR_SYN,
	INITIATOR_PROTOCOL,
	INITIATOR_PORT,
	INITIATOR_UNKNOWN,
	INITIATOR_COUNT
};

/* Facts that a verdict rests on.  The codes are part of the record format: extend, do not rename. */
enum evidence_code {
	EVIDENCE_PROTOCOL_UNVERIFIED, /* no payload that could show the protocol */
	EVIDENCE_PROTOCOL_WEAK, /* it resembles the protocol, which is too little for so wide a row */
	EVIDENCE_PROTOCOL_CONTRADICTED, /* value: enum app that was found, or APP_NONE for unknown bytes */
	EVIDENCE_ANSWER_FOREIGN,  /* a request of the documented protocol, answered in none of it */
	EVIDENCE_PEER_UNVERIFIED, /* the row names no peer */
	EVIDENCE_MTLS_PROVEN,
	EVIDENCE_MTLS_CLAIMED,
	EVIDENCE_MTLS_HIDDEN, /* value: enum client_auth */
	EVIDENCE_MTLS_UNSEEN, /* the handshake was not seen far enough */
	EVIDENCE_MTLS_NOT_REQUESTED,
	EVIDENCE_MTLS_DECLINED,
	EVIDENCE_MTLS_INHERITED, /* a resumed session; value: enum client_auth of the handshake it came from */
	EVIDENCE_ALPN_FOREIGN,    /* ALPN names HTTP on a row that is not */
	EVIDENCE_TCP_RST_SYN,     /* value: TTL of the reset */
	EVIDENCE_SCTP_ABORT,      /* likewise */
	EVIDENCE_RST_FOREIGN_TTL, /* value: its TTL; value2: the responder's own */
	EVIDENCE_RST_FOREIGN_ID, /* value: its IP identification; value2: the responder's last own */
	EVIDENCE_RST_BOTH_WAYS,  /* both ends were reset at once, each in the other's name */
	EVIDENCE_RST_AFTER_CLIENT_HELLO,
	EVIDENCE_RST_AFTER_REQUEST,   /* reset after the initiator's first data, not TLS */
	EVIDENCE_RST_AFTER_HANDSHAKE, /* reset before anybody sent data */
	EVIDENCE_INITIATOR_RESET,     /* the initiator itself reset it */
	EVIDENCE_DATA_UNACKNOWLEDGED, /* first data retransmitted, never acknowledged; value:
					 milliseconds from its first to the flow's last packet;
					 value2: 1: then the initiator gave up */
	EVIDENCE_TLS_CUT_SHORT, /* ended before the TLS handshake was; value: TTL of a reset; value2:
				    1 by the initiator, 2 after the responder waited for it */
	EVIDENCE_TLS_END_HIDDEN,    /* TLS 1.3 ended by the responder, which may have refused the
				    client; value: 1 behind a record of the size of an alert */
	EVIDENCE_CLOSED_UNANSWERED, /* asked and closed without an answer; value: 1 by the initiator */
	EVIDENCE_ICMP_ADMIN_PROHIBITED, /* value: type << 8 | code; from: the sender */
	EVIDENCE_ICMP_PORT_UNREACHABLE,
	EVIDENCE_ICMP_UNREACHABLE,
	EVIDENCE_ICMP_OTHER,
	EVIDENCE_SYN_UNANSWERED,  /* count: SYNs; value: milliseconds from first to last */
	EVIDENCE_SYN_MISANSWERED, /* what came back answers another connection of these ports */
	EVIDENCE_SYNACK_UNHEARD, /* a SYN-ACK never acknowledged; count, value: likewise; value2: 1 repeated SYNs say it was lost */
	EVIDENCE_UDP_UNANSWERED,    /* count: datagrams; value: 1 all were empty */
	EVIDENCE_STUN_UNANSWERED,   /* count: datagrams; value: distinct requests; value2: it was
					the pseudo-TLS hello */
	EVIDENCE_CAPTURE_ENDS_SOON, /* value: milliseconds left after the first try */
	EVIDENCE_TLS_ALERT,         /* value: description */
	EVIDENCE_STUN_ERROR,        /* value: code */
	EVIDENCE_SIP_STATUS,
	EVIDENCE_HTTP_STATUS,
	EVIDENCE_PROXY_ANSWER, /* a proxy answered in the server's place; value: HTTP status */
	EVIDENCE_HTTP_TO_TLS,  /* clear HTTP answered a TLS hello; value: its status; value2: 1 by a
				  proxy or portal */
	EVIDENCE_PSEUDO_TLS_INTERCEPTED, /* something that is no relay answered it; value: enum app,
					    APP_NONE: other bytes; value2: a reset */
	EVIDENCE_RPC_REFUSED,            /* value: bind_nak reason or fault status */
	EVIDENCE_SMB_STATUS,             /* value: NT status */
	EVIDENCE_DHCP_NAK,
	EVIDENCE_NMF_FAULT,
	EVIDENCE_RPC_MAPPED,          /* the endpoint mapper of the responder gave this port */
	EVIDENCE_SINGLE_DIRECTION,    /* only one endpoint's packets are in the capture */
	EVIDENCE_ANSWER_NOT_CAPTURED, /* the initiator acknowledged what the capture does not hold */
	EVIDENCE_ANSWERED_ELSEWHERE,  /* the answer came from another address; from: that address;
					 value 1: this flow is the answer; from: who was asked */
	EVIDENCE_GROUP_DESTINATION, /* multicast or broadcast: nobody in particular had to answer */
	EVIDENCE_ICE_SESSION_WORKS, /* another pair of its media session answered; value: such pairs */
	EVIDENCE_ICE_SESSION_FAILED, /* no pair did; value: pairs tried; value2: requests */
	EVIDENCE_TWIN_ANSWERED, /* another capture holds the answer, which never came to this one */
	EVIDENCE_TWIN_MISSING,  /* another capture that should hold the attempt does not */
	EVIDENCE_SILENCE_IS_NORMAL, /* the protocol lets a server ignore it (MC-SQLR 3.1.5.2) */
	EVIDENCE_MIDSTREAM,
	EVIDENCE_INITIATOR_UNKNOWN, /* and who it was decides which row documents the flow */
	EVIDENCE_GAP,               /* bytes missing from the capture */
	EVIDENCE_SNAPLEN,           /* payload cut by the snap length */
	EVIDENCE_EVICTED,           /* the flow table was full */
	EVIDENCE_FITNESS, /* a capture deficiency disables the verdict; value: enum fitness_code */
	EVIDENCE_COUNT
};

const char *outcome_name(enum outcome o);
const char *verdict_name(enum verdict v);
const char *cause_name(enum cause c); /* "" for CAUSE_NONE */
const char *grade_name(enum grade g); /* "" for GRADE_NONE */
const char *initiator_by_name(enum initiator_by i);
const char *evidence_name(enum evidence_code e);
/* Find a verdict by name; false when there is none. */
bool verdict_find(const char *name, unsigned long len, enum verdict *v);

#endif
