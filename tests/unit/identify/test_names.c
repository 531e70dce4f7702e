/* Names, and which codes are part of a normal dialogue. */
#include <string.h>

#include "identify/feed.h"

static void every_protocol_has_a_name_of_its_own(void)
{
	for (unsigned a = 1; a < APP_COUNT; a++) {
		CU_ASSERT(strlen(app_name((enum app)a)) >= 3);
		for (unsigned b = 1; b < a; b++)
			CU_ASSERT_STRING_NOT_EQUAL(app_name((enum app)a), app_name((enum app)b));
	}
	CU_ASSERT_STRING_EQUAL(app_name(APP_NONE), "");
	CU_ASSERT_STRING_EQUAL(app_name(APP_COUNT), "");
	CU_ASSERT_STRING_EQUAL(app_name(APP_PSEUDO_TLS), "pseudo-tls");
	CU_ASSERT_STRING_EQUAL(app_name(APP_MSTURN), "msturn");
	CU_ASSERT_STRING_EQUAL(app_name(APP_TDS), "tds");
}

static void the_steps_of_client_authentication_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(client_auth_name(CLIENT_AUTH_UNSEEN), "unseen");
	CU_ASSERT_STRING_EQUAL(client_auth_name(CLIENT_AUTH_NOT_REQUESTED), "not-requested");
	CU_ASSERT_STRING_EQUAL(client_auth_name(CLIENT_AUTH_PROVEN), "proven");
	CU_ASSERT_STRING_EQUAL(client_auth_name(CLIENT_AUTH_HIDDEN_TLS13), "hidden-tls13");
	CU_ASSERT_STRING_EQUAL(client_auth_name(CLIENT_AUTH_HIDDEN_RENEGOTIATED),
			       "hidden-renegotiated");
	CU_ASSERT_STRING_EQUAL(client_auth_name(CLIENT_AUTH_HIDDEN_RESUMED), "hidden-resumed");
}

static void every_alert_has_a_name(void)
{
	CU_ASSERT_STRING_EQUAL(tls_alert_name(0), "close_notify");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(40), "handshake_failure");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(48), "unknown_ca");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(116), "certificate_required");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(120), "no_application_protocol");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(1), "alert_1");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(99), "alert_99");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(200), "alert_200");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(249), "alert_249");
	CU_ASSERT_STRING_EQUAL(tls_alert_name(255), "alert_255");
}

static void challenges_and_redirections_are_normal(void)
{
	CU_ASSERT(app_code_is_normal(APP_STUN, 401));
	CU_ASSERT(app_code_is_normal(APP_MSTURN, 438));
	CU_ASSERT(app_code_is_normal(APP_TURN, 300));
	CU_ASSERT(app_code_is_normal(APP_STUN, 487));
	CU_ASSERT(app_code_is_normal(APP_SIP, 100));
	CU_ASSERT(app_code_is_normal(APP_SIP, 302));
	CU_ASSERT(app_code_is_normal(APP_SIP, 401));
	CU_ASSERT(app_code_is_normal(APP_SIP, 407));
	CU_ASSERT(app_code_is_normal(APP_HTTP, 401));
	CU_ASSERT(app_code_is_normal(APP_HTTP, 304));
}

static void refusals_are_not(void)
{
	CU_ASSERT_FALSE(app_code_is_normal(APP_STUN, 403));
	CU_ASSERT_FALSE(app_code_is_normal(APP_MSTURN, 486));
	CU_ASSERT_FALSE(app_code_is_normal(APP_MSTURN, 274));
	CU_ASSERT_FALSE(app_code_is_normal(APP_SIP, 403));
	CU_ASSERT_FALSE(app_code_is_normal(APP_SIP, 400));
	CU_ASSERT_FALSE(app_code_is_normal(APP_SIP, 504));
	/* A proxy that wants credentials: media and SIP cannot pass it (facts 9e). */
	CU_ASSERT_FALSE(app_code_is_normal(APP_HTTP, 407));
	CU_ASSERT_FALSE(app_code_is_normal(APP_HTTP, 503));
	CU_ASSERT_FALSE(app_code_is_normal(APP_DHCP, 6));
}

extern CU_TestInfo tests_names[];
CU_TestInfo tests_names[] = {
	{ "every protocol has a name of its own", every_protocol_has_a_name_of_its_own },
	{ "the steps of client authentication have names",
	  the_steps_of_client_authentication_have_names },
	{ "every alert has a name", every_alert_has_a_name },
	{ "challenges and redirections are normal", challenges_and_redirections_are_normal },
	{ "refusals are not", refusals_are_not },
	CU_TEST_INFO_NULL,
};
