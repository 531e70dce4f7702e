/*
 * Frames of any link type, cut anywhere.
 *
 * An input is a run of frames: link type (an index, one byte), flags (one byte:
 * 1 the wire was longer, 2 no time), length (two bytes), bytes.  All are decoded
 * one by one and in one batch: the facts must be the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "packet/counters.h"
#include "packet/decode.h"

/* Every LINKTYPE_ that link.c knows, and one that nobody does. */
static const uint16_t linktypes[] = { 1,   0,   9,   12,  14,  50,  51,  101, 104, 105,
				      108, 113, 127, 166, 204, 228, 229, 253, 276, 147 };

static uint64_t sum(const struct counters *counters)
{
	char name[COUNTER_NAME];
	uint64_t frames, all = 0;

	for (unsigned pos = 0; counters_next(counters, &pos, name, &frames);)
		all += frames;
	return all;
}

static void check(const struct facts *f, const struct frame *frame)
{
	FA_ASSERT(f->class < CLASS_COUNT);
	FA_ASSERT(f->number == frame->number && f->ts_ns == frame->ts_ns);
	FA_ASSERT(f->payload_len <= f->payload_wire);
	FA_ASSERT(f->vlans <= ARRAY_SIZE(f->vlan));
	FA_ASSERT(f->ip_version == 0 || f->ip_version == 4 || f->ip_version == 6);
	FA_ASSERT(!f->icmp_error || f->class == CLASS_ICMP || f->class == CLASS_DUPLICATE);
	if (f->payload_len != 0 && !f->fragmented)
		FA_ASSERT(f->payload >= frame->bytes &&
			  f->payload_len <= frame->caplen - (size_t)(f->payload - frame->bytes));
}

static void check_same(const struct facts *a, const struct facts *b)
{
	FA_ASSERT(a->class == b->class && a->class_value == b->class_value && a->l4 == b->l4);
	FA_ASSERT(memcmp(&a->src, &b->src, sizeof(a->src)) == 0);
	FA_ASSERT(memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0);
	FA_ASSERT(a->sport == b->sport && a->dport == b->dport && a->tunnels == b->tunnels);
	FA_ASSERT(a->tcp_flags == b->tcp_flags && a->seq == b->seq && a->ack == b->ack);
	FA_ASSERT(a->bad_checksum == b->bad_checksum && a->fragmented == b->fragmented);
	FA_ASSERT(a->payload_len == b->payload_len && a->payload_wire == b->payload_wire);
	if (a->payload_len != 0)
		FA_ASSERT(memcmp(a->payload, b->payload, a->payload_len) == 0);
}

/* The frames of an input; their bytes are heap copies of exactly their size. */
static size_t read_frames(struct cursor *c, struct frame *frames)
{
	size_t n = 0;

	while (n < FRAME_BATCH && cursor_left(c) >= 4) {
		unsigned link = cursor_u8(c), flags = cursor_u8(c);
		size_t len = cursor_be16(c);

		len = MIN(len, cursor_left(c));
		frames[n] = (struct frame){
			.ts_ns = (int64_t)n * NS_PER_S * ((flags & 4) != 0 ? 40 : 0),
			.number = n + 1,
			.bytes = fuzz_exact(cursor_take(c, len), len),
			.caplen = (uint32_t)len,
			.wirelen = (uint32_t)len + ((flags & 1) != 0 ? flags : 0),
			.linktype = linktypes[link % ARRAY_SIZE(linktypes)],
			.has_time = (flags & 2) == 0,
		};
		n++;
	}
	return n;
}

static struct decoder *open_decoder(void)
{
	const struct decoder_options options = {
		.checksums = true,
		.fragment_bytes = 16384,
		.fragment_timeout_ns = 60 * NS_PER_S,
	};
	struct decoder *dec;
	struct fa_error err;

	FA_ASSERT(decoder_new(&dec, &options, &err) == 0);
	return dec;
}

static void close_decoder(struct decoder *dec)
{
	struct decoder_stats stats;

	decoder_end(dec);
	decoder_stats(dec, &stats);
	FA_ASSERT(stats.datagrams + stats.abandoned <= stats.fragments);
	FA_ASSERT(stats.overlaps <= stats.abandoned);
	decoder_free(dec);
}

void fuzz_decode(const void *subject, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	struct decoder *batch = open_decoder(), *single = open_decoder();
	struct counters counters = { 0 };
	struct frame frames[FRAME_BATCH];
	struct facts facts[FRAME_BATCH], alone;
	size_t n = read_frames(&c, frames);

	(void)subject;
	decode_batch(batch, frames, n, facts);
	for (size_t i = 0; i < n; i++) {
		counters_add(&counters, &facts[i]);
		check(&facts[i], &frames[i]);
		decode_batch(single, &frames[i], 1, &alone);
		check_same(&facts[i], &alone);
	}
	FA_ASSERT(sum(&counters) == n);
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)frames[i].bytes);
	close_decoder(batch);
	close_decoder(single);
}
