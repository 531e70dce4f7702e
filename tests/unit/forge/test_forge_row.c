/* Rows and cases to files (forge/forge.c). */
#include "forge/forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "policy/rig.h"

extern CU_TestInfo tests_forge_row[];

static const char *const no_rules[] = { NULL };

/* A directory to forge into, and a policy with a site. */
struct bench {
	struct rig rig;
	struct forge_options options;
	char directory[32];
	struct fa_error err;
};

static void bench_open(struct bench *b)
{
	strcpy(b->directory, "/tmp/forgeXXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->directory));
	b->options = (struct forge_options){
		.directory = b->directory, .rules = no_rules, .site = "s", .seed = 1, .repeat = 1
	};
	rig_open(&b->rig);
	rig_shipped(&b->rig);
	rig_site(&b->rig, "roles: {client: [10.0.1.0/30], front-end: [10.0.2.1], "
			  "dhcp-server: [10.0.3.1], all-servers: [10.0.4.1]}\n");
	rig_compile(&b->rig);
}

static const char *path_of(const struct bench *b, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", b->directory, name);
	return path;
}

static void bench_close(struct bench *b)
{
	rig_close(&b->rig);
	CU_ASSERT_EQUAL(rmdir(b->directory), 0); /* nothing is left that was not looked at */
}

static int forge(struct bench *b, const char *id, enum forge_case c)
{
	int row = policy_find_row(b->rig.policy, id);

	CU_ASSERT_FATAL(row >= 0);
	return forge_row(b->rig.policy, (unsigned)row, c, &b->options, &b->err);
}

/* Read a file and remove it.  Return: bytes, 0 when it is not there. */
static size_t take(const struct bench *b, const char *name, unsigned char *bytes, size_t cap)
{
	FILE *f = fopen(path_of(b, name), "rb");
	size_t n;

	if (f == NULL)
		return 0;
	n = fread(bytes, 1, cap, f);
	fclose(f);
	unlink(path_of(b, name));
	return n;
}

static size_t drop(const struct bench *b, const char *name)
{
	static unsigned char bytes[1 << 20];

	return take(b, name, bytes, sizeof(bytes));
}

static void files_are_named_by_row_and_case(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_RESET_AFTER_HELLO), 1);
	CU_ASSERT(drop(&b, "internal-server-ports-7-reset-after-hello.pcap") > 24);
	CU_ASSERT(drop(&b, "internal-server-ports-7-reset-after-hello.expect.yaml") > 0);
	bench_close(&b);
}

static void what_has_no_meaning_is_left_out_with_its_reason(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_EQUAL(forge(&b, "internal/hlb-dns/6", CASE_OK), 0);
	CU_ASSERT(rig_same(b.err.text, "internal/hlb-dns/6: no case ok: the row is blank"));
	bench_close(&b);
}

static void there_are_no_more_conversations_than_source_ports(void)
{
	struct bench b;

	bench_open(&b);
	b.options.repeat = 2;
	CU_ASSERT_EQUAL(forge(&b, "internal/client-ports/1", CASE_OK), 0);
	CU_ASSERT(rig_same(b.err.text, "internal/client-ports/1: no 2 conversations: its source "
				       "ports allow 1"));
	b.options.repeat = 20001;
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_OK), 0);
	bench_close(&b);
}

/* 32 bits of a classic pcap, little endian on every machine. */
static uint32_t le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* SYNs of a capture, the source port of each one higher than the last. */
static unsigned count_syns(const unsigned char *bytes, size_t len)
{
	unsigned syns = 0;

	for (size_t at = 24; at + 16 + 54 <= len; at += 16 + le32(bytes + at + 8)) {
		const unsigned char *tcp = bytes + at + 16 + 14 + 20;

		if (tcp[13] != 0x02)
			continue;
		CU_ASSERT_EQUAL((unsigned)tcp[0] << 8 | tcp[1], 40000 + syns);
		syns++;
	}
	return syns;
}

static void conversations_are_as_many_as_asked_for(void)
{
	static unsigned char bytes[1 << 20];
	struct bench b;
	size_t len;

	bench_open(&b);
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_OK), 1);
	len = take(&b, "internal-server-ports-7-ok.pcap", bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(count_syns(bytes, len), 1);
	drop(&b, "internal-server-ports-7-ok.expect.yaml");
	b.options.repeat = 5;
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_OK), 1);
	len = take(&b, "internal-server-ports-7-ok.pcap", bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(count_syns(bytes, len), 5);
	drop(&b, "internal-server-ports-7-ok.expect.yaml");
	bench_close(&b);
}

static void the_seed_and_the_row_decide_every_byte(void)
{
	static unsigned char first[1 << 16], second[1 << 16];
	struct bench b;
	size_t len;

	bench_open(&b);
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_OK), 1);
	len = take(&b, "internal-server-ports-7-ok.pcap", first, sizeof(first));
	/* Another file between them changes nothing. */
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/38", CASE_OK), 1);
	drop(&b, "internal-server-ports-38-ok.pcap");
	drop(&b, "internal-server-ports-38-ok.expect.yaml");
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_OK), 1);
	CU_ASSERT_EQUAL(take(&b, "internal-server-ports-7-ok.pcap", second, sizeof(second)), len);
	CU_ASSERT_EQUAL(memcmp(first, second, len), 0);
	b.options.seed = 2;
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_OK), 1);
	CU_ASSERT_EQUAL(take(&b, "internal-server-ports-7-ok.pcap", second, sizeof(second)), len);
	CU_ASSERT_NOT_EQUAL(memcmp(first, second, len), 0);
	drop(&b, "internal-server-ports-7-ok.expect.yaml");
	bench_close(&b);
}

static void mistakes_are_errors(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/46", CASE_OK), FA_EUSAGE);
	b.options.directory = "/proc/none";
	CU_ASSERT_EQUAL(forge(&b, "internal/server-ports/7", CASE_OK), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(b.err.text, "/proc/none/internal-server-ports-7-ok.pcap"));
	bench_close(&b);
}

CU_TestInfo tests_forge_row[] = {
	{ "files are named by row and case", files_are_named_by_row_and_case },
	{ "what has no meaning is left out with its reason",
	  what_has_no_meaning_is_left_out_with_its_reason },
	{ "there are no more conversations than source ports",
	  there_are_no_more_conversations_than_source_ports },
	{ "conversations are as many as asked for", conversations_are_as_many_as_asked_for },
	{ "the seed and the row decide every byte", the_seed_and_the_row_decide_every_byte },
	{ "mistakes are errors", mistakes_are_errors },
	CU_TEST_INFO_NULL,
};
