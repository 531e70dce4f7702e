/* The fixed hello pair that Microsoft clients put in front of MSTURN on TCP 443 (MS-TURN 2.1.1). */
#include "identify/protocol.h"

/*
 * Both messages are constant but for their random parts.  A real handshake never
 * looks so: one anonymous cipher and no extension from the client, hello and done
 * in one record without a certificate from the server.  Nothing here may be
 * called TLS, because no TLS follows.
 */

enum {
	CLIENT_SIZE = 50,
	SERVER_SIZE = PSEUDO_ANSWER_SIZE,
};

/* Bytes 0-10 and 43-49; between them the random. */
enum fit pseudo_tls_opens(const uint8_t *bytes, size_t len)
{
	static const uint8_t head[11] = { 0x16, 3, 1, 0, 0x2d, 1, 0, 0, 0x29, 3, 1 };
	static const uint8_t tail[7] = { 0, 0, 2, 0, 0x18, 1, 0 };

	return MIN(fit_bytes(bytes, len, 0, head, sizeof(head)),
		   fit_bytes(bytes, len, 43, tail, sizeof(tail)));
}

/* Bytes 0-10, 43 and 76-82; between them random and session id. */
enum fit pseudo_tls_answers(const uint8_t *bytes, size_t len)
{
	static const uint8_t head[11] = { 0x16, 3, 1, 0, 0x4e, 2, 0, 0, 0x46, 3, 1 };
	static const uint8_t tail[7] = { 0, 0x18, 0, 0x0e, 0, 0, 0 };
	enum fit fit = fit_bytes(bytes, len, 0, head, sizeof(head));

	fit = MIN(fit, fit_byte(bytes, len, 43, 0x20, 0x20));
	return MIN(fit, fit_bytes(bytes, len, 76, tail, sizeof(tail)));
}

/* Called once the whole message is there; the framing of MSTURN follows it on both sides. */
static enum follow pseudo_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	const uint8_t *bytes = in->bytes + side->offset;
	size_t len = in->len - side->offset;
	bool client = pseudo_tls_opens(bytes, len) == FIT_YES;

	ident_note(id, APP_PSEUDO_TLS, CONFIDENCE_STRONG, in);
	id->pseudo |= client ? PSEUDO_ASKED : PSEUDO_ANSWERED;
	ident_client(id, client ? in->dir : 1 - in->dir);
	ident_hand(id, in->dir, &msturn_stream,
		   side->offset + (client ? (size_t)CLIENT_SIZE : (size_t)SERVER_SIZE));
	return FOLLOW_HANDED;
}

const struct stream_protocol pseudo_tls_stream = {
	.apps = APP_BIT(APP_PSEUDO_TLS) | (APPS_MEDIA & ~APP_BIT(APP_TURN)),
	.opens = pseudo_tls_opens,
	.answers = pseudo_tls_answers,
	.follow = pseudo_follow,
};
