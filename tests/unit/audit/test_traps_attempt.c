/* Traps: attempts, silence and resets (facts/protocols.md 16.1, 16.2, 16.5; peers.md 10-13, 19). */
#include <string.h>

#include "audit/trap.h"
#include "packet/facts.h"

/* SYNs of one attempt, at seconds after TAPE_T0. */
static void attempt(struct trap *t, const char *from, const char *to, const double *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tape_tcp(&t->tape, TAPE_T0 + (int64_t)(at[i] * 1000) * TAPE_MS, from, to, TCP_SYN,
			 1000, 0, "");
}

static const struct evidence *evidence(struct trap *t, const struct judged *f,
				       enum evidence_code code)
{
	for (unsigned i = 0; f != NULL && i < f->evidence_count; i++)
		if (t->ledger->evidence[f->evidence + i].code == code)
			return &t->ledger->evidence[f->evidence + i];
	CU_FAIL_FATAL("the flow has no such evidence");
	return NULL;
}

#define SILENT "blocked no_reply network likely; server-ports/7; syn_unanswered protocol_unverified"

/* 16.2: each of these is one attempt, whatever the system and however long it tries. */
static void every_retry_schedule_is_one_attempt(void)
{
	static const double linux1[] = { 0, 1, 3, 7, 15, 31, 63 };
	static const double linux65[] = { 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 };
	static const double windows3[] = { 0, 3, 9 };
	static const double windows1[] = { 0, 1, 3, 7, 15 };
	static const struct {
		const double *at;
		size_t n;
	} schedules[] = {
		{ linux1, ARRAY_SIZE(linux1) },
		{ linux65, ARRAY_SIZE(linux65) },
		{ windows3, ARRAY_SIZE(windows3) },
		{ windows1, ARRAY_SIZE(windows1) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(schedules); i++) {
		const double *at = schedules[i].at;
		size_t n = schedules[i].n;
		const struct evidence *e;
		struct trap t;

		trap_open(&t);
		attempt(&t, USER ":50000", FRONT ":8057", at, n);
		call_works(&t.tape, TAPE_T0 + 140 * TAPE_S, USER ":50001", FRONT ":5061");
		trap_run(&t);
		CU_ASSERT_EQUAL(t.ledger->flow_count, 2);
		SAYS(&t, USER ":50000", FRONT ":8057", SILENT);
		e = evidence(&t, trap_flow(&t, USER ":50000", FRONT ":8057"),
			     EVIDENCE_SYN_UNANSWERED);
		CU_ASSERT_EQUAL(e->count, n);
		CU_ASSERT_EQUAL(e->value, (uint32_t)(at[n - 1] * 1000));
		CU_ASSERT_EQUAL(e->frames[0], 1);
		CU_ASSERT_EQUAL(e->frames[2], 3);
		trap_close(&t);
	}
}

/* 16.1: a tool that waits 5 s makes two of it. */
static void an_attempt_that_succeeds_late_is_one_flow(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	call_rewind(&c, 0, 1);
	c.ns += 3 * TAPE_S;
	call_flags(&c, 0, TCP_SYN);
	call_rewind(&c, 0, 1);
	c.ns += 6 * TAPE_S;
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
	call_close(&c);
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 1);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	trap_close(&t);
}

/* 16.2: Windows sends a SYN again half a second after a reset, up to four times (KB 175523). */
static void quick_refusals_are_one_attempt(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0 - TAPE_S, USER ":50001", FRONT ":5061");
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	for (unsigned i = 0; i < 5; i++) {
		c.seq[0] = 1000 + i * 100000;
		c.seq[1] = 0;
		call_flags(&c, 0, TCP_SYN);
		call_flags(&c, 1, TCP_RST | TCP_ACK);
		c.ns += TAPE_S / 2;
	}
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 2);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "blocked refused host proven; server-ports/7; tcp_rst_syn protocol_unverified");
	CU_ASSERT_EQUAL(
		evidence(&t, trap_flow(&t, USER ":50000", FRONT ":8057"), EVIDENCE_TCP_RST_SYN)
			->count,
		5);
	trap_close(&t);
}

/* C10, C11: a port where nothing listens shows nothing of a filter, nor silence without a control. */
static void refused_and_filtered_are_told_apart(void)
{
	static const double at[] = { 0, 3, 9 };
	struct trap t;
	struct call c;

	trap_open(&t);
	attempt(&t, USER ":50000", FRONT ":8057", at, 3);
	call_begin(&c, &t.tape, TAPE_T0 + 10 * TAPE_S, USER ":50001", FRONT ":5061");
	call_flags(&c, 0, TCP_SYN);
	c.seq[1] = 0;
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50002", FRONT ":443");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", SILENT);
	SAYS(&t, USER ":50001", FRONT ":5061",
	     "blocked refused host proven; server-ports/3=client-ports/6; tcp_rst_syn "
	     "protocol_unverified");
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->control_kind,
			CONTROL_SAME_PAIR);
	CU_ASSERT_EQUAL(
		t.ledger->flows[trap_flow(&t, USER ":50000", FRONT ":8057")->control].first_frame,
		6);
	trap_close(&t);
}

/* C11: nothing vouches for the path or the host. */
static void silence_without_a_control_has_no_cause(void)
{
	static const double at[] = { 0, 3, 9 };
	struct trap t;

	trap_open(&t);
	attempt(&t, USER ":50000", FRONT ":8057", at, 3);
	/* Others talk; so the capture could have seen the answer. */
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, ROUTER ":50002", USER ":7777");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "blocked no_reply unknown likely; server-ports/7; syn_unanswered "
	     "protocol_unverified");
	trap_close(&t);
}

/* C12: no packet towards the client anywhere, so silence is the capture's. */
static void one_direction_captured_is_never_blocked(void)
{
	static const double at[] = { 0, 3, 9 };
	struct trap t;

	trap_open(&t);
	attempt(&t, USER ":50000", FRONT ":8057", at, 3);
	attempt(&t, USER ":50001", FRONT ":5061", at, 3);
	tape_tcp(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50002", FRONT ":443", TCP_ACK, 1, 1, "x");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive one_sided; server-ports/7; syn_unanswered protocol_unverified "
	     "single_direction");
	SAYS(&t, USER ":50001", FRONT ":5061",
	     "inconclusive one_sided; server-ports/3=client-ports/6; syn_unanswered "
	     "protocol_unverified single_direction");
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_BLOCKED], 0);
	trap_close(&t);
}

/* 16.1, asymmetric guard: the initiator acknowledges what the capture never held. */
static void a_later_acknowledgement_proves_the_answer(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	call_flags(&c, 0, TCP_ACK);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50002", FRONT ":443");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive one_sided; server-ports/7; answer_not_captured protocol_unverified");
	trap_close(&t);
}

/* 16.1, SH and SHR: FINs of one side only. */
static void half_a_connection_is_no_block(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	call_flags(&c, 0, TCP_FIN | TCP_ACK);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50001", FRONT ":8057");
	c.seq[0]++;
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	call_flags(&c, 1, TCP_FIN | TCP_ACK);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50002", FRONT ":443");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive one_sided; server-ports/7; answer_not_captured protocol_unverified");
	SAYS(&t, USER ":50001", FRONT ":8057",
	     "inconclusive one_sided; server-ports/7; midstream single_direction "
	     "protocol_unverified");
	trap_close(&t);
}

/* 16.1, RSTOS0 and RSTRH. */
static void resets_of_half_a_connection_are_no_block(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	call_flags(&c, 0, TCP_RST);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50001", FRONT ":8057");
	c.seq[0]++;
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	call_flags(&c, 1, TCP_RST);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50002", FRONT ":443");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive one_sided; server-ports/7; initiator_reset protocol_unverified");
	SAYS(&t, USER ":50001", FRONT ":8057",
	     "inconclusive one_sided; server-ports/7; midstream single_direction "
	     "protocol_unverified");
	trap_close(&t);
}

/* 16.1, S1, SF, S2, S3, RSTO: how an open flow ends after data both ways is no matter. */
static void an_open_flow_may_end_in_any_way(void)
{
	static const struct {
		unsigned who, flags;
	} ends[] = {
		{ 0, 0 },
		{ 0, TCP_FIN | TCP_ACK },
		{ 1, TCP_FIN | TCP_ACK },
		{ 0, TCP_RST | TCP_ACK },
		{ 1, TCP_RST | TCP_ACK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct trap t;
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
		call_open(&c);
		call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
		if (ends[i].flags != 0)
			call_flags(&c, ends[i].who, ends[i].flags);
		trap_run(&t);
		SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
		trap_close(&t);
	}
}

/* 16.1, OTH: a stray ACK and the reset that it gets. */
static void a_stray_packet_and_its_reset_are_undecidable(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_ACK);
	call_flags(&c, 1, TCP_RST);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive unknown; server-ports/7; midstream protocol_unverified");
	trap_close(&t);
}

/* 16.5: the reset of a box is not the host's, and the other way round. */
static void the_ttl_of_a_reset_tells_host_from_box(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_begin(&c, &t.tape, TAPE_T0 + TAPE_S, USER ":50001", FRONT ":5061");
	call_flags(&c, 0, TCP_SYN);
	c.seq[1] = 0;
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	call_begin(&c, &t.tape, TAPE_T0 + 2 * TAPE_S, USER ":50002", FRONT ":443");
	call_flags(&c, 0, TCP_SYN);
	c.seq[1] = 0;
	t.tape.ttl = 63;
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	trap_run(&t);
	SAYS(&t, USER ":50001", FRONT ":5061",
	     "blocked refused host proven; server-ports/3=client-ports/6; tcp_rst_syn "
	     "protocol_unverified");
	SAYS(&t, USER ":50002", FRONT ":443",
	     "blocked refused network likely; "
	     "server-ports/19=client-ports/2=client-ports/3=client-ports/4; tcp_rst_syn "
	     "peer_unverified protocol_unverified rst_foreign_ttl");
	trap_close(&t);
}

/* 16.5: Schannel may drop a handshake without an alert, and so may a filter (0.8). */
static void a_reset_after_the_hello_with_the_hosts_ttl_has_no_known_cause(void)
{
	for (unsigned foreign = 0; foreign < 2; foreign++) {
		struct trap t;
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
		call_open(&c);
		call_tls(&c, CALL_OPTIONAL, 1);
		t.tape.ttl = foreign ? 64 : 0;
		call_flags(&c, 1, TCP_RST | TCP_ACK);
		trap_run(&t);
		SAYS(&t, USER ":50000", FRONT ":8057",
		     foreign ? "blocked aborted network likely; server-ports/7; "
			       "rst_after_client_hello rst_foreign_ttl"
			     : "blocked aborted unknown likely; server-ports/7; "
			       "rst_after_client_hello");
		trap_close(&t);
	}
}

/* 16.5: a good handshake, then the hello falls into a hole. */
static void a_hello_sent_again_and_never_acknowledged_is_dropped(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_open(&c);
	for (unsigned i = 0; i < 4; i++) {
		call_hex(&c, 0, "16030100050100000100");
		call_rewind(&c, 0, 10);
		c.ns += TAPE_S << i;
	}
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50002", FRONT ":443");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "blocked aborted network likely; server-ports/7; data_unacknowledged");
	trap_close(&t);
}

/* 16.5: ... but one that is acknowledged in the end is only late. */
static void a_hello_acknowledged_late_is_not_dropped(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_open(&c);
	for (unsigned i = 0; i < 3; i++) {
		call_hex(&c, 0, "16030100050100000100");
		call_rewind(&c, 0, 10);
		c.ns += TAPE_S;
	}
	c.seq[0] += 10;
	call_flags(&c, 1, TCP_ACK);
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->verdicts[VERDICT_BLOCKED], 0);
	CU_ASSERT_PTR_NULL(strstr(trap_said_at(&t, 0), "data_unacknowledged"));
	trap_close(&t);
}

/* C19, 16.1: UDP with one direction is just that, unless something vouches for the path. */
static void unanswered_datagrams_are_blocked_only_with_a_control(void)
{
	for (unsigned control = 0; control < 2; control++) {
		struct trap t;

		trap_open(&t);
		for (unsigned i = 0; i < 5; i++)
			call_stun(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", RELAY ":3478",
				  MSTURN_ALLOCATE, 1);
		/* Others are heard. */
		call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, ROUTER ":50002", USER ":7777");
		if (control)
			call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50003", RELAY ":443");
		trap_run(&t);
		SAYS(&t, USER ":40000", RELAY ":3478",
		     control ? "blocked no_reply network likely; client-ports/5; stun_unanswered "
			       "peer_unverified"
			     : "inconclusive unknown; client-ports/5; stun_unanswered "
			       "peer_unverified");
		trap_close(&t);
	}
}

/* Silence at the end of a capture is the capture's end. */
static void an_attempt_at_the_end_of_the_capture_is_undecided(void)
{
	static const double at[] = { 0, 1 };
	struct trap t;

	trap_open(&t);
	call_works(&t.tape, TAPE_T0 - TAPE_S, USER ":50001", FRONT ":5061");
	attempt(&t, USER ":50000", FRONT ":8057", at, 2);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive unknown; server-ports/7; syn_unanswered protocol_unverified "
	     "capture_ends_soon");
	trap_close(&t);
}

extern CU_TestInfo tests_traps_attempt[];
CU_TestInfo tests_traps_attempt[] = {
	{ "every retry schedule is one attempt", every_retry_schedule_is_one_attempt },
	{ "an attempt that succeeds after nine seconds is one flow",
	  an_attempt_that_succeeds_late_is_one_flow },
	{ "five refusals in two seconds are one attempt", quick_refusals_are_one_attempt },
	{ "refused and filtered are told apart, and the control is named",
	  refused_and_filtered_are_told_apart },
	{ "silence without a control has no cause", silence_without_a_control_has_no_cause },
	{ "one direction captured is never blocked", one_direction_captured_is_never_blocked },
	{ "a later acknowledgement proves an answer that was not captured",
	  a_later_acknowledgement_proves_the_answer },
	{ "half a connection is no block", half_a_connection_is_no_block },
	{ "resets of half a connection are no block", resets_of_half_a_connection_are_no_block },
	{ "an open flow may end in any way", an_open_flow_may_end_in_any_way },
	{ "a stray packet and its reset are undecidable",
	  a_stray_packet_and_its_reset_are_undecidable },
	{ "the TTL of a reset tells host from box", the_ttl_of_a_reset_tells_host_from_box },
	{ "a reset after the hello with the host's TTL has no known cause",
	  a_reset_after_the_hello_with_the_hosts_ttl_has_no_known_cause },
	{ "a hello sent again and never acknowledged was dropped",
	  a_hello_sent_again_and_never_acknowledged_is_dropped },
	{ "a hello acknowledged late was not dropped", a_hello_acknowledged_late_is_not_dropped },
	{ "unanswered datagrams are blocked only with a control",
	  unanswered_datagrams_are_blocked_only_with_a_control },
	{ "an attempt at the end of the capture is undecided",
	  an_attempt_at_the_end_of_the_capture_is_undecided },
	CU_TEST_INFO_NULL
};
