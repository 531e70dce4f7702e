/*
 * A script as packets.
 *
 * TCP is as plain as it can be: full-size segments, an acknowledgement for
 * every message, closed by the initiator.  Sequence numbers, IP ids and TTLs
 * are those of stacks that count, so that what a firewall forges between can
 * be told from what the hosts send.
 */
#include "forge/talk.h"

#include <netinet/in.h>
#include <string.h>

#define TCP_FIN 0x01u
#define TCP_SYN 0x02u
#define TCP_RST 0x04u
#define TCP_PSH 0x08u
#define TCP_ACK 0x10u

#define RTT_NS      (2 * NS_PER_MS)
#define SEGMENT_NS  (NS_PER_MS / 10)
#define TTL_CLIENT  128
#define TTL_SERVER  64
#define TTL_FOREIGN 251 /* what sends in the responder's name is nearer, and no server */

static const char *const case_names[] = {
	[CASE_OK] = "ok",
	[CASE_DROPPED] = "dropped",
	[CASE_REFUSED] = "refused",
	[CASE_PROHIBITED] = "prohibited",
	[CASE_RESET_AFTER_HELLO] = "reset-after-hello",
	[CASE_WRONG_PROTOCOL] = "wrong-protocol",
	[CASE_WRONG_INITIATOR] = "wrong-initiator",
	[CASE_OFF_BY_ONE] = "off-by-one",
	[CASE_ONE_SIDED] = "one-sided",
	[CASE_MIDSTREAM] = "midstream",
	[CASE_TRUNCATED] = "truncated",
};
static_assert(ARRAY_SIZE(case_names) == CASE_COUNT, "a name for each case");

const char *forge_case_name(enum forge_case c)
{
	return case_names[c];
}

bool forge_case_find(const char *name, enum forge_case *c)
{
	for (unsigned i = 0; i < CASE_COUNT; i++) {
		if (strcmp(case_names[i], name) == 0) {
			*c = (enum forge_case)i;
			return true;
		}
	}
	return false;
}

bool talk_has(bool udp, enum forge_case c)
{
	return !udp || (c != CASE_RESET_AFTER_HELLO && c != CASE_MIDSTREAM);
}

/**
 * struct line - The conversation as it is written
 * @seq:	Next byte of each end
 * @ip_id:	Next of each end
 * @one_sided:	The responder's packets are not captured
 */
struct line {
	struct forge_file *file;
	const struct talk *talk;
	int64_t now_ns;
	uint32_t seq[2];
	uint16_t ip_id[2];
	bool one_sided;
};

static void line_begin(struct line *l, struct forge_file *file, const struct talk *talk)
{
	*l = (struct line){ .file = file, .talk = talk, .now_ns = talk->start_ns };
	for (unsigned e = 0; e < 2; e++) {
		l->seq[e] = (uint32_t)forge_random_next(talk->random);
		l->ip_id[e] = (uint16_t)forge_random_next(talk->random);
	}
}

/* A packet of end @from; TCP bytes are counted. */
static struct forge_packet packet(const struct line *l, unsigned from, unsigned flags,
				  const uint8_t *payload, size_t len)
{
	const struct talk *t = l->talk;

	return (struct forge_packet){
		.ts_ns = l->now_ns,
		.src = t->addr[from],
		.dst = t->addr[from ^ 1u],
		.sport = t->port[from],
		.dport = t->port[from ^ 1u],
		.l4 = t->udp ? IPPROTO_UDP : IPPROTO_TCP,
		.flags = (uint8_t)flags,
		.ttl = from == SCRIPT_INITIATOR ? TTL_CLIENT : TTL_SERVER,
		.ip_id = l->ip_id[from],
		.seq = l->seq[from],
		.ack = (flags & TCP_ACK) != 0 ? l->seq[from ^ 1u] : 0,
		.payload = payload,
		.len = (uint32_t)len,
	};
}

static void put(struct line *l, unsigned from, unsigned flags, const uint8_t *payload, size_t len)
{
	struct forge_packet p = packet(l, from, flags, payload, len);

	if (!l->one_sided || from == SCRIPT_INITIATOR)
		forge_packet_write(l->file, &p);
	l->ip_id[from]++;
	l->seq[from] += (uint32_t)len + ((flags & (TCP_SYN | TCP_FIN)) != 0);
}

static void pass(struct line *l, int64_t ns)
{
	l->now_ns += ns;
}

static void open_tcp(struct line *l)
{
	put(l, SCRIPT_INITIATOR, TCP_SYN, NULL, 0);
	pass(l, RTT_NS);
	put(l, SCRIPT_RESPONDER, TCP_SYN | TCP_ACK, NULL, 0);
	pass(l, SEGMENT_NS);
	put(l, SCRIPT_INITIATOR, TCP_ACK, NULL, 0);
}

static void close_tcp(struct line *l)
{
	pass(l, RTT_NS);
	put(l, SCRIPT_INITIATOR, TCP_FIN | TCP_ACK, NULL, 0);
	pass(l, RTT_NS);
	put(l, SCRIPT_RESPONDER, TCP_FIN | TCP_ACK, NULL, 0);
	pass(l, SEGMENT_NS);
	put(l, SCRIPT_INITIATOR, TCP_ACK, NULL, 0);
}

static void say(struct line *l, const struct script *s, const struct script_message *m)
{
	const uint8_t *bytes = s->bytes + m->at;
	size_t done = 0;

	pass(l, (int64_t)m->wait_ms * NS_PER_MS + RTT_NS / 2);
	if (l->talk->udp) {
		put(l, m->from, 0, bytes, m->len);
		return;
	}
	while (done < m->len) {
		size_t n = MIN(m->len - done, (size_t)l->talk->mss);

		done += n;
		put(l, m->from, TCP_ACK | (done == m->len ? TCP_PSH : 0), bytes + done - n, n);
		pass(l, SEGMENT_NS);
	}
	put(l, m->from ^ 1u, TCP_ACK, NULL, 0);
}

static void converse(struct line *l, const struct script *s, size_t first)
{
	if (!l->talk->udp && first == 0)
		open_tcp(l);
	for (size_t i = first; i < s->count; i++)
		say(l, s, &s->messages[i]);
	if (!l->talk->udp)
		close_tcp(l);
}

/* The initiator's first message; a script of none is no dialogue. */
static const struct script_message *first_message(const struct script *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->messages[i].from == SCRIPT_INITIATOR)
			return &s->messages[i];
	FA_ASSERT(false);
	return NULL;
}

/* One try: a SYN, or the first datagram; the same again when it is repeated. */
static struct forge_packet try_once(struct line *l, const struct script *s)
{
	const struct script_message *m = first_message(s);
	struct forge_packet p = l->talk->udp
					? packet(l, SCRIPT_INITIATOR, 0, s->bytes + m->at, m->len)
					: packet(l, SCRIPT_INITIATOR, TCP_SYN, NULL, 0);

	forge_packet_write(l->file, &p);
	l->ip_id[SCRIPT_INITIATOR]++;
	return p;
}

/* Pauses between tries: Windows 10 and Linux repeat a SYN, RFC 5389 7.2.1 a request. */
static const uint16_t syn_waits_ms[] = { 1000, 2000, 4000, 8000, 16000 };
static const uint16_t request_waits_ms[] = { 500, 1000, 2000, 4000, 8000, 16000 };

static void dropped(struct line *l, const struct script *s)
{
	const uint16_t *waits = l->talk->udp ? request_waits_ms : syn_waits_ms;
	size_t count = l->talk->udp ? ARRAY_SIZE(request_waits_ms) : ARRAY_SIZE(syn_waits_ms);

	for (size_t i = 0; i < count; i++) {
		try_once(l, s);
		pass(l, (int64_t)waits[i] * NS_PER_MS);
	}
}

/* The responder says no itself: a reset, or its own port unreachable.  Asked three times, as Windows does. */
static void refused(struct line *l, const struct script *s)
{
	for (unsigned i = 0; i < 3; i++) {
		struct forge_packet p = try_once(l, s);

		pass(l, RTT_NS);
		if (l->talk->udp) {
			forge_icmp_write(l->file, l->now_ns, &l->talk->addr[SCRIPT_RESPONDER],
					 address_is_v4(&p.src) ? 3 : 1,
					 address_is_v4(&p.src) ? 3 : 4, &p);
		} else {
			struct forge_packet rst =
				packet(l, SCRIPT_RESPONDER, TCP_RST | TCP_ACK, NULL, 0);

			rst.seq = 0;
			rst.ack = p.seq + 1;
			forge_packet_write(l->file, &rst);
			l->ip_id[SCRIPT_RESPONDER]++;
		}
		pass(l, 500 * NS_PER_MS);
	}
}

static void prohibited(struct line *l, const struct script *s)
{
	for (unsigned i = 0; i < 3; i++) {
		struct forge_packet p = try_once(l, s);
		bool v4 = address_is_v4(&p.src);

		pass(l, RTT_NS);
		forge_icmp_write(l->file, l->now_ns, &l->talk->firewall, v4 ? 3 : 1, v4 ? 13 : 1,
				 &p);
		pass(l, (int64_t)syn_waits_ms[i] * NS_PER_MS);
	}
}

static void reset_after_hello(struct line *l, const struct script *s)
{
	struct forge_packet rst;

	open_tcp(l);
	say(l, s, first_message(s));
	pass(l, RTT_NS);
	rst = packet(l, SCRIPT_RESPONDER, TCP_RST, NULL, 0);
	rst.ttl = TTL_FOREIGN;
	rst.ip_id = (uint16_t)forge_random_next(l->talk->random);
	forge_packet_write(l->file, &rst);
}

int64_t talk_write(struct forge_file *file, const struct talk *talk, const struct script *script,
		   enum forge_case c)
{
	struct line l;

	line_begin(&l, file, talk);
	FA_ASSERT(talk_has(talk->udp, c));
	switch (c) {
	case CASE_OK:
	case CASE_WRONG_PROTOCOL:
	case CASE_WRONG_INITIATOR:
	case CASE_OFF_BY_ONE:
	case CASE_TRUNCATED:
		converse(&l, script, 0);
		break;
	case CASE_ONE_SIDED:
		l.one_sided = true;
		converse(&l, script, 0);
		break;
	case CASE_MIDSTREAM:
		converse(&l, script, MAX(script->count / 2, 1u));
		break;
	case CASE_DROPPED:
		dropped(&l, script);
		break;
	case CASE_REFUSED:
		refused(&l, script);
		break;
	case CASE_PROHIBITED:
		prohibited(&l, script);
		break;
	case CASE_RESET_AFTER_HELLO:
		reset_after_hello(&l, script);
		break;
	case CASE_COUNT:
		break;
	}
	return l.now_ns;
}
