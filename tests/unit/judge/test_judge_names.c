/* The spelling of every word of a judgement (judge/names.c). */
#include "judge/scene.h"

#include <string.h>

/* All of @names, separated by blanks, are what @name gives from 0 on. */
#define SPELLED(name, type, count, names)                                          \
	do {                                                                       \
		char all[1400] = "";                                               \
		for (unsigned i = 0; i < (count); i++) {                           \
			strcat(all, i == 0 ? "" : " ");                            \
			strcat(all, *name((type)i) == '\0' ? "-" : name((type)i)); \
		}                                                                  \
		SAME(all, names);                                                  \
	} while (0)

static void words(void)
{
	SPELLED(outcome_name, enum outcome, OUTCOME_COUNT,
		"established refused prohibited no_reply aborted one_sided unknown");
	SPELLED(verdict_name, enum verdict, VERDICT_COUNT,
		"expected unexpected blocked rejected mismatch inconclusive");
	SPELLED(cause_name, enum cause, CAUSE_COUNT, "- network host application unknown");
	SPELLED(grade_name, enum grade, GRADE_COUNT, "- proven likely");
	SPELLED(initiator_by_name, enum initiator_by, INITIATOR_COUNT, "syn protocol port unknown");
	SPELLED(row_state_name, enum row_state, ROW_STATE_COUNT,
		"seen blocked mismatch inconclusive expired not_seen");
	SPELLED(protocol_fit_name, enum protocol_fit, FIT_STRONG + 1u,
		"contradicted none consistent weak strong");
	SPELLED(control_name, enum control_kind, CONTROL_SAME_SERVER + 1u,
		"- same-pair same-client same-server");
}

static void codes(void)
{
	SPELLED(evidence_name, enum evidence_code, EVIDENCE_COUNT,
		"protocol_unverified protocol_weak protocol_contradicted answer_foreign "
		"peer_unverified "
		"mtls_proven "
		"mtls_claimed "
		"mtls_hidden mtls_unseen mtls_not_requested mtls_declined mtls_inherited "
		"alpn_foreign "
		"tcp_rst_syn sctp_abort rst_foreign_ttl rst_foreign_id rst_both_ways "
		"rst_after_client_hello "
		"rst_after_request rst_after_handshake initiator_reset data_unacknowledged "
		"tls_cut_short tls_end_hidden closed_unanswered "
		"icmp_admin_prohibited icmp_port_unreachable icmp_unreachable icmp_other "
		"syn_unanswered syn_misanswered synack_unheard udp_unanswered stun_unanswered "
		"capture_ends_soon "
		"tls_alert "
		"stun_error sip_status http_status proxy_answer http_to_tls pseudo_tls_intercepted "
		"rpc_refused smb_status dhcp_nak nmf_fault rpc_mapped single_direction "
		"answer_not_captured answered_elsewhere group_destination ice_session_works "
		"ice_session_failed twin_answered twin_missing silence_is_normal midstream "
		"initiator_unknown gap snaplen evicted fitness");
	SPELLED(fitness_name, enum fitness_code, FITNESS_CODE_COUNT,
		"truncated_file damaged_file drops gaps snaplen one_direction midstream filtered "
		"undecoded fragments clock no_time evicted duplicates checksums site_absent "
		"nat_both_sides");
}

static void verdicts_by_name(void)
{
	static const char *const wrong[] = { "",         "expecte", "expectedx",
					     "Expected", "none",    " blocked" };
	enum verdict v = VERDICT_COUNT;

	for (unsigned i = 0; i < VERDICT_COUNT; i++) {
		const char *name = verdict_name((enum verdict)i);

		CU_ASSERT_TRUE(verdict_find(name, strlen(name), &v));
		CU_ASSERT_EQUAL(v, i);
	}
	v = VERDICT_COUNT;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		CU_ASSERT_FALSE(verdict_find(wrong[i], strlen(wrong[i]), &v));
	CU_ASSERT_EQUAL(v, VERDICT_COUNT);
	/* The length decides, not the NUL. */
	CU_ASSERT_TRUE(verdict_find("blocked,mismatch", 7, &v));
	CU_ASSERT_EQUAL(v, VERDICT_BLOCKED);
	CU_ASSERT_FALSE(verdict_find("blocked,mismatch", 8, &v));
	CU_ASSERT_FALSE(verdict_find("blocked", 6, &v));
	CU_ASSERT_FALSE(verdict_find("expected", 0, &v));
}

extern CU_TestInfo tests_judge_names[];
CU_TestInfo tests_judge_names[] = {
	{ "outcomes, verdicts, causes, grades and the like are spelled as documented", words },
	{ "evidence and fitness codes are spelled as documented", codes },
	{ "a verdict is found by its whole name", verdicts_by_name },
	CU_TEST_INFO_NULL
};
