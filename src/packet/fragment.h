/* Private to packet/: bounded reassembly of IP fragments (RFC 791 3.2, RFC 8200 4.5, RFC 5722). */
#ifndef FA_PACKET_FRAGMENT_H
#define FA_PACKET_FRAGMENT_H

#include "packet/decode.h"

/*
 * Pieces of one datagram.  65,535 bytes in the smallest IPv6 packets (1,280
 * bytes, RFC 8200 5) are 54; the bound keeps the search for a place short.
 */
#define FRAGMENT_MAX_PIECES 256
/* Datagrams one frame may complete: a tunnel's outer packet and the one inside. */
#define FRAGMENT_MAX_NESTED 2
/* Largest datagram payload (RFC 791 3.1, RFC 8200 4.5). */
#define FRAGMENT_MAX_BYTES 65535u

/**
 * struct fragment - One piece
 * @src, @dst:	Addresses of the IP header
 * @id:		Identification, 16 bits in IPv4 and 32 in IPv6
 * @version:	4 or 6
 * @protocol:	IPv4 protocol; IPv6: next header, which only the first piece's counts
 * @more:	Not the last piece
 * @offset:	Of the piece in the datagram, bytes, a multiple of 8
 * @len:	Bytes of it on the wire, 1 .. FRAGMENT_MAX_BYTES - @offset; a multiple
 *		of 8 when @more
 * @captured:	Bytes of it at @bytes, at most @len
 */
struct fragment {
	const struct address *src, *dst;
	const uint8_t *bytes;
	int64_t ts_ns;
	uint32_t id;
	uint32_t offset;
	uint32_t len;
	uint32_t captured;
	uint8_t version;
	uint8_t protocol;
	bool more;
};

/**
 * struct datagram - A datagram put together
 * @bytes:	@captured bytes from its start up to the first byte that the snap
 *		length cut away; valid until fragment_begin_batch()
 * @len:	Its length on the wire
 * @protocol:	Of the first piece
 */
struct datagram {
	const uint8_t *bytes;
	uint32_t captured;
	uint32_t len;
	uint8_t protocol;
};

struct fragment_store;

/* All memory is taken here.  @bytes of 0: nothing is ever put together. */
int fragment_store_new(struct fragment_store **store, size_t bytes, int64_t timeout_ns,
		       struct fa_error *err);
void fragment_store_free(struct fragment_store *store);

/* Datagrams handed out so far die. */
void fragment_begin_batch(struct fragment_store *store);

/**
 * fragment_add() - Take one piece
 *
 * At most FRAME_BATCH * FRAGMENT_MAX_NESTED calls may complete a datagram
 * between two fragment_begin_batch().
 *
 * Return: true when it completes its datagram, and @out is filled
 */
bool fragment_add(struct fragment_store *store, const struct fragment *piece, struct datagram *out);

/* Count a fragment that is not taken: its lengths contradict each other, or it nests too deep. */
void fragment_refuse(struct fragment_store *store);

/* No more pieces will come: every datagram that is not whole is given up. */
void fragment_end(struct fragment_store *store);

void fragment_stats(const struct fragment_store *store, struct decoder_stats *stats);

#endif
