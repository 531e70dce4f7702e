/* Raw IPv4 packets with good checksums in a nanosecond pcap. */
#include "audit/tape.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/address.h"
#include "base/memory.h"
#include "packet/facts.h"

#define LINKTYPE_RAW 101
#define LONGEST      1500

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

void tape_begin(struct tape *t)
{
	static const uint32_t header[] = { 0xa1b23c4d, 2 | 4 << 16, 0, 0, 262144, LINKTYPE_RAW };

	*t = (struct tape){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(header); i++)
		put32(t, header[i]);
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

static void record(struct tape *t, int64_t ns, const uint8_t *packet, uint32_t len)
{
	uint32_t caplen = t->snaplen != 0 && t->snaplen < len ? t->snaplen : len;

	t->last = t->len;
	put32(t, (uint32_t)(ns / TAPE_S));
	put32(t, (uint32_t)(ns % TAPE_S));
	put32(t, caplen);
	put32(t, len);
	put(t, packet, caplen);
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

static unsigned read_end(const char *text, uint8_t v4[4])
{
	unsigned a, b, c, d, port = 0;

	CU_ASSERT_FATAL(sscanf(text, "%u.%u.%u.%u:%u", &a, &b, &c, &d, &port) >= 4);
	v4[0] = (uint8_t)a;
	v4[1] = (uint8_t)b;
	v4[2] = (uint8_t)c;
	v4[3] = (uint8_t)d;
	return port;
}

/* The IPv4 header in front of @len bytes; hosts that end in .1 are one hop further away. */
static void ip_header(struct tape *t, uint8_t *p, const char *from, const char *to,
		      unsigned protocol, size_t len)
{
	memset(p, 0, 20);
	p[0] = 0x45;
	set16(p + 2, (unsigned)(20 + len));
	if (t->id != 0)
		set16(p + 4, t->id++);
	read_end(from, p + 12);
	read_end(to, p + 16);
	p[8] = p[15] == 1 ? 127 : 128;
	p[9] = (uint8_t)protocol;
	set16(p + 10, folded(sum16(p, 20, 0)));
}

/* Checksum over the pseudo header (RFC 9293 3.1) and the segment behind the IP header. */
static unsigned transport_sum(const uint8_t *p, size_t len, bool spoil)
{
	uint32_t sum = sum16(p + 12, 8, p[9] + (uint32_t)len);

	return folded(sum16(p + 20, len, sum)) ^ (spoil ? 0x1111u : 0);
}

void tape_tcp(struct tape *t, int64_t ns, const char *from, const char *to, unsigned flags,
	      uint32_t seq, uint32_t ack, const char *payload)
{
	tape_tcp_bytes(t, ns, from, to, flags, seq, ack, payload, strlen(payload));
}

void tape_tcp_bytes(struct tape *t, int64_t ns, const char *from, const char *to, unsigned flags,
		    uint32_t seq, uint32_t ack, const void *payload, size_t len)
{
	uint8_t p[LONGEST] = { 0 }, v4[4];

	CU_ASSERT_FATAL(len <= sizeof(p) - 40);
	ip_header(t, p, from, to, 6, 20 + len);
	set16(p + 20, read_end(from, v4));
	set16(p + 22, read_end(to, v4));
	set32(p + 24, seq);
	set32(p + 28, ack);
	p[32] = 5 << 4;
	p[33] = (uint8_t)flags;
	set16(p + 34, 65535);
	memcpy(p + 40, payload, len);
	set16(p + 36, transport_sum(p, 20 + len, t->spoil));
	record(t, ns, p, (uint32_t)(40 + len));
}

void tape_udp(struct tape *t, int64_t ns, const char *from, const char *to, const void *payload,
	      size_t len)
{
	uint8_t p[LONGEST] = { 0 }, v4[4];

	CU_ASSERT_FATAL(len <= sizeof(p) - 28);
	ip_header(t, p, from, to, 17, 8 + len);
	set16(p + 20, read_end(from, v4));
	set16(p + 22, read_end(to, v4));
	set16(p + 24, (unsigned)(8 + len));
	memcpy(p + 28, payload, len);
	set16(p + 26, transport_sum(p, 8 + len, t->spoil));
	record(t, ns, p, (uint32_t)(28 + len));
}

void tape_icmp(struct tape *t, int64_t ns, const char *from, unsigned type, unsigned code)
{
	uint8_t p[20 + 8 + 28] = { 0 };
	uint8_t quoted[28];
	char to[20];
	size_t at = t->len;

	/* The last record: its packet is at least a UDP header long and whole. */
	for (size_t next = 24; next < t->len;) {
		uint32_t caplen = t->bytes[next + 8] | (uint32_t)t->bytes[next + 9] << 8;

		at = next + 16;
		next = at + caplen;
	}
	memcpy(quoted, t->bytes + at, sizeof(quoted));
	snprintf(to, sizeof(to), "%u.%u.%u.%u", quoted[12], quoted[13], quoted[14], quoted[15]);
	ip_header(t, p, from, to, 1, 8 + sizeof(quoted));
	p[20] = (uint8_t)type;
	p[21] = (uint8_t)code;
	memcpy(p + 28, quoted, sizeof(quoted));
	set16(p + 22, folded(sum16(p + 20, 8 + sizeof(quoted), 0)));
	record(t, ns, p, sizeof(p));
}

void tape_again(struct tape *t, int64_t ns, unsigned hops)
{
	uint8_t p[LONGEST];
	uint32_t len;

	CU_ASSERT_FATAL(t->last + 16 < t->len);
	len = t->bytes[t->last + 8] | (uint32_t)t->bytes[t->last + 9] << 8;
	memcpy(p, t->bytes + t->last + 16, len);
	p[8] = (uint8_t)(p[8] - hops);
	set16(p + 10, 0);
	set16(p + 10, folded(sum16(p, 20, 0)));
	record(t, ns, p, len);
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
