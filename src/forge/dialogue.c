/* From a row's protocol to a dialogue: two tables, in clear and inside TLS. */
#include "forge/dialogue.h"

#include "base/util.h"
#include "forge/say.h"

/**
 * struct voice - How an application speaks in clear
 * @tcp, @udp:	NULL: not on this transport
 */
struct voice {
	void (*tcp)(struct script *s, const struct dialogue *d);
	void (*udp)(struct script *s, const struct dialogue *d);
};

/* Where the table names no protocol, or one that nobody knows, bytes of no protocol will do. */
static const struct voice clear_voices[] = {
	[APPLICATION_UNSPECIFIED] = { say_opaque, say_opaque },
	[APPLICATION_SIP] = { say_sip, say_sip },
	[APPLICATION_HTTP] = { say_http, NULL },
	[APPLICATION_RTP] = { say_media, say_media },
	[APPLICATION_STUN] = { say_stun, say_stun },
	[APPLICATION_MSTURN] = { say_pseudo_tls, say_msturn },
	[APPLICATION_PSOM] = { NULL, NULL },
	[APPLICATION_MEDIA_AUDIO] = { say_media, say_media },
	[APPLICATION_MEDIA_VIDEO] = { say_media, say_media },
	[APPLICATION_SHARING] = { say_media, say_media },
	[APPLICATION_FILE_TRANSFER] = { say_msnftp, say_media },
	[APPLICATION_CAC] = { say_opaque, say_opaque },
	[APPLICATION_SQL_BROWSER] = { NULL, say_sqlr },
	[APPLICATION_DHCP] = { NULL, say_dhcp },
	[APPLICATION_DCOM_RPC] = { say_dcerpc, NULL },
	[APPLICATION_WCF] = { say_nmf, NULL },
	[APPLICATION_SMB] = { say_smb, NULL },
	[APPLICATION_XMPP] = { say_xmpp, NULL },
	[APPLICATION_DNS] = { say_dns, say_dns },
	[APPLICATION_CLS] = { say_opaque, NULL },
};
static_assert(ARRAY_SIZE(clear_voices) == APPLICATION_COUNT, "a voice for each application");

bool dialogue_write(struct script *s, const struct dialogue *d)
{
	const struct voice *voice = &clear_voices[d->app];
	void (*speak)(struct script *, const struct dialogue *) = d->udp ? voice->udp : voice->tcp;

	switch (d->tls) {
	case TLS_MODE_TLS:
		speak = d->udp ? NULL : say_tls;
		break;
	case TLS_MODE_MTLS:
		speak = d->udp ? NULL : say_mtls;
		break;
	case TLS_MODE_UNSPECIFIED:
		/* What only exists inside TLS is there. */
		if (speak == NULL && !d->udp)
			speak = say_tls;
		break;
	case TLS_MODE_NONE:
		break;
	}
	if (speak == NULL)
		return false;
	speak(s, d);
	return true;
}

void dialogue_write_wrong(struct script *s, const struct dialogue *d)
{
	void (*speak)(struct script *, const struct dialogue *) = say_http;

	if (d->udp)
		speak = d->app == APPLICATION_DNS ? say_sqlr : say_dns;
	else if (d->app == APPLICATION_HTTP)
		speak = say_ssh;
	/* One datagram may look like anything; several do not. */
	for (unsigned i = 0; i < (d->udp ? 4u : 1u); i++)
		speak(s, d);
}
