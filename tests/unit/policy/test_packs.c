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

extern CU_TestInfo tests_packs[];
CU_TestInfo tests_packs[] = {
	{ "paths are paths", test_paths },
	{ "names are looked for in FLOWAUDIT_RULES, and the complaint says where", test_directory },
	{ "the packs of the seed documents are the default", test_defaults },
	CU_TEST_INFO_NULL,
};
