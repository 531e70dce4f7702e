/* counters.c: every frame once, under one name, whatever the order. */
#include <CUnit/CUnit.h>

#include <string.h>

#include "base/util.h"
#include "packet/counters.h"

static void add(struct counters *c, unsigned class, unsigned value)
{
	struct facts f = { .class = (uint8_t) class, .class_value = (uint16_t)value };

	counters_add(c, &f);
}

static uint64_t count_of(const struct counters *c, const char *want)
{
	char name[COUNTER_NAME];
	uint64_t frames, found = 0;
	unsigned pos = 0;

	while (counters_next(c, &pos, name, &frames)) {
		if (strcmp(name, want) == 0)
			found += frames;
	}
	return found;
}

static uint64_t sum_of(const struct counters *c)
{
	char name[COUNTER_NAME];
	uint64_t frames, sum = 0;
	unsigned pos = 0;

	while (counters_next(c, &pos, name, &frames)) {
		CU_ASSERT(frames != 0);
		CU_ASSERT(strlen(name) < COUNTER_NAME);
		sum += frames;
	}
	return sum;
}

static void every_class_has_its_name(void)
{
	static const struct {
		unsigned class, value;
		const char *name;
	} names[] = {
		{ CLASS_TCP, 0, "tcp" },
		{ CLASS_UDP, 0, "udp" },
		{ CLASS_SCTP, 0, "sctp" },
		{ CLASS_ICMP, 0, "icmp" },
		{ CLASS_FRAGMENT, 0, "fragment" },
		{ CLASS_ARP, 0, "arp" },
		{ CLASS_LINK_CONTROL, 0, "link_control" },
		{ CLASS_TRUNCATED_LINK, 0, "truncated_link" },
		{ CLASS_TRUNCATED_IP, 0, "truncated_ip" },
		{ CLASS_TRUNCATED_TRANSPORT, 0, "truncated_transport" },
		{ CLASS_MALFORMED_LINK, 0, "malformed_link" },
		{ CLASS_MALFORMED_IP, 0, "malformed_ip" },
		{ CLASS_MALFORMED_TRANSPORT, 0, "malformed_transport" },
		{ CLASS_TUNNEL_TOO_DEEP, 0, "tunnel_too_deep" },
		{ CLASS_NAMED_IP_PROTOCOL, 50, "ip_protocol_esp" },
		{ CLASS_NAMED_IP_PROTOCOL, 136, "ip_protocol_udplite" },
		{ CLASS_NAMED_IP_PROTOCOL, 253, "ip_protocol_253" },
		{ CLASS_NAMED_IP_PROTOCOL, 255, "ip_protocol_255" },
		{ CLASS_NAMED_ETHERTYPE, 0x8892, "ethertype_profinet" },
		{ CLASS_NAMED_ETHERTYPE, 0x8909, "ethertype_0x8909" },
		{ CLASS_NAMED_ETHERTYPE, 0x000c, "ethertype_0x000c" },
		{ CLASS_NAMED_LINKTYPE, 147, "linktype_147" },
		{ CLASS_NAMED_LINKTYPE, 253, "linktype_netlink" },
	};
	struct counters c = { .numbered_count = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		add(&c, names[i].class, names[i].value);
		CU_ASSERT_EQUAL(count_of(&c, names[i].name), 1);
		CU_ASSERT_EQUAL(sum_of(&c), i + 1);
	}
}

static void nothing_counted_gives_no_counter(void)
{
	struct counters c = { .numbered_count = 0 };
	char name[COUNTER_NAME];
	uint64_t frames;
	unsigned pos = 0;

	CU_ASSERT(!counters_next(&c, &pos, name, &frames));
	CU_ASSERT(!counters_next(&c, &pos, name, &frames));
}

/* 100 EtherTypes in the order that @step makes, type k k times. */
static void add_hundred(struct counters *c, unsigned step)
{
	for (unsigned i = 0; i < 100; i++) {
		unsigned k = (i * step + 7) % 100;

		for (unsigned n = 0; n <= k; n++)
			add(c, CLASS_NAMED_ETHERTYPE, 0x9e00 + k);
	}
}

static void the_smallest_numbers_are_kept_in_any_order(void)
{
	struct counters one = { .numbered_count = 0 };
	char name[COUNTER_NAME], other_name[COUNTER_NAME];
	uint64_t frames, other_frames;

	add_hundred(&one, 1);
	CU_ASSERT_EQUAL(sum_of(&one), 5050);
	CU_ASSERT_EQUAL(count_of(&one, "ethertype_0x9e00"), 1);
	CU_ASSERT_EQUAL(count_of(&one, "ethertype_0x9e3f"), 64); /* the 64th */
	CU_ASSERT_EQUAL(count_of(&one, "ethertype_0x9e40"), 0);
	CU_ASSERT_EQUAL(count_of(&one, "other"), 5050 - 64 * 65 / 2);
	for (unsigned step = 3; step < 100; step += 2) {
		struct counters two = { .numbered_count = 0 };
		unsigned pos = 0, other_pos = 0;

		if (step % 5 == 0)
			continue;
		add_hundred(&two, step);
		while (counters_next(&one, &pos, name, &frames)) {
			CU_ASSERT(counters_next(&two, &other_pos, other_name, &other_frames));
			CU_ASSERT_STRING_EQUAL(name, other_name);
			CU_ASSERT_EQUAL(frames, other_frames);
		}
		CU_ASSERT(!counters_next(&two, &other_pos, other_name, &other_frames));
	}
}

static void merged_shards_equal_one_count(void)
{
	struct counters all = { .numbered_count = 0 };
	struct counters shard[3] = { { .numbered_count = 0 } };
	struct counters merged = { .numbered_count = 0 };
	unsigned seed = 1;

	for (unsigned i = 0; i < 20000; i++) {
		unsigned class, value;

		seed = seed * 1103515245 + 12345;
		class = (seed >> 8) % CLASS_COUNT;
		value = (seed >> 16) % 90;
		add(&all, class, value);
		add(&shard[seed >> 30 & 1 ? 2 : seed >> 29 & 1], class, value);
	}
	for (unsigned i = 0; i < 3; i++)
		counters_merge(&merged, &shard[2 - i]);
	CU_ASSERT_EQUAL(sum_of(&all), 20000);
	CU_ASSERT_EQUAL(memcmp(all.by_class, merged.by_class, sizeof(all.by_class)), 0);
	CU_ASSERT_EQUAL(memcmp(all.ip_protocol, merged.ip_protocol, sizeof(all.ip_protocol)), 0);
	CU_ASSERT_EQUAL(all.numbered_count, COUNTERS_NUMBERED);
	CU_ASSERT_EQUAL(merged.numbered_count, COUNTERS_NUMBERED);
	CU_ASSERT_EQUAL(all.numbered_other, merged.numbered_other);
	for (unsigned i = 0; i < COUNTERS_NUMBERED; i++) {
		CU_ASSERT_EQUAL(all.numbered[i].value, merged.numbered[i].value);
		CU_ASSERT_EQUAL(all.numbered[i].class, merged.numbered[i].class);
		CU_ASSERT_EQUAL(all.numbered[i].frames, merged.numbered[i].frames);
	}
}

/* New numbers move the others in the list, or push them out of it. */
static void since_is_what_was_counted_since(void)
{
	struct counters before = { 0 }, now, since;

	add(&before, CLASS_TCP, 0);
	add(&before, CLASS_NAMED_IP_PROTOCOL, 50);
	for (unsigned i = 0; i < COUNTERS_NUMBERED; i++)
		for (unsigned n = 0; n < 3; n++)
			add(&before, CLASS_NAMED_ETHERTYPE, 0x9000 + 2 * i);
	now = before;
	add(&now, CLASS_TCP, 0);
	for (unsigned i = 0; i < 10; i++) {
		add(&now, CLASS_NAMED_ETHERTYPE, 0x9001 + 2 * i);
		add(&now, CLASS_NAMED_ETHERTYPE, 0x9000);
	}
	counters_since(&since, &now, &before);
	CU_ASSERT_EQUAL(sum_of(&since), 21);
	CU_ASSERT_EQUAL(count_of(&since, "tcp"), 1);
	CU_ASSERT_EQUAL(count_of(&since, "ethertype_0x9000"), 10);
	for (unsigned i = 0; i < since.numbered_count; i++)
		CU_ASSERT(since.numbered[i].frames <= 10);
	CU_ASSERT_EQUAL(since.numbered_other, 0);
	counters_since(&since, &now, &now);
	CU_ASSERT_EQUAL(sum_of(&since), 0);
}

extern CU_TestInfo tests_counters[];
CU_TestInfo tests_counters[] = {
	{ "every class has its name", every_class_has_its_name },
	{ "nothing counted gives no counter", nothing_counted_gives_no_counter },
	{ "the smallest numbers are kept in any order",
	  the_smallest_numbers_are_kept_in_any_order },
	{ "merged shards equal one count", merged_shards_equal_one_count },
	{ "since is what was counted since, whatever moved", since_is_what_was_counted_since },
	CU_TEST_INFO_NULL
};
