/* What the application itself says no with. */
#include "judge/outcome.h"

/* Statuses that refuse; other errors are about one call or page (facts/protocols.md 7e, 9e). */
static bool status_refuses(enum app app, unsigned code)
{
	static const uint16_t sip[] = { 403, 415, 420, 488, 500, 503, 504, 606 };
	static const uint16_t http[] = { 403, 407, 502, 503, 504, 511 };
	const uint16_t *codes = app == APP_SIP ? sip : http;
	size_t count = app == APP_SIP ? ARRAY_SIZE(sip) : ARRAY_SIZE(http);

	for (size_t i = 0; i < count; i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* The evidence that an answer is, or EVIDENCE_COUNT where it refuses nothing. */
static enum evidence_code refusal_evidence(const struct app_answer *answer)
{
	enum app app = (enum app)answer->app;

	switch (app) {
	case APP_SIP:
		return status_refuses(app, answer->code) ? EVIDENCE_SIP_STATUS : EVIDENCE_COUNT;
	case APP_HTTP:
		if (!status_refuses(app, answer->code))
			return EVIDENCE_COUNT;
		return answer->proxy ? EVIDENCE_PROXY_ANSWER : EVIDENCE_HTTP_STATUS;
	case APP_STUN:
	case APP_TURN:
	case APP_MSTURN:
		return app_code_is_normal(app, answer->code) && !answer->again
			       ? EVIDENCE_COUNT
			       : EVIDENCE_STUN_ERROR;
	case APP_DCERPC:
		return EVIDENCE_RPC_REFUSED;
	case APP_SMB:
		return EVIDENCE_SMB_STATUS;
	case APP_DHCP:
		return EVIDENCE_DHCP_NAK;
	case APP_NMF:
		return EVIDENCE_NMF_FAULT;
	case APP_NONE:
	case APP_TLS:
	case APP_PSEUDO_TLS:
	case APP_DTLS:
	case APP_RTP:
	case APP_RTCP:
	case APP_SQLR:
	case APP_MSNFTP:
	case APP_TDS:
	case APP_COUNT:
		break;
	}
	return EVIDENCE_COUNT;
}

/* A redirection, or a demand to log on to the network (RFC 6585 6), to who spoke TLS. */
static bool is_portal(unsigned status)
{
	return (status >= 300 && status < 400) || status == 511;
}

/* Clear HTTP in answer to a TLS hello: a box between, or a listener that is not TLS's. */
static void refused_in_clear(struct opinion *o)
{
	const struct app_answer *answer = &o->ident->answer;
	struct evidence *e = opinion_add(o, EVIDENCE_HTTP_TO_TLS, answer->frame);
	bool between = answer->proxy || is_portal(answer->code);

	e->value = answer->code;
	e->value2 = between;
	outcome_conclude(o, OUTCOME_ABORTED, between ? CAUSE_NETWORK : CAUSE_APPLICATION,
			 GRADE_PROVEN);
}

/* What the initiator declines, the responder asked it for: it refuses nothing of the row's. */
static const struct app_answer *refusal_by_responder(const struct opinion *o)
{
	const struct ident *id = o->ident;

	return id->answer.frame != 0 && id->answer.dir == o->judged.initiator ? &id->counter_answer
									      : &id->answer;
}

bool outcome_refused_by_application(struct opinion *o)
{
	const struct ident *id = o->ident;
	const struct app_answer *answer;
	const struct tls_facts *tls;
	enum evidence_code code;
	struct evidence *e;

	if (id == NULL || id->accepted_frame != 0)
		return false;
	tls = ident_tls(id);
	if (tls->alert_frame != 0 && tls->alert_level == 2 && !tls->complete) {
		e = opinion_add(o, EVIDENCE_TLS_ALERT, tls->alert_frame);
		e->value = tls->alert_description;
		e->value2 = tls->alert_dir == o->judged.initiator;
		outcome_conclude(o, OUTCOME_ABORTED, CAUSE_APPLICATION, GRADE_PROVEN);
		return true;
	}
	answer = refusal_by_responder(o);
	if (answer->frame == 0)
		return false;
	if (ident_http_to_tls(id)) {
		refused_in_clear(o);
		return true;
	}
	code = refusal_evidence(answer);
	if (code == EVIDENCE_COUNT)
		return false;
	e = opinion_add(o, code, answer->frame);
	e->value = answer->code;
	outcome_conclude(o, OUTCOME_ABORTED,
			 code == EVIDENCE_PROXY_ANSWER ? CAUSE_NETWORK : CAUSE_APPLICATION,
			 GRADE_PROVEN);
	return true;
}
