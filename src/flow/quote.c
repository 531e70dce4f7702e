/* How strong an ICMP error is, and which one a flow keeps. */
#include "flow/quote.h"

#include <netinet/in.h>

#include "flow/cold.h"

/* Bytes that a sender may have sent while an error was on its way, or been late with. */
#define QUOTE_NEAR (INT32_C(1) << 20)

/* Type 3, RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1. */
static enum flow_quote_strength v4_unreachable(uint8_t code)
{
	switch (code) {
	case 3:
		return FLOW_QUOTE_PORT;
	case 4: /* fragmentation needed: path MTU discovery at work, RFC 1191 */
		return FLOW_QUOTE_DELIVERABLE;
	case 9:  /* network administratively prohibited */
	case 10: /* host administratively prohibited */
	case 13: /* communication administratively prohibited */
		return FLOW_QUOTE_PROHIBITED;
	default:
		return FLOW_QUOTE_UNREACHABLE;
	}
}

/* Type 1, RFC 4443 3.1. */
static enum flow_quote_strength v6_unreachable(uint8_t code)
{
	switch (code) {
	case 1: /* administratively prohibited */
	case 5: /* source address failed policy */
	case 6: /* reject route */
		return FLOW_QUOTE_PROHIBITED;
	case 4:
		return FLOW_QUOTE_PORT;
	default:
		return FLOW_QUOTE_UNREACHABLE;
	}
}

enum flow_quote_strength flow_quote_strength(uint8_t ip_version, uint8_t type, uint8_t code)
{
	if (ip_version == 4) {
		if (type == 3)
			return v4_unreachable(code);
		return type == 5 ? FLOW_QUOTE_DELIVERABLE : FLOW_QUOTE_OTHER; /* 5: redirect */
	}
	if (type == 1)
		return v6_unreachable(code);
	return type == 2 ? FLOW_QUOTE_DELIVERABLE : FLOW_QUOTE_OTHER; /* 2: packet too big */
}

void flow_quote_note(struct flow_icmp *icmp, const struct flow_key *key, const struct facts *f,
		     unsigned victim, int64_t ts_ns)
{
	enum flow_quote_strength new, old;

	new = flow_quote_strength(f->ip_version, f->icmp_type, f->icmp_code);
	old = flow_quote_strength(icmp->version, icmp->type, icmp->code);
	if (icmp->count != 0 && new < old)
		return;
	if (icmp->count == 0 || new > old)
		*icmp = (struct flow_icmp){
			.from = f->src,
			.first_ns = ts_ns,
			.version = f->ip_version,
			.type = f->icmp_type,
			.code = f->icmp_code,
			.victim = (uint8_t)victim,
			.ttl = f->ttl,
			.from_peer = address_compare(&f->src, &key->addr[victim ^ 1u]) == 0,
			.translated = address_compare(&f->quoted.dst, &key->addr[victim ^ 1u]) != 0,
		};
	if (icmp->count < FLOW_FRAMES)
		icmp->frames[icmp->count] = f->number;
	icmp->count++;
}

bool flow_quote_fits(const struct flow *flow, const struct flow_cold *cold, const struct quoted *q,
		     unsigned victim)
{
	int32_t behind;

	if (q->l4 != IPPROTO_TCP || cold == NULL || !flow_cold_has(cold->known, victim))
		return true;
	behind = flow_seq_diff(flow->next_seq[victim], q->tcp_seq);
	return behind >= -QUOTE_NEAR && behind <= QUOTE_NEAR;
}
