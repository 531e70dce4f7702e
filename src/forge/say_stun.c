/* STUN, MSTURN with its challenge, and pseudo-TLS in front of it (RFC 5389, MS-TURN, MS-ICE2). */
#include "forge/stun_message.h"

#include <string.h>

#include "base/util.h"
#include "forge/say.h"

#define MAGIC_COOKIE 0x2112a442u

enum {
	HEADER = 20,
	FRAMED_ICE = 2,    /* RFC 4571 */
	FRAMED_MSTURN = 4, /* MS-TURN 2.1.4 */
};

void stun_begin(struct stun_message *m, unsigned type, const uint8_t id[static 12], bool padded)
{
	*m = (struct stun_message){ .padded = padded };
	m->b = (struct build){ m->bytes, m->bytes + sizeof(m->bytes) };
	build_u16(&m->b, type);
	build_u16(&m->b, 0);
	build_u32(&m->b, MAGIC_COOKIE);
	build_bytes(&m->b, id, 12);
}

void stun_attribute(struct stun_message *m, unsigned type, const void *value, size_t len)
{
	build_u16(&m->b, type);
	build_u16(&m->b, (unsigned)len);
	build_bytes(&m->b, value, len);
	while (m->padded && (m->b.at - m->bytes) % 4 != 0)
		build_u8(&m->b, 0);
}

void stun_attribute_u32(struct stun_message *m, unsigned type, uint32_t value)
{
	uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
			     (uint8_t)value };

	stun_attribute(m, type, bytes, sizeof(bytes));
}

size_t stun_end(struct stun_message *m)
{
	size_t len = (size_t)(m->b.at - m->bytes);

	m->bytes[2] = (uint8_t)((len - HEADER) >> 8);
	m->bytes[3] = (uint8_t)(len - HEADER);
	return len;
}

/* 192.0.2.7:50010, plain or (RFC 5389 15.2) masked by the cookie. */
static void mapped(struct stun_message *m, unsigned type, bool masked)
{
	uint32_t address = 0xc0000207u, port = 50010;
	uint8_t value[8] = { 0, 1 };
	struct build b = { value + 2, value + sizeof(value) };

	build_u16(&b, masked ? port ^ MAGIC_COOKIE >> 16 : port);
	build_u32(&b, masked ? address ^ MAGIC_COOKIE : address);
	stun_attribute(m, type, value, sizeof(value));
}

void stun_say_check(struct script *s, const struct dialogue *d, enum script_end from, bool framed)
{
	static const char names[2][10] = { "ABCD:EFGH", "EFGH:ABCD" };
	enum script_end to = from == SCRIPT_INITIATOR ? SCRIPT_RESPONDER : SCRIPT_INITIATOR;
	uint8_t id[12], proof[20];

	forge_random_bytes(d->random, id, sizeof(id));
	for (unsigned answer = 0; answer < 2; answer++) {
		struct stun_message m;
		size_t len;
		uint8_t *at;

		stun_begin(&m, answer ? 0x0101 : 0x0001, id, true);
		if (answer) {
			mapped(&m, 0x0020, true);
		} else {
			stun_attribute(&m, 0x0006, names[from], 9);
			stun_attribute_u32(&m, 0x0024, 0x6e001eff);
			stun_attribute(&m, from == SCRIPT_INITIATOR ? 0x802a : 0x8029,
				       "\1\2\3\4\5\6\7\10", 8);
		}
		stun_attribute_u32(&m, 0x8070, 3);
		forge_random_bytes(d->random, proof, sizeof(proof));
		stun_attribute(&m, 0x0008, proof, sizeof(proof));
		len = stun_end(&m);
		at = script_room(s, answer ? to : from, len + (framed ? FRAMED_ICE : 0));
		if (framed) {
			*at++ = (uint8_t)(len >> 8);
			*at++ = (uint8_t)len;
		}
		memcpy(at, m.bytes, len);
		script_wait(s, 20);
	}
}

void say_stun(struct script *s, const struct dialogue *d)
{
	stun_say_check(s, d, SCRIPT_INITIATOR, !d->udp);
	stun_say_check(s, d, SCRIPT_INITIATOR, !d->udp);
}

/* MSTURN: every message begins with the magic cookie attribute; nothing is padded. */

static void msturn_begin(struct stun_message *m, unsigned type, const uint8_t id[static 12])
{
	stun_begin(m, type, id, false);
	stun_attribute_u32(m, 0x000f, 0x72c64bc6);
}

static void msturn_say(struct script *s, const struct dialogue *d, struct stun_message *m,
		       enum script_end from)
{
	size_t len = stun_end(m);
	uint8_t *at = script_room(s, from, len + (d->udp ? 0 : FRAMED_MSTURN));

	if (!d->udp) {
		at[0] = 2; /* control */
		at[2] = (uint8_t)(len >> 8);
		at[3] = (uint8_t)len;
		at += FRAMED_MSTURN;
	}
	memcpy(at, m->bytes, len);
	script_wait(s, 10);
}

static void allocate(struct script *s, const struct dialogue *d, const uint8_t id[static 12],
		     bool again)
{
	struct stun_message m;
	uint8_t proof[20];

	msturn_begin(&m, 0x0003, id);
	stun_attribute_u32(&m, 0x8008, 4);
	if (again) {
		stun_attribute(&m, 0x0006, "AgAAJMi1user", 12);
		stun_attribute(&m, 0x0014, "0a1b2c3d4e5f6", 13);
		stun_attribute(&m, 0x0015, "\"rtcmedia\"", 10);
	}
	stun_attribute_u32(&m, 0x0010, 0x2ee0);
	stun_attribute_u32(&m, 0x8055, 0x00010000); /* audio, best effort */
	if (again) {
		forge_random_bytes(d->random, proof, sizeof(proof));
		stun_attribute(&m, 0x0008, proof, sizeof(proof));
	}
	msturn_say(s, d, &m, SCRIPT_INITIATOR);
}

static void challenge(struct script *s, const struct dialogue *d, const uint8_t id[static 12])
{
	struct stun_message m;

	msturn_begin(&m, 0x0113, id);
	stun_attribute(&m, 0x0009, "\0\0\4\1Unauthorized", 16);
	stun_attribute(&m, 0x0014, "0a1b2c3d4e5f6", 13);
	stun_attribute(&m, 0x0015, "\"rtcmedia\"", 10);
	stun_attribute_u32(&m, 0x8008, 4);
	msturn_say(s, d, &m, SCRIPT_RESPONDER);
}

static void allocated(struct script *s, const struct dialogue *d, const uint8_t id[static 12])
{
	struct stun_message m;

	msturn_begin(&m, 0x0103, id);
	mapped(&m, 0x0001, false);
	stun_attribute_u32(&m, 0x0010, 0x2ee0);
	stun_attribute_u32(&m, 0x000d, 60);
	mapped(&m, 0x8020, true);
	stun_attribute_u32(&m, 0x8008, 4);
	msturn_say(s, d, &m, SCRIPT_RESPONDER);
}

/* A check for a peer goes out in a Send request, its answer comes in a Data Indication. */
static void relay(struct script *s, const struct dialogue *d)
{
	uint8_t id[12], inner[12];
	struct stun_message m, check;
	size_t len;

	for (unsigned answer = 0; answer < 2; answer++) {
		forge_random_bytes(d->random, id, sizeof(id));
		if (!answer)
			forge_random_bytes(d->random, inner, sizeof(inner));
		stun_begin(&check, answer ? 0x0101 : 0x0001, inner, true);
		stun_attribute_u32(&check, 0x8070, 3);
		if (answer)
			mapped(&check, 0x0020, true);
		len = stun_end(&check);
		msturn_begin(&m, answer ? 0x0115 : 0x0004, id);
		mapped(&m, answer ? 0x0012 : 0x0011, false);
		stun_attribute(&m, 0x0013, check.bytes, len);
		msturn_say(s, d, &m, answer ? SCRIPT_RESPONDER : SCRIPT_INITIATOR);
	}
}

void say_msturn(struct script *s, const struct dialogue *d)
{
	uint8_t id[2][12];

	forge_random_bytes(d->random, id, sizeof(id));
	allocate(s, d, id[0], false);
	challenge(s, d, id[0]);
	allocate(s, d, id[1], true);
	allocated(s, d, id[1]);
	relay(s, d);
}

/* MS-TURN 2.1.1: 50 and 83 bytes that are fixed but for their random parts. */
void say_pseudo_tls(struct script *s, const struct dialogue *d)
{
	static const uint8_t ask[11] = { 0x16, 3, 1, 0, 0x2d, 1, 0, 0, 0x29, 3, 1 };
	static const uint8_t ask_end[7] = { 0, 0, 2, 0, 0x18, 1, 0 };
	static const uint8_t answer[11] = { 0x16, 3, 1, 0, 0x4e, 2, 0, 0, 0x46, 3, 1 };
	static const uint8_t answer_end[7] = { 0, 0x18, 0, 0x0e, 0, 0, 0 };
	uint8_t *at = script_room(s, SCRIPT_INITIATOR, 50);

	memcpy(at, ask, sizeof(ask));
	forge_random_bytes(d->random, at + 11, 32);
	memcpy(at + 43, ask_end, sizeof(ask_end));
	script_wait(s, 10);
	at = script_room(s, SCRIPT_RESPONDER, 83);
	memcpy(at, answer, sizeof(answer));
	forge_random_bytes(d->random, at + 11, 32);
	at[43] = 32;
	forge_random_bytes(d->random, at + 44, 32);
	memcpy(at + 76, answer_end, sizeof(answer_end));
	script_wait(s, 10);
	say_msturn(s, d);
}
