/* Answers by class of tuple, in a table of fixed size that is emptied when full. */
#include "policy/memo.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "policy/classes.h"
#include "policy/near.h"

/* Answers kept; slots are a power of two, at most half of them in use. */
#define ANSWERS 2048u
#define SLOTS   (2 * ANSWERS)

/* Kept with an answer; more is looked up each time. */
#define MATCHES_KEPT    28u
#define CANDIDATES_KEPT 6u

/* For answer.candidate_count: not asked yet; more than are kept. */
#define NOT_ASKED UINT8_MAX
#define TOO_MANY  (UINT8_MAX - 1)

/* Stretches of both addresses and ports, time, transport, and whether the initiator is known. */
struct kind {
	uint64_t addresses, rest;
};

/**
 * struct answer - What is known of one kind of tuple
 * @matches:	Its rows
 * @candidates:	Rows of which one is the nearest, in pack order: which one depends on how far
 *		into their stretches the ports are
 */
struct answer {
	struct kind kind;
	struct match matches[MATCHES_KEPT];
	uint32_t candidates[CANDIDATES_KEPT];
	uint16_t match_count;    /* more than MATCHES_KEPT: none is kept */
	uint8_t candidate_count; /* or NOT_ASKED, TOO_MANY */
};

/**
 * struct policy_memo - One thread's
 * @slots:	1 + index into @answers, 0: free
 * @many:	Matches that are too many to keep
 * @ties:	Room for the candidates of one tuple
 */
struct policy_memo {
	const struct policy *policy;
	struct hash_fold fold;
	struct answer *answers;
	unsigned used;
	uint16_t slots[SLOTS];
	struct match many[MEMO_ROWS];
	uint32_t *ties;
	size_t tie_count, tie_cap;
};

struct policy_memo *policy_memo_new(const struct policy *policy)
{
	struct policy_memo *memo = memory_array(1, sizeof(*memo));

	if (memo == NULL)
		return NULL;
	memo->policy = policy;
	hash_fold_init(&memo->fold, 0);
	/* Touched only as far as it fills. */
	memo->answers = memory_region(ANSWERS * sizeof(*memo->answers));
	if (memo->answers == NULL) {
		free(memo);
		return NULL;
	}
	return memo;
}

void policy_memo_free(struct policy_memo *memo)
{
	if (memo == NULL)
		return;
	memory_region_free(memo->answers, ANSWERS * sizeof(*memo->answers));
	free(memo->ties);
	free(memo);
}

const struct policy *policy_memo_policy(const struct policy_memo *memo)
{
	return memo->policy;
}

/* Addresses that stand for no host satisfy any role: they are of a kind of their own. */
static uint64_t address_kind(const struct policy *policy, const struct address *addr)
{
	return (uint64_t)roles_stretch(&policy->map, addr) << 1 | fit_is_nobody(addr);
}

static struct kind kind_of(const struct policy *policy, const struct tuple *tuple)
{
	const struct classes *c = &policy->classes;
	uint64_t ports =
		(uint64_t)classes_port(c, tuple->port[0]) << 16 | classes_port(c, tuple->port[1]);
	uint64_t rest = (uint64_t)classes_time(c, tuple->ts_ns) << 2 |
			(uint64_t)(tuple->l4 == IPPROTO_TCP) << 1 | tuple->initiator_known;

	return (struct kind){ address_kind(policy, &tuple->addr[0]) << 32 |
				      address_kind(policy, &tuple->addr[1]),
			      ports << 32 | rest };
}

static void forget(struct policy_memo *memo)
{
	memset(memo->slots, 0, sizeof(memo->slots));
	memo->used = 0;
}

static void add(struct policy_memo *memo, struct answer *answer, const struct tuple *tuple)
{
	size_t found = policy_match(memo->policy, tuple, memo->many, MEMO_ROWS);

	answer->match_count = (uint16_t)MIN(found, (size_t)MEMO_ROWS);
	answer->candidate_count = NOT_ASKED;
	if (answer->match_count <= MATCHES_KEPT)
		memcpy(answer->matches, memo->many, answer->match_count * sizeof(*memo->many));
}

/* @tuple: TCP or UDP. */
static struct answer *answer_of(struct policy_memo *memo, const struct tuple *tuple)
{
	struct kind kind = kind_of(memo->policy, tuple);
	uint64_t hash =
		hash_fold_pair(kind.addresses ^ memo->fold.k[0], kind.rest ^ memo->fold.k[1]);
	struct answer *answer;
	size_t at;

	if (memo->used == ANSWERS)
		forget(memo);
	for (at = hash % SLOTS; memo->slots[at] != 0; at = (at + 1) % SLOTS) {
		answer = &memo->answers[memo->slots[at] - 1u];
		if (answer->kind.addresses == kind.addresses && answer->kind.rest == kind.rest)
			return answer;
	}
	answer = &memo->answers[memo->used];
	answer->kind = kind;
	add(memo, answer, tuple);
	memo->slots[at] = (uint16_t)++memo->used;
	return answer;
}

static bool has_rows(const struct tuple *tuple)
{
	return tuple->l4 == IPPROTO_TCP || tuple->l4 == IPPROTO_UDP;
}

size_t policy_memo_match(struct policy_memo *memo, const struct tuple *tuple,
			 const struct match **matches)
{
	const struct answer *answer;

	*matches = memo->many;
	if (!has_rows(tuple))
		return 0;
	answer = answer_of(memo, tuple);
	if (answer->match_count <= MATCHES_KEPT)
		*matches = answer->matches;
	else
		policy_match(memo->policy, tuple, memo->many, MEMO_ROWS);
	return answer->match_count;
}

/* Rows as near as any, but for distance and width.  Return: 0 or FA_ENOMEM */
static int collect_ties(struct policy_memo *memo, const struct near_views *views)
{
	struct near_rank best = { 0 }, rank;
	struct fit fit;

	memo->tie_count = 0;
	for (uint32_t i = 0; i < memo->policy->row_count; i++) {
		int kind;

		if (!near_row(memo->policy, i, views, &rank, &fit))
			continue;
		kind = memo->tie_count == 0 ? -1 : near_compare_kind(&rank, &best);
		if (kind > 0)
			continue;
		if (kind < 0) {
			best = rank;
			memo->tie_count = 0;
		}
		if (memory_grow(&memo->ties, &memo->tie_cap, memo->tie_count + 1,
				sizeof(*memo->ties)) != 0)
			return FA_ENOMEM;
		memo->ties[memo->tie_count++] = i;
	}
	return 0;
}

/*
 * The smallest distance that a row has from any ports of these stretches.  Along a
 * stretch it grows, shrinks, or grows and then shrinks: the smallest is at an end.
 */
static uint32_t least_distance(const struct policy *policy, uint32_t row,
			       const struct near_views corners[4])
{
	uint32_t least = UINT32_MAX;
	struct near_rank rank;
	struct fit fit;

	for (unsigned i = 0; i < 4; i++)
		if (near_row(policy, row, &corners[i], &rank, &fit))
			least = MIN(least, rank.distance);
	return least;
}

/* Views of the ports at the ends of their stretches.  Return: sum of the stretches' widths */
static uint32_t look_at_corners(const struct policy *policy, const struct tuple *tuple,
				struct near_views corners[4])
{
	uint16_t ends[2][2];

	for (unsigned e = 0; e < 2; e++) {
		unsigned stretch = classes_port(&policy->classes, tuple->port[e]);

		ends[e][0] = (uint16_t)policy->classes.ports[stretch];
		ends[e][1] = classes_port_last(&policy->classes, stretch);
	}
	for (unsigned i = 0; i < 4; i++) {
		struct tuple corner = *tuple;

		corner.port[0] = ends[0][i & 1];
		corner.port[1] = ends[1][i >> 1];
		near_look(policy, &corner, &corners[i]);
	}
	return (uint32_t)(ends[0][1] - ends[0][0]) + (uint32_t)(ends[1][1] - ends[1][0]);
}

/*
 * Keep what may be the nearest somewhere in these stretches: over the whole of them a
 * distance changes by no more than their width.
 */
static void keep_candidates(struct policy_memo *memo, struct answer *answer,
			    const struct tuple *tuple)
{
	struct near_views corners[4];
	uint32_t width = look_at_corners(memo->policy, tuple, corners), least = UINT32_MAX;
	unsigned n = 0;

	for (size_t i = 0; i < memo->tie_count; i++)
		least = MIN(least, least_distance(memo->policy, memo->ties[i], corners));
	for (size_t i = 0; i < memo->tie_count; i++) {
		if (least_distance(memo->policy, memo->ties[i], corners) > least + width)
			continue;
		if (n == CANDIDATES_KEPT) {
			answer->candidate_count = TOO_MANY;
			return;
		}
		answer->candidates[n++] = memo->ties[i];
	}
	answer->candidate_count = (uint8_t)n;
}

static void nearest_of(const struct policy *policy, const struct answer *answer,
		       const struct near_views *views, struct nearest *nearest)
{
	struct near_rank best = { 0 }, rank;
	struct fit fit;

	for (unsigned i = 0; i < answer->candidate_count; i++) {
		if (!near_row(policy, answer->candidates[i], views, &rank, &fit) ||
		    (nearest->row >= 0 && !near_is_nearer(&rank, &best)))
			continue;
		best = rank;
		*nearest = (struct nearest){ (int)answer->candidates[i], fit.keys, fit.reversed };
	}
}

void policy_memo_nearest(struct policy_memo *memo, const struct tuple *tuple,
			 struct nearest *nearest)
{
	struct near_views views;
	struct answer *answer;

	*nearest = (struct nearest){ .row = -1 };
	if (!has_rows(tuple)) {
		policy_nearest(memo->policy, tuple, nearest);
		return;
	}
	answer = answer_of(memo, tuple);
	near_look(memo->policy, tuple, &views);
	if (answer->candidate_count == NOT_ASKED) {
		if (collect_ties(memo, &views) == 0)
			keep_candidates(memo, answer, tuple);
		else
			answer->candidate_count = TOO_MANY;
	}
	if (answer->candidate_count == TOO_MANY)
		policy_nearest(memo->policy, tuple, nearest);
	else
		nearest_of(memo->policy, answer, &views, nearest);
}
