/* From root, or a program file with capabilities, to a user who has none. */
#include "audit/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/library.h"

/* libcap-ng's. */
#define CAPNG_CALLS(X)            \
	X(capng_apply)            \
	X(capng_change_id)        \
	X(capng_clear)            \
	X(capng_get_caps_process) \
	X(capng_have_capability)

struct capng_calls {
	CAPNG_CALLS(LIBRARY_MEMBER)
};
#define LIBRARY_STRUCT struct capng_calls

/* More than the kernel has, which knows 41 of the 64 that its interface has room for. */
#define CAPABILITIES 64

static int find_named(struct identity *identity, const char *user, struct fa_error *err)
{
	const struct passwd *entry;

	errno = 0;
	entry = getpwnam(user);
	if (entry == NULL && (errno == EIO || errno == EMFILE || errno == ENFILE ||
			      errno == ENOMEM || errno == EINTR))
		return error_set(err, FA_EIO, "user \"%s\" cannot be looked up: %s", user,
				 strerror(errno));
	if (entry == NULL)
		return error_set(err, FA_EUSAGE,
				 "there is no user \"%s\"; name one that exists with -Z", user);
	if (snprintf(identity->name, sizeof(identity->name), "%s", user) >=
	    (int)sizeof(identity->name))
		return error_set(err, FA_EUSAGE, "user \"%s\": the name is too long", user);
	identity->change = entry->pw_uid != identity->uid;
	if (identity->change) {
		identity->uid = entry->pw_uid;
		identity->gid = entry->pw_gid;
	}
	return 0;
}

int privilege_find(struct identity *identity, const char *user, struct fa_error *err)
{
	const bool root = geteuid() == 0;
	int status;

	if (getuid() != geteuid() || getgid() != getegid())
		return error_set(err, FA_EUSAGE,
				 "flowaudit must not be installed set-user-ID or set-group-ID; "
				 "give it capabilities instead: setcap cap_net_raw=ep");
	*identity = (struct identity){ .uid = getuid(), .gid = getgid() };
	if (user == NULL && !root) {
		(void)snprintf(identity->name, sizeof(identity->name), "uid %u", getuid());
		return 0;
	}
	status = find_named(identity, user != NULL ? user : "nobody", err);
	if (status == 0 && identity->change && !root)
		return error_set(err, FA_EUSAGE,
				 "-Z %s: only root can become another user; start as root, or "
				 "leave out -Z to stay who you are",
				 identity->name);
	return status;
}

/* As that user; what is in the way is said by @err. */
static int trial(const struct identity *identity, const char *directory, struct fa_error *err)
{
	const char *way = ", or a directory above it";
	int status = privilege_drop(identity, err), fd;

	if (status != 0)
		return status;
	fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		way = "";
		if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
			return 0;
	}
	if (errno != EACCES)
		return error_set(err, FA_EIO, "%s: %s cannot create files there: %s", directory,
				 identity->name, strerror(errno));
	if (identity->change)
		return error_set(err, FA_EIO,
				 "%s: it%s is closed to %s, the user who is to write there: "
				 "chown it to %s, or name another user with -Z",
				 directory, way, identity->name, identity->name);
	return error_set(err, FA_EIO,
			 "%s: it%s is closed to %s without capabilities: chown it to that user, "
			 "or choose another directory",
			 directory, way, identity->name);
}

/* What a child has to say. */
struct verdict {
	int status;
	struct fa_error err;
};

/* In a child, so that what trial() gives up is given up there only. */
static int trial_in_child(const struct identity *identity, const char *directory,
			  struct verdict *verdict)
{
	pid_t child, got;
	int how;

	verdict->status = FA_EIO;
	child = fork();
	if (child == 0) {
		verdict->status = trial(identity, directory, &verdict->err);
		_exit(0);
	}
	if (child < 0)
		return -1;
	do {
		got = waitpid(child, &how, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	if (!WIFEXITED(how))
		error_set(&verdict->err, FA_EIO, "%s: the trial to write there was killed",
			  directory);
	return 0;
}

int privilege_can_write(const struct identity *identity, const char *directory,
			struct fa_error *err)
{
	struct verdict *verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	if (verdict == MAP_FAILED || trial_in_child(identity, directory, verdict) != 0) {
		status = error_set(err, FA_EIO, "%s: cannot try to write there as %s: %s",
				   directory, identity->name, strerror(errno));
	} else {
		status = verdict->status;
		if (status != 0 && err != NULL)
			*err = verdict->err;
	}
	if (verdict != MAP_FAILED)
		(void)munmap(verdict, sizeof(*verdict));
	return status;
}

/*
 * The bounding set limits what an exec could gain.  Emptying it takes a capability that
 * containers often lack; no_new_privs makes up for it.
 */
static int step(const struct capng_calls *capng, const struct identity *identity)
{
	const bool bounds = capng->capng_get_caps_process() == 0 &&
			    capng->capng_have_capability(CAPNG_PERMITTED, CAP_SETPCAP) != 0;
	int flags = CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_AMBIENT;

	capng->capng_clear(CAPNG_SELECT_ALL);
	if (identity->change) {
		flags |= bounds ? CAPNG_CLEAR_BOUNDING : 0;
		return capng->capng_change_id((int)identity->uid, (int)identity->gid,
					      (capng_flags_t)flags);
	}
	if (bounds)
		(void)capng->capng_apply(CAPNG_SELECT_BOUNDS);
	return capng->capng_apply(CAPNG_SELECT_CAPS);
}

static int change(const struct capng_calls *capng, const struct identity *identity,
		  struct fa_error *err)
{
	const int failed = step(capng, identity);

	if (failed != 0 && identity->change)
		return error_set(err, FA_EIO,
				 "cannot become %s (step %d): in a container that takes the "
				 "capabilities SETUID and SETGID; else -Z root stays root, without "
				 "any capability",
				 identity->name, -failed);
	if (failed != 0)
		return error_set(err, FA_EIO, "cannot give up capabilities (step %d)", -failed);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return error_set(err, FA_EIO, "cannot give up privileges: %s", strerror(errno));
	return 0;
}

static bool has_capability(const struct capng_calls *capng)
{
	const capng_type_t sets[] = { CAPNG_EFFECTIVE, CAPNG_PERMITTED, CAPNG_INHERITABLE };

	if (capng->capng_get_caps_process() != 0)
		return true;
	for (unsigned i = 0; i < ARRAY_SIZE(sets); i++)
		for (unsigned c = 0; c < CAPABILITIES; c++)
			if (capng->capng_have_capability(sets[i], c) != 0)
				return true;
	return false;
}

/* What is left, if anything; a change that says it worked has been wrong before. */
static const char *remains(const struct capng_calls *capng, const struct identity *identity)
{
	uid_t uid[3];
	gid_t gid[3];

	if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 || getresgid(&gid[0], &gid[1], &gid[2]) != 0)
		return "who we are cannot be told";
	for (unsigned i = 0; i < ARRAY_SIZE(uid); i++)
		if (uid[i] != identity->uid || gid[i] != identity->gid)
			return "another user or group is left";
	if (identity->change && getgroups(0, NULL) != 0)
		return "groups are left";
	if (has_capability(capng))
		return "capabilities are left";
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "a program could still gain privileges";
	if (identity->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
		return "root can be had again";
	if (identity->uid != 0 && identity->gid != 0 && (setgid(0) == 0 || setegid(0) == 0))
		return "root's group can be had again";
	return NULL;
}

int privilege_drop(const struct identity *identity, struct fa_error *err)
{
	static const struct library_call list[] = { CAPNG_CALLS(LIBRARY_CALL) };
	static const char *const sonames[] = { "libcap-ng.so.0", NULL };
	struct capng_calls capng;
	const char *rest;
	void *library;
	int status = library_open(&library, sonames, list, ARRAY_SIZE(list), &capng, err);

	if (status != 0)
		return status;
	status = change(&capng, identity, err);
	rest = status == 0 ? remains(&capng, identity) : NULL;
	if (rest != NULL)
		status = error_set(err, FA_EIO, "cannot become %s: %s", identity->name, rest);
	library_close(library);
	return status;
}
