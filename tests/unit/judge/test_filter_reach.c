/* Could a filter have left out answers (judge/filter_reach.c)? */
#include "judge/filter_reach.h"

#include <CUnit/CUnit.h>
#include <stdio.h>

#include "base/util.h"

static void all_are(enum filter_reach want, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CU_ASSERT_EQUAL(filter_reach(texts[i]), want);
		if (filter_reach(texts[i]) != want)
			printf("\n    \"%s\"", texts[i]);
	}
}

static void ports_and_protocols_are_the_same_both_ways(void)
{
	static const char *const texts[] = {
		"",
		"tcp",
		"port 443",
		"tcp port 5061 or udp port 3478",
		"(tcp port https) or (port sip)",
		"portrange 50000-59999",
		"not port 22 and !(port 23)",
		"vlan 7 and udp",
		"ip proto 17",
		"port 5061||port 443&&tcp",
	};

	all_are(FILTER_BOTH_WAYS, texts, ARRAY_SIZE(texts));
}

static void addresses_leave_out_an_answer_from_elsewhere(void)
{
	static const char *const texts[] = {
		"host 192.0.2.10",        "192.0.2.10",    "net 10.0.0.0/8",
		"ip6 host 2001:db8::1",   "tcp and edge",  "port 443 and contoso",
		"ether host 2:0:0:0:0:1", "not broadcast",
	};

	all_are(FILTER_ADDRESSES, texts, ARRAY_SIZE(texts));
}

static void directions_flags_and_sizes_leave_out_any_answer(void)
{
	static const char *const texts[] = {
		"src host 192.0.2.10",
		"dst port 443",
		"port 443 and not dst host 10.0.0.1",
		"tcp[13] = 2",
		"less 100",
		"greater 60",
		"len <= 90",
		"inbound",

		"outbound",
		"(src port 5061)",
		"tcp[tcpflags] & tcp-syn != 0",
		"gateway edge",
	};

	all_are(FILTER_ONE_WAY, texts, ARRAY_SIZE(texts));
}

extern CU_TestInfo tests_filter_reach[];
CU_TestInfo tests_filter_reach[] = { { "ports and protocols are the same both ways",
				       ports_and_protocols_are_the_same_both_ways },
				     { "addresses leave out an answer from elsewhere",
				       addresses_leave_out_an_answer_from_elsewhere },
				     { "directions, flags and sizes leave out any answer",
				       directions_flags_and_sizes_leave_out_any_answer },
				     CU_TEST_INFO_NULL };
