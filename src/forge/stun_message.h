/* Building STUN messages, for those that say STUN, MSTURN and media.  Private to this room. */
#ifndef FA_FORGE_STUN_MESSAGE_H
#define FA_FORGE_STUN_MESSAGE_H

#include "forge/dialogue.h"

/* @padded: attributes to four bytes, as RFC 5389 15 wants and MS-TURN does not. */
struct stun_message {
	uint8_t bytes[512];
	struct build b;
	bool padded;
};

void stun_begin(struct stun_message *m, unsigned type, const uint8_t id[static 12], bool padded);
void stun_attribute(struct stun_message *m, unsigned type, const void *value, size_t len);
void stun_attribute_u32(struct stun_message *m, unsigned type, uint32_t value);
/* Writes the length.  Return: bytes of the message. */
size_t stun_end(struct stun_message *m);

/* An ICE check of MS-ICE2 and its answer; @framed by RFC 4571, as on TCP. */
void stun_say_check(struct script *s, const struct dialogue *d, enum script_end from, bool framed);

#endif
