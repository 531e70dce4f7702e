/*
 * Conforming dialogues: for every application and TLS mode that a row can name,
 * real bytes of it.  What cannot be seen inside TLS is TLS with opaque records of
 * its shape.  The protocols themselves are in say.h.
 */
#ifndef FA_FORGE_DIALOGUE_H
#define FA_FORGE_DIALOGUE_H

#include "forge/random.h"
#include "forge/script.h"
#include "policy/application.h"

/**
 * struct dialogue - What is to be said
 * @app, @tls:	One of the row's protocols
 * @udp:	Over UDP; else TCP
 * @port:	Responder's, where a protocol names it (SQL Browser's answer, Host:)
 * @more:	Messages beyond those it takes to see the protocol: RTP packets each way, TLS
 *		records, requests
 * @size:	Bytes of each of those; 0: as the protocol has them
 * @client, @server: Names for SNI, SIP URIs and the like
 */
struct dialogue {
	enum application app;
	enum tls_mode tls;
	bool udp;
	uint16_t port;
	uint16_t size;
	unsigned more;
	const char *client, *server;
	struct forge_random *random;
};

/**
 * dialogue_write() - A whole conforming dialogue, from the first message to a normal end
 *
 * Enough of it for flowaudit to identify it as strongly as the protocol allows:
 * media has at least ten packets each way, RTCP and the ICE checks before it.
 *
 * Return: false when the application does not exist on this transport
 */
bool dialogue_write(struct script *s, const struct dialogue *d);

/* A dialogue of a protocol that no row of @app admits on this transport (HTTP in clear, or
 * for HTTP rows SSH; DNS answers on UDP). */
void dialogue_write_wrong(struct script *s, const struct dialogue *d);

#endif
