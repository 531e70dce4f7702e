/* Who we become; each change in a child, because it cannot be undone. */
#include "audit/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "yard.h"

static bool root(void)
{
	if (geteuid() == 0)
		return true;
	printf("(skipped: needs root) ");
	return false;
}

/* A child's status: 0 when all in @body held. */
static int in_child(int (*body)(const struct identity *), const struct identity *identity)
{
	const pid_t child = fork();
	int how;

	if (child == 0)
		_exit(body(identity));
	if (child < 0 || waitpid(child, &how, 0) != child)
		return -1;
	return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static struct identity find(const char *user)
{
	struct identity identity = { 0 };
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(privilege_find(&identity, user, &err), 0);
	return identity;
}

static void unknown_user_is_named(void)
{
	struct identity identity;
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL(privilege_find(&identity, "no-such-user", &err), FA_EUSAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "\"no-such-user\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "-Z"));
}

static void root_becomes_nobody_unless_told(void)
{
	const struct passwd *nobody = getpwnam("nobody");
	struct identity identity;

	if (!root() || nobody == NULL)
		return;
	identity = find(NULL);
	CU_ASSERT_TRUE(identity.change);
	CU_ASSERT_EQUAL(identity.uid, nobody->pw_uid);
	CU_ASSERT_EQUAL(identity.gid, nobody->pw_gid);
	CU_ASSERT_STRING_EQUAL(identity.name, "nobody");
	identity = find("root");
	CU_ASSERT_FALSE(identity.change);
	CU_ASSERT_EQUAL(identity.uid, 0);
	identity = find("daemon");
	CU_ASSERT_TRUE(identity.change);
	CU_ASSERT_STRING_EQUAL(identity.name, "daemon");
}

static int stays_and_cannot_become_another(const struct identity *identity)
{
	struct identity found;
	struct fa_error err = { 0 };

	HOLDS(privilege_drop(identity, &err) == 0);
	HOLDS(privilege_find(&found, NULL, &err) == 0);
	HOLDS(!found.change && found.uid == getuid() && found.gid == getgid());
	HOLDS(privilege_find(&found, "nobody", &err) == 0 && !found.change);
	HOLDS(privilege_find(&found, "daemon", &err) == FA_EUSAGE);
	HOLDS(strstr(err.text, "only root") != NULL);
	HOLDS(privilege_find(&found, "root", &err) == FA_EUSAGE);
	return 0;
}

static void a_user_stays_who_he_is(void)
{
	struct identity nobody;

	if (!root())
		return;
	nobody = find("nobody");
	CU_ASSERT_EQUAL(in_child(stays_and_cannot_become_another, &nobody), 0);
}

static int set_user_id(const struct identity *identity)
{
	struct identity found;
	struct fa_error err = { 0 };

	HOLDS(setresuid(identity->uid, 0, 0) == 0);
	HOLDS(privilege_find(&found, "root", &err) == FA_EUSAGE);
	HOLDS(strstr(err.text, "setcap") != NULL);
	return 0;
}

static void set_user_id_is_refused(void)
{
	struct identity nobody;

	if (!root())
		return;
	nobody = find("nobody");
	CU_ASSERT_EQUAL(in_child(set_user_id, &nobody), 0);
}

/* A line of /proc/self/status such as CapPrm, or of all that begin with Cap: any bit. */
static bool has(const char *set)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned lines = 0;
	bool any = false;
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, set, strlen(set)) != 0)
			continue;
		lines++;
		any = any || strtoull(line + sizeof("CapXxx:"), NULL, 16) != 0;
	}
	if (f != NULL)
		fclose(f);
	return any || lines == 0;
}

static int nothing_is_left(const struct identity *identity)
{
	const gid_t groups[] = { 0, 4 };
	struct fa_error err = { 0 };

	HOLDS(setgroups(2, groups) == 0);
	HOLDS(has("Cap"));
	HOLDS(privilege_drop(identity, &err) == 0);
	HOLDS(getuid() == identity->uid && geteuid() == identity->uid);
	HOLDS(getgid() == identity->gid && getegid() == identity->gid);
	HOLDS(getgroups(0, NULL) == 0);
	HOLDS(!has("Cap"));
	HOLDS(setuid(0) != 0 && setgid(0) != 0 && setgroups(2, groups) != 0);
	HOLDS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	HOLDS(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	HOLDS(open("/etc/shadow", O_RDONLY) < 0 && errno == EACCES);
	return 0;
}

static void dropped_for_good(void)
{
	struct identity nobody;

	if (!root())
		return;
	nobody = find(NULL);
	CU_ASSERT_EQUAL(in_child(nothing_is_left, &nobody), 0);
}

/* As in a container: no right to touch the bounding set, then none to change users either. */
static int in_a_container(const struct identity *identity)
{
	const unsigned char rights[] = { CAP_SETUID, CAP_SETGID, CAP_NET_RAW };
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	const bool lacking = strcmp(identity->name, "lacking") == 0;
	struct fa_error err = { 0 };

	for (size_t i = lacking ? 2 : 0; i < ARRAY_SIZE(rights); i++)
		data[0].effective |= 1u << rights[i];
	data[0].permitted = data[0].effective;
	HOLDS(syscall(SYS_capset, &header, data) == 0);
	if (lacking) {
		HOLDS(privilege_drop(identity, &err) == FA_EIO);
		HOLDS(strstr(err.text, "SETUID") != NULL && strstr(err.text, "-Z root") != NULL);
		return 0;
	}
	HOLDS(privilege_drop(identity, &err) == 0);
	HOLDS(getuid() == identity->uid && getgroups(0, NULL) == 0 && !has("CapPrm"));
	return 0;
}

static void dropped_in_a_container(void)
{
	struct identity nobody;

	if (!root())
		return;
	nobody = find("nobody");
	CU_ASSERT_EQUAL(in_child(in_a_container, &nobody), 0);
	snprintf(nobody.name, sizeof(nobody.name), "lacking");
	CU_ASSERT_EQUAL(in_child(in_a_container, &nobody), 0);
}

static int only_the_name_is_left(const struct identity *identity)
{
	struct fa_error err = { 0 };

	HOLDS(privilege_drop(identity, &err) == 0);
	HOLDS(getuid() == 0);
	HOLDS(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	HOLDS(!has("Cap"));
	HOLDS(chown("/tmp", 1, 1) != 0 && errno == EPERM);
	return 0;
}

static void root_without_capabilities(void)
{
	struct identity identity;

	if (!root())
		return;
	identity = find("root");
	CU_ASSERT_EQUAL(in_child(only_the_name_is_left, &identity), 0);
}

/* As started by a user from a file with capabilities. */
static int capabilities_of_a_user(const struct identity *identity)
{
	struct identity found;
	struct fa_error err = { 0 };

	HOLDS(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0);
	HOLDS(setgroups(0, NULL) == 0 &&
	      setresgid(identity->gid, identity->gid, identity->gid) == 0);
	HOLDS(setresuid(identity->uid, identity->uid, identity->uid) == 0);
	HOLDS(has("CapPrm"));
	HOLDS(privilege_find(&found, NULL, &err) == 0 && !found.change);
	HOLDS(privilege_drop(&found, &err) == 0);
	HOLDS(getuid() == identity->uid);
	HOLDS(!has("CapPrm") && !has("CapEff") && !has("CapInh") && !has("CapAmb"));
	HOLDS(setuid(0) != 0);
	return 0;
}

static void setcap_is_dropped_too(void)
{
	struct identity nobody;

	if (!root())
		return;
	nobody = find("nobody");
	CU_ASSERT_EQUAL(in_child(capabilities_of_a_user, &nobody), 0);
}

static void directories_are_tried(void)
{
	char dir[] = "/tmp/test_privilege.XXXXXX", below[sizeof(dir) + 2];
	struct fa_error err = { 0 };
	struct identity nobody;

	if (!root())
		return;
	nobody = find("nobody");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	CU_ASSERT_EQUAL(privilege_can_write(&nobody, dir, &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, dir));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "chown it to nobody"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "-Z"));
	CU_ASSERT_PTR_NULL(strstr(err.text, "above"));

	/* Nobody's own, behind root's. */
	snprintf(below, sizeof(below), "%s/b", dir);
	CU_ASSERT_EQUAL(mkdir(below, 0700), 0);
	CU_ASSERT_EQUAL(chown(below, nobody.uid, nobody.gid), 0);
	CU_ASSERT_EQUAL(privilege_can_write(&nobody, below, &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "above"));
	CU_ASSERT_EQUAL(chmod(dir, 0711), 0);
	CU_ASSERT_EQUAL(privilege_can_write(&nobody, below, &err), 0);

	/* Root without capabilities is a user like others. */
	CU_ASSERT_EQUAL(privilege_can_write(&(struct identity){ .name = "root" }, below, &err),
			FA_EIO);
	CU_ASSERT_EQUAL(privilege_can_write(&(struct identity){ .name = "root" }, dir, &err), 0);
	CU_ASSERT_EQUAL(geteuid(), 0);
	rmdir(below);
	CU_ASSERT_EQUAL(privilege_can_write(&nobody, below, &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No such file"));
	CU_ASSERT_EQUAL(privilege_can_write(&nobody, "/etc/passwd", &err), FA_EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "Not a directory"));
	rmdir(dir);
}

extern CU_TestInfo tests_privilege[];
CU_TestInfo tests_privilege[] = {
	{ "an unknown user is named", unknown_user_is_named },
	{ "root becomes nobody unless -Z says otherwise", root_becomes_nobody_unless_told },
	{ "a user stays, and cannot become another", a_user_stays_who_he_is },
	{ "a set-user-ID program is refused", set_user_id_is_refused },
	{ "user, groups and capabilities are gone for good", dropped_for_good },
	{ "few capabilities suffice, and too few are said", dropped_in_a_container },
	{ "who stays root has no capabilities", root_without_capabilities },
	{ "capabilities from the program's file are gone too", setcap_is_dropped_too },
	{ "a directory closed to the user is found before", directories_are_tried },
	CU_TEST_INFO_NULL,
};
