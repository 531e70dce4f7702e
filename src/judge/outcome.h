/* What the parts of an outcome share.  Private to this room; see opinion_outcome(). */
#ifndef FA_JUDGE_OUTCOME_H
#define FA_JUDGE_OUTCOME_H

#include "flow/quote.h"
#include "judge/opinion.h"

/* Says nothing of cause and grade. */
void outcome_set(struct opinion *o, enum outcome outcome);
void outcome_conclude(struct opinion *o, enum outcome outcome, enum cause cause, enum grade grade);

void outcome_of_tcp(struct opinion *o);
/* SCTP: all that came back was an ABORT.  True when it decides. */
bool outcome_of_abort(struct opinion *o);
void outcome_of_datagrams(struct opinion *o); /* everything else */

/**
 * outcome_icmp_says() - Put the ICMP error of the flow into evidence
 *
 * Return: what it says of the initiator's packets; FLOW_QUOTE_DELIVERABLE where it
 *	   is about the responder's, or came before the SYN-ACK of a flow that then
 *	   opened: what refused an earlier SYN let a later one through
 */
enum flow_quote_strength outcome_icmp_says(struct opinion *o);
/* Somebody said that he forbids it.  True when that decides the flow. */
bool outcome_icmp_prohibits(struct opinion *o, enum flow_quote_strength said);
/*
 * Somebody forbade the responder's answers, at least @answers of them: they came to the
 * capture and no further.  True when that decides the flow.
 */
bool outcome_answers_prohibited(struct opinion *o, uint64_t answers);
/* What it makes of a flow without an answer.  True when it decides. */
bool outcome_icmp_decides(struct opinion *o, enum flow_quote_strength said);

/* The application itself said no before anything succeeded.  True when it did. */
bool outcome_refused_by_application(struct opinion *o);

#endif
