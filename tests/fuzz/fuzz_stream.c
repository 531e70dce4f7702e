/*
 * Segments of several streams that share little memory, against a model.
 *
 * An input is a run of operations of six bytes: what (low bits: add, acknowledge,
 * begin anew; 8 cut, 16 other bytes than the sender's), stream (one of four),
 * offset (two bytes, signed: it may lie before the stream), length (two bytes).
 * What a byte of a stream is follows from the stream and its place.  While a
 * sender is consistent, the contiguous part is a prefix of what it sent; other
 * bytes may only take places that were empty.
 */
#include <stdlib.h>

#include "flow/stream.h"
#include "fuzz.h"

#define STREAMS 4
#define MEMORY  (3 * FLOW_ARENA_SLAB)

/*
 * struct model - What one stream was told
 * @spoilt: Other bytes were sent: only lengths are checked from here on
 */
struct model {
	uint32_t id;
	uint32_t base;
	size_t len;
	bool closed;
	bool spoilt;
};

struct run {
	struct flow_streams streams;
	struct model model[STREAMS];
	unsigned begun;
};

static uint8_t byte_of(unsigned stream, uint32_t offset)
{
	return (uint8_t)(((stream + 1) * 0x9e3779b1u ^ offset * 0x85ebca6bu) >> 24);
}

static void begin(struct run *r, unsigned stream)
{
	struct model *m = &r->model[stream];

	if (m->id != FLOW_STREAM_NONE)
		flow_stream_release(&r->streams, m->id);
	/* Every other stream wraps soon. */
	*m = (struct model){ .base = r->begun++ % 2 == 0 ? 1000 : UINT32_MAX - 700 };
	m->id = flow_stream_open(&r->streams, m->base);
}

/* All that a stream holds, from its first byte on. */
static void check_bytes(const struct run *r, unsigned stream)
{
	const struct model *m = &r->model[stream];
	uint32_t end;
	size_t len;
	bool closed;
	const uint8_t *bytes = flow_stream_bytes(&r->streams, m->id, &len, &end, &closed);

	FA_ASSERT((bytes == NULL) == (len == 0) && len <= FLOW_STREAM_MAX);
	FA_ASSERT(end == m->base + (uint32_t)len && len == m->len && closed == m->closed);
	for (size_t i = 0; i < len && !m->spoilt; i++)
		FA_ASSERT(bytes[i] == byte_of(stream, (uint32_t)i));
}

/* Take over what an operation did to a stream; a closed one stays as it is. */
static void note(struct run *r, unsigned stream, bool grown)
{
	struct model *m = &r->model[stream];
	uint32_t end;
	size_t len;
	bool closed;

	(void)flow_stream_bytes(&r->streams, m->id, &len, &end, &closed);
	FA_ASSERT(grown ? len > m->len : len == m->len);
	FA_ASSERT(!m->closed || (closed && !grown));
	m->len = len;
	m->closed = closed;
}

static void add(struct run *r, unsigned stream, unsigned what, int32_t offset, uint32_t len)
{
	struct model *m = &r->model[stream];
	bool other = (what & 16) != 0;
	uint8_t *bytes = malloc(len);
	bool grown;

	FA_ASSERT(bytes != NULL || len == 0);
	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(byte_of(stream, (uint32_t)offset + i) ^ (other ? 0xff : 0));
	m->spoilt = m->spoilt || other;
	grown = flow_stream_add(&r->streams, m->id, m->base + (uint32_t)offset, bytes, len,
				(what & 8) != 0);
	free(bytes);
	note(r, stream, grown);
}

static void step(struct run *r, struct cursor *c)
{
	unsigned what = cursor_u8(c), stream = cursor_u8(c) % STREAMS;
	int32_t offset = (int16_t)cursor_be16(c);
	uint32_t len = cursor_be16(c);

	/* Offsets past the limit matter as well. */
	if (what & 32)
		offset += 20000;
	if (r->model[stream].id == FLOW_STREAM_NONE || what % 4 == 3) {
		begin(r, stream);
		return;
	}
	if (what % 4 == 2) {
		flow_stream_acked(&r->streams, r->model[stream].id,
				  r->model[stream].base + (uint32_t)offset);
		note(r, stream, false);
	} else {
		add(r, stream, what, offset, len);
	}
}

void fuzz_stream(const void *subject, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	struct run r = { 0 };

	(void)subject;
	FA_ASSERT(flow_streams_init(&r.streams, MEMORY) == 0);
	while (cursor_left(&c) >= 6)
		step(&r, &c);
	/* Nothing of one stream was written into another. */
	for (unsigned i = 0; i < STREAMS; i++) {
		if (r.model[i].id == FLOW_STREAM_NONE)
			continue;
		check_bytes(&r, i);
		flow_stream_release(&r.streams, r.model[i].id);
	}
	flow_streams_free(&r.streams);
}
