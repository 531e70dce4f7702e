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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Protocols told apart.  Sets of them are bit sets: APP_BIT(). */
enum app {
	APP_NONE,
	APP_TLS,
	APP_PSEUDO_TLS, /* MS-TURN 2.1.1: a fixed hello pair in front of MSTURN */
	APP_DTLS,
	APP_STUN,	/* RFC 3489, RFC 5389, MS-ICE2 checks; also framed by RFC 4571 */
	APP_TURN,	/* RFC 5766: STUN messages of TURN methods, ChannelData */
	APP_MSTURN,	/* MS-TURN, also multiplexed (FF10) */
	APP_RTP,
	APP_RTCP,
	APP_SIP,
	APP_HTTP,
	APP_DCERPC,
	APP_SMB,
	APP_SQLR,	/* MC-SQLR */
	APP_DHCP,
	APP_NMF,	/* MC-NMF, .NET message framing */
	APP_MSNFTP,	/* VER MSN_SECURE_FTP */
	APP_TDS,
	APP_COUNT
};

#define APP_BIT(app) (1u << (unsigned)(app))
#define APP_ANY	     (APP_BIT(APP_COUNT) - 2u) /* every app but APP_NONE */

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
	CLIENT_AUTH_UNSEEN,	   /* the handshake was not seen far enough to tell */
	CLIENT_AUTH_NOT_REQUESTED, /* ServerHelloDone came without a CertificateRequest */
	CLIENT_AUTH_REQUESTED,	   /* asked; the answer was not seen */
	CLIENT_AUTH_DECLINED,	   /* answered with an empty Certificate */
	CLIENT_AUTH_CLAIMED,	   /* Certificate and CertificateVerify, server's answer not seen */
	CLIENT_AUTH_PROVEN,	   /* ... and the server's ChangeCipherSpec came after */
	CLIENT_AUTH_HIDDEN_TLS13,  /* encrypted by TLS 1.3 */
	CLIENT_AUTH_HIDDEN_RESUMED, /* abbreviated handshake: the certificates were shown earlier */
};
const char *client_auth_name(enum client_auth auth); /* "proven", "hidden-tls13", ... */

#define IDENT_NAME 64

/**
 * struct tls_facts - What a TLS handshake showed
 * @version:	Negotiated by the ServerHello (0x0303, 0x0304); 0 without one
 * @complete:	Handshake ran to both ChangeCipherSpecs (<= 1.2), or to the client's
 *		encrypted flight after the ServerHello (1.3)
 * @client_auth: enum client_auth
 * @alert_dir:	Endpoint whose clear alert was seen; meaningful when @alert_frame != 0
 * @alert_level, @alert_description: Of the first clear fatal alert, else of the first alert
 * @sni, @alpn:	NUL-terminated, cut at their size; bytes as seen
 */
struct tls_facts {
	uint64_t certreq_frame; /* 0: none */
	uint64_t client_cert_frame;
	uint64_t alert_frame;
	uint16_t version;
	uint8_t client_auth;
	uint8_t alert_level;
	uint8_t alert_description;
	uint8_t alert_dir;
	bool client_hello;
	bool server_hello;
	bool complete;
	char sni[IDENT_NAME];
	char alpn[16];
};

/* An answer by the application that is neither success nor a normal challenge. */
struct app_answer {
	uint64_t frame;	/* 0: none */
	uint16_t code;	/* STUN error, SIP or HTTP status */
	uint8_t app;	/* enum app */
	uint8_t dir;	/* endpoint that answered */
};

/**
 * struct ident - State and result of one identification
 * @app:	Best name for the flow; APP_NONE when nothing was identified.  Where
 *		several were seen (STUN, then RTP), the one that carries the purpose:
 *		RTP over RTCP over MSTURN over STUN
 * @confidence:	Of @app
 * @seen:	Set of all protocols identified, of any confidence but NONE
 * @possible:	Set of protocols that the bytes seen do not rule out.  A whole first
 *		datagram or segment that fits no signature of a protocol takes it out
 * @frame:	First frame of each endpoint that @app rests on; 0: none
 * @client:	Endpoint that played the client's part; 2: not told by the protocol
 * @examined:	Payload bytes looked at, by endpoint
 * @answer:	First refusal by the application, see judge
 * @accepted_frame: First success of the application (STUN success, SIP or HTTP 2xx,
 *		complete TLS handshake...); 0: none
 * @requests:	STUN/MSTURN requests without an answer so far, and requests in all
 *
 * Endpoints are 0 and 1 as in the flow key.  The fields behind @work belong
 * to the identifiers.
 */
struct ident {
	uint64_t frame[2];
	uint64_t accepted_frame;
	uint32_t seen;
	uint32_t possible;
	uint32_t examined[2];
	uint32_t datagrams[2];
	uint16_t stun_requests;
	uint16_t stun_answers;
	uint8_t app;
	uint8_t confidence;
	uint8_t client;
	bool stream;	/* TCP */
	bool midstream; /* the first bytes of the flow were not captured */
	bool cut;	/* payload was cut by the snap length: absence proves nothing */
	struct app_answer answer;
	struct tls_facts tls;
	struct ident_work {
		uint32_t offset[2]; /* first byte not yet parsed, by endpoint */
		uint32_t hs_have[2]; /* handshake bytes walked, TLS */
		uint32_t ssrc[2];
		uint32_t rtp_time[2];
		uint16_t rtp_seq[2];
		uint8_t rtp_pt[2];
		uint8_t rtp_score[2], rtp_packets[2];
		uint8_t phase[2];
		uint32_t scratch[4];
		uint8_t txid[16]; /* first unanswered STUN transaction */
	} work;
};

/* More payload of this flow can still change the result. */
#define IDENT_MORE 1

/**
 * ident_init() - Start an identification
 * @stream:	TCP (true) or datagrams
 * @midstream:	The beginning of the flow was not captured
 */
void ident_init(struct ident *id, bool stream, bool midstream);

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

/* STUN 401, 438, 300 and 487, SIP 401 and 407, HTTP 401 and 3xx, every 1xx: part of a normal dialogue. */
bool app_code_is_normal(enum app app, unsigned code);

/* "handshake_failure" (RFC 8446 6, RFC 5246 7.2), or "alert_NN" from a static table. */
const char *tls_alert_name(uint8_t description);

#endif
