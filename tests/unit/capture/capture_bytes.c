/* Captures made byte by byte, for the tests of the capture room. */
#include "capture/capture_bytes.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/memory.h"
#include "capture/source_priv.h"

/* @len more bytes to fill. */
static uint8_t *more(struct bytes *b, size_t len)
{
	/* Not an assertion of CUnit's, which records every one of these millions. */
	if (memory_grow(&b->p, &b->cap, b->len + len, 1) != 0)
		abort();
	b->len += len;
	return b->p + b->len - len;
}

void bytes_put(struct bytes *b, const void *p, size_t len)
{
	if (len > 0)
		memcpy(more(b, len), p, len);
}

void bytes_u8(struct bytes *b, unsigned v)
{
	*more(b, 1) = (uint8_t)v;
}

static void put_number(struct bytes *b, uint64_t v, unsigned size)
{
	unsigned i;

	for (i = 0; i < size; i++)
		bytes_u8(b, (unsigned)(v >> 8 * (b->big ? size - 1 - i : i)) & 0xff);
}

void bytes_u16(struct bytes *b, unsigned v)
{
	put_number(b, v, 2);
}

void bytes_u32(struct bytes *b, uint32_t v)
{
	put_number(b, v, 4);
}

void bytes_u64(struct bytes *b, uint64_t v)
{
	put_number(b, v, 8);
}

static uint8_t pattern(unsigned seed, size_t i)
{
	return (uint8_t)(seed * 31 + i * 7 + (i >> 8));
}

void bytes_pattern(struct bytes *b, unsigned seed, size_t len)
{
	uint8_t *p = more(b, len);
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = pattern(seed, i);
}

void bytes_free(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){ 0 };
}

void pcap_header(struct bytes *b, uint32_t magic, uint32_t snaplen, uint32_t linkword)
{
	bytes_u32(b, magic);
	bytes_u16(b, 2);
	bytes_u16(b, 4);
	bytes_u64(b, 0);
	bytes_u32(b, snaplen);
	bytes_u32(b, linkword);
}

void pcap_record(struct bytes *b, uint32_t s, uint32_t fraction, uint32_t caplen, uint32_t wirelen,
		 unsigned seed)
{
	bytes_u32(b, s);
	bytes_u32(b, fraction);
	bytes_u32(b, caplen);
	bytes_u32(b, wirelen);
	bytes_pattern(b, seed, caplen);
}

size_t ng_begin(struct bytes *b, uint32_t type)
{
	size_t begin = b->len;

	bytes_u32(b, type);
	bytes_u32(b, 0);
	return begin;
}

void ng_end(struct bytes *b, size_t begin)
{
	size_t end;

	while ((b->len - begin) % 4 != 0)
		bytes_u8(b, 0);
	end = b->len;
	b->len = begin + 4;
	bytes_u32(b, (uint32_t)(end + 4 - begin));
	b->len = end;
	bytes_u32(b, (uint32_t)(end + 4 - begin));
}

void ng_put_option(struct bytes *b, unsigned code, const void *value, size_t len)
{
	bytes_u16(b, code);
	bytes_u16(b, (unsigned)len);
	bytes_put(b, value, len);
	while (len++ % 4 != 0)
		bytes_u8(b, 0);
}

void ng_put_section(struct bytes *b, bool big)
{
	size_t begin;

	b->big = big;
	begin = ng_begin(b, 0x0a0d0d0a);
	bytes_u32(b, 0x1a2b3c4d);
	bytes_u16(b, 1);
	bytes_u16(b, 0);
	bytes_u64(b, UINT64_MAX);
	ng_put_option(b, 4, "flowaudit", 9);
	ng_put_option(b, 0, NULL, 0);
	ng_end(b, begin);
}

void ng_put_interface(struct bytes *b, unsigned linktype, uint32_t snaplen, int tsresol)
{
	size_t begin = ng_begin(b, 1);
	uint8_t value = (uint8_t)tsresol;

	bytes_u16(b, linktype);
	bytes_u16(b, 0);
	bytes_u32(b, snaplen);
	ng_put_option(b, 2, "eth0", 4);
	if (tsresol >= 0)
		ng_put_option(b, 9, &value, 1);
	ng_end(b, begin);
}

void ng_put_enhanced(struct bytes *b, uint32_t iface, uint64_t ticks, uint32_t caplen,
		     uint32_t wirelen, unsigned seed)
{
	size_t begin = ng_begin(b, 6);

	bytes_u32(b, iface);
	bytes_u32(b, (uint32_t)(ticks >> 32));
	bytes_u32(b, (uint32_t)ticks);
	bytes_u32(b, caplen);
	bytes_u32(b, wirelen);
	bytes_pattern(b, seed, caplen);
	ng_end(b, begin);
}

void ng_put_simple(struct bytes *b, uint32_t caplen, uint32_t wirelen, unsigned seed)
{
	size_t begin = ng_begin(b, 3);

	bytes_u32(b, wirelen);
	bytes_pattern(b, seed, caplen);
	ng_end(b, begin);
}

void ng_put_obsolete(struct bytes *b, unsigned iface, uint64_t ticks, uint32_t caplen,
		     uint32_t wirelen, unsigned seed)
{
	size_t begin = ng_begin(b, 2);

	bytes_u16(b, iface);
	bytes_u16(b, 0xffff);
	bytes_u32(b, (uint32_t)(ticks >> 32));
	bytes_u32(b, (uint32_t)ticks);
	bytes_u32(b, caplen);
	bytes_u32(b, wirelen);
	bytes_pattern(b, seed, caplen);
	ng_end(b, begin);
}

uint32_t seen_sum(unsigned seed, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum = sum * 33 + pattern(seed, i);
	return sum;
}

void seen_drain(struct seen *seen, struct source *src)
{
	struct frame frames[FRAME_BATCH];
	int i, n;
	uint32_t j;

	while ((n = source_next(src, frames, &seen->err)) > 0) {
		CU_ASSERT_FATAL(n <= FRAME_BATCH);
		for (i = 0; i < n; i++) {
			uint32_t sum = 0;

			for (j = 0; j < frames[i].caplen; j++)
				sum = sum * 33 + frames[i].bytes[j];
			if (seen->count < SEEN_FRAMES) {
				seen->sums[seen->count] = sum;
				seen->frames[seen->count] = frames[i];
				seen->frames[seen->count].bytes = NULL;
			}
			seen->count++;
		}
	}
	seen->ended = n;
	/* The end and a failure are the same when asked again. */
	CU_ASSERT_EQUAL(source_next(src, frames, NULL), n);
	seen->info = *source_info(src);
	seen->info.name = NULL;
	source_close(src);
}

void seen_memory(struct seen *seen, const void *p, size_t len, const char *filter)
{
	struct source_options options = { .filter = filter };
	uint8_t *exact = malloc(len == 0 ? 1 : len);
	struct source *src = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
	if (len > 0)
		memcpy(exact, p, len);
	memset(seen, 0, sizeof(*seen));
	seen->opened = source_open_memory(&src, "test", exact, len, &options, &seen->err);
	if (seen->opened == 0)
		seen_drain(seen, src);
	free(exact);
}

/* An input that comes @piece bytes at a time. */
struct dripping {
	const uint8_t *p;
	size_t left, piece;
};

static ssize_t drip(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	struct dripping *d = from;
	size_t n = MIN(MIN(room, d->piece), d->left);

	(void)err;
	if (n > 0)
		memcpy(to, d->p, n);
	d->p += n;
	d->left -= n;
	return (ssize_t)n;
}

void seen_pieces(struct seen *seen, const void *p, size_t len, size_t piece, size_t block)
{
	static const struct block_ops ops = { .read = drip };
	struct dripping d = { .p = p, .left = len, .piece = piece };
	struct source_limits limits = source_limits_default;
	struct source *src = NULL;
	struct block_reader in;

	memset(seen, 0, sizeof(*seen));
	limits.block = block;
	CU_ASSERT_EQUAL_FATAL(block_open(&in, &ops, &d, block, NULL), 0);
	seen->opened = source_open_block(&src, "test", &in, NULL, &limits, &seen->err);
	if (seen->opened == 0)
		seen_drain(seen, src);
}

bool seen_equal(const struct seen *a, const struct seen *b)
{
	size_t i;

	if (a->opened != b->opened || strcmp(a->err.text, b->err.text) != 0)
		return false;
	if (a->opened != 0)
		return true;
	if (a->ended != b->ended || a->count != b->count || a->info.frames != b->info.frames ||
	    a->info.bytes != b->info.bytes || a->info.truncated != b->info.truncated ||
	    a->info.truncated_at != b->info.truncated_at ||
	    a->info.interfaces != b->info.interfaces || strcmp(a->info.format, b->info.format) != 0)
		return false;
	for (i = 0; i < MIN(a->count, (size_t)SEEN_FRAMES); i++) {
		const struct frame *f = &a->frames[i], *g = &b->frames[i];

		if (a->sums[i] != b->sums[i] || f->ts_ns != g->ts_ns || f->number != g->number ||
		    f->caplen != g->caplen || f->wirelen != g->wirelen ||
		    f->linktype != g->linktype || f->iface != g->iface ||
		    f->has_time != g->has_time)
			return false;
	}
	return true;
}
