/* One captured record, as every source delivers it. */
#ifndef FA_CAPTURE_FRAME_H
#define FA_CAPTURE_FRAME_H

#include <stdint.h>

/* Most frames a source hands out, and the pipeline works on, at a time. */
#define FRAME_BATCH 64

/*
 * Longest record we accept, in bytes: libpcap's MAXIMUM_SNAPLEN for most link
 * types.  A larger length in a file is corruption, not a packet.
 */
#define FRAME_MAX 262144u

/**
 * struct frame - One captured record
 * @ts_ns:	Nanoseconds since the epoch; may run backwards between frames
 * @number:	1, 2, ... within its input, as Wireshark counts
 * @bytes:	@caplen bytes; valid until the next call to its source
 * @caplen:	Bytes captured
 * @wirelen:	Bytes on the wire; >= @caplen (a source repairs the contrary)
 * @linktype:	LINKTYPE_ value (not DLT_), without FCS bits
 * @iface:	Interface within its input, from 0
 * @has_time:	0 for a pcapng simple packet, which carries no timestamp
 */
struct frame {
	int64_t ts_ns;
	uint64_t number;
	const uint8_t *bytes;
	uint32_t caplen;
	uint32_t wirelen;
	uint16_t linktype;
	uint16_t iface;
	uint8_t has_time;
};

#endif
