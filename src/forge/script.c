/* Messages in one growing block of bytes. */
#include "forge/script.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

uint8_t *script_room(struct script *s, enum script_end from, size_t len)
{
	FA_ASSERT(len <= SCRIPT_MESSAGE_MOST);
	if (memory_grow(&s->messages, &s->cap, s->count + 1, sizeof(*s->messages)) != 0 ||
	    memory_grow(&s->bytes, &s->bytes_cap, s->len + len, 1) != 0) {
		s->nomem = true;
		return s->nowhere;
	}
	s->messages[s->count++] = (struct script_message){
		.at = s->len,
		.len = (uint32_t)len,
		.wait_ms = s->wait_ms,
		.from = (uint8_t)from,
	};
	memset(s->bytes + s->len, 0, len);
	s->len += len;
	s->wait_ms = 0;
	return s->bytes + s->len - len;
}

void script_say(struct script *s, enum script_end from, const void *bytes, size_t len)
{
	memcpy(script_room(s, from, len), bytes, len);
}

void script_wait(struct script *s, unsigned ms)
{
	s->wait_ms += ms;
}

void script_free(struct script *s)
{
	free(s->messages);
	free(s->bytes);
	*s = (struct script){ 0 };
}

/* What does not fit is a mistake of ours: messages are laid out by their sizes. */
static uint8_t *take(struct build *b, size_t len)
{
	uint8_t *at = b->at;

	FA_ASSERT(len <= (size_t)(b->end - b->at));
	b->at += len;
	return at;
}

void build_u8(struct build *b, unsigned v)
{
	*take(b, 1) = (uint8_t)v;
}

void build_u16(struct build *b, unsigned v)
{
	build_u8(b, v >> 8);
	build_u8(b, v);
}

void build_u24(struct build *b, unsigned v)
{
	build_u8(b, v >> 16);
	build_u16(b, v);
}

void build_u32(struct build *b, uint32_t v)
{
	build_u16(b, v >> 16);
	build_u16(b, v);
}

void build_bytes(struct build *b, const void *bytes, size_t len)
{
	memcpy(take(b, len), bytes, len);
}
