/* How a source is put together; for the capture room and its tests. */
#ifndef FA_CAPTURE_SOURCE_PRIV_H
#define FA_CAPTURE_SOURCE_PRIV_H

#include "capture/block.h"
#include "capture/source.h"
#include "capture/unpack.h"

/**
 * struct source_limits - Sizes that only tests change
 * @block:	As BLOCK_BYTES
 * @unpack:	When a compressed input is a bomb
 */
struct source_limits {
	size_t block;
	struct unpack_limits unpack;
};

extern const struct source_limits source_limits_default;

/**
 * source_open_block() - As source_open(), over bytes from anywhere
 * @in:	Taken over, also when this fails
 */
int source_open_block(struct source **src, const char *name, struct block_reader *in,
		      const struct source_options *options, const struct source_limits *limits,
		      struct fa_error *err);

#endif
