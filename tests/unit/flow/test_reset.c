/* Resets: whose they are, by what else the flow shows (flow/reset.c). */
#include "fixture.h"

#define C_ISN 1000u
#define S_ISN 90000u
#define MS    NS_PER_MS

enum { CLIENT, SERVER };

/* One connection; each packet 1 ms after the one before. */
struct line {
	struct flow_table *table;
	uint64_t frame;
	int64_t now_ns;
	uint32_t id;
};

static void begin(struct line *l)
{
	struct flow_table_options o = FLOW_TABLE_DEFAULTS;

	o.max_flows = 64;
	*l = (struct line){ .table = fix_table(&o), .now_ns = FIX_T0 };
}

static void end(struct line *l)
{
	while (flow_table_finish(l->table))
		(void)fix_drain(l->table);
	(void)fix_drain(l->table);
	flow_table_free(l->table);
}

static void send_packet(struct line *l, unsigned from, unsigned flags, uint32_t len, uint16_t ip_id)
{
	static const uint8_t payload[100];
	struct facts f = from == CLIENT ? fix_packet(IPPROTO_TCP, 1, 40000, 2, 5061)
					: fix_packet(IPPROTO_TCP, 2, 5061, 1, 40000);
	bool opens = (flags & TCP_SYN) != 0;

	l->now_ns += MS;
	f.ts_ns = l->now_ns;
	f.number = ++l->frame;
	f.tcp_flags = (uint8_t)flags;
	f.seq = (from == CLIENT ? C_ISN : S_ISN) + !opens;
	f.ack = (flags & TCP_ACK) == 0 ? 0 : (from == CLIENT ? S_ISN : C_ISN) + 1;
	f.window = 1024;
	f.ip_id = ip_id;
	if (len != 0)
		fix_payload(&f, payload, len);
	l->id = fix_take(l->table, &f);
}

static const struct flow_notes *notes(const struct line *l)
{
	return fix_notes(l->table, l->id);
}

/* Handshake, a request, and acknowledgements of it; the server counts from @ids. */
static void request(struct line *l, const uint16_t ids[static 3])
{
	begin(l);
	send_packet(l, CLIENT, TCP_SYN, 0, 7);
	send_packet(l, SERVER, TCP_SYN | TCP_ACK, 0, ids[0]);
	send_packet(l, CLIENT, TCP_ACK, 0, 8);
	send_packet(l, CLIENT, TCP_ACK | TCP_PSH, 100, 9);
	send_packet(l, SERVER, TCP_ACK, 0, ids[1]);
	send_packet(l, SERVER, TCP_ACK, 0, ids[2]);
}

/* What is noted of a reset with @id that comes @after_ns after what @ids say. */
static uint16_t noted_id(const uint16_t ids[static 3], uint16_t id, int64_t after_ns)
{
	struct line l;
	uint16_t noted;

	request(&l, ids);
	l.now_ns += after_ns - MS;
	send_packet(&l, SERVER, TCP_RST, 0, id);
	noted = notes(&l)->rst_id;
	CU_ASSERT(notes(&l)->ip_id[SERVER] == ids[2] || ids[2] == 0);
	end(&l);
	return noted;
}

static void a_counter_and_a_number_far_off(void)
{
	static const uint16_t ids[] = { 500, 501, 502 }, steps[] = { 500, 564, 628 },
			      wraps[] = { 65530, 65533, 3 };

	CU_ASSERT_EQUAL(noted_id(ids, 40000, MS), 40000);
	CU_ASSERT_EQUAL(noted_id(steps, 40000, MS), 40000);
	CU_ASSERT_EQUAL(noted_id(wraps, 30000, MS), 30000);
	/* On from there, or a little back, as packets overtake one another. */
	CU_ASSERT_EQUAL(noted_id(ids, 503, MS), 0);
	CU_ASSERT_EQUAL(noted_id(ids, 499, MS), 0);
	CU_ASSERT_EQUAL(noted_id(ids, 502 + 2 * 256 - 1, MS), 0);
	CU_ASSERT_EQUAL(noted_id(ids, 502 + 2 * 256, MS), 502 + 2 * 256);
	CU_ASSERT_EQUAL(noted_id(ids, 502 - 256, MS), 0);
	CU_ASSERT_EQUAL(noted_id(ids, 502 - 257, MS), 502 - 257);
	/* A busy host counts far in the time between. */
	CU_ASSERT_EQUAL(noted_id(ids, 502 + 100 * 256, 100 * MS), 0);
	CU_ASSERT_EQUAL(noted_id(ids, 40000, 300 * MS), 0);
}

static void ids_that_tell_nothing(void)
{
	static const uint16_t random[] = { 500, 30000, 7000 }, zero[] = { 0, 0, 0 },
			      few[] = { 0, 501, 502 }, same[] = { 500, 501, 501 },
			      wide[] = { 500, 501, 566 }, ids[] = { 500, 501, 502 };
	struct line l;

	CU_ASSERT_EQUAL(noted_id(random, 40000, MS), 0);
	CU_ASSERT_EQUAL(noted_id(zero, 40000, MS), 0);
	CU_ASSERT_EQUAL(noted_id(few, 40000, MS), 0);
	CU_ASSERT_EQUAL(noted_id(same, 40000, MS), 0);
	CU_ASSERT_EQUAL(noted_id(wide, 40000, MS), 0);
	/* Linux numbers its resets 0 where it has no connection any more. */
	CU_ASSERT_EQUAL(noted_id(ids, 0, MS), 0);
	/* After its FIN a host may reset from another counter. */
	request(&l, ids);
	send_packet(&l, SERVER, TCP_ACK | TCP_FIN, 0, 503);
	send_packet(&l, CLIENT, TCP_ACK | TCP_PSH, 100, 10);
	send_packet(&l, SERVER, TCP_RST, 0, 40000);
	CU_ASSERT_EQUAL(notes(&l)->rst_id, 0);
	end(&l);
	/* Each end has a counter of its own. */
	request(&l, ids);
	send_packet(&l, CLIENT, TCP_RST, 0, 5000);
	CU_ASSERT_EQUAL(notes(&l)->rst_id, 5000);
	send_packet(&l, CLIENT, TCP_ACK, 0, 10);
	CU_ASSERT_EQUAL(notes(&l)->ip_id[CLIENT], 9);
	end(&l);
}

static const uint16_t no_ids[3];

static void both_ends_reset_at_once(void)
{
	for (unsigned first = 0; first < 2; first++) {
		struct line l;

		request(&l, no_ids);
		send_packet(&l, first, TCP_RST, 0, 0);
		CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
		send_packet(&l, first, TCP_RST, 0, 0); /* boxes send several */
		CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
		l.now_ns += 98 * MS;
		send_packet(&l, first ^ 1u, TCP_RST, 0, 0);
		CU_ASSERT_EQUAL(notes(&l)->rst_pair, 2);
		CU_ASSERT_EQUAL(notes(&l)->rst_frame, 7);
		send_packet(&l, first ^ 1u, TCP_RST, 0, 0);
		CU_ASSERT_EQUAL(notes(&l)->rst_pair, 2);
		end(&l);
	}
}

/* Two hosts reset one connection, each for reasons of its own. */
static void hosts_that_both_reset(void)
{
	struct line l;

	/* Not at the same time. */
	request(&l, no_ids);
	send_packet(&l, SERVER, TCP_RST, 0, 0);
	l.now_ns += 100 * MS;
	send_packet(&l, CLIENT, TCP_RST, 0, 0);
	CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
	end(&l);
	/* Both time out, long after the request. */
	request(&l, no_ids);
	l.now_ns += NS_PER_S;
	send_packet(&l, SERVER, TCP_RST, 0, 0);
	send_packet(&l, CLIENT, TCP_RST, 0, 0);
	CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
	end(&l);
	/* One closes, and the other still sends. */
	for (unsigned closes = 0; closes < 2; closes++) {
		request(&l, no_ids);
		send_packet(&l, closes, TCP_ACK | TCP_FIN, 0, 0);
		send_packet(&l, SERVER, TCP_RST, 0, 0);
		send_packet(&l, CLIENT, TCP_RST, 0, 0);
		CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
		end(&l);
	}
	/* Data overtaken by the client's reset meets a server that knows it no more. */
	request(&l, no_ids);
	send_packet(&l, CLIENT, TCP_RST, 0, 0);
	send_packet(&l, CLIENT, TCP_ACK | TCP_PSH, 100, 0);
	send_packet(&l, SERVER, TCP_RST, 0, 0);
	CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
	end(&l);
	/* The server had answered. */
	request(&l, no_ids);
	send_packet(&l, SERVER, TCP_ACK | TCP_PSH, 50, 0);
	send_packet(&l, SERVER, TCP_RST, 0, 0);
	send_packet(&l, CLIENT, TCP_RST, 0, 0);
	CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
	end(&l);
	/* Nothing was asked. */
	begin(&l);
	send_packet(&l, CLIENT, TCP_SYN, 0, 0);
	send_packet(&l, SERVER, TCP_SYN | TCP_ACK, 0, 0);
	send_packet(&l, CLIENT, TCP_ACK, 0, 0);
	send_packet(&l, SERVER, TCP_RST, 0, 0);
	send_packet(&l, CLIENT, TCP_RST, 0, 0);
	CU_ASSERT_EQUAL(notes(&l)->rst_pair, 0);
	end(&l);
}

static void marks(void)
{
	struct line l;

	for (unsigned first = 0; first < 2; first++) {
		request(&l, no_ids);
		CU_ASSERT_EQUAL(notes(&l)->marks, 0);
		send_packet(&l, first, TCP_ACK | TCP_FIN, 0, 0);
		send_packet(&l, first ^ 1u, TCP_ACK | TCP_FIN, 0, 0);
		CU_ASSERT_EQUAL(notes(&l)->marks, FLOW_MARK_FIN_FIRST(first));
		end(&l);
	}
}

extern CU_TestInfo tests_reset[];
CU_TestInfo tests_reset[] = {
	{ "a reset numbered far from its sender's counter is foreign",
	  a_counter_and_a_number_far_off },
	{ "random, zero or few identifications tell nothing", ids_that_tell_nothing },
	{ "resets of both ends at once after the request are a pair", both_ends_reset_at_once },
	{ "hosts that both reset for reasons of their own are none", hosts_that_both_reset },
	{ "whose FIN came first is marked", marks },
	CU_TEST_INFO_NULL
};
