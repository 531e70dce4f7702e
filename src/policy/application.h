/* The application names a pack may use, and the TLS modes of a row. */
#ifndef FA_POLICY_APPLICATION_H
#define FA_POLICY_APPLICATION_H

#include <stdbool.h>
#include <stddef.h>

/* As the app_protocol column of the normalised tables, less its TLS suffix. */
enum application {
	APPLICATION_UNSPECIFIED, /* the table names none: any protocol satisfies it */
	APPLICATION_SIP,
	APPLICATION_HTTP, /* "https" is http with TLS */
	APPLICATION_RTP,
	APPLICATION_STUN,
	APPLICATION_MSTURN,
	APPLICATION_PSOM,
	APPLICATION_MEDIA_AUDIO, /* RTP, RTCP, and the ICE checks that open their path */
	APPLICATION_MEDIA_VIDEO,
	APPLICATION_SHARING, /* "application-sharing": RDP inside RTP, MS-RTASPF */
	APPLICATION_FILE_TRANSFER,
	APPLICATION_CAC, /* Bandwidth Policy service; protocol not named anywhere */
	APPLICATION_SQL_BROWSER,
	APPLICATION_DHCP,
	APPLICATION_DCOM_RPC,
	APPLICATION_WCF,
	APPLICATION_SMB,
	APPLICATION_XMPP,
	APPLICATION_DNS,
	APPLICATION_CLS, /* Centralized Logging */
	APPLICATION_COUNT
};

enum tls_mode {
	TLS_MODE_UNSPECIFIED, /* the table does not say: clear or TLS */
	TLS_MODE_NONE,
	TLS_MODE_TLS,
	TLS_MODE_MTLS,
};

/* "sip", "media-audio", ...; never NULL for a member. */
const char *application_name(enum application app);
/* "unspecified", "none", "tls", "mtls" */
const char *tls_mode_name(enum tls_mode mode);
/* Find by name; false when there is none. */
bool application_find(const char *name, size_t len, enum application *app);
bool tls_mode_find(const char *name, size_t len, enum tls_mode *mode);

#endif
