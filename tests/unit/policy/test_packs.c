/* Names of packs to files. */
#include "policy/packs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "rig.h"

static void test_paths(void)
{
	static const char *const paths[] = { "./x", "a/b", "x.yaml", "x.yml", "/x" };
	struct fa_error err;
	char path[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		CU_ASSERT_EQUAL(packs_locate(paths[i], path, sizeof(path), &err), 0);
		CU_ASSERT_STRING_EQUAL(path, paths[i]);
	}
	CU_ASSERT_EQUAL(packs_locate("/a/path/that/does/not/fit", path, 8, &err), FA_EUSAGE);
	CU_ASSERT_EQUAL(packs_locate("", path, sizeof(path), &err), FA_EUSAGE);
}

/* In a directory of our own: found, and named where it is not. */
static void test_directory(void)
{
	char dir[] = "/tmp/flowaudit-packs-XXXXXX", file[128], path[256];
	const char *was = getenv("FLOWAUDIT_RULES");
	char *kept = was == NULL ? NULL : strdup(was);
	struct fa_error err;
	FILE *f;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	setenv("FLOWAUDIT_RULES", dir, 1);
	CU_ASSERT_EQUAL(packs_locate("my-own-pack", path, sizeof(path), &err), FA_EUSAGE);
	CU_ASSERT_EQUAL(
		strncmp(err.text, "no pack \"my-own-pack\": there is no my-own-pack.yaml in ", 54),
		0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, dir));
	snprintf(file, sizeof(file), "%s/my-own-pack.yaml", dir);
	f = fopen(file, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fclose(f);
	CU_ASSERT_EQUAL(packs_locate("my-own-pack", path, sizeof(path), &err), 0);
	CU_ASSERT(rig_same(path, file));
	unlink(file);
	rmdir(dir);
	if (kept == NULL)
		unsetenv("FLOWAUDIT_RULES");
	else
		setenv("FLOWAUDIT_RULES", kept, 1);
	free(kept);
}

static void test_defaults(void)
{
	const char *const *names = packs_default();

	CU_ASSERT_STRING_EQUAL(names[0], "lync2013-pic");
	CU_ASSERT_STRING_EQUAL(names[1], "lync2013-internal");
	CU_ASSERT_PTR_NULL(names[2]);
}

/* A site for every run, from a file of its own. */
static int load_site(struct rig *rig, const char *text)
{
	char path[] = "/tmp/flowaudit-site-XXXXXX";
	int fd = mkstemp(path), ret;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	ret = packs_load_site(rig->policy, path, &rig->problems);
	unlink(path);
	return ret;
}

static void test_site_of_all(void)
{
	struct rig rig;

	/* A role of a default pack, and one of a pack that is not loaded. */
	rig_open(&rig);
	rig_pack(&rig, RIG_HEAD "  - {" RIG_ROW "}\n");
	CU_ASSERT_EQUAL(load_site(&rig, "roles: {alpha: [10.0.0.1], edge-access: [10.0.0.2], "
					"sbc: [10.0.0.3]}\n"
					"parameters: {sbc-signalling-port: 5067}\n"),
			0);
	CU_ASSERT_EQUAL(rig.problems.count, 0);
	CU_ASSERT_EQUAL(policy_row_count(rig.policy), 1);
	CU_ASSERT_EQUAL(policy_pack_count(rig.policy), 1);
	rig_close(&rig);

	/* What no pack declares is still a mistake, said once. */
	rig_open(&rig);
	rig_pack(&rig, RIG_HEAD "  - {" RIG_ROW "}\n");
	CU_ASSERT_EQUAL(load_site(&rig, "roles: {sbd: [10.0.0.3]}\n"), FA_EFORMAT);
	CU_ASSERT_EQUAL(rig.problems.count, 1);
	CU_ASSERT_STRING_EQUAL(rig.problems.items[0].code, "unknown-role");
	rig_close(&rig);
}

/* The site reaches us through a pipe, which is read once. */
static void test_site_of_pipe(void)
{
	static const char text[] = "roles: {sbc: [10.0.0.3]}\n";
	struct rig rig;
	char path[64];
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_EQUAL(write(fds[1], text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	close(fds[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	rig_open(&rig);
	rig_pack(&rig, RIG_HEAD "  - {" RIG_ROW "}\n");
	CU_ASSERT_EQUAL(packs_load_site(rig.policy, path, &rig.problems), 0);
	CU_ASSERT_EQUAL(rig.problems.count, 0);
	close(fds[0]);
	rig_close(&rig);
}

/* Somebody's own pack may call something by a name that ours use for more. */
static void test_own_meaning(void)
{
	static const char pack[] =
		"pack: own\ntitle: t\ndocuments: {d: {title: t}}\n"
		"tables: {d/t: {title: t, rows: 1}}\n"
		"roles: {pool-vip: {description: mine}, client: {description: x}}\n"
		"rows:\n  - {id: d/t/1, l4: tcp, proto: sip, from: client, to: pool-vip, "
		"dport: 5061, need: required}\n";
	struct rig rig;

	rig_open(&rig);
	rig_pack(&rig, pack);
	CU_ASSERT_EQUAL(load_site(&rig, "roles: {client: [10.0.0.1], lb-front-end: [10.0.0.2], "
					"sbc: [10.0.0.3]}\n"),
			0);
	rig_compile(&rig);
	CU_ASSERT(rig_same(rig_match(&rig, "tcp 10.0.0.1:50000 10.0.0.2:5061"), ""));
	CU_ASSERT_STRING_EQUAL(policy_role_description(rig.policy, 0), "mine");
	rig_close(&rig);
}

extern CU_TestInfo tests_packs[];
CU_TestInfo tests_packs[] = {
	{ "paths are paths", test_paths },
	{ "names are looked for in FLOWAUDIT_RULES, and the complaint says where", test_directory },
	{ "the packs of the seed documents are the default", test_defaults },
	{ "a site may name what any shipped pack declares", test_site_of_all },
	{ "a site may come through a pipe", test_site_of_pipe },
	{ "learning names changes no name that is known", test_own_meaning },
	CU_TEST_INFO_NULL,
};
