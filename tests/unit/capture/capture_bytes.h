/* Captures made byte by byte, and what a source gives for them. */
#ifndef FA_TESTS_CAPTURE_BYTES_H
#define FA_TESTS_CAPTURE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/source.h"

/**
 * struct bytes - A growing row of bytes
 * @big:	Order in which numbers are put
 */
struct bytes {
	uint8_t *p;
	size_t len, cap;
	bool big;
};

void bytes_put(struct bytes *b, const void *p, size_t len);
void bytes_u8(struct bytes *b, unsigned v);
void bytes_u16(struct bytes *b, unsigned v);
void bytes_u32(struct bytes *b, uint32_t v);
void bytes_u64(struct bytes *b, uint64_t v);
/* @len bytes that follow from @seed, so that every frame differs. */
void bytes_pattern(struct bytes *b, unsigned seed, size_t len);
void bytes_free(struct bytes *b);

/* A classic pcap file header, version 2.4. */
void pcap_header(struct bytes *b, uint32_t magic, uint32_t snaplen, uint32_t linkword);
/* A record of @caplen pattern bytes. */
void pcap_record(struct bytes *b, uint32_t s, uint32_t fraction, uint32_t caplen, uint32_t wirelen,
		 unsigned seed);

/* pcapng blocks: ng_end() gets what ng_begin() gave and writes both lengths. */
size_t ng_begin(struct bytes *b, uint32_t type);
void ng_end(struct bytes *b, size_t begin);
void ng_put_option(struct bytes *b, unsigned code, const void *value, size_t len);
void ng_put_section(struct bytes *b, bool big);
/* @tsresol < 0: without the option. */
void ng_put_interface(struct bytes *b, unsigned linktype, uint32_t snaplen, int tsresol);
void ng_put_enhanced(struct bytes *b, uint32_t iface, uint64_t ticks, uint32_t caplen,
		     uint32_t wirelen, unsigned seed);
void ng_put_simple(struct bytes *b, uint32_t caplen, uint32_t wirelen, unsigned seed);
void ng_put_obsolete(struct bytes *b, unsigned iface, uint64_t ticks, uint32_t caplen,
		     uint32_t wirelen, unsigned seed);

#define SEEN_FRAMES 512

/**
 * struct seen - All that came out of a source
 * @opened:	What source_open_*() returned; the rest is only set when 0
 * @ended:	Last result of source_next(): 0 or an enum fa_code
 * @frames:	The first SEEN_FRAMES frames; @bytes of them is NULL by now
 * @sums:	A sum over the bytes of each, as seen_sum()
 * @info:	As it was at the end; its name is gone
 * @err:	Of the failure
 */
struct seen {
	int opened;
	int ended;
	size_t count;
	struct frame frames[SEEN_FRAMES];
	uint32_t sums[SEEN_FRAMES];
	struct source_info info;
	struct fa_error err;
};

/* What frames of these pattern bytes sum to. */
uint32_t seen_sum(unsigned seed, size_t len);

/* Read an open source to its end and close it. */
void seen_drain(struct seen *seen, struct source *src);
/* From memory, out of an allocation of exactly @len bytes. */
void seen_memory(struct seen *seen, const void *p, size_t len, const char *filter);
/* Through a window of @block bytes that gets @piece bytes at a time. */
void seen_pieces(struct seen *seen, const void *p, size_t len, size_t piece, size_t block);

bool seen_equal(const struct seen *a, const struct seen *b);

#endif
