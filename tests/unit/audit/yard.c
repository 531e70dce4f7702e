/* A place to try what confine() leaves. */
#include "yard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "audit/confine.h"
#include "audit/privilege.h"

const char *yard_path(const char *dir, const char *name, char path[static YARD_PATH])
{
	snprintf(path, YARD_PATH, "%s/%s", dir, name);
	return path;
}

static int make_file(const char *dir, const struct identity *owner)
{
	char path[YARD_PATH];
	const int fd = open(yard_path(dir, "file", path), O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || write(fd, "12345", 5) != 5 || fchmod(fd, 0666) != 0 ||
	    fchown(fd, owner->uid, owner->gid) != 0)
		return -1;
	return close(fd);
}

static void make_directory(const char *dir, const struct identity *owner)
{
	CU_ASSERT_EQUAL_FATAL(mkdir(dir, 0700), 0);
	CU_ASSERT_EQUAL_FATAL(chmod(dir, 0777), 0);
	CU_ASSERT_EQUAL_FATAL(chown(dir, owner->uid, owner->gid), 0);
	CU_ASSERT_EQUAL_FATAL(make_file(dir, owner), 0);
}

struct yard yard_make(void)
{
	struct yard y = { .top = "/tmp/yard.XXXXXX" };
	char target[YARD_PATH], link[YARD_PATH];
	struct identity owner;

	CU_ASSERT_EQUAL_FATAL(privilege_find(&owner, NULL, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(y.top));
	CU_ASSERT_EQUAL(chmod(y.top, 0755), 0);
	snprintf(y.inside, sizeof(y.inside), "%s/inside", y.top);
	snprintf(y.outside, sizeof(y.outside), "%s/outside", y.top);
	make_directory(y.inside, &owner);
	make_directory(y.outside, &owner);
	CU_ASSERT_EQUAL(
		symlink(yard_path(y.outside, "file", target), yard_path(y.inside, "out", link)), 0);
	CU_ASSERT_EQUAL(symlink(y.outside, yard_path(y.inside, "up", link)), 0);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, y.pair), 0);
	return y;
}

void yard_remove(const struct yard *y)
{
	char command[64];

	close(y->pair[0]);
	close(y->pair[1]);
	snprintf(command, sizeof(command), "rm -r %s", y->top);
	CU_ASSERT_EQUAL(system(command), 0);
}

int yard_drop(void)
{
	struct identity identity;
	struct fa_error err = { 0 };

	if (privilege_find(&identity, NULL, &err) == 0 && privilege_drop(&identity, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return -1;
}

int yard_confine(const struct yard *y, unsigned *in_force)
{
	const char *const dirs[] = { y->inside };
	const struct confine_options options = {
		.write_dirs = dirs,
		.write_count = 1,
		.mute_fds = y->pair,
		.mute_count = 1,
	};
	struct fa_error err = { 0 };

	if (confine(&options, in_force, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return -1;
}

int yard_shut(const struct yard *y, unsigned *in_force)
{
	return yard_drop() != 0 ? -1 : yard_confine(y, in_force);
}

int yard_child(int (*body)(const struct yard *yard, const void *context), const struct yard *yard,
	       const void *context)
{
	pid_t child;
	int how;

	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(body(yard, context));
	if (child < 0 || waitpid(child, &how, 0) != child)
		return -1;
	return WIFEXITED(how) ? WEXITSTATUS(how) : 200 + WTERMSIG(how);
}
