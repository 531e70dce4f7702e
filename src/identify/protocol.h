/*
 * What one protocol's file gives to identify.c, and the few helpers they share.
 * Private to this room.
 */
#ifndef FA_IDENTIFY_PROTOCOL_H
#define FA_IDENTIFY_PROTOCOL_H

#include "base/cursor.h"
#include "identify/fit.h"
#include "identify/identify.h"

/**
 * struct input - Payload handed to an identifier
 * @bytes, @len: From the first byte of the direction (streams), or one datagram
 * @wire_len:	Datagram: length on the wire, > @len when cut.  Streams: @len
 * @last:	Streams: no more of this direction will come
 * @nested:	Carried inside another protocol of this flow
 */
struct input {
	const uint8_t *bytes;
	size_t len;
	size_t wire_len;
	uint64_t frame;
	unsigned dir;
	bool last;
	bool nested;
};

/* Stream bytes of one direction that may fit nothing before we give up. */
#define IDENT_UNKNOWN_MAX 4096

/* What a stream protocol says after it has looked at what there is. */
enum follow {
	FOLLOW_MORE,   /* wants more of this direction */
	FOLLOW_END,    /* nothing more to learn from this direction */
	FOLLOW_LOST,   /* it is not this protocol; nothing was noted */
	FOLLOW_HANDED, /* gave the direction to another protocol, from side->offset on */
};

/**
 * struct stream_protocol - A protocol on TCP
 * @apps:	Set of apps that following it can show
 * @opens:	Can these be the first bytes of the side that speaks first?
 * @answers:	... of the other side?
 * @joins:	Midstream: can a message begin at @pos?  NULL: only at the beginning
 * @answered_in_kind: What answers it begins as @answers says: other bytes are another protocol's
 * @follow:	Parse on from side->offset; owns side->state and the union
 *
 * @opens and @answers look at a bounded number of bytes and decide alone, because
 * the other direction may never have been captured.
 */
struct stream_protocol {
	uint32_t apps;
	enum fit (*opens)(const uint8_t *bytes, size_t len);
	enum fit (*answers)(const uint8_t *bytes, size_t len);
	enum fit (*joins)(const uint8_t *bytes, size_t len, size_t pos);
	enum follow (*follow)(struct ident *id, const struct input *in);
	bool answered_in_kind;
};

/**
 * struct datagram_protocol - A protocol on UDP
 * @apps:	Set of apps it can show
 * @fits:	Subset of @apps of which this datagram can be a message
 * @follow:	Look at a datagram that fits; true: it is a message of this protocol
 */
struct datagram_protocol {
	uint32_t apps;
	uint32_t (*fits)(const struct ident *id, const struct input *in);
	bool (*follow)(struct ident *id, const struct input *in);
};

/* Protocols that share one flow: ICE checks, keys, media, relay. */
#define APPS_MEDIA                                                                        \
	(APP_BIT(APP_STUN) | APP_BIT(APP_TURN) | APP_BIT(APP_MSTURN) | APP_BIT(APP_RTP) | \
	 APP_BIT(APP_RTCP) | APP_BIT(APP_DTLS))

/* All that datagrams can be of: the apps of every datagram_protocol. */
#define APPS_DATAGRAM                                                            \
	(APPS_MEDIA | APP_BIT(APP_SIP) | APP_BIT(APP_DHCP) | APP_BIT(APP_SQLR) | \
	 APP_BIT(APP_DCERPC))

enum datagram_index {
	DATAGRAM_MSTURN,
	DATAGRAM_STUN,
	DATAGRAM_DTLS,
	DATAGRAM_RTCP,
	DATAGRAM_RTP,
	DATAGRAM_SIP,
	DATAGRAM_DHCP,
	DATAGRAM_SQLR,
	DATAGRAM_DCERPC,
	DATAGRAM_PROTOCOLS
};

/* datagram.c: set of the datagram_index whose message can begin so; no other one fits it. */
unsigned datagram_askable(const uint8_t *bytes, size_t len);

extern const struct stream_protocol tls_stream, pseudo_tls_stream, msturn_stream, stun_stream,
	framed_stream, sip_stream, http_stream, dcerpc_stream, smb_stream, nmf_stream,
	msnftp_stream, tds_stream;
extern const struct datagram_protocol stun_datagram, msturn_datagram, rtp_datagram, rtcp_datagram,
	dtls_datagram, sip_datagram, dcerpc_datagram, sqlr_datagram, dhcp_datagram;

/* identify.c: how identifiers report. */

/* @app was seen with this confidence; picks the flow's name and, when strong, what it rules out. */
void ident_note(struct ident *id, enum app app, enum confidence confidence, const struct input *in);
/* A message of the flow belongs to this transaction; the first one is kept. */
void ident_transaction(struct ident *id, uint64_t transaction, bool answer, const struct input *in);
/* An answer to this transaction came that nothing on the flow asked for; the first one is kept. */
void ident_stray(struct ident *id, uint64_t transaction, const struct input *in);
/* This endpoint plays the client's part; the first to say so wins. */
void ident_client(struct ident *id, unsigned dir);
/* The application accepted; only the first is kept. */
void ident_accept(struct ident *id, const struct input *in);
/* The application refused; only the first of each endpoint is kept. */
void ident_refuse(struct ident *id, enum app app, unsigned code, const struct input *in);
/* The same of an answer whose code would be normal, had it not been met already. */
void ident_refuse_again(struct ident *id, enum app app, unsigned code, const struct input *in);
/* Refused for good: behind a second challenge a third try may succeed. */
bool ident_is_refused(const struct ident *id);
/* Nothing that may still come changes the result. */
void ident_finish(struct ident *id);
/* Which protocol an endpoint's bytes are followed as. */
bool ident_follows(const struct ident *id, unsigned dir, const struct stream_protocol *p);
/* Let @p go on with the direction from stream offset @offset, in a clean state. */
void ident_hand(struct ident *id, unsigned dir, const struct stream_protocol *p, size_t offset);
/* Identify the direction anew from @offset: what begins there may be anything. */
void ident_restart(struct ident *id, unsigned dir, size_t offset);

/* A datagram or unit with all its bytes. */
static inline bool input_whole(const struct input *in)
{
	return in->len == in->wire_len;
}

/* media.c: show a packet to the media protocols; true: one of them took it. */
bool media_packet(struct ident *id, const struct input *in);
/* True when it could be a message of one of them. */
bool media_plausible(const struct ident *id, const struct input *in);

/* Claim RTP when the endpoint's stream has earned it; true: it has. */
bool rtp_claim(struct ident *id, const struct input *in);

/* The fixed hellos of MS-TURN 2.1.1. */
enum fit pseudo_tls_opens(const uint8_t *bytes, size_t len);
enum fit pseudo_tls_answers(const uint8_t *bytes, size_t len);

/* An RFC 5389 header with its cookie and plausible type, as far as the bytes go. */
enum fit stun_fits_header(const uint8_t *bytes, size_t len);
/* The 28 bytes that begin every MSTURN message (MS-TURN 2.2.1, 2.2.2.8). */
enum fit msturn_fits_header(const uint8_t *bytes, size_t len);

#endif
