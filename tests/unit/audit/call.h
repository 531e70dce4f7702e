/* Conversations on a tape: TCP with its numbers kept, and datagrams as hex. */
#ifndef FA_TEST_AUDIT_CALL_H
#define FA_TEST_AUDIT_CALL_H

#include "audit/tape.h"
#include "identify/feed.h"

/**
 * struct call - A TCP connection
 * @end:	[0] opens it; "10.20.0.5:50000"
 * @seq:	Next sequence number of each end
 * @ns:		Time of its next packet; every packet takes a millisecond
 */
struct call {
	struct tape *tape;
	const char *end[2];
	uint32_t seq[2];
	int64_t ns;
};

void call_begin(struct call *c, struct tape *t, int64_t ns, const char *from, const char *to);
/* A packet without payload; SYN and FIN take a number.  ACK fills in the other end's. */
void call_flags(struct call *c, unsigned who, unsigned flags);
/* SYN, SYN-ACK, ACK. */
void call_open(struct call *c);
/* Data in segments that nobody acknowledges. */
void call_data(struct call *c, unsigned who, const void *bytes, size_t len);
void call_hex(struct call *c, unsigned who, const char *hex);
void call_text(struct call *c, unsigned who, const char *text);
/* Data sent again: the last @len bytes of that end are about to be repeated. */
void call_rewind(struct call *c, unsigned who, size_t len);
/* A dialogue, the receiver acknowledging each part. */
void call_parts(struct call *c, const struct feed_part *parts, size_t n);
/* FIN, FIN, ACK. */
void call_close(struct call *c);

/* Handshakes of identify/tls_dialogues.h, as far as a part; all of it with CALL_WHOLE. */
enum call_tls { CALL_PLAIN, CALL_MUTUAL, CALL_DECLINED, CALL_OPTIONAL, CALL_TLS13, CALL_RESUMED };
#define CALL_WHOLE 99u
void call_tls(struct call *c, enum call_tls kind, unsigned parts);

/* A connection that works from the first packet to the last: TLS without client certificate. */
void call_works(struct tape *t, int64_t ns, const char *from, const char *to);

/* A datagram. */
void call_datagram(struct tape *t, int64_t ns, const char *from, const char *to, const char *hex);

/* Messages of STUN, MSTURN; "%s" is for a transaction id of 24 digits, see call_stun(). */
#define STUN_CHECK      "0001 0000 2112a442 %s"
#define STUN_SUCCESS    "0101 000c 2112a442 %s 0020 0008 0001a147 e112a643"
#define STUN_CONFLICT   "0111 0008 2112a442 %s 0009 0004 00000457" /* 487 */
#define STUN_CHALLENGE  "0111 0008 2112a442 %s 0009 0004 00000401"
#define STUN_STALE      "0111 0008 2112a442 %s 0009 0004 00000426" /* 438 */
#define STUN_TRY_OTHER  "0111 0008 2112a442 %s 0009 0004 00000300"
#define STUN_FORBIDDEN  "0111 0008 2112a442 %s 0009 0004 00000403"
#define MSTURN_COOKIE   "000f 0004 72c64bc6"
#define MSTURN_ALLOCATE "0003 0010 2112a442 %s " MSTURN_COOKIE " 8008 0004 00000004"
/* With a nonce of five bytes, not padded. */
#define MSTURN_CHALLENGE \
	"0113 0019 2112a442 %s " MSTURN_COOKIE " 0009 0004 00000401 0014 0005 6162636465"
#define MSTURN_ALLOCATED "0103 0010 2112a442 %s " MSTURN_COOKIE " 000d 0004 0000003c"
#define MSTURN_QUOTA     "0113 0010 2112a442 %s " MSTURN_COOKIE " 0009 0004 00000456" /* 486 */
/* Sends an ICE check to 10.0.0.9:5000 through the relay; answered by nobody. */
#define MSTURN_SEND                                                                       \
	"0004 002c 2112a442 %s " MSTURN_COOKIE " 0011 0008 0001 1388 0a000009 0013 0014 " \
	"00010000 2112a442 0a0b0c0d0e0f101112131415"
/* What came from there, random bytes where others have the cookie; odd length. */
#define MSTURN_INDICATION "0115 0011 c0c1c2c3 %s " MSTURN_COOKIE " 0013 0005 8000000102"

/* A message of that form whose id ends in @id. */
void call_stun(struct tape *t, int64_t ns, const char *from, const char *to, const char *form,
	       unsigned id);

/* RTP, packets 20 ms apart, both numbers in step; @type is the payload type. */
void call_rtp(struct tape *t, int64_t ns, const char *from, const char *to, unsigned type,
	      unsigned packets);

#endif
