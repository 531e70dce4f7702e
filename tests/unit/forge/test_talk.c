/* Conversations and what the network does to them, read back as frames (forge/talk.c, frame.c). */
#include "forge/talk.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "capture/source.h"
#include "packet/decode.h"

extern CU_TestInfo tests_talk[];

#define FACTS_MOST 256
#define T0         (INT64_C(1362139200) * NS_PER_S)

/* What was read back of a forged file. */
struct tape {
	struct facts facts[FACTS_MOST];
	unsigned count, linklen;
	bool truncated;
};

static void read_back(const char *path, struct tape *tape)
{
	struct decoder_options options = DECODER_DEFAULTS;
	struct frame frames[FRAME_BATCH];
	struct decoder *dec;
	struct source *src;
	struct fa_error err;
	int n;

	*tape = (struct tape){ 0 };
	options.checksums = true;
	CU_ASSERT_EQUAL_FATAL(source_open(&src, path, NULL, &err), 0);
	CU_ASSERT_EQUAL_FATAL(decoder_new(&dec, &options, &err), 0);
	while ((n = source_next(src, frames, &err)) > 0) {
		CU_ASSERT_FATAL(tape->count + (unsigned)n <= FACTS_MOST);
		decode_batch(dec, frames, (size_t)n, tape->facts + tape->count);
		for (int i = 0; i < n; i++) /* the payload dies with the batch */
			tape->facts[tape->count++].payload = NULL;
	}
	tape->truncated = source_info(src)->truncated;
	decoder_free(dec);
	source_close(src);
}

/* A dialogue of four messages: 10, 20, 2000 and 5 bytes by turns. */
static void script_of_four(struct script *s)
{
	static const uint16_t sizes[] = { 10, 20, 2000, 5 };

	for (unsigned i = 0; i < 4; i++)
		script_room(s, i % 2 == 0 ? SCRIPT_INITIATOR : SCRIPT_RESPONDER, sizes[i]);
}

static void forge(struct tape *tape, enum forge_case c, bool udp, bool v6,
		  const struct forge_wire *wire)
{
	static const uint8_t a4[4] = { 10, 0, 0, 5 }, b4[4] = { 10, 1, 0, 1 },
			     f4[4] = { 192, 0, 2, 1 };
	static const uint8_t a6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 5 },
			     b6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 9 },
			     f6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	char path[] = "/tmp/forgeXXXXXX";
	int fd = mkstemp(path);
	struct forge_random random;
	struct forge_file *file;
	struct script s = { 0 };
	struct fa_error err;
	struct talk talk = {
		.addr = { v6 ? address_from_v6(a6) : address_from_v4(a4),
			  v6 ? address_from_v6(b6) : address_from_v4(b4) },
		.port = { 40000, 5061 },
		.udp = udp,
		.start_ns = T0,
		.firewall = v6 ? address_from_v6(f6) : address_from_v4(f4),
		.mss = 1460,
		.random = &random,
	};

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	forge_random_seed(&random, 1, "talk");
	script_of_four(&s);
	CU_ASSERT_EQUAL_FATAL(forge_file_create(&file, path, wire, &err), 0);
	talk_write(file, &talk, &s, c);
	if (c == CASE_TRUNCATED)
		forge_file_truncate(file);
	CU_ASSERT_EQUAL(forge_file_close(file, &err), 0);
	script_free(&s);
	read_back(path, tape);
	unlink(path);
}

static const struct forge_wire plain;

static unsigned count_flags(const struct tape *t, unsigned flags)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->count; i++)
		n += t->facts[i].class == CLASS_TCP && t->facts[i].tcp_flags == flags;
	return n;
}

static void a_conversation_is_whole_and_its_checksums_fit(void)
{
	static const struct forge_wire wires[] = {
		{ 0 },
		{ .vlan = 7 },
		{ .tunnel = FORGE_GRE },
		{ .tunnel = FORGE_VXLAN },
		{ .tunnel = FORGE_IPIP, .vlan = 9 },
	};
	struct tape t;

	for (size_t w = 0; w < ARRAY_SIZE(wires); w++) {
		for (unsigned v6 = 0; v6 < 2; v6++) {
			uint32_t bytes = 0;

			forge(&t, CASE_OK, false, v6, &wires[w]);
			CU_ASSERT_EQUAL(count_flags(&t, TCP_SYN), 1);
			CU_ASSERT_EQUAL(count_flags(&t, TCP_SYN | TCP_ACK), 1);
			CU_ASSERT_EQUAL(count_flags(&t, TCP_FIN | TCP_ACK), 2);
			for (unsigned i = 0; i < t.count; i++) {
				CU_ASSERT_EQUAL(t.facts[i].class, CLASS_TCP);
				CU_ASSERT_FALSE(t.facts[i].bad_checksum);
				CU_ASSERT_EQUAL(t.facts[i].ip_version, v6 ? 6 : 4);
				CU_ASSERT_EQUAL(t.facts[i].vlan[0], wires[w].vlan);
				CU_ASSERT(t.facts[i].payload_wire <= 1460);
				bytes += t.facts[i].payload_wire;
			}
			CU_ASSERT_EQUAL(bytes, 10 + 20 + 2000 + 5);
			CU_ASSERT_EQUAL((t.facts[0].tunnels & TUNNEL_GRE) != 0,
					wires[w].tunnel == FORGE_GRE);
			CU_ASSERT_EQUAL((t.facts[0].tunnels & TUNNEL_VXLAN) != 0,
					wires[w].tunnel == FORGE_VXLAN);
			CU_ASSERT_EQUAL((t.facts[0].tunnels & TUNNEL_IPIP) != 0,
					wires[w].tunnel == FORGE_IPIP);
		}
	}
}

static void sequence_numbers_go_on_without_a_hole(void)
{
	uint32_t next[2] = { 0 };
	bool known[2] = { false, false };
	struct tape t;

	forge(&t, CASE_OK, false, false, &plain);
	for (unsigned i = 0; i < t.count; i++) {
		const struct facts *f = &t.facts[i];
		unsigned dir = f->sport != 40000;

		if (known[dir])
			CU_ASSERT_EQUAL(f->seq, next[dir]);
		if ((f->tcp_flags & TCP_ACK) != 0)
			CU_ASSERT_EQUAL(f->ack, next[dir ^ 1u]);
		known[dir] = true;
		next[dir] = f->seq + f->payload_wire + ((f->tcp_flags & (TCP_SYN | TCP_FIN)) != 0);
	}
}

static void what_is_dropped_is_tried_on_schedule(void)
{
	static const unsigned seconds[] = { 0, 1, 3, 7, 15 };
	static const unsigned tenths[] = { 0, 5, 15, 35, 75, 155 };
	struct tape t;

	forge(&t, CASE_DROPPED, false, false, &plain);
	CU_ASSERT_EQUAL_FATAL(t.count, 5);
	for (unsigned i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(t.facts[i].tcp_flags, TCP_SYN);
		CU_ASSERT_EQUAL(t.facts[i].seq, t.facts[0].seq);
		CU_ASSERT_EQUAL(t.facts[i].ts_ns - T0, seconds[i] * NS_PER_S);
		CU_ASSERT_EQUAL(t.facts[i].ip_id, (uint16_t)(t.facts[0].ip_id + i));
	}
	forge(&t, CASE_DROPPED, true, false, &plain);
	CU_ASSERT_EQUAL_FATAL(t.count, 6);
	for (unsigned i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(t.facts[i].ts_ns - T0, tenths[i] * (NS_PER_S / 10));
}

static void refusals_come_from_the_responder(void)
{
	struct tape t;

	forge(&t, CASE_REFUSED, false, false, &plain);
	CU_ASSERT_EQUAL_FATAL(t.count, 6);
	CU_ASSERT_EQUAL(t.facts[1].tcp_flags, TCP_RST | TCP_ACK);
	CU_ASSERT_EQUAL(t.facts[1].ack, t.facts[0].seq + 1);
	CU_ASSERT_EQUAL(t.facts[1].ttl, 64);
	for (unsigned v6 = 0; v6 < 2; v6++) {
		forge(&t, CASE_REFUSED, true, v6, &plain);
		CU_ASSERT_EQUAL_FATAL(t.count, 6);
		CU_ASSERT_EQUAL(t.facts[1].icmp_type, v6 ? 1 : 3);
		CU_ASSERT_EQUAL(t.facts[1].icmp_code, v6 ? 4 : 3);
		CU_ASSERT_EQUAL(address_compare(&t.facts[1].src, &t.facts[0].dst), 0);
	}
}

static void prohibitions_come_from_the_firewall_and_quote_the_packet(void)
{
	struct tape t;

	for (unsigned kind = 0; kind < 4; kind++) {
		bool v6 = (kind & 1) != 0;

		forge(&t, CASE_PROHIBITED, kind > 1, v6, &plain);
		CU_ASSERT_EQUAL_FATAL(t.count, 6);
		CU_ASSERT_TRUE(t.facts[1].icmp_error);
		CU_ASSERT_FALSE(t.facts[1].bad_checksum);
		CU_ASSERT_EQUAL(t.facts[1].icmp_type, v6 ? 1 : 3);
		CU_ASSERT_EQUAL(t.facts[1].icmp_code, v6 ? 1 : 13);
		CU_ASSERT_NOT_EQUAL(address_compare(&t.facts[1].src, &t.facts[0].dst), 0);
		CU_ASSERT_EQUAL(address_compare(&t.facts[1].dst, &t.facts[0].src), 0);
		CU_ASSERT_TRUE(t.facts[1].quoted.present);
		CU_ASSERT_EQUAL(address_compare(&t.facts[1].quoted.dst, &t.facts[0].dst), 0);
		CU_ASSERT_EQUAL(t.facts[1].quoted.dport, 5061);
	}
}

static void a_reset_after_the_hello_is_a_strangers(void)
{
	struct tape t;
	const struct facts *rst;

	forge(&t, CASE_RESET_AFTER_HELLO, false, false, &plain);
	rst = &t.facts[t.count - 1];
	CU_ASSERT_EQUAL(rst->tcp_flags, TCP_RST);
	CU_ASSERT_EQUAL(rst->sport, 5061);
	CU_ASSERT_EQUAL(t.facts[1].ttl, 64);
	CU_ASSERT_NOT_EQUAL(rst->ttl, 64);
	CU_ASSERT_EQUAL(t.facts[3].payload_wire, 10);
}

static void one_side_is_the_initiators(void)
{
	struct tape t;

	forge(&t, CASE_ONE_SIDED, false, false, &plain);
	CU_ASSERT(t.count > 5);
	for (unsigned i = 0; i < t.count; i++)
		CU_ASSERT_EQUAL(t.facts[i].sport, 40000);
	/* It goes on as if it were answered. */
	CU_ASSERT_EQUAL(t.facts[1].tcp_flags, TCP_ACK);
	CU_ASSERT_NOT_EQUAL(t.facts[1].ack, 0);
}

static void midstream_has_no_beginning(void)
{
	struct tape t;

	forge(&t, CASE_MIDSTREAM, false, false, &plain);
	CU_ASSERT_EQUAL(count_flags(&t, TCP_SYN), 0);
	CU_ASSERT_EQUAL(count_flags(&t, TCP_SYN | TCP_ACK), 0);
	CU_ASSERT_EQUAL(t.facts[0].payload_wire, 1460);
	CU_ASSERT_FALSE(talk_has(true, CASE_MIDSTREAM));
	CU_ASSERT_FALSE(talk_has(true, CASE_RESET_AFTER_HELLO));
	CU_ASSERT_TRUE(talk_has(true, CASE_REFUSED));
}

static void a_truncated_file_ends_in_its_last_record(void)
{
	struct tape whole, cut;

	forge(&whole, CASE_OK, true, false, &plain);
	forge(&cut, CASE_TRUNCATED, true, false, &plain);
	CU_ASSERT_FALSE(whole.truncated);
	CU_ASSERT_TRUE(cut.truncated);
	CU_ASSERT_EQUAL(cut.count, whole.count - 1);
}

static void frames_are_cut_at_the_snap_length(void)
{
	static const struct forge_wire wire = { .snaplen = 60 };
	struct tape t;

	forge(&t, CASE_OK, true, false, &wire);
	CU_ASSERT_EQUAL(t.facts[2].payload_wire, 2000);
	CU_ASSERT_EQUAL(t.facts[2].payload_len, 60 - 14 - 20 - 8);
}

static void cases_are_found_by_name(void)
{
	enum forge_case c;

	for (unsigned i = 0; i < CASE_COUNT; i++) {
		CU_ASSERT_TRUE(forge_case_find(forge_case_name((enum forge_case)i), &c));
		CU_ASSERT_EQUAL(c, i);
	}
	CU_ASSERT_FALSE(forge_case_find("", &c));
	CU_ASSERT_FALSE(forge_case_find("okay", &c));
}

CU_TestInfo tests_talk[] = {
	{ "a conversation is whole and its checksums fit, in every dress",
	  a_conversation_is_whole_and_its_checksums_fit },
	{ "sequence numbers go on without a hole", sequence_numbers_go_on_without_a_hole },
	{ "what is dropped is tried on schedule", what_is_dropped_is_tried_on_schedule },
	{ "refusals come from the responder", refusals_come_from_the_responder },
	{ "prohibitions come from the firewall and quote the packet",
	  prohibitions_come_from_the_firewall_and_quote_the_packet },
	{ "a reset after the hello is a stranger's", a_reset_after_the_hello_is_a_strangers },
	{ "one side is the initiator's", one_side_is_the_initiators },
	{ "midstream has no beginning", midstream_has_no_beginning },
	{ "a truncated file ends in its last record", a_truncated_file_ends_in_its_last_record },
	{ "frames are cut at the snap length", frames_are_cut_at_the_snap_length },
	{ "cases are found by name", cases_are_found_by_name },
	CU_TEST_INFO_NULL,
};
