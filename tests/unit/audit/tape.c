/* IP packets with good checksums in a nanosecond pcap. */
#include "audit/tape.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/address.h"
#include "base/memory.h"
#include "packet/facts.h"

#define LINKTYPE_ETHERNET 1
#define LINKTYPE_RAW      101
#define RECORD_HEADER     16
#define LONGEST           1500

void tapes_open(struct tapes *t)
{
	*t = (struct tapes){ .dir = "/tmp/flowaudit-tapes-XXXXXX" };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(t->dir));
}

void tapes_close(struct tapes *t)
{
	DIR *dir = opendir(t->dir);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	CU_ASSERT_EQUAL(rmdir(t->dir), 0);
}

const char *tapes_path(struct tapes *t, const char *name)
{
	char *path = t->path[t->next++ % ARRAY_SIZE(t->path)];

	size_t n = strlen(t->dir);

	memcpy(path, t->dir, n);
	snprintf(path + n, sizeof(t->path[0]) - n, "/%s", name);
	return path;
}

const char *tapes_save(struct tapes *t, const char *name, const void *bytes, size_t len)
{
	const char *path = tapes_path(t, name);
	FILE *f = fopen(path, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL_FATAL(fwrite(bytes, 1, len, f), len);
	CU_ASSERT_EQUAL_FATAL(fclose(f), 0);
	return path;
}

static void put(struct tape *t, const void *bytes, size_t len)
{
	CU_ASSERT_EQUAL_FATAL(memory_grow(&t->bytes, &t->cap, t->len + len, 1), 0);
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
}

/* Numbers of the file are little-endian, those of packets big-endian. */
static void put32(struct tape *t, uint32_t v)
{
	uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	put(t, b, sizeof(b));
}

static void set16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void set32(uint8_t *p, uint32_t v)
{
	set16(p, v >> 16);
	set16(p + 2, v & 0xffff);
}

static void begin(struct tape *t, uint32_t linktype)
{
	const uint32_t header[] = { 0xa1b23c4d, 2 | 4 << 16, 0, 0, 262144, linktype };

	*t = (struct tape){ .ethernet = linktype == LINKTYPE_ETHERNET };
	for (size_t i = 0; i < ARRAY_SIZE(header); i++)
		put32(t, header[i]);
}

void tape_begin(struct tape *t)
{
	begin(t, LINKTYPE_RAW);
}

void tape_ethernet(struct tape *t)
{
	begin(t, LINKTYPE_ETHERNET);
}

void tape_free(struct tape *t)
{
	free(t->bytes);
	*t = (struct tape){ 0 };
}

const char *tape_save(struct tapes *dir, const char *name, struct tape *t)
{
	const char *path = tapes_save(dir, name, t->bytes, t->len);

	tape_free(t);
	return path;
}

/* Length of the Ethernet header that the next record gets. */
static uint32_t link_length(const struct tape *t)
{
	return !t->ethernet ? 0 : t->vlan != 0 ? 18 : 14;
}

static void put_link(struct tape *t, bool v6)
{
	uint8_t header[18] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	uint32_t len = link_length(t);

	if (len == 18) {
		set16(header + 12, 0x8100);
		set16(header + 14, t->vlan);
	}
	if (len != 0)
		set16(header + len - 2, v6 ? 0x86dd : 0x0800);
	put(t, header, len);
}

static void record(struct tape *t, int64_t ns, const uint8_t *packet, uint32_t len)
{
	uint32_t link = link_length(t), caplen = link + len;

	if (t->snaplen != 0 && t->snaplen < caplen)
		caplen = t->snaplen;
	CU_ASSERT_FATAL(caplen >= link);
	t->record[1] = t->record[0];
	t->record[0] = t->len;
	put32(t, (uint32_t)(ns / TAPE_S));
	put32(t, (uint32_t)(ns % TAPE_S));
	put32(t, caplen);
	put32(t, link + len);
	put_link(t, packet[0] >> 4 == 6);
	put(t, packet, caplen - link);
	t->frames++;
}

static uint32_t sum16(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	if (len % 2 != 0)
		sum += (uint32_t)p[len - 1] << 8;
	return sum;
}

/* RFC 1071 */
static unsigned folded(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* An address and a port, 0 without one. */
struct end {
	uint8_t addr[16];
	bool v6;
	unsigned port;
};

static struct end read_end(const char *text)
{
	struct end e = { .v6 = strchr(text, '[') != NULL || strstr(text, "::") != NULL };
	const char *from = text + strspn(text, "[");
	size_t len = strcspn(from, e.v6 ? "]" : ":");
	char addr[INET6_ADDRSTRLEN];

	CU_ASSERT_FATAL(len < sizeof(addr));
	memcpy(addr, from, len);
	addr[len] = '\0';
	CU_ASSERT_EQUAL_FATAL(inet_pton(e.v6 ? AF_INET6 : AF_INET, addr, e.addr), 1);
	from += len + strspn(from + len, "]:");
	e.port = (unsigned)atoi(from);
	return e;
}

/* Hop-by-hop and destination options, eight bytes of padding each (RFC 8200 4.2, 4.3, 4.6). */
static size_t put_options(uint8_t *p, unsigned protocol)
{
	static const uint8_t padding[8] = { 0, 0, 1, 4 };

	memcpy(p, padding, 8);
	memcpy(p + 8, padding, 8);
	p[0] = 60;
	p[8] = (uint8_t)protocol;
	return 16;
}

/* The IP header in front of @len bytes; returns its length. */
static size_t ip_header(struct tape *t, uint8_t *p, const char *from, const char *to,
			unsigned protocol, size_t len)
{
	struct end a = read_end(from), b = read_end(to);
	size_t extensions = 0;

	CU_ASSERT_EQUAL_FATAL(a.v6, b.v6);
	if (a.v6) {
		memset(p, 0, 40);
		if (t->options)
			extensions = put_options(p + 40, protocol);
		p[0] = 0x60;
		set16(p + 4, (unsigned)(extensions + len));
		p[6] = t->options ? 0 : (uint8_t)protocol;
		p[7] = t->ttl != 0 ? t->ttl : 128;
		memcpy(p + 8, a.addr, 16);
		memcpy(p + 24, b.addr, 16);
		return 40 + extensions;
	}
	memset(p, 0, 20);
	p[0] = 0x45;
	set16(p + 2, (unsigned)(20 + len));
	set16(p + 4, t->id != 0 ? t->id++ : t->ip_id);
	memcpy(p + 12, a.addr, 4);
	memcpy(p + 16, b.addr, 4);
	p[8] = (uint8_t)((t->ttl != 0 ? t->ttl : p[15] == 1 ? 127 : 128) - t->hops);
	p[9] = (uint8_t)protocol;
	set16(p + 10, folded(sum16(p, 20, 0)));
	return 20;
}

/* Checksum over the pseudo header (RFC 9293 3.1, RFC 8200 8.1) and @len bytes behind @header. */
static unsigned transport_sum(const uint8_t *p, size_t header, unsigned protocol, size_t len,
			      bool spoil)
{
	bool v6 = p[0] >> 4 == 6;
	uint32_t sum = protocol + (uint32_t)len;

	sum = v6 ? sum16(p + 8, 32, sum) : sum16(p + 12, 8, sum);
	return folded(sum16(p + header, len, sum)) ^ (spoil ? 0x1111u : 0);
}

void tape_tcp(struct tape *t, int64_t ns, const char *from, const char *to, unsigned flags,
	      uint32_t seq, uint32_t ack, const char *payload)
{
	tape_tcp_bytes(t, ns, from, to, flags, seq, ack, payload, strlen(payload));
}

void tape_tcp_bytes(struct tape *t, int64_t ns, const char *from, const char *to, unsigned flags,
		    uint32_t seq, uint32_t ack, const void *payload, size_t len)
{
	uint8_t p[LONGEST] = { 0 }, *tcp;
	size_t header;

	CU_ASSERT_FATAL(len <= sizeof(p) - 76);
	header = ip_header(t, p, from, to, 6, 20 + len);
	tcp = p + header;
	set16(tcp, read_end(from).port);
	set16(tcp + 2, read_end(to).port);
	set32(tcp + 4, seq);
	set32(tcp + 8, ack);
	tcp[12] = 5 << 4;
	tcp[13] = (uint8_t)flags;
	set16(tcp + 14, t->shut ? 0 : 65535);
	memcpy(tcp + 20, payload, len);
	set16(tcp + 16, transport_sum(p, header, 6, 20 + len, t->spoil));
	record(t, ns, p, (uint32_t)(header + 20 + len));
}

void tape_udp(struct tape *t, int64_t ns, const char *from, const char *to, const void *payload,
	      size_t len)
{
	uint8_t p[LONGEST] = { 0 }, *udp;
	size_t header;

	CU_ASSERT_FATAL(len <= sizeof(p) - 64);
	header = ip_header(t, p, from, to, 17, 8 + len);
	udp = p + header;
	set16(udp, read_end(from).port);
	set16(udp + 2, read_end(to).port);
	set16(udp + 4, (unsigned)(8 + len));
	memcpy(udp + 8, payload, len);
	set16(udp + 6, transport_sum(p, header, 17, 8 + len, t->spoil));
	record(t, ns, p, (uint32_t)(header + 8 + len));
}

void tape_packet(struct tape *t, int64_t ns, const void *packet, size_t len)
{
	record(t, ns, packet, (uint32_t)len);
}

/* The IP packet of the last record; its captured length. */
static const uint8_t *last_packet(const struct tape *t, size_t *len)
{
	const uint8_t *r = t->bytes + t->record[0], *p = r + RECORD_HEADER;
	size_t link = 0;

	CU_ASSERT_FATAL(t->record[0] != 0);
	if (t->ethernet)
		link = p[12] == 0x81 ? 18 : 14;
	*len = (r[8] | (size_t)r[9] << 8) - link;
	return p + link;
}

void tape_icmp(struct tape *t, int64_t ns, const char *from, unsigned type, unsigned code)
{
	uint8_t p[LONGEST] = { 0 }, quoted[128], *icmp;
	char to[INET6_ADDRSTRLEN];
	size_t len, header;
	const uint8_t *last = last_packet(t, &len);
	bool v6 = last[0] >> 4 == 6;

	/* IPv4 quotes the header and 8 bytes (RFC 792), IPv6 as much as fits (RFC 4443 3.1). */
	len = MIN(len, v6 ? sizeof(quoted) : 28);
	memcpy(quoted, last, len);
	inet_ntop(v6 ? AF_INET6 : AF_INET, quoted + (v6 ? 8 : 12), to, sizeof(to));
	header = ip_header(t, p, from, to, v6 ? 58 : 1, 8 + len);
	icmp = p + header;
	icmp[0] = (uint8_t)type;
	icmp[1] = (uint8_t)code;
	memcpy(icmp + 8, quoted, len);
	set16(icmp + 2,
	      v6 ? transport_sum(p, header, 58, 8 + len, false) : folded(sum16(icmp, 8 + len, 0)));
	record(t, ns, p, (uint32_t)(header + 8 + len));
}

void tape_swap(struct tape *t)
{
	size_t first = t->record[1], second = t->record[0], len = t->len - second;
	uint8_t *copy = malloc(len);

	CU_ASSERT_FATAL(first != 0 && copy != NULL);
	memcpy(copy, t->bytes + second, len);
	memmove(t->bytes + first + len, t->bytes + first, second - first);
	memcpy(t->bytes + first, copy, len);
	t->record[0] = first + len;
	free(copy);
}

void tape_repeat(struct tape *t, int64_t ns)
{
	size_t len;
	const uint8_t *last = last_packet(t, &len);
	uint8_t copy[LONGEST];

	CU_ASSERT_FATAL(len <= sizeof(copy));
	memcpy(copy, last, len);
	record(t, ns, copy, (uint32_t)len);
}

void tape_again(struct tape *t, int64_t ns, unsigned hops)
{
	size_t len;
	const uint8_t *last = last_packet(t, &len);
	uint8_t copy[LONGEST];

	CU_ASSERT_FATAL(len <= sizeof(copy) && last[0] == 0x45);
	memcpy(copy, last, len);
	copy[8] = (uint8_t)(copy[8] - hops);
	set16(copy + 10, 0);
	set16(copy + 10, folded(sum16(copy, 20, 0)));
	record(t, ns, copy, (uint32_t)len);
}

void tape_fragment(struct tape *t, int64_t ns, const char *from, const char *to, unsigned id)
{
	uint8_t p[20 + 24] = { 0 };

	ip_header(t, p, from, to, 17, 24);
	set16(p + 4, id);
	p[6] = 0x20; /* more fragments */
	set16(p + 10, 0);
	set16(p + 10, folded(sum16(p, 20, 0)));
	record(t, ns, p, sizeof(p));
}

void tape_damage(struct tape *t)
{
	for (unsigned i = 0; i < 8; i++)
		put32(t, 0xffffffff);
}

void tape_sip_packet(struct tape *t, int64_t ns, const char *from, const char *to, unsigned n)
{
	static const char request[] =
		"OPTIONS sip:server@example.com SIP/2.0\r\n"
		"Via: SIP/2.0/TCP 10.0.0.5\r\nMax-Forwards: 70\r\n"
		"From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\n"
		"Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
	static const char response[] =
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.5\r\n"
		"From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\n"
		"Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
	const uint32_t q = 1001 + sizeof(request) - 1, r = 5001 + sizeof(response) - 1;
	const struct {
		bool back;
		unsigned flags;
		uint32_t seq, ack;
		const char *payload;
	} packets[TAPE_SIP_PACKETS] = {
		{ false, TCP_SYN, 1000, 0, "" },
		{ true, TCP_SYN | TCP_ACK, 5000, 1001, "" },
		{ false, TCP_ACK, 1001, 5001, "" },
		{ false, TCP_PSH | TCP_ACK, 1001, 5001, request },
		{ true, TCP_ACK, 5001, q, "" },
		{ true, TCP_PSH | TCP_ACK, 5001, q, response },
		{ false, TCP_FIN | TCP_ACK, q, r, "" },
		{ true, TCP_FIN | TCP_ACK, r, q + 1, "" },
		{ false, TCP_ACK, q + 1, r + 1, "" },
	};

	tape_tcp(t, ns, packets[n].back ? to : from, packets[n].back ? from : to, packets[n].flags,
		 packets[n].seq, packets[n].ack, packets[n].payload);
}

void tape_sip(struct tape *t, int64_t ns, const char *from, const char *to)
{
	for (unsigned n = 0; n < TAPE_SIP_PACKETS; n++)
		tape_sip_packet(t, ns + n * TAPE_MS, from, to, n);
}
