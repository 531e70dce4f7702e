/* Names of applications and TLS modes, as packs and reports spell them. */
#include "policy/application.h"

#include <string.h>

#include "base/util.h"

static const char *const application_names[] = {
	[APPLICATION_UNSPECIFIED] = "unspecified",
	[APPLICATION_SIP] = "sip",
	[APPLICATION_HTTP] = "http",
	[APPLICATION_RTP] = "rtp",
	[APPLICATION_STUN] = "stun",
	[APPLICATION_MSTURN] = "msturn",
	[APPLICATION_PSOM] = "psom",
	[APPLICATION_MEDIA_AUDIO] = "media-audio",
	[APPLICATION_MEDIA_VIDEO] = "media-video",
	[APPLICATION_SHARING] = "application-sharing",
	[APPLICATION_FILE_TRANSFER] = "file-transfer",
	[APPLICATION_CAC] = "cac",
	[APPLICATION_SQL_BROWSER] = "sql-browser",
	[APPLICATION_DHCP] = "dhcp",
	[APPLICATION_DCOM_RPC] = "dcom-rpc",
	[APPLICATION_WCF] = "wcf",
	[APPLICATION_SMB] = "smb",
	[APPLICATION_XMPP] = "xmpp",
	[APPLICATION_DNS] = "dns",
	[APPLICATION_CLS] = "cls",
};
static_assert(ARRAY_SIZE(application_names) == APPLICATION_COUNT, "a name an application");

static const char *const tls_mode_names[] = {
	[TLS_MODE_UNSPECIFIED] = "unspecified",
	[TLS_MODE_NONE] = "none",
	[TLS_MODE_TLS] = "tls",
	[TLS_MODE_MTLS] = "mtls",
};
static_assert(ARRAY_SIZE(tls_mode_names) == TLS_MODE_MTLS + 1, "a name a mode");

const char *application_name(enum application app)
{
	return application_names[app];
}

const char *tls_mode_name(enum tls_mode mode)
{
	return tls_mode_names[mode];
}

/* Index of the name that is exactly @text, or @count. */
static size_t find(const char *const *names, size_t count, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0)
			break;
	return i;
}

bool application_find(const char *name, size_t len, enum application *app)
{
	size_t i = find(application_names, ARRAY_SIZE(application_names), name, len);

	if (i == ARRAY_SIZE(application_names))
		return false;
	*app = (enum application)i;
	return true;
}

bool tls_mode_find(const char *name, size_t len, enum tls_mode *mode)
{
	size_t i = find(tls_mode_names, ARRAY_SIZE(tls_mode_names), name, len);

	if (i == ARRAY_SIZE(tls_mode_names))
		return false;
	*mode = (enum tls_mode)i;
	return true;
}
