/* Client certificates of resumed TLS sessions.  Private to this room. */
#ifndef FA_JUDGE_RESUMED_H
#define FA_JUDGE_RESUMED_H

#include "judge/settle.h"

/**
 * resumed_settle() - Hold resumed handshakes against the full ones they came from
 *
 * A resumed handshake shows no certificates (RFC 5246 7.3, RFC 5077 3.1).  Where the run
 * holds the earlier full handshake of the same session, between the same client and the same
 * server and port, in whatever capture, the flow gets EVIDENCE_MTLS_INHERITED if a row asks
 * for mutual TLS.  A session that began without a client certificate does not satisfy such a
 * row: it leaves the flow's rows, or, where no other is left, contradicts them.
 *
 * Return: 0 or FA_ENOMEM
 */
int resumed_settle(struct settling *s);

#endif
