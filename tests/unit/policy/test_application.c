/* Names of applications and TLS modes. */
#include "policy/application.h"

#include <string.h>

#include <CUnit/CUnit.h>

static void test_names(void)
{
	enum application app;
	enum tls_mode mode;
	int i;

	for (i = 0; i < APPLICATION_COUNT; i++) {
		const char *name = application_name((enum application)i);

		CU_ASSERT_PTR_NOT_NULL_FATAL(name);
		CU_ASSERT(application_find(name, strlen(name), &app) && app == (enum application)i);
		/* One letter less is another name, or none. */
		CU_ASSERT(!application_find(name, strlen(name) - 1, &app));
	}
	for (i = TLS_MODE_UNSPECIFIED; i <= TLS_MODE_MTLS; i++) {
		const char *name = tls_mode_name((enum tls_mode)i);

		CU_ASSERT(tls_mode_find(name, strlen(name), &mode) && mode == (enum tls_mode)i);
	}
	CU_ASSERT(!application_find("", 0, &app));
	CU_ASSERT(!application_find("SIP", 3, &app));
	CU_ASSERT(!tls_mode_find("ssl", 3, &mode));
	CU_ASSERT_STRING_EQUAL(application_name(APPLICATION_SHARING), "application-sharing");
}

extern CU_TestInfo tests_application[];
CU_TestInfo tests_application[] = {
	{ "every name is found again", test_names },
	CU_TEST_INFO_NULL,
};
