/*
 * Conforming dialogues: for every application and TLS mode that a row can name,
 * real bytes of it.  One file a protocol (say_tls.c, say_sip.c, ...), a table
 * here; what cannot be seen inside TLS is TLS with opaque records of its shape.
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

/* The protocols, each with the messages it adds.  @d as above. */
void say_tls(struct script *s, const struct dialogue *d);  /* TLS 1.2, records of the app's shape */
void say_mtls(struct script *s, const struct dialogue *d); /* with CertificateRequest and Verify */
void say_sip(struct script *s, const struct dialogue *d);
void say_http(struct script *s, const struct dialogue *d);
void say_stun(struct script *s, const struct dialogue *d); /* UDP: Binding; TCP: RFC 4571 framed */
void say_msturn(struct script *s, const struct dialogue *d); /* challenge, allocate, send, data */
void say_pseudo_tls(struct script *s,
		    const struct dialogue *d);              /* the hello pair, then MSTURN framed */
void say_media(struct script *s, const struct dialogue *d); /* ICE checks, RTP both ways, RTCP */
void say_dcerpc(struct script *s, const struct dialogue *d); /* bind, ept_map with a port, close */
void say_smb(struct script *s, const struct dialogue *d);
void say_sqlr(struct script *s, const struct dialogue *d);
void say_dhcp(struct script *s, const struct dialogue *d);
void say_nmf(struct script *s, const struct dialogue *d);
void say_msnftp(struct script *s, const struct dialogue *d);
void say_xmpp(struct script *s, const struct dialogue *d);
void say_dns(struct script *s, const struct dialogue *d);
void say_ssh(struct script *s, const struct dialogue *d);
/* Bytes of no protocol, for rows whose protocol is named nowhere. */
void say_opaque(struct script *s, const struct dialogue *d);

#endif
