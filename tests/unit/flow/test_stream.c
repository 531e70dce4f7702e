/* The first bytes of a TCP direction, whatever way they come. */
#include "fixture.h"

#include "flow/stream.h"

extern CU_TestInfo tests_stream[];

static struct flow_streams streams;
static uint8_t text[2 * FLOW_STREAM_MAX];

static void start(size_t bytes)
{
	uint64_t seed = 77;

	CU_ASSERT_EQUAL_FATAL(flow_streams_init(&streams, bytes), 0);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)fix_random(&seed);
}

/* Bytes [@from, @to) of the text, in a buffer of exactly their size: over-reads are seen. */
static bool add(uint32_t id, uint32_t base, uint32_t from, uint32_t to)
{
	uint8_t *copy = malloc(to - from + 1);
	bool grown;

	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	memcpy(copy + 1, text + from, to - from);
	grown = flow_stream_add(&streams, id, base + from, copy + 1, to - from, false);
	free(copy);
	return grown;
}

static size_t length(uint32_t id)
{
	uint32_t end;
	size_t len;
	bool closed;

	(void)flow_stream_bytes(&streams, id, &len, &end, &closed);
	return len;
}

static bool closed(uint32_t id)
{
	uint32_t end;
	size_t len;
	bool is;

	(void)flow_stream_bytes(&streams, id, &len, &end, &is);
	return is;
}

/* It holds the first @want bytes of the text. */
static bool holds(uint32_t id, size_t want)
{
	uint32_t end;
	size_t len;
	bool is;
	const uint8_t *p = flow_stream_bytes(&streams, id, &len, &end, &is);

	return len == want && (len == 0 ? p == NULL : memcmp(p, text, len) == 0);
}

static void in_order(void)
{
	static const uint32_t cuts[] = { 0,    1,    2,    511,  512,   513,
					 2048, 2049, 8192, 8193, 32767, 32768 };
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 1000);
	CU_ASSERT(holds(id, 0));
	for (size_t i = 1; i < ARRAY_SIZE(cuts); i++) {
		CU_ASSERT(!closed(id));
		CU_ASSERT(add(id, 1000, cuts[i - 1], cuts[i]));
		CU_ASSERT(holds(id, cuts[i]));
	}
	CU_ASSERT(closed(id));
	CU_ASSERT_FALSE(add(id, 1000, 32768, 33000));
	CU_ASSERT(holds(id, FLOW_STREAM_MAX));
	flow_streams_free(&streams);
}

static void one_segment_past_the_limit(void)
{
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 5);
	CU_ASSERT(add(id, 5, 0, 40000));
	CU_ASSERT(holds(id, FLOW_STREAM_MAX));
	CU_ASSERT(closed(id));
	flow_streams_free(&streams);
}

static void last_byte_first(void)
{
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 5);
	CU_ASSERT_FALSE(add(id, 5, FLOW_STREAM_MAX - 1, FLOW_STREAM_MAX));
	CU_ASSERT(holds(id, 0));
	CU_ASSERT(add(id, 5, 0, FLOW_STREAM_MAX - 1));
	CU_ASSERT(holds(id, FLOW_STREAM_MAX));
	flow_streams_free(&streams);
}

/*
 * Any split of the text, in any order, with repeats and overlaps, gives at every
 * moment a prefix of it, never shorter than before; once all pieces have come,
 * as many as there are ranges at most out of place, it gives all.
 */
static void any_split_any_order(void)
{
	start(1 << 20);
	for (uint64_t seed = 1; seed <= 400; seed++) {
		uint64_t r = seed;
		uint32_t base = (uint32_t)fix_random(&r), want, from[8], to[8], id;
		unsigned pieces = 1 + (unsigned)(fix_random(&r) % 7), order[8];
		size_t before = 0;
		bool grew;

		want = 1 + (uint32_t)(fix_random(&r) % (seed % 4 == 0 ? 32768 : 3000));
		for (unsigned i = 0; i < pieces; i++) {
			uint32_t more = (uint32_t)(fix_random(&r) % 3) * 50;

			from[i] = want * i / pieces;
			to[i] = MIN(want, want * (i + 1) / pieces + more);
			order[i] = i;
		}
		for (unsigned i = pieces; i > 1; i--) {
			unsigned j = (unsigned)(fix_random(&r) % i), swap = order[i - 1];

			order[i - 1] = order[j];
			order[j] = swap;
		}
		id = flow_stream_open(&streams, base);
		for (unsigned i = 0; i < pieces; i++) {
			grew = add(id, base, from[order[i]], to[order[i]]);
			CU_ASSERT(holds(id, length(id)));
			CU_ASSERT_EQUAL(grew, length(id) > before);
			before = length(id);
			if (i % 3 == 2)
				CU_ASSERT_FALSE(add(id, base, from[order[i]], to[order[i]]));
		}
		CU_ASSERT(holds(id, want));
		flow_stream_release(&streams, id);
	}
	flow_streams_free(&streams);
}

static void bytewise_backwards(void)
{
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 0);
	for (uint32_t i = 60; i > 1; i--)
		CU_ASSERT_FALSE(add(id, 0, i - 1, i));
	CU_ASSERT(add(id, 0, 0, 1));
	CU_ASSERT(holds(id, 60));
	flow_streams_free(&streams);
}

/* First bytes win, in the contiguous part, in a waiting range, and around one. */
static void overlaps_with_other_bytes(void)
{
	static const uint8_t other[4000] = { 0 };
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 0);
	CU_ASSERT(add(id, 0, 0, 100));
	CU_ASSERT_FALSE(flow_stream_add(&streams, id, 0, other, 100, false));
	CU_ASSERT_FALSE(flow_stream_add(&streams, id, 50, other, 50, false));
	CU_ASSERT_FALSE(add(id, 0, 150, 200));
	CU_ASSERT_FALSE(add(id, 0, 300, 400));
	CU_ASSERT_FALSE(flow_stream_add(&streams, id, 150, other, 50, false));
	CU_ASSERT(add(id, 0, 90, 150));
	CU_ASSERT(holds(id, 200));
	CU_ASSERT(add(id, 0, 180, 300));
	CU_ASSERT(holds(id, 400));
	flow_stream_release(&streams, id);

	id = flow_stream_open(&streams, 0);
	CU_ASSERT_FALSE(flow_stream_add(&streams, id, 10, (const uint8_t *)"BBBB", 4, false));
	CU_ASSERT(flow_stream_add(&streams, id, 0, (const uint8_t *)"aaaaaaaaaaaaaaaaaaaa", 20,
				  false));
	CU_ASSERT_EQUAL(length(id), 20);
	{
		uint32_t end;
		size_t len;
		bool is;

		CU_ASSERT_EQUAL(memcmp(flow_stream_bytes(&streams, id, &len, &end, &is),
				       "aaaaaaaaaaBBBBaaaaaa", 20),
				0);
		CU_ASSERT_EQUAL(end, 20);
	}
	flow_streams_free(&streams);
}

static void wrap(void)
{
	const uint32_t base = UINT32_MAX - 99; /* byte 100 has sequence number 0 */
	uint32_t id, end;
	size_t len;
	bool is;

	start(1 << 20);
	id = flow_stream_open(&streams, base);
	CU_ASSERT_FALSE(add(id, base, 120, 200));
	CU_ASSERT(add(id, base, 0, 90));
	CU_ASSERT(add(id, base, 80, 130));
	CU_ASSERT(holds(id, 200));
	(void)flow_stream_bytes(&streams, id, &len, &end, &is);
	CU_ASSERT_EQUAL(end, 100);
	flow_streams_free(&streams);
}

static void from_before_the_base(void)
{
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 1000);
	/* A keep-alive's byte, one ahead of the stream. */
	CU_ASSERT_FALSE(flow_stream_add(&streams, id, 999, (const uint8_t *)"x", 1, false));
	CU_ASSERT(flow_stream_add(&streams, id, 990, (const uint8_t *)"xxxxxxxxxxABC", 13, false));
	CU_ASSERT_EQUAL(length(id), 3);
	flow_streams_free(&streams);
}

static void too_many_ranges(void)
{
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 0);
	for (uint32_t i = 1; i <= FLOW_STREAM_RANGES + 4; i++)
		CU_ASSERT_FALSE(add(id, 0, i * 100, i * 100 + 50));
	CU_ASSERT(add(id, 0, 0, 100));
	CU_ASSERT(holds(id, 150));
	for (uint32_t i = 1; i <= FLOW_STREAM_RANGES; i++)
		(void)add(id, 0, i * 100 + 50, i * 100 + 100);
	CU_ASSERT(holds(id, FLOW_STREAM_RANGES * 100 + 100));
	flow_streams_free(&streams);
}

static void cut_segments(void)
{
	uint32_t id;

	start(1 << 20);
	id = flow_stream_open(&streams, 0);
	CU_ASSERT(add(id, 0, 0, 10));
	CU_ASSERT(flow_stream_add(&streams, id, 10, text + 10, 20, true));
	CU_ASSERT(holds(id, 30));
	CU_ASSERT(closed(id));
	flow_stream_release(&streams, id);
	/* Cut and out of order: what is before it still comes. */
	id = flow_stream_open(&streams, 0);
	CU_ASSERT_FALSE(flow_stream_add(&streams, id, 10, text + 10, 20, true));
	CU_ASSERT(!closed(id));
	CU_ASSERT(add(id, 0, 0, 15));
	CU_ASSERT(holds(id, 30));
	CU_ASSERT(closed(id));
	flow_stream_release(&streams, id);
	/* Cut, but what followed is held already. */
	id = flow_stream_open(&streams, 0);
	CU_ASSERT_FALSE(add(id, 0, 100, 200));
	CU_ASSERT(flow_stream_add(&streams, id, 0, text, 50, true));
	CU_ASSERT(add(id, 0, 50, 100));
	CU_ASSERT(holds(id, 200));
	flow_stream_release(&streams, id);
	/* Cut to nothing. */
	id = flow_stream_open(&streams, 0);
	CU_ASSERT(add(id, 0, 0, 5));
	CU_ASSERT_FALSE(flow_stream_add(&streams, id, 5, text, 0, true));
	CU_ASSERT(closed(id));
	flow_streams_free(&streams);
}

static void holes_that_stay(void)
{
	uint32_t id, i;

	start(1 << 20);
	id = flow_stream_open(&streams, 0);
	CU_ASSERT(add(id, 0, 0, 10));
	CU_ASSERT_FALSE(add(id, 0, 20, 30));
	for (i = 0; i < FLOW_STREAM_PATIENCE / FLOW_STREAM_ACKED - 1; i++) {
		CU_ASSERT(!closed(id));
		flow_stream_acked(&streams, id, 10);
		flow_stream_acked(&streams, id, 30);
	}
	CU_ASSERT(!closed(id));
	flow_stream_acked(&streams, id, 30);
	CU_ASSERT(closed(id));
	CU_ASSERT_FALSE(add(id, 0, 10, 20));
	CU_ASSERT(holds(id, 10));
	flow_stream_release(&streams, id);
	/* The sender going on without acknowledgements being seen; filling begins anew. */
	id = flow_stream_open(&streams, 0);
	for (i = 0; i < FLOW_STREAM_PATIENCE - 1; i++)
		(void)add(id, 0, 20 + i, 21 + i);
	CU_ASSERT(!closed(id));
	CU_ASSERT(add(id, 0, 0, 20));
	for (i = 0; i < FLOW_STREAM_PATIENCE - 1; i++)
		(void)flow_stream_add(&streams, id, 2 * FLOW_STREAM_MAX, text, 100, false);
	CU_ASSERT(!closed(id));
	(void)flow_stream_add(&streams, id, 2 * FLOW_STREAM_MAX, text, 100, false);
	CU_ASSERT(closed(id));
	flow_streams_free(&streams);
}

static void memory_runs_out(void)
{
	uint32_t ids[64];

	start(FLOW_ARENA_SLAB);
	for (unsigned i = 0; i < 64; i++) {
		ids[i] = flow_stream_open(&streams, 0);
		CU_ASSERT_NOT_EQUAL(ids[i], FLOW_STREAM_NONE);
		CU_ASSERT(add(ids[i], 0, 0, 512));
	}
	CU_ASSERT_EQUAL(flow_stream_open(&streams, 0), FLOW_STREAM_NONE);
	CU_ASSERT_EQUAL(streams.refused, 1);
	/* No larger block: it keeps what it has and says that it takes no more. */
	CU_ASSERT_FALSE(add(ids[5], 0, 512, 513));
	CU_ASSERT(holds(ids[5], 512));
	CU_ASSERT(closed(ids[5]));
	CU_ASSERT_EQUAL(streams.refused, 2);
	CU_ASSERT_FALSE(add(ids[5], 0, 512, 513));
	CU_ASSERT_EQUAL(streams.refused, 2);
	for (unsigned i = 0; i < 64; i++)
		flow_stream_release(&streams, ids[i]);
	ids[0] = flow_stream_open(&streams, 0);
	CU_ASSERT(add(ids[0], 0, 0, 512));
	flow_streams_free(&streams);
	start(0);
	CU_ASSERT_EQUAL(flow_stream_open(&streams, 0), FLOW_STREAM_NONE);
	flow_streams_free(&streams);
}

/* Garbage of every kind keeps to its bounds (address sanitizer looks on). */
static void hostile_segments(void)
{
	uint64_t r = 42;

	start(4 * FLOW_ARENA_SLAB);
	for (unsigned round = 0; round < 300; round++) {
		uint32_t base = (uint32_t)fix_random(&r), id = flow_stream_open(&streams, base);
		size_t before = 0;

		for (unsigned i = 0; i < 60; i++) {
			uint32_t at = (uint32_t)fix_random(&r) % (i % 7 == 0   ? UINT32_MAX
								  : i % 3 == 0 ? 70000
									       : 600);
			uint32_t len = (uint32_t)(fix_random(&r) % (i % 5 == 0 ? 33000 : 90));

			(void)flow_stream_add(&streams, id, base + at - 300, text, len,
					      fix_random(&r) % 40 == 0);
			flow_stream_acked(
				&streams, id,
				base + (uint32_t)(fix_random(&r) % (i % 9 == 0 ? 9000 : 9)));
			CU_ASSERT(length(id) >= before && length(id) <= FLOW_STREAM_MAX);
			before = length(id);
		}
		flow_stream_release(&streams, id);
	}
	flow_streams_free(&streams);
}

CU_TestInfo tests_stream[] = {
	{ "bytes in order are kept up to the limit", in_order },
	{ "a segment beyond the limit is cut there", one_segment_past_the_limit },
	{ "the last byte may come first", last_byte_first },
	{ "any split in any order gives the text", any_split_any_order },
	{ "single bytes may come backwards", bytewise_backwards },
	{ "where segments overlap the first bytes stay", overlaps_with_other_bytes },
	{ "sequence numbers wrap", wrap },
	{ "bytes from before the start are left out", from_before_the_base },
	{ "ranges beyond what is remembered may come again", too_many_ranges },
	{ "a segment cut by the snap length is the last", cut_segments },
	{ "a hole that is never filled closes the stream", holes_that_stay },
	{ "memory running out is said and counted", memory_runs_out },
	{ "hostile segments stay within bounds", hostile_segments },
	CU_TEST_INFO_NULL,
};
