/* What a capture cannot tell (judge/fitness.c). */
#include "judge/fitness.h"

#include <stdio.h>
#include <string.h>

#include "judge/scene.h"

static struct capture_facts healthy(void)
{
	return (struct capture_facts){ .frames = 1000, .tcp_flows = 100, .paired_flows = 100 };
}

/*
 * "drops:fr gaps": codes in order, with what they take: s silence, f few tries,
 * d datagrams, n no data, r no role, o one name of two.
 */
static const char *assess(struct capture_facts *c)
{
	static char text[400];
	size_t at = 0;

	fitness_assess(c);
	text[0] = '\0';
	for (unsigned i = 0; i < c->fitness.count; i++) {
		const struct fitness_entry *e = &c->fitness.entries[i];

		CU_ASSERT(e->detail[0] != '\0');
		CU_ASSERT(strlen(e->detail) < sizeof(e->detail) - 1);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s%s", i == 0 ? "" : " ",
				       fitness_name(e->code), e->takes != 0 ? ":" : "");
		for (unsigned b = 0; b < BASIS_COUNT; b++)
			if ((e->takes & BASIS_BIT(b)) != 0)
				text[at++] = "sfdnro"[b];
		text[at] = '\0';
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
	/* Between its end and the next file of the capture everything is missing. */
	c.continued = true;
	SAME(assess(&c), "truncated_file:sn");
	strcpy(c.error, "bad record");
	SAME(assess(&c), "truncated_file:sn damaged_file:sn");
	c.error[0] = '\0';
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
	SAME(assess(&c), "drops:f");
	c.kernel_drops = 9;
	c.interface_drops = 1;
	SAME(assess(&c), "drops:f"); /* one in a hundred */
	SAME(detail(&c), "the capturing host lost 10 frames: 9 for want of room in the kernel, "
			 "1 on the interface");
	c.interface_drops = 2;
	SAME(assess(&c), "drops:sn");
	c.kernel_drops = 0;
	SAME(assess(&c), "drops:f");
	c.frames = 0;
	SAME(assess(&c), "drops:sn");
}

/* complaint 20: "4294965006 packets dropped by interface" (tcpdump issue 787). */
static void drops_below_zero(void)
{
	struct capture_facts c = healthy();

	c.drops_below_zero = true;
	SAME(assess(&c), "drops");
	SAME(detail(&c),
	     "a counter of lost frames ran below zero: how many were lost is not known");
	c.kernel_drops = 3;
	SAME(assess(&c), "drops:f");
	SAME(detail(&c), "the capturing host lost 3 frames: 3 for want of room in the kernel, 0 on "
			 "the interface; a counter below zero was left out");
}

static void filters_that_take_answers_away(void)
{
	struct capture_facts c = healthy();

	strcpy(c.capture_filter, "host 192.0.2.10");
	SAME(assess(&c), "filtered:d");
	strcpy(c.capture_filter, "dst port 443");
	SAME(assess(&c), "filtered:s");
	strcpy(c.capture_filter, "port 443");
	SAME(assess(&c), "filtered");
	/* The one that was given counts once it left something out; the worse of both. */
	c.filter = "src net 10.0.0.0/8";
	SAME(assess(&c), "filtered");
	c.filtered = 1;
	SAME(assess(&c), "filtered:s");
	strcpy(c.capture_filter, "");
	SAME(assess(&c), "filtered:s");
	c.filter = "port 5061";
	strcpy(c.capture_filter, "tcp[13] = 2");
	SAME(assess(&c), "filtered:s");
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
	SAME(assess(&c), "clock:s");
	SAME(detail(&c), "packet times step backwards 1 times by more than a second");
	c = healthy();
	c.untimed_frames = 3;
	SAME(assess(&c), "no_time:s");
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
	SAME(assess(&c), "fragments:d");
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

/* Those that may hide an answer, from more than one frame in a hundred on. */
static void many_undecoded_frames(void)
{
	struct capture_facts c = healthy();
	struct facts f = { .class = CLASS_NAMED_LINKTYPE, .class_value = 147 };

	c.counters.by_class[CLASS_TRUNCATED_IP] = 5;
	for (unsigned i = 0; i < 5; i++)
		counters_add(&c.counters, &f);
	SAME(assess(&c), "undecoded");
	f.class = CLASS_NAMED_ETHERTYPE;
	for (unsigned i = 0; i < 500; i++)
		counters_add(&c.counters, &f);
	SAME(assess(&c), "undecoded"); /* no IP, no answer */
	c.counters.by_class[CLASS_MALFORMED_TRANSPORT] = 1;
	SAME(assess(&c), "undecoded:sn");
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
	SAME(assess(&c), "one_direction:s");
	SAME(detail(&c), "no conversation shows both directions");
	c.single_flows = 100;
	SAME(detail(&c), "no conversation shows both directions");
	/* Silence alone says so only where nobody was ever answered: a scan is no bad capture. */
	c.single_flows = 0;
	c.silent_flows = 1000;
	SAME(assess(&c), "one_direction:s");
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
	SAME(assess(&c), "one_direction:s");
	SAME(detail(&c), "only 10.0 % of conversations show both directions");
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
	SAME(assess(&c), "gaps:f");
	SAME(detail(&c), "1.0 % of TCP flows acknowledge bytes that the capture does not hold");
	c.tcp_gaps = 5;
	SAME(assess(&c), "gaps:f");
	c.tcp_gaps = 6;
	SAME(assess(&c), "gaps:sn");
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
	SAME(assess(&c), "evicted:d");
	SAME(detail(&c), "1 flows were given up because the flow table was full (--max-flows)");
	c.evicted = UINT64_MAX;
	c.evicted_unlisted = UINT64_MAX;
	SAME(assess(&c), "evicted:d");
	SAME(detail(&c), "18446744073709551615 flows were given up because the flow table was full "
			 "(--max-flows); 18446744073709551615 of them are counted as inconclusive, "
			 "for their rows too, whatever they showed, and not listed");
}

static void copied_frames(void)
{
	struct capture_facts c = healthy();

	c.counters.by_class[CLASS_DUPLICATE] = 250;
	SAME(assess(&c), "duplicates");
	SAME(detail(&c), "250 of 1000 frames are copies of a packet captured a moment before; each "
			 "packet counts once (--keep-duplicates counts all)");
}

/* complaint 15: offloaded checksums are said, and nothing is done about them. */
static void wrong_checksums(void)
{
	struct capture_facts c = healthy();

	c.verified_checksums = 200;
	c.bad_checksums = 10;
	SAME(assess(&c), "");
	c.bad_checksums = 11;
	SAME(assess(&c), "checksums");
	SAME(detail(&c), "11 of 200 checksums looked at are wrong; as a rule the sender's network "
			 "card fills them in later (offload), and nothing was left out for it");
}

static void addresses_of_the_site(void)
{
	struct capture_facts c = healthy();

	c.site_listed = 12;
	SAME(assess(&c), ""); /* no flow */
	c.site_flows = 7;
	SAME(assess(&c), "site_absent:r");
	SAME(detail(&c), "none of the 12 addresses and ranges that the site lists appears: another "
			 "network, or the other side of an address translation");
	c.site_bound = 5;
	c.site_one = 5;
	SAME(assess(&c), "site_absent"); /* one side of them */
	SAME(detail(&c), "in none of 5 conversations have both ends a role at the site: the other "
			 "side may appear under translated addresses");
	c.site_both = 1;
	SAME(assess(&c), "");
}

static void both_sides_of_a_translation(void)
{
	struct capture_facts c = healthy();

	c.translated = 1;
	SAME(assess(&c), "nat_both_sides:o");
	SAME(detail(&c), "1 connection appears twice, before and after address translation");
	c.translated = 12;
	SAME(detail(&c), "12 connections appear twice, before and after address translation");
}

/* What is taken names the verdicts that may rest on it, and says so in words. */
static void effects(void)
{
	static const struct {
		uint32_t verdicts;
		const char *effect;
	} want[BASIS_COUNT] = {
		{ 1u << VERDICT_BLOCKED | 1u << VERDICT_REJECTED,
		  "silence is not called blocked or rejected" },
		{ 1u << VERDICT_BLOCKED | 1u << VERDICT_REJECTED,
		  "silence after fewer than three tries is not called blocked or rejected" },
		{ 1u << VERDICT_BLOCKED | 1u << VERDICT_REJECTED,
		  "unanswered datagrams are not called blocked or rejected" },
		{ 1u << VERDICT_BLOCKED, "a reset before the first answer is not called blocked" },
		{ 1u << VERDICT_UNEXPECTED | 1u << VERDICT_REJECTED,
		  "what no row covers is not called unexpected or rejected" },
		{ 1u << VERDICT_UNEXPECTED | 1u << VERDICT_REJECTED,
		  "what a row covers on one side is not called unexpected or rejected on the "
		  "other" },
	};
	struct fitness_entry e = { .takes = 0 };
	struct capture_facts c = healthy();
	char text[256];

	fitness_effect(&e, text, sizeof(text));
	SAME(text, "");
	for (unsigned b = 0; b < BASIS_COUNT; b++) {
		e.takes = BASIS_BIT(b);
		fitness_effect(&e, text, sizeof(text));
		SAME(text, want[b].effect);
	}
	c.site_listed = 1;
	c.site_flows = 1;
	c.translated = 1;
	c.clock_steps = 1;
	c.evicted = 1;
	c.tcp_gaps = 1;
	c.kernel_drops = 900;
	fitness_assess(&c);
	for (unsigned i = 0; i < c.fitness.count; i++) {
		uint32_t disables = 0;

		for (unsigned b = 0; b < BASIS_COUNT; b++)
			if ((c.fitness.entries[i].takes & BASIS_BIT(b)) != 0)
				disables |= want[b].verdicts;
		CU_ASSERT_EQUAL(c.fitness.entries[i].disables, disables);
	}
	CU_ASSERT_EQUAL(c.fitness.count, 6);
	CU_ASSERT(fitness_has(&c.fitness, FITNESS_DROPS));
	CU_ASSERT(!fitness_has(&c.fitness, FITNESS_SNAPLEN));
	fitness_effect(&c.fitness.entries[0], text, sizeof(text));
	SAME(text, "silence is not called blocked or rejected, and a reset before the first answer "
		   "is not called blocked");
	fitness_effect(&c.fitness.entries[0], text, 10); /* cut, not overrun */
	SAME(text, "silence i");
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
	c.counters.by_class[CLASS_DUPLICATE] = 1;
	c.bad_checksums = c.verified_checksums = 1;
	c.site_listed = 1;
	c.site_flows = 1;
	c.translated = 1;
	SAME(assess(&c),
	     "truncated_file damaged_file drops:sn filtered clock:s no_time:s snaplen undecoded "
	     "fragments:d duplicates checksums one_direction:s gaps:sn midstream evicted:d "
	     "site_absent:r nat_both_sides:o");
	CU_ASSERT_EQUAL(c.fitness.count, FITNESS_CODE_COUNT);
}

extern CU_TestInfo tests_fitness[];
CU_TestInfo tests_fitness[] = {
	{ "a healthy capture has no deficiency, nor has an empty one", fit },
	{ "a cut and a damaged file are said, and disable nothing", files },
	{ "complaint 20: drops take silence, few of them that after few tries", drops },
	{ "complaint 20: a drop counter below zero is no number", drops_below_zero },
	{ "a filter that may leave out answers takes silence", filters_that_take_answers_away },
	{ "a filter given or recorded is said once", filters },
	{ "clocks that step back and missing times disable silence", times },
	{ "cut frames and broken datagrams are said", cut_and_broken_frames },
	{ "frames that could not be followed are said, others not", undecoded_frames },
	{ "many that may hide an answer take silence", many_undecoded_frames },
	{ "the most common kind of them is named", most_of_the_undecoded },
	{ "conversations of which none, or of many at most a tenth, is seen both ways disable "
	  "silence",
	  directions },
	{ "gaps in more than one TCP flow in twenty disable silence", gaps },
	{ "more than one TCP flow in twenty begun before the capture is said", midstream },
	{ "evicted flows are said", evictions },
	{ "complaint 23: copies are said", copied_frames },
	{ "complaint 15: wrong checksums are said, with the usual reason", wrong_checksums },
	{ "a site of which nothing appears takes the undocumented", addresses_of_the_site },
	{ "both sides of a translation are said", both_sides_of_a_translation },
	{ "what is taken names verdicts, and says so in words", effects },
	{ "all deficiencies fit in at once", everything_at_once },
	CU_TEST_INFO_NULL
};
