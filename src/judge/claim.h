/* Does what was seen fit the protocol a row names? */
#ifndef FA_JUDGE_CLAIM_H
#define FA_JUDGE_CLAIM_H

#include "judge/ledger.h"

/**
 * claim_fit() - Fit of the best of a row's protocols
 * @ident:	May be NULL: nothing was seen
 * @why:	Evidence code that says why it is not strong: EVIDENCE_PROTOCOL_*,
 *		EVIDENCE_MTLS_*, EVIDENCE_ALPN_FOREIGN; EVIDENCE_COUNT for none
 */
enum protocol_fit claim_fit(const struct row *row, const struct ident *ident,
			    enum evidence_code *why);

/* An ICE check between media ends may fail without anything being wrong (facts/protocols.md 4). */
bool claim_is_media(const struct row *row);

#endif
