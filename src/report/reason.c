/* Which evidence a report leads with: lists by verdict, the strongest statement first. */
#include "report/reason.h"

#include <stdio.h>

/* Rows that document more ports than this are folded over the port. */
#define FEW_PORTS 8u
/* From here on ports are picked by chance (RFC 6335 6). */
#define DYNAMIC_PORTS 49152u

/* What the network or the far end said, before what it did not say. */
static const uint8_t blocked_reasons[] = {
	EVIDENCE_ICMP_ADMIN_PROHIBITED,
	EVIDENCE_PROXY_ANSWER,
	EVIDENCE_HTTP_TO_TLS,
	EVIDENCE_PSEUDO_TLS_INTERCEPTED,
	EVIDENCE_ICMP_PORT_UNREACHABLE,
	EVIDENCE_TCP_RST_SYN,
	EVIDENCE_SCTP_ABORT,
	EVIDENCE_TLS_ALERT,
	EVIDENCE_STUN_ERROR,
	EVIDENCE_SIP_STATUS,
	EVIDENCE_HTTP_STATUS,
	EVIDENCE_RPC_REFUSED,
	EVIDENCE_SMB_STATUS,
	EVIDENCE_DHCP_NAK,
	EVIDENCE_NMF_FAULT,
	EVIDENCE_TLS_CUT_SHORT,
	EVIDENCE_RST_AFTER_CLIENT_HELLO,
	EVIDENCE_RST_AFTER_REQUEST,
	EVIDENCE_RST_AFTER_HANDSHAKE,
	EVIDENCE_ICMP_UNREACHABLE,
	EVIDENCE_DATA_UNACKNOWLEDGED,
	EVIDENCE_CLOSED_UNANSWERED,
	EVIDENCE_SYNACK_UNHEARD,
	EVIDENCE_ICE_SESSION_FAILED,
	EVIDENCE_STUN_UNANSWERED,
	EVIDENCE_UDP_UNANSWERED,
	EVIDENCE_SYN_UNANSWERED,
	EVIDENCE_RST_FOREIGN_TTL,
	EVIDENCE_INITIATOR_RESET,
	EVIDENCE_ICMP_OTHER,
};

static const uint8_t mismatch_reasons[] = {
	EVIDENCE_MTLS_INHERITED, EVIDENCE_MTLS_DECLINED,         EVIDENCE_MTLS_NOT_REQUESTED,
	EVIDENCE_ALPN_FOREIGN,   EVIDENCE_PROTOCOL_CONTRADICTED, EVIDENCE_ANSWER_FOREIGN,
};

/* Why it cannot be told, before what was seen. */
static const uint8_t inconclusive_reasons[] = {
	EVIDENCE_EVICTED,
	EVIDENCE_SINGLE_DIRECTION,
	EVIDENCE_ANSWER_NOT_CAPTURED,
	EVIDENCE_ANSWERED_ELSEWHERE,
	EVIDENCE_TWIN_ANSWERED,
	EVIDENCE_ICE_SESSION_WORKS,
	EVIDENCE_SILENCE_IS_NORMAL,
	EVIDENCE_GROUP_DESTINATION,
	EVIDENCE_FITNESS,
	EVIDENCE_CAPTURE_ENDS_SOON,
	EVIDENCE_GAP,
	EVIDENCE_SNAPLEN,
	EVIDENCE_MIDSTREAM,
	EVIDENCE_MTLS_UNSEEN,
	EVIDENCE_PROTOCOL_WEAK,
	EVIDENCE_ICMP_UNREACHABLE,
	EVIDENCE_ICMP_OTHER,
	EVIDENCE_TLS_CUT_SHORT,
	EVIDENCE_TLS_END_HIDDEN,
	EVIDENCE_SYN_MISANSWERED,
	EVIDENCE_RST_AFTER_CLIENT_HELLO,
	EVIDENCE_RST_AFTER_REQUEST,
	EVIDENCE_RST_AFTER_HANDSHAKE,
	EVIDENCE_DATA_UNACKNOWLEDGED,
	EVIDENCE_CLOSED_UNANSWERED,
	EVIDENCE_SYNACK_UNHEARD,
	EVIDENCE_STUN_UNANSWERED,
	EVIDENCE_UDP_UNANSWERED,
	EVIDENCE_SYN_UNANSWERED,
	EVIDENCE_INITIATOR_RESET,
	EVIDENCE_INITIATOR_UNKNOWN,
	EVIDENCE_PROTOCOL_UNVERIFIED,
};

static const uint8_t supports[] = {
	EVIDENCE_TWIN_ANSWERED,  EVIDENCE_TWIN_MISSING,      EVIDENCE_RST_FOREIGN_TTL,
	EVIDENCE_RST_FOREIGN_ID, EVIDENCE_RST_BOTH_WAYS,     EVIDENCE_RPC_MAPPED,
	EVIDENCE_FITNESS,        EVIDENCE_CAPTURE_ENDS_SOON,
};

static const struct {
	const uint8_t *codes;
	size_t count;
} reasons[] = {
	[VERDICT_EXPECTED] = { NULL, 0 },
	[VERDICT_UNEXPECTED] = { NULL, 0 },
	[VERDICT_BLOCKED] = { blocked_reasons, ARRAY_SIZE(blocked_reasons) },
	[VERDICT_REJECTED] = { blocked_reasons, ARRAY_SIZE(blocked_reasons) },
	[VERDICT_MISMATCH] = { mismatch_reasons, ARRAY_SIZE(mismatch_reasons) },
	[VERDICT_INCONCLUSIVE] = { inconclusive_reasons, ARRAY_SIZE(inconclusive_reasons) },
};
static_assert(ARRAY_SIZE(reasons) == VERDICT_COUNT, "a list a verdict");

static const struct evidence *first_of(const struct ledger *ledger, const struct judged *flow,
				       const uint8_t *codes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (unsigned j = 0; j < flow->evidence_count; j++) {
			const struct evidence *e = &ledger->evidence[flow->evidence + j];

			if (e->code == codes[i])
				return e;
		}
	return NULL;
}

const struct evidence *reason_of(const struct ledger *ledger, const struct judged *flow)
{
	if (flow->evidence_count == 0)
		return NULL;
	return first_of(ledger, flow, reasons[flow->verdict].codes, reasons[flow->verdict].count);
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
	e = first_of(ledger, flow, supports, ARRAY_SIZE(supports));
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
