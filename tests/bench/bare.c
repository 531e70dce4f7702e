/*
 * bare: the practical limit.
 *
 * What no audit of a capture can do without, and nothing else: read blocks,
 * find the records of a classic pcap file of this machine's byte order, find
 * the five-tuple behind Ethernet and IPv4, hash it, and count packets and bytes
 * of its flow in a table that is prefetched for 64 packets at a time.  Other
 * packets are only counted.  The table is as large as it is told to be.
 *
 * No verdict, no TCP state, no payload, no time-out, no VLAN, no IPv6, no check
 * of anything that a well-formed capture does not need.
 */
#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK ((size_t)1 << 20)
#define BATCH 64

enum { FILE_HEADER = 24, RECORD_HEADER = 16, ETHERNET = 14 };

/* Both ends in order of address and port, in network order; no padding. */
struct key {
	uint32_t low, high;
	uint16_t low_port, high_port;
	uint32_t protocol;
};

/* One cache line; a free one has no packets. */
struct flow {
	struct key key;
	uint64_t first_us, last_us;
	uint32_t packets[2];
	uint64_t bytes[2];
	uint64_t spare;
};
static_assert(sizeof(struct flow) == 64, "one flow, one cache line");

struct item {
	struct key key;
	uint64_t slot, time_us;
	uint32_t length;
	bool turned;
};

struct table {
	struct flow *flows;
	uint64_t mask, used;
};

struct input {
	uint8_t *block;
	size_t have, at;
	int fd;
};

static uint64_t hash(const struct key *k)
{
	uint64_t words[2];
	__extension__ unsigned __int128 product;

	memcpy(words, k, sizeof(words));
	product = words[0] ^ UINT64_C(0xa0761d6478bd642f);
	product *= words[1] ^ UINT64_C(0xe7037ed1a0b428db);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static bool parse(const uint8_t *p, uint32_t captured, struct key *key, bool *turned)
{
	static const uint8_t ipv4[2] = { 8, 0 };
	const uint8_t *ip = p + ETHERNET;
	uint32_t source, destination;
	uint16_t ports[2];
	size_t header;

	if (captured < ETHERNET + 20 + 4 || memcmp(p + 12, ipv4, 2) != 0)
		return false;
	header = (size_t)(ip[0] & 15) * 4;
	if ((ip[9] != 6 && ip[9] != 17) || captured < ETHERNET + header + 4)
		return false;
	memcpy(&source, ip + 12, 4);
	memcpy(&destination, ip + 16, 4);
	memcpy(ports, ip + header, 4);
	*turned = source > destination || (source == destination && ports[0] > ports[1]);
	*key = *turned ? (struct key){ destination, source, ports[1], ports[0], ip[9] }
		       : (struct key){ source, destination, ports[0], ports[1], ip[9] };
	return true;
}

/* Refill; false at the end of the file. */
static bool refill(struct input *in)
{
	ssize_t got;

	memmove(in->block, in->block + in->at, in->have - in->at);
	in->have -= in->at;
	in->at = 0;
	got = read(in->fd, in->block + in->have, BLOCK - in->have);
	if (got > 0)
		in->have += (size_t)got;
	return got > 0;
}

/* Up to BATCH packets of the block that have a flow; counts every record. */
static size_t collect(struct input *in, const struct table *t, struct item *items, uint64_t *frames)
{
	size_t n = 0;

	while (n < BATCH && in->have - in->at >= RECORD_HEADER) {
		uint32_t record[4];
		struct item *item = &items[n];

		memcpy(record, in->block + in->at, sizeof(record));
		if (in->have - in->at - RECORD_HEADER < record[2])
			break;
		++*frames;
		if (parse(in->block + in->at + RECORD_HEADER, record[2], &item->key,
			  &item->turned)) {
			item->slot = hash(&item->key) & t->mask;
			__builtin_prefetch(&t->flows[item->slot], 1);
			item->time_us = (uint64_t)record[0] * 1000000 + record[1];
			item->length = record[3];
			n++;
		}
		in->at += RECORD_HEADER + record[2];
	}
	return n;
}

static bool update(struct table *t, const struct item *item)
{
	uint64_t slot = item->slot;
	struct flow *flow;

	while (flow = &t->flows[slot],
	       flow->packets[0] + flow->packets[1] != 0 &&
		       memcmp(&flow->key, &item->key, sizeof(item->key)) != 0)
		slot = (slot + 1) & t->mask;
	if (flow->packets[0] + flow->packets[1] == 0) {
		if (++t->used > t->mask)
			return false;
		flow->key = item->key;
		flow->first_us = item->time_us;
	}
	flow->last_us = item->time_us;
	flow->packets[item->turned]++;
	flow->bytes[item->turned] += item->length;
	return true;
}

static int run(struct input *in, struct table *t)
{
	struct item items[BATCH];
	uint64_t frames = 0;

	while (refill(in)) {
		size_t n;

		if (frames == 0)
			in->at = in->have < FILE_HEADER ? in->have : FILE_HEADER;
		do {
			n = collect(in, t, items, &frames);
			for (size_t i = 0; i < n; i++)
				if (!update(t, &items[i])) {
					fputs("bare: the table is full\n", stderr);
					return 1;
				}
		} while (n == BATCH);
	}
	printf("%" PRIu64 " packets, %" PRIu64 " flows\n", frames, t->used);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long bits = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct table t = { .mask = (UINT64_C(1) << (bits & 31)) - 1 };
	struct input in = { .block = malloc(BLOCK) };
	size_t size = (t.mask + 1) * sizeof(struct flow);

	if (bits < 4 || bits > 28) {
		fputs("usage: bare CAPTURE LOG2_OF_FLOWS (4 to 28)\n", stderr);
		return 2;
	}
	in.fd = open(argv[1], O_RDONLY);
	t.flows = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (in.block == NULL || in.fd < 0 || t.flows == MAP_FAILED) {
		perror(argv[1]);
		return 2;
	}
	madvise(t.flows, size, MADV_HUGEPAGE);
	return run(&in, &t);
}
