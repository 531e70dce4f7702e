/* RTP and RTCP packets for the tests of media. */
#ifndef TEST_MEDIA_PACKETS_H
#define TEST_MEDIA_PACKETS_H

#include <string.h>

#include "identify/feed.h"

enum { PACKET_MAX = 256 };

/* Version 2, no CSRC, no extension, @payload zero bytes behind the header. */
static inline size_t rtp_packet(uint8_t *out, unsigned type, unsigned seq, uint32_t time,
				uint32_t ssrc, size_t payload)
{
	const uint8_t head[12] = {
		0x80,
		(uint8_t)type,
		(uint8_t)(seq >> 8),
		(uint8_t)seq,
		(uint8_t)(time >> 24),
		(uint8_t)(time >> 16),
		(uint8_t)(time >> 8),
		(uint8_t)time,
		(uint8_t)(ssrc >> 24),
		(uint8_t)(ssrc >> 16),
		(uint8_t)(ssrc >> 8),
		(uint8_t)ssrc,
	};

	memcpy(out, head, sizeof(head));
	memset(out + sizeof(head), 0x5a, payload);
	return sizeof(head) + payload;
}

/* One packet of @words 32-bit words; @fill behind the SSRC. */
static inline size_t rtcp_packet(uint8_t *out, unsigned count, unsigned type, unsigned words,
				 uint32_t ssrc, unsigned fill)
{
	const uint8_t head[8] = {
		(uint8_t)(0x80 | count), (uint8_t)type,         (uint8_t)((words - 1) >> 8),
		(uint8_t)(words - 1),    (uint8_t)(ssrc >> 24), (uint8_t)(ssrc >> 16),
		(uint8_t)(ssrc >> 8),    (uint8_t)ssrc,
	};

	memcpy(out, head, sizeof(head));
	memset(out + sizeof(head), (int)fill, (size_t)words * 4 - sizeof(head));
	return (size_t)words * 4;
}

static inline void feed_rtp(struct feed *f, unsigned dir, unsigned seq, uint32_t time,
			    uint32_t ssrc)
{
	uint8_t packet[PACKET_MAX];

	feed_bytes(f, dir, packet, rtp_packet(packet, 111, seq, time, ssrc, 20));
}

#endif
