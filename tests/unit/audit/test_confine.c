/* What confine() leaves, and what it says is in force where a kernel has half of it. */
#include "audit/confine.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "audit/privilege.h"
#include "base/util.h"
#include "yard.h"

enum { BOTH = CONFINE_LANDLOCK | CONFINE_SECCOMP };

static bool opens(const char *dir, const char *name, int flags)
{
	char path[YARD_PATH];

	return open(yard_path(dir, name, path), flags, 0600) >= 0;
}

static void in_yard(int (*body)(const struct yard *, const void *), const void *context)
{
	const struct yard y = yard_make();

	CU_ASSERT_EQUAL(yard_child(body, &y, context), 0);
	yard_remove(&y);
}

/* A report is written as a new file that takes the old one's place. */
static int writes_inside(const struct yard *y, const void *context)
{
	char old[YARD_PATH], new[YARD_PATH], dir[YARD_PATH];
	unsigned in_force;
	FILE *f;

	(void)context;
	HOLDS(yard_shut(y, &in_force) == 0 && in_force == BOTH);
	yard_path(y->inside, "new", new);
	yard_path(y->inside, "file", old);
	yard_path(y->inside, "dir", dir);
	f = fopen(new, "w");
	HOLDS(f != NULL && fputs("report", f) >= 0 && fflush(f) == 0 && fsync(fileno(f)) == 0);
	HOLDS(ftruncate(fileno(f), 3) == 0 && fclose(f) == 0);
	HOLDS(rename(new, old) == 0);
	HOLDS(opens(y->inside, "file", O_WRONLY | O_TRUNC));
	HOLDS(mkdir(dir, 0700) == 0 && opens(dir, "below", O_RDWR | O_CREAT));
	HOLDS(rename(old, yard_path(dir, "moved", new)) == 0 && unlink(new) == 0);
	HOLDS(unlink(yard_path(dir, "below", old)) == 0 && rmdir(dir) == 0);
	HOLDS(open("/dev/null", O_WRONLY) >= 0);
	return 0;
}

static void the_output_directory_is_written(void)
{
	in_yard(writes_inside, NULL);
}

static int asks(const struct yard *y, const void *context)
{
	const char *dirs[] = { y->inside };
	const struct confine_options options = {
		.write_dirs = dirs, .write_count = 1, .ask_fds = &y->pair[0], .ask_count = 1
	};
	unsigned in_force;
	char buffer[8];

	(void)context;
	HOLDS(yard_drop() == 0 && confine(&options, &in_force, NULL) == 0);
	HOLDS(send(y->pair[0], "who?", 4, 0) == 4);
	HOLDS(recv(y->pair[1], buffer, sizeof(buffer), 0) == 4);
	HOLDS(send(y->pair[1], "me", 2, 0) < 0 && errno == EPERM);
	return 0;
}

static void questions_go_out_by_one_socket_alone(void)
{
	in_yard(asks, NULL);
}

static void *thread(void *argument)
{
	char *block = malloc(100);

	*(bool *)argument = block != NULL && socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM;
	free(block);
	return NULL;
}

static int runs_on(const struct yard *y, const void *context)
{
	const size_t large = 100u << 20;
	struct timespec now, little = { .tv_nsec = 1000 };
	struct pollfd fd = { .fd = y->pair[0], .events = POLLIN };
	unsigned in_force;
	pthread_t id;
	bool held = false;
	char buffer[64];
	char *block;

	(void)context;
	HOLDS(send(y->pair[1], "frame", 5, 0) == 5);
	HOLDS(yard_shut(y, &in_force) == 0);
	HOLDS(poll(&fd, 1, 1000) == 1 && recv(y->pair[0], buffer, sizeof(buffer), 0) == 5);
	HOLDS(write(y->pair[1], "x", 1) == 1 && read(y->pair[0], buffer, 1) == 1);
	HOLDS(pthread_create(&id, NULL, thread, &held) == 0 && pthread_join(id, NULL) == 0);
	HOLDS(held);
	block = malloc(large);
	HOLDS(block != NULL);
	memset(block, 1, large);
	block = realloc(block, 2 * large);
	HOLDS(block != NULL && block[large - 1] == 1);
	free(block);
	HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0 && localtime(&now.tv_sec) != NULL);
	HOLDS(clock_nanosleep(CLOCK_MONOTONIC, 0, &little, NULL) == 0);
	HOLDS(open("/proc/net/dev", O_RDONLY) >= 0 && opens(y->outside, "file", O_RDONLY));
	HOLDS(fcntl(y->pair[0], F_SETFL, O_NONBLOCK) == 0);
	HOLDS(signal(SIGUSR1, SIG_IGN) != SIG_ERR && raise(SIGUSR1) == 0);
	abort();
}

struct early {
	pthread_mutex_t gate;
	bool held;
};

static void *early_thread(void *argument)
{
	struct early *early = argument;

	pthread_mutex_lock(&early->gate);
	thread(&early->held);
	pthread_mutex_unlock(&early->gate);
	return NULL;
}

static int thread_before(const struct yard *y, const void *context)
{
	struct early early = { .gate = PTHREAD_MUTEX_INITIALIZER };
	unsigned in_force;
	pthread_t id;

	(void)context;
	pthread_mutex_lock(&early.gate);
	HOLDS(pthread_create(&id, NULL, early_thread, &early) == 0);
	HOLDS(yard_confine(y, &in_force) == 0);
	pthread_mutex_unlock(&early.gate);
	HOLDS(pthread_join(id, NULL) == 0 && early.held);
	return 0;
}

static void a_thread_made_before(void)
{
	in_yard(thread_before, NULL);
}

static void the_program_runs_on(void)
{
	const struct yard y = yard_make();

	/* The last that it does is abort(), which must not hang for want of tgkill(). */
	CU_ASSERT_EQUAL(yard_child(runs_on, &y, NULL), 200 + SIGABRT);
	yard_remove(&y);
}

/* Also after the file is replaced, as editors do. */
static int reads_only(const struct yard *y, const void *context)
{
	const char *const inside[] = { y->inside };
	const char *const read[] = { y->outside, "/proc/self/exe", "/no/such/path" };
	const struct confine_options options = {
		.write_dirs = inside,
		.write_count = 1,
		.read_paths = read,
		.read_count = ARRAY_SIZE(read),
	};
	struct fa_error err = { 0 };
	unsigned in_force;

	(void)context;
	HOLDS(confine(&options, &in_force, &err) == 0);
	HOLDS(opens(y->outside, "file", O_RDONLY) && opens(y->inside, "file", O_RDONLY));
	HOLDS(opens(y->outside, ".", O_RDONLY | O_DIRECTORY));
	HOLDS(open("/proc/self/exe", O_RDONLY) >= 0);
	HOLDS(!opens(y->outside, "file", O_WRONLY) && errno == EACCES);
	HOLDS(open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES);
	HOLDS(open("/etc", O_RDONLY | O_DIRECTORY) < 0 && errno == EACCES);
	return 0;
}

static void what_is_read_can_be_limited(void)
{
	in_yard(reads_only, NULL);
}

static int writes_nothing(const struct yard *y, const void *context)
{
	char path[YARD_PATH];
	unsigned in_force;
	struct fa_error err = { 0 };

	(void)context;
	HOLDS(opens(y->inside, "file", O_WRONLY));
	HOLDS(confine(&(struct confine_options){ 0 }, &in_force, &err) == 0);
	HOLDS(!opens(y->inside, "file", O_WRONLY) && errno == EPERM);
	HOLDS(!opens(y->inside, "new", O_RDONLY | O_CREAT) && errno == EPERM);
	HOLDS(unlink(yard_path(y->inside, "file", path)) != 0 && errno == EPERM);
	HOLDS(opens(y->inside, "file", O_RDONLY));
	return 0;
}

static void without_a_directory_nothing_is_written(void)
{
	in_yard(writes_nothing, NULL);
}

static int wrong_directory(const struct yard *y, const void *context)
{
	char path[YARD_PATH], below[YARD_PATH];
	const char *const dirs[] = { yard_path(y->inside, "missing", path) };
	const char *const read[] = { yard_path(y->inside, "file/below", below) };
	const struct confine_options options = { .write_dirs = dirs, .write_count = 1 };
	const struct confine_options reading = { .read_paths = read, .read_count = 1 };
	struct fa_error err = { 0 };
	unsigned in_force;

	(void)context;
	HOLDS(confine(&options, &in_force, &err) == FA_EIO);
	HOLDS(strstr(err.text, dirs[0]) != NULL && in_force == 0);
	/* Of what is read only that which does not exist is passed over. */
	HOLDS(confine(&reading, &in_force, &err) == FA_EIO);
	HOLDS(strstr(err.text, read[0]) != NULL && in_force == 0);
	return 0;
}

static void a_missing_directory_is_named(void)
{
	in_yard(wrong_directory, NULL);
}

#ifdef __x86_64__
/* getpid() as of the x32 interface, in which nothing of ours is compiled. */
static int calls_by_other_numbers(const struct yard *y, const void *context)
{
	unsigned in_force;

	(void)context;
	HOLDS(yard_shut(y, &in_force) == 0);
	return syscall(0x40000000L | SYS_getpid) > 0;
}
#endif

static void another_machines_numbers_kill(void)
{
#ifdef __x86_64__
	const struct yard y = yard_make();

	CU_ASSERT_EQUAL(yard_child(calls_by_other_numbers, &y, NULL), 200 + SIGSYS);
	yard_remove(&y);
#endif
}

/* ---- kernels that lack something ---------------------------------------------------------- */
/* From now on system call @nr, if its first argument is @first or that is -1, fails with @code. */
static int lack(long nr, long first, unsigned code)
{
	const bool any = first == -1;
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | (any ? BPF_JGE : BPF_JEQ) | BPF_K, any ? 0 : (uint32_t)first, 0,
			 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = { .len = ARRAY_SIZE(program), .filter = program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

static int no_landlock(const struct yard *y, const void *context)
{
	const struct confine_options reading = { 0 };
	struct fa_error err = { 0 };
	unsigned in_force;

	HOLDS(lack(SYS_landlock_create_ruleset, -1, ENOSYS) == 0);
	if (*(const bool *)context) {
		HOLDS(yard_shut(y, &in_force) == 0 && in_force == CONFINE_SECCOMP);
		HOLDS(opens(y->inside, "new", O_WRONLY | O_CREAT));
	} else {
		HOLDS(confine(&reading, &in_force, &err) == 0 && in_force == CONFINE_SECCOMP);
		HOLDS(!opens(y->inside, "file", O_WRONLY) && errno == EPERM);
	}
	HOLDS(opens(y->outside, "file", O_RDONLY));
	HOLDS(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM);
	return 0;
}

static void a_kernel_without_landlock(void)
{
	in_yard(no_landlock, &(bool){ true });
	in_yard(no_landlock, &(bool){ false });
}

static int no_seccomp(const struct yard *y, const void *context)
{
	char path[YARD_PATH];
	unsigned in_force;

	(void)context;
	HOLDS(lack(SYS_prctl, PR_SET_SECCOMP, EINVAL) == 0);
	HOLDS(yard_shut(y, &in_force) == 0 && in_force == CONFINE_LANDLOCK);
	HOLDS(opens(y->inside, "new", O_WRONLY | O_CREAT));
	HOLDS(!opens(y->outside, "file", O_WRONLY) && errno == EACCES);
	HOLDS(mkfifo(yard_path(y->inside, "fifo", path), 0600) != 0 && errno == EACCES);
	HOLDS(symlink("/", yard_path(y->inside, "link", path)) != 0 && errno == EACCES);
	/* Were it started, it would fail. */
	HOLDS(execl("/bin/false", "false", (char *)NULL) != 0 && errno == EACCES);
	return 0;
}

static void a_kernel_without_seccomp(void)
{
	in_yard(no_seccomp, NULL);
}

extern CU_TestInfo tests_confine[];
CU_TestInfo tests_confine[] = {
	{ "the output directory is written", the_output_directory_is_written },
	{ "questions go out by the socket for them, by no other",
	  questions_go_out_by_one_socket_alone },
	{ "threads, memory, time and receiving work", the_program_runs_on },
	{ "a thread made before has the filter as well", a_thread_made_before },
	{ "what is read can be limited", what_is_read_can_be_limited },
	{ "without a directory nothing is written", without_a_directory_nothing_is_written },
	{ "a directory that is missing is named", a_missing_directory_is_named },
	{ "a call by another machine's numbers kills", another_machines_numbers_kill },
	{ "a kernel without landlock: seccomp alone, and it is said", a_kernel_without_landlock },
	{ "a kernel without seccomp: landlock alone, and it is said", a_kernel_without_seccomp },
	CU_TEST_INFO_NULL,
};
