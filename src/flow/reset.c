/*
 * Who sent a reset: the host it names, or a box between.  The TTL is held against
 * the host's other packets when everything has been seen; what only packets of
 * the same flow can tell is noted here.
 */
#include "flow/reset.h"

/*
 * A host counts its packets in small steps: 63 others went to somebody else
 * between two of this flow.  Three packets that do so by chance are one in a
 * million.  No host sends more than 256 packets a millisecond, so that an
 * identification further on, or as far back, is not of the same counter.
 */
#define ID_STEP    64
#define ID_RUN     3
#define ID_EACH_MS 256

/*
 * Resets that a box between sends to both ends at once follow the request that
 * set them off, and one another; two hosts do that only by chance.
 */
#define PAIR_NS         (100 * NS_PER_MS)
#define PAIR_REQUEST_NS NS_PER_S

/*
 * IP identification of a packet that is no RST.  0 says nothing: IPv6 has none,
 * and Linux sends it where the packet cannot be fragmented (RFC 6864 4).
 */
void flow_reset_id(struct flow_cold *cold, const struct facts *f, unsigned dir, int64_t ts_ns)
{
	struct flow_notes *n = &cold->notes;
	unsigned step = (uint16_t)(f->ip_id - n->ip_id[dir]);

	if (f->ip_id == 0 || (n->marks & FLOW_MARK_AFTER_RST) != 0)
		return;
	if (n->ip_id[dir] == 0 || step == 0 || step > ID_STEP)
		cold->id_run[dir] = 1;
	else if (cold->id_run[dir] < ID_RUN)
		cold->id_run[dir]++;
	n->ip_id[dir] = f->ip_id;
	cold->id_ms[dir] = (uint32_t)(ts_ns / NS_PER_MS);
}

/*
 * Is the RST's identification one that the counter of its sender cannot have
 * reached?  A host that has closed resets what still comes without a connection
 * to take the number from, so nothing is said after its FIN.
 */
static bool id_is_foreign(const struct flow_cold *cold, const struct facts *f, unsigned dir,
			  int64_t ts_ns)
{
	unsigned ahead = (uint16_t)(f->ip_id - cold->notes.ip_id[dir]), behind = 65536 - ahead;
	uint32_t ms = (uint32_t)(ts_ns / NS_PER_MS) - cold->id_ms[dir];

	if (cold->id_run[dir] < ID_RUN || cold->notes.fin_frame[dir] != 0)
		return false;
	return ahead / ID_EACH_MS > ms && behind > ID_EACH_MS;
}

/* Does this first RST of @dir make a pair with that of the other end?  See flow_notes.rst_pair. */
static bool makes_pair(const struct flow *flow, const struct flow_cold *cold, const struct facts *f,
		       unsigned dir, int64_t ts_ns)
{
	const struct flow_notes *n = &cold->notes;
	unsigned from = flow->opener, to = from ^ 1u;
	int64_t apart = ts_ns - n->rst_ns;

	if (n->rst_frame == 0 || n->rst_count[dir] != 0 || n->rst_dir == dir || from > 1 ||
	    f->number <= n->rst_frame)
		return false;
	if (n->data.packets[from] == 0 || n->data.packets[to] != 0 || n->fin_frame[0] != 0 ||
	    n->fin_frame[1] != 0 || (n->marks & FLOW_MARK_AFTER_RST) != 0)
		return false;
	return apart <= PAIR_NS && apart >= -PAIR_NS &&
	       n->rst_ns - n->data.ns[from] <= PAIR_REQUEST_NS;
}

bool flow_reset_is_stray(const struct flow_notes *n, const struct facts *f)
{
	/* Data in the SYN is acknowledged with it (RFC 7413). */
	return n->syn.count != 0 && f->ack - (n->syn.isn + 1) > UINT16_MAX;
}

void flow_reset_note_stray(struct flow_notes *n, const struct facts *f)
{
	if (n->stray == 0)
		n->stray = f->number <= n->syn.frames[0]
				   ? UINT32_MAX /* frame numbers begin again with each file */
				   : (uint32_t)MIN(f->number - n->syn.frames[0], UINT32_MAX);
}

void flow_reset_forget(struct flow_notes *n)
{
	n->rst_frame = 0;
	n->rst_ns = 0;
	n->rst_dir = n->rst_ttl = 0;
	n->rst_count[0] = n->rst_count[1] = 0;
	n->rst_pair = 0;
	n->rst_id = 0;
	n->rst_refused = false;
	n->marks &= (uint8_t) ~(FLOW_MARK_AFTER_RST | FLOW_MARK_RST_UNFINISHED);
}

/* Is this RST about another connection of these ports, before this one has an answer? */
static bool is_about_another(const struct flow *flow, struct flow_notes *n, const struct facts *f,
			     unsigned dir)
{
	if (flow->state != FLOW_SYN_SENT)
		return false;
	if (flow->opener == dir) /* it turns away what it did not ask for, and goes on asking */
		return n->stray != 0;
	if ((f->tcp_flags & TCP_ACK) == 0 || !flow_reset_is_stray(n, f))
		return false;
	flow_reset_note_stray(n, f);
	return true;
}

static bool note_first(struct flow_notes *n, const struct facts *f, unsigned dir, int64_t ts_ns)
{
	bool first = n->rst_count[0] + n->rst_count[1] == 0;

	if (first) {
		n->rst_frame = f->number;
		n->rst_ns = ts_ns;
		n->rst_dir = (uint8_t)dir;
		n->rst_ttl = f->ttl;
	}
	if (n->rst_count[dir] != UINT16_MAX)
		n->rst_count[dir]++;
	return first;
}

void flow_reset_abort(struct flow_cold *cold, const struct facts *f, unsigned dir, int64_t ts_ns)
{
	struct flow_notes *n = &cold->notes;

	if (note_first(n, f, dir, ts_ns))
		n->rst_refused = n->data.packets[dir] == 0 && n->data.packets[dir ^ 1u] != 0;
}

void flow_reset_take(struct flow *flow, struct flow_cold *cold, const struct facts *f, unsigned dir,
		     int64_t ts_ns)
{
	struct flow_notes *n = &cold->notes;

	if (is_about_another(flow, n, f, dir))
		return;
	if (makes_pair(flow, cold, f, dir, ts_ns))
		n->rst_pair = (uint32_t)MIN(f->number - n->rst_frame, UINT32_MAX);
	if (note_first(n, f, dir, ts_ns)) {
		n->rst_refused = flow->state == FLOW_SYN_SENT && flow->opener != dir;
		n->rst_id = id_is_foreign(cold, f, dir, ts_ns) ? f->ip_id : 0;
		if (flow->state == FLOW_SYN_ACKED)
			n->marks |= FLOW_MARK_RST_UNFINISHED;
	}
	/* Many stacks reset what both have closed; that ends nothing. */
	if (flow->state != FLOW_CLOSED)
		flow->state = FLOW_RESET;
}
