/* Who opened a flow (judge/initiator.c). */
#include "judge/scene.h"

#include <stdio.h>

/* Ports that one row each documents, and a wide row. */
static const char rows[] = "- {id: d/t/web, l4: tcp, proto: http, from: client, to: server, dport: "
			   "80, need: required}\n"
			   "- {id: d/t/back, l4: tcp, proto: http, from: server, to: client, "
			   "dport: 8080, need: required}\n"
			   "- {id: d/t/range, l4: tcp, proto: http, from: server, to: client, "
			   "dport: 9000-9009, need: required}\n"
			   "- {id: d/t/wide, l4: tcp, proto: http, from: client, to: server, "
			   "dport: 20000-30000, need: required}\n"
			   "- {id: d/t/limit, l4: tcp, proto: http, from: client, to: server, "
			   "dport: 40000-49999, need: required}\n"
			   "- {id: d/t/old, l4: tcp, proto: http, from: client, to: server, dport: "
			   "81, need: required,\n"
			   "   valid: {until: 2013-03-15}}\n";

static char said[64];

/* "syn 0": how it is known, and which end of the talk it is. */
static const char *initiator(struct scene *s, struct talk *t)
{
	struct opinion o;
	unsigned who;

	scene_opinion(t, &o);
	o.judged.initiator = 7;
	o.judged.initiator_by = INITIATOR_COUNT;
	opinion_initiator(&o, s->ledger.memo);
	who = o.judged.initiator == t->end[1];
	CU_ASSERT_FATAL(o.judged.initiator < 2);
	snprintf(said, sizeof(said), "%s %u",
		 initiator_by_name((enum initiator_by)o.judged.initiator_by), who);
	return said;
}

/* Picked up midstream; nobody has sent data. */
static void quiet(struct scene *s, struct talk *t, const char *from, const char *to)
{
	talk_midstream(s, t, from, to);
	for (unsigned e = 0; e < 2; e++)
		t->notes.data.frame[e] = 0;
}

static void by_syn(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, rows, NULL);
	/* Against the port and against the protocol. */
	talk_syn(&s, &t, SERVER ":80", CLIENT ":50000", 1);
	talk_app(&t, APP_HTTP);
	t.ident.client = t.end[1];
	SAME(initiator(&s, &t), "syn 0");
	t.flow.opener = t.end[1];
	SAME(initiator(&s, &t), "syn 1");
	scene_close(&s);
}

static void by_protocol(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, rows, NULL);
	quiet(&s, &t, SERVER ":80", CLIENT ":50000");
	talk_app(&t, APP_HTTP);
	t.ident.client = t.end[0];
	SAME(initiator(&s, &t), "protocol 0");
	t.ident.client = t.end[1];
	SAME(initiator(&s, &t), "protocol 1");
	/* A protocol that does not tell leaves it to the port. */
	t.ident.client = 2;
	SAME(initiator(&s, &t), "port 1");
	scene_close(&s);
}

static void by_documented_port(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, rows, NULL);
	quiet(&s, &t, CLIENT ":50000", SERVER ":80");
	SAME(initiator(&s, &t), "port 0");
	quiet(&s, &t, SERVER ":80", CLIENT ":50000");
	SAME(initiator(&s, &t), "port 1");
	/* Both ends are documented: the narrower row decides. */
	quiet(&s, &t, CLIENT ":9005", SERVER ":80");
	SAME(initiator(&s, &t), "port 0");
	quiet(&s, &t, SERVER ":80", CLIENT ":9005");
	SAME(initiator(&s, &t), "port 1");
	/* Ten thousand ports decide, one more do not. */
	quiet(&s, &t, SERVER ":49999", CLIENT ":50000");
	SAME(initiator(&s, &t), "port 1");
	quiet(&s, &t, SERVER ":30000", CLIENT ":50000");
	SAME(initiator(&s, &t), "unknown 1");
	/* Nor does a row past its end. */
	quiet(&s, &t, SERVER ":81", CLIENT ":50000");
	SAME(initiator(&s, &t), "unknown 1");
	t.flow.first_ns = INT64_C(1363348800) * NS_PER_S; /* 2013-03-15 12:00 */
	SAME(initiator(&s, &t), "port 1");
	scene_close(&s);
}

static void equal_rows_do_not_tell(void)
{
	struct scene s;
	struct talk t;

	scene_open(&s, rows, NULL);
	quiet(&s, &t, CLIENT ":8080", SERVER ":80");
	SAME(initiator(&s, &t), "unknown 0");
	quiet(&s, &t, SERVER ":80", CLIENT ":8080");
	SAME(initiator(&s, &t), "unknown 1");
	scene_close(&s);
}

static void unknown_shows_the_first_sender(void)
{
	struct scene s;
	struct talk t;
	unsigned low, high; /* ends of the talk */

	scene_open(&s, rows, NULL);
	quiet(&s, &t, CLIENT ":5000", SERVER ":6000");
	low = t.end[0] == 0 ? 0 : 1;
	high = low ^ 1u;
	SAME(initiator(&s, &t), low == 0 ? "unknown 0" : "unknown 1");
	/* Data of one end only, then of both: the earlier frame. */
	t.notes.data.frame[t.end[high]] = 9;
	SAME(initiator(&s, &t), high == 0 ? "unknown 0" : "unknown 1");
	t.notes.data.frame[t.end[low]] = 10;
	SAME(initiator(&s, &t), high == 0 ? "unknown 0" : "unknown 1");
	t.notes.data.frame[t.end[low]] = 8;
	SAME(initiator(&s, &t), low == 0 ? "unknown 0" : "unknown 1");
	/* Times go before frames, which begin again with the next file. */
	t.notes.data.ns[t.end[low]] = SCENE_T0 + 2;
	t.notes.data.ns[t.end[high]] = SCENE_T0 + 1;
	SAME(initiator(&s, &t), high == 0 ? "unknown 0" : "unknown 1");
	t.notes.data.frame[t.end[high]] = 0;
	SAME(initiator(&s, &t), low == 0 ? "unknown 0" : "unknown 1");
	t.notes.data.frame[t.end[high]] = 7;
	t.noted = false;
	SAME(initiator(&s, &t), low == 0 ? "unknown 0" : "unknown 1");
	/* Packets of one end only: it is that one. */
	t.flow.packets[t.end[low]] = 0;
	SAME(initiator(&s, &t), high == 0 ? "unknown 0" : "unknown 1");
	t.flow.packets[t.end[low]] = 1;
	t.flow.packets[t.end[high]] = 0;
	t.noted = true;
	SAME(initiator(&s, &t), low == 0 ? "unknown 0" : "unknown 1");
	scene_close(&s);
}

static void groups_never_initiate(void)
{
	static const char *const groups[] = { "239.1.2.3:80", "255.255.255.255:67",
					      "[ff02::1:2]:547" };
	struct scene s;
	struct talk t;

	scene_open(&s, rows, NULL);
	for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
		const char *host = i == 2 ? "[2001:db8::1]:546" : CLIENT ":68";

		/* Even where everything else points at them. */
		talk_udp(&s, &t, groups[i], host, 1);
		talk_app(&t, APP_DHCP);
		t.ident.client = t.flow.opener = t.end[0];
		SAME(initiator(&s, &t), "protocol 1");
		talk_udp(&s, &t, host, groups[i], 1);
		SAME(initiator(&s, &t), "protocol 0");
	}
	/* A host below the group in the order of addresses, and one above. */
	talk_udp(&s, &t, "250.0.0.1:5000", "239.1.2.3:5000", 1);
	SAME(initiator(&s, &t), "protocol 0");
	scene_close(&s);
}

extern CU_TestInfo tests_initiator[];
CU_TestInfo tests_initiator[] = {
	{ "whoever sent the SYN is the initiator, whatever else says", by_syn },
	{ "without a SYN the protocol tells", by_protocol },
	{ "then the narrowest row that is not wide and holds now", by_documented_port },
	{ "rows as narrow both ways do not tell", equal_rows_do_not_tell },
	{ "an unknown initiator is shown as the first that was seen to send",
	  unknown_shows_the_first_sender },
	{ "a multicast or broadcast address never initiates", groups_never_initiate },
	CU_TEST_INFO_NULL
};
