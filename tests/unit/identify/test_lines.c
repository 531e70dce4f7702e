/* Reading lines, headers and bodies as they come. */
#include <string.h>

#include "identify/feed.h"
#include "identify/lines.h"

static void methods_are_words_of_capitals(void)
{
	size_t end = 0;

#define METHOD(text, least) lines_fits_method((const uint8_t *)(text), strlen(text), least, &end)
	CU_ASSERT_EQUAL(METHOD("GET /", 3), FIT_YES);
	CU_ASSERT_EQUAL(end, 4);
	CU_ASSERT_EQUAL(METHOD("RPC_IN_DATA ", 3), FIT_YES);
	CU_ASSERT_EQUAL(METHOD("M-SEARCH *", 3), FIT_YES);
	CU_ASSERT_EQUAL(METHOD("GE", 3), FIT_MORE);
	CU_ASSERT_EQUAL(METHOD("GE x", 3), FIT_NO);
	CU_ASSERT_EQUAL(METHOD(" GET", 3), FIT_NO);
	CU_ASSERT_EQUAL(METHOD("get /", 3), FIT_NO);
	CU_ASSERT_EQUAL(METHOD("ABCDEFGHIJKLMNOPQRST ", 3), FIT_YES); /* 20 */
	CU_ASSERT_EQUAL(METHOD("ABCDEFGHIJKLMNOPQRSTU", 3), FIT_NO);  /* 21 */
	CU_ASSERT_EQUAL(METHOD("", 3), FIT_MORE);
#undef METHOD
}

static void a_status_is_three_digits(void)
{
	static const struct {
		const char *text;
		unsigned most, status;
	} cases[] = {
		{ "200 OK", 6, 200 }, { "100", 6, 100 }, { "699", 6, 699 }, { "699", 5, 0 },
		{ "099", 6, 0 },      { "20", 6, 0 },    { "2x0", 6, 0 },   { "20:", 6, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cursor c = cursor_over(cases[i].text, strlen(cases[i].text));

		CU_ASSERT_EQUAL(lines_status(&c, cases[i].most), cases[i].status);
	}
}

static void empty_lines_are_skipped(void)
{
	CU_ASSERT_EQUAL(lines_skip_empty((const uint8_t *)"\r\n\r\nA\r\n", 7), 4);
	CU_ASSERT_EQUAL(lines_skip_empty((const uint8_t *)"\r\n", 2), 2);
	CU_ASSERT_EQUAL(lines_skip_empty(NULL, 0), 0);
}

/* A made protocol: its messages begin with "MSG", and what was read is counted. */

static unsigned firsts, ends;
static char last_line[64];

static enum fit made_first(struct ident *id, const struct input *in, struct cursor line)
{
	size_t n = MIN(cursor_left(&line), sizeof(last_line) - 1);

	(void)id;
	(void)in;
	memcpy(last_line, line.pos, n);
	last_line[n] = '\0';
	if (!cursor_looks_at(&line, "MSG", 3))
		return FIT_NO;
	firsts++;
	return FIT_YES;
}

static enum follow made_end(struct ident *id, const struct input *in)
{
	(void)id;
	(void)in;
	ends++;
	return FOLLOW_MORE;
}

static const struct lines_rules made_rules = { .first = made_first,
					       .headers_end = made_end,
					       .compact_length = true };

static enum follow read_made(const char *text, size_t step)
{
	static struct ident id;
	enum follow result = FOLLOW_MORE;
	size_t n = strlen(text);

	firsts = ends = 0;
	ident_init(&id, true, false);
	for (size_t k = MIN(step, n); result == FOLLOW_MORE; k = MIN(k + step, n)) {
		const struct input in = { .bytes = (const uint8_t *)text, .len = k, .wire_len = k };

		result = lines_follow(&id, &in, &made_rules);
		if (k == n)
			break;
	}
	return result;
}

static void bodies_are_skipped_by_their_length(void)
{
	static const char text[] = "\r\nMSG one\r\nContent-Length: 9\r\n\r\nMSG no\r\n\n"
				   "MSG two\nl:3\n\nMSG"
				   "MSG three\r\ncontent-LENGTH :\t0\r\n\r\nMSG four\r\n";

	for (size_t step = 1; step < sizeof(text); step++) {
		CU_ASSERT_EQUAL(read_made(text, step), FOLLOW_MORE);
		CU_ASSERT_EQUAL(firsts, 4);
		CU_ASSERT_EQUAL(ends, 3);
		CU_ASSERT_STRING_EQUAL(last_line, "MSG four");
	}
}

static void a_wrong_first_line_is_lost_and_a_later_one_ends(void)
{
	CU_ASSERT_EQUAL(read_made("HELLO\r\n", 99), FOLLOW_LOST);
	CU_ASSERT_EQUAL(read_made("MSG\r\n\r\nHELLO\r\n", 99), FOLLOW_END);
}

static void what_was_searched_is_not_searched_again(void)
{
	static const uint8_t text[] = "MSG and more\r";
	static struct ident id;

	ident_init(&id, true, false);
	for (size_t n = 1; n < sizeof(text); n++) {
		const struct input in = { .bytes = text, .len = n, .wire_len = n };

		CU_ASSERT_EQUAL(lines_follow(&id, &in, &made_rules), FOLLOW_MORE);
		CU_ASSERT_EQUAL(id.side[0].text.scan, n);
		CU_ASSERT_EQUAL(id.side[0].offset, 0);
	}
	/* An end before that is not looked for. */
	id.side[0].text.scan = 7;
	CU_ASSERT_EQUAL(
		lines_follow(&id, &(struct input){ .bytes = (const uint8_t *)"MSG\n   ", .len = 7 },
			     &made_rules),
		FOLLOW_MORE);
	CU_ASSERT_EQUAL(id.side[0].offset, 0);
}

static void a_line_without_end_is_given_up(void)
{
	static char text[9000];

	memset(text, 'A', sizeof(text) - 1);
	CU_ASSERT_EQUAL(read_made(text, 4096), FOLLOW_LOST);
	text[8192] = '\0';
	CU_ASSERT_EQUAL(read_made(text, 4096), FOLLOW_MORE);
}

static void an_absurd_length_does_not_wrap(void)
{
	CU_ASSERT_EQUAL(read_made("MSG\r\nl: 4294967296\r\n\r\nMSG\r\n", 99), FOLLOW_MORE);
	CU_ASSERT_EQUAL(firsts, 1);
	CU_ASSERT_EQUAL(read_made("MSG\r\nl: -1\r\n\r\nMSG\r\n", 99), FOLLOW_MORE);
	CU_ASSERT_EQUAL(firsts, 2);
}

extern CU_TestInfo tests_lines[];
CU_TestInfo tests_lines[] = {
	{ "methods are words of capitals", methods_are_words_of_capitals },
	{ "a status is three digits", a_status_is_three_digits },
	{ "empty lines are skipped", empty_lines_are_skipped },
	{ "bodies are skipped by their length", bodies_are_skipped_by_their_length },
	{ "a wrong first line is lost and a later one ends",
	  a_wrong_first_line_is_lost_and_a_later_one_ends },
	{ "what was searched is not searched again", what_was_searched_is_not_searched_again },
	{ "a line without end is given up", a_line_without_end_is_given_up },
	{ "an absurd length does not wrap", an_absurd_length_does_not_wrap },
	CU_TEST_INFO_NULL,
};
