/* decode.c: batches, the layer budget, and what a frame leaves in the next one's facts. */
#include "packet/frames.h"

#include <stdlib.h>
#include <string.h>

static struct bytes frame;
static struct seen s;

static void encapsulation_is_followed_to_its_bound(void)
{
	for (unsigned n = DECODE_MAX_LAYERS; n <= DECODE_MAX_LAYERS + 1; n++) {
		frame.n = 0;
		put_ethernet(&frame, 0x8100);
		for (unsigned i = 1; i <= n; i++)
			put_tag(&frame, i, i == n ? 0x0800 : 0x8100);
		put_packet4(&frame, 1);
		SEE(&frame, &s, n == DECODE_MAX_LAYERS ? CLASS_UDP : CLASS_TUNNEL_TOO_DEEP);
	}
}

static void every_kind_of_encapsulation_is_counted(void)
{
	/* What leads from a kind to itself, after an Ethernet header of the given type. */
	static const struct {
		unsigned type;
		const char *again;
	} kinds[] = {
		{ 0x8100, "0001 8100" },
		{ 0x8847, "00001040" },
		{ 0x8847, "00001140 00000000 020000000002 020000000001 8847" },
		{ 0x8864, "1100 0001 ffff 0281 00001140 00000000 020000000002 020000000001 8864" },
		{ 0x8909, "0101 0001 0010 8909" },
		{ 0x6558, "020000000002 020000000001 6558" },
		{ 0x0800, "45000000 00004000 3c040000 c0000201 c6336401" },
		{ 0x0800, "45000000 00004000 3c2f0000 c0000201 c6336401 0000 0800" },
		{ 0x0800, "45000000 00004000 3c2f0000 c0000201 c6336401 0000 88be"
			  "020000000002 020000000001 0800" },
		{ 0x0800, "45000000 00004000 3c110000 c0000201 c6336401 c350 12b5 0000 0000"
			  "08000000 00000100 020000000002 020000000001 0800" },
		{ 0x0800, "45000000 00004000 3c110000 c0000201 c6336401 c350 17c1 0000 0000"
			  "00000800 00000100" },
		{ 0x86dd, "60000000 0000 29 40 20010db8000000000000000000000001"
			  "20010db8000000000000000000000002" },
	};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		frame.n = 0;
		put_ethernet(&frame, kinds[k].type);
		for (unsigned i = 0; i <= DECODE_MAX_LAYERS; i++)
			put_hex(&frame, kinds[k].again);
		put_zeros(&frame, 20);
		SEE(&frame, &s, CLASS_TUNNEL_TOO_DEEP);
	}
}

static void a_frame_of_nothing_but_tags_ends(void)
{
	frame.n = 0;
	put_ethernet(&frame, 0x8100);
	while (frame.n + 4 < sizeof(frame.b))
		put_tag(&frame, 1, 0x8100);
	SEE(&frame, &s, CLASS_TUNNEL_TOO_DEEP);
}

static void a_batch_is_decoded_in_order_and_each_frame_alone(void)
{
	struct decoder *dec = small_decoder(false);
	static struct bytes copies[FRAME_BATCH];
	static struct frame frames[FRAME_BATCH];
	static struct facts batch[FRAME_BATCH];

	for (unsigned i = 0; i < FRAME_BATCH; i++) {
		copies[i].n = 0;
		put_ethernet(&copies[i], i % 4 == 1 ? 0x86dd : i % 4 == 2 ? 0x0806 : 0x0800);
		if (i % 4 == 1)
			put_packet6(&copies[i], i);
		else if (i % 4 == 2)
			put_zeros(&copies[i], 28);
		else
			put_packet4(&copies[i], i);
		frames[i] = (struct frame){ .ts_ns = i * 1000,
					    .number = i + 1,
					    .bytes = copies[i].b,
					    .caplen = (uint32_t)copies[i].n,
					    .wirelen = (uint32_t)copies[i].n + i,
					    .linktype = 1 };
	}
	memset(batch, 0xa5, sizeof(batch));
	decode_batch(dec, frames, FRAME_BATCH, batch);
	for (unsigned i = 0; i < FRAME_BATCH; i++) {
		struct facts alone;

		memset(&alone, 0x5a, sizeof(alone));
		decode_batch(dec, &frames[i], 1, &alone);
		CU_ASSERT_EQUAL(memcmp(&alone, &batch[i], offsetof(struct facts, fragmented) + 1),
				0);
		CU_ASSERT_EQUAL(alone.ts_ns, i * 1000);
		CU_ASSERT_EQUAL(alone.number, i + 1);
		CU_ASSERT_EQUAL(alone.wirelen, copies[i].n + i);
		CU_ASSERT_EQUAL(alone.class, i % 4 == 2 ? CLASS_ARP : CLASS_UDP);
		if (i % 4 != 2)
			CU_ASSERT_EQUAL(alone.sport, 1000 + i);
	}
	decode_batch(dec, NULL, 0, NULL);
	decoder_free(dec);
}

static void nothing_is_left_over_from_other_facts(void)
{
	struct decoder *dec = small_decoder(false);
	struct facts f;
	struct frame arp = { .number = 3, .linktype = 1, .bytes = frame.b };

	frame.n = 0;
	put_ethernet(&frame, 0x0806);
	arp.caplen = (uint32_t)frame.n;
	arp.wirelen = (uint32_t)frame.n;
	memset(&f, 0xff, sizeof(f));
	decode_batch(dec, &arp, 1, &f);
	CU_ASSERT_EQUAL(f.class, CLASS_ARP);
	CU_ASSERT(f.payload == NULL);
	CU_ASSERT(f.payload_len == 0 && f.payload_wire == 0 && f.ip_len == 0);
	CU_ASSERT(f.seq == 0 && f.ack == 0 && f.window == 0 && f.tcp_flags == 0);
	CU_ASSERT(f.sport == 0 && f.dport == 0 && f.l4 == 0 && f.ip_version == 0 && f.ttl == 0);
	CU_ASSERT(f.vlan[0] == 0 && f.vlan[1] == 0 && f.vlans == 0 && f.tunnels == 0);
	CU_ASSERT(f.class_value == 0 && f.ip_id == 0 && f.icmp_type == 0 && f.icmp_code == 0);
	CU_ASSERT(!f.icmp_error && !f.bad_checksum && !f.fragmented);
	for (unsigned i = 0; i < 16; i++)
		CU_ASSERT(f.src.b[i] == 0 && f.dst.b[i] == 0);
	decoder_free(dec);
}

static void random_bytes_of_any_link_type_have_a_class(void)
{
	static const uint16_t linktypes[] = { 0,   1,   9,   12,  14,  50,  51,  101, 104, 105,
					      108, 113, 127, 166, 204, 228, 229, 253, 276, 999 };
	struct decoder *dec = small_decoder(true);
	struct counters c = { .numbered_count = 0 };
	char name[COUNTER_NAME];
	uint64_t frames, sum = 0;
	unsigned seed = 99, pos = 0;

	for (unsigned i = 0; i < 20000; i++) {
		size_t n;

		seed = seed * 1103515245 + 12345;
		n = (seed >> 16) % 120;
		frame.n = 0;
		while (frame.n < n) {
			seed = seed * 1103515245 + 12345;
			put8(&frame, seed >> 20 & 0xff);
		}
		see_with(dec, &frame, n, n + (seed & 7), linktypes[i % ARRAY_SIZE(linktypes)],
			 (int64_t)i, &s);
		CU_ASSERT(s.f.payload_len <= s.f.payload_wire);
		counters_add(&c, &s.f);
	}
	while (counters_next(&c, &pos, name, &frames))
		sum += frames;
	CU_ASSERT_EQUAL(sum, 20000);
	decoder_free(dec);
}

static void freeing_nothing_is_fine(void)
{
	decoder_free(NULL);
}

extern CU_TestInfo tests_decode[];
CU_TestInfo tests_decode[] = {
	{ "encapsulation is followed to its bound", encapsulation_is_followed_to_its_bound },
	{ "every kind of encapsulation is counted", every_kind_of_encapsulation_is_counted },
	{ "a frame of nothing but tags ends", a_frame_of_nothing_but_tags_ends },
	{ "a batch is decoded in order and each frame alone",
	  a_batch_is_decoded_in_order_and_each_frame_alone },
	{ "nothing is left over from other facts", nothing_is_left_over_from_other_facts },
	{ "random bytes of any link type have a class",
	  random_bytes_of_any_link_type_have_a_class },
	{ "freeing nothing is fine", freeing_nothing_is_fine },
	CU_TEST_INFO_NULL
};
