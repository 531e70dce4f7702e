/*
 * Frame to facts.  Total: any bytes, cut anywhere, give a class; no state but
 * the bounded fragment store and what tells copies of a packet.
 */
#ifndef FA_PACKET_DECODE_H
#define FA_PACKET_DECODE_H

#include "base/error.h"
#include "capture/frame.h"
#include "packet/facts.h"

/*
 * Headers of encapsulation (tags, labels, tunnels, IP in IP) followed in one
 * frame.  Real networks stay under ten; the bound keeps work proportional.
 */
#define DECODE_MAX_LAYERS 24
/* IPv6 extension headers (RFC 8200 4.1 names at most eight in a sane packet). */
#define DECODE_MAX_EXTENSIONS 12

/*
 * Checksums are verified of the first frames of an input and of one in so many
 * behind them: enough to tell a capture whose senders leave them to the card.
 */
#define DECODE_CHECKSUMS_FIRST 256u
#define DECODE_CHECKSUMS_EVERY 64u

struct decoder;

/**
 * struct decoder_options - Bounds of a decoder
 * @checksums:		Verify all checksums, not a sample (costs a pass over the payload)
 * @keep_duplicates:	Take every copy of a packet for a packet; else the first one
 *			counts, and those within some milliseconds are CLASS_DUPLICATE
 * @vlans_apart:	The same packet with another VLAN id is no copy
 * @seed:		Of the hash that copies are told by; 0: a random key
 * @fragment_bytes:	Memory for datagrams in reassembly; the oldest is given up first.
 *			Address space for finished ones comes on top, and is paid for
 *			only as far as it is used.  0: nothing is put together
 * @fragment_timeout_ns: Packet time after which an incomplete datagram is given up
 *			(RFC 1122 3.3.2 recommends 60 to 120 s)
 */
struct decoder_options {
	bool checksums;
	bool keep_duplicates, vlans_apart;
	uint64_t seed;
	size_t fragment_bytes;
	int64_t fragment_timeout_ns;
};

#define DECODER_DEFAULTS                                                                 \
	{                                                                                \
		.fragment_bytes = (size_t)4 << 20, .fragment_timeout_ns = 60 * NS_PER_S, \
	}

/* The decoder owns its stores: decoder_free().  All memory is taken here. */
int decoder_new(struct decoder **dec, const struct decoder_options *options, struct fa_error *err);
void decoder_free(struct decoder *dec);

/**
 * decode_batch() - Decode @n frames in order
 * @n:	At most FRAME_BATCH
 * @facts:	@n results.  Payload pointers are valid until the frames' bytes die
 *		or the next call, whichever is first
 */
void decode_batch(struct decoder *dec, const struct frame *frames, size_t n, struct facts *facts);

/* The capture ends: datagrams that are not whole are given up, and counted. */
void decoder_end(struct decoder *dec);

/**
 * struct decoder_stats - Fragment accounting since decoder_new()
 * @fragments:	Fragments seen
 * @datagrams:	Datagrams put together
 * @abandoned:	Datagrams given up: time, memory, or contradicting pieces
 * @overlaps:	Datagrams with overlapping pieces (RFC 5722: given up, and counted
 *		in @abandoned too)
 */
struct decoder_stats {
	uint64_t fragments, datagrams, abandoned, overlaps;
};

void decoder_stats(const struct decoder *dec, struct decoder_stats *stats);

#endif
