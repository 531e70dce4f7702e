/* Packets of offending flows: exactly those, in order, once, in files of bounded size. */
#include "report/keep.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "capture/source.h"

#define NOW   (INT64_C(1795768144) * NS_PER_S) /* 2026-11-27 08:29:04 UTC */
#define FLOWS 1000u

/* Whether a frame of a number is expected in the files. */
#define NUMBERS 100000u

struct fixture {
	char dir[32];
	struct keep *k;
	uint32_t sent;
	bool want[NUMBERS];
	int64_t last[FLOWS + 1]; /* time of each flow's last frame found */
	unsigned disorder;       /* frames found behind later ones */
	int64_t latest;
};

static struct fixture *begin(uint64_t max_bytes, size_t memory)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct keep_options o = {
		.max_bytes = max_bytes, .memory = memory, .flows = FLOWS, .snaplen = 2000
	};
	struct fa_error err = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	strcpy(f->dir, "/tmp/test_keep.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->dir));
	o.directory = f->dir;
	CU_ASSERT_EQUAL_FATAL(keep_new(&f->k, &o, &err), 0);
	return f;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Call @use for each file, oldest first.  Return: how many */
static int each_file(struct fixture *f, void (*use)(struct fixture *, const char *path))
{
	struct dirent **entries;
	int n = scandir(f->dir, &entries, visible, by_name);
	char path[400];

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, entries[i]->d_name);
		if (use != NULL)
			use(f, path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return n;
}

static void remove_file(struct fixture *f, const char *path)
{
	(void)f;
	unlink(path);
}

static void end(struct fixture *f)
{
	keep_free(f->k);
	each_file(f, remove_file);
	CU_ASSERT_EQUAL(rmdir(f->dir), 0);
	free(f);
}

/* The next frame, which carries its number and that of its flow. */
static uint32_t frame(struct fixture *f, uint32_t flow, uint32_t len)
{
	uint8_t bytes[3000];
	struct frame frame = { .ts_ns = NOW + f->sent * INT64_C(1000003),
			       .bytes = bytes,
			       .caplen = len,
			       .wirelen = len + 7,
			       .linktype = flow % 2 == 0 ? 1 : 101,
			       .iface = (uint16_t)(flow % 3),
			       .has_time = 1 };

	memset(bytes, (int)f->sent, len);
	memcpy(bytes, &f->sent, sizeof(f->sent));
	memcpy(bytes + 4, &flow, sizeof(flow));
	keep_frame(f->k, &frame, flow);
	return f->sent++;
}

static void check_frame(struct fixture *f, const struct frame *frame)
{
	uint32_t number, flow;

	memcpy(&number, frame->bytes, sizeof(number));
	memcpy(&flow, frame->bytes + 4, sizeof(flow));
	CU_ASSERT_FATAL(number < NUMBERS);
	CU_ASSERT_TRUE(f->want[number]);
	f->want[number] = false; /* once */
	CU_ASSERT_EQUAL(frame->ts_ns, NOW + number * INT64_C(1000003));
	CU_ASSERT_EQUAL(frame->linktype, flow % 2 == 0 ? 1 : 101);
	CU_ASSERT(frame->wirelen >= frame->caplen && frame->caplen <= 2000);
	CU_ASSERT(frame->ts_ns > f->last[flow]);
	f->last[flow] = frame->ts_ns;
	f->disorder += frame->ts_ns < f->latest;
	f->latest = MAX(f->latest, frame->ts_ns);
	for (uint32_t i = 8; i < frame->caplen; i++)
		if (frame->bytes[i] != (uint8_t)number)
			CU_FAIL("bytes of another frame");
}

static void check_file(struct fixture *f, const char *path)
{
	struct frame frames[FRAME_BATCH];
	struct source *source = NULL;
	struct fa_error err = { 0 };
	int n;

	CU_ASSERT_EQUAL_FATAL(source_open(&source, path, NULL, &err), 0);
	while ((n = source_next(source, frames, &err)) > 0)
		for (int i = 0; i < n; i++)
			check_frame(f, &frames[i]);
	CU_ASSERT_EQUAL(n, 0);
	CU_ASSERT_FALSE(source_info(source)->truncated);
	source_close(source);
}

/* The files hold what is wanted, each once, and of a flow in order. */
static void expect_wanted(struct fixture *f)
{
	each_file(f, check_file);
	for (uint32_t i = 0; i < NUMBERS; i++)
		CU_ASSERT_FALSE(f->want[i]);
}

static void write_well(struct fixture *f)
{
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL(keep_write(f->k, NOW, &err), 0);
}

/* Flow @id was marked: so many of the frames sent so far are wanted. */
static void want_flow(struct fixture *f, uint32_t id, uint32_t from, uint32_t step)
{
	keep_mark(f->k, id, "because");
	for (uint32_t i = from; i < f->sent; i += step)
		f->want[i] = true;
}

static void test_marked_flows(void)
{
	struct fixture *f = begin(100 << 20, 8 << 20);
	struct keep_stats stats;

	for (uint32_t i = 0; i < 2000; i++) {
		uint32_t flow = i % 50, number = frame(f, flow, 60 + i);

		f->want[number] = flow == 3 || flow == 10;
		if (i == 500)
			keep_mark(f->k, 3, "early");
		if (i == 1500) {
			keep_mark(f->k, 10, "late");
			keep_mark(f->k, 10, "again");
		}
		if (i % 300 == 299)
			write_well(f);
	}
	keep_mark(f->k, 77, "without a frame");
	write_well(f);
	write_well(f);
	keep_stats(f->k, &stats);
	CU_ASSERT_EQUAL(stats.kept, 80);
	CU_ASSERT_EQUAL(stats.lost, 0);
	CU_ASSERT_EQUAL(stats.overwritten, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(stats.file, "/flowaudit-20261127T082904-0000.pcapng"));
	CU_ASSERT_EQUAL(each_file(f, NULL), 1);
	expect_wanted(f);
	end(f);
}

static void test_order(void)
{
	struct fixture *f = begin(100 << 20, 8 << 20);

	for (int i = 0; i < 1000; i++)
		frame(f, (uint32_t)i % 10, 600);
	want_flow(f, 7, 7, 10);
	want_flow(f, 2, 2, 10);
	for (int i = 0; i < 1000; i++) {
		uint32_t number = frame(f, (uint32_t)i % 10, 600);

		f->want[number] = i % 10 == 7 || i % 10 == 2;
	}
	write_well(f);
	expect_wanted(f);
	CU_ASSERT_EQUAL(f->disorder, 0);
	end(f);
}

static void test_number_used_again(void)
{
	struct fixture *f = begin(100 << 20, 8 << 20);

	/* The first flow of the number offends, the second does not, the third does. */
	f->want[frame(f, 5, 100)] = true;
	f->want[frame(f, 5, 100)] = true;
	keep_mark(f->k, 5, "first");
	keep_forget(f->k, 5);
	frame(f, 5, 100);
	write_well(f);
	frame(f, 5, 100);
	keep_forget(f->k, 5);
	f->want[frame(f, 5, 100)] = true;
	keep_mark(f->k, 5, "third");
	f->want[frame(f, 5, 100)] = true;
	keep_forget(f->k, 5);
	frame(f, 5, 100);
	write_well(f);
	expect_wanted(f);
	end(f);
}

/* 1600 and a head of 48 are 1664 bytes of the memory: 630 frames, or 629. */
static void test_overwritten(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	struct keep_stats stats;
	uint32_t held;

	for (uint32_t i = 0; i < 5000; i++)
		frame(f, i % 2, 1600);
	keep_stats(f->k, &stats);
	held = 5000 - (uint32_t)stats.overwritten;
	CU_ASSERT(held == 629 || held == 630);
	want_flow(f, 1, (5000 - held) | 1, 2);
	write_well(f);
	expect_wanted(f);
	keep_stats(f->k, &stats);
	CU_ASSERT(stats.kept == 315 && stats.lost == 0);
	/* Those that were kept are not counted when their turn comes. */
	for (uint32_t i = 0; i < 1000; i++)
		frame(f, 2, 1600);
	keep_stats(f->k, &stats);
	CU_ASSERT_EQUAL(stats.overwritten, 6000 - held - 315);
	end(f);
}

static void test_lost(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	struct keep_stats stats;

	keep_mark(f->k, 1, "all");
	for (uint32_t i = 0; i < 1500; i++)
		frame(f, 1, 1600);
	write_well(f);
	keep_stats(f->k, &stats);
	CU_ASSERT(stats.kept == 629 || stats.kept == 630);
	CU_ASSERT(stats.lost == 1500 - stats.kept && stats.overwritten == stats.lost);
	for (uint64_t i = stats.lost; i < 1500; i++)
		f->want[i] = true;
	expect_wanted(f);
	end(f);
}

/* Sizes of all sorts, the largest too, through many turns of the memory. */
static void test_any_size(void)
{
	struct fixture *f = begin(400 << 20, 1 << 20);
	unsigned seed = 1;

	keep_mark(f->k, 4, "all");
	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t len = 8 + (seed = seed * 1103515245 + 12345) / 65536 % 2900;

		f->want[frame(f, i % 5, len)] = i % 5 == 4;
		if (i % 100 == 0)
			write_well(f);
	}
	write_well(f);
	expect_wanted(f);
	end(f);
}

static uint64_t bytes_of(const char *dir)
{
	char command[100];
	unsigned long long sum = 0;
	FILE *p;

	snprintf(command, sizeof(command), "cat %s/* | wc -c", dir);
	p = popen(command, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(fscanf(p, "%llu", &sum), 1);
	pclose(p);
	return sum;
}

/* Path of a file in the directory. */
static const char *in(const struct fixture *f, const char *name, char path[static 300])
{
	snprintf(path, 300, "%s/%s", f->dir, name);
	return path;
}

static void put_file(const struct fixture *f, const char *name, off_t size)
{
	char path[300];
	FILE *file = fopen(in(f, name, path), "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fclose(file);
	CU_ASSERT_EQUAL(truncate(path, size), 0);
}

static bool has_file(const struct fixture *f, const char *name)
{
	char path[300];

	return access(in(f, name, path), F_OK) == 0;
}

static void test_bounded(void)
{
	char path[300];
	struct fixture *f = begin(160000, 1 << 20);
	struct keep_stats stats;
	uint64_t most = 0;

	/* Of an earlier run, and of others. */
	put_file(f, "flowaudit-20250101T000000-0000.pcapng", 100000);
	put_file(f, "flowaudit-20250102T000000-0000.pcapng", 100000);
	put_file(f, "flowaudit-20250101T000000-0000.pcap", 10);
	put_file(f, "flowaudit-2025010100000000000.pcapng", 10);
	put_file(f, "mine.pcapng", 10);
	keep_mark(f->k, 1, "all");
	frame(f, 1, 1000);
	write_well(f);
	CU_ASSERT_FALSE(has_file(f, "flowaudit-20250101T000000-0000.pcapng"));
	CU_ASSERT_TRUE(has_file(f, "flowaudit-20250102T000000-0000.pcapng"));
	for (int i = 0; i < 1000; i++) {
		frame(f, 1, 1000);
		write_well(f);
		if (i % 10 == 0)
			most = MAX(most, bytes_of(f->dir));
	}
	CU_ASSERT_FALSE(has_file(f, "flowaudit-20250102T000000-0000.pcapng"));
	CU_ASSERT_TRUE(has_file(f, "flowaudit-20250101T000000-0000.pcap"));
	CU_ASSERT_TRUE(has_file(f, "flowaudit-2025010100000000000.pcapng"));
	CU_ASSERT_TRUE(has_file(f, "mine.pcapng"));
	CU_ASSERT(most > 140000 && most <= 160030);
	keep_stats(f->k, &stats);
	CU_ASSERT_EQUAL(stats.kept, 1001);
	/* Each file can be read by itself, and the newest frames are there. */
	remove_file(f, in(f, "mine.pcapng", path));
	remove_file(f, in(f, "flowaudit-20250101T000000-0000.pcap", path));
	remove_file(f, in(f, "flowaudit-2025010100000000000.pcapng", path));
	memset(f->want, 1, f->sent);
	CU_ASSERT_EQUAL(each_file(f, check_file), 8);
	for (uint32_t i = f->sent - 130; i < f->sent; i++)
		CU_ASSERT_FALSE(f->want[i]);
	end(f);
}

/* How often the last file has a text. */
static unsigned occurrences(struct fixture *f, const char *what)
{
	char *bytes = calloc(1, 8 << 20), *at;
	struct keep_stats stats;
	unsigned count = 0;
	size_t len;
	FILE *file;

	keep_stats(f->k, &stats);
	file = fopen(stats.file, "r");
	CU_ASSERT_FATAL(file != NULL && bytes != NULL);
	len = fread(bytes, 1, 8 << 20, file);
	fclose(file);
	for (at = bytes; (at = memmem(at, len - (size_t)(at - bytes), what, strlen(what))) != NULL;
	     at++)
		count++;
	free(bytes);
	return count;
}

static void test_comments(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	char longer[400];

	memset(longer, 'x', sizeof(longer));
	memcpy(longer + 158, "\xc3\xa4", 2);
	longer[399] = '\0';
	frame(f, 1, 100);
	frame(f, 1, 100);
	keep_mark(f->k, 1, "why one");
	keep_mark(f->k, 2, "why two");
	frame(f, 2, 100);
	frame(f, 2, 100);
	frame(f, 3, 100);
	keep_mark(f->k, 3, longer);
	write_well(f);
	CU_ASSERT_EQUAL(occurrences(f, "why one"), 1);
	CU_ASSERT_EQUAL(occurrences(f, "why two"), 1);
	/* Cut before the character that has no room. */
	longer[158] = '\0';
	CU_ASSERT_EQUAL(occurrences(f, longer), 1);
	CU_ASSERT_EQUAL(occurrences(f, "\xc3"), 0);
	/* Comments are given back: with frames that are written or overwritten, and without frames. */
	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t flow = i % 900 + 10;

		keep_mark(f->k, flow, "a reason");
		if (i % 3 != 0)
			frame(f, flow, 200);
		keep_forget(f->k, flow);
		if (i == 10000)
			write_well(f);
	}
	write_well(f);
	CU_ASSERT(occurrences(f, "a reason") > 3000);
	frame(f, 5, 100);
	keep_mark(f->k, 5, "still room");
	write_well(f);
	CU_ASSERT_EQUAL(occurrences(f, "still room"), 1);
	CU_ASSERT_EQUAL(each_file(f, NULL), 1);
	end(f);
}

static void test_full_disk(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	struct keep_stats stats;
	struct fa_error err = { 0 };
	char want[200];

	if (mount("none", f->dir, "tmpfs", 0, "size=900k") != 0) {
		end(f);
		return;
	}
	keep_mark(f->k, 1, "all");
	for (int i = 0; i < 500; i++)
		frame(f, 1, 1600);
	CU_ASSERT_EQUAL(keep_write(f->k, NOW, &err), 0);
	/* Interfaces are met for the first time in what cannot be written. */
	keep_mark(f->k, 2, "all");
	keep_mark(f->k, 3, "all");
	for (uint32_t i = 0; i < 1000; i++)
		frame(f, 1 + i % 3, 1600);
	CU_ASSERT_EQUAL(keep_write(f->k, NOW, &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(err.text, "0000.pcapng: cannot write: No space left on device"));
	CU_ASSERT_EQUAL(keep_write(f->k, NOW, &err), 0);
	CU_ASSERT_EQUAL(mount("none", f->dir, NULL, MS_REMOUNT, "size=8m"), 0);
	CU_ASSERT_EQUAL(keep_write(f->k, NOW, &err), 1);
	keep_stats(f->k, &stats);
	CU_ASSERT(stats.lost >= 1000 - 630 && stats.lost + stats.kept == 1500);
	snprintf(want, sizeof(want), "%s: written again; 0 packets were lost", f->dir);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	for (uint32_t i = 0; i < 1500; i++)
		f->want[i] = i < 500 || i >= 500 + stats.lost;
	expect_wanted(f);
	keep_free(f->k);
	f->k = NULL;
	umount(f->dir);
	end(f);
}

/* Nothing is left to be written, but nothing was written either: it is not over. */
static void test_lost_in_outage(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	struct fa_error err = { 0 };
	char want[200];

	rmdir(f->dir);
	keep_mark(f->k, 1, "all");
	frame(f, 1, 100);
	CU_ASSERT_EQUAL(keep_write(f->k, NOW, &err), FA_EIO);
	for (int i = 0; i < 1000; i++)
		frame(f, 2, 2000);
	CU_ASSERT_EQUAL(keep_write(f->k, NOW + NS_PER_S, &err), 0);
	mkdir(f->dir, 0700);
	CU_ASSERT_EQUAL(keep_write(f->k, NOW + 2 * NS_PER_S, &err), 0);
	f->want[frame(f, 1, 100)] = true;
	CU_ASSERT_EQUAL(keep_write(f->k, NOW + 3 * NS_PER_S, &err), 1);
	snprintf(want, sizeof(want), "%s: written again; 1 packets were lost", f->dir);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	expect_wanted(f);
	end(f);
}

static void test_vanished_directory(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	struct fa_error err = { 0 };
	char want[200];

	keep_mark(f->k, 1, "all");
	frame(f, 1, 100);
	write_well(f);
	each_file(f, remove_file);
	rmdir(f->dir);
	f->want[frame(f, 1, 100)] = true;
	CU_ASSERT_EQUAL(keep_write(f->k, NOW + NS_PER_S, &err), FA_EIO);
	snprintf(want, sizeof(want),
		 "%s: cannot make room for kept packets: No such file or directory; it is tried "
		 "again, and packets wait as long as there is room",
		 f->dir);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	f->want[frame(f, 1, 100)] = true;
	CU_ASSERT_EQUAL(keep_write(f->k, NOW + 2 * NS_PER_S, &err), 0);
	mkdir(f->dir, 0700);
	CU_ASSERT_EQUAL(keep_write(f->k, NOW + 3 * NS_PER_S, &err), 1);
	expect_wanted(f);
	/* A file that is taken away is left alone, and another begun. */
	each_file(f, remove_file);
	f->want[frame(f, 1, 100)] = true;
	CU_ASSERT_EQUAL(keep_write(f->k, NOW + 4 * NS_PER_S, &err), 0);
	expect_wanted(f);
	end(f);
}

static void test_refused(void)
{
	struct keep_options o = { "/nonexistent", 16 << 20, 1 << 20, 10, 0 };
	struct fa_error err = { 0 };
	struct keep *k = NULL;

	CU_ASSERT_EQUAL(keep_new(&k, &o, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "/nonexistent: cannot keep packets in this directory: No "
					 "such file or directory");
	o.max_bytes = 1 << 20;
	CU_ASSERT_EQUAL(keep_new(&k, &o, &err), FA_EUSAGE);
	CU_ASSERT_STRING_EQUAL(err.text,
			       "/nonexistent: 1048576 bytes are too few for kept packets; "
			       "give 2099712 or more");
	o.memory = 1000;
	CU_ASSERT_EQUAL(keep_new(&k, &o, &err), FA_EUSAGE);
	CU_ASSERT_STRING_EQUAL(err.text, "1000 bytes are too few for packets that wait; give "
					 "1048576 or more");
	CU_ASSERT_PTR_NULL(k);
	keep_free(NULL);
}

/* Cut anywhere, as by a kill or a crash, a file gives its whole blocks. */
static void test_cut_file(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	struct frame frames[FRAME_BATCH];
	struct keep_stats stats;
	struct stat st;
	int64_t before = 20;

	keep_mark(f->k, 1, "all");
	for (int i = 0; i < 20; i++)
		frame(f, 1, 100);
	write_well(f);
	keep_stats(f->k, &stats);
	CU_ASSERT_EQUAL_FATAL(stat(stats.file, &st), 0);
	for (off_t size = st.st_size; size >= 64; size--) {
		struct source *source = NULL;
		int64_t n, count = 0;

		CU_ASSERT_EQUAL(truncate(stats.file, size), 0);
		CU_ASSERT_EQUAL_FATAL(source_open(&source, stats.file, NULL, NULL), 0);
		while ((n = source_next(source, frames, NULL)) > 0)
			count += n;
		CU_ASSERT_EQUAL(n, 0);
		CU_ASSERT(count == before || count == before - 1);
		before = count;
		source_close(source);
	}
	CU_ASSERT_EQUAL(before, 0);
	end(f);
}

/* Others read the files too: what tcpdump says of one. */
static void test_tcpdump(void)
{
	struct fixture *f = begin(100 << 20, 1 << 20);
	char command[200];
	struct keep_stats stats;

	if (system("command -v tcpdump >/dev/null") == 0) {
		keep_mark(f->k, 2, "all");
		for (int i = 0; i < 10; i++)
			frame(f, 2, 100);
		write_well(f);
		keep_stats(f->k, &stats);
		snprintf(command, sizeof(command),
			 "[ $(tcpdump -nn -tt -r %s 2>/dev/null | grep -c '^1795768144') = 10 ]",
			 stats.file);
		CU_ASSERT_EQUAL(system(command), 0);
	}
	end(f);
}

extern CU_TestInfo tests_keep[];
CU_TestInfo tests_keep[] = {
	{ "frames of marked flows, those before the mark too, once, and no others",
	  test_marked_flows },
	{ "what is written at once is in order", test_order },
	{ "a number used again is another flow", test_number_used_again },
	{ "the oldest frames are overwritten, and counted", test_overwritten },
	{ "marked frames that could not be written in time are lost, and counted", test_lost },
	{ "frames of any size, through many turns of the memory", test_any_size },
	{ "all files together are bounded, and only our own are removed", test_bounded },
	{ "the first frame kept of a flow says why", test_comments },
	{ "a full disk is told once, and no block is cut", test_full_disk },
	{ "an outage lasts until something is written", test_lost_in_outage },
	{ "a directory or file that is gone is made up for", test_vanished_directory },
	{ "what cannot be is refused", test_refused },
	{ "a file that is cut gives its whole blocks", test_cut_file },
	{ "tcpdump reads them", test_tcpdump },
	CU_TEST_INFO_NULL,
};
