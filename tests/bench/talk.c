/*
 * Talks between clients and servers, as frames.
 *
 * Flow i is client 10.20.1.0 + i mod 64000 with a port of its own, and a server
 * that the site of the benchmark (site.yaml) knows; every detail of it follows
 * from i, so a flow costs 12 bytes here.  Each packet belongs to a flow drawn at
 * random: the worst order for a flow table's cache, and about what a tap in
 * front of many thousand callers sees.
 *
 * A TCP flow goes through its handshake, a TLS 1.2 handshake whose messages
 * have the right types and lengths (contents are filler), and then carries
 * application data; sequence and acknowledgement numbers are right.
 */
#include "gen.h"

#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define SEED         UINT64_C(0x9e3779b97f4a7c15)
#define START_US     (UINT64_C(1363327200) * 1000000) /* 2013-03-15 06:00 */
#define STEP_US      3
#define NEW_STEP_US  10
#define CLIENTS      64000
#define ALL_PORTS    (CLIENTS * 700) /* flows that ends_of() tells apart */
#define FIRST_CLIENT 0x0a140100      /* 10.20.1.0 */
#define FRONT_END    0x0a0a000b      /* 10.10.0.11 */
#define EDGE_ACCESS  0xc000020a      /* 192.0.2.10 */
#define EDGE_AV      0xc000020c      /* 192.0.2.12 */

enum {
	RTP_HEADER = 12,
	RTP_VOICE = 160, /* 20 ms of G.711: frames of 214 bytes */
	RTP_SMALL = 6,   /* frames of 60 bytes */
	TLS_HEADER = 5,
};

/* Where a TCP flow is; DATA for good. */
enum step { SYN, SYN_ACK, ACK, HELLO, SERVER_FLIGHT, CLIENT_FLIGHT, FINISHED, DATA };

/*
 * struct talk - What a flow must remember
 * @sent:	Of the client and of the server: TCP bytes, or RTP packets
 */
struct talk {
	uint32_t sent[2];
	enum step step;
};

struct random {
	uint64_t state;
};

/* splitmix64, Steele, Lea, Flood 2014. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t draw(struct random *r)
{
	return mix(r->state += SEED);
}

static uint32_t draw_below(struct random *r, uint32_t limit)
{
	return (uint32_t)((draw(r) >> 32) * limit >> 32);
}

/* One flow in five is TCP. */
static bool is_tcp(uint32_t flow)
{
	return flow % 5 == 0;
}

static bool is_sip(uint32_t flow)
{
	return flow % 15 != 0;
}

/* The client's view; 64 ports for each time round the clients keep flows apart. */
static struct wire_ends ends_of(uint32_t flow)
{
	uint32_t random = (uint32_t)mix(flow);
	struct wire_ends ends = {
		.source = FIRST_CLIENT + flow % CLIENTS,
		.source_port = (uint16_t)(20000 + flow / CLIENTS * 64 + random % 64),
		.destination = FRONT_END + (random >> 8) % 3,
		.destination_port = (uint16_t)(49152 + (random >> 16) % 8000),
	};

	if (is_tcp(flow) && is_sip(flow)) {
		ends.destination_port = 5061;
	} else if (is_tcp(flow)) {
		ends.destination = EDGE_ACCESS;
		ends.destination_port = 443;
	}
	return ends;
}

static struct wire_ends turned(const struct wire_ends *e)
{
	return (struct wire_ends){ e->destination, e->source, e->destination_port, e->source_port };
}

/* A TLS record around @len bytes that are already behind its header; RFC 5246 6.2.1 */
static size_t tls_record(uint8_t *p, uint8_t type, size_t len)
{
	p[0] = type;
	wire_put16(p + 1, 0x0303);
	wire_put16(p + 3, (uint32_t)len);
	return TLS_HEADER + len;
}

/* A handshake message with @len bytes of filler, in a record of its own; RFC 5246 7.4 */
static size_t tls_message(uint8_t *p, uint8_t type, size_t len)
{
	memset(p + TLS_HEADER, 0x5a, 4 + len);
	wire_put32(p + TLS_HEADER, (uint32_t)type << 24 | (uint32_t)len);
	return tls_record(p, 22, 4 + len);
}

/* ChangeCipherSpec and an encrypted Finished. */
static size_t tls_finished(uint8_t *p)
{
	size_t n;

	p[TLS_HEADER] = 1;
	n = tls_record(p, 20, 1);
	memset(p + n + TLS_HEADER, 0xc3, 40);
	return n + tls_record(p + n, 22, 40);
}

/* Two cipher suites, null compression, no extension; RFC 5246 7.4.1.2 */
static size_t client_hello(uint8_t *p)
{
	static const uint8_t tail[] = { 0, 0, 4, 0xc0, 0x28, 0, 0x3c, 1, 0 };
	size_t n = tls_message(p, 1, 2 + 32 + sizeof(tail));

	wire_put16(p + 9, 0x0303);
	memcpy(p + 11 + 32, tail, sizeof(tail));
	return n;
}

/* ServerHello, Certificate, CertificateRequest for SIP, ServerHelloDone. */
static size_t server_flight(uint8_t *p, bool ask)
{
	static const uint8_t tail[] = { 0, 0xc0, 0x28, 0 };
	static const uint8_t request[] = { 1, 1, 0, 2, 4, 1, 0, 0 };
	size_t n = tls_message(p, 2, 2 + 32 + sizeof(tail));
	uint8_t *next = p + n;

	wire_put16(p + 9, 0x0303);
	memcpy(p + 11 + 32, tail, sizeof(tail));
	n += tls_message(next, 11, 6 + 900);
	next[9] = 0;
	wire_put16(next + 10, 903);
	next[12] = 0;
	wire_put16(next + 13, 900);
	if (ask) {
		next = p + n;
		n += tls_message(next, 13, sizeof(request));
		memcpy(next + 9, request, sizeof(request));
	}
	return n + tls_message(p + n, 14, 0);
}

/* Certificate and CertificateVerify when asked, ClientKeyExchange, Finished. */
static size_t client_flight(uint8_t *p, bool asked)
{
	uint8_t *verify;
	size_t n = 0;

	if (asked) {
		n = tls_message(p, 11, 6 + 700);
		p[9] = 0;
		wire_put16(p + 10, 703);
		p[12] = 0;
		wire_put16(p + 13, 700);
	}
	n += tls_message(p + n, 16, 258);
	if (asked) {
		verify = p + n;
		n += tls_message(verify, 15, 4 + 256);
		wire_put32(verify + 9, 0x04010100);
	}
	return n + tls_finished(p + n);
}

/* One third full segments, the others short. */
static size_t tls_data(uint8_t *p, struct random *r)
{
	return tls_record(p, 23, draw_below(r, 3) == 0 ? 1340 : 1 + draw_below(r, 300));
}

/* Small frames are acknowledgements. */
static size_t tcp_payload(uint8_t *p, uint32_t flow, enum step step, struct random *r, bool small)
{
	if (small || step < HELLO)
		return 0;
	if (step == DATA)
		return tls_data(p, r);
	if (step == HELLO)
		return client_hello(p);
	if (step == SERVER_FLIGHT)
		return server_flight(p, is_sip(flow));
	return step == CLIENT_FLIGHT ? client_flight(p, is_sip(flow)) : tls_finished(p);
}

static size_t tcp_frame(uint8_t *frame, uint32_t flow, struct talk *talk, struct random *r,
			bool small)
{
	static const bool by_server[] = {
		[SYN_ACK] = true, [SERVER_FLIGHT] = true, [FINISHED] = true, [DATA] = false
	};
	enum step step = talk->step;
	bool server = step == DATA ? draw(r) & 1 : by_server[step];
	struct wire_ends ends = ends_of(flow);
	uint32_t start = (uint32_t)mix(flow + SEED);
	struct wire_segment segment = {
		.seq = (server ? ~start : start) + talk->sent[server],
		.ack = step == SYN ? 0 : (server ? start : ~start) + talk->sent[!server],
		.flags = step == SYN       ? WIRE_SYN
			 : step == SYN_ACK ? WIRE_SYN | WIRE_ACK
			 : step == ACK     ? WIRE_ACK
					   : WIRE_PSH | WIRE_ACK,
	};
	size_t payload = tcp_payload(wire_tcp_payload(frame), flow, step, r, small);

	if (server)
		ends = turned(&ends);
	talk->sent[server] += step < ACK ? 1 : (uint32_t)payload;
	if (step != DATA)
		talk->step = (enum step)(step + 1);
	return wire_tcp(frame, &ends, &segment, payload);
}

/* RFC 3550 5.1, payload type 8: PCMA */
static size_t rtp_frame(uint8_t *frame, uint32_t flow, struct talk *talk, struct random *r,
			size_t voice)
{
	bool server = draw(r) & 1;
	struct wire_ends ends = ends_of(flow);
	uint32_t n = talk->sent[server]++;
	uint64_t stream = mix((uint64_t)flow << 1 | server);
	uint8_t *rtp = wire_udp_payload(frame);

	if (server)
		ends = turned(&ends);
	rtp[0] = 0x80;
	rtp[1] = n == 0 ? 0x88 : 8;
	wire_put16(rtp + 2, (uint32_t)(stream + n) & 0xffff);
	wire_put32(rtp + 4, (uint32_t)(stream >> 8) + n * RTP_VOICE);
	wire_put32(rtp + 8, (uint32_t)(stream >> 32));
	memset(rtp + RTP_HEADER, 0xd5, voice);
	return wire_udp(frame, &ends, RTP_HEADER + voice);
}

static bool talk_random(FILE *out, uint64_t packets, uint32_t flows, bool small)
{
	struct talk *talks = calloc(flows, sizeof(*talks));
	struct random r = { SEED };
	uint8_t frame[WIRE_FRAME_MAX] = { 0 };

	if (talks == NULL) {
		fputs("gen: no memory for that many flows\n", stderr);
		return false;
	}
	for (uint64_t i = 0; i < packets; i++) {
		uint32_t flow = draw_below(&r, flows);
		size_t len;

		if (is_tcp(flow))
			len = tcp_frame(frame, flow, &talks[flow], &r, small);
		else
			len = rtp_frame(frame, flow, &talks[flow], &r,
					small ? RTP_SMALL : RTP_VOICE);
		if (len < 60) {
			memset(frame + len, 0, 60 - len);
			len = 60;
		}
		wire_write(out, START_US + i * STEP_US, frame, (uint32_t)len, (uint32_t)len);
	}
	free(talks);
	return true;
}

bool talk_voice(FILE *out, uint64_t packets, uint32_t flows)
{
	return talk_random(out, packets, flows, false);
}

bool talk_small(FILE *out, uint64_t packets, uint32_t flows)
{
	return talk_random(out, packets, flows, true);
}

/* A STUN Binding request; RFC 5389 6 */
static size_t stun_frame(uint8_t *frame, const struct wire_ends *ends, uint64_t id)
{
	uint8_t *stun = wire_udp_payload(frame);

	wire_put32(stun, 0x00010000);
	wire_put32(stun + 4, 0x2112a442);
	wire_put32(stun + 8, 0);
	wire_put32(stun + 12, (uint32_t)(id >> 32));
	wire_put32(stun + 16, (uint32_t)id);
	return wire_udp(frame, ends, 20);
}

/* The success response, with where the request came from; RFC 5389 15.2 */
static size_t stun_answer(uint8_t *frame, const struct wire_ends *ends, uint64_t id)
{
	uint8_t *stun = wire_udp_payload(frame);

	stun_frame(frame, ends, id);
	wire_put32(stun, 0x0101000c);
	wire_put32(stun + 20, 0x00200008);
	wire_put32(stun + 24, 0x00010000 | (ends->destination_port ^ 0x2112u));
	wire_put32(stun + 28, ends->destination ^ 0x2112a442);
	return wire_udp(frame, ends, 32);
}

/* Sixteen bytes of media through the relay; RFC 5766 11.4 */
static size_t channel_data(uint8_t *frame, const struct wire_ends *ends)
{
	uint8_t *data = wire_udp_payload(frame);

	memset(data, 0xd5, 20);
	wire_put32(data, 0x40000010);
	return wire_udp(frame, ends, 20);
}

/* The @i-th of @flows flows in an order without locality; the step is prime, so none comes twice. */
static uint32_t shuffled(uint64_t i, uint32_t flows)
{
	return (uint32_t)(i * UINT64_C(2654435761) % flows);
}

bool talk_live(FILE *out, uint64_t packets, uint32_t flows)
{
	uint64_t openings = UINT64_C(2) * flows;
	struct random r = { SEED };
	uint8_t frame[WIRE_FRAME_MAX] = { 0 };

	for (uint64_t i = 0; i < packets; i++) {
		uint32_t flow = i < openings ? shuffled(i, flows) : draw_below(&r, flows);
		struct wire_ends ends = ends_of(flow);
		uint32_t len;

		ends.destination = EDGE_AV;
		ends.destination_port = 3478;
		if (i < openings ? i >= flows : draw(&r) & 1)
			ends = turned(&ends);
		memset(wire_udp_payload(frame), 0, 60);
		len = (uint32_t)(i < flows      ? stun_frame(frame, &ends, mix(flow))
				 : i < openings ? stun_answer(frame, &ends, mix(flow))
						: channel_data(frame, &ends));
		wire_write(out, START_US + i * STEP_US, frame, len < 60 ? 60 : len,
			   len < 60 ? 60 : len);
	}
	return true;
}

bool talk_new_flows(FILE *out, uint64_t packets)
{
	uint8_t frame[WIRE_FRAME_MAX] = { 0 };

	for (uint64_t i = 0; i < packets; i++) {
		struct wire_ends ends = ends_of((uint32_t)(i % ALL_PORTS));
		struct wire_segment syn = { .seq = (uint32_t)mix(i), .flags = WIRE_SYN };
		uint32_t len;

		/* When the clients have no port left, they turn to the servers beside. */
		ends.destination = (i & 1 ? EDGE_AV : EDGE_ACCESS) + (uint32_t)(i / ALL_PORTS) * 16;
		ends.destination_port = i & 1 ? 3478 : i & 2 ? 5061 : 443;
		len = (uint32_t)(i & 1 ? stun_frame(frame, &ends, mix(i))
				       : wire_tcp(frame, &ends, &syn, 0));
		if (len < 60) {
			memset(frame + len, 0, 60 - len);
			len = 60;
		}
		wire_write(out, START_US + i * NEW_STEP_US, frame, len, len);
	}
	return true;
}
