/* ICE checks, judged by media session and not one by one. */
#ifndef FA_JUDGE_SESSION_H
#define FA_JUDGE_SESSION_H

#include "judge/settle.h"

/**
 * settle_sessions() - What unanswered checks mean, for the flows that a media row documents
 *
 * Where another pair of the session was answered with success, failing is normal
 * (facts/protocols.md 0.6): OUTCOME_UNKNOWN, EVIDENCE_ICE_SESSION_WORKS with the
 * first frames of such pairs.  Where no pair was answered at all, long or often
 * enough asked, and a control vouches for the path: NO_REPLY or REFUSED stays,
 * likely, with EVIDENCE_ICE_SESSION_FAILED and the first frames of the pairs tried.
 * Else OUTCOME_UNKNOWN with the reason.  A check that an ICMP error prohibits is
 * decided by it alone.
 *
 * Return: 0 or FA_ENOMEM
 */
int settle_sessions(struct settling *s);

#endif
