/*
 * What was said of flows while they live, by the id of their record.
 *
 * An id is given to another flow once its flow has ended: the frame that opened the
 * flow tells the two apart.
 */
#ifndef FA_AUDIT_KNOWN_H
#define FA_AUDIT_KNOWN_H

#include <stdint.h>

/**
 * struct known - One record's flow
 * @frame:	Low bits of its first frame
 * @stage:	Set of what it was looked at for, see recent.c
 * @told:	1 + the verdict that was told; 0: none
 * @due:	It is judged in this look
 */
struct known {
	uint32_t frame;
	uint8_t stage;
	uint8_t told;
	uint8_t due;
};

/* Its entry for the flow that began with @first_frame, emptied if it was another's. */
static inline struct known *known_at(struct known *known, uint32_t id, uint64_t first_frame)
{
	if (known[id].frame != (uint32_t)first_frame)
		known[id] = (struct known){ .frame = (uint32_t)first_frame };
	return &known[id];
}

#endif
