/* What a capture lacks, from its file to the verdicts: the complaints of facts/peers.md section 2. */
#include <stdlib.h>
#include <string.h>

#include "audit/pipeline.h"
#include "audit/tape.h"
#include "capture/capture_bytes.h"
#include "identify/tls_dialogues.h"
#include "judge/scene.h"
#include "judge/settle.h"
#include "packet/facts.h"

#define US 1000

struct rig {
	struct scene s;
	struct tapes dir;
	struct tape tape;
	struct pipeline *pipe;
	struct pipeline_options options;
	const struct ledger *ledger;
};

static void rig_open(struct rig *r)
{
	*r = (struct rig){ .options = PIPELINE_DEFAULTS };
	r->options.table.max_flows = 1000;
	r->options.table.stream_bytes = 1 << 20;
	scene_open(&r->s, NULL, NULL);
	tapes_open(&r->dir);
	tape_begin(&r->tape);
}

static void rig_close(struct rig *r)
{
	pipeline_free(r->pipe);
	r->pipe = NULL;
	tape_free(&r->tape);
	tapes_close(&r->dir);
	scene_close(&r->s);
}

static void rig_read(struct rig *r, const char *path)
{
	struct fa_error err;
	int status;

	if (r->pipe == NULL)
		CU_ASSERT_EQUAL_FATAL(pipeline_new(&r->pipe, r->s.policy, &r->options, &err), 0);
	CU_ASSERT_EQUAL_FATAL(pipeline_open(r->pipe, path, &err), 0);
	do
		status = pipeline_step(r->pipe, &err);
	while (status == 1);
	CU_ASSERT_EQUAL(status, 0);
}

static void rig_read_tape(struct rig *r, const char *name)
{
	rig_read(r, tape_save(&r->dir, name, &r->tape));
	tape_begin(&r->tape);
}

static const struct capture_facts *rig_finish(struct rig *r)
{
	struct fa_error err;
	uint64_t frames, sum = 0;
	char name[COUNTER_NAME];
	unsigned pos = 0;

	CU_ASSERT_EQUAL_FATAL(pipeline_finish(r->pipe, &err), 0);
	r->ledger = pipeline_ledger(r->pipe);
	/* Every frame in exactly one counter. */
	while (counters_next(&r->ledger->captures[0].counters, &pos, name, &frames))
		sum += frames;
	CU_ASSERT_EQUAL(sum + r->ledger->captures[0].filtered, r->ledger->captures[0].frames);
	return &r->ledger->captures[0];
}

static bool lacks(const struct capture_facts *c, enum fitness_code code)
{
	return fitness_has(&c->fitness, code);
}

static uint64_t packets(const struct rig *r, size_t flow)
{
	return r->ledger->flows[flow].packets[0] + r->ledger->flows[flow].packets[1];
}

static enum verdict verdict_of(const struct rig *r, size_t flow)
{
	CU_ASSERT_FATAL(flow < r->ledger->flow_count);
	return (enum verdict)r->ledger->flows[flow].verdict;
}

/* ---- copies -------------------------------------------------------------------------------- */

/* A conversation of which every packet is captured again a moment later, a hop further on. */
static void doubled_sip(struct tape *t)
{
	t->id = 500;
	for (unsigned n = 0; n < TAPE_SIP_PACKETS; n++) {
		tape_sip_packet(t, TAPE_T0 + n * TAPE_MS, CLIENT ":50000", SERVER ":5060", n);
		tape_again(t, TAPE_T0 + n * TAPE_MS + 300 * US, 1);
	}
}

static void each_packet_on_both_sides_of_a_box_counts_once(void)
{
	for (unsigned keep = 0; keep < 2; keep++) {
		const struct capture_facts *c;
		struct rig r;

		rig_open(&r);
		r.options.decoder.keep_duplicates = keep != 0;
		doubled_sip(&r.tape);
		rig_read_tape(&r, "a.pcap");
		c = rig_finish(&r);
		CU_ASSERT_EQUAL(r.ledger->flow_count, 1);
		CU_ASSERT_EQUAL(verdict_of(&r, 0), VERDICT_EXPECTED);
		CU_ASSERT_EQUAL(packets(&r, 0), (keep + 1) * TAPE_SIP_PACKETS);
		CU_ASSERT_EQUAL(c->counters.by_class[CLASS_DUPLICATE],
				keep != 0 ? 0 : TAPE_SIP_PACKETS);
		CU_ASSERT_EQUAL(lacks(c, FITNESS_DUPLICATES), keep == 0);
		CU_ASSERT_EQUAL(c->fitness.count, keep == 0);
		rig_close(&r);
	}
}

/* Three SYNs are three tries, however often each was captured; one datagram is one. */
static void a_copy_is_no_second_try(void)
{
	struct rig r;

	rig_open(&r);
	r.tape.id = 9;
	for (int i = 0; i < 3; i++) {
		tape_tcp(&r.tape, TAPE_T0 + i * TAPE_S, CLIENT ":50000", SERVER ":5060", TCP_SYN,
			 1000, 0, "");
		tape_again(&r.tape, TAPE_T0 + i * TAPE_S + 20 * US, 0);
		tape_again(&r.tape, TAPE_T0 + i * TAPE_S + 40 * US, 1);
	}
	tape_udp(&r.tape, TAPE_T0 + 4 * TAPE_S, CLIENT ":50001", SERVER ":1434", "\2", 1);
	tape_again(&r.tape, TAPE_T0 + 4 * TAPE_S + 20 * US, 0);
	/* ICMP errors too. */
	tape_icmp(&r.tape, TAPE_T0 + 5 * TAPE_S, FIREWALL, 3, 13);
	tape_again(&r.tape, TAPE_T0 + 5 * TAPE_S + 20 * US, 0);
	rig_read_tape(&r, "a.pcap");
	rig_finish(&r);
	CU_ASSERT_EQUAL_FATAL(r.ledger->flow_count, 2);
	CU_ASSERT_EQUAL(packets(&r, 0), 3);
	CU_ASSERT_EQUAL(settle_find(r.ledger, &r.ledger->flows[0], EVIDENCE_SYN_UNANSWERED)->count,
			3);
	CU_ASSERT_EQUAL(packets(&r, 1), 1);
	CU_ASSERT_EQUAL(
		settle_find(r.ledger, &r.ledger->flows[1], EVIDENCE_ICMP_ADMIN_PROHIBITED)->count,
		1);
	rig_close(&r);
}

static void copies_do_not_depend_on_batches(void)
{
	uint64_t copies = 0;

	for (unsigned batch = 1; batch <= 64; batch += 9) {
		const struct capture_facts *c;
		struct rig r;

		rig_open(&r);
		r.options.batch = batch;
		for (unsigned i = 0; i < 40; i++)
			doubled_sip(&r.tape);
		rig_read_tape(&r, "a.pcap");
		c = rig_finish(&r);
		if (batch == 1)
			copies = c->counters.by_class[CLASS_DUPLICATE];
		CU_ASSERT(copies != 0);
		CU_ASSERT_EQUAL(c->counters.by_class[CLASS_DUPLICATE], copies);
		rig_close(&r);
	}
}

/* The same file twice is two captures; its next part, taken with an overlap, is one. */
static void another_capture_remembers_no_packet(void)
{
	struct rig r;

	rig_open(&r);
	for (unsigned i = 0; i < 2; i++) {
		r.tape.id = 500;
		tape_sip(&r.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		tape_udp(&r.tape, TAPE_T0 + 9 * TAPE_S, CLIENT ":50001", SERVER ":1434", "\2", 1);
		rig_read_tape(&r, i == 0 ? "a.pcap" : "b.pcap");
	}
	/* Its last packet once more. */
	r.tape.id = 500 + TAPE_SIP_PACKETS;
	tape_udp(&r.tape, TAPE_T0 + 9 * TAPE_S, CLIENT ":50001", SERVER ":1434", "\2", 1);
	rig_read_tape(&r, "c.pcap");
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.ledger->captures[1].group, 1);
	CU_ASSERT_EQUAL(r.ledger->captures[1].counters.by_class[CLASS_DUPLICATE], 0);
	CU_ASSERT_EQUAL(r.ledger->captures[2].group, 1);
	CU_ASSERT_EQUAL(r.ledger->captures[2].counters.by_class[CLASS_DUPLICATE], 1);
	rig_close(&r);
}

/* ---- frames -------------------------------------------------------------------------------- */

static void wrong_checksums_change_no_verdict(void)
{
	const struct capture_facts *c;
	struct rig r;

	rig_open(&r);
	r.tape.spoil = 1;
	tape_sip(&r.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	rig_read_tape(&r, "a.pcap");
	c = rig_finish(&r);
	CU_ASSERT_EQUAL(verdict_of(&r, 0), VERDICT_EXPECTED);
	CU_ASSERT_EQUAL(packets(&r, 0), TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(c->verified_checksums, TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(c->bad_checksums, TAPE_SIP_PACKETS);
	CU_ASSERT(lacks(c, FITNESS_CHECKSUMS) && c->fitness.entries[0].disables == 0);
	rig_close(&r);
}

/* tcpdump -s 54: headers and no payload.  Bytes are those of the wire. */
static void cut_payload_contradicts_nothing(void)
{
	const struct capture_facts *c;
	struct rig r;

	rig_open(&r);
	r.tape.snaplen = 40;
	tape_sip(&r.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	rig_read_tape(&r, "a.pcap");
	c = rig_finish(&r);
	CU_ASSERT_EQUAL(verdict_of(&r, 0), VERDICT_EXPECTED);
	CU_ASSERT_PTR_NOT_NULL(
		settle_find(r.ledger, &r.ledger->flows[0], EVIDENCE_PROTOCOL_UNVERIFIED));
	CU_ASSERT_EQUAL(packets(&r, 0), TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(c->cut_frames, 2);
	CU_ASSERT_EQUAL(r.ledger->flows[0].bytes[0] + r.ledger->flows[0].bytes[1], c->wire_bytes);
	CU_ASSERT(c->wire_bytes > TAPE_SIP_PACKETS * 40);
	CU_ASSERT(lacks(c, FITNESS_SNAPLEN));
	rig_close(&r);
}

/* The packets of a tape as blocks, in turn on interfaces of the link types given. */
static void interfaces_of(struct bytes *b, const struct tape *t, const unsigned linktypes[2])
{
	static const uint8_t ethernet[14] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0 };
	unsigned n = 0;

	ng_put_section(b, false);
	ng_put_interface(b, linktypes[0], 0, 9);
	ng_put_interface(b, linktypes[1], 0, 9);
	for (size_t at = 24; at < t->len; n++) {
		const uint8_t *p = t->bytes + at;
		uint32_t len = p[8] | (uint32_t)p[9] << 8;
		unsigned prefix = linktypes[n % 2] == 1 ? 14 : 0;
		uint64_t ns = (uint64_t)TAPE_T0 + n * (uint64_t)TAPE_MS;
		size_t begin = ng_begin(b, 6);

		bytes_u32(b, n % 2);
		bytes_u32(b, (uint32_t)(ns >> 32));
		bytes_u32(b, (uint32_t)ns);
		bytes_u32(b, len + prefix);
		bytes_u32(b, len + prefix);
		bytes_put(b, ethernet, prefix);
		bytes_put(b, p + 16, len);
		while (b->len % 4 != 0)
			bytes_u8(b, 0);
		ng_end(b, begin);
		at += 16 + len;
	}
}

static void put_statistics(struct bytes *b, uint32_t iface, uint64_t ifdrop, uint64_t osdrop)
{
	size_t begin = ng_begin(b, 5);

	bytes_u32(b, iface);
	bytes_u64(b, 0);
	ng_put_option(b, 5, &ifdrop, 8);
	ng_put_option(b, 7, &osdrop, 8);
	ng_end(b, begin);
}

static const struct capture_facts *read_interfaces(struct rig *r, const unsigned linktypes[2],
						   const struct bytes *more)
{
	struct bytes b = { 0 };
	const char *path;

	tape_sip(&r->tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	interfaces_of(&b, &r->tape, linktypes);
	if (more != NULL)
		bytes_put(&b, more->p, more->len);
	path = tapes_save(&r->dir, "a.pcapng", b.p, b.len);
	bytes_free(&b);
	rig_read(r, path);
	return rig_finish(r);
}

/* libpcap refuses such a file, and tools on it see no packet. */
static void mixed_link_types_are_one_capture(void)
{
	static const unsigned linktypes[2] = { 101, 1 };
	const struct capture_facts *c;
	struct rig r;

	rig_open(&r);
	c = read_interfaces(&r, linktypes, NULL);
	CU_ASSERT_EQUAL(c->frames, TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(r.ledger->flow_count, 1);
	CU_ASSERT_EQUAL(packets(&r, 0), TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(verdict_of(&r, 0), VERDICT_EXPECTED);
	CU_ASSERT_EQUAL(c->fitness.count, 0);
	rig_close(&r);
}

/* An interface whose link type is not followed is counted by its number, and hides answers. */
static void unknown_link_types_are_counted_and_take_silence(void)
{
	static const unsigned linktypes[2] = { 101, 147 }, none[2] = { 147, 147 };
	const struct capture_facts *c;
	struct rig r;

	rig_open(&r);
	c = read_interfaces(&r, linktypes, NULL);
	CU_ASSERT_EQUAL(c->counters.numbered[0].value, 147);
	CU_ASSERT_EQUAL(c->counters.numbered[0].frames, TAPE_SIP_PACKETS / 2);
	CU_ASSERT_FATAL(c->fitness.count != 0);
	CU_ASSERT_EQUAL(c->fitness.entries[0].code, FITNESS_UNDECODED);
	CU_ASSERT(c->fitness.entries[0].disables & VERDICT_BIT(VERDICT_BLOCKED));
	rig_close(&r);
	rig_open(&r);
	c = read_interfaces(&r, none, NULL);
	CU_ASSERT_EQUAL(c->counters.numbered[0].frames, TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(r.ledger->flow_count, 0);
	CU_ASSERT(lacks(c, FITNESS_UNDECODED));
	rig_close(&r);
}

static void drops_of_every_interface_are_summed(void)
{
	static const unsigned linktypes[2] = { 101, 1 };
	struct bytes more = { 0 };
	const struct capture_facts *c;
	struct rig r;

	rig_open(&r);
	put_statistics(&more, 0, 2, 30);
	put_statistics(&more, 1, 4294965006, 5); /* tcpdump issue 787 */
	put_statistics(&more, 1, UINT64_MAX, 7);
	c = read_interfaces(&r, linktypes, &more);
	bytes_free(&more);
	CU_ASSERT_EQUAL(c->interface_drops, 2);
	CU_ASSERT_EQUAL(c->kernel_drops, 37);
	CU_ASSERT(c->drops_below_zero);
	CU_ASSERT_EQUAL_FATAL(c->fitness.count, 1);
	SAME(c->fitness.entries[0].detail,
	     "the capturing host lost 39 frames: 37 for want of room in the kernel, 2 on the "
	     "interface; a counter below zero was left out");
	rig_close(&r);
}

/* Requests arrive with one tag and answers leave with another: one conversation. */
static void tags_part_a_conversation_only_when_asked(void)
{
	static const uint8_t head[2][18] = {
		{ 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 10, 8, 0 },
		{ 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 11, 8, 0 },
	};
	for (unsigned asked = 0; asked < 2; asked++) {
		struct bytes b = { 0 };
		struct rig r;

		rig_open(&r);
		r.options.table.vlan_in_key = asked != 0;
		tape_sip(&r.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		pcap_header(&b, 0xa1b23c4d, 262144, 1);
		for (size_t at = 24; at < r.tape.len;) {
			const uint8_t *p = r.tape.bytes + at;
			uint32_t len = p[8] | (uint32_t)p[9] << 8;

			bytes_put(&b, p, 8);
			bytes_u32(&b, len + 18);
			bytes_u32(&b, len + 18);
			bytes_put(&b, head[p[16 + 12] == 10 && p[16 + 13] == 1], 18);
			bytes_put(&b, p + 16, len);
			at += 16 + len;
		}
		rig_read(&r, tapes_save(&r.dir, "a.pcap", b.p, b.len));
		bytes_free(&b);
		rig_finish(&r);
		CU_ASSERT_EQUAL(r.ledger->flow_count, asked + 1);
		CU_ASSERT_EQUAL(verdict_of(&r, 0) == VERDICT_EXPECTED, asked == 0);
		CU_ASSERT_EQUAL(r.ledger->flows[0].vlan, 10);
		rig_close(&r);
	}
}

/* A packet routed from VLAN 10 to 11 is one, but where VLANs are different networks. */
static void copies_in_another_vlan_are_packets_where_vlans_part_flows(void)
{
	static const uint8_t head[18] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 10, 8 };

	for (unsigned asked = 0; asked < 2; asked++) {
		const struct capture_facts *c;
		struct bytes b = { 0 };
		struct rig r;

		rig_open(&r);
		r.options.table.vlan_in_key = asked != 0;
		r.tape.id = 7;
		tape_sip(&r.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		pcap_header(&b, 0xa1b23c4d, 262144, 1);
		for (size_t at = 24; at < r.tape.len;) {
			const uint8_t *p = r.tape.bytes + at;
			uint32_t len = p[8] | (uint32_t)p[9] << 8;

			for (unsigned copy = 0; copy < 2; copy++) {
				bytes_put(&b, p, 8);
				bytes_u32(&b, len + 18);
				bytes_u32(&b, len + 18);
				bytes_put(&b, head, 18);
				b.p[b.len - 3] = (uint8_t)(10 + copy);
				bytes_put(&b, p + 16, len);
			}
			at += 16 + len;
		}
		rig_read(&r, tapes_save(&r.dir, "a.pcap", b.p, b.len));
		bytes_free(&b);
		c = rig_finish(&r);
		CU_ASSERT_EQUAL(r.ledger->flow_count, asked + 1);
		CU_ASSERT_EQUAL(c->counters.by_class[CLASS_DUPLICATE],
				asked ? 0 : TAPE_SIP_PACKETS);
		rig_close(&r);
	}
}

/* ---- what is missing ------------------------------------------------------------------------ */

#define SEGMENT 200

/*
 * A handshake that asks for no client certificate, on a row that wants MTLS, in
 * segments; @lost of them is not captured.  Return: segments there are.
 */
static unsigned handshake(struct tape *t, unsigned lost)
{
	uint8_t bytes[4096];
	uint32_t seq[2] = { 1001, 5001 };
	static const char *const ends[2] = { PARTNER ":50000", EDGE ":5061" };
	unsigned n = 0;
	int64_t ns = TAPE_T0 + TAPE_S;

	tape_tcp(t, TAPE_T0, ends[0], ends[1], TCP_SYN, 1000, 0, "");
	tape_tcp(t, TAPE_T0 + 1, ends[1], ends[0], TCP_SYN | TCP_ACK, 5000, 1001, "");
	tape_tcp(t, TAPE_T0 + 2, ends[0], ends[1], TCP_ACK, 1001, 5001, "");
	for (size_t i = 0; i < ARRAY_SIZE(tls_plain); i++) {
		unsigned from = tls_plain[i].dir;
		size_t len = feed_unhex(tls_plain[i].hex, bytes, sizeof(bytes));
		uint8_t *alpn = memmem(bytes, len, "\2h2", 3);

		if (i == 0 && alpn != NULL)
			memcpy(alpn, "\2xx", 3); /* HTTP would be a mismatch of its own */

		for (size_t at = 0; at < len; at += SEGMENT, n++) {
			uint32_t part = (uint32_t)MIN(len - at, (size_t)SEGMENT);

			ns += TAPE_MS;
			if (n != lost)
				tape_tcp_bytes(t, ns, ends[from], ends[from ^ 1u], TCP_ACK,
					       seq[from], seq[from ^ 1u], bytes + at, part);
			seq[from] += part;
			tape_tcp(t, ns + 1, ends[from ^ 1u], ends[from], TCP_ACK, seq[from ^ 1u],
				 seq[from], "");
		}
	}
	return n;
}

/* "Not requested" rests on a whole handshake: one lost segment and nobody says it. */
static void a_lost_segment_makes_no_mismatch(void)
{
	unsigned segments = 1;

	for (unsigned lost = 0; lost <= segments; lost++) {
		const struct capture_facts *c;
		struct rig r;

		rig_open(&r);
		segments = handshake(&r.tape, lost);
		rig_read_tape(&r, "a.pcap");
		c = rig_finish(&r);
		if (lost == segments) { /* none is */
			CU_ASSERT_EQUAL(verdict_of(&r, 0), VERDICT_MISMATCH);
			CU_ASSERT_EQUAL(c->fitness.count, 0);
		} else {
			CU_ASSERT(lacks(c, FITNESS_GAPS));
			/* Of the server's flight, in which the request would be. */
			if (lost >= 1 && lost <= 4)
				CU_ASSERT_NOT_EQUAL(verdict_of(&r, 0), VERDICT_MISMATCH);
		}
		rig_close(&r);
	}
	CU_ASSERT_EQUAL(segments, 10);
}

/* A reset after a session whose bytes the capture lost is no block. */
static void a_reset_behind_lost_data_is_no_block(void)
{
	for (unsigned lost = 0; lost < 2; lost++) {
		struct rig r;

		rig_open(&r);
		r.tape.id = 1;
		tape_tcp(&r.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060", TCP_SYN, 1000, 0, "");
		tape_tcp(&r.tape, TAPE_T0 + 1 * TAPE_MS, SERVER ":5060", CLIENT ":50000",
			 TCP_SYN | TCP_ACK, 5000, 1001, "");
		tape_tcp(&r.tape, TAPE_T0 + 2 * TAPE_MS, CLIENT ":50000", SERVER ":5060", TCP_ACK,
			 1001, 5001, "");
		if (lost)
			tape_tcp(&r.tape, TAPE_T0 + 4 * TAPE_MS, CLIENT ":50000", SERVER ":5060",
				 TCP_ACK, 1001, 5401, "");
		tape_tcp(&r.tape, TAPE_T0 + 5 * TAPE_MS, SERVER ":5060", CLIENT ":50000", TCP_RST,
			 5001 + 400 * lost, 0, "");
		rig_read_tape(&r, "a.pcap");
		rig_finish(&r);
		CU_ASSERT_EQUAL(verdict_of(&r, 0), lost ? VERDICT_INCONCLUSIVE : VERDICT_BLOCKED);
		rig_close(&r);
	}
}

/* An unanswered request, where answers may have come in pieces that were lost. */
static void lost_pieces_take_the_silence_of_datagrams(void)
{
	/* A STUN Binding request (RFC 8489 5). */
	static const uint8_t binding[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 7 };

	for (unsigned lost = 0; lost < 2; lost++) {
		struct rig r;

		rig_open(&r);
		tape_sip(&r.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		for (int i = 0; i < 4; i++)
			tape_udp(&r.tape, TAPE_T0 + (i + 1) * TAPE_S, CLIENT ":50001", EDGE ":3478",
				 binding, sizeof(binding));
		if (lost)
			tape_fragment(&r.tape, TAPE_T0 + 5 * TAPE_S, EDGE, CLIENT, 7);
		tape_sip(&r.tape, TAPE_T0 + 60 * TAPE_S, CLIENT ":50001", SERVER ":5060");
		rig_read_tape(&r, "a.pcap");
		rig_finish(&r);
		CU_ASSERT_EQUAL(verdict_of(&r, 1), lost ? VERDICT_INCONCLUSIVE : VERDICT_BLOCKED);
		rig_close(&r);
	}
}

/* Both sides of a translating firewall in one capture: one connection, documented once. */
static void a_connection_on_both_sides_of_a_translation(void)
{
	const struct capture_facts *c;
	struct rig r;

	rig_open(&r);
	r.tape.id = 1;
	for (unsigned n = 0; n < TAPE_SIP_PACKETS; n++) {
		tape_sip_packet(&r.tape, TAPE_T0 + n * TAPE_MS, CLIENT ":50000", SERVER ":5060", n);
		tape_sip_packet(&r.tape, TAPE_T0 + n * TAPE_MS + 100 * US, "203.0.113.9:1025",
				SERVER ":5060", n);
	}
	rig_read_tape(&r, "a.pcap");
	c = rig_finish(&r);
	CU_ASSERT_EQUAL_FATAL(r.ledger->flow_count, 2);
	CU_ASSERT_EQUAL(c->counters.by_class[CLASS_DUPLICATE], 0); /* other addresses */
	CU_ASSERT(lacks(c, FITNESS_NAT_BOTH_SIDES));
	CU_ASSERT_EQUAL(verdict_of(&r, 0), VERDICT_EXPECTED);
	CU_ASSERT_EQUAL(verdict_of(&r, 1), VERDICT_INCONCLUSIVE);
	rig_close(&r);
}

extern CU_TestInfo tests_capture_fitness[];
CU_TestInfo tests_capture_fitness[] = {
	{ "complaint 23: each packet on both sides of a box counts once",
	  each_packet_on_both_sides_of_a_box_counts_once },
	{ "complaint 23: a copy is no second try", a_copy_is_no_second_try },
	{ "copies do not depend on batches", copies_do_not_depend_on_batches },
	{ "another capture remembers no packet", another_capture_remembers_no_packet },
	{ "complaint 15: wrong checksums change no verdict and lose no packet",
	  wrong_checksums_change_no_verdict },
	{ "complaint 16: cut payload contradicts nothing, bytes are those of the wire",
	  cut_payload_contradicts_nothing },
	{ "complaint 17: unknown link types are counted and take silence",
	  unknown_link_types_are_counted_and_take_silence },
	{ "complaint 18: mixed link types are one capture", mixed_link_types_are_one_capture },
	{ "complaint 20: drops of every interface are summed, below zero is no number",
	  drops_of_every_interface_are_summed },
	{ "complaint 24: tags part a conversation only when asked",
	  tags_part_a_conversation_only_when_asked },
	{ "copies in another VLAN are packets where VLANs part flows",
	  copies_in_another_vlan_are_packets_where_vlans_part_flows },
	{ "complaint 21: a lost segment makes no mismatch", a_lost_segment_makes_no_mismatch },
	{ "complaint 21: a reset behind lost data is no block",
	  a_reset_behind_lost_data_is_no_block },
	{ "lost pieces take the silence of datagrams", lost_pieces_take_the_silence_of_datagrams },
	{ "complaint 38: a connection on both sides of a translation",
	  a_connection_on_both_sides_of_a_translation },
	CU_TEST_INFO_NULL
};
