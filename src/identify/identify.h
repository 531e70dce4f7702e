/*
 * What a flow speaks, from its payload alone.  Ports and addresses are not
 * visible here: a list of them is never protocol evidence.
 *
 * An identification is fed the first bytes of each direction (TCP) or the
 * first datagrams (UDP) until it wants no more, and says what was proven, what
 * is still possible, and on which frames that rests.
 */
#ifndef FA_IDENTIFY_IDENTIFY_H
#define FA_IDENTIFY_IDENTIFY_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/util.h"

/* Protocols told apart.  Sets of them are bit sets: APP_BIT(). */
enum app {
	APP_NONE,
	APP_TLS,
	APP_PSEUDO_TLS, /* MS-TURN 2.1.1: a fixed hello pair in front of MSTURN */
	APP_DTLS,
	APP_STUN,   /* RFC 3489, RFC 5389, MS-ICE2 checks; also framed by RFC 4571 */
	APP_TURN,   /* RFC 5766: STUN messages of TURN methods, ChannelData */
	APP_MSTURN, /* MS-TURN, also multiplexed (FF10) */
	APP_RTP,
	APP_RTCP,
	APP_SIP,
	APP_HTTP,
	APP_DCERPC,
	APP_SMB,
	APP_SQLR, /* MC-SQLR */
	APP_DHCP,
	APP_NMF,    /* MC-NMF, .NET message framing */
	APP_MSNFTP, /* VER MSN_SECURE_FTP */
	APP_TDS,
	APP_COUNT
};

#define APP_BIT(app) (1u << (unsigned)(app))
#define APP_ANY      (APP_BIT(APP_COUNT) - 2u) /* every app but APP_NONE */

/* "tls", "pseudo-tls", "msturn", ...; "" for APP_NONE. */
const char *app_name(enum app app);

/* How sure the identification is. */
enum confidence {
	CONFIDENCE_NONE, /* nothing identified */
	CONFIDENCE_WEAK, /* shape only; look-alikes are known */
	CONFIDENCE_STRONG,
};

/* The mutual-TLS ladder, facts/protocols.md section 2. */
enum client_auth {
	CLIENT_AUTH_UNSEEN,        /* the handshake was not seen far enough to tell */
	CLIENT_AUTH_NOT_REQUESTED, /* ServerHelloDone came without a CertificateRequest */
	CLIENT_AUTH_REQUESTED,     /* asked; the answer was not seen */
	CLIENT_AUTH_DECLINED,      /* answered with an empty Certificate */
	CLIENT_AUTH_CLAIMED,       /* Certificate and CertificateVerify, server's answer not seen */
	CLIENT_AUTH_PROVEN,        /* ... and the server's ChangeCipherSpec came after */
	CLIENT_AUTH_HIDDEN_TLS13,  /* encrypted by TLS 1.3 */
	CLIENT_AUTH_HIDDEN_RENEGOTIATED, /* not asked, but a second handshake ran inside the first */
	CLIENT_AUTH_HIDDEN_RESUMED, /* abbreviated handshake: the certificates were shown earlier */
};
const char *client_auth_name(enum client_auth auth); /* "proven", "hidden-tls13", ... */

#define IDENT_NAME 64

/* TLS 1.3 hides alerts; their size remains, which no message but an alert has. */
enum tls_tail { TLS_TAIL_NONE, TLS_TAIL_ALERT, TLS_TAIL_MORE };

/**
 * struct tls_facts - What a TLS handshake showed
 * @version:	Negotiated by the ServerHello (0x0303, 0x0304); 0 without one
 * @complete:	Handshake ran to both ChangeCipherSpecs (<= 1.2), or to the client's
 *		encrypted flight after the ServerHello (1.3)
 * @client_auth: enum client_auth
 * @tail:	What the server sent behind the client's finish: enum tls_tail.  1.2 needs its
 *		ChangeCipherSpec to be @complete, so that it is TLS_TAIL_MORE with it
 * @client_went_on: The client sent more handshake behind the ServerHello
 * @client_alert: 1.3: ... but all that was encrypted is of the size of an alert
 * @alert_dir:	Endpoint whose clear alert was seen; meaningful when @alert_frame != 0
 * @alert_level, @alert_description: Of the first clear fatal alert, else of the first alert
 * @given:	Digest of the session that this full handshake began: of its NewSessionTicket where
 *		one was seen in clear, else of the server's session id; 0: none
 * @used:	Digest of what a resumed handshake presented: ticket, else session id; 0: none
 * @sni, @alpn:	NUL-terminated, cut at their size; bytes as seen.  @alpn is the server's choice
 *		where it is visible, else the client's first offer
 */
struct tls_facts {
	uint64_t certreq_frame; /* 0: none */
	uint64_t client_cert_frame;
	uint64_t alert_frame;
	uint64_t given, used;
	uint16_t version;
	uint8_t client_auth;
	uint8_t alert_level;
	uint8_t alert_description;
	uint8_t alert_dir;
	bool client_hello;
	bool server_hello;
	bool server_cert; /* the server sent a Certificate in clear */
	bool complete;
	bool client_went_on;
	bool client_alert;
	uint8_t tail;
	char sni[IDENT_NAME];
	char alpn[16];
};

/**
 * struct stun_facts - What STUN, TURN and MSTURN messages said beside success and failure
 * @session:	Digest of the ICE USERNAME, "one:other" and "other:one" alike (RFC 5245 7.1.2.3,
 *		MS-ICE2): the same for every check of one media session, those that a relay
 *		carried on this flow included; 0: none seen
 * @alternate:	Alternate Server (MS-TURN 2.2.2.14, RFC 5389 15.11), valid when
 *		@alternate_frame != 0; port in host order
 * @ms_version:	MS-Version (MS-TURN 2.2.2.17); 0: none
 * @ice_version: IMPLEMENTATION-VERSION (MS-ICE2 2.2); 0: none
 * @stream_type: Of MS-Service-Quality: 1 audio, 2 video, 3 supplemental video, 4 data; 0: none
 * @checked:	A Binding request was answered with success, one that a relay carried included
 * @heard_frame: First message that only a client sends which was answered before: with the
 *		nonce of a challenge, or of methods that need an allocation; 0: none
 */
struct stun_facts {
	uint64_t session;
	uint64_t alternate_frame;
	uint64_t heard_frame;
	struct address alternate;
	uint16_t alternate_port;
	uint8_t ms_version;
	uint8_t ice_version;
	uint8_t stream_type;
	bool checked;
};

/* Interfaces of the DCE/RPC bindings that the tables imply; facts/protocols.md 10. */
enum rpc_interface {
	RPC_OTHER,
	RPC_ENDPOINT_MAPPER,
	RPC_OBJECT_EXPORTER,
	RPC_SCM_ACTIVATOR,
	RPC_ACTIVATION,
	RPC_INTERFACES
};
const char *rpc_interface_name(enum rpc_interface interface); /* "endpoint-mapper", ... */

#define RPC_PORTS 4

/**
 * struct rpc_facts - What a DCE/RPC dialogue was about
 * @ports_frame: Frame of the mapper's first answer with a TCP port; 0: none
 * @port:	TCP ports that the endpoint mapper (or the object resolver) gave out; 0 ends them
 */
struct rpc_facts {
	uint64_t ports_frame;
	uint16_t port[RPC_PORTS];
	uint8_t interface; /* enum rpc_interface of the first bind */
};

/* An answer by the application that is neither success nor a normal challenge. */
struct app_answer {
	uint64_t frame; /* 0: none */
	uint32_t code;  /* STUN error, SIP or HTTP status, DHCP message type, bind_nak reason or
			   fault status, NT status */
	uint8_t app;    /* enum app */
	uint8_t dir;    /* endpoint that answered */
	bool again;     /* a challenge, to a request that had met one: the code alone is normal */
	bool proxy;     /* HTTP: a proxy answered, by its headers or its status */
};

/* Pseudo-TLS hellos seen, ident.pseudo. */
#define PSEUDO_ASKED       0x01u
#define PSEUDO_ANSWERED    0x02u /* by the 83 bytes of a relay */
#define PSEUDO_ANSWER_SIZE 83

/* One direction of a TLS stream: where the walk over records and messages stands. */
struct ident_tls {
	uint32_t hs_word;  /* handshake header: type << 24 | length, complete when hs_have is 4 */
	uint32_t hs_left;  /* bytes of the message body still to come */
	uint32_t msg_pos;  /* stream offset of the message's first header byte */
	uint16_t msg_room; /* bytes of its record from there on */
	uint16_t rec_left; /* bytes of the record still to come */
	uint16_t flags;    /* TLS_SAW_ in tls.c */
	uint8_t rec_type;  /* 0: at a record header */
	uint8_t hs_have;
};

/* One direction of a text protocol. */
struct ident_text {
	uint32_t scan;   /* stream offset up to which no line end was found */
	uint32_t body;   /* bytes of body still to skip, or length announced so far */
	uint32_t page;   /* HTTP: where the page of a refusal begins; 0: none is read */
	uint16_t status; /* of the response whose headers are read; 0: a request */
	bool has_length;
	bool chunked;
	bool connect; /* HTTP CONNECT */
};

/* One direction of DCE/RPC. */
struct ident_rpc {
	uint32_t call;  /* id of the last PDU */
	uint16_t opnum; /* of the last request */
	bool any;       /* there was one */
};

/* One direction of media: the stream of one SSRC at a time, and its RTCP. */
struct ident_rtp {
	uint64_t first_frame;
	uint32_t ssrc;
	uint32_t time;
	uint32_t rtcp_ssrc;
	uint16_t seq;
	uint16_t rtcp_sum; /* of the last RTCP packet: a duplicate proves nothing */
	uint8_t packets;
	uint8_t good;         /* small positive steps among them */
	uint8_t exact;        /* steps of one, in time with the clock of the payload type */
	uint8_t type;         /* payload type when @ssrc was taken up */
	uint8_t other;        /* packets of other SSRCs since @ssrc was taken up */
	uint8_t rtcp_packets; /* of @rtcp_ssrc */
	bool rtcp_reports;    /* an SR or RR among them */
};

/* What the identifiers keep for one endpoint of a stream. */
struct ident_side {
	uint32_t base;     /* where what is being identified begins: behind a CONNECT, an upgrade */
	uint32_t offset;   /* first byte not yet parsed */
	uint32_t searched; /* midstream: first byte not yet tried as a beginning */
	uint16_t opens;    /* stream protocols that these bytes can open, by table index */
	uint16_t answers;  /* ... that they can answer */
	uint16_t lost;     /* ... that were followed and turned out wrong */
	uint8_t owner;     /* 1 + table index of the protocol followed; 0: none */
	uint8_t first;     /* ... that was so first; it may have handed on */
	uint8_t state;     /* of the one that follows now */
	uint8_t frames;    /* messages or frames of it walked */
	bool ended;
	union {
		struct ident_tls tls;
		struct ident_text text;
		struct ident_rpc rpc;
	};
};

/* What the identifiers keep for both endpoints, and look at with every packet. */
struct ident_work {
	uint32_t strong; /* set of apps proven */
	uint32_t missed; /* datagrams: set of apps that one whole datagram did not fit */
	uint8_t pending_next;
	uint8_t askers; /* bit per endpoint that sent a Binding request */
	bool client_fixed;
	bool finished;
};

/**
 * struct ident - State and result of one identification
 * @app:	Best name for the flow; APP_NONE when nothing was identified.  Where
 *		several were seen (STUN, then RTP), the one that carries the purpose:
 *		RTP over RTCP over MSTURN over STUN
 * @confidence:	Of @app
 * @seen:	Set of all protocols identified, of any confidence but NONE
 * @possible:	Set of protocols that the bytes seen do not rule out; includes @seen.  Streams:
 *		a protocol goes when neither side's true first bytes can open it, answered by
 *		the other's.  Datagrams: when one or two whole ones (by protocol) are no
 *		message of it.  Midstream or cut bytes rule nothing out; a proven protocol
 *		rules out what does not share a flow with it.  identify.c has the tables
 * @frame:	First frame of each endpoint that @app rests on; 0: none
 * @client:	Endpoint that played the client's part; 2: not told by the protocol
 * @examined:	Payload bytes looked at, by endpoint
 * @answer:	First refusal by the application, see judge
 * @counter_answer: First refusal by the endpoint that @answer is not of
 * @accepted_frame: First success of the application (STUN success, SIP or HTTP 2xx,
 *		complete TLS handshake, DHCPACK, answered DCE/RPC call, SMB session, preamble ack);
 *		0: none
 * @stun_requests: STUN and MSTURN requests, retransmissions not counted again
 * @stun_answers: Successes and errors; saturates.  An answer may belong to a request on
 *		another flow (Alternate Server), so this may exceed @stun_requests
 * @transaction: Of the first message that has one (STUN id, DHCP xid) and asks or answers,
 *		so that an answer which came from elsewhere can be told; 0: none
 * @answers:	That message is an answer
 * @stray:	Transaction of the first answer that nothing on this flow asked for, so that
 *		the request, sent to another address, can be told (facts/protocols.md 0.5); 0: none
 * @stray_frame: Frame of that answer
 * @stun_sent:	Datagrams or frames that were requests, retransmissions included; saturates
 * @answered_otherwise: Streams: the client spoke a protocol that was seen, and the first bytes of
 *		the server are of none that goes with it
 * @microsoft:	An attribute of MS-ICE2 or MS-TURN was seen
 * @pseudo:	Set of PSEUDO_
 * @payload_type: 1 + RTP payload type of the stream followed, by endpoint; 0: none
 * @smb_dialect: As the server chose it (MS-SMB2 2.2.4); 0x0100 for SMB 1; 0: not seen
 *
 * What is relayed inside MSTURN or TURN (Data, ChannelData) enters @seen but neither
 * names the flow nor counts as its request, answer or success.
 *
 * Endpoints are 0 and 1 as in the flow key.  @work, @media, @pending, @side and @settled
 * belong to the identifiers.
 *
 * The fields are in the order in which packets need them, a cache line each: what every
 * one looks at; the media streams followed; what dialogues said.  What is behind @stun is
 * there for streams only (IDENT_DATAGRAM_SIZE): judges ask ident_tls() for @tls.
 */
struct ident {
	uint32_t seen;
	uint32_t possible;
	uint64_t frame[2];
	uint32_t examined[2];
	struct ident_work work;
	uint16_t stun_requests;
	uint16_t stun_answers;
	uint8_t datagrams[2];
	uint8_t app;
	uint8_t confidence;
	uint8_t client;
	bool stream;    /* TCP */
	bool midstream; /* the first bytes of the flow were not captured */
	bool cut;       /* payload was cut by the snap length: absence proves nothing */
	bool microsoft;
	bool answers;
	uint8_t pseudo;
	uint8_t payload_type[2];
	uint8_t stun_sent;
	bool answered_otherwise;

	struct ident_rtp media[2];

	uint64_t accepted_frame;
	uint64_t transaction;
	uint64_t stray;
	uint64_t stray_frame;
	struct app_answer answer;
	struct app_answer counter_answer;
	uint32_t pending[4]; /* last STUN requests: digest of the id, stun.c */
	struct stun_facts stun;

	struct ident_side side[2];
	uint16_t settled; /* stream protocol that is proven, as a set; 0: none */
	uint16_t smb_dialect;
	struct rpc_facts rpc;
	struct tls_facts tls;
};

/* As much of it as there is for datagrams. */
#define IDENT_DATAGRAM_SIZE offsetof(struct ident, side)

#define IDENT_LINE 64u

static_assert(offsetof(struct ident, media) == IDENT_LINE &&
		      offsetof(struct ident, accepted_frame) == 2 * (size_t)IDENT_LINE,
	      "most packets touch one line, those of media two");
static_assert(IDENT_DATAGRAM_SIZE == 4 * (size_t)IDENT_LINE &&
		      sizeof(struct ident) == 8 * (size_t)IDENT_LINE,
	      "one is kept for every live flow that has payload");

/* What the handshake of a flow showed; of datagrams, nothing. */
static inline const struct tls_facts *ident_tls(const struct ident *id)
{
	static const struct tls_facts none;

	return id->stream ? &id->tls : &none;
}

/* Have near what a packet will touch; @stream as ident_init() was told. */
FA_INLINE void ident_prefetch(const struct ident *id, bool stream)
{
	__builtin_prefetch(id, 1);
	if (stream) {
		__builtin_prefetch(&id->side[0], 1);
		__builtin_prefetch(&id->side[1], 1);
		__builtin_prefetch(&id->tls, 1);
	} else {
		__builtin_prefetch(&id->media, 1);
	}
}

/* Have near what a judge will read beside the first line. */
FA_INLINE void ident_prefetch_facts(const struct ident *id, bool stream)
{
	__builtin_prefetch(&id->accepted_frame);
	__builtin_prefetch(&id->pending);
	if (stream)
		for (unsigned line = 4; line < 8; line++)
			__builtin_prefetch((const char *)id + (size_t)line * IDENT_LINE);
}

/* More payload of this flow can still change the result. */
#define IDENT_MORE 1

/**
 * ident_init() - Start an identification
 * @id:		Of datagrams only its first IDENT_DATAGRAM_SIZE bytes are touched, ever
 * @stream:	TCP (true) or datagrams
 * @midstream:	The beginning of the flow was not captured
 */
void ident_init(struct ident *id, bool stream, bool midstream);
/* The same where all bytes of @id are zero: it touches no more lines than it must. */
void ident_begin(struct ident *id, bool stream, bool midstream);

/**
 * ident_stream() - The first bytes of one direction of a TCP flow grew
 * @dir:	Endpoint that sent them, 0 or 1
 * @bytes:	All contiguous bytes from the start of the direction (from the first
 *		byte captured when midstream); the same bytes as last time and more
 * @len:	Their number
 * @last:	No more of this direction will come (limit reached, gap, close)
 * @frame:	Number of the frame that brought the newest byte
 *
 * Return: IDENT_MORE, or 0 when done
 */
int ident_stream(struct ident *id, unsigned dir, const uint8_t *bytes, size_t len, bool last,
		 uint64_t frame);

/**
 * ident_datagram() - One datagram
 * @len:	Bytes captured
 * @wire_len:	Bytes by the UDP header; > @len when cut
 */
int ident_datagram(struct ident *id, unsigned dir, const uint8_t *bytes, size_t len,
		   size_t wire_len, uint64_t frame);

/*
 * Part of a normal dialogue: STUN 401, 438, 300 and 487; SIP 401, 407 and 3xx; HTTP 401 and
 * 3xx; every 1xx and 2xx of SIP and HTTP.
 */
bool app_code_is_normal(enum app app, unsigned code);

/* What Lync uses a payload type for: "PCMA/8000"; NULL where it has no use for it. */
const char *rtp_payload_name(unsigned type);
/*
 * A TLS ClientHello was answered in clear HTTP; @answer is that answer, whatever its status.
 * Such a flow is an attempt at TLS that something in its way ended.  Behind a CONNECT that was
 * granted the hello is another's, and a challenge before it no answer to it.
 */
static inline bool ident_http_to_tls(const struct ident *id)
{
	return ident_tls(id)->client_hello && !ident_tls(id)->server_hello &&
	       id->accepted_frame == 0 && id->answer.frame != 0 && id->answer.app == APP_HTTP;
}

/* "handshake_failure" (RFC 8446 6, RFC 5246 7.2), or "alert_NN" from a static table. */
const char *tls_alert_name(uint8_t description);

#endif
