/*
 * TCP: how far a connection got, and what in it deserves a note.
 *
 * The capture may hold both directions, one, or the middle, and packets may be
 * in another order than they were sent; so states follow evidence.  A flow is
 * open when one endpoint acted as if it were: the initiator acknowledged after
 * its SYN, or somebody sent data.
 *
 * Sequence accounting keeps for each endpoint the highest byte captured and
 * one hole below it.  A jump ahead opens the hole; bytes that arrive inside fill it and
 * are not retransmissions.  When the other end acknowledges bytes of the hole,
 * or bytes above the highest, it has something that the capture lacks: a gap.
 * If the bytes are captured after all, the capture was merely out of order, and
 * the gap is taken back.  Only one hole is followed, so gaps may be missed when
 * several are open at once, but none is invented.
 */
#include "flow/tcp.h"

#include <string.h>

#include "flow/reset.h"

#define FLAGS_OPENING (TCP_SYN | TCP_ACK | TCP_RST)

/* A jump further than any window allows (RFC 7323 2.3): numbers are taken anew. */
#define SEQ_JUMP (INT32_C(1) << 30)

/* A SYN captured behind the data that followed it, by capturing that reorders. */
#define LATE_SYN_BYTES 65536
#define LATE_SYN_NS    NS_PER_S

static bool is_syn(const struct facts *f)
{
	return (f->tcp_flags & FLAGS_OPENING) == TCP_SYN;
}

static bool is_synack(const struct facts *f)
{
	return (f->tcp_flags & FLAGS_OPENING) == (TCP_SYN | TCP_ACK);
}

/* Its counters have this packet already. */
static bool is_first(const struct flow *flow)
{
	return flow->packets[0] + flow->packets[1] == 1;
}

/* Is @f, a SYN or SYN-ACK of @dir, the one this flow has from that end? */
static bool same_isn(const struct flow_cold *cold, const struct facts *f, unsigned dir)
{
	return flow_cold_has(cold->anchored, dir) && cold->first_seq[dir] == f->seq + 1;
}

/* A SYN that was sent before the first packet of a midstream flow. */
static bool is_late_syn(const struct flow *flow, const struct flow_cold *cold,
			const struct facts *f, unsigned dir, int64_t ts_ns)
{
	int32_t ahead = flow_seq_diff(cold->first_seq[dir], f->seq + 1);

	if (!flow_cold_has(cold->known, dir) || flow_cold_has(cold->anchored, dir))
		return false;
	return ahead >= 0 && ahead < LATE_SYN_BYTES && ts_ns - flow->first_ns < LATE_SYN_NS;
}

static bool syn_reuses(const struct flow *flow, const struct flow_cold *cold, const struct facts *f,
		       unsigned dir, int64_t ts_ns)
{
	const struct flow_notes *n = &cold->notes;

	if (same_isn(cold, f, dir))
		return false;
	switch ((enum flow_state)flow->state) {
	case FLOW_DATAGRAM:
		return false;
	case FLOW_SYN_SENT:
		return flow->opener == dir && ts_ns - flow->last_ns > FLOW_TCP_RETRY_NS;
	case FLOW_RESET:
		if (n->syn.count != 0 && n->synack_count == 0 && !cold->opened &&
		    flow->opener == dir)
			return ts_ns - flow->last_ns > FLOW_TCP_RETRY_NS;
		return true;
	case FLOW_MIDSTREAM:
		return !is_late_syn(flow, cold, f, dir, ts_ns);
	case FLOW_SYN_ACKED:
	case FLOW_OPEN:
	case FLOW_CLOSED:
		return true;
	}
	return true;
}

/* A SYN-ACK whose SYN was missed, after the connection before it had ended. */
static bool synack_reuses(const struct flow *flow, const struct flow_cold *cold,
			  const struct facts *f, unsigned dir)
{
	if (flow->state != FLOW_CLOSED && (flow->state != FLOW_RESET || !cold->opened))
		return false;
	return !same_isn(cold, f, dir) &&
	       (!flow_cold_has(cold->anchored, dir ^ 1u) || cold->first_seq[dir ^ 1u] != f->ack);
}

bool flow_tcp_reuses(const struct flow *flow, const struct flow_cold *cold, const struct facts *f,
		     unsigned dir, int64_t ts_ns)
{
	if (is_syn(f))
		return syn_reuses(flow, cold, f, dir, ts_ns);
	return is_synack(f) && synack_reuses(flow, cold, f, dir);
}

/* From here on the bytes of @dir are counted from @seq. */
static void anchor(struct flow *flow, struct flow_cold *cold, unsigned dir, uint32_t seq)
{
	cold->first_seq[dir] = seq;
	flow->next_seq[dir] = seq;
	cold->hole[dir].begin = cold->hole[dir].end = seq;
	cold->hole_acked &= (uint8_t) ~(1u << dir);
	cold->known |= (uint8_t)(1u << dir);
	cold->anchored |= (uint8_t)(1u << dir);
}

static void raise_next(struct flow *flow, unsigned dir, uint32_t seq)
{
	if (flow_seq_diff(seq, flow->next_seq[dir]) > 0)
		flow->next_seq[dir] = seq;
}

static void note_syn(struct flow_cold *cold, const struct facts *f, int64_t ts_ns)
{
	struct flow_notes *n = &cold->notes;

	if (n->syn.count == 0)
		n->syn.first_ns = n->syn.last_ns = ts_ns;
	if (n->syn.count < FLOW_FRAMES)
		n->syn.frames[n->syn.count] = f->number;
	n->syn.count++;
	n->syn.last_ns = MAX(n->syn.last_ns, ts_ns);
	n->syn.isn = f->seq;
}

/* A SYN without ACK. */
static unsigned take_syn(struct flow *flow, struct flow_cold *cold, const struct facts *f,
			 unsigned dir, int64_t ts_ns)
{
	unsigned todo = f->payload_wire != 0 ? FLOW_TCP_PAYLOAD : 0;

	if (is_first(flow))
		flow->state = FLOW_SYN_SENT;
	if (flow->opener > 1)
		flow->opener = (uint8_t)dir;
	if (flow->opener == dir)
		note_syn(cold, f, ts_ns);
	if (flow->state == FLOW_MIDSTREAM) {
		/* It came late; what it opened is going on. */
		cold->first_seq[dir] = f->seq + 1;
		cold->anchored |= (uint8_t)(1u << dir);
		flow->state = FLOW_OPEN;
		return todo;
	}
	if (!same_isn(cold, f, dir)) {
		if (flow_cold_has(cold->known, dir))
			todo |= FLOW_TCP_RESTART;
		anchor(flow, cold, dir, f->seq + 1);
	}
	raise_next(flow, dir, f->seq + 1 + f->payload_wire);
	return todo;
}

/* Payload that a SYN carried is data once the other end took it (RFC 9293 3.10.7.4, RFC 7413). */
static void accept_syn_data(const struct flow *flow, struct flow_cold *cold, const struct facts *f,
			    unsigned syn_dir)
{
	struct flow_notes *n = &cold->notes;
	int32_t taken = flow_seq_diff(f->ack, cold->first_seq[syn_dir]);

	if (n->syn.count == 0 || n->data.packets[syn_dir] != 0 || taken <= 0 ||
	    flow_seq_diff(f->ack, flow->next_seq[syn_dir]) > 0)
		return;
	flow_data_add(&cold->notes.data, syn_dir, n->syn.frames[0], n->syn.first_ns,
		      (uint32_t)taken);
	n->acked[syn_dir ^ 1u] = true;
}

static unsigned take_synack(struct flow *flow, struct flow_cold *cold, const struct facts *f,
			    unsigned dir, int64_t ts_ns)
{
	struct flow_notes *n = &cold->notes;
	unsigned other = dir ^ 1u, todo = f->payload_wire != 0 ? FLOW_TCP_PAYLOAD : 0;

	if (flow->opener > 1)
		flow->opener = (uint8_t)other;
	if (flow->state == FLOW_SYN_SENT && flow->opener == other && flow_reset_is_stray(n, f)) {
		flow_reset_note_stray(n, f); /* the initiator drops it (RFC 9293 3.10.7.3) */
		return 0;
	}
	if (n->synack_count++ == 0) {
		n->synack_frame = f->number;
		n->synack_ns = ts_ns;
	}
	if (!cold->opened && !same_isn(cold, f, dir)) {
		if (flow_cold_has(cold->known, dir))
			todo |= FLOW_TCP_RESTART;
		anchor(flow, cold, dir, f->seq + 1);
	}
	raise_next(flow, dir, f->seq + 1 + f->payload_wire);
	if (!flow_cold_has(cold->known, other))
		anchor(flow, cold, other, f->ack);
	else
		accept_syn_data(flow, cold, f, other);
	/* After a reset only an answer to the latest SYN revives the attempt. */
	if (is_first(flow) || flow->state == FLOW_SYN_SENT ||
	    (flow->state == FLOW_RESET && !cold->opened && n->syn.count != 0 &&
	     f->ack - (n->syn.isn + 1) <= UINT16_MAX))
		flow->state = FLOW_SYN_ACKED;
	cold->synacked |= (uint8_t)(1u << dir);
	/* Simultaneous open: both acknowledged the other's SYN (RFC 9293 3.5). */
	if (flow->state == FLOW_SYN_ACKED && cold->synacked == 3)
		flow->state = FLOW_OPEN;
	return todo;
}

/* Does [@begin, @end) fill something of the hole of @dir? */
static bool fill_hole(struct flow *flow, struct flow_cold *cold, unsigned dir, uint32_t begin,
		      uint32_t end)
{
	uint32_t from = cold->hole[dir].begin, to = cold->hole[dir].end;

	if (from == to || flow_seq_diff(end, from) <= 0 || flow_seq_diff(begin, to) >= 0)
		return false;
	if (flow_seq_diff(begin, from) > 0)
		cold->hole[dir].end = begin; /* what it leaves behind it is not followed */
	else if (flow_seq_diff(end, to) < 0)
		cold->hole[dir].begin = end;
	else
		cold->hole[dir].begin = to;
	if (cold->hole[dir].begin == cold->hole[dir].end && flow_cold_has(cold->hole_acked, dir) &&
	    flow_seq_diff(begin, from) <= 0) {
		/* Captured after its acknowledgement, but captured. */
		if (--cold->notes.gaps == 0) {
			cold->notes.gap_frame = 0;
			flow->flags &= (uint8_t)~FLOW_GAP;
		}
	}
	return true;
}

static void open_hole(struct flow_cold *cold, unsigned dir, uint32_t begin, uint32_t end,
		      bool acked)
{
	cold->hole[dir].begin = begin;
	cold->hole[dir].end = end;
	cold->hole_acked &= (uint8_t) ~(1u << dir);
	cold->hole_acked |= (uint8_t)((unsigned)acked << dir);
}

/* Is a hole of @dir still waiting for its bytes or their acknowledgement? */
static bool hole_is_open(const struct flow_cold *cold, unsigned dir)
{
	return cold->hole[dir].begin != cold->hole[dir].end &&
	       !flow_cold_has(cold->hole_acked, dir);
}

/*
 * Move the highest byte of @dir on; count what was seen before.
 * Return: whether the payload is data, not a keep-alive.
 */
static bool take_bytes(struct flow *flow, struct flow_cold *cold, const struct facts *f,
		       unsigned dir)
{
	uint32_t begin = f->seq, end = begin + f->payload_wire;
	bool fin = (f->tcp_flags & TCP_FIN) != 0, filled;
	int32_t behind;

	if (!flow_cold_has(cold->known, dir)) {
		cold->known |= (uint8_t)(1u << dir);
		cold->first_seq[dir] = flow->next_seq[dir] = begin;
		cold->hole[dir].begin = cold->hole[dir].end = begin;
	}
	behind = flow_seq_diff(flow->next_seq[dir], begin);
	/* One byte that was acknowledged long ago (RFC 9293 3.8.4). */
	if (behind == 1 && f->payload_wire == 1 && !fin &&
	    (cold->hole[dir].begin == cold->hole[dir].end || cold->hole[dir].end != end))
		return false;
	if (end == begin && !fin)
		return false;
	if (behind > SEQ_JUMP || behind < -SEQ_JUMP) {
		cold->hole[dir].begin = cold->hole[dir].end = begin;
		flow->next_seq[dir] = end + fin;
		return end != begin;
	}
	filled = fill_hole(flow, cold, dir, begin, end + fin);
	if (behind < 0 && !hole_is_open(cold, dir))
		open_hole(cold, dir, flow->next_seq[dir], begin, false);
	if (behind > 0 && end != begin && !filled)
		cold->notes.data.retransmitted[dir]++;
	raise_next(flow, dir, end + fin);
	return end != begin;
}

static void note_gap(struct flow *flow, struct flow_cold *cold, const struct facts *f)
{
	if (cold->notes.gaps++ == 0)
		cold->notes.gap_frame = f->number;
	flow->flags |= FLOW_GAP;
}

/* @dir acknowledged bytes of the other end: has the capture all of them? */
static void take_ack(struct flow *flow, struct flow_cold *cold, const struct facts *f, unsigned dir)
{
	struct flow_notes *n = &cold->notes;
	unsigned other = dir ^ 1u;
	int32_t above;

	if (!flow_cold_has(cold->known, other)) {
		n->acked[dir] |= f->ack != 0;
		return;
	}
	if (!n->acked[dir])
		n->acked[dir] = flow_seq_diff(f->ack, cold->first_seq[other]) > 0;
	if (hole_is_open(cold, other) && flow_seq_diff(f->ack, cold->hole[other].begin) > 0 &&
	    flow_seq_diff(f->ack, flow->next_seq[other]) <= 0) {
		cold->hole_acked |= (uint8_t)(1u << other);
		note_gap(flow, cold, f);
	}
	above = flow_seq_diff(f->ack, flow->next_seq[other]);
	if (above > 0 && above < SEQ_JUMP) {
		open_hole(cold, other, flow->next_seq[other], f->ack, true);
		note_gap(flow, cold, f);
		flow->next_seq[other] = f->ack;
	}
}

/* What a packet without SYN and RST says of the handshake. */
static void move_on(struct flow *flow, struct flow_cold *cold, const struct facts *f, unsigned dir,
		    bool data)
{
	bool ack = (f->tcp_flags & TCP_ACK) != 0, fin = (f->tcp_flags & TCP_FIN) != 0;

	switch ((enum flow_state)flow->state) {
	case FLOW_SYN_SENT:
		/*
		 * The initiator acknowledges what it got, though the capture has not;
		 * a bare ACK of the responder is about some older connection
		 * (RFC 5961 4).
		 */
		if (flow->opener == dir ? ack && f->ack != 0 : data)
			flow->state = FLOW_OPEN;
		else if (flow->opener != dir)
			flow_reset_note_stray(&cold->notes, f);
		break;
	case FLOW_SYN_ACKED:
		if (data || fin || (ack && flow_cold_has(cold->synacked, dir ^ 1u))) {
			flow->state = FLOW_OPEN;
			flow_reset_forget(&cold->notes); /* what met an earlier SYN */
		}
		break;
	case FLOW_DATAGRAM:
	case FLOW_OPEN:
	case FLOW_MIDSTREAM:
	case FLOW_CLOSED:
	case FLOW_RESET:
		break;
	}
}

static void take_fin(struct flow *flow, struct flow_cold *cold, const struct facts *f, unsigned dir)
{
	struct flow_notes *n = &cold->notes;

	if (n->fin_frame[dir] == 0) {
		if (n->fin_frame[dir ^ 1u] == 0 && flow->state != FLOW_RESET)
			n->marks |= (uint8_t)FLOW_MARK_FIN_FIRST(dir);
		n->fin_frame[dir] = f->number;
		cold->fin_seq[dir] = f->seq + f->payload_wire;
	}
	if (n->fin_frame[dir ^ 1u] != 0 && flow->state != FLOW_RESET)
		flow->state = FLOW_CLOSED;
}

/* A packet with neither SYN nor RST. */
static unsigned take_plain(struct flow *flow, struct flow_cold *cold, const struct facts *f,
			   unsigned dir, int64_t ts_ns)
{
	bool data;

	if (is_first(flow))
		flow->state = FLOW_MIDSTREAM;
	data = take_bytes(flow, cold, f, dir);
	if (data)
		flow_data_add(&cold->notes.data, dir, f->number, ts_ns, f->payload_wire);
	move_on(flow, cold, f, dir, data);
	if ((f->tcp_flags & TCP_ACK) != 0 && flow->state != FLOW_SYN_SENT)
		take_ack(flow, cold, f, dir);
	if ((f->tcp_flags & TCP_FIN) != 0)
		take_fin(flow, cold, f, dir);
	return data ? FLOW_TCP_PAYLOAD : 0;
}

unsigned flow_tcp_packet(struct flow *flow, struct flow_cold *cold, const struct facts *f,
			 unsigned dir, int64_t ts_ns)
{
	unsigned todo;

	if ((f->tcp_flags & TCP_RST) != 0) {
		flow_reset_take(flow, cold, f, dir, ts_ns);
		return 0;
	}
	flow->ttl[dir] = f->ttl;
	if (FA_UNLIKELY(flow->state == FLOW_RESET))
		cold->notes.marks |= FLOW_MARK_AFTER_RST;
	if ((flow->flags & FLOW_WANTS_PAYLOAD) != 0)
		flow_reset_id(cold, f, dir, ts_ns);
	if (FA_UNLIKELY(f->window == 0))
		cold->notes.marks |= (uint8_t)FLOW_MARK_ZERO_WINDOW(dir);
	if (is_synack(f))
		todo = take_synack(flow, cold, f, dir, ts_ns);
	else if (is_syn(f))
		todo = take_syn(flow, cold, f, dir, ts_ns);
	else
		todo = take_plain(flow, cold, f, dir, ts_ns);
	cold->opened |= flow->state == FLOW_OPEN || flow->state == FLOW_MIDSTREAM;
	return todo;
}
