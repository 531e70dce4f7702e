/* A row and a case made concrete: who, which ports, which protocol, when, and what to expect. */
#ifndef FA_FORGE_PLAN_H
#define FA_FORGE_PLAN_H

#include "forge/dialogue.h"
#include "forge/talk.h"
#include "policy/pack.h"

struct policy;

/**
 * struct plan - One conversation to be forged
 * @addr, @port: Initiator and responder
 * @protocol:	Of the row's, the one that is spoken
 * @start_ns:	When: within the row's validity
 * @wide:	The row admits so many ports that only protocol evidence documents a flow
 * @ports:	Source ports that conversations beside each other may use, from port[0] on
 * @verdict:	What an audit must say
 * @outcome:	Likewise; NULL: any
 * @row:	Id of the row that documents it: its own, or the twin of mirrored rows; NULL: none
 */
struct plan {
	struct address addr[2];
	uint16_t port[2];
	struct row_protocol protocol;
	bool udp, wide;
	unsigned ports;
	int64_t start_ns;
	const char *verdict, *outcome, *row;
};

/**
 * plan_make() - Decide everything about a row and a case
 * @policy:	Compiled, with a site
 * @app:	Of the row's protocols the one to speak; NULL: the first that can be
 *
 * Return: 0; FA_EUNSUPPORTED: the case has no meaning for this row, @err says why; FA_EUSAGE:
 *	   the site binds no address to a role of the row
 */
int plan_make(struct plan *plan, const struct policy *policy, unsigned row, enum forge_case c,
	      const enum application *app, struct fa_error *err);

#endif
