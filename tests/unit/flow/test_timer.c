/* The timing wheel. */
#include "fixture.h"

#include "flow/timer.h"

extern CU_TestInfo tests_timer[];

#define NODES 512u

static struct flow_link links[FLOW_LINK_HEADS + NODES];
static struct flow_timer timer;

static uint32_t node(uint32_t i)
{
	return FLOW_LINK_HEADS + i;
}

static void start(int64_t second)
{
	memset(links, 0xee, sizeof(links));
	flow_timer_init(&timer, links);
	flow_timer_start(&timer, second);
}

static void arm(uint32_t i, int64_t second)
{
	flow_timer_arm(&timer, FLOW_TIMER_OTHER, node(i), second);
}

/* Take the first node that is due; its number, or UINT32_MAX. */
static uint32_t take(enum flow_timer_class class)
{
	uint32_t n = flow_timer_due(&timer, class);

	if (n == 0)
		return UINT32_MAX;
	flow_timer_disarm(&timer, n);
	return n - FLOW_LINK_HEADS;
}

static bool wheel_is_empty(void)
{
	int64_t second;

	for (enum flow_timer_class c = 0; c < FLOW_TIMER_CLASSES; c++) {
		for (size_t w = 0; w < ARRAY_SIZE(timer.filled[c]); w++)
			if (timer.filled[c][w] != 0)
				return false;
		if (flow_timer_oldest(&timer, c, &second) != 0)
			return false;
	}
	return true;
}

static void exact_second(void)
{
	start(1000);
	arm(1, 1005);
	flow_timer_advance(&timer, 1004);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), UINT32_MAX);
	flow_timer_advance(&timer, 1005);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_HALF_OPEN), UINT32_MAX);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 1);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), UINT32_MAX);
	CU_ASSERT(wheel_is_empty());
}

static void past_seconds(void)
{
	start(1000);
	arm(1, 3);
	arm(2, 1000);
	flow_timer_advance(&timer, 1000);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 1);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 2);
	/* 1000 has come; what is armed for it now comes with the next. */
	arm(3, 1000);
	flow_timer_advance(&timer, 1000);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), UINT32_MAX);
	flow_timer_advance(&timer, 1001);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 3);
}

static void backwards(void)
{
	start(1000);
	arm(1, 1010);
	flow_timer_advance(&timer, 1009);
	flow_timer_advance(&timer, 500);
	flow_timer_advance(&timer, INT64_MIN);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), UINT32_MAX);
	flow_timer_advance(&timer, 1010);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 1);
}

static void edge_of_wheel(void)
{
	start(7);
	arm(1, 7 + FLOW_TIMER_SLOTS - 1);
	arm(2, 7 + FLOW_TIMER_SLOTS);
	arm(3, INT64_MAX);
	flow_timer_advance(&timer, 7 + FLOW_TIMER_SLOTS - 2);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), UINT32_MAX);
	/* What lies beyond is looked at early, at the far end. */
	flow_timer_advance(&timer, 7 + FLOW_TIMER_SLOTS - 1);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 1);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 2);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 3);
	CU_ASSERT(wheel_is_empty());
}

/* Years pass: all comes due, in the order of its seconds. */
static void jump(void)
{
	start(4000);
	for (uint32_t i = 1; i < NODES; i++)
		arm(i, 4000 + (i * 7919) % FLOW_TIMER_SLOTS);
	flow_timer_advance(&timer, INT64_C(10) * 365 * 86400);
	for (uint32_t n = 1, before = 0; n < NODES; n++) {
		uint32_t i = take(FLOW_TIMER_OTHER), second;

		CU_ASSERT_FATAL(i < NODES);
		second = (i * 7919) % FLOW_TIMER_SLOTS;
		CU_ASSERT(second >= before);
		before = second;
	}
	CU_ASSERT(wheel_is_empty());
	/* And the wheel goes on from there. */
	arm(1, INT64_C(10) * 365 * 86400 + 2);
	flow_timer_advance(&timer, INT64_C(10) * 365 * 86400 + 1);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), UINT32_MAX);
	flow_timer_advance(&timer, INT64_C(10) * 365 * 86400 + 2);
	CU_ASSERT_EQUAL(take(FLOW_TIMER_OTHER), 1);
}

static void oldest(void)
{
	int64_t second = 0;

	start(100);
	CU_ASSERT_EQUAL(flow_timer_oldest(&timer, FLOW_TIMER_OTHER, &second), 0);
	arm(1, 4000);
	arm(2, 200);
	arm(3, 200);
	flow_timer_arm(&timer, FLOW_TIMER_HALF_OPEN, node(4), 150);
	CU_ASSERT_EQUAL(flow_timer_oldest(&timer, FLOW_TIMER_OTHER, &second), node(2));
	CU_ASSERT_EQUAL(second, 200);
	CU_ASSERT_EQUAL(flow_timer_oldest(&timer, FLOW_TIMER_HALF_OPEN, &second), node(4));
	CU_ASSERT_EQUAL(second, 150);
	flow_timer_disarm(&timer, node(2));
	flow_timer_disarm(&timer, node(3));
	CU_ASSERT_EQUAL(flow_timer_oldest(&timer, FLOW_TIMER_OTHER, &second), node(1));
	CU_ASSERT_EQUAL(second, 4000);
	flow_timer_advance(&timer, 4000);
	CU_ASSERT_EQUAL(flow_timer_oldest(&timer, FLOW_TIMER_OTHER, &second), node(1));
	CU_ASSERT(second <= 4000);
}

/* Against an array: everything comes once, never early, at most once round late. */
static void random_times(void)
{
	static int64_t due[NODES];
	int64_t now = 1000;
	uint64_t seed = 11;

	start(now);
	memset(due, 0, sizeof(due));
	for (unsigned step = 0; step < 20000; step++) {
		uint32_t i = 1 + (uint32_t)(fix_random(&seed) % (NODES - 1));
		unsigned wrong = 0;

		if (due[i] == 0) {
			due[i] = now + 1 + (int64_t)(fix_random(&seed) % 5000);
			flow_timer_arm(&timer, i % 2, node(i), due[i]);
		} else if (step % 3 == 0) {
			flow_timer_disarm(&timer, node(i));
			due[i] = 0;
		}
		if (step % 16 != 0)
			continue;
		now += (int64_t)(fix_random(&seed) % (step % 5 == 0 ? 9000 : 40));
		flow_timer_advance(&timer, now);
		for (enum flow_timer_class c = 0; c < FLOW_TIMER_CLASSES; c++) {
			while ((i = take(c)) != UINT32_MAX) {
				wrong += i % 2 != c || due[i] == 0;
				if (due[i] <= now)
					due[i] = 0;
				else
					flow_timer_arm(&timer, c, node(i), due[i]);
			}
		}
		for (i = 1; i < NODES; i++)
			wrong += due[i] != 0 && due[i] <= now;
		CU_ASSERT_EQUAL(wrong, 0);
	}
}

CU_TestInfo tests_timer[] = {
	{ "a node comes due in its second and not one before", exact_second },
	{ "a node armed for the past comes with the next second", past_seconds },
	{ "time does not run backwards", backwards },
	{ "a second beyond the wheel is looked at from its far end", edge_of_wheel },
	{ "a jump past the wheel brings everything in order", jump },
	{ "the oldest node of a class is found", oldest },
	{ "random times agree with an array", random_times },
	CU_TEST_INFO_NULL,
};
