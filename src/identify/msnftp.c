/* Peer file transfer of Communicator and Lync: "VER MSN_SECURE_FTP" both ways. */
#include "identify/protocol.h"

static const char hello[] = "VER MSN_SECURE_FTP\r\n";

enum { HELLO_SIZE = sizeof(hello) - 1 };

static enum fit msnftp_starts(const uint8_t *bytes, size_t len)
{
	return fit_bytes(bytes, len, 0, hello, HELLO_SIZE);
}

/* The receiver of the file connects and speaks first; both say the same. */
static enum follow msnftp_follow(struct ident *id, const struct input *in)
{
	ident_note(id, APP_MSNFTP, CONFIDENCE_STRONG, in);
	ident_client(id, in->dir);
	if (id->frame[0] != 0 && id->frame[1] != 0)
		ident_finish(id);
	return FOLLOW_END;
}

const struct stream_protocol msnftp_stream = {
	.apps = APP_BIT(APP_MSNFTP),
	.opens = msnftp_starts,
	.answers = msnftp_starts,
	.follow = msnftp_follow,
	.answered_in_kind = true,
};
