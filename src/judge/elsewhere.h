/* Requests that were answered from another address than they were sent to. */
#ifndef FA_JUDGE_ELSEWHERE_H
#define FA_JUDGE_ELSEWHERE_H

#include "judge/settle.h"

/**
 * settle_elsewhere() - Find them, and call both halves established
 *
 * A relay that names an Alternate Server answers the next request from either
 * address (facts/protocols.md 0.5); DHCP answers what was sent to nobody.  Adds
 * EVIDENCE_ANSWERED_ELSEWHERE to both flows, with the frame of the answer, or of
 * the request.
 *
 * Return: 0 or FA_ENOMEM
 */
int settle_elsewhere(struct settling *s);

#endif
