/* How TLS begins, and what its hellos say (RFC 5246 7.4.1, RFC 8446 4.1, RFC 6066, RFC 7301). */
#include "identify/tls.h"

/* Google's imitation of a handshake (libjingle): fixed bytes, then TURN.  Not TLS. */
static const uint8_t google_client[72] = {
	0x80, 0x46, 0x01, 0x03, 0x01, 0x00, 0x2d, 0x00, 0x00, 0x00, 0x10, 0x01, 0x00, 0x80, 0x03,
	0x00, 0x80, 0x07, 0x00, 0xc0, 0x06, 0x00, 0x40, 0x02, 0x00, 0x80, 0x04, 0x00, 0x80, 0x00,
	0x00, 0x04, 0x00, 0xfe, 0xff, 0x00, 0x00, 0x0a, 0x00, 0xfe, 0xfe, 0x00, 0x00, 0x09, 0x00,
	0x00, 0x64, 0x00, 0x00, 0x62, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x1f, 0x17, 0x0c, 0xa6,
	0x2f, 0x00, 0x78, 0xfc, 0x46, 0x55, 0x2e, 0xb1, 0x83, 0x39, 0xf1, 0xea,
};
static const uint8_t google_server[15] = {
	0x16, 0x03, 0x01, 0x00, 0x4a, 0x02, 0x00, 0x00, 0x46, 0x03, 0x01, 0x42, 0x85, 0x45, 0xa7,
};

/* A pattern that fits unless the bytes are those of a known impostor. */
static enum fit unless(enum fit fit, enum fit impostor)
{
	if (impostor == FIT_YES)
		return FIT_NO;
	return impostor == FIT_MORE ? MIN(fit, FIT_MORE) : fit;
}

/* SSL 2.0's ClientHello, which offers 3.0 or later (RFC 5246 E.2). */
enum fit tls_hello_sslv2(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, 0x80, 0x83);
	struct cursor c = cursor_over(bytes, len);
	unsigned total, ciphers, session, challenge;

	fit = MIN(fit, fit_byte(bytes, len, 2, HS_CLIENT_HELLO, HS_CLIENT_HELLO));
	fit = MIN(fit, fit_byte(bytes, len, 3, 3, 3));
	fit = MIN(fit, fit_byte(bytes, len, 4, 0, 3));
	total = cursor_be16(&c) & 0x7fffu;
	cursor_skip(&c, 3);
	ciphers = cursor_be16(&c);
	session = cursor_be16(&c);
	challenge = cursor_be16(&c);
	if (fit == FIT_NO || !cursor_ok(&c))
		return MIN(fit, FIT_MORE);
	if (ciphers == 0 || ciphers % 3 != 0 || (session != 0 && session != 16) || challenge < 16 ||
	    challenge > 32 || total != 9 + ciphers + session + challenge)
		return FIT_NO;
	return fit;
}

/* Record and message header of a hello of type @hello; a record may hold less than the header. */
static enum fit record_hello(const uint8_t *bytes, size_t len, unsigned hello)
{
	enum fit fit = fit_byte(bytes, len, 0, RECORD_HANDSHAKE, RECORD_HANDSHAKE);

	fit = MIN(fit, fit_byte(bytes, len, 1, 3, 3));
	fit = MIN(fit, fit_byte(bytes, len, 2, 0, 4));
	fit = MIN(fit, fit_be16(bytes, len, 3, 1, 16384));
	fit = MIN(fit, fit_byte(bytes, len, 5, hello, hello));
	if (len >= 5 && bytes[3] == 0 && bytes[4] < 6)
		return fit;
	fit = MIN(fit, fit_byte(bytes, len, 6, 0, 0));
	fit = MIN(fit, fit_byte(bytes, len, 9, 3, 3));
	return MIN(fit, fit_byte(bytes, len, 10, 0, 4));
}

static enum fit clear_alert(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, RECORD_ALERT, RECORD_ALERT);

	fit = MIN(fit, fit_byte(bytes, len, 1, 3, 3));
	fit = MIN(fit, fit_byte(bytes, len, 2, 0, 4));
	fit = MIN(fit, fit_be16(bytes, len, 3, 2, 2));
	fit = MIN(fit, fit_byte(bytes, len, 5, 1, ALERT_FATAL));
	return MIN(fit, fit_byte(bytes, len, 6, 0, 255));
}

enum fit tls_hello_opens(const uint8_t *bytes, size_t len)
{
	enum fit hello =
		unless(record_hello(bytes, len, HS_CLIENT_HELLO), pseudo_tls_opens(bytes, len));
	enum fit google = fit_bytes(bytes, len, 0, google_client, sizeof(google_client));

	return MAX(hello, unless(tls_hello_sslv2(bytes, len), google));
}

enum fit tls_hello_answers(const uint8_t *bytes, size_t len)
{
	enum fit hello =
		unless(record_hello(bytes, len, HS_SERVER_HELLO), pseudo_tls_answers(bytes, len));
	enum fit google = fit_bytes(bytes, len, 0, google_server, sizeof(google_server));

	return MAX(unless(hello, google), clear_alert(bytes, len));
}

/* Two record headers in a row: a connection that was opened before the capture. */
enum fit tls_hello_joins(const uint8_t *bytes, size_t len, size_t pos)
{
	enum fit fit = FIT_YES;
	size_t at = 0;

	if (pos != 0)
		return FIT_NO;
	for (unsigned i = 0; i < 2 && fit == FIT_YES; i++) {
		fit = fit_byte(bytes, len, at, RECORD_CCS, RECORD_DATA);
		fit = MIN(fit, fit_byte(bytes, len, at + 1, 3, 3));
		fit = MIN(fit, fit_byte(bytes, len, at + 2, 1, 3));
		fit = MIN(fit, fit_be16(bytes, len, at + 3, 1, RECORD_MAX));
		if (fit == FIT_YES)
			at += RECORD_HEADER + ((size_t)bytes[at + 3] << 8) + bytes[at + 4];
	}
	return fit;
}

/* Hellos. */

static void copy_name(char *to, size_t size, struct cursor name)
{
	size_t n = MIN(cursor_left(&name), size - 1);

	if (n > 0)
		memcpy(to, name.pos, n);
	to[n] = '\0';
}

/* RFC 6066 3: list length, then type 0, length, name. */
static void read_server_name(struct tls_facts *tls, struct cursor ext)
{
	struct cursor name;

	cursor_skip(&ext, 2);
	if (cursor_u8(&ext) != 0)
		return;
	name = cursor_sub(&ext, cursor_be16(&ext));
	if (cursor_ok(&name) && cursor_ok(&ext))
		copy_name(tls->sni, sizeof(tls->sni), name);
}

/* RFC 7301 3.1: list length, then the first (in a ServerHello the only) name. */
static void read_alpn(struct tls_facts *tls, struct cursor ext)
{
	struct cursor name;

	cursor_skip(&ext, 2);
	name = cursor_sub(&ext, cursor_u8(&ext));
	if (cursor_ok(&name) && cursor_ok(&ext))
		copy_name(tls->alpn, sizeof(tls->alpn), name);
}

/* As FNV-1a, four bytes at a time, of a session id or ticket; 0 for none, and for no other. */
static uint64_t session_digest(struct cursor session)
{
	uint64_t h = UINT64_C(14695981039346656037);

	if (cursor_left(&session) == 0)
		return 0;
	while (cursor_left(&session) >= 4)
		h = (h ^ cursor_be32(&session)) * UINT64_C(1099511628211);
	while (cursor_left(&session) > 0)
		h = (h ^ cursor_u8(&session)) * UINT64_C(1099511628211);
	return h != 0 ? h : 1;
}

enum {
	EXT_SERVER_NAME = 0,
	EXT_ALPN = 16,
	EXT_SESSION_TICKET = 35, /* RFC 5077 3.2 */
	EXT_EARLY_DATA = 42,
	EXT_SUPPORTED_VERSIONS = 43,
};

/* Returns the version that supported_versions selects, in a ServerHello; 0 without. */
static uint16_t read_extensions(struct tls_facts *tls, struct cursor c, bool server, bool *early)
{
	size_t length = cursor_be16(&c);
	struct cursor all = cursor_sub(&c, MIN(length, cursor_left(&c)));
	uint16_t version = 0;

	while (cursor_left(&all) >= 4) {
		unsigned type = cursor_be16(&all);
		struct cursor ext = cursor_sub(&all, cursor_be16(&all));

		if (!cursor_ok(&ext))
			break;
		if (type == EXT_SERVER_NAME && !server)
			read_server_name(tls, ext);
		else if (type == EXT_ALPN)
			read_alpn(tls, ext);
		else if (type == EXT_SESSION_TICKET && !server && cursor_left(&ext) != 0)
			tls->used = session_digest(ext);
		else if (type == EXT_EARLY_DATA && !server)
			*early = true;
		else if (type == EXT_SUPPORTED_VERSIONS && server && cursor_left(&ext) == 2)
			version = cursor_be16(&ext);
	}
	return version;
}

bool tls_hello_client(struct tls_facts *tls, struct cursor c)
{
	bool early = false;

	tls->client_hello = true;
	cursor_skip(&c, HS_HEADER + 2 + 32);
	/* The id beside a ticket is the client's own invention (RFC 5077 3.4). */
	tls->used = session_digest(cursor_sub(&c, cursor_u8(&c)));
	cursor_skip(&c, cursor_be16(&c));
	cursor_skip(&c, cursor_u8(&c));
	if (cursor_left(&c) >= 2)
		read_extensions(tls, c, false, &early);
	return early;
}

void tls_hello_server(struct tls_facts *tls, struct cursor c)
{
	uint16_t version, chosen = 0;
	struct cursor session;
	bool early;

	cursor_skip(&c, HS_HEADER);
	version = cursor_be16(&c);
	cursor_skip(&c, 32);
	session = cursor_sub(&c, cursor_u8(&c));
	cursor_skip(&c, 3);
	if (!cursor_ok(&c))
		return;
	tls->given = session_digest(session);
	if (cursor_left(&c) >= 2)
		chosen = read_extensions(tls, c, true, &early);
	tls->version = chosen != 0 ? chosen : version;
	tls->server_hello = true;
}

void tls_hello_ticket(struct tls_facts *tls, struct cursor c)
{
	struct cursor ticket;

	cursor_skip(&c, HS_HEADER + 4); /* and its lifetime */
	ticket = cursor_sub(&c, cursor_be16(&c));
	if (cursor_left(&ticket) != 0)
		tls->given = session_digest(ticket);
}
