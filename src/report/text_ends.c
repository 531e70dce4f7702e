/* Who is at either end of a finding: addresses counted, roles they share. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/phrase.h"
#include "report/text.h"

static int compare_addresses(const void *a, const void *b)
{
	return address_compare(a, b);
}

uint64_t text_count_addresses(const struct text *t, const struct fold *fold, unsigned end)
{
	struct address *all = memory_array(fold->count, sizeof(*all));
	uint64_t distinct = 0;
	uint32_t i;

	if (all == NULL)
		return 0;
	for (i = 0; i < fold->count; i++) {
		const struct judged *flow = fold_flow(&t->folds, t->ledger, fold, i);

		all[i] = flow->key.addr[flow->initiator ^ end];
	}
	qsort(all, fold->count, sizeof(*all), compare_addresses);
	for (i = 0; i < fold->count; i++)
		distinct += i == 0 || address_compare(&all[i - 1], &all[i]) != 0;
	free(all);
	return distinct;
}

static void narrow(struct role_set *set, const struct role_set *by)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(set->bits); i++)
		set->bits[i] &= by->bits[i];
}

static const char *first_role(const struct policy *policy, const struct role_set *set)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(set->bits); i++)
		if (set->bits[i] != 0)
			return policy_role_name(policy,
						64 * i + (unsigned)__builtin_ctzll(set->bits[i]));
	return NULL;
}

/*
 * The role that all addresses at one end share; the one the row names where an
 * address has several.  NULL where they share none, or without a site.
 */
static const char *common_role(const struct text *t, const struct fold *fold, unsigned end)
{
	const struct policy *policy = t->ledger->policy;
	struct role_set common, one;
	const struct row *row;
	const char *role;
	uint32_t i;

	if (policy_site_name(policy) == NULL)
		return NULL;
	for (i = 0; i < fold->count; i++) {
		const struct judged *flow = fold_flow(&t->folds, t->ledger, fold, i);

		policy_roles_of(policy, &flow->key.addr[flow->initiator ^ end], &one);
		if (i == 0)
			common = one;
		else
			narrow(&common, &one);
	}
	if (fold->row >= 0) {
		row = policy_row(policy, (unsigned)fold->row);
		one = common;
		narrow(&one, end == 0 ? &row->from.roles : &row->to.roles);
		role = first_role(policy, &one);
		if (role != NULL)
			return role;
	}
	return first_role(policy, &common);
}

void text_end(const struct text *t, const struct fold *fold, unsigned end, char *buf, size_t size)
{
	const struct judged *first = fold_flow(&t->folds, t->ledger, fold, 0);
	uint64_t distinct = text_count_addresses(t, fold, end);
	const char *role = common_role(t, fold, end);
	char address[ADDRESS_TEXT], count[64];

	phrase_plural(distinct, "address", "addresses", count, sizeof(count));
	address_text(&first->key.addr[first->initiator ^ end], address);
	if (distinct > 1)
		snprintf(buf, size, role == NULL ? "%s%s" : "%s (%s)", role == NULL ? "" : role,
			 count);
	else
		snprintf(buf, size, "%s%s%s", role == NULL ? "" : role, role == NULL ? "" : " ",
			 address);
}
