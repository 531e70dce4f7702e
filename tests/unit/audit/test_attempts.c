/* Attempts from packets to verdict: schedules of SYNs, resets, ICMP, and two capture points. */
#include "audit/plant.h"

#include <stdio.h>
#include <string.h>

#include "packet/facts.h"

#define FROM    CLIENT ":50001"
#define TO      SERVER ":8057"
#define CONTROL SERVER ":5060"

/* facts/protocols.md 16.2: seconds after the first SYN, and when the stack gives up. */
static const struct schedule {
	const char *name;
	unsigned count;
	unsigned gives_up;
	uint8_t at[12];
} schedules[] = {
	{ "Windows, 3 s", 3, 21, { 0, 3, 9 } },
	{ "Windows, 1 s", 5, 31, { 0, 1, 3, 7, 15 } },
	{ "Linux before 6.5", 7, 127, { 0, 1, 3, 7, 15, 31, 63 } },
	{ "Linux from 6.5", 11, 131, { 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 } },
};

/* The SYNs of a schedule up to @end_s, when the capture ends with a packet of another flow. */
static unsigned play(struct plant *p, const struct schedule *sched, unsigned end_s, bool control)
{
	unsigned syns = 0;

	/* Half of the control before, so that it is one flow until the end. */
	for (unsigned n = 0; n < 6; n++)
		tape_sip_packet(&p->tape, TAPE_T0 - TAPE_S + n * TAPE_MS,
				control ? CLIENT ":50000" : "10.0.0.77:50000",
				control ? CONTROL : SERVER_2 ":5060", n);
	for (; syns < sched->count && sched->at[syns] <= end_s; syns++)
		tape_tcp(&p->tape, TAPE_T0 + sched->at[syns] * TAPE_S, FROM, TO, TCP_SYN, 1000, 0,
			 "");
	/* A packet to the client shows that answers could be seen. */
	tape_udp(&p->tape, TAPE_T0 + end_s * TAPE_S, SERVER_2 ":5000", CLIENT ":5000", "x", 1);
	CU_ASSERT_EQUAL(plant_read(p, "a.pcap"), 0);
	return syns;
}

/* The flow of FROM to TO; the test ends without one. */
static const struct judged *attempt(const struct ledger *l)
{
	for (size_t i = 0; i < l->flow_count; i++)
		if (l->flows[i].key.port[0] == 50001 || l->flows[i].key.port[1] == 50001)
			return &l->flows[i];
	CU_FAIL_FATAL("no attempt");
	return NULL;
}

static const struct evidence *find(const struct ledger *l, const struct judged *f,
				   enum evidence_code code)
{
	for (unsigned i = 0; i < f->evidence_count; i++)
		if (l->evidence[f->evidence + i].code == code)
			return &l->evidence[f->evidence + i];
	return NULL;
}

/* "blocked no_reply network likely" */
static const char *verdict(const struct judged *f)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s %s%s%s%s%s", verdict_name((enum verdict)f->verdict),
		 outcome_name((enum outcome)f->outcome), f->cause == CAUSE_NONE ? "" : " ",
		 cause_name((enum cause)f->cause), f->grade == GRADE_NONE ? "" : " ",
		 grade_name((enum grade)f->grade));
	return text;
}

/* Play a schedule; one flow must hold all of it. */
static void schedule_says(const struct schedule *sched, unsigned end_s, bool control,
			  int64_t timeout_s, const char *want)
{
	struct plant p;
	const struct ledger *l;
	const struct judged *f;
	const struct evidence *e;
	unsigned syns;

	plant_open(&p);
	if (timeout_s != 0)
		p.options.judge.attempt_timeout_ns = timeout_s * TAPE_S;
	plant_start(&p);
	syns = play(&p, sched, end_s, control);
	l = plant_finish(&p);
	f = attempt(l);
	CU_ASSERT_EQUAL(l->flow_count, 3);
	CU_ASSERT(scene_same(verdict(f), want) ||
		  (printf("    %s to %u\n", sched->name, end_s), 0));
	e = find(l, f, EVIDENCE_SYN_UNANSWERED);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->count, syns);
	CU_ASSERT_EQUAL(e->value, sched->at[syns - 1] * 1000u);
	CU_ASSERT_EQUAL(find(l, f, EVIDENCE_CAPTURE_ENDS_SOON) != NULL,
			f->verdict == VERDICT_INCONCLUSIVE);
	plant_close(&p);
}

static void schedules_are_one_attempt(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(schedules); i++) {
		const struct schedule *s = &schedules[i];

		/* Before two retransmissions, after them, at the end of the wait, after it. */
		schedule_says(s, s->at[2] - 1u, true, 0, "inconclusive unknown");
		schedule_says(s, s->at[2], true, 0, "blocked no_reply network likely");
		schedule_says(s, s->at[2], false, 0, "inconclusive unknown");
		schedule_says(s, 24, false, 0, "inconclusive unknown");
		schedule_says(s, 25, false, 0, "blocked no_reply unknown likely");
		schedule_says(s, MAX(s->gives_up, 25u), true, 0, "blocked no_reply network likely");
		schedule_says(s, s->gives_up + 60, true, 0, "blocked no_reply network likely");
		/* --attempt-timeout */
		schedule_says(s, 9, false, 10, "inconclusive unknown");
		schedule_says(s, 10, false, 10, "blocked no_reply unknown likely");
		schedule_says(s, 129, false, 130, "inconclusive unknown");
		schedule_says(s, 130, false, 130, "blocked no_reply unknown likely");
	}
}

/* Tried again from the same port after giving up: with another number it is another attempt. */
static void giving_up_ends_an_attempt(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(schedules); i++) {
		const struct schedule *s = &schedules[i];
		struct plant p;
		const struct ledger *l;

		plant_open(&p);
		plant_start(&p);
		for (unsigned try = 0; try < 2; try++)
			for (unsigned n = 0; n < s->count; n++)
				tape_tcp(&p.tape, TAPE_T0 + (s->at[n] + try * s->gives_up) * TAPE_S,
					 FROM, TO, TCP_SYN, 1000 + try * 5000, 0, "");
		CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
		l = plant_finish(&p);
		CU_ASSERT_EQUAL_FATAL(l->flow_count, 2);
		for (size_t f = 0; f < 2; f++)
			CU_ASSERT_EQUAL(find(l, &l->flows[f], EVIDENCE_SYN_UNANSWERED)->count,
					s->count);
		plant_close(&p);
	}
}

/* Windows tries twice more half a second after a reset, each time with another number. */
static void refused_three_times_is_one_attempt(void)
{
	struct plant p;
	const struct ledger *l;
	const struct judged *f;

	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0 - TAPE_S, CLIENT ":50000", CONTROL);
	for (unsigned n = 0; n < 3; n++) {
		int64_t at = TAPE_T0 + n * 500 * TAPE_MS;

		tape_tcp(&p.tape, at, FROM, TO, TCP_SYN, 1000 + 7000 * n, 0, "");
		tape_tcp(&p.tape, at + TAPE_MS, TO, FROM, TCP_RST | TCP_ACK, 0, 1001 + 7000 * n,
			 "");
	}
	CU_ASSERT_EQUAL(plant_read(&p, "a.pcap"), 0);
	l = plant_finish(&p);
	CU_ASSERT_EQUAL(l->flow_count, 2);
	f = attempt(l);
	SAME(verdict(f), "blocked refused host proven");
	CU_ASSERT_EQUAL(find(l, f, EVIDENCE_TCP_RST_SYN)->count, 3);
	plant_close(&p);
}

/* A ClientHello without ciphers. */
static const uint8_t client_hello[47] = { 0x16, 3, 1, 0, 42, 1, 0, 0, 38, 3, 3 };

/* Handshake at TAPE_T0; after it the hello is sent @hellos times, a second apart. */
static void hello(struct plant *p, unsigned hellos, bool acked)
{
	tape_sip(&p->tape, TAPE_T0 - TAPE_S, CLIENT ":50000", CONTROL);
	for (unsigned n = 0; n < 3; n++)
		tape_sip_packet(&p->tape, TAPE_T0 + n * TAPE_MS, FROM, TO, n);
	for (unsigned n = 0; n < hellos; n++)
		tape_tcp_bytes(&p->tape, TAPE_T0 + 3 * TAPE_MS + n * TAPE_S, FROM, TO,
			       TCP_PSH | TCP_ACK, 1001, 5001, client_hello, sizeof(client_hello));
	if (acked)
		tape_tcp(&p->tape, TAPE_T0 + 4 * TAPE_MS, TO, FROM, TCP_ACK, 5001,
			 1001 + sizeof(client_hello), "");
}

/* What is said of it, with the codes that are no "protocol unverified". */
static void hello_says(struct plant *p, const char *want, enum evidence_code code)
{
	const struct ledger *l;

	CU_ASSERT_EQUAL(plant_read(p, "a.pcap"), 0);
	l = plant_finish(p);
	SAME(verdict(attempt(l)), want);
	CU_ASSERT_PTR_NOT_NULL(find(l, attempt(l), code));
	plant_close(p);
}

static void hello_without_an_answer(void)
{
	struct plant p;

	/* Dropped on the way, and the client resets in the end. */
	plant_open(&p);
	plant_start(&p);
	hello(&p, 6, false);
	tape_tcp(&p.tape, TAPE_T0 + 20 * TAPE_S, FROM, TO, TCP_RST | TCP_ACK, 1048, 5001, "");
	hello_says(&p, "blocked aborted network likely", EVIDENCE_DATA_UNACKNOWLEDGED);
	/* A responder that takes nothing is no drop. */
	plant_open(&p);
	plant_start(&p);
	hello(&p, 6, false);
	p.tape.shut = 1;
	tape_tcp(&p.tape, TAPE_T0 + 6 * TAPE_S, TO, FROM, TCP_ACK, 5001, 1001, "");
	hello_says(&p, "inconclusive unknown", EVIDENCE_DATA_UNACKNOWLEDGED);
	/* Schannel: the host's own reset, or its FIN, with no alert. */
	plant_open(&p);
	plant_start(&p);
	hello(&p, 1, true);
	tape_tcp(&p.tape, TAPE_T0 + 9 * TAPE_MS, TO, FROM, TCP_RST | TCP_ACK, 5001, 1048, "");
	hello_says(&p, "blocked aborted unknown likely", EVIDENCE_RST_AFTER_CLIENT_HELLO);
	plant_open(&p);
	plant_start(&p);
	hello(&p, 1, true);
	tape_tcp(&p.tape, TAPE_T0 + 9 * TAPE_MS, TO, FROM, TCP_FIN | TCP_ACK, 5001, 1048, "");
	tape_tcp(&p.tape, TAPE_T0 + 10 * TAPE_MS, FROM, TO, TCP_FIN | TCP_ACK, 1048, 5002, "");
	tape_tcp(&p.tape, TAPE_T0 + 11 * TAPE_MS, TO, FROM, TCP_ACK, 5002, 1049, "");
	hello_says(&p, "blocked aborted unknown likely", EVIDENCE_CLOSED_UNANSWERED);
}

static void resets_of_boxes(void)
{
	struct plant p;

	/* By TTL. */
	plant_open(&p);
	plant_start(&p);
	hello(&p, 1, true);
	p.tape.hops = 5;
	tape_tcp(&p.tape, TAPE_T0 + 9 * TAPE_MS, TO, FROM, TCP_RST | TCP_ACK, 5001, 1048, "");
	hello_says(&p, "blocked aborted network likely", EVIDENCE_RST_FOREIGN_TTL);
	/* By identification: the host counts 300, 301, 302. */
	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0 - TAPE_S, CLIENT ":50000", CONTROL);
	for (unsigned n = 0; n < 3; n++) {
		p.tape.ip_id = n == 1 ? 300 : 0;
		tape_sip_packet(&p.tape, TAPE_T0 + n * TAPE_MS, FROM, TO, n);
	}
	for (unsigned n = 0; n < 2; n++) {
		p.tape.ip_id = 0;
		tape_tcp_bytes(&p.tape, TAPE_T0 + (3 + 2 * n) * TAPE_MS, FROM, TO, TCP_ACK,
			       1001 + 24 * n, 5001, client_hello + 24 * n,
			       n == 0 ? 24 : sizeof(client_hello) - 24);
		p.tape.ip_id = (uint16_t)(301 + n);
		tape_tcp(&p.tape, TAPE_T0 + (4 + 2 * n) * TAPE_MS, TO, FROM, TCP_ACK, 5001,
			 1025 + 23 * n, "");
	}
	p.tape.ip_id = 54321;
	tape_tcp(&p.tape, TAPE_T0 + 9 * TAPE_MS, TO, FROM, TCP_RST | TCP_ACK, 5001, 1048, "");
	hello_says(&p, "blocked aborted network likely", EVIDENCE_RST_FOREIGN_ID);
	/* Both ends at once. */
	plant_open(&p);
	plant_start(&p);
	hello(&p, 1, false);
	tape_tcp(&p.tape, TAPE_T0 + 5 * TAPE_MS, FROM, TO, TCP_RST | TCP_ACK, 1048, 5001, "");
	tape_tcp(&p.tape, TAPE_T0 + 5 * TAPE_MS, TO, FROM, TCP_RST | TCP_ACK, 5001, 1048, "");
	hello_says(&p, "blocked aborted network likely", EVIDENCE_RST_BOTH_WAYS);
}

/* A firewall that says so and resets as well. */
static void icmp_and_a_reset(void)
{
	struct plant p;

	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0 - TAPE_S, CLIENT ":50000", CONTROL);
	tape_tcp(&p.tape, TAPE_T0, FROM, TO, TCP_SYN, 1000, 0, "");
	tape_icmp(&p.tape, TAPE_T0 + TAPE_MS, FIREWALL, 3, 13);
	tape_tcp(&p.tape, TAPE_T0 + 2 * TAPE_MS, TO, FROM, TCP_RST | TCP_ACK, 0, 1001, "");
	hello_says(&p, "blocked prohibited network proven", EVIDENCE_ICMP_ADMIN_PROHIBITED);
	/* Time exceeded: the packets never got to where they would be judged. */
	plant_open(&p);
	plant_start(&p);
	tape_sip(&p.tape, TAPE_T0 - TAPE_S, CLIENT ":50000", CONTROL);
	for (unsigned n = 0; n < 4; n++) {
		tape_tcp(&p.tape, TAPE_T0 + n * 10 * TAPE_S, FROM, TO, TCP_SYN, 1000, 0, "");
		tape_icmp(&p.tape, TAPE_T0 + n * 10 * TAPE_S + 1, FIREWALL, 11, 0);
	}
	hello_says(&p, "inconclusive unknown", EVIDENCE_ICMP_OTHER);
}

/* The client's point: SYNs without an answer.  The server's: they arrive and are answered. */
static void answered_on_one_side_only(void)
{
	static const uint8_t at[] = { 0, 1, 3, 7 };

	for (unsigned order = 0; order < 2; order++) {
		struct plant p;
		const struct ledger *l;
		const struct evidence *e;

		plant_open(&p);
		plant_start(&p);
		for (unsigned file = 0; file < 2; file++) {
			bool far = file != order;

			p.tape.hops = far;
			tape_sip(&p.tape, TAPE_T0 - 5 * TAPE_S, CLIENT ":50000", CONTROL);
			for (unsigned n = 0; n < 4; n++) {
				tape_tcp(&p.tape, TAPE_T0 + at[n] * TAPE_S, FROM, TO, TCP_SYN, 1000,
					 0, "");
				if (far)
					tape_tcp(&p.tape, TAPE_T0 + at[n] * TAPE_S + TAPE_MS, TO,
						 FROM, TCP_SYN | TCP_ACK, 5000, 1001, "");
			}
			tape_sip(&p.tape, TAPE_T0 + 30 * TAPE_S, CLIENT ":50002", CONTROL);
			CU_ASSERT_EQUAL(plant_read(&p, far ? "far.pcap" : "near.pcap"), 0);
		}
		l = plant_finish(&p);
		CU_ASSERT_EQUAL_FATAL(l->flow_count, 6);
		SAME(verdict(&l->flows[order == 0 ? 1 : 4]), "blocked no_reply network proven");
		e = find(l, &l->flows[order == 0 ? 1 : 4], EVIDENCE_TWIN_ANSWERED);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->elsewhere, order == 0 ? 2 : 1);
		CU_ASSERT_EQUAL(e->frames[0], TAPE_SIP_PACKETS + 2);
		/* The far point alone sees that the client did not hear. */
		SAME(verdict(&l->flows[order == 0 ? 4 : 1]), "blocked no_reply network likely");
		plant_close(&p);
	}
}

extern CU_TestInfo tests_attempts[];
CU_TestInfo tests_attempts[] = {
	{ "the SYNs of every schedule are one attempt, judged when it is due",
	  schedules_are_one_attempt },
	{ "a try with another number after giving up is another attempt",
	  giving_up_ends_an_attempt },
	{ "three resets within a second are one refusal", refused_three_times_is_one_attempt },
	{ "a ClientHello dropped, reset or closed on is blocked, held back is not",
	  hello_without_an_answer },
	{ "resets of boxes show by TTL, by number, or at both ends", resets_of_boxes },
	{ "prohibited beside a reset, and time exceeded", icmp_and_a_reset },
	{ "an answer at one of two points proves the block, whichever is read first",
	  answered_on_one_side_only },
	CU_TEST_INFO_NULL
};
