/* YAML trees: places, refusals, bounds. */
#include "policy/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "rig.h"

/* Load @len bytes; the first complaint goes to @text. */
static int load(const char *bytes, size_t len, char *text, size_t size)
{
	struct problems problems = { 0 };
	struct yaml_doc doc;
	int ret = yaml_load(&doc, "f", bytes, len, &problems);

	text[0] = '\0';
	if (problems.count > 0)
		problem_text(&problems.items[0], text, size);
	yaml_free(&doc);
	problems_free(&problems);
	return ret;
}

static void refuses(const char *bytes, size_t len, const char *want)
{
	char text[1024];

	CU_ASSERT_NOT_EQUAL(load(bytes, len, text, sizeof(text)), 0);
	CU_ASSERT(rig_same(text, want));
}

static void test_refusals(void)
{
	static const struct {
		const char *bytes, *want;
	} cases[] = {
		{ "a: [x, \"y\"\nb: 1\n", "f:2:1: not YAML: wrongly indented flow sequence" },
		{ "a: \"x\n", "f:1:5: not YAML: double-quoted scalar without closing quote" },
		{ "a:\n\tb: 1\n", "f:2:1: not YAML: tab character may not be used as indentation" },
		{ "a: 1\n b: 2\n", "f:1:4: not YAML: invalid multiline plain key" },
		{ "a: @x\n", "f:1:4: not YAML: plain scalar cannot start with '@'" },
		{ "# only words\n", "f: holds nothing but comments" },
		{ "a: &x 1\nb: *x\n", "f:1:7: anchors (&) and aliases (*) are not used here; "
				      "write the value out" },
		{ "a: 1\nb: *x\n", "f:2:4: anchors (&) and aliases (*) are not used here; "
				   "write the value out" },
		{ "a: &x [1]\n", "f:1:7: anchors (&) and aliases (*) are not used here; "
				 "write the value out" },
		{ "a: &x {b: 1}\n", "f:1:7: anchors (&) and aliases (*) are not used here; "
				    "write the value out" },
		{ "a: !!str 1\n", "f:1:10: tags (!) are not used here" },
		{ "a: 1\n---\nb: 2\n", "f:2:1: a second document begins; one file holds one" },
		{ "a: 1\nb: 2\na: 3\n", "f:3:1: key \"a\" is there already, in line 1" },
		{ "x:\n  - {b: 1, c: 2, b: 3}\n", "f:2:18: key \"b\" is there already, in line 2" },
		{ "? [a]\n: 1\n", "f:1:3: a key must be a word" },
		{ "a: \"\\x1b[2J\"\n", "f:1:4: text holds a control character" },
		{ "a: \"\\u202e\"\n", "f:1:4: text holds a control character" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		refuses(cases[i].bytes, strlen(cases[i].bytes), cases[i].want);
}

static void test_bytes(void)
{
	refuses("", 0, "f: the file is empty");
	refuses("a: 1\nb: \xff\n", 9, "f:2:4: not UTF-8 (byte 0xff)");
	refuses("a: \xc3", 4, "f:1:4: not UTF-8 (byte 0xc3)");
	refuses("a: 1\0b", 6, "f:1:5: control character 0x00");
	/* Columns are characters: the two of three bytes each count as two. */
	refuses("\xe4\xb8\xad\xe6\x96\x87: \x01", 9, "f:1:5: control character 0x01");
}

/* Brackets @depth deep. */
static int nested(unsigned depth, char *text, size_t size)
{
	char *bytes = malloc(2 * (size_t)depth + 1);
	int ret;

	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	memset(bytes, '[', depth);
	memset(bytes + depth, ']', depth);
	ret = load(bytes, 2 * (size_t)depth, text, size);
	free(bytes);
	return ret;
}

static void test_nesting(void)
{
	char text[1024];

	CU_ASSERT_EQUAL(nested(YAML_DEPTH, text, sizeof(text)), 0);
	CU_ASSERT_NOT_EQUAL(nested(YAML_DEPTH + 1, text, sizeof(text)), 0);
	CU_ASSERT(rig_same(text, "f:1:17: nested deeper than 16 lists and maps"));
	CU_ASSERT_NOT_EQUAL(nested(100000, text, sizeof(text)), 0);
}

/* "key 7" twice among many: the sorted way finds what the pairwise way finds. */
static void test_many_keys(void)
{
	char bytes[4096] = "", text[1024];
	size_t at = 0;
	int i;

	for (i = 0; i < 200; i++)
		at += (size_t)snprintf(bytes + at, sizeof(bytes) - at, "k%d: 1\n", i);
	CU_ASSERT_EQUAL(load(bytes, at, text, sizeof(text)), 0);
	at += (size_t)snprintf(bytes + at, sizeof(bytes) - at, "k7: 2\n");
	CU_ASSERT_NOT_EQUAL(load(bytes, at, text, sizeof(text)), 0);
	CU_ASSERT(rig_same(text, "f:201:1: key \"k7\" is there already, in line 8"));
}

static const struct yaml_node *value_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *k;

	for (k = map->child; k != NULL; k = k->next->next)
		if (yaml_is(k, key))
			return k->next;
	return NULL;
}

static void test_tree(void)
{
	static const char bytes[] = "\xef\xbb\xbf"
				    "plain: abc\r\n"
				    "empty:\r\n"
				    "tilde: ~\r\n"
				    "quoted: \"null\"\r\n"
				    "folded: >-\r\n  one\r\n  two\r\n"
				    "list: [1, {x: y}]\r\n";
	struct problems problems = { 0 };
	const struct yaml_node *node;
	struct yaml_doc doc;

	CU_ASSERT_EQUAL_FATAL(yaml_load(&doc, "f", bytes, sizeof(bytes) - 1, &problems), 0);
	CU_ASSERT_EQUAL_FATAL(doc.root->kind, YAML_MAP);
	node = value_of(doc.root, "plain");
	CU_ASSERT_EQUAL(node->kind, YAML_SCALAR);
	CU_ASSERT_EQUAL(node->len, 3);
	CU_ASSERT_EQUAL(node->line, 1);
	node = value_of(doc.root, "empty");
	CU_ASSERT_EQUAL(node->kind, YAML_NULL);
	CU_ASSERT_EQUAL(node->line, 2); /* an empty value stands where its key does */
	CU_ASSERT_EQUAL(node->column, 1);
	CU_ASSERT_EQUAL(value_of(doc.root, "tilde")->kind, YAML_NULL);
	node = value_of(doc.root, "quoted");
	CU_ASSERT_EQUAL(node->kind, YAML_SCALAR);
	CU_ASSERT(node->quoted && yaml_is(node, "null"));
	CU_ASSERT(yaml_is(value_of(doc.root, "folded"), "one two"));
	node = value_of(doc.root, "list");
	CU_ASSERT_EQUAL_FATAL(node->kind, YAML_LIST);
	CU_ASSERT(yaml_is(node->child, "1"));
	CU_ASSERT_EQUAL(node->child->next->kind, YAML_MAP);
	CU_ASSERT_EQUAL(node->child->next->line, 8);
	CU_ASSERT_EQUAL(node->child->next->column, 11);
	CU_ASSERT_PTR_NULL(node->child->next->next);
	yaml_free(&doc);
	problems_free(&problems);
}

/* Every prefix of a pack loads or is refused; under asan nothing else may happen. */
static void test_prefixes(void)
{
	static const char pack[] = RIG_HEAD "  - {" RIG_ROW ", note: \"x\\u00e9\"}\n";
	char text[1024];
	size_t len;

	for (len = 0; len < sizeof(pack); len++) {
		char *copy = malloc(len + 1); /* just as long as it says */

		CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
		memcpy(copy, pack, len);
		(void)load(copy, len, text, sizeof(text));
		free(copy);
	}
	CU_ASSERT_EQUAL(load(pack, sizeof(pack) - 1, text, sizeof(text)), 0);
}

static void file_refused(const char *path, const char *want)
{
	struct problems problems = { 0 };
	struct yaml_doc doc;
	char text[1024];

	CU_ASSERT_EQUAL(yaml_load_file(&doc, path, &problems), FA_EIO);
	CU_ASSERT_EQUAL_FATAL(problems.count, 1);
	problem_text(&problems.items[0], text, sizeof(text));
	CU_ASSERT(rig_same(text, want));
	yaml_free(&doc);
	problems_free(&problems);
}

static void test_files(void)
{
	char path[] = "/tmp/flowaudit-yaml-XXXXXX", bytes[] = "a: 1\n";
	struct problems problems = { 0 };
	struct yaml_doc doc;
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, bytes, sizeof(bytes) - 1), (ssize_t)sizeof(bytes) - 1);
	close(fd);
	CU_ASSERT_EQUAL(yaml_load_file(&doc, path, &problems), 0);
	CU_ASSERT(yaml_is(value_of(doc.root, "a"), "1"));
	yaml_free(&doc);
	unlink(path);
	file_refused("/nonexistent/x.yaml", "/nonexistent/x.yaml: No such file or directory");
	file_refused("/tmp", "/tmp: Is a directory");
	problems_free(&problems);
}

extern CU_TestInfo tests_yaml[];
CU_TestInfo tests_yaml[] = {
	{ "syntax errors, anchors, tags, double keys are refused with their place", test_refusals },
	{ "bytes that are not text are refused with their place", test_bytes },
	{ "nesting is bounded", test_nesting },
	{ "double keys are found in large maps too", test_many_keys },
	{ "nodes have kinds, texts and places", test_tree },
	{ "every prefix of a pack is read or refused", test_prefixes },
	{ "files are read, directories and missing files refused", test_files },
	CU_TEST_INFO_NULL,
};
