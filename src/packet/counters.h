/* Every frame in exactly one named counter. */
#ifndef FA_PACKET_COUNTERS_H
#define FA_PACKET_COUNTERS_H

#include "packet/facts.h"

/* Distinct EtherTypes and link types counted by number; later ones share one "other" name. */
#define COUNTERS_NUMBERED 64

/**
 * struct counters - Frames by class, and by number for the CLASS_NAMED_* ones
 *
 * The sum over everything counters_next() yields equals the frames counted.
 */
struct counters {
	uint64_t by_class[CLASS_COUNT]; /* the named classes stay 0 here */
	uint64_t ip_protocol[256];
	struct {
		uint64_t frames;
		uint16_t value;
		uint8_t class; /* CLASS_NAMED_ETHERTYPE or CLASS_NAMED_LINKTYPE */
	} numbered[COUNTERS_NUMBERED];
	unsigned numbered_count;
	uint64_t numbered_other;
};

void counters_add(struct counters *c, const struct facts *f);
/* Add all of @from to @to. */
void counters_merge(struct counters *to, const struct counters *from);

/* What was counted since: @counted, less @before, which is an earlier state of it. */
void counters_since(struct counters *since, const struct counters *counted,
		    const struct counters *before);

#define COUNTER_NAME 40

/**
 * counters_next() - Walk the non-zero counters in a fixed order
 * @pos:	Start with 0; advanced
 * @name:	"tcp", "udp", "icmp", "fragment", "arp", "truncated_ip",
 *		"ip_protocol_253", "ethertype_0x88b5", "linktype_147", ...;
 *		well-known numbers by name: "ip_protocol_esp", "ethertype_profinet"
 *
 * Return: true while there is one
 */
bool counters_next(const struct counters *c, unsigned *pos, char name[static COUNTER_NAME],
		   uint64_t *frames);

#endif
