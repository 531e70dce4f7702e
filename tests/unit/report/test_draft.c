/* Records that are longer than the buffer, and what is kept of them. */
#include "report/draft.h"

#include <stdlib.h>

#include <CUnit/CUnit.h>

struct bench {
	struct output *out;
	struct draft draft;
};

static void start(struct bench *b)
{
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(output_open_memory(&b->out, &err), 0);
	draft_init(&b->draft, b->out);
}

static const char *written(struct bench *b, size_t *len)
{
	draft_flush(&b->draft);
	return output_text(b->out, len);
}

/* Every size of append at every fill of the buffer that could matter. */
static void test_order(void)
{
	static const size_t sizes[] = { 1, 3, 1023, 1024, 1025, 8191, 8192, 8193, 20000 };
	static char bytes[20000];
	struct bench b;
	size_t at = 0, i, n, len, wrong = 0;
	const char *text;

	start(&b);
	for (n = 0; n < 60; n++) {
		size_t size = sizes[n * 7 % ARRAY_SIZE(sizes)];

		for (i = 0; i < size; i++)
			bytes[i] = (char)('a' + (at + i) % 26);
		at += size;
		draft_bytes(&b.draft, bytes, size);
	}
	text = written(&b, &len);
	CU_ASSERT_EQUAL(len, at);
	for (i = 0; i < len; i++)
		wrong += text[i] != (char)('a' + i % 26);
	CU_ASSERT_EQUAL(wrong, 0);
	output_close(b.out, NULL);
}

static void test_room(void)
{
	struct bench b;
	size_t n, wrong = 0;

	start(&b);
	for (n = 0; n < 3 * sizeof(b.draft.bytes); n++) {
		char *at = draft_room(&b.draft);

		wrong += at + DRAFT_ROOM > b.draft.bytes + sizeof(b.draft.bytes);
		b.draft.at = PUT(at, "x");
	}
	CU_ASSERT_EQUAL(wrong, 0);
	output_close(b.out, NULL);
}

/* Strings with and without escapes keep their places among the rest. */
static void test_text(void)
{
	struct bench b;

	start(&b);
	draft_number(&b.draft, "{\"n\":", 12);
	draft_name(&b.draft, ",\"a\":", "plain");
	draft_name(&b.draft, ",\"b\":", "a\"b\n\xff");
	DRAFT_LITERAL(&b.draft, "}");
	CU_ASSERT_STRING_EQUAL(written(&b, NULL),
			       "{\"n\":12,\"a\":\"plain\",\"b\":\"a\\\"b\\n\xef\xbf\xbd\"}");
	output_close(b.out, NULL);
}

static void test_kept(void)
{
	struct piece piece = { .len = 1 };
	struct draft_mark mark;
	struct bench b;
	char longest[sizeof(piece.text) + 1] = { 0 };

	start(&b);
	DRAFT_LITERAL(&b.draft, "before");
	mark = draft_mark(&b.draft);
	draft_text(&b.draft, "kept");
	piece_keep(&piece, &b.draft, &mark);
	CU_ASSERT_EQUAL(piece.len, 6);
	piece_write(&piece, &b.draft);
	CU_ASSERT_STRING_EQUAL(written(&b, NULL), "before\"kept\"\"kept\"");
	/* What went to the output at once, and what is too long, is not. */
	mark = draft_mark(&b.draft);
	draft_text(&b.draft, "es\ncaped");
	DRAFT_LITERAL(&b.draft, "]");
	piece_keep(&piece, &b.draft, &mark);
	CU_ASSERT_EQUAL(piece.len, 0);
	memset(longest, 'x', sizeof(longest) - 1);
	mark = draft_mark(&b.draft);
	draft_bytes(&b.draft, longest, sizeof(longest) - 1);
	piece_keep(&piece, &b.draft, &mark);
	CU_ASSERT_EQUAL(piece.len, sizeof(piece.text));
	mark = draft_mark(&b.draft);
	draft_text(&b.draft, longest);
	piece_keep(&piece, &b.draft, &mark);
	CU_ASSERT_EQUAL(piece.len, 0);
	output_close(b.out, NULL);
}

static void test_tokens(void)
{
	struct token token;
	char text[2 * sizeof(token)];

	token_quote(&token, "word");
	*put_token(text, &token) = '\0';
	CU_ASSERT_STRING_EQUAL(text, "\"word\"");
	token_number(&token, 65535);
	*put_token(text, &token) = '\0';
	CU_ASSERT_STRING_EQUAL(text, "65535");
}

extern CU_TestInfo tests_draft[];
CU_TestInfo tests_draft[] = {
	{ "bytes come out in order, longer than the buffer or not", test_order },
	{ "there is always the room that was promised", test_room },
	{ "strings are escaped in their places", test_text },
	{ "a text is kept where it is short and still there", test_kept },
	{ "tokens are as long as their words", test_tokens },
	CU_TEST_INFO_NULL,
};
