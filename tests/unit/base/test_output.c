/* The buffered writer: escaping, errors that stick, long texts. */
#include "base/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

static struct output *memory(void)
{
	struct output *out = NULL;

	CU_ASSERT_EQUAL_FATAL(output_open_memory(&out, NULL), 0);
	return out;
}

/* Compare what was collected, and close. */
static void expect(struct output *out, const char *want)
{
	size_t len;
	const char *text = output_text(out, &len);

	CU_ASSERT_EQUAL(len, strlen(want));
	CU_ASSERT_STRING_EQUAL(text, want);
	CU_ASSERT_EQUAL(output_close(out, NULL), 0);
}

static void json(const char *s, size_t len, const char *want)
{
	struct output *out = memory();

	output_json_string(out, s, len);
	expect(out, want);
}

static void test_json(void)
{
	json(NULL, 0, "\"\"");
	json("plain", 5, "\"plain\"");
	json("a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\"");
	json("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"");
	json("\0\x01\x1f ", 4, "\"\\u0000\\u0001\\u001f \"");
	json("\x7f\xc2\x9b", 3, "\"\\u007f\\u009b\"");
	json("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae", 9, "\"\\u2028\\u2029\\u202e\"");
	json("\xc3\xa9\xf0\x9f\x93\x9e", 6, "\"\xc3\xa9\xf0\x9f\x93\x9e\"");
}

static void test_json_invalid(void)
{
	json("a\xff"
	     "b",
	     3,
	     "\"a\xef\xbf\xbd"
	     "b\"");
	json("\xc3", 1, "\"\xef\xbf\xbd\"");
	json("\xc0\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	json("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	/* A sequence cut by the length, though more bytes follow in memory. */
	json("\xe2\x82\xac", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void test_escaped(void)
{
	struct output *out = memory();
	static const char bytes[] = "ok \x1b[2J\n\xff \xc3\xa9 \xc2\x9b \xe2\x80\xae C:\\x";

	output_escaped(out, bytes, sizeof(bytes) - 1);
	expect(out, "ok \\x1B[2J\\x0A\\xFF \xc3\xa9 \\xC2\\x9B \\xE2\\x80\\xAE C:\\x");
}

static void test_numbers(void)
{
	struct output *out = memory();

	output_u64(out, 0);
	output_string(out, " ");
	output_u64(out, UINT64_MAX);
	output_printf(out, " %05.1f%%", 3.14159);
	expect(out, "0 18446744073709551615 003.1%");
}

/* Pieces of many sizes around the buffer's own reach the file unchanged. */
static void test_file_content(void)
{
	char path[] = "/tmp/test_output.XXXXXX", *piece, *back;
	static const size_t sizes[] = { 1, 65535, 65536, 65537, 7, 200000, 65530, 5, 1, 1 };
	struct output *out = NULL;
	size_t total = 0, at = 0, i, j;
	FILE *f;
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	piece = malloc(200001);
	back = malloc(600000);
	CU_ASSERT_FATAL(piece != NULL && back != NULL);
	CU_ASSERT_EQUAL_FATAL(output_open_file(&out, path, NULL), 0);
	CU_ASSERT_FALSE(output_is_terminal(out));
	CU_ASSERT_EQUAL(output_width(out), 80);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(piece, (int)('a' + i), sizes[i]);
		piece[sizes[i]] = '\0';
		if (i % 2 == 0)
			output_bytes(out, piece, sizes[i]);
		else
			output_printf(out, "%s", piece);
		total += sizes[i];
	}
	CU_ASSERT_EQUAL(output_close(out, NULL), 0);

	f = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fread(back, 1, 600000, f), total);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (j = 0; j < sizes[i]; j++, at++)
			if (back[at] != (char)('a' + i))
				break;
	CU_ASSERT_EQUAL(at, total);
	fclose(f);
	unlink(path);
	free(piece);
	free(back);
}

static void test_memory_growth(void)
{
	struct output *out = memory();
	size_t i, len;
	const char *text;

	for (i = 0; i < 100000; i++)
		output_printf(out, "%05zu", i);
	text = output_text(out, &len);
	CU_ASSERT_EQUAL(len, 500000);
	CU_ASSERT_EQUAL(strlen(text), 500000);
	CU_ASSERT_EQUAL(memcmp(text + 5 * 99999, "99999", 5), 0);
	CU_ASSERT_EQUAL(memcmp(text + 5 * 13107, "13107", 5), 0); /* across 64 KiB */
	output_close(out, NULL);
}

static void test_sticky_error(void)
{
	struct output *out = NULL;
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(output_open_file(&out, "/dev/full", NULL), 0);
	output_string(out, "no room");
	CU_ASSERT_EQUAL(output_flush(out, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "/dev/full: cannot write: No space left on device");
	output_string(out, "more");
	output_printf(out, "%d", 1);
	output_json_string(out, "x", 1);
	output_u64(out, 1);
	err.text[0] = '\0';
	CU_ASSERT_EQUAL(output_flush(out, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "/dev/full: cannot write: No space left on device");
	CU_ASSERT_EQUAL(output_close(out, &err), FA_EIO);
}

static void test_error_at_close(void)
{
	struct output *out = NULL;
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(output_open_file(&out, "/dev/full", NULL), 0);
	output_string(out, "still in the buffer");
	CU_ASSERT_EQUAL(output_close(out, &err), FA_EIO);
	CU_ASSERT_EQUAL(err.code, FA_EIO);
	CU_ASSERT_EQUAL(output_close(NULL, &err), 0);
}

static void test_large_write_error(void)
{
	char *big = calloc(1, 200000);
	struct output *out = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(big);
	CU_ASSERT_EQUAL_FATAL(output_open_file(&out, "/dev/full", NULL), 0);
	output_bytes(out, big, 200000);
	output_bytes(out, big, 200000);
	CU_ASSERT_EQUAL(output_close(out, NULL), FA_EIO);
	free(big);
}

static void test_cannot_open(void)
{
	struct output *out = NULL;
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL(output_open_file(&out, "/nonexistent/x", &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "/nonexistent/x: cannot open for writing: "
					 "No such file or directory");
	CU_ASSERT_PTR_NULL(out);
}

extern CU_TestInfo tests_output[];
CU_TestInfo tests_output[] = {
	{ "JSON strings escape what RFC 8259 and a terminal ask for", test_json },
	{ "bytes that are not UTF-8 become U+FFFD in JSON", test_json_invalid },
	{ "text for a terminal cannot move its cursor", test_escaped },
	{ "numbers and formats", test_numbers },
	{ "pieces shorter and longer than the buffer arrive in order", test_file_content },
	{ "a memory writer grows and stays terminated", test_memory_growth },
	{ "the first failed write sticks", test_sticky_error },
	{ "a write that fails only at close is told", test_error_at_close },
	{ "a write past the buffer that fails is told", test_large_write_error },
	{ "a file that cannot be opened says why", test_cannot_open },
	CU_TEST_INFO_NULL,
};
