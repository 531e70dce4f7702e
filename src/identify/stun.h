/* The message form that STUN and MSTURN share (RFC 5389 6, MS-TURN 2.2.1).  Private to this room.
 */
#ifndef FA_IDENTIFY_STUN_H
#define FA_IDENTIFY_STUN_H

#include "identify/protocol.h"

enum {
	STUN_HEADER = 20,
	STUN_ERROR_CODE = 0x0009,
	STUN_DATA = 0x0013,
	/* Realm and nonce, or in MS-TURN nonce and realm: of a challenge, and of what meets it. */
	STUN_CHALLENGE_FIRST = 0x0014,
	STUN_CHALLENGE_LAST = 0x0015,
	STUN_UNAUTHORIZED = 401,
};

enum stun_class {
	STUN_REQUEST = 0x00,
	STUN_INDICATION = 0x01,
	STUN_SUCCESS = 0x10,
	STUN_ERROR = 0x11,
};

/**
 * struct stun - Header of one message
 * @id:		Sixteen bytes from offset 4: the cookie and RFC 5389's id, or RFC 3489's
 * @cookie:	They begin with 0x2112A442
 * @bytes, @len: The message as far as it was captured
 */
struct stun {
	const uint8_t *bytes;
	const uint8_t *id;
	size_t len;
	enum stun_class class;
	uint16_t type;
	uint16_t length;
	bool cookie;
};

struct stun_attribute {
	struct cursor value;
	uint16_t type;
};

/* False when the header is not all there or its first two bits are not 0. */
bool stun_read(struct stun *m, const uint8_t *bytes, size_t len);

/* The attributes of a message, as far as they were captured. */
struct cursor stun_attributes(const struct stun *m);
/* False at the end; then cursor_ok() says whether the walk ended on it exactly. */
bool stun_next_attribute(struct cursor *c, bool padded, struct stun_attribute *a);

/* RFC 5389 15.6: class * 100 + number; 0 when the value is too short. */
unsigned stun_error_code(struct cursor value);

/* MS-TURN 2.2.2, MS-ICE2 2.2: types that nobody else uses. */
bool stun_attribute_is_microsoft(unsigned type);

static inline bool stun_attribute_meets_challenge(unsigned type)
{
	return type == STUN_CHALLENGE_FIRST || type == STUN_CHALLENGE_LAST;
}

/*
 * stun_facts.c: keep what an attribute tells of the session, the relay and the versions.
 * Of what a relay carries only the session counts: the rest is said by the far peer.
 */
void stun_note_attribute(struct ident *id, const struct stun *m, const struct stun_attribute *a,
			 const struct input *in);

/*
 * Count a request and remember its id; retransmissions are known by it.  @met_challenge: it
 * carries what only a challenge gives out.
 */
void stun_request(struct ident *id, const struct stun *m, const struct input *in,
		  bool met_challenge);
/* Count an answer; true when it is to a remembered request of the other end. */
bool stun_answer(struct ident *id, const struct stun *m, const struct input *in);
/* Only who was answered before sends what @in holds. */
void stun_heard(struct ident *id, const struct input *in);
/*
 * Keep an error as the refusal that it is.  A challenge is one when the request had met one
 * before: the credentials are not good enough (RFC 5389 10.2.3).
 */
void stun_error(struct ident *id, enum app app, unsigned code, const struct stun *m,
		const struct input *in);

#endif
