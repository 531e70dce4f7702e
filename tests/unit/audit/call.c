/* See call.h. */
#include "audit/call.h"

#include <stdio.h>
#include <string.h>

#include "identify/media_packets.h"
#include "identify/tls_dialogues.h"
#include "packet/facts.h"

#define SEGMENT 1400

void call_begin(struct call *c, struct tape *t, int64_t ns, const char *from, const char *to)
{
	*c = (struct call){ .tape = t, .end = { from, to }, .seq = { 1000, 5000 }, .ns = ns };
}

static void packet(struct call *c, unsigned who, unsigned flags, const void *bytes, size_t len)
{
	tape_tcp_bytes(c->tape, c->ns, c->end[who], c->end[who ^ 1u], flags, c->seq[who],
		       (flags & TCP_ACK) != 0 ? c->seq[who ^ 1u] : 0, bytes, len);
	c->seq[who] += (uint32_t)len + ((flags & TCP_SYN) != 0) + ((flags & TCP_FIN) != 0);
	c->ns += TAPE_MS;
}

void call_flags(struct call *c, unsigned who, unsigned flags)
{
	packet(c, who, flags, "", 0);
}

void call_open(struct call *c)
{
	call_flags(c, 0, TCP_SYN);
	call_flags(c, 1, TCP_SYN | TCP_ACK);
	call_flags(c, 0, TCP_ACK);
}

void call_data(struct call *c, unsigned who, const void *bytes, size_t len)
{
	for (size_t at = 0; at < len; at += SEGMENT)
		packet(c, who, TCP_PSH | TCP_ACK, (const uint8_t *)bytes + at,
		       MIN(len - at, SEGMENT));
}

void call_hex(struct call *c, unsigned who, const char *hex)
{
	uint8_t bytes[4096];

	call_data(c, who, bytes, feed_unhex(hex, bytes, sizeof(bytes)));
}

void call_text(struct call *c, unsigned who, const char *text)
{
	call_data(c, who, text, strlen(text));
}

void call_rewind(struct call *c, unsigned who, size_t len)
{
	c->seq[who] -= (uint32_t)len;
}

void call_parts(struct call *c, const struct feed_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		call_hex(c, parts[i].dir, parts[i].hex);
		call_flags(c, parts[i].dir ^ 1u, TCP_ACK);
	}
}

void call_close(struct call *c)
{
	call_flags(c, 0, TCP_FIN | TCP_ACK);
	call_flags(c, 1, TCP_FIN | TCP_ACK);
	call_flags(c, 0, TCP_ACK);
}

void call_tls(struct call *c, enum call_tls kind, unsigned parts)
{
	static const struct {
		const struct feed_part *parts;
		size_t n;
	} dialogues[] = {
		[CALL_PLAIN] = { tls_plain, ARRAY_SIZE(tls_plain) },
		[CALL_MUTUAL] = { tls_mutual, ARRAY_SIZE(tls_mutual) },
		[CALL_DECLINED] = { tls_declined, ARRAY_SIZE(tls_declined) },
		[CALL_OPTIONAL] = { tls_optional, ARRAY_SIZE(tls_optional) },
		[CALL_TLS13] = { tls_tls13, ARRAY_SIZE(tls_tls13) },
		[CALL_RESUMED] = { tls_resumed, ARRAY_SIZE(tls_resumed) },
	};

	call_parts(c, dialogues[kind].parts, MIN(dialogues[kind].n, parts));
}

void call_works(struct tape *t, int64_t ns, const char *from, const char *to)
{
	struct call c;

	call_begin(&c, t, ns, from, to);
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
	call_close(&c);
}

void call_datagram(struct tape *t, int64_t ns, const char *from, const char *to, const char *hex)
{
	uint8_t bytes[1024];

	tape_udp(t, ns, from, to, bytes, feed_unhex(hex, bytes, sizeof(bytes)));
}

void call_stun(struct tape *t, int64_t ns, const char *from, const char *to, const char *form,
	       unsigned id)
{
	char hex[512], digits[25];
	const char *at = strstr(form, "%s");

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	snprintf(digits, sizeof(digits), "a0a1a2a3a4a5a6a7%08x", id);
	snprintf(hex, sizeof(hex), "%.*s%s%s", (int)(at - form), form, digits, at + 2);
	call_datagram(t, ns, from, to, hex);
}

void call_rtp(struct tape *t, int64_t ns, const char *from, const char *to, unsigned type,
	      unsigned packets)
{
	uint8_t bytes[PACKET_MAX];

	for (unsigned i = 0; i < packets; i++)
		tape_udp(t, ns + i * 20 * TAPE_MS, from, to, bytes,
			 rtp_packet(bytes, type, 100 + i, 1600 + i * 160, 0x01020304, 160));
}
