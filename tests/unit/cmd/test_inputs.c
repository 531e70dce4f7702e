/* Operands: captures and a BPF expression (cmd/inputs.c). */
#include "cmd/inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "cmd/complaints.h"

#define FILES 40

/* A directory with files, and what was made of operands. */
struct place {
	char dir[32];
	char files[FILES][64];
	unsigned file_count;
	struct inputs in;
	char text[2048];
};

static void place_open(struct place *p)
{
	*p = (struct place){ .dir = "/tmp/flowaudit-inputs-XXXXXX" };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(p->dir));
}

static void place_close(struct place *p)
{
	inputs_free(&p->in);
	while (p->file_count > 0)
		remove(p->files[--p->file_count]);
	CU_ASSERT_EQUAL(rmdir(p->dir), 0);
}

static char *path_of(struct place *p, const char *name)
{
	char *path = p->files[p->file_count];

	CU_ASSERT_FATAL(p->file_count < FILES);
	memcpy(path, p->dir, sizeof(p->dir));
	snprintf(path + strlen(path), sizeof(p->files[0]) - strlen(p->dir), "/%s", name);
	p->file_count++;
	return path;
}

static char *file(struct place *p, const char *name, const char *bytes, size_t len)
{
	char *path = path_of(p, name);
	FILE *f = fopen(path, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fwrite(bytes, 1, len, f), len);
	fclose(f);
	return path;
}

static char *directory(struct place *p, const char *name)
{
	char *path = path_of(p, name);

	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
	return path;
}

/* "a.pcap b.pcap | port 5061": the directory's name is left out. */
static const char *taken(struct place *p)
{
	size_t n = strlen(p->dir);

	p->text[0] = '\0';
	for (size_t i = 0; i < p->in.count; i++) {
		const char *path = p->in.paths[i];

		strcat(p->text, i == 0 ? "" : " ");
		strcat(p->text, strncmp(path, p->dir, n) == 0 ? path + n + 1 : path);
	}
	if (p->in.filter != NULL) {
		strcat(p->text, " | ");
		strcat(p->text, p->in.filter);
	}
	return p->text;
}

#define TAKEN(p, want) CU_ASSERT(complaints_same(taken(p), want))

/* Operands from constant words; NULL ends them. */
static bool operands(struct place *p, bool captures_given, const char *const *words)
{
	char copies[8][64];
	char *argv[ARRAY_SIZE(copies)];
	int argc = 0;

	for (; words[argc] != NULL; argc++) {
		CU_ASSERT_FATAL(argc < (int)ARRAY_SIZE(copies));
		snprintf(copies[argc], sizeof(copies[0]), "%s", words[argc]);
		argv[argc] = copies[argc];
	}
	return inputs_operands(&p->in, argc, argv, captures_given);
}

#define OPERANDS(p, ...)         operands(p, false, (const char *const[]){ __VA_ARGS__, NULL })
#define OPERANDS_AFTER_R(p, ...) operands(p, true, (const char *const[]){ __VA_ARGS__, NULL })

static void files_in_the_order_given(void)
{
	struct place p;

	place_open(&p);
	CU_ASSERT_TRUE(inputs_add(&p.in, file(&p, "b.pcap", "", 0)));
	CU_ASSERT_TRUE(inputs_add(&p.in, file(&p, "a.pcap", "", 0)));
	CU_ASSERT_TRUE(inputs_add(&p.in, "-"));
	/* Whether it can be read is found out later. */
	CU_ASSERT_TRUE(inputs_add(&p.in, "missing.pcap"));
	TAKEN(&p, "b.pcap a.pcap - missing.pcap");
	place_close(&p);
	CU_ASSERT_EQUAL(p.in.count, 0);
	CU_ASSERT_PTR_NULL(p.in.paths);
}

static void directory_in_order_of_name(void)
{
	static const char *const names[] = { "b.pcap",    "a.pcapng",  "10.cap",    "9.cap",
					     "c.pcap.gz", "d.ntar",    "e.dmp",     "f.pcapng.zst",
					     "g.cap.xz",  "h.dmp.lz4", "i.pcap.bz2" };
	struct place p;

	place_open(&p);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		file(&p, names[i], "", 0);
	CU_ASSERT_TRUE(inputs_add(&p.in, p.dir));
	TAKEN(&p, "10.cap 9.cap a.pcapng b.pcap c.pcap.gz d.ntar e.dmp f.pcapng.zst g.cap.xz "
		  "h.dmp.lz4 i.pcap.bz2");
	place_close(&p);
}

static void what_a_directory_passes_over(void)
{
	static const char *const others[] = { "README.md", ".hidden.pcap", ".pcap", "a.pcap.txt",
					      "pcap",      "x.pcap.zip",   "notes" };
	struct place p;

	place_open(&p);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		file(&p, others[i], "text", 4);
	directory(&p, "sub.pcap");
	SAYS(inputs_add(&p.in, p.dir), false,
	     (snprintf(p.text, sizeof(p.text), "flowaudit: %s: no capture in this directory\n",
		       p.dir),
	      p.text));
	CU_ASSERT_EQUAL(p.in.count, 0);
	file(&p, "one.pcap", "", 0);
	CU_ASSERT_TRUE(inputs_add(&p.in, p.dir));
	TAKEN(&p, "one.pcap");
	place_close(&p);
}

static void captures_by_their_first_bytes(void)
{
	static const char magic[][4] = { "\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1",
					 "\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a" };
	struct place p;
	char name[8];

	place_open(&p);
	for (size_t i = 0; i < ARRAY_SIZE(magic); i++) {
		snprintf(name, sizeof(name), "%zu", i);
		file(&p, name, magic[i], 4);
		/* One byte short of it, and one that differs. */
		snprintf(name, sizeof(name), "s%zu", i);
		file(&p, name, magic[i], 3);
		snprintf(name, sizeof(name), "x%zu", i);
		file(&p, name, (char[]){ magic[i][0], magic[i][1], magic[i][2], 'x' }, 4);
	}
	CU_ASSERT_TRUE(inputs_add(&p.in, p.dir));
	TAKEN(&p, "0 1 2 3 4");
	place_close(&p);
}

static void captures_then_expression(void)
{
	struct place p;
	char *a, *b;

	place_open(&p);
	a = file(&p, "a.pcap", "", 0);
	b = file(&p, "notes", "", 0);
	CU_ASSERT_TRUE(OPERANDS(&p, a, b, "-", "gone.pcapng"));
	TAKEN(&p, "a.pcap notes - gone.pcapng");
	inputs_free(&p.in);
	CU_ASSERT_TRUE(OPERANDS(&p, a, "tcp", "port", "5061", b));
	CU_ASSERT_EQUAL(strncmp(taken(&p), "a.pcap | tcp port 5061 ", 23), 0);
	CU_ASSERT_EQUAL(p.in.count, 1);
	inputs_free(&p.in);
	/* An ending alone is no name. */
	CU_ASSERT_TRUE(OPERANDS(&p, a, "x.pcap", ".pcap"));
	TAKEN(&p, "a.pcap x.pcap | .pcap");
	inputs_free(&p.in);
	/* The first one is a capture, whatever it looks like. */
	CU_ASSERT_TRUE(OPERANDS(&p, "gone", "port"));
	TAKEN(&p, "gone | port");
	inputs_free(&p.in);
	/* With -r all of them are the expression. */
	CU_ASSERT_TRUE(OPERANDS_AFTER_R(&p, "port", "5061"));
	TAKEN(&p, " | port 5061");
	inputs_free(&p.in);
	CU_ASSERT_TRUE(OPERANDS_AFTER_R(&p, NULL));
	CU_ASSERT_TRUE(OPERANDS(&p, NULL));
	TAKEN(&p, "");
	place_close(&p);
}

static void directories_among_operands(void)
{
	struct place p;
	char *empty;

	place_open(&p);
	file(&p, "a.pcap", "", 0);
	file(&p, "b.pcap", "", 0);
	CU_ASSERT_TRUE(OPERANDS(&p, p.dir, "port", "1"));
	TAKEN(&p, "a.pcap b.pcap | port 1");
	inputs_free(&p.in);
	empty = directory(&p, "empty");
	SAYS(OPERANDS(&p, empty), false,
	     (snprintf(p.text, sizeof(p.text), "flowaudit: %s: no capture in this directory\n",
		       empty),
	      p.text));
	place_close(&p);
}

static void expression_from_a_file(void)
{
	static const char text[] = "# what we want\ntcp port 5061 # and\nor udp port 3478\n";
	struct place p;

	place_open(&p);
	CU_ASSERT_TRUE(inputs_filter_file(&p.in, file(&p, "f", text, sizeof(text) - 1)));
	TAKEN(&p, " |  tcp port 5061  or udp port 3478 ");
	CU_ASSERT_TRUE(inputs_filter_file(&p.in, file(&p, "e", "", 0)));
	TAKEN(&p, " | ");
	place_close(&p);
}

static void expression_files_that_cannot_be(void)
{
	struct place p;
	char *text = malloc(65536), *big;

	place_open(&p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, 'x', 65536);
	CU_ASSERT_TRUE(inputs_filter_file(&p.in, file(&p, "most", text, 65534)));
	CU_ASSERT_EQUAL(strlen(p.in.filter), 65534);
	big = file(&p, "big", text, 65535);
	snprintf(text, 200, "flowaudit: %s: cannot be read as a filter of at most 64 KiB\n", big);
	SAYS(inputs_filter_file(&p.in, big), false, text);
	SAYS(inputs_filter_file(&p.in, "/nonexistent/f"), false,
	     "flowaudit: /nonexistent/f: cannot open: No such file or directory\n");
	/* A directory opens, but does not read. */
	snprintf(text, 200, "flowaudit: %s: cannot be read as a filter of at most 64 KiB\n", p.dir);
	SAYS(inputs_filter_file(&p.in, p.dir), false, text);
	free(text);
	place_close(&p);
}

static void two_expressions(void)
{
	struct place p;

	place_open(&p);
	CU_ASSERT_TRUE(inputs_filter_file(&p.in, file(&p, "f", "port 1", 6)));
	SAYS(OPERANDS(&p, "a.pcap", "port"), false,
	     "flowaudit: a filter was given twice: by -F and after the captures\n");
	CU_ASSERT_STRING_EQUAL(p.in.filter, "port 1");
	place_close(&p);
}

extern CU_TestInfo tests_inputs[];
CU_TestInfo tests_inputs[] = {
	{ "captures are taken in the order given", files_in_the_order_given },
	{ "a directory means its captures in order of name", directory_in_order_of_name },
	{ "a directory's other files, hidden ones and directories are passed over",
	  what_a_directory_passes_over },
	{ "files without a telling name are captures by their first bytes",
	  captures_by_their_first_bytes },
	{ "captures come first, then the expression; with -r all is expression",
	  captures_then_expression },
	{ "directories may stand among the captures", directories_among_operands },
	{ "an expression file has comments and lines", expression_from_a_file },
	{ "an expression file of 64 KiB or none is refused", expression_files_that_cannot_be },
	{ "two expressions are one too many", two_expressions },
	CU_TEST_INFO_NULL
};
