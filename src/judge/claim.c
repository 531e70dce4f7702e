/*
 * Protocol evidence against a row's claim.
 *
 * Every application of the tables has a set of protocols that may be seen in
 * the clear for it.  Under TLS only the handshake shows; what is inside stays
 * "consistent".  A claim is contradicted when the flow speaks something outside
 * the set, or when its first bytes rule the whole set out: never because
 * nothing was seen.
 */
#include "judge/claim.h"

#include <string.h>

/* Media, and what opens its path: ICE checks, relays, and pseudo-TLS in front of them. */
#define MEDIA                                                                           \
	(APP_BIT(APP_RTP) | APP_BIT(APP_RTCP) | APP_BIT(APP_STUN) | APP_BIT(APP_TURN) | \
	 APP_BIT(APP_MSTURN) | APP_BIT(APP_PSEUDO_TLS))
#define RELAY \
	(APP_BIT(APP_STUN) | APP_BIT(APP_TURN) | APP_BIT(APP_MSTURN) | APP_BIT(APP_PSEUDO_TLS))

/* Protocols that may be seen in the clear for an application; 0: it only exists inside TLS. */
static const uint32_t clear_set[] = {
	[APPLICATION_UNSPECIFIED] = APP_ANY,
	[APPLICATION_SIP] = APP_BIT(APP_SIP),
	[APPLICATION_HTTP] = APP_BIT(APP_HTTP),
	[APPLICATION_RTP] = MEDIA,
	[APPLICATION_STUN] = RELAY,
	[APPLICATION_MSTURN] = RELAY,
	[APPLICATION_PSOM] = 0,
	[APPLICATION_MEDIA_AUDIO] = MEDIA,
	[APPLICATION_MEDIA_VIDEO] = MEDIA,
	[APPLICATION_SHARING] = MEDIA,
	[APPLICATION_FILE_TRANSFER] = MEDIA | APP_BIT(APP_MSNFTP),
	[APPLICATION_CAC] = APP_ANY,
	[APPLICATION_SQL_BROWSER] = APP_BIT(APP_SQLR),
	[APPLICATION_DHCP] = APP_BIT(APP_DHCP),
	[APPLICATION_DCOM_RPC] = APP_BIT(APP_DCERPC),
	[APPLICATION_WCF] = APP_BIT(APP_NMF),
	[APPLICATION_SMB] = APP_BIT(APP_SMB),
	[APPLICATION_XMPP] = APP_ANY,
	[APPLICATION_DNS] = APP_ANY,
	[APPLICATION_CLS] = APP_ANY,
};
static_assert(ARRAY_SIZE(clear_set) == APPLICATION_COUNT, "a set for each application");

/* Its set names media; one that admits everything names nothing. */
static bool is_media(enum application app)
{
	return clear_set[app] != APP_ANY && (clear_set[app] & APP_BIT(APP_RTP)) != 0;
}

/* Fit of the clear-text side of a claim. */
static enum protocol_fit fit_clear(enum application app, const struct ident *id)
{
	uint32_t accepted = clear_set[app];

	if (accepted == APP_ANY) /* no claim that bytes could support or contradict */
		return id->seen != 0 ? FIT_CONSISTENT : FIT_NONE;
	if (ident_http_to_tls(id)) /* what was tried is TLS */
		return FIT_CONTRADICTED;
	/* ICE checks before DTLS do not make it the documented media. */
	if (id->confidence == CONFIDENCE_STRONG && !(APP_BIT(id->app) & accepted))
		return FIT_CONTRADICTED;
	if (id->seen & accepted)
		return id->confidence == CONFIDENCE_STRONG ? FIT_STRONG : FIT_WEAK;
	return id->possible & accepted ? FIT_NONE : FIT_CONTRADICTED;
}

/* ALPN names HTTP: h2, http/1.1 (facts/protocols.md 2d: SIP and PSOM send none). */
static bool alpn_is_http(const struct ident *id)
{
	return strcmp(ident_tls(id)->alpn, "h2") == 0 ||
	       strncmp(ident_tls(id)->alpn, "http/", 5) == 0;
}

/* The client-certificate ladder of a handshake on a row that demands mutual TLS. */
static enum protocol_fit fit_ladder(const struct ident *id, enum evidence_code *why)
{
	switch ((enum client_auth)ident_tls(id)->client_auth) {
	case CLIENT_AUTH_PROVEN:
		*why = EVIDENCE_MTLS_PROVEN;
		return FIT_STRONG;
	case CLIENT_AUTH_CLAIMED:
		*why = EVIDENCE_MTLS_CLAIMED;
		return FIT_CONSISTENT;
	case CLIENT_AUTH_HIDDEN_TLS13:
	case CLIENT_AUTH_HIDDEN_RENEGOTIATED:
	case CLIENT_AUTH_HIDDEN_RESUMED:
		*why = EVIDENCE_MTLS_HIDDEN;
		return FIT_CONSISTENT;
	case CLIENT_AUTH_NOT_REQUESTED:
		*why = EVIDENCE_MTLS_NOT_REQUESTED;
		return FIT_CONTRADICTED;
	case CLIENT_AUTH_DECLINED:
		*why = EVIDENCE_MTLS_DECLINED;
		return FIT_CONTRADICTED;
	case CLIENT_AUTH_UNSEEN:
	case CLIENT_AUTH_REQUESTED:
		break;
	}
	*why = EVIDENCE_MTLS_UNSEEN;
	return FIT_CONSISTENT;
}

/* Fit of a claim that demands TLS or mutual TLS. */
static enum protocol_fit fit_tls(const struct row_protocol *claim, const struct ident *id,
				 enum evidence_code *why)
{
	/* TLS may answer a pseudo-TLS hello; an upgrade names both. */
	if (id->confidence == CONFIDENCE_STRONG && id->app != APP_TLS && !ident_http_to_tls(id) &&
	    !(APP_BIT(id->app) & clear_set[claim->app]))
		return FIT_CONTRADICTED;
	if (!(id->seen & APP_BIT(APP_TLS))) {
		if (id->confidence == CONFIDENCE_STRONG)
			return FIT_CONTRADICTED;
		return id->possible & APP_BIT(APP_TLS) ? FIT_NONE : FIT_CONTRADICTED;
	}
	if (claim->app != APPLICATION_HTTP && claim->app != APPLICATION_UNSPECIFIED &&
	    alpn_is_http(id)) {
		*why = EVIDENCE_ALPN_FOREIGN;
		return FIT_CONTRADICTED;
	}
	if (claim->tls == TLS_MODE_MTLS)
		return fit_ladder(id, why);
	/* TLS itself is proven; an inner HTTP is named by ALPN, all else stays inside. */
	if (!ident_tls(id)->server_hello || !ident_tls(id)->client_hello)
		return FIT_WEAK;
	if (claim->app == APPLICATION_UNSPECIFIED ||
	    (claim->app == APPLICATION_HTTP && alpn_is_http(id)))
		return FIT_STRONG;
	return FIT_CONSISTENT;
}

static enum protocol_fit fit_spoken(const struct row_protocol *claim, const struct ident *id,
				    enum evidence_code *why)
{
	enum protocol_fit clear, tls;
	enum evidence_code tls_why = EVIDENCE_COUNT;

	switch (claim->tls) {
	case TLS_MODE_NONE:
		return fit_clear(claim->app, id);
	case TLS_MODE_TLS:
	case TLS_MODE_MTLS:
		return fit_tls(claim, id, why);
	case TLS_MODE_UNSPECIFIED:
		break;
	}
	clear = fit_clear(claim->app, id);
	tls = fit_tls(claim, id, &tls_why);
	/* Media is never inside TLS (facts/protocols.md 5c, 6c). */
	if (is_media(claim->app))
		return clear;
	if (tls > clear) {
		*why = tls_why;
		return tls;
	}
	return clear;
}

/*
 * It takes two: a request in the documented protocol that the other end answers in another is
 * no dialogue of it.  Clear HTTP in answer to a ClientHello is an attempt that something ended.
 */
static enum protocol_fit fit_one(const struct row_protocol *claim, const struct ident *id,
				 enum evidence_code *why)
{
	enum protocol_fit fit = fit_spoken(claim, id, why);

	if (fit <= FIT_NONE || !id->answered_otherwise || ident_http_to_tls(id) ||
	    (claim->tls != TLS_MODE_TLS && claim->tls != TLS_MODE_MTLS &&
	     clear_set[claim->app] == APP_ANY))
		return fit;
	*why = EVIDENCE_ANSWER_FOREIGN;
	return FIT_CONTRADICTED;
}

enum protocol_fit claim_fit(const struct row *row, const struct ident *ident,
			    enum evidence_code *why)
{
	enum protocol_fit best = FIT_CONTRADICTED;

	*why = EVIDENCE_COUNT;
	if (ident == NULL || (ident->examined[0] == 0 && ident->examined[1] == 0)) {
		*why = EVIDENCE_PROTOCOL_UNVERIFIED;
		return FIT_NONE;
	}
	for (unsigned i = 0; i < row->protocol_count; i++) {
		enum evidence_code claim_why = EVIDENCE_COUNT;
		enum protocol_fit fit = fit_one(&row->protocols[i], ident, &claim_why);

		if (i == 0 || fit > best) {
			best = fit;
			*why = claim_why;
		}
	}
	if (best == FIT_NONE)
		*why = EVIDENCE_PROTOCOL_UNVERIFIED;
	else if (best == FIT_CONTRADICTED && *why == EVIDENCE_COUNT)
		*why = EVIDENCE_PROTOCOL_CONTRADICTED;
	return best;
}

bool claim_is_media(const struct row *row)
{
	for (unsigned i = 0; i < row->protocol_count; i++)
		if (is_media(row->protocols[i].app))
			return true;
	return false;
}
