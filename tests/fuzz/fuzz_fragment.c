/*
 * Sequences of IP fragments against a model.
 *
 * An input is a run of pieces of eight bytes: id (its low bits choose one of
 * eight datagrams), flags (1 more, 2 IPv6, 4 a minute passes, 8 the batch ends,
 * 16 the snap length cut it), offset / 8 (two bytes), length (two bytes), time
 * step in seconds, bytes cut.  What a byte of a datagram is follows from the
 * datagram and the offset alone, so every datagram handed out can be checked.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "packet/fragment.h"

#define STORE_BYTES 32768

/*
 * struct model - What was sent
 * @finished: Datagrams since the batch began
 */
struct model {
	struct fragment_store *store;
	struct address src, dst;
	int64_t now_ns;
	unsigned finished;
	uint64_t pieces, datagrams;
};

static uint8_t byte_of(uint32_t id, bool v6, uint32_t offset)
{
	uint32_t x = (id * 2 + v6 + 1) * 0x9e3779b1u ^ offset * 0x85ebca6bu;

	return (uint8_t)(x >> 24);
}

/* One piece in a heap block of its size; false when the lengths are what decode refuses. */
static bool make_piece(struct cursor *c, struct model *m, struct fragment *piece, bool *end_batch)
{
	unsigned id = cursor_u8(c) % 8, flags = cursor_u8(c);
	uint32_t offset = (uint32_t)(cursor_be16(c) & 0x1fff) * 8;
	uint32_t len = cursor_be16(c);
	unsigned seconds = cursor_u8(c), cut = cursor_u8(c);
	bool v6 = (flags & 2) != 0;
	uint8_t *bytes;

	*end_batch = (flags & 8) != 0;
	m->now_ns += (int64_t)seconds * NS_PER_S + ((flags & 4) != 0 ? 60 * NS_PER_S : 0);
	if (flags & 1)
		len = len / 8 * 8;
	if (len == 0 || len > FRAGMENT_MAX_BYTES - offset)
		return false;
	*piece = (struct fragment){
		.src = &m->src,
		.dst = &m->dst,
		.ts_ns = m->now_ns,
		.id = id,
		.offset = offset,
		.len = len,
		.captured = (flags & 16) != 0 ? len - MIN(len, cut) : len,
		.version = v6 ? 6 : 4,
		.protocol = 17,
		.more = (flags & 1) != 0,
	};
	bytes = malloc(piece->captured);
	FA_ASSERT(bytes != NULL || piece->captured == 0);
	for (uint32_t i = 0; i < piece->captured; i++)
		bytes[i] = byte_of(id, v6, offset + i);
	piece->bytes = bytes;
	return true;
}

static void check(const struct datagram *d, const struct fragment *piece)
{
	FA_ASSERT(d->len >= piece->offset + piece->len && d->len <= FRAGMENT_MAX_BYTES);
	FA_ASSERT(piece->more || d->len == piece->offset + piece->len);
	FA_ASSERT(d->captured <= d->len && d->protocol == 17);
	for (uint32_t i = 0; i < d->captured; i++)
		FA_ASSERT(d->bytes[i] == byte_of(piece->id, piece->version == 6, i));
}

static void add(struct cursor *c, struct model *m)
{
	struct fragment piece;
	struct datagram whole;
	bool end_batch;

	if (make_piece(c, m, &piece, &end_batch)) {
		m->pieces++;
		if (fragment_add(m->store, &piece, &whole)) {
			m->datagrams++;
			m->finished++;
			check(&whole, &piece);
		}
		free((void *)(uintptr_t)piece.bytes);
	}
	if (end_batch || m->finished == FRAME_BATCH * FRAGMENT_MAX_NESTED) {
		fragment_begin_batch(m->store);
		m->finished = 0;
	}
}

void fuzz_fragment(const void *subject, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	struct decoder_stats stats = { 0 };
	struct model m = { .src = { .b = { 1 } }, .dst = { .b = { 2 } } };
	struct fa_error err;

	(void)subject;
	FA_ASSERT(fragment_store_new(&m.store, STORE_BYTES, 60 * NS_PER_S, &err) == 0);
	fragment_begin_batch(m.store);
	while (cursor_left(&c) >= 8)
		add(&c, &m);
	fragment_end(m.store);
	fragment_stats(m.store, &stats);
	FA_ASSERT(stats.fragments == m.pieces && stats.datagrams == m.datagrams);
	FA_ASSERT(stats.datagrams + stats.abandoned <= stats.fragments);
	FA_ASSERT((stats.datagrams + stats.abandoned != 0) == (m.pieces != 0));
	fragment_store_free(m.store);
}
