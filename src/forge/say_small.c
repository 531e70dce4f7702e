/* Protocols of a message or two: DNS, SQL Browser, DHCP, and bytes of none. */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "forge/say.h"

/* A name as DNS spells it: a length before each label. */
static size_t dns_name(const char *name, uint8_t *to)
{
	size_t at = 0;

	while (*name != '\0') {
		size_t n = strcspn(name, ".");

		to[at++] = (uint8_t)n;
		memcpy(to + at, name, n);
		at += n;
		name += n + (name[n] == '.');
	}
	to[at++] = 0;
	return at;
}

/* RFC 1035 4.1; over TCP behind a length (4.2.2). */
static void dns_message(struct script *s, const struct dialogue *d, bool answer, uint16_t id)
{
	uint8_t name[256];
	size_t n = dns_name(d->server, name), size = 12 + n + 4 + (answer ? 16u : 0u);
	uint8_t *at = script_room(s, answer ? SCRIPT_RESPONDER : SCRIPT_INITIATOR,
				  size + (d->udp ? 0 : 2));
	struct build b = { at, at + size + (d->udp ? 0 : 2) };

	if (!d->udp)
		build_u16(&b, (unsigned)size);
	build_u16(&b, id);
	build_u16(&b, answer ? 0x8180 : 0x0100);
	build_u16(&b, 1);
	build_u16(&b, answer);
	build_u32(&b, 0);
	build_bytes(&b, name, n);
	build_u16(&b, 1); /* A, IN */
	build_u16(&b, 1);
	if (!answer)
		return;
	build_u16(&b, 0xc00c);
	build_u16(&b, 1);
	build_u16(&b, 1);
	build_u32(&b, 300);
	build_u16(&b, 4);
	build_u32(&b, 0xc0000263); /* 192.0.2.99 */
}

void say_dns(struct script *s, const struct dialogue *d)
{
	uint16_t id = (uint16_t)forge_random_next(d->random);

	dns_message(s, d, false, id);
	script_wait(s, 10);
	dns_message(s, d, true, id);
}

/* MC-SQLR 2.2.3 and 2.2.5: one instance asked for by name, its port answered. */
void say_sqlr(struct script *s, const struct dialogue *d)
{
	static const char ask[] = "\x04RTC";
	char data[256];
	int n = snprintf(data, sizeof(data),
			 "ServerName;BACKEND;InstanceName;RTC;IsClustered;No;Version;11.0.2100.60;"
			 "tcp;%u;;",
			 49171u);
	uint8_t *answer;

	(void)d;
	script_say(s, SCRIPT_INITIATOR, ask, sizeof(ask)); /* with its NUL */
	script_wait(s, 3);
	answer = script_room(s, SCRIPT_RESPONDER, (size_t)n + 3);
	answer[0] = 5;
	answer[1] = (uint8_t)n;
	answer[2] = (uint8_t)(n >> 8);
	memcpy(answer + 3, data, (size_t)n);
}

/* RFC 2131 2: INFORM and its ACK, as a phone asks for its server; addresses are in the option. */
static void dhcp_message(struct script *s, uint32_t xid, bool answer)
{
	static const uint8_t chaddr[6] = { 2, 0, 10, 0, 0, 5 };
	size_t size = 240 + 3 + (answer ? 6u : 3u) + 1 + 50;
	uint8_t *at = script_room(s, answer ? SCRIPT_RESPONDER : SCRIPT_INITIATOR, size);
	struct build b = { at, at + size };

	build_u8(&b, answer ? 2 : 1);
	build_u8(&b, 1);
	build_u8(&b, 6);
	build_u8(&b, 0);
	build_u32(&b, xid);
	b.at += 20; /* secs, flags, four addresses */
	build_bytes(&b, chaddr, sizeof(chaddr));
	b.at = at + 236;
	build_u32(&b, 0x63825363);
	build_u8(&b, 53);
	build_u8(&b, 1);
	build_u8(&b, answer ? 5 : 8);
	if (answer) {
		build_u8(&b, 54);
		build_u8(&b, 4);
		build_u32(&b, 0xc0000201);
	} else {
		build_u8(&b, 55);
		build_u8(&b, 1);
		build_u8(&b, 43);
	}
	build_u8(&b, 255);
}

void say_dhcp(struct script *s, const struct dialogue *d)
{
	uint32_t xid = (uint32_t)forge_random_next(d->random);

	dhcp_message(s, xid, false);
	script_wait(s, 8);
	dhcp_message(s, xid, true);
}

/* High bit set from the first byte on: the beginning of nothing known, and no text. */
void say_opaque(struct script *s, const struct dialogue *d)
{
	for (unsigned i = 0; i < 4; i++) {
		uint8_t *at = script_room(s, i % 2 == 0 ? SCRIPT_INITIATOR : SCRIPT_RESPONDER, 64);

		forge_random_bytes(d->random, at, 64);
		at[0] = 0xf1;
		at[1] = 0xf0;
		script_wait(s, 15);
	}
}
