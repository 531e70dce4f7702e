/*
 * Capture files, plain and packed.  The input is the file.
 *
 * A plain one is read from memory and in pieces of a few bytes: the frames, the
 * end and what is said of the file must be the same.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/source_priv.h"
#include "fuzz.h"

/* An input handed out a few bytes at a time. */
struct trickle {
	const uint8_t *bytes;
	size_t left;
	size_t step;
};

/* What was read of a capture. */
struct reading {
	struct source_info info;
	struct fa_error err;
	uint64_t frames;
	uint64_t digest;
	int end;
};

static ssize_t trickle_read(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	struct trickle *t = from;
	size_t n = 1 + t->step++ % 13;

	(void)err;
	n = MIN(n, MIN(room, t->left));
	memcpy(to, t->bytes, n);
	t->bytes += n;
	t->left -= n;
	return (ssize_t)n;
}

static const struct block_ops trickle_ops = { .read = trickle_read };

static void digest(struct reading *r, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		r->digest = (r->digest ^ p[i]) * UINT64_C(0x100000001b3);
}

/* @number: of the frame before.  Blocks that others count as frames keep their numbers. */
static void check_frame(struct reading *r, const struct frame *f, uint64_t *number)
{
	FA_ASSERT(f->caplen <= FRAME_MAX && f->wirelen >= f->caplen);
	FA_ASSERT(f->number > *number);
	*number = f->number;
	r->frames++;
	digest(r, f->bytes, f->caplen);
	digest(r, &f->ts_ns, sizeof(f->ts_ns));
	digest(r, &f->wirelen, sizeof(f->wirelen));
	digest(r, &f->linktype, sizeof(f->linktype));
	digest(r, &f->iface, sizeof(f->iface));
	digest(r, &f->has_time, sizeof(f->has_time));
}

static void read_all(struct source *src, struct reading *r)
{
	struct frame frames[FRAME_BATCH];
	uint64_t number = 0;

	while ((r->end = source_next(src, frames, &r->err)) > 0)
		for (int i = 0; i < r->end; i++)
			check_frame(r, &frames[i], &number);
	r->info = *source_info(src);
	FA_ASSERT(r->info.frames == r->frames && r->info.filtered == 0);
	FA_ASSERT(memchr(r->info.format, 0, sizeof(r->info.format)) != NULL);
	FA_ASSERT(memchr(r->info.capture_filter, 0, sizeof(r->info.capture_filter)) != NULL);
	/* Damage is reported again, and an end stays one. */
	FA_ASSERT(source_next(src, frames, &r->err) == r->end);
	source_close(src);
}

static void open_and_read(struct block_reader *in, const struct source_limits *limits,
			  struct reading *r)
{
	struct source *src;

	*r = (struct reading){ 0 };
	r->end = source_open_block(&src, "input", in, NULL, limits, &r->err);
	if (r->end == 0)
		read_all(src, r);
	FA_ASSERT(r->end <= 0 && (r->end == 0 || r->err.text[0] != '\0'));
}

void fuzz_capture(const void *subject, const uint8_t *bytes, size_t len)
{
	struct trickle trickle = { .bytes = bytes, .left = len };
	struct reading whole, pieces;
	struct block_reader in;
	struct fa_error err;

	(void)subject;
	/* A packed one is for fuzz_packed(), which bounds what comes out of it. */
	if (unpack_knows(bytes, len) != NULL)
		return;
	block_open_bytes(&in, bytes, len);
	open_and_read(&in, &source_limits_default, &whole);
	FA_ASSERT(block_open(&in, &trickle_ops, &trickle, 32, &err) == 0);
	open_and_read(&in, &source_limits_default, &pieces);
	FA_ASSERT(whole.end == pieces.end && whole.digest == pieces.digest);
	FA_ASSERT(strcmp(whole.err.text, pieces.err.text) == 0);
	FA_ASSERT(whole.info.truncated == pieces.info.truncated &&
		  whole.info.truncated_at == pieces.info.truncated_at &&
		  whole.info.bytes == pieces.info.bytes &&
		  whole.info.snaplen == pieces.info.snaplen &&
		  whole.info.kernel_drops == pieces.info.kernel_drops &&
		  whole.info.skipped_blocks == pieces.info.skipped_blocks);
}

void fuzz_packed(const void *subject, const uint8_t *bytes, size_t len)
{
	const struct source_limits limits = {
		.block = 4096,
		.unpack = { .max_ratio = 100, .floor = (uint64_t)1 << 20 },
	};
	struct block_reader in;
	struct reading r;

	(void)subject;
	block_open_bytes(&in, bytes, len);
	open_and_read(&in, &limits, &r);
	/* What one read gives at most may lie above the limit when it is met. */
	FA_ASSERT(r.info.bytes <= limits.unpack.floor + 100 * (uint64_t)len + BLOCK_MAX);
}
