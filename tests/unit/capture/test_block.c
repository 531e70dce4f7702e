/* The sliding window: contiguous bytes, offsets, ends and errors. */
#include "capture/block.h"

#include <stdlib.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

/* Counts up from 0, @piece bytes a read, @left bytes in all, then @then. */
struct counter {
	uint8_t next;
	size_t piece, left;
	ssize_t then;
	bool closed;
};

static ssize_t count_up(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	struct counter *c = from;
	size_t n = MIN(MIN(room, c->piece), c->left), i;

	if (n == 0)
		return c->then < 0 ? error_set(err, (int)c->then, "the disk is gone") : 0;
	for (i = 0; i < n; i++)
		to[i] = c->next++;
	c->left -= n;
	return (ssize_t)n;
}

static void counter_close(void *from)
{
	struct counter *c = from;

	c->closed = true;
}

static const struct block_ops counter_ops = { .read = count_up, .close = counter_close };

static void test_window(void)
{
	struct counter c = { .piece = 3, .left = 100 };
	struct block_reader in;
	unsigned i, at = 0;

	CU_ASSERT_EQUAL_FATAL(block_open(&in, &counter_ops, &c, 16, NULL), 0);
	CU_ASSERT_EQUAL(block_offset(&in), 0);
	/* Steps of 7 over a buffer of 16 in pieces of 3: every alignment of the tail. */
	while (at + 7 <= 100) {
		CU_ASSERT_EQUAL_FATAL(block_need(&in, 7, NULL), 1);
		CU_ASSERT_EQUAL(block_offset(&in), at);
		for (i = 0; i < 7; i++)
			CU_ASSERT_EQUAL(in.pos[i], at + i);
		in.pos += 7;
		at += 7;
	}
	CU_ASSERT_EQUAL(block_need(&in, 7, NULL), 0);
	CU_ASSERT_EQUAL(block_left(&in), 2);
	CU_ASSERT_EQUAL(in.pos[0], 98);
	CU_ASSERT_EQUAL(block_need(&in, 2, NULL), 1);
	CU_ASSERT_EQUAL(block_need(&in, 3, NULL), 0);
	CU_ASSERT_FALSE(block_cut(&in));
	block_close(&in);
	CU_ASSERT_TRUE(c.closed);
}

static void test_growth(void)
{
	struct counter c = { .piece = 1000, .left = 5000 };
	struct block_reader in;
	size_t i;

	CU_ASSERT_EQUAL_FATAL(block_open(&in, &counter_ops, &c, 16, NULL), 0);
	CU_ASSERT_EQUAL(block_need(&in, 5, NULL), 1);
	in.pos += 5;
	CU_ASSERT_EQUAL(block_need(&in, 4000, NULL), 1);
	for (i = 0; i < 4000; i++)
		if (in.pos[i] != (uint8_t)(5 + i))
			break;
	CU_ASSERT_EQUAL(i, 4000);
	CU_ASSERT_EQUAL(block_offset(&in), 5);
	block_close(&in);
}

static void test_error(void)
{
	struct counter c = { .piece = 4, .left = 6, .then = FA_EIO };
	struct block_reader in;
	struct fa_error err;

	CU_ASSERT_EQUAL_FATAL(block_open(&in, &counter_ops, &c, 16, NULL), 0);
	CU_ASSERT_EQUAL(block_need(&in, 6, &err), 1);
	CU_ASSERT_EQUAL(block_need(&in, 7, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "the disk is gone");
	block_close(&in);
}

static void test_borrowed(void)
{
	static const uint8_t bytes[4] = { 1, 2, 3, 4 };
	struct block_reader in;

	block_open_bytes(&in, bytes, 4);
	CU_ASSERT_PTR_EQUAL(in.pos, bytes);
	CU_ASSERT_EQUAL(block_need(&in, 4, NULL), 1);
	CU_ASSERT_EQUAL(block_need(&in, 5, NULL), 0);
	in.pos += 3;
	CU_ASSERT_EQUAL(block_offset(&in), 3);
	block_close(&in);
	block_open_bytes(&in, NULL, 0);
	CU_ASSERT_EQUAL(block_need(&in, 1, NULL), 0);
	block_close(&in);
}

static void test_descriptor(void)
{
	struct block_reader in;
	struct fa_error err;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_EQUAL(write(fds[1], "abcdef", 6), 6);
	close(fds[1]);
	CU_ASSERT_EQUAL_FATAL(block_open_fd(&in, fds[0], true, 4, NULL), 0);
	CU_ASSERT_EQUAL(block_need(&in, 4, &err), 1);
	in.pos += 4;
	CU_ASSERT_EQUAL(block_need(&in, 4, &err), 0);
	CU_ASSERT_EQUAL(block_left(&in), 2);
	block_close(&in);
	CU_ASSERT_EQUAL(close(fds[0]), -1); /* it was closed with its reader */

	CU_ASSERT_EQUAL_FATAL(block_open_fd(&in, -1, false, 4, NULL), 0);
	CU_ASSERT_EQUAL(block_need(&in, 1, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "cannot read: Bad file descriptor");
	block_close(&in);
}

static void test_orders(void)
{
	static const uint8_t p[4] = { 1, 2, 3, 4 };

	CU_ASSERT_EQUAL(block_u16(p, true), 0x0102);
	CU_ASSERT_EQUAL(block_u16(p, false), 0x0201);
	CU_ASSERT_EQUAL(block_u32(p, true), 0x01020304);
	CU_ASSERT_EQUAL(block_u32(p, false), 0x04030201);
}

extern CU_TestInfo tests_block[];
CU_TestInfo tests_block[] = {
	{ "records that straddle the buffer are contiguous, in order, and end at the end",
	  test_window },
	{ "a piece longer than the buffer makes it grow", test_growth },
	{ "an error of the input is passed on", test_error },
	{ "borrowed bytes are not copied", test_borrowed },
	{ "a descriptor is read to its end and closed", test_descriptor },
	{ "numbers are read in both orders", test_orders },
	CU_TEST_INFO_NULL,
};
