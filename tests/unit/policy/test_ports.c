/* The port index against a plain scan. */
#include "policy/ports.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Every item that holds @port is in exactly one list, and no other is in any. */
static void check(const struct ports *ports, const struct ports_item *items, size_t count,
		  uint16_t port)
{
	struct ports_list lists[PORTS_LISTS];
	unsigned n = ports_find(ports, port, lists), i;
	unsigned char seen[600] = { 0 };
	uint32_t at;
	size_t k;

	CU_ASSERT_FATAL(n <= PORTS_LISTS && count <= sizeof(seen));
	for (i = 0; i < n; i++)
		for (at = 0; at < lists[i].count; at++)
			seen[lists[i].rows[at]]++;
	for (k = 0; k < count; k++)
		CU_ASSERT_EQUAL(seen[k], port >= items[k].lo && port <= items[k].hi);
}

static void test_model(void)
{
	struct ports_item items[600];
	uint32_t state = 20130315;
	struct ports ports;
	unsigned round, i;

	for (round = 0; round < 40; round++) {
		size_t count = next(&state) % 600;

		for (i = 0; i < count; i++) {
			uint16_t lo = (uint16_t)next(&state), width = (uint16_t)next(&state);

			width = (uint16_t)(next(&state) % 3 == 0 ? 0
								 : width >> (next(&state) % 16));
			items[i] = (struct ports_item){ i, lo, (uint16_t)MIN(65535, lo + width) };
		}
		CU_ASSERT_EQUAL_FATAL(ports_build(&ports, items, count), 0);
		for (i = 0; i < 40; i++)
			check(&ports, items, count, (uint16_t)next(&state));
		/* On the fences, too. */
		for (i = 0; i < count; i += 29) {
			check(&ports, items, count, items[i].lo);
			check(&ports, items, count, items[i].hi);
			check(&ports, items, count, (uint16_t)(items[i].hi + 1));
		}
		check(&ports, items, count, 0);
		check(&ports, items, count, 65535);
		ports_free(&ports);
	}
}

static void test_edges(void)
{
	static const struct ports_item items[] = {
		{ 0, 0, 65535 }, { 1, 0, 0 }, { 2, 65535, 65535 }, { 3, 1, 65534 }, { 4, 1, 1 }
	};
	struct ports ports;
	unsigned port;

	CU_ASSERT_EQUAL_FATAL(ports_build(&ports, items, ARRAY_SIZE(items)), 0);
	for (port = 0; port <= 65535; port += port < 3 || port > 65530 ? 1 : 251)
		check(&ports, items, ARRAY_SIZE(items), (uint16_t)port);
	ports_free(&ports);
	CU_ASSERT_EQUAL_FATAL(ports_build(&ports, NULL, 0), 0);
	check(&ports, NULL, 0, 5061);
	ports_free(&ports);
}

/* Ten thousand nearly full ranges: a list an interval would be a hundred million entries. */
static void test_size(void)
{
	struct ports_item *items = calloc(10000, sizeof(*items));
	struct ports ports;
	unsigned i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(items);
	for (i = 0; i < 10000; i++)
		items[i] = (struct ports_item){ i, (uint16_t)i, (uint16_t)(65535 - i) };
	CU_ASSERT_EQUAL_FATAL(ports_build(&ports, items, 10000), 0);
	CU_ASSERT(ports.first[2 * ports.leaves] <= 10000u * 2 * 17);
	ports_free(&ports);
	free(items);
}

extern CU_TestInfo tests_ports[];
CU_TestInfo tests_ports[] = {
	{ "finds what a scan finds, each once", test_model },
	{ "ports 0 and 65535, full ranges, no ranges", test_edges },
	{ "wide ranges do not multiply", test_size },
	CU_TEST_INFO_NULL,
};
