/* Runs every unit suite; the exit status counts failures itself, because CUnit's own does not. */
#include <stdio.h>
#include <string.h>

#include <CUnit/Basic.h>

#include "base/util.h"

/* Each tests/unit/ROOM/test_X.c defines tests_X; suites.h is made from the files that are there. */
#define SUITE(name) extern CU_TestInfo tests_##name[];
#include "suites.h"
#undef SUITE

/* Every test as "suite: test", for the index of tests/traps.tsv. */
static int list(const CU_SuiteInfo *suites)
{
	for (const CU_SuiteInfo *s = suites; s->pName != NULL; s++)
		for (const CU_TestInfo *t = s->pTests; t->pName != NULL; t++)
			printf("%s: %s\n", s->pName, t->pName);
	return 0;
}

int main(int argc, char **argv)
{
#define SUITE(name) { #name, NULL, NULL, NULL, NULL, tests_##name },
	CU_SuiteInfo suites[] = {
#include "suites.h"
		CU_SUITE_INFO_NULL
	};
#undef SUITE
	unsigned run, failed;

	if (argc > 1 && strcmp(argv[1], "--list") == 0)
		return list(suites);
	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
		fprintf(stderr, "unit: %s\n", CU_get_error_msg());
		return 2;
	}
	CU_basic_set_mode(CU_BRM_NORMAL);
	if (argc > 1) {
		CU_pSuite suite = CU_get_suite(argv[1]);

		if (suite == NULL) {
			fprintf(stderr, "unit: no suite '%s'\n", argv[1]);
			return 2;
		}
		CU_basic_run_suite(suite);
	} else {
		CU_basic_run_tests();
	}
	run = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed();
	/* A record without a failed test is a suite that could not start. */
	if (failed == 0)
		failed = CU_get_number_of_failure_records();
	CU_cleanup_registry();
	printf("unit: %u passed, %u failed\n", run - MIN(run, failed), failed);
	return run == 0 || failed != 0;
}
