/* Cuts the port space and the time where some row begins or ends. */
#include "policy/classes.h"

#include <stdlib.h>

#include "base/memory.h"

static int by_port(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static size_t cut_set(const struct port_set *set, uint32_t *cuts, size_t n)
{
	for (unsigned i = 0; i < set->count; i++) {
		cuts[n++] = set->ranges[i].lo;
		cuts[n++] = (uint32_t)set->ranges[i].hi + 1;
	}
	return n;
}

static int cut_ports(struct policy *policy)
{
	struct classes *c = &policy->classes;
	size_t n = 1, kept = 1;

	for (size_t i = 0; i < policy->row_count; i++) {
		const struct row *row = &policy->rows[i];

		n += 2 * ((size_t)row->dport.count + row->sport.count + row->port.count);
	}
	c->ports = memory_array(n, sizeof(*c->ports));
	if (c->ports == NULL)
		return FA_ENOMEM;
	n = 1; /* the first stretch begins with port 0 */
	for (size_t i = 0; i < policy->row_count; i++) {
		const struct row *row = &policy->rows[i];

		n = cut_set(&row->dport, c->ports, n);
		n = cut_set(&row->sport, c->ports, n);
		n = cut_set(&row->port, c->ports, n);
	}
	qsort(c->ports, n, sizeof(*c->ports), by_port);
	for (size_t i = 1; i < n; i++)
		if (c->ports[i] != c->ports[kept - 1] && c->ports[i] <= UINT16_MAX)
			c->ports[kept++] = c->ports[i];
	c->port_count = (unsigned)kept;
	return 0;
}

static int cut_time(struct policy *policy)
{
	struct classes *c = &policy->classes;
	size_t n = 0, kept = 0;

	c->times = memory_array(policy->row_count, sizeof(*c->times));
	if (c->times == NULL)
		return FA_ENOMEM;
	for (size_t i = 0; i < policy->row_count; i++)
		if (policy->rows[i].until_ns != INT64_MAX)
			c->times[n++] = policy->rows[i].until_ns;
	qsort(c->times, n, sizeof(*c->times), by_time);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || c->times[i] != c->times[kept - 1])
			c->times[kept++] = c->times[i];
	c->time_count = (unsigned)kept;
	return 0;
}

int classes_build(struct policy *policy)
{
	policy->classes = (struct classes){ 0 };
	return cut_ports(policy) != 0 || cut_time(policy) != 0 ? FA_ENOMEM : 0;
}

void classes_free(struct classes *classes)
{
	free(classes->ports);
	free(classes->times);
	*classes = (struct classes){ 0 };
}

unsigned classes_port(const struct classes *classes, uint16_t port)
{
	unsigned lo = 0,
		 n = classes->port_count; /* ports[lo] <= port, and the answer is below lo + n */

	while (n > 1) {
		unsigned half = n / 2;

		lo = classes->ports[lo + half] <= port ? lo + half : lo;
		n -= half;
	}
	return lo;
}

uint16_t classes_port_last(const struct classes *classes, unsigned stretch)
{
	return stretch + 1 < classes->port_count ? (uint16_t)(classes->ports[stretch + 1] - 1)
						 : UINT16_MAX;
}

unsigned classes_time(const struct classes *classes, int64_t ts_ns)
{
	unsigned lo = 0, hi = classes->time_count;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (classes->times[mid] <= ts_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
