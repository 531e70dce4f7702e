/*
 * Frames by libnet, and the capture file they go to.  No root, no interface:
 * libnet only lays out headers and checksums here.
 */
#ifndef FA_FORGE_FRAME_H
#define FA_FORGE_FRAME_H

#include <stdbool.h>

#include "base/address.h"
#include "base/error.h"

struct forge_file;

enum forge_tunnel { FORGE_PLAIN, FORGE_GRE, FORGE_VXLAN, FORGE_IPIP };

/**
 * struct forge_wire - How frames are wrapped
 * @vlan:	Id of an 802.1Q tag, 0: none
 * @snaplen:	Bytes kept of a frame; 0: all
 */
struct forge_wire {
	uint16_t vlan;
	enum forge_tunnel tunnel;
	uint32_t snaplen;
};

/*
 * A classic pcap with nanoseconds, Ethernet, little endian on every machine.
 * Frames are kept until the file is closed and written in order of time, those
 * of the same time in the order they were given.  FA_EIO, FA_ENOMEM.
 */
int forge_file_create(struct forge_file **file, const char *path, const struct forge_wire *wire,
		      struct fa_error *err);
/* Cut the file in the middle of its last record. */
void forge_file_truncate(struct forge_file *file);
/* Write and close.  Return: 0; FA_EIO, FA_ENOMEM: the first thing that went wrong. */
int forge_file_close(struct forge_file *file, struct fa_error *err);
/* Frames so far. */
uint64_t forge_file_frames(const struct forge_file *file);

/**
 * struct forge_packet - One packet to write
 * @flags, @seq, @ack: TCP
 * @ttl, @ip_id: As the sender's stack would have them
 */
struct forge_packet {
	int64_t ts_ns;
	struct address src, dst; /* both IPv4 or both IPv6 */
	uint16_t sport, dport;   /* host order */
	uint8_t l4;              /* IPPROTO_TCP or IPPROTO_UDP */
	uint8_t flags;
	uint8_t ttl;
	uint16_t ip_id;
	uint32_t seq, ack;
	const uint8_t *payload;
	uint32_t len;
};

void forge_packet_write(struct forge_file *file, const struct forge_packet *packet);
/* An ICMP (or ICMPv6) error of @from about @quoted, which is written with its first bytes. */
void forge_icmp_write(struct forge_file *file, int64_t ts_ns, const struct address *from,
		      unsigned type, unsigned code, const struct forge_packet *quoted);

#endif
