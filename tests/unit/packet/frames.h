/* Frames for the tests of packet/: written header by header, decoded with care. */
#ifndef FA_TESTS_PACKET_FRAMES_H
#define FA_TESTS_PACKET_FRAMES_H

#include <CUnit/CUnit.h>

#include "packet/counters.h"
#include "packet/decode.h"

#define BYTES_MAX 70000

/* A frame in the making. */
struct bytes {
	size_t n;
	uint8_t b[BYTES_MAX];
};

void put(struct bytes *f, const void *bytes, size_t n);
void put_zeros(struct bytes *f, size_t n);
void put8(struct bytes *f, unsigned v);
void put16(struct bytes *f, unsigned v);
void put32(struct bytes *f, unsigned long v);
/* Hexadecimal digits; blanks are skipped. */
void put_hex(struct bytes *f, const char *hex);
/* Write over what is there. */
void set16(struct bytes *f, size_t at, unsigned v);

void put_ethernet(struct bytes *f, unsigned type);
/* The rest of an 802.1Q tag: identifier and the type behind it. */
void put_tag(struct bytes *f, unsigned id, unsigned type);
/* 192.0.2.LAST -> 198.51.100.LAST; end_ip4() writes length and checksum.  Return: where it begins.
 */
size_t put_ip4(struct bytes *f, unsigned protocol, unsigned last);
void end_ip4(struct bytes *f, size_t at);
/* 2001:db8::LAST -> 2001:db8:1::LAST */
size_t put_ip6(struct bytes *f, unsigned next, unsigned last);
void end_ip6(struct bytes *f, size_t at);
size_t put_udp(struct bytes *f, unsigned sport, unsigned dport);
void end_udp(struct bytes *f, size_t at);
/* 20 bytes, sequence 0x01020304, acknowledgement 0x05060708, window 0x2345. */
void put_tcp(struct bytes *f, unsigned sport, unsigned dport, unsigned flags);
/* A whole IPv4 packet 192.0.2.LAST:1000+LAST -> 198.51.100.LAST:2000+LAST, UDP, 10 bytes. */
void put_packet4(struct bytes *f, unsigned last);
/* The same in IPv6. */
void put_packet6(struct bytes *f, unsigned last);

/* Facts of a frame, with its payload copied out. */
struct seen {
	struct facts f;
	uint8_t payload[BYTES_MAX];
};

/* A decoder with a small fragment store; @checksums as asked. */
struct decoder *small_decoder(bool checksums);

/* Decode one frame from an exact-size copy, so that a read past its end is seen. */
void see_with(struct decoder *dec, const struct bytes *frame, size_t caplen, size_t wirelen,
	      unsigned linktype, int64_t ts_ns, struct seen *s);

/**
 * see() - Decode a frame, then everything near it
 *
 * Every prefix (as a snap length makes it, and as a whole shorter frame) and
 * every byte changed in three ways are decoded too.  All must end in one
 * class, be counted once and keep their payload inside their bytes; a cut
 * frame is truncated, or is what the whole one is.
 */
void see(const struct bytes *frame, unsigned linktype, struct seen *s);

/* See an Ethernet frame and check its class. */
#define SEE(frame, s, want)                            \
	do {                                           \
		see((frame), 1, (s));                  \
		CU_ASSERT_EQUAL((s)->f.class, (want)); \
	} while (0)

/* The innermost packet is put_packet4(LAST) or put_packet6(LAST), whole. */
void check_packet4(const struct seen *s, unsigned last);
void check_packet6(const struct seen *s, unsigned last);

#endif
