/* Community ID v1 against published vectors. */
#include "report/community_id.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>
#include <jansson.h>

/* The specification's own vectors; reference data that is not part of this tree. */
#define BASELINE "../shared/schemas/community-id-baseline.json"

static struct flow_key key(uint8_t l4, const char *src, unsigned sport, const char *dst,
			   unsigned dport)
{
	struct flow_key k = { .l4 = l4, .port = { (uint16_t)sport, (uint16_t)dport } };
	struct address_range a, b;

	CU_ASSERT_EQUAL_FATAL(address_range_parse(src, &a, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(address_range_parse(dst, &b, NULL), 0);
	k.addr[0] = a.lo;
	k.addr[1] = b.lo;
	k.ip_version = address_is_v4(&a.lo) ? 4 : 6;
	return k;
}

static void expect(uint8_t l4, const char *src, unsigned sport, const char *dst, unsigned dport,
		   const char *want)
{
	struct flow_key k = key(l4, src, sport, dst, dport);
	char id[COMMUNITY_ID_TEXT];

	CU_ASSERT_STRING_EQUAL(community_id_text(&k, id), want);
}

static void test_known(void)
{
	expect(6, "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	expect(6, "66.35.250.204", 80, "128.232.110.120", 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	expect(17, "192.0.2.10", 50000, "198.51.100.20", 3478, "1:ivMgsS+IZDi8UzDMHD1np3nxaB4=");
	expect(17, "198.51.100.20", 3478, "192.0.2.10", 50000, "1:ivMgsS+IZDi8UzDMHD1np3nxaB4=");
}

/* Between one address and itself the port decides the order. */
static void test_same_address(void)
{
	struct flow_key a = key(17, "10.0.0.1", 5000, "10.0.0.1", 6000);
	struct flow_key b = key(17, "10.0.0.1", 6000, "10.0.0.1", 5000);
	char one[COMMUNITY_ID_TEXT], two[COMMUNITY_ID_TEXT];

	CU_ASSERT_STRING_EQUAL(community_id_text(&a, one), community_id_text(&b, two));
}

/* One-way ICMP keeps its direction, a request and its answer share a name. */
static void test_icmp(void)
{
	static const uint8_t pairs[][3] = {
		{ 1, 8, 0 },      { 1, 13, 14 },    { 1, 15, 16 },    { 1, 10, 9 },
		{ 1, 17, 18 },    { 58, 128, 129 }, { 58, 133, 134 }, { 58, 135, 136 },
		{ 58, 130, 131 }, { 58, 139, 140 }, { 58, 144, 145 },
	};
	struct flow_key there = key(1, "10.0.0.1", 3, "10.0.0.2", 3);
	struct flow_key back = key(1, "10.0.0.2", 3, "10.0.0.1", 3);
	char one[COMMUNITY_ID_TEXT], two[COMMUNITY_ID_TEXT];
	size_t i;

	CU_ASSERT_STRING_NOT_EQUAL(community_id_text(&there, one), community_id_text(&back, two));
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		there = key(pairs[i][0], "2001:db8::1", pairs[i][1], "2001:db8::2", 0);
		back = key(pairs[i][0], "2001:db8::2", pairs[i][2], "2001:db8::1", 0);
		CU_ASSERT_STRING_EQUAL(community_id_text(&there, one),
				       community_id_text(&back, two));
	}
}

static unsigned port(const json_t *row, const char *name)
{
	return (unsigned)json_integer_value(json_object_get(row, name));
}

static void test_baseline(void)
{
	json_t *rows = json_load_file(BASELINE, 0, NULL), *row;
	size_t i;

	if (rows == NULL && access(BASELINE, F_OK) != 0) {
		printf("(no %s: skipped) ", BASELINE);
		return;
	}
	CU_ASSERT_EQUAL(json_array_size(rows), 23);
	json_array_foreach(rows, i, row) expect(
		(uint8_t)port(row, "proto"), json_string_value(json_object_get(row, "saddr")),
		port(row, "sport"), json_string_value(json_object_get(row, "daddr")),
		port(row, "dport"), json_string_value(json_object_get(row, "communityid")));
	json_decref(rows);
}

extern CU_TestInfo tests_community_id[];
CU_TestInfo tests_community_id[] = {
	{ "known TCP and UDP flows have their names, both ways round", test_known },
	{ "ports order the ends of one address", test_same_address },
	{ "one-way ICMP keeps its direction, a dialogue does not", test_icmp },
	{ "all vectors of the specification hold", test_baseline },
	CU_TEST_INFO_NULL,
};
