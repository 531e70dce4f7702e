/* Lines into files that rotate, fill up, vanish and are renamed: no line is cut, none lost unsaid. */
#include "report/stream.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/util.h"

#define NOW (INT64_C(1795768144) * NS_PER_S) /* 2026-11-27 08:29:04 UTC */

/* A directory of a test's own, gone with what is in it when the test is over. */
static char *directory_new(char path[static 32])
{
	strcpy(path, "/tmp/test_stream.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(path));
	return path;
}

static void directory_free(const char *path)
{
	char name[600];
	DIR *d = opendir(path);

	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		if (e->d_name[0] != '.')
			unlink(name);
	}
	if (d != NULL)
		closedir(d);
	CU_ASSERT_EQUAL(rmdir(path), 0);
}

static struct stream *open_stream(const char *dir, const char *name, uint64_t max_bytes,
				  unsigned seconds, unsigned files)
{
	struct stream_options o = { .max_bytes = max_bytes, .seconds = seconds, .files = files };
	struct stream *s = NULL;
	struct fa_error err = { 0 };
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	o.path = path;
	CU_ASSERT_EQUAL_FATAL(stream_open(&s, &o, NOW, &err), 0);
	return s;
}

static void say(struct stream *s, const char *line)
{
	stream_lines(s, line, strlen(line));
}

/* All of a file, NUL-terminated; "" when there is none. */
static char *content(const char *dir, const char *name)
{
	char path[600], *text = calloc(1, 4 << 20);
	int fd;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		CU_ASSERT_TRUE(read(fd, text, (4 << 20) - 1) >= 0);
		close(fd);
	}
	return text;
}

static void expect(const char *dir, const char *name, const char *want)
{
	char *text = content(dir, name);

	CU_ASSERT_STRING_EQUAL(text, want);
	free(text);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* The names in a directory, sorted, a space between them. */
static void expect_names(const char *dir, const char *want)
{
	struct dirent **entries;
	char names[2048] = "";
	int n = scandir(dir, &entries, visible, by_name);

	for (int i = 0; i < n; i++) {
		if (i > 0)
			strcat(names, " ");
		strcat(names, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	CU_ASSERT_STRING_EQUAL(names, want);
}

static void rotate_16(const char *path, unsigned seconds, unsigned files, const char *want)
{
	char dir[32];
	struct stream *s = open_stream(directory_new(dir), path, 10, seconds, files);

	for (int i = 0; i < 16; i++)
		say(s, "123456789\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW, NULL), 0);
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	expect_names(dir, want);
	directory_free(dir);
}

/* What tcpdump 4.99.3 made of 15 MB: tcpdump -r FILE -w f%H with -C 1 and these -G and -W. */
static void test_names_by_size(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	rotate_16("f%H", 0, 0,
		  "f%H f%H1 f%H10 f%H11 f%H12 f%H13 f%H14 f%H15 f%H2 f%H3 f%H4 f%H5 f%H6 f%H7 f%H8 "
		  "f%H9");
	rotate_16("f%H", 0, 3, "f%H0 f%H1 f%H2");
	rotate_16("f%H", 0, 12,
		  "f%H00 f%H01 f%H02 f%H03 f%H04 f%H05 f%H06 f%H07 f%H08 f%H09 f%H10 f%H11");
	rotate_16("f%H", 0, 1, "f%H");
	rotate_16("f%H", 0, 10, "f%H0 f%H1 f%H2 f%H3 f%H4 f%H5 f%H6 f%H7 f%H8 f%H9");
	rotate_16("f%H", 0, 11,
		  "f%H00 f%H01 f%H02 f%H03 f%H04 f%H05 f%H06 f%H07 f%H08 f%H09 f%H10");
	rotate_16("f%H", 3600, 3, "f080 f081 f082");
	rotate_16("f%H", 3600, 0,
		  "f08 f081 f0810 f0811 f0812 f0813 f0814 f0815 f082 f083 f084 f085 f086 f087 f088 "
		  "f089");
	rotate_16("f%H", 3600, 200,
		  "f08000 f08001 f08002 f08003 f08004 f08005 f08006 f08007 f08008 f08009 f08010 "
		  "f08011 f08012 f08013 f08014 f08015");
}

static void test_names_by_time(void)
{
	char dir[32];
	struct stream *s;

	setenv("TZ", "JST-9", 1);
	tzset();
	s = open_stream(directory_new(dir), "f%Y%m%d-%H%M%S", 0, 60, 0);
	say(s, "first\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 59 * NS_PER_S, NULL), 0);
	expect_names(dir, "f20261127-172904");
	say(s, "still first\n");
	/* Seen late: periods keep to their beat.  And a clock that is set back begins nothing. */
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 63 * NS_PER_S, NULL), 0);
	say(s, "second\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 10 * NS_PER_S, NULL), 0);
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 69 * NS_PER_S, NULL), 0);
	say(s, "third\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 70 * NS_PER_S, NULL), 0);
	say(s, "fourth\n");
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	expect_names(dir, "f20261127-172904 f20261127-173004 f20261127-173014");
	expect(dir, "f20261127-172904", "first\nstill first\n");
	expect(dir, "f20261127-173004", "second\nthird\n");
	expect(dir, "f20261127-173014", "fourth\n");
	directory_free(dir);
	setenv("TZ", "UTC0", 1);
	tzset();
}

static void test_number_of_periods(void)
{
	char dir[32];
	struct stream *s = open_stream(directory_new(dir), "f%S", 0, 1, 2);

	CU_ASSERT_EQUAL(stream_flush(s, NOW + NS_PER_S, NULL), 0);
	CU_ASSERT_FALSE(stream_is_over(s));
	say(s, "last\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 2 * NS_PER_S, NULL), 0);
	CU_ASSERT_TRUE(stream_is_over(s));
	CU_ASSERT_EQUAL(stream_lost(s), 0);
	say(s, "too late\n");
	CU_ASSERT_EQUAL(stream_lost(s), 1);
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 9 * NS_PER_S, NULL), 0);
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	expect_names(dir, "f04 f05");
	expect(dir, "f05", "last\n");
	directory_free(dir);
}

static void test_lines_are_whole(void)
{
	char dir[32], name[32], unit[400], *all = calloc(1, 4 << 20), *back = calloc(1, 4 << 20);
	struct stream *s = open_stream(directory_new(dir), "x", 1000, 0, 0);
	unsigned seed = 1, files = 0;
	char *text;

	CU_ASSERT_FATAL(all != NULL && back != NULL);
	for (int i = 0; i < 3000; i++) {
		size_t len = 2 + (seed = seed * 1103515245 + 12345) / 65536 % 390;

		/* Two lines that belong together, with an end that only a whole unit has. */
		memset(unit, 'a' + i % 26, len);
		unit[len / 2] = '\n';
		memcpy(unit + len, ".\n", 3);
		say(s, unit);
		strcat(all, unit);
		if (i % 37 == 0)
			CU_ASSERT_EQUAL(stream_flush(s, NOW, NULL), 0);
	}
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	for (strcpy(name, "x"); *(text = content(dir, name)) != '\0'; free(text)) {
		size_t len = strlen(text);

		CU_ASSERT(len <= 1000 && strcmp(text + len - 2, ".\n") == 0);
		strcat(back, text);
		snprintf(name, sizeof(name), "x%u", ++files);
	}
	free(text);
	CU_ASSERT(files > 500);
	CU_ASSERT_EQUAL(strcmp(all, back), 0);
	free(all);
	free(back);
	directory_free(dir);
}

static void test_ring(void)
{
	char dir[32];
	struct stream *s = open_stream(directory_new(dir), "r", 6, 0, 3);

	say(s, "one\n");
	say(s, "two\n");
	say(s, "longer than a file\n");
	say(s, "4\n");
	say(s, "5\n");
	say(s, "6\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW, NULL), 0);
	expect(dir, "r0", "4\n5\n6\n");
	expect(dir, "r1", "two\n");
	expect(dir, "r2", "longer than a file\n");
	say(s, "7\n");
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	expect(dir, "r1", "7\n");
	directory_free(dir);
}

static void refuse(const char *path, uint64_t max_bytes, unsigned seconds, unsigned files, int code,
		   const char *text)
{
	struct stream_options o = { path, max_bytes, seconds, files };
	struct stream *s = NULL;
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL(stream_open(&s, &o, NOW, &err), code);
	CU_ASSERT_STRING_EQUAL(err.text, text);
	CU_ASSERT_PTR_NULL(s);
}

static void test_refused(void)
{
	char longer[5000];

	refuse("-", 1, 0, 0, FA_EUSAGE, "standard output cannot be split into files; give a path");
	refuse("-", 0, 1, 0, FA_EUSAGE, "standard output cannot be split into files; give a path");
	refuse("/tmp/x", 0, 0, 2, FA_EUSAGE,
	       "/tmp/x: a number of files needs a size or a time after which a new one begins");
	refuse("/nonexistent/x", 0, 0, 0, FA_EIO,
	       "/nonexistent/x: cannot open for writing: No such file or directory");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	CU_ASSERT_EQUAL(stream_open(NULL, &(struct stream_options){ .path = longer }, NOW, NULL),
			FA_EUSAGE);
}

/* Line number @i of @len bytes. */
static void say_numbered(struct stream *s, unsigned i, size_t len)
{
	char line[1100];

	memset(line, '.', len);
	snprintf(line, 10, "%09u", i);
	line[9] = '.';
	line[len - 1] = '\n';
	stream_lines(s, line, len);
}

/* Every line is whole, and they are in order.  Return: how many */
static unsigned whole_lines(const char *dir, const char *name, size_t len)
{
	char *text = content(dir, name);
	size_t n = strlen(text);
	long before = -1;

	CU_ASSERT_EQUAL(n % len, 0);
	for (size_t at = 0; at + len <= n; at += len) {
		long number = strtol(text + at, NULL, 10);

		if (number <= before || text[at + len - 1] != '\n')
			CU_FAIL("a line is cut or in the wrong place");
		before = number;
	}
	free(text);
	return (unsigned)(n / len);
}

/* Where @s runs out of room until make_room(): told once, lines whole, recovered with a count. */
static void run_out_of_room(struct stream *s, const char *dir, const char *name,
			    void (*make_room)(const char *dir), const char *told)
{
	struct fa_error err = { 0 };
	unsigned lines = 3000, before;
	char want[200];

	for (unsigned i = 0; i < lines; i++)
		say_numbered(s, i, 1000);
	CU_ASSERT_EQUAL(stream_flush(s, NOW, &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, told));
	memset(&err, 0, sizeof(err));
	for (int i = 1; i < 4; i++)
		CU_ASSERT_EQUAL(stream_flush(s, NOW + i * NS_PER_S / 2, &err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	before = whole_lines(dir, name, 1000);
	CU_ASSERT(before > 10);
	/* What waits is bounded. */
	CU_ASSERT(stream_lost(s) >= lines - before - 1049 && stream_lost(s) < lines - before);
	make_room(dir);
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 3 * NS_PER_S, &err), 1);
	CU_ASSERT_EQUAL(err.code, FA_OK);
	snprintf(want, sizeof(want), "%s/%s: written again; %llu lines were lost", dir, name,
		 (unsigned long long)stream_lost(s));
	CU_ASSERT_STRING_EQUAL(err.text, want);
	CU_ASSERT_EQUAL(whole_lines(dir, name, 1000) + stream_lost(s), lines);
	say_numbered(s, lines, 1000);
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 4 * NS_PER_S, &err), 0);
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
}

static void larger_disk(const char *dir)
{
	CU_ASSERT_EQUAL(mount("none", dir, NULL, MS_REMOUNT, "size=8m"), 0);
}

static void test_full_disk(void)
{
	char dir[32];

	if (mount("none", directory_new(dir), "tmpfs", 0, "size=100k") == 0) {
		run_out_of_room(open_stream(dir, "x", 0, 0, 0), dir, "x", larger_disk,
				"x: cannot write: No space left on device");
		umount(dir);
	}
	directory_free(dir);
}

static void higher_limit(const char *dir)
{
	struct rlimit limit;

	(void)dir;
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void test_file_limit(void)
{
	struct rlimit limit;
	char dir[32];

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 12345;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	run_out_of_room(open_stream(directory_new(dir), "x", 0, 0, 0), dir, "x", higher_limit,
			"x: cannot write: File too large");
	directory_free(dir);
}

static void test_full_device(void)
{
	struct stream *s = open_stream("/dev", "full", 0, 0, 0);
	struct fa_error err = { 0 };

	say(s, "one\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text,
			       "/dev/full: cannot write: No space left on device; it is tried "
			       "again, and lines wait as long as there is room");
	say(s, "two\nthree\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + NS_PER_S, &err), 0);
	CU_ASSERT_EQUAL(stream_lost(s), 0);
	CU_ASSERT_EQUAL(stream_close(s, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "/dev/full: cannot write: No space left on device; "
					 "3 lines were lost");
}

static void test_vanished_directory(void)
{
	struct fa_error err = { 0 };
	char dir[32], want[200], file[64];
	struct stream *s = open_stream(directory_new(dir), "x", 0, 0, 0);

	snprintf(file, sizeof(file), "%s/x", dir);
	unlink(file);
	rmdir(dir);
	say(s, "one\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + NS_PER_S, &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(err.text, "/x: cannot open for writing: No such file or directory"));
	say(s, "two\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 2 * NS_PER_S, &err), 0);
	mkdir(dir, 0700);
	/* Not at every flush. */
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 2 * NS_PER_S + 1, &err), 0);
	expect_names(dir, "");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 3 * NS_PER_S, &err), 1);
	snprintf(want, sizeof(want), "%s: written again; 0 lines were lost", file);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	expect(dir, "x", "one\ntwo\n");
	directory_free(dir);
}

/* The next file of a ring and of a period cannot be begun for a while. */
static void test_rotation_without_directory(void)
{
	struct fa_error err = { 0 };
	char dir[32], file[64];
	struct stream *s = open_stream(directory_new(dir), "x", 8, 60, 3);

	snprintf(file, sizeof(file), "%s/x0", dir);
	unlink(file);
	rmdir(dir);
	say(s, "full 0\n"); /* into the deleted file: nobody can know within a second */
	say(s, "full 1\n");
	say(s, "full 2\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW, &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/x1: cannot open for writing"));
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 5 * NS_PER_S, &err), 0);
	say(s, "full 3\n");
	mkdir(dir, 0700);
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 7 * NS_PER_S, &err), 1);
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	expect_names(dir, "x0 x1 x2");
	expect(dir, "x1", "full 1\n");
	expect(dir, "x2", "full 2\n");
	expect(dir, "x0", "full 3\n");
	directory_free(dir);
}

static void test_much_at_once(void)
{
	char dir[32];
	struct stream *s = open_stream(directory_new(dir), "x", 0, 0, 0);

	for (unsigned i = 0; i < 3500; i++)
		say_numbered(s, i, 1000);
	CU_ASSERT_EQUAL(stream_lost(s), 0);
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	CU_ASSERT_EQUAL(whole_lines(dir, "x", 1000), 3500);
	s = open_stream(dir, "x", 0, 0, 0);
	for (unsigned i = 0; i < 50000; i++)
		say(s, "short\n");
	CU_ASSERT_EQUAL(stream_lost(s), 0);
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	CU_ASSERT_EQUAL(whole_lines(dir, "x", 300000), 1);
	directory_free(dir);
}

static void test_renamed_file(void)
{
	char dir[32], from[64], to[64];
	struct stream *s = open_stream(directory_new(dir), "x", 0, 0, 0);
	int fd;

	snprintf(from, sizeof(from), "%s/x", dir);
	snprintf(to, sizeof(to), "%s/x.1", dir);
	say(s, "one\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW, NULL), 0);
	CU_ASSERT_EQUAL(rename(from, to), 0);
	say(s, "two\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + NS_PER_S, NULL), 0);
	expect(dir, "x.1", "one\n");
	expect(dir, "x", "two\n");
	/* As with logrotate's "create": another file has the name already, and is not emptied. */
	CU_ASSERT_EQUAL(rename(from, to), 0);
	fd = open(from, O_WRONLY | O_CREAT, 0644);
	CU_ASSERT_EQUAL(write(fd, "head\n", 5), 5);
	close(fd);
	say(s, "three\n");
	CU_ASSERT_EQUAL(stream_flush(s, NOW + 2 * NS_PER_S, NULL), 0);
	expect(dir, "x", "head\nthree\n");
	/* "copytruncate": no hole. */
	CU_ASSERT_EQUAL(truncate(from, 0), 0);
	say(s, "four\n");
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	expect(dir, "x", "four\n");
	directory_free(dir);
}

/* A reader that takes little at a time gets every line whole, whatever writes were cut. */
static void test_slow_pipe(void)
{
	struct stream_options o = { .path = "-" };
	struct stream *s = NULL;
	char *all = calloc(1, 4 << 20);
	int fds[2], keep = dup(STDOUT_FILENO);
	size_t len = 0;
	ssize_t n;

	fflush(stdout);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_NONBLOCK), 0);
	fcntl(fds[1], F_SETPIPE_SZ, 4096);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	CU_ASSERT_EQUAL(stream_open(&s, &o, NOW, NULL), 0);
	CU_ASSERT_FALSE(stream_is_terminal(s));
	CU_ASSERT_EQUAL(stream_width(s), 80);
	for (unsigned i = 0; i < 100; i++)
		say_numbered(s, i, 1001);
	for (int i = 0; i < 60; i++) {
		CU_ASSERT_EQUAL(stream_flush(s, NOW, NULL), 0);
		while ((n = read(fds[0], all + len, 777)) > 0)
			len += (size_t)n;
	}
	CU_ASSERT_EQUAL(stream_close(s, NULL), 0);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	close(fds[0]);
	CU_ASSERT_EQUAL(len, 100 * 1001);
	for (unsigned i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(strtoul(all + i * 1001, NULL, 10), i);
	free(all);
}

static void test_reader_gone(void)
{
	struct stream_options o = { .path = "-" };
	struct fa_error err = { 0 };
	struct stream *s = NULL;
	int fds[2], keep = dup(STDOUT_FILENO);

	fflush(stdout);
	signal(SIGPIPE, SIG_IGN);
	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	close(fds[0]);
	CU_ASSERT_EQUAL(stream_open(&s, &o, NOW, NULL), 0);
	say(s, "one\n");
	CU_ASSERT_FALSE(stream_is_over(s));
	CU_ASSERT_EQUAL(stream_flush(s, NOW, &err), FA_EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "standard output: cannot write: Broken pipe");
	CU_ASSERT_TRUE(stream_is_over(s));
	CU_ASSERT_EQUAL(stream_flush(s, NOW + NS_PER_S, &err), 0);
	CU_ASSERT_EQUAL(stream_lost(s), 1);
	CU_ASSERT_EQUAL(stream_close(s, &err), FA_EIO);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	CU_ASSERT_STRING_EQUAL(err.text,
			       "standard output: cannot write: Broken pipe; 1 lines were lost");
}

/* What was flushed before a kill -9 is there, in whole lines. */
static void test_killed(void)
{
	char dir[32], byte;
	int fds[2];
	pid_t child;

	directory_new(dir);
	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		struct stream *s = open_stream(dir, "x", 0, 0, 0);

		for (unsigned i = 0; i < 300; i++) {
			say_numbered(s, i, 1000);
			if (i % 7 == 0)
				stream_flush(s, NOW, NULL);
		}
		(void)!write(fds[1], "", 1);
		pause();
	}
	CU_ASSERT_EQUAL(read(fds[0], &byte, 1), 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(fds[0]);
	close(fds[1]);
	CU_ASSERT_EQUAL(whole_lines(dir, "x", 1000), 295);
	directory_free(dir);
}

extern CU_TestInfo tests_report_stream[];
CU_TestInfo tests_report_stream[] = {
	{ "files that are full have tcpdump's names", test_names_by_size },
	{ "files of a time have the template's names, in local time", test_names_by_time },
	{ "after so many periods it is over", test_number_of_periods },
	{ "lines that belong together are whole, in one file and in order", test_lines_are_whole },
	{ "a ring overwrites its oldest file; a long line has one of its own", test_ring },
	{ "a full disk is told once, lines stay whole, and what was lost is told", test_full_disk },
	{ "a file that may not grow, likewise", test_file_limit },
	{ "what could not be written by the end is told", test_full_device },
	{ "a directory that vanished is waited for", test_vanished_directory },
	{ "a next file that cannot be begun is waited for", test_rotation_without_directory },
	{ "more than can wait is written at once", test_much_at_once },
	{ "logrotate may rename, create and empty the file", test_renamed_file },
	{ "a pipe that takes lines in parts gets them whole", test_slow_pipe },
	{ "standard output that nobody reads is over", test_reader_gone },
	{ "what was flushed before a kill is there, in whole lines", test_killed },
	{ "what cannot be is refused", test_refused },
	CU_TEST_INFO_NULL,
};
