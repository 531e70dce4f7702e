/* Opening inputs of every kind, and the shared captures against their manifest. */
#include "capture/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "capture/capture_bytes.h"

static struct seen seen, plain;

static void open_path(const char *path, int code, const char *said)
{
	struct source *src = NULL;
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL(source_open(&src, path, NULL, &err), code);
	CU_ASSERT_EQUAL(err.code, code);
	CU_ASSERT_STRING_EQUAL(err.text, said);
	CU_ASSERT_PTR_NULL(src);
}

static void test_cannot_open(void)
{
	open_path("/nonexistent/a.pcap", FA_EIO,
		  "/nonexistent/a.pcap: cannot open: No such file or directory");
	open_path("/", FA_EIO, "/: is a directory, not a capture; name its files");
	open_path("/dev/null", FA_EEMPTY, "/dev/null: the file is empty (0 bytes): not a capture");
}

static void refused(const void *p, size_t len, int code, const char *said)
{
	seen_memory(&seen, p, len, NULL);
	CU_ASSERT_EQUAL(seen.opened, code);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, said));
	CU_ASSERT_EQUAL(strncmp(seen.err.text, "test: ", 6), 0);
}

static void test_no_capture(void)
{
	static const char letter[] = "Dear mother, this is not a capture at all";

	refused("", 0, FA_EEMPTY, "0 bytes");
	refused("x", 1, FA_EFORMAT, "not a capture (only 1 bytes)");
	refused("\xd4\xc3\xb2\xa1", 4, FA_EFORMAT, "not a capture (only 4 bytes");
	refused(letter, sizeof(letter), FA_EFORMAT, "begins with 44656172");
	refused("GMBU\0\2", 6, FA_EFORMAT, "Network Monitor capture; convert it: editcap");
	refused("PK\3\4", 4, FA_EFORMAT, "zip archive; unpack it first");
	/* Bytes of the file do not reach the terminal. */
	refused("\x1b[2J0123456789012345678901234567890", 35, FA_EFORMAT, "begins with 1b5b324a");
}

static void make(struct bytes *b)
{
	unsigned i;

	pcap_header(b, 0xa1b2c3d4, 65535, 1);
	for (i = 0; i < 70; i++)
		pcap_record(b, i, i, 60 + i, 60 + i, i);
}

/* Run @put in a child that owns the write end; standard input is the read end meanwhile. */
static void from_standard_input(const struct bytes *b, bool drip)
{
	struct source *src = NULL;
	int fds[2], old = dup(STDIN_FILENO), status = -1;
	pid_t child;

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	child = fork();
	CU_ASSERT_FATAL(child >= 0);
	if (child == 0) {
		size_t i, n = drip ? 1 : b->len;

		close(fds[0]);
		for (i = 0; i < b->len; i += n)
			if (write(fds[1], b->p + i, n) != (ssize_t)n)
				_exit(1);
		_exit(0);
	}
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	memset(&seen, 0, sizeof(seen));
	seen.opened = source_open(&src, "-", NULL, &seen.err);
	if (seen.opened == 0) {
		CU_ASSERT_STRING_EQUAL(source_info(src)->name, "-");
		seen_drain(&seen, src);
	}
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_EQUAL(status, 0);
	/* Standard input is not ours to close. */
	CU_ASSERT_EQUAL(dup2(old, STDIN_FILENO), STDIN_FILENO);
	close(old);
}

static void test_pipe(void)
{
	struct bytes b = { 0 };

	make(&b);
	seen_memory(&plain, b.p, b.len, NULL);
	CU_ASSERT_EQUAL(plain.count, 70);
	from_standard_input(&b, true);
	CU_ASSERT_TRUE(seen_equal(&seen, &plain));
	from_standard_input(&b, false);
	CU_ASSERT_TRUE(seen_equal(&seen, &plain));
	b.len = 10;
	from_standard_input(&b, false);
	CU_ASSERT_EQUAL(seen.opened, FA_EFORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(seen.err.text, "standard input: not a capture (only 10"));
	bytes_free(&b);
}

static void test_file(void)
{
	char path[] = "/tmp/test_source.XXXXXX";
	struct source *src = NULL;
	struct bytes b = { 0 };
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	make(&b);
	CU_ASSERT_EQUAL(write(fd, b.p, b.len), (ssize_t)b.len);
	close(fd);
	seen_memory(&plain, b.p, b.len, NULL);
	memset(&seen, 0, sizeof(seen));
	seen.opened = source_open(&src, path, NULL, &seen.err);
	CU_ASSERT_EQUAL_FATAL(seen.opened, 0);
	CU_ASSERT_STRING_EQUAL(source_info(src)->name, path);
	CU_ASSERT_EQUAL(source_info(src)->frames, 0);
	seen_drain(&seen, src);
	CU_ASSERT_TRUE(seen_equal(&seen, &plain));
	unlink(path);
	bytes_free(&b);
}

/* A failure is told again by every later call, and without anyone to tell. */
static void test_failure_sticks(void)
{
	struct frame frames[FRAME_BATCH];
	struct source *src = NULL;
	struct bytes b = { 0 };
	struct fa_error err;
	int i;

	make(&b);
	pcap_record(&b, 0, 0, FRAME_MAX + 1, 0, 0);
	CU_ASSERT_EQUAL_FATAL(source_open_memory(&src, "a.pcap", b.p, b.len, NULL, NULL), 0);
	CU_ASSERT_EQUAL(source_next(src, frames, &err), 64);
	CU_ASSERT_EQUAL(source_next(src, frames, &err), 6);
	for (i = 0; i < 3; i++) {
		err.text[0] = '\0';
		CU_ASSERT_EQUAL(source_next(src, frames, &err), FA_EFORMAT);
		CU_ASSERT_EQUAL(err.code, FA_EFORMAT);
		CU_ASSERT_EQUAL(strncmp(err.text, "a.pcap: offset ", 15), 0);
		CU_ASSERT_EQUAL(source_next(src, frames, NULL), FA_EFORMAT);
	}
	source_close(src);
	source_close(NULL);
	bytes_free(&b);
}

/*
 * Where we count other than the manifest, which counts what tshark 4.0.17
 * delivers, and why.
 */
static const struct {
	const char *file;
	int opened;
	uint64_t frames;
	bool truncated;
	const char *why;
} differences[] = {
	{ "pcapng_bigendian_multi_section.pcapng", 0, 8, false,
	  "tshark lists its 3 custom blocks as records; they hold no packet.  They count in "
	  "frame numbers, so that ours are Wireshark's" },
	{ "fuzz_bad_linktype_ns.pcap", 0, 1, true,
	  "the same frame; 2 bytes of another record header follow" },
	{ "invalid_pcap_version.pcap", FA_EUNSUPPORTED, 0, false, "version 1.4" },
	{ "invalid_pcapng_shb_option.pcapng", FA_EFORMAT, 0, false, "lengths disagree" },
};

static void check_shared(const char *dir, const char *file, uint64_t packets)
{
	char path[512];
	struct source *src = NULL;
	bool truncated = false;
	int opened = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(differences); i++) {
		if (strcmp(file, differences[i].file) == 0) {
			packets = differences[i].frames;
			opened = differences[i].opened;
			truncated = differences[i].truncated;
		}
	}
	snprintf(path, sizeof(path), "%s/%.200s", dir, file);
	memset(&seen, 0, sizeof(seen));
	seen.opened = source_open(&src, path, NULL, &seen.err);
	if (seen.opened == 0)
		seen_drain(&seen, src);
	if (seen.opened != opened || seen.ended != 0 || seen.count != packets ||
	    seen.info.truncated != truncated)
		printf("\n    %s: %zu frames, not %llu; %d %d %s", file, seen.count,
		       (unsigned long long)packets, seen.opened, seen.ended, seen.err.text);
	CU_ASSERT_EQUAL(seen.opened, opened);
	CU_ASSERT_EQUAL(seen.ended, 0);
	CU_ASSERT_EQUAL(seen.count, packets);
	CU_ASSERT_EQUAL(seen.info.frames, packets);
	CU_ASSERT_EQUAL(seen.info.truncated, truncated);
}

/* Field @n of a line of tab-separated values; the line is cut up. */
static char *field(char *line, unsigned n)
{
	while (n-- > 0 && line != NULL) {
		line = strchr(line, '\t');
		if (line != NULL)
			line++;
	}
	return line;
}

static unsigned column(const char *header, const char *name)
{
	const char *at = strstr(header, name);
	unsigned n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	while (header < at)
		n += *header++ == '\t';
	return n;
}

static void test_shared_captures(void)
{
	const char *shared = getenv("FLOWAUDIT_SHARED");
	char dir[256], path[512], line[8192];
	unsigned packets, rows = 0;
	FILE *f;

	snprintf(dir, sizeof(dir), "%s/captures", shared == NULL ? "../shared" : shared);
	snprintf(path, sizeof(path), "%s/MANIFEST.tsv", dir);
	f = fopen(path, "r");
	if (f == NULL || fgets(line, sizeof(line), f) == NULL) {
		printf("skipped: no %s ...", path);
		if (f != NULL)
			fclose(f);
		return;
	}
	packets = column(line, "\tpackets\t") + 1;
	while (fgets(line, sizeof(line), f) != NULL) {
		char *count = field(line, packets);

		CU_ASSERT_PTR_NOT_NULL_FATAL(count);
		line[strcspn(line, "\t")] = '\0';
		check_shared(dir, line, strtoull(count, NULL, 10));
		rows++;
	}
	CU_ASSERT(rows > 50);
	fclose(f);
}

extern CU_TestInfo tests_source[];
CU_TestInfo tests_source[] = {
	{ "what cannot be opened says why", test_cannot_open },
	{ "what is not a capture says what it is", test_no_capture },
	{ "standard input may be a pipe that brings one byte at a time", test_pipe },
	{ "a file gives what memory gives", test_file },
	{ "a failure comes after the frames before it, and sticks", test_failure_sticks },
	{ "the shared captures have as many frames as their manifest says", test_shared_captures },
	CU_TEST_INFO_NULL,
};
