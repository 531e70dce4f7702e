/* What the two files of TLS share.  Private to this room. */
#ifndef FA_IDENTIFY_TLS_H
#define FA_IDENTIFY_TLS_H

#include "identify/protocol.h"

enum {
	RECORD_CCS = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_DATA = 23,
	RECORD_HEARTBEAT = 24,
	RECORD_HEADER = 5,
	RECORD_MAX = 16384 + 2048, /* RFC 5246 6.2.3 */
};

enum {
	HS_CLIENT_HELLO = 1,
	HS_SERVER_HELLO = 2,
	HS_NEW_SESSION_TICKET = 4,
	HS_CERTIFICATE = 11,
	HS_SERVER_KEY_EXCHANGE = 12,
	HS_CERTIFICATE_REQUEST = 13,
	HS_SERVER_HELLO_DONE = 14,
	HS_CERTIFICATE_VERIFY = 15,
	HS_HEADER = 4,
};

enum {
	ALERT_FATAL = 2,
	ALERT_NO_CERTIFICATE = 41, /* SSL 3.0's empty Certificate */
};

/* First bytes of the client, of the server (a hello, or an alert in clear). */
enum fit tls_hello_opens(const uint8_t *bytes, size_t len);
enum fit tls_hello_answers(const uint8_t *bytes, size_t len);
/* Two records in a row at @pos 0: the connection was opened before the capture. */
enum fit tls_hello_joins(const uint8_t *bytes, size_t len, size_t pos);
/* SSL 2.0's form of a ClientHello that offers 3.0 or later (RFC 5246 E.2). */
enum fit tls_hello_sslv2(const uint8_t *bytes, size_t len);

/**
 * tls_hello_client() - Read a ClientHello
 * @c:	The message from its header on; may end early
 *
 * Sets client_hello, sni, alpn and used as far as they are there.
 *
 * Return: whether it announces early data (RFC 8446 4.2.10)
 */
bool tls_hello_client(struct tls_facts *tls, struct cursor c);

/*
 * Read a ServerHello likewise: server_hello, version, alpn, given.  A HelloRetryRequest is one by
 * form and is read as one (RFC 8446 4.1.4).
 */
void tls_hello_server(struct tls_facts *tls, struct cursor c);

/* Read a NewSessionTicket in clear (RFC 5077 3.3): given, unless the ticket is empty. */
void tls_hello_ticket(struct tls_facts *tls, struct cursor c);

#endif
