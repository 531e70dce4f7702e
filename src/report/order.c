/* Flows in report order.  Normally they are already there, and this is one pass over them. */
#include "report/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare_flows(const struct judged *a, const struct judged *b)
{
	if (a->input != b->input)
		return a->input < b->input ? -1 : 1;
	if (a->first_frame != b->first_frame)
		return a->first_frame < b->first_frame ? -1 : 1;
	return memcmp(&a->key, &b->key, sizeof(a->key));
}

static int compare_indices(const void *a, const void *b, void *flows)
{
	const struct judged *base = flows;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int d = compare_flows(base + x, base + y);

	return d != 0 ? d : (x > y) - (x < y);
}

int order_flows(const struct ledger *ledger, uint32_t **order)
{
	size_t n = ledger->flow_count, i;

	*order = NULL;
	for (i = 1; i < n; i++)
		if (compare_flows(&ledger->flows[i - 1], &ledger->flows[i]) > 0)
			break;
	if (i >= n)
		return 0;
	*order = memory_array(n, sizeof(**order));
	if (*order == NULL)
		return FA_ENOMEM;
	for (i = 0; i < n; i++)
		(*order)[i] = (uint32_t)i;
	qsort_r(*order, n, sizeof(**order), compare_indices, ledger->flows);
	return 0;
}
