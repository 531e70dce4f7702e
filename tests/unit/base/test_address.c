/* Addresses and ranges, to and from text. */
#include "base/address.h"

#include <arpa/inet.h>

#include <CUnit/CUnit.h>

static struct address addr(const char *text)
{
	struct address_range r;
	struct fa_error err;

	CU_ASSERT_EQUAL_FATAL(address_range_parse(text, &r, &err), 0);
	return r.lo;
}

static void test_text(void)
{
	/* Input as inet_pton() reads it; output by RFC 5952 sections 4 and 5. */
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "2001:0db8::0001", "2001:db8::1" },               /* 4.1: no leading zeros */
		{ "2001:db8:0:0:0:0:2:1", "2001:db8::2:1" },        /* 4.2.1 */
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" }, /* 4.2.2: not one group */
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },          /* 4.2.3: the longest */
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },    /* 4.2.3: else the first */
		{ "2001:DB8::AaAa", "2001:db8::aaaa" },             /* 4.3: lower case */
		{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
		{ "0:0:3:4:5:6:7:8", "::3:4:5:6:7:8" },
		{ "::1.2.3.4", "::102:304" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};
	char buf[ADDRESS_TEXT];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct address a = addr(cases[i].in);

		CU_ASSERT_STRING_EQUAL(address_text(&a, buf), cases[i].out);
	}
}

/* Every mix of zero and non-zero groups reads back as itself, and is never longer than need be. */
static void test_text_round_trip(void)
{
	char buf[ADDRESS_TEXT];
	unsigned mask, i;

	for (mask = 0; mask < 256; mask++) {
		uint8_t b[16] = { 0 }, back[16];
		struct address a;

		for (i = 0; i < 8; i++) {
			b[2 * i] = mask >> i & 1 ? 0x0a : 0;
			b[2 * i + 1] = mask >> i & 1 ? 0xbc : 0;
		}
		a = address_from_v6(b);
		CU_ASSERT_EQUAL(inet_pton(AF_INET6, address_text(&a, buf), back), 1);
		CU_ASSERT_EQUAL(memcmp(b, back, 16), 0);
	}
}

static void test_range(void)
{
	static const struct {
		const char *in, *lo, *hi;
	} cases[] = {
		{ "10.0.0.1", "10.0.0.1", "10.0.0.1" },
		{ "10.0.0.0/8", "10.0.0.0", "10.255.255.255" },
		{ "10.0.0.128/25", "10.0.0.128", "10.0.0.255" },
		{ "10.0.0.2/31", "10.0.0.2", "10.0.0.3" },
		{ "10.0.0.1/32", "10.0.0.1", "10.0.0.1" },
		{ "0.0.0.0/0", "0.0.0.0", "255.255.255.255" },
		{ "10.0.0.11-10.0.0.13", "10.0.0.11", "10.0.0.13" },
		{ "10.0.0.11-10.0.0.11", "10.0.0.11", "10.0.0.11" },
		{ "2001:db8:1::/64", "2001:db8:1::", "2001:db8:1:0:ffff:ffff:ffff:ffff" },
		{ "2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff" },
		{ "::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "::1/128", "::1", "::1" },
		{ "::1-::ff", "::1", "::ff" },
	};
	char buf[ADDRESS_TEXT];
	struct address_range r;
	struct fa_error err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CU_ASSERT_EQUAL_FATAL(address_range_parse(cases[i].in, &r, &err), 0);
		CU_ASSERT_STRING_EQUAL(address_text(&r.lo, buf), cases[i].lo);
		CU_ASSERT_STRING_EQUAL(address_text(&r.hi, buf), cases[i].hi);
	}
}

static void test_range_errors(void)
{
	static const struct {
		const char *in, *said;
	} cases[] = {
		{ "", "expected an address" },
		{ "10.0.0.300", "\"10.0.0.300\" is not an IPv4 or IPv6 address" },
		{ "10.0.0", "not an IPv4" },
		{ "010.0.0.1", "not an IPv4" },
		{ " 10.0.0.1", "not an IPv4" },
		{ "10.0.0.1 ", "not an IPv4" },
		{ "edge.contoso.com", "not an IPv4" },
		{ "1:2:3:4:5:6:7:8:9", "not an IPv4" },
		{ "fe80::1%eth0", "not an IPv4" },
		{ "10.0.0.1/8", "did you mean 10.0.0.0/8?" },
		{ "2001:db8::1/64", "did you mean 2001:db8::/64?" },
		{ "10.0.0.0/", "not a prefix length; expected 0 to 32" },
		{ "10.0.0.0/33", "expected 0 to 32" },
		{ "10.0.0.0/08", "expected 0 to 32" },
		{ "10.0.0.0/+8", "expected 0 to 32" },
		{ "10.0.0.0/8 ", "expected 0 to 32" },
		{ "10.0.0.0/8/8", "expected 0 to 32" },
		{ "10.0.0.0/4294967304", "expected 0 to 32" },
		{ "::/129", "expected 0 to 128" },
		{ "10.0.0.9-10.0.0.1", "did you mean 10.0.0.1-10.0.0.9?" },
		{ "10.0.0.1-::1", "from IPv4 to IPv6" },
		{ "::1-10.0.0.1", "from IPv6 to IPv4" },
		{ "10.0.0.1-", "\"\" is not an IPv4" },
		{ "-10.0.0.1", "\"\" is not an IPv4" },
		{ "10.0.0.1-10.0.0.2-10.0.0.3", "not an IPv4" },
		{ "10.0.0.1-3", "\"3\" is not an IPv4" },
		{ "/8", "\"\" is not an IPv4" },
	};
	struct address_range r;
	struct fa_error err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		err.text[0] = '\0';
		CU_ASSERT_EQUAL(address_range_parse(cases[i].in, &r, &err), FA_EUSAGE);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].said));
	}
}

static void test_in_range(void)
{
	struct address_range r;
	struct address a;

	CU_ASSERT_EQUAL(address_range_parse("10.0.0.16/28", &r, NULL), 0);
	a = addr("10.0.0.15");
	CU_ASSERT_FALSE(address_in_range(&a, &r));
	a = addr("10.0.0.16");
	CU_ASSERT_TRUE(address_in_range(&a, &r));
	a = addr("10.0.0.31");
	CU_ASSERT_TRUE(address_in_range(&a, &r));
	a = addr("10.0.0.32");
	CU_ASSERT_FALSE(address_in_range(&a, &r));
	a = addr("::10.0.0.16");
	CU_ASSERT_FALSE(address_in_range(&a, &r));
}

static void test_v6_range_holds_no_v4(void)
{
	struct address_range r;
	struct address a = addr("10.0.0.1");

	CU_ASSERT_EQUAL(address_range_parse("::/0", &r, NULL), 0);
	CU_ASSERT_FALSE(address_in_range(&a, &r));
	a = addr("2001:db8::1");
	CU_ASSERT_TRUE(address_in_range(&a, &r));
	CU_ASSERT_EQUAL(address_range_parse("::ffff:0:0/96", &r, NULL), 0);
	a = addr("10.0.0.1");
	CU_ASSERT_TRUE(address_in_range(&a, &r));
}

static void test_kinds(void)
{
	static const struct {
		const char *text;
		bool v4, group, any, private;
	} cases[] = {
		{ "0.0.0.0", true, false, true, false },
		{ "::", false, false, true, false },
		{ "::1", false, false, false, true },
		{ "::2", false, false, false, false },
		{ "0.0.0.1", true, false, false, false },
		{ "9.255.255.255", true, false, false, false },
		{ "10.0.0.0", true, false, false, true },
		{ "10.255.255.255", true, false, false, true },
		{ "11.0.0.0", true, false, false, false },
		{ "127.0.0.1", true, false, false, true },
		{ "169.253.255.255", true, false, false, false },
		{ "169.254.0.0", true, false, false, true },
		{ "172.15.255.255", true, false, false, false },
		{ "172.16.0.0", true, false, false, true },
		{ "172.31.255.255", true, false, false, true },
		{ "172.32.0.0", true, false, false, false },
		{ "192.168.0.0", true, false, false, true },
		{ "192.169.0.0", true, false, false, false },
		{ "223.255.255.255", true, false, false, false },
		{ "224.0.0.0", true, true, false, false },
		{ "239.255.255.255", true, true, false, false },
		{ "240.0.0.0", true, false, false, false },
		{ "255.255.255.254", true, false, false, false },
		{ "255.255.255.255", true, true, false, false },
		{ "fbff::", false, false, false, false },
		{ "fc00::", false, false, false, true },
		{ "fdff::1", false, false, false, true },
		{ "fe7f::1", false, false, false, false },
		{ "fe80::1", false, false, false, true },
		{ "febf::1", false, false, false, true },
		{ "fec0::1", false, false, false, false },
		{ "ff02::1", false, true, false, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct address a = addr(cases[i].text);

		CU_ASSERT_EQUAL(address_is_v4(&a), cases[i].v4);
		CU_ASSERT_EQUAL(address_is_group(&a), cases[i].group);
		CU_ASSERT_EQUAL(address_is_any(&a), cases[i].any);
		CU_ASSERT_EQUAL(address_is_private(&a), cases[i].private);
	}
}

extern CU_TestInfo tests_address[];
CU_TestInfo tests_address[] = {
	{ "text follows RFC 5952, and IPv4 is dotted", test_text },
	{ "every mix of zero groups reads back as itself", test_text_round_trip },
	{ "single addresses, prefixes and pairs have the right ends", test_range },
	{ "what is not a range is refused with a hint", test_range_errors },
	{ "a range holds its ends and not their neighbours", test_in_range },
	{ "an IPv6 range holds no IPv4 address", test_v6_range_holds_no_v4 },
	{ "groups, private blocks and the unspecified address are told at their boundaries",
	  test_kinds },
	CU_TEST_INFO_NULL,
};
