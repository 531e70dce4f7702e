/* What else the capture shows of the ends of a flow (judge/control.c). */
#include "judge/control.h"

#include "judge/scene.h"

#include <stdio.h>

/* The control of one flow of a ledger that is complete: "same-pair 0". */
static const char *control(struct scene *s, unsigned index)
{
	static char text[64];
	struct controls *c = controls_new(&s->ledger);
	uint32_t found = 4711;
	enum control_kind kind;

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	kind = controls_find(c, scene_flow(s, index), &found);
	snprintf(text, sizeof(text), "%s%s%d", control_name(kind), kind == CONTROL_NONE ? "" : " ",
		 (int)found);
	if (kind == CONTROL_NONE)
		CU_ASSERT_EQUAL(found, LEDGER_NONE);
	controls_free(c);
	return text;
}

static unsigned attempt(struct scene *s, const char *from, const char *to)
{
	struct talk t;

	talk_syn(s, &t, from, to, 1);
	return scene_judge(s, &t);
}

static void pair_before_server_before_client(void)
{
	struct scene s;
	unsigned i;

	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	SAME(control(&s, i), "-1");
	/* The same client reached somebody; the same server answered somebody; both. */
	scene_control(&s, CLIENT ":50001", EDGE ":443");
	SAME(control(&s, i), "same-client 1");
	scene_control(&s, CLIENT_2 ":50002", SERVER ":443");
	SAME(control(&s, i), "same-server 2");
	scene_control(&s, CLIENT ":50003", SERVER ":443");
	SAME(control(&s, i), "same-pair 3");
	scene_close(&s);
}

static void the_first_flow_vouches(void)
{
	struct scene s;
	unsigned i;

	scene_open(&s, NULL, NULL);
	scene_control(&s, CLIENT ":50001", SERVER ":443");
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	scene_control(&s, CLIENT ":50002", SERVER ":443");
	SAME(control(&s, i), "same-pair 0");
	scene_close(&s);
	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	scene_control(&s, CLIENT_2 ":50001", SERVER ":443");
	scene_control(&s, CLIENT_2 ":50002", SERVER ":443");
	SAME(control(&s, i), "same-server 1");
	scene_close(&s);
	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	scene_control(&s, CLIENT ":50001", SERVER_2 ":443");
	scene_control(&s, CLIENT ":50002", SERVER_2 ":443");
	SAME(control(&s, i), "same-client 1");
	scene_close(&s);
}

static void roles_of_the_control_count(void)
{
	struct scene s;
	unsigned i;

	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	/* The server as a client, the client as a server, the pair the other way round. */
	scene_control(&s, SERVER ":50001", EDGE ":443");
	SAME(control(&s, i), "-1");
	scene_control(&s, EDGE ":50001", CLIENT ":443");
	SAME(control(&s, i), "-1");
	scene_control(&s, SERVER ":50001", CLIENT ":443");
	SAME(control(&s, i), "-1");
	scene_close(&s);
}

static void only_established_flows_vouch(void)
{
	struct scene s;
	struct talk t;
	unsigned i;

	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	talk_tcp(&s, &t, CLIENT ":50001", SERVER ":443");
	talk_rst(&t, 1, 60);
	scene_judge(&s, &t);
	talk_syn(&s, &t, CLIENT ":50002", SERVER ":443", 1);
	talk_rst(&t, 1, 60);
	scene_judge(&s, &t);
	talk_midstream(&s, &t, CLIENT ":50003", SERVER ":443");
	t.flow.packets[t.end[1]] = 0;
	scene_judge(&s, &t);
	SAME(control(&s, i), "-1");
	/* UDP vouches for TCP: it is the hosts that count. */
	talk_udp(&s, &t, CLIENT ":50004", SERVER ":3478", 1);
	talk_data(&t, 1);
	scene_judge(&s, &t);
	SAME(control(&s, i), "same-pair 4");
	scene_close(&s);
}

static void groups_are_kept_apart(void)
{
	struct scene s;
	unsigned i, j;

	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	scene_capture(&s, 1, 1000, 1060);
	scene_control(&s, CLIENT ":50001", SERVER ":443");
	SAME(control(&s, i), "-1");
	j = attempt(&s, CLIENT ":50002", SERVER ":5060");
	SAME(control(&s, j), "same-pair 1");
	/* The files of one group are one capture. */
	s.ledger.captures[1].group = 0;
	SAME(control(&s, i), "same-pair 1");
	scene_close(&s);
}

static bool could_see(struct scene *s, unsigned index)
{
	struct controls *c = controls_new(&s->ledger);
	bool could;

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	could = controls_could_see_answer(c, scene_flow(s, index));
	controls_free(c);
	return could;
}

/* One packet midstream, seen from one end only. */
static void half(struct scene *s, const char *from, const char *to)
{
	struct talk t;

	talk_midstream(s, &t, from, to);
	t.flow.packets[t.end[1]] = 0;
	scene_judge(s, &t);
}

static void answers_that_could_be_seen(void)
{
	struct scene s;
	unsigned i;

	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_FALSE(could_see(&s, i));
	/* More of what the client sends, more of what the server gets. */
	half(&s, CLIENT ":50001", EDGE ":443");
	half(&s, CLIENT_2 ":50001", SERVER ":443");
	CU_ASSERT_FALSE(could_see(&s, i));
	/* A packet towards the client. */
	half(&s, EDGE ":443", CLIENT ":50002");
	CU_ASSERT_TRUE(could_see(&s, i));
	scene_close(&s);
	/* A packet of the server. */
	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	half(&s, SERVER ":443", EDGE ":50002");
	CU_ASSERT_TRUE(could_see(&s, i));
	/* In another capture it says nothing. */
	s.ledger.captures[0].group = 0;
	scene_capture(&s, 1, 1000, 1060);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	CU_ASSERT_FALSE(could_see(&s, i));
	scene_close(&s);
}

/* "1 usual 60" */
static const char *ttl(struct scene *s, unsigned index, unsigned who, uint8_t value)
{
	static char text[32];
	struct controls *c = controls_new(&s->ledger);
	const struct judged *f = scene_flow(s, index);
	uint8_t usual = 0;
	int own;

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	own = controls_own_ttl(c, f, f->initiator ^ who, value, &usual);
	controls_free(c);
	snprintf(text, sizeof(text), "%d usual %u", own, usual);
	return text;
}

/* A flow that shows a TTL of the server. */
static void shows_ttl(struct scene *s, uint8_t value)
{
	struct talk t;

	talk_tcp(s, &t, CLIENT_2 ":50001", SERVER ":443");
	t.flow.ttl[t.end[1]] = value;
	scene_judge(s, &t);
}

static void ttls_of_a_host(void)
{
	struct scene s;
	unsigned i;

	scene_open(&s, NULL, NULL);
	i = attempt(&s, CLIENT ":50000", SERVER ":5060");
	SAME(ttl(&s, i, 1, 60), "-1 usual 0");
	SAME(ttl(&s, i, 0, 128), "1 usual 128");
	shows_ttl(&s, 0); /* not known */
	SAME(ttl(&s, i, 1, 60), "-1 usual 0");
	shows_ttl(&s, 60);
	SAME(ttl(&s, i, 1, 60), "1 usual 60");
	SAME(ttl(&s, i, 1, 61), "0 usual 60");
	SAME(ttl(&s, i, 1, 59), "0 usual 60");
	/* Five paths are enough to tell; of six and more nobody knows. */
	for (uint8_t v = 61; v <= 64; v++) {
		shows_ttl(&s, v);
		shows_ttl(&s, 60);
	}
	SAME(ttl(&s, i, 1, 64), "1 usual 60");
	SAME(ttl(&s, i, 1, 65), "0 usual 60");
	shows_ttl(&s, 65);
	SAME(ttl(&s, i, 1, 65), "1 usual 60");
	SAME(ttl(&s, i, 1, 66), "-1 usual 60");
	shows_ttl(&s, 66);
	SAME(ttl(&s, i, 1, 66), "-1 usual 60");
	scene_close(&s);
}

static void many_hosts(void)
{
	struct scene s;
	char from[32], to[32];

	scene_open(&s, NULL, NULL);
	for (unsigned i = 0; i < 500; i++) {
		snprintf(from, sizeof(from), "10.0.%u.%u:50000", i / 250, i % 250 + 1);
		snprintf(to, sizeof(to), "10.2.%u.%u:443", i / 250, i % 250 + 1);
		scene_control(&s, from, to);
		attempt(&s, from, to);
	}
	for (unsigned i = 0; i < 500; i += 7) {
		snprintf(to, sizeof(to), "same-pair %u", 2 * i);
		SAME(control(&s, 2 * i + 1), to);
	}
	scene_close(&s);
}

static void empty_ledger(void)
{
	struct scene s;
	struct controls *c;

	scene_open(&s, NULL, NULL);
	c = controls_new(&s.ledger);
	CU_ASSERT_PTR_NOT_NULL(c);
	controls_free(c);
	controls_free(NULL);
	scene_close(&s);
}

extern CU_TestInfo tests_control[];
CU_TestInfo tests_control[] = {
	{ "the same pair vouches before the same server before the same client",
	  pair_before_server_before_client },
	{ "of several the first flow vouches", the_first_flow_vouches },
	{ "a control has the same roles as the flow", roles_of_the_control_count },
	{ "only established flows vouch", only_established_flows_vouch },
	{ "captures that do not follow one another are kept apart", groups_are_kept_apart },
	{ "a packet to the client or of the server shows that an answer could be seen",
	  answers_that_could_be_seen },
	{ "up to five TTLs of a host are its own, a sixth leaves it open", ttls_of_a_host },
	{ "many hosts are kept apart", many_hosts },
	{ "a ledger without flows vouches for nothing", empty_ledger },
	CU_TEST_INFO_NULL
};
