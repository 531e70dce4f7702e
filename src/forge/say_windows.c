/* Windows' own: DCE/RPC with the endpoint mapper, SMB 2, .NET message framing. */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "forge/say.h"

/* Little endian, as both are here. */
static void le16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)v;
	at[1] = (uint8_t)(v >> 8);
}

static void le32(uint8_t *at, uint32_t v)
{
	le16(at, v & 0xffff);
	le16(at + 2, v >> 16);
}

/* C706 12.6.3.1: the common header of a connection-oriented PDU. */
static uint8_t *pdu(struct script *s, enum script_end from, unsigned type, size_t size,
		    uint32_t call)
{
	uint8_t *at = script_room(s, from, size);

	at[0] = 5;
	at[2] = (uint8_t)type;
	at[3] = 3; /* first and last fragment */
	at[4] = 0x10;
	le16(at + 8, (unsigned)size);
	le32(at + 12, call);
	return at;
}

static const uint8_t mapper[16] = { 0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11,
				    0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa };
static const uint8_t ndr[16] = { 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
				 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };

static void bind(struct script *s)
{
	uint8_t *at = pdu(s, SCRIPT_INITIATOR, 11, 72, 1);

	le16(at + 16, 5840);
	le16(at + 18, 5840);
	at[24] = 1; /* one context, one transfer syntax */
	at[30] = 1;
	memcpy(at + 32, mapper, sizeof(mapper));
	le16(at + 48, 3);
	memcpy(at + 52, ndr, sizeof(ndr));
	le32(at + 68, 2);
	script_wait(s, 3);
	at = pdu(s, SCRIPT_RESPONDER, 12, 60, 1);
	le16(at + 16, 5840);
	le16(at + 18, 5840);
	le32(at + 20, 0x1234);
	le16(at + 24, 4);
	memcpy(at + 26, "135", 4);
	at[32] = 1; /* one result: acceptance */
	memcpy(at + 40, ndr, sizeof(ndr));
	le32(at + 56, 2);
	script_wait(s, 3);
}

/* C706 appendix L: a tower of five floors that ends in TCP @port and an address. */
static size_t tower(uint8_t *at, unsigned port)
{
	static const uint8_t interface[16] = { 0xa0, 0x01, 0, 0, 0, 0, 0, 0,
					       0xc0, 0,    0, 0, 0, 0, 0, 0x46 };
	uint8_t *p = at;

	le16(p, 5);
	p += 2;
	for (unsigned i = 0; i < 2; i++) {
		le16(p, 19);
		p[2] = 0x0d;
		memcpy(p + 3, i == 0 ? interface : ndr, 16);
		le16(p + 19, i == 0 ? 0 : 2);
		le16(p + 21, 2);
		p += 25;
	}
	le16(p, 1);
	p[2] = 0x0b; /* RPC, connection oriented */
	le16(p + 3, 2);
	p += 7;
	le16(p, 1);
	p[2] = 0x07; /* TCP */
	le16(p + 3, 2);
	p[5] = (uint8_t)(port >> 8);
	p[6] = (uint8_t)port;
	p += 7;
	le16(p, 1);
	p[2] = 0x09; /* IP */
	le16(p + 3, 4);
	p += 9;
	return (size_t)(p - at);
}

/* ept_map, and its answer with one tower. */
static void map(struct script *s, unsigned port)
{
	uint8_t floors[128] = { 0 };
	size_t n = tower(floors, 135), padded = (n + 3) & ~(size_t)3;
	uint8_t *at = pdu(s, SCRIPT_INITIATOR, 0, 24 + 4 + 16 + 4 + 8 + padded + 20 + 4, 2);

	le32(at + 16, (uint32_t)(4 + 16 + 4 + 8 + padded + 20 + 4));
	le16(at + 22, 3);
	le32(at + 24, 1);      /* object: referent, nil */
	le32(at + 24 + 20, 2); /* tower: referent, lengths */
	le32(at + 24 + 24, (uint32_t)n);
	le32(at + 24 + 28, (uint32_t)n);
	memcpy(at + 24 + 32, floors, n);
	le32(at + 24 + 32 + padded + 20, 1); /* at most one */
	script_wait(s, 3);
	n = tower(floors, port);
	at = pdu(s, SCRIPT_RESPONDER, 2, 24 + 20 + 4 + 12 + 4 + 8 + padded + 4, 2);
	le32(at + 16, (uint32_t)(20 + 4 + 12 + 4 + 8 + padded + 4));
	at += 24 + 20;
	le32(at, 1);
	le32(at + 4, 1); /* maximum, offset, actual */
	le32(at + 12, 1);
	le32(at + 16, 3);
	le32(at + 20, (uint32_t)n);
	le32(at + 24, (uint32_t)n);
	memcpy(at + 28, floors, n);
}

void say_dcerpc(struct script *s, const struct dialogue *d)
{
	bind(s);
	map(s, 49200 + forge_random_below(d->random, 1000));
}

/* MS-SMB2 2.2.3, 2.2.4: negotiation of dialect 2.1. */
void say_smb(struct script *s, const struct dialogue *d)
{
	uint8_t *at = script_room(s, SCRIPT_INITIATOR, 4 + 64 + 36 + 4);

	at[3] = 64 + 36 + 4;
	memcpy(at + 4, "\xfeSMB\x40", 5);
	at[4 + 14] = 1; /* credits */
	le16(at + 68, 36);
	le16(at + 70, 2);
	at[72] = 1;
	forge_random_bytes(d->random, at + 80, 16);
	le16(at + 104, 0x0202);
	le16(at + 106, 0x0210);
	script_wait(s, 2);
	at = script_room(s, SCRIPT_RESPONDER, 4 + 64 + 64);
	at[3] = 64 + 64;
	memcpy(at + 4, "\xfeSMB\x40", 5);
	at[4 + 14] = 1;
	at[4 + 16] = 1; /* a response */
	le16(at + 68, 65);
	at[70] = 1;
	le16(at + 72, 0x0210);
	forge_random_bytes(d->random, at + 76, 16);
	le32(at + 92, 7);
	le32(at + 96, 1u << 20);
	le32(at + 100, 1u << 20);
	le32(at + 104, 1u << 20);
	le16(at + 124, 128);
}

/* MC-NMF 2.2.3: a preamble for duplex and its acknowledgement, then a message and the end. */
void say_nmf(struct script *s, const struct dialogue *d)
{
	static const uint8_t head[5] = { 0, 1, 0, 1, 2 }, tail[3] = { 3, 8, 0x0c };
	char via[128];
	int n = snprintf(via, sizeof(via), "net.tcp://%s:%u/mgc", d->server, d->port);
	uint8_t *at = script_room(s, SCRIPT_INITIATOR, sizeof(head) + 2 + (size_t)n + sizeof(tail));

	FA_ASSERT(n > 0 && n < 128);
	memcpy(at, head, sizeof(head));
	at[5] = 2;
	at[6] = (uint8_t)n;
	memcpy(at + 7, via, (size_t)n);
	memcpy(at + 7 + n, tail, sizeof(tail));
	script_wait(s, 3);
	script_say(s, SCRIPT_RESPONDER, "\x0b", 1);
	at = script_room(s, SCRIPT_INITIATOR, 2 + 100);
	at[0] = 6; /* sized envelope */
	at[1] = 100;
	forge_random_bytes(d->random, at + 2, 100);
	script_say(s, SCRIPT_RESPONDER, "\x07", 1);
	script_say(s, SCRIPT_INITIATOR, "\x07", 1);
}
