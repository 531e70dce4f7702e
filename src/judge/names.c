/* The spelling of every word a judgement uses. */
#include "judge/ledger.h"

#include <string.h>

static const char *const outcome_names[] = {
	[OUTCOME_ESTABLISHED] = "established", [OUTCOME_REFUSED] = "refused",
	[OUTCOME_PROHIBITED] = "prohibited",   [OUTCOME_NO_REPLY] = "no_reply",
	[OUTCOME_ABORTED] = "aborted",         [OUTCOME_ONE_SIDED] = "one_sided",
	[OUTCOME_UNKNOWN] = "unknown",
};
static_assert(ARRAY_SIZE(outcome_names) == OUTCOME_COUNT, "a name for each outcome");

static const char *const verdict_names[] = {
	[VERDICT_EXPECTED] = "expected", [VERDICT_UNEXPECTED] = "unexpected",
	[VERDICT_BLOCKED] = "blocked",   [VERDICT_REJECTED] = "rejected",
	[VERDICT_MISMATCH] = "mismatch", [VERDICT_INCONCLUSIVE] = "inconclusive",
};
static_assert(ARRAY_SIZE(verdict_names) == VERDICT_COUNT, "a name for each verdict");

static const char *const cause_names[] = {
	[CAUSE_NONE] = "",           [CAUSE_NETWORK] = "network",
	[CAUSE_HOST] = "host",       [CAUSE_APPLICATION] = "application",
	[CAUSE_UNKNOWN] = "unknown",
};
static_assert(ARRAY_SIZE(cause_names) == CAUSE_COUNT, "a name for each cause");

static const char *const grade_names[] = {
	[GRADE_NONE] = "",
	[GRADE_PROVEN] = "proven",
	[GRADE_LIKELY] = "likely",
};
static_assert(ARRAY_SIZE(grade_names) == GRADE_COUNT, "a name for each grade");

static const char *const initiator_names[] = {
	[INITIATOR_SYN] = "syn",
	[INITIATOR_PROTOCOL] = "protocol",
	[INITIATOR_PORT] = "port",
	[INITIATOR_UNKNOWN] = "unknown",
};
static_assert(ARRAY_SIZE(initiator_names) == INITIATOR_COUNT, "a name for each way to know");

static const char *const evidence_names[] = {
	[EVIDENCE_PROTOCOL_UNVERIFIED] = "protocol_unverified",
	[EVIDENCE_PROTOCOL_WEAK] = "protocol_weak",
	[EVIDENCE_PROTOCOL_CONTRADICTED] = "protocol_contradicted",
	[EVIDENCE_ANSWER_FOREIGN] = "answer_foreign",
	[EVIDENCE_PEER_UNVERIFIED] = "peer_unverified",
	[EVIDENCE_MTLS_PROVEN] = "mtls_proven",
	[EVIDENCE_MTLS_CLAIMED] = "mtls_claimed",
	[EVIDENCE_MTLS_HIDDEN] = "mtls_hidden",
	[EVIDENCE_MTLS_UNSEEN] = "mtls_unseen",
	[EVIDENCE_MTLS_NOT_REQUESTED] = "mtls_not_requested",
	[EVIDENCE_MTLS_DECLINED] = "mtls_declined",
	[EVIDENCE_MTLS_INHERITED] = "mtls_inherited",
	[EVIDENCE_ALPN_FOREIGN] = "alpn_foreign",
	[EVIDENCE_TCP_RST_SYN] = "tcp_rst_syn",
	[EVIDENCE_SCTP_ABORT] = "sctp_abort",
	[EVIDENCE_RST_FOREIGN_TTL] = "rst_foreign_ttl",
	[EVIDENCE_RST_FOREIGN_ID] = "rst_foreign_id",
	[EVIDENCE_RST_BOTH_WAYS] = "rst_both_ways",
	[EVIDENCE_RST_AFTER_CLIENT_HELLO] = "rst_after_client_hello",
	[EVIDENCE_RST_AFTER_REQUEST] = "rst_after_request",
	[EVIDENCE_RST_AFTER_HANDSHAKE] = "rst_after_handshake",
	[EVIDENCE_INITIATOR_RESET] = "initiator_reset",
	[EVIDENCE_DATA_UNACKNOWLEDGED] = "data_unacknowledged",
	[EVIDENCE_TLS_CUT_SHORT] = "tls_cut_short",
	[EVIDENCE_TLS_END_HIDDEN] = "tls_end_hidden",
	[EVIDENCE_CLOSED_UNANSWERED] = "closed_unanswered",
	[EVIDENCE_ICMP_ADMIN_PROHIBITED] = "icmp_admin_prohibited",
	[EVIDENCE_ICMP_PORT_UNREACHABLE] = "icmp_port_unreachable",
	[EVIDENCE_ICMP_UNREACHABLE] = "icmp_unreachable",
	[EVIDENCE_ICMP_OTHER] = "icmp_other",
	[EVIDENCE_SYN_UNANSWERED] = "syn_unanswered",
	[EVIDENCE_SYN_MISANSWERED] = "syn_misanswered",
	[EVIDENCE_SYNACK_UNHEARD] = "synack_unheard",
	[EVIDENCE_UDP_UNANSWERED] = "udp_unanswered",
	[EVIDENCE_STUN_UNANSWERED] = "stun_unanswered",
	[EVIDENCE_CAPTURE_ENDS_SOON] = "capture_ends_soon",
	[EVIDENCE_TLS_ALERT] = "tls_alert",
	[EVIDENCE_STUN_ERROR] = "stun_error",
	[EVIDENCE_SIP_STATUS] = "sip_status",
	[EVIDENCE_HTTP_STATUS] = "http_status",
	[EVIDENCE_PROXY_ANSWER] = "proxy_answer",
	[EVIDENCE_HTTP_TO_TLS] = "http_to_tls",
	[EVIDENCE_PSEUDO_TLS_INTERCEPTED] = "pseudo_tls_intercepted",
	[EVIDENCE_RPC_REFUSED] = "rpc_refused",
	[EVIDENCE_SMB_STATUS] = "smb_status",
	[EVIDENCE_DHCP_NAK] = "dhcp_nak",
	[EVIDENCE_NMF_FAULT] = "nmf_fault",
	[EVIDENCE_RPC_MAPPED] = "rpc_mapped",
	[EVIDENCE_SINGLE_DIRECTION] = "single_direction",
	[EVIDENCE_ANSWER_NOT_CAPTURED] = "answer_not_captured",
	[EVIDENCE_ANSWERED_ELSEWHERE] = "answered_elsewhere",
	[EVIDENCE_GROUP_DESTINATION] = "group_destination",
	[EVIDENCE_ICE_SESSION_WORKS] = "ice_session_works",
	[EVIDENCE_ICE_SESSION_FAILED] = "ice_session_failed",
	[EVIDENCE_TWIN_ANSWERED] = "twin_answered",
	[EVIDENCE_TWIN_MISSING] = "twin_missing",
	[EVIDENCE_SILENCE_IS_NORMAL] = "silence_is_normal",
	[EVIDENCE_MIDSTREAM] = "midstream",
	[EVIDENCE_INITIATOR_UNKNOWN] = "initiator_unknown",
	[EVIDENCE_GAP] = "gap",
	[EVIDENCE_SNAPLEN] = "snaplen",
	[EVIDENCE_EVICTED] = "evicted",
	[EVIDENCE_FITNESS] = "fitness",
};
static_assert(ARRAY_SIZE(evidence_names) == EVIDENCE_COUNT, "a name for each code");

static const char *const fitness_names[] = {
	[FITNESS_TRUNCATED_FILE] = "truncated_file",
	[FITNESS_DAMAGED_FILE] = "damaged_file",
	[FITNESS_DROPS] = "drops",
	[FITNESS_GAPS] = "gaps",
	[FITNESS_SNAPLEN] = "snaplen",
	[FITNESS_ONE_DIRECTION] = "one_direction",
	[FITNESS_MIDSTREAM] = "midstream",
	[FITNESS_FILTERED] = "filtered",
	[FITNESS_UNDECODED] = "undecoded",
	[FITNESS_FRAGMENTS] = "fragments",
	[FITNESS_CLOCK] = "clock",
	[FITNESS_NO_TIME] = "no_time",
	[FITNESS_EVICTED] = "evicted",
	[FITNESS_DUPLICATES] = "duplicates",
	[FITNESS_CHECKSUMS] = "checksums",
	[FITNESS_SITE_ABSENT] = "site_absent",
	[FITNESS_NAT_BOTH_SIDES] = "nat_both_sides",
};
static_assert(ARRAY_SIZE(fitness_names) == FITNESS_CODE_COUNT, "a name for each code");

static const char *const state_names[] = {
	[ROW_SEEN] = "seen",         [ROW_BLOCKED] = "blocked",
	[ROW_MISMATCH] = "mismatch", [ROW_INCONCLUSIVE] = "inconclusive",
	[ROW_EXPIRED] = "expired",   [ROW_NOT_SEEN] = "not_seen",
};
static_assert(ARRAY_SIZE(state_names) == ROW_STATE_COUNT, "a name for each state");

static const char *const fit_names[] = {
	[FIT_CONTRADICTED] = "contradicted",
	[FIT_NONE] = "none",
	[FIT_CONSISTENT] = "consistent",
	[FIT_WEAK] = "weak",
	[FIT_STRONG] = "strong",
};

static const char *const control_names[] = {
	[CONTROL_NONE] = "",
	[CONTROL_SAME_PAIR] = "same-pair",
	[CONTROL_SAME_CLIENT] = "same-client",
	[CONTROL_SAME_SERVER] = "same-server",
};

const char *outcome_name(enum outcome o)
{
	return outcome_names[o];
}

const char *verdict_name(enum verdict v)
{
	return verdict_names[v];
}

const char *cause_name(enum cause c)
{
	return cause_names[c];
}

const char *grade_name(enum grade g)
{
	return grade_names[g];
}

const char *initiator_by_name(enum initiator_by i)
{
	return initiator_names[i];
}

const char *evidence_name(enum evidence_code e)
{
	return evidence_names[e];
}

const char *fitness_name(enum fitness_code code)
{
	return fitness_names[code];
}

const char *row_state_name(enum row_state state)
{
	return state_names[state];
}

const char *protocol_fit_name(enum protocol_fit fit)
{
	return fit_names[fit];
}

const char *control_name(enum control_kind kind)
{
	return control_names[kind];
}

bool verdict_find(const char *name, unsigned long len, enum verdict *v)
{
	for (unsigned i = 0; i < VERDICT_COUNT; i++) {
		if (strlen(verdict_names[i]) == len && memcmp(verdict_names[i], name, len) == 0) {
			*v = (enum verdict)i;
			return true;
		}
	}
	return false;
}
