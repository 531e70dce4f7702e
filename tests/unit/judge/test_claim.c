/* Protocol evidence against what a row claims (judge/claim.c). */
#include "judge/claim.h"

#include <stdio.h>
#include <string.h>

#include "judge/scene.h"

static struct row claim(enum application app, enum tls_mode tls)
{
	return (struct row){ .protocol_count = 1, .protocols = { { app, tls } } };
}

/* Strongly one protocol. */
static struct ident speaks(enum app app)
{
	struct ident id;

	ident_init(&id, true, false);
	id.app = (uint8_t)app;
	id.confidence = CONFIDENCE_STRONG;
	id.seen = id.possible = APP_BIT(app);
	id.examined[1] = 1;
	return id;
}

static struct ident handshake(enum client_auth auth)
{
	struct ident id = speaks(APP_TLS);

	id.tls.client_hello = id.tls.server_hello = id.tls.complete = true;
	id.tls.version = 0x0303;
	id.tls.client_auth = (uint8_t)auth;
	return id;
}

/* "consistent mtls_hidden", "strong" */
static const char *fit(const struct row *row, const struct ident *id)
{
	static char text[80];
	enum evidence_code why = EVIDENCE_FITNESS;
	enum protocol_fit f = claim_fit(row, id, &why);

	snprintf(text, sizeof(text), "%s%s%s", protocol_fit_name(f),
		 why == EVIDENCE_COUNT ? "" : " ", why == EVIDENCE_COUNT ? "" : evidence_name(why));
	return text;
}

static const char *fit_of(enum application app, enum tls_mode tls, const struct ident *id)
{
	struct row row = claim(app, tls);

	return fit(&row, id);
}

#define MEDIA                                                                           \
	(APP_BIT(APP_RTP) | APP_BIT(APP_RTCP) | APP_BIT(APP_STUN) | APP_BIT(APP_TURN) | \
	 APP_BIT(APP_MSTURN) | APP_BIT(APP_PSEUDO_TLS))
#define RELAY \
	(APP_BIT(APP_STUN) | APP_BIT(APP_TURN) | APP_BIT(APP_MSTURN) | APP_BIT(APP_PSEUDO_TLS))
#define EVERY UINT32_MAX /* no claim on bytes */

/* What may be seen in the clear for each application. */
static const uint32_t clear[APPLICATION_COUNT] = {
	[APPLICATION_UNSPECIFIED] = EVERY,
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
	[APPLICATION_CAC] = EVERY,
	[APPLICATION_SQL_BROWSER] = APP_BIT(APP_SQLR),
	[APPLICATION_DHCP] = APP_BIT(APP_DHCP),
	[APPLICATION_DCOM_RPC] = APP_BIT(APP_DCERPC),
	[APPLICATION_WCF] = APP_BIT(APP_NMF),
	[APPLICATION_SMB] = APP_BIT(APP_SMB),
	[APPLICATION_XMPP] = EVERY,
	[APPLICATION_DNS] = EVERY,
	[APPLICATION_CLS] = EVERY,
};

static void each_application_in_the_clear(void)
{
	for (unsigned a = 0; a < APPLICATION_COUNT; a++) {
		for (unsigned p = APP_NONE + 1; p < APP_COUNT; p++) {
			struct ident id = speaks((enum app)p);
			const char *want = clear[a] == EVERY ? "consistent"
					   : clear[a] >> p & 1
						   ? "strong"
						   : "contradicted protocol_contradicted";

			SAME(fit_of((enum application)a, TLS_MODE_NONE, &id), want);
			id.confidence = CONFIDENCE_WEAK;
			want = clear[a] == EVERY   ? "consistent"
			       : clear[a] >> p & 1 ? "weak"
						   : "contradicted protocol_contradicted";
			SAME(fit_of((enum application)a, TLS_MODE_NONE, &id), want);
		}
	}
}

static void weak_look_alikes_rule_nothing_out(void)
{
	struct ident id = speaks(APP_RTP);

	id.confidence = CONFIDENCE_WEAK;
	id.possible = APP_BIT(APP_RTP) | APP_BIT(APP_SIP);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_NONE, &id), "none protocol_unverified");
	SAME(fit_of(APPLICATION_HTTP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "contradicted protocol_contradicted");
	id.possible |= APP_BIT(APP_TLS);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "none protocol_unverified");
	/* What is proven to be something else stays that, whatever is possible. */
	id.confidence = CONFIDENCE_STRONG;
	id.possible = APP_ANY;
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "contradicted protocol_contradicted");
}

/* Only a claim that bytes can support is contradicted; clear HTTP to TLS is an ended attempt. */
static void an_answer_in_another_protocol(void)
{
	struct ident id = speaks(APP_SIP);

	id.answered_otherwise = true;
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_NONE, &id), "contradicted answer_foreign");
	SAME(fit_of(APPLICATION_HTTP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_CAC, TLS_MODE_NONE, &id), "consistent");
	id = speaks(APP_TLS);
	id.confidence = CONFIDENCE_WEAK;
	id.tls.client_hello = true;
	id.answered_otherwise = true;
	SAME(fit_of(APPLICATION_UNSPECIFIED, TLS_MODE_TLS, &id), "contradicted answer_foreign");
	SAME(fit_of(APPLICATION_PSOM, TLS_MODE_MTLS, &id), "contradicted answer_foreign");
	id.answer.frame = 2;
	id.answer.app = APP_HTTP;
	SAME(fit_of(APPLICATION_PSOM, TLS_MODE_TLS, &id), "weak");
}

/* Strongly @app, after another protocol. */
static struct ident goes_on_as(enum app app, enum app before)
{
	struct ident id = speaks(app);

	id.seen |= APP_BIT(before);
	return id;
}

static void what_names_the_flow_decides(void)
{
	struct ident id = goes_on_as(APP_DTLS, APP_STUN);

	/* ICE checks before DTLS do not make it the documented media. */
	SAME(fit_of(APPLICATION_MEDIA_AUDIO, TLS_MODE_NONE, &id),
	     "contradicted protocol_contradicted");
	id.confidence = CONFIDENCE_WEAK;
	SAME(fit_of(APPLICATION_MEDIA_AUDIO, TLS_MODE_NONE, &id), "weak");
	id = goes_on_as(APP_RTP, APP_STUN);
	SAME(fit_of(APPLICATION_MEDIA_AUDIO, TLS_MODE_NONE, &id), "strong");
	/* TLS was seen, but the flow is another's; an upgrade to the row's own is not. */
	id = goes_on_as(APP_HTTP, APP_TLS);
	id.tls.client_hello = id.tls.server_hello = true;
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_HTTP, TLS_MODE_TLS, &id), "consistent");
	id = goes_on_as(APP_PSEUDO_TLS, APP_TLS);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "contradicted protocol_contradicted");
}

static void unknown_bytes(void)
{
	struct ident id = speaks(APP_NONE);

	id.seen = 0;
	id.confidence = CONFIDENCE_NONE;
	id.possible = APP_BIT(APP_SIP);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_NONE, &id), "none protocol_unverified");
	SAME(fit_of(APPLICATION_HTTP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_DNS, TLS_MODE_NONE, &id), "none protocol_unverified");
	SAME(fit_of(APPLICATION_PSOM, TLS_MODE_TLS, &id), "contradicted protocol_contradicted");
}

static void nothing_seen(void)
{
	struct ident id = speaks(APP_HTTP);
	struct row none = { .protocol_count = 0 };

	SAME(fit_of(APPLICATION_SIP, TLS_MODE_MTLS, NULL), "none protocol_unverified");
	id.examined[0] = id.examined[1] = 0;
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_MTLS, &id), "none protocol_unverified");
	/* A byte of either end is a look. */
	id.examined[0] = 1;
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
	id.examined[0] = 0;
	id.examined[1] = 1;
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
	SAME(fit(&none, &id), "contradicted protocol_contradicted");
}

static void inside_tls(void)
{
	struct ident id = handshake(CLIENT_AUTH_NOT_REQUESTED);

	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "consistent");
	SAME(fit_of(APPLICATION_PSOM, TLS_MODE_TLS, &id), "consistent");
	SAME(fit_of(APPLICATION_HTTP, TLS_MODE_TLS, &id), "consistent");
	SAME(fit_of(APPLICATION_UNSPECIFIED, TLS_MODE_TLS, &id), "strong");
	id.tls.server_hello = false;
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "weak");
	id.tls.server_hello = true;
	id.tls.client_hello = false;
	SAME(fit_of(APPLICATION_UNSPECIFIED, TLS_MODE_TLS, &id), "weak");
	/* In the clear where TLS is demanded. */
	id = speaks(APP_SIP);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_MTLS, &id), "contradicted protocol_contradicted");
	id = speaks(APP_PSEUDO_TLS);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "contradicted protocol_contradicted");
	/* TLS where it is not. */
	id = handshake(CLIENT_AUTH_PROVEN);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
}

/*
 * No bytes of PSOM are known (facts/protocols.md 8): a TLS handshake is consistent with it,
 * and whatever names something else is not.
 */
static void psom(void)
{
	static const enum app others[] = { APP_SIP,    APP_HTTP,   APP_PSEUDO_TLS,
					   APP_MSTURN, APP_DCERPC, APP_NMF };
	static const enum tls_mode modes[] = { TLS_MODE_TLS, TLS_MODE_MTLS, TLS_MODE_UNSPECIFIED };
	struct ident id;

	for (size_t m = 0; m < ARRAY_SIZE(modes); m++) {
		id = handshake(CLIENT_AUTH_PROVEN);
		strcpy(id.tls.alpn, "http/1.1");
		CU_ASSERT_EQUAL(
			strncmp(fit_of(APPLICATION_PSOM, modes[m], &id), "contradicted", 12), 0);
		for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
			id = speaks(others[i]);
			SAME(fit_of(APPLICATION_PSOM, modes[m], &id),
			     "contradicted protocol_contradicted");
		}
		/* Bytes in the clear that are of nobody we know. */
		id = speaks(APP_NONE);
		id.confidence = CONFIDENCE_NONE;
		id.seen = id.possible = 0;
		SAME(fit_of(APPLICATION_PSOM, modes[m], &id), "contradicted protocol_contradicted");
	}
	id = handshake(CLIENT_AUTH_NOT_REQUESTED);
	SAME(fit_of(APPLICATION_PSOM, TLS_MODE_TLS, &id), "consistent");
	SAME(fit_of(APPLICATION_PSOM, TLS_MODE_MTLS, &id), "contradicted mtls_not_requested");
}

/* Clear HTTP in answer to a hello leaves an attempt at TLS, not a dialogue of HTTP. */
static void http_to_tls(void)
{
	struct ident id = speaks(APP_HTTP);

	id.seen |= APP_BIT(APP_TLS);
	id.possible = id.seen;
	id.tls.client_hello = true;
	id.answer = (struct app_answer){ .frame = 5, .code = 403, .app = APP_HTTP };
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "weak");
	SAME(fit_of(APPLICATION_HTTP, TLS_MODE_TLS, &id), "weak");
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_MTLS, &id), "consistent mtls_unseen");
	SAME(fit_of(APPLICATION_HTTP, TLS_MODE_NONE, &id), "contradicted protocol_contradicted");
}

static void alpn(void)
{
	static const char *const http[] = { "h2", "http/1.1", "http/1.0" };
	static const char *const other[] = { "", "sip/2", "h2c", "h", "http", "imap" };
	struct ident id = handshake(CLIENT_AUTH_PROVEN);

	for (size_t i = 0; i < ARRAY_SIZE(http); i++) {
		strcpy(id.tls.alpn, http[i]);
		SAME(fit_of(APPLICATION_HTTP, TLS_MODE_TLS, &id), "strong");
		SAME(fit_of(APPLICATION_UNSPECIFIED, TLS_MODE_TLS, &id), "strong");
		SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "contradicted alpn_foreign");
		SAME(fit_of(APPLICATION_SIP, TLS_MODE_MTLS, &id), "contradicted alpn_foreign");
		SAME(fit_of(APPLICATION_PSOM, TLS_MODE_TLS, &id), "contradicted alpn_foreign");
	}
	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		strcpy(id.tls.alpn, other[i]);
		SAME(fit_of(APPLICATION_HTTP, TLS_MODE_TLS, &id), "consistent");
		SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "consistent");
	}
}

static void client_certificate_ladder(void)
{
	static const char *const want[] = {
		[CLIENT_AUTH_UNSEEN] = "consistent mtls_unseen",
		[CLIENT_AUTH_NOT_REQUESTED] = "contradicted mtls_not_requested",
		[CLIENT_AUTH_REQUESTED] = "consistent mtls_unseen",
		[CLIENT_AUTH_DECLINED] = "contradicted mtls_declined",
		[CLIENT_AUTH_CLAIMED] = "consistent mtls_claimed",
		[CLIENT_AUTH_PROVEN] = "strong mtls_proven",
		[CLIENT_AUTH_HIDDEN_TLS13] = "consistent mtls_hidden",
		[CLIENT_AUTH_HIDDEN_RENEGOTIATED] = "consistent mtls_hidden",
		[CLIENT_AUTH_HIDDEN_RESUMED] = "consistent mtls_hidden",
	};

	for (unsigned a = 0; a < ARRAY_SIZE(want); a++) {
		struct ident id = handshake((enum client_auth)a);

		SAME(fit_of(APPLICATION_SIP, TLS_MODE_MTLS, &id), want[a]);
		/* Only mutual TLS cares. */
		SAME(fit_of(APPLICATION_SIP, TLS_MODE_TLS, &id), "consistent");
	}
}

static void tls_or_clear(void)
{
	struct ident id = speaks(APP_SIP);

	SAME(fit_of(APPLICATION_SIP, TLS_MODE_UNSPECIFIED, &id), "strong");
	id = handshake(CLIENT_AUTH_NOT_REQUESTED);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_UNSPECIFIED, &id), "consistent");
	SAME(fit_of(APPLICATION_PSOM, TLS_MODE_UNSPECIFIED, &id), "consistent");
	strcpy(id.tls.alpn, "h2");
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_UNSPECIFIED, &id),
	     "contradicted protocol_contradicted");
	id = speaks(APP_SMB);
	SAME(fit_of(APPLICATION_SIP, TLS_MODE_UNSPECIFIED, &id),
	     "contradicted protocol_contradicted");
	/* Media is never inside TLS. */
	id = handshake(CLIENT_AUTH_NOT_REQUESTED);
	SAME(fit_of(APPLICATION_RTP, TLS_MODE_UNSPECIFIED, &id),
	     "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_SHARING, TLS_MODE_UNSPECIFIED, &id),
	     "contradicted protocol_contradicted");
	SAME(fit_of(APPLICATION_STUN, TLS_MODE_UNSPECIFIED, &id), "consistent");
}

static void best_of_the_alternatives(void)
{
	struct row row = { .protocol_count = 2,
			   .protocols = { { APPLICATION_SIP, TLS_MODE_MTLS },
					  { APPLICATION_HTTP, TLS_MODE_TLS } } };
	struct ident id = handshake(CLIENT_AUTH_NOT_REQUESTED);

	SAME(fit(&row, &id), "consistent");
	strcpy(id.tls.alpn, "h2");
	SAME(fit(&row, &id), "strong");
	id = handshake(CLIENT_AUTH_PROVEN);
	SAME(fit(&row, &id), "strong mtls_proven");
	id = speaks(APP_SMB);
	SAME(fit(&row, &id), "contradicted protocol_contradicted");
	/* Of equals the first one explains. */
	row.protocols[1] = (struct row_protocol){ APPLICATION_PSOM, TLS_MODE_MTLS };
	id = handshake(CLIENT_AUTH_DECLINED);
	SAME(fit(&row, &id), "contradicted mtls_declined");
	row.protocols[1] = (struct row_protocol){ APPLICATION_SMB, TLS_MODE_NONE };
	SAME(fit(&row, &id), "contradicted mtls_declined");
	row.protocols[1] = row.protocols[0];
	row.protocols[0] = (struct row_protocol){ APPLICATION_SMB, TLS_MODE_NONE };
	SAME(fit(&row, &id), "contradicted protocol_contradicted");
}

static void what_is_media(void)
{
	for (unsigned a = 0; a < APPLICATION_COUNT; a++) {
		struct row row = claim((enum application)a, TLS_MODE_UNSPECIFIED);
		bool media = (clear[a] & APP_BIT(APP_RTP)) != 0;

		if (clear[a] == EVERY)
			continue;
		CU_ASSERT_EQUAL(claim_is_media(&row), media);
		row.protocols[1] = (struct row_protocol){ APPLICATION_RTP, TLS_MODE_NONE };
		CU_ASSERT_EQUAL(claim_is_media(&row), media);
		row.protocol_count = 2;
		CU_ASSERT_TRUE(claim_is_media(&row));
	}
}

extern CU_TestInfo tests_claim[];
CU_TestInfo tests_claim[] = {
	{ "each application takes its own protocols in the clear and no other",
	  each_application_in_the_clear },
	{ "an answer in another protocol contradicts", an_answer_in_another_protocol },
	{ "a weak look-alike does not contradict what is still possible",
	  weak_look_alikes_rule_nothing_out },
	{ "the protocol that names the flow decides, not what came before it",
	  what_names_the_flow_decides },
	{ "bytes of no known protocol contradict what they rule out", unknown_bytes },
	{ "where nothing was seen nothing is contradicted", nothing_seen },
	{ "what is inside TLS stays consistent at most", inside_tls },
	{ "TLS is consistent with PSOM, whatever names something else is not", psom },
	{ "clear HTTP in answer to a TLS hello is an attempt at TLS", http_to_tls },
	{ "ALPN proves HTTP and contradicts everything else", alpn },
	{ "mutual TLS climbs the client-certificate ladder", client_certificate_ladder },
	{ "an unspecified TLS mode takes either, but media never inside TLS", tls_or_clear },
	{ "of a row's alternatives the best counts", best_of_the_alternatives },
	{ "media rows are those that may carry RTP", what_is_media },
	CU_TEST_INFO_NULL
};
