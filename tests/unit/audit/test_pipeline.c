/* Frames in, conclusions out (audit/pipeline.c). */
#include "audit/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/namer.h"
#include "audit/plant.h"
#include "base/output.h"

#define STEP_FRAMES 16384 /* one step handles no more */

/* Everything that was concluded, as text; free() it. */
static char *told(const struct ledger *l)
{
	struct output *out;
	char a[ADDRESS_TEXT], b[ADDRESS_TEXT], *copy;
	size_t len;

	CU_ASSERT_EQUAL_FATAL(output_open_memory(&out, NULL), 0);
	for (size_t i = 0; i < l->capture_count; i++) {
		const struct capture_facts *c = &l->captures[i];

		output_printf(out, "capture %zu: group %u frames %lu bytes %lu %ld-%ld fit", i,
			      c->group, c->frames, c->bytes, c->first_ns, c->last_ns);
		for (unsigned f = 0; f < c->fitness.count; f++)
			output_printf(out, " %s", fitness_name(c->fitness.entries[f].code));
		output_string(out, "\n");
	}
	for (size_t i = 0; i < l->flow_count; i++) {
		const struct judged *f = &l->flows[i];

		output_printf(
			out, "%u/%lu %s:%u-%s:%u by %s, %u %u %u %u rows %u/%u near %d control %u",
			f->input, f->first_frame, address_text(&f->key.addr[f->initiator], a),
			f->key.port[f->initiator], address_text(&f->key.addr[f->initiator ^ 1u], b),
			f->key.port[f->initiator ^ 1u],
			initiator_by_name((enum initiator_by)f->initiator_by), f->verdict,
			f->outcome, f->cause, f->grade, f->best_rows, f->row_count, f->nearest,
			f->control);
		output_printf(
			out,
			" app %u/%u %lu+%lu bytes %lu+%lu end %u frames %lu %lu %ld-%ld:", f->app,
			f->confidence, f->packets[0], f->packets[1], f->bytes[0], f->bytes[1],
			f->end, f->ident_frame[0], f->ident_frame[1], f->first_ns, f->last_ns);
		for (unsigned r = 0; r < f->row_count; r++)
			output_printf(out, " %u", l->rows[f->rows + r]);
		for (unsigned n = 0; n < f->evidence_count; n++) {
			const struct evidence *e = &l->evidence[f->evidence + n];

			output_printf(out, " %s*%u(%u,%u)@%lu,%lu,%lu",
				      evidence_name((enum evidence_code)e->code), e->count,
				      e->value, e->value2, e->frames[0], e->frames[1],
				      e->frames[2]);
		}
		output_string(out, "\n");
	}
	copy = strdup(output_text(out, &len));
	CU_ASSERT_EQUAL(output_close(out, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	return copy;
}

/* ---- one input ------------------------------------------------------------------------------- */

static void frames_become_a_conclusion(void)
{
	struct plant p;
	const struct ledger *l;
	const struct capture_facts *c;
	const struct judged *f;

	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL_FATAL(l->capture_count, 1);
	c = &l->captures[0];
	SAME(c->name + strlen(p.dir.dir), "/a.pcap");
	SAME(c->format, "pcap");
	SAME(c->error, "");
	CU_ASSERT_EQUAL(c->frames, TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(c->filtered, 0);
	CU_ASSERT_EQUAL(c->counters.by_class[CLASS_TCP], TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(c->first_ns, TAPE_T0);
	CU_ASSERT_EQUAL(c->last_ns, TAPE_T0 + 8 * TAPE_MS);
	CU_ASSERT_EQUAL(c->snaplen, 262144);
	CU_ASSERT_EQUAL(c->bytes, 24 + TAPE_SIP_PACKETS * 16 + c->wire_bytes);
	CU_ASSERT_EQUAL(c->cut_frames, 0);
	CU_ASSERT_EQUAL(c->bad_checksums, 0);
	CU_ASSERT_EQUAL(c->untimed_frames, 0);
	CU_ASSERT_FALSE(c->truncated);
	CU_ASSERT_EQUAL_FATAL(l->flow_count, 1);
	f = &l->flows[0];
	SAME(plant_said(l, 0), "expected established");
	CU_ASSERT_EQUAL(f->app, APP_SIP);
	CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_STRONG);
	CU_ASSERT_EQUAL(f->first_frame, 1);
	CU_ASSERT_EQUAL(f->ident_frame[f->initiator], 4);
	CU_ASSERT_EQUAL(f->ident_frame[f->initiator ^ 1u], 6);
	CU_ASSERT_EQUAL(f->ttl[f->initiator], 128);
	CU_ASSERT_EQUAL(f->packets[0] + f->packets[1], TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(f->bytes[0] + f->bytes[1], c->wire_bytes);
	CU_ASSERT_EQUAL(l->coverage[policy_find_row(p.s.policy, "d/t/sip")].state, ROW_SEEN);
	plant_close(&p);
}

/* A STUN Binding request, or its success, with @id in its transaction. */
static void stun(struct plant *p, int64_t ns, const char *from, const char *to, bool answer,
		 uint8_t id)
{
	uint8_t m[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, [8] = id, [19] = 7 };

	m[0] = answer ? 1 : 0;
	tape_udp(&p->tape, ns, from, to, m, sizeof(m));
}

static void datagrams_are_identified(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	stun(&p, TAPE_T0, CLIENT ":50000", EDGE ":3478", false, 1);
	stun(&p, TAPE_T0 + TAPE_MS, EDGE ":3478", CLIENT ":50000", true, 1);
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	SAME(plant_said(l, 0), "expected established");
	CU_ASSERT_EQUAL(l->flows[0].app, APP_STUN);
	CU_ASSERT_EQUAL(l->flows[0].fit, FIT_STRONG);
	plant_close(&p);
}

static void errors_belong_to_the_flow_they_quote(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	tape_tcp(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060", TCP_SYN, 1000, 0, "");
	tape_icmp(&p.tape, TAPE_T0 + TAPE_MS, FIREWALL, 3, 13);
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->flow_count, 1);
	SAME(plant_said(l, 0), "blocked prohibited");
	CU_ASSERT_EQUAL(l->evidence[l->flows[0].evidence].frames[0], 2);
	plant_close(&p);
}

static void streams_are_handed_over_at_their_end(void)
{
	/* A ClientHello of 256 bytes of which these are all that came. */
	static const uint8_t hello[] = {
		0x16, 3, 1,    1,   0,   1,   0,    0,   0xfc, 3,   3,   [43] = 0, 0,
		2,    0, 0x2f, 1,   0,   0,   0xd0, 0,   0,    0,   13,  0,        11,
		0,    0, 8,    'e', 'd', 'g', 'e',  '.', 'l',  'a', 'b', 0,        16,
	};
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	for (unsigned n = 0; n < 3; n++)
		tape_sip_packet(&p.tape, TAPE_T0 + n * TAPE_MS, CLIENT ":50000", SERVER ":5067", n);
	tape_tcp_bytes(&p.tape, TAPE_T0 + 3 * TAPE_MS, CLIENT ":50000", SERVER ":5067",
		       TCP_PSH | TCP_ACK, 1001, 5001, hello, sizeof(hello));
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	SAME(plant_said(l, 0), "expected established");
	SAME(l->text + l->flows[0].sni, "edge.lab");
	CU_ASSERT_EQUAL(l->flows[0].ident_frame[l->flows[0].initiator], 4);
	plant_close(&p);
}

static void midstream_bytes_rule_nothing_out(void)
{
	for (unsigned opened = 0; opened < 2; opened++) {
		struct plant p;
		const struct ledger *l;

		plant_open(&p);
		plant_start(&p);
		for (unsigned n = opened ? 0 : 2; n < 3; n++)
			tape_sip_packet(&p.tape, TAPE_T0 + n * TAPE_MS, CLIENT ":50000",
					SERVER ":5060", n);
		tape_tcp(&p.tape, TAPE_T0 + 3 * TAPE_MS, CLIENT ":50000", SERVER ":5060",
			 TCP_PSH | TCP_ACK, 1001, 5001, "of something else\r\n");
		tape_tcp(&p.tape, TAPE_T0 + 4 * TAPE_MS, SERVER ":5060", CLIENT ":50000",
			 TCP_PSH | TCP_ACK, 5001, 1020, "of something else\r\n");
		CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
		l = plant_finish(&p);
		SAME(plant_said(l, 0), opened ? "mismatch established" : "expected established");
		plant_close(&p);
	}
}

static void cut_payload(void)
{
	struct plant p;
	const struct ledger *l;

	/* Packets of 20 + 8 + 20 bytes, cut in the middle of their payload. */
	plant_open(&p);
	plant_start(&p);
	p.tape.snaplen = 36;
	stun(&p, TAPE_T0, CLIENT ":50000", EDGE ":3478", false, 1);
	stun(&p, TAPE_T0 + TAPE_MS, EDGE ":3478", CLIENT ":50000", true, 1);
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->captures[0].cut_frames, 2);
	CU_ASSERT_EQUAL(l->captures[0].wire_bytes, 96);
	CU_ASSERT_EQUAL(l->captures[0].fitness.entries[0].code, FITNESS_SNAPLEN);
	/* What is not there contradicts nothing. */
	SAME(plant_said(l, 0), "expected established");
	plant_close(&p);
}

/* Of all frames when asked, else of a sample that the first frames of a file are in. */
static void checksums_of_all_or_a_sample(void)
{
	for (unsigned asked = 0; asked < 2; asked++) {
		const unsigned frames = DECODE_CHECKSUMS_FIRST + 3 * DECODE_CHECKSUMS_EVERY;
		struct plant p;
		const struct ledger *l;

		plant_open(&p);
		p.options.decoder.checksums = asked != 0;
		plant_start(&p);
		p.tape.spoil = 1;
		for (unsigned i = 0; i < frames; i++)
			stun(&p, TAPE_T0 + i * TAPE_MS, CLIENT ":50000", EDGE ":3478", false, 1);
		CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
		l = plant_finish(&p);
		CU_ASSERT_EQUAL(l->captures[0].verified_checksums,
				asked ? frames : DECODE_CHECKSUMS_FIRST + 3);
		CU_ASSERT_EQUAL(l->captures[0].bad_checksums, l->captures[0].verified_checksums);
		CU_ASSERT_EQUAL(l->flows[0].packets[0] + l->flows[0].packets[1], frames);
		plant_close(&p);
	}
}

static void filtered_frames(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	p.options.filter = "tcp port 5060";
	plant_start(&p);
	stun(&p, TAPE_T0, CLIENT ":50000", EDGE ":3478", false, 1);
	tape_sip(&p.tape, TAPE_T0 + TAPE_S, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->captures[0].frames, TAPE_SIP_PACKETS + 1);
	CU_ASSERT_EQUAL(l->captures[0].filtered, 1);
	CU_ASSERT_EQUAL(l->flow_count, 1);
	/* Frames keep their numbers. */
	CU_ASSERT_EQUAL(l->flows[0].first_frame, 2);
	CU_ASSERT_EQUAL(l->captures[0].first_ns, TAPE_T0 + TAPE_S);
	plant_close(&p);
}

/* A section, a raw IPv4 interface, and the same packet of 28 bytes with a time and without. */
static const uint8_t untimed[] = {
	0x0a, 0x0d, 0x0d, 0x0a, 28,   0,    0,    0,    0x4d, 0x3c, 0x2b, 0x1a, 1,    0,
	0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28,   0,    0,    0,
	1,    0,    0,    0,    20,   0,    0,    0,    101,  0,    0,    0,    0,    0,
	0,    0,    20,   0,    0,    0,    6,    0,    0,    0,    60,   0,    0,    0,
	0,    0,    0,    0,    1,    0,    0,    0,    0,    0,    0,    0,    28,   0,
	0,    0,    28,   0,    0,    0,    0x45, 0,    0,    28,   0,    0,    0,    0,
	64,   17,   0,    0,    10,   0,    0,    5,    192,  0,    2,    10,   0xc3, 0x50,
	0x0d, 0x96, 0,    8,    0,    0,    60,   0,    0,    0,    3,    0,    0,    0,
	44,   0,    0,    0,    28,   0,    0,    0,    0x45, 0,    0,    28,   0,    0,
	0,    0,    64,   17,   0,    0,    10,   0,    0,    5,    192,  0,    2,    10,
	0xc3, 0x50, 0x0d, 0x96, 0,    8,    0,    0,    44,   0,    0,    0,
};

static void frames_without_time(void)
{
	/* Where the packet with a time begins, and its end. */
	enum { TIMED = 28 + 20, TIMED_END = TIMED + 60 };
	struct plant p;
	const struct ledger *l;
	uint8_t b[sizeof(untimed)];

	memcpy(b, untimed, TIMED);
	memcpy(b + TIMED, untimed + TIMED_END, sizeof(untimed) - TIMED_END);
	plant_open(&p);
	plant_start(&p);
	CU_ASSERT_EQUAL(
		plant_read_file(&p, tapes_save(&p.dir, "a.pcapng", b, sizeof(untimed) - 60)), 0);
	CU_ASSERT_EQUAL(
		plant_read_file(&p, tapes_save(&p.dir, "b.pcapng", untimed, sizeof(untimed))), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->captures[0].untimed_frames, 1);
	CU_ASSERT_EQUAL(l->captures[0].first_ns, 0);
	CU_ASSERT_EQUAL(l->captures[0].last_ns, 0);
	/* It does not pull the others to 1970: 2^32 microseconds. */
	CU_ASSERT_EQUAL(l->captures[1].frames, 2);
	CU_ASSERT_EQUAL(l->captures[1].untimed_frames, 1);
	CU_ASSERT_EQUAL(l->captures[1].first_ns, INT64_C(4294967296000));
	CU_ASSERT_EQUAL(l->captures[1].last_ns, INT64_C(4294967296000));
	plant_close(&p);
}

static void clock_and_fragments_are_counted_by_input(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	stun(&p, TAPE_T0 + 5 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 1);
	stun(&p, TAPE_T0, CLIENT ":50000", EDGE ":3478", false, 2); /* five seconds back */
	tape_fragment(&p.tape, TAPE_T0 + 5 * TAPE_S, CLIENT, EDGE, 1);
	tape_fragment(&p.tape, TAPE_T0 + 70 * TAPE_S, CLIENT, EDGE, 2);
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	stun(&p, TAPE_T0 + 71 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 3);
	CU_ASSERT_EQUAL(plant_read(&p, "b.pcap"), 0);
	/* Another group: everything is counted anew. */
	stun(&p, TAPE_T0 + 1000 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 4);
	stun(&p, TAPE_T0 + 990 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 5);
	stun(&p, TAPE_T0 + 980 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 6);
	CU_ASSERT_EQUAL(plant_read(&p, "c.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->captures[0].clock_steps, 1);
	CU_ASSERT_EQUAL(l->captures[0].abandoned_datagrams, 1);
	CU_ASSERT_EQUAL(l->captures[1].clock_steps, 0);
	/* The second was still waited for when their group ended. */
	CU_ASSERT_EQUAL(l->captures[1].abandoned_datagrams, 1);
	CU_ASSERT_EQUAL(l->captures[2].clock_steps, 2);
	CU_ASSERT_EQUAL(l->captures[2].abandoned_datagrams, 0);
	plant_close(&p);
}

/* As many evicted flows as the table holds are listed, the rest is counted; with any threads. */
static void full_table(void)
{
	enum { FLOWS = 1200, MOST = 4 }; /* more than identifications there are */

	for (unsigned threads = 1; threads <= 3; threads++) {
		struct plant p;
		const struct ledger *l;
		char from[32];

		plant_open(&p);
		p.options.table.max_flows = MOST;
		p.options.threads = threads;
		plant_start(&p);
		for (unsigned i = 0; i < FLOWS; i++) {
			snprintf(from, sizeof(from), CLIENT ":%u", 50000 + i);
			stun(&p, TAPE_T0 + i * TAPE_MS, from, EDGE ":3478", false, 1);
		}
		CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
		l = plant_finish(&p);
		CU_ASSERT_EQUAL(l->flow_count, 2 * MOST);
		CU_ASSERT_EQUAL(l->unlisted, FLOWS - 2 * MOST);
		CU_ASSERT_EQUAL(l->captures[0].evicted, FLOWS - MOST);
		CU_ASSERT_EQUAL(l->captures[0].evicted_unlisted, l->unlisted);
		CU_ASSERT_EQUAL(l->verdicts[VERDICT_INCONCLUSIVE], FLOWS);
		for (size_t i = 0; i < l->flow_count; i++) {
			CU_ASSERT_EQUAL(l->flows[i].app, APP_STUN);
			CU_ASSERT_EQUAL(l->flows[i].first_frame,
					1 + (i < MOST ? i : FLOWS - 2 * MOST + i));
		}
		plant_close(&p);
	}
}

/* Two flows of no row, one that nobody can name, one of ours; with or without names. */
static char *told_with_names(bool names, char *named, size_t size)
{
	static const char dns[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";
	struct plant p;
	const struct ledger *l;
	char *text;

	plant_open(&p);
	p.options.name_unknown = names;
	plant_start(&p);
	tape_udp(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":53", dns, sizeof(dns) - 1);
	tape_udp(&p.tape, TAPE_T0 + TAPE_MS, CLIENT ":50001", SERVER ":53", "?", 1);
	stun(&p, TAPE_T0 + 2 * TAPE_MS, CLIENT ":50002", EDGE ":3478", false, 1);
	tape_sip(&p.tape, TAPE_T0 + 3 * TAPE_MS, CLIENT ":50003", SERVER ":5060");
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL_FATAL(l->flow_count, 4);
	*named = '\0';
	for (size_t i = 0; i < l->flow_count; i++) {
		size_t len = strlen(named);

		snprintf(named + len, size - len, "%s;", l->text + l->flows[i].name);
	}
	text = told(l);
	memmove(text, strchr(text, '\n'), strlen(strchr(text, '\n')) + 1); /* the path */
	plant_close(&p);
	return text;
}

static void names_change_no_conclusion(void)
{
	char named[64];
	char *without = told_with_names(false, named, sizeof(named)), *with;

	SAME(named, ";;;;");
	if (!namer_available()) {
		printf("(skipped: no nDPI) ");
		free(without);
		return;
	}
	with = told_with_names(true, named, sizeof(named));
	SAME(named, "DNS;;;;");
	SAME(with, without);
	free(with);
	free(without);
}

/* ---- groups ---------------------------------------------------------------------------------- */

/*
 * A SIP dialogue whose first three packets are in one file and the others in
 * another that begins @gap_ns after the first one's latest packet.
 */
static const struct ledger *rotated(struct plant *p, int64_t gap_ns)
{
	plant_open(p);
	plant_start(p);
	for (unsigned n = 0; n < TAPE_SIP_PACKETS; n++) {
		int64_t at = n < 3 ? TAPE_T0 + ((int64_t)n - 2) * TAPE_S
				   : TAPE_T0 + gap_ns + (n - 3) * TAPE_MS;

		tape_sip_packet(&p->tape, at, CLIENT ":50000", SERVER ":5060", n);
		if (n == 2)
			CU_ASSERT_EQUAL(plant_read(p, "a.pcap"), 0);
	}
	CU_ASSERT_EQUAL(plant_read(p, "b.pcap"), 0);
	return plant_finish(p);
}

static void rotated_files_continue_a_flow(void)
{
	static const int64_t gaps[] = { 0, TAPE_MS, 10 * TAPE_S, -TAPE_S };

	for (size_t i = 0; i < ARRAY_SIZE(gaps); i++) {
		struct plant p;
		const struct ledger *l = rotated(&p, gaps[i]);

		CU_ASSERT_EQUAL(l->captures[0].group, 0);
		CU_ASSERT_EQUAL(l->captures[1].group, 0);
		CU_ASSERT_EQUAL(l->flow_count, 1);
		CU_ASSERT_EQUAL(l->flows[0].input, 0);
		CU_ASSERT_EQUAL(l->flows[0].app, APP_SIP);
		CU_ASSERT_EQUAL(l->flows[0].packets[0] + l->flows[0].packets[1], TAPE_SIP_PACKETS);
		CU_ASSERT_EQUAL(l->captures[0].frames, 3);
		CU_ASSERT_EQUAL(l->captures[1].frames, TAPE_SIP_PACKETS - 3);
		SAME(plant_said(l, 0), "expected established");
		plant_close(&p);
	}
}

static void other_times_are_another_capture(void)
{
	static const int64_t gaps[] = { 10 * TAPE_S + 1, -TAPE_S - 1, 3600 * TAPE_S,
					-3600 * TAPE_S };

	for (size_t i = 0; i < ARRAY_SIZE(gaps); i++) {
		struct plant p;
		const struct ledger *l = rotated(&p, gaps[i]);

		CU_ASSERT_EQUAL(l->captures[0].group, 0);
		CU_ASSERT_EQUAL(l->captures[1].group, 1);
		CU_ASSERT_EQUAL_FATAL(l->flow_count, 2);
		CU_ASSERT_EQUAL(l->flows[0].input, 0);
		CU_ASSERT_EQUAL(l->flows[0].first_frame, 1);
		CU_ASSERT_EQUAL(l->flows[1].input, 1);
		CU_ASSERT_EQUAL(l->flows[1].first_frame, 1);
		/* A clock that starts again is no step back. */
		CU_ASSERT_EQUAL(l->captures[1].clock_steps, 0);
		CU_ASSERT_EQUAL(l->flows[1].app, APP_SIP);
		plant_close(&p);
	}
}

/* Two points that ran beside each other hold the same packets: never one capture. */
static void simultaneous_captures_are_two(void)
{
	static const int64_t later[] = { 0, TAPE_MS / 5, 3 * TAPE_MS, -TAPE_MS };

	for (size_t i = 0; i < ARRAY_SIZE(later); i++) {
		struct plant p;
		const struct ledger *l;

		plant_open(&p);
		plant_start(&p);
		tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		CU_ASSERT_EQUAL(plant_read(&p, "near.pcap"), 0);
		tape_sip(&p.tape, TAPE_T0 + later[i], CLIENT ":50000", SERVER ":5060");
		CU_ASSERT_EQUAL(plant_read(&p, "far.pcap"), 0);
		l = plant_finish(&p);
		CU_ASSERT_EQUAL(l->captures[1].group, 1);
		CU_ASSERT_EQUAL_FATAL(l->flow_count, 2);
		for (size_t f = 0; f < 2; f++) {
			SAME(plant_said(l, f), "expected established");
			CU_ASSERT_EQUAL(l->flows[f].packets[0] + l->flows[f].packets[1],
					TAPE_SIP_PACKETS);
		}
		/* A row counts both. */
		CU_ASSERT_EQUAL(
			l->coverage[policy_find_row(p.s.policy, "d/t/sip")].flows[VERDICT_EXPECTED],
			2);
		plant_close(&p);
	}
}

static void groups_go_on_from_the_latest_packet(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	stun(&p, TAPE_T0, CLIENT ":50000", EDGE ":3478", false, 1);
	stun(&p, TAPE_T0 + 9 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 2);
	stun(&p, TAPE_T0 + 8 * TAPE_S + TAPE_S / 2, CLIENT ":50000", EDGE ":3478", false, 3);
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	CU_ASSERT_EQUAL(plant_read(&p, "empty.pcap"), 0); /* has no time and changes nothing */
	stun(&p, TAPE_T0 + 8 * TAPE_S + TAPE_S / 4, CLIENT ":50000", EDGE ":3478", false, 8);
	CU_ASSERT_EQUAL(plant_read(&p, "late.pcap"), 0); /* ends before the one before it */
	stun(&p, TAPE_T0 + 19 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 4);
	CU_ASSERT_EQUAL(plant_read(&p, "b.pcap"), 0);
	stun(&p, TAPE_T0 + 29 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 5);
	CU_ASSERT_EQUAL(plant_read(&p, "c.pcap"), 0);
	stun(&p, TAPE_T0 + 40 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 6);
	CU_ASSERT_EQUAL(plant_read(&p, "d.pcap"), 0);
	stun(&p, TAPE_T0 + 41 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 7);
	CU_ASSERT_EQUAL(plant_read(&p, "e.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->captures[0].group, 0);
	CU_ASSERT_EQUAL(l->captures[1].group, 0);
	CU_ASSERT_EQUAL(l->captures[1].frames, 0);
	CU_ASSERT_EQUAL(l->captures[2].group, 0);
	CU_ASSERT_EQUAL(l->captures[3].group, 0);
	CU_ASSERT_EQUAL(l->captures[4].group, 0);
	CU_ASSERT_EQUAL(l->captures[5].group, 1);
	CU_ASSERT_EQUAL(l->captures[6].group, 1);
	CU_ASSERT_EQUAL(l->flow_count, 2);
	CU_ASSERT_EQUAL(l->flows[0].packets[0] + l->flows[0].packets[1], 6);
	CU_ASSERT_EQUAL(l->flows[1].packets[0] + l->flows[1].packets[1], 2);
	plant_close(&p);
}

static void quiet_within_a_file(void)
{
	struct plant p;
	const struct ledger *l;

	/* Every packet comes later than a file of the same capture might begin. */
	plant_open(&p);
	plant_start(&p);
	for (unsigned i = 0; i < 200; i++)
		stun(&p, TAPE_T0 + i * 12 * TAPE_S, CLIENT ":50000", EDGE ":3478", false, 1);
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->flow_count, 1);
	CU_ASSERT_EQUAL(l->captures[0].group, 0);
	plant_close(&p);
}

/* ---- results never depend on the batch ---------------------------------------------------------
 */

static void mixed_traffic(struct tape *t)
{
	char from[12][32];

	for (unsigned i = 0; i < ARRAY_SIZE(from); i++)
		snprintf(from[i], sizeof(from[i]), "10.0.0.%u:%u", 5 + i % 4, 50000 + i);
	/* Dialogues that run beside each other. */
	for (unsigned n = 0; n < TAPE_SIP_PACKETS; n++)
		for (unsigned i = 0; i < 8; i++)
			tape_sip_packet(t, TAPE_T0 + (n * 12 + i) * TAPE_MS, from[i],
					i % 2 ? SERVER ":5060" : SERVER_2 ":80", n);
	for (unsigned i = 8; i < 12; i++) {
		int64_t at = TAPE_T0 + TAPE_S + i * TAPE_MS;

		tape_tcp(t, at, from[i], SERVER ":8057", TCP_SYN, 1000, 0, "");
		if (i == 9)
			tape_tcp(t, at + 1, SERVER ":8057", from[i], TCP_RST | TCP_ACK, 0, 1001,
				 "");
		else if (i == 10)
			tape_icmp(t, at + 1, FIREWALL, 3, 10);
	}
	for (unsigned i = 0; i < 60; i++)
		tape_udp(t, TAPE_T0 + 2 * TAPE_S + i * 300 * TAPE_MS, from[i % 3],
			 i % 3 ? EDGE ":3478" : SERVER ":1434", "\3", 1);
	/* The same tuple again after it was closed: another flow. */
	tape_sip(t, TAPE_T0 + 28 * TAPE_S, from[1], SERVER ":5060");
}

static void batches_make_no_difference(void)
{
	char *first = NULL;

	for (unsigned batch = 1; batch <= 64; batch++) {
		struct plant p;
		char *text;

		plant_open(&p);
		p.options.batch = batch;
		p.options.table.seed = batch % 7; /* nor does the seed */
		plant_start(&p);
		mixed_traffic(&p.tape);
		CU_ASSERT(p.tape.frames > 2 * 64);
		CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
		text = told(plant_finish(&p));
		/* The directory's name is not in it. */
		if (first == NULL)
			first = text;
		else {
			SAME(text, first);
			free(text);
		}
		plant_close(&p);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(first, "icmp_admin_prohibited"));
	CU_ASSERT_PTR_NOT_NULL(strstr(first, "tcp_rst_syn"));
	free(first);
}

/* A file that holds the record at @at alone; returns where the next one begins. */
static size_t piece(struct plant *p, size_t at)
{
	const uint8_t *record = p->tape.bytes + at;
	size_t len = 16 + (record[8] | (size_t)record[9] << 8);
	struct tape one = { .bytes = malloc(24 + len), .len = 24 + len };

	CU_ASSERT_PTR_NOT_NULL_FATAL(one.bytes);
	memcpy(one.bytes, p->tape.bytes, 24);
	memcpy(one.bytes + 24, record, len);
	CU_ASSERT_EQUAL(plant_read_file(p, tape_save(&p->dir, "piece.pcap", &one)), 0);
	return at + len;
}

static void files_make_no_difference(void)
{
	struct plant whole, parts;
	const struct ledger *a, *b;

	plant_open(&whole);
	plant_start(&whole);
	mixed_traffic(&whole.tape);
	CU_ASSERT_EQUAL(plant_read(&whole, "a.pcap"), 0);
	a = plant_finish(&whole);
	plant_open(&parts);
	plant_start(&parts);
	mixed_traffic(&parts.tape);
	for (size_t at = 24; at < parts.tape.len;)
		at = piece(&parts, at);
	b = plant_finish(&parts);
	CU_ASSERT_EQUAL(b->capture_count, a->captures[0].frames);
	CU_ASSERT_EQUAL(a->flow_count, b->flow_count);
	for (size_t i = 0; i < MIN(a->flow_count, b->flow_count); i++) {
		const struct judged *x = &a->flows[i], *y = &b->flows[i];

		CU_ASSERT_EQUAL(memcmp(&x->key, &y->key, sizeof(x->key)), 0);
		CU_ASSERT_EQUAL(x->outcome, y->outcome);
		CU_ASSERT_EQUAL(x->row_count, y->row_count);
		CU_ASSERT_EQUAL(x->app, y->app);
		CU_ASSERT_EQUAL(x->packets[0], y->packets[0]);
		CU_ASSERT_EQUAL(x->packets[1], y->packets[1]);
		CU_ASSERT_EQUAL(x->last_ns, y->last_ns);
		CU_ASSERT_EQUAL(x->verdict, y->verdict);
		CU_ASSERT_EQUAL(x->cause, y->cause);
		CU_ASSERT_EQUAL(x->grade, y->grade);
		CU_ASSERT_EQUAL(x->control, y->control);
		CU_ASSERT_EQUAL(x->evidence_count, y->evidence_count);
	}
	plant_close(&whole);
	plant_close(&parts);
}

static void batch_sizes_that_cannot_be(void)
{
	struct plant p;
	static const unsigned wrong[] = { 0, 65 };

	plant_open(&p);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		p.options.batch = wrong[i];
		CU_ASSERT_EQUAL(pipeline_new(&p.pipe, p.s.policy, &p.options, &p.err), FA_EUSAGE);
		CU_ASSERT_PTR_NULL(p.pipe);
		SAME(p.err.text, "a batch holds 1 to 64 frames");
	}
	plant_close(&p);
}

/* ---- damage, and stopping ----------------------------------------------------------------------
 */

static void damage_keeps_what_was_judged(void)
{
	struct plant p;
	const struct ledger *l;
	int status;

	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	tape_damage(&p.tape);
	status = plant_read(&p, "a.pcap");
	CU_ASSERT_EQUAL(status, FA_EFORMAT);
	CU_ASSERT_EQUAL(p.err.code, status);
	/* The next one may be read. */
	tape_sip(&p.tape, TAPE_T0 + TAPE_S, CLIENT ":50001", SERVER ":5060");
	CU_ASSERT_EQUAL(plant_read(&p, "b.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->capture_count, 2);
	CU_ASSERT_EQUAL(l->flow_count, 2);
	SAME(plant_said(l, 0), "expected established");
	SAME(plant_said(l, 1), "expected established");
	CU_ASSERT_EQUAL(l->captures[0].frames, TAPE_SIP_PACKETS);
	CU_ASSERT_EQUAL(strncmp(l->captures[0].error, p.dir.dir, strlen(p.dir.dir)), 0);
	CU_ASSERT_EQUAL(l->captures[0].fitness.entries[0].code, FITNESS_DAMAGED_FILE);
	SAME(l->captures[1].error, "");
	plant_close(&p);
}

static void truncated_file(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	tape_sip_packet(&p.tape, TAPE_T0 + TAPE_S, CLIENT ":50001", SERVER ":5060", 0);
	p.tape.len -= 1;
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_TRUE(l->captures[0].truncated);
	CU_ASSERT_EQUAL(l->captures[0].fitness.entries[0].code, FITNESS_TRUNCATED_FILE);
	CU_ASSERT_EQUAL(l->flow_count, 1);
	plant_close(&p);
}

static void inputs_that_cannot_be_opened(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	CU_ASSERT_EQUAL(plant_read_file(&p, tapes_path(&p.dir, "none.pcap")), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.err.text, "none.pcap"));
	CU_ASSERT_EQUAL(plant_read_file(&p, tapes_save(&p.dir, "zero.pcap", "", 0)), FA_EEMPTY);
	CU_ASSERT_EQUAL(
		plant_read_file(&p, tapes_save(&p.dir, "text.pcap", "no capture at all", 17)),
		FA_EFORMAT);
	tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->capture_count, 1);
	CU_ASSERT_EQUAL(l->flow_count, 1);
	plant_close(&p);
}

/* Packets that the intake may have read ahead of the step, see relay.c. */
#define AHEAD_FRAMES (8u * 512)

/* Read a step of a long file, then stop, or finish without a stop. */
static void one_step(unsigned threads, bool stop)
{
	unsigned ahead = threads > 1 ? AHEAD_FRAMES : FRAME_BATCH; /* a step ends with a parcel */
	struct plant p;
	const struct ledger *l;
	uint64_t frames, again, bytes;

	plant_open(&p);
	p.options.decoder.keep_duplicates = true; /* one request again and again */
	p.options.threads = threads;
	plant_start(&p);
	pipeline_progress(p.pipe, &frames, &bytes);
	CU_ASSERT_EQUAL(frames, 0);
	CU_ASSERT_EQUAL(bytes, 0);
	tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	for (unsigned i = 0; i < STEP_FRAMES + 3 * AHEAD_FRAMES; i++)
		stun(&p, TAPE_T0 + TAPE_S + i * 1000, CLIENT ":50000", EDGE ":3478", false, 1);
	CU_ASSERT_EQUAL_FATAL(pipeline_open(p.pipe, tape_save(&p.dir, "b.pcap", &p.tape), &p.err),
			      0);
	CU_ASSERT_EQUAL(pipeline_step(p.pipe, &p.err), 1);
	pipeline_progress(p.pipe, &frames, &bytes);
	CU_ASSERT(frames > TAPE_SIP_PACKETS && frames <= TAPE_SIP_PACKETS + STEP_FRAMES + ahead);
	CU_ASSERT(bytes >= (frames - TAPE_SIP_PACKETS) * 64);
	if (stop) {
		pipeline_stop(p.pipe);
		pipeline_stop(p.pipe);
		pipeline_progress(p.pipe, &again, &bytes);
		CU_ASSERT(again >= frames && again <= frames + ahead);
		frames = again;
	}
	l = plant_finish(&p);
	/* What was read is counted, what was counted is judged, and nothing else. */
	CU_ASSERT(l->captures[1].frames >= frames - TAPE_SIP_PACKETS);
	CU_ASSERT(l->captures[1].frames <= frames - TAPE_SIP_PACKETS + ahead);
	CU_ASSERT_EQUAL(l->flow_count, 2);
	CU_ASSERT_EQUAL(l->flows[1].packets[0] + l->flows[1].packets[1], l->captures[1].frames);
	tape_begin(&p.tape);
	plant_close(&p);
}

static void steps_are_bounded_and_may_be_the_last(void)
{
	for (unsigned threads = 1; threads <= 2; threads++) {
		one_step(threads, true);
		one_step(threads, false);
	}
}

static void finishing_closes_what_is_open(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_EQUAL_FATAL(pipeline_open(p.pipe, tape_save(&p.dir, "a.pcap", &p.tape), &p.err),
			      0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->capture_count, 1);
	CU_ASSERT_EQUAL(l->captures[0].frames, 0);
	CU_ASSERT_EQUAL(l->flow_count, 0);
	tape_begin(&p.tape);
	plant_close(&p);
	/* And a pipeline may be given up at any time. */
	pipeline_free(NULL);
}

static void many_flows_end_together(void)
{
	struct plant p;
	char from[32];
	const struct ledger *l;

	/* More than wait in the queue at once, as many as the table holds. */
	plant_open(&p);
	p.options.table.max_flows = 3000;
	plant_start(&p);
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(from, sizeof(from), "10.0.0.%u:%u", 1 + i % 250, 50000 + i / 250);
		stun(&p, TAPE_T0 + i, from, EDGE ":3478", false, 1);
	}
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->flow_count, 3000);
	CU_ASSERT_EQUAL(l->captures[0].evicted, 0);
	plant_close(&p);
}

extern CU_TestInfo tests_pipeline[];
CU_TestInfo tests_pipeline[] = {
	{ "frames of a file become one conclusion and the facts of a capture",
	  frames_become_a_conclusion },
	{ "datagrams are identified", datagrams_are_identified },
	{ "nDPI names what is not identified, and no conclusion changes",
	  names_change_no_conclusion },
	{ "an ICMP error belongs to the flow it quotes", errors_belong_to_the_flow_they_quote },
	{ "what a stream holds at its end is looked at once more",
	  streams_are_handed_over_at_their_end },
	{ "bytes from the middle of a stream rule nothing out", midstream_bytes_rule_nothing_out },
	{ "cut frames are counted, and what is cut away contradicts nothing", cut_payload },
	{ "wrong checksums are counted, of all frames when asked", checksums_of_all_or_a_sample },
	{ "filtered frames are counted and keep their numbers", filtered_frames },
	{ "frames without time are counted", frames_without_time },
	{ "steps of the clock and lost fragments belong to their input",
	  clock_and_fragments_are_counted_by_input },
	{ "flows that find no room are judged as evicted, a table of them", full_table },
	{ "a file up to 10 s later or 1 s earlier continues the flows before it",
	  rotated_files_continue_a_flow },
	{ "a file of another time begins another capture", other_times_are_another_capture },
	{ "captures of two points at the same time are never one", simultaneous_captures_are_two },
	{ "a group goes on from its latest packet", groups_go_on_from_the_latest_packet },
	{ "quiet within a file parts nothing", quiet_within_a_file },
	{ "batches of 1 to 64 frames and any seed conclude the same", batches_make_no_difference },
	{ "one file or one a packet conclude the same", files_make_no_difference },
	{ "a batch of 0 or 65 frames is refused", batch_sizes_that_cannot_be },
	{ "damage keeps what was judged, and the next file may be read",
	  damage_keeps_what_was_judged },
	{ "a file that ends within a record is judged up to there", truncated_file },
	{ "an input that cannot be opened leaves no trace", inputs_that_cannot_be_opened },
	{ "a step is bounded, and reading may stop after it",
	  steps_are_bounded_and_may_be_the_last },
	{ "finishing closes what is open", finishing_closes_what_is_open },
	{ "thousands of flows end together", many_flows_end_together },
	CU_TEST_INFO_NULL
};
