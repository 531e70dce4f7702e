/*
 * Traps: connections that did not come about or were cut short: what ended them, and
 * whether that says anything of the documented flow (facts/protocols.md 0.8, 16.1, 16.5).
 */
#include "audit/trap.h"
#include "packet/facts.h"

static struct trap t;
static struct call c;

static void begin(const char *from, const char *to)
{
	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, from, to);
}

/* Conclusion of the flow between @from and @to, with the words @said. */
static void end(const char *from, const char *to, const char *said)
{
	trap_run(&t);
	SAYS(&t, from, to, said);
	trap_close(&t);
}

/* Another connection to the same service works. */
static void others_work(void)
{
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51000", FRONT ":8057");
}

/* A service that starts: refused once, then accepted. */
static void a_refusal_before_the_handshake_does_not_undo_it(void)
{
	for (unsigned asked = 0; asked < 2; asked++) {
		begin(USER ":50000", FRONT ":8057");
		call_flags(&c, 0, TCP_SYN);
		c.seq[1] = 0;
		call_flags(&c, 1, TCP_RST | TCP_ACK);
		call_rewind(&c, 0, 1);
		c.seq[1] = 5000;
		c.ns += TAPE_S / 2;
		call_open(&c);
		if (asked)
			call_tls(&c, CALL_OPTIONAL, 1);
		others_work();
		end(USER ":50000", FRONT ":8057",
		    asked ? "expected established; server-ports/7"
			  : "expected established; server-ports/7; protocol_unverified");
	}
}

/* RFC 9293 3.10.7.3: the client drops a reset that does not acknowledge its SYN. */
static void a_reset_for_another_syn_refuses_nothing(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	tape_tcp(&t.tape, c.ns, FRONT ":8057", USER ":50000", TCP_RST | TCP_ACK, 0, 777777, "");
	others_work();
	end(USER ":50000", FRONT ":8057",
	    "inconclusive unknown; server-ports/7; syn_misanswered protocol_unverified");
}

/* ... and answers a SYN-ACK for another SYN with a reset of its own. */
static void a_syn_ack_for_another_syn_opens_nothing(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	tape_tcp(&t.tape, c.ns, FRONT ":8057", USER ":50000", TCP_SYN | TCP_ACK, 5000, 99, "");
	tape_tcp(&t.tape, c.ns + 1, USER ":50000", FRONT ":8057", TCP_RST, 99, 0, "");
	others_work();
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 2);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive unknown; server-ports/7; syn_misanswered protocol_unverified");
	trap_close(&t);
}

/* RFC 5961 4: the host still has the connection before, and challenges the SYN. */
static void a_host_that_challenges_is_not_silent(void)
{
	begin(USER ":50000", FRONT ":8057");
	for (unsigned i = 0; i < 3; i++) {
		call_flags(&c, 0, TCP_SYN);
		call_rewind(&c, 0, 1);
		tape_tcp(&t.tape, c.ns, FRONT ":8057", USER ":50000", TCP_ACK, 5000, 99, "");
		c.ns += 3 * TAPE_S;
	}
	others_work();
	end(USER ":50000", FRONT ":8057",
	    "inconclusive unknown; server-ports/7; syn_misanswered protocol_unverified");
}

/* ... as it is meant to go on: the client's reset ends the old one, and the SYN sent again decides. */
static void a_challenge_that_is_met_decides_nothing(void)
{
	for (unsigned refused = 0; refused < 2; refused++) {
		begin(USER ":50000", FRONT ":8057");
		call_flags(&c, 0, TCP_SYN);
		tape_tcp(&t.tape, c.ns, FRONT ":8057", USER ":50000", TCP_ACK, 777, 99, "");
		tape_tcp(&t.tape, c.ns + 1, USER ":50000", FRONT ":8057", TCP_RST, 99, 0, "");
		call_rewind(&c, 0, 1);
		c.ns += TAPE_S;
		if (refused) {
			call_flags(&c, 0, TCP_SYN);
			call_flags(&c, 1, TCP_RST | TCP_ACK);
		} else {
			call_open(&c);
			call_tls(&c, CALL_OPTIONAL, CALL_WHOLE);
		}
		trap_run(&t);
		CU_ASSERT_EQUAL(t.ledger->flow_count, 1);
		SAYS(&t, USER ":50000", FRONT ":8057",
		     refused ? "blocked refused host proven; server-ports/7; tcp_rst_syn "
			       "protocol_unverified"
			     : "expected established; server-ports/7");
		trap_close(&t);
	}
}

/* The initiator resets in place of its ACK; undocumented, the open port is a finding all the same. */
static void a_handshake_that_nobody_finished_is_not_established(void)
{
	static const struct {
		const char *from, *to, *said;
	} cases[] = {
		{ USER ":50000", FRONT ":8057",
		  "inconclusive unknown; server-ports/7; initiator_reset protocol_unverified" },
		{ STRANGER ":50000", ACCESS ":8059",
		  "unexpected unknown; near server-ports/39 to; initiator_reset" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(cases[i].from, cases[i].to);
		call_flags(&c, 0, TCP_SYN);
		call_flags(&c, 1, TCP_SYN | TCP_ACK);
		call_flags(&c, 0, TCP_RST);
		end(cases[i].from, cases[i].to, cases[i].said);
	}
}

/* A browser's spare connection; a probe that closes; a server that closes first. */
static void a_reset_where_nothing_was_asked_blocks_nobody(void)
{
	for (unsigned i = 0; i < 3; i++) {
		begin(USER ":50000", FRONT ":8057");
		call_open(&c);
		c.ns += i == 0 ? 120 * TAPE_S : 0;
		if (i != 0)
			call_flags(&c, i - 1, TCP_FIN | TCP_ACK);
		call_flags(&c, 1, TCP_RST | TCP_ACK);
		end(USER ":50000", FRONT ":8057",
		    "inconclusive unknown; server-ports/7; rst_after_handshake "
		    "protocol_unverified");
	}
}

/* ... but one that comes at once ends what was about to be asked. */
static void a_reset_right_after_the_handshake_aborts(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_open(&c);
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	end(USER ":50000", FRONT ":8057",
	    "blocked aborted unknown likely; server-ports/7; rst_after_handshake "
	    "protocol_unverified");
}

/* The client closed; what the server does with its unread hello says nothing. */
static void a_reset_behind_the_clients_fin_blocks_nobody(void)
{
	begin(USER ":50000", FRONT ":8057");
	call_open(&c);
	call_tls(&c, CALL_OPTIONAL, 1);
	call_flags(&c, 0, TCP_FIN | TCP_ACK);
	call_flags(&c, 1, TCP_RST | TCP_ACK);
	end(USER ":50000", FRONT ":8057",
	    "inconclusive unknown; server-ports/7; rst_after_client_hello");
}

/* 0.8, 16.5: Schannel that does not like the certificate, without an alert. */
static void a_handshake_that_the_server_cuts_short_is_aborted(void)
{
	static const unsigned ends[] = { TCP_RST | TCP_ACK, TCP_FIN | TCP_ACK };

	for (unsigned i = 0; i < 2; i++) {
		begin(PROVIDER ":50000", ACCESS ":5061");
		call_open(&c);
		call_tls(&c, CALL_MUTUAL, 3);
		c.ns += 15 * TAPE_S; /* it asked for revocation lists */
		call_flags(&c, 1, ends[i]);
		if (i == 1)
			call_flags(&c, 0, TCP_FIN | TCP_ACK);
		end(PROVIDER ":50000", ACCESS ":5061",
		    "blocked aborted unknown likely; firewall-summary/1; tls_cut_short "
		    "mtls_claimed");
		begin(USER ":50000", FRONT ":8057");
		call_open(&c);
		call_tls(&c, CALL_OPTIONAL, 2);
		call_flags(&c, 1, ends[i]);
		end(USER ":50000", FRONT ":8057",
		    "blocked aborted unknown likely; server-ports/7; tls_cut_short");
	}
}

/* ... but not by a client that closes, or that lets the server wait: for its user, or for good. */
static void a_handshake_that_the_client_gives_up_is_undecided(void)
{
	for (unsigned i = 0; i < 3; i++) {
		begin(USER ":50000", FRONT ":8057");
		call_open(&c);
		call_tls(&c, CALL_OPTIONAL, 2);
		if (i < 2) {
			call_flags(&c, 0, i == 0 ? TCP_FIN | TCP_ACK : TCP_RST | TCP_ACK);
		} else {
			c.ns += 60 * TAPE_S;
			call_flags(&c, 1, TCP_FIN | TCP_ACK);
		}
		end(USER ":50000", FRONT ":8057",
		    "inconclusive unknown; server-ports/7; tls_cut_short");
	}
}

/* What the capture lacks may have been the rest; what it holds twice is no more. */
static void a_handshake_with_a_gap_is_not_cut_short(void)
{
	for (unsigned gap = 0; gap < 2; gap++) {
		begin(USER ":50000", FRONT ":8057");
		call_open(&c);
		call_tls(&c, CALL_OPTIONAL, 2);
		if (gap) {
			c.seq[0] += 300;
			c.seq[1] += 300;
		} else {
			call_rewind(&c, 0, 3);
			call_hex(&c, 0, "000000");
		}
		call_flags(&c, 0, TCP_ACK);
		call_flags(&c, 1, TCP_ACK);
		call_flags(&c, 1, TCP_RST | TCP_ACK);
		end(USER ":50000", FRONT ":8057",
		    gap ? "expected established; server-ports/7; gap"
			: "blocked aborted unknown likely; server-ports/7; tls_cut_short");
	}
}

/* 2: TLS 1.3 shows that the client finished, but what the server made of it only once it goes on. */
static void the_end_of_tls_13_behind_the_clients_finish_is_hidden(void)
{
	static const char alert[] = "1703030013 00112233445566778899aabbccddeeff001122";
	static const char ticket[] = "1703030020 00112233445566778899aabbccddeeff"
				     "00112233445566778899aabbccddeeff";
	static const struct {
		const char *sent[2];
		unsigned closer, flags;
		bool hidden;
	} cases[] = {
		{ { alert, "" }, 1, TCP_FIN | TCP_ACK, true },
		{ { alert, "" }, 1, TCP_RST | TCP_ACK, true },
		{ { "", "" }, 1, TCP_RST | TCP_ACK, true },
		{ { ticket, alert }, 1, TCP_FIN | TCP_ACK, false },
		{ { alert, alert }, 1, TCP_FIN | TCP_ACK, false },
		{ { alert, "" }, 0, TCP_FIN | TCP_ACK, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(PROVIDER ":50000", ACCESS ":5061");
		call_open(&c);
		call_tls(&c, CALL_TLS13, 3);
		for (unsigned k = 0; k < 2; k++)
			call_hex(&c, 1, cases[i].sent[k]);
		call_flags(&c, cases[i].closer, cases[i].flags);
		end(PROVIDER ":50000", ACCESS ":5061",
		    cases[i].hidden
			    ? "inconclusive unknown; firewall-summary/1; tls_end_hidden mtls_hidden"
			    : "expected established; firewall-summary/1; mtls_hidden");
	}
}

/* The client's only encrypted record is of the size of an alert: it refused the server. */
static void an_alert_of_the_client_is_no_finish_of_tls_13(void)
{
	static const unsigned ends[] = { TCP_RST | TCP_ACK, TCP_FIN | TCP_ACK };

	for (unsigned i = 0; i < 2; i++) {
		begin(PROVIDER ":50000", ACCESS ":5061");
		call_open(&c);
		call_tls(&c, CALL_TLS13, 2);
		call_hex(&c, 0, "140303000101 1703030013 00112233445566778899aabbccddeeff001122");
		call_flags(&c, 1, ends[i]);
		end(PROVIDER ":50000", ACCESS ":5061",
		    "inconclusive unknown; firewall-summary/1; tls_cut_short mtls_hidden");
	}
}

/* 0.6 s without an acknowledgement, then the capture ends, and nothing vouches for the path. */
static void a_hole_at_the_end_of_the_capture_is_undecided(void)
{
	for (unsigned gives_up = 0; gives_up < 2; gives_up++) {
		begin(USER ":50000", FRONT ":8057");
		call_open(&c);
		for (unsigned i = 0; i < 3; i++) {
			call_hex(&c, 0, "16030100050100000100");
			call_rewind(&c, 0, 10);
			c.ns += 200 * TAPE_MS << i;
		}
		if (gives_up)
			call_flags(&c, 0, TCP_RST | TCP_ACK);
		end(USER ":50000", FRONT ":8057",
		    gives_up ? "blocked aborted unknown likely; server-ports/7; data_unacknowledged"
			     : "inconclusive unknown; server-ports/7; data_unacknowledged "
			       "capture_ends_soon");
	}
}

/* RFC 9260 8.4: ABORT is SCTP's reset. */
static void an_sctp_abort_opens_nothing(void)
{
	static const uint8_t init[] = { 0x45, 0,    0,  52,  0,  0,   0, 0, 64, 132,  0,
					0,    203,  0,  113, 66, 192, 0, 2, 10, 0x9c, 0x40,
					0x14, 0x50, 0,  0,   0,  0,   0, 0, 0,  0,    1,
					0,    0,    20, 1,   2,  3,   4, 0, 1,  0,    0,
					0,    1,    0,  1,   1,  2,   3, 4 };
	static const uint8_t gone[] = { 0x45, 0, 0, 36, 0,   0, 0,   0,  64,   132,  0,    0,
					192,  0, 2, 10, 203, 0, 113, 66, 0x14, 0x50, 0x9c, 0x40,
					1,    2, 3, 4,  0,   0, 0,   0,  6,    0,    0,    4 };

	trap_open(&t);
	tape_packet(&t.tape, TAPE_T0, init, sizeof(init));
	tape_packet(&t.tape, TAPE_T0 + 1, gone, sizeof(gone));
	end(STRANGER ":40000", ACCESS ":5200",
	    "rejected refused; near client-ports/8 l4 from; sctp_abort");
}

extern CU_TestInfo tests_traps_endings[];
CU_TestInfo tests_traps_endings[] = {
	{ "a refusal before the handshake does not undo it",
	  a_refusal_before_the_handshake_does_not_undo_it },
	{ "a reset for another SYN refuses nothing", a_reset_for_another_syn_refuses_nothing },
	{ "a SYN-ACK for another SYN opens nothing", a_syn_ack_for_another_syn_opens_nothing },
	{ "a host that challenges is not silent", a_host_that_challenges_is_not_silent },
	{ "a challenge that is met decides nothing", a_challenge_that_is_met_decides_nothing },
	{ "a handshake that nobody finished is not established",
	  a_handshake_that_nobody_finished_is_not_established },
	{ "a reset where nothing was asked blocks nobody",
	  a_reset_where_nothing_was_asked_blocks_nobody },
	{ "a reset right after the handshake aborts", a_reset_right_after_the_handshake_aborts },
	{ "a reset behind the client's own FIN blocks nobody",
	  a_reset_behind_the_clients_fin_blocks_nobody },
	{ "a TLS handshake that the server cuts short is aborted",
	  a_handshake_that_the_server_cuts_short_is_aborted },
	{ "a TLS handshake that the client gives up is undecided",
	  a_handshake_that_the_client_gives_up_is_undecided },
	{ "a TLS handshake with a gap is not cut short", a_handshake_with_a_gap_is_not_cut_short },
	{ "the end of TLS 1.3 behind the client's finish is hidden",
	  the_end_of_tls_13_behind_the_clients_finish_is_hidden },
	{ "an alert of the client is no finish of TLS 1.3",
	  an_alert_of_the_client_is_no_finish_of_tls_13 },
	{ "a hole at the end of the capture is undecided",
	  a_hole_at_the_end_of_the_capture_is_undecided },
	{ "an SCTP ABORT opens nothing", an_sctp_abort_opens_nothing },
	CU_TEST_INFO_NULL
};
