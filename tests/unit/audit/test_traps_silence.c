/* Traps: what looks like silence and is none (facts/protocols.md 16.1, 16.2, 16.5; complaint 11). */
#include "audit/trap.h"
#include "packet/facts.h"

static struct trap t;

/* What happens next is over; half a minute later others work, so silence is seen long enough. */
static void later(const char *from, const char *to)
{
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, from, to);
	trap_run(&t);
}

static void syns(const char *from, const char *to, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		tape_tcp(&t.tape, TAPE_T0 + 3 * i * TAPE_S, from, to, TCP_SYN, 1000, 0, "");
}

static void allocates(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		call_stun(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", RELAY ":3478",
			  MSTURN_ALLOCATE, 1);
}

/* What a client sends that was answered, though the capture lacks the answer. */
static void who_goes_on_was_answered(void)
{
	static const char *const forms[] = {
		MSTURN_SEND,
		/* With the nonce of a challenge: of MSTURN, of RFC 5766. */
		"0003 0019 2112a442 %s " MSTURN_COOKIE " 0006 0004 61616161 0014 0005 6162636465",
		"0003 0010 2112a442 %s 0019 0004 11000000 0015 0004 61626364",
		/* Set Active Destination, then Refresh and CreatePermission of RFC 5766. */
		"0006 0014 2112a442 %s " MSTURN_COOKIE " 0011 0008 0001 1388 0a000009",
		"0004 0000 2112a442 %s",
		"0008 0000 2112a442 %s",
	};

	for (size_t k = 0; k < ARRAY_SIZE(forms); k++) {
		trap_open(&t);
		allocates(1);
		for (unsigned i = 0; i < 4; i++)
			call_stun(&t.tape, TAPE_T0 + (i + 1) * TAPE_S, USER ":40000", RELAY ":3478",
				  forms[k], 2 + i);
		later(USER ":51000", RELAY ":443");
		SAYS(&t, USER ":40000", RELAY ":3478",
		     "inconclusive one_sided; client-ports/5; answer_not_captured "
		     "peer_unverified");
		trap_close(&t);
	}
	/* ChannelData (RFC 5766 11.4). */
	trap_open(&t);
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478",
		  "0003 0008 2112a442 %s 0019 0004 11000000", 1);
	for (unsigned i = 1; i < 4; i++)
		call_datagram(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", RELAY ":3478",
			      "4000 0004 01020304");
	later(USER ":51000", RELAY ":443");
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "inconclusive one_sided; client-ports/5; answer_not_captured peer_unverified");
	trap_close(&t);
}

/* C11: the same client reached this very port.  Whatever it was, no filter. */
static void the_same_service_speaks_against_a_filter(void)
{
	static const struct {
		const char *works, *said;
	} controls[] = {
		{ FRONT ":8057", "blocked no_reply unknown likely; server-ports/7; syn_unanswered "
				 "protocol_unverified" },
		{ FRONT ":5061", "blocked no_reply network likely; server-ports/7; syn_unanswered "
				 "protocol_unverified" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		trap_open(&t);
		syns(USER ":50000", FRONT ":8057", 3);
		later(USER ":51000", controls[i].works);
		SAYS(&t, USER ":50000", FRONT ":8057", controls[i].said);
		CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->control_kind,
				CONTROL_SAME_PAIR);
		trap_close(&t);
	}
	/* Of another client it says nothing: a filter may be against this one. */
	trap_open(&t);
	syns(USER ":50000", FRONT ":8057", 3);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER_2 ":51000", FRONT ":8057");
	later(USER ":51000", MEDIATION ":5061");
	SAYS(&t, USER ":50000", FRONT ":8057", controls[1].said);
	trap_close(&t);
	/* A hello that vanishes, where another one of the same client did not. */
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
		call_open(&c);
		for (unsigned k = 0; k < 4; k++) {
			call_hex(&c, 0, "16030100050100000100");
			call_rewind(&c, 0, 10);
			c.ns += TAPE_S << k;
		}
		later(USER ":51000", controls[i].works);
		SAYS(&t, USER ":50000", FRONT ":8057",
		     i == 0 ? "blocked aborted unknown likely; server-ports/7; data_unacknowledged"
			    : "blocked aborted network likely; server-ports/7; "
			      "data_unacknowledged");
		trap_close(&t);
	}
}

/* 16.2, 16.3, 16.5: every system tries again.  One try is a loss, of the net or of the capture. */
static void a_single_try_is_not_blocked(void)
{
	trap_open(&t);
	syns(USER ":50000", FRONT ":8057", 1);
	syns(STRANGER ":50002", ACCESS ":22", 1);
	allocates(1);
	syns(USER ":50001", FRONT ":5061", 2);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51001", RELAY ":443");
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, STRANGER ":51002", ACCESS ":443");
	later(USER ":51000", FRONT ":443");
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive unknown; server-ports/7; syn_unanswered protocol_unverified");
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "inconclusive unknown; client-ports/5; stun_unanswered peer_unverified");
	SAYS(&t, USER ":50001", FRONT ":5061",
	     "blocked no_reply network likely; server-ports/3=client-ports/6; syn_unanswered "
	     "protocol_unverified");
	/* A scan needs no second try to be turned away. */
	CU_ASSERT_EQUAL(trap_flow(&t, STRANGER ":50002", ACCESS ":22")->verdict, VERDICT_REJECTED);
	trap_close(&t);
}

/* Somebody answers the port, but no relay does. */
static void what_is_no_answer_answers_nothing(void)
{
	static const char noise[] = "go away, this is not a relay at all";

	trap_open(&t);
	allocates(1);
	tape_udp(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", noise, sizeof(noise) - 1);
	/* An empty datagram is none either. */
	call_stun(&t.tape, TAPE_T0, USER ":40001", RELAY ":3478", MSTURN_ALLOCATE, 2);
	tape_udp(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40001", "", 0);
	/* What came before the answer does not take it away. */
	call_stun(&t.tape, TAPE_T0, USER ":40002", RELAY ":3478", MSTURN_ALLOCATE, 3);
	tape_udp(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40002", noise, sizeof(noise) - 1);
	call_stun(&t.tape, TAPE_T0 + 2, RELAY ":3478", USER ":40002", MSTURN_ALLOCATED, 3);
	/* Where no row documents it, that both sent is enough. */
	call_stun(&t.tape, TAPE_T0, STRANGER ":40003", ACCESS ":9", STUN_CHECK, 4);
	tape_udp(&t.tape, TAPE_T0 + 1, ACCESS ":9", STRANGER ":40003", noise, sizeof(noise) - 1);
	trap_run(&t);
	for (unsigned i = 0; i < 2; i++)
		SAYS(&t, i == 0 ? USER ":40000" : USER ":40001", RELAY ":3478",
		     "inconclusive unknown; client-ports/5; stun_unanswered peer_unverified");
	SAYS(&t, USER ":40002", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	CU_ASSERT_EQUAL(trap_flow(&t, STRANGER ":40003", ACCESS ":9")->verdict, VERDICT_UNEXPECTED);
	trap_close(&t);
}

/* Probes and keep-alives. */
static void empty_datagrams_ask_nothing(void)
{
	trap_open(&t);
	for (unsigned i = 0; i < 3; i++) {
		tape_udp(&t.tape, TAPE_T0 + i * TAPE_S, USER ":40000", RELAY ":3478", "", 0);
		tape_udp(&t.tape, TAPE_T0 + i * TAPE_S, STRANGER ":40000", RELAY ":161", "", 0);
	}
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, STRANGER ":51000", RELAY ":443");
	later(USER ":51000", RELAY ":443");
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "inconclusive unknown; client-ports/5; udp_unanswered peer_unverified "
	     "protocol_unverified");
	CU_ASSERT_EQUAL(trap_flow(&t, STRANGER ":40000", RELAY ":161")->verdict, VERDICT_REJECTED);
	trap_close(&t);
}

/* An indication has no answer (RFC 5389 7.2.2), and FF10 frames come behind an allocation. */
static void indications_and_relay_frames_ask_nothing(void)
{
	for (unsigned k = 0; k < 2; k++) {
		trap_open(&t);
		for (unsigned i = 0; i < 6; i++) {
			int64_t ns = TAPE_T0 + i * TAPE_S;

			if (k == 0)
				call_stun(&t.tape, ns, USER ":40000", RELAY ":3478",
					  "0011 0000 2112a442 %s", i);
			else
				call_datagram(&t.tape, ns, USER ":40000", RELAY ":3478",
					      "ff10 000c 0001020304050607 80000001");
		}
		later(USER ":51000", RELAY ":443");
		SAYS(&t, USER ":40000", RELAY ":3478",
		     "inconclusive one_sided; client-ports/5; single_direction peer_unverified");
		trap_close(&t);
	}
}

/* 16.1: TCP to the same server shows that its packets go another way. */
static void a_server_that_is_never_captured_is_not_silent(void)
{
	static const char silent[] =
		"blocked no_reply network likely; client-ports/5; stun_unanswered peer_unverified";

	for (unsigned heard = 0; heard < 2; heard++) {
		struct call c;

		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", RELAY ":443");
		call_flags(&c, 0, TCP_SYN);
		c.seq[1]++;
		call_flags(&c, 0, TCP_ACK);
		call_hex(&c, 0, "16030100050100000100");
		c.seq[1] += 500;
		call_flags(&c, 0, TCP_ACK);
		allocates(4);
		/* One lost SYN-ACK is no detour, where other packets of the server are there. */
		if (heard)
			call_works(&t.tape, TAPE_T0 + 39 * TAPE_S, USER ":51001", RELAY ":443");
		later(USER ":51000", FRONT ":8057");
		SAYS(&t, USER ":40000", RELAY ":3478",
		     heard ? silent
			   : "inconclusive one_sided; client-ports/5; stun_unanswered "
			     "peer_unverified single_direction");
		trap_close(&t);
	}
}

/* What the datagrams were is cut away: media, a DHCPRELEASE, requests. */
static void nobody_knows_what_cut_datagrams_asked(void)
{
	static const char cut[] = "inconclusive unknown; server-ports/39; udp_unanswered snaplen "
				  "peer_unverified protocol_unverified";

	trap_open(&t);
	t.tape.snaplen = 56; /* enough of these is left */
	allocates(4);
	t.tape.snaplen = 28;
	call_rtp(&t.tape, TAPE_T0 + 4 * TAPE_S, USER ":50020", MEDIATION ":49200", 0, 200);
	t.tape.snaplen = 0;
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":51001", RELAY ":443");
	later(USER ":51000", MEDIATION ":5070");
	SAYS(&t, USER ":50020", MEDIATION ":49200", cut);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "blocked no_reply network likely; client-ports/5; stun_unanswered snaplen "
	     "peer_unverified");
	trap_close(&t);
}

/* RFC 2131 4.4.6: nobody answers a DHCPRELEASE (7) or a DHCPDECLINE (4); a DHCPREQUEST is (3). */
static void what_gives_an_address_back_is_not_answered(void)
{
	static const uint8_t types[] = { 7, 4, 3 };

	for (size_t k = 0; k < ARRAY_SIZE(types); k++) {
		uint8_t m[244] = { 1,    1,    6,    0,  0xa1, 0,        1,  1, [236] = 0x63,
				   0x82, 0x53, 0x63, 53, 1,    types[k], 255 };

		trap_open(&t);
		for (unsigned i = 0; i < 2; i++)
			tape_udp(&t.tape, TAPE_T0 + i * TAPE_S, USER ":68", DHCP ":67", m,
				 sizeof(m));
		m[242] = 3;
		tape_udp(&t.tape, TAPE_T0, USER_2 ":68", DHCP ":67", m, sizeof(m));
		m[0] = 2;
		m[242] = 5;
		tape_udp(&t.tape, TAPE_T0 + 1, DHCP ":67", USER_2 ":68", m, sizeof(m));
		later(USER ":51000", FRONT ":8057");
		SAYS(&t, USER ":68", DHCP ":67",
		     types[k] == 3
			     ? "blocked no_reply network likely; client-ports/1; udp_unanswered"
			     : "inconclusive one_sided; client-ports/1; single_direction");
		trap_close(&t);
	}
}

extern CU_TestInfo tests_traps_silence[];
CU_TestInfo tests_traps_silence[] = {
	{ "a client that goes on was answered", who_goes_on_was_answered },
	{ "the same service speaks against a filter", the_same_service_speaks_against_a_filter },
	{ "a single try is not blocked", a_single_try_is_not_blocked },
	{ "what is no answer answers nothing", what_is_no_answer_answers_nothing },
	{ "empty datagrams ask nothing", empty_datagrams_ask_nothing },
	{ "indications and relay frames ask nothing", indications_and_relay_frames_ask_nothing },
	{ "a server that is never captured is not silent",
	  a_server_that_is_never_captured_is_not_silent },
	{ "nobody knows what cut datagrams asked", nobody_knows_what_cut_datagrams_asked },
	{ "what gives an address back is not answered",
	  what_gives_an_address_back_is_not_answered },
	CU_TEST_INFO_NULL
};
