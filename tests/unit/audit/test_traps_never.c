/* What must not be said: of each of these a reviewer expected a false word. */
#include <stdio.h>

#include "audit/trap.h"
#include "packet/facts.h"

static struct trap t;
static struct call c;

static void others_work(void)
{
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51000", FRONT ":8057");
}

/* Of the flow from @from to @to. */
static void never(const char *from, const char *to, enum verdict verdict)
{
	const struct judged *f;

	trap_run(&t);
	f = trap_flow(&t, from, to);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	if (f->verdict == verdict)
		printf("\n    said \"%s\"", trap_said(&t, from, to));
	CU_ASSERT(f->verdict != (uint8_t)verdict);
	trap_close(&t);
}

static void begin(const char *from, const char *to)
{
	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, from, to);
}

static void syn_again(int64_t after)
{
	call_rewind(&c, 0, 1);
	c.ns += after;
	call_flags(&c, 0, TCP_SYN);
}

#define SIP_OPTIONS                                                    \
	"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 2\r\nCSeq: 2 OPTIONS\r\n" \
	"Content-Length: 0\r\n\r\n"

/* 16.5-7: Windows resets what it gave up (RFC 9293 3.8.3 leaves it to it). */
static void a_reset_by_the_client_that_gave_up_hides_no_hole(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_open(&c);
	for (unsigned i = 0; i < 4; i++) {
		call_hex(&c, 0, "16030100050100000100");
		call_rewind(&c, 0, 10);
		c.ns += TAPE_S << i;
	}
	call_flags(&c, 0, TCP_RST | TCP_ACK);
	others_work();
	never(USER ":50000", FRONT ":8057", VERDICT_EXPECTED);
}

/* The SYN-ACK came after the error. */
static void an_error_before_the_handshake_does_not_undo_it(void)
{
	static const uint8_t codes[] = { 13, 1 };

	for (unsigned i = 0; i < 2; i++) {
		begin(USER ":50000", FRONT ":8057");
		call_flags(&c, 0, TCP_SYN);
		tape_icmp(&t.tape, c.ns, ROUTER, 3, codes[i]);
		call_rewind(&c, 0, 1);
		c.ns += TAPE_S;
		call_open(&c);
		if (i == 1)
			call_tls(&c, CALL_OPTIONAL, 1);
		others_work();
		never(USER ":50000", FRONT ":8057", VERDICT_BLOCKED);
	}
}

/* 4e: requests both ways, an answer to none. */
static void checks_that_cross_answer_nothing(void)
{
	trap_open(&t);
	for (unsigned i = 0; i < 5; i++) {
		call_stun(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", MEDIATION ":50000",
			  STUN_CHECK, i);
		call_stun(&t.tape, TAPE_T0 + i * TAPE_S + 1, MEDIATION ":50000", USER ":40000",
			  STUN_CHECK, 100 + i);
	}
	others_work();
	never(USER ":40000", MEDIATION ":50000", VERDICT_EXPECTED);
}

/* 0.8, 16.5-5: the hello is taken and never answered. */
static void a_hello_without_an_answer_is_not_expected(void)
{
	for (unsigned i = 0; i < 2; i++) {
		begin(USER ":50000", FRONT ":8057");
		call_open(&c);
		call_tls(&c, CALL_OPTIONAL, 1);
		c.ns += i == 0 ? 30 * TAPE_S : 0;
		call_flags(&c, i, TCP_FIN | TCP_ACK);
		call_flags(&c, i ^ 1u, TCP_FIN | TCP_ACK);
		others_work();
		never(USER ":50000", FRONT ":8057", VERDICT_EXPECTED);
	}
}

/* C23: a mirror port copies; a copy is no retransmission. */
static void copies_are_no_retransmissions(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	tape_repeat(&t.tape, TAPE_T0 + 1000);
	tape_repeat(&t.tape, TAPE_T0 + 2000);
	call_works(&t.tape, TAPE_T0 + 2 * TAPE_S, USER ":51000", FRONT ":8057");
	never(USER ":50000", FRONT ":8057", VERDICT_BLOCKED);
	begin(USER ":50000", FRONT ":8057");
	call_open(&c);
	call_hex(&c, 0, "16030100050100000100");
	tape_repeat(&t.tape, c.ns + 1000);
	tape_repeat(&t.tape, c.ns + 2000);
	call_works(&t.tape, TAPE_T0 + 2 * TAPE_S, USER ":51000", FRONT ":8057");
	never(USER ":50000", FRONT ":8057", VERDICT_BLOCKED);
}

/* 3e, 5e: the pair, then a reset at the first frame. */
static void a_relay_cut_off_at_its_first_frame_is_not_expected(void)
{
	begin(USER ":50000", RELAY ":443");
	call_open(&c);
	call_hex(&c, 0,
		 "160301002d 01000029 0301 52439ae1 000102030405060708090a0b0c0d0e0f1011121314"
		 "15161718191a1b 00 0002 0018 0100");
	call_hex(&c, 1,
		 "160301004e 02000046 0301 52439ae2 f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff0001020304"
		 "05060708090a0b 20 101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c"
		 "2d2e2f 0018 00 0e000000");
	call_hex(&c, 0, "0200001c 0003 0008 2112a442 0102030405060708090a0b0c 000f000472c64bc6");
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	never(USER ":50000", RELAY ":443", VERDICT_EXPECTED);
}

/* the client's first data is what the capture lacks. */
static void a_reset_behind_a_gap_is_not_before_anybody_sent_data(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_open(&c);
	c.seq[0] += 200;
	call_flags(&c, 1, TCP_ACK);
	c.ns += TAPE_S;
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	others_work();
	never(USER ":50000", FRONT ":8057", VERDICT_BLOCKED);
}

/* 16.4: a loop. */
static void time_exceeded_is_no_filter(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	tape_icmp(&t.tape, c.ns, ROUTER, 11, 0);
	syn_again(3 * TAPE_S);
	syn_again(6 * TAPE_S);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51000", FRONT ":5061");
	trap_run(&t);
	CU_ASSERT(trap_flow(&t, USER ":50000", FRONT ":8057")->cause != CAUSE_NETWORK);
	trap_close(&t);
}

/* the client never heard the SYN-ACK; the server gives up and says so. */
static void a_reset_of_a_handshake_never_finished_blocks_nobody(void)
{
	begin(PROVIDER ":50000", ACCESS ":5061");
	call_flags(&c, 0, TCP_SYN);
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	c.ns += 3 * TAPE_S;
	call_rewind(&c, 1, 1);
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	c.ns += 6 * TAPE_S;
	call_flags(&c, 1, TCP_RST);
	others_work();
	never(PROVIDER ":50000", ACCESS ":5061", VERDICT_BLOCKED);
}

/* N38: RFC 5389 7.2.2: an indication has no answer; FF10 frames come behind an allocation. */
static void what_has_no_answer_by_design_is_not_unanswered(void)
{
	for (unsigned k = 0; k < 2; k++) {
		trap_open(&t);
		for (unsigned i = 0; i < 6; i++) {
			if (k == 0)
				call_stun(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000",
					  RELAY ":3478", "0011 0000 2112a442 %s", i);
			else
				call_datagram(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000",
					      RELAY ":3478", "ff10 000c 0001020304050607 80000001");
		}
		call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51000", RELAY ":443");
		never(USER ":40000", RELAY ":3478", VERDICT_BLOCKED);
	}
}

extern CU_TestInfo tests_traps_never[];
CU_TestInfo tests_traps_never[] = {
	{ "a reset by the client that gave up hides no hole",
	  a_reset_by_the_client_that_gave_up_hides_no_hole },
	{ "an error before the handshake does not undo it",
	  an_error_before_the_handshake_does_not_undo_it },
	{ "checks that cross answer nothing", checks_that_cross_answer_nothing },
	{ "a hello without an answer is not expected", a_hello_without_an_answer_is_not_expected },
	{ "copies are no retransmissions", copies_are_no_retransmissions },
	{ "a relay cut off at its first frame is not expected",
	  a_relay_cut_off_at_its_first_frame_is_not_expected },
	{ "a reset behind a gap is not before anybody sent data",
	  a_reset_behind_a_gap_is_not_before_anybody_sent_data },
	{ "time exceeded is no filter", time_exceeded_is_no_filter },
	{ "a reset of a handshake never finished blocks nobody",
	  a_reset_of_a_handshake_never_finished_blocks_nobody },
	{ "what has no answer by design is not unanswered",
	  what_has_no_answer_by_design_is_not_unanswered },
	CU_TEST_INFO_NULL,
};
