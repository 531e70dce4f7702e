/* Time stamps of pcapng interfaces; private to the capture room. */
#ifndef FA_CAPTURE_PCAPNG_TIME_H
#define FA_CAPTURE_PCAPNG_TIME_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct pcapng_clock - What one tick of an interface is
 * @multiply:	Nanoseconds a tick; 0 where a tick is shorter than that
 * @divide:	Ticks a nanosecond, when @multiply is 0 and not @binary; 0: more than
 *		any count of ticks reaches
 * @binary:	A tick is 2^-@shift seconds
 * @offset_ns:	if_tsoffset, kept within +-292 years
 */
struct pcapng_clock {
	uint64_t multiply;
	uint64_t divide;
	unsigned shift;
	bool binary;
	int64_t offset_ns;
};

/**
 * pcapng_clock() - Clock of an interface
 * @tsresol:	The if_tsresol byte: 10^-n s, or 2^-n s with the top bit set; 6
 *		where the option is absent (draft-ietf-opsawg-pcapng 4.2)
 * @offset_s:	if_tsoffset, or 0
 */
struct pcapng_clock pcapng_clock(uint8_t tsresol, int64_t offset_s);

/* Nanoseconds since the epoch; what does not fit is the nearest that does. */
int64_t pcapng_time(const struct pcapng_clock *clock, uint64_t ticks);

#endif
