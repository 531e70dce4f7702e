/* Frames one behind the other in a memory that begins again when it ends. */
#include "report/frame_ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static_assert(sizeof(struct frame_record) <= FRAME_RING_ALIGN, "the end has room for a head");

static uint64_t record_size(uint32_t caplen)
{
	uint64_t size = sizeof(struct frame_record) + (uint64_t)caplen;

	return (size + FRAME_RING_ALIGN - 1) / FRAME_RING_ALIGN * FRAME_RING_ALIGN;
}

int frame_ring_init(struct frame_ring *ring, size_t bytes)
{
	/* Whole words of bits. */
	uint64_t size = bytes / (FRAME_RING_ALIGN * 64) * (FRAME_RING_ALIGN * 64);

	FA_ASSERT(size >= 2 * record_size(FRAME_MAX));
	*ring = (struct frame_ring){ .size = size, .head = size, .tail = size };
	ring->memory = memory_region(size);
	ring->due = memory_array(size / (FRAME_RING_ALIGN * 64), sizeof(*ring->due));
	return ring->memory == NULL || ring->due == NULL ? FA_ENOMEM : 0;
}

void frame_ring_free(struct frame_ring *ring)
{
	if (ring->memory != NULL)
		memory_region_free(ring->memory, ring->size);
	free(ring->due);
}

void frame_ring_set_due(struct frame_ring *ring, uint64_t position, bool due)
{
	uint64_t place = position % ring->size / FRAME_RING_ALIGN;

	frame_ring_at(ring, position)->due = due;
	if (due)
		ring->due[place / 64] |= UINT64_C(1) << place % 64;
	else
		ring->due[place / 64] &= ~(UINT64_C(1) << place % 64);
}

uint64_t frame_ring_next_due(const struct frame_ring *ring, uint64_t from)
{
	while (from < ring->head) {
		uint64_t place = from % ring->size / FRAME_RING_ALIGN;
		uint64_t bits = ring->due[place / 64] >> place % 64;

		/* A bit from the head on is that of a frame before @from. */
		if (bits != 0)
			return MIN(from + (uint64_t)__builtin_ctzll(bits) * FRAME_RING_ALIGN,
				   ring->head);
		from += (64 - place % 64) * FRAME_RING_ALIGN;
	}
	return ring->head;
}

/* Bytes up to the end of the memory. */
static uint64_t left(const struct frame_ring *ring)
{
	return ring->size - ring->head % ring->size;
}

uint64_t frame_ring_need(const struct frame_ring *ring, uint32_t caplen)
{
	uint64_t size = record_size(caplen), end = left(ring);

	return size > end ? end + size : size;
}

struct frame_record *frame_ring_put(struct frame_ring *ring, const struct frame *frame,
				    uint32_t caplen, uint64_t *position)
{
	uint64_t size = record_size(caplen), end = left(ring);
	struct frame_record *record = frame_ring_at(ring, ring->head);

	if (size > end) {
		*record = (struct frame_record){ .size = (uint32_t)end, .filler = true };
		ring->head += end;
		record = frame_ring_at(ring, ring->head);
	}
	*record = (struct frame_record){ .ts_ns = frame->ts_ns,
					 .size = (uint32_t)size,
					 .caplen = caplen,
					 .wirelen = frame->wirelen,
					 .linktype = frame->linktype,
					 .iface = frame->iface };
	memcpy(record + 1, frame->bytes, caplen);
	*position = ring->head;
	ring->head += size;
	return record;
}

struct frame frame_ring_frame(const struct frame_record *record)
{
	return (struct frame){ .ts_ns = record->ts_ns,
			       .bytes = (const uint8_t *)(record + 1),
			       .caplen = record->caplen,
			       .wirelen = record->wirelen,
			       .linktype = record->linktype,
			       .iface = record->iface,
			       .has_time = 1 };
}
