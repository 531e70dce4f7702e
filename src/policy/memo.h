/*
 * What policy_match() and policy_nearest() said before.
 *
 * Of millions of flows most are alike to the documentation: their ports and addresses
 * lie in the same stretches between which no row tells a difference.  A memo answers
 * the second of a kind from the first.  Each thread has one of its own.
 */
#ifndef FA_POLICY_MEMO_H
#define FA_POLICY_MEMO_H

#include "policy/policy.h"

/* Rows that are found of one tuple, at most; the widest are left out. */
#define MEMO_ROWS 256

struct policy_memo;

/* @policy: compiled; must stay so, and in place.  Return: NULL without memory */
struct policy_memo *policy_memo_new(const struct policy *policy);
void policy_memo_free(struct policy_memo *memo);
const struct policy *policy_memo_policy(const struct policy_memo *memo);

/**
 * policy_memo_match() - As policy_match()
 * @matches:	Points to the first MEMO_ROWS of them, until the memo's next use
 *
 * Return: rows in @matches
 */
size_t policy_memo_match(struct policy_memo *memo, const struct tuple *tuple,
			 const struct match **matches);

/* As policy_nearest(). */
void policy_memo_nearest(struct policy_memo *memo, const struct tuple *tuple,
			 struct nearest *nearest);

#endif
