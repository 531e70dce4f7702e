/*
 * Seccomp: the system calls that parsing, writing reports and reading rules take.
 *
 * Whatever is not listed fails with EPERM.  To kill the process instead would stop
 * somebody who got in a little earlier, and would also stop a monitor after weeks
 * because a new release of the C library tries a call first that it can do without:
 * an intruder has nothing from a call that fails, whoever waits for the report has.
 * Only calls by another machine's numbers (32-bit on 64-bit), which no library of ours
 * makes, kill.
 */
#include "audit/confine_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/library.h"
#include "base/memory.h"

/* libseccomp's. */
#define SECCOMP_CALLS(X)    \
	X(seccomp_attr_set) \
	X(seccomp_init)     \
	X(seccomp_load)     \
	X(seccomp_release)  \
	X(seccomp_rule_add_array)

struct seccomp_calls {
	SECCOMP_CALLS(LIBRARY_MEMBER)
};

struct call_filter {
	void *library;
	struct seccomp_calls seccomp;
};

/*
 * Allowed whatever the arguments.  libseccomp passes over what a machine does not have:
 * open() on 64-bit ARM, the names with 64 in them where numbers are of 64 bits anyway.
 */
static const int plain[] = {
	/* descriptors that are open */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fstatfs64),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fadvise64_64),
	SCMP_SYS(readahead),
	SCMP_SYS(getdents),
	SCMP_SYS(getdents64),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(select),
	SCMP_SYS(_newselect),
	SCMP_SYS(pselect6),
	SCMP_SYS(pselect6_time64),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(timerfd_settime),
	SCMP_SYS(timerfd_settime64),
	/*
	 * Receiving.  Not sending, and not setsockopt(): what it configures of packet
	 * sockets has been a way into the kernel more than once.
	 */
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(recvmmsg),
	SCMP_SYS(recvmmsg_time64),
	SCMP_SYS(getsockopt),
	SCMP_SYS(getsockname),
	/* names of files */
	SCMP_SYS(stat),
	SCMP_SYS(stat64),
	SCMP_SYS(lstat),
	SCMP_SYS(lstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(statfs),
	SCMP_SYS(statfs64),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd),
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	/* threads */
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(get_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(membarrier),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler),
	SCMP_SYS(getcpu),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	/* time */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_getres_time64),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(times),
	/* signals, of which only tgkill() sends any */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigsuspend),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(rt_sigtimedwait_time64),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(pause),
	SCMP_SYS(restart_syscall),
	/* what there is to know */
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(getuid32),
	SCMP_SYS(geteuid),
	SCMP_SYS(geteuid32),
	SCMP_SYS(getgid),
	SCMP_SYS(getgid32),
	SCMP_SYS(getegid),
	SCMP_SYS(getegid32),
	SCMP_SYS(getrandom),
	SCMP_SYS(getrlimit),
	SCMP_SYS(ugetrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
};

/* Allowed if files may be written somewhere; where, landlock says.  No chmod(), which it cannot. */
static const int writing[] = {
	SCMP_SYS(rename),    SCMP_SYS(renameat),        SCMP_SYS(renameat2), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),  SCMP_SYS(rmdir),           SCMP_SYS(mkdir),     SCMP_SYS(mkdirat),
	SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),     SCMP_SYS(fallocate), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range),
};

/**
 * struct gate - A call allowed by one of its arguments
 * @arg:	From 0
 * @mask, @value: Allowed if the argument's bits in @mask are @value.  What the kernel
 *		takes as int is compared in 32 bits, like there.
 */
struct gate {
	int call;
	unsigned arg;
	uint64_t mask, value;
};

#define ALL_BITS    UINT64_MAX
#define INT_BITS    UINT32_MAX
#define OPEN_EFFECT (O_ACCMODE | O_CREAT | O_TRUNC)

static const struct gate gates[] = {
	{ SCMP_SYS(open), 1, OPEN_EFFECT, O_RDONLY },
	{ SCMP_SYS(openat), 2, OPEN_EFFECT, O_RDONLY },
	{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(mmap2), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD },
	{ SCMP_SYS(prctl), 0, INT_BITS, PR_SET_NAME },
	/* Asking for a limit, not setting one. */
	{ SCMP_SYS(prlimit64), 2, ALL_BITS, 0 },
	/* No F_DUPFD: the copy of a mute descriptor would not be mute. */
	{ SCMP_SYS(fcntl), 1, INT_BITS, F_GETFD },
	{ SCMP_SYS(fcntl), 1, INT_BITS, F_SETFD },
	{ SCMP_SYS(fcntl), 1, INT_BITS, F_GETFL },
	{ SCMP_SYS(fcntl), 1, INT_BITS, F_SETFL },
	{ SCMP_SYS(fcntl64), 1, INT_BITS, F_GETFD },
	{ SCMP_SYS(fcntl64), 1, INT_BITS, F_SETFD },
	{ SCMP_SYS(fcntl64), 1, INT_BITS, F_GETFL },
	{ SCMP_SYS(fcntl64), 1, INT_BITS, F_SETFL },
	/* isatty(); the width of a page; whether an interface is still there, by libpcap */
	{ SCMP_SYS(ioctl), 1, INT_BITS, TCGETS },
	{ SCMP_SYS(ioctl), 1, INT_BITS, TIOCGWINSZ },
	{ SCMP_SYS(ioctl), 1, INT_BITS, FIONREAD },
	{ SCMP_SYS(ioctl), 1, INT_BITS, FIONBIO },
	{ SCMP_SYS(ioctl), 1, INT_BITS, SIOCGIFFLAGS },
	{ SCMP_SYS(ioctl), 1, INT_BITS, SIOCGIFINDEX },
	{ SCMP_SYS(ioctl), 1, INT_BITS, SIOCGIFNAME },
	{ SCMP_SYS(ioctl), 1, INT_BITS, SIOCGIFHWADDR },
};

/*
 * Beside those, if files may be written somewhere.  Never O_RDONLY with O_TRUNC, which
 * empties a file and which landlock before version 3 lets pass.
 */
static const struct gate writing_gates[] = {
	{ SCMP_SYS(open), 1, O_ACCMODE, O_WRONLY },
	{ SCMP_SYS(open), 1, O_ACCMODE, O_RDWR },
	{ SCMP_SYS(openat), 2, O_ACCMODE, O_WRONLY },
	{ SCMP_SYS(openat), 2, O_ACCMODE, O_RDWR },
};

/*
 * To these the answer is that there is no such call, for which the C library then has
 * another way: it makes threads by clone(), whose flags a filter can see.
 */
static const int absent[] = {
	SCMP_SYS(clone3),
	SCMP_SYS(openat2),
	SCMP_SYS(epoll_pwait2),
};

/* On a descriptor, which is their argument 0, what could send. */
static const int sending[] = { SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64) };

/* A filter being made.  Of its failures the first is kept, 0 or negative errno. */
struct rules {
	const struct seccomp_calls *seccomp;
	scmp_filter_ctx context;
	int failure;
};

static void add(struct rules *rules, uint32_t action, const struct gate *gate)
{
	const struct scmp_arg_cmp when = { gate->arg, SCMP_CMP_MASKED_EQ, gate->mask, gate->value };

	if (rules->failure == 0)
		rules->failure = rules->seccomp->seccomp_rule_add_array(
			rules->context, action, gate->call, gate->mask != 0, &when);
}

static void add_calls(struct rules *rules, uint32_t action, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(rules, action, &(struct gate){ .call = calls[i] });
}

static void add_gates(struct rules *rules, const struct gate *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(rules, SCMP_ACT_ALLOW, &list[i]);
}

static void fill(struct rules *rules, bool write)
{
	/* abort() and raise(), at no other process. */
	const struct gate own = { SCMP_SYS(tgkill), 0, INT_BITS, (uint64_t)getpid() };

	add_calls(rules, SCMP_ACT_ALLOW, plain, ARRAY_SIZE(plain));
	add_gates(rules, gates, ARRAY_SIZE(gates));
	add_gates(rules, &own, 1);
	add_calls(rules, SCMP_ACT_ERRNO(ENOSYS), absent, ARRAY_SIZE(absent));
	if (write) {
		add_calls(rules, SCMP_ACT_ALLOW, writing, ARRAY_SIZE(writing));
		add_gates(rules, writing_gates, ARRAY_SIZE(writing_gates));
	}
}

static void fill_ask(struct rules *rules, const int *fds, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add(rules, SCMP_ACT_ALLOW,
		    &(struct gate){ SCMP_SYS(sendto), 0, INT_BITS, (uint32_t)fds[i] });
}

/* Of several filters the strictest counts: this one only takes away. */
static void fill_mute(struct rules *rules, const int *fds, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		for (size_t k = 0; k < ARRAY_SIZE(sending); k++)
			add(rules, SCMP_ACT_ERRNO(EPERM),
			    &(struct gate){ sending[k], 0, INT_BITS, (uint32_t)fds[i] });
}

/* For all threads, and what else is said of the filter as a whole. */
static void load(struct rules *rules)
{
	const struct seccomp_calls *seccomp = rules->seccomp;

	if (rules->failure == 0)
		rules->failure = seccomp->seccomp_attr_set(rules->context, SCMP_FLTATR_ACT_BADARCH,
							   SCMP_ACT_KILL_PROCESS);
	if (rules->failure == 0)
		rules->failure =
			seccomp->seccomp_attr_set(rules->context, SCMP_FLTATR_CTL_TSYNC, 1);
	/*
	 * Before Linux 5.16 a filter slows all that the processor does, against programs that
	 * run a stranger's code on purpose (SSB).  This one does not; old libraries cannot say so.
	 */
	(void)seccomp->seccomp_attr_set(rules->context, SCMP_FLTATR_CTL_SSB, 1);
	if (rules->failure == 0)
		rules->failure = seccomp->seccomp_load(rules->context);
}

/* @otherwise: what happens to calls that no rule names */
static int enforce(const struct call_filter *filter, uint32_t otherwise,
		   const struct confine_options *options, struct fa_error *err)
{
	struct rules rules = { .seccomp = &filter->seccomp };

	rules.context = filter->seccomp.seccomp_init(otherwise);
	if (rules.context == NULL)
		return error_set(err, FA_ENOMEM, "out of memory for a system call filter");
	if (otherwise == SCMP_ACT_ALLOW) {
		fill_mute(&rules, options->mute_fds, options->mute_count);
	} else {
		fill(&rules, options->write_count > 0);
		fill_ask(&rules, options->ask_fds, options->ask_count);
	}
	load(&rules);
	filter->seccomp.seccomp_release(rules.context);
	if (rules.failure != 0)
		return error_set(err, rules.failure == -ENOMEM ? FA_ENOMEM : FA_EIO,
				 "the system call filter cannot be put in force: %s",
				 strerror(-rules.failure));
	return 0;
}

int call_filter_open(struct call_filter **filter, struct fa_error *err)
{
#define LIBRARY_STRUCT struct seccomp_calls
	static const struct library_call list[] = { SECCOMP_CALLS(LIBRARY_CALL) };
	static const char *const sonames[] = { "libseccomp.so.2", NULL };
	struct call_filter *f = memory_array(1, sizeof(*f));
	int status;

	*filter = NULL;
	if (f == NULL)
		return error_set(err, FA_ENOMEM, "out of memory for a system call filter");
	status = library_open(&f->library, sonames, list, ARRAY_SIZE(list), &f->seccomp, err);
	if (status != 0) {
		call_filter_close(f);
		return status;
	}
	*filter = f;
	return 0;
}

int call_filter_enforce(struct call_filter *filter, const struct confine_options *options,
			bool *in_force, struct fa_error *err)
{
	int status = 0;

	*in_force = false;
	/* No filter is at address 0; EINVAL says that the kernel does not even look. */
	if (prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, NULL, 0, 0) != 0 && errno == EINVAL)
		return 0;
	/* The one that allows nothing more allows no further one either: it is the last. */
	if (options->mute_count > 0)
		status = enforce(filter, SCMP_ACT_ALLOW, options, err);
	if (status == 0)
		status = enforce(filter, SCMP_ACT_ERRNO(EPERM), options, err);
	*in_force = status == 0;
	return status;
}

void call_filter_close(struct call_filter *filter)
{
	if (filter == NULL)
		return;
	library_close(filter->library);
	free(filter);
}
