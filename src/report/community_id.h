/* Community ID v1: the name other tools (Zeek, Suricata, Wireshark) give the same flow. */
#ifndef FA_REPORT_COMMUNITY_ID_H
#define FA_REPORT_COMMUNITY_ID_H

#include "flow/key.h"

/* "1:", 28 characters of base64, NUL. */
#define COMMUNITY_ID_TEXT 31

/**
 * community_id_text() - Name of a flow, seed 0
 * @key:	Either order of its endpoints.  For ICMP, port[0] and port[1] hold type and
 *		code, and endpoint 0 is the sender
 * @buf:	Filled, NUL-terminated
 *
 * VLANs and tunnels are not part of version 1; ports only for TCP, UDP, SCTP
 * and ICMP.
 *
 * Return: @buf
 * Source: corelight/community-id-spec
 */
const char *community_id_text(const struct flow_key *key, char buf[static COMMUNITY_ID_TEXT]);

#endif
