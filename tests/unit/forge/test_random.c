/* The same chance in every run (forge/random.c, script.c). */
#include "forge/random.h"

#include <string.h>

#include <CUnit/CUnit.h>

#include "forge/script.h"

extern CU_TestInfo tests_random[];

static void the_same_seed_gives_the_same_numbers(void)
{
	struct forge_random a, b, c, d;

	forge_random_seed(&a, 1, "row");
	forge_random_seed(&b, 1, "row");
	forge_random_seed(&c, 2, "row");
	forge_random_seed(&d, 1, "roW");
	for (unsigned i = 0; i < 100; i++) {
		uint64_t x = forge_random_next(&a);

		CU_ASSERT_EQUAL(x, forge_random_next(&b));
		CU_ASSERT_NOT_EQUAL(x, forge_random_next(&c));
		CU_ASSERT_NOT_EQUAL(x, forge_random_next(&d));
	}
}

/* The first outputs of SplitMix64 from state 0, as its authors publish them. */
static void the_numbers_are_those_of_splitmix64(void)
{
	struct forge_random r = { 0 };

	CU_ASSERT_EQUAL(forge_random_next(&r), UINT64_C(0xe220a8397b1dcdaf));
	CU_ASSERT_EQUAL(forge_random_next(&r), UINT64_C(0x6e789e6aa1b965f4));
	CU_ASSERT_EQUAL(forge_random_next(&r), UINT64_C(0x06c45d188009454f));
}

static void numbers_stay_below_their_bound(void)
{
	struct forge_random r;
	unsigned seen[7] = { 0 };

	forge_random_seed(&r, 3, "");
	for (unsigned i = 0; i < 7000; i++) {
		uint32_t n = forge_random_below(&r, 7);

		CU_ASSERT_FATAL(n < 7);
		seen[n]++;
	}
	for (unsigned i = 0; i < 7; i++)
		CU_ASSERT(seen[i] > 800 && seen[i] < 1200);
}

static void bytes_are_filled_and_no_more(void)
{
	struct forge_random r;
	uint8_t bytes[16] = { 0 };
	unsigned zeros = 0;

	forge_random_seed(&r, 4, "");
	forge_random_bytes(&r, bytes, 13);
	for (unsigned i = 0; i < 13; i++)
		zeros += bytes[i] == 0;
	CU_ASSERT(zeros < 3);
	CU_ASSERT_EQUAL(bytes[13] | bytes[14] | bytes[15], 0);
}

static void a_script_keeps_what_was_said(void)
{
	struct script s = { 0 };
	uint8_t *room;

	script_say(&s, SCRIPT_INITIATOR, "hello", 5);
	script_wait(&s, 20);
	script_wait(&s, 5);
	room = script_room(&s, SCRIPT_RESPONDER, 3);
	CU_ASSERT_EQUAL(room[0] | room[1] | room[2], 0);
	room[2] = 7;
	script_say(&s, SCRIPT_INITIATOR, "x", 1);
	CU_ASSERT_EQUAL_FATAL(s.count, 3);
	CU_ASSERT_EQUAL(memcmp(s.bytes + s.messages[0].at, "hello", 5), 0);
	CU_ASSERT_EQUAL(s.messages[0].wait_ms, 0);
	CU_ASSERT_EQUAL(s.messages[1].wait_ms, 25);
	CU_ASSERT_EQUAL(s.messages[1].from, SCRIPT_RESPONDER);
	CU_ASSERT_EQUAL(s.bytes[s.messages[1].at + 2], 7);
	CU_ASSERT_EQUAL(s.messages[2].wait_ms, 0);
	CU_ASSERT_EQUAL(s.messages[2].len, 1);
	CU_ASSERT_FALSE(s.nomem);
	script_free(&s);
	CU_ASSERT_EQUAL(s.count, 0);
}

static void fields_are_big_endian(void)
{
	static const uint8_t want[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 'a', 'b' };
	uint8_t bytes[12];
	struct build b = { bytes, bytes + sizeof(bytes) };

	build_u8(&b, 0x01);
	build_u16(&b, 0x0203);
	build_u24(&b, 0x040506);
	build_u32(&b, 0x0708090a);
	build_bytes(&b, "ab", 2);
	CU_ASSERT_PTR_EQUAL(b.at, b.end);
	CU_ASSERT_EQUAL(memcmp(bytes, want, sizeof(want)), 0);
}

CU_TestInfo tests_random[] = {
	{ "the same seed gives the same numbers", the_same_seed_gives_the_same_numbers },
	{ "the numbers are those of SplitMix64", the_numbers_are_those_of_splitmix64 },
	{ "numbers stay below their bound", numbers_stay_below_their_bound },
	{ "bytes are filled, and no more", bytes_are_filled_and_no_more },
	{ "a script keeps what was said", a_script_keeps_what_was_said },
	{ "fields are big endian", fields_are_big_endian },
	CU_TEST_INFO_NULL,
};
