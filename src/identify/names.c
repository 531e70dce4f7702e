/* Names of protocols and alerts, and which answers are part of a normal dialogue. */
#include "identify/identify.h"

#include "base/util.h"

static const char *const app_names[] = {
	[APP_NONE] = "",         [APP_TLS] = "tls",       [APP_PSEUDO_TLS] = "pseudo-tls",
	[APP_DTLS] = "dtls",     [APP_STUN] = "stun",     [APP_TURN] = "turn",
	[APP_MSTURN] = "msturn", [APP_RTP] = "rtp",       [APP_RTCP] = "rtcp",
	[APP_SIP] = "sip",       [APP_HTTP] = "http",     [APP_DCERPC] = "dcerpc",
	[APP_SMB] = "smb",       [APP_SQLR] = "sqlr",     [APP_DHCP] = "dhcp",
	[APP_NMF] = "nmf",       [APP_MSNFTP] = "msnftp", [APP_TDS] = "tds",
};

static_assert(ARRAY_SIZE(app_names) == APP_COUNT, "a name for every protocol");

const char *app_name(enum app app)
{
	return (unsigned)app < APP_COUNT ? app_names[app] : "";
}

static const char *const client_auth_names[] = {
	[CLIENT_AUTH_UNSEEN] = "unseen",
	[CLIENT_AUTH_NOT_REQUESTED] = "not-requested",
	[CLIENT_AUTH_REQUESTED] = "requested",
	[CLIENT_AUTH_DECLINED] = "declined",
	[CLIENT_AUTH_CLAIMED] = "claimed",
	[CLIENT_AUTH_PROVEN] = "proven",
	[CLIENT_AUTH_HIDDEN_TLS13] = "hidden-tls13",
	[CLIENT_AUTH_HIDDEN_RENEGOTIATED] = "hidden-renegotiated",
	[CLIENT_AUTH_HIDDEN_RESUMED] = "hidden-resumed",
};

const char *client_auth_name(enum client_auth auth)
{
	return (unsigned)auth < ARRAY_SIZE(client_auth_names) ? client_auth_names[auth] : "";
}

static const char *const rpc_interface_names[] = {
	[RPC_OTHER] = "other",
	[RPC_ENDPOINT_MAPPER] = "endpoint-mapper",
	[RPC_OBJECT_EXPORTER] = "object-exporter",
	[RPC_SCM_ACTIVATOR] = "scm-activator",
	[RPC_ACTIVATION] = "activation",
};
static_assert(ARRAY_SIZE(rpc_interface_names) == RPC_INTERFACES, "a name for each interface");

const char *rpc_interface_name(enum rpc_interface interface)
{
	return (unsigned)interface < RPC_INTERFACES ? rpc_interface_names[interface] : "";
}

/* RFC 8446 6 and, for the older ones, RFC 5246 7.2, RFC 4346 7.2, RFC 6101 5.4.2. */
static const char *const alert_names[256] = {
	[0] = "close_notify",
	[10] = "unexpected_message",
	[20] = "bad_record_mac",
	[21] = "decryption_failed",
	[22] = "record_overflow",
	[30] = "decompression_failure",
	[40] = "handshake_failure",
	[41] = "no_certificate",
	[42] = "bad_certificate",
	[43] = "unsupported_certificate",
	[44] = "certificate_revoked",
	[45] = "certificate_expired",
	[46] = "certificate_unknown",
	[47] = "illegal_parameter",
	[48] = "unknown_ca",
	[49] = "access_denied",
	[50] = "decode_error",
	[51] = "decrypt_error",
	[60] = "export_restriction",
	[70] = "protocol_version",
	[71] = "insufficient_security",
	[80] = "internal_error",
	[86] = "inappropriate_fallback",
	[90] = "user_canceled",
	[100] = "no_renegotiation",
	[109] = "missing_extension",
	[110] = "unsupported_extension",
	[111] = "certificate_unobtainable",
	[112] = "unrecognized_name",
	[113] = "bad_certificate_status_response",
	[114] = "bad_certificate_hash_value",
	[115] = "unknown_psk_identity",
	[116] = "certificate_required",
	[120] = "no_application_protocol",
};

/* Ten names that begin with the same digits. */
/* clang-format off */
#define TEN(d) "alert_" #d "0", "alert_" #d "1", "alert_" #d "2", "alert_" #d "3", \
	"alert_" #d "4", "alert_" #d "5", "alert_" #d "6", "alert_" #d "7",        \
	"alert_" #d "8", "alert_" #d "9"
static const char *const unnamed_alerts[] = {
	TEN(), TEN(1), TEN(2), TEN(3), TEN(4), TEN(5), TEN(6), TEN(7), TEN(8), TEN(9),
	TEN(10), TEN(11), TEN(12), TEN(13), TEN(14), TEN(15), TEN(16), TEN(17), TEN(18), TEN(19),
	TEN(20), TEN(21), TEN(22), TEN(23), TEN(24),
	"alert_250", "alert_251", "alert_252", "alert_253", "alert_254", "alert_255",
};
#undef TEN
/* clang-format on */

static_assert(ARRAY_SIZE(unnamed_alerts) == 256, "a name for every description");

const char *tls_alert_name(uint8_t description)
{
	const char *name = alert_names[description];

	return name != NULL ? name : unnamed_alerts[description];
}

static bool stun_code_is_normal(unsigned code)
{
	/* Try Alternate, the first challenge, a stale nonce, ICE role conflict: all retried. */
	return code == 300 || code == 401 || code == 438 || code == 487;
}

bool app_code_is_normal(enum app app, unsigned code)
{
	switch (app) {
	case APP_STUN:
	case APP_TURN:
	case APP_MSTURN:
		return stun_code_is_normal(code);
	case APP_SIP:
		return (code >= 100 && code < 400) || code == 401 || code == 407;
	case APP_HTTP:
		return (code >= 100 && code < 400) || code == 401;
	case APP_NONE:
	case APP_TLS:
	case APP_PSEUDO_TLS:
	case APP_DTLS:
	case APP_RTP:
	case APP_RTCP:
	case APP_DCERPC:
	case APP_SMB:
	case APP_SQLR:
	case APP_DHCP:
	case APP_NMF:
	case APP_MSNFTP:
	case APP_TDS:
	case APP_COUNT:
		return false;
	}
	return false;
}
