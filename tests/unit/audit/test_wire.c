/* Interfaces read by one thread and by several: every frame once, each flow in its order. */
#include "audit/wire.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/memory.h"
#include "capture/links.h"
#include "flow/slot.h"

#define FLOWS  64u
#define EACH   100u
#define BYTES  60u
#define PORT_0 20000u

/* A UDP datagram of flow @flow, whose payload is its place in the flow, on its way to x1. */
static void put_datagram(uint8_t frame[static BYTES], unsigned flow, uint32_t nth)
{
	static const uint8_t head[] = {
		2,  0, 0, 0, 0, 2,  2,  0, 0, 0,  0,  1, 8, 0,  0x45, 0, 0,
		46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 20, 0, 5, 10, 10,   0, 11
	};
	uint16_t port = htons((uint16_t)(PORT_0 + flow)), to = htons(3478), len = htons(26);

	memset(frame, 0, BYTES);
	memcpy(frame, head, sizeof(head));
	memcpy(frame + 34, &port, 2);
	memcpy(frame + 36, &to, 2);
	memcpy(frame + 38, &len, 2);
	memcpy(frame + 42, &nth, sizeof(nth));
	frame[46] = (uint8_t)flow;
}

static void send_all(void)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("x0") };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	uint8_t frame[BYTES];

	CU_ASSERT_FATAL(fd >= 0);
	for (uint32_t nth = 0; nth < EACH; nth++) {
		for (unsigned flow = 0; flow < FLOWS; flow++) {
			put_datagram(frame, flow, nth);
			CU_ASSERT_EQUAL(sendto(fd, frame, BYTES, 0, (const struct sockaddr *)&to,
					       sizeof(to)),
					BYTES);
		}
	}
	close(fd);
}

/* What came. */
struct heard {
	uint64_t packets, last_number;
	uint32_t next[FLOWS];
	bool in_order;
};

static void hear(struct heard *h, const struct parcel *p)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct facts *f = &p->facts[i];
		unsigned flow = (unsigned)f->sport - PORT_0;
		uint32_t nth;

		CU_ASSERT_FATAL(flow < FLOWS && f->payload_len >= 5);
		memcpy(&nth, f->payload, sizeof(nth));
		h->in_order &= f->payload[4] == flow && nth == h->next[flow] &&
			       f->number == h->last_number + 1 && p->raw[i].caplen == BYTES;
		h->next[flow]++;
		h->last_number = f->number;
		h->packets++;
	}
}

static struct wire *open_wire(unsigned threads)
{
	static const char *const names[] = { "x1" };
	const struct wire_options options = {
		.live = { .interfaces = names, .interface_count = 1, .filter = "udp" },
		.threads = threads
	};
	struct intake_options intake = { .decoder = DECODER_DEFAULTS };
	struct wire *wire;
	struct fa_error err;

	CU_ASSERT_EQUAL_FATAL(wire_open(&wire, &options, &err), 0);
	intake.decoder.keep_duplicates = true;
	flow_hashing_init(&intake.hashing, 1, false);
	CU_ASSERT_EQUAL_FATAL(wire_begin(wire, &intake, &err), 0);
	return wire;
}

static void every_frame_once(unsigned threads)
{
	struct heard h = { .in_order = true };
	struct live_interface x1;
	struct capture_facts facts = { 0 };
	struct wire *wire = open_wire(threads);
	const struct parcel *parcel;
	unsigned idle = 0;

	CU_ASSERT_EQUAL(wire_next(wire)->count, 0); /* threads begin */
	send_all();
	while (h.packets < FLOWS * EACH && idle < 10) {
		parcel = wire_next(wire);
		CU_ASSERT_EQUAL_FATAL(parcel->status, 1);
		idle = parcel->count == 0 ? idle + 1 : 0;
		hear(&h, parcel);
	}
	wire_stop(wire);
	while ((parcel = wire_next(wire))->count != 0 || !wire_is_idle(wire))
		hear(&h, parcel);
	CU_ASSERT_EQUAL(h.packets, FLOWS * EACH);
	CU_ASSERT(h.in_order);
	wire_refresh(wire);
	wire_facts(wire, &facts);
	CU_ASSERT_EQUAL(facts.frames, FLOWS * EACH);
	CU_ASSERT_EQUAL(facts.wire_bytes, FLOWS * EACH * BYTES);
	CU_ASSERT_EQUAL(facts.kernel_drops, 0);
	wire_interface(wire, 0, &x1);
	CU_ASSERT_EQUAL(x1.frames, FLOWS * EACH);
	CU_ASSERT(x1.up);
	wire_close(wire);
}

static void with_one_thread_and_with_several(void)
{
	static const unsigned threads[] = { 1, 2, 5 };

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		if (links_enter())
			every_frame_once(threads[i]);
		links_leave();
	}
}

static void closed_in_the_midst(void)
{
	if (links_enter()) {
		struct wire *wire = open_wire(3);

		CU_ASSERT_EQUAL(wire_next(wire)->count, 0);
		send_all();
		(void)wire_next(wire);
		/* Readers wait for room, and nobody will take what they read. */
		usleep(300000);
		wire_close(wire);
	}
	links_leave();
}

static void closed_before_it_began(void)
{
	if (links_enter())
		wire_close(open_wire(3));
	links_leave();
}

extern CU_TestInfo tests_wire[];
CU_TestInfo tests_wire[] = {
	{ "every frame comes once, and each flow in its order", with_one_thread_and_with_several },
	{ "it can be closed with frames on their way", closed_in_the_midst },
	{ "it can be closed before anything was asked of it", closed_before_it_began },
	CU_TEST_INFO_NULL
};
