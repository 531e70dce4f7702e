/*
 * What users of other programs complain of, facts/peers.md section 2, from
 * packets to verdict: who opened it, and what is not blocked.
 */
#include "audit/plant.h"

#include <stdio.h>
#include <string.h>

#include "packet/facts.h"

#define FROM CLIENT ":50000"
#define TO   SERVER ":5060"

/* Judge what is on the tape. */
static const struct ledger *conclude(struct plant *p)
{
	CU_ASSERT_EQUAL(plant_read(p, "a.pcap"), 0);
	return plant_finish(p);
}

static void start(struct plant *p)
{
	plant_open(p);
	plant_start(p);
}

/* "10.0.0.5:50000 by syn 5+4": source, how it is known, packets of both ends. */
static const char *direction(const struct ledger *l, size_t i)
{
	static char text[96];
	char address[ADDRESS_TEXT];
	const struct judged *f;

	if (i >= l->flow_count)
		return "no such flow";
	f = &l->flows[i];
	snprintf(text, sizeof(text), "%s:%u by %s %lu+%lu",
		 address_text(&f->key.addr[f->initiator], address), f->key.port[f->initiator],
		 initiator_by_name((enum initiator_by)f->initiator_by), f->packets[f->initiator],
		 f->packets[f->initiator ^ 1u]);
	return text;
}

static bool has(const struct ledger *l, size_t i, enum evidence_code code)
{
	for (unsigned n = 0; n < l->flows[i].evidence_count; n++)
		if (l->evidence[l->flows[i].evidence + n].code == code)
			return true;
	return false;
}

static void sip_from(struct plant *p, unsigned first, unsigned until)
{
	for (unsigned n = first; n < until; n++)
		tape_sip_packet(&p->tape, TAPE_T0 + n * TAPE_MS, FROM, TO, n);
}

/* ---- who opened it --------------------------------------------------------------------------- */

/* 1: the SYN-ACK came first, on ports nobody knows; then half a feed of each kind. */
static void zeek_2191(void)
{
	struct plant p;
	const struct ledger *l;

	start(&p);
	sip_from(&p, 1, TAPE_SIP_PACKETS);
	l = conclude(&p);
	SAME(direction(l, 0), "10.0.0.5:50000 by syn 4+4");
	SAME(plant_said(l, 0), "expected established");
	plant_close(&p);
	start(&p);
	tape_tcp(&p.tape, TAPE_T0, SERVER ":7777", CLIENT ":6669", TCP_SYN | TCP_ACK, 5000, 1001,
		 "");
	tape_tcp(&p.tape, TAPE_T0 + 1, SERVER ":7777", CLIENT ":6669", TCP_ACK, 5001, 1001, "hi");
	l = conclude(&p);
	SAME(direction(l, 0), "10.0.0.5:6669 by syn 0+2");
	SAME(plant_said(l, 0), "inconclusive one_sided");
	plant_close(&p);
}

/* 2: what was read before the direction was known is read right. */
static void zeek_2426(void)
{
	struct plant p;
	const struct ledger *l;

	start(&p);
	sip_from(&p, 5, TAPE_SIP_PACKETS); /* the server's 200 comes first */
	l = conclude(&p);
	SAME(direction(l, 0), "10.0.0.5:50000 by protocol 2+2");
	CU_ASSERT_EQUAL(l->flows[0].app, APP_SIP);
	SAME(plant_said(l, 0), "expected established");
	plant_close(&p);
}

/* 4: an offer to everybody is not opened by everybody. */
static void zeek_3235(void)
{
	static const char *const groups[] = { "255.255.255.255:68", "239.1.2.3:68" };

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		struct plant p;
		const struct ledger *l;

		start(&p);
		tape_udp(&p.tape, TAPE_T0, "10.1.0.99:67", groups[i], "x", 1);
		/* Forged, or a host gone wrong. */
		tape_udp(&p.tape, TAPE_T0 + 1, groups[i], "10.1.0.99:67", "x", 1);
		tape_udp(&p.tape, TAPE_T0 + 2, groups[i], "10.1.0.99:67", "y", 1);
		l = conclude(&p);
		SAME(direction(l, 0), "10.1.0.99:67 by protocol 1+2");
		plant_close(&p);
	}
}

/* 5: counters follow the ends, whoever is seen first. */
static void zeek_5047(void)
{
	uint64_t answers = 0;

	for (unsigned server_first = 0; server_first < 2; server_first++) {
		struct plant p;
		const struct ledger *l;
		const struct judged *f;

		start(&p);
		if (server_first)
			tape_tcp(&p.tape, TAPE_T0 - 1, TO, FROM, TCP_ACK, 5001, 1001, "");
		sip_from(&p, 3, 6);
		l = conclude(&p);
		SAME(direction(l, 0), server_first ? "10.0.0.5:50000 by protocol 1+3"
						   : "10.0.0.5:50000 by protocol 1+2");
		f = &l->flows[0];
		if (server_first) /* by the 40 bytes of its first packet */
			CU_ASSERT_EQUAL(f->bytes[f->initiator ^ 1u], answers + 40);
		answers = f->bytes[f->initiator ^ 1u];
		plant_close(&p);
	}
}

/* 6: a SYN-ACK to a SYN that somebody sent in our name, and our reset to it. */
static void arkime_1956(void)
{
	for (unsigned reset = 0; reset < 2; reset++) {
		struct plant p;
		const struct ledger *l;

		start(&p);
		sip_from(&p, 0, TAPE_SIP_PACKETS); /* both directions can be seen */
		tape_tcp(&p.tape, TAPE_T0 + TAPE_S, SERVER ":443", CLIENT ":40000",
			 TCP_SYN | TCP_ACK, 5000, 1001, "");
		if (reset)
			tape_tcp(&p.tape, TAPE_T0 + TAPE_S + 1, CLIENT ":40000", SERVER ":443",
				 TCP_RST, 1001, 0, "");
		tape_udp(&p.tape, TAPE_T0 + 60 * TAPE_S, CLIENT ":9", SERVER ":9", "x", 1);
		l = conclude(&p);
		SAME(direction(l, 1),
		     reset ? "10.0.0.5:40000 by syn 1+1" : "10.0.0.5:40000 by syn 0+1");
		SAME(plant_said(l, 1), reset ? "inconclusive unknown" : "inconclusive one_sided");
		plant_close(&p);
	}
}

/* 7: picked up in the middle, the first packet goes to the client. */
static void suricata_3749(void)
{
	struct plant p;
	const struct ledger *l;

	/* The protocol does not tell; the documented port does. */
	start(&p);
	tape_tcp(&p.tape, TAPE_T0, SERVER ":8057", CLIENT ":50000", TCP_ACK, 5001, 1001, "abc");
	tape_tcp(&p.tape, TAPE_T0 + 1, CLIENT ":50000", SERVER ":8057", TCP_ACK, 1001, 5004, "xyz");
	l = conclude(&p);
	SAME(direction(l, 0), "10.0.0.5:50000 by port 1+1");
	plant_close(&p);
	/* Neither tells: unknown, and it never becomes a block. */
	start(&p);
	tape_tcp(&p.tape, TAPE_T0, SERVER ":7001", CLIENT ":7000", TCP_ACK, 5001, 1001, "abc");
	tape_tcp(&p.tape, TAPE_T0 + 1, CLIENT ":7000", SERVER ":7001", TCP_ACK, 1001, 5004, "xyz");
	l = conclude(&p);
	SAME(direction(l, 0), "10.1.0.1:7001 by unknown 1+1");
	CU_ASSERT_NOT_EQUAL(l->flows[0].verdict, VERDICT_BLOCKED);
	plant_close(&p);
	/* Datagrams whose answer was captured before the question. */
	start(&p);
	tape_udp(&p.tape, TAPE_T0, SERVER ":1434", CLIENT ":50000", "\5", 1);
	tape_udp(&p.tape, TAPE_T0 + 1, CLIENT ":50000", SERVER ":1434", "\3", 1);
	l = conclude(&p);
	SAME(direction(l, 0), "10.0.0.5:50000 by port 1+1");
	plant_close(&p);
}

/* 9: one flow, one orientation, whatever the seed and the batch. */
static void ntopng_5745(void)
{
	for (unsigned batch = 1; batch <= 64; batch += 7) {
		struct plant p;
		const struct ledger *l;

		plant_open(&p);
		p.options.batch = batch;
		p.options.table.seed = batch;
		plant_start(&p);
		/* Each calls the other; and a third conversation nobody opened. */
		tape_sip(&p.tape, TAPE_T0, CLIENT ":50000", SERVER ":5060");
		tape_sip(&p.tape, TAPE_T0 + TAPE_S, SERVER ":50000", CLIENT ":5060");
		for (unsigned n = 0; n < 20; n++)
			tape_udp(&p.tape, TAPE_T0 + (2 + n) * TAPE_S,
				 n % 2 ? CLIENT ":7000" : SERVER ":7001",
				 n % 2 ? SERVER ":7001" : CLIENT ":7000", "x", 1);
		l = conclude(&p);
		CU_ASSERT_EQUAL(l->flow_count, 3);
		SAME(direction(l, 0), "10.0.0.5:50000 by syn 5+4");
		SAME(direction(l, 1), "10.1.0.1:50000 by syn 5+4");
		SAME(direction(l, 2), "10.1.0.1:7001 by unknown 10+10");
		plant_close(&p);
	}
}

/* ---- what is not blocked, and what is -------------------------------------------------------- */

/* Something that works. */
static void control(struct plant *p)
{
	tape_sip(&p->tape, TAPE_T0 - TAPE_S, FROM, TO);
}

/* The capture goes on, so that silence is judged; and packets reach the client. */
static void goes_on(struct plant *p)
{
	tape_udp(&p->tape, TAPE_T0 + 60 * TAPE_S, SERVER_2 ":9", CLIENT ":9", "x", 1);
}

/* 10: nothing listens, or something filters. */
static void refused_is_not_filtered(void)
{
	struct plant p;
	const struct ledger *l;

	start(&p);
	control(&p);
	tape_tcp(&p.tape, TAPE_T0, CLIENT ":50001", SERVER ":8057", TCP_SYN, 1000, 0, "");
	tape_tcp(&p.tape, TAPE_T0 + 1, SERVER ":8057", CLIENT ":50001", TCP_RST | TCP_ACK, 0, 1001,
		 "");
	for (unsigned n = 0; n < 3; n++)
		tape_tcp(&p.tape, TAPE_T0 + 2 + n * 3 * TAPE_S, CLIENT ":50002", SERVER ":443",
			 TCP_SYN, 1000, 0, "");
	goes_on(&p);
	l = conclude(&p);
	SAME(plant_said(l, 1), "blocked refused");
	CU_ASSERT_EQUAL(l->flows[1].cause, CAUSE_HOST);
	SAME(plant_said(l, 2), "blocked no_reply");
	CU_ASSERT_EQUAL(l->flows[2].cause, CAUSE_NETWORK);
	/* 11: each with what else reached the same server. */
	for (size_t i = 1; i < 3; i++)
		CU_ASSERT_EQUAL(l->flows[i].control_kind, CONTROL_SAME_PAIR);
	plant_close(&p);
}

/* 12: only one end's packets are in the file. */
static void zeek_2934(void)
{
	for (unsigned server = 0; server < 2; server++) {
		struct plant p;
		const struct ledger *l;

		start(&p);
		for (unsigned port = 50000; port < 50006; port++) {
			char from[32];

			snprintf(from, sizeof(from), CLIENT ":%u", port);
			for (unsigned n = 0; n < TAPE_SIP_PACKETS; n++)
				if ((n == 1 || n == 4 || n == 5 || n == 7) == (server != 0))
					tape_sip_packet(&p.tape,
							TAPE_T0 + (port - 50000) * 10 * TAPE_S +
								n * TAPE_MS,
							from, TO, n);
		}
		l = conclude(&p);
		CU_ASSERT_EQUAL(l->flow_count, 6);
		for (size_t i = 0; i < l->flow_count; i++)
			SAME(plant_said(l, i), "inconclusive one_sided");
		plant_close(&p);
	}
	/* Even where each of them is an attempt: nobody's answers were ever seen. */
	{
		struct plant p;
		const struct ledger *l;

		start(&p);
		for (unsigned n = 0; n < 4; n++)
			tape_tcp(&p.tape, TAPE_T0 + n * 10 * TAPE_S, FROM, TO, TCP_SYN, 1000, 0,
				 "");
		l = conclude(&p);
		SAME(plant_said(l, 0), "inconclusive one_sided");
		plant_close(&p);
	}
}

/* 13: a SYN that was lost, one that came late, and SYNs that were sent again. */
static void zeek_394(void)
{
	struct plant p;
	const struct ledger *l;

	for (unsigned late = 0; late < 2; late++) {
		start(&p);
		sip_from(&p, 1, 5);
		if (late) /* the card delivered it behind what followed */
			tape_sip_packet(&p.tape, TAPE_T0, FROM, TO, 0);
		sip_from(&p, 5, TAPE_SIP_PACKETS);
		l = conclude(&p);
		CU_ASSERT_EQUAL(l->flow_count, 1);
		SAME(plant_said(l, 0), "expected established");
		CU_ASSERT_EQUAL(l->flows[0].initiator_by, INITIATOR_SYN);
		plant_close(&p);
	}
	/* The SYN, and long after it the data: neither an S0 nor a flow in the middle. */
	start(&p);
	sip_from(&p, 0, 1);
	for (unsigned n = 3; n < 6; n++)
		tape_sip_packet(&p.tape, TAPE_T0 + 100 * TAPE_S + n, FROM, TO, n);
	l = conclude(&p);
	CU_ASSERT_EQUAL(l->flow_count, 1);
	SAME(plant_said(l, 0), "expected established");
	plant_close(&p);
	start(&p);
	for (unsigned n = 0; n < 5; n++)
		tape_sip_packet(&p.tape, TAPE_T0 + n * 20 * TAPE_S - 100 * TAPE_S, FROM, TO, 0);
	sip_from(&p, 1, TAPE_SIP_PACKETS);
	l = conclude(&p);
	CU_ASSERT_EQUAL(l->flow_count, 1);
	SAME(plant_said(l, 0), "expected established");
	plant_close(&p);
}

/* 14: nothing for longer than five minutes, then more of the same conversation. */
static void zeek_1196(void)
{
	struct plant p;
	const struct ledger *l;

	start(&p);
	sip_from(&p, 0, 6);
	tape_udp(&p.tape, TAPE_T0, CLIENT ":7000", EDGE ":7001", "x", 1);
	tape_udp(&p.tape, TAPE_T0 + 14 * 60 * TAPE_S, EDGE ":7001", CLIENT ":7000", "x", 1);
	for (unsigned n = 6; n < TAPE_SIP_PACKETS; n++)
		tape_sip_packet(&p.tape, TAPE_T0 + 50 * 60 * TAPE_S + n, FROM, TO, n);
	l = conclude(&p);
	CU_ASSERT_EQUAL(l->flow_count, 2);
	SAME(direction(l, 0), "10.0.0.5:50000 by syn 5+4");
	CU_ASSERT_EQUAL(l->flows[1].packets[0] + l->flows[1].packets[1], 2);
	plant_close(&p);
}

/* 15: checksums that offloading left unfilled lose no packet. */
static void zeek_5294(void)
{
	struct plant p;
	const struct ledger *l;

	plant_open(&p);
	p.options.decoder.checksums = true;
	plant_start(&p);
	p.tape.spoil = 1;
	sip_from(&p, 0, TAPE_SIP_PACKETS);
	l = conclude(&p);
	SAME(plant_said(l, 0), "expected established");
	SAME(direction(l, 0), "10.0.0.5:50000 by syn 5+4");
	CU_ASSERT_EQUAL(l->flows[0].app, APP_SIP);
	CU_ASSERT_EQUAL(l->captures[0].bad_checksums, TAPE_SIP_PACKETS);
	plant_close(&p);
}

/* 16: 54 bytes of Ethernet, IP and TCP: no payload, and every packet counts. */
static void zeek_2517(void)
{
	struct plant p;
	const struct ledger *l;

	start(&p);
	p.tape.snaplen = 40; /* no Ethernet here */
	sip_from(&p, 0, TAPE_SIP_PACKETS);
	l = conclude(&p);
	SAME(plant_said(l, 0), "expected established");
	SAME(direction(l, 0), "10.0.0.5:50000 by syn 5+4");
	CU_ASSERT_EQUAL(l->flows[0].bytes[0] + l->flows[0].bytes[1], l->captures[0].wire_bytes);
	CU_ASSERT(l->captures[0].wire_bytes > TAPE_SIP_PACKETS * 40);
	CU_ASSERT(has(l, 0, EVIDENCE_SNAPLEN) && has(l, 0, EVIDENCE_PROTOCOL_UNVERIFIED));
	CU_ASSERT_FALSE(has(l, 0, EVIDENCE_GAP));
	plant_close(&p);
}

/* 19: silence of datagrams is LISTENING or FILTERED, until something else speaks. */
static void portqry(void)
{
	static const uint8_t request[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1 };

	for (unsigned how = 0; how < 3; how++) {
		struct plant p;
		const struct ledger *l;

		start(&p);
		if (how == 2)
			control(&p);
		for (unsigned n = 0; n < 5; n++)
			tape_udp(&p.tape, TAPE_T0 + n * TAPE_S, CLIENT ":50001", EDGE ":3478",
				 request, sizeof(request));
		if (how == 1)
			tape_icmp(&p.tape, TAPE_T0 + 5 * TAPE_S, FIREWALL, 3, 13);
		if (how != 2) /* somebody else's conversation */
			tape_sip(&p.tape, TAPE_T0 + 30 * TAPE_S, "10.0.0.9:5000", SERVER_2 ":5060");
		goes_on(&p);
		l = conclude(&p);
		SAME(plant_said(l, how == 2), how == 0   ? "inconclusive unknown"
					      : how == 1 ? "blocked prohibited"
							 : "blocked no_reply");
		CU_ASSERT_EQUAL(l->flows[how == 2].grade, how == 0   ? GRADE_NONE
							  : how == 1 ? GRADE_PROVEN
								     : GRADE_LIKELY);
		plant_close(&p);
	}
}

/* 22: what the table had no room for is unknown, not blocked. */
static void reticle_27(void)
{
	struct plant p;
	const struct ledger *l;
	unsigned attempts = 0;

	plant_open(&p);
	p.options.table.max_flows = 1;
	plant_start(&p);
	for (unsigned n = 0; n < 3; n++) {
		tape_tcp(&p.tape, TAPE_T0 + n * 3 * TAPE_S, CLIENT ":50001", SERVER ":8057",
			 TCP_SYN, 1000, 0, "");
		tape_sip(&p.tape, TAPE_T0 + (n * 3 + 1) * TAPE_S, FROM, TO);
	}
	goes_on(&p);
	l = conclude(&p);
	for (size_t i = 0; i < l->flow_count; i++) {
		if (l->flows[i].outcome != OUTCOME_NO_REPLY || l->flows[i].key.l4 != 6)
			continue;
		attempts++;
		SAME(plant_said(l, i), "inconclusive no_reply");
		CU_ASSERT_TRUE(has(l, i, EVIDENCE_EVICTED));
	}
	/* One is listed, and the rest is only counted. */
	CU_ASSERT_EQUAL(attempts, 1);
	CU_ASSERT_EQUAL(l->unlisted, l->captures[0].evicted - 1);
	CU_ASSERT(l->verdicts[VERDICT_INCONCLUSIVE] >= 3);
	CU_ASSERT_EQUAL(l->verdicts[VERDICT_BLOCKED], 0);
	plant_close(&p);
}

extern CU_TestInfo tests_peers[];
CU_TestInfo tests_peers[] = {
	{ "1: zeek#2191, a SYN-ACK first, or half a feed, has its initiator", zeek_2191 },
	{ "2: zeek#2426, the direction found late does not spoil the protocol", zeek_2426 },
	{ "4: zeek#3235, broadcast and multicast never initiate", zeek_3235 },
	{ "5: zeek#5047, counters move with the direction", zeek_5047 },
	{ "6: arkime#1956 and #211, backscatter is no block", arkime_1956 },
	{ "7: suricata#3749, the first packet in the middle may go to the client", suricata_3749 },
	{ "9: ntopng#5745, one orientation whatever the seed and the batch", ntopng_5745 },
	{ "10 and 11: refused is not filtered, and each has its control", refused_is_not_filtered },
	{ "12: zeek#2934, one direction captured is no block", zeek_2934 },
	{ "13: zeek#394, a SYN lost, late or repeated splits nothing", zeek_394 },
	{ "14: zeek#1196, more than five minutes of quiet split nothing", zeek_1196 },
	{ "15: zeek#5294, offloaded checksums lose nothing", zeek_5294 },
	{ "16: zeek#2517, packets cut to 54 bytes count", zeek_2517 },
	{ "19: PortQry, silent datagrams are inconclusive until something speaks", portqry },
	{ "22: reticle#27, evicted evidence is inconclusive", reticle_27 },
	CU_TEST_INFO_NULL
};
