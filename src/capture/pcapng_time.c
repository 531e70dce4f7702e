/* pcapng time stamps to nanoseconds, without overflow for any file. */
#include "capture/pcapng_time.h"

#include "base/util.h"

/* 10^@n for @n <= 19, the largest that fits. */
static uint64_t power_of_ten(unsigned n)
{
	uint64_t v = 1;

	while (n-- > 0)
		v *= 10;
	return v;
}

struct pcapng_clock pcapng_clock(uint8_t tsresol, int64_t offset_s)
{
	struct pcapng_clock c = { .shift = tsresol & 0x7fu, .binary = (tsresol & 0x80) != 0 };

	if (!c.binary && c.shift <= 9)
		c.multiply = power_of_ten(9 - c.shift);
	else if (!c.binary && c.shift <= 28)
		c.divide = power_of_ten(c.shift - 9);
	if (__builtin_mul_overflow(offset_s, NS_PER_S, &c.offset_ns))
		c.offset_ns = offset_s < 0 ? INT64_MIN : INT64_MAX;
	return c;
}

/* Ticks of 2^-shift seconds. */
static uint64_t binary_time(unsigned shift, uint64_t ticks)
{
	uint64_t s, fraction;
	unsigned bits = shift;

	if (shift >= 64) {
		s = 0;
		fraction = ticks;
	} else {
		s = ticks >> shift;
		fraction = ticks & ((UINT64_C(1) << shift) - 1);
	}
	/* 34 bits of a second are 58 ps, and times 10^9 they still fit in 64. */
	if (bits > 34) {
		fraction = bits - 34 < 64 ? fraction >> (bits - 34) : 0;
		bits = 34;
	}
	if (s > (uint64_t)(INT64_MAX / NS_PER_S) - 1)
		return INT64_MAX;
	return s * (uint64_t)NS_PER_S + (fraction * (uint64_t)NS_PER_S >> bits);
}

int64_t pcapng_time(const struct pcapng_clock *clock, uint64_t ticks)
{
	uint64_t ns;
	int64_t sum;

	if (clock->multiply != 0) {
		if (__builtin_mul_overflow(ticks, clock->multiply, &ns))
			ns = INT64_MAX;
	} else if (clock->binary) {
		ns = binary_time(clock->shift, ticks);
	} else {
		ns = clock->divide == 0 ? 0 : ticks / clock->divide;
	}
	if (ns > INT64_MAX)
		ns = INT64_MAX;
	if (__builtin_add_overflow((int64_t)ns, clock->offset_ns, &sum))
		sum = INT64_MAX; /* only upwards: ns is not negative */
	return sum;
}
