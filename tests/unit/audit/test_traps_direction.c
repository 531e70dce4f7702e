/* Traps: who opened it (facts/peers.md 2, complaints 1-9). */
#include <stdio.h>

#include "audit/trap.h"
#include "packet/facts.h"

/* C1: no well-known port helps: 8057 and 50000 are alike to a tool that goes by them. */
static void a_syn_ack_captured_first_names_its_receiver(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 0, TCP_SYN);
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	tape_swap(&t.tape);
	call_flags(&c, 0, TCP_ACK);
	call_tls(&c, CALL_OPTIONAL, 4);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7");
	CU_ASSERT_EQUAL(trap_flow(&t, USER ":50000", FRONT ":8057")->initiator_by, INITIATOR_SYN);
	trap_close(&t);
}

/* C1: a SYN that the capture lacks. */
static void a_syn_ack_alone_tells_who_opened(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	c.seq[0]++;
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	call_flags(&c, 0, TCP_ACK);
	call_tls(&c, CALL_OPTIONAL, 4);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7; midstream");
	trap_close(&t);
}

/* C1, C7: midstream, the server seen first: the ClientHello tells, not the order. */
static void midstream_the_client_hello_tells(void)
{
	struct trap t;
	struct call c;
	const struct judged *f;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 1, TCP_ACK);
	call_flags(&c, 0, TCP_ACK);
	call_tls(&c, CALL_OPTIONAL, 4);
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057", "expected established; server-ports/7; midstream");
	f = trap_flow(&t, USER ":50000", FRONT ":8057");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->initiator_by, INITIATOR_PROTOCOL);
	trap_close(&t);
}

/* C1, C7: nothing but encrypted records: only the documented port is left. */
static void midstream_without_protocol_the_documented_port_tells(void)
{
	struct trap t;
	struct call c;
	const struct judged *f;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_hex(&c, 1, "1703030010 00112233445566778899aabbccddeeff");
	call_hex(&c, 0, "1703030010 00112233445566778899aabbccddeeff");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "expected established; server-ports/7; midstream protocol_unverified");
	f = trap_flow(&t, USER ":50000", FRONT ":8057");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->initiator_by, INITIATOR_PORT);
	trap_close(&t);
}

/* C1: half-duplex feeds. */
static void the_responder_alone_does_not_open_its_flow(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	c.seq[0]++;
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	c.seq[0] += 90;
	call_flags(&c, 1, TCP_ACK);
	call_hex(&c, 1, "15030300020100");
	trap_run(&t);
	SAYS(&t, USER ":50000", FRONT ":8057",
	     "inconclusive one_sided; server-ports/7; midstream single_direction gap "
	     "protocol_unverified");
	trap_close(&t);
}

/* C2: the reply is seen first and looks like another protocol's request by its port. */
static void turning_a_flow_round_turns_its_protocol_too(void)
{
	struct trap t;
	struct call c;
	const struct judged *f;

	trap_open(&t);
	/* To 5060 from 5068 of the gateway: both ends have a SIP port. */
	call_begin(&c, &t.tape, TAPE_T0, "10.20.0.90:5060", MEDIATION ":5068");
	call_text(&c, 1,
		  "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.20.0.90\r\nCall-ID: 1\r\n"
		  "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
	call_text(&c, 0,
		  "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 10.20.0.90\r\n"
		  "Call-ID: 2\r\nCSeq: 2 OPTIONS\r\nContent-Length: 0\r\n\r\n");
	trap_run(&t);
	SAYS(&t, "10.20.0.90:5060", MEDIATION ":5068",
	     "expected established; server-ports/48; midstream");
	f = trap_flow(&t, "10.20.0.90:5060", MEDIATION ":5068");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->app, APP_SIP);
	CU_ASSERT_EQUAL(f->initiator_by, INITIATOR_PROTOCOL);
	trap_close(&t);
}

/* C3: ICMP takes no part in direction; an echo reply alone opens nothing. */
static void icmp_echo_opens_no_flow(void)
{
	static const uint8_t reply[] = { 0x45, 0,  0,  28, 0, 0, 0, 0, 64, 1, 0, 0, 10, 10,
					 0,    11, 10, 20, 0, 5, 0, 0, 0,  0, 0, 1, 0,  1 };
	struct trap t;

	trap_open(&t);
	tape_packet(&t.tape, TAPE_T0, reply, sizeof(reply));
	call_works(&t.tape, TAPE_T0 + TAPE_S, USER ":50000", FRONT ":8057");
	trap_run(&t);
	CU_ASSERT_EQUAL(t.ledger->flow_count, 1);
	CU_ASSERT_EQUAL(t.ledger->captures[0].counters.by_class[CLASS_ICMP], 1);
	trap_close(&t);
}

#define DHCP_HEAD(op, type)                                                                   \
	op " 010600 a1b2c3d4 0000 8000 00000000 0a140005 00000000 00000000 020000000001 0000" \
	   " 0000000000000000"                                                                \
	   "00000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	   "00000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	   "00000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	   "00000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	   "0000000000000000000000000000000000000000000000000000000000000000"                 \
	   "63825363 3501" type "ff"

/* C4: everybody is no one in particular: an answer to all does not make them initiators. */
static void broadcast_and_multicast_never_initiate(void)
{
	struct trap t;

	trap_open(&t);
	/* The OFFER first, to all; then the DISCOVER that it answers. */
	call_datagram(&t.tape, TAPE_T0, DHCP ":67", "255.255.255.255:68", DHCP_HEAD("02", "02"));
	call_datagram(&t.tape, TAPE_T0 + TAPE_MS, "0.0.0.0:68", "255.255.255.255:67",
		      DHCP_HEAD("01", "01"));
	call_datagram(&t.tape, TAPE_T0 + TAPE_S, USER ":5355", "224.0.0.252:5355", "0001");
	call_datagram(&t.tape, TAPE_T0 + TAPE_S, "[" USER_V6 "]:5355", "[ff02::1:3]:5355", "0001");
	trap_run(&t);
	SAYS(&t, DHCP ":67", "255.255.255.255:68",
	     "expected established; client-ports/1=client-ports/12; group_destination "
	     "peer_unverified answered_elsewhere");
	SAYS(&t, "0.0.0.0:68", "255.255.255.255:67",
	     "expected established; client-ports/1=client-ports/12; group_destination "
	     "peer_unverified answered_elsewhere");
	/* Link-local name resolution: nobody in particular had to answer. */
	SAYS(&t, USER ":5355", "224.0.0.252:5355",
	     "inconclusive unknown; client-ports/8=client-ports/9; group_destination "
	     "peer_unverified protocol_unverified");
	SAYS(&t, "[" USER_V6 "]:5355", "[ff02::1:3]:5355",
	     "inconclusive unknown; client-ports/8=client-ports/9; group_destination "
	     "peer_unverified protocol_unverified");
	trap_close(&t);
}

/* C5 */
static void counters_belong_to_ends_whoever_is_called_initiator(void)
{
	struct trap t;
	struct call c;
	const struct judged *f;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
	call_flags(&c, 1, TCP_ACK);
	call_flags(&c, 1, TCP_ACK);
	call_hex(&c, 1, "1703030010 00112233445566778899aabbccddeeff");
	call_hex(&c, 0, "1703030001 00");
	trap_run(&t);
	f = trap_flow(&t, USER ":50000", FRONT ":8057");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->packets[f->initiator], 1);
	CU_ASSERT_EQUAL(f->bytes[f->initiator], 46);
	CU_ASSERT_EQUAL(f->packets[f->initiator ^ 1u], 3);
	CU_ASSERT_EQUAL(f->bytes[f->initiator ^ 1u], 40 + 40 + 61);
	trap_close(&t);
}

/* C6: a SYN-ACK to a SYN that somebody forged in our name. */
static void backscatter_is_nobodys_connection(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, ACCESS ":40000", STRANGER ":80");
	c.seq[0]++;
	call_flags(&c, 1, TCP_SYN | TCP_ACK);
	trap_run(&t);
	SAYS(&t, ACCESS ":40000", STRANGER ":80",
	     "inconclusive one_sided; near client-ports/8 from; midstream single_direction");
	trap_close(&t);
}

/* C6: neither SYN nor protocol nor a documented port. */
static void an_initiator_may_be_unknown(void)
{
	struct trap t;
	struct call c;
	const struct judged *f;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":40000", FRONT ":41000");
	call_hex(&c, 0, "0102030405060708");
	call_hex(&c, 1, "0102030405060708");
	trap_run(&t);
	SAYS(&t, USER ":40000", FRONT ":41000",
	     "inconclusive established; client-ports/8=client-ports/9=client-ports/11; midstream "
	     "peer_unverified protocol_unverified");
	f = &t.ledger->flows[0];
	CU_ASSERT_EQUAL(f->initiator_by, INITIATOR_UNKNOWN);
	trap_close(&t);
}

/* C8: ports 50000 and above are in the media ranges and in the range of ephemeral ports. */
static void an_ephemeral_port_is_never_what_was_called(void)
{
	struct trap t;
	struct call c;

	trap_open(&t);
	call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":5061");
	call_hex(&c, 1, "1703030010 00112233445566778899aabbccddeeff");
	call_hex(&c, 0, "1703030010 00112233445566778899aabbccddeeff");
	/* A server asks DNS from a port that its own media range holds. */
	call_datagram(&t.tape, TAPE_T0 + TAPE_S, FRONT ":50010", "10.0.0.53:53",
		      "1234 0100 0001 0000 0000 0000 03777777 00 0001 0001");
	call_datagram(&t.tape, TAPE_T0 + TAPE_S + 1, "10.0.0.53:53", FRONT ":50010",
		      "1234 8180 0001 0000 0000 0000 03777777 00 0001 0001");
	trap_run(&t);
	SAYS(&t, FRONT ":50010", "10.0.0.53:53",
	     "unexpected established; near server-ports/10 dport");
	SAYS(&t, USER ":50000", FRONT ":5061",
	     "expected established; server-ports/3=client-ports/6; midstream "
	     "protocol_unverified");
	trap_close(&t);
}

/* C9: packets both ways, more than one file, other order: one flow with one orientation. */
static void a_pair_is_one_flow_with_one_orientation(void)
{
	struct trap t;
	struct call c;

	for (unsigned swapped = 0; swapped < 2; swapped++) {
		trap_open(&t);
		call_begin(&c, &t.tape, TAPE_T0, USER ":50000", FRONT ":8057");
		call_flags(&c, 0, TCP_SYN);
		call_flags(&c, 1, TCP_SYN | TCP_ACK);
		if (swapped)
			tape_swap(&t.tape);
		trap_input(&t);
		call_flags(&c, 0, TCP_ACK);
		call_tls(&c, CALL_OPTIONAL, 2);
		trap_input(&t);
		c.seq[0] += 5; /* a hole in the rotated set */
		call_hex(&c, 1, "1703030001 00");
		call_hex(&c, 0, "1703030001 00");
		trap_run(&t);
		CU_ASSERT_EQUAL(t.ledger->flow_count, 1);
		CU_ASSERT_PTR_NOT_NULL(trap_flow(&t, USER ":50000", FRONT ":8057"));
		trap_close(&t);
	}
}

extern CU_TestInfo tests_traps_direction[];
CU_TestInfo tests_traps_direction[] = {
	{ "a SYN-ACK captured before its SYN names its receiver the initiator",
	  a_syn_ack_captured_first_names_its_receiver },
	{ "a SYN-ACK without its SYN tells who opened", a_syn_ack_alone_tells_who_opened },
	{ "midstream the ClientHello tells, not who was seen first",
	  midstream_the_client_hello_tells },
	{ "midstream without a protocol the documented port tells",
	  midstream_without_protocol_the_documented_port_tells },
	{ "a responder seen alone does not open its flow",
	  the_responder_alone_does_not_open_its_flow },
	{ "turning a flow round turns its protocol too",
	  turning_a_flow_round_turns_its_protocol_too },
	{ "ICMP echo opens no flow", icmp_echo_opens_no_flow },
	{ "broadcast and multicast never initiate", broadcast_and_multicast_never_initiate },
	{ "counters belong to the ends, whoever is called initiator",
	  counters_belong_to_ends_whoever_is_called_initiator },
	{ "backscatter is nobody's connection", backscatter_is_nobodys_connection },
	{ "an initiator may be unknown", an_initiator_may_be_unknown },
	{ "an ephemeral port is never what was called",
	  an_ephemeral_port_is_never_what_was_called },
	{ "a pair is one flow with one orientation", a_pair_is_one_flow_with_one_orientation },
	CU_TEST_INFO_NULL
};
