/*
 * Real captures, one after the other, played by 64 lanes at once, over and over.
 *
 * A lane plays all of them with their own spacing of packets, then starts again;
 * the lanes begin spread over the whole duration, and a heap says whose packet
 * is next.  Every time through has its own clients: an address that opens flows
 * and that nobody opens flows to is replaced by the next free one of
 * 10.20.0.0/16, or, for IPv6, of its own /64; so too in packets that ICMP errors
 * quote.  Checksums are kept right by RFC 1624, so readers that verify them see
 * what they see in the original.
 */
#include "gen.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define LANES        64
#define SOURCE_MAX   ((size_t)256 << 20)
#define ADDRESSES    4096
#define PAUSE_US     1000
#define FIRST_CLIENT 0x0a140100 /* 10.20.1.0 */
#define CLIENTS      65000

struct record {
	size_t offset; /* in struct capture's bytes */
	uint64_t time_us;
	uint32_t captured, length;
};

/* Address of either version; @bytes of IPv4 are the first four. */
struct address {
	uint8_t bytes[16];
	uint8_t size; /* 4 or 16 */
	bool opened_to, opens;
	uint32_t client; /* its number, 1 .. */
};

struct capture {
	struct record *records;
	size_t count, cap;
	uint8_t *bytes;
	size_t len;
	struct address addresses[ADDRESSES];
	size_t address_count;
	uint32_t clients;
	uint64_t shift_us; /* from the time in the file to the time here */
};

/* Where an IP header is in a frame; size 0: none. */
struct ip {
	size_t offset, l4;
	uint8_t size, protocol;
	bool first; /* not a later fragment */
};

static struct ip find_ip(const uint8_t *p, size_t len, size_t at, uint16_t type)
{
	struct ip ip = { .offset = at };

	if (type == 0x0800 && len >= at + 20 && p[at] >> 4 == 4) {
		ip.size = 4;
		ip.l4 = at + (size_t)(p[at] & 15) * 4;
		ip.protocol = p[at + 9];
		ip.first = (wire_get16(p + at + 6) & 0x1fff) == 0;
	} else if (type == 0x86dd && len >= at + 40) {
		ip.size = 16;
		ip.l4 = at + 40;
		ip.protocol = p[at + 6];
		ip.first = true;
	}
	return ip;
}

/* Ethernet with up to two VLAN tags. */
static struct ip outer_ip(const uint8_t *p, size_t len)
{
	size_t at = 12;

	for (int tags = 0; tags < 2 && len >= at + 6; tags++, at += 4)
		if (wire_get16(p + at) != 0x8100 && wire_get16(p + at) != 0x88a8)
			break;
	return len < at + 2 ? (struct ip){ 0 } : find_ip(p, len, at + 2, wire_get16(p + at));
}

static size_t address_at(const struct ip *ip, bool destination)
{
	return ip->offset + (ip->size == 4 ? 12u : 8u) + (destination ? ip->size : 0u);
}

/* NULL for what no host has for its own, and when there are too many. */
static struct address *lookup(struct capture *c, const uint8_t *bytes, uint8_t size)
{
	struct address *a = c->addresses;

	if (size == 4 ? bytes[0] == 0 || bytes[0] >= 224 : bytes[0] == 0xff || bytes[0] == 0)
		return NULL;
	for (; a < c->addresses + c->address_count; a++)
		if (a->size == size && memcmp(a->bytes, bytes, size) == 0)
			return a;
	if (c->address_count == ADDRESSES)
		return NULL;
	c->address_count++;
	memcpy(a->bytes, bytes, size);
	a->size = size;
	return a;
}

/* A SYN tells who opens; without one the lower port is the server's. */
static void note(struct capture *c, const uint8_t *p, size_t len)
{
	struct ip ip = outer_ip(p, len);
	struct address *from, *to;
	bool turned;

	if (ip.size == 0 || !ip.first || (ip.protocol != 6 && ip.protocol != 17) ||
	    len < ip.l4 + 14)
		return;
	turned = wire_get16(p + ip.l4) < wire_get16(p + ip.l4 + 2);
	if (ip.protocol == 6 && p[ip.l4 + 13] & WIRE_SYN)
		turned = p[ip.l4 + 13] & WIRE_ACK;
	from = lookup(c, p + address_at(&ip, turned), ip.size);
	to = lookup(c, p + address_at(&ip, !turned), ip.size);
	if (from != NULL)
		from->opens = true;
	if (to != NULL)
		to->opened_to = true;
}

static uint64_t time_us(const struct pcap_pkthdr *h)
{
	return (uint64_t)h->ts.tv_sec * 1000000 + (uint64_t)h->ts.tv_usec;
}

static bool keep(struct capture *c, const struct pcap_pkthdr *h, const uint8_t *bytes)
{
	struct record *grown;

	if (c->count == c->cap) {
		c->cap = c->cap * 2 + 1024;
		grown = reallocarray(c->records, c->cap, sizeof(*grown));
		if (grown == NULL)
			return false;
		c->records = grown;
	}
	if (h->caplen > SOURCE_MAX - c->len)
		return false;
	c->records[c->count++] = (struct record){
		.offset = c->len,
		.time_us = time_us(h) + c->shift_us,
		.captured = h->caplen,
		.length = h->len,
	};
	memcpy(c->bytes + c->len, bytes, h->caplen);
	c->len += h->caplen;
	note(c, bytes, h->caplen);
	return true;
}

/* Append a file's packets; it begins a pause after the one before it. */
static bool load(struct capture *c, const char *path)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, text);
	struct pcap_pkthdr *h;
	const u_char *bytes;
	bool first = true, fine;

	if (pcap == NULL) {
		fprintf(stderr, "gen: %s: %s\n", path, text);
		return false;
	}
	fine = pcap_datalink(pcap) == DLT_EN10MB;
	if (!fine)
		fprintf(stderr, "gen: %s: not Ethernet\n", path);
	while (fine && pcap_next_ex(pcap, &h, &bytes) == 1) {
		if (first && c->count > 0)
			c->shift_us = c->records[c->count - 1].time_us + PAUSE_US - time_us(h);
		first = false;
		fine = keep(c, h, bytes);
		if (!fine)
			fputs("gen: no memory for so many packets\n", stderr);
	}
	pcap_close(pcap);
	return fine;
}

static bool load_all(struct capture *c, char **paths)
{
	c->bytes = malloc(SOURCE_MAX);
	if (c->bytes == NULL)
		return false;
	for (; *paths != NULL; paths++)
		if (!load(c, *paths))
			return false;
	for (size_t i = 0; i < c->address_count; i++)
		if (c->addresses[i].opens && !c->addresses[i].opened_to)
			c->addresses[i].client = ++c->clients;
	if (c->clients == 0)
		fputs("gen: no packet, or no address that only opens flows\n", stderr);
	return c->clients != 0;
}

/* RFC 1624 3: the checksum at @at after the @len bytes @was became @is. */
static void adjust(uint8_t *at, const uint8_t *was, const uint8_t *is, size_t len)
{
	uint32_t total = (uint16_t)~wire_get16(at);

	for (size_t i = 0; i < len; i += 2)
		total += (uint16_t)~wire_get16(was + i) + (uint32_t)wire_get16(is + i);
	while (total >> 16 != 0)
		total = (total & 0xffff) + (total >> 16);
	wire_put16(at, (uint16_t)~total);
}

/* Offset of the transport's checksum that covers the addresses, 0 for none. */
static size_t transport_checksum(const uint8_t *p, size_t len, const struct ip *ip)
{
	size_t at = ip->protocol == 6                      ? ip->l4 + 16
		    : ip->protocol == 17                   ? ip->l4 + 6
		    : ip->protocol == 58 && ip->size == 16 ? ip->l4 + 2
							   : 0;

	if (at == 0 || !ip->first || len < at + 2)
		return 0;
	return ip->protocol == 17 && wire_get16(p + at) == 0 ? 0 : at;
}

static void replace(struct capture *c, uint8_t *p, size_t len, const struct ip *ip, uint64_t round)
{
	size_t checksum = transport_checksum(p, len, ip);

	for (int end = 0; end < 2; end++) {
		uint8_t *bytes = p + address_at(ip, end == 1), was[16];
		const struct address *a = lookup(c, bytes, ip->size);
		uint64_t number;

		if (a == NULL || a->client == 0)
			continue;
		number = round * c->clients + a->client - 1;
		memcpy(was, bytes, ip->size);
		wire_put32(bytes + ip->size - 4,
			   ip->size == 4 ? FIRST_CLIENT + (uint32_t)(number % CLIENTS)
					 : 0x10000 + (uint32_t)number);
		if (ip->size == 4)
			adjust(p + ip->offset + 10, was, bytes, 4);
		if (checksum != 0)
			adjust(p + checksum, was, bytes, ip->size);
	}
}

/* The packet that an ICMP error quotes, and the error's own checksum, which covers it. */
static void replace_quoted(struct capture *c, uint8_t *p, size_t len, const struct ip *outer,
			   uint64_t round)
{
	size_t at = outer->l4 + 8, n;
	uint8_t was[60 + WIRE_TCP];
	struct ip quoted;

	if (!outer->first || outer->protocol != (outer->size == 4 ? 1 : 58) || len < at)
		return;
	if (outer->size == 4 ? p[outer->l4] != 3 && p[outer->l4] != 11 : p[outer->l4] > 4)
		return;
	quoted = find_ip(p, len, at, outer->size == 4 ? 0x0800 : 0x86dd);
	if (quoted.size == 0)
		return;
	n = (len - at < sizeof(was) ? len - at : sizeof(was)) & ~(size_t)1;
	memcpy(was, p + at, n);
	replace(c, p, len, &quoted, round);
	adjust(p + outer->l4 + 2, was, p + at, n);
}

static void play(struct capture *c, FILE *out, const struct record *record, uint64_t time_us,
		 uint64_t round)
{
	uint8_t copy[65536];
	uint32_t len = record->captured < sizeof(copy) ? record->captured : sizeof(copy);
	struct ip outer;

	memcpy(copy, c->bytes + record->offset, len);
	outer = outer_ip(copy, len);
	if (outer.size != 0) {
		replace(c, copy, len, &outer, round);
		replace_quoted(c, copy, len, &outer, round);
	}
	wire_write(out, time_us, copy, len, record->length);
}

struct lane {
	uint64_t start_us, next_us, round;
	size_t at; /* next record */
};

static void start_lanes(const struct capture *c, struct lane *lanes, uint64_t duration)
{
	/* In order of time: already a heap. */
	for (uint64_t i = 0; i < LANES; i++) {
		uint64_t start = c->records[0].time_us + i * duration / LANES;

		lanes[i] = (struct lane){ start, start, i, 0 };
	}
}

/* Let the first lane sink to where it belongs: the earliest is on top. */
static void sink(struct lane *lanes)
{
	struct lane lane = lanes[0];
	size_t at = 0, child;

	while (child = 2 * at + 1, child < LANES) {
		if (child + 1 < LANES && lanes[child + 1].next_us < lanes[child].next_us)
			child++;
		if (lane.next_us <= lanes[child].next_us)
			break;
		lanes[at] = lanes[child];
		at = child;
	}
	lanes[at] = lane;
}

/* To the next record, or to the first of @round: then true. */
static bool advance(const struct capture *c, struct lane *lane, uint64_t duration, uint64_t round)
{
	uint64_t next;

	if (++lane->at == c->count) {
		lane->at = 0;
		lane->round = round;
		lane->start_us += duration;
	}
	next = lane->start_us + c->records[lane->at].time_us - c->records[0].time_us;
	/* A capture's clock may run backwards; ours does not. */
	if ((int64_t)(next - lane->next_us) > 0)
		lane->next_us = next;
	return lane->at == 0;
}

static void play_all(struct capture *c, FILE *out, uint64_t packets)
{
	uint64_t duration = c->records[c->count - 1].time_us - c->records[0].time_us + PAUSE_US;
	uint64_t rounds = LANES;
	struct lane lanes[LANES];

	start_lanes(c, lanes, duration);
	for (uint64_t n = 0; n < packets; n++) {
		play(c, out, &c->records[lanes->at], lanes->next_us, lanes->round);
		if (advance(c, lanes, duration, rounds))
			rounds++;
		sink(lanes);
	}
}

bool loop_captures(FILE *out, uint64_t packets, char **paths)
{
	struct capture *c = calloc(1, sizeof(*c));
	bool fine = c != NULL && load_all(c, paths);

	if (fine)
		play_all(c, out, packets);
	if (c != NULL) {
		free(c->records);
		free(c->bytes);
	}
	free(c);
	return fine;
}
