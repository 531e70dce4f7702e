/* TCP: states, attempts, re-use of a tuple, sequence accounting. */
#include "fixture.h"

extern CU_TestInfo tests_tcp[];

/* One connection: the client is endpoint 0. */
enum { CLIENT, SERVER };

#define C_ISN 1000u
#define S_ISN 90000u
#define MS    NS_PER_MS

static struct flow_table *table;
static uint64_t frame;
static int64_t now_ns;
static const uint8_t payload[2000];

static void begin(void)
{
	struct flow_table_options o = FLOW_TABLE_DEFAULTS;

	o.max_flows = 64;
	table = fix_table(&o);
	frame = 0;
	now_ns = FIX_T0;
}

static void end(void)
{
	while (flow_table_finish(table))
		(void)fix_drain(table);
	(void)fix_drain(table);
	flow_table_free(table);
}

/* One packet, 1 ms after the one before.  Return: its flow. */
static uint32_t pkt_ttl(unsigned from, unsigned flags, uint32_t seq, uint32_t ack, uint32_t len,
			uint8_t ttl)
{
	struct facts f = from == CLIENT ? fix_packet(IPPROTO_TCP, 1, 40000, 2, 5061)
					: fix_packet(IPPROTO_TCP, 2, 5061, 1, 40000);

	now_ns += MS;
	f.ts_ns = now_ns;
	f.number = ++frame;
	f.tcp_flags = (uint8_t)flags;
	f.seq = seq;
	f.ack = ack;
	f.ttl = ttl;
	if (len != 0)
		fix_payload(&f, payload, len);
	return fix_take(table, &f);
}

static uint32_t pkt(unsigned from, unsigned flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	return pkt_ttl(from, flags, seq, ack, len, from == CLIENT ? 128 : 60);
}

static uint32_t syn(uint32_t isn)
{
	return pkt(CLIENT, TCP_SYN, isn, 0, 0);
}

static uint32_t handshake(uint32_t c, uint32_t s)
{
	(void)syn(c);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, s, c + 1, 0);
	return pkt(CLIENT, TCP_ACK, c + 1, s + 1, 0);
}

static enum flow_state state(uint32_t id)
{
	return flow_table_flow(table, id)->state;
}

static const struct flow_notes *notes(uint32_t id)
{
	return fix_notes(table, id);
}

static unsigned opener(uint32_t id)
{
	return flow_table_flow(table, id)->opener;
}

static bool has_gap(uint32_t id)
{
	return (flow_table_flow(table, id)->flags & FLOW_GAP) != 0;
}

/* Flows retired so far, and that they ended as @want. */
static unsigned retired_as(enum flow_end want)
{
	enum flow_end how;
	unsigned n = 0;

	while (fix_retired(table, &how) != FLOW_NONE) {
		CU_ASSERT_EQUAL(how, want);
		n++;
	}
	return n;
}

static void full_connection(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	CU_ASSERT(state(id) == FLOW_SYN_SENT && opener(id) == CLIENT);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_SYN_ACKED);
	CU_ASSERT(notes(id)->synack_frame == 2 && notes(id)->synack_ns == FIX_T0 + 2 * MS);
	CU_ASSERT(!notes(id)->acked[SERVER]);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	CU_ASSERT(!notes(id)->acked[CLIENT]);
	(void)pkt(CLIENT, TCP_ACK | TCP_PSH, C_ISN + 1, S_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 101, 500);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 501, C_ISN + 101, 500);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 101, S_ISN + 1001, 0);
	CU_ASSERT(notes(id)->acked[SERVER] && notes(id)->acked[CLIENT]);
	CU_ASSERT(notes(id)->data.frame[CLIENT] == 4 && notes(id)->data.frame[SERVER] == 5);
	CU_ASSERT(notes(id)->data.ns[SERVER] == FIX_T0 + 5 * MS);
	CU_ASSERT(notes(id)->data.bytes[CLIENT] == 100 && notes(id)->data.bytes[SERVER] == 1000);
	CU_ASSERT(notes(id)->data.packets[CLIENT] == 1 && notes(id)->data.packets[SERVER] == 2);
	(void)pkt(CLIENT, TCP_ACK | TCP_FIN, C_ISN + 101, S_ISN + 1001, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	(void)pkt(SERVER, TCP_ACK | TCP_FIN, S_ISN + 1001, C_ISN + 102, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_CLOSED);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 102, S_ISN + 1002, 0);
	CU_ASSERT(notes(id)->fin_frame[CLIENT] == 8 && notes(id)->fin_frame[SERVER] == 9);
	CU_ASSERT(!has_gap(id));
	CU_ASSERT(notes(id)->data.retransmitted[0] + notes(id)->data.retransmitted[1] == 0);
	CU_ASSERT(flow_table_flow(table, id)->next_seq[CLIENT] == C_ISN + 102);
	CU_ASSERT(flow_table_flow(table, id)->next_seq[SERVER] == S_ISN + 1002);
	CU_ASSERT(flow_table_flow(table, id)->ttl[SERVER] == 60);
	CU_ASSERT(flow_table_flow(table, id)->packets[CLIENT] == 6);
	CU_ASSERT_EQUAL(flow_table_flow(table, id)->tcp_flags[CLIENT],
			TCP_SYN | TCP_ACK | TCP_PSH | TCP_FIN);
	CU_ASSERT_EQUAL(flow_table_flow(table, id)->tcp_flags[SERVER], TCP_SYN | TCP_ACK | TCP_FIN);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 0);
	end();
}

static void syn_retries(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	for (unsigned i = 0; i < 5; i++) {
		now_ns += (NS_PER_S << i) - MS;
		CU_ASSERT_EQUAL(syn(C_ISN), id);
	}
	CU_ASSERT_EQUAL(state(id), FLOW_SYN_SENT);
	CU_ASSERT_EQUAL(notes(id)->syn.count, 6);
	CU_ASSERT(notes(id)->syn.frames[0] == 1 && notes(id)->syn.frames[2] == 3);
	CU_ASSERT_EQUAL(notes(id)->syn.last_ns - notes(id)->syn.first_ns, 31 * NS_PER_S);
	CU_ASSERT_EQUAL(notes(id)->syn.isn, C_ISN);
	/* Another number soon after it, without any answer in between, is the same attempt. */
	CU_ASSERT_EQUAL(syn(C_ISN + 77777), id);
	CU_ASSERT_EQUAL(notes(id)->syn.count, 7);
	CU_ASSERT_EQUAL(notes(id)->syn.isn, C_ISN + 77777);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 77778, 0);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 77778, S_ISN + 1, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	CU_ASSERT(!has_gap(id));
	end();
}

/* A stack keeps the number as long as it tries: another one later is another connect(). */
static void another_attempt(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	now_ns += 3 * NS_PER_S - MS;
	CU_ASSERT_EQUAL(syn(C_ISN + 1), id); /* exactly 3 s */
	now_ns += 60 * NS_PER_S;
	CU_ASSERT_EQUAL(syn(C_ISN + 1), id);
	CU_ASSERT_EQUAL(notes(id)->syn.count, 3);
	now_ns += 3 * NS_PER_S - MS + 1;
	id = syn(C_ISN + 2);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	CU_ASSERT_EQUAL(notes(id)->syn.count, 1);
	/* The responder's own SYN to the same ports is a simultaneous open, however late. */
	now_ns += 10 * NS_PER_S;
	CU_ASSERT_EQUAL(pkt(SERVER, TCP_SYN, S_ISN, 0, 0), id);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 0);
	end();
}

static void late_syn_retransmission(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	CU_ASSERT_EQUAL(syn(C_ISN), id);
	CU_ASSERT_EQUAL(pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0), id);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	CU_ASSERT_EQUAL(notes(id)->synack_count, 2);
	CU_ASSERT_EQUAL(notes(id)->synack_frame, 2);
	CU_ASSERT(flow_table_flow(table, id)->next_seq[CLIENT] == C_ISN + 1);
	end();
}

/* Every state but "never answered" gives way to a SYN with a new number. */
static void reuse(void)
{
	uint32_t id, next;

	begin();
	/* SYN-ACKed */
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0);
	next = syn(C_ISN + 5);
	CU_ASSERT_NOT_EQUAL(next, id);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	CU_ASSERT_EQUAL(notes(next)->syn.count, 1);
	/* open */
	(void)handshake(C_ISN + 5, S_ISN);
	id = syn(C_ISN + 6);
	CU_ASSERT(state(id) == FLOW_SYN_SENT && notes(id)->syn.count == 1);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	/* closed */
	(void)handshake(C_ISN + 6, S_ISN);
	(void)pkt(CLIENT, TCP_ACK | TCP_FIN, C_ISN + 7, S_ISN + 1, 0);
	id = pkt(SERVER, TCP_ACK | TCP_FIN, S_ISN + 1, C_ISN + 8, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_CLOSED);
	/* Old duplicates, of the SYN too, belong to the closed flow. */
	CU_ASSERT_EQUAL(pkt(CLIENT, TCP_ACK, C_ISN + 7, S_ISN + 1, 10), id);
	CU_ASSERT_EQUAL(syn(C_ISN + 6), id);
	CU_ASSERT_EQUAL(pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 7, 0), id);
	CU_ASSERT_EQUAL(state(id), FLOW_CLOSED);
	(void)syn(C_ISN + 9);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	/* reset after open, at once */
	(void)handshake(C_ISN + 9, S_ISN);
	id = pkt(SERVER, TCP_RST, S_ISN + 1, 0, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_RESET);
	(void)syn(C_ISN + 10);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	end();
	/* midstream */
	begin();
	id = pkt(CLIENT, TCP_ACK, 5000, 7000, 10);
	CU_ASSERT_EQUAL(state(id), FLOW_MIDSTREAM);
	(void)syn(5000 + (1u << 20));
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	end();
	/* from the other end */
	begin();
	(void)handshake(C_ISN, S_ISN);
	id = pkt(SERVER, TCP_SYN, S_ISN + 999, 0, 0);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	CU_ASSERT(opener(id) == SERVER && state(id) == FLOW_SYN_SENT);
	end();
}

static void synack_of_another_connection(void)
{
	uint32_t id, next;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(CLIENT, TCP_RST, C_ISN + 1, 0, 0);
	next = pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN + 50000, C_ISN + 60000, 0);
	CU_ASSERT_NOT_EQUAL(next, id);
	CU_ASSERT(state(next) == FLOW_SYN_ACKED && opener(next) == CLIENT);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	end();
}

static void refused(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt_ttl(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 1, 0, 55);
	CU_ASSERT_EQUAL(state(id), FLOW_RESET);
	CU_ASSERT(notes(id)->rst_refused && notes(id)->rst_dir == SERVER);
	CU_ASSERT(notes(id)->rst_ttl == 55 && notes(id)->rst_frame == 2);
	CU_ASSERT_EQUAL(notes(id)->rst_ns, FIX_T0 + 2 * MS);
	CU_ASSERT_EQUAL(flow_table_flow(table, id)->ttl[SERVER], 0);
	/* Windows tries twice more: one attempt, with its number or a new one. */
	now_ns += 500 * MS;
	CU_ASSERT_EQUAL(syn(C_ISN), id);
	(void)pkt(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 1, 0);
	now_ns += 500 * MS;
	CU_ASSERT_EQUAL(syn(C_ISN + 900), id);
	(void)pkt(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 901, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_RESET);
	CU_ASSERT(notes(id)->syn.count == 3 && notes(id)->rst_count[SERVER] == 3);
	CU_ASSERT(notes(id)->rst_frame == 2 && notes(id)->rst_ttl == 55);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 0);
	end();
}

static void refused_and_tried_later(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 1, 0);
	now_ns += 3 * NS_PER_S - MS;
	CU_ASSERT_EQUAL(syn(C_ISN + 1), id); /* exactly 3 s */
	(void)pkt(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 2, 0);
	now_ns += 3 * NS_PER_S - MS + 1;
	(void)syn(C_ISN + 2);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	end();
}

static void refused_and_called_back(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 1, 0);
	id = pkt(SERVER, TCP_SYN, S_ISN, 0, 0);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	CU_ASSERT(opener(id) == SERVER && state(id) == FLOW_SYN_SENT);
	end();
}

static void refused_then_accepted(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 1, 0);
	now_ns += 500 * MS;
	CU_ASSERT_EQUAL(handshake(C_ISN + 3, S_ISN), id);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	CU_ASSERT(!notes(id)->rst_refused && notes(id)->rst_frame == 0);
	CU_ASSERT(notes(id)->synack_count == 1);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 0);
	end();
}

static void initiator_gives_up(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt(CLIENT, TCP_RST, C_ISN + 1, 0, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_RESET);
	CU_ASSERT(!notes(id)->rst_refused && notes(id)->rst_dir == CLIENT);
	end();
}

static void reset_after_open(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 200);
	(void)pkt_ttl(SERVER, TCP_RST | TCP_ACK, S_ISN + 1, C_ISN + 201, 0, 250);
	CU_ASSERT_EQUAL(state(id), FLOW_RESET);
	CU_ASSERT(!notes(id)->rst_refused && notes(id)->rst_dir == SERVER);
	CU_ASSERT(notes(id)->rst_ttl == 250);
	CU_ASSERT(flow_table_flow(table, id)->ttl[SERVER] == 60);
	/* The RST's acknowledgement is no sign that the server's stack heard the client. */
	CU_ASSERT(!notes(id)->acked[SERVER]);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 201, S_ISN + 1, 10);
	(void)pkt(CLIENT, TCP_ACK | TCP_FIN, C_ISN + 211, S_ISN + 1, 0);
	(void)pkt(SERVER, TCP_ACK | TCP_FIN, S_ISN + 1, C_ISN + 201, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_RESET);
	end();
}

static void reset_after_close(void)
{
	uint32_t id;

	begin();
	(void)handshake(C_ISN, S_ISN);
	(void)pkt(CLIENT, TCP_ACK | TCP_FIN, C_ISN + 1, S_ISN + 1, 0);
	(void)pkt(SERVER, TCP_ACK | TCP_FIN, S_ISN + 1, C_ISN + 2, 0);
	id = pkt(CLIENT, TCP_RST, C_ISN + 2, 0, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_CLOSED);
	CU_ASSERT_EQUAL(notes(id)->rst_count[CLIENT], 1);
	end();
}

static void stray_reset(void)
{
	uint32_t id;

	begin();
	id = pkt(SERVER, TCP_RST | TCP_ACK, 0, C_ISN + 1, 0);
	CU_ASSERT(state(id) == FLOW_RESET && opener(id) == 2 && !notes(id)->rst_refused);
	(void)syn(C_ISN + 4);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 1);
	end();
}

static void synack_first(void)
{
	uint32_t id;

	begin();
	id = pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0);
	CU_ASSERT(state(id) == FLOW_SYN_ACKED && opener(id) == CLIENT);
	CU_ASSERT(notes(id)->syn.count == 0 && notes(id)->synack_count == 1);
	/* Its SYN, captured behind it. */
	CU_ASSERT_EQUAL(syn(C_ISN), id);
	CU_ASSERT(notes(id)->syn.count == 1 && state(id) == FLOW_SYN_ACKED);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	CU_ASSERT(!has_gap(id));
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 0);
	end();
}

static void late_syn(void)
{
	uint32_t id;

	begin();
	id = pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 50);
	CU_ASSERT_EQUAL(state(id), FLOW_MIDSTREAM);
	CU_ASSERT_EQUAL(syn(C_ISN), id);
	CU_ASSERT(state(id) == FLOW_OPEN && opener(id) == CLIENT);
	CU_ASSERT_EQUAL(notes(id)->syn.count, 1);
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 0);
	end();
}

static void simultaneous_open(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	CU_ASSERT_EQUAL(pkt(SERVER, TCP_SYN, S_ISN, 0, 0), id);
	CU_ASSERT(state(id) == FLOW_SYN_SENT && opener(id) == CLIENT);
	CU_ASSERT_EQUAL(notes(id)->syn.count, 1);
	(void)pkt(CLIENT, TCP_SYN | TCP_ACK, C_ISN, S_ISN + 1, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_SYN_ACKED);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 10);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 11, 0);
	CU_ASSERT(!has_gap(id));
	CU_ASSERT_EQUAL(retired_as(FLOW_END_REUSED), 0);
	end();
}

/* A capture that never sees the server. */
static void one_side_only(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	CU_ASSERT(!notes(id)->acked[CLIENT]);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 0);
	CU_ASSERT(state(id) == FLOW_OPEN && notes(id)->acked[CLIENT]);
	CU_ASSERT_EQUAL(notes(id)->synack_count, 0);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 4001, 100);
	CU_ASSERT(!has_gap(id));
	end();
}

/* RFC 5961: a server in another connection's state answers a SYN with a bare ACK. */
static void challenge_ack(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_ACK, 777, C_ISN + 5000, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_SYN_SENT);
	CU_ASSERT(!has_gap(id) && !notes(id)->acked[SERVER]);
	end();
}

/* A SYN-ACK and more from its sender do not say that the initiator heard it. */
static void half_a_handshake(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 0);
	CU_ASSERT_EQUAL(state(id), FLOW_SYN_ACKED);
	end();
}

static void data_without_synack(void)
{
	uint32_t id;

	begin();
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 10);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	end();
	begin();
	id = syn(C_ISN);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 10);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	end();
}

static void data_never_acknowledged(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	for (unsigned i = 0; i < 4; i++)
		(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 200);
	CU_ASSERT_EQUAL(notes(id)->data.retransmitted[CLIENT], 3);
	CU_ASSERT(!notes(id)->acked[SERVER]);
	/* Acknowledging the handshake again is not hearing the data. */
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 0);
	CU_ASSERT(!notes(id)->acked[SERVER]);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 2, 0);
	CU_ASSERT(notes(id)->acked[SERVER]);
	end();
}

static void keep_alives(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(CLIENT, TCP_ACK, C_ISN, S_ISN + 1, 1); /* before any data */
	CU_ASSERT_EQUAL(notes(id)->data.packets[CLIENT], 0);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 100);
	for (unsigned i = 0; i < 5; i++) {
		(void)pkt(CLIENT, TCP_ACK, C_ISN + 100, S_ISN + 1, i % 2);
		(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 101, 0);
	}
	CU_ASSERT_EQUAL(notes(id)->data.retransmitted[CLIENT], 0);
	CU_ASSERT(notes(id)->data.packets[CLIENT] == 1 && notes(id)->data.bytes[CLIENT] == 100);
	/* Two bytes there are a retransmission. */
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 99, S_ISN + 1, 2);
	CU_ASSERT_EQUAL(notes(id)->data.retransmitted[CLIENT], 1);
	CU_ASSERT(!has_gap(id));
	end();
}

static void gap_above(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 101, 0);
	CU_ASSERT(!has_gap(id));
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 102, 0);
	CU_ASSERT(has_gap(id) && notes(id)->gaps == 1 && notes(id)->gap_frame == frame);
	CU_ASSERT_EQUAL(flow_table_flow(table, id)->next_seq[CLIENT], C_ISN + 102);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 102, 0);
	CU_ASSERT_EQUAL(notes(id)->gaps, 1);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 500, 0);
	CU_ASSERT_EQUAL(notes(id)->gaps, 2);
	CU_ASSERT_EQUAL(notes(id)->gap_frame, 6);
	end();
}

static void gap_between(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 201, C_ISN + 1, 100); /* 100 bytes missing */
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 101, 0);
	CU_ASSERT(!has_gap(id)); /* lost on the way, as far as is known */
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 301, 0);
	CU_ASSERT(has_gap(id) && notes(id)->gaps == 1);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 301, 0);
	CU_ASSERT_EQUAL(notes(id)->gaps, 1);
	end();
}

/* The acknowledgement, or a later segment, captured before the data it follows. */
static void gap_taken_back(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 101, 0);
	CU_ASSERT(has_gap(id));
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 60);
	CU_ASSERT(has_gap(id));
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 61, S_ISN + 1, 40);
	CU_ASSERT(!has_gap(id) && notes(id)->gaps == 0 && notes(id)->gap_frame == 0);
	CU_ASSERT_EQUAL(notes(id)->data.retransmitted[CLIENT], 0);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 61, S_ISN + 1, 40);
	CU_ASSERT_EQUAL(notes(id)->data.retransmitted[CLIENT], 1);
	/* One byte: not to be taken for a keep-alive. */
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 102, 0);
	CU_ASSERT(has_gap(id));
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 101, S_ISN + 1, 1);
	CU_ASSERT(!has_gap(id));
	CU_ASSERT_EQUAL(notes(id)->data.bytes[CLIENT], 60 + 40 + 40 + 1);
	/* A FIN, too. */
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 103, 0);
	CU_ASSERT(has_gap(id));
	(void)pkt(CLIENT, TCP_ACK | TCP_FIN, C_ISN + 102, S_ISN + 1, 0);
	CU_ASSERT(!has_gap(id));
	end();
}

static void loss_on_the_way(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 201, C_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 301, C_ISN + 1, 100);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 101, 0);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 101, C_ISN + 1, 100); /* fills the hole */
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 401, 0);
	CU_ASSERT(!has_gap(id));
	CU_ASSERT_EQUAL(notes(id)->data.retransmitted[SERVER], 0);
	end();
}

static void several_holes_at_once(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 201, C_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 401, C_ISN + 1, 100);
	/* The first is the one that acknowledgements reach first. */
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 301, 0);
	CU_ASSERT_EQUAL(notes(id)->gaps, 1);
	end();
	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 201, C_ISN + 1, 100);
	/* One acknowledgement, of a hole and of bytes above all: one gap. */
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 900, 0);
	CU_ASSERT_EQUAL(notes(id)->gaps, 1);
	end();
}

static void several_holes_invent_no_gap(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 1, C_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 201, C_ISN + 1, 100);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 401, C_ISN + 1, 100);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 101, 0);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 101, C_ISN + 1, 100);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 301, 0);
	(void)pkt(SERVER, TCP_ACK, S_ISN + 301, C_ISN + 1, 100);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 501, 0);
	CU_ASSERT(!has_gap(id));
	end();
}

static void sequence_wrap(void)
{
	const uint32_t c = UINT32_MAX - 50, s = UINT32_MAX;
	uint32_t id;

	begin();
	id = handshake(c, s);
	CU_ASSERT_EQUAL(state(id), FLOW_OPEN);
	(void)pkt(CLIENT, TCP_ACK, c + 1, s + 1, 100);
	(void)pkt(SERVER, TCP_ACK, s + 1, c + 101, 100);
	(void)pkt(CLIENT, TCP_ACK, c + 101, s + 101, 0);
	CU_ASSERT(notes(id)->acked[0] && notes(id)->acked[1] && !has_gap(id));
	CU_ASSERT(notes(id)->data.retransmitted[0] + notes(id)->data.retransmitted[1] == 0);
	CU_ASSERT_EQUAL(flow_table_flow(table, id)->next_seq[CLIENT], 50);
	end();
}

static void numbers_taken_anew(void)
{
	uint32_t id;

	begin();
	id = handshake(C_ISN, S_ISN);
	/* Two GiB went by unseen: neither a gap of that size nor retransmissions for ever. */
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1 + (1u << 31), S_ISN + 1, 100);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 101 + (1u << 31), S_ISN + 1, 100);
	CU_ASSERT_EQUAL(notes(id)->data.retransmitted[CLIENT], 0);
	CU_ASSERT_EQUAL(flow_table_flow(table, id)->next_seq[CLIENT], C_ISN + 201 + (1u << 31));
	end();
}

static void data_in_the_syn(void)
{
	uint32_t id;

	begin();
	id = pkt(CLIENT, TCP_SYN, C_ISN, 0, 50);
	CU_ASSERT(state(id) == FLOW_SYN_SENT && notes(id)->data.packets[CLIENT] == 0);
	CU_ASSERT_EQUAL(flow_table_flow(table, id)->next_seq[CLIENT], C_ISN + 51);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 51, 0);
	CU_ASSERT(notes(id)->data.packets[CLIENT] == 1 && notes(id)->data.bytes[CLIENT] == 50);
	CU_ASSERT(notes(id)->data.frame[CLIENT] == 1 && notes(id)->acked[SERVER]);
	/* That SYN-ACK again, after all is over, is an old duplicate. */
	(void)pkt(CLIENT, TCP_RST, C_ISN + 51, 0, 0);
	CU_ASSERT_EQUAL(pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 51, 0), id);
	end();
	begin();
	id = pkt(CLIENT, TCP_SYN, C_ISN, 0, 50);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 51, 0);
	(void)pkt(CLIENT, TCP_ACK | TCP_FIN, C_ISN + 51, S_ISN + 1, 0);
	(void)pkt(SERVER, TCP_ACK | TCP_FIN, S_ISN + 1, C_ISN + 52, 0);
	CU_ASSERT_EQUAL(pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 51, 0), id);
	CU_ASSERT_EQUAL(state(id), FLOW_CLOSED);
	end();
	/* Not taken: sent again after the handshake. */
	begin();
	id = pkt(CLIENT, TCP_SYN, C_ISN, 0, 50);
	(void)pkt(SERVER, TCP_SYN | TCP_ACK, S_ISN, C_ISN + 1, 0);
	CU_ASSERT_EQUAL(notes(id)->data.packets[CLIENT], 0);
	(void)pkt(CLIENT, TCP_ACK, C_ISN + 1, S_ISN + 1, 50);
	CU_ASSERT(notes(id)->data.packets[CLIENT] == 1 && notes(id)->data.frame[CLIENT] == 3);
	end();
}

/* Any flags and numbers in any order leave a state of the list and no fault. */
static void hostile_packets(void)
{
	uint64_t r = 99;

	begin();
	for (unsigned i = 0; i < 40000; i++) {
		unsigned flags = (unsigned)(fix_random(&r) % 64);
		uint32_t seq = (uint32_t)fix_random(&r) >> fix_random(&r) % 32;
		uint32_t ack = (uint32_t)fix_random(&r) >> fix_random(&r) % 32;
		uint32_t id;

		now_ns += (int64_t)(fix_random(&r) % (unsigned)NS_PER_S);
		id = pkt(i % 2, flags, seq, ack, (uint32_t)(fix_random(&r) % 3 * 700));
		CU_ASSERT_FATAL(id != FLOW_NONE);
		CU_ASSERT(state(id) > FLOW_DATAGRAM && state(id) <= FLOW_RESET);
		CU_ASSERT_EQUAL(has_gap(id), notes(id)->gaps != 0);
		if (i % 8 == 0)
			(void)fix_drain(table);
	}
	end();
}

CU_TestInfo tests_tcp[] = {
	{ "a connection opens, talks and closes", full_connection },
	{ "retransmitted SYNs are one attempt, new numbers too soon after", syn_retries },
	{ "a new number three seconds later is an attempt of its own", another_attempt },
	{ "a SYN seen again after the handshake opens nothing", late_syn_retransmission },
	{ "a SYN with a new number re-uses the tuple of an answered flow", reuse },
	{ "a SYN-ACK after a reset belongs to a connection of its own",
	  synack_of_another_connection },
	{ "a RST to a SYN refuses it, and quick retries are the same attempt", refused },
	{ "a retry later than three seconds is an attempt of its own", refused_and_tried_later },
	{ "an attempt the other way is one of its own", refused_and_called_back },
	{ "an attempt refused once may still succeed", refused_then_accepted },
	{ "a RST by the initiator refuses nothing", initiator_gives_up },
	{ "a RST after the handshake is noted with its TTL", reset_after_open },
	{ "a RST after both FINs leaves the flow closed", reset_after_close },
	{ "a RST seen first has no opener", stray_reset },
	{ "a SYN-ACK seen first names its receiver the opener", synack_first },
	{ "a SYN captured behind its data belongs to it", late_syn },
	{ "both ends may open at once", simultaneous_open },
	{ "acknowledgements prove answers that were not captured", one_side_only },
	{ "a bare ACK to a SYN is no answer", challenge_ack },
	{ "only the initiator's answer finishes a handshake", half_a_handshake },
	{ "data proves that the flow is open", data_without_synack },
	{ "data that is not acknowledged is counted as retransmitted", data_never_acknowledged },
	{ "keep-alives are neither data nor retransmissions", keep_alives },
	{ "an acknowledgement above all that was captured is a gap, once", gap_above },
	{ "an acknowledgement of a hole is a gap, once", gap_between },
	{ "a gap that is filled later was none", gap_taken_back },
	{ "a segment lost and sent again is no gap", loss_on_the_way },
	{ "the first of several holes is followed", several_holes_at_once },
	{ "several holes at once invent no gap", several_holes_invent_no_gap },
	{ "sequence numbers wrap", sequence_wrap },
	{ "a jump beyond any window takes the numbers anew", numbers_taken_anew },
	{ "payload of a SYN counts when it is acknowledged", data_in_the_syn },
	{ "hostile packets keep the state sound", hostile_packets },
	CU_TEST_INFO_NULL,
};
