/* Headers, checksums and pcap records of the benchmark's captures. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define FILE_BUFFER ((size_t)4 << 20)

FILE *wire_create(const char *path)
{
	/* magic, version 2.4, zone, accuracy, snapshot length, LINKTYPE_ETHERNET; host order */
	static const uint32_t header[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 262144, 1 };
	FILE *out = fopen(path, "wb");

	if (out == NULL || setvbuf(out, NULL, _IOFBF, FILE_BUFFER) != 0 ||
	    fwrite(header, sizeof(header), 1, out) != 1) {
		perror(path);
		if (out != NULL)
			fclose(out);
		return NULL;
	}
	return out;
}

void wire_write(FILE *out, uint64_t time_us, const uint8_t *bytes, uint32_t captured,
		uint32_t length)
{
	uint32_t record[4] = { (uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000),
			       captured, length };

	/* The stream remembers an error; whoever closes it looks. */
	fwrite_unlocked(record, sizeof(record), 1, out);
	fwrite_unlocked(bytes, captured, 1, out);
}

/* RFC 1071; @len is below 64 KiB, so 32 bits cannot overflow. */
static uint32_t sum(const uint8_t *p, size_t len, uint32_t total)
{
	for (; len >= 2; p += 2, len -= 2)
		total += wire_get16(p);
	return len == 1 ? total + (uint32_t)(p[0] << 8) : total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16 != 0)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

static void put_ipv4(uint8_t *frame, const struct wire_ends *ends, uint8_t protocol, size_t payload)
{
	static const uint8_t ethernet[WIRE_ETHERNET] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
	uint8_t *ip = frame + WIRE_ETHERNET;

	memcpy(frame, ethernet, sizeof(ethernet));
	memset(ip, 0, WIRE_IPV4);
	ip[0] = 0x45;
	wire_put16(ip + 2, (uint32_t)(WIRE_IPV4 + payload));
	ip[8] = 64;
	ip[9] = protocol;
	wire_put32(ip + 12, ends->source);
	wire_put32(ip + 16, ends->destination);
	wire_put16(ip + 10, fold(sum(ip, WIRE_IPV4, 0)));
}

size_t wire_udp(uint8_t *frame, const struct wire_ends *ends, size_t payload)
{
	uint8_t *udp = frame + WIRE_ETHERNET + WIRE_IPV4;

	put_ipv4(frame, ends, 17, WIRE_UDP + payload);
	wire_put16(udp, ends->source_port);
	wire_put16(udp + 2, ends->destination_port);
	wire_put16(udp + 4, (uint32_t)(WIRE_UDP + payload));
	wire_put16(udp + 6, 0);
	return WIRE_ETHERNET + WIRE_IPV4 + WIRE_UDP + payload;
}

size_t wire_tcp(uint8_t *frame, const struct wire_ends *ends, const struct wire_segment *segment,
		size_t payload)
{
	uint8_t *ip = frame + WIRE_ETHERNET, *tcp = ip + WIRE_IPV4;
	uint32_t total = 6 + (uint32_t)(WIRE_TCP + payload);

	put_ipv4(frame, ends, 6, WIRE_TCP + payload);
	wire_put16(tcp, ends->source_port);
	wire_put16(tcp + 2, ends->destination_port);
	wire_put32(tcp + 4, segment->seq);
	wire_put32(tcp + 8, segment->ack);
	tcp[12] = (WIRE_TCP / 4) << 4;
	tcp[13] = segment->flags;
	wire_put16(tcp + 14, 64240);
	wire_put32(tcp + 16, 0);
	total = sum(ip + 12, 8, total);
	wire_put16(tcp + 16, fold(sum(tcp, WIRE_TCP + payload, total)));
	return WIRE_ETHERNET + WIRE_IPV4 + WIRE_TCP + payload;
}
