/*
 * What confine() refuses.
 *
 * Every attempt is made twice, each time in a child of its own: without confine(), where
 * it works, which shows that it is tried rightly, and with it, where it fails.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "audit/confine.h"
#include "base/util.h"
#include "yard.h"

enum { NOT_CONFINED = 199 };

/* Attempts return 0 or errno. */
static int result(long rc)
{
	return rc >= 0 ? 0 : errno;
}

static int opens(const char *dir, const char *name, int flags)
{
	char path[YARD_PATH];

	yard_path(dir, name, path);
	return result(open(path, flags, 0600));
}

static int start_program(const struct yard *y)
{
	(void)y;
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int start_program_by_fd(const struct yard *y)
{
	char *const arguments[] = { (char[]){ "true" }, NULL };
	char *const environment[] = { NULL };

	(void)y;
	syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, environment, 0);
	return errno;
}

static int spawn(const struct yard *y)
{
	char *const arguments[] = { (char[]){ "true" }, NULL };
	char *const environment[] = { NULL };
	pid_t pid;

	(void)y;
	return posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, environment);
}

static int fork_process(const struct yard *y)
{
	const pid_t pid = fork();

	(void)y;
	if (pid == 0)
		_exit(0);
	return result(pid);
}

static int write_outside(const struct yard *y)
{
	return opens(y->outside, "file", O_WRONLY);
}

static int append_outside(const struct yard *y)
{
	return opens(y->outside, "file", O_RDWR | O_APPEND);
}

static int create_outside(const struct yard *y)
{
	return opens(y->outside, "new", O_WRONLY | O_CREAT | O_EXCL);
}

static int empty_outside(const struct yard *y)
{
	return opens(y->outside, "file", O_RDONLY | O_TRUNC);
}

static int write_by_link(const struct yard *y)
{
	return opens(y->inside, "out", O_WRONLY);
}

static int create_by_link(const struct yard *y)
{
	return opens(y->inside, "up/linked", O_WRONLY | O_CREAT);
}

static int anonymous_outside(const struct yard *y)
{
	return result(open(y->outside, O_TMPFILE | O_RDWR, 0600));
}

static int rename_outside(const struct yard *y)
{
	char from[YARD_PATH], to[YARD_PATH];

	yard_path(y->inside, "file", from);
	yard_path(y->outside, "moved", to);
	return result(rename(from, to));
}

static int link_inside(const struct yard *y)
{
	char path[YARD_PATH];

	yard_path(y->inside, "symlink", path);
	return result(symlink("/etc/passwd", path));
}

static int remove_outside(const struct yard *y)
{
	char path[YARD_PATH];

	yard_path(y->outside, "file", path);
	return result(unlink(path));
}

static int truncate_outside(const struct yard *y)
{
	char path[YARD_PATH];

	yard_path(y->outside, "file", path);
	return result(truncate(path, 5));
}

static int mode_outside(const struct yard *y)
{
	char path[YARD_PATH];

	yard_path(y->outside, "file", path);
	return result(chmod(path, 0666));
}

static int mkdir_outside(const struct yard *y)
{
	char path[YARD_PATH];

	yard_path(y->outside, "dir", path);
	return result(mkdir(path, 0700));
}

static int trace(const struct yard *y)
{
	(void)y;
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int read_memory(const struct yard *y)
{
	char a = 0, b = 0;
	const struct iovec from = { &a, 1 }, to = { &b, 1 };

	(void)y;
	return result(process_vm_readv(getpid(), &to, 1, &from, 1, 0));
}

static int signal_process(const struct yard *y)
{
	(void)y;
	return result(kill(getpid(), 0));
}

static int socket_inet(const struct yard *y)
{
	(void)y;
	return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int socket_unix(const struct yard *y)
{
	(void)y;
	return result(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static int socket_netlink(const struct yard *y)
{
	(void)y;
	return result(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int socket_packet(const struct yard *y)
{
	(void)y;
	return result(socket(AF_PACKET, SOCK_RAW, 0));
}

static int socket_pair(const struct yard *y)
{
	int pair[2];

	(void)y;
	return result(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static int configure_socket(const struct yard *y)
{
	const int size = 4096;

	return result(setsockopt(y->pair[1], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
}

static int send_on_socket(const struct yard *y)
{
	return result(send(y->pair[1], "x", 1, MSG_DONTWAIT));
}

static int write_mute(const struct yard *y)
{
	return result(write(y->pair[0], "x", 1));
}

static int writev_mute(const struct yard *y)
{
	return result(writev(y->pair[0], &(struct iovec){ (char[]){ "x" }, 1 }, 1));
}

static int copy_mute(const struct yard *y)
{
	return result(fcntl(y->pair[0], F_DUPFD_CLOEXEC, 0));
}

static int map_code(const struct yard *y)
{
	(void)y;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
			       MAP_FAILED
		       ? errno
		       : 0;
}

static int turn_into_code(const struct yard *y)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)y;
	return page == MAP_FAILED ? -1 : result(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int raise_limit(const struct yard *y)
{
	struct rlimit limit = { 0 };

	(void)y;
	return result(getrlimit(RLIMIT_CORE, &limit)) != 0 ? -1
							   : result(setrlimit(RLIMIT_CORE, &limit));
}

static int unshare_nothing(const struct yard *y)
{
	(void)y;
	return result(unshare(0));
}

static int become_root(const struct yard *y)
{
	(void)y;
	return result(setuid(0));
}

static const struct attempt {
	const char *name;
	int (*body)(const struct yard *);
	bool root; /* works without only as root */
} attempts[] = {
	{ "start a program", start_program, false },
	{ "start a program by descriptor", start_program_by_fd, false },
	{ "spawn a program", spawn, false },
	{ "fork", fork_process, false },
	{ "open a file outside for writing", write_outside, false },
	{ "open a file outside for appending", append_outside, false },
	{ "create a file outside", create_outside, false },
	{ "remove a file outside", remove_outside, false },
	{ "empty a file outside by open()", empty_outside, false },
	{ "write outside by a link", write_by_link, false },
	{ "create outside by a link", create_by_link, false },
	{ "make a nameless file outside", anonymous_outside, false },
	{ "rename to outside", rename_outside, false },
	{ "make a link inside", link_inside, false },
	{ "truncate a file outside", truncate_outside, false },
	{ "change a mode outside", mode_outside, false },
	{ "make a directory outside", mkdir_outside, false },
	{ "be traced", trace, false },
	{ "read memory by process", read_memory, false },
	{ "signal a process", signal_process, false },
	{ "open a TCP socket", socket_inet, false },
	{ "open a Unix socket", socket_unix, false },
	{ "open a netlink socket", socket_netlink, false },
	{ "open a packet socket", socket_packet, true },
	{ "open a pair of sockets", socket_pair, false },
	{ "configure a socket", configure_socket, false },
	{ "send on a socket", send_on_socket, false },
	{ "write to a mute descriptor", write_mute, false },
	{ "writev to a mute descriptor", writev_mute, false },
	{ "copy a mute descriptor", copy_mute, false },
	{ "map executable memory", map_code, false },
	{ "make memory executable", turn_into_code, false },
	{ "raise a limit", raise_limit, false },
	{ "leave a namespace", unshare_nothing, false },
	{ "become root", become_root, true },
};

/* Root's attempts are made as root, so that they do not fail for want of capabilities. */
static int free_attempt(const struct yard *y, const void *context)
{
	const struct attempt *a = context;

	if (!a->root && yard_drop() != 0)
		return NOT_CONFINED;
	return a->body(y);
}

static int confined_attempt(const struct yard *y, const void *context)
{
	const struct attempt *a = context;
	unsigned in_force;

	if ((!a->root && yard_drop() != 0) || yard_confine(y, &in_force) != 0 ||
	    in_force != (CONFINE_LANDLOCK | CONFINE_SECCOMP))
		return NOT_CONFINED;
	return a->body(y);
}

static int attempt(int (*body)(const struct yard *, const void *), const struct attempt *a)
{
	const struct yard y = yard_make();
	const int got = yard_child(body, &y, a);

	yard_remove(&y);
	return got;
}

static void refused(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		const struct attempt *a = &attempts[i];
		int without = 0, with;

		if (!a->root || geteuid() == 0)
			without = attempt(free_attempt, a);
		else
			printf("(%s: only with confine(); without needs root) ", a->name);
		with = attempt(confined_attempt, a);
		CU_ASSERT_EQUAL(without, 0);
		CU_ASSERT_TRUE(with == EPERM || with == EACCES);
		if (without != 0 || (with != EPERM && with != EACCES))
			fprintf(stderr, "%s: without confine() %d, with %d\n", a->name, without,
				with);
	}
}

extern CU_TestInfo tests_confine_calls[];
CU_TestInfo tests_confine_calls[] = {
	{ "what an intruder would do fails, and works without", refused },
	CU_TEST_INFO_NULL,
};
