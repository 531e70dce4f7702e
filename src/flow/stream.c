/*
 * Reassembly of the first bytes of a TCP direction.
 *
 * Bytes are written straight to their place in the stream's block, so a range
 * that waits beyond a hole costs four bytes of list and no copy later.  The list
 * is ordered, disjoint and never touches the contiguous part or itself: ranges
 * that meet are merged.
 */
#include "flow/stream.h"

#include <string.h>

#include "base/error.h"

struct range {
	uint16_t begin, end;
};
static_assert(FLOW_STREAM_MAX <= UINT16_MAX, "offsets are 16 bits");
static_assert(FLOW_STREAM_MAX == FLOW_ARENA_UNIT << 2 * (FLOW_ARENA_CLASSES - 1),
	      "a whole stream fits the largest block");

/**
 * struct stream - One direction
 * @base:	Sequence number of byte 0
 * @len:	Contiguous bytes from 0
 * @limit:	No byte at or past this place is wanted
 * @signs:	That the hole stays, see FLOW_STREAM_PATIENCE
 */
struct stream {
	uint32_t base;
	uint32_t block;
	uint16_t len;
	uint16_t limit;
	struct range range[FLOW_STREAM_RANGES];
	uint8_t ranges;
	uint8_t cls;
	uint8_t signs;
	bool closed;
};

int flow_streams_init(struct flow_streams *streams, size_t bytes)
{
	*streams = (struct flow_streams){ 0 };
	if (flow_arena_init(&streams->arena, bytes) != 0)
		return FA_ENOMEM;
	/* Every stream has a block, the smallest at least. */
	if (flow_pool_init(&streams->pool,
			   streams->arena.slabs * (FLOW_ARENA_SLAB / FLOW_ARENA_UNIT),
			   sizeof(struct stream)) != 0) {
		flow_streams_free(streams);
		return FA_ENOMEM;
	}
	return 0;
}

void flow_streams_free(struct flow_streams *streams)
{
	flow_pool_free(&streams->pool);
	flow_arena_free(&streams->arena);
}

static struct stream *stream_at(const struct flow_streams *streams, uint32_t id)
{
	return flow_pool_at(&streams->pool, id);
}

uint32_t flow_stream_open(struct flow_streams *streams, uint32_t base)
{
	uint32_t block = flow_arena_take(&streams->arena, 0), id;
	struct stream *s;

	if (block == 0) {
		streams->refused++;
		return FLOW_STREAM_NONE;
	}
	id = flow_pool_take(&streams->pool);
	FA_ASSERT(id != 0);
	s = stream_at(streams, id);
	s->base = base;
	s->block = block;
	s->limit = FLOW_STREAM_MAX;
	return id;
}

void flow_stream_release(struct flow_streams *streams, uint32_t id)
{
	flow_arena_give(&streams->arena, stream_at(streams, id)->block);
	flow_pool_give(&streams->pool, id);
}

/* Highest byte held so far, and one. */
static uint32_t held_end(const struct stream *s)
{
	return s->ranges != 0 ? s->range[s->ranges - 1].end : s->len;
}

/* Make the block large enough for @bytes. */
static bool make_room(struct flow_streams *streams, struct stream *s, uint32_t bytes)
{
	unsigned cls = s->cls;
	uint32_t block;

	if (bytes <= flow_arena_size(cls))
		return true;
	while (flow_arena_size(cls) < bytes)
		cls++;
	block = flow_arena_take(&streams->arena, cls);
	if (block == 0) {
		streams->refused++;
		s->closed = true;
		return false;
	}
	memcpy(flow_arena_at(&streams->arena, block), flow_arena_at(&streams->arena, s->block),
	       held_end(s));
	flow_arena_give(&streams->arena, s->block);
	s->block = block;
	s->cls = (uint8_t)cls;
	return true;
}

/* Write [@begin, @end) where nothing is held yet; @bytes belong to @begin. */
static void write_new(uint8_t *place, const struct stream *s, uint32_t begin, uint32_t end,
		      const uint8_t *bytes)
{
	uint32_t at = begin;

	for (unsigned i = 0; i < s->ranges && at < end; i++) {
		const struct range *r = &s->range[i];

		if (r->begin > at) {
			uint32_t stop = MIN(end, r->begin);

			memcpy(place + at, bytes + (at - begin), stop - at);
		}
		at = MAX(at, r->end);
	}
	if (at < end)
		memcpy(place + at, bytes + (at - begin), end - at);
}

/* Note that [@begin, @end) is held, @begin past the contiguous part. */
static void note_range(struct stream *s, uint32_t begin, uint32_t end)
{
	unsigned first = 0, past, gone;

	while (first < s->ranges && s->range[first].end < begin)
		first++;
	/* [first, past) meet it. */
	for (past = first; past < s->ranges && s->range[past].begin <= end; past++) {
		begin = MIN(begin, s->range[past].begin);
		end = MAX(end, s->range[past].end);
	}
	gone = past - first;
	memmove(&s->range[first + 1], &s->range[past], (s->ranges - past) * sizeof(s->range[0]));
	s->range[first] = (struct range){ (uint16_t)begin, (uint16_t)end };
	s->ranges = (uint8_t)(s->ranges - gone + 1);
}

/* Would [@begin, @end) need a range more than there is room for? */
static bool list_is_full(const struct stream *s, uint32_t begin, uint32_t end)
{
	if (s->ranges < FLOW_STREAM_RANGES)
		return false;
	for (unsigned i = 0; i < s->ranges; i++)
		if (s->range[i].begin <= end && begin <= s->range[i].end)
			return false;
	return true;
}

/* The contiguous part reaches to @end; take in the ranges that it met. */
static void extend(struct stream *s, uint32_t end)
{
	unsigned met = 0;

	for (; met < s->ranges && s->range[met].begin <= end; met++)
		end = MAX(end, s->range[met].end);
	memmove(&s->range[0], &s->range[met], (s->ranges - met) * sizeof(s->range[0]));
	s->ranges = (uint8_t)(s->ranges - met);
	s->len = (uint16_t)end;
	s->signs = 0;
	if (s->len >= s->limit)
		s->closed = true;
}

static void sign(struct stream *s, unsigned weight)
{
	s->signs = (uint8_t)MIN(s->signs + weight, UINT8_MAX);
	if (s->signs >= FLOW_STREAM_PATIENCE)
		s->closed = true;
}

bool flow_stream_add(struct flow_streams *streams, uint32_t id, uint32_t seq, const uint8_t *bytes,
		     uint32_t len, bool cut)
{
	struct stream *s = stream_at(streams, id);
	int32_t offset = (int32_t)(seq - s->base);
	uint32_t begin, end;

	if (s->closed)
		return false;
	if (offset < 0) {
		uint32_t before = 0u - (uint32_t)offset;

		if (before >= len)
			return false; /* a keep-alive, or from before the stream */
		bytes += before;
		len -= before;
		offset = 0;
	}
	begin = (uint32_t)offset;
	if (begin >= s->limit) {
		/* It went on beyond what is kept while a hole is open. */
		sign(s, 1);
		return false;
	}
	end = begin + MIN(len, s->limit - begin);
	if (cut && end >= held_end(s))
		s->limit = (uint16_t)end;
	if (end <= s->len || begin == end) {
		if (s->len >= s->limit)
			s->closed = true;
		return false;
	}
	if (begin > s->len && list_is_full(s, begin, end)) {
		sign(s, 1);
		return false;
	}
	if (!make_room(streams, s, end))
		return false;
	if (begin < s->len) {
		bytes += s->len - begin;
		begin = s->len;
	}
	write_new(flow_arena_at(&streams->arena, s->block), s, begin, end, bytes);
	if (begin > s->len) {
		note_range(s, begin, end);
		sign(s, 1);
		return false;
	}
	extend(s, end);
	return true;
}

void flow_stream_acked(struct flow_streams *streams, uint32_t id, uint32_t ack)
{
	struct stream *s = stream_at(streams, id);

	if (!s->closed && (int32_t)(ack - (s->base + s->len)) > 0)
		sign(s, FLOW_STREAM_ACKED);
}

const uint8_t *flow_stream_bytes(const struct flow_streams *streams, uint32_t id, size_t *len,
				 uint32_t *end, bool *closed)
{
	const struct stream *s = stream_at(streams, id);

	*len = s->len;
	*end = s->base + s->len;
	*closed = s->closed;
	return s->len == 0 ? NULL : flow_arena_at(&streams->arena, s->block);
}
