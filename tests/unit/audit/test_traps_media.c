/* Traps: relays, ICE, media, SQL Resolution (facts/protocols.md 0.2-0.6, 0.10-0.12, 16.3, 16.5). */
#include "audit/trap.h"
#include "packet/facts.h"

/* 0.2: Data Indications have 16 random bytes where others have the cookie. */
static void the_stun_cookie_is_not_needed_for_a_relay(void)
{
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 3; i++) {
		call_stun(&t.tape, TAPE_T0 + i * TAPE_S, RELAY ":3478", USER ":40000",
			  MSTURN_INDICATION, i);
		call_stun(&t.tape, TAPE_T0 + i * TAPE_S + 1, USER ":40000", RELAY ":3478",
			  MSTURN_SEND, 100 + i);
	}
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	CU_ASSERT_EQUAL(t.ledger->flows[0].app, APP_MSTURN);
	CU_ASSERT_EQUAL(t.ledger->flows[0].fit, FIT_STRONG);
	trap_close(&t);
}

/* 0.3: a length of 25 with an attribute of 5; 0.4: its nonce has the type of RFC 5389's realm. */
static void attributes_are_not_padded_and_nonce_is_not_realm(void)
{
	struct trap t;

	trap_open(&t);
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", MSTURN_CHALLENGE, 1);
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	CU_ASSERT_EQUAL(t.ledger->flows[0].app, APP_MSTURN);
	CU_ASSERT_EQUAL(t.ledger->flows[0].fit, FIT_STRONG);
	trap_close(&t);
}

/* 0.5: the same transaction, another address. */
static void an_answer_from_another_address_of_the_relay_is_one(void)
{
	struct trap t;

	trap_open(&t);
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + 43 * TAPE_MS, "192.0.2.13:3478", USER ":40000",
		  MSTURN_ALLOCATED, 1);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50003", RELAY ":443");
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; stun_unanswered peer_unverified "
	     "answered_elsewhere");
	SAYS(&t, USER ":40000", "192.0.2.13:3478",
	     "expected established; client-ports/5; single_direction peer_unverified "
	     "answered_elsewhere");
	trap_close(&t);
}

/* 0.6, 16.5: five checks 304 ms apart into somebody's home network. */
static void ice_checks_to_a_private_candidate_may_go_unanswered(void)
{
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 5; i++)
		call_stun(&t.tape, TAPE_T0 + i * 304 * TAPE_MS, USER ":50020", "192.168.0.4:50005",
			  STUN_CHECK, i);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50003", FRONT ":5061");
	trap_run(&t);
	SAYS(&t, USER ":50020", "192.168.0.4:50005",
	     "inconclusive unknown; client-ports/8=client-ports/9; stun_unanswered "
	     "peer_unverified silence_is_normal");
	trap_close(&t);
}

/* 0.6: nor is a refusal by the candidate's host a block. */
static void an_ice_check_refused_by_the_candidate_is_no_block(void)
{
	struct trap t;

	trap_open(&t);
	call_stun(&t.tape, TAPE_T0, USER ":50020", MEDIATION ":49300", STUN_CHECK, 1);
	tape_icmp(&t.tape, TAPE_T0 + 1, MEDIATION, 3, 3);
	trap_run(&t);
	SAYS(&t, USER ":50020", MEDIATION ":49300",
	     "inconclusive unknown; server-ports/39; icmp_port_unreachable peer_unverified "
	     "silence_is_normal");
	trap_close(&t);
}

/* 6b: RTP behind an answered check is media; without one it is a guess. */
static void an_answered_check_makes_media_sure(void)
{
	for (unsigned checked = 0; checked < 2; checked++) {
		struct trap t;

		trap_open(&t);
		if (checked) {
			call_stun(&t.tape, TAPE_T0, USER ":50020", MEDIATION ":49200", STUN_CHECK,
				  1);
			call_stun(&t.tape, TAPE_T0 + 1, MEDIATION ":49200", USER ":50020",
				  STUN_SUCCESS, 1);
		}
		call_rtp(&t.tape, TAPE_T0 + TAPE_S, USER ":50020", MEDIATION ":49200", 111, 10);
		call_rtp(&t.tape, TAPE_T0 + TAPE_S + 1, MEDIATION ":49200", USER ":50020", 111, 10);
		trap_run(&t);
		SAYS(&t, USER ":50020", MEDIATION ":49200",
		     "expected established; server-ports/39; peer_unverified");
		CU_ASSERT_EQUAL(t.ledger->flows[0].app, APP_RTP);
		CU_ASSERT_EQUAL(t.ledger->flows[0].fit, checked ? FIT_STRONG : FIT_WEAK);
		trap_close(&t);
	}
}

/* 16.5: challenges lead on; 487 settles who controls. */
static void challenges_are_normal(void)
{
	static const char *const normal[] = { STUN_CHALLENGE, STUN_STALE, STUN_TRY_OTHER,
					      STUN_CONFLICT, MSTURN_CHALLENGE };

	for (size_t i = 0; i < ARRAY_SIZE(normal); i++) {
		struct trap t;

		trap_open(&t);
		call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", STUN_CHECK, 1);
		call_stun(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", normal[i], 1);
		trap_run(&t);
		SAYS(&t, USER ":40000", RELAY ":3478",
		     "expected established; client-ports/5; peer_unverified");
		trap_close(&t);
	}
}

/* 16.5: 403, 486. */
static void refusals_of_a_relay_are_the_applications(void)
{
	static const char *const refusals[] = { STUN_FORBIDDEN, MSTURN_QUOTA };

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct trap t;

		trap_open(&t);
		call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
		call_stun(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", refusals[i], 1);
		trap_run(&t);
		SAYS(&t, USER ":40000", RELAY ":3478",
		     "blocked aborted application proven; client-ports/5; stun_error "
		     "peer_unverified");
		trap_close(&t);
	}
}

/* 16.3: RFC 5389's doubling, WebRTC's 250 ms, Microsoft's 304 ms: one request, tried again. */
static void every_stun_schedule_is_one_request(void)
{
	static const int64_t rfc[] = { 0, 500, 1500, 3500, 7500, 15500, 31500 };
	static const int64_t webrtc[] = { 0, 250, 750, 1750, 3750 };
	static const int64_t microsoft[] = { 0, 307, 612, 916, 1220 };
	static const struct {
		const int64_t *ms;
		size_t n;
	} schedules[] = {
		{ rfc, ARRAY_SIZE(rfc) },
		{ webrtc, ARRAY_SIZE(webrtc) },
		{ microsoft, ARRAY_SIZE(microsoft) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(schedules); i++) {
		const struct judged *f;
		struct trap t;

		trap_open(&t);
		for (size_t k = 0; k < schedules[i].n; k++)
			call_stun(&t.tape, TAPE_T0 + schedules[i].ms[k] * TAPE_MS, USER ":40000",
				  RELAY ":3478", MSTURN_ALLOCATE, 1);
		call_works(&t.tape, TAPE_T0 + 60 * TAPE_S, USER ":50003", RELAY ":443");
		trap_run(&t);
		SAYS(&t, USER ":40000", RELAY ":3478",
		     "blocked no_reply network likely; client-ports/5; stun_unanswered "
		     "peer_unverified");
		f = trap_flow(&t, USER ":40000", RELAY ":3478");
		CU_ASSERT_EQUAL(t.ledger->evidence[f->evidence].count, schedules[i].n);
		CU_ASSERT_EQUAL(t.ledger->evidence[f->evidence].value, 1);
		trap_close(&t);
	}
}

/* 0.10, 16.5: the browser ignores what it has no instance for; ICMP still speaks. */
static void sql_browser_may_be_silent(void)
{
	struct trap t;

	trap_open(&t);
	for (unsigned i = 0; i < 3; i++)
		call_datagram(&t.tape, TAPE_T0 + i * TAPE_S, MEDIATION ":40000", FRONT ":1434",
			      "04 52544300");
	call_datagram(&t.tape, TAPE_T0 + 5 * TAPE_S, MEDIATION ":40001", FRONT ":1434",
		      "04 52544300");
	tape_icmp(&t.tape, TAPE_T0 + 5 * TAPE_S + 1, FRONT, 3, 3);
	call_datagram(&t.tape, TAPE_T0 + 6 * TAPE_S, MEDIATION ":40002", FRONT ":1434",
		      "04 52544300");
	tape_icmp(&t.tape, TAPE_T0 + 6 * TAPE_S + 1, ROUTER, 3, 13);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, MEDIATION ":50000", FRONT ":5061");
	trap_run(&t);
	SAYS(&t, MEDIATION ":40000", FRONT ":1434",
	     "inconclusive unknown; server-ports/1=server-ports/38; udp_unanswered "
	     "peer_unverified silence_is_normal");
	SAYS(&t, MEDIATION ":40001", FRONT ":1434",
	     "blocked refused host proven; server-ports/1=server-ports/38; "
	     "icmp_port_unreachable peer_unverified");
	SAYS(&t, MEDIATION ":40002", FRONT ":1434",
	     "blocked prohibited network proven; server-ports/1=server-ports/38; "
	     "icmp_admin_prohibited peer_unverified");
	trap_close(&t);
}

/* 0.11: the same range carries RFC 4571's two bytes and MS-TURN's four. */
static void both_framings_on_a_media_port_are_read(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50040", MEDIATION ":49200");
	call_open(&c);
	call_hex(&c, 0, "0014 00010000 2112a442 a0a1a2a3a4a5a6a7a8a9aaab");
	call_hex(&c, 1,
		 "0020 0101000c 2112a442 a0a1a2a3a4a5a6a7a8a9aaab 00200008 0001a147 "
		 "e112a643");
	call_begin(&c, &t.tape, TAPE_T0, USER ":50041", MEDIATION ":49200");
	call_open(&c);
	call_hex(&c, 0, "0200001c 00030008 2112a442 0102030405060708090a0b0c 000f000472c64bc6");
	call_hex(&c, 1, "0200001c 01030008 2112a442 0102030405060708090a0b0c 000f000472c64bc6");
	trap_run(&t);
	SAYS(&t, USER ":50040", MEDIATION ":49200",
	     "expected established; server-ports/39; peer_unverified");
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50040", MEDIATION ":49200")->app, APP_STUN);
	SAYS(&t, USER ":50041", MEDIATION ":49200",
	     "expected established; server-ports/39; peer_unverified");
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50041", MEDIATION ":49200")->app, APP_MSTURN);
	trap_close(&t);
}

/* 0.12: FF10 is outside every range of RFC 7983, and Microsoft's all the same. */
static void multiplexed_frames_belong_to_the_relay(void)
{
	struct trap t;

	trap_open(&t);
	call_stun(&t.tape, TAPE_T0, USER ":40000", RELAY ":3478", MSTURN_ALLOCATE, 1);
	call_stun(&t.tape, TAPE_T0 + 1, RELAY ":3478", USER ":40000", MSTURN_ALLOCATED, 1);
	for (unsigned i = 0; i < 4; i++)
		call_datagram(&t.tape, TAPE_T0 + (2 + i) * TAPE_MS, USER ":40000", RELAY ":3478",
			      "ff10 000c 0001020304050607 80000001");
	/* Alone it is a guess, but nothing else. */
	for (unsigned i = 0; i < 4; i++)
		call_datagram(&t.tape, TAPE_T0 + (2 + i) * TAPE_MS, USER ":40001", RELAY ":3478",
			      "ff10 000c 0001020304050607 80000001");
	call_datagram(&t.tape, TAPE_T0 + TAPE_S, RELAY ":3478", USER ":40001",
		      "ff10 000c 0001020304050607 80000001");
	trap_run(&t);
	SAYS(&t, USER ":40000", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	SAYS(&t, USER ":40001", RELAY ":3478",
	     "expected established; client-ports/5; peer_unverified");
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":40001", RELAY ":3478")->fit, FIT_WEAK);
	trap_close(&t);
}

/* 6e: media one way is half of something. */
static void media_one_way_is_no_block(void)
{
	struct trap t;

	trap_open(&t);
	call_rtp(&t.tape, TAPE_T0, USER ":50020", MEDIATION ":49200", 0, 20);
	call_works(&t.tape, TAPE_T0 + 40 * TAPE_S, USER ":50003", FRONT ":5061");
	trap_run(&t);
	SAYS(&t, USER ":50020", MEDIATION ":49200",
	     "inconclusive one_sided; server-ports/39; single_direction peer_unverified");
	trap_close(&t);
}

extern CU_TestInfo tests_traps_media[];
CU_TestInfo tests_traps_media[] = {
	{ "the STUN cookie is not needed for a relay", the_stun_cookie_is_not_needed_for_a_relay },
	{ "attributes are not padded, and a nonce is no realm",
	  attributes_are_not_padded_and_nonce_is_not_realm },
	{ "an answer from another address of the relay is an answer",
	  an_answer_from_another_address_of_the_relay_is_one },
	{ "ICE checks to a private candidate may go unanswered",
	  ice_checks_to_a_private_candidate_may_go_unanswered },
	{ "an ICE check refused by the candidate is no block",
	  an_ice_check_refused_by_the_candidate_is_no_block },
	{ "an answered check makes media sure", an_answered_check_makes_media_sure },
	{ "challenges are normal", challenges_are_normal },
	{ "refusals of a relay are the application's", refusals_of_a_relay_are_the_applications },
	{ "every STUN schedule is one request", every_stun_schedule_is_one_request },
	{ "SQL Browser may be silent, ICMP still speaks", sql_browser_may_be_silent },
	{ "both framings on a media port are read", both_framings_on_a_media_port_are_read },
	{ "multiplexed frames belong to the relay", multiplexed_frames_belong_to_the_relay },
	{ "media one way is no block", media_one_way_is_no_block },
	CU_TEST_INFO_NULL
};
