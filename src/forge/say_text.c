/* Protocols of lines: HTTP, SIP, XMPP, SSH, the old peer file transfer. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "forge/say.h"

#define TEXT_MOST 2048

static void line(struct script *s, enum script_end from, const char *fmt, ...) FA_PRINTF(3, 4);

static void line(struct script *s, enum script_end from, const char *fmt, ...)
{
	char text[TEXT_MOST];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	FA_ASSERT(n >= 0 && n < TEXT_MOST);
	script_say(s, from, text, (size_t)n);
}

static void http_exchange(struct script *s, const struct dialogue *d)
{
	static const char body[] = "<html><body>It works.</body></html>\n";

	line(s, SCRIPT_INITIATOR,
	     "GET /certprov/certprovisioningservice.svc/anon HTTP/1.1\r\nHost: %s\r\n"
	     "User-Agent: forge\r\nAccept: */*\r\n\r\n",
	     d->server);
	script_wait(s, 20);
	line(s, SCRIPT_RESPONDER,
	     "HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/8.0\r\nContent-Type: text/html\r\n"
	     "Content-Length: %zu\r\n\r\n%s",
	     sizeof(body) - 1, body);
}

void say_http(struct script *s, const struct dialogue *d)
{
	for (unsigned i = 0; i <= d->more; i++)
		http_exchange(s, d);
}

/* One request with what every message of the dialogue shares. */
static void sip_register(struct script *s, const struct dialogue *d, unsigned cseq,
			 const char *credentials)
{
	line(s, SCRIPT_INITIATOR,
	     "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%u\r\nMax-Forwards: "
	     "70\r\n"
	     "From: <sip:%s@%s>;tag=1;epid=0102030405\r\nTo: <sip:%s@%s>\r\n"
	     "Call-ID: 7f3c@%s\r\nCSeq: %u REGISTER\r\nContact: <sip:%s>\r\n"
	     "User-Agent: UCCAPI/15.0 OC/15.0\r\n%sContent-Length: 0\r\n\r\n",
	     d->server, d->udp ? "UDP" : "TCP", d->client, cseq, d->client, d->server, d->client,
	     d->server, d->client, cseq, d->client, credentials);
}

static void sip_answer(struct script *s, const struct dialogue *d, unsigned cseq,
		       const char *status, const char *extra)
{
	line(s, SCRIPT_RESPONDER,
	     "SIP/2.0 %s\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%u\r\n"
	     "From: <sip:%s@%s>;tag=1;epid=0102030405\r\nTo: <sip:%s@%s>;tag=2\r\n"
	     "Call-ID: 7f3c@%s\r\nCSeq: %u REGISTER\r\nServer: RTC/5.0\r\n%sContent-Length: "
	     "0\r\n\r\n",
	     status, d->udp ? "UDP" : "TCP", d->client, cseq, d->client, d->server, d->client,
	     d->server, d->client, cseq, extra);
}

/* Challenged as everybody is, then accepted. */
void say_sip(struct script *s, const struct dialogue *d)
{
	sip_register(s, d, 1, "");
	script_wait(s, 5);
	sip_answer(s, d, 1, "401 Unauthorized",
		   "WWW-Authenticate: TLS-DSK realm=\"SIP Communications Service\", "
		   "targetname=\"server\", version=4\r\n");
	script_wait(s, 5);
	sip_register(s, d, 2,
		     "Authorization: TLS-DSK qop=\"auth\", realm=\"SIP Communications Service\", "
		     "targetname=\"server\", gssapi-data=\"\", version=4\r\n");
	script_wait(s, 5);
	sip_answer(s, d, 2, "200 OK", "Expires: 7200\r\n");
	for (unsigned i = 0; i < d->more; i++) {
		sip_register(s, d, 3 + i, "");
		script_wait(s, 5);
		sip_answer(s, d, 3 + i, "200 OK", "Expires: 7200\r\n");
	}
}

void say_xmpp(struct script *s, const struct dialogue *d)
{
	line(s, SCRIPT_INITIATOR,
	     "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
	     "xmlns:stream='http://etherx.jabber.org/streams' to='%s' from='%s' version='1.0'>",
	     d->server, d->client);
	line(s, SCRIPT_RESPONDER,
	     "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
	     "xmlns:stream='http://etherx.jabber.org/streams' id='1' from='%s' version='1.0'>"
	     "<stream:features/>",
	     d->server);
	line(s, SCRIPT_INITIATOR, "</stream:stream>");
	line(s, SCRIPT_RESPONDER, "</stream:stream>");
}

void say_ssh(struct script *s, const struct dialogue *d)
{
	(void)d;
	line(s, SCRIPT_RESPONDER, "SSH-2.0-OpenSSH_9.2\r\n");
	line(s, SCRIPT_INITIATOR, "SSH-2.0-OpenSSH_9.2\r\n");
}

/* The receiver connects and speaks first (facts of [MS-OCSFT]: VER, USR, FIL, TFR, data, BYE). */
void say_msnftp(struct script *s, const struct dialogue *d)
{
	uint8_t *chunk;

	line(s, SCRIPT_INITIATOR, "VER MSN_SECURE_FTP\r\n");
	line(s, SCRIPT_RESPONDER, "VER MSN_SECURE_FTP\r\n");
	line(s, SCRIPT_INITIATOR, "USR %s 1868023\r\n", d->client);
	line(s, SCRIPT_RESPONDER, "FIL 253\r\n");
	line(s, SCRIPT_INITIATOR, "TFR\r\n");
	chunk = script_room(s, SCRIPT_RESPONDER, 3 + 253);
	chunk[1] = 253;
	forge_random_bytes(d->random, chunk + 3, 253);
	line(s, SCRIPT_INITIATOR, "BYE 16777989\r\n");
	line(s, SCRIPT_RESPONDER, "MAC AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
}
