/* The Internet checksum (RFC 1071). */
#include "packet/walk.h"

uint32_t checksum_add(uint32_t sum, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	uint64_t wide = sum;

	while (cursor_left(&c) >= 4)
		wide += cursor_be32(&c);
	if (cursor_left(&c) >= 2)
		wide += cursor_be16(&c);
	if (cursor_left(&c) == 1)
		wide += (unsigned)cursor_u8(&c) << 8;
	wide = (wide & 0xffffffff) + (wide >> 32);
	wide = (wide & 0xffff) + (wide >> 16 & 0xffff) + (wide >> 32);
	return (uint32_t)wide;
}

bool checksum_fits(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

bool checksum_segment_fits(const struct facts *f, uint8_t protocol, const uint8_t *bytes,
			   size_t len)
{
	/* The mapped form adds only zeroes and, twice, ffff, which is nothing to this sum. */
	uint32_t sum = checksum_add(checksum_add(0, f->src.b, 16), f->dst.b, 16);

	sum += (uint32_t)(len >> 16) + (uint32_t)(len & 0xffff) + protocol;
	return checksum_fits(checksum_add(sum, bytes, len));
}
