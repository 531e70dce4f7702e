/*
 * Frames for the benchmark's captures, written as fast as the disk takes them.
 *
 * Ethernet, IPv4, UDP and TCP with correct lengths and checksums (UDP over
 * IPv4 with checksum 0: none, RFC 768), into a pcap file with microseconds.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	WIRE_ETHERNET = 14,
	WIRE_IPV4 = 20,
	WIRE_UDP = 8,
	WIRE_TCP = 20,
	WIRE_FRAME_MAX = 1514,
};

enum {
	WIRE_FIN = 0x01,
	WIRE_SYN = 0x02,
	WIRE_PSH = 0x08,
	WIRE_ACK = 0x10,
};

/* Sender and receiver of one packet; host order. */
struct wire_ends {
	uint32_t source, destination;
	uint16_t source_port, destination_port;
};

struct wire_segment {
	uint32_t seq, ack;
	uint8_t flags; /* WIRE_SYN and the others */
};

static inline void wire_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void wire_put32(uint8_t *p, uint32_t v)
{
	wire_put16(p, v >> 16);
	wire_put16(p + 2, v & 0xffff);
}

static inline uint16_t wire_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t wire_get32(const uint8_t *p)
{
	return (uint32_t)wire_get16(p) << 16 | wire_get16(p + 2);
}

/* Open @path and write the file header; NULL with a line on stderr. */
FILE *wire_create(const char *path);

/* Append one record; @length is the length on the wire, at least @captured. */
void wire_write(FILE *out, uint64_t time_us, const uint8_t *bytes, uint32_t captured,
		uint32_t length);

/*
 * Both take a frame of WIRE_FRAME_MAX bytes with the payload already in its
 * place (wire_udp_payload(), wire_tcp_payload()), write the headers before it
 * and return the frame's length.
 */
size_t wire_udp(uint8_t *frame, const struct wire_ends *ends, size_t payload);
size_t wire_tcp(uint8_t *frame, const struct wire_ends *ends, const struct wire_segment *segment,
		size_t payload);

static inline uint8_t *wire_udp_payload(uint8_t *frame)
{
	return frame + WIRE_ETHERNET + WIRE_IPV4 + WIRE_UDP;
}

static inline uint8_t *wire_tcp_payload(uint8_t *frame)
{
	return frame + WIRE_ETHERNET + WIRE_IPV4 + WIRE_TCP;
}

#endif
