/* Compressed inputs by libarchive; private to the capture room. */
#ifndef FA_CAPTURE_UNPACK_H
#define FA_CAPTURE_UNPACK_H

#include "capture/block.h"

/**
 * struct unpack_limits - When an input is a bomb
 * @max_ratio:	Unpacked bytes a packed byte, at most ...
 * @floor:	... once this many unpacked bytes have come out
 */
struct unpack_limits {
	uint32_t max_ratio;
	uint64_t floor;
};

/* Name of the compression these first bytes begin ("gzip"), or NULL. */
const char *unpack_knows(const uint8_t *head, size_t len);

/**
 * unpack_open() - Read what @packed holds
 * @in:		Filled; gives the unpacked bytes
 * @packed:	Taken over, also when this fails
 * @names:	Filled with the compressions met, outermost last: "gzip", "zstd, gzip"
 * @size:	Of @names
 *
 * Return: 0; FA_EFORMAT when nothing can be unpacked; FA_EIO; FA_ENOMEM
 */
int unpack_open(struct block_reader *in, struct block_reader *packed, size_t cap,
		const struct unpack_limits *limits, char *names, size_t size, struct fa_error *err);

#endif
