/* Fitness as a gate (judge/gate.c): every deficiency against every verdict. */
#include "judge/settle.h"

#include <stdio.h>
#include <string.h>

#include "judge/scene.h"

/*
 * One flow of every kind of verdict and of what it rests on.  As letters:
 * expected, unexpected, blocked, rejected, mismatch, inconclusive.
 */
enum {
	ESTABLISHED,  /* e, also the control of all others */
	SYNS,         /* b: nobody answers nine SYNs */
	TWO_SYNS,     /* b: ... two, which is few */
	DATAGRAMS,    /* b: nobody answers nine requests */
	BLACK_HOLE,   /* b: data is never acknowledged */
	RESET_EARLY,  /* b: reset before the responder had sent data */
	REFUSED,      /* b: a reset answers the SYN */
	PROHIBITED,   /* b: ICMP says so */
	UNREACHABLE,  /* b: ICMP says something like it */
	UNDOCUMENTED, /* u */
	SCAN,         /* r: silence, and no row */
	SCAN_REFUSED, /* r: refused, and no row */
	CONTRADICTED, /* m */
	FLOWS
};
#define ALL_WELL "ebbbbbbbburrm"

static void put_silence(struct scene *s)
{
	struct talk t;

	talk_syn(s, &t, CLIENT ":50001", SERVER ":5060", 9);
	scene_judge(s, &t);
	talk_syn(s, &t, CLIENT ":50002", SERVER ":5060", 2);
	scene_judge(s, &t);
	talk_udp(s, &t, CLIENT ":50003", EDGE ":3478", 9);
	talk_app(&t, APP_STUN);
	scene_judge(s, &t);
	talk_tcp(s, &t, CLIENT ":50004", SERVER ":5060");
	talk_data(&t, 0);
	t.notes.acked[t.end[1]] = false;
	t.notes.data.retransmitted[t.end[0]] = 4;
	t.flow.last_ns += 10 * NS_PER_S;
	scene_judge(s, &t);
}

static void put_answers(struct scene *s, bool gap)
{
	struct talk t;

	talk_tcp(s, &t, CLIENT ":50005", SERVER ":5060");
	talk_data(&t, 0);
	talk_rst(&t, 1, 60);
	t.flow.flags = gap ? FLOW_GAP : 0;
	scene_judge(s, &t);
	talk_syn(s, &t, CLIENT ":50006", SERVER ":5060", 1);
	talk_rst(&t, 1, 60);
	scene_judge(s, &t);
	talk_syn(s, &t, CLIENT ":50007", SERVER ":5060", 1);
	talk_icmp(&t, 3, 13, FIREWALL, 0);
	scene_judge(s, &t);
	talk_syn(s, &t, CLIENT ":50008", SERVER ":5060", 1);
	talk_icmp(&t, 3, 1, FIREWALL, 0);
	scene_judge(s, &t);
}

static void put_undocumented(struct scene *s)
{
	struct talk t;

	scene_control(s, CLIENT ":900", SERVER ":999");
	talk_syn(s, &t, CLIENT ":50010", SERVER ":998", 9);
	scene_judge(s, &t);
	talk_syn(s, &t, CLIENT ":50011", SERVER ":997", 1);
	talk_rst(&t, 1, 60);
	scene_judge(s, &t);
	talk_tcp(s, &t, CLIENT ":50012", SERVER ":5060");
	talk_data_both(&t);
	talk_app(&t, APP_HTTP);
	scene_judge(s, &t);
}

static struct capture_facts *set_up(struct scene *s, const char *site, bool gap)
{
	struct capture_facts *c;

	scene_open(s, NULL, site);
	scene_control(s, CLIENT ":50000", SERVER ":80");
	put_silence(s);
	put_answers(s, gap);
	put_undocumented(s);
	c = &s->ledger.captures[0];
	c->frames = 1000;
	return c;
}

/* Settle; the verdicts as letters. */
static const char *verdicts(struct scene *s)
{
	static char text[FLOWS + 1];

	scene_settle(s);
	CU_ASSERT_EQUAL_FATAL(s->ledger.flow_count, FLOWS);
	for (unsigned i = 0; i < FLOWS; i++)
		text[i] = "eubrmi"[scene_flow(s, i)->verdict];
	return text;
}

/* Every flow that became inconclusive names the deficiency. */
static void check_reason(struct scene *s, const char *got, enum fitness_code code)
{
	for (unsigned i = 0; i < FLOWS; i++) {
		const struct evidence *e =
			settle_find(&s->ledger, scene_flow(s, i), EVIDENCE_FITNESS);

		CU_ASSERT_EQUAL(e != NULL, got[i] == 'i');
		if (e != NULL)
			CU_ASSERT_EQUAL(e->value, code);
		if (got[i] == 'i')
			CU_ASSERT_EQUAL(scene_flow(s, i)->grade, GRADE_NONE);
	}
}

static void lack_truncated(struct capture_facts *c)
{
	c->truncated = true;
}
static void lack_damaged(struct capture_facts *c)
{
	strcpy(c->error, "damaged");
}
static void lack_few_drops(struct capture_facts *c)
{
	c->kernel_drops = 10;
}
static void lack_drops(struct capture_facts *c)
{
	c->interface_drops = 11;
}
static void lack_few_gaps(struct capture_facts *c)
{
	c->tcp_flows = 99;
	c->tcp_gaps = 1;
}
static void lack_gaps(struct capture_facts *c)
{
	c->tcp_flows = c->tcp_gaps = 100;
}
static void lack_payload(struct capture_facts *c)
{
	c->cut_frames = 1000;
}
static void lack_direction(struct capture_facts *c)
{
	c->single_flows = 1000;
}
static void lack_beginnings(struct capture_facts *c)
{
	c->tcp_flows = c->tcp_midstream = 1000;
}
static void lack_ports(struct capture_facts *c)
{
	strcpy(c->capture_filter, "port 443");
}
static void lack_hosts(struct capture_facts *c)
{
	strcpy(c->capture_filter, "host 192.0.2.1");
}
static void lack_answers(struct capture_facts *c)
{
	strcpy(c->capture_filter, "dst net 10");
}
static void lack_few_frames(struct capture_facts *c)
{
	c->counters.by_class[CLASS_TRUNCATED_IP] = 10;
}
static void lack_frames(struct capture_facts *c)
{
	c->counters.by_class[CLASS_TRUNCATED_IP] = 11;
}
static void lack_pieces(struct capture_facts *c)
{
	c->abandoned_datagrams = 1;
}
static void lack_order(struct capture_facts *c)
{
	c->clock_steps = 1;
}
static void lack_time(struct capture_facts *c)
{
	c->untimed_frames = 1;
}
static void lack_room(struct capture_facts *c)
{
	c->evicted = 1;
}
static void have_copies(struct capture_facts *c)
{
	c->counters.by_class[CLASS_DUPLICATE] = 400;
}
static void have_wrong_sums(struct capture_facts *c)
{
	c->bad_checksums = c->verified_checksums = 9;
}

static const struct {
	enum fitness_code code;
	void (*lack)(struct capture_facts *c);
	const char *verdicts; /* in the order of the flows */
} cells[] = {
	{ FITNESS_TRUNCATED_FILE, lack_truncated, ALL_WELL },
	{ FITNESS_DAMAGED_FILE, lack_damaged, ALL_WELL },
	{ FITNESS_DROPS, lack_few_drops, "ebibbbbbburrm" },
	{ FITNESS_DROPS, lack_drops, "eiiiiibbbuirm" },
	{ FITNESS_GAPS, lack_few_gaps, "ebibbbbbburrm" },
	{ FITNESS_GAPS, lack_gaps, "eiiiiibbbuirm" },
	{ FITNESS_SNAPLEN, lack_payload, ALL_WELL },
	{ FITNESS_ONE_DIRECTION, lack_direction, "eiiiibbbbuirm" },
	{ FITNESS_MIDSTREAM, lack_beginnings, ALL_WELL },
	{ FITNESS_FILTERED, lack_ports, ALL_WELL },
	{ FITNESS_FILTERED, lack_hosts, "ebbibbbbburrm" },
	{ FITNESS_FILTERED, lack_answers, "eiiiibbbbuirm" },
	{ FITNESS_UNDECODED, lack_few_frames, ALL_WELL },
	{ FITNESS_UNDECODED, lack_frames, "eiiiiibbbuirm" },
	{ FITNESS_FRAGMENTS, lack_pieces, "ebbibbbbburrm" },
	{ FITNESS_CLOCK, lack_order, "eiiiibbbbuirm" },
	{ FITNESS_NO_TIME, lack_time, "eiiiibbbbuirm" },
	{ FITNESS_EVICTED, lack_room, "ebbibbbbburrm" },
	{ FITNESS_DUPLICATES, have_copies, ALL_WELL },
	{ FITNESS_CHECKSUMS, have_wrong_sums, ALL_WELL },
};

static void a_fit_capture_carries_every_verdict(void)
{
	struct scene s;

	set_up(&s, NULL, false);
	SAME(verdicts(&s), ALL_WELL);
	CU_ASSERT_EQUAL(s.ledger.captures[0].fitness.count, 0);
	scene_close(&s);
}

static void each_deficiency_takes_what_rests_on_it(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		struct scene s;
		const char *got;

		cells[i].lack(set_up(&s, NULL, false));
		got = verdicts(&s);
		CU_ASSERT(scene_same(got, cells[i].verdicts));
		CU_ASSERT_EQUAL(s.ledger.captures[0].fitness.entries[0].code, cells[i].code);
		check_reason(&s, got, cells[i].code);
		scene_close(&s);
	}
}

/* What a file that ends early lacks is between it and the next one. */
static void a_hole_between_two_files_takes_silence(void)
{
	static const enum fitness_code codes[] = { FITNESS_TRUNCATED_FILE, FITNESS_DAMAGED_FILE };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct capture_facts *c;
		struct scene s;
		const char *got;

		c = set_up(&s, NULL, false);
		if (codes[i] == FITNESS_TRUNCATED_FILE)
			lack_truncated(c);
		else
			lack_damaged(c);
		scene_capture(&s, 0, 61, 120);
		got = verdicts(&s);
		SAME(got, "eiiiiibbbuirm");
		check_reason(&s, got, codes[i]);
		scene_close(&s);
	}
	/* The file of another group fills no hole. */
	for (uint32_t group = 0; group < 2; group++) {
		struct scene s;

		lack_truncated(set_up(&s, NULL, false));
		scene_capture(&s, group, 61, 120);
		CU_ASSERT_EQUAL(strcmp(verdicts(&s), ALL_WELL) == 0, group != 0);
		scene_close(&s);
	}
}

/* The responder had answered before it reset: its bytes were acknowledged, not captured. */
static void a_reset_behind_a_gap_of_its_own_flow_is_no_block(void)
{
	struct scene s;

	set_up(&s, NULL, true);
	s.ledger.captures[0].tcp_flows = 1000; /* so that one gap is rare */
	SAME(verdicts(&s), "ebibbibbburrm");
	SAME(scene_said(&s, RESET_EARLY), "inconclusive unknown");
	scene_close(&s);
}

static void silence_of_an_evicted_flow_is_inconclusive(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, NULL);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	talk_tcp(&s, &t, CLIENT ":50004", SERVER ":5060");
	talk_data(&t, 0);
	t.notes.acked[t.end[1]] = false;
	t.notes.data.retransmitted[t.end[0]] = 4;
	t.flow.last_ns += 10 * NS_PER_S;
	t.flow.end = FLOW_END_EVICTED;
	scene_judge(&s, &t);
	scene_settle(&s);
	SAME(scene_said(&s, 1), "inconclusive aborted");
	scene_close(&s);
}

/* ---- addresses ---------------------------------------------------------------------------- */

static const char elsewhere[] = "site: s\n"
				"roles:\n"
				"  client: [172.16.0.0/24]\n"
				"  server: [172.16.1.1, 172.16.1.2]\n"
				"  edge: [203.0.113.10]\n"
				"  partner: [any]\n";

/* complaint 38: with the site's addresses on the other side of a translation nothing is judged. */
static void a_site_that_does_not_appear_leaves_nothing_undocumented(void)
{
	struct scene s;

	set_up(&s, elsewhere, false);
	scene_settle(&s);
	for (unsigned i = 0; i < FLOWS; i++) {
		CU_ASSERT_EQUAL(scene_flow(&s, i)->verdict, VERDICT_INCONCLUSIVE);
		CU_ASSERT_EQUAL(scene_evidence(&s, i, EVIDENCE_FITNESS)->value,
				FITNESS_SITE_ABSENT);
	}
	CU_ASSERT(ledger_site_is_absent(&s.ledger));
	/* Rows that were not seen are then no findings. */
	for (unsigned r = 0; r < policy_row_count(s.policy); r++)
		CU_ASSERT(!s.ledger.coverage[r].required);
	scene_close(&s);
}

/* One listed host is enough to make the site this one's, and its strangers are real. */
static void one_side_of_a_site_is_said_and_no_more(void)
{
	static const char one[] = "site: s\nroles:\n  client: [10.0.0.5]\n  server: [172.16.1.1]\n";
	const struct capture_facts *c;
	struct scene s;
	unsigned required = 0;

	scene_open(&s, NULL, one);
	scene_control(&s, CLIENT ":900", SERVER ":80");
	scene_settle(&s);
	c = &s.ledger.captures[0];
	CU_ASSERT_EQUAL_FATAL(c->fitness.count, 1);
	CU_ASSERT_EQUAL(c->fitness.entries[0].code, FITNESS_SITE_ABSENT);
	CU_ASSERT_EQUAL(c->fitness.entries[0].disables, 0);
	CU_ASSERT_EQUAL(c->site_listed, 2);
	SAME(scene_said(&s, 0), "unexpected established");
	CU_ASSERT(!ledger_site_is_absent(&s.ledger));
	for (unsigned r = 0; r < policy_row_count(s.policy); r++)
		required += s.ledger.coverage[r].required;
	CU_ASSERT(required > 0);
	scene_close(&s);
}

/* Each capture is held against the site by itself; the run is lost when all are. */
static void another_network_is_a_matter_of_one_capture(void)
{
	struct scene s;

	scene_open(&s, NULL, NULL);
	scene_control(&s, "172.16.9.9:50000", "172.16.9.1:9");
	scene_capture(&s, 1, 1000, 1060);
	scene_control(&s, CLIENT ":50000", SERVER ":80");
	scene_control(&s, CLIENT ":900", SERVER ":999");
	scene_settle(&s);
	/* This site gives every stranger a role, and a listing is another thing. */
	CU_ASSERT_EQUAL(s.ledger.captures[0].site_both, 1);
	SAME(scene_said(&s, 0), "inconclusive established");
	SAME(scene_said(&s, 1), "expected established");
	SAME(scene_said(&s, 2), "unexpected established");
	CU_ASSERT(!ledger_site_is_absent(&s.ledger));
	scene_close(&s);
}

static void without_a_site_nothing_of_it_is_missed(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, NULL, "");
	scene_control(&s, "172.16.9.9:50000", "172.16.9.1:9");
	scene_settle(&s);
	CU_ASSERT_EQUAL(s.ledger.captures[0].fitness.count, 0);
	CU_ASSERT(!ledger_site_is_absent(&s.ledger));
	scene_close(&s);
	/* Multicast has no role to look for. */
	scene_open(&s, NULL, NULL);
	talk_udp(&s, &t, "172.16.9.9:5353", "224.0.0.251:5353", 1);
	scene_judge(&s, &t);
	scene_settle(&s);
	CU_ASSERT_EQUAL(s.ledger.captures[0].site_flows, 0);
	CU_ASSERT(!ledger_site_is_absent(&s.ledger));
	scene_close(&s);
}

extern CU_TestInfo tests_gate[];
CU_TestInfo tests_gate[] = {
	{ "a fit capture carries every verdict", a_fit_capture_carries_every_verdict },
	{ "each deficiency takes what rests on it, and nothing else",
	  each_deficiency_takes_what_rests_on_it },
	{ "a hole between two files of a capture takes silence",
	  a_hole_between_two_files_takes_silence },
	{ "a reset behind a gap of its own flow is no block",
	  a_reset_behind_a_gap_of_its_own_flow_is_no_block },
	{ "complaint 22: silence of an evicted flow is inconclusive, also after its handshake",
	  silence_of_an_evicted_flow_is_inconclusive },
	{ "complaint 38: a site that does not appear leaves nothing undocumented",
	  a_site_that_does_not_appear_leaves_nothing_undocumented },
	{ "one side of a site is said, and no more", one_side_of_a_site_is_said_and_no_more },
	{ "another network is a matter of one capture",
	  another_network_is_a_matter_of_one_capture },
	{ "without a site nothing of it is missed", without_a_site_nothing_of_it_is_missed },
	CU_TEST_INFO_NULL
};
