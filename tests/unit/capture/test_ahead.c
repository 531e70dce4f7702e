/* Reading ahead: the same bytes, ends and errors as without it. */
#include "capture/ahead.h"

#include <CUnit/CUnit.h>

extern CU_TestInfo tests_ahead[];

/* Gives @left bytes that count up, @piece at a time, then 0 or an error. */
struct origin {
	size_t piece, left;
	ssize_t then;
	uint8_t next;
	bool closed;
};

static ssize_t origin_read(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	struct origin *o = from;
	size_t n = MIN(MIN(room, o->piece), o->left);

	if (n == 0)
		return o->then == 0 ? 0 : error_set(err, (int)o->then, "the disk is gone");
	for (size_t i = 0; i < n; i++)
		to[i] = o->next++;
	o->left -= n;
	return (ssize_t)n;
}

static bool origin_cut(const void *from)
{
	const struct origin *o = from;

	return o->left == 0;
}

static void origin_close(void *from)
{
	struct origin *o = from;

	o->closed = true;
}

static const struct block_ops origin_ops = { origin_read, origin_cut, origin_close };

static void open_ahead(struct block_reader *in, struct origin *o, size_t cap)
{
	CU_ASSERT_EQUAL_FATAL(block_open(in, &origin_ops, o, cap, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(ahead_start(in, NULL), 0);
}

/* Read to the end in steps of @step; how much there was, all of it counting up. */
static size_t drain(struct block_reader *in, size_t step, struct fa_error *err, int *last)
{
	size_t total = 0;

	do {
		*last = block_need(in, step, err);
		while (*last >= 0 && block_left(in) >= (*last == 1 ? step : 1)) {
			if (*in->pos != (uint8_t)total)
				CU_FAIL_FATAL("not the bytes that were sent");
			in->pos++;
			total++;
		}
	} while (*last == 1);
	return total;
}

static void same_bytes(void)
{
	static const size_t pieces[] = { 1, 3, 4096, BLOCK_BYTES - 1, BLOCK_BYTES, SIZE_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct origin o = { .piece = pieces[i],
				    .left = pieces[i] < 4096 ? 50000 : 9 * BLOCK_BYTES + 17 };
		size_t want = o.left;
		struct block_reader in;
		int last;

		open_ahead(&in, &o, i % 2 == 0 ? 64 : BLOCK_BYTES);
		CU_ASSERT_EQUAL(drain(&in, 37, NULL, &last), want);
		CU_ASSERT_EQUAL(last, 0);
		CU_ASSERT(in.ended && block_cut(&in));
		CU_ASSERT_EQUAL(block_offset(&in), want);
		block_close(&in);
		CU_ASSERT(o.closed);
	}
}

static void nothing_at_all(void)
{
	struct origin o = { .piece = 10 };
	struct block_reader in;

	open_ahead(&in, &o, 64);
	CU_ASSERT_EQUAL(block_need(&in, 1, NULL), 0);
	block_close(&in);
	CU_ASSERT(o.closed);
}

static void errors_come_after_the_bytes(void)
{
	struct origin o = { .piece = 100, .left = 1000, .then = FA_EIO };
	struct block_reader in;
	struct fa_error err;
	size_t got = 0;

	open_ahead(&in, &o, 64);
	while (block_need(&in, 1, &err) == 1) {
		got += block_left(&in);
		in.pos = in.end;
	}
	CU_ASSERT_EQUAL(got, 1000);
	CU_ASSERT_EQUAL(err.code, FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "the disk is gone");
	block_close(&in);
}

/* The producer is waiting for room, at work, or done: close ends it every time. */
static void closing_early(void)
{
	for (size_t blocks = 0; blocks < 40; blocks++) {
		struct origin o = { .piece = SIZE_MAX, .left = blocks * BLOCK_BYTES };
		struct block_reader in;

		open_ahead(&in, &o, BLOCK_BYTES);
		if (blocks % 2 == 1)
			CU_ASSERT_EQUAL(block_need(&in, 1, NULL), 1);
		block_close(&in);
		CU_ASSERT(o.closed);
	}
}

CU_TestInfo tests_ahead[] = {
	{ "the same bytes come, whatever the pieces", same_bytes },
	{ "an input without bytes ends at once", nothing_at_all },
	{ "an error comes after the bytes before it, with its text", errors_come_after_the_bytes },
	{ "closing early ends the thread", closing_early },
	CU_TEST_INFO_NULL,
};
