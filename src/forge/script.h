/*
 * What two ends say to each other, message by message.
 *
 * A script knows nothing of addresses, ports or transport: on TCP its messages
 * are put on the stream as they are (already framed where the protocol frames
 * them), on UDP each is a datagram.  What the network does to it is for talk.h.
 */
#ifndef FA_FORGE_SCRIPT_H
#define FA_FORGE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum script_end { SCRIPT_INITIATOR, SCRIPT_RESPONDER };

/**
 * struct script_message - One message
 * @at, @len:	Its bytes, script->bytes[@at ...]
 * @wait_ms:	Pause before it
 */
struct script_message {
	size_t at;
	uint32_t len;
	uint32_t wait_ms;
	uint8_t from; /* enum script_end */
};

/* Bytes of a message at most; the longest is a flight of a TLS handshake. */
#define SCRIPT_MESSAGE_MOST 4096

/* Zero-initialise; script_free() releases what it holds. */
struct script {
	struct script_message *messages;
	size_t count, cap;
	uint8_t *bytes;
	size_t len, bytes_cap;
	uint32_t wait_ms;                     /* for the next message */
	bool nomem;                           /* something is missing for want of memory */
	uint8_t nowhere[SCRIPT_MESSAGE_MOST]; /* written to without memory, never read */
};

/* Append a message of @len bytes, SCRIPT_MESSAGE_MOST at most, zeroed, and give its place; valid until the next call.
 * Never NULL: without memory a place to write into that nobody reads. */
uint8_t *script_room(struct script *s, enum script_end from, size_t len);
void script_say(struct script *s, enum script_end from, const void *bytes, size_t len);
/* The next message comes @ms later than it would. */
void script_wait(struct script *s, unsigned ms);
void script_free(struct script *s);

/* Cursor-like writing of big-endian fields, for the files that build messages. */
struct build {
	uint8_t *at, *end;
};
void build_u8(struct build *b, unsigned v);
void build_u16(struct build *b, unsigned v);
void build_u24(struct build *b, unsigned v);
void build_u32(struct build *b, uint32_t v);
void build_bytes(struct build *b, const void *bytes, size_t len);

#endif
