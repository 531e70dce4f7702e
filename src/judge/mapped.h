/* Ports that a server's endpoint mapper gave out.  Private to this room. */
#ifndef FA_JUDGE_MAPPED_H
#define FA_JUDGE_MAPPED_H

#include "judge/settle.h"

/**
 * mapped_settle() - Let the rows of a DCE/RPC mapper cover the ports it hands out
 *
 * The tables list TCP 135 and DCOM cannot work without the port that the mapper names there
 * (facts/documented-flows.md 5.17).  A TCP flow to a port that the same server gave to the same
 * client earlier in the same capture is documented by the rows of that mapper's flow, with
 * EVIDENCE_RPC_MAPPED, unless it speaks something else; the mapper's flow is its control.
 *
 * A flow that speaks DCE/RPC to a port that nobody was seen to give out, and that no row
 * documents, has a DCE/RPC row for its nearest.
 *
 * Return: 0 or FA_ENOMEM
 */
int mapped_settle(struct settling *s);

#endif
