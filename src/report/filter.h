/* Wireshark display filters for findings. */
#ifndef FA_REPORT_FILTER_H
#define FA_REPORT_FILTER_H

#include "report/fold_summary.h"
#include "report/draft.h"

#define FILTER_TEXT 336

/**
 * filter_text() - A display filter that selects the flows of a fold
 * @buf:	At least FILTER_TEXT bytes
 *
 * What the flows have in common: responder's port first, responder, initiator.
 * It may select more (other tries of the same client, which belong to the
 * story), but misses none of them: "udp.port == 3478 && ip.addr == 203.0.113.12".
 *
 * Return: @buf
 */
const char *filter_text(const struct fold_summary *summary, char buf[static FILTER_TEXT]);

/* One endpoint as text, the address borrowed. */
struct filter_end {
	const struct token *address;
	struct token port;
};

/* What filter_flow_text() writes, and the room it needs behind that. */
#define FILTER_ROOM (FILTER_TEXT + sizeof(struct token))

/**
 * filter_flow_text() - A display filter that selects the packets of one flow, both ways
 * @to:		FILTER_ROOM bytes
 * @ends:	Its initiator and responder
 *
 * Both endpoints with their ports, so no other flow; ICMP errors that quote it
 * are selected as well.  Another connection on the same tuple is, too.
 *
 * Return: behind the text, which no NUL ends
 */
char *filter_flow_text(char *to, const struct judged *flow, const struct filter_end ends[static 2]);

#endif
