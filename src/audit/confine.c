/*
 * Landlock: which files may be opened for what.
 *
 * By its three system calls, which the C library does not have.  An access that is
 * handled is refused wherever no rule allows it.  What a kernel does not know, it
 * would refuse to handle, so only what its version knows is asked for.
 */
#include "audit/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit/confine_calls.h"

/* Newer than the headers of Debian 12. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP    (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL               (1ULL << 1)
#endif

/* Those that apply to a file, as opposed to a directory. */
#define READ_FILE  LANDLOCK_ACCESS_FS_READ_FILE
#define WRITE_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)

#define READ_BELOW (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_BELOW                                                                    \
	(WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER)
/* Nowhere. */
#define NEVER                                                          \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |   \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/**
 * struct rules - A landlock ruleset being made
 * @fd:		-1: this kernel has no landlock
 * @handled:	What its version can be asked to refuse
 */
struct rules {
	int fd;
	uint64_t handled;
};

/*
 * struct landlock_ruleset_attr as of version 6.  A kernel takes a longer one than it
 * knows if the rest is 0.
 */
struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scoped;
};

static struct ruleset refusable(long version, bool reading)
{
	struct ruleset r = { .files = WRITE_BELOW | NEVER | (reading ? READ_BELOW : 0) };

	if (version < 2)
		r.files &= ~LANDLOCK_ACCESS_FS_REFER;
	if (version < 3)
		r.files &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
	/* Seccomp refuses these as well; a kernel may lack it. */
	if (version >= 4)
		r.net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
	if (version >= 6)
		r.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
	return r;
}

static int rules_open(struct rules *rules, bool reading, struct fa_error *err)
{
	const long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0UL, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset attributes;

	*rules = (struct rules){ .fd = -1 };
	if (version < 1)
		return 0;
	attributes = refusable(version, reading);
	rules->handled = attributes.files;
	rules->fd = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
	if (rules->fd < 0)
		return error_set(err, FA_EIO, "landlock cannot be set up: %s", strerror(errno));
	return 0;
}

/* What is below @path, or @path itself, may be accessed. */
static int rules_allow(const struct rules *rules, const char *path, uint64_t access,
		       struct fa_error *err)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access & rules->handled };
	struct stat st;
	bool done;
	int cause;

	if (rule.allowed_access == 0)
		return 0;
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return error_set(err, FA_EIO, "%s: cannot be opened: %s", path, strerror(errno));
	done = fstat(rule.parent_fd, &st) == 0;
	if (done && !S_ISDIR(st.st_mode))
		rule.allowed_access &= READ_FILE | WRITE_FILE;
	done = done &&
	       (rule.allowed_access == 0 || syscall(SYS_landlock_add_rule, rules->fd,
						    LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0);
	cause = errno;
	(void)close(rule.parent_fd);
	if (!done)
		return error_set(err, FA_EIO, "%s: landlock refuses it: %s", path, strerror(cause));
	return 0;
}

static int rules_fill(const struct rules *rules, const struct confine_options *options,
		      struct fa_error *err)
{
	int status = 0;

	if (access("/dev/null", F_OK) == 0)
		status = rules_allow(rules, "/dev/null", READ_FILE | WRITE_FILE, err);
	for (unsigned i = 0; status == 0 && i < options->write_count; i++)
		status = rules_allow(rules, options->write_dirs[i], READ_BELOW | WRITE_BELOW, err);
	for (unsigned i = 0; status == 0 && i < options->read_count; i++)
		if (access(options->read_paths[i], F_OK) == 0 || errno != ENOENT)
			status = rules_allow(rules, options->read_paths[i], READ_BELOW, err);
	return status;
}

static int rules_enforce(const struct rules *rules, struct fa_error *err)
{
	if (syscall(SYS_landlock_restrict_self, rules->fd, 0) != 0)
		return error_set(err, FA_EIO, "landlock cannot be put in force: %s",
				 strerror(errno));
	return 0;
}

static int confine_files(const struct confine_options *options, bool *in_force,
			 struct fa_error *err)
{
	struct rules rules;
	int status = rules_open(&rules, options->read_paths != NULL, err);

	*in_force = false;
	if (status != 0 || rules.fd < 0)
		return status;
	status = rules_fill(&rules, options, err);
	if (status == 0)
		status = rules_enforce(&rules, err);
	(void)close(rules.fd);
	*in_force = status == 0;
	return status;
}

int confine(const struct confine_options *options, unsigned *in_force, struct fa_error *err)
{
	struct call_filter *filter;
	bool files = false, calls = false;
	int status;

	*in_force = 0;
	/* Either needs it of whoever is not root. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_set(err, FA_EIO, "cannot give up privileges: %s", strerror(errno));
	status = call_filter_open(&filter, err);
	if (status == 0)
		status = confine_files(options, &files, err);
	if (status == 0)
		status = call_filter_enforce(filter, options, &calls, err);
	call_filter_close(filter);
	*in_force = (files ? CONFINE_LANDLOCK : 0) | (calls ? CONFINE_SECCOMP : 0);
	return status;
}
