/* What a capture cannot tell (judge/fitness.c). */
#include "judge/fitness.h"

#include <stdio.h>
#include <string.h>

#include "judge/scene.h"

#define SILENCE (VERDICT_BIT(VERDICT_BLOCKED) | VERDICT_BIT(VERDICT_REJECTED))

static struct capture_facts healthy(void)
{
	return (struct capture_facts){ .frames = 1000, .tcp_flows = 100, .paired_flows = 100 };
}

/* "drops! gaps": codes in order, "!" where silence is disabled. */
static const char *assess(struct capture_facts *c)
{
	static char text[400];
	size_t at = 0;

	fitness_assess(c);
	text[0] = '\0';
	for (unsigned i = 0; i < c->fitness.count; i++) {
		const struct fitness_entry *e = &c->fitness.entries[i];

		CU_ASSERT(e->disables == 0 || e->disables == SILENCE);
		CU_ASSERT(e->detail[0] != '\0');
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s%s", i == 0 ? "" : " ",
				       fitness_name(e->code), e->disables != 0 ? "!" : "");
	}
	return text;
}

/* The sentence of the only deficiency. */
static const char *detail(struct capture_facts *c)
{
	fitness_assess(c);
	CU_ASSERT_EQUAL_FATAL(c->fitness.count, 1);
	return c->fitness.entries[0].detail;
}

static void fit(void)
{
	struct capture_facts c = healthy(), empty = { 0 };

	SAME(assess(&c), "");
	SAME(assess(&empty), "");
	/* Assessing again begins anew. */
	c.truncated = true;
	SAME(assess(&c), "truncated_file");
	SAME(assess(&c), "truncated_file");
	c.truncated = false;
	SAME(assess(&c), "");
}

static void files(void)
{
	struct capture_facts c = healthy();

	c.truncated = true;
	c.truncated_at = 4242;
	SAME(detail(&c),
	     "the file ends in the middle of a record (offset 4242); it was judged up to there");
	c = healthy();
	strcpy(c.error, "x.pcap: bad record");
	SAME(assess(&c), "damaged_file");
	SAME(detail(&c), "reading stopped early: x.pcap: bad record");
	memset(c.error, 'x', sizeof(c.error) - 1);
	CU_ASSERT_EQUAL(strlen(detail(&c)), strlen("reading stopped early: ") + 160);
}

static void drops(void)
{
	struct capture_facts c = healthy();

	c.kernel_drops = 1;
	SAME(assess(&c), "drops");
	c.kernel_drops = 9;
	c.interface_drops = 1;
	SAME(assess(&c), "drops"); /* one in a hundred */
	SAME(detail(&c), "the capturing host lost 10 frames (9 kernel, 1 interface)");
	c.interface_drops = 2;
	SAME(assess(&c), "drops!");
	c.kernel_drops = 0;
	SAME(assess(&c), "drops");
	c.frames = 0;
	SAME(assess(&c), "drops!");
}

static void filters(void)
{
	struct capture_facts c = healthy();

	c.filtered = 7;
	SAME(assess(&c), "filtered");
	SAME(detail(&c),
	     "the filter given left out 7 of 1000 frames; rows outside it cannot be seen");
	strcpy(c.capture_filter, "port 443");
	SAME(assess(&c), "filtered");
	c.filtered = 0;
	SAME(detail(&c), "recorded with the filter \"port 443\"; rows outside it cannot be seen");
}

static void times(void)
{
	struct capture_facts c = healthy();

	c.clock_steps = 1;
	SAME(assess(&c), "clock!");
	SAME(detail(&c), "packet times step backwards 1 times by more than a second");
	c = healthy();
	c.untimed_frames = 3;
	SAME(assess(&c), "no_time!");
	SAME(detail(&c), "3 frames carry no time");
}

static void cut_and_broken_frames(void)
{
	struct capture_facts c = healthy();

	c.cut_frames = 12;
	SAME(assess(&c), "snaplen");
	SAME(detail(&c), "12 of 1000 frames were cut when captured; protocols may not be provable");
	c = healthy();
	c.abandoned_datagrams = 2;
	SAME(assess(&c), "fragments");
	SAME(detail(&c), "2 fragmented datagrams could not be put together");
}

static void undecoded_frames(void)
{
	static const enum frame_class lost[] = {
		CLASS_TRUNCATED_LINK,  CLASS_TRUNCATED_IP, CLASS_TRUNCATED_TRANSPORT,
		CLASS_MALFORMED_LINK,  CLASS_MALFORMED_IP, CLASS_MALFORMED_TRANSPORT,
		CLASS_TUNNEL_TOO_DEEP,
	};
	static const enum frame_class kept[] = { CLASS_TCP,         CLASS_UDP,      CLASS_SCTP,
						 CLASS_ICMP,        CLASS_FRAGMENT, CLASS_ARP,
						 CLASS_LINK_CONTROL };
	struct capture_facts c;

	for (size_t i = 0; i < ARRAY_SIZE(lost); i++) {
		c = healthy();
		c.counters.by_class[lost[i]] = 1;
		SAME(assess(&c), "undecoded");
	}
	c = healthy();
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		c.counters.by_class[kept[i]] = 1;
	c.counters.ip_protocol[47] = 1; /* followed to its header, which is enough to name it */
	SAME(assess(&c), "");
	c.counters.numbered_other = 1;
	SAME(assess(&c), "undecoded");
}

static void most_of_the_undecoded(void)
{
	struct capture_facts c = healthy();
	struct facts f = { .class = CLASS_NAMED_ETHERTYPE, .class_value = 0x88b5 };

	c.counters.by_class[CLASS_TCP] = 100;
	for (unsigned i = 0; i < 5; i++)
		counters_add(&c.counters, &f);
	c.counters.by_class[CLASS_TRUNCATED_IP] = 4;
	SAME(detail(&c),
	     "9 frames could not be followed to a transport header (most: ethertype_0x88b5)");
	c.counters.by_class[CLASS_TRUNCATED_IP] = 6;
	SAME(detail(&c),
	     "11 frames could not be followed to a transport header (most: truncated_ip)");
	c.counters.by_class[CLASS_MALFORMED_TRANSPORT] = 7;
	SAME(detail(&c),
	     "18 frames could not be followed to a transport header (most: malformed_transport)");
	f = (struct facts){ .class = CLASS_NAMED_LINKTYPE, .class_value = 147 };
	for (unsigned i = 0; i < 8; i++)
		counters_add(&c.counters, &f);
	SAME(detail(&c),
	     "26 frames could not be followed to a transport header (most: linktype_147)");
}

static void directions(void)
{
	struct capture_facts c = healthy();

	c.paired_flows = 0;
	c.single_flows = 1;
	SAME(assess(&c), "one_direction!");
	SAME(detail(&c), "no conversation shows both directions; silence proves nothing here");
	c.single_flows = 100;
	SAME(detail(&c), "no conversation shows both directions; silence proves nothing here");
	/* Silence alone says so only where nobody was ever answered: a scan is no bad capture. */
	c.single_flows = 0;
	c.silent_flows = 1000;
	SAME(assess(&c), "one_direction!");
	c.paired_flows = 1;
	SAME(assess(&c), "");
	c.silent_flows = 0;
	/* The least that a share says something of. */
	c.paired_flows = 1;
	c.single_flows = 2;
	SAME(assess(&c), "");
	/* One in ten is not more than one in ten. */
	c.paired_flows = 10;
	c.single_flows = 90;
	SAME(assess(&c), "one_direction!");
	SAME(detail(&c),
	     "only 10.0 % of conversations show both directions; silence proves nothing here");
	c.paired_flows = 11;
	SAME(assess(&c), "");
	c.paired_flows = 0;
	c.single_flows = 0;
	SAME(assess(&c), "");
}

static void gaps(void)
{
	struct capture_facts c = healthy();

	c.tcp_gaps = 1;
	SAME(assess(&c), "gaps");
	SAME(detail(&c), "1.0 % of TCP flows acknowledge bytes that the capture does not hold");
	c.tcp_gaps = 5;
	SAME(assess(&c), "gaps");
	c.tcp_gaps = 6;
	SAME(assess(&c), "gaps!");
}

static void midstream(void)
{
	struct capture_facts c = healthy();

	c.tcp_midstream = 5;
	SAME(assess(&c), "");
	c.tcp_midstream = 6;
	SAME(assess(&c), "midstream");
	SAME(detail(&c), "6.0 % of TCP flows began before the capture; their initiator comes from "
			 "the protocol or the port");
}

static void evictions(void)
{
	struct capture_facts c = healthy();

	c.evicted = 1;
	SAME(assess(&c), "evicted");
	SAME(detail(&c), "1 flows were given up because the flow table was full (--max-flows)");
}

static void everything_at_once(void)
{
	struct capture_facts c = healthy();

	c.truncated = true;
	strcpy(c.error, "damaged");
	c.kernel_drops = 100;
	c.filtered = 1;
	c.clock_steps = c.untimed_frames = c.cut_frames = c.abandoned_datagrams = 1;
	c.counters.by_class[CLASS_TRUNCATED_IP] = 1;
	c.paired_flows = 0;
	c.single_flows = 100;
	c.tcp_gaps = c.tcp_midstream = 100;
	c.evicted = 1;
	SAME(assess(&c), "truncated_file damaged_file drops! filtered clock! no_time! snaplen "
			 "undecoded fragments one_direction! gaps! midstream evicted");
	CU_ASSERT_EQUAL(c.fitness.count, FITNESS_CODE_COUNT);
}

extern CU_TestInfo tests_fitness[];
CU_TestInfo tests_fitness[] = {
	{ "a healthy capture has no deficiency, nor has an empty one", fit },
	{ "a cut and a damaged file are said, and disable nothing", files },
	{ "more than one frame in a hundred dropped disables silence", drops },
	{ "a filter given or recorded is said once", filters },
	{ "clocks that step back and missing times disable silence", times },
	{ "cut frames and broken datagrams are said", cut_and_broken_frames },
	{ "frames that could not be followed are said, others not", undecoded_frames },
	{ "the most common kind of them is named", most_of_the_undecoded },
	{ "conversations of which none, or of many at most a tenth, is seen both ways disable "
	  "silence",
	  directions },
	{ "gaps in more than one TCP flow in twenty disable silence", gaps },
	{ "more than one TCP flow in twenty begun before the capture is said", midstream },
	{ "evicted flows are said", evictions },
	{ "all deficiencies fit in at once", everything_at_once },
	CU_TEST_INFO_NULL
};
