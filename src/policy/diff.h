/*
 * Two sets of rows side by side: what a newer document added, dropped or said
 * otherwise.  Rows are matched by what they mean, never by their ids, which
 * count from one in every table.
 */
#ifndef FA_POLICY_DIFF_H
#define FA_POLICY_DIFF_H

#include "policy/policy.h"

enum diff_kind {
	DIFF_ADDED,
	DIFF_DROPPED,
	DIFF_WIDENED,  /* its ends, transports and ports admit what they did, and more */
	DIFF_NARROWED, /* the other way round */
	DIFF_CHANGED,  /* neither, or it differs in something else too */
	DIFF_KINDS
};

/* What two rows that mean the same flows can differ in. */
enum diff_key {
	DIFF_L4,
	DIFF_PROTO,
	DIFF_FROM,
	DIFF_TO,
	DIFF_DPORT,
	DIFF_SPORT,
	DIFF_PORT,
	DIFF_TWOWAY,
	DIFF_NEED,
	DIFF_WHEN,
	DIFF_VALID,
	DIFF_TUNE,
	DIFF_KEYS
};

/**
 * struct diff_item - One difference
 * @older, @newer: Indices of rows; -1 where there is none
 * @keys:	Set of 1 << enum diff_key; empty where one row stands alone
 */
struct diff_item {
	enum diff_kind kind;
	int older, newer;
	unsigned keys;
};

/**
 * struct diff - All differences
 * @items:	By kind, then in the order of the newer rows, or of the older
 *		where there are none; owned by diff_free()
 * @same:	Pairs of rows without a difference
 */
struct diff {
	struct diff_item *items;
	size_t count;
	size_t same;
};

/**
 * diff_rows() - Pair the rows of two policies and tell how the pairs differ
 *
 * After policy_compile() of both.  Rows that are equal in every key pair
 * first, then the most alike: rows that admit the same flows whatever else
 * they say, and rows that share flows and differ in two keys at most, one of
 * which may be the ends, where at least one end has to meet by a role's name.
 * Roles and conditions are compared by name.  Notes and what is inferred do
 * not count.
 *
 * The work is the product of both sizes: meant for documents, not for 10^5 rows.
 *
 * Return: 0 or FA_ENOMEM
 */
int diff_rows(const struct policy *older, const struct policy *newer, struct diff *diff);
void diff_free(struct diff *diff);

/* "added", ... */
const char *diff_kind_name(enum diff_kind kind);
/* "l4", "dport", "need", ... */
const char *diff_key_name(enum diff_key key);

#endif
