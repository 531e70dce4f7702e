/* Which evidence a report leads with: lists by verdict, the strongest statement first. */
#include "report/reason.h"

#include <stdio.h>

/* Rows that document more ports than this are folded over the port. */
#define FEW_PORTS 8u
/* From here on ports are picked by chance (RFC 6335 6). */
#define DYNAMIC_PORTS 49152u

/* Of codes in a row, the one that stands first leads; 0: not in the list. */
#define RANK(code) [code] = __COUNTER__ + 1

static const uint8_t reason_ranks[VERDICT_COUNT][EVIDENCE_COUNT] = {
	/* What the network or the far end said, before what it did not say. */
	[VERDICT_BLOCKED] = {
		RANK(EVIDENCE_ICMP_ADMIN_PROHIBITED),
		RANK(EVIDENCE_PROXY_ANSWER),
		RANK(EVIDENCE_HTTP_TO_TLS),
		RANK(EVIDENCE_PSEUDO_TLS_INTERCEPTED),
		RANK(EVIDENCE_ICMP_PORT_UNREACHABLE),
		RANK(EVIDENCE_TCP_RST_SYN),
		RANK(EVIDENCE_SCTP_ABORT),
		RANK(EVIDENCE_TLS_ALERT),
		RANK(EVIDENCE_STUN_ERROR),
		RANK(EVIDENCE_SIP_STATUS),
		RANK(EVIDENCE_HTTP_STATUS),
		RANK(EVIDENCE_RPC_REFUSED),
		RANK(EVIDENCE_SMB_STATUS),
		RANK(EVIDENCE_DHCP_NAK),
		RANK(EVIDENCE_NMF_FAULT),
		RANK(EVIDENCE_TLS_CUT_SHORT),
		RANK(EVIDENCE_RST_AFTER_CLIENT_HELLO),
		RANK(EVIDENCE_RST_AFTER_REQUEST),
		RANK(EVIDENCE_RST_AFTER_HANDSHAKE),
		RANK(EVIDENCE_ICMP_UNREACHABLE),
		RANK(EVIDENCE_DATA_UNACKNOWLEDGED),
		RANK(EVIDENCE_CLOSED_UNANSWERED),
		RANK(EVIDENCE_SYNACK_UNHEARD),
		RANK(EVIDENCE_ICE_SESSION_FAILED),
		RANK(EVIDENCE_STUN_UNANSWERED),
		RANK(EVIDENCE_UDP_UNANSWERED),
		RANK(EVIDENCE_SYN_UNANSWERED),
		RANK(EVIDENCE_RST_FOREIGN_TTL),
		RANK(EVIDENCE_INITIATOR_RESET),
		RANK(EVIDENCE_ICMP_OTHER),
	},
	[VERDICT_MISMATCH] = {
		RANK(EVIDENCE_MTLS_INHERITED),
		RANK(EVIDENCE_MTLS_DECLINED),
		RANK(EVIDENCE_MTLS_NOT_REQUESTED),
		RANK(EVIDENCE_ALPN_FOREIGN),
		RANK(EVIDENCE_PROTOCOL_CONTRADICTED),
		RANK(EVIDENCE_ANSWER_FOREIGN),
	},
	/* Why it cannot be told, before what was seen. */
	[VERDICT_INCONCLUSIVE] = {
		RANK(EVIDENCE_EVICTED),
		RANK(EVIDENCE_SINGLE_DIRECTION),
		RANK(EVIDENCE_ANSWER_NOT_CAPTURED),
		RANK(EVIDENCE_ANSWERED_ELSEWHERE),
		RANK(EVIDENCE_TWIN_ANSWERED),
		RANK(EVIDENCE_ICE_SESSION_WORKS),
		RANK(EVIDENCE_SILENCE_IS_NORMAL),
		RANK(EVIDENCE_GROUP_DESTINATION),
		RANK(EVIDENCE_FITNESS),
		RANK(EVIDENCE_CAPTURE_ENDS_SOON),
		RANK(EVIDENCE_GAP),
		RANK(EVIDENCE_SNAPLEN),
		RANK(EVIDENCE_MIDSTREAM),
		RANK(EVIDENCE_MTLS_UNSEEN),
		RANK(EVIDENCE_PROTOCOL_WEAK),
		RANK(EVIDENCE_ICMP_UNREACHABLE),
		RANK(EVIDENCE_ICMP_OTHER),
		RANK(EVIDENCE_TLS_CUT_SHORT),
		RANK(EVIDENCE_TLS_END_HIDDEN),
		RANK(EVIDENCE_SYN_MISANSWERED),
		RANK(EVIDENCE_RST_AFTER_CLIENT_HELLO),
		RANK(EVIDENCE_RST_AFTER_REQUEST),
		RANK(EVIDENCE_RST_AFTER_HANDSHAKE),
		RANK(EVIDENCE_DATA_UNACKNOWLEDGED),
		RANK(EVIDENCE_CLOSED_UNANSWERED),
		RANK(EVIDENCE_SYNACK_UNHEARD),
		RANK(EVIDENCE_STUN_UNANSWERED),
		RANK(EVIDENCE_UDP_UNANSWERED),
		RANK(EVIDENCE_SYN_UNANSWERED),
		RANK(EVIDENCE_INITIATOR_RESET),
		RANK(EVIDENCE_INITIATOR_UNKNOWN),
		RANK(EVIDENCE_PROTOCOL_UNVERIFIED),
	},
};

static const uint8_t support_ranks[EVIDENCE_COUNT] = {
	RANK(EVIDENCE_TWIN_ANSWERED),   RANK(EVIDENCE_TWIN_MISSING),
	RANK(EVIDENCE_RST_FOREIGN_TTL), RANK(EVIDENCE_RST_FOREIGN_ID),
	RANK(EVIDENCE_RST_BOTH_WAYS),   RANK(EVIDENCE_RPC_MAPPED),
	RANK(EVIDENCE_FITNESS),         RANK(EVIDENCE_CAPTURE_ENDS_SOON),
};
static_assert(__COUNTER__ <= UINT8_MAX, "a rank is a byte");

/* Refusing what is not documented takes the same words as blocking what is. */
static const uint8_t *ranks_of(uint8_t verdict)
{
	return reason_ranks[verdict == VERDICT_REJECTED ? VERDICT_BLOCKED : verdict];
}

/* The one of the least rank, the first of several. */
static const struct evidence *first_of(const struct ledger *ledger, const struct judged *flow,
				       const uint8_t ranks[static EVIDENCE_COUNT])
{
	const struct evidence *e, *end, *found = NULL;
	uint8_t best = UINT8_MAX;

	if (flow->evidence_count == 0)
		return NULL;
	e = &ledger->evidence[flow->evidence];
	for (end = e + flow->evidence_count; e < end; e++) {
		uint8_t rank = (uint8_t)(ranks[e->code] - 1); /* not listed: the last */

		if (rank < best) {
			best = rank;
			found = e;
		}
	}
	return found;
}

const struct evidence *reason_of(const struct ledger *ledger, const struct judged *flow)
{
	return first_of(ledger, flow, ranks_of(flow->verdict));
}

void reason_text(const struct ledger *ledger, const struct judged *flow,
		 char buf[static REASON_TEXT])
{
	const struct evidence *reason = reason_of(ledger, flow);
	const char *text = "";

	if (reason != NULL) {
		evidence_text(reason, buf, REASON_TEXT);
		return;
	}
	ledger_nearest_text(ledger, flow, buf, REASON_TEXT);
	if (flow->verdict == VERDICT_UNEXPECTED && buf[0] != '\0')
		return;
	if (flow->verdict == VERDICT_UNEXPECTED)
		text = "no documented row is close to it";
	else if (flow->verdict != VERDICT_EXPECTED)
		text = "what was captured of it does not tell";
	snprintf(buf, REASON_TEXT, "%s", text);
}

const struct evidence *reason_support(const struct ledger *ledger, const struct judged *flow)
{
	const struct evidence *reason = reason_of(ledger, flow), *e;

	if (reason == NULL)
		return NULL;
	e = first_of(ledger, flow, support_ranks);
	return e == reason ? NULL : e;
}

int reason_row(const struct ledger *ledger, const struct judged *flow)
{
	if (flow->row_count > 0)
		return (int)ledger->rows[flow->rows];
	return flow->nearest;
}

bool reason_port_is_noise(const struct ledger *ledger, const struct judged *flow)
{
	const struct row *row = ledger_best_row(ledger, flow);

	if (row != NULL)
		return row->width > FEW_PORTS;
	return flow->key.port[flow->initiator ^ 1u] >= DYNAMIC_PORTS &&
	       (flow->nearest < 0 || (flow->nearest_differs & (KEY_DPORT | KEY_SPORT)) == 0);
}
